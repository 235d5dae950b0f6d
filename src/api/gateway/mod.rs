//! Document 003: customers of a payment gateway, in JSON, XML and as forms.

mod customer;
mod customers;
mod format;
mod search;

use http::{HeaderMap, Method, StatusCode};
use serde_json::Value;

pub(super) use format::xml;

use super::auth::Auth;
use super::choices::Choices;
use super::choices::setting::Setting;
use super::error::ApiError;
use super::message::Response;
use super::negotiation::{Format, JSON, Media};
use super::route::{Handler, Route, Scheme};
use super::{Documented, Scope, names};
use crate::model::gateway_customer::{DEFAULT_ACCOUNT, GatewayCustomer, Sent, is_account};
use crate::model::schema::{Checked, Schema};
use crate::model::violation::{Violation, add_unnamed};
use crate::output::standard_error::tell;
use crate::store::snapshot::Snapshot;

/// 003 › Base Resource URL: `https://[server-name]/api/v01/customers`, and what stands below it.
pub struct Gateway;

const XML: Media = Media { name: "application/xml", format: Format::Xml };
const TEXT_XML: Media = Media { name: "text/xml", format: Format::Xml };
const FORM: Media = Media { name: "application/x-www-form-urlencoded", format: Format::Form };

/// 003 › create, Consumes and Produces: json, xml, query. The types are those of reading 112.
const MEDIA: &[Media] = &[JSON, XML, TEXT_XML, FORM];

/// 003 › find, Produces: json, xml (reading 114).
const FOUND: &[Media] = &[JSON, XML, TEXT_XML];

/// The account of the caller, which is that of customers that name none (reading 117).
pub struct Account(String);

impl Scope for Account {
    const SCHEME: Scheme = Scheme::Basic;
    const SEGMENT: &'static str = "";

    fn is_open(auth: &Auth) -> bool {
        auth.gateway_users.is_empty()
    }

    fn path(rest: &str) -> Result<(&str, &str), ApiError> {
        Ok(("", if rest.is_empty() { "/" } else { rest }))
    }

    fn admit(auth: &Auth, _: &Snapshot, headers: &HeaderMap, _: &str) -> Result<Self, ApiError> {
        // Where everybody is let in, a user may have any name.
        let user = auth.gateway(headers)?.filter(|user| is_account(user));
        Ok(Self(user.unwrap_or_else(|| DEFAULT_ACCOUNT.to_owned())))
    }
}

/// The request schemas of this API, compiled.
pub struct Schemas {
    create: Schema,
    find: Schema,
    modify: Schema,
}

impl Documented for Gateway {
    const NAME: &'static str = names::GATEWAY;
    const MOUNT: &'static str = "/api/v01/customers";
    const PRODUCES: &'static [Media] = MEDIA;
    /// Seven members of 255 characters are a third of it even where each character is escaped, and
    /// what no format can make of this much costs little memory.
    const BODY_LIMIT: u64 = 64 << 10;
    type Scope = Account;
    type Schemas = Schemas;

    fn compile() -> Result<Schemas, String> {
        Ok(Schemas {
            create: Schema::compile_exact("gateway/create-customer.request")?,
            find: Schema::compile_exact("gateway/find-customers.request")?,
            modify: Schema::compile_exact("gateway/modify-customer.request")?,
        })
    }

    fn routes() -> &'static [Route<Self>] {
        ROUTES
    }

    fn reads_untyped(choices: &Choices) -> bool {
        choices.has(Setting::UntypedBodies)
    }

    /// `code` and `message`, and nothing else (reading 123).
    fn refuse(error: &ApiError, media: &Media) -> Response {
        if let Some(log) = &error.log {
            tell(format_args!("etalon: gateway: {log}"));
        }
        let members = [("code", error.code.into()), ("message", error.message().into())];
        let body = format::object(media.format, "error", members);
        format::response(error.status.code(), media, body).with_headers_of(error)
    }
}

type Call<'a> = super::Call<'a, Gateway>;

/// Every action has its plain form, in which the method says it, and the explicit one that names it
/// (reading 125). What may be done with an item is reading 126.
static ROUTES: &[Route<Gateway>] = &[
    Route { path: "/", methods: &[FIND, CREATE] },
    Route { path: "/~find", methods: &[FIND] },
    Route { path: "/~create", methods: &[CREATE] },
    Route { path: "/{customerId}", methods: &[LOAD, MODIFY] },
    Route { path: "/{customerId}/~load", methods: &[LOAD] },
    Route { path: "/{customerId}/~modify", methods: &[MODIFY] },
];

type Action = (Method, &'static [Media], Handler<Gateway>);

const FIND: Action = (Method::GET, &[], Handler::Read(customers::find));
const CREATE: Action =
    (Method::PUT, MEDIA, Handler::Later(|call| Box::pin(customers::create(call))));
const LOAD: Action = (Method::GET, &[], Handler::Read(customer::load));
const MODIFY: Action =
    (Method::POST, MEDIA, Handler::Later(|call| Box::pin(customer::modify(call))));

/// Reads the members that somebody sent, with everything that is wrong with them (reading 250).
fn read_sent(schema: &Schema, value: Value) -> Result<(Sent, Vec<Violation>), ApiError> {
    let Checked { members, mut found } = schema.examine(value)?;
    let (sent, more) = Sent::new(members);
    add_unnamed(&mut found, more);
    Ok((sent, found))
}

/// Returns the answer of create, load and modify: the customer, 200 (reading 111).
fn respond_with(call: &Call, customer: &GatewayCustomer<impl AsRef<str>>) -> Response {
    let body = format::object(call.media.format, customers::ROOT, customer.members());
    format::response(StatusCode::OK, call.media, body)
}
