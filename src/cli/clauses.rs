//! `etalon clauses`: every requirement of the documents, and what judges it.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::str::FromStr;

use etalon::harness::Coverage;
use etalon::harness::{APIS, Api, Clause, ClauseStatus, Contents, Exit, Level};
use serde_json::{Value, json};

use super::output::{Format, print, print_json};
use super::{USAGE, complain};

/// Arguments of `etalon clauses`.
#[derive(clap::Args)]
pub struct Args {
    /// Parts of clause ids, to list only those; several mean any of them.
    #[arg(value_name = "FILTER")]
    filters: Vec<String>,
    /// The APIs whose clauses are listed; without any, all.
    #[arg(long, value_name = "A,B", value_delimiter = ',', value_parser = known_api)]
    api: Vec<String>,
    /// Only what is required (must), or only what is recommended (should).
    #[arg(long, value_name = "LEVEL", value_parser = Level::from_str)]
    level: Option<Level>,
    /// Only what is checked, unobservable, contradictory or out-of-scope.
    #[arg(long, value_name = "STATUS", value_parser = ClauseStatus::from_str)]
    status: Option<ClauseStatus>,
    /// Each clause with its requirement, or a JSON document with the ids of the cases.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
}

fn known_api(name: &str) -> Result<String, String> {
    Api::known(name).map(|api| api.name.to_owned())
}

/// Lists the clauses, API by API; nothing is contacted.
pub fn run(args: Args) -> ExitCode {
    let suite = match Contents::embedded() {
        Ok(suite) => suite,
        Err(fault) => return complain(&fault.to_string(), Exit::Broken.code()),
    };
    let listed: Vec<_> =
        suite.clauses().into_iter().filter(|clause| args.chooses(clause)).collect();
    if listed.is_empty() {
        return complain("no clause is all of that; `etalon clauses` lists them", USAGE);
    }
    let has = |name: &&str| listed.iter().any(|clause| clause.api() == *name);
    let apis: Vec<&str> = APIS.iter().map(|api| api.name).filter(has).collect();
    match args.format {
        Format::Table => print("clauses", &table(&suite, &listed, &apis), 0),
        Format::Json => print_json("clauses", &document(&suite, &listed, &apis), 0),
    }
}

impl Args {
    /// Returns whether a clause is among those that are asked for.
    fn chooses(&self, clause: &Clause) -> bool {
        let is_part = |filter: &String| clause.id.contains(filter.as_str());
        (self.filters.is_empty() || self.filters.iter().any(is_part))
            && (self.api.is_empty() || self.api.iter().any(|api| api == clause.api()))
            && self.level.is_none_or(|level| level == clause.level)
            && self.status.is_none_or(|status| status == clause.status)
    }
}

/// Returns each clause with what it requires, then a line for each API.
fn table(suite: &Contents, listed: &[&Clause], apis: &[&str]) -> String {
    let mut text = String::new();
    let cases = suite.cases_by_clause();
    for clause in listed {
        let Clause { id, document, heading, .. } = clause;
        let (level, status) = (clause.level.name(), clause.status.name());
        let judged = match (cases.get(id.as_str()).map_or(0, Vec::len), &clause.reason) {
            (_, Some(reason)) => reason.clone(),
            (0, None) if suite.holds_answers_to(clause) => "every answer".to_owned(),
            (1, None) => "1 case".to_owned(),
            (count, None) => format!("{count} cases"),
        };
        let _ = writeln!(text, "{level:6}  {status:13}  {id}  ({document} › {heading})  {judged}");
        let _ = writeln!(text, "{:23}{}", "", clause.requires);
    }
    text.push('\n');
    for api in apis {
        let coverage = Coverage::of(suite, api);
        let unchecked = coverage.by_status.iter().filter(|(status, _)| **status != "checked");
        let unchecked: Vec<_> =
            unchecked.map(|(status, count)| format!("{count} {status}")).collect();
        let (must, should) = (coverage.must.checked, coverage.should.checked);
        let (all, checked) = (coverage.clauses(), coverage.checked());
        let _ = writeln!(
            text,
            "{api:10}  {all:>3} clauses: {checked:>3} checked (must {must}, should {should}), {}",
            unchecked.join(", ")
        );
    }
    text
}

fn document(suite: &Contents, listed: &[&Clause], apis: &[&str]) -> Value {
    let summary = |api: &&str| {
        let coverage = Coverage::of(suite, api);
        json!({
            "api": api,
            "clauses": coverage.clauses(),
            "byStatus": coverage.by_status,
            "checked": {"must": coverage.must.checked, "should": coverage.should.checked},
        })
    };
    let cases = suite.cases_by_clause();
    let clause = |clause: &Clause| {
        let cases = cases.get(clause.id.as_str()).map(Vec::as_slice).unwrap_or_default();
        json!({
            "id": clause.id,
            "document": clause.document,
            "heading": clause.heading,
            "cites": clause.cites,
            "requires": clause.requires,
            "readings": clause.readings,
            "level": clause.level.name(),
            "status": clause.status.name(),
            "reason": clause.reason,
            "everyAnswer": suite.holds_answers_to(clause),
            "cases": cases.iter().map(|case| case.id()).collect::<Vec<_>>(),
        })
    };
    let clauses: Vec<_> = listed.iter().copied().map(clause).collect();
    json!({"clauses": clauses, "apis": apis.iter().map(summary).collect::<Vec<_>>()})
}
