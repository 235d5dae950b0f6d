//! `etalon certify`: judge a target and say what was found.

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use etalon::harness::evidence::Redaction;
use etalon::harness::report::{Details, Style, choices, plan, terminal};
use etalon::harness::{
    APIS, Allowance, Bench, Contents, EndAsked, Exit, Judge, Limits, Options, Patience, Progress,
    Proxies, Refusal, Selection, Suite, Target, TargetFlags,
};
use etalon::output::standard_error::tell;

use super::output::{may_color, pass, print};
use super::outputs::Outputs;
use super::progress::Shown;
use super::{complain, literal, signals};

/// Arguments of `etalon certify`.
#[derive(clap::Args)]
pub struct Args {
    /// The base URL (it contains `://`), then parts of case ids to judge only those. No URL and no
    /// target file: the built-in server, in memory.
    #[arg(value_name = "[URL] FILTER")]
    words: Vec<String>,
    /// A TOML file that describes the target.
    #[arg(long, value_name = "FILE")]
    target: Option<PathBuf>,
    /// The APIs that the target implements.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    api: Vec<String>,
    /// Judge this ledger only.
    #[arg(long, value_name = "NO")]
    ledger: Option<String>,
    /// A ledger's token; env:NAME and file:PATH are read from there.
    #[arg(long, value_name = "LEDGER=TOKEN")]
    token: Vec<String>,
    /// The user and the password for the gateway API; both, or the password, may be env:NAME or
    /// file:PATH.
    #[arg(long, value_name = "USER:PASSWORD")]
    gateway_user: Option<String>,
    /// The token for the tmf API; env:NAME and file:PATH are read from there.
    #[arg(long, value_name = "TOKEN")]
    tmf_token: Option<String>,
    #[command(flatten)]
    outputs: Outputs,
    /// Members, by name, whose values no output shows: redacted wherever they are sent or answered.
    #[arg(long, value_name = "MEMBER,MEMBER", value_delimiter = ',')]
    redact: Vec<String>,
    /// Print the verdict alone, and no progress.
    #[arg(long, conflicts_with_all = ["list", "plan"])]
    quiet: bool,
    /// Say also what the target chose of what the documents leave open, a line each.
    #[arg(long, conflicts_with_all = ["list", "plan", "quiet"])]
    choices: bool,
    /// Explain each failure whole, with its requests, and name each advisory; `--details=all` explains
    /// the advisories too.
    #[arg(long, value_name = "WHAT", num_args = 0..=1, require_equals = true, default_missing_value = "failures", conflicts_with_all = ["list", "plan", "quiet"])]
    details: Option<What>,
    /// Print the cases that would be judged, and contact nothing.
    #[arg(long)]
    list: bool,
    /// A filter, and a --skip, is the whole id of a case.
    #[arg(long)]
    exact: bool,
    /// Leave out the cases whose id contains this.
    #[arg(long, value_name = "PATTERN")]
    skip: Vec<String>,
    /// The seed from which identifiers are drawn; a run prints its seed.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Take the cases in an order that is drawn from this, or from the run's seed.
    #[arg(long, value_name = "SEED", num_args = 0..=1, require_equals = true)]
    shuffle: Option<Option<u64>>,
    /// Print each write that would be sent and how many records stay, and contact nothing.
    #[arg(long, conflicts_with = "list")]
    plan: bool,
    /// Judge only cases that send nothing but safe requests: GET, HEAD, OPTIONS, TRACE.
    #[arg(long)]
    read_only: bool,
    /// The address at which to listen to the events that the target tells of, such as 127.0.0.1:0;
    /// the target is given a URL there. Without it events are not judged.
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// The proxy through which the target is asked: http://[USER:PASSWORD@]HOST:PORT. Without it
    /// http_proxy, https_proxy, all_proxy and no_proxy are read as curl reads them.
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
    /// A PEM file of the authorities to trust instead of the system's [default: SSL_CERT_FILE and
    /// SSL_CERT_DIR, or the system's trust store].
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// A PEM file of the certificate to show to a target that demands one; the key may stand in it
    /// too.
    #[arg(long, value_name = "FILE")]
    client_cert: Option<PathBuf>,
    /// A PEM file of the private key of --client-cert.
    #[arg(long, value_name = "FILE", requires = "client_cert")]
    client_key: Option<PathBuf>,
    /// Take any certificate. Whatever answers may then be anybody, and the report says so.
    #[arg(long)]
    insecure: bool,
    #[arg(long, value_name = "N", help = format!("How many cases are judged at once [default: {}]", Options::THREADS), value_parser = clap::value_parser!(u16).range(1..=i64::from(Limits::MOST_PARALLEL)))]
    threads: Option<u16>,
    /// How many requests are sent in a second, over all cases [default: no limit].
    #[arg(long, value_name = "N", value_parser = rate)]
    rate: Option<f64>,
    #[arg(long, value_name = "S", help = wait("a connection", Patience::CONNECT), value_parser = seconds)]
    connect_timeout: Option<Duration>,
    #[arg(long, value_name = "S", help = wait("an answer", Patience::ANSWER), value_parser = seconds)]
    answer_timeout: Option<Duration>,
    #[arg(long, value_name = "S", help = max_time(), value_parser = seconds)]
    max_time: Option<Duration>,
}

/// What is explained whole.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum What {
    /// Failures, and what could not be judged.
    Failures,
    /// Advisories too.
    All,
}

impl What {
    fn details(self) -> Details {
        match self {
            What::Failures => Details::Failures,
            What::All => Details::All,
        }
    }
}

/// Returns the help of the time of a run.
fn max_time() -> String {
    let usual = Allowance::TIME.as_secs();
    format!("How long a run lasts, in seconds [default: {usual}; no limit where a rate is given]")
}

/// Returns the help of a time-out.
fn wait(what: &str, usual: Duration) -> String {
    format!("How long to wait for {what}, in seconds [default: {}]", usual.as_secs())
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "it is a number of seconds".to_owned())?;
    Limits::timeout(seconds).ok_or("it is more than no time, and less than forever".to_owned())
}

fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse().ok().filter(|rate| Limits::is_rate(*rate));
    rate.ok_or(format!("it is a number of requests a second, {} or more", Limits::LOWEST_RATE))
}

fn warn_of_literals(args: &Args) {
    let tokens = args.token.iter().map(|token| ("--token", literal::after('=', token)));
    let users = args.gateway_user.iter().map(|user| match user.split_once(':') {
        // Both may stand elsewhere.
        Some(("env" | "file", _)) | None => ("--gateway-user", &**user),
        Some((_, password)) => ("--gateway-user", password),
    });
    let tmf = args.tmf_token.iter().map(|token| ("--tmf-token", &**token));
    literal::warn(tokens.chain(users).chain(tmf));
}

/// Judges and prints; the exit code is the verdict.
pub fn run(args: Args) -> ExitCode {
    match judge(args) {
        Ok(code) => code,
        Err(refusal) => complain(&refusal.sentence, refusal.exit.code()),
    }
}

fn judge(args: Args) -> Result<ExitCode, Refusal> {
    warn_of_literals(&args);
    let (url, filters) = match args.words.split_first() {
        Some((first, rest)) if first.contains("://") => (Some(first.clone()), rest.to_vec()),
        _ => (None, args.words.clone()),
    };
    if let Some(word) = filters.iter().find(|word| is_host(word)) {
        return Err(Refusal::usage(format!(
            "{word} is no part of a case id, and as a base URL it lacks its scheme: say \
             http://{word} or https://{word}"
        )));
    }
    let defaults = Options::default();
    let seed = args.seed.unwrap_or(defaults.seed);
    let selection = Selection {
        filters,
        exact: args.exact,
        skip: args.skip.clone(),
        read_only: args.read_only,
        shuffle: args.shuffle.map(|shuffle| shuffle.unwrap_or(seed)),
    };
    let mut flags = TargetFlags {
        url,
        file: args.target.clone(),
        product: None,
        apis: args.api.clone(),
        ledger: args.ledger.clone(),
        tokens: args.token.clone(),
        credentials: [("gateway", &args.gateway_user), ("tmf", &args.tmf_token)]
            .into_iter()
            .filter_map(|(api, given)| Some((api, given.clone()?)))
            .collect(),
        ca: args.ca.clone(),
        certificate: args.client_cert.clone(),
        key: args.client_key.clone(),
        insecure: args.insecure,
        limits: Limits {
            rate: args.rate,
            parallelism: args.threads,
            connect: args.connect_timeout,
            answer: args.answer_timeout,
            time: args.max_time,
            ..Limits::default()
        },
        redact: args.redact.clone(),
        proxies: Proxies::default(),
        listen: args.listen.clone(),
    };
    let own = flags.url.is_none() && flags.file.is_none();
    if own {
        // It tells of events on this machine alone.
        flags.listen.get_or_insert_with(|| TargetFlags::LOOPBACK.to_owned());
    }
    if own && flags.apis.is_empty() {
        flags.apis = APIS.iter().map(|api| api.name.to_owned()).collect();
    }
    if args.list || args.plan {
        if own {
            // None is asked, so that a base URL which is missing does not matter.
            flags.url = Some("http://localhost".to_owned());
        }
        return match args.plan {
            true => Ok(print("plan", &planned(suite()?.as_ref(), &flags, &selection)?, 0)),
            false => Ok(print("list", &list(&flags, &selection)?, 0)),
        };
    }
    let suite = suite()?;
    // Nothing stands between the judge and the server that it starts itself.
    if !own {
        let variable = |name: &str| env::var(name).ok();
        flags.proxies = Proxies::of(args.proxy.as_deref(), variable).map_err(Refusal::usage)?;
    }
    let outputs = args.outputs.ready(&suite)?;
    // It serves until the run is over.
    let built_in = if own { Some(builtin(&suite)?) } else { None };
    if let Some(server) = &built_in {
        flags.url = Some(server.url().to_owned());
        flags.product = Some("the built-in server".to_owned());
    }
    let target = Target::resolve(&suite, &flags).map_err(Refusal::usage)?;
    let limits = target.limits();
    // From here on a signal ends the run in order: what was judged is reported.
    let end_asked = EndAsked::by(signals::take());
    let options = Options {
        seed,
        threads: limits.parallelism.map_or(defaults.threads, usize::from),
        patience: Patience {
            connect: limits.connect.unwrap_or(defaults.patience.connect),
            answer: limits.answer.unwrap_or(defaults.patience.answer),
        },
        allowance: Allowance {
            answer: limits.answer_bytes.unwrap_or(defaults.allowance.answer),
            list: limits.list_bytes.unwrap_or(defaults.allowance.list),
            pages: limits.pages.unwrap_or(defaults.allowance.pages),
            total: limits.total_bytes.unwrap_or(defaults.allowance.total),
            // Whoever asks for a slow run has to wait for it.
            time: limits.time.or((limits.rate.is_none()).then_some(Allowance::TIME)),
        },
        record: args.outputs.show_exchanges(),
        end_asked,
    };
    let redaction = Redaction::of(&target);
    let judge = Judge::new(Bench::new(Arc::clone(&suite), target, options, redaction))?;
    let progress: Box<dyn Progress> = match args.quiet {
        true => Box::new(()),
        false => Box::new(Shown::new()),
    };
    let suite = suite.under(judge.target().profile());
    let report = outputs.beside(etalon::harness::run(&judge, &selection, progress.as_ref())?);
    let style = Style { color: may_color() };
    let chosen = if args.choices { choices(&report, &suite) } else { String::new() };
    let text = match args.quiet {
        true => format!("{}\n", report.headline()),
        false => {
            terminal(&report, &suite, args.details.map_or(Details::Digest, What::details), style)
        }
    };
    // What stands there already is no reason to lose the files.
    let exit = if end_asked.is_asked() { Exit::Inconclusive } else { report.exit() };
    let printed = pass("report", format!("{chosen}{text}").as_bytes(), exit.code());
    if end_asked.is_asked() {
        tell("etalon: the run was interrupted: what is not judged is inconclusive");
    }
    if let Some(why) = judge.why_nothing_told() {
        tell(format!("etalon: {why}"));
    }
    outputs.write(&judge, &report)?;
    Ok(printed)
}

/// Returns whether a word looks like a host with or without a port, which no id of a case does.
fn is_host(word: &str) -> bool {
    let host = word.split('/').next().unwrap_or_default();
    host.contains(['.', ':']) || host == "localhost"
}

fn suite() -> Result<Arc<Suite>, Refusal> {
    Suite::embedded().map_err(|fault| Refusal::broken(fault.to_string()))
}

/// Returns the cases that would be judged, a line each. No step is read but where it tells which cases
/// are safe.
fn list(flags: &TargetFlags, selection: &Selection) -> Result<String, Refusal> {
    let line = |id: &str, title: &str| format!("{id}: {title}\n");
    if selection.read_only {
        let suite = suite()?;
        let cases = selection.cases(&suite, &target(&suite, flags)?.apis())?;
        return Ok(cases.iter().map(|case| line(case.id(), case.title())).collect());
    }
    let contents = Contents::embedded().map_err(|fault| Refusal::broken(fault.to_string()))?;
    let outlines = selection.outlines(&contents, &target(&contents, flags)?.apis())?;
    Ok(outlines.iter().map(|case| line(case.id(), case.title())).collect())
}

/// Returns what would be written.
fn planned(suite: &Suite, flags: &TargetFlags, selection: &Selection) -> Result<String, Refusal> {
    let target = target(suite, flags)?;
    let planned = etalon::harness::planned(suite, &target, selection)?;
    let provisioning = target.provisioning().filter(|_| !selection.read_only);
    Ok(plan(&planned, provisioning.as_deref()))
}

/// Returns the target of which something is told, and that is asked nothing.
fn target(contents: &Contents, flags: &TargetFlags) -> Result<Target, Refusal> {
    Target::resolve_without_secrets(contents, flags).map_err(Refusal::usage)
}

#[cfg(feature = "server")]
fn builtin(suite: &Suite) -> Result<etalon::server::builtin::BuiltIn, Refusal> {
    etalon::server::builtin::start(suite.records()).map_err(|reason| {
        Refusal::broken(format!("the built-in server cannot be started: {reason}"))
    })
}

#[cfg(not(feature = "server"))]
fn builtin(_: &Suite) -> Result<NoServer, Refusal> {
    Err(Refusal::usage("this build has no server of its own: give a base URL"))
}

/// Stands where a build without the server would have one.
#[cfg(not(feature = "server"))]
struct NoServer;

#[cfg(not(feature = "server"))]
impl NoServer {
    fn url(&self) -> &str {
        ""
    }
}
