//! What can be otherwise in the answers of 003, in each of its formats.

use serde_json::{Value, json};

use super::exchange::Exchange;
use super::xml::Element;

/// The members that 003 itself names, and the id by which a customer is found again.
const DOCUMENTED: [&str; 4] = ["id", "firstName", "lastName", "organizationName"];

/// Answers with the members that 003 names.
pub(super) fn drop_undocumented(exchange: &mut Exchange) {
    if !exchange.status().is_success() {
        return;
    }
    super::members::objects(exchange, |members| {
        members.retain(|name, _| DOCUMENTED.contains(&name.as_str()));
    });
    each_element(exchange, |element| {
        element.attributes.retain(|(name, _)| DOCUMENTED.contains(&name.as_str()));
    });
    if let Some(form) = exchange.form() {
        let documented = |pair: &&[u8]| {
            let name = pair.split(|byte| *byte == b'=').next().unwrap_or_default();
            DOCUMENTED.iter().any(|it| it.as_bytes() == name)
        };
        let pairs: Vec<_> = form.split(|byte| *byte == b'&').filter(documented).collect();
        *form = pairs.join(&b'&').into();
    }
}

/// Writes XML with elements for attributes.
pub(super) fn use_elements(exchange: &mut Exchange) {
    each_element(exchange, Element::use_elements);
}

/// Names XML as .NET does.
pub(super) fn name_as_dot_net(exchange: &mut Exchange) {
    each_element(exchange, |element| {
        let other = match element.name.as_str() {
            "customer" => "Customer",
            "customers" => "ArrayOfCustomer",
            "error" => "Error",
            _ => return,
        };
        other.clone_into(&mut element.name);
    });
}

/// Puts a customer into an object, or into an element.
pub(super) fn wrap_one(exchange: &mut Exchange) {
    if !exchange.status().is_success() {
        return;
    }
    if let Some(body) = exchange.json().filter(|body| body.is_object()) {
        *body = json!({ "customer": body.take() });
    }
    if let Some(root) = exchange.xml().filter(|root| root.name.eq_ignore_ascii_case("customer")) {
        root.wrap("response");
    }
}

/// Puts a list into an object.
pub(super) fn wrap_list(exchange: &mut Exchange) {
    if let Some(body) = exchange.json().filter(|body| body.is_array()) {
        let total = body.as_array().map_or(0, Vec::len);
        *body = json!({ "total": total, "customers": body.take() });
    }
}

/// Puts an error into an object.
pub(super) fn wrap_error(exchange: &mut Exchange) {
    let failed = !exchange.status().is_success();
    if let Some(body) = exchange.json().filter(|_| failed) {
        *body = json!({ "error": body.take() });
    }
}

/// Turns a list round.
pub(super) fn reverse(exchange: &mut Exchange) {
    if let Some(Value::Array(customers)) = exchange.json() {
        customers.reverse();
    }
    if let Some(root) = exchange.xml() {
        root.elements.reverse();
    }
}

/// Makes numbers of ids, where the format knows numbers.
pub(super) fn number_ids(exchange: &mut Exchange) {
    super::members::named(exchange, &["id"], super::members::use_number);
}

fn each_element(exchange: &mut Exchange, mut change: impl FnMut(&mut Element)) {
    if let Some(root) = exchange.xml() {
        root.each(&mut change);
    }
}
