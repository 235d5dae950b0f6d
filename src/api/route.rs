//! Routes as data: read by the router, by `405 Allow`, and by the test that covers them.

use std::pin::Pin;

use http::Method;
use http::header::ALLOW;
use redb::ReadTransaction;

use super::Call;
use super::error::ApiError;
use super::message::Response;
use super::wire::decode;
use crate::model::violation::Violation;

/// An API whose routes stand under a ledger.
pub struct ApiTable {
    /// The API's name on the command line.
    pub name: &'static str,
    /// What stands before the ledger in every path, without a slash at the end.
    pub mount: &'static str,
    /// What stands before the code in every problem type.
    pub problems: &'static str,
    /// The routes under the ledger.
    pub routes: &'static [Route],
}

/// One path and its methods.
pub struct Route {
    /// The path under the ledger, variables in braces.
    pub path: &'static str,
    /// The methods that the documents give the resource.
    pub methods: &'static [(Method, Handler)],
}

/// What a handler that waits for the disk returns.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Response, ApiError>> + Send + 'a>>;

/// Answers a call.
#[derive(Clone, Copy)]
pub enum Handler {
    /// From what is stored, at once: the view that its ledger was read from.
    Read(fn(&Call, &ReadTransaction) -> Result<Response, ApiError>),
    /// By a write, after its sync.
    Write(for<'a> fn(Call<'a>) -> Answer<'a>),
}

impl Route {
    /// The handler of `method`; HEAD is answered as GET, and the socket leaves the body out.
    ///
    /// # Errors
    /// 405 with `Allow`.
    pub fn handler(&self, method: &Method) -> Result<Handler, ApiError> {
        let wanted = if method == Method::HEAD { &Method::GET } else { method };
        if let Some((_, handler)) = self.methods.iter().find(|(method, _)| method == wanted) {
            return Ok(*handler);
        }
        let mut allow: Vec<&str> = self.methods.iter().map(|(method, _)| method.as_str()).collect();
        if allow.contains(&"GET") {
            allow.push("HEAD");
        }
        let allow = allow.join(", ");
        let detail = format!("{method} is not among the methods of this resource: {allow}.");
        Err(ApiError::method_not_allowed(detail).with_header(ALLOW, allow))
    }
}

/// The router of one API.
pub struct Router {
    /// The API.
    pub table: &'static ApiTable,
    routes: matchit::Router<&'static Route>,
}

impl Router {
    /// A router over the routes of `table`.
    ///
    /// # Errors
    /// When two routes exclude each other.
    pub fn new(table: &'static ApiTable) -> Result<Self, String> {
        let mut routes = matchit::Router::new();
        for route in table.routes {
            routes
                .insert(route.path, route)
                .map_err(|error| format!("Route {} of {}: {error}", route.path, table.name))?;
        }
        Ok(Self { table, routes })
    }

    /// What follows the mount in `path`: the ledger and the rest.
    pub fn rest<'p>(&self, path: &'p str) -> Option<&'p str> {
        path.strip_prefix(self.table.mount)?.strip_prefix('/')
    }

    /// The route of a path under the ledger and the variables in it, decoded.
    ///
    /// # Errors
    /// 404 when there is none; 400 when the encoding of a variable is broken.
    pub fn find(&self, path: &str) -> Result<(&'static Route, Vec<String>), ApiError> {
        let found = self
            .routes
            .at(path)
            .map_err(|_| ApiError::not_found(format!("There is no resource at {path}.")))?;
        let mut params = Vec::with_capacity(found.params.len());
        for (name, value) in found.params.iter() {
            match decode(value) {
                Some(value) => params.push(value.into_owned()),
                None => {
                    let message = format!("The percent-encoding of {name} in the path is broken.");
                    return Err(Violation::new(name, message).into());
                }
            }
        }
        Ok((found.value, params))
    }
}
