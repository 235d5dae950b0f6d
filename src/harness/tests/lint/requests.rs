//! Requests and expectations that fit their API: its formats, its credentials, its identifiers.

use serde_json::Value;

use super::{assert_none, suite, without_variables};
use crate::harness::api::{Api, Draw, Format};
use crate::harness::suite::{
    Case, Check, Credentials, Needs, OwnRequest, Step, StepRequest, Suite, UNDOCUMENTED, draws,
    is_safe_method,
};
use crate::harness::wire::is_name;

/// The steps of every case and every prelude, each with its API and where it stands.
fn steps(suite: &Suite) -> Vec<(&Api, String, &Step)> {
    let cases = suite.cases.iter().map(|case| (case.api(), case.id.as_str(), &case.steps));
    let given = suite.given.iter().flat_map(|(api, given)| {
        given.iter().map(move |(name, given)| (api.as_str(), name.as_str(), &given.steps))
    });
    let mut all = Vec::new();
    for (api, id, steps) in cases.chain(given) {
        let api = Api::named(api).unwrap_or_else(|| panic!("{id} is of no API"));
        all.extend(steps.iter().map(|step| (api, format!("{id}, step {}", step.name), step)));
    }
    all
}

#[test]
fn what_is_sent_and_expected_is_in_a_format_of_the_api() {
    let suite = suite();
    let mut faults = Vec::new();
    for (api, place, step) in steps(&suite) {
        let has = |format: Format| api.formats.iter().any(|(known, _)| *known == format);
        for request in &step.requests {
            let StepRequest::Own(send) = request else { continue };
            for format in send.format.iter().chain(&send.accept).filter(|format| !has(**format)) {
                faults.push(format!("{place}: {} has no {format}", api.name));
            }
            faults.extend(misshapen(send).map(|fault| format!("{place}: {fault}")));
        }
        for expectation in &step.expect {
            match expectation.check {
                Check::Format(format) if !has(format) => {
                    faults.push(format!("{place}: {} has no {format}", api.name));
                }
                _ => {}
            }
        }
    }
    assert_none(faults);
}

/// Who forgets the mark has his record judged by every later case, of later runs too.
#[test]
fn what_an_undocumented_case_makes_is_marked() {
    let suite = suite();
    let mut seen = 0;
    let mut faults = Vec::new();
    for case in suite.cases.iter().filter(|case| case.undocumented) {
        seen += 1;
        for step in &case.steps {
            for request in &step.requests {
                let marked = match request {
                    StepRequest::Own(send) if !is_safe_method(&send.method) => send
                        .body
                        .as_ref()
                        .is_some_and(|body| body.to_string().contains(UNDOCUMENTED)),
                    StepRequest::Own(_) | StepRequest::Listen(_) => true,
                    StepRequest::Replay(_) => false,
                };
                if !marked {
                    faults.push(format!("{}, step {}: it has no mark", case.id, step.name));
                }
            }
        }
    }
    assert!(seen > 0);
    assert_none(faults);
}

/// Why a body cannot be written as the step says, or says what its format has no use for.
fn misshapen(send: &OwnRequest) -> Option<String> {
    let format = send.format.unwrap_or(Format::Json);
    if format != Format::Xml && (send.root.is_some() || send.members.is_some()) {
        return Some(format!("{format} has neither root nor members"));
    }
    if let Some(root) = send.root.as_ref().filter(|root| !is_name(root)) {
        return Some(format!("`{root}` is no name of an element"));
    }
    if send.format.is_some() && send.body.is_none() && send.text.is_none() {
        return Some("it has a format and nothing to write in it".to_owned());
    }
    format.write(&without_variables(send.body.as_ref()?), send.shape()).err()
}

/// A provider of few currencies refuses the others, and no document says which it must know.
#[test]
fn accounts_and_charges_are_in_currencies_that_the_document_shows() {
    fn codes<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("currencyCode").and_then(Value::as_str));
                members.values().for_each(|member| codes(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| codes(item, found)),
            _ => {}
        }
    }
    let suite = suite();
    let mut faults = Vec::new();
    for (_, place, step) in steps(&suite).iter().filter(|(api, ..)| api.name == "tmf") {
        for request in &step.requests {
            let StepRequest::Own(send) = request else { continue };
            let mut found = Vec::new();
            send.body.iter().for_each(|body| codes(body, &mut found));
            let other = found.into_iter().filter(|code| !["EUR", "USD"].contains(code));
            faults.extend(other.map(|code| format!("{place}: {code}")));
        }
    }
    assert_none(faults);
}

#[test]
fn a_case_of_an_api_without_ledgers_asks_for_none() {
    let suite = suite();
    let mut faults = Vec::new();
    let without = |case: &&Case| !Api::named(case.api()).is_some_and(Api::has_ledgers);
    for case in suite.cases.iter().filter(without) {
        if case.ledger != Needs::default() || case.other_ledger {
            faults.push(format!("{} asks for a ledger", case.id));
        }
        let given = case.given.iter().filter_map(|name| suite.given(case.api(), name));
        let draws = given.flat_map(|given| given.draw.values()).chain(case.draw.values());
        let is_of_any =
            |draw: &&Draw| matches!(draw, Draw::Word | Draw::Guid | Draw::Text(_) | Draw::Callback);
        for draw in draws.filter(|draw| !is_of_any(draw)) {
            faults.push(format!("{} draws a {draw:?}, which its API has not", case.id));
        }
    }
    for (api, place, step) in steps(&suite).into_iter().filter(|(api, ..)| !api.has_ledgers()) {
        let foreign = |request: &StepRequest| matches!(request, StepRequest::Own(send) if send.credentials == Credentials::OtherLedger);
        if step.requests.iter().any(foreign) {
            faults.push(format!("{place}: {} has no other ledger", api.name));
        }
    }
    assert_none(faults);
}

/// A hub may take one listener alone: a case that registers one waits for those that do, by the state
/// that they share and change.
#[test]
fn cases_that_listen_take_their_turns() {
    let suite = suite();
    let listens = |case: &&Case| draws(&suite, case).any(|draw| draw == Draw::Callback);
    let listening: Vec<_> = suite.cases.iter().filter(listens).collect();
    assert!(listening.len() > 5, "{}", listening.len());
    let first = listening.first().and_then(|case| case.state.as_ref());
    let other =
        listening.iter().filter(|case| case.state.is_none() || case.state.as_ref() != first);
    assert_none(other.map(|case| format!("{} starts from another state", case.id)).collect());
}
