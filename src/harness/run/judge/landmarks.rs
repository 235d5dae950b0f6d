//! The search for the suite's records in a target of which nobody said whether it has them.

use crate::harness::run::judge::Judge;
use crate::harness::subject::{Mounted, Site};
use crate::harness::suite::Variables;

/// Returns the APIs at which none of their landmarks is found. One that answers anything but "there
/// is no such thing" to one of them, or nothing, proves nothing: what is wrong there is for the
/// cases to find.
pub(super) fn without_fixtures(judge: &Judge) -> Vec<&'static str> {
    let apis = judge.target().apis.iter().filter(|mounted| lacks_landmarks(judge, mounted));
    apis.map(|mounted| mounted.api.name).collect()
}

fn lacks_landmarks(judge: &Judge, mounted: &Mounted) -> bool {
    let mut asked = false;
    for (state, paths) in mounted.api.landmarks {
        let Some(holds) = judge.suite().states.get(*state) else { continue };
        let ledger = holds.ledger.as_ref();
        let ledger = ledger.map(|no| judge.target().ledgers.iter().find(|each| each.no == *no));
        // A ledger that is left out is not asked.
        let Some(ledger) = ledger.map_or(Some(None), |found| found.map(Some)) else { continue };
        let mut variables = Variables::default();
        for (name, value) in judge.bench.state_variables(state) {
            variables.bind(name, value.clone());
        }
        for path in *paths {
            let Ok(path) = variables.fill_text(path) else { continue };
            match judge.look(&Site { mounted, ledger }, &path) {
                Ok(answer) if matches!(answer.status, 404 | 410) => asked = true,
                _ => return false,
            }
        }
    }
    asked
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
