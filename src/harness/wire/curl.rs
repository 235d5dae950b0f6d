//! A request as a line for the shell, what lets in replaced by a variable. It can be pasted as it is.

use std::fmt::Write as _;

use super::message::Request;
use crate::output::visible::is_unseen;

/// Returns the curl command that repeats `request` for whoever has what lets in, a token or
/// `user:password`, in the variable of the shell.
pub(crate) fn curl(request: &Request, variable: &str) -> String {
    let Request { method, url, headers, credential, body, .. } = request;
    // Nobody can ask again: the run is over, and so is its listener.
    if request.is_to_listener() {
        return format!("# what was heard at {url}");
    }
    let mut line = match method.as_str() {
        "HEAD" => "curl -I".to_owned(),
        "GET" if body.is_none() => "curl -i".to_owned(),
        method => format!("curl -i -X {method}"),
    };
    // curl would make several URLs of one with brackets, and another of one with dots.
    if url.contains(['[', ']', '{', '}']) {
        line.push_str(" -g");
    }
    if url.split(['/', '?']).any(|segment| matches!(segment, "." | "..")) {
        line.push_str(" --path-as-is");
    }
    let _ = write!(line, " {}", quote(url));
    if let Some(credential) = credential {
        let _ = write!(line, " {}", credential.curl_option(variable));
    }
    for (name, value) in headers {
        let header = match value.is_empty() {
            true => format!("{name};"),
            false => format!("{name}: {value}"),
        };
        let _ = write!(line, " -H {}", quote(&header));
    }
    let Some(body) = body else { return line };
    if request.header("content-type").is_none() {
        line.push_str(" -H 'Content-Type:'");
    }
    match std::str::from_utf8(body).ok().filter(|text| is_seen(text)) {
        // `--data-binary` would take what begins with an @ for the name of a file.
        Some(text) if text.starts_with('@') => format!("{line} --data-raw {}", quote(text)),
        Some(text) => format!("{line} --data-binary {}", quote(text)),
        None => format!("printf '{}' | {line} --data-binary @-", escaped(body)),
    }
}

/// Quotes a text for the shell: single quotes keep everything from it but themselves.
fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Returns whether a text can be pasted as it is seen.
fn is_seen(text: &str) -> bool {
    !text.contains(|c| is_unseen(c) && !matches!(c, '\n' | '\t'))
}

/// Returns bytes as `printf` takes them, between single quotes.
fn escaped(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            b'%' => text.push_str("%%"),
            b'\\' => text.push_str(r"\\"),
            // A first hyphen would be an option.
            b' '..=b'~' if !matches!(byte, b'\'' | b'-') => text.push(char::from(*byte)),
            // Writing to a string cannot fail.
            byte => drop(write!(text, "\\{byte:03o}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::curl;
    use crate::harness::subject::Credential;
    use crate::harness::wire::message::{Request, Room};
    use crate::input::secret::Secret;

    fn request() -> Request {
        Request {
            method: "PUT".to_owned(),
            url: "http://h/a?$expand=b".to_owned(),
            headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
            credential: Some(Credential::Bearer(Secret::new("s3cret"))),
            body: Some(br#"{"name":"it's"}"#.to_vec()),
            room: Room::Thing,
        }
    }

    #[test]
    fn the_line_holds_all_but_what_is_secret() {
        let mut request = request();
        assert_eq!(
            curl(&request, "TOKEN_100"),
            concat!(
                r#"curl -i -X PUT 'http://h/a?$expand=b' -H "Authorization: Bearer $TOKEN_100""#,
                r#" -H 'Content-Type: application/json' --data-binary '{"name":"it'\''s"}'"#
            )
        );
        let password = Secret::new("s3cret");
        request.credential = Some(Credential::Basic { user: "api-x".to_owned(), password });
        let line = curl(&request, "GATEWAY_USER");
        assert!(line.contains("-u \"$GATEWAY_USER\" -H"), "{line}");
        request.credential = Some(Credential::wrong_token());
        let line = curl(&request, "TOKEN_100");
        assert!(!line.contains('$') || line.contains("$expand"), "{line}");
        assert!(line.contains("Bearer etalon-"), "a wrong token is no secret: {line}");
        request.credential = None;
        let line = curl(&request, "TOKEN_100");
        assert!(line.contains("=b' -H 'Content-Type"), "{line}");
    }

    /// Returns the arguments that a shell gives to curl, and what it gives to read.
    fn pasted(line: &str) -> Vec<String> {
        let shell = format!(
            "curl() {{ for it; do printf '%s\\0' \"$it\"; [ \"$it\" = @- ] && cat; done; }}\n\
             TOKEN_100=s3cret\n{line}"
        );
        let ran = Command::new("sh").args(["-c", &shell]).output().unwrap();
        assert!(ran.status.success() || ran.stderr.is_empty(), "{line}: {ran:?}");
        let given = String::from_utf8_lossy(&ran.stdout).into_owned();
        given.split('\0').map(str::to_owned).collect()
    }

    /// Lines were pasted that sent another request: a body that began with an @ was taken for a file,
    /// a bracket for a pattern, a line with a control for whatever the terminal made of it.
    #[test]
    fn a_real_shell_gives_curl_what_was_sent() {
        for (body, sent) in [
            (&b"it's $HOME `x` \\n \"q\"\n{}"[..], "--data-binary"),
            (b"@/etc/passwd", "--data-raw"),
            (b"\x01%s\\'\xff\n", "@-"),
            ("å\u{202e}".as_bytes(), "@-"),
            (b"", "--data-binary"),
        ] {
            let request = Request { body: Some(body.to_vec()), ..request() };
            let given = pasted(&curl(&request, "TOKEN_100"));
            let at = given.iter().position(|it| it == sent).unwrap();
            assert_eq!(given[at + 1], String::from_utf8_lossy(body), "{given:?}");
            assert!(given.contains(&"Authorization: Bearer s3cret".to_owned()), "{given:?}");
        }
        for (method, url, options) in [
            ("GET", "http://h/a?x=[1]", &["-i", "-g"][..]),
            ("HEAD", "http://h/a", &["-I"]),
            ("GET", "http://h/a/../b", &["-i", "--path-as-is"]),
            ("DELETE", "http://h/it's", &["-i", "-X", "DELETE"]),
        ] {
            let (method, url) = (method.to_owned(), url.to_owned());
            let empty = ("X-Empty".to_owned(), String::new());
            let request =
                Request { method, url: url.clone(), body: None, headers: vec![empty], ..request() };
            let given = pasted(&curl(&request, "TOKEN_100"));
            let at = given.iter().position(|it| *it == url).unwrap();
            assert_eq!(given[..at], *options, "{given:?}");
            assert!(given.contains(&"X-Empty;".to_owned()), "{given:?}");
        }
        let untyped = Request { headers: Vec::new(), ..request() };
        assert!(pasted(&curl(&untyped, "TOKEN_100")).contains(&"Content-Type:".to_owned()));
    }
}
