//! Pages of other origins that are let in: Cross-Origin Resource Sharing, as a browser asks for it
//! (Fetch › HTTP-CORS protocol).

use http::Method;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD,
    HeaderMap, HeaderName, HeaderValue, ORIGIN, VARY,
};

use super::message::{Request, Response};
use super::public::origin_of;

/// The headers of requests that the APIs read and a page may not set without asking.
const READ: HeaderValue = HeaderValue::from_static("Accept, Authorization, Content-Type");

/// The headers of answers that a page sees, beside those that every page sees.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "Allow, Etalon-Behaviour, Link, Location, Retry-After, WWW-Authenticate, X-Request-Id, \
     X-Result-Count, X-Total-Count",
);

/// For how many seconds a browser need not ask again.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// How a page of the web asks for something on the machine or in the network of who visits it
/// (Private Network Access › Headers).
const REQUEST_PRIVATE: HeaderName =
    HeaderName::from_static("access-control-request-private-network");
const ALLOW_PRIVATE: HeaderName = HeaderName::from_static("access-control-allow-private-network");

/// The origins whose pages are let in; none by default.
#[derive(Debug, Clone, Default)]
pub struct Cors {
    any: bool,
    named: Vec<String>,
}

impl Cors {
    /// Reads flags, each an origin such as `https://app.example`, or `*` for all.
    ///
    /// # Errors
    /// A sentence that says what of a flag is wrong.
    pub fn from_flags(flags: &[String]) -> Result<Self, String> {
        let mut cors = Self::default();
        for flag in flags {
            if flag == "*" {
                cors.any = true;
                continue;
            }
            let wrong = |why: &str| {
                format!("--cors: \"{flag}\" {why}; it is one such as https://app.example, or *.")
            };
            if flag == "null" {
                return Err(wrong("is what any page may call itself, so that it names none"));
            }
            match origin_of(flag) {
                Some((origin, path)) if ["", "/"].contains(&&*path) => cors.named.push(origin),
                Some(_) => return Err(wrong("has a path, and an origin has none")),
                None => return Err(wrong("is no origin")),
            }
        }
        Ok(cors)
    }

    /// Returns whether pages of all origins are let in.
    pub fn is_any(&self) -> bool {
        self.any
    }

    /// Returns whether no page is let in that is not let in anyhow.
    pub(super) fn is_off(&self) -> bool {
        !self.any && self.named.is_empty()
    }

    /// Returns the origin of the page that asks, if it is let in.
    pub(super) fn admitted<'h>(&self, headers: &'h HeaderMap) -> Option<&'h HeaderValue> {
        let mut origins = headers.get_all(ORIGIN).iter();
        let origin = origins.next().filter(|_| origins.next().is_none())?;
        let is_named = |named: &String| named.as_bytes() == origin.as_bytes();
        (self.any || self.named.iter().any(is_named)).then_some(origin)
    }

    /// Returns the method that a page asks leave for, if this is a question and the page is let in.
    pub(super) fn asked(&self, request: &Request) -> Option<Method> {
        if self.is_off() || request.method != Method::OPTIONS {
            return None;
        }
        self.admitted(&request.headers)?;
        let asked = request.headers.get(ACCESS_CONTROL_REQUEST_METHOD)?;
        Method::from_bytes(asked.as_bytes()).ok()
    }

    /// Returns the leave for `methods`, a list as `Allow` has it.
    pub(super) fn leave(request: &Request, methods: &str) -> Response {
        let mut leave = Response::no_content();
        if let Ok(methods) = HeaderValue::from_str(methods) {
            leave.headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
        }
        leave.headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, READ);
        leave.headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        if request.headers.get(REQUEST_PRIVATE).is_some_and(|asked| asked == "true") {
            leave.headers.insert(ALLOW_PRIVATE, HeaderValue::from_static("true"));
        }
        leave
    }

    /// Shows an answer to the page of `origin`, where that is let in.
    pub(super) fn show(&self, response: &mut Response, origin: Option<HeaderValue>) {
        if self.is_off() {
            return;
        }
        response.headers.append(VARY, HeaderValue::from_static("Origin"));
        if let Some(origin) = origin {
            let allowed = if self.any { HeaderValue::from_static("*") } else { origin };
            response.headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
            response.headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cors;

    #[test]
    fn what_is_no_origin_is_refused_with_its_reason() {
        for (flag, why) in [
            ("app.example", "is no origin"),
            ("", "is no origin"),
            ("https://app.example/a", "has a path"),
            ("https://*.example", "is no origin"),
            ("https://u@app.example", "is no origin"),
            ("null", "any page may call itself"),
        ] {
            let sentence = Cors::from_flags(&[flag.to_owned()]).unwrap_err();
            assert!(sentence.contains(why) && sentence.starts_with("--cors: "), "{sentence}");
        }
    }
}
