//! Records of a ledger: itself, its population register, its customers and their surpluses.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::{Record, RecordReader, Refused, check_no, no_other, object, typed, within};
use crate::model::address::Address;
use crate::model::country;
use crate::model::disbursement_order::DisbursementOrder;
use crate::model::ledger::Ledger;
use crate::model::national_identifier::NationalIdentifier;
use crate::model::person::Person;
use crate::model::surplus::Surplus;
use crate::model::text::says_something;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PersonLine {
    #[serde(rename = "record")]
    _record: IgnoredAny,
    ledger_no: String,
    national_identifier: NationalIdentifier,
    name: String,
    address: Address,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SurplusLine {
    #[serde(rename = "record")]
    _record: IgnoredAny,
    ledger_no: String,
    customer_no: String,
    surplus: Surplus,
    #[serde(default)]
    active_disbursement_orders: Vec<Value>,
}

impl RecordReader {
    pub(super) fn ledger(&self, text: &str) -> Result<Record, Vec<Refused>> {
        let mut members = object(text)?;
        members.shift_remove("record");
        let mut ledger: Ledger = typed(&Value::Object(members).to_string())?;
        check_no("ledgerNo", &ledger.ledger_no)?;
        for (member, value, length) in
            [("country", &mut ledger.country, 2), ("currency", &mut ledger.currency, 3)]
        {
            value.make_ascii_uppercase();
            if value.len() != length || !value.bytes().all(|byte| byte.is_ascii_uppercase()) {
                let reason = format!("\"{value}\" is no code of {length} letters.");
                return Err(vec![Refused::new(member, reason)]);
            }
        }
        if !country::is_code(&ledger.country) {
            let country = &ledger.country;
            let reason = format!("\"{country}\" is no code that ISO 3166-1 assigns or reserves.");
            return Err(vec![Refused::new("country", reason)]);
        }
        Ok(Record::Ledger(ledger))
    }

    pub(super) fn person(&self, text: &str) -> Result<Record, Vec<Refused>> {
        let members = object(text)?;
        let line: PersonLine = typed(text)?;
        check_no("ledgerNo", &line.ledger_no)?;
        // What the register says becomes a customer's name and legal address, so it must fit there.
        if line.name.chars().count() > 72 {
            return Err(vec![Refused::new("name", "The name has more than 72 characters.")]);
        }
        if !says_something(&line.name) {
            let reason = "The name has neither a letter nor a digit.";
            return Err(vec![Refused::new("name", reason)]);
        }
        let identifier = members.get("nationalIdentifier").cloned().unwrap_or_default();
        let identifier = Map::from_iter([("nationalIdentifier".to_owned(), identifier)]);
        self.identifier.check(identifier.into()).map_err(|found| within("", found))?;
        let address = members.get("address").cloned().unwrap_or_default();
        self.address.check(address).map_err(|violations| within("address", violations))?;
        let person = Person {
            national_identifier: line.national_identifier.canonical(),
            name: line.name,
            address: line.address.canonical(),
        };
        Ok(Record::Person { ledger_no: line.ledger_no, person })
    }

    pub(super) fn customer(&self, text: &str) -> Result<Record, Vec<Refused>> {
        let mut members = object(text)?;
        let ledger_no = take_ledger_no(&mut members)?;
        let customer = members.shift_remove("customer").unwrap_or_default();
        members.shift_remove("record");
        no_other("customer", &members)?;
        let members =
            self.customer.check(customer).map_err(|violations| within("customer", violations))?;
        let customer = serde_json::from_value(Value::Object(members))
            .map_err(|error| vec![Refused::new("customer", error.to_string())])?;
        Ok(Record::Customer { ledger_no, customer: Box::new(customer) })
    }

    pub(super) fn surplus(&self, text: &str) -> Result<Record, Vec<Refused>> {
        object(text)?;
        let line: SurplusLine = typed(text)?;
        check_no("ledgerNo", &line.ledger_no)?;
        check_no("customerNo", &line.customer_no)?;
        let mut surplus = line.surplus;
        let mut refused: Vec<Refused> = surplus
            .violations()
            .into_iter()
            .map(|(member, reason)| Refused::new(member, reason))
            .collect();
        let of_orders = surplus.violation_of_orders(line.active_disbursement_orders.len());
        refused.extend(of_orders.map(|reason| Refused::new("activeDisbursementOrders", reason)));
        if !refused.is_empty() {
            return Err(refused);
        }
        surplus.currency.make_ascii_uppercase();
        let mut orders = Vec::new();
        for (index, order) in line.active_disbursement_orders.into_iter().enumerate() {
            let order = self.order.check(order).and_then(DisbursementOrder::new);
            let order = order.map_err(|violations| {
                within(&format!("activeDisbursementOrders[{index}]"), violations)
            })?;
            orders.push(order.to_json());
        }
        let (ledger_no, customer_no) = (line.ledger_no, line.customer_no);
        Ok(Record::Surplus { ledger_no, customer_no, surplus, orders })
    }
}

fn take_ledger_no(members: &mut Map<String, Value>) -> Result<String, Vec<Refused>> {
    match members.shift_remove("ledgerNo") {
        Some(Value::String(no)) => {
            check_no("ledgerNo", &no)?;
            Ok(no)
        }
        _ => Err(vec![Refused::new("ledgerNo", "A text is expected.")]),
    }
}
