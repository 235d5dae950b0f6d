//! Routes as data: read by the router, by `405 Allow`, and by the test that covers them.

use std::borrow::Cow;
use std::pin::Pin;

use http::header::ALLOW;
use http::{HeaderMap, Method};
use redb::ReadTransaction;

use super::error::ApiError;
use super::message::{Request, Response};
use super::negotiation::{self, Media};
use super::wire::decode;
use super::{Api, Call, Documented, Mounts, Scope as _, mount};
use crate::model::violation::Violation;

/// One path and its methods.
pub struct Route<A: Documented> {
    /// The path under the mount and the scope, variables in braces.
    pub path: &'static str,
    /// The methods that the documents give the resource.
    pub methods: &'static [(Method, Handler<A>)],
}

/// The answer of a handler that others do not wait for.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Response, ApiError>> + Send + 'a>>;

/// Answers a call.
pub enum Handler<A: Documented> {
    /// From what is stored, at once: the view in which the request was admitted.
    Read(fn(&Call<A>, &ReadTransaction) -> Result<Response, ApiError>),
    /// Once it is known, while others are answered: a write after its sync, a list that must be
    /// searched for.
    Later(for<'a> fn(Call<'a, A>) -> Answer<'a>),
}

impl<A: Documented> Route<A> {
    /// Returns the handler of `method`; HEAD is answered as GET, and the socket leaves the body
    /// out.
    ///
    /// # Errors
    /// 405 with `Allow`.
    fn handler(&self, method: &Method) -> Result<&Handler<A>, ApiError> {
        let wanted = if method == Method::HEAD { &Method::GET } else { method };
        if let Some((_, handler)) = self.methods.iter().find(|(method, _)| method == wanted) {
            return Ok(handler);
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

/// An API as the service sees it, whatever it admits requests to.
pub(super) trait Endpoint: Send + Sync {
    /// Returns the API's name.
    fn name(&self) -> &'static str;
    /// Returns where it stands here.
    fn mount(&self) -> &str;
    /// Returns the paths of its routes.
    fn paths(&self) -> Vec<&'static str>;
    /// Returns the media type that a client likes best; `None` when it accepts none.
    fn media(&self, headers: &HeaderMap) -> Option<&'static Media>;
    /// Answers a request to a path under the mount.
    ///
    /// # Errors
    /// What [`Endpoint::refuse`] is to render.
    fn answer<'a>(
        &'a self,
        api: &'a Api,
        request: Request,
        media: Option<&'static Media>,
    ) -> Result<Reply<'a>, ApiError>;
    /// Returns an error in the API's own form.
    fn refuse(&self, error: &ApiError, media: Option<&'static Media>) -> Response;
}

/// The answer to a request. One that is read from the store is there at once, and costs no future.
pub(super) enum Reply<'a> {
    Now(Response),
    Later(Answer<'a>),
}

/// The makers of each API's endpoint.
pub(super) type Endpoints = &'static [fn(&Mounts) -> Result<Box<dyn Endpoint>, String>];

/// Returns the endpoint of one API.
///
/// # Errors
/// When a schema is broken, or two routes exclude each other.
pub(super) fn serve<A: Documented>(mounts: &Mounts) -> Result<Box<dyn Endpoint>, String> {
    let mut routes = matchit::Router::new();
    for route in A::routes() {
        routes
            .insert(route.path, route)
            .map_err(|error| format!("Route {} of {}: {error}", route.path, A::NAME))?;
    }
    let mount = mounts.path(A::NAME, A::MOUNT);
    Ok(Box::new(Served::<A> { mount, schemas: A::compile()?, routes }))
}

/// An API with its mount, compiled.
struct Served<A: Documented> {
    mount: String,
    schemas: A::Schemas,
    routes: matchit::Router<&'static Route<A>>,
}

impl<A: Documented> Endpoint for Served<A> {
    fn name(&self) -> &'static str {
        A::NAME
    }

    fn mount(&self) -> &str {
        &self.mount
    }

    fn paths(&self) -> Vec<&'static str> {
        A::routes().iter().map(|route| route.path).collect()
    }

    fn media(&self, headers: &HeaderMap) -> Option<&'static Media> {
        negotiation::accepted(headers, A::PRODUCES)
    }

    fn answer<'a>(
        &'a self,
        api: &'a Api,
        request: Request,
        media: Option<&'static Media>,
    ) -> Result<Reply<'a>, ApiError> {
        let rest = mount::rest(&self.mount, &request.path).unwrap_or_default();
        let tx = api.store.reader()?;
        let (scope, path) = A::Scope::admit(&api.auth, &tx, &request.headers, rest)?;
        let (route, params) = self.find(path)?;
        let handler = route.handler(&request.method)?;
        let media = media.ok_or_else(|| negotiation::none_accepted(A::PRODUCES))?;
        api.choices.check(self, &request)?;
        let call = Call {
            store: &api.store,
            schemas: &self.schemas,
            choices: &api.choices,
            scope,
            mount: &self.mount,
            route,
            media,
            params,
            request,
        };
        match handler {
            Handler::Read(read) => read(&call, &tx).map(Reply::Now),
            Handler::Later(answer) => Ok(Reply::Later(answer(call))),
        }
    }

    fn refuse(&self, error: &ApiError, media: Option<&'static Media>) -> Response {
        A::refuse(error, media.unwrap_or(&A::PRODUCES[0]))
    }
}

impl<A: Documented> Served<A> {
    /// Returns the route of a path and the variables in it, decoded.
    ///
    /// # Errors
    /// 404 when there is none; 400 when the encoding of a variable is broken.
    fn find(&self, path: &str) -> Result<(&'static Route<A>, Vec<String>), ApiError> {
        // A tilde is the same encoded (RFC 3986 › 2.3), and some clients encode that of `~find`.
        let path = match path.contains("%7") {
            true => Cow::Owned(path.replace("%7E", "~").replace("%7e", "~")),
            false => Cow::Borrowed(path),
        };
        let found = self
            .routes
            .at(&path)
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
