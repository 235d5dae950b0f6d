//! The verdict of the last run of the judge, from the report that it wrote.

use std::io::BufReader;
use std::path::{Path, PathBuf};

use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::View;
use super::look::Look;
use super::shell::refusal;
use crate::input::file;

/// So many causes, and cases of each, are shown; the report has all.
const MOST: usize = 20;

/// A report, as far as it is shown.
#[derive(Deserialize)]
struct Report {
    verdict: String,
    /// What was not applicable to a target that conforms.
    without: Vec<String>,
    started: String,
    target: Target,
    /// How many cases ended in each way.
    counts: Map<String, Value>,
    #[serde(default)]
    causes: Vec<Cause>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Target {
    base: String,
    product: Option<String>,
    version: Option<String>,
}

/// What probably made cases fail.
#[derive(Deserialize)]
struct Cause {
    difference: String,
    operations: Vec<String>,
    status: u16,
    said: Option<String>,
    cases: Vec<String>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    title: String,
    verdict: String,
    reason: Option<String>,
}

/// Returns what the report says: its file is read at each look, so that a new run shows.
pub(super) async fn view(look: &Look<'_>, report: Option<&Path>) -> View {
    let main = match report {
        None => html! {
            p { "The server was given no report. Start it with " code { "--report report.json" }
                ", and judge with " code { "etalon certify URL --report json=report.json" } "." }
        },
        // What was sent to another server is not for everybody who reaches this one.
        Some(_) if !look.is_administrator() => refusal(
            "The report is for the administrator: give the admin token above, the one that the \
             server printed when it started, or that --admin-token gave it.",
        ),
        Some(path) => match read(path.to_owned()).await {
            Ok(report) => shown(&report),
            Err(sentence) => refusal(&sentence),
        },
    };
    View::new("Verdict", main)
}

/// Reads a report off the threads that serve.
async fn read(path: PathBuf) -> Result<Report, String> {
    let reading = tokio::task::spawn_blocking(move || {
        let shown = path.display();
        let opened = file::open(&path)
            .map_err(|error| format!("The report {shown} cannot be read: {error}."))?;
        let read = serde_json::from_reader(BufReader::new(opened));
        read.map_err(|error| format!("{shown} is no report in JSON: {error}."))
    });
    reading.await.unwrap_or_else(|error| Err(error.to_string()))
}

fn shown(report: &Report) -> Markup {
    let Target { base, product, version } = &report.target;
    let failed: Vec<_> = report.cases.iter().filter(|case| is_broken(&case.verdict)).collect();
    html! {
        p .verdict {
            (report.verdict)
            @if !report.without.is_empty() { " (without " (report.without.join(", ")) ")" }
        }
        dl {
            div { dt { "Target" } dd { (base) } }
            @if let Some(product) = product {
                div { dt { "Product" } dd { (product) " " (version.as_deref().unwrap_or_default()) } }
            }
            div { dt { "Started" } dd { (report.started) } }
            @for (verdict, count) in &report.counts {
                @if count.as_u64() != Some(0) { div { dt { (verdict) } dd { (count) } } }
            }
        }
        @if !report.causes.is_empty() {
            section {
                h2 { "Probable causes" }
                ol {
                    @for cause in report.causes.iter().take(MOST) {
                        li {
                            p { (cause.difference) }
                            p .quiet {
                                code { (cause.operations.first().map_or("", String::as_str)) }
                                " answered " (cause.status)
                                @if let Some(said) = &cause.said { ", it said: " (said) }
                            }
                            p .quiet { (count(cause.cases.len(), "case")) " by it, such as "
                                (cause.cases.first().map_or("", String::as_str)) }
                        }
                    }
                }
                @if let Some(more) = more(report.causes.len()) { p { (more) } }
            }
        }
        @if !failed.is_empty() {
            section {
                h2 { "What did not pass" }
                table {
                    caption { "Cases that did not pass" }
                    thead { tr { th scope="col" { "Case" } th scope="col" { "Verdict" } th scope="col" { "What it judges" } th scope="col" { "Why" } } }
                    tbody {
                        @for case in failed.iter().take(MOST) {
                            tr {
                                th scope="row" { (case.id) }
                                td { (case.verdict) }
                                td { (case.title) }
                                td { (case.reason.as_deref().unwrap_or_default()) }
                            }
                        }
                    }
                }
                @if let Some(more) = more(failed.len()) { p { (more) } }
            }
        }
    }
}

/// Returns whether a verdict of a case is one that its run is judged by.
fn is_broken(verdict: &str) -> bool {
    !matches!(verdict, "pass" | "advisory" | "not-applicable")
}

/// Returns how many of `all` are not shown, if any.
fn more(all: usize) -> Option<String> {
    let more = all.checked_sub(MOST).filter(|more| *more > 0)?;
    Some(format!("… and {more} more, which are in the report."))
}

fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
