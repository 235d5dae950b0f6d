//! Entries as JSON, and as an archive that browsers and proxies read (HAR 1.2).

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value, json};

use super::entry::{Entry, Side};
use crate::api::metrics::Metrics;
use crate::api::wire::decode_query;
use crate::model::tmf::instant::rfc3339_micros;

/// Returns an entry as JSON.
pub(super) fn entry(id: u64, entry: &Entry, metrics: &Metrics) -> Value {
    let (api, operation) = metrics.names(entry.place());
    let (path, query) = entry.target();
    let mut request = Map::new();
    request.insert("method".to_owned(), entry.method().as_str().into());
    request.insert("path".to_owned(), path.into());
    request.extend(query.map(|query| ("query".to_owned(), query.into())));
    side(&mut request, &entry.asked());
    let mut answer = Map::new();
    answer.insert("status".to_owned(), entry.status().as_u16().into());
    side(&mut answer, &entry.answered());
    json!({
        "id": id,
        "time": rfc3339_micros(entry.at()),
        "microseconds": u64::try_from(entry.time().as_micros()).unwrap_or(u64::MAX),
        "api": api,
        "operation": operation,
        "request": request,
        "answer": answer,
    })
}

/// Writes the fields and the body of one side. A body of which the end is missing says how long it was.
fn side(object: &mut Map<String, Value>, side: &Side) {
    object.insert("headers".to_owned(), fields(side));
    match side.length {
        Some(0) => return,
        Some(length) if length == side.body.len() => {}
        Some(length) => drop(object.insert("bytes".to_owned(), length.into())),
        None => {
            object.insert("streamed".to_owned(), true.into());
            return;
        }
    }
    let (text, is_text) = body(side);
    object.insert(if is_text { "body" } else { "base64" }.to_owned(), text.into());
}

/// Returns what is kept of a body, and whether that is text; what is none is in base64.
fn body(side: &Side) -> (String, bool) {
    match std::str::from_utf8(side.body) {
        Ok(text) => (text.to_owned(), true),
        // Where it was cut is perhaps within a character.
        Err(error) if error.error_len().is_none() && side.length != Some(side.body.len()) => {
            (String::from_utf8_lossy(&side.body[..error.valid_up_to()]).into_owned(), true)
        }
        Err(_) => (BASE64.encode(side.body), false),
    }
}

fn fields(side: &Side) -> Value {
    let field = |(name, value): &(&str, &[u8])| json!({ "name": name, "value": String::from_utf8_lossy(value) });
    side.fields.iter().map(field).collect()
}

/// Returns the first value of a field.
fn value<'s>(side: &Side<'s>, name: &str) -> Option<&'s str> {
    let found = side.fields.iter().find(|(known, _)| *known == name)?;
    std::str::from_utf8(found.1).ok()
}

/// Returns entries as an archive, in the order in which they stand.
pub(super) fn archive<'e>(entries: impl Iterator<Item = &'e Entry>) -> Value {
    let entries: Vec<Value> = entries.map(archived).collect();
    let creator = json!({ "name": "etalon", "version": env!("CARGO_PKG_VERSION") });
    json!({ "log": { "version": "1.2", "creator": creator, "entries": entries } })
}

fn archived(entry: &Entry) -> Value {
    let (asked, answered) = (entry.asked(), entry.answered());
    let (path, query) = entry.target();
    let scheme = if entry.is_secure() { "https" } else { "http" };
    let host = value(&asked, "host").unwrap_or("localhost");
    let mut url = format!("{scheme}://{host}{path}");
    url.extend(query.iter().flat_map(|query| ["?", query]));
    let pairs = query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    let pairs: Vec<Value> = pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let plain = |text| decode_query(text).unwrap_or(Cow::Borrowed(text));
            json!({ "name": plain(name), "value": plain(value) })
        })
        .collect();
    let mut request = json!({
        "method": entry.method().as_str(),
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": fields(&asked),
        "queryString": pairs,
        "headersSize": -1,
        "bodySize": asked.length.unwrap_or(0),
    });
    if asked.length != Some(0) {
        let (text, is_text) = body(&asked);
        let media = value(&asked, "content-type").unwrap_or("application/octet-stream");
        request["postData"] = json!({ "mimeType": media, "text": text });
        if !is_text {
            request["postData"]["encoding"] = "base64".into();
        }
    }
    let (text, is_text) = body(&answered);
    let media = value(&answered, "content-type").unwrap_or("application/octet-stream");
    let size = answered.length.map_or(-1, |length| i64::try_from(length).unwrap_or(i64::MAX));
    let mut content = json!({ "size": size.max(0), "mimeType": media, "text": text });
    if !is_text {
        content["encoding"] = "base64".into();
    }
    let milliseconds = entry.time().as_secs_f64() * 1e3;
    json!({
        "startedDateTime": rfc3339_micros(entry.at()),
        "time": milliseconds,
        "request": request,
        "response": {
            "status": entry.status().as_u16(),
            "statusText": entry.status().canonical_reason().unwrap_or_default(),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": fields(&answered),
            "content": content,
            "redirectURL": value(&answered, "location").unwrap_or_default(),
            "headersSize": -1,
            "bodySize": size,
        },
        "cache": {},
        "timings": { "send": 0, "wait": milliseconds, "receive": 0 },
    })
}
