//! How records are brought in: what each API needs.

use std::collections::BTreeSet;
use std::fs;

use crate::run::{Run, certify, etalon, run};
use crate::served::Served;
use crate::{conforms, folder, refused};

/// `etalon fixtures` of these APIs.
fn fixtures(apis: &str) -> Run {
    run(etalon("fixtures").args(["--api", apis]))
}

/// A vendor of one API had to load, or to sort out by hand, the records of all four.
#[test]
fn an_api_is_judged_whole_on_the_records_that_it_needs() {
    let folder = folder();
    let file = folder.path().join("records.ndjson");
    for (apis, kinds) in [
        ("usage", &["ledger", "invoice", "usageCustomer", "usage"][..]),
        ("customer", &["ledger", "person", "customer", "surplus"]),
        ("gateway", &["gatewayCustomer"]),
        ("tmf", &["tmf"]),
        ("tmf,usage", &["ledger", "invoice", "usageCustomer", "usage", "tmf"]),
    ] {
        let printed = fixtures(apis);
        assert_eq!((printed.code, printed.stderr.as_str()), (Some(0), ""));
        let kind = |line: &str| line.split('"').nth(3).unwrap().to_owned();
        let found: BTreeSet<_> = printed.stdout.lines().map(kind).collect();
        assert_eq!(found, kinds.iter().map(|kind| (*kind).to_owned()).collect(), "{apis}");
        let all = run(&mut etalon("fixtures")).stdout;
        let of_all: String =
            all.split_inclusive('\n').filter(|line| kinds.contains(&kind(line).as_str())).collect();
        assert_eq!(printed.stdout, of_all, "{apis}");

        fs::write(&file, &printed.stdout).unwrap();
        let served = Served::start(&["--load", file.to_str().unwrap()]);
        let judged = certify(&[served.url(), "--api", apis]);
        assert!(conforms(&judged), "{apis}: {}{}", judged.stdout, judged.stderr);
    }
    assert_eq!(fixtures("customer,usage,gateway,tmf").stdout, run(&mut etalon("fixtures")).stdout);
}

#[test]
fn records_of_no_api_are_never_nothing_that_went_well() {
    for (apis, part) in [
        (
            "usge",
            "there is no API usge (did you mean usage?); there are customer, usage, gateway, tmf",
        ),
        ("usage,ledgers", "there is no API ledgers"),
        ("", "there is no API "),
        ("usage,", "there is no API "),
    ] {
        refused(&fixtures(apis), 2, part);
    }
}
