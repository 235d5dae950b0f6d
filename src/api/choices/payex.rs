//! What can be otherwise in the answers of 001 and 002.

use http::header::{HeaderValue, LOCATION};
use serde_json::{Map, Value};

use super::asked::Asked;
use super::exchange::Exchange;
use super::members::{is_date_time, objects, shaped, texts};
use super::problems;

/// GET a customer.
const CUSTOMER: &str = "GET /*/customers/*";

/// The answers that are a customer's link and number and no more.
const IDENTITIES: [&str; 3] =
    ["POST /*/customers", "POST /*/find-customer", "POST /*/generate-consumer-customer-by-reg-no"];

/// The members that are links, where they are no objects.
const LINKS: [&str; 15] = [
    "@id",
    "href",
    "first",
    "previous",
    "next",
    "legalAddress",
    "billingAddress",
    "surpluses",
    "invoice",
    "account",
    "subscriptions",
    "usageDetails",
    "usageSummaries",
    "unbilledUsageDetails",
    "unbilledUsageSummaries",
];

/// The members of a customer that PATCH cannot change (reading 80).
const UNPATCHABLE: [&str; 10] = [
    "@id",
    "customerNo",
    "name",
    "nationalIdentifier",
    "vatNo",
    "legalEntity",
    "legalAddress",
    "billingAddress",
    "surpluses",
    "activeConsents",
];

/// The optional members of what has the member that stands first.
const OPTIONAL: [(&str, &[&str]); 5] = [
    (
        "legalAddress",
        &[
            "nationalIdentifier",
            "vatNo",
            "emailAddress",
            "msisdn",
            "eDIAddressInfo",
            "activeConsents",
            "protectedIdentity",
        ],
    ),
    ("addressee", &["streetAddress", "coAddress"]),
    ("surplusId", &["invoice", "account"]),
    ("chargeDetails", &["providerDetails", "roamingDetails"]),
    ("Detail", &["Problems"]),
];

/// Takes out of a PATCH what it cannot change.
pub(super) fn ignore_unpatchable(asked: &mut Asked) {
    if asked.is("PATCH /*/customers/*") {
        asked.without_members(|name| UNPATCHABLE.iter().any(|it| it.eq_ignore_ascii_case(name)));
    }
}

/// Asks for pages of ten where nothing else is asked for.
pub(super) fn short_pages(asked: &mut Asked) {
    if asked.is("GET /*/customers/*/surpluses") {
        asked.add_parameter("take", "10");
    }
}

/// Asks for the list in place of the link.
pub(super) fn expand_subscriptions(asked: &mut Asked) {
    if asked.is("GET /*/*/*") {
        asked.add_parameter("$expand", "subscriptions");
    }
}

/// Answers not-found for what is below a customer that is not there.
pub(super) fn unknown_below(exchange: &mut Exchange) {
    if exchange.asked.depth() > 3 {
        problems::code(exchange, "customer-not-found", "not-found");
    }
}

/// Answers not-found where find-customer finds none.
pub(super) fn unfound(exchange: &mut Exchange) {
    if exchange.asked.is("POST /*/find-customer") {
        problems::code(exchange, "customer-not-found", "not-found");
    }
}

/// Puts a blank before the number in the short form of a customer.
pub(super) fn space_number(exchange: &mut Exchange) {
    if IDENTITIES.iter().any(|pattern| exchange.succeeded_at(pattern))
        && let Some(Value::String(no)) = exchange.json().and_then(|it| it.get_mut("customerNo"))
    {
        no.insert(0, ' ');
    }
}

/// Leaves out the address that was to be expanded and is not there.
pub(super) fn drop_expanded_nothing(exchange: &mut Exchange) {
    if let Some(customer) = customer(exchange) {
        let absent = |name: &str, value: &Value| name.ends_with("Address") && value.is_null();
        customer.retain(|name, value| !absent(name, value));
    }
}

/// Leaves out the link to a billing address that is not there.
pub(super) fn drop_dangling_link(exchange: &mut Exchange) {
    let link =
        customer(exchange).and_then(|it| it.get("billingAddress")?.as_str().map(str::to_owned));
    if let Some(link) = link
        && exchange.resource(&link).is_none()
        && let Some(customer) = customer(exchange)
    {
        customer.shift_remove("billingAddress");
    }
}

/// Leaves out what tells how bills are sent.
pub(super) fn drop_distribution_type(exchange: &mut Exchange) {
    if let Some(customer) = customer(exchange) {
        customer.shift_remove("distributionType");
    }
}

fn customer<'e>(exchange: &'e mut Exchange) -> Option<&'e mut Map<String, Value>> {
    if !exchange.succeeded_at(CUSTOMER) {
        return None;
    }
    exchange.json()?.as_object_mut()
}

/// Adds a consent that a later version of the document has.
pub(super) fn add_consent(exchange: &mut Exchange) {
    if let Some(customer) = customer(exchange)
        && let Some(Value::Array(consents)) = customer.get_mut("activeConsents")
    {
        consents.push("PharmaciesSE".into());
    }
}

/// Gives the first page of surpluses the links of the example: both neighbours are itself.
pub(super) fn print_first_page(exchange: &mut Exchange) {
    if exchange.succeeded_at("GET /*/customers/*/surpluses")
        && let Some(Value::Object(links)) = exchange.json().and_then(|it| it.get_mut("navigation"))
        && !links.contains_key("previous")
        && let Some(id) = links.get("@id").and_then(Value::as_str)
    {
        let first = format!("{id}?skip=0");
        links.insert("previous".to_owned(), first.clone().into());
        links.insert("first".to_owned(), first.into());
    }
}

/// Spells the members of `eDIAddressInfo` as the tables do.
pub(super) fn name_as_tables(exchange: &mut Exchange) {
    objects(exchange, |members| {
        let Some(Value::Object(edi)) = members.get_mut("eDIAddressInfo") else { return };
        for (printed, other) in [("VAN", "van"), ("InterChangeRecipient", "interChangeRecipient")] {
            if let Some(value) = edi.shift_remove(printed) {
                edi.insert(other.to_owned(), value);
            }
        }
    });
}

/// Leaves out `@id` where a resource of usage is alone.
pub(super) fn drop_single_id(exchange: &mut Exchange) {
    if let Some(Value::Object(members)) = exchange.json() {
        members.shift_remove("@id");
    }
}

/// Answers for an invoice without usage as for none.
pub(super) fn unknown_invoice(exchange: &mut Exchange) {
    problems::code(exchange, "invoice-has-no-usage", "invoice-not-found");
}

/// Spells the code as 000 prints it.
pub(super) fn print_subscription_code(exchange: &mut Exchange) {
    problems::code(exchange, "subscription-not-found", "subscription-not found");
}

/// Writes the first and the last usage of a summary as days.
pub(super) fn use_days(exchange: &mut Exchange) {
    let day = |time: &str| time.split('T').next().unwrap_or(time).to_owned();
    texts(exchange, &["firstUsageDate", "lastUsageDate"], day);
}

/// Adds to every date-time what may follow its seconds.
pub(super) fn after_seconds(exchange: &mut Exchange, more: &str) {
    shaped(exchange, is_date_time, |time| format!("{time}{more}"));
}

/// Leaves out `navigation` where there is nowhere to go.
pub(super) fn drop_navigation(exchange: &mut Exchange) {
    objects(exchange, |members| {
        let links = members.get("navigation").and_then(Value::as_object);
        if links.is_some_and(|links| links.keys().all(|name| name == "@id")) {
            members.shift_remove("navigation");
        }
    });
}

/// Says null where there are no operations.
pub(super) fn null_operations(exchange: &mut Exchange) {
    operations(exchange, |listed| match listed.is_empty() {
        true => Some(Value::Null),
        false => Some(listed.into()),
    });
}

/// Leaves out `operations` where there are none.
pub(super) fn drop_no_operations(exchange: &mut Exchange) {
    operations(exchange, |listed| (!listed.is_empty()).then(|| listed.into()));
}

/// Lists no operation: what is listed is what the caller is permitted.
pub(super) fn hide_operations(exchange: &mut Exchange) {
    operations(exchange, |_| Some(Value::Array(Vec::new())));
}

/// Changes `operations`; what becomes of a list is none where it is left out.
fn operations(exchange: &mut Exchange, change: impl Fn(&[Value]) -> Option<Value>) {
    objects(exchange, |members| {
        let listed = members.get("operations").and_then(Value::as_array);
        match listed.map(|listed| change(listed)) {
            Some(Some(other)) => drop(members.insert("operations".to_owned(), other)),
            Some(None) => drop(members.shift_remove("operations")),
            None => {}
        }
    });
}

/// Says null for what is not set.
pub(super) fn null_unset(exchange: &mut Exchange) {
    objects(exchange, |members| {
        let kind = OPTIONAL.iter().find(|(mark, _)| members.contains_key(*mark));
        for name in kind.into_iter().flat_map(|(_, optional)| *optional) {
            members.entry(*name).or_insert(Value::Null);
        }
    });
}

/// Puts the host of the request into every link.
pub(super) fn absolute_links(exchange: &mut Exchange) {
    let Some(origin) = exchange.asked.request.origin() else { return };
    texts(exchange, &LINKS, |link| match link.starts_with('/') {
        true => format!("{origin}{link}"),
        false => link.to_owned(),
    });
    if let Some(location) = exchange.headers().get_mut(LOCATION)
        && let Ok(path) = location.to_str()
        && let Ok(link) = HeaderValue::from_str(&format!("{origin}{path}"))
    {
        *location = link;
    }
}
