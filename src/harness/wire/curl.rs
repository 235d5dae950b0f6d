//! A request as a line for the shell, its credentials replaced by a variable.

use super::message::Request;

/// Returns the curl command that repeats `request` for whoever has the token in `$TOKEN`, or
/// `user:password` in `$USER_AND_PASSWORD`.
pub(crate) fn curl(request: &Request) -> String {
    let mut line = String::from("curl -i");
    if request.method != "GET" || request.body.is_some() {
        line.push_str(&format!(" -X {}", request.method));
    }
    line.push_str(&format!(" {}", quote(&request.url)));
    if let Some(credential) = &request.credential {
        line.push_str(&format!(" {}", credential.curl_option()));
    }
    for (name, value) in &request.headers {
        line.push_str(&format!(" -H {}", quote(&format!("{name}: {value}"))));
    }
    if let Some(body) = &request.body {
        line.push_str(&format!(" --data-binary {}", quote(&String::from_utf8_lossy(body))));
    }
    line
}

/// Quotes a text for the shell: single quotes keep everything from it but themselves.
fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::curl;
    use crate::harness::subject::Credential;
    use crate::harness::wire::message::{Request, Room};
    use crate::input::secret::Secret;

    #[test]
    fn the_line_holds_all_but_what_is_secret() {
        let mut request = Request {
            method: "PUT".to_owned(),
            url: "http://h/a?$expand=b".to_owned(),
            headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
            credential: Some(Credential::Bearer(Secret::new("s3cret"))),
            body: Some(br#"{"name":"it's"}"#.to_vec()),
            room: Room::Thing,
        };
        assert_eq!(
            curl(&request),
            concat!(
                r#"curl -i -X PUT 'http://h/a?$expand=b' -H "Authorization: Bearer $TOKEN""#,
                r#" -H 'Content-Type: application/json' --data-binary '{"name":"it'\''s"}'"#
            )
        );
        let password = Secret::new("s3cret");
        request.credential = Some(Credential::Basic { user: "api-x".to_owned(), password });
        assert!(curl(&request).contains("-u \"$USER_AND_PASSWORD\" -H"), "{}", curl(&request));
        request.credential = None;
        assert!(curl(&request).contains("=b' -H 'Content-Type"), "{}", curl(&request));
    }
}
