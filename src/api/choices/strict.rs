//! What a server may refuse and the reference does not.

use serde_json::Value;

use super::asked::Asked;
use crate::api::error::ApiError;
use crate::model::check_digits::{iban, identity, luhn, mod11, vat};
use crate::model::violation::Violation;

/// The weights of Norwegian account numbers.
const NORWEGIAN: [u32; 11] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1];

/// Refuses parameters of a query that 002 does not have.
pub(super) fn unknown_parameters(asked: &Asked) -> Result<(), ApiError> {
    let known = ["$expand", "%24expand", "skip", "take"];
    let names = asked.request.query.as_deref().unwrap_or_default().split('&');
    let names = names.map(|pair| pair.split('=').next().unwrap_or_default());
    let unknown = names.filter(|name| !name.is_empty() && !known.contains(name));
    let found: Vec<_> = unknown
        .map(|name| Violation::new(name, format!("{name} is no parameter of this API.")))
        .collect();
    if found.is_empty() { Ok(()) } else { Err(found.into()) }
}

/// Refuses customer numbers of other lengths than seven, as some countries have them.
pub(super) fn other_than_seven_digits(asked: &Asked) -> Result<(), ApiError> {
    let no = asked.member("customerNo");
    match no.as_ref().and_then(Value::as_str).filter(|no| no.len() != 7) {
        Some(no) => {
            let message = format!("customerNo has seven digits, not the {} of {no}.", no.len());
            Err(Violation::new("customerNo", message).into())
        }
        None => Ok(()),
    }
}

/// Refuses numbers without their check digits.
pub(super) fn wrong_check_digits(asked: &Asked) -> Result<(), ApiError> {
    let text = |value: &Option<Value>, name: &str| {
        let found = value.as_ref().and_then(|value| value.get(name)?.as_str());
        found.map(str::to_owned)
    };
    let identifier = asked.member("nationalIdentifier");
    let swedish = asked.member("swedishBankAccount");
    let bankgiro = text(&swedish, "accountType").is_some_and(|kind| kind == "BGSE");
    let regno = text(&identifier, "regNo");
    let country = text(&identifier, "countryCode").unwrap_or_default().to_uppercase();
    let digits = |text: String| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let found = [
        ("nationalIdentifier.regNo", regno.is_none_or(|no| identity(&country, &no))),
        ("vatNo", asked.member("vatNo").as_ref().and_then(Value::as_str).is_none_or(vat)),
        (
            "swedishBankAccount.accountNo",
            !bankgiro || text(&swedish, "accountNo").is_none_or(|no| luhn(&digits(no))),
        ),
        (
            "norwegianBankAccount.accountNo",
            text(&asked.member("norwegianBankAccount"), "accountNo")
                .is_none_or(|no| no.len() == 11 && mod11(&no, &NORWEGIAN)),
        ),
        (
            "international.iban",
            text(&asked.member("international"), "iban").is_none_or(|no| iban(&no)),
        ),
    ];
    let wrong = found.into_iter().filter(|(_, right)| !right);
    let found: Vec<_> = wrong
        .map(|(name, _)| Violation::new(name, format!("{name} has a wrong check digit.")))
        .collect();
    if found.is_empty() { Ok(()) } else { Err(found.into()) }
}

/// Refuses the explicit forms of actions that the method says anyway.
pub(super) fn explicit_actions(asked: &Asked) -> Result<(), ApiError> {
    match asked.names_action() {
        true => Err(ApiError::not_found("There is no such resource.")),
        false => Ok(()),
    }
}

/// Refuses what is asked of one customer of the gateway.
pub(super) fn items(asked: &Asked) -> Result<(), ApiError> {
    match asked.is("GET /*") || asked.is("POST /*") {
        true => Err(ApiError::method_not_allowed("Nothing can be done with a customer.")),
        false => Ok(()),
    }
}

/// Refuses an account that does not begin as the reference implementation wants it.
pub(super) fn only_defined(asked: &Asked) -> Result<(), ApiError> {
    first_state_but(asked, "Defined")
}

/// Refuses an account that does not begin as the example does.
pub(super) fn only_active(asked: &Asked) -> Result<(), ApiError> {
    first_state_but(asked, "Active")
}

fn first_state_but(asked: &Asked, first: &str) -> Result<(), ApiError> {
    let state = asked.member("state");
    match state.as_ref().and_then(Value::as_str).filter(|it| !it.eq_ignore_ascii_case(first)) {
        Some(state) if asked.is("POST /billingAccount") => {
            let message = format!("An account begins as {first}, not as {state}.");
            Err(Violation::new("state", message).into())
        }
        _ => Ok(()),
    }
}
