//! The accept loop.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::select;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use super::Limits;
use super::connection::Shared;
use super::stop::{Stage, Stages};
use crate::api::message::Service;
use crate::output::standard_error::tell;

/// The rest that accepting takes when the system is short of something.
const REST: Duration = Duration::from_millis(100);

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
    tls: Option<Arc<ServerConfig>>,
    limits: Limits,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let seats = Arc::new(Semaphore::new(limits.connections as usize));
    let (all_seats, grace) = (limits.connections, limits.grace);
    let shared = Arc::new(Shared::new(service, limits, tls.map(TlsAcceptor::from)));
    let stages = Stages::new();
    let mut stop = pin!(stop);
    let ended = loop {
        let accepted = select! {
            biased;
            () = &mut stop => break Ok(()),
            accepted = next(&listener, &seats) => accepted,
        };
        let (socket, seat) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => break Err(error),
        };
        let (shared, stop) = (Arc::clone(&shared), stages.watch());
        tokio::spawn(async move {
            shared.serve(socket, stop).await;
            drop(seat);
        });
    };
    drop(listener);
    stages.enter(Stage::Draining);
    // All seats are free when all connections have ended.
    let _ = timeout(grace, seats.acquire_many(all_seats)).await;
    stages.enter(Stage::Over);
    ended
}

/// Returns the next connection, once there is a seat for it.
async fn next(
    listener: &TcpListener,
    seats: &Arc<Semaphore>,
) -> io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let seat = Arc::clone(seats).acquire_owned().await.map_err(io::Error::other)?;
    let mut told = false;
    loop {
        let error = match listener.accept().await {
            Ok((socket, _)) => return Ok((socket, seat)),
            Err(error) => error,
        };
        match error.kind() {
            // The client went away before it was accepted.
            io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused => {}
            // This is no listening socket (any more).
            io::ErrorKind::InvalidInput => return Err(error),
            // Too many open files, no memory: accepting at once again would only spin.
            _ => {
                if !told {
                    tell(format_args!("etalon: connections cannot be accepted for now: {error}."));
                    told = true;
                }
                sleep(REST).await;
            }
        }
    }
}
