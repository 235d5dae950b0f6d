//! Matchers: JSON that an answer must contain, with one-key `$` objects for what is not literal.
//!
//! Objects match member by member and may have more; `null` is absent; numbers are equal by
//! decimal value; arrays have one length and no order.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::scalar::{kind, near, same_number, same_time};
use super::{Links, Mismatch, Schemas};
use crate::harness::pointer::join;

/// What matchers need beside themselves. Errors of its methods are faults of the suite.
#[derive(Clone, Copy)]
pub(crate) struct Matcher<'a> {
    pub(crate) schemas: &'a Schemas,
    pub(crate) links: &'a Links,
}

const NAMES: [&str; 16] = [
    "$absent",
    "$present",
    "$nocase",
    "$trimmed",
    "$link",
    "$oneOf",
    "$noneOf",
    "$schema",
    "$near",
    "$each",
    "$contains",
    "$ordered",
    "$optional",
    "$should",
    "$dateTime",
    "$nocaseMembers",
];

type Checked = Result<(), String>;

/// The name and argument if `expected` is no literal.
fn special(expected: &Value) -> Option<(&str, &Value)> {
    let members = expected.as_object().filter(|members| members.len() == 1)?;
    let (name, argument) = members.iter().next()?;
    name.starts_with('$').then_some((name.as_str(), argument))
}

/// Whether `matcher` is one: every `$` object in it has a known name.
///
/// # Errors
/// Names the first that is unknown.
pub(crate) fn check_matcher(matcher: &Value) -> Checked {
    match special(matcher) {
        Some((name, _)) if !NAMES.contains(&name) => Err(format!("{name} is no matcher")),
        Some(("$schema", _)) => Ok(()),
        _ => match matcher {
            Value::Object(members) => members.values().try_for_each(check_matcher),
            Value::Array(items) => items.iter().try_for_each(check_matcher),
            _ => Ok(()),
        },
    }
}

impl Matcher<'_> {
    /// Adds every way in which `actual` is not as `expected`.
    pub(crate) fn compare(
        self,
        expected: &Value,
        actual: Option<&Value>,
        pointer: &str,
        mismatches: &mut Vec<Mismatch>,
    ) -> Checked {
        if let Some((name, argument)) = special(expected) {
            return self.compare_special(name, argument, actual, pointer, mismatches);
        }
        match (expected, actual) {
            (Value::Null, None | Some(Value::Null)) => {}
            (Value::Object(members), Some(Value::Object(found))) => {
                for (name, member) in members {
                    let at = join(pointer, name);
                    self.compare(member, found.get(name), &at, mismatches)?;
                }
            }
            (Value::Array(items), Some(Value::Array(found))) => {
                if items.len() != found.len() {
                    let message =
                        format!("expected {} elements, found {}", items.len(), found.len());
                    mismatches.push(Mismatch::between(pointer, message, expected, actual));
                } else {
                    self.compare_unordered(items, found, pointer, mismatches)?;
                }
            }
            (Value::Number(a), Some(Value::Number(b))) if same_number(a, b) => {}
            (expected, Some(found)) if expected == found => {}
            _ => mismatches.push(Mismatch::between(
                pointer,
                difference(expected, actual),
                expected,
                actual,
            )),
        }
        Ok(())
    }

    fn compare_special(
        self,
        name: &str,
        argument: &Value,
        actual: Option<&Value>,
        pointer: &str,
        mismatches: &mut Vec<Mismatch>,
    ) -> Checked {
        let given = actual.filter(|value| !value.is_null());
        let holds = match name {
            "$absent" => given.is_none(),
            "$present" => given.is_some(),
            "$nocase" => {
                texts(argument, given).is_some_and(|(a, b)| a.to_lowercase() == b.to_lowercase())
            }
            "$link" => texts(argument, given).is_some_and(|(a, b)| self.links.leads_to(b, a)),
            "$dateTime" => texts(argument, given).is_some_and(|(a, b)| same_time(a, b)),
            "$near" => match (argument, given) {
                (Value::Number(a), Some(Value::Number(b))) => near(a, b),
                _ => false,
            },
            "$trimmed" => {
                let found = texts(argument, given).filter(|(a, b)| a.trim() == b.trim());
                if found.is_some_and(|(_, b)| b != b.trim()) {
                    let message = "the text has blanks around it";
                    let trimmed = Mismatch::between(pointer, message, argument, actual);
                    mismatches.push(trimmed.advisory());
                }
                found.is_some()
            }
            "$oneOf" => {
                let mut any = false;
                for alternative in list(name, argument)? {
                    any = any || self.matches(alternative, actual)?;
                }
                any
            }
            "$noneOf" => {
                let mut none = true;
                for alternative in list(name, argument)? {
                    none = none && !self.matches(alternative, actual)?;
                }
                none
            }
            "$schema" => match actual {
                Some(value) => {
                    return self.schemas.check_inline(argument, value, pointer, mismatches);
                }
                None => false,
            },
            "$optional" if given.is_none() => true,
            "$optional" => return self.compare(argument, actual, pointer, mismatches),
            "$should" => {
                let mut advisories = Vec::new();
                self.compare(argument, actual, pointer, &mut advisories)?;
                mismatches.extend(advisories.into_iter().map(Mismatch::advisory));
                true
            }
            "$nocaseMembers" => {
                return self.compare_nocase(name, argument, actual, pointer, mismatches);
            }
            "$each" | "$contains" | "$ordered" => match given {
                Some(Value::Array(found)) => {
                    return self.compare_array(name, argument, found, pointer, mismatches);
                }
                _ => false,
            },
            other => return Err(format!("{other} is no matcher")),
        };
        if !holds {
            let message = self.broken(name, argument, actual);
            let expected = match name {
                "$nocase" | "$trimmed" | "$near" | "$dateTime" => argument.clone(),
                "$link" => Value::String(self.links.documented(argument.as_str().unwrap_or(""))),
                _ => Value::Object(Map::from_iter([(name.to_owned(), argument.clone())])),
            };
            mismatches.push(Mismatch::between(pointer, message, &expected, actual));
        }
        Ok(())
    }

    fn broken(self, name: &str, argument: &Value, actual: Option<&Value>) -> String {
        match name {
            "$absent" => format!("should be absent and is {}", kind(actual)),
            "$present" => format!("should be there and is {}", kind(actual)),
            "$link" => "does not lead to the documented resource".to_owned(),
            "$dateTime" => "is not the expected time".to_owned(),
            "$near" => "is not within 0.005 of the expected amount".to_owned(),
            "$oneOf" => "is none of the allowed values".to_owned(),
            "$noneOf" => "is what it must not be".to_owned(),
            "$each" | "$contains" | "$ordered" => {
                format!("should be an array and is {}", kind(actual))
            }
            _ => difference(argument, actual),
        }
    }

    /// Member names without regard to case, in this object alone.
    fn compare_nocase(
        self,
        name: &str,
        argument: &Value,
        actual: Option<&Value>,
        pointer: &str,
        mismatches: &mut Vec<Mismatch>,
    ) -> Checked {
        let Value::Object(members) = argument else {
            return Err(format!("{name} takes an object"));
        };
        let Some(Value::Object(found)) = actual else {
            let message = difference(argument, actual);
            mismatches.push(Mismatch::between(pointer, message, argument, actual));
            return Ok(());
        };
        for (name, member) in members {
            let same = found.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
            let (name, value) = match same {
                Some((name, value)) => (name, Some(value)),
                None => (name, None),
            };
            self.compare(member, value, &join(pointer, name), mismatches)?;
        }
        Ok(())
    }

    fn compare_array(
        self,
        name: &str,
        argument: &Value,
        found: &[Value],
        pointer: &str,
        mismatches: &mut Vec<Mismatch>,
    ) -> Checked {
        if name == "$each" {
            for (index, value) in found.iter().enumerate() {
                self.compare(argument, Some(value), &format!("{pointer}/{index}"), mismatches)?;
            }
            return Ok(());
        }
        let items = list(name, argument)?;
        if name == "$contains" {
            let pairs = self.pair(items, found)?;
            for (item, _) in items.iter().zip(pairs).filter(|(_, pair)| pair.is_none()) {
                let message = "no element is like the expected one";
                let found = Value::Array(found.to_vec());
                mismatches.push(Mismatch::between(pointer, message, item, Some(&found)));
            }
            return Ok(());
        }
        for index in 0..items.len().max(found.len()) {
            let at = format!("{pointer}/{index}");
            match items.get(index) {
                Some(item) => self.compare(item, found.get(index), &at, mismatches)?,
                None => mismatches.push(Mismatch {
                    actual: found.get(index).cloned(),
                    ..Mismatch::new(&at, format!("only {} elements are expected", items.len()))
                }),
            }
        }
        Ok(())
    }

    /// Arrays of one length, whatever their order. What finds no partner is compared in order of
    /// appearance, so that the report points into the element.
    fn compare_unordered(
        self,
        items: &[Value],
        found: &[Value],
        pointer: &str,
        mismatches: &mut Vec<Mismatch>,
    ) -> Checked {
        let pairs = self.pair(items, found)?;
        let taken: HashSet<usize> = pairs.iter().flatten().copied().collect();
        let mut free = (0..found.len()).filter(|index| !taken.contains(index));
        for (item, pair) in items.iter().zip(pairs) {
            let Some(index) = pair.or_else(|| free.next()) else { continue };
            self.compare(item, Some(&found[index]), &format!("{pointer}/{index}"), mismatches)?;
        }
        Ok(())
    }

    /// A largest assignment of each item to an element of its own that it matches: two items that
    /// fit one element must not hide that another element fits none.
    fn pair(self, items: &[Value], found: &[Value]) -> Result<Vec<Option<usize>>, String> {
        let mut fits = Vec::with_capacity(items.len());
        for item in items {
            let mut row = Vec::new();
            for (index, value) in found.iter().enumerate() {
                if self.matches(item, Some(value))? {
                    row.push(index);
                }
            }
            fits.push(row);
        }
        let mut owner: Vec<Option<usize>> = vec![None; found.len()];
        for item in 0..items.len() {
            augment(item, &fits, &mut owner, &mut HashSet::new());
        }
        let mut pairs = vec![None; items.len()];
        for (index, item) in owner.iter().enumerate() {
            if let Some(item) = item {
                pairs[*item] = Some(index);
            }
        }
        Ok(pairs)
    }

    fn matches(self, expected: &Value, actual: Option<&Value>) -> Result<bool, String> {
        let mut mismatches = Vec::new();
        self.compare(expected, actual, "", &mut mismatches)?;
        Ok(mismatches.iter().all(|mismatch| mismatch.advisory))
    }
}

/// One step of bipartite matching: finds `item` an element, moving earlier items if need be.
fn augment(
    item: usize,
    fits: &[Vec<usize>],
    owner: &mut [Option<usize>],
    seen: &mut HashSet<usize>,
) -> bool {
    for &index in &fits[item] {
        if seen.insert(index) && owner[index].is_none_or(|other| augment(other, fits, owner, seen))
        {
            owner[index] = Some(item);
            return true;
        }
    }
    false
}

fn list<'v>(name: &str, argument: &'v Value) -> Result<&'v [Value], String> {
    argument.as_array().map(Vec::as_slice).ok_or_else(|| format!("{name} takes a list"))
}

fn texts<'v>(expected: &'v Value, actual: Option<&'v Value>) -> Option<(&'v str, &'v str)> {
    Some((expected.as_str()?, actual?.as_str()?))
}

fn difference(expected: &Value, actual: Option<&Value>) -> String {
    let (wanted, found) = (kind(Some(expected)), kind(actual));
    match actual {
        None | Some(Value::Null) => format!("is missing, expected {}", brief(expected)),
        Some(_) if wanted != found => format!("is {found}, expected {wanted}"),
        Some(actual) => format!("is {}, expected {}", brief(actual), brief(expected)),
    }
}

/// A value in a sentence: scalars as they are, the rest by kind.
fn brief(value: &Value) -> String {
    match value {
        Value::Object(_) | Value::Array(_) => kind(Some(value)).to_owned(),
        Value::Null => "no value".to_owned(),
        scalar => scalar.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::{Matcher, check_matcher};
    use crate::harness::compare::{Links, Mismatch, Schemas};

    fn compare(expected: &Value, actual: &Value) -> Vec<Mismatch> {
        let schemas = Schemas::new(Arc::default());
        let links = Links { roots: vec!["/ledger/customer/v1/100".to_owned()] };
        let matcher = Matcher { schemas: &schemas, links: &links };
        let mut mismatches = Vec::new();
        // The value stands in a member, so that it can also be absent.
        let (expected, actual) = (
            json!({"m": expected}),
            match actual {
                Value::String(text) if text == "ABSENT" => json!({}),
                value => json!({"m": value}),
            },
        );
        matcher.compare(&expected, Some(&actual), "", &mut mismatches).unwrap();
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
            (
                json!({"$absent": true}),
                vec![absent.clone(), json!(null)],
                vec![json!(0), json!([])],
            ),
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
            (
                json!({"$near": 12.50}),
                vec![json!(12.5), json!(12.504)],
                vec![json!(12.51), json!("12.50")],
            ),
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
            }
        }
    }

    #[test]
    fn what_is_only_recommended_is_advisory() {
        for (expected, actual) in [
            (json!({"$should": "a"}), json!("b")),
            (json!({"$should": {"a": 1, "b": 2}}), json!("ABSENT")),
            (json!({"$trimmed": "9999"}), json!(" 9999")),
        ] {
            let mismatches = compare(&expected, &actual);
            assert!(!mismatches.is_empty(), "{expected}");
            assert!(mismatches.iter().all(|each| each.advisory), "{expected}: {mismatches:?}");
        }
    }

    #[test]
    fn every_difference_is_reported_where_it_is() {
        let expected =
            json!({"a": 1, "b": [{"no": "x", "v": 1}, {"no": "y", "v": 2}], "c/d": true});
        let actual = json!({"a": 2, "b": [{"no": "y", "v": 2}, {"no": "x", "v": 9}]});
        let mismatches = compare(&expected, &actual);
        let found: Vec<_> = mismatches.iter().map(|each| each.pointer.as_str()).collect();
        assert_eq!(found, ["/m/a", "/m/b/1/v", "/m/c~1d"]);
        assert_eq!(mismatches[0].message, "is 2, expected 1");
    }

    #[test]
    fn an_unknown_matcher_is_the_suites_fault() {
        assert!(check_matcher(&json!({"a": [{"$oneof": []}]})).is_err());
        assert!(check_matcher(&json!({"a": [{"$oneOf": []}], "$b": 1, "c": 1})).is_ok());
    }
}
