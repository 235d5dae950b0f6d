//! Requests in, responses out: one folder an API, one file a resource; no socket and no runtime.

mod admin;
pub mod auth;
pub mod customer;
pub mod error;
pub mod message;
mod negotiation;
mod problem;
mod query;
pub mod route;
pub mod usage;
mod wire;

use std::sync::Arc;

use http::Method;

use crate::model::ledger::Ledger;
use crate::model::record::{RecordReader, is_identifier};
use crate::model::violation::Violation;
use crate::store::Store;
use crate::store::ledgers;
use auth::Auth;
use error::ApiError;
use message::{Refusal, Request, Response, Service};
use route::{ApiTable, Handler, Router};

/// The APIs with ledgers that are served: one line each.
pub static APIS: [&ApiTable; 2] = [&customer::API, &usage::API];

/// The most bytes of a request body, other than a load's.
const BODY_LIMIT: u64 = 1 << 20;

/// Everything that answering needs.
pub struct Api {
    store: Arc<Store>,
    auth: Auth,
    schemas: customer::Schemas,
    records: Arc<RecordReader>,
    routers: Vec<Router>,
}

/// A request that has found its route, with what every handler needs.
pub struct Call<'a> {
    store: &'a Arc<Store>,
    schemas: &'a customer::Schemas,
    ledger: Ledger,
    /// The variables of the route's path, decoded, in order.
    params: Vec<String>,
    request: Request,
}

impl Api {
    /// An API over `store` that admits whom `auth` names.
    ///
    /// # Errors
    /// When an embedded schema is broken.
    pub fn new(store: Arc<Store>, auth: Auth) -> Result<Self, String> {
        Ok(Self {
            store,
            auth,
            schemas: customer::Schemas::compile()?,
            records: Arc::new(RecordReader::new()?),
            routers: APIS.into_iter().map(Router::new).collect::<Result<_, _>>()?,
        })
    }

    async fn route(&self, request: Request) -> Response {
        if let Some(path) = request.path.strip_prefix("/etalon/") {
            let path = path.to_owned();
            return admin::answer(self, &path, request).await;
        }
        let Some(router) = self.router(&request.path) else {
            let detail = format!("No API is mounted at {}.", request.path);
            return problem::response(admin::PROBLEMS, &ApiError::not_found(detail));
        };
        let answer = self.api(router, request).await;
        answer.unwrap_or_else(|error| problem::response(router.table.problems, &error))
    }

    fn router(&self, path: &str) -> Option<&Router> {
        self.routers.iter().find(|router| router.rest(path).is_some())
    }

    async fn api(&self, router: &Router, request: Request) -> Result<Response, ApiError> {
        let rest = router.rest(&request.path).unwrap_or_default();
        let (segment, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let ledger = wire::decode(segment).filter(|no| is_identifier(no)).unwrap_or_default();
        self.auth.ledger(&request.headers, &ledger)?;
        let tx = self.store.reader()?;
        let Some(ledger) = ledgers::ledger(&tx, &ledger)? else {
            return Err(auth::not_reached());
        };
        let (route, params) = router.find(path)?;
        let handler = route.handler(&request.method)?;
        negotiation::accepts_json(&request.headers)?;
        let call = Call { store: &self.store, schemas: &self.schemas, ledger, params, request };
        match handler {
            Handler::Read(read) => read(&call, &tx),
            Handler::Write(write) => {
                drop(tx);
                write(call).await
            }
        }
    }
}

impl Call<'_> {
    fn query(&self) -> Option<&str> {
        self.request.query.as_deref()
    }

    /// A variable of the path.
    fn param(&self, index: usize) -> &str {
        self.params.get(index).map_or("", String::as_str)
    }

    /// Refuses a path identifier that cannot be one (reading 183).
    fn check_params(&self, names: &[&str]) -> Result<(), ApiError> {
        let violations: Vec<Violation> = names
            .iter()
            .zip(&self.params)
            .filter(|(_, value)| !is_identifier(value))
            .map(|(name, _)| {
                let message = format!("{name} must have 1 to 50 characters, none a control one.");
                Violation::new(*name, message)
            })
            .collect();
        if violations.is_empty() { Ok(()) } else { Err(violations.into()) }
    }
}

impl Service for Api {
    fn admit(&self, head: &Request) -> Result<u64, Response> {
        if head.path == "/etalon/records" && head.method == Method::POST {
            return match self.auth.admin(&head.headers) {
                Ok(()) => Ok(admin::LOAD_LIMIT),
                Err(error) => Err(problem::response(admin::PROBLEMS, &error)),
            };
        }
        Ok(BODY_LIMIT)
    }

    async fn answer(&self, request: Request) -> Response {
        self.route(request).await
    }

    fn refuse(&self, head: &Request, refusal: Refusal) -> Response {
        let error = match refusal {
            Refusal::BodyTooLarge(limit) => {
                ApiError::too_large(format!("The body is longer than {limit} bytes."))
            }
            Refusal::BodyTooSlow => ApiError::timeout("The body did not arrive in time."),
            Refusal::BodyBroken => {
                Violation::body("The body's framing is broken: it did not arrive whole.").into()
            }
            Refusal::Broken => ApiError::internal("Answering failed; the log says more."),
        };
        let router = self.router(&head.path);
        problem::response(router.map_or(admin::PROBLEMS, |router| router.table.problems), &error)
    }
}
