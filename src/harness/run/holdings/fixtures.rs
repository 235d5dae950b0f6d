//! The holdings of a target that has the suite's records loaded.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::known::KnownResource;
use super::path;
use crate::harness::compare::{amounts_of, fits, number};
use crate::harness::suite::{Fixture, Gather, Holding, Suite, Sum, pointer, text_of};

/// An API and a ledger; an API without ledgers has one entry.
type Place = (String, Option<String>);

#[derive(Debug, Default)]
pub(crate) struct FixtureHoldings(HashMap<Place, HashMap<String, KnownResource>>);

/// The records of each list that is gathered, by place and path.
type Gathered<'s> = HashMap<(Place, String), (&'s Gather, Vec<Value>)>;

impl FixtureHoldings {
    /// Reads every record once.
    pub(crate) fn of(suite: &Suite) -> FixtureHoldings {
        let mut all = FixtureHoldings::default();
        let mut gathered = Gathered::new();
        for line in suite.records().split(|byte| *byte == b'\n') {
            let Ok(record) = serde_json::from_slice::<Value>(line) else { continue };
            for (api, holdings) in &suite.holdings {
                for holding in holdings {
                    all.add(api, holding, &record, &mut gathered);
                }
            }
        }
        for ((place, path), (gather, records)) in gathered {
            let known = KnownResource::new(json!({&gather.name: elements(gather, records)}));
            all.0.entry(place).or_default().insert(path, known);
        }
        all
    }

    fn add<'s>(
        &mut self,
        api: &str,
        holding: &'s Holding,
        record: &Value,
        gathered: &mut Gathered<'s>,
    ) {
        let Some(fixture) = holding.fixture.as_ref().filter(|fixture| is_meant(fixture, record))
        else {
            return;
        };
        let Some(value) = pointer::get(record, &fixture.at) else { return };
        let Some(path) = path(&holding.resource, &[], &fixture.key, &[record])
            .filter(|path| !fixture.except.iter().any(|except| fits(except, path)))
        else {
            return;
        };
        let place = (api.to_owned(), record.get("ledgerNo").and_then(text_of));
        match &fixture.gather {
            Some(gather) => {
                let (_, records) =
                    gathered.entry((place, path)).or_insert_with(|| (gather, Vec::new()));
                records.push(value.clone());
            }
            None => {
                let mut known = KnownResource::new(value.clone());
                let changed = fixture.changed.iter().filter(|(at, _)| fits(at, &path));
                changed.for_each(|(_, members)| known.forget(members));
                self.0.entry(place).or_default().insert(path, known);
            }
        }
    }

    /// Returns what is known of an API's resources, on a ledger if it has ledgers.
    pub(crate) fn at(
        &self,
        api: &str,
        ledger: Option<&str>,
    ) -> Option<&HashMap<String, KnownResource>> {
        self.0.get(&(api.to_owned(), ledger.map(str::to_owned)))
    }
}

/// Returns the records themselves, or an element of each group of them.
fn elements(gather: &Gather, records: Vec<Value>) -> Vec<Value> {
    let Some(by) = &gather.by else { return records };
    let mut groups: BTreeMap<Option<String>, Vec<&Value>> = BTreeMap::new();
    for record in &records {
        groups.entry(pointer::get(record, by).and_then(text_of)).or_default().push(record);
    }
    let element = |group: Vec<&Value>| {
        let totals = gather.totals.iter().filter_map(|(name, total)| {
            let values = |of: &str| group.iter().map(|it| pointer::get(it, of)).collect::<Vec<_>>();
            let made = match &total.vat {
                Some(vat) => {
                    let amounts: Vec<_> = values(&total.of).into_iter().zip(values(vat)).collect();
                    one_or_all(&amounts_of(&amounts)?)?
                }
                None => total.is.of(&values(&total.of))?,
            };
            Some((name.clone(), made))
        });
        Value::Object(totals.collect::<Map<_, _>>())
    };
    groups.into_values().map(element).collect()
}

/// The sum, or all of them if there are several that it may be.
fn one_or_all(sums: &[(Sum, Decimal)]) -> Option<Value> {
    match sums {
        [(_, sum)] => number(*sum),
        sums => sums.iter().map(|(_, sum)| number(*sum)).collect(),
    }
}

fn is_meant(fixture: &Fixture, record: &Value) -> bool {
    let Fixture { record: kind, with, .. } = fixture;
    let has = |(at, value): (&String, &Value)| pointer::get(record, at) == Some(value);
    record.get("record").and_then(Value::as_str) == Some(kind) && BTreeMap::iter(with).all(has)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::FixtureHoldings;
    use crate::harness::compare::equal;
    use crate::harness::suite::Suite;

    fn known(path: &str, member: &str) -> Option<Value> {
        let suite = Suite::embedded().unwrap();
        let of_ledger = FixtureHoldings::of(&suite).0.remove(&("usage".into(), Some("100".into())));
        of_ledger.unwrap().get(path)?.at(member).cloned()
    }

    /// 001 › 4.1 Get list of Usage-summaries.
    #[test]
    fn what_records_make_together_is_what_the_document_prints() {
        let path = "invoices/123456/subscriptions/12345690/usage-summaries";
        let printed = json!([
            {"type": 310, "typeName": "Description for 250", "usageCount": 3,
             "firstUsageDate": "2023-10-08T10:40:52", "lastUsageDate": "2023-10-19T12:20:52",
             "totalAmount": 299.50, "volume": 634, "volumeUnit": "S", "vatRate": 0.00},
            {"type": 330, "typeName": "Description for 330", "usageCount": 56,
             "firstUsageDate": "2023-10-02T12:19:52", "lastUsageDate": "2023-10-12T12:20:52",
             "totalAmount": 299.50, "volume": 634, "volumeUnit": "S", "vatRate": 0.00}
        ]);
        let mut differences = Vec::new();
        let found = known(path, "/items");
        equal(Some(&printed), found.as_ref(), "", &mut differences);
        assert!(differences.is_empty(), "{differences:?}");
    }

    #[test]
    fn a_list_names_each_of_its_elements_once() {
        let listed = json!([{"subscriptionNo": "12345680"}, {"subscriptionNo": "12345690"}]);
        assert_eq!(known("customers/224455/subscriptions", "/items"), Some(listed));
    }

    #[test]
    fn nothing_is_known_of_what_cases_try_to_change() {
        assert_eq!(known("invoices/123462", "/invoiceNo"), None);
        assert_eq!(known("invoices/123461", "/invoiceNo"), Some(json!("123461")));
    }
}
