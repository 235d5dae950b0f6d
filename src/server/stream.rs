//! The socket as hyper sees it.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::pulse::{Phase, Pulse};

/// A socket, plain or TLS, that notes in the pulse what passes, and whose end loses no answer.
pub(super) struct Stream<IO> {
    io: IO,
    pulse: Arc<Pulse>,
    /// The client has closed its side.
    ended: bool,
    /// Our side is closed.
    shut: bool,
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Stream<IO> {
    pub(super) fn new(io: IO, pulse: Arc<Pulse>) -> Self {
        Self { io, pulse, ended: false, shut: false }
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
}

impl<IO: AsyncRead + AsyncWrite + Unpin> AsyncRead for Stream<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.io).poll_read(cx, buffer))?;
        match buffer.filled().len() - before {
            0 => self.ended = true,
            bytes => self.pulse.received(bytes),
        }
        Poll::Ready(Ok(()))
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Stream<IO> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write(cx, bytes);
        self.pulse.wrote(&written);
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write_vectored(cx, slices);
        self.pulse.wrote(&written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.io).poll_flush(cx);
        self.pulse.flushed(&flushed);
        flushed
    }

    /// Closes our side, then waits until the client has closed its own: closing a socket that
    /// holds unread bytes resets it, and a reset may overtake the answer.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !matches!(self.pulse.phase(), Phase::Closing | Phase::Leaving) {
            self.pulse.enter(Phase::Closing);
        }
        if !self.shut {
            ready!(Pin::new(&mut self.io).poll_shutdown(cx))?;
            self.shut = true;
        }
        if self.pulse.phase() == Phase::Closing {
            ready!(self.discard(cx));
        }
        Poll::Ready(Ok(()))
    }
}
