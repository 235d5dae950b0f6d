//! A case in words: where it comes from, what it needs, and its steps.

use super::page::Page;
use super::{listed, step};
use crate::harness::api::Api;
use crate::harness::report::style::Style;
use crate::harness::suite::{Case, Contents, CustomerNoMode, Origin};

/// Returns a case in words.
pub fn case(suite: &Contents, case: &Case, style: Style) -> String {
    let mut page = Page::new(style, "case", case.id());
    page.paragraph(2, &format!("{}.", case.title()));
    page.line(0, "");
    page.labelled(2, "comes from  ", &origin(case));
    if let Some(needs) = needs(case) {
        page.labelled(2, "needs       ", &needs);
    }
    if let Some((name, state)) =
        case.state.as_ref().and_then(|name| Some((name, suite.states.get(name)?)))
    {
        page.labelled(2, "starts from ", &format!("{} ({name})", state.means));
    }
    if let Some(supply) = &case.spends {
        page.labelled(2, "uses up     ", &format!("one of the {}", supply.what));
    }
    if !case.draw.is_empty() {
        page.labelled(2, "draws       ", &step::drawn(&case.draw));
    }
    for name in &case.given {
        let Some(given) = suite.given(case.api(), name) else { continue };
        let drawn = match given.draw.is_empty() {
            true => String::new(),
            false => format!(", and draws {}", step::drawn(&given.draw)),
        };
        let steps = given.steps.iter().map(|step| format!("`{}`", step.name));
        let words = format!("{name}: it takes {}{drawn}", listed(steps, "and"));
        page.labelled(2, "given       ", &words);
    }
    if case.undocumented {
        let words = "What it sends has names that the document does not give there, so that nothing \
                     that comes of it is required (reading 154).";
        page.labelled(2, "            ", words);
    }
    for (place, each) in case.steps.iter().enumerate() {
        step::step(&mut page, suite, place + 1, each);
    }
    page.heading("judges");
    for clause in suite.clauses_of(case) {
        let mut words = format!("{}: {}", clause.id, clause.requires);
        if let Some(unless) = &clause.unless {
            words.push_str(&format!(" (A run is whole without a verdict on it where {unless}.)"));
        }
        page.labelled(4, &format!("{:7}", clause.level.name()), &words);
    }
    page.finish()
}

/// Returns where a case comes from: the file, the line, and how it was made.
fn origin(case: &Case) -> String {
    let line = case.line().map(|line| format!(", line {line}")).unwrap_or_default();
    let made = match case.origin() {
        Origin::Written => "written: it stands there as it is",
        Origin::Law => "a law: it stands there once for all resources",
        Origin::Generated => "generated from a row of a document's table, by the plan there",
    };
    format!("{}{line} ({made})", case.file())
}

/// Returns what a case needs of the target.
fn needs(case: &Case) -> Option<String> {
    let mut needs = Vec::new();
    if Api::named(case.api()).is_some_and(Api::has_ledgers) {
        let needed = &case.ledger;
        needs.push(match needed.customer_no_mode {
            CustomerNoMode::Assigned => "a ledger whose clients number the customers".to_owned(),
            CustomerNoMode::Generated => "a ledger that numbers its customers itself".to_owned(),
        });
        needs.extend(needed.grants.iter().map(|grant| format!("its grant {grant}")));
        needs.extend(needed.lacks.iter().map(|grant| format!("that it lacks the grant {grant}")));
        needs.extend(needed.country.iter().map(|country| format!("that it is of {country}")));
        needs.extend(case.other_ledger.then(|| "another ledger".to_owned()));
    }
    (!needs.is_empty()).then(|| listed(needs, "and"))
}
