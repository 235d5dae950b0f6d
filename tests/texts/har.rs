//! The HTTP Archive, as other tools read it.

use serde_json::Value;

use crate::demanded::{has, has_all_of_an_entry};
use crate::run::{certify, report};

/// Returns the pairs of a query or a form, read as every browser reads them.
fn pairs(text: &str) -> Vec<(String, String)> {
    let plain = |text: &str| {
        let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
        while let Some((first, tail)) = rest.split_first() {
            let escaped = (*first == b'%')
                .then(|| std::str::from_utf8(tail.get(..2)?).ok())
                .flatten()
                .and_then(|digits| u8::from_str_radix(digits, 16).ok());
            bytes.push(escaped.unwrap_or(if *first == b'+' { b' ' } else { *first }));
            rest = if escaped.is_some() { &tail[2..] } else { tail };
        }
        String::from_utf8_lossy(&bytes).into_owned()
    };
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (plain(name), plain(value)))
        .collect()
}

fn named(list: &Value) -> Vec<(String, String)> {
    let text = |pair: &Value, name: &str| pair[name].as_str().unwrap().to_owned();
    list.as_array().unwrap().iter().map(|pair| (text(pair, "name"), text(pair, "value"))).collect()
}

/// A tool that opened the archive asked for `%25C3%25A5` where the run had asked for `å`, and sent
/// forms without their fields.
#[test]
fn an_archive_has_decoded_queries_and_the_fields_of_forms() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("har");
    let har = format!("har={}", file.display());
    let run = certify(&["--api", "gateway,tmf", "--quiet", "--report", &har]);
    assert_eq!(run.code, Some(0), "{}", run.stdout);
    let log = &report(&file)["log"];
    assert_eq!(log["version"], "1.2");
    has(log, &["creator", "pages", "entries"]);
    for page in log["pages"].as_array().unwrap() {
        has(page, &["startedDateTime", "id", "title", "pageTimings"]);
    }
    let (mut escaped, mut forms) = (0, 0);
    for entry in log["entries"].as_array().unwrap() {
        has_all_of_an_entry(entry);
        let request = &entry["request"];
        let url = request["url"].as_str().unwrap();
        let query = url.split_once('?').map_or("", |(_, query)| query);
        assert_eq!(named(&request["queryString"]), pairs(query), "{url}");
        escaped += usize::from(query.contains('%'));
        let Some(post) = request.get("postData") else { continue };
        let media = post["mimeType"].as_str().unwrap();
        // Of these two there is one (HAR 1.2, postData).
        assert_ne!(post.get("text").is_some(), post.get("params").is_some(), "{post}");
        if media.starts_with("application/x-www-form-urlencoded") {
            forms += usize::from(!named(&post["params"]).is_empty());
        } else {
            assert!(post["text"].is_string(), "{post}");
        }
    }
    assert!(escaped > 20 && forms > 0, "{escaped} {forms}");
}
