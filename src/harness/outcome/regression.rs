//! Two runs compared: what fails that did not, and what fails no more.

use std::collections::BTreeMap;

use serde_json::Value;

use super::bases::bases;
use super::verdict::Verdict;

/// The changes between two reports.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// The cases that were well and are not, or that were open and fail: regressions.
    pub failing: Vec<Change>,
    /// The cases that were not well and are.
    pub fixed: Vec<Change>,
    /// The cases whose verdict is another in some other way.
    pub other: Vec<Change>,
    /// The cases that the old report does not have.
    pub added: Vec<(String, Verdict)>,
    /// The cases that the new report does not have.
    pub removed: Vec<(String, Verdict)>,
    /// The other things that make the two hard to compare, as sentences.
    pub notes: Vec<String>,
    /// The base URLs of what was judged before, and of what was judged now.
    pub judged: [String; 2],
}

/// A case whose verdict is another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The case.
    pub case: String,
    /// The old verdict.
    pub old: Verdict,
    /// The new verdict.
    pub new: Verdict,
    /// The first thing that is said against it now, if anything is.
    pub why: Option<String>,
}

/// Compares two JSON reports.
///
/// # Errors
/// One of them is no report.
pub fn changes(old: &Value, new: &Value) -> Result<Changes, String> {
    let mut changes = Changes::default();
    let before = verdicts(old).ok_or("the old one is no report of `etalon certify`")?;
    let after = verdicts(new).ok_or("the new one is no report of `etalon certify`")?;
    for (what, pointer) in [
        ("suite", "/suite"),
        ("tool", "/tool/version"),
        ("selection", "/selection"),
        ("product", "/target/product"),
        ("version", "/target/version"),
        ("profile", "/target/profile"),
    ] {
        let (old, new) = (old.pointer(pointer), new.pointer(pointer));
        if let (Some(old), Some(new)) = (old, new)
            && old != new
        {
            changes.notes.push(format!("the {what} is another: it was {old} and is {new}"));
        }
    }
    changes.judged = [old, new].map(|report| bases(&report["target"]));
    let [old_base, new_base] = &changes.judged;
    if old_base != new_base {
        let note = format!("the target is another: it was {old_base} and is {new_base}");
        changes.notes.push(note);
    }
    for (what, list, member) in [("APIs", "apis", "name"), ("ledgers", "ledgers", "no")] {
        let of = |report: &Value| {
            let each = report["target"][list].as_array().into_iter().flatten();
            let names: Vec<_> = each.filter_map(|each| each[member].as_str()).collect();
            names.join(", ")
        };
        let (old, new) = (of(old), of(new));
        if old != new {
            changes.notes.push(format!("the {what} are others: they were {old} and are {new}"));
        }
    }
    for (case, (is, why)) in &after {
        let Some((was, _)) = before.get(case) else {
            changes.added.push(((*case).to_owned(), *is));
            continue;
        };
        let change = Change { case: (*case).to_owned(), old: *was, new: *is, why: why.clone() };
        match (was, is) {
            (was, is) if was == is => {}
            (was, is) if was.is_good() && is.is_good() => changes.other.push(change),
            (was, is) if was.is_good() && *is != Verdict::NotApplicable => {
                changes.failing.push(change);
            }
            (_, Verdict::Fail) => changes.failing.push(change),
            (_, is) if is.is_good() => changes.fixed.push(change),
            _ => changes.other.push(change),
        }
    }
    let removed = before.iter().filter(|(case, _)| !after.contains_key(*case));
    changes.removed = removed.map(|(case, (was, _))| ((*case).to_owned(), *was)).collect();
    Ok(changes)
}

/// Returns each case's verdict and the first thing that is said against it.
fn verdicts(report: &Value) -> Option<BTreeMap<&str, (Verdict, Option<String>)>> {
    let cases = report.get("cases")?.as_array()?.iter();
    let verdict = |case: &'_ Value| Verdict::named(case["verdict"].as_str()?);
    cases
        .map(|case| {
            let text = |at: &str| case.pointer(at).and_then(Value::as_str);
            let said = text("/findings/0/said").map(|said| format!("; it said: {said}"));
            let found = text("/findings/0/message");
            let found = found.map(|found| format!("{found}{}", said.unwrap_or_default()));
            let why = found.or_else(|| text("/reason").map(str::to_owned));
            Some((case["id"].as_str()?, (verdict(case)?, why)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::changes;

    fn report(cases: &[(&str, &str)]) -> Value {
        let case = |(id, verdict): &(&str, &str)| json!({"id": id, "verdict": verdict});
        json!({"suite": cases.len(), "cases": cases.iter().map(case).collect::<Vec<_>>()})
    }

    #[test]
    fn only_what_was_well_or_open_and_fails_is_a_regression() {
        for (old, new, kind) in [
            ("pass", "fail", "failing"),
            ("advisory", "fail", "failing"),
            ("blocked", "fail", "failing"),
            ("not-applicable", "fail", "failing"),
            ("pass", "blocked", "failing"),
            ("pass", "inconclusive", "failing"),
            ("pass", "harness-error", "failing"),
            ("fail", "pass", "fixed"),
            ("blocked", "advisory", "fixed"),
            ("pass", "advisory", "other"),
            ("pass", "not-applicable", "other"),
            ("fail", "blocked", "other"),
            ("fail", "fail", ""),
        ] {
            let found = changes(&report(&[("a", old)]), &report(&[("a", new)])).unwrap();
            let counts = [
                ("failing", found.failing.len()),
                ("fixed", found.fixed.len()),
                ("other", found.other.len()),
            ];
            for (name, count) in counts {
                assert_eq!(count, usize::from(name == kind), "{old} to {new}: {name}");
            }
        }
        let found = changes(&report(&[("a", "pass"), ("b", "fail")]), &report(&[("b", "fail")]));
        let found = found.unwrap();
        assert_eq!((found.added.len(), found.removed.len(), found.notes.len()), (0, 1, 1));
        assert!(changes(&json!({}), &report(&[])).is_err());
        assert!(changes(&report(&[]), &json!({"cases": [{"id": "a", "verdict": "x"}]})).is_err());
    }
}
