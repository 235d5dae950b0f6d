//! One case of a bundle, judged again.

use std::collections::BTreeSet;

use serde_json::Value;

use super::file::Kept;
use super::played::{Fit, Played};
use super::verify::is_unsent;
use crate::harness::evidence::marks::Marks;
use crate::harness::evidence::redaction::Redaction;
use crate::harness::outcome::{CaseReport, Verdict};
use crate::harness::run::{Claims, Controls, Judge, Others, Session, Until};
use crate::harness::suite::{Check, Suite};

/// A case that was judged again.
pub(super) struct Again {
    pub(super) report: CaseReport,
    /// What it did that other cases may have known of.
    pub(super) learnt: Learnt,
    pub(super) fit: Fit,
    /// True if something was taken out of what it was answered: every answer is held to the form of
    /// its operation, so that whatever is in it is judged.
    pub(super) rests: bool,
}

/// What a case did that other cases may have known of.
#[derive(Default)]
pub(super) struct Learnt {
    pub(super) drawn: BTreeSet<String>,
    /// Keys of records that it made.
    pub(super) made: BTreeSet<String>,
    /// The controls that it sent.
    pub(super) answered: Vec<(String, Option<String>)>,
}

/// The judge before whom the cases of a bundle come again.
pub(super) struct Cases<'j> {
    judge: &'j Judge,
    redaction: &'j Redaction,
    /// The headers of answers that anything is said by, in lower case.
    heeded: BTreeSet<String>,
}

impl<'j> Cases<'j> {
    pub(super) fn new(judge: &'j Judge, redaction: &'j Redaction) -> Self {
        Cases { judge, redaction, heeded: heeded(judge.suite()) }
    }

    /// Judges a case again by its exchanges.
    ///
    /// # Errors
    /// There is no such case.
    pub(super) fn again(&self, kept: &Kept, said: Option<&Value>) -> Result<Again, String> {
        let Cases { judge, redaction, heeded } = self;
        let case = judge.suite().cases().iter().find(|case| case.id() == kept.id);
        let case = case.ok_or("the suite has no such case")?;
        if is_unsent(kept, said) {
            let mut report = CaseReport::new(case);
            let reason = said.and_then(|said| said["reason"].as_str());
            report.end(Verdict::Inconclusive, reason.unwrap_or_default());
            let learnt = Learnt::default();
            return Ok(Again { report, learnt, fit: Fit::Exact, rests: false });
        }
        let marks = Marks::of(redaction, &kept.exchanges);
        let played = Played::new(&kept.exchanges, redaction, marks);
        let (others, controls) = (Others::of(&kept.others), Controls::of(&kept.controls));
        let claims = Claims::of(&kept.redrawn, others, controls);
        let session =
            Session { transport: &played, claims: &claims, seed: judge.seed(), until: Until::End };
        let report = judge.judge_in(case, session);
        let given = |control: &(String, Option<String>)| kept.controls.contains(control);
        let learnt = Learnt {
            made: claims.others.made().into_iter().collect(),
            answered: claims.controls.answered().into_iter().filter(|each| !given(each)).collect(),
            drawn: claims.into_all().into_iter().filter(|id| !kept.redrawn.contains(id)).collect(),
        };
        let answers = kept.exchanges.iter().filter_map(|each| each.answer.as_ref().ok());
        let heeds = |name: &str| heeded.contains(&name.to_lowercase());
        let of_controls = kept.controls.iter().filter_map(|(_, said)| said.as_ref());
        let mut known = kept.redrawn.iter().chain(&kept.others).chain(of_controls);
        let rests = answers.into_iter().any(|answer| marks.are_in_answer(answer, heeds))
            || known.any(|text| marks.are_in(text.as_bytes()));
        Ok(Again { report, learnt, fit: played.fit(), rests })
    }
}

/// Returns the names of the headers that the judge or a case of the suite reads, in lower case.
fn heeded(suite: &Suite) -> BTreeSet<String> {
    let steps = suite.cases().iter().flat_map(|case| &case.steps);
    let shapes = suite.cases().iter().map(|case| case.api()).collect::<BTreeSet<_>>();
    let shapes = shapes.into_iter().flat_map(|api| suite.shapes(api));
    let expected = steps.flat_map(|step| &step.expect).chain(shapes.flat_map(|s| &s.expect));
    let checked = expected.filter_map(|each| match &each.check {
        Check::Header(header) => Some(header.name.clone()),
        _ => None,
    });
    let printed = suite.examples.values().filter_map(|example| example.response.as_ref());
    let printed = printed.flat_map(|response| response.headers.keys().cloned());
    let own = ["content-type", "location", "retry-after", "date"].map(str::to_owned);
    checked.chain(printed).chain(own).map(|name| name.to_lowercase()).collect()
}
