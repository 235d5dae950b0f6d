//! The report as one HTML file for a reader: it loads nothing, is whole without script, and is as
//! good on a phone and on paper as at a desk.

mod anchor;
mod answer;
mod behind;
mod body;
mod case;
mod causes;
mod clause;
mod counts;
mod exchange;
mod facts;
mod mark;
mod markup;
mod matrix;
mod notes;
mod policy;
#[cfg(test)]
mod tests;

use std::fmt::Display;

use crate::harness::outcome::RunReport;
use crate::harness::suite::Suite;
use markup::{Markup, put};

/// Returns the whole report.
pub fn html(run: &RunReport, suite: &Suite) -> String {
    let mut page = Markup::default();
    head(&mut page, run);
    put!(page, "<body>\n<header class=\"top\"><div class=\"wide\">\n");
    facts::verdict(&mut page, run);
    put!(page, "</div></header>\n<main class=\"wide\">\n");
    causes::causes(&mut page, run, suite);
    facts::facts(&mut page, run);
    counts::counts(&mut page, run);
    notes::known(&mut page, run);
    notes::lacks(&mut page, run, suite);
    matrix::matrix(&mut page, run, suite);
    clause::broken(&mut page, run, suite);
    case::cases(&mut page, run, suite);
    notes::choices(&mut page, run, suite);
    notes::notes(&mut page, run);
    clause::register(&mut page, run, suite);
    behind::readings(&mut page, run, suite);
    behind::exchanges(&mut page, run, suite);
    put!(page, "</main>\n<footer class=\"wide\"><p>Written by etalon " (env!("CARGO_PKG_VERSION"))
        ". This file is whole: it loads nothing and sends nothing.</p></footer>\n<script>");
    page.ours(policy::SCRIPT);
    put!(page, "</script>\n</body>\n</html>\n");
    page.finish()
}

fn head(page: &mut Markup, run: &RunReport) {
    put!(page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"" (policy::policy()) "\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<meta name=\"referrer\" content=\"no-referrer\">\n"
        "<title>" (run.headline()) " · " (facts::base(run)) "</title>\n<style>");
    page.ours(policy::STYLE);
    put!(page, "</style>\n</head>\n");
}

/// Joins texts with `between` between them.
fn joined<T: Display>(parts: impl IntoIterator<Item = T>, between: &str) -> String {
    let parts: Vec<_> = parts.into_iter().map(|part| part.to_string()).collect();
    parts.join(between)
}
