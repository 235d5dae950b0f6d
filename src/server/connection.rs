//! One connection, from its first byte to its end.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::select;
use tokio::time::timeout;

use super::Limits;
use super::exchange::Exchange;
use super::flow::Flow;
use super::handshake::{Shaken, Told, kind, shake};
use super::log::Log;
use super::pulse::{Clock, Pulse};
use super::room::Room;
use super::seats::Seat;
use super::stop::{Stage, Stop};
use super::stream::Stream;
use super::tls::Tls;
use crate::api::message::Service;

/// The bytes that hyper buffers of a connection, each way; a request's head may make it more.
const BUFFER: usize = 64 * 1024;

/// The part that all connections share.
pub(super) struct Shared<S> {
    service: Arc<S>,
    limits: Limits,
    room: Room,
    tls: Option<Arc<Tls>>,
    told: Told,
    http: http1::Builder,
}

impl<S: Service> Shared<S> {
    pub(super) fn new(service: Arc<S>, limits: Limits, tls: Option<Arc<Tls>>) -> Self {
        let mut http = http1::Builder::new();
        http.max_header_size(limits.header_bytes)
            .max_buf_size(limits.header_bytes.max(BUFFER))
            // Who has said all may close its side and wait for the answer.
            .half_close(true)
            // The pulse's clock has this part, see there.
            .header_read_timeout(None);
        let room = Room::new(&limits);
        Self { service, limits, room, tls, told: Told::default(), http }
    }

    /// Tells the service that nothing new is begun.
    pub(super) fn note_stopping(&self) {
        self.service.note_stopping();
    }

    /// Serves one connection to its end, and has the service take note of it. Errors of one connection are its client's affair and
    /// end here.
    pub(super) async fn serve(&self, socket: TcpStream, seat: &Seat, stop: Stop) {
        self.service.note_opened();
        let _closing = Closing(&*self.service);
        self.connection(socket, seat, stop).await;
    }

    async fn connection(&self, socket: TcpStream, seat: &Seat, mut stop: Stop) {
        // Without it the end of an answer may wait for the client's delayed acknowledgement. A
        // socket that refuses it is already closed, which shows at the first read.
        let _ = socket.set_nodelay(true);
        let Some(tls) = &self.tls else {
            return self.exchanges(socket, seat, stop).await;
        };
        let handshake = timeout(self.limits.first_byte, shake(tls.acceptor(), socket));
        let shaken = select! {
            shaken = handshake => shaken,
            () = seat.lost() => return,
            () = stop.reaches(Stage::Draining) => return,
        };
        match shaken {
            Ok(Shaken::Secure(socket)) => self.exchanges(*socket, seat, stop).await,
            Ok(Shaken::Refused(why, socket)) => {
                self.service.note_failed_handshake(kind(&why));
                self.told.note(&why);
                // A reset would overtake the alert that says why.
                let mut socket = Stream::new(socket, self.exchange(seat));
                let closed = poll_fn(|cx| Pin::new(&mut socket).poll_shutdown(cx));
                select! {
                    _ = timeout(self.limits.linger, closed) => {}
                    () = seat.lost() => {}
                    () = stop.reaches(Stage::Draining) => {}
                }
            }
            Ok(Shaken::Gone) | Err(_) => {}
        }
    }

    /// Returns what the exchanges of one connection share.
    fn exchange(&self, seat: &Seat) -> Arc<Exchange<S>> {
        Arc::new(Exchange {
            service: Arc::clone(&self.service),
            pulse: Arc::clone(&seat.pulse),
            flow: Arc::new(Flow::new(Log::begun())),
            body_time: self.limits.body_time,
            header_bytes: self.limits.header_bytes,
            room: self.room.clone(),
            secure: self.tls.is_some(),
        })
    }

    async fn exchanges<IO>(&self, socket: IO, seat: &Seat, mut stop: Stop)
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let pulse = Arc::clone(&seat.pulse);
        let exchange = self.exchange(seat);
        let socket = TokioIo::new(Stream::new(socket, Arc::clone(&exchange)));
        let service = service_fn(move |request| {
            // At once, since hyper may read on before the answer is asked for.
            let id = exchange.flow.open(&request);
            let exchange = Arc::clone(&exchange);
            async move { exchange.run(request, id).await }
        });
        let mut connection = pin!(self.http.serve_connection(socket, service));
        let mut clock = Clock::new(&self.limits);

        select! {
            biased;
            // First, so that an answer that is ready at the same time says that it is the last.
            () = stop.reaches(Stage::Draining) => {}
            () = timed(connection.as_mut(), &mut clock, &pulse, &self.limits) => return,
            () = seat.lost() => return,
        }
        pulse.leave();
        connection.as_mut().graceful_shutdown();
        select! {
            biased;
            () = timed(connection.as_mut(), &mut clock, &pulse, &self.limits) => {}
            () = stop.reaches(Stage::Over) => {}
        }
    }
}

/// Tells the service that a connection has ended, however it did.
struct Closing<'s, S: Service>(&'s S);

impl<S: Service> Drop for Closing<'_, S> {
    fn drop(&mut self) {
        self.0.note_closed();
    }
}

/// Returns the end of `connection`: its own, or the one that the clock sets.
async fn timed(
    mut connection: Pin<&mut impl Future>,
    clock: &mut Clock,
    pulse: &Pulse,
    limits: &Limits,
) {
    poll_fn(|cx| match connection.as_mut().poll(cx) {
        Poll::Ready(_) => Poll::Ready(()),
        Poll::Pending => clock.poll(cx, pulse, limits),
    })
    .await;
}
