//! `GET /etalon/requests`: the journal read, followed or taken along.

use std::sync::Arc;

use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, StatusCode};
use serde_json::json;

use super::filter::{Filter, Form};
use super::follow::Follower;
use super::form;
use crate::api::Api;
use crate::api::error::ApiError;
use crate::api::message::{Body, Request, Response};
use crate::api::negotiation::asks_for;

/// The media type of server-sent events.
const EVENTS: &str = "text/event-stream";

/// Answers a request for what was asked and answered.
///
/// # Errors
/// 404 where no journal is kept, 400 on a query that makes no sense.
pub(in crate::api) fn answer(api: &Api, request: &Request) -> Result<Response, ApiError> {
    let Some(journal) = &api.journal else {
        let detail = "No journal is kept: the server was started with --journal 0, or with --db and \
                      without --journal.";
        return Err(ApiError::not_found(detail));
    };
    let filter = Filter::read(request.query.as_deref(), &request.headers, &api.metrics)?;
    let since = filter.since.map(|id| journal.place_of(id));
    if asks_for(&request.headers, EVENTS) {
        let since = since.unwrap_or_else(|| journal.last());
        let (journal, metrics) = (Arc::clone(journal), Arc::clone(&api.metrics));
        let next = Follower { journal, metrics, filter }.after(since);
        let headers = HeaderMap::from_iter([
            (CONTENT_TYPE, HeaderValue::from_static(EVENTS)),
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ]);
        return Ok(Response { status: StatusCode::OK, headers, body: Body::Live(next) });
    }
    let (mut entries, forgotten) = journal.all();
    entries.retain(|(id, entry)| {
        since.is_none_or(|since| *id > since) && filter.admits(entry, &api.metrics)
    });
    // The newest of them.
    entries.drain(..entries.len().saturating_sub(filter.limit));
    let body = match filter.form {
        Form::Json => {
            let newest_first = entries.iter().rev();
            let requests = newest_first.map(|(id, entry)| form::entry(*id, entry, &api.metrics));
            json!({ "requests": requests.collect::<Vec<_>>(), "forgotten": forgotten })
        }
        Form::Har => form::archive(entries.iter().map(|(_, entry)| &**entry)),
    };
    Ok(Response::json(StatusCode::OK, body.to_string().into_bytes()))
}
