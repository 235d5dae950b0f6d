//! The service: each request admitted, answered, counted and kept.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{Method, StatusCode};

use super::behaviours::{Alteration, Altering, HEADER, When};
use super::error::ApiError;
use super::journal::Draft;
use super::message::{Altered, Body, End, FailedHandshake, Refusal, Request, Response, Service};
use super::metrics::Place;
use super::{Api, admin, mount};
use crate::model::violation::Violation;
use crate::store::{Store, standing};

/// What is counted and kept as the status of an answer that was not given.
const NO_ANSWER: StatusCode = match StatusCode::from_u16(444) {
    Ok(status) => status,
    Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
};

/// A request that is being answered, as it is counted and kept.
struct Seen {
    since: Instant,
    /// How long the answer is held back, once it is noted.
    held: Duration,
    place: Place,
    draft: Option<Draft>,
}

impl Api {
    /// Begins to answer a request.
    fn see(&self, request: Option<&Request>) -> Seen {
        let draft = request.and_then(|request| self.draft(request));
        Seen { since: Instant::now(), held: Duration::ZERO, place: Place::NONE, draft }
    }

    /// Returns what the journal keeps of a request: of those to the admin surface nothing.
    fn draft(&self, request: &Request) -> Option<Draft> {
        let is_own = mount::rest(admin::MOUNT, &request.path).is_some();
        (self.journal.is_some() && !is_own).then(|| Draft::of(request))
    }

    /// Counts and keeps an answer.
    fn note(&self, Seen { since, held, place, draft }: Seen, answer: &Response) {
        let time = since.elapsed();
        self.metrics.count(place, answer.status, time);
        if let (Some(journal), Some(draft)) = (&self.journal, draft) {
            // Where the clock stands nothing takes time but what was told to.
            let time = if standing().is_some() { Duration::ZERO } else { time };
            draft.close(journal, place, answer, time + held);
        }
    }

    /// Answers from a store, by the values that were chosen.
    async fn fulfil(&self, request: Request, store: &Arc<Store>, place: &mut Place) -> Response {
        match self.choices.are_default() {
            true => self.route(request, store, place).await,
            // On the heap, so that those who choose nothing do not carry room for it.
            false => Box::pin(self.answer_as_chosen(request, store, place)).await,
        }
    }

    /// Answers a look of this process's own page: not misbehaving, neither counted nor kept.
    pub async fn look(&self, request: Request) -> Response {
        let mut place = Place::NONE;
        match self.let_in(&request, &mut place) {
            Ok(_) => self.fulfil(self.settled(request), &self.store, &mut place).await,
            Err(refused) => refused,
        }
    }

    /// Answers as the behaviours have it.
    async fn answer_altered(&self, request: Request) -> Response {
        let mut seen = self.see(Some(&request));
        let page = self.cors.admitted(&request.headers).cloned();
        let request = self.settled(request);
        let endpoint = self.endpoint(&request.path);
        let target = endpoint.and_then(|it| it.target(self, &request));
        let alteration = match &target {
            Some(target) => self.behaviours.alter(&request, target),
            None => Alteration::default(),
        };
        let head = Request { body: Bytes::new(), ..request.clone() };
        let told = alteration.told();
        let Alteration { delay, act, .. } = alteration;
        seen.held = delay;
        let mut response = match &act {
            Some(Altering::Refuse(_, When::Before) | Altering::Drop(When::Before)) => {
                seen.place = target.map_or(seen.place, |target| target.place);
                Response::no_content()
            }
            Some(Altering::Stale(store)) => self.fulfil(request, store, &mut seen.place).await,
            _ => self.fulfil(request, &self.store, &mut seen.place).await,
        };
        let end = match act {
            Some(Altering::Refuse(mut error, _)) => {
                let status = error.status.code();
                if let Some(it) = endpoint.and_then(|it| it.header_of(status, &head.path)) {
                    error = error.with_header(it.0, it.1);
                }
                response = self.refusal(&head, &error);
                End::Whole
            }
            Some(Altering::Drop(_)) => End::Dropped,
            Some(Altering::Cut) if has_middle(&head, &response) => End::Cut,
            Some(Altering::Cut) => End::Dropped,
            Some(Altering::Stale(_)) | None => End::Whole,
        };
        if end == End::Dropped {
            response = Response { status: NO_ANSWER, ..Response::no_content() };
        }
        response.headers.extend(told.map(|told| (HEADER, told)));
        self.cors.show(&mut response, page);
        self.note(seen, &response);
        if end != End::Whole || !delay.is_zero() {
            let body = response.body;
            response.body = Body::Altered(Box::new(Altered { body, delay, end }));
        }
        response
    }

    /// Answers by the values that were chosen.
    async fn answer_as_chosen(
        &self,
        request: Request,
        store: &Arc<Store>,
        place: &mut Place,
    ) -> Response {
        let Some(endpoint) = self.endpoint(&request.path) else {
            return self.route(request, store, place).await;
        };
        let request = self.choices.ask(endpoint, request);
        let response = self.route(request.clone(), store, place).await;
        self.choices.answer(self, endpoint, &request, response)
    }
}

/// Returns whether an answer has a body that can end in its middle.
fn has_middle(head: &Request, answer: &Response) -> bool {
    let is_short = matches!(&answer.body, Body::Whole(bytes) if bytes.len() < 2);
    head.method != Method::HEAD && !is_short
}

impl Service for Api {
    fn admit(&self, head: &Request) -> Result<u64, Response> {
        let mut seen = self.see(None);
        let admitted = self.let_in(head, &mut seen.place);
        if let Err(answer) = &admitted {
            seen.draft = self.draft(head);
            self.note(seen, answer);
        }
        admitted
    }

    async fn answer(&self, request: Request) -> Response {
        if self.behaviours.are_any() {
            // On the heap, so that those who behave do not carry room for it.
            return Box::pin(self.answer_altered(request)).await;
        }
        let mut seen = self.see(Some(&request));
        let page = self.cors.admitted(&request.headers).cloned();
        let mut response = self.fulfil(self.settled(request), &self.store, &mut seen.place).await;
        self.cors.show(&mut response, page);
        self.note(seen, &response);
        response
    }

    fn refuse(&self, head: &Request, refusal: Refusal) -> Response {
        let error = match refusal {
            Refusal::BodyTooLarge(limit) => {
                ApiError::too_large(format!("The body is longer than {limit} bytes."))
            }
            Refusal::BodyTooSlow => ApiError::timeout("The body did not arrive in time."),
            Refusal::BodyBroken => {
                Violation::body("The body's framing is broken: it did not arrive whole.").into()
            }
            Refusal::NoRoom => {
                let detail = "The bodies of other requests take all the room that there is.";
                ApiError::busy(detail).with_header(RETRY_AFTER, "1")
            }
            Refusal::BadHost(sentence) => Violation::new("Host", sentence).into(),
            Refusal::BadHead(sentence) => Violation::new("request", sentence).into(),
            Refusal::TargetTooLong => ApiError::target_too_long(
                "The request's target is longer than a whole head may be.",
            ),
            Refusal::HeadTooLarge => ApiError::head_too_large(
                "The request's head is too long, or has more than 100 header fields.",
            ),
            Refusal::Broken => ApiError::internal("Answering failed; the log says more."),
        };
        let mut seen = self.see(Some(head));
        seen.place = self.place(self.endpoint(&head.path), head);
        let answer = self.show(&head.headers, self.refusal(head, &error));
        self.note(seen, &answer);
        answer
    }

    fn note_stopping(&self) {
        if let Some(journal) = &self.journal {
            journal.close();
        }
    }

    fn note_opened(&self) {
        self.metrics.connections.open();
    }

    fn note_closed(&self) {
        self.metrics.connections.close();
    }

    fn note_failed_handshake(&self, failed: FailedHandshake) {
        self.handshakes.note(failed);
    }
}
