//! The HTTP client: blocking, pooled, of another family than the server's.

mod forward;
mod given_up;
mod leftover;
mod pace;
mod reading;
mod tls;

use std::io::{self, ErrorKind};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use ureq::http::{self, HeaderName, HeaderValue, Method, Uri};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{Connector, DefaultConnector};
use ureq::{Agent, AsSendBody, Timeout};

use crate::harness::subject::{Credential, Proxies, Proxy, Route, Target};
use crate::harness::wire::budget::{Allowance, Budget};
use crate::harness::wire::end_asked::EndAsked;
use crate::harness::wire::message::{Answer, Connection, NoAnswer, Request, Room};
use crate::harness::wire::patience::Patience;
use crate::harness::wire::retry::{bearable, sent_again, wait};
use crate::harness::wire::transport::{Joined, Transport};
use forward::{Forward, Towards};
use given_up::GivenUp;
use leftover::{Watch, watched};
use pace::Pace;
use reading::{Came, HowFar, Unread, counted};
use tls::Tls;

/// What is taken from a connection at a time. After an interim answer all that has come is measured
/// as a header, the body of the final answer with it (RFC 9110, 15.2 lets any number of them come),
/// so that the limit for headers is no lower.
const MOST_AT_ONCE: usize = 128 << 10;
/// A request that is refused for now is sent again this often.
const MOST_WAITS: usize = 4;
/// A connection that idled longer is opened anew, before a server is likely to have closed it. One
/// that was closed sooner is found out when it is taken from the pool, save for a closing that is
/// under way just then; for that the whole case runs again, on connections of its own.
const LONGEST_IDLE: Duration = Duration::from_secs(2);
/// An answer that is waited for when the run is to end is waited for so long.
const GRACE: Duration = Duration::from_secs(2);
/// So long nobody looks whether the run is to end.
const NAP: Duration = Duration::from_millis(50);

/// A pool of connections to one target.
#[derive(Debug)]
pub(crate) struct Client {
    pooled: Agent,
    /// Keeps no connection.
    fresh: Agent,
    patience: Patience,
    pace: Pace,
    given_up: GivenUp,
    proxies: Arc<Proxies>,
    tls: Tls,
    end_asked: EndAsked,
    /// As long as it is held, somebody looks whether the run is to end.
    watched: Arc<()>,
    budget: Arc<Budget>,
}

impl Client {
    /// Returns a client that keeps up to so many connections.
    ///
    /// # Errors
    /// A sentence: the certificates to trust, or the one to show, are none.
    pub(crate) fn new(
        target: &Target,
        patience: Patience,
        allowance: Allowance,
        connections: usize,
    ) -> Result<Self, String> {
        let tls = Tls::of(target)?;
        // A look-up with a time limit costs a thread each time, and addresses need none.
        let looks_up = !target.apis.iter().all(|each| each.base.is_address());
        let proxies = Arc::new(target.proxies.clone());
        let agent = |connections: usize| {
            let config = Agent::config_builder()
                .http_status_as_error(false)
                .max_redirects(0)
                .accept("")
                // Without it a compressed answer would be lawful (RFC 9110, 12.5.3).
                .accept_encoding("identity")
                .user_agent(concat!("etalon/", env!("CARGO_PKG_VERSION")))
                .tls_config(tls.config.clone())
                .timeout_resolve(looks_up.then_some(patience.connect))
                .timeout_connect(Some(patience.connect))
                .timeout_send_request(Some(patience.answer))
                .timeout_send_body(Some(patience.answer))
                .timeout_recv_response(Some(patience.answer))
                .timeout_recv_body(Some(patience.answer))
                .max_idle_connections(connections)
                .max_idle_connections_per_host(connections)
                .max_idle_age(LONGEST_IDLE)
                .input_buffer_size(MOST_AT_ONCE)
                .max_response_header_size(MOST_AT_ONCE)
                .allow_non_standard_methods(true);
            // The library reads the environment otherwise than curl does.
            let config = config.proxy(None).build();
            let proxies = || Arc::clone(&proxies);
            let forward = Forward { proxies: proxies() };
            let connector = DefaultConnector::default().chain(forward).chain(Watch);
            let towards = Towards { proxies: proxies(), inner: DefaultResolver::default() };
            Agent::with_parts(config, connector, towards)
        };
        Ok(Client {
            pooled: agent(connections.max(1)),
            fresh: agent(0),
            patience,
            pace: Pace::new(target.limits.rate),
            given_up: GivenUp::default(),
            proxies: Arc::clone(&proxies),
            tls,
            end_asked: EndAsked::default(),
            watched: Arc::default(),
            budget: Arc::new(Budget::new(allowance)),
        })
    }

    /// Returns the sentence that says which budget of the run is used up, if one is.
    pub(crate) fn used_up(&self) -> Option<String> {
        // A time that is over while nobody asks is found out here.
        let _ = self.budget.time_left();
        self.budget.used_up().map(str::to_owned)
    }

    /// Returns the budget of the run, which others share.
    pub(crate) fn budget(&self) -> Arc<Budget> {
        Arc::clone(&self.budget)
    }

    /// Returns the client, which sends nothing any more once the run is to end. What is waited for
    /// then has a moment more.
    pub(crate) fn until(self, end_asked: EndAsked) -> Self {
        let agents = [self.pooled.clone(), self.fresh.clone()];
        let watched = Arc::downgrade(&self.watched);
        // Without the thread the run still ends, once its time-outs are over.
        let _ = thread::Builder::new().spawn(move || {
            let mut grace = GRACE;
            while watched.strong_count() > 0 {
                thread::sleep(NAP);
                if end_asked.is_asked() {
                    grace = grace.saturating_sub(NAP);
                }
                if grace.is_zero() {
                    return agents.into_iter().for_each(Agent::shutdown);
                }
            }
        });
        Client { end_asked, ..self }
    }

    /// Returns why there is no answer, and which proxy was in between.
    fn no_answer(&self, error: ureq::Error, url: &Uri, how_far: Option<HowFar>) -> NoAnswer {
        if matches!(error, ureq::Error::Timeout(Timeout::Global)) {
            return NoAnswer::Excess(self.budget.out_of_time());
        }
        let kind = if is_unreached(&error) { NoAnswer::Unreached } else { NoAnswer::Transport };
        let why = self.why_none(error, how_far);
        kind(match self.proxies.route(url) {
            Route::Direct => format!("{why}{}", self.proxies.unread(url)),
            Route::Tunnel(proxy) | Route::Forward(proxy) => format!("{why}, by {proxy}"),
        })
    }

    /// Returns why there is no answer; `how_far` is how much of its body had come.
    fn why_none(&self, error: ureq::Error, how_far: Option<HowFar>) -> String {
        let Patience { connect, answer } = self.patience;
        let how_far = how_far.map(HowFar::told).unwrap_or_default();
        match error {
            ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => format!(
                "no connection within {connect:?} (--connect-timeout, or limits.connectTimeout of the \
                 target file)"
            ),
            error if is_late(&error) => format!(
                "no whole answer within {answer:?} (--answer-timeout, or limits.answerTimeout of the \
                 target file){how_far}"
            ),
            ureq::Error::HostNotFound => "the host has no address".to_owned(),
            ureq::Error::Io(error) if error.kind() == ErrorKind::UnexpectedEof => {
                format!("the connection was closed before the whole answer had come{how_far}")
            }
            ureq::Error::Io(error) => {
                self.tls.told(&error).unwrap_or_else(|| format!("the connection failed: {error}"))
            }
            ureq::Error::Protocol(error) => format!("what came is no answer of HTTP: {error}"),
            ureq::Error::ConnectProxyFailed(said) => format!("no tunnel was opened: {said}"),
            other => format!("the exchange failed: {other}"),
        }
    }

    fn send_once(&self, request: &Request, connection: Connection) -> Result<Answer, NoAnswer> {
        let (answer, left) = watched(|| self.exchange(request, connection));
        let answer = answer?;
        let coding = answer.header("content-encoding").map(str::trim);
        match coding.filter(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity"))
        {
            // Nobody can say whether what is under it would have been right.
            Some(coding) => Err(NoAnswer::Transport(format!(
                "the answer says that it is encoded as {coding}, and none but identity was accepted: \
                 see that nothing before the target compresses what it was not asked to"
            ))),
            // A body after HEAD is neglect of what is only recommended (reading 235): it is there to be
            // judged.
            None if request.method == "HEAD" => Ok(Answer { body: left, ..answer }),
            None if !left.is_empty() && answer.cut_from().is_none() => {
                let body = answer.long.as_ref().map_or(answer.body.len() as u64, |it| it.length);
                Err(NoAnswer::Transport(format!(
                    "more bytes came than belong to the answer, by its status {} and its headers: \
                     its body has {}, and at least {} came after it",
                    answer.status,
                    counted(body),
                    left.len()
                )))
            }
            None => Ok(answer),
        }
    }

    fn exchange(&self, request: &Request, connection: Connection) -> Result<Answer, NoAnswer> {
        if let Some(why) = self.given_up.why_not(request) {
            return Err(why);
        }
        let Patience { connect, answer } = self.patience;
        // Far from the end of the run its own time-outs end a request. The library looks for a host on
        // a thread of its own where a whole request has a time, which takes longer than an exchange.
        let left = self.budget.time_left().map_err(NoAnswer::Excess)?;
        let left = left.filter(|left| *left < connect + answer);
        let agent = match connection {
            // A body that follows after all must not be read as the next answer.
            Connection::Pooled if request.method != "HEAD" => &self.pooled,
            Connection::Pooled | Connection::Fresh => &self.fresh,
        };
        let wrong = |what: &str| NoAnswer::Unsendable(format!("{what} cannot be sent"));
        let method: Method = request.method.parse().map_err(|_| wrong(&request.method))?;
        let mut outgoing = http::Request::builder().method(&method).uri(&request.url);
        for (name, value) in &request.headers {
            let name: HeaderName = name.parse().map_err(|_| wrong(name))?;
            let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| wrong(value))?;
            outgoing = outgoing.header(name, value);
        }
        if let Some(credential) = &request.credential {
            let value = HeaderValue::from_str(&credential.authorization());
            let value = value.map_err(|_| wrong("the token"))?;
            outgoing = outgoing.header(http::header::AUTHORIZATION, value);
        }
        let url: Uri = request.url.parse().map_err(|_| wrong(&request.url))?;
        let tunnel = match self.proxies.route(&url) {
            Route::Direct => None,
            Route::Forward(proxy) => {
                if let Some(credential) = &proxy.credential {
                    let value = HeaderValue::from_str(&credential.authorization());
                    let value = value.map_err(|_| wrong("the password of the proxy"))?;
                    outgoing = outgoing.header(http::header::PROXY_AUTHORIZATION, value);
                }
                None
            }
            Route::Tunnel(proxy) => Some(tunnel(proxy).map_err(NoAnswer::Unsendable)?),
        };
        let takes_body = matches!(method, Method::POST | Method::PUT | Method::PATCH);
        let answer = match &request.body {
            None if !takes_body => {
                outgoing.body(()).map(|request| run(agent, request, tunnel, left))
            }
            body => {
                let body = body.as_deref().unwrap_or_default();
                outgoing.body(body).map(|request| run(agent, request, tunnel, left))
            }
        };
        let answer = answer.map_err(|error| NoAnswer::Unsendable(error.to_string()))?;
        let failed = |error, how_far| {
            if is_late(&error) {
                self.given_up.note_late(request);
            }
            self.no_answer(error, &url, how_far)
        };
        let mut answer = answer.map_err(|error| failed(error, None))?;
        let room = match request.room {
            // An error is one thing.
            Room::List if !answer.status().is_success() => Room::Thing,
            room => room,
        };
        let came = self.read(room, answer.body_mut()).map_err(|unread| match unread {
            Unread::Failed(error, how_far) => failed(error, Some(how_far)),
            Unread::UsedUp(told) | Unread::Unkept(told) => NoAnswer::Excess(told),
            Unread::Excess(told) => {
                self.given_up.note_excess(request);
                NoAnswer::Excess(told)
            }
        })?;
        let (body, long) = match came {
            Came::Short(body) => (body, None),
            Came::Long(beginning, long) => (beginning, Some(Arc::new(long))),
        };
        self.given_up.answered(request);
        let headers = answer.headers().iter().map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        let (status, headers) = (answer.status().as_u16(), headers.collect());
        Ok(Answer { status, headers, body, long, waits: Vec::new() })
    }
}

impl Transport for Client {
    /// Sends once, and again only what was answered 429, after as long as the answer asks for: such
    /// a request was turned away before anything was done with it (RFC 6585, 4), so that it is no
    /// second one, and a target that counts requests would never let a whole case through.
    fn send(&self, request: &Request, connection: Connection) -> Result<Answer, NoAnswer> {
        let mut waits = Vec::new();
        loop {
            self.pace.turn(self.end_asked, self.budget.time_left().map_err(NoAnswer::Excess)?);
            if self.end_asked.is_asked() {
                return Err(NoAnswer::Busy("it was not sent: the run was interrupted".to_owned()));
            }
            let answer = self.send_once(request, connection)?;
            if answer.status != 429 {
                return Ok(Answer { waits, ..answer });
            }
            let wait = wait(&answer);
            if waits.len() == MOST_WAITS {
                return Err(NoAnswer::Busy(format!(
                    "it was answered 429 {} times, each time after the wait that was asked for",
                    MOST_WAITS + 1
                )));
            }
            self.leave_alone(429, wait).map_err(NoAnswer::Busy)?;
            waits.push(sent_again(request, 429, wait));
        }
    }

    fn send_at_once(&self, requests: &[Request]) -> Vec<Result<Answer, NoAnswer>> {
        // They start together, so that none is done before the last has begun.
        let start = Barrier::new(requests.len());
        let sent = |request: &Request| {
            start.wait();
            self.send(request, Connection::Fresh)
        };
        thread::scope(|scope| {
            let threads: Vec<_> =
                requests.iter().map(|request| scope.spawn(|| sent(request))).collect();
            let ended = |thread: thread::ScopedJoinHandle<'_, _>| {
                thread.join().unwrap_or_else(|_| {
                    Err(NoAnswer::Unsendable("a thread of the client broke".to_owned()))
                })
            };
            threads.into_iter().map(ended).collect()
        })
    }

    fn send_page(
        &self,
        list: &Request,
        read: Joined,
        page: &Request,
        connection: Connection,
    ) -> Result<Answer, NoAnswer> {
        if let Some(why) = self.given_up.why_not_followed(list) {
            return Err(why);
        }
        let allowance = &self.budget.allowance;
        let more = match read {
            Joined { pages, .. } if pages >= allowance.pages => {
                format!("has more than {} pages, the most that are read; `pages`", allowance.pages)
            }
            Joined { bytes, .. } if bytes > allowance.joined() => format!(
                "has more than {} bytes in its pages, the most that are put together (four times \
                 those of one thing); `answerBytes`",
                allowance.joined()
            ),
            _ => return self.send(page, connection),
        };
        self.given_up.note_endless(list);
        Err(NoAnswer::Excess(format!(
            "the list that begins with {} {more} under [limits] in a target file raises it",
            list.url
        )))
    }

    fn leave_alone(&self, status: u16, wait: Duration) -> Result<(), String> {
        bearable(status, wait)?;
        if self.budget.time_left()?.is_some_and(|left| left < wait) {
            return Err(self.budget.out_of_time());
        }
        self.pace.hold(wait);
        Ok(())
    }

    fn note_excess(&self, request: &Request) {
        self.given_up.note_excess(request);
    }
}

/// Returns whether there is no connection to the target.
fn is_unreached(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect)
        | ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::ConnectProxyFailed(_) => true,
        ureq::Error::Io(error) => {
            let refused = matches!(
                error.kind(),
                ErrorKind::ConnectionRefused
                    | ErrorKind::HostUnreachable
                    | ErrorKind::NetworkUnreachable
                    | ErrorKind::AddrNotAvailable
            );
            refused || is_of_name(error)
        }
        _ => false,
    }
}

/// Returns whether a name could not be looked up. The standard library has no kind for it: it says so
/// in these words, or on Windows by a number of its sockets.
fn is_of_name(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(11001..=11004))
        || error.to_string().starts_with("failed to lookup address information")
}

/// Returns whether a request was sent and waited for in vain: a connection that cannot be had says nothing of
/// the operation.
fn is_late(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => false,
        ureq::Error::Timeout(_) => true,
        // So comes a body that stops in the middle.
        ureq::Error::Io(error) => {
            matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock)
        }
        _ => false,
    }
}

/// Sends a request, through a tunnel if there is one; it ends with the time of the run.
fn run<S: AsSendBody>(
    agent: &Agent,
    request: http::Request<S>,
    tunnel: Option<ureq::Proxy>,
    left: Option<Duration>,
) -> Result<http::Response<ureq::Body>, ureq::Error> {
    if tunnel.is_none() && left.is_none() {
        return agent.run(request);
    }
    let configured = agent.configure_request(request).timeout_global(left);
    agent.run(match tunnel {
        None => configured.build(),
        tunnel => configured.proxy(tunnel).build(),
    })
}

/// Returns the proxy as the library knows it.
///
/// # Errors
/// A sentence: its URL is none.
fn tunnel(proxy: &Proxy) -> Result<ureq::Proxy, String> {
    let wrong = || format!("{} is no proxy", proxy.url);
    let url: Uri = proxy.url.parse().map_err(|_| wrong())?;
    let mut tunnel = ureq::Proxy::builder(ureq::ProxyProtocol::Http)
        .host(url.host().unwrap_or_default())
        .port(url.port_u16().unwrap_or_default());
    if let Some(Credential::Basic { user, password }) = &proxy.credential {
        tunnel = tunnel.username(user).password(password.reveal());
    }
    tunnel.build().map_err(|_| wrong())
}
