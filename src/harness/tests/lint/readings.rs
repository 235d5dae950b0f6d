//! Readings: none is missing, each stands where its documents have it, and whatever the suite's data
//! cites exists.

use serde_json::Value;

use super::{assert_none, documents, suite};
use crate::data;

/// How many readings there are.
const ALL: u16 = 253;

#[test]
fn readings_are_numbered_without_a_gap_and_stand_where_their_documents_have_them() {
    let (suite, documents) = (suite(), documents());
    let numbers: Vec<_> = suite.readings.keys().copied().collect();
    assert_eq!(numbers, (1..=ALL).collect::<Vec<_>>());
    let mut faults = Vec::new();
    for reading in suite.readings.values() {
        for passage in &reading.passages {
            let document = documents.documents.iter().find(|each| each.id == passage.document);
            let heading = passage.heading.as_ref();
            let is_there = document
                .is_some_and(|document| heading.is_none_or(|it| document.headings.contains(it)));
            if !is_there {
                faults.push(format!("reading {}: {passage:?} is nowhere", reading.number));
            }
        }
        if reading.see.contains(&reading.number) {
            faults.push(format!("reading {} refers to itself", reading.number));
        }
    }
    assert_none(faults);
}

/// A vendor looks up the number that a failure cites, and finds a reading.
#[test]
fn every_number_that_the_data_cites_is_a_reading() {
    let suite = suite();
    let mut faults = Vec::new();
    let mut cited = 0;
    for (path, bytes) in data::FILES.iter().filter(|(path, _)| path.ends_with(".json")) {
        let mut numbers = Vec::new();
        // A schema's words for what a reading is are no citation.
        if !path.starts_with("schemas/") {
            collect(&serde_json::from_slice(bytes).unwrap(), &mut numbers);
        }
        cited += numbers.len();
        let unknown = numbers.iter().filter(|number| {
            !u16::try_from(**number).is_ok_and(|number| suite.readings.contains_key(&number))
        });
        faults.extend(unknown.map(|number| format!("{path} cites reading {number}")));
    }
    assert!(cited > 1000, "only {cited} citations were found");
    assert_none(faults);
}

/// Collects the numbers of the members that cite readings.
fn collect(value: &Value, numbers: &mut Vec<u64>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, numbers)),
        Value::Object(members) => {
            for (name, member) in members {
                match name.as_str() {
                    // Of a fault's `advisory`, a flag is none.
                    "readings" | "reading" | "restored" | "see" | "advisory" => {
                        numbers.extend(member.as_u64());
                        numbers.extend(
                            member.as_array().into_iter().flatten().filter_map(Value::as_u64),
                        );
                    }
                    "skip" => {
                        let members = member.as_object().into_iter().flat_map(|it| it.values());
                        numbers.extend(members.filter_map(Value::as_u64));
                    }
                    _ => {}
                }
                collect(member, numbers);
            }
        }
        _ => {}
    }
}
