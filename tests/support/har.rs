//! What HAR 1.2 demands of an archive, whoever writes it.

use serde_json::Value;

const ENTRY: [&str; 6] = ["startedDateTime", "time", "request", "response", "cache", "timings"];
const REQUEST: [&str; 8] = [
    "method",
    "url",
    "httpVersion",
    "cookies",
    "headers",
    "queryString",
    "headersSize",
    "bodySize",
];
const RESPONSE: [&str; 9] = [
    "status",
    "statusText",
    "httpVersion",
    "cookies",
    "headers",
    "content",
    "redirectURL",
    "headersSize",
    "bodySize",
];

/// Fails unless an object has these members.
pub(crate) fn has(value: &Value, members: &[&str]) {
    for member in members {
        assert!(value.get(member).is_some(), "{member} is missing: {value}");
    }
}

/// Fails unless an entry has every member that it must have.
pub(crate) fn has_all_of_an_entry(entry: &Value) {
    has(entry, &ENTRY);
    has(&entry["request"], &REQUEST);
    has(&entry["response"], &RESPONSE);
    has(&entry["response"]["content"], &["size", "mimeType"]);
    has(&entry["timings"], &["send", "wait", "receive"]);
}
