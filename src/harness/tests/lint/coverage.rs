//! Completeness: what the documents hold is cited, and what is cited is judged.

use std::collections::HashSet;

use super::{assert_none, documents, entries, expectations, shapes, suite};
use crate::harness::suite::{Case, Clause, ClauseStatus, StepRequest, Suite};

/// The clauses that cases or shapes, and not only preludes, judge.
fn judged(suite: &Suite) -> HashSet<&str> {
    let formal =
        shapes(suite).flat_map(|(_, shape)| &shape.expect).map(|each| each.clause.as_str());
    suite.cases.iter().flat_map(Case::clauses).chain(formal).collect()
}

#[test]
fn every_expectation_cites_a_checked_clause_and_every_checked_clause_is_judged() {
    let suite = suite();
    let mut faults = Vec::new();
    for (place, expectation) in expectations(&suite) {
        match suite.clause(&expectation.clause) {
            None => faults.push(format!("{place}: there is no clause {}", expectation.clause)),
            Some(clause) if clause.status != ClauseStatus::Checked => {
                faults.push(format!("{place}: {} says that it is not checked", clause.id));
            }
            Some(_) => {}
        }
    }
    let judged = judged(&suite);
    for clause in suite.clauses.values() {
        match clause.status {
            ClauseStatus::Checked if !judged.contains(clause.id.as_str()) => {
                faults.push(format!("{} is checked by no case", clause.id));
            }
            ClauseStatus::Checked => {}
            ClauseStatus::Unobservable | ClauseStatus::Contradictory | ClauseStatus::OutOfScope
                if clause.reason.is_none() =>
            {
                faults.push(format!("{} does not say why it is not checked", clause.id));
            }
            _ => {}
        }
    }
    assert_none(faults);
}

#[test]
fn clauses_cite_what_the_documents_hold_where_they_hold_it() {
    let (suite, documents) = (suite(), documents());
    let known: HashSet<String> = entries(&documents).into_iter().collect();
    let mut faults = Vec::new();
    for document in &documents.documents {
        let tables = document.tables.iter().map(|each| (&each.id, &each.heading));
        let exchanges = document.exchanges.iter().map(|each| (&each.id, &each.heading));
        let sentences = document.sentences.iter().map(|each| (&each.id, &each.heading));
        for (id, heading) in tables.chain(exchanges).chain(sentences) {
            if !document.headings.contains(heading) {
                faults.push(format!("{id} stands under `{heading}`, which its document has not"));
            }
        }
    }
    for clause in suite.clauses.values() {
        for cite in clause.cites.iter().filter(|cite| !known.contains(*cite)) {
            faults.push(format!("{} cites {cite}, which is in no document", clause.id));
        }
        let document = documents.documents.iter().find(|each| each.id == clause.document);
        if !document.is_some_and(|document| document.headings.contains(&clause.heading)) {
            let Clause { id, document, heading, .. } = clause;
            faults.push(format!("{id} stands under `{heading}`, which {document} has not"));
        }
    }
    assert_none(faults);
}

#[test]
fn every_entry_of_the_inventory_is_cited() {
    let (suite, documents) = (suite(), documents());
    let cited: HashSet<&String> = suite.clauses.values().flat_map(|clause| &clause.cites).collect();
    let entries = entries(&documents);
    assert!(entries.len() > 500, "{}", entries.len());
    let uncited = entries.iter().filter(|entry| !cited.contains(entry));
    assert_none(uncited.map(|entry| format!("no clause cites {entry}")).collect());
}

/// An expectation that is advisory never breaks a requirement, however often its clause is cited.
#[test]
fn every_requirement_is_judged_as_one() {
    let suite = suite();
    let cases = suite.cases.iter().flat_map(|case| &case.steps).flat_map(|step| &step.expect);
    let shapes = suite.shapes.values().flatten().flat_map(|shape| &shape.expect);
    let required: HashSet<&str> = cases
        .chain(shapes)
        .filter(|expectation| !expectation.advisory)
        .map(|expectation| expectation.clause.as_str())
        .collect();
    let checked = suite.clauses.values().filter(|clause| clause.status == ClauseStatus::Checked);
    let neglected = checked.filter(|clause| !required.contains(clause.id.as_str()));
    assert_none(neglected.map(|clause| format!("{} is only advisory", clause.id)).collect());
}

#[test]
fn every_documented_exchange_and_problem_is_cited_and_reached() {
    let (suite, documents) = (suite(), documents());
    let judged = judged(&suite);
    let mut faults = Vec::new();
    for document in &documents.documents {
        let exchanges = document.exchanges.iter().map(|each| &each.id);
        for id in exchanges.chain(document.problems.iter().map(|each| &each.id)) {
            let citing: Vec<_> =
                suite.clauses.values().filter(|clause| clause.cites.contains(id)).collect();
            if citing.is_empty() {
                faults.push(format!("no clause cites {id}"));
            } else if !citing.iter().any(|clause| judged.contains(clause.id.as_str())) {
                faults.push(format!("no case judges a clause that cites {id}"));
            }
        }
        for exchange in &document.exchanges {
            match suite.examples.get(&exchange.example) {
                None => faults.push(format!("{} names no example", exchange.id)),
                Some(example) if example.document != document.id => {
                    faults.push(format!("{} is of document {}", example.example, example.document));
                }
                Some(_) => {}
            }
        }
    }
    assert_none(faults);
}

#[test]
fn every_example_is_replayed_and_stands_under_a_heading_of_its_document() {
    let (suite, documents) = (suite(), documents());
    let mut replayed = HashSet::new();
    let mut faults = Vec::new();
    for case in &suite.cases {
        for request in case.steps.iter().flat_map(|step| &step.requests) {
            let StepRequest::Replay(name) = request else { continue };
            match suite.examples.get(name).map(|example| &example.request) {
                Some(Some(_)) => drop(replayed.insert(name.as_str())),
                _ => faults.push(format!("{}: there is no request {name}", case.id)),
            }
        }
    }
    for example in suite.examples.values() {
        // A problem block is a response alone: it has nothing to replay.
        if example.request.is_some() && !replayed.contains(example.example.as_str()) {
            faults.push(format!("{} is replayed by no case", example.example));
        }
        let document = documents.documents.iter().find(|each| each.id == example.document);
        let under = |heading: &String| example.heading.split(" › ").any(|part| part == heading);
        if !document.is_some_and(|document| document.headings.iter().any(under)) {
            faults.push(format!("{} stands under `{}`", example.example, example.heading));
        }
    }
    assert_none(faults);
}

/// On a target that names identifiers of its own, nothing else of such a case could be judged, so
/// that it would be blocked, and the target could never conform.
#[test]
fn no_case_needs_the_values_of_the_fixtures_for_all_that_it_expects() {
    let suite = suite();
    let mut faults = Vec::new();
    for case in &suite.cases {
        let mut expectations = case.steps.iter().flat_map(|step| &step.expect);
        if expectations.all(|each| each.fixture) {
            faults.push(format!("{} expects nothing but the fixtures' values", case.id));
        }
    }
    assert_none(faults);
}
