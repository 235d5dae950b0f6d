//! What a run of `etalon certify` may cost, however much its target holds and however many runs the
//! target has seen: memory and time grow with what is read, and nothing is read more than it must be.
//!
//! `cargo test` holds the bounds at 2,000 billing accounts; `just large` prints what a full target
//! takes beside a small one, and a hundredth run beside the first.
#![cfg(all(feature = "server", feature = "harness", target_os = "linux"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "support/measured.rs"]
mod measured;
#[path = "support/raw.rs"]
mod raw;
#[path = "support/relay.rs"]
mod relay;
#[path = "support/served.rs"]
mod served;

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use serde_json::{Value, json};

use measured::{MIB, load, peak, print_machine, text};
use relay::Relay;
use served::{Served, command, etalon};

/// The most that a run may hold in memory, and the seconds that it may take.
const PEAK: u64 = 256 << 20;
const SECONDS: f64 = 60.0;
/// How much longer the last of a hundred runs may take than the first.
const RATIO: f64 = 1.2;

/// How much a target holds beside the suite's records.
struct Size {
    /// Of each kind: customers of the ledger, of the gateway, and owners of usage.
    customers: u64,
    /// Billing accounts, and charges as many.
    accounts: u64,
    cdrs: u64,
}

/// What a run took.
struct Cost {
    peak: u64,
    seconds: f64,
    /// Bytes that the target sent.
    read: u64,
}

/// A target that holds thousands of accounts in one list that it gives without pages was held a
/// thousand times over: 6 GB at 400 accounts.
#[test]
fn a_run_costs_what_it_reads_and_reads_a_long_list_a_few_times() {
    let folder = tempfile::tempdir().unwrap();
    let few = Size { customers: 0, accounts: 20, cdrs: 0 };
    let many = Size { customers: 0, accounts: 2_000, cdrs: 0 };
    let of = |size: &Size| {
        let served = target(folder.path(), size);
        let mut client = served.client();
        let bytes: usize = ["billingAccount", "appliedCustomerBillingCharge"]
            .map(|list| client.ask("GET", &format!("/billingManagement/{list}"), "").unwrap())
            .iter()
            .map(|answer| answer.body.len())
            .sum();
        (certify(&served, "tmf"), bytes as u64)
    };
    let ((small, _), (large, bytes)) = (of(&few), of(&many));
    assert!(bytes > 3 * MIB, "the lists are not long: {bytes} bytes");
    // As values a list takes ten times its bytes: it is never held so.
    let grown = large.peak.saturating_sub(small.peak);
    assert!(grown < 6 * bytes, "{} MiB more are held for {} MiB", grown / MIB, bytes / MIB);
    let times = (large.read - small.read) as f64 / bytes as f64;
    assert!((0.5..5.0).contains(&times), "each list is read {times:.1} times");
}

/// A target whose surpluses and people are used up was judged by fewer requirements, and conformed.
#[test]
fn a_run_says_what_is_left_and_decides_nothing_once_that_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let fixtures = String::from_utf8(etalon(&["fixtures"]).stdout).unwrap();
    let people = fixtures.lines().filter_map(|line| {
        let record: Value = serde_json::from_str(line).unwrap();
        (record["record"] == "person").then(|| record.clone())
    });
    let customers: Vec<_> = people
        .enumerate()
        .map(|(n, person)| {
            let customer = json!({"customerNo": format!("{}", 8_000_000 + n), "name": person["name"],
                "nationalIdentifier": person["nationalIdentifier"], "legalAddress": person["address"]});
            let ledger = &person["ledgerNo"];
            json!({"record": "customer", "ledgerNo": ledger, "customer": customer}).to_string()
        })
        .collect();
    let whole = fixtures.clone();
    let spent: String = fixtures
        .lines()
        .filter(|line| !line.contains("d3-Open-"))
        .chain(customers.iter().map(String::as_str))
        .flat_map(|line| [line, "\n"])
        .collect();
    let judged = |name: &str, records: &str, case: &str, exit: i32| {
        let path = folder.path().join(name);
        fs::write(&path, records).unwrap();
        let served = Served::start(&["--load", text(&path)]);
        let (url, report) = (format!("http://{}", served.addr), folder.path().join("report.json"));
        let file = format!("json={}", text(&report));
        let args = ["certify", &url, "--api", "customer", "--exact", case, "--report", &file];
        let mut told = Vec::new();
        let runs = [(); 2].map(|()| {
            let output = etalon(&args);
            told.push(String::from_utf8(output.stdout).unwrap());
            assert_eq!(output.status.code(), Some(exit), "{case}: {told:?}");
            let report: Value = serde_json::from_slice(&fs::read(&report).unwrap()).unwrap();
            report["left"][0]["count"].as_u64()
        });
        (runs, told.concat())
    };
    for (case, what) in [
        ("customer/disbursement-orders/norwegian", "open surpluses"),
        ("customer/generate/generate", "people in the register"),
        ("customer/generate/generated-number", "people in the register"),
    ] {
        let (counts, told) = judged("whole", &whole, case, 0);
        let [Some(first), Some(second)] = counts else { panic!("{case}: {counts:?}") };
        assert!(first > 100 && second == first - 1, "{case}: {first} and {second}");
        assert!(told.contains(&format!("left for other runs: {second} {what}")), "{told}");
        let (counts, told) = judged("spent", &spent, case, 4);
        assert_eq!(counts, [None, None], "{case}");
        assert!(told.contains("left: load the fixtures again"), "{told}");
    }
}

/// `just large`.
#[test]
#[ignore = "1,300,000 records: run with `just large`"]
fn a_large_target() {
    let folder = tempfile::tempdir().unwrap();
    print_machine();
    let apis = "customer,usage,gateway,tmf";
    let small = Size { customers: 1_000, accounts: 1_000, cdrs: 1_000 };
    let large = Size { customers: 100_000, accounts: 20_000, cdrs: 1_000_000 };
    let costs = [small, large].map(|size| {
        let served = target(folder.path(), &size);
        let cost = certify(&served, apis);
        println!(
            "certify    {} customers of each kind, {} accounts and charges, {} CDRs: {:.2} s, \
             peak RSS {} MiB, {} MiB read",
            size.customers,
            size.accounts,
            size.cdrs,
            cost.seconds,
            cost.peak / MIB,
            cost.read / MIB
        );
        cost
    });
    println!("bounds     {SECONDS} s, {} MiB", PEAK / MIB);
    let [_, large] = costs;
    assert!(large.seconds < SECONDS && large.peak <= PEAK, "a bound is broken, see above");
}

/// `just large`.
#[test]
#[ignore = "a hundred runs: run with `just large`"]
fn a_hundred_runs() {
    let folder = tempfile::tempdir().unwrap();
    let served = target(folder.path(), &Size { customers: 0, accounts: 0, cdrs: 0 });
    let costs: Vec<_> = (0..100).map(|_| certify(&served, "customer,usage,gateway,tmf")).collect();
    let of = |costs: &[Cost]| {
        let mut seconds: Vec<_> = costs.iter().map(|cost| cost.seconds).collect();
        seconds.sort_by(f64::total_cmp);
        (seconds[seconds.len() / 2], costs.iter().map(|cost| cost.peak).max().unwrap())
    };
    let ((first, little), (last, much)) = (of(&costs[..10]), of(&costs[90..]));
    println!(
        "runs       median of the first ten {first:.2} s, {} MiB and {} MiB read, of the last ten \
         of a hundred {last:.2} s, {} MiB and {} MiB read: {:.2} (bound {RATIO})",
        little / MIB,
        costs[0].read / MIB,
        much / MIB,
        costs[99].read / MIB,
        last / first
    );
    assert!(last <= first * RATIO, "the bound is broken, see above");
}

/// A server that holds the suite's records and so much more.
fn target(folder: &Path, size: &Size) -> Served {
    let name = |end: &str| folder.join(format!("{}.{end}", size.customers + size.accounts));
    let (records, store) = (name("ndjson"), name("redb"));
    write_records(&records, size);
    load(&records, &store);
    fs::remove_file(records).unwrap();
    Served::start(&["--db", text(&store)])
}

/// Judges a target, which conforms.
fn certify(served: &Served, apis: &str) -> Cost {
    let relay = Relay::to(served.addr).unwrap();
    let url = format!("http://{}", relay.addr);
    let began = Instant::now();
    let mut child = command(&["certify", &url, "--api", apis])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let peak = peak(&mut child);
    let seconds = began.elapsed().as_secs_f64();
    let status = child.wait().unwrap();
    assert!(status.success(), "certify ended with {status}");
    Cost { peak, seconds, read: relay.sent() }
}

fn write_records(path: &Path, size: &Size) {
    let mut out = BufWriter::new(File::create(path).unwrap());
    out.write_all(&etalon(&["fixtures"]).stdout).unwrap();
    for n in 0..size.customers {
        let no = 5_000_000 + n;
        writeln!(
            out,
            r#"{{"record":"customer","ledgerNo":"100","customer":{{"customerNo":"{no}","nationalIdentifier":{{"regNo":"X{no}","countryCode":"DK"}},"legalEntity":"consumer","name":"Customer {n}","legalAddress":{{"addressee":"Customer {n}","streetAddress":"Street {n}","city":"AARHUS","zipCode":"8000","countryCode":"DK"}}}}}}
{{"record":"gatewayCustomer","customer":{{"id":"{no}","code":"MANY-{n}","accountId":"etalon","createDate":"2026-01-31 12:00:00","firstName":"First{}","lastName":"Last{}","organizationName":"Firm {n}"}}}}"#,
            n % 100,
            n % 1_000
        )
        .unwrap();
    }
    for n in 0..size.cdrs {
        let second = n % 86_400;
        writeln!(
            out,
            r#"{{"record":"usage","ledgerNo":"100","customerNo":"{}","subscriptionNo":"1","usage":{{"type":{},"typeName":"Surf","startDateTime":"2023-09-01T{:02}:{:02}:{:02}","destination":"ROAM","destinationName":"APN","totalAmount":{}.{:02},"volume":{},"volumeUnit":"B","chargeDetails":{{"vatRate":25.00,"price":107.61,"priceUnit":"MB","interval":50000,"intervalUnit":"B","startPrice":0.00}},"roamingDetails":{{"countryCode":"NO","operator":"Vodafone"}}}}}}"#,
            5_000_000 + n % size.customers.max(1),
            250 + n % 3,
            second / 3600,
            second / 60 % 60,
            second % 60,
            n % 90,
            n % 100,
            n * 31 % 5_000_000,
        )
        .unwrap();
    }
    for n in 0..size.accounts {
        writeln!(out, "{}\n{}", account(n), charge(n)).unwrap();
    }
    out.flush().unwrap();
}

/// An account as the suite's cases create theirs.
fn account(n: u64) -> String {
    let id = 500_000 + n;
    let validity = r#""validFor":{"startDateTime":"2031-04-19T16:42:23.0Z","endDateTime":"2032-06-19T00:00:00.0Z"}"#;
    let reference = |member: &str, id: u32| {
        let to = format!("http://127.0.0.1/billingManagement/{member}/{id}");
        format!(r#""{member}":{{"id":"{id}","href":"{to}"}}"#)
    };
    let party = |id: u32, role: &str| {
        let to = format!("http://127.0.0.1/partyManagement/partyRole/{id}");
        format!(r#"{{"id":"{id}","href":"{to}","role":"{role}"}}"#)
    };
    format!(
        r#"{{"record":"tmf","collection":"billingAccount","resource":{{"id":"{id}","ratingType":"postpaid","name":"Account {n} of many","state":"Active",{validity},{},{},{},{},"currency":{{"currencyCode":"EUR"}},"billingAccountBalance":[{{"type":"ReceivableBalance","amount":1234.56,{validity},"status":"Due"}}],"relatedParty":[{},{}],{}}}}}"#,
        reference("customerAccount", 15),
        reference("customerBillingCycleSpecification", 26),
        reference("customerBillFormat", 23),
        reference("customerBillPresentationMedia", 25),
        party(1, "bill receiver"),
        party(5, "bill responsible"),
        reference("paymentMean", 45),
    )
}

fn charge(n: u64) -> String {
    let id = 500_000 + n;
    format!(
        r#"{{"record":"tmf","collection":"appliedCustomerBillingCharge","resource":{{"id":"{id}","date":"2031-06-02T08:15:30.0Z","description":"Charge {n} of many","type":"recurring","currencyCode":"EUR","taxIncludedAmount":1481.47,"taxExcludedAmount":1234.56,"appliedCustomerBillingTaxRate":[{{"amount":246.91,"taxCategory":"VAT"}}],"serviceId":[{{"id":"0701020304","type":"Mobile number"}}],"productSpecification":[{{"name":"Subscription","productNumber":"P002"}}],"period":[{{"startPeriod":"2031-05-01T00:00:00.0Z","endPeriod":"2031-05-31T23:30:00.0Z"}}]}}}}"#
    )
}
