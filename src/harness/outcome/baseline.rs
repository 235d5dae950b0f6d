//! The baseline: what is known to fail, why, who sees to it, and until when that is borne.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::Value;

use super::compared::{Compared, EntryStatus, KnownFailure};
use super::run::RunReport;
use super::verdict::Verdict;
use crate::harness::subject::toml_error;
use crate::harness::suite::Suite;
use crate::input::suggest::did_you_mean;
use crate::output::visible::line;

/// How long a known failure is borne where nobody says how long.
const USUAL: Days = Days::new(90);

/// Known failures, each of a case of its own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Baseline {
    /// By the case's id.
    known: BTreeMap<String, KnownFailure>,
}

/// A baseline as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    known: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    case: String,
    #[serde(default)]
    verdict: Option<String>,
    reason: String,
    owner: String,
    expires: toml::Value,
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// A sentence: which line or entry is at fault.
    pub fn read(text: &str, suite: &Suite) -> Result<Baseline, String> {
        let file: File = toml::from_str(text).map_err(|error| toml_error(text, &error))?;
        let mut baseline = Baseline::default();
        for entry in file.known {
            let case = entry.case.clone();
            if !suite.cases().iter().any(|each| each.id() == case) {
                let meant = did_you_mean(&case, suite.cases().iter().map(|each| each.id()));
                return Err(format!("the suite has no case {case}{meant}"));
            }
            let known = known(entry).map_err(|fault| format!("{case}: {fault}"))?;
            if baseline.known.insert(case.clone(), known).is_some() {
                return Err(format!("{case} stands twice"));
            }
        }
        Ok(baseline)
    }

    /// Returns the failures of a run; what `before` says of one that still fails is kept.
    pub fn of(run: &RunReport, before: Option<&Baseline>) -> Baseline {
        let expires = day(run.started.into()).checked_add_days(USUAL).unwrap_or(NaiveDate::MAX);
        let known = run.cases.iter().filter(|case| can_be_known(case.verdict)).map(|case| {
            let kept = before.and_then(|before| before.known.get(&case.id)).cloned();
            let said = case.findings.first().map(|finding| finding.message.as_str());
            let known = KnownFailure {
                verdict: case.verdict,
                reason: line(said.or(case.reason.as_deref()).unwrap_or_default()).into_owned(),
                owner: "nobody yet".to_owned(),
                expires,
            };
            (
                case.id.clone(),
                kept.map_or(known, |kept| KnownFailure { verdict: case.verdict, ..kept }),
            )
        });
        Baseline { known: known.collect() }
    }

    /// Returns the baseline as a file, in TOML.
    pub fn write(&self) -> String {
        let mut text = String::from(
            "# Known failures, for `etalon certify --baseline`: each with its reason, who sees to it, and\n\
             # the last day on which it is borne.\n",
        );
        for (case, known) in &self.known {
            text.push_str("\n[[known]]\n");
            let verdict = (known.verdict != Verdict::Fail).then(|| known.verdict.name());
            let expires = known.expires.to_string();
            for (name, value) in [
                ("case", Some(case.as_str())),
                ("verdict", verdict),
                ("reason", Some(&known.reason)),
                ("owner", Some(&known.owner)),
                ("expires", Some(&expires)),
            ] {
                if let Some(value) = value {
                    let value = toml::Value::from(value);
                    text.push_str(&format!("{name} = {value}\n"));
                }
            }
        }
        text
    }

    /// Returns how many failures are known.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Returns whether no failure is known.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Compares a run with the baseline.
    pub(crate) fn compare(&self, run: &RunReport) -> Compared {
        let verdicts = run.cases.iter().map(|case| (case.id.as_str(), case.verdict)).collect();
        let order = run.cases.iter().map(|case| case.id.as_str());
        self.beside(day(run.started.into()), &verdicts, order)
    }

    /// Compares verdicts of a day with the baseline; `order` is that of the cases.
    pub(super) fn beside<'c>(
        &self,
        today: NaiveDate,
        verdicts: &BTreeMap<&str, Verdict>,
        order: impl Iterator<Item = &'c str>,
    ) -> Compared {
        let known = self.known.iter().map(|(id, known)| {
            let standing = match verdicts.get(id.as_str()).copied() {
                Some(verdict) if verdict == known.verdict && today > known.expires => {
                    EntryStatus::Expired
                }
                Some(verdict) if verdict == known.verdict => EntryStatus::Failing,
                Some(Verdict::Pass | Verdict::Advisory) => EntryStatus::Passing,
                _ => EntryStatus::NotJudged,
            };
            (id.clone(), (known.clone(), standing))
        });
        let compared = Compared { known: known.collect(), new: Vec::new() };
        let new = order.filter_map(|id| {
            let verdict = *verdicts.get(id)?;
            let is_open = matches!(verdict, Verdict::Fail | Verdict::Blocked);
            (is_open && compared.of(id).is_none()).then(|| (id.to_owned(), verdict))
        });
        Compared { new: new.collect(), ..compared }
    }

    /// Returns the baseline of a JSON report; none, if it has none. It is held to what a file of known
    /// failures is.
    ///
    /// # Errors
    /// It is none.
    pub(crate) fn of_json(report: &Value, suite: &Suite) -> Result<Option<Baseline>, String> {
        let baseline = Baseline::said(&report["baseline"])?;
        let known = baseline.iter().flat_map(|baseline| baseline.known.keys());
        let mut unknown = known.filter(|id| !suite.cases().iter().any(|case| case.id() == *id));
        match unknown.next() {
            Some(unknown) => Err(format!("/baseline: the suite has no case {unknown}")),
            None => Ok(baseline),
        }
    }

    /// Returns the baseline that a report says it was beside, without what became of it.
    pub(super) fn said(said: &Value) -> Result<Option<Baseline>, String> {
        let mut baseline = Baseline::default();
        let Some(entries) = said["known"].as_array() else { return Ok(None) };
        for entry in entries {
            let mut entry = entry.clone();
            entry.as_object_mut().map(|members| members.remove("standing"));
            let entry: Entry = serde_json::from_value(entry).map_err(|error| error.to_string())?;
            let case = entry.case.clone();
            let known = known(entry).map_err(|fault| format!("{case}: {fault}"))?;
            if baseline.known.insert(case.clone(), known).is_some() {
                return Err(format!("{case} stands twice"));
            }
        }
        Ok(Some(baseline))
    }
}

impl RunReport {
    /// Returns the same run beside its baseline.
    pub fn beside(mut self, baseline: &Baseline) -> RunReport {
        let compared = baseline.compare(&self);
        let verdicts = self.cases.iter().map(|case| case.verdict);
        let verdict = self.verdict.clone().beside(verdicts, &compared);
        self.verdict = verdict.on(&self.coverage, self.selection.narrows());
        self.baseline = Some(compared);
        self
    }
}

/// Returns whether a verdict can be that of a known failure. A case that could not be judged has
/// shown nothing that could be known.
fn can_be_known(verdict: Verdict) -> bool {
    verdict == Verdict::Fail
}

/// Returns the day of a moment, in UTC.
pub(super) fn day(moment: DateTime<Utc>) -> NaiveDate {
    moment.date_naive()
}

fn known(entry: Entry) -> Result<KnownFailure, String> {
    let verdict = match entry.verdict.as_deref() {
        None => Verdict::Fail,
        Some(name) => {
            Verdict::named(name).filter(|verdict| can_be_known(*verdict)).ok_or_else(|| {
                format!(
                    "a case that is {name} is no known failure, since it was not judged: take the \
                     entry out and supply what the case needs"
                )
            })?
        }
    };
    let written = match &entry.expires {
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let expires = written
        .parse()
        .map_err(|_| format!("`expires` is a date such as 2027-01-31, and `{written}` is none"))?;
    for (name, value) in [("reason", &entry.reason), ("owner", &entry.owner)] {
        if value.trim().is_empty() {
            return Err(format!("`{name}` says nothing"));
        }
    }
    Ok(KnownFailure { verdict, reason: entry.reason, owner: entry.owner, expires })
}

#[cfg(test)]
mod tests {
    use super::{Baseline, Verdict};
    use crate::harness::suite::Suite;

    #[test]
    fn a_baseline_is_read_as_it_is_written_and_what_is_wrong_is_said() {
        let suite = Suite::embedded().unwrap();
        let text = "[[known]]\ncase = \"usage/invoices/get\"\nreason = \"r\\\"\"\nowner = \"o\"\n\
                    expires = 2027-01-31\n[[known]]\ncase = \"usage/customers/get\"\n\
                    verdict = \"fail\"\nreason = \"r\"\nowner = \"o\"\nexpires = \"2027-02-01\"\n";
        let baseline = Baseline::read(text, &suite).unwrap();
        assert_eq!(baseline.known["usage/customers/get"].verdict, Verdict::Fail);
        assert_eq!(Baseline::read(&baseline.write(), &suite), Ok(baseline));

        let entry = |rest: &str| format!("[[known]]\ncase = \"usage/invoices/get\"\n{rest}\n");
        let whole = entry("reason = \"r\"\nowner = \"o\"\nexpires = 2027-01-31");
        for (text, fault) in [
            (text.replace("invoices/get", "invoices/gte"), "did you mean usage/invoices/get?"),
            (format!("{whole}{whole}"), "usage/invoices/get stands twice"),
            (entry("reason = \"\"\nowner = \"o\"\nexpires = 2027-01-31"), "`reason` says nothing"),
            (entry("reason = \"r\"\nowner = \" \"\nexpires = 2027-01-31"), "`owner` says nothing"),
            (entry("reason = \"r\"\nowner = \"o\"\nexpires = \"soon\""), "2027-01-31, and `soon`"),
            (entry("reason = \"r\"\nowner = \"o\""), "expires"),
            (whole.replace("owner", "ower"), "did you mean owner?"),
            (format!("{whole}verdict = \"inconclusive\"\n"), "inconclusive is no known failure"),
            (format!("{whole}verdict = \"blocked\"\n"), "supply what the case needs"),
        ] {
            let said = Baseline::read(&text, &suite).unwrap_err();
            assert!(said.contains(fault), "{fault}: {said}");
        }
    }
}
