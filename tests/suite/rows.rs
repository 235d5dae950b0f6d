//! Each clause's constraint, transcribed from its document, is that of the schemas, member by
//! member; where they differ, the row names the reading that says why.

use std::collections::{BTreeMap, BTreeSet};

use etalon::data;
use serde_json::{Map, Value};

/// The schemas in which the members of a table stand.
const SCHEMAS: &[(&str, &[&str])] = &[
    ("customer/create-customer", &["create-customer.request"]),
    ("customer/update-customer", &["patch-customer.request"]),
    (
        "customer/customer",
        &["customer.response", "create-customer.request", "patch-customer.request"],
    ),
    ("customer/surplus", &["surplus.response"]),
    ("customer/disbursement-order", &["disbursement-order.request"]),
    ("customer/legal-address", &["address.response", "address.request"]),
    ("customer/billing-address", &["address.response", "address.request"]),
    ("customer/put-legal-address", &["address.request"]),
    ("customer/add-billing-address", &["address.request"]),
    ("customer/put-billing-address", &["address.request"]),
    ("customer/find-customer-request", &["find-customer.request"]),
    ("customer/find-customer", &["created-customer.response", "find-customer.request"]),
    ("customer/generate-customer-request", &["generate-consumer-customer-by-reg-no.request"]),
    (
        "customer/generate-consumer-customer-by-reg-no",
        &["created-customer.response", "generate-consumer-customer-by-reg-no.request"],
    ),
    ("usage/invoice", &["invoice.response"]),
    ("usage/subscription", &["subscription.response"]),
    ("usage/usage-details", &["usage-detail.response"]),
    ("usage/usage-summaries", &["usage-summary.response"]),
    ("usage/customer", &["customer.response"]),
    ("usage/unbilled-subscription", &["unbilled-subscription.response"]),
    ("usage/unbilled-usage-details", &["usage-detail.response"]),
    ("usage/unbilled-usage-summaries", &["usage-summary.response"]),
    ("gateway/customer", &["create-customer.request"]),
    ("gateway/find", &["find-customers.request"]),
    // Its only row is the customer itself.
    ("gateway/create", &[]),
    (
        "tmf/billingAccount",
        &["billing-account.response", "billing-account.request", "billing-account.patch.request"],
    ),
    ("tmf/appliedCustomerBillingCharge", &["applied-customer-billing-charge.request"]),
];

/// What a table can say of a value.
const CONSTRAINTS: [&str; 5] = ["minLength", "maxLength", "pattern", "enum", "default"];

#[test]
fn each_clauses_constraint_is_the_schemas_or_a_reading_says_why_not() {
    let mut faults = Vec::new();
    let mut compared = 0;
    for api in ["customer", "usage", "gateway", "tmf"] {
        let file: Value = read(&format!("conformance/clauses/{api}.json"));
        for clause in file["clauses"].as_array().unwrap() {
            let (id, Some(row)) = (&clause["id"], clause.get("row")) else { continue };
            let table = format!("{api}/{}", text(&row["resource"]));
            let known = SCHEMAS.iter().find(|(name, _)| *name == table);
            let Some((_, names)) = known else {
                faults.push(format!("{id}: {table} has no schema"));
                continue;
            };
            let mut differs = BTreeSet::new();
            let mut found = names.is_empty();
            for name in *names {
                let schema: Value = read(&format!("schemas/{api}/{name}.json"));
                let Some(member) = Member::find(api, &schema, text(&row["member"])) else {
                    continue;
                };
                (found, compared) = (true, compared + 1);
                differs.extend(member.differences(row, name));
            }
            if !found {
                faults.push(format!("{id}: no schema has {}", row["member"]));
            }
            let said = row["differs"].as_object().cloned().unwrap_or_default();
            let readings = clause["readings"].as_array().cloned().unwrap_or_default();
            let unread = said.values().filter(|reading| !readings.contains(reading));
            faults.extend(unread.map(|reading| format!("{id} does not rest on {reading}")));
            let said: BTreeSet<_> = said.keys().cloned().collect();
            if said != differs {
                faults.push(format!("{id}: differs in {differs:?}, the row says {said:?}"));
            }
        }
    }
    assert!(compared > 200, "{compared}");
    assert!(faults.is_empty(), "{faults:#?}");
}

fn read(path: &str) -> Value {
    let file = data::file(path).unwrap_or_else(|| panic!("there is no {path}"));
    serde_json::from_slice(file).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A member as the schemas have it.
struct Member {
    constraints: BTreeMap<&'static str, Value>,
    types: BTreeSet<String>,
    required: bool,
}

impl Member {
    /// The member at a dotted path; one that is in no schema on the way is none. Names are compared
    /// without case, for some tables of 002 write them otherwise than its examples (reading 51).
    fn find(api: &str, schema: &Value, path: &str) -> Option<Member> {
        let mut within = Vec::new();
        parts(api, schema, schema, &mut within);
        let mut required = false;
        for name in path.split('.') {
            let same = |other: &str| other.eq_ignore_ascii_case(name);
            let of_items: Vec<_> = within.iter().filter_map(|part| part.get("items")).collect();
            let mut items = Vec::new();
            of_items.into_iter().for_each(|item| parts(api, item, schema, &mut items));
            within.extend(items);
            let lists = within.iter().filter_map(|part| part.get("required")?.as_array());
            required = lists.flatten().any(|other| same(text(other)));
            let mut next = Vec::new();
            for members in within.iter().filter_map(|part| part.get("properties")?.as_object()) {
                for (_, member) in members.iter().filter(|(other, _)| same(other)) {
                    parts(api, member, schema, &mut next);
                }
            }
            within = next;
        }
        if within.is_empty() {
            return None;
        }
        let mut member = Member { constraints: BTreeMap::new(), types: BTreeSet::new(), required };
        for part in &within {
            for name in CONSTRAINTS {
                if let Some(value) = part.get(name) {
                    member.constraints.insert(name, without_null(value));
                }
            }
            match part.get("type") {
                Some(Value::Array(types)) => {
                    member.types.extend(types.iter().map(|kind| text(kind).to_owned()));
                }
                Some(kind) => drop(member.types.insert(text(kind).to_owned())),
                None if part.contains_key("enum") => drop(member.types.insert("string".into())),
                None => {}
            }
        }
        // Null is absent (reading 24).
        member.types.remove("null");
        Some(member)
    }

    /// The constraints in which the row of a table is otherwise.
    fn differences(&self, row: &Value, schema: &str) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        // A table of what is required says nothing else.
        if let Some(kind) = row.get("type") {
            let unequal = CONSTRAINTS.into_iter();
            let unequal = unequal.filter(|name| self.constraints.get(name) != row.get(*name));
            names.extend(unequal.map(str::to_owned));
            let whole = text(&row["format"]).starts_with("int");
            let kind = if whole { "integer" } else { text(kind) };
            if self.types != BTreeSet::from([kind.to_owned()]) {
                names.insert("type".to_owned());
            }
        }
        let asks = schema.ends_with("request") && !schema.contains("patch");
        if row.get("required").is_some_and(|it| asks && *it != Value::Bool(self.required)) {
            names.insert("required".to_owned());
        }
        names
    }
}

/// A list of values without null, which is no value.
fn without_null(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().filter(|item| !item.is_null()).cloned().collect(),
        other => other.clone(),
    }
}

/// A schema, and every schema that it refers to or is made of.
fn parts(api: &str, schema: &Value, root: &Value, all: &mut Vec<Map<String, Value>>) {
    let Some(members) = schema.as_object() else { return };
    all.push(members.clone());
    if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
        let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        let other = match file {
            "" => root.clone(),
            file => read(&format!("schemas/{api}/{file}")),
        };
        if let Some(part) = other.pointer(pointer) {
            parts(api, part, &other, all);
        }
    }
    for name in ["allOf", "anyOf", "oneOf"] {
        let of = members.get(name).and_then(Value::as_array).into_iter().flatten();
        of.for_each(|part| parts(api, part, root, all));
    }
}
