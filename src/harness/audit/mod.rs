//! The audit: how much the judge catches, measured. It runs the suite against a target that passes
//! it and records each exchange, then judges each case again with one answer changed at a time, and
//! counts which changes fail.

mod excused;
pub(crate) mod fault;
mod other;
mod recording;
mod replay;
mod report;
mod seeds;
mod shaped;
mod tally;

use std::cell::{Cell, RefCell};
use std::time::Instant;

pub use excused::Excuse;
pub use fault::Family;
pub use report::{List, json, table};
pub use seeds::Seeds;
pub use tally::{Audit, Outcome, Survivor, Tally};

use crate::harness::outcome::{CaseReport, Refusal, Verdict};
use crate::harness::run::{Claims, Judge, Random, Selection, Session, Until, in_parallel};
use crate::harness::subject::Mounted;
use crate::harness::suite::{Case, Level};
use crate::harness::wire::{Answer, Exchange, Recorder};
use excused::Survived;
use fault::{Behaviour, FaultyServer, Mutation, Notice, Original, mutations};
use other::Listed;
use recording::{judged, operation};
use replay::{Changed, Replay};

/// A case with what was exchanged while it passed.
struct Recording<'j> {
    case: &'j Case,
    mounted: &'j Mounted,
    listed: &'j Listed,
    exchanges: Vec<Exchange>,
    /// The identifiers that it drew.
    own: Vec<String>,
}

/// A change of one answer of a recording.
struct Seeded {
    exchange: usize,
    mutation: Mutation,
}

/// Records the selected cases, and judges each again with one answer changed at a time.
///
/// # Errors
/// Nothing is selected, the target cannot be made ready, or it does not pass what is selected: then
/// nothing could be said of what the judge catches.
pub fn audit(judge: &Judge, seeds: &Seeds, selection: &Selection) -> Result<Audit, Refusal> {
    let start = Instant::now();
    let cases = selection.cases(judge.suite(), &judge.target().apis())?;
    judge.prepare()?;
    let listed: Vec<_> = judge
        .target()
        .apis()
        .into_iter()
        .map(|api| (api, Listed::of(judge.suite(), api)))
        .collect();
    let recorded = in_parallel(judge.threads(), &cases, |case| {
        let listed = listed.iter().find(|(api, _)| *api == case.api());
        let mounted = judge.target().mounted(case.api());
        let (Some((_, listed)), Some(mounted)) = (listed, mounted) else { return Ok(None) };
        record(judge, case, mounted, listed)
    });
    let recorded = recorded.into_iter().collect::<Result<Vec<_>, _>>()?;
    let recordings: Vec<_> = recorded.into_iter().flatten().collect();
    let outcomes =
        in_parallel(judge.threads(), &recordings, |recording| again(judge, seeds, recording));
    let mut audit = Audit::new(judge, seeds.excused(), outcomes, selection.narrows());
    for (fault, outcome) in all_live(judge, seeds, &cases) {
        audit.add_live(fault, outcome);
    }
    audit.elapsed = start.elapsed();
    Ok(audit)
}

/// Records a case. Returns none, if the case does not apply to the target.
fn record<'j>(
    judge: &'j Judge,
    case: &'j Case,
    mounted: &'j Mounted,
    listed: &'j Listed,
) -> Result<Option<Recording<'j>>, Refusal> {
    let recorder = Recorder::new(judge.way());
    let claims = Claims::default();
    let (seed, until) = (judge.seed(), Until::End);
    let session = Session { transport: &recorder, claims: &claims, seed, until };
    let report = judge.judge_in(case, session);
    match report.verdict {
        Verdict::Pass if report.rerun.is_none() => {
            let exchanges = recorder.into_exchanges();
            Ok(Some(Recording { case, mounted, listed, exchanges, own: claims.into_all() }))
        }
        Verdict::NotApplicable => Ok(None),
        verdict => Err(Refusal::inconclusive(format!(
            "{} does not pass ({}{}): an audit needs a target that passes every case, as the \
             built-in server does; run `etalon certify {} --exact` to see why",
            case.id(),
            verdict.name(),
            report.reason.map(|reason| format!(", {reason}")).unwrap_or_default(),
            case.id()
        ))),
    }
}

/// Judges a case again with each of its faults, and returns what became of them.
fn again(judge: &Judge, seeds: &Seeds, recording: &Recording) -> tally::CaseOutcome {
    let Recording { case, mounted, listed, exchanges, own } = recording;
    // Nothing is required of what comes of an undocumented request.
    let mut expected = case.steps.iter().flat_map(|step| &step.expect);
    let has_must = !case.undocumented
        && expected.any(|expectation| {
            let clause = judge.suite().clause(&expectation.clause);
            clause.is_some_and(|clause| expectation.level(clause) == Level::Must)
        });
    let mut outcome = tally::CaseOutcome::new(case, has_must);
    for exchange in judged(exchanges) {
        let Ok(answer) = &exchanges[exchange].answer else { continue };
        let operation = operation(mounted, &exchanges[exchange].request);
        let step = exchanges[exchange].step.as_deref().unwrap_or_default();
        let mut excuses = Vec::new();
        let original = Original::new(answer, &mounted.media);
        let is_heard = exchanges[exchange].request.is_to_listener();
        for mutation in mutations(&original, own) {
            // The rest of what was heard is the judge's own word.
            if is_heard && !mutation.is_of_what_was_told() {
                continue;
            }
            let Some(changed) = mutation.of(&original, listed) else { continue };
            let seeded = Seeded { exchange, mutation };
            let caught = caught(judge, recording, &seeded, &changed);
            let mutation = &seeded.mutation;
            let excuse = (caught == Outcome::Survived).then(|| {
                let status = answer.status;
                let operation = &operation;
                let survived = Survived { case: case.id(), step, operation, status, mutation };
                seeds.excuses.of(&survived)
            });
            let excuse = excuse.flatten();
            excuses.push(excuse);
            let fault = Survivor {
                case: case.id().to_owned(),
                step: step.to_owned(),
                operation: operation.clone(),
                status: answer.status,
                at: mutation.at().to_owned(),
                mutation: mutation.to_string(),
                family: mutation.family(),
            };
            outcome.add(caught, excuse, fault);
        }
        outcome.answered(&excuses);
    }
    outcome
}

/// Judges the case with the fault: from the recording as far as that leads, and live what follows
/// if nothing is found broken until there.
fn caught(judge: &Judge, recording: &Recording, seeded: &Seeded, changed: &Answer) -> Outcome {
    let Recording { case, mounted, listed, exchanges, .. } = recording;
    let replay = Replay::new(exchanges, seeded.exchange, changed);
    let claims = Claims::default();
    let (seed, until) = (judge.seed(), Until::Broken);
    let session = Session { transport: &replay, claims: &claims, seed, until };
    let report = judge.judge_in(case, session);
    let found = outcome_of(&report);
    if !replay.diverged() || found == Outcome::Killed {
        return found;
    }
    let step = exchanges[seeded.exchange].step.as_deref().unwrap_or_default();
    let before = &exchanges[..seeded.exchange];
    let live = Changed {
        through: judge.way(),
        step,
        nth: before.iter().filter(|each| each.step.as_deref() == Some(step)).count(),
        mutation: &seeded.mutation,
        media: &mounted.media,
        listed,
        now: RefCell::default(),
        seen: Cell::new(0),
    };
    let claims = Claims::default();
    // Identifiers of its own: those of the recording are taken.
    let name = format!("{}{}{}", seeded.exchange, seeded.mutation, seeded.mutation.at());
    let seed = Random::for_name(judge.seed(), &name, 0).next();
    outcome_of(&judge.judge_in(case, Session { transport: &live, claims: &claims, seed, until }))
}

/// Returns what the selected cases make of each fault of behaviour whose cases they hold, by its
/// id, at a target that is ready.
///
/// # Errors
/// Nothing is selected.
pub fn behaviours(
    judge: &Judge,
    seeds: &Seeds,
    selection: &Selection,
) -> Result<Vec<(String, Outcome)>, Refusal> {
    let cases = selection.cases(judge.suite(), &judge.target().apis())?;
    let found = all_live(judge, seeds, &cases);
    Ok(found.into_iter().map(|(fault, outcome)| (fault.id.clone(), outcome)).collect())
}

fn all_live<'s>(judge: &Judge, seeds: &'s Seeds, cases: &[&Case]) -> Vec<(&'s Behaviour, Outcome)> {
    // A fault is for all of its cases together, not for those that a filter leaves of them.
    let of_all = |fault: &&Behaviour| {
        let all = judge.suite().cases().iter().filter(|case| fault.is_for(case.id())).count();
        all > 0 && all == cases.iter().filter(|case| fault.is_for(case.id())).count()
    };
    let faults: Vec<_> = seeds.behaviours.iter().filter(of_all).collect();
    let outcomes = in_parallel(judge.threads(), &faults, |fault| live(judge, cases, fault));
    faults.into_iter().zip(outcomes).collect()
}

/// Returns what the cases of a fault make of a target that behaves as it says. It counts as noticed
/// only as well as it has to be, and only if it ever did otherwise.
fn live(judge: &Judge, cases: &[&Case], fault: &Behaviour) -> Outcome {
    let mut worst = Outcome::Survived;
    let (mut judged, mut passed) = (0, 0);
    for case in cases.iter().filter(|case| fault.is_for(case.id())) {
        let faulty = FaultyServer::new(judge.way(), judge.target(), fault);
        let claims = Claims::default();
        let seed = Random::for_name(judge.seed(), &fault.id, 0).next();
        let until = match fault.notice {
            Notice::Broken => Until::Broken,
            Notice::Blocked => Until::End,
        };
        let session = Session { transport: &faulty, claims: &claims, seed, until };
        let report = judge.judge_in(case, session);
        let found = outcome_of(&report);
        if fault.notice == Notice::Blocked {
            judged += usize::from(faulty.acted());
            passed += usize::from(faulty.acted() && report.verdict == Verdict::Pass);
            continue;
        }
        match (faulty.acted(), found) {
            (true, Outcome::Killed) => return Outcome::Killed,
            (true, Outcome::Advisory) => worst = Outcome::Advisory,
            _ => {}
        }
    }
    match fault.notice {
        Notice::Blocked if judged > 0 && passed == 0 => Outcome::Killed,
        Notice::Broken if fault.advisory.is_some() => worst,
        _ => Outcome::Survived,
    }
}

/// Returns the outcome of a case that was judged again. One that could not be judged has caught
/// nothing, unless a requirement was broken before.
fn outcome_of(report: &CaseReport) -> Outcome {
    let broken = report.findings.iter().any(|finding| finding.level == Level::Must);
    match report.verdict {
        _ if broken => Outcome::Killed,
        Verdict::Advisory => Outcome::Advisory,
        _ => Outcome::Survived,
    }
}
