//! The socket as hyper sees it.
//!
//! hyper is given one head at a time, up to its end and not a byte more, and the next only when the
//! answer to the last is out. So it is always known what a byte belongs to: what a client sends
//! unencoded in its first line can be read, what hyper answers by itself is told from the service's
//! answers, and every answer is counted. Where a request ends is decided by hyper alone; where that
//! cannot be followed, bytes are passed on as they come.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::exchange::Exchange;
use super::flow::Framing;
use super::head::Head;
use super::pulse::Phase;
use crate::api::message::Service;

/// The most bytes that are read of a client whose answer is held back, to see whether it is there.
const EARLY: usize = 16 * 1024;

/// What the next byte for hyper belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Head,
    /// Something that a whole head decides, which hyper has not read yet.
    Decided,
    /// So many bytes of a body.
    Body(u64),
    /// A body that ends where its chunks say, or what follows it.
    Chunks,
    /// Nobody here knows.
    Lost,
}

/// A socket, plain or TLS, that notes what passes, and whose end loses no answer.
pub(super) struct Stream<IO, S> {
    io: IO,
    exchange: Arc<Exchange<S>>,
    place: Place,
    head: Head,
    /// Bytes that came with others and are not hyper's yet.
    held: BytesMut,
    /// The last bytes that hyper was given of chunks.
    tail: Vec<u8>,
    /// hyper has asked for a head before its time.
    awaited: bool,
    /// What is sent in the place of hyper's own answer.
    own: Option<Bytes>,
    /// The client has closed its side.
    ended: bool,
    /// Our side is closed.
    shut: bool,
}

impl<IO: AsyncRead + AsyncWrite + Unpin, S: Service> Stream<IO, S> {
    pub(super) fn new(io: IO, exchange: Arc<Exchange<S>>) -> Self {
        Self {
            io,
            exchange,
            place: Place::Head,
            head: Head::new(),
            held: BytesMut::new(),
            tail: Vec::new(),
            awaited: false,
            own: None,
            ended: false,
            shut: false,
        }
    }

    /// Follows what hyper has made of the bytes that it was given.
    fn follow(&mut self) {
        let before = self.place;
        if let Some(framing) = self.exchange.flow.take_framing() {
            self.place = match (self.place, framing) {
                (Place::Decided, Framing::Length(length)) => Place::Body(length),
                (Place::Decided, Framing::Chunked) => Place::Chunks,
                _ => Place::Lost,
            };
            self.tail.clear();
        }
        if self.place == Place::Chunks && self.exchange.flow.has_body_ended() {
            // Had hyper more than the chunks, it would not end in an empty line, or hyper would not
            // ask for more.
            let is_clean = self.tail.ends_with(b"\n\r\n") || self.tail.ends_with(b"\n\n");
            self.place = if is_clean { Place::Head } else { Place::Lost };
        }
        if self.place == Place::Body(0) {
            self.place = Place::Head;
        }
        if self.place != before && matches!(self.place, Place::Head | Place::Lost) {
            self.head.clear();
        }
    }

    /// Reads a head, up to its end.
    fn read_head(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        loop {
            ready!(self.next(cx, buffer))?;
            let new = &buffer.filled()[before..];
            if new.is_empty() {
                return Poll::Ready(Ok(()));
            }
            if let Some(encoded) = self.head.encoded(new) {
                // It may be longer than the buffer has room.
                buffer.set_filled(before);
                self.hold(&encoded);
                continue;
            }
            if let Some(end) = self.head.take(new) {
                let rest = new[end..].to_vec();
                self.hold(&rest);
                buffer.set_filled(before + end);
                self.place = Place::Decided;
            }
            return Poll::Ready(Ok(()));
        }
    }

    /// Keeps bytes for later, before those that are kept already.
    fn hold(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            let after = std::mem::replace(&mut self.held, BytesMut::from(bytes));
            self.held.unsplit(after);
        }
    }

    /// Reads what follows a head.
    fn read_on(&mut self, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(self.next(cx, buffer))?;
        let new = &buffer.filled()[before..];
        match self.place {
            Place::Body(left) => {
                let taken = usize::try_from(left).unwrap_or(usize::MAX).min(new.len());
                let rest = new[taken..].to_vec();
                self.hold(&rest);
                buffer.set_filled(before + taken);
                self.place = Place::Body(left - taken as u64);
            }
            Place::Chunks => {
                self.tail.extend_from_slice(&new[new.len().saturating_sub(3)..]);
                let old = self.tail.len().saturating_sub(3);
                self.tail.drain(..old);
            }
            _ => {}
        }
        Poll::Ready(Ok(()))
    }

    /// Reads what comes next: what was held, or else from the socket.
    fn next(&mut self, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if !self.held.is_empty() {
            let taken = self.held.len().min(buffer.remaining());
            buffer.put_slice(&self.held[..taken]);
            self.held.advance(taken);
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.io).poll_read(cx, buffer))?;
        self.ended = buffer.filled().len() == before;
        Poll::Ready(Ok(()))
    }

    /// Waits until the answer is out, or the client has gone.
    fn wait(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.awaited = true;
        if self.held.is_empty() {
            let mut early = [MaybeUninit::uninit(); 4096];
            let mut buffer = ReadBuf::uninit(&mut early);
            ready!(self.next(cx, &mut buffer))?;
            if self.ended {
                return Poll::Ready(Ok(()));
            }
            self.hold(buffer.filled());
        }
        Poll::Pending
    }

    /// Reads on while an answer is held back, which hyper does not: else nothing would show that the
    /// client has gone.
    ///
    /// # Errors
    /// It has.
    fn watch(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        while !self.ended && self.held.len() < EARLY {
            let mut early = [MaybeUninit::uninit(); 4096];
            let mut buffer = ReadBuf::uninit(&mut early);
            let Poll::Ready(read) = Pin::new(&mut self.io).poll_read(cx, &mut buffer) else {
                return Ok(());
            };
            read?;
            self.ended = buffer.filled().is_empty();
            self.held.extend_from_slice(buffer.filled());
        }
        if self.ended {
            self.exchange.pulse.forsaken();
        }
        Ok(())
    }

    /// Reads what the client still sends, until it ends; the pulse's clock bounds the wait.
    fn discard(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while !self.ended {
            let mut waste = [MaybeUninit::uninit(); 4096];
            let mut buffer = ReadBuf::uninit(&mut waste);
            let read = ready!(Pin::new(&mut self.io).poll_read(cx, &mut buffer));
            self.ended = read.is_err() || buffer.filled().is_empty();
        }
        Poll::Ready(())
    }

    /// Notes what hyper writes though no request is being answered: that is its own refusal of a
    /// head, in whose place another is sent.
    fn replace(&mut self, written: &[u8]) {
        if self.own.is_none() {
            self.own = Some(self.exchange.refuse_unread(&self.head, written));
        }
    }

    /// Sends what takes the place of hyper's own answer.
    fn send_own(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(own) = self.own.as_mut().filter(|own| own.has_remaining()) {
            let written = Pin::new(&mut self.io).poll_write(cx, own);
            self.exchange.pulse.wrote(&written);
            let written = ready!(written)?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            own.advance(written);
            self.exchange.flow.sent(written);
        }
        Poll::Ready(Ok(()))
    }

    fn count(&mut self, written: &Poll<io::Result<usize>>) {
        self.exchange.pulse.wrote(written);
        if let Poll::Ready(Ok(bytes)) = written {
            self.exchange.flow.sent(*bytes);
        }
    }

    /// Ends the exchange whose answer is out.
    fn close(&mut self, cx: &mut Context<'_>) {
        self.exchange.flow.close();
        if std::mem::take(&mut self.awaited) {
            cx.waker().wake_by_ref();
        }
    }
}

impl<IO, S> Drop for Stream<IO, S> {
    fn drop(&mut self) {
        self.exchange.flow.cut();
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin, S: Service> AsyncRead for Stream<IO, S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.follow();
        let before = buffer.filled().len();
        ready!(match self.place {
            Place::Head if self.exchange.flow.is_open() => self.wait(cx),
            Place::Head => self.read_head(cx, buffer),
            _ => self.read_on(cx, buffer),
        })?;
        match buffer.filled().len() - before {
            0 => {}
            bytes => self.exchange.pulse.received(bytes),
        }
        Poll::Ready(Ok(()))
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin, S: Service> AsyncWrite for Stream<IO, S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if !self.exchange.flow.is_open() {
            self.replace(bytes);
            return Poll::Ready(Ok(bytes.len()));
        }
        let written = Pin::new(&mut self.io).poll_write(cx, bytes);
        self.count(&written);
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if !self.exchange.flow.is_open() {
            let bytes: Vec<u8> = slices.iter().flat_map(|slice| slice.iter().copied()).collect();
            self.replace(&bytes);
            return Poll::Ready(Ok(bytes.len()));
        }
        let written = Pin::new(&mut self.io).poll_write_vectored(cx, slices);
        self.count(&written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.exchange.pulse.is_held() {
            self.watch(cx)?;
        }
        let flushed = match self.send_own(cx) {
            Poll::Ready(Ok(())) => Pin::new(&mut self.io).poll_flush(cx),
            unsent => unsent,
        };
        self.exchange.pulse.flushed(&flushed);
        if matches!(flushed, Poll::Ready(Ok(())))
            && (self.exchange.flow.is_handed() || self.own.is_some())
        {
            self.close(cx);
        }
        flushed
    }

    /// Closes our side, then waits until the client has closed its own: closing a socket that
    /// holds unread bytes resets it, and a reset may overtake the answer.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let pulse = Arc::clone(&self.exchange.pulse);
        if !matches!(pulse.phase(), Phase::Closing | Phase::Leaving) {
            pulse.enter(Phase::Closing);
        }
        if !self.shut {
            ready!(Pin::new(&mut self.io).poll_shutdown(cx))?;
            self.shut = true;
        }
        if pulse.phase() == Phase::Closing {
            ready!(self.discard(cx));
        }
        Poll::Ready(Ok(()))
    }
}
