//! Records: one format in, out and between. One JSON object a line; `record` names the kind.
//! Fixtures, demo data, `load`, `dump` and provisioning all speak it. Design › Records.

mod gateway;
mod ledger;
mod listener;
mod tmf;
mod usage;

use std::borrow::Cow;
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::customer::CustomerWithAddresses;
use super::gateway_customer::GatewayCustomer;
use super::json;
use super::ledger::Ledger;
use super::listener::Listener;
use super::person::Person;
use super::schema::Schema;
use super::surplus::Surplus;
use super::tmf::collection::Collection;
use super::usage::{Tree, UsageDetail};
use super::violation::Violation;

/// The longest line that is read, in bytes.
pub const LONGEST_LINE: usize = 1 << 20;

/// A line that has been read.
#[derive(Debug)]
pub enum Line<'a> {
    /// A CDR, whose texts are borrowed from the line: bulk loads read millions.
    Usage(UsageRecord<'a>),
    /// Any other record.
    Record(Record),
}

/// One CDR and the subscription that it belongs to.
#[derive(Debug)]
pub struct UsageRecord<'a> {
    /// The ledger.
    pub ledger_no: Cow<'a, str>,
    /// Which of the two trees.
    pub tree: Tree,
    /// `invoiceNo` or `customerNo`.
    pub no: Cow<'a, str>,
    /// The subscription.
    pub subscription_no: Cow<'a, str>,
    /// The CDR.
    pub usage: Box<UsageDetail<'a>>,
}

/// A record other than a CDR.
#[derive(Debug)]
pub enum Record {
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
        ledger_no: String,
        /// Which of the two trees.
        tree: Tree,
        /// `invoiceNo` or `customerNo`.
        no: String,
    },
    /// A subscription, perhaps without any CDR (reading 249).
    Subscription {
        /// The ledger.
        ledger_no: String,
        /// Which of the two trees.
        tree: Tree,
        /// `invoiceNo` or `customerNo`.
        no: String,
        /// The subscription.
        subscription_no: String,
    },
    /// A resource of the TM Forum API; one with its id is replaced.
    Tmf {
        /// The collection that it belongs to.
        collection: &'static Collection,
        /// Its id.
        id: String,
        /// Its other members.
        members: Map<String, Value>,
    },
    /// A customer of the gateway; one with its id is replaced.
    GatewayCustomer(Box<GatewayCustomer>),
    /// A listener to events; one with its id is replaced.
    Listener(Listener),
}

#[derive(Deserialize)]
struct Kind<'a> {
    #[serde(borrow)]
    record: Option<Cow<'a, str>>,
}

/// A refusal of a line: the member and the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The dotted path of the member, or nothing for the line as a whole.
    pub member: String,
    /// The reason, as the end of a sentence.
    pub reason: String,
}

impl Refused {
    /// Returns a refusal of `member` for `reason`.
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
    tmf: tmf::Schemas,
    gateway_customer: Schema,
    listener: Schema,
}

impl RecordReader {
    /// Returns the reader of this process. The schemas are embedded and compiled when they are
    /// first needed, once: many a server never loads a record.
    ///
    /// # Errors
    /// As [`Schema::compile`].
    pub fn embedded() -> Result<&'static Self, String> {
        static READER: OnceLock<Result<RecordReader, String>> = OnceLock::new();
        READER.get_or_init(|| Self::compile(|schema| schema)).as_ref().map_err(Clone::clone)
    }

    /// Returns the reader of the demo records, which a test has held to the schemas: a server that
    /// starts with them asks none.
    ///
    /// # Errors
    /// As [`Schema::compile`].
    pub fn of_demo() -> Result<&'static Self, String> {
        static READER: OnceLock<Result<RecordReader, String>> = OnceLock::new();
        READER.get_or_init(|| Self::compile(Schema::of_own_values)).as_ref().map_err(Clone::clone)
    }

    fn compile(of: fn(Schema) -> Schema) -> Result<Self, String> {
        Ok(Self {
            address: of(Schema::compile("customer/address.request")?),
            identifier: of(Schema::compile("customer/find-customer.request")?),
            customer: of(Schema::compile("customer/customer.record")?),
            order: of(Schema::compile("customer/disbursement-order.request")?),
            tmf: tmf::Schemas::compile(of)?,
            gateway_customer: of(Schema::compile_exact("gateway/customer.record")?),
            listener: of(Schema::compile_exact("tmf/listener.record")?),
        })
    }

    /// Reads one line.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read<'a>(&self, line: &'a [u8]) -> Result<Line<'a>, Vec<Refused>> {
        let text = std::str::from_utf8(line)
            .map_err(|_| vec![Refused::new("", "The line is not UTF-8.")])?;
        if !text.starts_with('{') {
            return Err(vec![Refused::new("", "The line is no JSON object.")]);
        }
        let record = match kind(text)?.as_deref() {
            Some("usage") => return usage::usage(text).map_err(|refused| vec![refused]),
            Some("invoice") => usage::owner(text, Tree::Invoices),
            Some("usageCustomer") => usage::owner(text, Tree::Customers),
            Some("ledger") => self.ledger(text),
            Some("person") => self.person(text),
            Some("customer") => self.customer(text),
            Some("surplus") => self.surplus(text),
            Some("tmf") => self.tmf.read(text),
            Some("gatewayCustomer") => self.gateway_customer(text),
            Some("listener") => self.listener(text),
            Some(other) => Err(vec![Refused::new(
                "record",
                format!("\"{other}\" is no kind of record that this version knows."),
            )]),
            None => Err(vec![Refused::new("record", "The member is missing: it names the kind.")]),
        };
        record.map(Line::Record)
    }
}

/// Returns the kind of a record. Where it is the first member, as in every dump, the rest of the
/// line is not read for it; whoever reads the line whole finds what is wrong with that.
fn kind(text: &str) -> Result<Option<Cow<'_, str>>, Vec<Refused>> {
    let first = text.strip_prefix("{\"record\":\"").and_then(|rest| rest.split_once('"'));
    match first.filter(|(kind, _)| !kind.contains('\\')) {
        Some((kind, _)) => Ok(Some(Cow::Borrowed(kind))),
        None => typed::<Kind>(text).map(|line| line.record),
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

/// Returns a record other than usage as an object, read strictly.
fn object(text: &str) -> Result<Map<String, Value>, Vec<Refused>> {
    match json::read_record(text.as_bytes()) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(vec![Refused::new("", "The line is no JSON object.")]),
        Err(violation) => Err(vec![violation.into()]),
    }
}

/// Refuses what is left of a record once its members have been taken out.
fn no_other(record: &str, rest: &Map<String, Value>) -> Result<(), Vec<Refused>> {
    match rest.keys().next() {
        None => Ok(()),
        Some(name) => {
            Err(vec![Refused::new(name, format!("A {record} record has no such member."))])
        }
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

/// Refuses what is no identifier: 1 to 50 characters, none of them a control character (reading
/// 183).
fn check_no(member: &str, no: &str) -> Result<(), Vec<Refused>> {
    if is_identifier(no) {
        return Ok(());
    }
    Err(vec![Refused::new(member, "1 to 50 characters are expected, no control characters.")])
}

/// Returns whether `text` can be an identifier: 1 to 50 characters, no control characters (reading
/// 183).
pub fn is_identifier(text: &str) -> bool {
    let length = text.chars().take(51).count();
    (1..=50).contains(&length) && !text.chars().any(char::is_control)
}

impl Record {
    /// Returns the ledger that the record belongs to, where it belongs to one.
    pub fn ledger_no(&self) -> Option<&str> {
        Some(match self {
            Self::Ledger(ledger) => &ledger.ledger_no,
            Self::Tmf { .. } | Self::GatewayCustomer(_) | Self::Listener(_) => return None,
            Self::Person { ledger_no, .. }
            | Self::Customer { ledger_no, .. }
            | Self::Surplus { ledger_no, .. }
            | Self::UsageOwner { ledger_no, .. }
            | Self::Subscription { ledger_no, .. } => ledger_no,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::RecordReader;
    use crate::data;

    /// A server that starts with the demo records does not ask the schemas.
    #[test]
    fn the_demo_records_are_as_the_schemas_ask() {
        let (checking, trusting) =
            (RecordReader::embedded().unwrap(), RecordReader::of_demo().unwrap());
        let demo = data::file("examples/demo.ndjson").unwrap();
        for line in demo.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let checked = checking.read(line).unwrap();
            assert_eq!(format!("{checked:?}"), format!("{:?}", trusting.read(line).unwrap()));
        }
    }
}
