//! Changes: 004 › PATCH API/billingManagement/ BillingAccount /{ID}.

use http::StatusCode;
use serde_json::{Map, Value};

use super::event::{self, Style};
use super::href::Here;
use super::query::selection::Selection;
use super::{Call, content, href, item, references};
use crate::api::error::ApiError;
use crate::api::message::Response;
use crate::api::write::write;
use crate::model::json;
use crate::model::schema::Checked;
use crate::model::tmf::collection::Collection;
use crate::model::tmf::event::EventType;
use crate::model::tmf::patch::{self, as_text};
use crate::model::tmf::resource;
use crate::model::violation::{Violation, add_unnamed};
use crate::store::error::StoreError;
use crate::store::outbox::Subject;
use crate::store::tables::Tx;
use crate::store::{listeners, tmf};

/// PATCH a resource: 201 with all of it, as the document has it (readings 128, 129); refused, it
/// stays as it was. Whoever listens is told of another state (reading 243).
pub(super) async fn patch(call: Call<'_>) -> Result<Response, ApiError> {
    let served = call.served()?;
    let collection = served.collection;
    let schema = served.patch.as_ref().ok_or_else(|| ApiError::internal("PATCH has no schema."))?;
    let id = call.param(0).to_owned();
    let href = href::of(&href::root(&call, collection), &id);
    let mut body = json::read(&call.request.body)?;
    let mut found = resource::use_documented_names(collection, &mut body);
    if let Value::Object(members) = &mut body {
        found.extend(take_fixed(collection, members, &id, &href));
    }
    let Checked { members: mut changes, found: of_form } = schema.examine(body)?;
    found.extend(of_form);
    resource::spell_state(collection, &mut changes);
    let missing = served.no_resource(&id);
    let here = Here::of(&call);
    if !found.is_empty() {
        let merged = merge(&*call.store.reader()?, collection, &here, &id, &changes)?;
        let (_, more, _) = merged.ok_or(missing)?;
        add_unnamed(&mut found, more);
        return Err(found.into());
    }
    let (style, bell) = (Style::of(call.choices), call.store.bell().clone());
    let told = href.clone();
    let (written, _ring) = write(&call, move |tx| {
        let merged = merge(tx, collection, &here, &id, &changes)?;
        let (members, found, is_other_state) = merged.ok_or_else(|| missing.clone())?;
        if !found.is_empty() {
            return Err(ApiError::from(found).into());
        }
        let tx = tx.transaction();
        let written = tmf::put(tx, collection, &id, content(&members)?)?;
        if !is_other_state {
            return Ok((written, None));
        }
        let kind = EventType::BillingAccountStateChange;
        let members = written.view().json;
        let subject = Subject { kind, resource: &id, href: &told, members };
        event::tell(tx, style, &listeners::all(tx)?, subject)?;
        Ok((written, Some(bell.ring())))
    })
    .await?;
    Ok(item::respond(StatusCode::CREATED, &href, written.view(), &Selection::All)?)
}

/// Returns what the resource `id` becomes by `changes`, what is wrong with that, and whether its
/// state is another then; `None` where there is no such resource.
fn merge(
    tx: &impl Tx,
    collection: &Collection,
    here: &Here,
    id: &str,
    changes: &Map<String, Value>,
) -> Result<Option<(Map<String, Value>, Vec<Violation>, bool)>, StoreError> {
    let Some(stands) = tmf::members(tx, collection, id)? else { return Ok(None) };
    let (mut members, mut found) = patch::apply(collection, &stands, changes);
    let sent = |name: &str| changes.contains_key(name);
    found.extend(references::resolve(tx, collection, here, &mut members, sent)?);
    let is_other_state = patch::changes_state(collection, &stands, &members);
    Ok(Some((members, found, is_other_state)))
}

/// Takes out what cannot be changed: `id` and `href`, which may be sent as they are (reading 133),
/// and the unpatchable members, which may not be sent at all (reading 132).
fn take_fixed(
    collection: &Collection,
    members: &mut Map<String, Value>,
    id: &str,
    href: &str,
) -> Vec<Violation> {
    let mut take = |name| members.shift_remove(name).map(|sent| as_text(&sent));
    let other_id = take("id").is_some_and(|sent| sent != id);
    // Another host name of this server is no other resource.
    let other_href = take("href").is_some_and(|sent| href::path(&sent) != href::path(href));
    let mut found = Vec::new();
    for (name, present, differs) in [("id", id, other_id), ("href", href, other_href)] {
        if differs {
            let message = format!("{name} cannot be changed: it is {present}.");
            found.push(Violation::new(name, message));
        }
    }
    for name in collection.unpatchable {
        if members.shift_remove(*name).is_some() {
            found.push(Violation::new(*name, format!("{name} cannot be changed by PATCH.")));
        }
    }
    found
}
