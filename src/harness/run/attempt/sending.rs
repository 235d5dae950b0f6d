//! Sending: what goes out, and what it leaves behind.

use serde_json::{Map, Value};

use super::{Attempt, Stop};
use crate::harness::outcome::Traces;
use crate::harness::suite::{Unwrap, text_of};
use crate::harness::wire::{Answer, Body, Joined, NoAnswer, Purpose, Request, Room, wait};

impl Attempt<'_> {
    /// Sends, and notes what became of it. A 503 is no answer to the request but a word on the
    /// target (RFC 9110, 15.6.4), and a 502 or 504 one on the way to it (reading 227), unless a step
    /// lists it.
    pub(super) fn ask(
        &self,
        request: &Request,
        listed: impl Fn(u16) -> bool,
    ) -> Result<Answer, Stop> {
        self.heard(request, self.send(request)?, listed)
    }

    /// Sends for the next page of a list, of which so much has been read, and notes the same of it.
    pub(super) fn ask_page(
        &self,
        list: &Request,
        read: Joined,
        page: &Request,
    ) -> Result<Answer, Stop> {
        let came = self.session.transport.send_page(list, read, page, self.connection);
        self.heard(page, self.came(page, came)?, |_| false)
    }

    /// Sends requests at one time, and notes the same of each.
    pub(super) fn ask_at_once(
        &self,
        requests: &[Request],
        listed: impl Fn(u16) -> bool,
    ) -> Result<Vec<Answer>, Stop> {
        let answers = self.session.transport.send_at_once(requests);
        // Each is looked at before the first that did not go well ends the case: it may have made
        // something.
        let came = requests.iter().zip(answers).map(|(request, came)| self.came(request, came));
        let answers: Vec<_> = came.collect();
        let heard = |(request, came)| self.heard(request, came?, &listed);
        requests.iter().zip(answers).map(heard).collect()
    }

    /// Notes an answer, and returns it if it is one to the request.
    fn heard(
        &self,
        request: &Request,
        answer: Answer,
        listed: impl Fn(u16) -> bool,
    ) -> Result<Answer, Stop> {
        // It is no word of the target's.
        if request.is_to_listener() {
            return Ok(answer);
        }
        let redaction = self.bench.redaction.as_ref();
        self.contact.note(self.assignment.site.mounted, &request.url, &answer, redaction);
        if answer.status == 503 && !listed(503) {
            let told = format!("{} {} was answered 503", request.method, request.url);
            return Err(Stop::Unavailable(told, wait(&answer)));
        }
        if matches!(answer.status, 502 | 504) && !listed(answer.status) {
            self.trace(request, None);
            let status = answer.status;
            let told = format!(
                "{} {} was answered {status}: what stands before the target could not reach it",
                request.method, request.url
            );
            return Err(Stop::Transport(told));
        }
        Ok(answer)
    }

    fn send(&self, request: &Request) -> Result<Answer, Stop> {
        self.came(request, self.session.transport.send(request, self.connection))
    }

    /// Notes what became of a request that went out.
    fn came(&self, request: &Request, came: Result<Answer, NoAnswer>) -> Result<Answer, Stop> {
        let told = |reason| format!("{} {}: {reason}", request.method, request.url);
        match came {
            Ok(mut answer) => {
                self.traces.borrow_mut().waits.append(&mut answer.waits);
                Ok(answer)
            }
            Err(NoAnswer::Unsendable(reason)) => Err(Stop::Broken(reason)),
            Err(NoAnswer::Busy(reason)) => Err(Stop::Busy(told(reason))),
            Err(NoAnswer::Excess(reason)) => {
                self.trace(request, None);
                Err(Stop::Excess(told(reason)))
            }
            Err(NoAnswer::Unreached(reason) | NoAnswer::Transport(reason)) => {
                self.trace(request, None);
                Err(Stop::Transport(told(reason)))
            }
        }
    }

    pub(super) fn trace(&self, request: &Request, answer: Option<(&Answer, &Body)>) {
        let site = self.assignment.site;
        self.traces.borrow_mut().note(&site, &self.sender, request, answer);
    }

    /// Looks in the target's own list for what can be deleted by its name alone, where no answer gave
    /// that: by the callback that was sent.
    fn find_unnamed(&self) {
        let site = self.assignment.site;
        let unnamed = self.traces.borrow_mut().take_unnamed();
        for each in unnamed {
            let request = Request {
                method: "GET".to_owned(),
                url: each.url.clone(),
                headers: site.mounted.headers(),
                credential: site.credential(),
                body: None,
                room: Room::Thing,
            };
            let answer = self.send(&request).ok().filter(Answer::is_success);
            let listed = answer.map(|answer| Body::of(&answer, &site.mounted.media));
            let sent: Value = serde_json::from_slice(&each.sent).unwrap_or_default();
            // The list, whatever stands around it: that of what has a member that was sent.
            let members = sent.as_object().into_iter().flat_map(Map::keys).cloned();
            let list = Unwrap::List(members.collect());
            let listed = listed.as_ref().and_then(Body::value).map(|body| list.of(body));
            let Some(listed) = listed.as_deref().and_then(Value::as_array) else { continue };
            let is_own = |text: &&Value| {
                text.as_str().is_some_and(|text| self.callbacks.iter().any(|own| own == text))
            };
            let own: Vec<_> = sent.as_object().into_iter().flat_map(Map::values).collect();
            let own: Vec<_> = own.into_iter().filter(is_own).collect();
            let is_it = |item: &&Value| {
                let mut texts = item.as_object().into_iter().flat_map(Map::values);
                texts.any(|text| own.contains(&text))
            };
            let mut traces = self.traces.borrow_mut();
            match listed.iter().find(is_it).map(|item| item.get("id").and_then(text_of)) {
                Some(Some(name)) => traces.note_found(&each, &name),
                Some(None) => {}
                None => traces.note_gone(&each),
            }
        }
    }

    /// Deletes what the attempt made and the API can delete, and gives an account of the rest.
    pub(crate) fn clean_up(self) -> Traces {
        let site = self.assignment.site;
        self.session.transport.begin(Purpose::Prelude);
        self.callbacks.iter().for_each(|callback| self.session.transport.forget(callback));
        self.find_unnamed();
        let urls = self.traces.borrow().deletable();
        for url in urls {
            let request = Request {
                method: "DELETE".to_owned(),
                url,
                headers: site.mounted.headers(),
                credential: site.credential(),
                body: None,
                room: Room::Thing,
            };
            let gone = |status| matches!(status, 200..=299 | 404 | 410);
            let deleted = self.send(&request).is_ok_and(|answer| gone(answer.status));
            let mut traces = self.traces.borrow_mut();
            match deleted {
                true => traces.note_deleted(&request.url),
                false => traces.note_kept(&request.url),
            }
        }
        self.traces.into_inner()
    }
}
