//! What the suite's records say that a target holds which has them loaded.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::known::Known;
use super::path;
use crate::harness::format::text_of;
use crate::harness::pattern;
use crate::harness::suite::{Fixture, Holding, Suite};

/// By API and ledger; an API without ledgers has one entry.
#[derive(Debug, Default)]
pub(crate) struct FixtureHoldings(HashMap<(String, Option<String>), HashMap<String, Known>>);

impl FixtureHoldings {
    /// Reads every record once.
    pub(crate) fn of(suite: &Suite) -> FixtureHoldings {
        let mut all = FixtureHoldings::default();
        for line in suite.records().split(|byte| *byte == b'\n') {
            let Ok(record) = serde_json::from_slice::<Value>(line) else { continue };
            for (api, holdings) in &suite.holdings {
                holdings.iter().for_each(|holding| all.add(api, holding, &record));
            }
        }
        all
    }

    fn add(&mut self, api: &str, holding: &Holding, record: &Value) {
        let Some(fixture) = holding.fixture.as_ref().filter(|fixture| is_meant(fixture, record))
        else {
            return;
        };
        let Some(value) = record.pointer(&fixture.at) else { return };
        let Some(path) = path(&holding.resource, Vec::new(), &fixture.key, &[record]) else {
            return;
        };
        let ledger = record.get("ledgerNo").and_then(text_of);
        let of_ledger = self.0.entry((api.to_owned(), ledger)).or_default();
        match &fixture.gather {
            Some(name) => of_ledger.entry(path).or_default().gather(name, value.clone()),
            None => {
                let mut known = Known::new(value.clone());
                let changed = fixture.changed.iter().filter(|(at, _)| pattern::fits(at, &path));
                changed.for_each(|(_, members)| known.lose(members));
                of_ledger.insert(path, known);
            }
        }
    }

    /// What is known of an API's resources, on a ledger if it has ledgers.
    pub(crate) fn at(&self, api: &str, ledger: Option<&str>) -> Option<&HashMap<String, Known>> {
        self.0.get(&(api.to_owned(), ledger.map(str::to_owned)))
    }
}

fn is_meant(fixture: &Fixture, record: &Value) -> bool {
    let Fixture { record: kind, with, .. } = fixture;
    let has = |(at, value): (&String, &Value)| record.pointer(at) == Some(value);
    record.get("record").and_then(Value::as_str) == Some(kind) && BTreeMap::iter(with).all(has)
}
