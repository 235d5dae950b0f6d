//! The connections to the listener: one call each, so many at a time, each for so long. Who holds one
//! in vain is the first to lose it.

use std::collections::VecDeque;
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::Shared;
use super::call::{Head, Unheard, answer};
use super::heard::Call;
use super::socket::{Stream, stream};
use crate::harness::wire::budget::Budget;
use crate::harness::wire::clock::now;
use crate::harness::wire::meter::Meter;

/// So many connections are open at a time; where one more comes, the oldest is given up of those that
/// named no callback.
const MOST_OPEN: usize = 256;
/// So long one call may take, whatever becomes of it.
pub(super) const LONGEST: Duration = Duration::from_secs(10);

/// The connections that are open, the oldest first.
#[derive(Default)]
pub(super) struct Connections(Mutex<Open>);

#[derive(Default)]
struct Open {
    next: u64,
    sockets: VecDeque<Held>,
}

struct Held {
    number: u64,
    socket: TcpStream,
    /// It named a callback.
    is_known: bool,
}

impl Connections {
    /// Takes one more. Returns its number.
    fn open(&self, socket: TcpStream) -> u64 {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.sockets.len() >= MOST_OPEN {
            let stranger = open.sockets.iter().position(|held| !held.is_known);
            if let Some(oldest) = open.sockets.remove(stranger.unwrap_or(0)) {
                // It may be gone by now.
                let _ = oldest.socket.shutdown(Shutdown::Both);
            }
        }
        let number = open.next;
        open.next += 1;
        open.sockets.push_back(Held { number, socket, is_known: false });
        number
    }

    /// Takes note that a connection named a callback.
    fn know(&self, number: u64) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let held = open.sockets.iter_mut().find(|held| held.number == number);
        held.into_iter().for_each(|held| held.is_known = true);
    }

    fn leave(&self, number: u64) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.sockets.retain(|held| held.number != number);
    }

    /// Gives all of them up.
    pub(super) fn close(&self) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for held in open.sockets.drain(..) {
            let _ = held.socket.shutdown(Shutdown::Both);
        }
    }
}

/// Hears who calls, on a thread of its own.
pub(super) fn begin(shared: &Arc<Shared>, socket: TcpStream) {
    let Ok(handle) = socket.try_clone() else { return };
    let number = shared.connections.open(handle);
    let own = Arc::clone(shared);
    let hear = move || {
        let _ = socket.set_nodelay(true);
        let until = Instant::now() + LONGEST;
        if let Ok(mut stream) = stream(socket, until, own.tls.as_ref()) {
            let status = match hear(&own, number, stream.as_mut()) {
                Ok(status) | Err(Unheard::Refused(status)) => Some(status),
                Err(Unheard::Gone) => None,
            };
            // Whoever called may be gone: what it said was heard all the same.
            if status.is_some_and(|status| answer(stream.as_mut(), status).is_ok()) {
                stream.finish();
            }
        }
        own.connections.leave(number);
    };
    // Without a thread nobody is heard, and a target tells again.
    if thread::Builder::new().spawn(hear).is_err() {
        shared.connections.leave(number);
    }
}

/// Hears one call. Returns the status with which it is answered.
fn hear(shared: &Shared, number: u64, stream: &mut dyn Stream) -> Result<u16, Unheard> {
    let Shared { heard, budget, client, .. } = shared;
    let mut head = Head::read(stream)?;
    let Some(mut place) = heard.callback(&head.target) else {
        return Err(Unheard::Refused(404));
    };
    shared.connections.know(number);
    if shared.is_behind_another {
        place.above.clear();
    }
    let allowance = &budget.allowance;
    let most = usize::try_from(allowance.answer).unwrap_or(usize::MAX);
    let body = head.body(stream, most).and_then(|body| measured(budget, body));
    let (body, refused) = match body {
        Ok(body) => (body, None),
        // That it came is to be seen all the same.
        Err(Unheard::Refused(status)) => (Vec::new(), Some(status)),
        Err(Unheard::Gone) => return Err(Unheard::Gone),
    };
    let Head { method, headers, .. } = head;
    let call = Call::new(now(), method, &place, headers, &body);
    let (status, asked) = heard.take(&place.token, call, refused, allowance.held_of_list());
    if let Some((index, request)) = asked {
        heard.ask(&place.token, index, client, request);
    }
    Ok(status)
}

/// Returns a body that is no more than is held as values, as of an answer of the target.
fn measured(budget: &Budget, body: Vec<u8>) -> Result<Vec<u8>, Unheard> {
    let mut meter = Meter::default();
    meter.take(&body);
    budget.take(meter.whole.bytes, meter.whole.values).map_err(|_| Unheard::Refused(503))?;
    match meter.excess(&budget.allowance) {
        Some(_) => Err(Unheard::Refused(413)),
        None => Ok(body),
    }
}
