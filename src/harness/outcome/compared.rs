//! A run beside its baseline: what became of each known failure, and what is new.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::verdict::{RunVerdict, Verdict};

/// A known failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownFailure {
    /// The verdict of the case, which is `fail`.
    pub verdict: Verdict,
    /// The reason of the failure.
    pub reason: String,
    /// The one who sees to it.
    pub owner: String,
    /// The last day on which it is borne, in UTC.
    pub expires: NaiveDate,
}

/// The fate of a known failure in a run.
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
    /// Returns the name as in reports.
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
    /// Returns whether an entry is to be taken out or thought over.
    pub fn is_out_of_date(&self) -> bool {
        let stale = |(_, standing): &(KnownFailure, EntryStatus)| {
            matches!(standing, EntryStatus::Passing | EntryStatus::Expired)
        };
        self.known.values().any(stale)
    }

    /// Returns the known failure of a case, if the case fails as it is known to.
    pub fn of(&self, case: &str) -> Option<&KnownFailure> {
        let (known, standing) = self.known.get(case)?;
        matches!(standing, EntryStatus::Failing | EntryStatus::Expired).then_some(known)
    }
}

impl RunVerdict {
    /// Returns the verdict of the same run beside its baseline, which never says that the target conforms.
    pub(crate) fn beside(
        self,
        verdicts: impl IntoIterator<Item = Verdict>,
        compared: &Compared,
    ) -> RunVerdict {
        let verdicts: Vec<_> = verdicts.into_iter().collect();
        let open = verdicts.contains(&Verdict::Inconclusive)
            || verdicts.iter().all(|verdict| *verdict == Verdict::NotApplicable);
        let fails = compared.new.iter().any(|(_, verdict)| *verdict == Verdict::Fail);
        match self {
            RunVerdict::HarnessError => RunVerdict::HarnessError,
            _ if fails => RunVerdict::DoesNotConform,
            _ if !compared.new.is_empty() || open => RunVerdict::Inconclusive,
            _ if compared.is_out_of_date() => RunVerdict::BaselineOutOfDate,
            _ => RunVerdict::NoNewFailures,
        }
    }
}

impl Compared {
    /// Returns what the JSON report says of it.
    pub(crate) fn json(&self) -> Value {
        let known = self.known.iter().map(|(case, (known, standing))| {
            json!({
                "case": case,
                "verdict": known.verdict.name(),
                "reason": known.reason,
                "owner": known.owner,
                "expires": known.expires.to_string(),
                "standing": standing.name(),
            })
        });
        let new = self.new.iter().map(|(case, _)| case);
        json!({"known": known.collect::<Vec<_>>(), "new": new.collect::<Vec<_>>()})
    }
}
