//! Seats: a connection has one as long as it lasts, and where they run out, the one that has been
//! idle longest gives up its own, or, where none is, the one that has kept the server waiting longest,
//! or, where none has, one whose answer is held back or followed.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

use super::pulse::{Pulse, Wait};

/// One seat in so many is kept free, so that a newcomer does not wait until somebody has left.
const KEPT_FREE: u32 = 64;

/// Who has waited for less time than this is about to go on.
const SETTLED: Duration = Duration::from_secs(1);

/// How long a newcomer waits for a seat that somebody leaves of themselves, where nobody is settled.
const BRIEF: Duration = Duration::from_millis(50);

/// All seats.
pub(super) struct Seats {
    all: u32,
    free: Arc<Semaphore>,
    taken: Mutex<TakenSeats>,
}

/// The seats that are taken.
struct TakenSeats {
    seats: Vec<Arc<Seat>>,
    /// Before this nobody can have been waited for [`SETTLED`]. Else each of the connections that
    /// come while all others are new would look at a thousand seats in vain.
    none_settled_before: Instant,
}

/// The seat of a connection.
pub(super) struct Seat {
    /// What the connection is doing.
    pub(super) pulse: Arc<Pulse>,
    client: IpAddr,
    called: Notify,
    /// Whether it was called and has not left.
    is_called: AtomicBool,
}

/// A seat that is taken until this is dropped.
pub(super) struct Taken {
    pub(super) seat: Arc<Seat>,
    seats: Arc<Seats>,
    _permit: OwnedSemaphorePermit,
}

impl Seats {
    pub(super) fn new(all: u32) -> Arc<Self> {
        let free = Arc::new(Semaphore::new(all as usize));
        let taken = TakenSeats { seats: Vec::new(), none_settled_before: Instant::now() };
        Arc::new(Self { all, free, taken: Mutex::new(taken) })
    }

    /// Takes a seat for a connection of `client`, once there is one.
    pub(super) async fn take(self: &Arc<Self>, client: IpAddr) -> Taken {
        let mut settled = SETTLED;
        let permit = loop {
            if self.free.available_permits() == 0 {
                self.make_room(settled);
            }
            match timeout(BRIEF, Arc::clone(&self.free).acquire_owned()).await {
                Ok(Ok(permit)) => break permit,
                // It is never closed.
                Ok(Err(_)) => std::future::pending().await,
                Err(_) => settled = Duration::ZERO,
            }
        };
        let seat = Arc::new(Seat {
            pulse: Arc::new(Pulse::new()),
            client: network(client),
            called: Notify::new(),
            is_called: AtomicBool::new(false),
        });
        self.lock().seats.push(Arc::clone(&seat));
        if self.free.available_permits() < (self.all / KEPT_FREE) as usize {
            self.make_room(SETTLED);
        }
        Taken { seat, seats: Arc::clone(self), _permit: permit }
    }

    /// Calls one connection to leave, of those for which the server has waited for `settled` or
    /// longer: an idle one if there is any, of the client that has most of them, the one that has
    /// kept it waiting longest. Returns whether there was one.
    pub(super) fn make_room(&self, settled: Duration) -> bool {
        let now = Instant::now();
        let mut taken = self.lock();
        if settled >= SETTLED && now < taken.none_settled_before {
            return false;
        }
        let mut longest = Duration::ZERO;
        let mut waited_for: HashMap<(u8, IpAddr), (usize, Duration, &Seat)> = HashMap::new();
        for seat in taken.seats.iter().filter(|seat| !seat.is_called.load(Relaxed)) {
            let Some((wait, time)) = seat.pulse.waits(now) else { continue };
            longest = longest.max(time);
            if time < settled {
                continue;
            }
            let key = (turn(wait, time), seat.client);
            let of_client = waited_for.entry(key).or_insert((0, time, seat));
            of_client.0 += 1;
            if time > of_client.1 {
                (of_client.1, of_client.2) = (time, seat);
            }
        }
        let loser = waited_for
            .into_iter()
            .max_by_key(|((turn, _), (count, longest, _))| (*turn, *count, *longest));
        let Some((_, (.., seat))) = loser else {
            // Whatever is waited for from now on is waited for from zero.
            taken.none_settled_before = now + SETTLED.saturating_sub(longest);
            return false;
        };
        seat.is_called.store(true, Relaxed);
        seat.called.notify_one();
        true
    }

    /// Waits until all are free.
    pub(super) async fn empty(&self) {
        let _ = self.free.acquire_many(self.all).await;
    }

    fn lock(&self) -> MutexGuard<'_, TakenSeats> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// Waits until the connection has to leave: it was called, and its client still keeps the server
    /// waiting.
    pub(super) async fn lost(&self) {
        loop {
            self.called.notified().await;
            if self.pulse.waits(Instant::now()).is_some() {
                return;
            }
            self.is_called.store(false, Relaxed);
        }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let mut taken = self.seats.lock();
        if let Some(at) = taken.seats.iter().position(|seat| Arc::ptr_eq(seat, &self.seat)) {
            taken.seats.swap_remove(at);
        }
    }
}

/// Returns when the turn of a connection comes to leave; the highest is called first. Those whose answer
/// is held back come last of those that are settled, and before all that are not: these have just come,
/// and are about to ask.
fn turn(wait: Wait, time: Duration) -> u8 {
    match (time >= SETTLED, wait) {
        (true, Wait::Request) => 5,
        (true, Wait::Rest) => 4,
        (_, Wait::Nothing) => 3,
        (false, Wait::Request) => 2,
        (false, Wait::Rest) => 1,
    }
}

/// Returns what counts as one client: an IPv4 address, or the network of an IPv6 one, of whose
/// addresses a single host may have all.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::pulse::Phase;

    fn called(taken: &Taken) -> bool {
        taken.seat.is_called.load(Relaxed)
    }

    /// A crowd from one address costs its own seats, not those of its neighbours; and who waits for
    /// an answer keeps theirs.
    #[test]
    fn the_client_with_most_idle_connections_loses_the_oldest() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let seats = Seats::new(128);
            let (one, crowd) = ([10, 0, 0, 1].into(), [10, 0, 0, 2].into());
            let alone = seats.take(one).await;
            let busy = seats.take(crowd).await;
            busy.seat.pulse.enter(Phase::Answering);
            let mut idle = Vec::new();
            for _ in 0..3 {
                tokio::time::sleep(Duration::from_millis(2)).await;
                idle.push(seats.take(crowd).await);
            }
            let half = seats.take(crowd).await;
            half.seat.pulse.enter(Phase::Head);
            // Of two that have one each the older goes; who has begun a request goes last.
            for loser in [&idle[0], &idle[1], &alone, &idle[2], &half] {
                assert!(!called(loser) && seats.make_room(Duration::ZERO) && called(loser));
            }
            assert!(!seats.make_room(Duration::ZERO) && !called(&busy));
        });
    }

    /// Who came first would keep its seat for ever, if a look in vain were the last.
    #[test]
    fn who_is_new_is_left_alone_for_a_second_and_no_longer() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let seats = Seats::new(128);
            let first = seats.take([10, 0, 0, 1].into()).await;
            for _ in 0..2 {
                assert!(!seats.make_room(SETTLED) && !called(&first));
            }
            tokio::time::sleep(SETTLED).await;
            let _second = seats.take([10, 0, 0, 1].into()).await;
            assert!(seats.make_room(SETTLED) && called(&first));
            assert!(!seats.make_room(SETTLED));
        });
    }

    /// Who takes back the rule that holds all others would be the first to leave.
    #[test]
    fn an_answer_that_is_held_back_gives_way_to_who_has_just_come() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let seats = Seats::new(128);
            let held = seats.take([10, 0, 0, 1].into()).await;
            held.seat.pulse.enter(Phase::Held);
            let come = seats.take([10, 0, 0, 1].into()).await;
            come.seat.pulse.enter(Phase::Head);
            assert!(seats.make_room(Duration::ZERO) && called(&held) && !called(&come));
        });
    }

    #[test]
    fn an_ipv6_host_is_one_client_whichever_of_its_addresses_it_takes() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:10.0.0.1"), of("10.0.0.1"));
    }
}
