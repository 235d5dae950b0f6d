//! Records: one format in, out and between. One JSON object a line; `record` names the kind.
//! Fixtures, demo data, `load`, `dump` and provisioning all speak it. Design › Records.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::customer::CustomerWithAddresses;
use super::disbursement_order::DisbursementOrder;
use super::json;
use super::ledger::Ledger;
use super::person::Person;
use super::schema::Schema;
use super::surplus::Surplus;
use super::usage::{Tree, UsageDetail};
use super::violation::Violation;

/// A line that has been read. Text of usage is borrowed from the line.
#[derive(Debug)]
pub enum Record<'a> {
    /// A ledger; in a load it replaces that ledger whole.
    Ledger(Ledger),
    /// A person of a ledger's population register.
    Person {
        /// The ledger.
        ledger_no: String,
        /// The entry.
        person: Person,
    },
    /// A customer with its addresses.
    Customer {
        /// The ledger.
        ledger_no: String,
        /// The customer; a legal address may be missing.
        customer: Box<CustomerWithAddresses>,
    },
    /// A surplus and the orders to disburse it.
    Surplus {
        /// The ledger.
        ledger_no: String,
        /// Whose surplus.
        customer_no: String,
        /// The surplus.
        surplus: Surplus,
        /// The payees of active orders, each a JSON object with one member.
        orders: Vec<Value>,
    },
    /// An invoice or customer that Usage knows, perhaps without usage.
    UsageOwner {
        /// The ledger.
        ledger_no: Cow<'a, str>,
        /// Which of the two trees.
        tree: Tree,
        /// `invoiceNo` or `customerNo`.
        no: Cow<'a, str>,
    },
    /// One CDR.
    Usage {
        /// The ledger.
        ledger_no: Cow<'a, str>,
        /// Which of the two trees.
        tree: Tree,
        /// `invoiceNo` or `customerNo`.
        no: Cow<'a, str>,
        /// The subscription.
        subscription_no: Cow<'a, str>,
        /// The CDR.
        usage: Box<UsageDetail<'a>>,
    },
}

#[derive(Deserialize)]
struct Kind<'a> {
    #[serde(borrow)]
    record: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PersonLine {
    #[serde(rename = "record")]
    _record: String,
    ledger_no: String,
    national_identifier: super::national_identifier::NationalIdentifier,
    name: String,
    address: super::address::Address,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SurplusLine {
    #[serde(rename = "record")]
    _record: String,
    ledger_no: String,
    customer_no: String,
    surplus: Surplus,
    #[serde(default)]
    active_disbursement_orders: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct UsageLine<'a> {
    #[serde(rename = "record", borrow)]
    _record: Cow<'a, str>,
    #[serde(borrow)]
    ledger_no: Cow<'a, str>,
    #[serde(borrow, default)]
    invoice_no: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    customer_no: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    subscription_no: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    usage: Option<Box<UsageDetail<'a>>>,
}

/// Why a line is refused: the member and the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The dotted path of the member, or nothing for the line as a whole.
    pub member: String,
    /// The reason, as the end of a sentence.
    pub reason: String,
}

impl Refused {
    /// A refusal of `member` for `reason`.
    pub fn new(member: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { member: member.into(), reason: reason.into() }
    }
}

impl From<Violation> for Refused {
    fn from(violation: Violation) -> Self {
        Self { member: violation.parameter, reason: violation.message }
    }
}

/// Reads records. Holds the compiled schemas that records are checked with.
pub struct RecordReader {
    address: Schema,
    identifier: Schema,
    customer: Schema,
    order: Schema,
}

impl RecordReader {
    /// Compiles the schemas.
    ///
    /// # Errors
    /// As [`Schema::compile`].
    pub fn new() -> Result<Self, String> {
        Ok(Self {
            address: Schema::compile("customer/address.request")?,
            identifier: Schema::compile("customer/find-customer.request")?,
            customer: Schema::compile("customer/customer.record")?,
            order: Schema::compile("customer/disbursement-order.request")?,
        })
    }

    /// Reads one line.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read<'a>(&self, line: &'a [u8]) -> Result<Record<'a>, Vec<Refused>> {
        let text = std::str::from_utf8(line)
            .map_err(|_| vec![Refused::new("", "The line is not UTF-8.")])?;
        if !text.starts_with('{') {
            return Err(vec![Refused::new("", "The line is no JSON object.")]);
        }
        let kind: Kind = typed(text)?;
        match kind.record.as_deref() {
            Some("usage") => usage(text).map_err(|refused| vec![refused]),
            Some("invoice") => owner(text, Tree::Invoices),
            Some("usageCustomer") => owner(text, Tree::Customers),
            Some("ledger") => self.ledger(text),
            Some("person") => self.person(text),
            Some("customer") => self.customer(text),
            Some("surplus") => self.surplus(text),
            Some(other) => Err(vec![Refused::new(
                "record",
                format!("\"{other}\" is no kind of record that this version knows."),
            )]),
            None => Err(vec![Refused::new("record", "The member is missing: it names the kind.")]),
        }
    }

    fn ledger<'a>(&self, text: &str) -> Result<Record<'a>, Vec<Refused>> {
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
        Ok(Record::Ledger(ledger))
    }

    fn person<'a>(&self, text: &str) -> Result<Record<'a>, Vec<Refused>> {
        let members = object(text)?;
        let line: PersonLine = typed(text)?;
        check_no("ledgerNo", &line.ledger_no)?;
        // What the register says becomes a customer's name and legal address, so it must fit there.
        if line.name.chars().count() > 72 {
            return Err(vec![Refused::new("name", "The name has more than 72 characters.")]);
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

    fn customer<'a>(&self, text: &str) -> Result<Record<'a>, Vec<Refused>> {
        let mut members = object(text)?;
        let ledger_no = take_ledger_no(&mut members)?;
        let customer = members.shift_remove("customer").unwrap_or_default();
        members.shift_remove("record");
        if let Some(unknown) = members.keys().next() {
            return Err(vec![Refused::new(unknown, "A customer record has no such member.")]);
        }
        let members =
            self.customer.check(customer).map_err(|violations| within("customer", violations))?;
        let customer = serde_json::from_value(Value::Object(members))
            .map_err(|error| vec![Refused::new("customer", error.to_string())])?;
        Ok(Record::Customer { ledger_no, customer: Box::new(customer) })
    }

    fn surplus<'a>(&self, text: &str) -> Result<Record<'a>, Vec<Refused>> {
        object(text)?;
        let line: SurplusLine = typed(text)?;
        check_no("ledgerNo", &line.ledger_no)?;
        check_no("customerNo", &line.customer_no)?;
        let mut surplus = line.surplus;
        let refused: Vec<Refused> = surplus
            .violations()
            .into_iter()
            .map(|(member, reason)| Refused::new(member, reason))
            .collect();
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

/// Violations of a part of the record, with the part's name before their parameters.
fn within(part: &str, violations: Vec<Violation>) -> Vec<Refused> {
    violations
        .into_iter()
        .map(|v| match v.parameter.as_str() {
            // The part as a whole: to the schema it is the body.
            "body" => Refused::new(part, v.message),
            _ if part.is_empty() => v.into(),
            parameter => Refused::new(format!("{part}.{parameter}"), v.message),
        })
        .collect()
}

/// A record other than usage as an object, read strictly.
fn object(text: &str) -> Result<Map<String, Value>, Vec<Refused>> {
    match json::read(text.as_bytes()) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(vec![Refused::new("", "The line is no JSON object.")]),
        Err(violation) => Err(vec![violation.into()]),
    }
}

/// Deserialises `text`; where that fails, once more and slowly, to learn at which member.
fn typed<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Vec<Refused>> {
    serde_json::from_str(text).map_err(|_| {
        let mut reader = serde_json::Deserializer::from_str(text);
        let refused = match serde_path_to_error::deserialize::<_, T>(&mut reader) {
            Err(error) => {
                let path = error.path().to_string();
                let member = if path == "." { String::new() } else { path };
                Refused::new(member, format!("{}.", error.into_inner()))
            }
            Ok(_) => Refused::new("", "Something follows the JSON object."),
        };
        vec![refused]
    })
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

/// An identifier has 1 to 50 characters, none of them a control character (reading 183).
fn check_no(member: &str, no: &str) -> Result<(), Vec<Refused>> {
    if is_identifier(no) {
        return Ok(());
    }
    Err(vec![Refused::new(member, "1 to 50 characters are expected, no control characters.")])
}

/// Whether `text` can be an identifier: 1 to 50 characters, no control characters (reading 183).
pub fn is_identifier(text: &str) -> bool {
    let length = text.chars().take(51).count();
    (1..=50).contains(&length) && !text.chars().any(char::is_control)
}

fn owner(text: &str, tree: Tree) -> Result<Record<'_>, Vec<Refused>> {
    let line: UsageLine = typed(text)?;
    let member = tree.number_member();
    if line.usage.is_some() || line.subscription_no.is_some() {
        return Err(vec![Refused::new("usage", "Only a usage record has usage.")]);
    }
    let no = match (tree, line.invoice_no, line.customer_no) {
        (Tree::Invoices, Some(no), None) | (Tree::Customers, None, Some(no)) => no,
        _ => return Err(vec![Refused::new(member, "This one number is expected.")]),
    };
    check_no("ledgerNo", &line.ledger_no)?;
    check_no(member, &no)?;
    Ok(Record::UsageOwner { ledger_no: line.ledger_no, tree, no })
}

/// Reads a usage record. Bulk loads pass here, so it is read straight into its type; serde refuses
/// a member that occurs twice as it refuses an unknown one.
fn usage(text: &str) -> Result<Record<'_>, Refused> {
    let line: UsageLine = typed(text).map_err(|mut refused| refused.remove(0))?;
    let (tree, no) = match (line.invoice_no, line.customer_no) {
        (Some(no), None) => (Tree::Invoices, no),
        (None, Some(no)) => (Tree::Customers, no),
        _ => {
            let reason = "Either invoiceNo (billed) or customerNo (unbilled) is expected.";
            return Err(Refused::new("invoiceNo", reason));
        }
    };
    let missing = |member| Refused::new(member, "The member is missing.");
    let subscription_no = line.subscription_no.ok_or_else(|| missing("subscriptionNo"))?;
    let usage = line.usage.ok_or_else(|| missing("usage"))?;
    for (member, text) in [
        ("ledgerNo", &line.ledger_no),
        (tree.number_member(), &no),
        ("subscriptionNo", &subscription_no),
    ] {
        check_no(member, text).map_err(|mut refused| refused.remove(0))?;
    }
    Ok(Record::Usage { ledger_no: line.ledger_no, tree, no, subscription_no, usage })
}

impl Record<'_> {
    /// The ledger that the record belongs to.
    pub fn ledger_no(&self) -> &str {
        match self {
            Self::Ledger(ledger) => &ledger.ledger_no,
            Self::Person { ledger_no, .. }
            | Self::Customer { ledger_no, .. }
            | Self::Surplus { ledger_no, .. } => ledger_no,
            Self::UsageOwner { ledger_no, .. } | Self::Usage { ledger_no, .. } => ledger_no,
        }
    }
}
