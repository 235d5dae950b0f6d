//! Expectations in words.

use super::listed;
use crate::harness::suite::{
    Bond, Check, Contents, Expectation, HeaderCheck, Level, Printed, ProblemCheck, Relation,
    SameAs, Total, Totals,
};

/// Returns an expectation in words: its level, its clause, and what is expected of the answer.
pub(super) fn expected(suite: &Contents, expectation: &Expectation) -> String {
    let level = suite.clause(&expectation.clause).map(|clause| expectation.level(clause));
    let level = level.unwrap_or(Level::Must).name();
    let mut text = format!("{level} ({}): ", expectation.clause);
    if let Some(when) = &expectation.when {
        text.push_str(&format!("where it is answered {}, ", when.words()));
    }
    if expectation.fixture {
        text.push_str("where the suite's records are loaded, ");
    }
    text.push_str(&check(&expectation.check));
    text
}

fn check(check: &Check) -> String {
    match check {
        Check::Status(statuses) => format!("the status is {}", statuses.words()),
        Check::Printed(Printed::Status) => "the status is the printed one".to_owned(),
        Check::Printed(Printed::Headers) => "the headers are the printed ones".to_owned(),
        Check::Printed(Printed::Body) => "the body has what is printed".to_owned(),
        Check::Media(media) => format!("the Content-Type is {media}"),
        Check::Format(format) => format!("the body is valid {format}"),
        Check::Header(check) => header(check),
        Check::Schema(name) => format!("the body has the form of schemas/{name}.json"),
        Check::Body { at, matcher } => matcher.sentences(at).join("; "),
        Check::Problem(check) => problem(check),
        Check::SameAs(same) => same_as(same),
        Check::Relation(bond) => relation(bond),
    }
}

fn header(check: &HeaderCheck) -> String {
    let HeaderCheck { name, link, contains } = check;
    let mut text = format!("the header {name} is there");
    text.extend(link.iter().map(|link| format!(" and leads to {link}")));
    text.extend(contains.iter().map(|part| format!(" and contains {part}")));
    text
}

fn problem(check: &ProblemCheck) -> String {
    let ProblemCheck { status, code, parameter, otherwise } = check;
    let mut text = "it is a problem".to_owned();
    text.extend(status.iter().map(|status| format!(" with the status {}", status.words())));
    if !code.0.is_empty() {
        text.push_str(&format!(" of the code {}", listed(&code.0, "or")));
    }
    if !parameter.0.is_empty() {
        text.push_str(&format!(" that names {}", listed(&parameter.0, "or")));
    }
    text.extend(otherwise.iter().map(|status| format!(", or the status is {}", status.words())));
    text
}

fn same_as(same: &SameAs) -> String {
    let SameAs { step, at, from, members, without } = same;
    let mut text = match at.as_str() {
        "" => "the body".to_owned(),
        at => at.to_owned(),
    };
    text.push_str(&format!(" is what it was in step `{step}`"));
    text.extend(
        from.iter().map(|from| format!(" at {}", if from.is_empty() { "its root" } else { from })),
    );
    if !members.is_empty() {
        text.push_str(&format!(", as to {}", listed(members, "and")));
    }
    if !without.is_empty() {
        text.push_str(&format!(", but for {}", listed(without, "and")));
    }
    text
}

fn relation(relation: &Relation) -> String {
    let here = if relation.at.is_empty() { "the body" } else { relation.at.as_str() };
    let steps = relation.steps.iter().map(|step| format!("`{step}`"));
    let from = relation.from.as_ref().filter(|from| !from.is_empty());
    let from = from.map(|from| format!("{from} in ")).unwrap_or_default();
    let there = format!("{from}step {}", listed(steps, "and"));
    let mut text = match relation.is {
        Bond::Differs => format!("{here} is not that of {there}"),
        Bond::Element => format!("{here} is an element of {there}"),
        Bond::Part => format!("each element of {here} is one of {there}"),
        Bond::Disjoint => format!("no element of {here} is one of {there}"),
        Bond::Union => format!("the elements of {here} are those of {there}, each once"),
        Bond::Distinct => format!("no element of {here} stands there twice"),
        Bond::Grown => format!("{here} has one element more than {there}"),
        Bond::Projection => format!("{here} is {there} with nothing but the chosen members"),
        Bond::Totals => format!("{here} sums up {there}"),
    };
    text.extend(relation.totals.iter().map(totals));
    text.extend(relation.by.iter().map(|by| format!(", told apart by {by}")));
    if !relation.members.is_empty() {
        text.push_str(&format!(", as to {}", listed(&relation.members, "and")));
    }
    if !relation.also.is_empty() {
        text.push_str(&format!(", and perhaps {}", listed(&relation.also, "and")));
    }
    if !relation.chosen.is_empty() {
        let chosen = relation.chosen.iter().map(|(at, value)| format!("{at} is {value}"));
        text.push_str(&format!(", of those in which {}", listed(chosen, "and")));
    }
    text
}

fn totals(totals: &Totals) -> String {
    let Totals { group, member, is, of, unit, vat } = totals;
    let taken = match is {
        Total::Sum => format!("the exact sum of {of}"),
        Total::Amount => format!("the sum of {of}, within 0.005"),
        Total::Count => "the number".to_owned(),
        Total::Earliest => format!("the earliest {of}"),
        Total::Latest => format!("the latest {of}"),
        Total::Same => format!("the {of} that all have"),
    };
    let mut text = format!(": for each {group}, {member} is {taken}");
    text.extend(vat.iter().map(|vat| format!(", with the VAT of {vat} or without")));
    text.extend(unit.iter().map(|unit| format!(", where all have one {unit}")));
    text
}
