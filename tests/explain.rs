//! `etalon explain`: whoever follows an id or a number of a report reads what stands behind it.
#![cfg(all(feature = "server", feature = "harness"))]
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::collections::BTreeSet;
use std::process::{Command, Output};

use etalon::api::choices::CHOICES;
use etalon::harness::Suite;

fn explain(ids: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_etalon")).arg("explain").args(ids).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Returns what is printed with its lines joined: where they are broken is a matter of the page.
fn words(ids: &[&str]) -> String {
    let output = explain(ids);
    assert_eq!(output.status.code(), Some(0), "{ids:?}: {}", text(&output.stderr));
    let printed = text(&output.stdout);
    assert!(!printed.contains('\x1b'), "no colour where no terminal is: {printed}");
    printed.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn each_kind_of_id_is_explained_with_what_stands_behind_it() {
    for (id, parts) in [
        // A requirement: why it is one, its readings whole, what judges it.
        (
            "usage/list-usage-details/of-its-invoice",
            &[
                "clause usage/",
                "must: it rests on what reading 36 demands",
                "level",
                "reading 36",
                "left open",
                "calls of that invoice alone",
                "judged by",
                "document 001",
            ][..],
        ),
        // A recommendation, and a clause that restates an exchange: the exchange as printed.
        (
            "tmf/lists/bare-array",
            &["should: it rests on what reading 147 advises", "an advisory, and passes"],
        ),
        (
            "customer/create-customer/printed",
            &["as printed: document 002", "POST /ledger/customer/v1/XXX/customers", "201 CREATED"],
        ),
        ("customer/billing-address/property/city", &["at most 27 characters"]),
        ("gateway/introduction/purpose", &["not judged, since it asks nothing of a server"]),
        ("36", &["reading 36", "document 001", "served", "demanded", "advised", "must usage/"]),
        ("8", &["Nothing, and nothing is advised", "never compared"]),
        ("236", &["No clause rests on it."]),
        // A case: where it comes from, what it needs, its steps in words.
        (
            "customer/billing-address/get",
            &[
                "conformance/cases/customer/billing-address.json, line ",
                "written",
                "needs a ledger",
                "sends GET /ledger",
                "as printed in document 002",
                "expects must (customer/get-billing-address/",
            ],
        ),
        (
            "customer/links-resolve/customer/self",
            &["conformance/laws/customer.json, line ", "(a law: "],
        ),
        (
            "customer/create-customer/emailAddress/one-too-long",
            &[
                "conformance/generated/customer.json, line ",
                "(generated from a row",
                "that names emailAddress",
                "its refusal counts only where step `control`",
            ],
        ),
        // What a target need not show.
        ("customer/surpluses/many", &["A run is whole without a verdict on it where"]),
        ("patch", &["choice patch", "204", "(default)", "reading 73", "demanded"]),
        ("002", &["document 002", "PayEx Customer API", "publisher", "2024-01-10"]),
    ] {
        let told = words(&[id]);
        for part in parts {
            assert!(told.contains(part), "{id} does not tell `{part}`:\n{told}");
        }
    }
}

#[test]
fn several_ids_are_explained_in_turn() {
    let told = words(&["37", "patch", "36"]);
    let places = ["reading 37 ", "choice patch ", "reading 36 "].map(|part| told.find(part));
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{told}");
}

#[test]
fn an_unknown_id_is_told_with_what_was_probably_meant_and_nothing_is_printed() {
    for (ids, parts) in [
        (
            &["36", "custmer/billing-adress/get"][..],
            &["did you mean customer/billing-address/get?"][..],
        ),
        (&["300"], &["there is no reading 300", "1 to 253"]),
        (&["0"], &["there is no reading 0"]),
        (&["99999999"], &["there is no reading 99999999"]),
        (&["+36"], &["`+36` is no clause"]),
        (&["xyzzy", "patsh"], &["`xyzzy` is no clause", "did you mean patch?"]),
        (&[""], &["`` is no clause"]),
        (&[], &["<ID>"]),
    ] {
        let output = explain(ids);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{ids:?}: {said}");
        assert!(output.stdout.is_empty(), "{ids:?}");
        for part in parts {
            assert!(said.contains(part), "{ids:?}: {said}");
        }
    }
}

/// Whatever a report, a list or a comment names can be asked for, and tells something in words: the
/// suite's own notation is for who writes cases.
#[test]
fn whatever_has_an_id_is_explained_in_words() {
    let suite = Suite::embedded().unwrap();
    let numbers: Vec<_> = suite.readings().map(|it| it.number.to_string()).collect();
    // A clause and a case may share an id, and are both told.
    let mut ids: BTreeSet<&str> = numbers.iter().map(String::as_str).collect();
    ids.extend(suite.clauses().iter().map(|clause| clause.id.as_str()));
    ids.extend(suite.cases().iter().map(|case| case.id()));
    ids.extend(CHOICES.iter().map(|choice| choice.name));
    ids.extend(suite.documents().iter().map(|document| document.id.as_str()));
    assert!(ids.len() > 2000, "{}", ids.len());
    let output = explain(&ids.into_iter().collect::<Vec<_>>());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let printed = text(&output.stdout);
    let headlines =
        |kind: &str| printed.lines().filter(|line| line.starts_with(&format!("{kind} "))).count();
    assert_eq!(headlines("clause"), suite.clauses().len());
    assert_eq!(headlines("case"), suite.cases().len());
    let notation = [
        "$oneOf",
        "$noneOf",
        "$near",
        "$nocase",
        "$absent",
        "$present",
        "$each",
        "$contains",
        "$optional",
        "$should",
        "$text",
        "$link",
        "$dateTime",
        "{{",
    ];
    for part in notation {
        let line = printed.lines().find(|line| line.contains(part));
        assert_eq!(line, None, "{part}");
    }
    let unplaced = printed.lines().filter(|line| line.trim_start().starts_with("comes from"));
    assert_eq!(unplaced.filter(|line| !line.contains(", line ")).count(), 0);
}
