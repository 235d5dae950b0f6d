//! Requests in, responses out: one folder an API, one file a resource; no socket and no runtime.

mod admin;
pub mod auth;
pub mod behaviours;
pub mod choices;
mod cors;
pub mod customer;
mod docs;
pub mod draw;
pub mod error;
pub mod events;
pub mod gateway;
mod handshakes;
mod journal;
mod ledger;
pub mod message;
mod metrics;
mod mount;
mod names;
mod negotiation;
pub mod openapi;
mod origin;
mod pages;
mod problem;
mod public;
mod query;
pub mod route;
mod service;
mod snapshots;
#[cfg(test)]
mod tests;
pub mod tmf;
pub mod usage;
pub(crate) mod wire;
mod write;

use std::sync::Arc;

use http::HeaderMap;
use serde_json::{Map, Value};

use crate::model::callback::Reach;
use crate::store::Store;
use crate::store::snapshot::Snapshot;
use auth::Auth;
use behaviours::{Behaviours, Rule};
use choices::Choices;
use error::ApiError;
use events::{Policy, Tries};
use handshakes::Handshakes;
use journal::Journal;
use message::{Request, Response};
use metrics::{Metrics, Place};
use negotiation::{Format, Media};
use route::{Endpoint, Endpoints, Reply, Route, Scheme};

pub use cors::Cors;
pub use mount::Mounts;
pub use public::PublicUrl;

/// The APIs that are served: one line each.
const APIS: Endpoints = &[
    route::serve::<customer::Customer>,
    route::serve::<usage::Usage>,
    route::serve::<gateway::Gateway>,
    route::serve::<tmf::Tmf>,
];

/// The most bytes of a request body, other than a load's.
const BODY_LIMIT: u64 = 1 << 20;

/// An API of a document: where it stands, whom it admits, what it has, how it refuses.
pub trait Documented: Sized + 'static {
    /// The API's name on the command line.
    const NAME: &'static str;
    /// The prefix of its documented paths, without a slash at the end.
    const MOUNT: &'static str;
    /// The media types of its responses; the first is for clients that do not mind.
    const PRODUCES: &'static [Media];
    /// The most bytes of a request body.
    const BODY_LIMIT: u64 = BODY_LIMIT;
    /// The scope that a request is admitted to.
    type Scope: Scope;
    /// The part that is compiled once, such as the schemas of its requests.
    type Schemas: Send + Sync;

    /// Compiles the schemas.
    ///
    /// # Errors
    /// When an embedded schema is broken.
    fn compile() -> Result<Self::Schemas, String>;

    /// Returns the routes.
    fn routes() -> &'static [Route<Self>];

    /// Returns whether a body without a Content-Type is read, as the first of the types that the
    /// action takes.
    fn reads_untyped(_: &Choices) -> bool {
        true
    }

    /// Returns the schemas of those parameters of a route's query that follow from what is asked for,
    /// by their names.
    fn query(_: &Self::Schemas, _path: &str) -> Map<String, Value> {
        Map::new()
    }

    /// Returns an error in this API's own form, where it has several in the form of `media`.
    fn refuse(error: &ApiError, media: &Media) -> Response;
}

/// What a request is admitted to, by its credentials and its path: a ledger, an account, a whole API.
pub trait Scope: Sized + Send {
    /// The way in which credentials are shown.
    const SCHEME: Scheme;
    /// The part of the path that names the scope, with its slash; empty where none does.
    const SEGMENT: &'static str;

    /// Returns whether credentials are asked for.
    fn asks(auth: &Auth) -> bool {
        !Self::is_open(auth)
    }

    /// Returns whether the credentials that are asked for are well known, or none are.
    fn is_open(auth: &Auth) -> bool;

    /// Splits `rest`, the path under the mount, into what names the scope and the path that the
    /// routes know, from its slash on.
    ///
    /// # Errors
    /// 404 where it names none.
    fn path(rest: &str) -> Result<(&str, &str), ApiError>;

    /// Decides from credentials and the part of the path that names the scope whether the request is
    /// let in, and to what.
    ///
    /// # Errors
    /// 401, or what the store failed with.
    fn admit(auth: &Auth, tx: &Snapshot, headers: &HeaderMap, part: &str)
    -> Result<Self, ApiError>;
}

/// Everything that answering needs.
pub struct Api {
    store: Arc<Store>,
    auth: Auth,
    endpoints: Vec<Box<dyn Endpoint>>,
    choices: Choices,
    handshakes: Handshakes,
    events: Policy,
    tries: Tries,
    metrics: Arc<Metrics>,
    journal: Option<Arc<Journal>>,
    behaviours: Behaviours,
    public: Option<PublicUrl>,
    cors: Cors,
    described: docs::Described,
}

/// A request that has found its route, with what every handler needs.
pub struct Call<'a, A: Documented> {
    store: &'a Arc<Store>,
    schemas: &'a A::Schemas,
    choices: &'a Choices,
    scope: A::Scope,
    /// What stands before every path of the API in links.
    mount: &'a str,
    route: &'static Route<A>,
    /// The media type that the client likes best.
    media: &'static Media,
    /// The variables of the route's path, decoded, in order.
    params: Vec<String>,
    /// How far callbacks may reach.
    callbacks: Reach,
    /// The format of the body; JSON where the action takes none.
    format: Format,
    request: Request,
}

impl Api {
    /// Returns the documented APIs over `store`, for those whom `auth` names.
    ///
    /// # Errors
    /// When an embedded schema is broken.
    pub fn new(store: Arc<Store>, auth: Auth) -> Result<Self, String> {
        Self::mounted(store, auth, &Mounts::default())
    }

    /// The same with some of the APIs elsewhere than documented.
    ///
    /// # Errors
    /// As [`Api::new`], and when two APIs stand within each other.
    pub fn mounted(store: Arc<Store>, auth: Auth, mounts: &Mounts) -> Result<Self, String> {
        let numbered = APIS.iter().enumerate();
        let endpoints = numbered.map(|(number, serve)| serve(mounts, number));
        let endpoints = endpoints.collect::<Result<Vec<_>, _>>()?;
        let mounted: Vec<_> = endpoints.iter().map(|each| (each.name(), each.mount())).collect();
        mount::check(mounts, &mounted)?;
        let counted = endpoints.iter().map(|each| (each.name(), each.operations()));
        let metrics = Arc::new(Metrics::new(counted));
        Ok(Self {
            store,
            auth,
            endpoints,
            metrics,
            journal: None,
            behaviours: Behaviours::default(),
            choices: Choices::default(),
            public: None,
            cors: Cors::default(),
            handshakes: Handshakes::default(),
            events: Policy::default(),
            tries: Tries::default(),
            described: docs::Described::default(),
        })
    }

    /// Takes what was chosen among the answers that the documents allow.
    pub fn set_choices(&mut self, choices: Choices) {
        self.choices = choices;
    }

    /// Takes the URL that links name, whatever a request says of hosts.
    pub fn set_public(&mut self, url: PublicUrl) {
        self.endpoints.iter_mut().for_each(|each| each.link_below(url.prefix()));
        self.public = Some(url);
    }

    /// Misbehaves by these rules from the start, as often as a seed has it where one is given.
    pub fn misbehave(&mut self, rules: impl IntoIterator<Item = Rule>, seed: Option<u64>) {
        self.behaviours = seed.map_or_else(Behaviours::default, Behaviours::seeded);
        for rule in rules {
            self.behaviours.add(rule, None);
        }
    }

    /// Returns the name of every variable that a path has.
    fn identifiers(&self) -> impl Iterator<Item = &'static str> {
        let mut names: Vec<_> =
            self.routes().flat_map(|(_, path)| route::variables(path)).collect();
        names.sort_unstable();
        names.dedup();
        std::iter::once(route::SCOPE).chain(names)
    }

    /// Returns what the paths of the API of that name begin with, its variable in braces.
    fn scope(&self, name: &str) -> &'static str {
        let found = self.endpoints.iter().find(|each| each.name() == name);
        found.map_or("", |endpoint| endpoint.scope())
    }

    /// Keeps a journal of so many bytes of what the APIs are asked and answer.
    pub fn keep_journal(&mut self, most: usize) {
        self.journal = Some(Arc::new(Journal::new(most)));
    }

    /// Takes the origins whose pages are let in.
    pub fn set_cors(&mut self, cors: Cors) {
        self.cors = cors;
    }

    /// Returns the path under which others know everything that stands here.
    fn prefix(&self) -> &str {
        self.public.as_ref().map_or("", PublicUrl::prefix)
    }

    /// Returns every route, as the name of its API and its path under that API's mount and scope.
    pub fn routes(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.endpoints.iter().flat_map(|each| each.paths().into_iter().map(|p| (each.name(), p)))
    }

    /// Returns who may reach what.
    pub fn auth(&self) -> &Auth {
        &self.auth
    }

    /// Returns where everything is kept.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Returns whether an API stands at `path`.
    pub fn has(&self, path: &str) -> bool {
        self.endpoint(path).is_some()
    }

    /// Returns where an API of that name is mounted, as its clients know it.
    pub fn mount(&self, name: &str) -> &str {
        let found = self.endpoints.iter().find(|each| each.name() == name);
        found.map_or("", |endpoint| endpoint.mount())
    }

    /// Lets a request in that is for none of the APIs and shows what is theirs.
    ///
    /// # Errors
    /// The answer: 421 to another host, 403 to another page, where well-known tokens are accepted.
    pub fn admit_to_page(&self, head: &Request) -> Result<(), Response> {
        self.check_origin_of_none(head).map_err(|error| problem::response(admin::PROBLEMS, &error))
    }

    async fn route(&self, request: Request, store: &Arc<Store>, place: &mut Place) -> Response {
        if let Some(path) = admin_path(&request.path) {
            let path = path.to_owned();
            *place = self.metrics.own(&path, &request.method);
            return admin::answer(self, &path, request).await;
        }
        let Some(endpoint) = self.endpoint(&request.path) else {
            return problem::response(admin::PROBLEMS, &no_api(&request.path));
        };
        let media = endpoint.media(&request.headers);
        let answer = match endpoint.answer(self, store, request, media, place) {
            Ok(Reply::Now(response)) => return response,
            Ok(Reply::Later(answer)) => answer.await,
            Err(error) => Err(error),
        };
        answer.unwrap_or_else(|error| endpoint.refuse(&error, media))
    }

    /// Returns the API that `path` belongs to.
    fn endpoint(&self, path: &str) -> Option<&dyn Endpoint> {
        let found = self.endpoints.iter().find(|each| mount::rest(each.mount(), path).is_some());
        found.map(|endpoint| &**endpoint)
    }

    /// Decides from the head of a request whether its body is to be read, and leaves in `place` what it
    /// is counted as.
    fn let_in(&self, head: &Request, place: &mut Place) -> Result<u64, Response> {
        let endpoint = self.endpoint(&head.path);
        *place = self.place(endpoint, head);
        if let Some(leave) = self.leave(head) {
            let leave = leave.unwrap_or_else(|error| self.refusal(head, &error));
            return Err(self.show(&head.headers, leave));
        }
        let examined = match endpoint {
            Some(endpoint) => endpoint.examine(self, head, place),
            None => self.examine(head),
        };
        examined.map_err(|error| self.show(&head.headers, self.refusal(head, &error)))
    }

    /// Decides what the head of a request to none of the APIs is worth: the most bytes of its body.
    fn examine(&self, head: &Request) -> Result<u64, ApiError> {
        self.check_origin_of_none(head)?;
        match admin_path(&head.path) {
            Some(path) => admin::examine(self, path, head),
            None => Err(no_api(&head.path)),
        }
    }

    /// Answers the question of a page whether it may do something, if this is one of a page that is
    /// let in: what the documents give the resource, to whoever asks.
    fn leave(&self, head: &Request) -> Option<Result<Response, ApiError>> {
        let method = self.cors.asked(head)?;
        let offered = match self.endpoint(&head.path) {
            Some(endpoint) => endpoint.offers(self, head, &method),
            None => self.check_origin_of_none(head).and_then(|()| match admin_path(&head.path) {
                Some(path) => admin::offers(path, &method).map(str::to_owned),
                None => Err(no_api(&head.path)),
            }),
        };
        Some(offered.map(|methods| Cors::leave(head, &methods)))
    }

    /// Shows an answer to the page that asks with these headers.
    fn show(&self, headers: &HeaderMap, mut response: Response) -> Response {
        self.cors.show(&mut response, self.cors.admitted(headers).cloned());
        response
    }

    /// Admits a request to none of the APIs.
    ///
    /// # Errors
    /// As [`Api::check_origin`].
    fn check_origin_of_none(&self, head: &Request) -> Result<(), ApiError> {
        if self.auth.is_open() { self.check_origin(head) } else { Ok(()) }
    }

    /// Admits a request to an API that knows nobody by credentials of its own.
    ///
    /// # Errors
    /// 421 to another host, 403 to another page.
    fn check_origin(&self, head: &Request) -> Result<(), ApiError> {
        origin::check(head, self.public.as_ref(), &self.cors)
    }

    fn refusal(&self, head: &Request, error: &ApiError) -> Response {
        let Some(endpoint) = self.endpoint(&head.path) else {
            return problem::response(admin::PROBLEMS, error);
        };
        let refusal = endpoint.refuse(error, endpoint.media(&head.headers));
        if self.choices.are_default() {
            return refusal;
        }
        self.choices.answer(self, endpoint, &self.settled(head.clone()), refusal)
    }

    /// Returns what a request to an API, or to none, is counted as of which no more is known than its
    /// head.
    fn place(&self, endpoint: Option<&dyn Endpoint>, head: &Request) -> Place {
        let own = || admin_path(&head.path).map(|path| self.metrics.own(path, &head.method));
        endpoint.map(Endpoint::place).or_else(own).unwrap_or(Place::NONE)
    }

    /// Returns a request that was admitted, to the host that links name.
    fn settled(&self, mut request: Request) -> Request {
        if let Some(public) = &self.public {
            public.settle(&mut request);
        }
        request
    }
}

/// Returns what of a path is below the mount of the admin surface, with its slash.
fn admin_path(path: &str) -> Option<&str> {
    mount::rest(admin::MOUNT, path).filter(|rest| !rest.is_empty())
}

fn no_api(path: &str) -> ApiError {
    ApiError::not_found(format!("No API is mounted at {path}."))
}

impl<A: Documented> Call<'_, A> {
    fn query(&self) -> Option<&str> {
        self.request.query.as_deref()
    }

    /// Returns a variable of the path.
    fn param(&self, index: usize) -> &str {
        self.params.get(index).map_or("", String::as_str)
    }
}
