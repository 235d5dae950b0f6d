//! A new resource: 004 › POST API/bILLING Management/BillingAccount and AppliedCustomerbillingcharge.

use http::StatusCode;

use super::href::Here;
use super::query::selection::Selection;
use super::{Call, content, href, item, references};
use crate::api::error::ApiError;
use crate::api::message::Response;
use crate::api::write::write;
use crate::model::json;
use crate::model::schema::Checked;
use crate::model::tmf::resource;
use crate::model::violation::add_unnamed;
use crate::store::{now, tmf};

/// POST a resource: 201 with all of it and where it is (readings 143, 213, 214, 224).
pub(super) async fn post(call: Call<'_>) -> Result<Response, ApiError> {
    let served = call.served()?;
    let collection = served.collection;
    let schema = served.create.as_ref().ok_or_else(|| ApiError::internal("POST has no schema."))?;
    let mut body = json::read(&call.request.body)?;
    let mut found = resource::use_documented_names(collection, &mut body);
    let Checked { mut members, found: of_form } = schema.examine(body)?;
    found.extend(of_form);
    resource::canonical(collection, &mut members);
    add_unnamed(&mut found, resource::violations_at_creation(collection, &members));
    resource::add_defaults(collection, &mut members, now());
    let here = Here::of(&call);
    if !found.is_empty() {
        let tx = call.store.reader()?;
        let more = references::resolve(&*tx, collection, &here, &mut members, |_| true)?;
        add_unnamed(&mut found, more);
        return Err(found.into());
    }
    let written = write(&call, move |tx| {
        let mut members = members.clone();
        let found = references::resolve(tx, collection, &here, &mut members, |_| true)?;
        if !found.is_empty() {
            return Err(ApiError::from(found).into());
        }
        let content = content(&members)?;
        let id = tmf::new_id(tx.transaction(), collection)?;
        Ok(tmf::put(tx.transaction(), collection, &id, content)?)
    })
    .await?;
    let href = href::of(&href::root(&call, collection), written.view().id);
    let response = item::respond(StatusCode::CREATED, &href, written.view(), &Selection::All)?;
    Ok(response.with_location(&href))
}
