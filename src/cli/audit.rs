//! `etalon audit`: how much the judge catches, measured at the built-in server.

use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use etalon::harness::audit::{self, Audit, List, Seeds, json, table};
use etalon::harness::evidence::Redaction;
use etalon::harness::{
    APIS, Bench, Judge, Limits, Options, Refusal, Selection, Suite, Target, TargetFlags,
};

use super::complain;
use super::output::{Format, print, print_json};

/// Arguments of `etalon audit`.
#[derive(clap::Args)]
pub struct Args {
    /// Parts of case ids: only those cases are judged again.
    #[arg(value_name = "FILTER")]
    filters: Vec<String>,
    /// The APIs whose cases are judged again; all, if none is named.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    api: Vec<String>,
    /// A filter, and a --skip, is the whole id of a case.
    #[arg(long)]
    exact: bool,
    /// Leave out the cases whose id contains this.
    #[arg(long, value_name = "PATTERN")]
    skip: Vec<String>,
    /// How the figures are written.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
    /// Name each fault that survived, a line each.
    #[arg(long)]
    survivors: bool,
    /// List the rows of what is excused, and how many faults each excused.
    #[arg(long)]
    excused: bool,
    /// The seed from which identifiers are drawn; an audit prints its seed.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How many cases are judged at once; as many as there are processors, if nothing is said.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

impl Args {
    fn lists(&self) -> Vec<List> {
        let asked = [(self.survivors, List::Survivors), (self.excused, List::Excuses)];
        asked.into_iter().filter_map(|(asked, list)| asked.then_some(list)).collect()
    }
}

/// Audits and prints; the exit code says whether the judge can be trusted.
pub fn run(args: &Args) -> ExitCode {
    let audit = match audit(args) {
        Ok(audit) => audit,
        Err(refusal) => return complain(&refusal.sentence, refusal.exit.code()),
    };
    let code = u8::from(!audit.is_good());
    match args.format {
        Format::Table => print("audit", &table(&audit, &args.lists()), code),
        Format::Json => print_json("audit", &json(&audit), code),
    }
}

fn audit(args: &Args) -> Result<Audit, Refusal> {
    let suite = Suite::embedded().map_err(|fault| Refusal::broken(fault.to_string()))?;
    let server = etalon::server::builtin::start(suite.records()).map_err(|reason| {
        Refusal::broken(format!("the built-in server cannot be started: {reason}"))
    })?;
    let mut apis = args.api.clone();
    if apis.is_empty() {
        apis = APIS.iter().map(|api| api.name.to_owned()).collect();
    }
    let flags = TargetFlags {
        url: Some(server.url()),
        apis,
        listen: Some(TargetFlags::LOOPBACK.to_owned()),
        // A fault may lead a case to wait for what never comes.
        limits: Limits { event: Some(Duration::from_millis(500)), ..Limits::default() },
        ..TargetFlags::default()
    };
    let target = Target::resolve(&suite, &flags).map_err(Refusal::usage)?;
    let defaults = Options::default();
    let threads = args.threads.map(usize::from);
    let options = Options {
        seed: args.seed.unwrap_or(defaults.seed),
        threads: threads.or_else(|| Some(thread::available_parallelism().ok()?.get())).unwrap_or(2),
        ..defaults
    };
    let redaction = Redaction::of(&target);
    let judge = Judge::new(Bench::new(suite, target, options, redaction))?;
    let selection = Selection {
        filters: args.filters.clone(),
        exact: args.exact,
        skip: args.skip.clone(),
        ..Selection::default()
    };
    audit::audit(&judge, &Seeds::embedded()?, &selection)
}
