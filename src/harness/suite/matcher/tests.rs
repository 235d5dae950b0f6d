//! What is read, filled in and replaced.

use serde_json::{Value, json};

use super::Matcher;
use super::parse::NOTATION;
use crate::harness::suite::Variables;

#[test]
fn every_matcher_is_written_as_it_was_read_and_its_meaning_is_told() {
    let list = ["$oneOf", "$noneOf", "$contains", "$ordered"];
    for (name, meaning) in NOTATION {
        let argument = match name {
            "$absent" | "$present" => json!(true),
            "$nocaseMembers" => json!({"a": {"$present": true}}),
            name if list.contains(&name) => json!([1, {"$absent": true}]),
            _ => json!("a"),
        };
        let written = json!({"m": [{name: argument}, {"x": 1, name: 2}]});
        let matcher = Matcher::parse(&written).unwrap();
        assert_eq!(matcher.notation(), written);
        assert!(!meaning.is_empty() && !meaning.ends_with('.'), "{name}: {meaning}");
    }
}

#[test]
fn what_is_no_matcher_is_named_with_its_place() {
    for (written, fault) in [
        (json!({"a": [1, {"$oneof": []}]}), "/a/1/$oneof is no matcher (did you mean $oneOf?)"),
        (json!({"$each": {"b/c": {"$quux": 1}}}), "/$each/b~1c/$quux is no matcher"),
        (json!({"$oneOf": "a"}), "/$oneOf takes a list"),
        (json!({"$absent": false}), "/$absent takes true"),
        (json!({"$nocaseMembers": []}), "/$nocaseMembers takes an object"),
    ] {
        assert_eq!(Matcher::parse(&written).unwrap_err(), fault);
    }
}

#[test]
fn a_variable_is_filled_in_and_what_it_holds_is_never_notation() {
    let mut variables = Variables::default();
    variables.bind("name", "Åsa");
    variables.bind("all", json!(["a", {"$absent": true}]));
    variables.bind("held", json!({"$present": true}));
    for (written, filled) in [
        (json!({"n": "${name}"}), json!({"n": "Åsa"})),
        (json!({"$optional": {"$text": "x${name}"}}), json!({"$optional": {"$text": "xÅsa"}})),
        (json!({"$oneOf": "${all}"}), json!({"$oneOf": ["a", {"$absent": true}]})),
        (json!("${held}"), json!({"$present": true})),
    ] {
        let matcher = Matcher::parse(&written).unwrap();
        let matcher = matcher.fill(&variables).unwrap();
        assert_eq!(matcher.notation(), filled, "{written}");
    }
    let held = Matcher::parse(&json!("${held}")).unwrap();
    let literal = Matcher::literal(json!({"$present": true}));
    assert_eq!(*held.fill(&variables).unwrap(), literal);
    let unbound = Matcher::parse(&json!([{"$oneOf": ["${none}"]}])).unwrap();
    assert!(unbound.fill(&variables).is_err());
    let no_list = Matcher::parse(&json!({"$oneOf": "${name}"})).unwrap();
    assert!(no_list.fill(&variables).is_err());
}

#[test]
fn replacing_reaches_members_elements_and_all_elements() {
    let start = json!({"a": {"b": 1}, "list": [{"x": 1}, {"x": 2}], "s/t": 0});
    let two: Value = json!({"$near": 2});
    for (at, with, expected) in [
        (
            "/a/b",
            Some(&two),
            Some(json!({"a": {"b": two}, "list": [{"x": 1}, {"x": 2}], "s/t": 0})),
        ),
        (
            "/a/c",
            Some(&two),
            Some(json!({"a": {"b": 1, "c": two}, "list": [{"x": 1}, {"x": 2}], "s/t": 0})),
        ),
        (
            "/list/1/x",
            Some(&two),
            Some(json!({"a": {"b": 1}, "list": [{"x": 1}, {"x": two}], "s/t": 0})),
        ),
        ("/list/*/x", None, Some(json!({"a": {"b": 1}, "list": [{}, {}], "s/t": 0}))),
        ("/list/0", None, Some(json!({"a": {"b": 1}, "list": [{"x": 2}], "s/t": 0}))),
        ("/list/*", None, Some(json!({"a": {"b": 1}, "list": [], "s/t": 0}))),
        ("/s~1t", None, Some(json!({"a": {"b": 1}, "list": [{"x": 1}, {"x": 2}]}))),
        ("", Some(&two), Some(two.clone())),
        ("/list/2", Some(&two), None),
        ("/none/x", Some(&two), None),
        ("/a/b/c", Some(&two), None),
    ] {
        let mut matcher = Matcher::literal(start.clone());
        let with = with.map(|with| Matcher::parse(with).unwrap());
        let found = matcher.replace(at, with.as_ref());
        assert_eq!(found.then(|| matcher.notation()), expected, "{at}");
    }
}

#[test]
fn replacing_reaches_members_whose_names_are_read_without_case() {
    let mut matcher = Matcher::parse(&json!({"a": {"$nocaseMembers": {"b": 1}}})).unwrap();
    assert!(matcher.replace("/a/$nocaseMembers/b", Some(&Matcher::Absent)));
    let expected = json!({"a": {"$nocaseMembers": {"b": {"$absent": true}}}});
    assert_eq!(matcher.notation(), expected);
}

#[test]
fn a_literal_of_a_format_without_types_is_compared_into_text() {
    let matcher = Matcher::parse(&json!({"a": 1, "b": ["x", null], "c": {"$near": 2}})).unwrap();
    let text = json!({"a": {"$text": "1"}, "b": [{"$text": "x"}, null], "c": {"$near": 2}});
    assert_eq!(matcher.into_text().notation(), text);
}
