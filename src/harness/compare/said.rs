//! What a target itself says in an answer: of a problem its detail and what it has against each
//! parameter, else whatever it has.

use serde_json::{Map, Value};

use super::excerpt::excerpt;

/// So much of it is kept, in characters, until what is secret was taken out: half of a secret is not
/// known for one.
const KEPT: usize = SECRET + (4 << 10);

/// No secret is longer, in characters.
const SECRET: usize = 4 << 10;

/// So much is shown of it, in characters.
const SHOWN: usize = 200;

/// The members that tell what is wrong, in this order.
const TELLING: [&str; 5] = ["detail", "reason", "message", "title", "error"];

/// The members that tell it of each parameter.
const PROBLEMS: [&str; 2] = ["problems", "errors"];

/// Returns the words of an answer, to be [`shown`] once what is secret was taken out of them.
pub(crate) fn said_whole(body: Option<&Value>, bytes: &[u8]) -> Option<String> {
    let words = match body {
        Some(body) => words(body)?,
        None => text(&String::from_utf8_lossy(&bytes[..bytes.len().min(KEPT)])),
    };
    let mut line = excerpt(&words, KEPT);
    // A line has no other break: it says that more was there.
    if line.chars().count() > KEPT {
        line.pop();
        line.push('\n');
    }
    (!line.is_empty()).then_some(line)
}

/// Returns what is shown of such words: their beginning, and nothing of what may have been cut in
/// half.
pub(crate) fn shown(said: &str) -> String {
    let Some(cut) = said.strip_suffix('\n') else { return excerpt(said, SHOWN) };
    let end = cut.char_indices().nth_back(SECRET).map_or(0, |(end, _)| end);
    let line = excerpt(&cut[..end], SHOWN);
    if line.ends_with('…') { line } else { line + "…" }
}

fn words(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Object(members) => {
            let told = TELLING.iter().find_map(|name| words(member(members, name)?));
            let problems = PROBLEMS.iter().find_map(|name| problems(member(members, name)?));
            match (told, problems) {
                (Some(told), Some(problems)) => Some(format!("{told} ({problems})")),
                (Some(words), None) | (None, Some(words)) => Some(words),
                (None, None) => (!members.is_empty()).then(|| value.to_string()),
            }
        }
        other => Some(other.to_string()),
    }
}

/// Returns a member by its name without regard to case.
fn member<'v>(members: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    let found = members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value)
}

/// Returns what is said of each parameter: `name: too long; city: missing`.
fn problems(value: &Value) -> Option<String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(all) if all.iter().all(Value::is_string) => {
            all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    };
    let told: Vec<_> = match value {
        Value::Object(members) => {
            members.iter().map(|(name, said)| format!("{name}: {}", text(said))).collect()
        }
        Value::Array(all) => all.iter().map(text).collect(),
        Value::Null => Vec::new(),
        other => vec![text(other)],
    };
    (!told.is_empty()).then(|| told.join("; "))
}

/// Returns the first line of a text; of a page, its words without the tags, nor what no reader sees
/// of it.
fn text(body: &str) -> String {
    let body = body.trim_start_matches('\u{feff}').trim();
    if !body.starts_with('<') {
        return body.lines().next().unwrap_or_default().to_owned();
    }
    let (mut words, mut rest) = (String::new(), body);
    while let Some(start) = rest.find('<') {
        words.push_str(&rest[..start]);
        words.push(' ');
        let tag = rest[start..].to_ascii_lowercase();
        let unseen = ["style", "script", "!--"].iter().find(|name| tag[1..].starts_with(**name));
        let end = match unseen {
            Some(&"!--") => tag.find("-->").map(|at| at + 3),
            Some(name) => tag.find(&format!("</{name}")),
            None => tag.find('>').map(|at| at + 1),
        };
        rest = end.and_then(|end| rest.get(start + end..)).unwrap_or_default();
    }
    words + rest
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{SHOWN, said_whole, shown};

    /// A vendor read "answered 400" twenty-one times, and never that his server had said why.
    #[test]
    fn what_a_target_says_is_its_detail_and_its_problems() {
        for (body, told) in [
            (json!({"Detail": "It is wrong.", "Title": "Bad"}), Some("It is wrong.")),
            (
                json!({"Detail": "Not valid.", "Problems": {"name": ["Maximum length is 72"]}}),
                Some("Not valid. (name: Maximum length is 72)"),
            ),
            (json!({"problems": {"a": ["x", "y"], "b": "z"}}), Some("a: x, y; b: z")),
            (json!({"errors": [{"field": "a"}]}), Some(r#"{"field":"a"}"#)),
            (json!({"error": {"message": "no route"}}), Some("no route")),
            (json!({"code": 7}), Some(r#"{"code":7}"#)),
            (json!("a\n  b"), Some("a b")),
            (json!({}), None),
            (json!(null), None),
        ] {
            assert_eq!(said_whole(Some(&body), b"").as_deref(), told, "{body}");
        }
        for (bytes, told) in [
            (&b"Not found\nat line 7"[..], Some("Not found")),
            (b"\xef\xbb\xbf first \n", Some("first")),
            (
                b"<!DOCTYPE html><html><head><title>404</title><style>a{b:c}</style></head>\
                  <!-- <b>no</b> --><body><h1>Not\nfound</h1><script>1<2</script></body></html>",
                Some("404 Not found"),
            ),
            (b"<unclosed", None),
            (b"", None),
            (b"\xff\xfe", Some("\u{fffd}\u{fffd}")),
        ] {
            assert_eq!(said_whole(None, bytes).as_deref(), told);
        }
    }

    #[test]
    fn a_long_text_is_shown_in_part_and_never_to_where_it_was_cut() {
        let long = "å ".repeat(9000);
        let whole = said_whole(Some(&json!(long)), b"").unwrap();
        assert_eq!(shown(&whole).chars().count(), SHOWN + 1);
        // Long secrets became marks, and another stands at the end in half.
        let half = "s3cret".repeat(600);
        assert_eq!(shown(&format!("who? $TOKEN {half}\n")), "…");
        assert_eq!(shown(&format!("who? $TOKEN {half}{half}\n")).matches("who?").count(), 1);
        assert_eq!(shown("short"), "short");
    }
}
