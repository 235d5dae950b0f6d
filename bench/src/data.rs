//! What is stored and asked for. All of it follows from numbers, so that every run has the same.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use crate::Outcome;

/// The ledger of all PayEx records.
pub const LEDGER: &str = r#"{"record":"ledger","ledgerNo":"100","country":"SE","currency":"SEK","customerNoMode":"assigned","grants":["population-register","disbursement"]}"#;

/// Writes records, one a line.
///
/// # Errors
/// When the disk fails.
pub fn write(path: &Path, lines: impl IntoIterator<Item = String>) -> Outcome<()> {
    let mut out = BufWriter::new(File::create(path)?);
    for line in lines {
        out.write_all(line.as_bytes())?;
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}

/// Writes a request; the token is that of the ledger.
pub fn request(out: &mut Vec<u8>, method: &str, path: std::fmt::Arguments, body: &str) {
    // Writing into memory cannot fail.
    let _ = write!(
        out,
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer etalon-100\r\n"
    );
    let _ = match body {
        "" => write!(out, "\r\n"),
        body => write!(
            out,
            "content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        ),
    };
}

/// Returns a GET.
pub fn get(path: &str) -> Vec<u8> {
    let mut out = Vec::new();
    request(&mut out, "GET", format_args!("{path}"), "");
    out
}

/// Returns the number of the `n`th customer: all are equally long.
pub fn customer_no(n: u64) -> u64 {
    10_000_000 + n
}

/// Returns the national identifier of the `n`th customer: neighbours lie far apart.
pub fn reg_no(n: u64) -> String {
    let (day, serial) = (n * 7_919 % 26_880, n / 26_880);
    let (year, month, day) = (1920 + day / 336, 1 + day / 28 % 12, 1 + day % 28);
    format!("{year}{month:02}{day:02}-{serial:04}")
}

/// Returns the `n`th customer without its braces, as POST takes it and as a record has it.
pub fn customer(n: u64) -> String {
    format!(
        r#""customerNo":"{}","nationalIdentifier":{{"regNo":"{}","countryCode":"SE"}},"legalEntity":"consumer","name":"Britt-Marie Axelstopp","emailAddress":"britt{n:08}@example.com","msisdn":"+46{:09}","distributionType":"postal","legalAddress":{{"addressee":"Britt-Marie Axelstopp","streetAddress":"The street 18","coAddress":"c/o Jansson","city":"STOCKHOLM","zipCode":"15961","countryCode":"SE"}},"billingAddress":{{"addressee":"Kalle Axelstopp","streetAddress":"Axelgatan 18","city":"STOCKHOLM","zipCode":"16872","countryCode":"SE"}}"#,
        customer_no(n),
        reg_no(n),
        700_000_000 + n,
    )
}

/// Returns the ledger and its first `count` customers as records.
pub fn customers(count: u64) -> impl Iterator<Item = String> {
    let customers = (0..count).map(|n| {
        format!(r#"{{"record":"customer","ledgerNo":"100","customer":{{{}}}}}"#, customer(n))
    });
    std::iter::once(LEDGER.to_owned()).chain(customers)
}

/// A CDR and whose it is.
pub struct Cdr {
    /// The invoice.
    pub invoice: u64,
    /// The subscription of the invoice.
    pub subscription: u64,
    /// The second of the month at which it began.
    pub second: u64,
    /// Which of all it is.
    pub n: u64,
}

impl Cdr {
    /// Returns the `n`th in order of subscription and time: a hundred each, two subscriptions an
    /// invoice.
    pub fn sorted(n: u64) -> Self {
        Self {
            invoice: 1_000_000 + n / 200,
            subscription: 46_700_000_000 + n / 100,
            second: n % 100 * (MONTH / 100),
            n,
        }
    }

    /// Returns it as JSON.
    pub fn json(&self) -> String {
        let Self { subscription, second, n, .. } = self;
        let (day, time) = (1 + second / 86_400, second % 86_400);
        format!(
            r#"{{"type":{},"typeName":"Surf i hogkostnadszon","startDateTime":"2023-09-{day:02}T{:02}:{:02}:{:02}","destination":"ROAM, SERVICES.COMPANY.COM","destinationName":"APN Resterande","subscriptionNo":"{subscription}","totalAmount":{}.{:02},"volume":{},"volumeUnit":"B","chargeDetails":{{"vatRate":25.00,"price":107.61,"priceUnit":"MB","interval":50000,"intervalUnit":"B","startPrice":0.00}},"roamingDetails":{{"countryCode":"NO","operator":"Vodafone"}}}}"#,
            250 + n % 3,
            time / 3600,
            time / 60 % 60,
            time % 60,
            n % 90,
            n % 100,
            n * 31 % 5_000_000,
        )
    }

    /// Returns its record.
    pub fn record(&self) -> String {
        let Self { invoice, subscription, .. } = self;
        let json = self.json();
        format!(
            r#"{{"record":"usage","ledgerNo":"100","invoiceNo":"{invoice}","subscriptionNo":"{subscription}","usage":{json}}}"#
        )
    }
}

/// The seconds of the month in which all CDRs began.
const MONTH: u64 = 2_400_000;

/// Returns CDRs in order of subscription and time.
pub fn sorted(count: u64) -> impl Iterator<Item = Cdr> {
    (0..count).map(Cdr::sorted)
}

/// Returns the same CDRs in order of time, as a month brings them: so the subscriptions are mixed.
pub fn mixed(count: u64) -> impl Iterator<Item = Cdr> {
    let subscriptions = (count / 100).max(1);
    (0..count).map(move |n| {
        // A prime to the number of subscriptions, so that each occurs once a round.
        let subscription = n * 7_919 % subscriptions;
        Cdr {
            invoice: 1_000_000 + subscription / 2,
            subscription: 46_700_000_000 + subscription,
            second: n * MONTH / count,
            n,
        }
    })
}

/// Returns `count` CDRs of one subscription, and before them a thousand of another one.
pub fn long(count: u64) -> impl Iterator<Item = Cdr> {
    let of = |subscription, count: u64| {
        let second = move |n| n * MONTH / count;
        (0..count).map(move |n| Cdr { invoice: 1, subscription, second: second(n), n })
    };
    of(SHORT, 1_000).chain(of(LONG, count))
}

/// The subscriptions of [`long`].
pub const SHORT: u64 = 46_700_000_001;
/// The subscriptions of [`long`].
pub const LONG: u64 = 46_700_000_002;

/// Returns the ledger, and CDRs as records.
pub fn usage(cdrs: impl Iterator<Item = Cdr>) -> impl Iterator<Item = String> {
    std::iter::once(LEDGER.to_owned()).chain(cdrs.map(|cdr| cdr.record()))
}

/// Returns customers of the gateway: ten have each last name, far apart.
pub fn gateway_customers(count: u64) -> impl Iterator<Item = String> {
    (0..count).map(move |n| {
        format!(
            r#"{{"record":"gatewayCustomer","customer":{{"id":"{}","code":"CODE-{n}","accountId":"account","createDate":"2026-01-31 12:00:00","firstName":"First{}","lastName":"Last{}","organizationName":"Organization-{n}"}}}}"#,
            n + 1,
            n % 100,
            n % (count / 10),
        )
    })
}

/// Returns billing accounts: the last ten alone are suspended, and began in the last year.
pub fn accounts(count: u64) -> impl Iterator<Item = String> {
    (0..count).map(move |n| {
        let rare = n + 10 >= count;
        let (state, year) = if rare { ("Suspended", 2026) } else { ("Active", 2013) };
        format!(
            r#"{{"record":"tmf","collection":"billingAccount","resource":{{"id":"{}","ratingType":"postpaid","name":"Account {n}","state":"{state}","validFor":{{"startDateTime":"{year}-04-19T16:42:23.0Z"}},"currency":{{"currencyCode":"EUR"}},"relatedParty":[{{"id":"1","href":"https://parties.example.com/partyManagement/partyRole/1","role":"bill receiver"}}]}}}}"#,
            n + 1,
        )
    })
}

/// Returns the ledger, and one customer with `count` surpluses.
pub fn surpluses(count: u64) -> impl Iterator<Item = String> {
    let surplus = |n: u64| {
        let date = format!("2026-{:02}-{:02}T00:00:00", 1 + n % 12, 1 + n / 12 % 28);
        let no = customer_no(0);
        format!(
            r#"{{"record":"surplus","ledgerNo":"100","customerNo":"{no}","surplus":{{"surplusId":"OP-{n}","balance":149.00,"currency":"SEK","date":"{date}","status":"open"}}}}"#
        )
    };
    customers(1).chain((0..count).map(surplus))
}
