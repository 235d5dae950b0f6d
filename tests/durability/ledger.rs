//! The writes of the durability test, what each leaves behind, and how that is recognised whole.

use std::collections::BTreeMap;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::served::Client;

pub(crate) const RECORD: &str = r#"{"record":"ledger","ledgerNo":"100","country":"SE","currency":"SEK","customerNoMode":"assigned","grants":["disbursement"]}"#;

/// The invoice that every load adds to; those of the loads have the numbers of their customers.
pub(crate) const SHARED: &str = "777";

/// Every customer by its number.
pub(crate) type Ledger = BTreeMap<u64, State>;

/// What is stored of a customer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct State {
    /// The number of the last PATCH.
    pub(crate) revision: u32,
    /// It has a billing address.
    pub(crate) billed: bool,
    /// It came by a load, with a surplus, an invoice and CDRs.
    pub(crate) loaded: bool,
    /// Its surplus is to be disbursed.
    pub(crate) ordered: bool,
}

/// A write, of which a part could be lost.
#[derive(Debug, Clone)]
pub(crate) enum Write {
    /// POST a customer: it, its index by identifier, its age.
    Create(u64),
    /// PATCH three members.
    Patch(u64, u32),
    /// POST a billing address.
    Bill(u64),
    /// POST records: a customer, its surplus, an invoice's CDRs, and CDRs of the shared invoice.
    Load(u64),
    /// POST an order: the surplus and its order.
    Order(u64),
}

impl Write {
    pub(crate) fn no(&self) -> u64 {
        match self {
            Self::Create(no)
            | Self::Patch(no, _)
            | Self::Bill(no)
            | Self::Load(no)
            | Self::Order(no) => *no,
        }
    }

    /// Method, path and body.
    pub(crate) fn request(&self) -> (&'static str, String, String) {
        let customers = "/ledger/customer/v1/100/customers";
        match self {
            Self::Create(no) => ("POST", customers.to_owned(), customer(*no).to_string()),
            Self::Patch(no, revision) => {
                ("PATCH", format!("{customers}/{no}"), patched(*no, *revision).to_string())
            }
            Self::Bill(no) => {
                let path = format!("{customers}/{no}/billing-address");
                ("POST", path, address(*no, "Billing").to_string())
            }
            Self::Load(no) => {
                let lines: Vec<_> = records(*no).iter().map(|line| format!("{line}\n")).collect();
                ("POST", "/etalon/records".to_owned(), lines.concat())
            }
            Self::Order(no) => {
                let path = format!("{customers}/{no}/surpluses/S{no}/active-disbursement-orders");
                ("POST", path, order(*no).to_string())
            }
        }
    }

    /// What it leaves behind.
    pub(crate) fn apply(&self, ledger: &mut Ledger) {
        let state = ledger.entry(self.no()).or_default();
        match self {
            Self::Create(_) => {}
            Self::Patch(_, revision) => state.revision = *revision,
            Self::Bill(_) => state.billed = true,
            Self::Load(_) => state.loaded = true,
            Self::Order(_) => state.ordered = true,
        }
    }
}

fn customer(no: u64) -> Value {
    let mut customer = patched(no, 0);
    customer["customerNo"] = no.to_string().into();
    customer["name"] = format!("Customer {no}").into();
    customer["nationalIdentifier"] = identifier(no);
    customer["legalAddress"] = address(no, "Legal");
    customer
}

fn identifier(no: u64) -> Value {
    let reg_no = format!("19{:02}0101-{:04}", 10 + no / 10_000, no % 10_000);
    json!({"regNo": reg_no, "countryCode": "SE"})
}

fn patched(no: u64, revision: u32) -> Value {
    json!({
        "emailAddress": format!("{revision}@{no}.example"),
        "msisdn": format!("+46{:09}", u64::from(revision) * 100_000 + no),
        "eDIAddressInfo": {"BuyerId": format!("{revision}-{no}")},
    })
}

fn address(no: u64, street: &str) -> Value {
    json!({
        "addressee": format!("Customer {no}"), "streetAddress": format!("{street} street {no}"),
        "city": "VISBY", "zipCode": "62157", "countryCode": "SE",
    })
}

fn order(no: u64) -> Value {
    let account = format!("3300-{no:010}");
    json!({"swedishBankAccount": {"accountNo": account, "accountType": "BKSE"}})
}

/// The records of a load.
fn records(no: u64) -> Vec<Value> {
    let surplus = json!({
        "surplusId": format!("S{no}"), "balance": 10.5, "currency": "SEK",
        "date": "2023-01-01T00:00:00", "status": "open",
    });
    let mut records = vec![
        json!({"record": "customer", "ledgerNo": "100", "customer": customer(no)}),
        json!({"record": "surplus", "ledgerNo": "100", "customerNo": no.to_string(), "surplus": surplus}),
    ];
    for (invoice, count) in [(no.to_string(), 25), (SHARED.to_owned(), 5)] {
        records.extend((0..count).map(|n| {
            json!({
                "record": "usage", "ledgerNo": "100", "invoiceNo": invoice,
                "subscriptionNo": format!("{}", n % 2), "usage": usage(no, n),
            })
        }));
    }
    records
}

/// A CDR whose amount has more decimals than money shows, of one of six summaries.
fn usage(no: u64, n: u64) -> Value {
    let amount = format!("{}.{:05}", no % 97, no * 31 + n);
    let amount: serde_json::Number = serde_json::from_str(&amount).unwrap();
    json!({
        "type": 250 + n % 3, "typeName": "Surf",
        "startDateTime": format!("2023-09-{:02}T{:02}:00:{:02}", 1 + no % 28, n % 24, no % 60),
        "destination": no.to_string(), "totalAmount": amount, "volume": no + n, "volumeUnit": "B",
        "chargeDetails": {"vatRate": n % 2 * 25},
    })
}

/// Reads a dump. Whatever is there by half ends the test.
pub(crate) fn read(dump: &str) -> Ledger {
    let mut ledger = Ledger::new();
    let mut surpluses = BTreeMap::new();
    let mut usages: BTreeMap<u64, Vec<Value>> = BTreeMap::new();
    for line in dump.lines() {
        let mut record: Value = serde_json::from_str(line).unwrap();
        match record["record"].as_str().unwrap() {
            "customer" => {
                let (no, state) = read_customer(&record["customer"]);
                assert!(ledger.insert(no, state).is_none(), "{no} is there twice");
            }
            "surplus" => {
                let no: u64 = text(&record["customerNo"]).parse().unwrap();
                surpluses.insert(no, read_surplus(no, &record));
            }
            "usage" => {
                let no = text(&record["usage"]["destination"]).parse().unwrap();
                usages.entry(no).or_default().push(record.take());
            }
            _ => {}
        }
    }
    for (no, ordered) in surpluses {
        let state =
            ledger.get_mut(&no).unwrap_or_else(|| panic!("a surplus without customer {no}"));
        (state.loaded, state.ordered) = (true, ordered);
        let stored = usages.remove(&no).unwrap_or_default();
        let sent: Vec<_> =
            records(no).into_iter().filter(|record| record["record"] == "usage").collect();
        assert_eq!(stored.len(), sent.len(), "CDRs of load {no}");
        let missing = sent.iter().find(|sent| !stored.iter().any(|stored| holds(stored, sent)));
        assert_eq!(missing, None, "of load {no}");
    }
    assert!(usages.is_empty(), "CDRs of loads that are not there: {:?}", usages.keys());
    ledger
}

fn read_customer(customer: &Value) -> (u64, State) {
    let no: u64 = text(&customer["customerNo"]).parse().unwrap();
    let revision = text(&customer["emailAddress"]).split('@').next().unwrap().parse().unwrap();
    let billed = !customer["billingAddress"].is_null();
    let mut whole = self::customer(no);
    let patched = patched(no, revision);
    whole.as_object_mut().unwrap().extend(patched.as_object().unwrap().clone());
    if billed {
        whole["billingAddress"] = address(no, "Billing");
    }
    assert!(holds(customer, &whole), "half there: {customer}");
    (no, State { revision, billed, ..State::default() })
}

/// Whether the surplus is ordered, which its status and its orders must agree on.
fn read_surplus(no: u64, record: &Value) -> bool {
    let orders = record["activeDisbursementOrders"].as_array().map_or(&[][..], Vec::as_slice);
    match text(&record["surplus"]["status"]) {
        "open" => assert!(orders.is_empty(), "open, with orders: {record}"),
        "pending-disbursement" => assert_eq!(orders, [order(no)], "{record}"),
        other => panic!("{other}: {record}"),
    }
    !orders.is_empty()
}

/// Whether `whole` has every member of `part`; numbers by their value.
fn holds(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(name, part)| whole.get(name).is_some_and(|whole| holds(whole, part)))
        }
        (Value::Number(_), Value::Number(_)) => decimal(whole) == decimal(part),
        _ => whole == part,
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

fn decimal(value: &Value) -> Decimal {
    Decimal::from_str(&value.to_string()).unwrap_or_else(|error| panic!("{value}: {error}"))
}

/// Compares a customer and what belongs to it with what the APIs serve.
pub(crate) fn check_served(client: &mut Client, no: u64, state: &State) {
    let path = format!("/ledger/customer/v1/100/customers/{no}");
    let served = client.get(&format!("{path}?$expand=legaladdress,billingaddress"));
    assert_eq!(
        read_customer(&served),
        (no, State { loaded: false, ordered: false, ..state.clone() })
    );

    let find = json!({"nationalIdentifier": identifier(no)}).to_string();
    let found = client.ask("POST", "/ledger/customer/v1/100/find-customer", &find).unwrap();
    let found: Value = serde_json::from_slice(&found.body).unwrap();
    assert_eq!(found["customerNo"], no.to_string(), "found: {found}");

    if state.loaded {
        let surplus = format!("{path}/surpluses/S{no}");
        let status = if state.ordered { "pending-disbursement" } else { "open" };
        assert_eq!(client.get(&surplus)["status"], status);
        let orders = client.get(&format!("{surplus}/active-disbursement-orders"));
        let expected = if state.ordered { vec![order(no)] } else { vec![] };
        let orders = orders["items"].as_array().unwrap();
        assert_eq!(orders.len(), expected.len());
        assert!(orders.iter().zip(&expected).all(|(order, sent)| holds(order, sent)), "{orders:?}");
        check_summaries(client, &no.to_string());
    }
}

/// Compares the summaries of both subscriptions of an invoice with the sums over its CDRs.
pub(crate) fn check_summaries(client: &mut Client, invoice: &str) {
    let invoice = format!("/billing/usage/v1/100/invoices/{invoice}");
    if client.ask("GET", &invoice, "").unwrap().status == 404 {
        return;
    }
    for subscription in [0, 1] {
        let path = format!("{invoice}/subscriptions/{subscription}");
        let mut sums: BTreeMap<String, (u64, Decimal, Decimal, String, String)> = BTreeMap::new();
        for detail in client.get(&format!("{path}/usage-details"))["items"].as_array().unwrap() {
            let rate = decimal(&detail["chargeDetails"]["vatRate"]).normalize();
            let began = text(&detail["startDateTime"]).to_owned();
            let key = format!("{} {} {rate}", detail["type"], detail["volumeUnit"]);
            let sum = sums
                .entry(key)
                .or_insert_with(|| (0, Decimal::ZERO, Decimal::ZERO, began.clone(), began.clone()));
            sum.0 += 1;
            sum.1 += decimal(&detail["totalAmount"]);
            sum.2 += decimal(&detail["volume"]);
            sum.3 = began.clone().min(std::mem::take(&mut sum.3));
            sum.4 = began.max(std::mem::take(&mut sum.4));
        }
        let served = client.get(&format!("{path}/usage-summaries"));
        let served = served["items"].as_array().unwrap().iter().map(|summary| {
            let rate = decimal(&summary["vatRate"]).normalize();
            (
                format!("{} {} {rate}", summary["type"], summary["volumeUnit"]),
                (
                    summary["usageCount"].to_string().parse().unwrap(),
                    decimal(&summary["totalAmount"]),
                    decimal(&summary["volume"]),
                    text(&summary["firstUsageDate"]).to_owned(),
                    text(&summary["lastUsageDate"]).to_owned(),
                ),
            )
        });
        assert_eq!(served.collect::<BTreeMap<_, _>>(), sums, "{path}");
    }
}
