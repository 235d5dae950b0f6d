//! Bodies: of requests, within their limits; of responses, whole or page by page.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::task::{JoinHandle, spawn_blocking};

use super::flow::Flow;
use super::pulse::{Phase, Pulse};
use super::room::{Ahead, Part, Room};
use crate::api::message::{Altered, Body, Next, Pages, Refusal};

/// Reads a request's body of at most `limit` bytes into the part of the room that it has. A longer
/// one is refused by its announced length, or, without one, as soon as it has grown too long.
pub(super) async fn read(
    mut body: Incoming,
    limit: u64,
    part: &mut Part,
) -> Result<Bytes, Refusal> {
    let announced = body.size_hint();
    if announced.lower() > limit {
        return Err(Refusal::BodyTooLarge(limit));
    }
    let longest = announced.upper().unwrap_or(limit).min(limit) as usize;
    // One piece is the rule for a small body, and then it is the body.
    let mut first = Bytes::new();
    let mut rest = Vec::new();
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        // A trailer field can change nothing here.
        let Ok(data) = frame.map_err(|_| Refusal::BodyBroken)?.into_data() else {
            continue;
        };
        let length = first.len().max(rest.len()) + data.len();
        if length as u64 > limit {
            return Err(Refusal::BodyTooLarge(limit));
        }
        if first.is_empty() {
            part.cover(length).await?;
            first = data;
            continue;
        }
        if length > rest.capacity() {
            // Doubling copies little, and never more room is taken than the body can need.
            let capacity = length.max(2 * rest.capacity()).min(longest.max(length));
            part.cover(capacity).await?;
            rest.reserve_exact(capacity - rest.len());
        }
        if rest.is_empty() {
            rest.extend_from_slice(&first);
        }
        rest.extend_from_slice(&data);
    }
    Ok(if rest.is_empty() { first } else { rest.into() })
}

/// The body of a response as hyper takes it. Dropping it is how hyper says that it has the last
/// of it.
pub(super) struct Reply {
    content: Content,
    ends: Ends,
    pulse: Arc<Pulse>,
    flow: Arc<Flow>,
}

/// Whether the end of a body is part of the answer: not to HEAD.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    Said,
    Unsaid,
}

enum Content {
    Whole(Bytes),
    Pages(List),
    /// Pages are read on a thread that may block.
    Reading(JoinHandle<List>),
    Live(Next),
    /// The beginning of a body, of this length, that is never sent to its end.
    Cut(Bytes, u64),
    /// What was sent of it is on its way.
    Ending(u64),
    /// It ends here.
    Ended(u64),
    Done,
    /// The rest cannot be had.
    Broken,
}

impl Content {
    /// Returns what is sent of a body that is cut: half of it, or of a long list the first page.
    fn cut(altered: Altered, room: &Room) -> Self {
        match altered.body {
            Body::Whole(bytes) => Self::Cut(bytes.slice(..bytes.len() / 2), bytes.len() as u64),
            Body::Pages(pages) => {
                let broken = std::iter::once_with(|| Err(io::ErrorKind::ConnectionAborted.into()));
                Self::Pages(List::new(Box::new(pages.take(1).chain(broken)), room))
            }
            _ => Self::Done,
        }
    }
}

/// A list between two pages.
struct List {
    pages: Pages,
    /// Those that were read and are not sent.
    read: VecDeque<io::Result<Bytes>>,
    /// Whether any was read.
    begun: bool,
    /// The room for those that are read before they are asked for.
    ahead: Ahead,
}

impl List {
    fn new(pages: Pages, room: &Room) -> Self {
        Self { pages, read: VecDeque::new(), begun: false, ahead: room.ahead() }
    }

    /// Reads on: the first page alone, so that an answer begins soon, and then as many as there is
    /// room for. A client that does not read has no more than these waiting.
    fn read_on(mut self) -> Self {
        let most = if std::mem::replace(&mut self.begun, true) { self.ahead.pages() } else { 1 };
        for page in self.pages.by_ref().take(most) {
            let is_broken = page.is_err();
            self.read.push_back(page);
            if is_broken {
                break;
            }
        }
        self
    }

    /// Returns the next of the pages that were read.
    fn next(&mut self) -> Option<io::Result<Bytes>> {
        let page = self.read.pop_front();
        if self.read.is_empty() {
            self.ahead.leave();
        }
        page
    }
}

impl Reply {
    pub(super) fn new(
        body: Body,
        ends: Ends,
        pulse: Arc<Pulse>,
        flow: Arc<Flow>,
        room: &Room,
    ) -> Self {
        let content = match body {
            Body::Whole(bytes) if bytes.is_empty() => Content::Done,
            Body::Whole(bytes) => Content::Whole(bytes),
            Body::Pages(pages) => Content::Pages(List::new(pages, room)),
            Body::Live(next) => {
                pulse.enter(Phase::Held);
                Content::Live(next)
            }
            Body::Altered(altered) => Content::cut(*altered, room),
        };
        Self { content, ends, pulse, flow }
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        if self.ends == Ends::Unsaid || matches!(self.content, Content::Done) {
            self.flow.hand();
        }
        self.pulse.answered();
    }
}

impl http_body::Body for Reply {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        loop {
            let next = match std::mem::replace(&mut self.content, Content::Done) {
                Content::Done => return Poll::Ready(None),
                Content::Broken => {
                    self.content = Content::Broken;
                    return Poll::Ready(None);
                }
                Content::Whole(bytes) => return Poll::Ready(Some(Ok(Frame::data(bytes)))),
                Content::Pages(mut list) => match list.next() {
                    Some(page) => {
                        self.content = match page {
                            Ok(_) => Content::Pages(list),
                            Err(_) => Content::Broken,
                        };
                        return Poll::Ready(Some(page.map(Frame::data)));
                    }
                    None => Content::Reading(spawn_blocking(move || list.read_on())),
                },
                Content::Cut(bytes, length) => {
                    self.content = Content::Ending(length);
                    return Poll::Ready(Some(Ok(Frame::data(bytes))));
                }
                Content::Ending(length) => {
                    // hyper sends what it has before it asks again.
                    self.content = Content::Ended(length);
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Content::Ended(_) => {
                    self.content = Content::Broken;
                    return Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())));
                }
                Content::Live(mut next) => match next.0.as_mut().poll(cx) {
                    Poll::Pending => {
                        self.content = Content::Live(next);
                        return Poll::Pending;
                    }
                    Poll::Ready(None) => return Poll::Ready(None),
                    Poll::Ready(Some((piece, rest))) => {
                        self.content = Content::Live(rest);
                        return Poll::Ready(Some(Ok(Frame::data(piece))));
                    }
                },
                Content::Reading(mut reading) => match Pin::new(&mut reading).poll(cx) {
                    Poll::Pending => {
                        self.content = Content::Reading(reading);
                        return Poll::Pending;
                    }
                    // The page panicked, or the runtime ends.
                    Poll::Ready(Err(error)) => {
                        self.content = Content::Broken;
                        return Poll::Ready(Some(Err(error.into())));
                    }
                    Poll::Ready(Ok(list)) if list.read.is_empty() => return Poll::Ready(None),
                    Poll::Ready(Ok(list)) => Content::Pages(list),
                },
            };
            self.content = next;
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.content, Content::Done | Content::Broken)
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Content::Done | Content::Broken => SizeHint::with_exact(0),
            Content::Cut(_, length) | Content::Ending(length) | Content::Ended(length) => {
                SizeHint::with_exact(*length)
            }
            Content::Pages(_) | Content::Reading(_) | Content::Live(_) => SizeHint::default(),
        }
    }
}
