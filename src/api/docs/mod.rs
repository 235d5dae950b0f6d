//! What describes the APIs to those who meet them here: their OpenAPI documents, and a page that shows
//! them and sends what is tried. None of it holds a secret, so that nobody needs a token.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use flate2::read::GzDecoder;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::error::ApiError;
use super::message::{Body, Response};
use super::{Api, openapi};

/// The folder of the documents below the admin surface.
const OPENAPI: &str = "/openapi/";

/// The path of the page below the admin surface.
const PAGE: &str = "/docs";

/// What the page may do: run and show what comes from here, and ask here alone. Swagger UI writes
/// styles and small pictures into the page, and neither asks anybody.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";

/// A file that the page needs.
struct File {
    /// Its name below the page.
    name: &'static str,
    media: &'static str,
    content: Content,
}

enum Content {
    Plain(&'static str),
    /// As gzip has it.
    Compressed(&'static [u8]),
}

const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// The files of the page: ours, and those of Swagger UI that `build.rs` has compressed.
static FILES: [File; 4] = [
    File { name: "page.css", media: CSS, content: Content::Plain(include_str!("page.css")) },
    File { name: "page.js", media: SCRIPT, content: Content::Plain(include_str!("page.js")) },
    File {
        name: "swagger-ui.css",
        media: CSS,
        content: Content::Compressed(include_bytes!(concat!(
            env!("OUT_DIR"),
            "/swagger-ui.css.gz"
        ))),
    },
    File {
        name: "swagger-ui-bundle.js",
        media: SCRIPT,
        content: Content::Compressed(include_bytes!(concat!(
            env!("OUT_DIR"),
            "/swagger-ui-bundle.js.gz"
        ))),
    },
];

/// The documents that were asked for, by API: each is made once.
#[derive(Default)]
pub(super) struct Described(Mutex<BTreeMap<&'static str, Bytes>>);

/// What stands at a path.
enum Place {
    /// The document of an API.
    Document(&'static str),
    Page,
    File(&'static File),
}

/// Returns what stands at `path` below the admin surface.
fn find(api: &Api, path: &str) -> Option<Place> {
    if path == PAGE {
        return Some(Place::Page);
    }
    if let Some(name) = path.strip_prefix(PAGE).and_then(|rest| rest.strip_prefix('/')) {
        return FILES.iter().find(|file| file.name == name).map(Place::File);
    }
    let name = path.strip_prefix(OPENAPI)?.strip_suffix(".json")?;
    api.endpoints.iter().map(|each| each.name()).find(|known| *known == name).map(Place::Document)
}

/// Answers with what stands at `path`.
///
/// # Errors
/// 404, 500.
pub(super) fn get(api: &Api, path: &str, headers: &HeaderMap) -> Result<Response, ApiError> {
    match find(api, path) {
        Some(Place::Document(name)) => document(api, name),
        Some(Place::Page) => Ok(page(api)),
        Some(Place::File(file)) => file.answer(headers),
        None => Err(ApiError::not_found("There is no such page.")),
    }
}

fn document(api: &Api, name: &'static str) -> Result<Response, ApiError> {
    let mut made = api.described.0.lock().unwrap_or_else(PoisonError::into_inner);
    if !made.contains_key(name) {
        let failed =
            |reason: String| ApiError::internal("The API is not described.").with_log(reason);
        let document = openapi::served(api, name).map_err(failed)?;
        made.insert(name, Bytes::from(document.to_string()));
    }
    let body = made.get(name).cloned().unwrap_or_default();
    Ok(respond("application/json", body))
}

/// Returns the page, which leads to each of the APIs.
fn page(api: &Api) -> Response {
    let names = || api.endpoints.iter().map(|each| each.name());
    let links: String = names()
        .map(|name| format!("<a href=\"docs?api={name}\" data-api=\"{name}\">{name}</a>"))
        .collect();
    let documents: Vec<_> =
        names().map(|name| format!("<a href=\"openapi/{name}.json\">{name}</a>")).collect();
    let page = include_str!("page.html")
        .replace("{links}", &links)
        .replace("{documents}", &documents.join(", "));
    respond("text/html; charset=utf-8", page.into())
}

impl File {
    /// Answers with the file, compressed for those who say that they read that.
    ///
    /// # Errors
    /// 500 when what was compressed is broken.
    fn answer(&self, headers: &HeaderMap) -> Result<Response, ApiError> {
        let compressed = match self.content {
            Content::Plain(text) => {
                return Ok(respond(self.media, Bytes::from_static(text.as_bytes())));
            }
            Content::Compressed(compressed) => compressed,
        };
        let reads = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        let mut codings = reads.flat_map(|codings| codings.split(','));
        let mut response = match codings.any(|coding| coding.trim() == "gzip") {
            true => {
                let mut response = respond(self.media, Bytes::from_static(compressed));
                set(&mut response, CONTENT_ENCODING, "gzip");
                response
            }
            false => {
                let mut plain = Vec::new();
                GzDecoder::new(compressed).read_to_end(&mut plain).map_err(|error| {
                    ApiError::internal("The file is broken.").with_log(error.to_string())
                })?;
                respond(self.media, plain.into())
            }
        };
        set(&mut response, VARY, "Accept-Encoding");
        Ok(response)
    }
}

/// Returns an answer that a browser takes for no more than it is.
fn respond(media: &'static str, body: Bytes) -> Response {
    let mut response =
        Response { status: StatusCode::OK, headers: HeaderMap::new(), body: Body::Whole(body) };
    for (name, value) in [
        (CONTENT_TYPE, media),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        // Another version may stand here tomorrow.
        (CACHE_CONTROL, "no-cache"),
    ] {
        set(&mut response, name, value);
    }
    response
}

fn set(response: &mut Response, name: HeaderName, value: &'static str) {
    response.headers.insert(name, HeaderValue::from_static(value));
}
