//! Steps in words.

use std::collections::BTreeMap;

use super::expected::expected;
use super::listed;
use super::page::Page;
use crate::harness::api::Draw;
use crate::harness::suite::{
    BodyIn, Capture, Condition, Contents, Control, Credentials, Listen, OwnRequest, Step,
    StepRequest,
};

/// Adds a step: when it is taken, what is sent, what is expected and what is kept.
pub(super) fn step(page: &mut Page, suite: &Contents, number: usize, step: &Step) {
    page.heading(&format!("{number}. {}", step.name));
    if !step.draw.is_empty() {
        page.paragraph(5, &format!("Draws {}.", drawn(&step.draw)));
    }
    if let Some(condition) = &step.only_if {
        page.paragraph(5, &format!("Only if {}.", condition_words(condition)));
    }
    if let Some(each) = &step.for_each {
        let at = if each.at.is_empty() { "the answer" } else { each.at.as_str() };
        page.paragraph(5, &format!("For each element or member of {at} of step `{}`.", each.step));
    }
    if let Some(times) = step.repeat {
        page.paragraph(5, &format!("{times} times."));
    }
    if let Some(times) = step.simultaneous {
        page.paragraph(5, &format!("{times} times at one time."));
    }
    for (place, way) in step.requests.iter().enumerate() {
        let label = if place == 0 { "sends    " } else { "or       " };
        page.labelled(5, label, &sent(suite, way));
    }
    if step.requests.len() > 1 {
        page.paragraph(14, "The first that is answered 2xx counts, or else the first.");
    }
    if step.pages {
        page.paragraph(14, "The pages that follow belong to the answer.");
    }
    match &step.control {
        Some(Control::Step(name)) => page.labelled(
            5,
            "beside   ",
            &format!("its refusal counts only where step `{name}` was accepted"),
        ),
        Some(Control::None(none)) => {
            page.labelled(5, "beside   ", &format!("nothing: {}", none.why))
        }
        None => {}
    }
    if let Some(shared) = &step.shared {
        let words = format!("one such request, `{}`, is sent in a run for all cases", shared.name);
        page.labelled(5, "shared   ", &words);
    }
    for expectation in &step.expect {
        page.labelled(5, "expects  ", &expected(suite, expectation));
    }
    for (name, capture) in &step.capture {
        page.labelled(5, "keeps    ", &kept(name, capture));
    }
}

/// Returns what is drawn, each with its name.
pub(super) fn drawn(draw: &BTreeMap<String, Draw>) -> String {
    let words = |(name, draw): (&String, &Draw)| {
        let kind = match draw {
            Draw::CustomerNo => "a customer number".to_owned(),
            Draw::Personnummer => "a Swedish personal number".to_owned(),
            Draw::Fodselsnummer => "a Norwegian identity number".to_owned(),
            Draw::Guid => "a GUID".to_owned(),
            Draw::Word => "a word of eight letters".to_owned(),
            Draw::VatNo => "a Swedish VAT number".to_owned(),
            Draw::EmailAddress(length) => format!("an e-mail address of {length} characters"),
            Draw::Msisdn(length) => format!("a telephone number of {length} characters"),
            Draw::Callback => "a callback at the run's listener".to_owned(),
            Draw::Text(length) => format!("a text of {length} characters"),
        };
        format!("{kind} as {name}")
    };
    listed(draw.iter().map(words), "and")
}

fn condition_words(condition: &Condition) -> String {
    let Condition { step, status, captured, missing, differ } = condition;
    let mut words = Vec::new();
    match (step, status) {
        (Some(step), Some(status)) => {
            words.push(format!("step `{step}` was answered {}", status.words()));
        }
        (Some(step), None) => words.push(format!("step `{step}` was taken")),
        (None, _) => {}
    }
    words.extend(captured.iter().map(|name| format!("there is a value for {name}")));
    words.extend(differ.iter().map(|[one, other]| format!("{one} and {other} are not the same")));
    words.extend(missing.iter().map(|name| format!("there is no value for {name}")));
    listed(words, "and")
}

fn sent(suite: &Contents, request: &StepRequest) -> String {
    match request {
        StepRequest::Replay(name) => {
            let printed = suite.examples.get(name);
            let line = printed.and_then(|example| example.request.as_ref());
            let line = line.map(|it| format!("{} {}", it.method, it.path)).unwrap_or_default();
            let place = printed.map(|it| format!("document {} › {}", it.document, it.heading));
            format!("{line}, as printed in {}", place.unwrap_or_default())
        }
        StepRequest::Own(own) => own_request(own),
        StepRequest::Listen(listen) => listened(listen),
    }
}

/// Returns what is asked of the listener.
fn listened(listen: &Listen) -> String {
    let mut text = format!("nothing, and asks what was heard at {}", listen.at);
    text.extend(listen.about.iter().map(|id| format!(" of {id}")));
    if let Some(until) = &listen.until {
        let says = until.says.iter().map(|(at, value)| format!("{at} is {value}"));
        text.push_str(&format!(
            ", once {} there in which {}",
            calls(until.times),
            listed(says, "and")
        ));
    }
    if !listen.answers.is_empty() {
        let answers = listed(listen.answers.iter().map(u16::to_string), "and");
        text.push_str(&format!("; the next calls are answered {answers}, all others 201"));
    }
    text.extend(listen.asks.iter().map(|path| format!("; each call is answered after GET {path}")));
    if listen.only {
        text.push_str("; of these alone");
    }
    if listen.afresh {
        text.push_str("; what was heard is left out from then on");
    }
    text
}

fn calls(times: usize) -> String {
    match times {
        1 => "a call is".to_owned(),
        times => format!("{times} calls are"),
    }
}

fn own_request(request: &OwnRequest) -> String {
    let mut text = request.method.clone();
    let path = if request.path.is_empty() { "the root of the API" } else { request.path.as_str() };
    text.push_str(&format!(" {path}"));
    text.extend(request.query.iter().map(|query| format!("?{query}")));
    for (name, value) in &request.headers {
        match value {
            Some(value) => text.push_str(&format!(", with {name}: {value}")),
            None => text.push_str(&format!(", without {name}")),
        }
    }
    match request.credentials {
        Credentials::Own => {}
        Credentials::None => text.push_str(", without credentials"),
        Credentials::Invalid => text.push_str(", with credentials that are wrong"),
        Credentials::OtherLedger => text.push_str(", with the token of another ledger"),
    }
    text.extend(request.accept.iter().map(|format| format!(", asking for {format}")));
    let body = request.body.as_ref().map(|body| body.to_string());
    if let Some(body) = body.or_else(|| request.text.clone()) {
        let format = request.format.map(|format| format!(" as {format}")).unwrap_or_default();
        let place = if request.body_in == BodyIn::Query { " in the query" } else { "" };
        text.push_str(&format!(", with{format}{place} {body}"));
    }
    text
}

fn kept(name: &str, capture: &Capture) -> String {
    let at = match capture.at.as_str() {
        "" => "the answer",
        at => at,
    };
    let mut text = format!("{at} as {name}");
    if let Some(within) = &capture.within {
        let with = capture.with.iter().map(|(at, value)| format!("{at} is {value}"));
        let with = listed(with, "and");
        let with = if with.is_empty() { with } else { format!(" in which {with}") };
        text.push_str(&format!(", of the element of {within}{with}"));
    }
    if capture.optional {
        text.push_str(", if it is there");
    }
    text
}
