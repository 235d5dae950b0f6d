//! `etalon serve`: the reference implementation.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser as _;
use etalon::api::auth::Auth;
use etalon::api::behaviours::{Delay, Rule};
use etalon::api::choices::Choices;
use etalon::api::events::Policy;
use etalon::api::{Api, Cors, Mounts, PublicUrl, draw};
use etalon::input::secret::{Secret, Source};
use etalon::model::callback::Reach;
use etalon::model::tmf::instant::Instant;
use etalon::output::standard_error::{self, tell};
use etalon::page::Site;
use etalon::server::log::Log;
use etalon::server::tls::{self, Tls};
use etalon::server::{self, Limits};
use etalon::store::{CACHE, Store, Writes, stand_at};
use tokio::net::TcpSocket;

use super::output::print;
use super::{USAGE, complain, like, literal, load, signals};

/// Arguments of `etalon serve`.
#[derive(clap::Args)]
pub struct Args {
    /// The store file, made when it is missing. Without it everything is in memory, with the demo
    /// records.
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// How many MiB of the store file's pages are kept in memory. More of them spare reads from the
    /// system's own cache; a long list fills what there is.
    #[arg(long, value_name = "MIB", requires = "db", default_value_t = CACHE_MIB,
        value_parser = clap::value_parser!(u32).range(1..=1 << 20))]
    cache: u32,
    /// Where to listen. Addresses other than loopback need --token.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: String,
    /// Records to load before listening; may be repeated. In memory they take the place of the
    /// demo records.
    #[arg(long, value_name = "FILE")]
    load: Vec<PathBuf>,
    /// The bearer token of a ledger; may be repeated. `env:NAME` and `file:PATH` read it from
    /// there. Without any, `etalon-<ledgerNo>` reaches each ledger.
    #[arg(long, value_name = "LEDGER=TOKEN")]
    token: Vec<String>,
    /// The bearer token of /etalon/records and all else there; `env:NAME` and `file:PATH` read it from there. Without
    /// this one is drawn and printed, or, where ledgers have tokens, nobody is let in there.
    #[arg(long, value_name = "TOKEN", env = "ETALON_ADMIN_TOKEN", hide_env_values = true)]
    admin_token: Option<String>,
    /// A user of the gateway and the password, for HTTP Basic; may be repeated, and the password may
    /// be `env:NAME` or `file:PATH`. Without any the gateway answers everybody on a loopback address
    /// and nobody on another.
    #[arg(long, value_name = "U:P")]
    gateway_user: Vec<String>,
    /// The bearer token of the TM Forum API; `env:NAME` and `file:PATH` read it from there. Without
    /// it that API answers everybody on a loopback address and nobody on another.
    #[arg(long, value_name = "TOKEN", env = "ETALON_TMF_TOKEN", hide_env_values = true)]
    tmf_token: Option<String>,
    /// Where an API stands instead of its documented path, such as
    /// `tmf=/api/billingManagement/v2`; may be repeated.
    #[arg(long, value_name = "NAME=PATH")]
    mount: Vec<String>,
    /// The URL under which a proxy makes this server known, such as https://api.example/billing: what
    /// links begin with, whatever a request says of hosts. What the proxy says in X-Forwarded-* is
    /// not trusted.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// An origin whose pages are let in, such as https://app.example, or `*` for those of all; may be
    /// repeated. Without it no page of another origin reads an answer.
    #[arg(long, value_name = "ORIGIN")]
    cors: Vec<String>,
    /// Log each request in a line on standard error: `text`, or `json` for an object a line. Never a
    /// header, a query or a body.
    #[arg(long, value_name = "FORM", value_parser = ["text", "json"])]
    log: Option<String>,
    /// What is chosen where the documents leave a choice, such as `patch=200`; may be repeated.
    /// `etalon choices` lists the names and the values.
    #[arg(long, value_name = "NAME=VALUE")]
    choice: Vec<String>,
    /// The JSON report of a run: what its target chose is chosen here too, as often as it was seen
    /// to choose it; --choice goes before it.
    #[arg(long, value_name = "REPORT")]
    like: Option<PathBuf>,
    /// How far the callbacks of listeners may reach: `loopback`, no further than this machine, or
    /// `any`.
    #[arg(long, value_name = "WHERE", value_parser = ["loopback", "any"], default_value = "loopback")]
    callbacks: String,
    /// How long an event is tried that a listener does not take, such as 90s, 15m, 24h or 7d. Then it
    /// is given up; /etalon/events shows which.
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = time)]
    event_retention: Duration,
    /// How many MiB of the last requests and answers are kept in memory, for /etalon/requests; 0 keeps
    /// none. Without it 4, and with --db none.
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u32).range(0..=1 << 10))]
    journal: Option<u32>,
    /// How long every answer is held back, such as 80ms, or 80ms±20ms (80ms+-20ms) for a time that
    /// varies.
    #[arg(long, value_name = "TIME")]
    latency: Option<Delay>,
    /// The share of requests that are refused with a status and not fulfilled, such as 2%:503. Rules
    /// for some requests alone are given to /etalon/behaviours.
    #[arg(long, value_name = "SHARE:STATUS", value_parser = Rule::failing)]
    fail: Option<Rule>,
    /// Where the clock stands that dates what is stored and answered, such as 2026-10-01T00:00:00Z, or
    /// `real`. One that stands never goes on, so that no event is given up.
    #[arg(long, value_name = "TIME", default_value = "real", value_parser = clock)]
    clock: Clock,
    /// The number that every draw comes from but an admin token: the ids of problems and requests, what
    /// fails by chance, how long an answer is held back. Servers of one seed and one --clock answer equal
    /// requests in one order with equal bytes.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// The JSON report of a run, which the page shows. It is read whenever somebody looks, so that it may
    /// be written later.
    #[arg(long, value_name = "REPORT")]
    report: Option<PathBuf>,
    /// The certificate chain in PEM form.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The private key in PEM form.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// The authorities in PEM form: a client without a certificate of one of them is refused in the
    /// handshake. SIGHUP reads all three files again.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_client_ca: Option<PathBuf>,
}

/// The arguments, as a command line that has nothing else.
#[derive(clap::Parser)]
struct Alone {
    #[command(flatten)]
    args: Args,
}

impl Args {
    /// Returns the arguments of a server that listens there, and has all else as it is where nobody
    /// says otherwise.
    ///
    /// # Errors
    /// When the environment says something that cannot be.
    pub fn at(listen: &str) -> Result<Args, clap::Error> {
        Alone::try_parse_from(["serve", "--listen", listen]).map(|alone| alone.args)
    }
}

const CACHE_MIB: u32 = (CACHE >> 20) as u32;

/// How many MiB the journal has where nobody says and everything is in memory.
const JOURNAL_MIB: u32 = 4;

/// Returns so many MiB in bytes.
fn bytes(mib: u32) -> usize {
    usize::try_from(u64::from(mib) << 20).unwrap_or(usize::MAX)
}

/// So many connections wait to be accepted.
const BACKLOG: u32 = 1024;

/// Serves until it is asked to stop.
pub fn run(args: Args) -> ExitCode {
    run_saying(args, |_| String::new())
}

/// The same, with more to say than where it listens: `more` gets the base URL.
pub fn run_saying(args: Args, more: fn(&str) -> String) -> ExitCode {
    let code = match serve(args, more) {
        Ok(()) => ExitCode::SUCCESS,
        Err((sentence, code)) => complain(&sentence, code),
    };
    standard_error::end();
    code
}

fn serve(args: Args, more: fn(&str) -> String) -> Result<(), (String, u8)> {
    let usage = |sentence: String| (sentence, USAGE);
    let log = args.log.as_deref().and_then(Log::named);
    begin_log(log).map_err(|error| (format!("The log's thread cannot be started: {error}."), 1))?;
    if let Clock::Standing(seconds) = args.clock {
        stand_at(seconds);
    }
    if let Some(number) = args.seed {
        draw::seed(number);
    }
    let mut auth = auth(&args).map_err(usage)?;
    let address = address(&args.listen, &auth).map_err(usage)?;
    let is_open = auth.is_open_anywhere();
    auth.exposed = !address.ip().is_loopback();
    warn_of_literals(&args);
    let drawn = draw_admin_token(&mut auth);
    let mounts = Mounts::from_flags(&args.mount).map_err(usage)?;
    let public = args.public_url.as_deref().map(PublicUrl::parse).transpose().map_err(usage)?;
    let cors = Cors::from_flags(&args.cors).map_err(usage)?;
    if is_open {
        warn_of_strangers(&cors, public.as_ref());
    }
    let alike = args.like.as_deref().map(like::flags).transpose().map_err(usage)?;
    let choices = like::beside(&args.choice, alike.unwrap_or_default());
    let choices = Choices::from_flags(&choices).map_err(usage)?;
    let tls = tls(&args).map_err(usage)?;
    let runtime = server::builtin::runtime().map_err(|sentence| (sentence, 1))?;
    // Before any file is opened or changed: a port that is taken ends the command.
    let socket = bind(address)
        .map_err(|error| usage(format!("{address} cannot be listened on: {error}.")))?;
    let records = load::open(&args.load).map_err(usage)?;
    let is_new = args.db.as_ref().is_some_and(|path| !path.exists());
    let store = match &args.db {
        Some(path) => Store::open_with_cache(path, bytes(args.cache)).map_err(usage)?,
        None => Store::in_memory().map_err(|sentence| (sentence, 1))?,
    };
    if store.writes() == Writes::ReadOnly {
        tell("etalon: the store's file can only be read: whatever would write is refused.");
    }
    if !args.load.is_empty() {
        if let Err(sentence) = load::load_input(&store, records) {
            if let Some(path) = args.db.as_ref().filter(|_| is_new) {
                load::take_back(store, path);
            }
            return Err((sentence, 1));
        }
    } else if args.db.is_none() {
        server::builtin::load_demo(&store).map_err(|sentence| (sentence, 1))?;
    }
    let mut api = Api::mounted(Arc::new(store), auth, &mounts).map_err(usage)?;
    api.set_choices(choices);
    api.set_events(Policy {
        callbacks: if args.callbacks == "any" { Reach::Any } else { Reach::Loopback },
        retention: args.event_retention,
    });
    api.set_cors(cors);
    let rules = args.latency.map(Rule::latency).into_iter().chain(args.fail);
    api.misbehave(rules, args.seed);
    let journal = args.journal.unwrap_or(if args.db.is_none() { JOURNAL_MIB } else { 0 });
    if journal > 0 {
        api.keep_journal(bytes(journal));
    }
    if let Some(url) = public {
        api.set_public(url);
    }
    runtime.block_on(async {
        let listener = socket
            .listen(BACKLOG)
            .map_err(|error| usage(format!("{address} cannot be listened on: {error}.")))?;
        let bound = listener.local_addr().map_err(|error| (error.to_string(), 1))?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let admin = drawn.map(|token| format!("admin token: {}\n", token.reveal()));
        let base = format!("{scheme}://{bound}");
        let said = format!("listening on {base}\n{}{}", admin.unwrap_or_default(), more(&base));
        let stop = server::stop::signal()
            .map_err(|error| (format!("Signals cannot be heard: {error}."), 1))?;
        if let Some(tls) = &tls {
            let reloading = tls::reloading(Arc::clone(tls));
            let reloading =
                reloading.map_err(|error| (format!("SIGHUP cannot be heard: {error}."), 1))?;
            tokio::spawn(reloading);
        }
        // The first signal ends it in order.
        signals::take();
        // A pipe that nobody reads, or a log on a full disk, is no reason not to serve.
        let _ = print("address", &said, 0);
        let api = Arc::new(api);
        tokio::spawn(server::events::deliver(Arc::clone(&api)));
        let mut site = Site::new(api);
        if let Some(report) = args.report {
            site.show_report(report);
        }
        server::serve(listener, Arc::new(site), tls, Limits::default(), stop)
            .await
            .map_err(|error| (format!("The server ended: {error}."), 1))
    })
}

/// The clock that dates what is stored and answered.
#[derive(Debug, Clone, Copy)]
enum Clock {
    Real,
    /// It stands, so many seconds after 1970.
    Standing(u64),
}

/// Reads `real` or a moment.
fn clock(text: &str) -> Result<Clock, String> {
    if text == "real" {
        return Ok(Clock::Real);
    }
    let moment = Instant::parse(text).and_then(|moment| u64::try_from(moment.seconds()).ok());
    let wrong =
        || format!("\"{text}\" is no moment since 1970 such as 2026-10-01T00:00:00Z, nor real");
    moment.map(Clock::Standing).ok_or_else(wrong)
}

/// Reads a time such as `15m`.
fn time(text: &str) -> Result<Duration, String> {
    let wrong = || format!("\"{text}\" is no time such as 90s, 15m, 24h or 7d");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let (_, seconds) = [('s', 1), ('m', 60), ('h', 3_600), ('d', 86_400)]
        .into_iter()
        .find(|(name, _)| *name == unit)
        .ok_or_else(wrong)?;
    // In 32 bits there are more hours than anybody waits, and none that overflow.
    let count: NonZero<u32> = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    Ok(Duration::from_secs(u64::from(count.get()) * seconds))
}

/// Takes an address, without letting anybody connect yet: who asks before the records are loaded is
/// refused, as where nothing runs.
fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    // Elsewhere it would let two processes listen on one port.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

fn tls(args: &Args) -> Result<Option<Arc<Tls>>, String> {
    let (Some(certificate), Some(key)) = (args.tls_cert.clone(), args.tls_key.clone()) else {
        return Ok(None);
    };
    let files = tls::Files { certificate, key, client_ca: args.tls_client_ca.clone() };
    Ok(Some(Arc::new(Tls::load(files)?)))
}

fn auth(args: &Args) -> Result<Auth, String> {
    let here = Path::new("");
    let mut auth = Auth::default();
    for token in &args.token {
        let Some((ledger, token)) = token.split_once('=').filter(|(ledger, _)| !ledger.is_empty())
        else {
            return Err("--token takes LEDGER=TOKEN.".to_owned());
        };
        let token = Source::from_flag(token).token(here);
        let token = token.map_err(|error| format!("--token {ledger}: {error}"))?;
        if auth.tokens.insert(ledger.to_owned(), token).is_some() {
            return Err(format!("--token {ledger} is given twice."));
        }
    }
    for user in &args.gateway_user {
        let Some((user, password)) = user.split_once(':').filter(|(user, _)| !user.is_empty())
        else {
            return Err("--gateway-user takes USER:PASSWORD.".to_owned());
        };
        let password = Source::from_flag(password).read(here);
        let password = password.map_err(|error| format!("--gateway-user {user}: {error}"))?;
        if auth.gateway_users.insert(user.to_owned(), password).is_some() {
            return Err(format!("--gateway-user {user} is given twice."));
        }
    }
    let token = |flag: &str, given: &Option<String>| {
        let token = given.as_deref().map(|given| Source::from_flag(given).token(here));
        token.transpose().map_err(|error| format!("{flag}: {error}"))
    };
    auth.admin_token = token("--admin-token", &args.admin_token)?;
    auth.tmf_token = token("--tmf-token", &args.tmf_token)?;
    Ok(auth)
}

/// Gives a server that lets in everybody on this machine an admin token that nobody knows, unless it
/// has one. The answer is what was drawn: 122 random bits.
fn draw_admin_token(auth: &mut Auth) -> Option<Secret> {
    if auth.admin_token.is_none() && auth.is_open() {
        let drawn = Secret::new(uuid::Uuid::new_v4().simple().to_string());
        auth.admin_token = Some(drawn.clone());
        return Some(drawn);
    }
    None
}

fn warn_of_literals(args: &Args) {
    let tokens = args.token.iter().map(|token| ("--token", literal::after('=', token)));
    let users = args.gateway_user.iter().map(|user| ("--gateway-user", literal::after(':', user)));
    let admin = args.admin_token.iter().map(|token| ("--admin-token", &**token));
    let tmf = args.tmf_token.iter().map(|token| ("--tmf-token", &**token));
    literal::warn(tokens.chain(users).chain(admin).chain(tmf));
}

/// Has standard error wait for nobody who is served, and every request logged where that is asked for.
fn begin_log(log: Option<Log>) -> io::Result<()> {
    if let Some(log) = log {
        log.begin();
    }
    standard_error::queue(match log {
        Some(Log::Json) => |sentence| Log::Json.sentence(sentence),
        _ => str::to_owned,
    })
}

/// Says whom flags let in where everybody knows the credentials.
fn warn_of_strangers(cors: &Cors, public: Option<&PublicUrl>) {
    const OPEN: &str =
        "as long as credentials are well known or none (--token, --gateway-user, --tmf-token)";
    if cors.is_any() {
        tell(format_args!(
            "etalon: --cors \"*\" lets the pages of every site read and write here, {OPEN}; name \
             origins instead."
        ));
    }
    if public.is_some_and(|url| !url.is_of_this_machine()) {
        tell(format_args!(
            "etalon: --public-url names a host that others reach: whoever the proxy lets through is \
             let in, {OPEN}."
        ));
    }
}

fn address(listen: &str, auth: &Auth) -> Result<SocketAddr, String> {
    let address = listen
        .to_socket_addrs()
        .ok()
        .and_then(|mut addresses| addresses.next())
        .ok_or_else(|| format!("--listen takes an address and a port, not \"{listen}\"."))?;
    if auth.is_open() && !address.ip().is_loopback() {
        return Err(format!(
            "{address} is no loopback address: give each ledger a --token before others can reach \
             it."
        ));
    }
    Ok(address)
}
