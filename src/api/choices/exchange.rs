//! A finished answer and how it is changed. A body is read only when a choice asks for it; a long
//! one is then read whole.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Map, Value};

use super::asked::Asked;
use super::xml::Element;
use crate::api::Api;
use crate::api::error::ApiError;
use crate::api::message::{Body, Request, Response};
use crate::api::route::{Endpoint, Reply};

/// A request, and the answer that the choices make of the reference's.
pub(in crate::api) struct Exchange<'a> {
    pub(super) api: &'a Api,
    pub(super) asked: Asked<'a>,
    endpoint: &'a dyn Endpoint,
    response: Response,
    content: Content,
}

/// A body as a choice has read it.
enum Content {
    Unread,
    Json(Value),
    Xml(Element),
}

impl<'a> Exchange<'a> {
    pub(super) fn new(
        api: &'a Api,
        endpoint: &'a dyn Endpoint,
        request: Request,
        response: Response,
    ) -> Self {
        let asked = Asked { mount: endpoint.mount(), request };
        Self { api, asked, endpoint, response, content: Content::Unread }
    }

    /// Returns the answer.
    pub(super) fn finish(mut self) -> Response {
        let written = match &self.content {
            Content::Unread => return self.response,
            Content::Json(value) => value.to_string(),
            Content::Xml(root) => root.to_string(),
        };
        self.response.body = Body::Whole(Bytes::from(written));
        self.response
    }

    pub(super) fn status(&self) -> StatusCode {
        self.response.status
    }

    pub(super) fn headers(&mut self) -> &mut HeaderMap {
        &mut self.response.headers
    }

    /// Returns whether this is an answer to `pattern` that says that all went well.
    pub(super) fn succeeded_at(&self, pattern: &str) -> bool {
        self.status().is_success() && self.asked.is(pattern)
    }

    /// Answers what went well with another status.
    pub(super) fn instead(&mut self, pattern: &str, status: StatusCode) {
        if self.succeeded_at(pattern) {
            self.response.status = status;
        }
    }

    /// Answers what went well with a status and no body.
    pub(super) fn without_body(&mut self, pattern: &str, status: StatusCode) {
        if self.succeeded_at(pattern) {
            self.response.status = status;
            self.drop_body();
        }
    }

    /// Answers what went well with the resource as GET has it now.
    pub(super) fn with_resource(&mut self, pattern: &str) {
        if self.succeeded_at(pattern)
            && let Some(found) = self.resource(&self.asked.request.path)
        {
            (self.response, self.content) = (found, Content::Unread);
        }
    }

    /// Returns what GET answers the caller at another path of the API, if there is anything.
    pub(super) fn resource(&self, path: &str) -> Option<Response> {
        let Request { headers, secure, .. } = self.asked.request.clone();
        let request = Request {
            method: Method::GET,
            path: path.to_owned(),
            query: None,
            headers,
            body: Bytes::new(),
            secure,
        };
        let media = self.endpoint.media(&request.headers);
        // It is not counted: nobody sent it.
        let mut place = self.endpoint.place();
        match self.endpoint.answer(self.api, &self.api.store, request, media, &mut place) {
            Ok(Reply::Now(found)) => Some(found),
            _ => None,
        }
    }

    /// Answers an error of one status by another, whose body says so too.
    pub(super) fn restate(&mut self, from: StatusCode, to: StatusCode) {
        if self.status() != from {
            return;
        }
        self.response.status = to;
        if let Some(Value::Object(error)) = self.json() {
            // Of a problem, and of an error of 004.
            error.get_mut("Status").into_iter().for_each(|it| *it = to.as_u16().into());
            error.get_mut("status").into_iter().for_each(|it| *it = to.as_str().into());
        }
    }

    /// Answers with an error, in the API's own form.
    pub(super) fn refuse(&mut self, error: &ApiError) {
        let media = self.endpoint.media(&self.asked.request.headers);
        (self.response, self.content) = (self.endpoint.refuse(error, media), Content::Unread);
    }

    /// Answers with another error than one of that status.
    pub(super) fn refuse_instead(&mut self, status: StatusCode, error: &ApiError) {
        if self.status() == status {
            self.refuse(error);
        }
    }

    pub(super) fn drop_body(&mut self) {
        self.headers().remove(CONTENT_TYPE);
        self.response.body = Body::Whole(Bytes::new());
        self.content = Content::Unread;
    }

    /// Returns whether the body is of the media type that ends so.
    fn is_media(&self, end: &str) -> bool {
        let media = self.response.headers.get(CONTENT_TYPE);
        media.is_some_and(|media| media.as_bytes().ends_with(end.as_bytes()))
    }

    /// Returns the body, where it is JSON.
    pub(super) fn json(&mut self) -> Option<&mut Value> {
        if matches!(self.content, Content::Unread) && self.is_media("json") {
            let value = serde_json::from_slice(&self.read()?).ok()?;
            self.content = Content::Json(value);
        }
        match &mut self.content {
            Content::Json(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the body, where it is XML.
    pub(super) fn xml(&mut self) -> Option<&mut Element> {
        if matches!(self.content, Content::Unread) && self.is_media("/xml") {
            let root = Element::read(std::str::from_utf8(&self.read()?).ok()?)?;
            self.content = Content::Xml(root);
        }
        match &mut self.content {
            Content::Xml(root) => Some(root),
            _ => None,
        }
    }

    /// Returns the body, where it is a form.
    pub(super) fn form(&mut self) -> Option<&mut Bytes> {
        if !self.is_media("form-urlencoded") {
            return None;
        }
        self.read()?;
        match &mut self.response.body {
            Body::Whole(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Returns the members of a problem.
    pub(super) fn problem(&mut self) -> Option<&mut Map<String, Value>> {
        if !self.is_media("problem+json") {
            return None;
        }
        self.json()?.as_object_mut()
    }

    /// Returns the body, all of it; none when the rest of a long one cannot be read, which is then
    /// what is answered.
    fn read(&mut self) -> Option<Bytes> {
        let read = match std::mem::replace(&mut self.response.body, Body::Whole(Bytes::new())) {
            Body::Whole(bytes) => Ok(bytes),
            Body::Pages(pages) => {
                pages.collect::<Result<Vec<_>, _>>().map(|pages| Bytes::from(pages.concat()))
            }
            // No API of a document has one.
            other => {
                self.response.body = other;
                return None;
            }
        };
        match read {
            Ok(bytes) => {
                self.response.body = Body::Whole(bytes.clone());
                Some(bytes)
            }
            Err(error) => {
                let detail = "The list could not be read whole; the log says more.";
                self.refuse(&ApiError::internal(detail).with_log(error.to_string()));
                None
            }
        }
    }
}
