//! Document 004: TM Forum Billing Management.

use http::{HeaderMap, Method, StatusCode};
use redb::ReadTransaction;

use super::Documented;
use super::auth::Auth;
use super::error::ApiError;
use super::message::Response;
use super::negotiation::{JSON, Media};
use super::route::{Handler, Route};

/// 004 › every heading: `billingManagement/<resource>` (reading 145).
pub struct Tmf;

impl Documented for Tmf {
    const NAME: &'static str = "tmf";
    const MOUNT: &'static str = "/billingManagement";
    const PRODUCES: &'static [Media] = &[JSON];
    type Scope = ();
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
    ) -> Result<((), &'p str), ApiError> {
        auth.tmf(headers)?;
        Ok(((), rest))
    }

    fn refuse(error: &ApiError, _: &Media) -> Response {
        Response::json(error.status.code(), format!("{{\"code\":\"{}\"}}", error.code).into_bytes())
    }
}

type Call<'a> = super::Call<'a, Tmf>;

static ROUTES: &[Route<Tmf>] =
    &[Route { path: "/billingAccount", methods: &[(Method::GET, Handler::Read(list))] }];

fn list(_: &Call, _: &ReadTransaction) -> Result<Response, ApiError> {
    Ok(Response::json(StatusCode::OK, b"[]".to_vec()))
}
