//! Routes as data: read by the router, by `405 Allow`, and by the test that covers them.

use std::borrow::Cow;
use std::pin::Pin;
use std::sync::Arc;

use http::header::{ALLOW, HeaderName, WWW_AUTHENTICATE};
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Map, Value};

use super::auth::{Auth, scheme_asked};
use super::behaviours::Target;
use super::error::ApiError;
use super::message::{Request, Response};
use super::metrics::Place;
use super::negotiation::{self, Format, Media};
use super::wire::decode;
use super::{Api, Call, Documented, Mounts, Scope as _, mount};
use crate::model::violation::Violation;
use crate::store::Store;
use crate::store::snapshot::Snapshot;

/// One path and its methods.
pub struct Route<A: Documented> {
    /// The path under the mount and the scope, variables in braces.
    pub path: &'static str,
    /// The methods that the documents give the resource, each with the media types of its body:
    /// none where it takes none.
    pub methods: &'static [(Method, &'static [Media], Handler<A>)],
}

/// What a request is let in to.
struct Entry<A: Documented> {
    scope: A::Scope,
    route: &'static Route<A>,
    params: Vec<String>,
    handler: &'static Handler<A>,
    /// The media type that the client likes best.
    media: &'static Media,
    /// The format of the body.
    format: Format,
}

/// The answer of a handler that others do not wait for.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Response, ApiError>> + Send + 'a>>;

/// Answers a call.
pub enum Handler<A: Documented> {
    /// From what is stored, at once: the view in which the request was admitted.
    Read(fn(&Call<A>, &Snapshot) -> Result<Response, ApiError>),
    /// Once it is known, while others are answered: a write after its sync, a list that must be
    /// searched for.
    Later(for<'a> fn(Call<'a, A>) -> Answer<'a>),
}

impl<A: Documented> Route<A> {
    /// Returns the methods as `Allow` lists them.
    fn allow(&self) -> String {
        let mut allow: Vec<&str> =
            self.methods.iter().map(|(method, ..)| method.as_str()).collect();
        if allow.contains(&"GET") {
            allow.push("HEAD");
        }
        allow.join(", ")
    }

    /// Returns which of the methods `method` is, the media types that it takes, and its handler; HEAD is
    /// answered as GET, and the socket leaves the body out.
    ///
    /// # Errors
    /// 405 with `Allow`.
    fn action(&self, method: &Method) -> Result<(usize, &[Media], &Handler<A>), ApiError> {
        let wanted = if method == Method::HEAD { &Method::GET } else { method };
        let mut actions = self.methods.iter().enumerate();
        if let Some((nth, (_, consumed, handler))) =
            actions.find(|(_, (method, ..))| method == wanted)
        {
            return Ok((nth, consumed, handler));
        }
        let allow = self.allow();
        let detail = format!("{method} is not among the methods of this resource: {allow}.");
        Err(ApiError::method_not_allowed(detail).with_header(ALLOW, allow))
    }
}

/// An API as the service sees it, whatever it admits requests to.
pub(super) trait Endpoint: Send + Sync {
    /// Returns the API's name.
    fn name(&self) -> &'static str;
    /// Returns its operations in the order in which they are counted: a method and a path of a route.
    fn operations(&self) -> Vec<String>;
    /// Returns what a request to it is counted as that found no operation.
    fn place(&self) -> Place;
    /// Returns where it stands here.
    fn mount(&self) -> &str;
    /// Has the links of its answers begin with `prefix`, under which others know it.
    fn link_below(&mut self, prefix: &str);
    /// Returns the paths of its routes.
    fn paths(&self) -> Vec<&'static str>;
    /// Returns what its declaration says of it, for those whom `auth` names.
    fn declaration(&self, auth: &Auth) -> Declaration;
    /// Returns the media type that a client likes best; `None` when it accepts none.
    fn media(&self, headers: &HeaderMap) -> Option<&'static Media>;
    /// Decides from the head of a request whether its body is to be read, and returns the most
    /// bytes that it may have. What it is counted as is left in `place`.
    ///
    /// # Errors
    /// What [`Endpoint::refuse`] is to render.
    fn examine(&self, api: &Api, head: &Request, place: &mut Place) -> Result<u64, ApiError>;
    /// Returns the methods of the resource that a page asks leave for, one of them `method`, whoever
    /// asks: a browser shows no credentials yet.
    ///
    /// # Errors
    /// What [`Endpoint::refuse`] is to render.
    fn offers(&self, api: &Api, head: &Request, method: &Method) -> Result<String, ApiError>;
    /// Returns what a request asks for that is let in; nothing for any other.
    fn target(&self, api: &Api, head: &Request) -> Option<Target>;
    /// Answers a request to a path under the mount from `store`. What it is counted as is left in
    /// `place`.
    ///
    /// # Errors
    /// What [`Endpoint::refuse`] is to render.
    fn answer<'a>(
        &'a self,
        api: &'a Api,
        store: &'a Arc<Store>,
        request: Request,
        media: Option<&'static Media>,
        place: &mut Place,
    ) -> Result<Reply<'a>, ApiError>;
    /// Returns the part of a path that names the scope, its variable in braces; empty where none does.
    fn scope(&self) -> &'static str;
    /// Returns the header without which a status is not answered here (RFC 9110 › 11.6.1, 15.5.6),
    /// whatever made it.
    fn header_of(&self, status: StatusCode, path: &str) -> Option<(HeaderName, String)>;
    /// Returns an error in the API's own form.
    fn refuse(&self, error: &ApiError, media: Option<&'static Media>) -> Response;
}

/// What the declaration of an API says of it.
pub(super) struct Declaration {
    /// The API's name.
    pub(super) name: &'static str,
    /// What stands before the path of every operation, as others know it.
    pub(super) root: String,
    /// The media types of its responses.
    pub(super) produces: &'static [Media],
    /// The way in which credentials are shown.
    pub(super) scheme: Scheme,
    /// Whether credentials are asked for.
    pub(super) asks: bool,
    /// What can be asked, in the order of the routes.
    pub(super) operations: Vec<Operation>,
}

/// A method of a route.
pub(super) struct Operation {
    /// The path under the mount and the scope.
    pub(super) path: &'static str,
    pub(super) method: &'static Method,
    /// The media types of its body.
    pub(super) consumes: &'static [Media],
    /// Whether it may change something.
    pub(super) writes: bool,
    /// The schemas of those parameters of its query that follow from what is asked for.
    pub(super) query: Map<String, Value>,
}

/// A way in which credentials are shown (RFC 9110 › 11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// A bearer token (RFC 6750).
    Bearer,
    /// A name and a password (RFC 7617).
    Basic,
}

/// The answer to a request. One that is read from the store is there at once, and costs no future.
pub(super) enum Reply<'a> {
    Now(Response),
    Later(Answer<'a>),
}

/// What the part of a path is called that names the scope.
pub(super) const SCOPE: &str = "ledger";

/// Returns the names of the variables in a route's path, in order.
pub(super) fn variables(path: &'static str) -> impl Iterator<Item = &'static str> {
    path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}

/// The makers of each API's endpoint.
pub(super) type Endpoints = &'static [fn(&Mounts, usize) -> Result<Box<dyn Endpoint>, String>];

/// Returns the endpoint of one API, the one of that number.
///
/// # Errors
/// When a schema is broken, or two routes exclude each other.
pub(super) fn serve<A: Documented>(
    mounts: &Mounts,
    number: usize,
) -> Result<Box<dyn Endpoint>, String> {
    let mut routes = matchit::Router::new();
    let mut first = 0;
    for route in A::routes() {
        routes
            .insert(route.path, (first, route))
            .map_err(|error| format!("Route {} of {}: {error}", route.path, A::NAME))?;
        first += route.methods.len();
    }
    let mount = mounts.path(A::NAME, A::MOUNT);
    let linked = mount.clone();
    Ok(Box::new(Served::<A> { number, mount, linked, schemas: A::compile()?, routes }))
}

/// An API with its mount, compiled.
struct Served<A: Documented> {
    /// Which of the APIs it is.
    number: usize,
    mount: String,
    /// The mount as the links of answers name it.
    linked: String,
    schemas: A::Schemas,
    /// Each route with the number of the first of its operations.
    routes: matchit::Router<(usize, &'static Route<A>)>,
}

impl<A: Documented> Endpoint for Served<A> {
    fn name(&self) -> &'static str {
        A::NAME
    }

    fn operations(&self) -> Vec<String> {
        let operation = |route: &Route<A>, method: &Method| format!("{method} {}", route.path);
        let of_route = |route: &'static Route<A>| {
            route.methods.iter().map(move |(method, ..)| operation(route, method))
        };
        A::routes().iter().flat_map(of_route).collect()
    }

    fn place(&self) -> Place {
        Place::of(self.number)
    }

    fn mount(&self) -> &str {
        &self.mount
    }

    fn link_below(&mut self, prefix: &str) {
        self.linked = format!("{prefix}{}", self.mount);
    }

    fn paths(&self) -> Vec<&'static str> {
        A::routes().iter().map(|route| route.path).collect()
    }

    fn declaration(&self, auth: &Auth) -> Declaration {
        let operations = A::routes().iter().flat_map(|route| {
            route.methods.iter().map(|(method, consumes, handler)| Operation {
                path: route.path,
                method,
                consumes,
                writes: matches!(handler, Handler::Later(_)) && method != Method::GET,
                query: A::query(&self.schemas, route.path),
            })
        });
        Declaration {
            name: A::NAME,
            root: format!("{}{}", self.linked, A::Scope::SEGMENT),
            produces: A::PRODUCES,
            scheme: A::Scope::SCHEME,
            asks: A::Scope::asks(auth),
            operations: operations.collect(),
        }
    }

    fn media(&self, headers: &HeaderMap) -> Option<&'static Media> {
        negotiation::accepted(headers, A::PRODUCES)
    }

    fn examine(&self, api: &Api, head: &Request, place: &mut Place) -> Result<u64, ApiError> {
        *place = self.place();
        Self::check_origin(api, head)?;
        // What has no body is looked at when it is answered.
        if head.has_body() {
            self.enter(api, &*api.store.reader()?, head, self.media(&head.headers), place)?;
        }
        Ok(A::BODY_LIMIT)
    }

    fn offers(&self, api: &Api, head: &Request, method: &Method) -> Result<String, ApiError> {
        Self::check_origin(api, head)?;
        let rest = mount::rest(&self.mount, &head.path).unwrap_or_default();
        let (_, route, _) = self.find(A::Scope::path(rest)?.1)?;
        route.action(method)?;
        Ok(route.allow())
    }

    fn target(&self, api: &Api, head: &Request) -> Option<Target> {
        let (tx, media) = (api.store.reader().ok()?, self.media(&head.headers));
        let mut place = self.place();
        let Entry { route, params, .. } = self.enter(api, &tx, head, media, &mut place).ok()?;
        let part = mount::rest(&self.mount, &head.path).and_then(|rest| A::Scope::path(rest).ok());
        let part = part.and_then(|(part, _)| decode(part)).filter(|part| !part.is_empty());
        let scope = part.map(|part| (SCOPE, part.into_owned()));
        let identifiers = variables(route.path).zip(params).chain(scope).collect();
        Some(Target { place, identifiers })
    }

    fn answer<'a>(
        &'a self,
        api: &'a Api,
        store: &'a Arc<Store>,
        request: Request,
        media: Option<&'static Media>,
        place: &mut Place,
    ) -> Result<Reply<'a>, ApiError> {
        *place = self.place();
        let tx = store.reader()?;
        let entry = self.enter(api, &tx, &request, media, place)?;
        let Entry { scope, route, params, handler, media, format } = entry;
        api.choices.check(self, &request)?;
        let call = Call {
            store,
            schemas: &self.schemas,
            choices: &api.choices,
            scope,
            mount: &self.linked,
            route,
            media,
            params,
            callbacks: api.events.callbacks,
            format,
            request,
        };
        match handler {
            Handler::Read(read) => read(&call, &tx).map(Reply::Now),
            Handler::Later(answer) => Ok(Reply::Later(answer(call))),
        }
    }

    fn scope(&self) -> &'static str {
        A::Scope::SEGMENT
    }

    fn header_of(&self, status: StatusCode, path: &str) -> Option<(HeaderName, String)> {
        match status {
            StatusCode::UNAUTHORIZED => {
                Some((WWW_AUTHENTICATE, scheme_asked(A::Scope::SCHEME).to_owned()))
            }
            StatusCode::METHOD_NOT_ALLOWED => {
                let rest = mount::rest(&self.mount, path)?;
                let (_, route, _) = self.find(A::Scope::path(rest).ok()?.1).ok()?;
                Some((ALLOW, route.allow()))
            }
            _ => None,
        }
    }

    fn refuse(&self, error: &ApiError, media: Option<&'static Media>) -> Response {
        A::refuse(error, media.unwrap_or(&A::PRODUCES[0]))
    }
}

impl<A: Documented> Served<A> {
    /// Refuses strangers where everybody knows the credentials.
    ///
    /// # Errors
    /// 403, 421.
    fn check_origin(api: &Api, head: &Request) -> Result<(), ApiError> {
        match A::Scope::is_open(&api.auth) && !api.auth.exposed {
            true => api.check_origin(head),
            false => Ok(()),
        }
    }

    /// Returns what the head of a request is let in to, and leaves in `place` which operation that is.
    ///
    /// # Errors
    /// 401, 404, 405, 406, 415, in this order; 400 for a path that is none.
    fn enter(
        &self,
        api: &Api,
        tx: &Snapshot,
        head: &Request,
        media: Option<&'static Media>,
        place: &mut Place,
    ) -> Result<Entry<A>, ApiError> {
        let rest = mount::rest(&self.mount, &head.path).unwrap_or_default();
        let (part, path) = A::Scope::path(rest)?;
        let scope = A::Scope::admit(&api.auth, tx, &head.headers, part)?;
        let (first, route, params) = self.find(path)?;
        let (nth, consumed, handler) = route.action(&head.method)?;
        place.enter(first + nth);
        let media = media.ok_or_else(|| negotiation::none_accepted(A::PRODUCES))?;
        let format = match A::reads_untyped(&api.choices) {
            true => negotiation::body_format(&head.headers, consumed),
            false => negotiation::typed_body_format(&head.headers, consumed),
        };
        // Of no body its type says nothing (reading 14).
        let first = consumed.first().map_or(Format::Json, |first| first.format);
        let format = match consumed.is_empty() || !head.has_body() {
            true => format.unwrap_or(first),
            false => format?,
        };
        Ok(Entry { scope, route, params, handler, media, format })
    }

    /// Returns the number of a route's first operation, the route of a path and the variables in it,
    /// decoded.
    ///
    /// # Errors
    /// 404 when there is none; 400 when the encoding of a variable is broken.
    fn find(&self, path: &str) -> Result<(usize, &'static Route<A>, Vec<String>), ApiError> {
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
        let (first, route) = *found.value;
        Ok((first, route, params))
    }
}
