//! The accept loop.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::select;
use tokio::time::{Instant, sleep, timeout};

use super::Limits;
use super::connection::Shared;
use super::seats::{Seats, Taken};
use super::stop::{Stage, Stages};
use super::tls::Tls;
use crate::api::message::Service;
use crate::output::standard_error::tell;

/// The rest that accepting takes when the system is short of something.
const REST: Duration = Duration::from_millis(100);

/// How long it is not told again that connections cannot be accepted.
const SILENCE: Duration = Duration::from_secs(60);

/// Serves `service` on `listener` until `stop` is ready; over TLS where `tls` is given.
///
/// Then the listener is closed, connections between two requests are closed, and requests in
/// flight are answered; what is not answered within [`Limits::grace`] is given up. Dropping the
/// future instead gives all of it up at once.
///
/// # Errors
/// The listener cannot accept any more. Passing errors, such as too many open files, are waited
/// out.
pub async fn serve<S: Service>(
    listener: TcpListener,
    service: Arc<S>,
    tls: Option<Arc<Tls>>,
    limits: Limits,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let seats = Seats::new(limits.connections);
    let grace = limits.grace;
    let shared = Arc::new(Shared::new(service, limits, tls));
    let stages = Stages::new();
    let mut told = None;
    let mut stop = pin!(stop);
    let ended = loop {
        let accepted = select! {
            biased;
            () = &mut stop => break Ok(()),
            accepted = next(&listener, &seats, &mut told) => accepted,
        };
        let (socket, taken) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => break Err(error),
        };
        let (shared, stop) = (Arc::clone(&shared), stages.watch());
        tokio::spawn(async move {
            shared.serve(socket, &taken.seat, stop).await;
            drop(taken);
        });
    };
    drop(listener);
    shared.note_stopping();
    stages.enter(Stage::Draining);
    // All seats are free when all connections have ended.
    let _ = timeout(grace, seats.empty()).await;
    stages.enter(Stage::Over);
    ended
}

/// Returns the next connection, with its seat. Noted is when it was last `told` that there is none.
async fn next(
    listener: &TcpListener,
    seats: &Arc<Seats>,
    told: &mut Option<Instant>,
) -> io::Result<(TcpStream, Taken)> {
    loop {
        let error = match listener.accept().await {
            Ok((socket, client)) => return Ok((socket, seats.take(client.ip()).await)),
            Err(error) => error,
        };
        match error.kind() {
            // The client went away before it was accepted.
            io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused => {}
            // This is no listening socket (any more).
            io::ErrorKind::InvalidInput => return Err(error),
            // Too many open files, no memory: accepting at once again would only spin, and who
            // holds a connection idly gives it up, as where the seats have run out.
            _ => {
                if told.is_none_or(|told| told.elapsed() > SILENCE) {
                    tell(format_args!("etalon: connections cannot be accepted for now: {error}."));
                    *told = Some(Instant::now());
                }
                let made = seats.make_room(Duration::ZERO);
                sleep(if made { REST / 50 } else { REST }).await;
            }
        }
    }
}
