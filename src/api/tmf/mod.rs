//! Document 004: TM Forum Billing Management. What differs between its collections stands in
//! `model::tmf::collection`; here is what can be done with any of them.

mod change;
mod create;
pub(super) mod event;
mod href;
mod hub;
mod item;
mod list;
mod query;
mod references;
mod sorted;
mod window;

use std::sync::LazyLock;

use http::{HeaderMap, Method};
use serde_json::{Map, Value};

use query::attribute::Attributes;

use super::auth::Auth;
use super::choices::Choices;
use super::choices::setting::Setting;
use super::error::ApiError;
use super::message::Response;
use super::negotiation::{JSON, MERGE_PATCH, Media};
use super::route::{Handler, Route, Scheme};
use super::wire::Object;
use super::{Documented, Scope, names};
use crate::model::schema::{Schema, Shape};
use crate::model::tmf::collection::{COLLECTIONS, Collection, Operation};
use crate::model::violation::Violation;
use crate::output::standard_error::tell;
use crate::store::snapshot::Snapshot;
use crate::store::tmf::{Content, TOO_LONG};

/// 004 › every heading: `billingManagement/<resource>` (reading 145).
pub struct Tmf;

impl Documented for Tmf {
    const NAME: &'static str = names::TMF;
    const MOUNT: &'static str = "/billingManagement";
    const PRODUCES: &'static [Media] = &[JSON];
    type Scope = All;
    type Schemas = Schemas;

    fn compile() -> Result<Schemas, String> {
        Ok(Schemas {
            served: served().map(Served::compile).collect::<Result<_, _>>()?,
            listener: Schema::compile_exact("tmf/listener.request")?,
        })
    }

    fn routes() -> &'static [Route<Self>] {
        &ROUTES
    }

    fn reads_untyped(choices: &Choices) -> bool {
        choices.has(Setting::UntypedBodies)
    }

    fn query(schemas: &Schemas, path: &str) -> Map<String, Value> {
        let served = schemas.served.iter().find(|served| served.is_at(path));
        served.map(|served| query::schemas(served)).unwrap_or_default()
    }

    fn refuse(error: &ApiError, _: &Media) -> Response {
        refusal(error)
    }
}

/// All of the API: who is let in may use the whole of it (reading 165).
pub struct All;

impl Scope for All {
    const SCHEME: Scheme = Scheme::Bearer;
    const SEGMENT: &'static str = "";

    fn is_open(auth: &Auth) -> bool {
        auth.tmf_token.is_none()
    }

    fn path(rest: &str) -> Result<(&str, &str), ApiError> {
        Ok(("", rest))
    }

    fn admit(auth: &Auth, _: &Snapshot, headers: &HeaderMap, _: &str) -> Result<Self, ApiError> {
        auth.tmf(headers).map(|()| Self)
    }
}

type Call<'a> = super::Call<'a, Tmf>;

/// The collection with and without a slash at its end, and its items.
static ROUTES: LazyLock<Vec<Route<Tmf>>> = LazyLock::new(|| {
    let routes = served().flat_map(|collection| {
        let path = |end: &str| &*format!("/{}{end}", collection.name).leak();
        let mut on_all =
            vec![(Method::GET, &[][..], Handler::Later(|call| Box::pin(list::get(call))))];
        let mut on_one = vec![(Method::GET, &[][..], Handler::Read(item::get))];
        if collection.has(Operation::Post) {
            on_all.push((
                Method::POST,
                &[JSON][..],
                Handler::Later(|call| Box::pin(create::post(call))),
            ));
        }
        if collection.has(Operation::Patch) {
            on_one.push((
                Method::PATCH,
                &[JSON, MERGE_PATCH][..],
                Handler::Later(|call| Box::pin(change::patch(call))),
            ));
        }
        // Routes live as long as the process.
        let on_all: &[_] = on_all.leak();
        [
            Route { path: path(""), methods: on_all },
            Route { path: path("/"), methods: on_all },
            Route { path: path("/{id}"), methods: on_one.leak() },
        ]
    });
    routes.chain(hub::routes()).collect()
});

fn served() -> impl Iterator<Item = &'static Collection> {
    COLLECTIONS.iter().filter(|collection| collection.is_served())
}

/// What is compiled once.
pub struct Schemas {
    /// The collections that are served.
    served: Vec<Served>,
    /// A new listener.
    listener: Schema,
}

/// A collection with its schemas compiled.
struct Served {
    collection: &'static Collection,
    /// What its resources have.
    shape: Shape,
    create: Option<Schema>,
    patch: Option<Schema>,
}

impl Attributes for Served {
    fn name(&self) -> &str {
        self.collection.name
    }

    fn shape(&self) -> &Shape {
        &self.shape
    }

    fn resource<'p>(&self, path: &'p str) -> Option<(&'static Collection, &'p str)> {
        Some((self.collection, path))
    }
}

impl Served {
    fn compile(collection: &'static Collection) -> Result<Self, String> {
        let schema = |operation, part: &str| match collection.has(operation) {
            true => Schema::compile_exact(&collection.schema_name(part)).map(Some),
            false => Ok(None),
        };
        Ok(Self {
            collection,
            shape: Shape::of(&collection.schema_name("record"))?,
            create: schema(Operation::Post, "request")?,
            patch: schema(Operation::Patch, "patch.request")?,
        })
    }

    /// Returns whether the path of a route is the collection's, or an item's of it.
    fn is_at(&self, path: &str) -> bool {
        path.split('/').nth(1) == Some(self.collection.name)
    }

    fn no_resource(&self, id: &str) -> ApiError {
        ApiError::not_found(format!("{} has no resource {id}.", self.collection.name))
    }
}

impl<'a> Call<'a> {
    /// Returns the collection that the route belongs to.
    fn served(&self) -> Result<&'a Served, ApiError> {
        let missing = || ApiError::internal("The route has no collection.");
        let mut served = self.schemas.served.iter();
        served.find(|served| served.is_at(self.route.path)).ok_or_else(missing)
    }
}

/// Returns the members of a resource that is about to be stored.
///
/// # Errors
/// 400 when they are too long.
fn content(members: &Map<String, Value>) -> Result<Content, ApiError> {
    Content::of(members).ok_or_else(|| Violation::body(TOO_LONG).into())
}

/// Returns an error in the form of the API's successors (reading 164).
fn refusal(error: &ApiError) -> Response {
    if let Some(log) = &error.log {
        tell(format_args!("etalon: tmf: {}: {log}", error.code));
    }
    let status = error.status.code();
    let mut out = Vec::with_capacity(256);
    let mut object = Object::begin(&mut out);
    object.text("code", error.code).text("reason", error.title);
    object.text("message", &error.message()).text("status", status.as_str());
    object.end();
    Response::json(status, out).with_headers_of(error)
}
