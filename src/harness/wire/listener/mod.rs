//! The listener: where a target tells of its events, and what it told (readings 239 to 243). What
//! calls may be anybody: each call is bounded in bytes and time, all of them by the run's budget, and
//! nobody is heard who does not know a callback of the run.

mod call;
mod connection;
mod heard;
mod socket;

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustls::ServerConfig;

use super::budget::Budget;
use super::client::Client;
use super::end_asked::EndAsked;
use super::message::{Answer, NoAnswer, Request};
use crate::harness::subject::Listening;
use crate::harness::suite::Listen;
use connection::Connections;
use heard::Heard;

/// So long nobody looks whether the run is to end.
const NAP: Duration = Duration::from_millis(50);
/// After so many waits in vain nothing is waited for any more, unless something that was waited for
/// ever came.
const MOST_IN_VAIN: usize = 3;

/// A socket that is listened to, and what was heard there.
pub(crate) struct Listener {
    address: SocketAddr,
    /// The URL before every callback, as the target is told it.
    pub(crate) url: String,
    /// How long an event is waited for.
    timeout: Duration,
    /// How many waits ended before what was waited for had come.
    in_vain: AtomicUsize,
    /// Whether something came that was waited for.
    came: AtomicBool,
    end_asked: EndAsked,
    shared: Arc<Shared>,
}

/// What the threads of a listener share.
struct Shared {
    heard: Heard,
    connections: Connections,
    client: Arc<Client>,
    budget: Arc<Budget>,
    tls: Option<Arc<ServerConfig>>,
    /// Whether the target reaches the listener by another URL: what stands before it may change paths.
    is_behind_another: bool,
    /// Whether anybody ever connected.
    is_reached: AtomicBool,
    stopping: AtomicBool,
}

impl Listener {
    /// Binds the address and listens to it until this is dropped. `client` asks the target on
    /// reception of a call, if a case wants that.
    ///
    /// # Errors
    /// A sentence: the address cannot be bound, or the certificate is none.
    pub(crate) fn bind(
        listening: &Listening,
        client: Arc<Client>,
        end_asked: EndAsked,
    ) -> Result<Listener, String> {
        let Listening { address, url, tls, timeout } = listening;
        let failed = |error: io::Error| format!("nobody can listen to {address}: {error}");
        let socket = TcpListener::bind(address.as_str()).map_err(failed)?;
        let address = socket.local_addr().map_err(failed)?;
        let tls = tls.as_ref().map(socket::config).transpose()?.map(Arc::new);
        let scheme = if tls.is_some() { "https" } else { "http" };
        let is_behind_another = url.is_some();
        let url = url.clone().unwrap_or_else(|| format!("{scheme}://{address}"));
        let shared = Arc::new(Shared {
            heard: Heard::default(),
            connections: Connections::default(),
            budget: client.budget(),
            client,
            tls,
            is_behind_another,
            is_reached: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
        });
        let accepting = Arc::clone(&shared);
        thread::Builder::new()
            .name("listener".to_owned())
            .spawn(move || accept(&socket, &accepting))
            .map_err(|error| format!("no thread can be started to listen: {error}"))?;
        let (in_vain, came) = (AtomicUsize::new(0), AtomicBool::new(false));
        Ok(Listener { address, url, timeout: *timeout, in_vain, came, end_asked, shared })
    }

    /// Returns how long something is waited for: it would add up from case to case if nothing ever came.
    fn patience(&self) -> Duration {
        let in_vain = self.in_vain.load(Ordering::Relaxed);
        let is_hopeless = in_vain >= MOST_IN_VAIN && !self.came.load(Ordering::Relaxed);
        if is_hopeless { Duration::ZERO } else { self.timeout }
    }

    /// Returns what is to be known of the way to the listener where something was waited for, and
    /// nobody ever called a callback: a sentence without a full stop.
    pub(crate) fn why_unheard(&self) -> Option<String> {
        if self.in_vain.load(Ordering::Relaxed) == 0 || self.shared.heard.is_called() {
            return None;
        }
        let url = &self.url;
        Some(match self.shared.is_reached.load(Ordering::Relaxed) {
            false => format!(
                "nothing has reached {url} in this run, so that the target tells nobody, or cannot \
                 reach it: a firewall may stand between, or `url` of [listen] may have to name it \
                 otherwise"
            ),
            true => format!(
                "connections have reached {url} in this run, but no call to a callback that the \
                 target was given: it may call another path, or not trust the certificate"
            ),
        })
    }

    /// Does as a request to the listener asks, and answers with what was heard: a list of the calls
    /// in the order in which they came.
    ///
    /// # Errors
    /// The request is none, or the run ended before what was waited for had come.
    pub(crate) fn answer(&self, request: &Request) -> Result<Answer, NoAnswer> {
        let body = request.body.as_deref().unwrap_or_default();
        let listen: Listen = serde_json::from_slice(body)
            .map_err(|fault| NoAnswer::Unsendable(format!("it cannot be listened so: {fault}")))?;
        let asks = listen.asks.clone().map(|url| Request {
            method: "GET".to_owned(),
            url,
            headers: Vec::new(),
            credential: request.credential.clone(),
            body: None,
            room: request.room,
        });
        let heard = &self.shared.heard;
        heard.attend(&listen, asks);
        let until = Instant::now() + self.patience();
        while !heard.is_enough(&listen) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                self.in_vain.fetch_add(1, Ordering::Relaxed);
                break;
            }
            if self.end_asked.is_asked() {
                return Err(NoAnswer::Busy("the run was interrupted".to_owned()));
            }
            self.shared.budget.time_left().map_err(NoAnswer::Excess)?;
            heard.wait(&listen, left.min(NAP));
        }
        let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        if heard.is_enough(&listen) {
            self.came.fetch_or(listen.until.is_some(), Ordering::Relaxed);
        } else {
            let why = self.why_unheard();
            headers.extend(why.map(|why| (Listen::UNHEARD.to_owned(), why)));
        }
        Ok(Answer {
            status: 200,
            headers,
            body: heard.told(&listen).to_string().into_bytes(),
            ..Answer::default()
        })
    }

    /// Hears nothing more at a callback, and lets go what was heard there.
    pub(crate) fn forget(&self, callback: &str) {
        self.shared.heard.forget(callback);
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::Relaxed);
        // Nobody need answer: it wakes the thread that accepts.
        let host = match self.address {
            SocketAddr::V4(address) if address.ip().is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(address) if address.ip().is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            address => address.ip(),
        };
        let address = SocketAddr::new(host, self.address.port());
        drop(TcpStream::connect_timeout(&address, Duration::from_secs(1)));
        self.shared.connections.close();
    }
}

/// Accepts until the listener is dropped.
fn accept(socket: &TcpListener, shared: &Arc<Shared>) {
    for client in socket.incoming() {
        if shared.stopping.load(Ordering::Relaxed) {
            return;
        }
        // What cannot be accepted was given up by whoever called, or there are no more sockets just now.
        let Ok(client) = client else {
            thread::sleep(NAP);
            continue;
        };
        shared.is_reached.store(true, Ordering::Relaxed);
        connection::begin(shared, client);
    }
}

#[cfg(test)]
mod tests;
