//! The client, and beside it the listener to which the target tells of events.

use std::sync::Arc;
use std::time::Duration;

use super::client::Client;
use super::listener::Listener;
use super::message::{Answer, Connection, NoAnswer, Request};
use super::transport::{Joined, Purpose, Transport};

/// Sends to the target what is for the target, and to the listener what is for that.
pub(crate) struct Attended {
    client: Arc<Client>,
    listener: Option<Listener>,
}

impl Attended {
    pub(crate) fn new(client: Arc<Client>, listener: Option<Listener>) -> Self {
        Attended { client, listener }
    }

    /// Returns why nothing may have been heard in the whole run, where something was waited for.
    pub(crate) fn why_unheard(&self) -> Option<String> {
        self.listener.as_ref()?.why_unheard()
    }

    /// Returns the sentence that says which budget of the run is used up, if one is.
    pub(crate) fn used_up(&self) -> Option<String> {
        self.client.used_up()
    }
}

impl Transport for Attended {
    fn send(&self, request: &Request, connection: Connection) -> Result<Answer, NoAnswer> {
        match (request.is_to_listener(), &self.listener) {
            (false, _) => self.client.send(request, connection),
            (true, Some(listener)) => listener.answer(request),
            (true, None) => Err(NoAnswer::Unsendable("nobody listens".to_owned())),
        }
    }

    fn send_at_once(&self, requests: &[Request]) -> Vec<Result<Answer, NoAnswer>> {
        self.client.send_at_once(requests)
    }

    fn send_page(
        &self,
        list: &Request,
        read: Joined,
        page: &Request,
        connection: Connection,
    ) -> Result<Answer, NoAnswer> {
        self.client.send_page(list, read, page, connection)
    }

    fn note_excess(&self, request: &Request) {
        self.client.note_excess(request);
    }

    fn begin(&self, purpose: Purpose) {
        self.client.begin(purpose);
    }

    fn leave_alone(&self, status: u16, wait: Duration) -> Result<(), String> {
        self.client.leave_alone(status, wait)
    }

    fn forget(&self, callback: &str) {
        if let Some(listener) = &self.listener {
            listener.forget(callback);
        }
    }
}
