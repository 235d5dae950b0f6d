//! The baseline: what is known to fail, why, who sees to it, and until when that is borne.

use std::collections::BTreeMap;
use std::time::SystemTime;

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::harness::outcome::case::CaseReport;
use crate::harness::outcome::run::RunReport;
use crate::harness::outcome::verdict::Verdict;
use crate::harness::subject::toml_error;
use crate::harness::suite::Suite;
use crate::input::suggest::did_you_mean;

/// How long a known failure is borne where nobody says how long.
const USUAL: Days = Days::new(90);

/// KnownFailure failures, each of a case of its own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Baseline {
    /// By the case's id.
    known: BTreeMap<String, KnownFailure>,
}

/// A known failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownFailure {
    /// What the case comes to, which is `fail`.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
    /// Who sees to it.
    pub owner: String,
    /// The last day on which it is borne, in UTC.
    pub expires: NaiveDate,
}

/// What became of a known failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryStatus {
    /// It fails as it is known to.
    Failing,
    /// It fails as it is known to, after the last day on which that is borne.
    Expired,
    /// It fails no more.
    Passing,
    /// It could not be judged, or was not selected.
    NotJudged,
}

impl EntryStatus {
    /// As in reports.
    pub fn name(self) -> &'static str {
        match self {
            EntryStatus::Failing => "known",
            EntryStatus::Expired => "expired",
            EntryStatus::Passing => "passing",
            EntryStatus::NotJudged => "not-judged",
        }
    }
}

/// A run beside its baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// Each known failure and what became of it, by the case's id.
    pub known: BTreeMap<String, (KnownFailure, EntryStatus)>,
    /// The cases that fail and are not known to, or otherwise than they are known to.
    pub new: Vec<(String, Verdict)>,
}

impl Compared {
    /// Whether an entry is to be taken out or thought over.
    pub fn is_out_of_date(&self) -> bool {
        let stale = |(_, standing): &(KnownFailure, EntryStatus)| {
            matches!(standing, EntryStatus::Passing | EntryStatus::Expired)
        };
        self.known.values().any(stale)
    }

    /// The known failure of a case, if the case fails as it is known to.
    pub fn of(&self, case: &str) -> Option<&KnownFailure> {
        let (known, standing) = self.known.get(case)?;
        matches!(standing, EntryStatus::Failing | EntryStatus::Expired).then_some(known)
    }
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

    /// The failures of a run; what `before` says of one that still fails is kept.
    pub fn of(run: &RunReport, before: Option<&Baseline>) -> Baseline {
        let expires = day(run.started).checked_add_days(USUAL).unwrap_or(NaiveDate::MAX);
        let known = run.cases.iter().filter(|case| can_be_known(case.verdict)).map(|case| {
            let kept = before.and_then(|before| before.known.get(&case.id)).cloned();
            let said = case.findings.first().map(|finding| finding.message.as_str());
            let known = KnownFailure {
                verdict: case.verdict,
                reason: said.or(case.reason.as_deref()).unwrap_or_default().to_owned(),
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

    /// As a file, in TOML.
    pub fn write(&self) -> String {
        let mut text = String::from(
            "# KnownFailure failures, for `etalon certify --baseline`: each with its reason, who sees to it, and\n\
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

    /// How many are known.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// What a run is beside it.
    pub(crate) fn compare(&self, run: &RunReport) -> Compared {
        let today = day(run.started);
        let verdict = |id: &str| run.cases.iter().find(|case| case.id == id).map(|c| c.verdict);
        let known = self.known.iter().map(|(id, known)| {
            let standing = match verdict(id) {
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
        let is_open = |case: &&CaseReport| matches!(case.verdict, Verdict::Fail | Verdict::Blocked);
        let is_new = |case: &&CaseReport| is_open(case) && compared.of(&case.id).is_none();
        let new =
            run.cases.iter().filter(is_new).map(|case| (case.id.clone(), case.verdict)).collect();
        Compared { new, ..compared }
    }

    /// The baseline of a JSON report; none, if it has none.
    ///
    /// # Errors
    /// It is not as a report has it.
    pub(crate) fn of_json(report: &Value) -> Result<Option<Baseline>, String> {
        let Some(known) = report["baseline"]["known"].as_array() else { return Ok(None) };
        let read = |entry: &Value| {
            let text = |name: &str| Some(entry[name].as_str()?.to_owned());
            let verdict = Verdict::named(&text("verdict")?)?;
            let (reason, owner) = (text("reason")?, text("owner")?);
            let expires = text("expires")?.parse().ok()?;
            Some((text("case")?, KnownFailure { verdict, reason, owner, expires }))
        };
        let known = known.iter().map(read).collect::<Option<_>>();
        known.map(|known| Some(Baseline { known })).ok_or("its baseline is none".to_owned())
    }
}

/// What a report says of a baseline.
pub(crate) fn to_json(compared: &Compared) -> Value {
    let known = compared.known.iter().map(|(case, (known, standing))| {
        json!({
            "case": case,
            "verdict": known.verdict.name(),
            "reason": known.reason,
            "owner": known.owner,
            "expires": known.expires.to_string(),
            "standing": standing.name(),
        })
    });
    let new = compared.new.iter().map(|(case, _)| case);
    json!({"known": known.collect::<Vec<_>>(), "new": new.collect::<Vec<_>>()})
}

/// A case that could not be judged has shown nothing that could be known.
fn can_be_known(verdict: Verdict) -> bool {
    verdict == Verdict::Fail
}

fn day(moment: SystemTime) -> NaiveDate {
    DateTime::<Utc>::from(moment).date_naive()
}

fn known(entry: Entry) -> Result<KnownFailure, String> {
    let verdict = match entry.verdict.as_deref() {
        None => Verdict::Fail,
        Some(name) => Verdict::named(name)
            .filter(|verdict| can_be_known(*verdict))
            .ok_or_else(|| {
                format!(
                    "a case that is {name} is no known failure, since it was not judged: take the \
                     entry out and supply what the case needs"
                )
            })?,
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
