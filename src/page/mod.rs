//! The page at `/`: what is stored, to look at and to try.
//!
//! It is a client of the APIs in the same process. What it shows of a customer, of usage or of an
//! account is what the API answers to the token that it was given; only what no document lists (the
//! ledgers, the customers of one) it reads from the store, for whom the ledger's token admits. It is
//! written here, on the server, so that looking needs no script; sending what a form holds needs one.

mod accounts;
mod chart;
mod customer;
mod customers;
mod documented;
mod exchanges;
mod form;
mod gateway;
mod ledgers;
mod look;
mod requests;
mod shell;
mod usage;
mod value;
mod verdict;

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{
    ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use maud::Markup;

use crate::api::Api;
use crate::api::message::{Body, FailedHandshake, Refusal, Request, Response, Service};
use look::Look;

/// The APIs, and the page beside them.
pub struct Site {
    api: Arc<Api>,
    /// Where the report of the last run is, if somebody said so.
    report: Option<PathBuf>,
}

/// What stands under `/` and `/etalon/page`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Ledgers,
    Customers,
    Customer,
    Usage,
    Subscription,
    Gateway,
    Accounts,
    Exchanges,
    Exchange,
    Requests,
    Verdict,
    Style,
    Script,
}

/// Every place, by its path.
const PLACES: &[(&str, Place)] = &[
    ("/", Place::Ledgers),
    ("/etalon/page/customers", Place::Customers),
    ("/etalon/page/customer", Place::Customer),
    ("/etalon/page/usage", Place::Usage),
    ("/etalon/page/subscription", Place::Subscription),
    ("/etalon/page/gateway", Place::Gateway),
    ("/etalon/page/accounts", Place::Accounts),
    ("/etalon/page/exchanges", Place::Exchanges),
    ("/etalon/page/exchange", Place::Exchange),
    ("/etalon/page/requests", Place::Requests),
    ("/etalon/page/verdict", Place::Verdict),
    ("/etalon/page/style.css", Place::Style),
    ("/etalon/page/script.js", Place::Script),
];

/// What the page may load and send: its own style and script, and requests to this server.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                      img-src 'self' data:; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// The most bytes of a form that holds a token.
const FORM_LIMIT: u64 = 16 << 10;

/// A view that is ready, or a refusal to show one.
struct View {
    title: String,
    main: Markup,
    status: StatusCode,
}

impl View {
    fn new(title: impl Into<String>, main: Markup) -> View {
        View { title: title.into(), main, status: StatusCode::OK }
    }
}

impl Site {
    /// Returns the APIs with the page beside them.
    pub fn new(api: Arc<Api>) -> Site {
        Site { api, report: None }
    }

    /// Shows the report of a run of the judge, which is read from its file whenever it is looked at.
    pub fn show_report(&mut self, file: PathBuf) {
        self.report = Some(file);
    }

    /// Returns what a path of the page is; nothing where an API stands there.
    fn place(&self, path: &str) -> Option<Place> {
        let (_, place) = PLACES.iter().find(|(known, _)| *known == path)?;
        (!self.api.has(path)).then_some(*place)
    }

    async fn show(&self, place: Place, request: Request) -> Response {
        match place {
            Place::Style => return file("text/css; charset=utf-8", include_str!("style.css")),
            Place::Script => {
                return file("text/javascript; charset=utf-8", include_str!("script.js"));
            }
            _ => {}
        }
        let look = Look::new(&self.api, with_token_of_form(request));
        let view = match place {
            Place::Customers => customers::view(&look).await,
            Place::Customer => customer::view(&look).await,
            Place::Usage => usage::view(&look).await,
            Place::Subscription => usage::subscription(&look).await,
            Place::Gateway => gateway::view(&look).await,
            Place::Accounts => accounts::view(&look).await,
            Place::Exchanges => exchanges::view(&look),
            Place::Exchange => exchanges::one(&look),
            Place::Requests => requests::view(&look).await,
            Place::Verdict => verdict::view(&look, self.report.as_deref()).await,
            _ => ledgers::view(&look).await,
        };
        let html = shell::document(&look, &view).into_string();
        response(view.status, "text/html; charset=utf-8", html)
    }
}

impl Service for Site {
    fn admit(&self, head: &Request) -> Result<u64, Response> {
        let Some(place) = self.place(&head.path) else { return self.api.admit(head) };
        self.api.admit_to_page(head)?;
        let allowed = match place {
            Place::Style | Place::Script => "GET, HEAD",
            _ => "GET, HEAD, POST",
        };
        match allowed.split(", ").any(|method| method == head.method.as_str()) {
            true => Ok(FORM_LIMIT),
            false => {
                let sentence =
                    format!("{} is not among the methods here: {allowed}.\n", head.method);
                let plain = "text/plain; charset=utf-8";
                let mut refused = response(StatusCode::METHOD_NOT_ALLOWED, plain, sentence);
                refused.headers.insert(ALLOW, HeaderValue::from_static(allowed));
                Err(refused)
            }
        }
    }

    async fn answer(&self, request: Request) -> Response {
        match self.place(&request.path) {
            Some(place) => Box::pin(self.show(place, request)).await,
            None => self.api.answer(request).await,
        }
    }

    fn refuse(&self, head: &Request, refusal: Refusal) -> Response {
        self.api.refuse(head, refusal)
    }

    fn note_stopping(&self) {
        self.api.note_stopping();
    }

    fn note_opened(&self) {
        self.api.note_opened();
    }

    fn note_closed(&self) {
        self.api.note_closed();
    }

    fn note_failed_handshake(&self, failed: FailedHandshake) {
        self.api.note_failed_handshake(failed);
    }
}

/// Returns a request with the token of its form, where it is one: who has no script gives it so, for
/// this one look.
fn with_token_of_form(mut request: Request) -> Request {
    if request.method != Method::POST {
        return request;
    }
    let token = look::pairs(std::str::from_utf8(&request.body).unwrap_or_default());
    let token = token.into_iter().find(|(name, _)| name == "token").map(|(_, token)| token);
    let credentials =
        token.filter(|token| !token.is_empty()).map(|token| look::credentials(&token));
    if let Some(Ok(value)) = credentials.map(HeaderValue::try_from) {
        request.headers.insert(AUTHORIZATION, value);
    }
    request
}

fn file(media: &'static str, text: &'static str) -> Response {
    response(StatusCode::OK, media, text)
}

fn response(status: StatusCode, media: &'static str, body: impl Into<Bytes>) -> Response {
    let headers = [
        (CONTENT_TYPE, media),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    Response { status, headers: HeaderMap::from_iter(headers), body: Body::Whole(body.into()) }
}
