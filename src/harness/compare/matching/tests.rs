//! Every matcher, with what it accepts and what it refuses.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Comparison;
use crate::harness::compare::mismatch::Mismatch;
use crate::harness::compare::schema::CompiledSchemas;
use crate::harness::subject::Links;
use crate::harness::suite::Matcher;

fn compare(expected: &Value, actual: &Value) -> Vec<Mismatch> {
    let schemas = CompiledSchemas::new(Arc::default());
    let roots = vec!["/ledger/customer/v1/100".to_owned()];
    let links = Links { roots, ignore_case: false, host: "h".to_owned() };
    let comparison = Comparison { schemas: &schemas, links: &links };
    let mut mismatches = Vec::new();
    // The value stands in a member, so that it can also be absent.
    let (expected, actual) = (
        json!({"m": expected}),
        match actual {
            Value::String(text) if text == "ABSENT" => json!({}),
            value => json!({"m": value}),
        },
    );
    let expected = Matcher::parse(&expected).unwrap();
    comparison.compare(&expected, Some(&actual), "", &mut mismatches).unwrap();
    mismatches
}

#[test]
fn every_matcher_accepts_what_it_should_and_nothing_else() {
    let absent = json!("ABSENT");
    let table: Vec<(Value, Vec<Value>, Vec<Value>)> = vec![
        (json!("a"), vec![json!("a")], vec![json!("A"), json!(1), absent.clone()]),
        (json!(13), vec![json!(13), json!(13.0)], vec![json!(14), json!("13")]),
        (json!(true), vec![json!(true)], vec![json!(false), json!("true")]),
        (json!(null), vec![json!(null), absent.clone()], vec![json!(0), json!("")]),
        (
            json!({"a": 1}),
            vec![json!({"a": 1, "b": 2})],
            vec![json!({"A": 1}), json!([]), json!({})],
        ),
        (
            json!({"a": null}),
            vec![json!({}), json!({"a": null})],
            vec![json!({"a": 1}), absent.clone()],
        ),
        (
            json!([1, 2]),
            vec![json!([1, 2]), json!([2, 1])],
            vec![json!([1]), json!([1, 1]), json!([1, 2, 2])],
        ),
        (json!([]), vec![json!([])], vec![json!([1]), json!({}), absent.clone()]),
        // The first item fits both elements, the second only the first of them.
        (
            json!([{"$present": true}, {"a": 1}]),
            vec![json!([{"a": 1}, {"a": 2}])],
            vec![json!([{"a": 2}, {"a": 2}])],
        ),
        (json!({"$absent": true}), vec![absent.clone(), json!(null)], vec![json!(0), json!([])]),
        (
            json!({"$present": true}),
            vec![json!(0), json!([]), json!("")],
            vec![absent.clone(), json!(null)],
        ),
        (
            json!({"$nocase": "SeK"}),
            vec![json!("SEK"), json!("sek")],
            vec![json!("SE"), absent.clone()],
        ),
        (
            json!({"$text": "65"}),
            vec![json!("65"), json!(65)],
            vec![json!("065"), json!(66), json!(null), json!(["65"]), absent.clone()],
        ),
        (
            json!({"$text": 2.5}),
            vec![json!(2.5), json!("2.5"), serde_json::from_str("2.50").unwrap()],
            vec![json!("2.50"), json!(2)],
        ),
        (json!({"$text": "true"}), vec![json!(true), json!("true")], vec![json!("True"), json!(1)]),
        (json!({"$trimmed": "9999"}), vec![json!("9999")], vec![json!("99 99"), json!(9999)]),
        (
            json!({"$link": "customers/1"}),
            vec![
                json!("/ledger/customer/v1/100/customers/1"),
                json!("http://h/ledger/customer/v1/100/customers/1"),
            ],
            vec![json!("/customers/1"), json!(null)],
        ),
        (
            json!({"$oneOf": ["a", {"$absent": true}]}),
            vec![json!("a"), absent.clone()],
            vec![json!("b")],
        ),
        (
            json!({"$noneOf": ["a", {"x": 1}]}),
            vec![json!("b"), absent.clone(), json!({"x": 2})],
            vec![json!("a"), json!({"x": 1, "y": 2})],
        ),
        (
            json!({"$schema": {"type": "string", "maxLength": 2}}),
            vec![json!("ab")],
            vec![json!("abc"), json!(1), absent.clone()],
        ),
        (json!({"$near": 12.50}), vec![json!(12.5)], vec![json!(12.51), json!("12.50")]),
        (
            json!({"$each": {"a": 1}}),
            vec![json!([]), json!([{"a": 1}, {"a": 1, "b": 2}])],
            vec![json!([{"a": 1}, {}]), json!({}), absent.clone()],
        ),
        (
            json!({"$contains": [{"a": 1}, {"a": 1}]}),
            vec![json!([{"a": 1}, {"a": 2}, {"a": 1}])],
            vec![json!([{"a": 1}, {"a": 2}]), absent.clone()],
        ),
        (
            json!({"$ordered": [1, 2]}),
            vec![json!([1, 2])],
            vec![json!([2, 1]), json!([1]), json!([1, 2, 3])],
        ),
        (
            json!({"$optional": "a"}),
            vec![json!("a"), json!(null), absent.clone()],
            vec![json!("b")],
        ),
        (
            json!({"$dateTime": "2023-01-01T00:00:00"}),
            vec![json!("2023-01-01T00:00:00.000Z")],
            vec![json!("2023-01-01"), json!(null)],
        ),
        (
            json!({"$dateTime": "2023-01-01T00:00:00Z"}),
            vec![json!("2023-01-01T00:00:00.0+00:00"), json!("2023-01-01T01:00:00+01:00")],
            vec![json!("2023-01-01T00:00:00"), json!("2023-01-01T00:00:00+01:00")],
        ),
        (
            json!({"$spoken": "160-9908"}),
            vec![json!("160-9908"), json!("1609908"), json!("160 9908")],
            vec![json!("160-9907"), json!(1_609_908), absent.clone()],
        ),
        (
            json!({"$nocaseMembers": {"VAN": "x", "other": null}}),
            vec![json!({"van": "x"}), json!({"VAN": "x"})],
            vec![json!({"van": "X"}), json!({}), json!("x")],
        ),
    ];
    for (expected, accepted, refused) in table {
        for actual in accepted {
            let mismatches = compare(&expected, &actual);
            assert!(mismatches.is_empty(), "{expected} accepts {actual}: {mismatches:?}");
        }
        for actual in refused {
            let mismatches = compare(&expected, &actual);
            assert!(
                mismatches.iter().any(|each| !each.advisory),
                "{expected} refuses {actual}: {mismatches:?}"
            );
            for Mismatch { message, expected: shown, .. } in &mismatches {
                let told = format!("{message} {}", shown.as_ref().unwrap_or(&Value::Null));
                assert!(
                    !told.contains('$'),
                    "{expected} and {actual} are told in notation: {told}"
                );
            }
        }
    }
}

#[test]
fn what_is_only_recommended_is_advisory() {
    for (expected, actual) in [
        (json!({"$should": "a"}), json!("b")),
        (json!({"$should": {"a": 1, "b": 2}}), json!("ABSENT")),
        (json!({"$trimmed": "9999"}), json!(" 9999")),
        (json!({"$near": 12.50}), json!(12.504)),
        (json!({"$near": 299.50}), json!(299.499_999_999_999_9)),
        (json!({"$oneOf": [1, {"$near": 12.50}]}), json!(12.504)),
    ] {
        let mismatches = compare(&expected, &actual);
        assert!(!mismatches.is_empty(), "{expected}");
        assert!(mismatches.iter().all(|each| each.advisory), "{expected}: {mismatches:?}");
    }
}

#[test]
fn every_difference_is_reported_where_it_is() {
    let expected = json!({"a": 1, "b": [{"no": "x", "v": 1}, {"no": "y", "v": 2}], "c/d": true});
    let actual = json!({"a": 2, "b": [{"no": "y", "v": 2}, {"no": "x", "v": 9}]});
    let mismatches = compare(&expected, &actual);
    let found: Vec<_> = mismatches.iter().map(|each| each.pointer.as_str()).collect();
    assert_eq!(found, ["/m/a", "/m/b/1/v", "/m/c~1d"]);
    assert_eq!(mismatches[0].message, "is 2, expected 1");
}

/// A long list is paired by a member that tells its elements apart: one that is there must be found,
/// however it is written, and one that is not must be missed.
#[test]
fn a_long_list_in_any_order_is_paired_element_by_element() {
    let element = |id: usize| json!({"kind": "a", "id": id.to_string(), "n": id});
    let found: Vec<_> = (0..500).rev().map(element).collect();
    let text = |id: usize| json!({"kind": "a", "id": {"$text": id}, "n": id});
    let items: Vec<_> = (0..500).map(text).collect();
    assert_eq!(compare(&json!(items), &json!(found)), []);
    assert_eq!(compare(&json!({"$contains": items[100..300]}), &json!(found)), []);
    let mut changed = found.clone();
    changed[7]["n"] = json!(9);
    let pointers: Vec<_> =
        compare(&json!(items), &json!(changed)).into_iter().map(|each| each.pointer).collect();
    assert_eq!(pointers, ["/m/7/n"]);
    let twice = json!({"$contains": [items[3], items[3]]});
    assert!(!compare(&twice, &json!(found)).is_empty());
}

/// What a vendor reads says what stands there and what should, and what of a list is missing.
#[test]
fn a_difference_of_each_matcher_is_told_in_words() {
    let ids = |range: std::ops::Range<usize>| range.map(|id| json!({"id": id})).collect::<Value>();
    for (expected, actual, told) in [
        (json!("a"), json!("b"), "is \"b\", expected \"a\""),
        (json!("13"), json!(13), "is 13, expected a text (\"13\")"),
        (json!("a"), json!("ABSENT"), "is missing, expected \"a\""),
        (json!(null), json!(1), "should be absent and is a number"),
        (json!({"a": 1}), json!([]), "is an array, expected an object"),
        (json!({"$absent": true}), json!([]), "should be absent and is an array"),
        (json!({"$present": true}), json!(null), "is missing, expected a value"),
        (
            json!({"$nocase": "A"}),
            json!("b"),
            "is \"b\", expected \"A\", in large or small letters",
        ),
        (
            json!({"$spoken": "1-2"}),
            json!("13"),
            "is \"13\", expected \"1-2\", by its letters and digits",
        ),
        (json!({"$text": 65}), json!("66"), "is \"66\", expected 65"),
        (json!({"$trimmed": "a"}), json!("b"), "is \"b\", expected \"a\""),
        (
            json!({"$link": "customers/1"}),
            json!("/x"),
            "is \"/x\", expected a link to /ledger/customer/v1/100/customers/1",
        ),
        (
            json!({"$dateTime": "2023-01-01T00:00:00Z"}),
            json!("2023-01-01T00:00:00+02:00"),
            "is \"2023-01-01T00:00:00+02:00\", expected the time \"2023-01-01T00:00:00Z\", \
             which is 2 h too early",
        ),
        (json!({"$near": 12.5}), json!(13), "is 13, expected 12.5 within 0.005"),
        (
            json!({"$schema": {"type": "string"}}),
            json!("ABSENT"),
            "is missing, expected a value of type string",
        ),
        (json!({"$oneOf": ["a", "c"]}), json!("b"), "is \"b\", expected one of \"a\", \"c\""),
        (
            json!({"$oneOf": [{"$near": 2}, {"$absent": true}]}),
            json!("b"),
            "is \"b\", expected 2 within 0.005 or nothing",
        ),
        (
            json!({"$noneOf": ["a", "b"]}),
            json!("b"),
            "is \"b\", expected anything but \"a\", \"b\"",
        ),
        (json!({"$each": {"a": 1}}), json!({}), "is an object, expected an array"),
        (json!({"$optional": "a"}), json!("b"), "is \"b\", expected \"a\""),
        (json!({"$nocaseMembers": {"a": 1}}), json!("x"), "is \"x\", expected an object"),
        (ids(0..9), ids(1..9), "has 8 elements, expected 9; missing: id 0"),
        (ids(0..1), ids(0..3), "has 3 elements, expected 1; not expected: id 1, id 2"),
        (
            json!({"$contains": ids(0..9)}),
            ids(8..9),
            "has 1 element, and of those expected lacks: id 0, id 1, id 2, id 3, id 4 and 3 more",
        ),
        (json!({"$ordered": [1]}), json!([1, 2]), "stands behind the 1 element that is expected"),
    ] {
        let found = compare(&expected, &actual);
        assert_eq!(found.first().map(|it| it.message.as_str()), Some(told), "{expected} {actual}");
    }
}
