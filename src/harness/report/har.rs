//! Every exchange as an HTTP Archive 1.2, which browsers and other tools open.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::harness::api::{decode, essence};
use crate::harness::outcome::{CaseReport, RunReport, SafeExchange, SafeRequest, date_time};
use crate::harness::suite::Listen;
use crate::harness::wire::{Answer, NoAnswer};

/// The media type of a form.
const FORM: &str = "application/x-www-form-urlencoded";

/// Returns the archive: a page a case, an entry an exchange. An exchange without an answer has the
/// status 0 and says why, as browsers write it.
pub fn har(run: &RunReport) -> Value {
    let kept = || run.cases.iter().filter(|case| !case.exchanges.is_empty());
    let before = run.before.iter().map(|each| entry(None, each));
    let of_cases = kept().flat_map(entries);
    let entries = before.chain(of_cases);
    json!({"log": {
        "version": "1.2",
        "creator": {"name": "etalon", "version": env!("CARGO_PKG_VERSION")},
        "pages": kept().map(page).collect::<Vec<_>>(),
        "entries": entries.collect::<Vec<_>>(),
    }})
}

fn page(case: &CaseReport) -> Value {
    let started = case.exchanges.first().map(|first| date_time(first.at));
    json!({
        "startedDateTime": started,
        "id": case.id,
        "title": case.title,
        "pageTimings": {},
        "comment": case.verdict.name(),
    })
}

/// Returns the entries of a case. What the target told the listener is an entry a call, where it was
/// heard first: the target asked, and the judge answered.
fn entries(case: &CaseReport) -> Vec<Value> {
    let mut told = HashSet::new();
    let mut entries = Vec::new();
    for exchange in &case.exchanges {
        let calls = match (&exchange.answer, exchange.request.method == Listen::METHOD) {
            (Ok(answer), true) => serde_json::from_slice::<Vec<Value>>(&answer.body).ok(),
            _ => None,
        };
        let whole = entry(Some(case), exchange);
        match calls {
            None => entries.push(whole),
            Some(calls) => {
                let new = calls.iter().filter(|call| told.insert(call.to_string()));
                entries.extend(new.map(|call| heard(whole.clone(), &exchange.request.url, call)));
            }
        }
    }
    entries
}

/// Returns the entry of a call; `entry` is that of whoever asked what was heard.
fn heard(mut entry: Value, callback: &str, call: &Value) -> Value {
    let text = |at: &str| call.pointer(at).and_then(Value::as_str).unwrap_or_default().to_owned();
    let headers = call.pointer("/arrived/headers").and_then(Value::as_object).into_iter().flatten();
    let body = match &call["body"] {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        body => Some(body.to_string()),
    };
    let sent = SafeRequest {
        method: text("/method"),
        url: format!("{callback}{}", text("/below")),
        headers: headers
            .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
            .collect(),
        authorization: None,
        body: body.map(String::into_bytes),
    };
    let status = call["answered"].as_u64().and_then(|status| u16::try_from(status).ok());
    let answer = Answer { status: status.unwrap_or_default(), ..Answer::default() };
    entry["startedDateTime"] = text("/arrived/at").into();
    (entry["time"], entry["timings"]["wait"]) = (0.into(), 0.into());
    (entry["request"], entry["response"]) = (request(&sent), response(&answer));
    entry["comment"] = format!("heard, {}", entry["comment"].as_str().unwrap_or_default()).into();
    entry
}

fn entry(case: Option<&CaseReport>, exchange: &SafeExchange) -> Value {
    let time = exchange.took.as_secs_f64() * 1000.0;
    let mut entry = json!({
        "startedDateTime": date_time(exchange.at),
        "time": time,
        "request": request(&exchange.request),
        "response": match &exchange.answer {
            Ok(answer) => response(answer),
            Err(unanswered) => no_response(unanswered),
        },
        "cache": {},
        // What the client took to send is not told apart from what the target took to answer.
        "timings": {"send": 0, "wait": time, "receive": 0},
        "comment": match case {
            Some(_) => exchange.step.as_deref().unwrap_or("look-up, given or clean-up"),
            None => "before the first case",
        },
    });
    if let Some(case) = case {
        entry["pageref"] = case.id.as_str().into();
    }
    entry
}

fn request(sent: &SafeRequest) -> Value {
    let mut headers = pairs(&sent.headers);
    if let Some(scheme) = &sent.authorization {
        headers.push(json!({"name": "Authorization", "value": format!("{scheme} [redacted]")}));
    }
    let body = sent.body.as_deref();
    let media = header(&sent.headers, "content-type");
    let mut request = json!({
        "method": sent.method,
        "url": sent.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers,
        "queryString": query(&sent.url),
        "headersSize": -1,
        "bodySize": body.map_or(0, <[u8]>::len),
    });
    if let Some(body) = body {
        let (media, text) = (media.unwrap_or_default(), String::from_utf8_lossy(body));
        // A form has its fields, and then no text.
        request["postData"] = match essence(media) == FORM {
            true => json!({"mimeType": media, "params": fields(&text)}),
            false => json!({"mimeType": media, "text": text}),
        };
    }
    request
}

fn response(answer: &Answer) -> Value {
    let media = header(&answer.headers, "content-type").unwrap_or_default();
    let size = answer.cut_from().unwrap_or(answer.body.len() as u64);
    let mut content = json!({"size": size, "mimeType": media});
    if answer.cut_from().is_some() {
        content["comment"] = format!("only the first {} bytes were kept", answer.body.len()).into();
    }
    match std::str::from_utf8(&answer.body) {
        Ok("") => {}
        Ok(text) => content["text"] = text.into(),
        Err(_) => {
            content["text"] = STANDARD.encode(&answer.body).into();
            content["encoding"] = "base64".into();
        }
    }
    json!({
        "status": answer.status,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": pairs(&answer.headers),
        "content": content,
        "redirectURL": header(&answer.headers, "location").unwrap_or_default(),
        "headersSize": -1,
        "bodySize": size,
    })
}

fn no_response(unanswered: &NoAnswer) -> Value {
    json!({
        "status": 0,
        "statusText": "",
        "httpVersion": "",
        "cookies": [],
        "headers": [],
        "content": {"size": 0, "mimeType": "x-unknown"},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
        "_error": unanswered.reason(),
    })
}

fn pairs(headers: &[(String, String)]) -> Vec<Value> {
    headers.iter().map(|(name, value)| json!({"name": name, "value": value})).collect()
}

fn header<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    let found = headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}

fn query(url: &str) -> Vec<Value> {
    let query = url.split_once('?').map(|(_, query)| query).unwrap_or_default();
    fields(query.split('#').next().unwrap_or_default())
}

/// Returns the pairs of a query or a form, decoded: importers encode them again.
fn fields(text: &str) -> Vec<Value> {
    let plain = |text: &str| decode(&text.replace('+', " "));
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            json!({"name": plain(name), "value": plain(value)})
        })
        .collect()
}
