//! The search for the suite's records in a target.

use crate::harness::outcome::Refusal;
use crate::harness::run::judge::Judge;
use crate::harness::run::judge::prepare::Preparation;
use crate::harness::subject::{Mounted, Provision, Site};
use crate::harness::suite::Variables;

/// What the landmarks of an API say of the suite's records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Records {
    /// None of its landmarks is there.
    Absent,
    /// There is no landmark that can be asked for.
    Unknown,
    /// One that answers anything but "there is no such thing" to one of them, or nothing, proves
    /// nothing: what is wrong there is for the cases to find.
    Present,
}

/// Returns the APIs whose records are not there.
///
/// # Errors
/// A sentence: they are not there, and the target file says that they are.
pub(super) fn without_fixtures(before: &Preparation<'_>) -> Result<Vec<&'static str>, Refusal> {
    let judge = before.judge;
    let mut without = Vec::new();
    for mounted in &judge.target().apis {
        let records = records(before, mounted);
        let name = mounted.api.name;
        let brought = match &judge.target().provision {
            Provision::None if records != Records::Present => {
                without.push(name);
                continue;
            }
            Provision::Assumed if records == Records::Absent => {
                without.push(name);
                continue;
            }
            Provision::None | Provision::Assumed => continue,
            Provision::Preloaded => "the target file says that they are preloaded",
            Provision::Url { .. } | Provision::Command(_) => "they were just brought there",
        };
        if records == Records::Absent {
            return Err(Refusal::inconclusive(format!(
                "none of the suite's records of the {name} API is in the target, and {brought}: \
                 load what `etalon fixtures` prints, or leave `provision` out of the target file"
            )));
        }
    }
    Ok(without)
}

/// Looks for the records of an API. States that the target file names are not the suite's.
fn records(before: &Preparation<'_>, mounted: &Mounted) -> Records {
    let judge = before.judge;
    let mut asked = false;
    let ledgers = judge.target().ledgers.iter().map(Some);
    let alone = (!mounted.api.has_ledgers()).then_some(None);
    for ledger in ledgers.filter(|_| mounted.api.has_ledgers()).chain(alone) {
        let site = Site { mounted, ledger };
        for path in paths(judge, &site) {
            match before.look(&site, &path) {
                Ok(answer) if matches!(answer.status, 404 | 410) => asked = true,
                _ => return Records::Present,
            }
        }
    }
    if asked { Records::Absent } else { Records::Unknown }
}

/// Returns where the landmarks of an API are for one of its ledgers.
pub(super) fn paths(judge: &Judge, site: &Site<'_>) -> Vec<String> {
    let mut paths = Vec::new();
    for (state, patterns) in site.mounted.api.landmarks {
        let Some(holds) = judge.suite().states.get(*state) else { continue };
        let is_here = holds.ledger.as_deref() == site.ledger.map(|ledger| ledger.no.as_str());
        if !is_here || judge.target().known.contains_key(*state) {
            continue;
        }
        let mut variables = Variables::default();
        for (name, value) in &holds.variables {
            variables.bind(name, value.clone());
        }
        paths.extend(patterns.iter().filter_map(|path| variables.fill_text(path).ok()));
    }
    paths
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use crate::harness::api::APIS;
    use crate::harness::suite::{Suite, Variables};

    #[test]
    fn no_single_operation_decides_whether_the_records_are_there() {
        let suite = Suite::embedded().unwrap();
        for api in APIS.iter().filter(|api| !api.landmarks.is_empty()) {
            let mut operations: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
            for (name, paths) in api.landmarks {
                let state = &suite.states[*name];
                let mut variables = Variables::default();
                for (variable, value) in &state.variables {
                    variables.bind(variable, value.clone());
                }
                for path in *paths {
                    assert!(variables.fill_text(path).is_ok(), "{name} has not all of {path}");
                    operations.entry(&state.ledger).or_default().insert(path);
                }
            }
            let of_ledgers = operations.values();
            assert!(
                of_ledgers.clone().all(|paths| paths.len() > 1),
                "{}: {operations:?}",
                api.name
            );
            assert!(of_ledgers.flatten().collect::<BTreeSet<_>>().len() > 2, "{}", api.name);
        }
    }
}
