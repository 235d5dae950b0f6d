//! Document 003: customers of a payment gateway, in JSON, XML and as forms.

mod customers;

use http::{HeaderMap, Method};
use redb::ReadTransaction;

use super::Documented;
use super::auth::Auth;
use super::error::ApiError;
use super::message::Response;
use super::negotiation::{Format, JSON, Media};
use super::route::{Handler, Route};

/// 003 › Base Resource URL: `https://[server-name]/api/v01/customers`, and what stands below it.
pub struct Gateway;

/// 003 › create, Consumes and Produces; the types that name the formats are those of reading 112.
const MEDIA: &[Media] = &[
    JSON,
    Media { name: "application/xml", format: Format::Xml },
    Media { name: "text/xml", format: Format::Xml },
    Media { name: "application/x-www-form-urlencoded", format: Format::Form },
];

/// Whose requests are admitted: the account of customers that name none (reading 117).
pub struct Account(String);

impl Documented for Gateway {
    const NAME: &'static str = "gateway";
    const MOUNT: &'static str = "/api/v01/customers";
    const PRODUCES: &'static [Media] = MEDIA;
    type Scope = Account;
    type Schemas = ();

    fn compile() -> Result<(), String> {
        Ok(())
    }

    fn routes() -> &'static [Route<Self>] {
        ROUTES
    }

    fn admit<'p>(
        auth: &Auth,
        _: &ReadTransaction,
        headers: &HeaderMap,
        rest: &'p str,
    ) -> Result<(Account, &'p str), ApiError> {
        let user = auth.gateway(headers)?;
        let account = Account(user.unwrap_or_else(|| "etalon".to_owned()));
        Ok((account, if rest.is_empty() { "/" } else { rest }))
    }

    fn refuse(error: &ApiError, _: &Media) -> Response {
        Response::json(error.status.code(), format!("{{\"code\":\"{}\"}}", error.code).into_bytes())
    }
}

type Call<'a> = super::Call<'a, Gateway>;

static ROUTES: &[Route<Gateway>] =
    &[Route { path: "/", methods: &[(Method::GET, Handler::Read(customers::find))] }];
