//! Servers of the TM Forum API, and what they share.

mod advised;
mod broken_account;
mod broken_collections;
mod broken_ruled_out;
mod broken_values;
mod events;
mod lawful;

use serde_json::{Value, json};

use crate::Broken;
use crate::front::Server;
use crate::memory::Memory;
use crate::message::{Request, Response};
use crate::rewrite::{set, texts};

pub(crate) use advised::ADVISED;
pub(crate) use lawful::{LAWFUL, half_done};

pub(crate) const BROKEN: [&[Broken]; 4] = [
    broken_collections::BROKEN,
    broken_account::BROKEN,
    broken_values::BROKEN,
    broken_ruled_out::BROKEN,
];

pub(crate) const ACCOUNT: &str = "billingAccount";
pub(crate) const CHARGE: &str = "appliedCustomerBillingCharge";
pub(crate) const NOTE: &str = "settlementNoteAdvice";
pub(crate) const CYCLE: &str = "customerBillingCycleSpecification";
pub(crate) const FORMAT: &str = "customerBillFormat";
pub(crate) const MEDIA: &str = "customerBillPresentationMedia";

const COLLECTIONS: [&str; 6] = [ACCOUNT, CHARGE, NOTE, CYCLE, FORMAT, MEDIA];

impl Request {
    /// Whether this is `method` of an item of `collection`.
    pub(crate) fn item(&self, method: &str, collection: &str) -> bool {
        self.is(&format!("{method} tmf/{collection}/*"))
    }

    /// Whether this is `method` of `collection` itself.
    pub(crate) fn all(&self, method: &str, collection: &str) -> bool {
        self.is(&format!("{method} tmf/{collection}"))
    }
}

/// Passes, and changes each resource of `collection` wherever it is answered: when it is created,
/// changed, read or listed.
pub(crate) fn each(
    collection: &str,
    request: Request,
    server: &Server,
    mut change: impl FnMut(&mut Value),
) -> Response {
    server.edit(&format!("* tmf/{collection}/**"), request, |body| match body {
        Value::Array(list) => list.iter_mut().for_each(change),
        one => change(one),
    })
}

/// Passes, and writes a list otherwise; the first argument is the name of its collection.
pub(crate) fn lists(
    request: Request,
    server: &Server,
    write: fn(&str, &Value) -> Value,
) -> Response {
    let collection = COLLECTIONS.into_iter().find(|collection| request.all("GET", collection));
    let response = server.pass(request);
    match collection.filter(|_| response.is_success()) {
        Some(collection) => response.edit(|list| *list = write(collection, list)),
        None => response,
    }
}

/// An error of this API.
pub(crate) fn error(status: u16) -> Response {
    let reason = "It is refused.";
    Response::json_of(
        status,
        &json!({"code": "refused", "reason": reason, "message": reason, "status": status.to_string()}),
    )
}

impl Memory {
    /// Keeps what a PATCH of `member` says even where the reference refuses it, and acknowledges
    /// that or not.
    pub(crate) fn patch(
        &self,
        member: &str,
        acknowledged: bool,
        request: Request,
        server: &Server,
    ) -> Response {
        let hit = request.item("PATCH", ACCOUNT) && request.json().get(member).is_some();
        let response = self.pass(request.clone(), server);
        if !hit || response.is_success() {
            return response;
        }
        self.keep(&request.path, &request.json());
        match acknowledged {
            true => self.pass(request.get(), server).with_status(201),
            false => response,
        }
    }
}

/// A hundredth more.
pub(crate) fn add_a_hundredth(amount: &mut Value) {
    if let Some(value) = amount.as_f64() {
        *amount = Value::Number(format!("{:.2}", value + 0.01).parse().unwrap());
    }
}

/// Gives a member another name.
pub(crate) fn rename(object: &mut Value, name: &str, other: &str) {
    if let Some(members) = object.as_object_mut()
        && let Some(value) = members.remove(name)
    {
        members.insert(other.to_owned(), value);
    }
}

/// Passes, and changes the status of what went well.
pub(crate) fn status(pattern: &str, status: u16, request: Request, server: &Server) -> Response {
    server.change(pattern, request, |response| response.with_status(status))
}

/// Says that it is created, and creates nothing.
pub(crate) fn forget(collection: &str, request: Request, server: &Server) -> Response {
    if !request.all("POST", collection) {
        return server.pass(request);
    }
    let mut resource = request.json();
    set(&mut resource, "id", json!("31337"));
    set(&mut resource, "href", json!(format!("{}/31337", request.path)));
    Response::json_of(201, &resource)
}

/// An hour later.
pub(crate) fn late(value: &mut Value) {
    texts("", value, &mut |_, text| {
        *text = text.replace("T16:", "T17:").replace("T00:", "T01:").replace("T08:", "T09:");
    });
}

/// Answers a PATCH that the reference refuses, or that has nothing, by the account as it is.
pub(crate) fn ignored(request: Request, server: &Server, hit: fn(&Value) -> bool) -> Response {
    let read = request.get();
    let hit = request.item("PATCH", ACCOUNT) && hit(&request.json());
    let response = server.pass(request);
    match hit && !response.is_success() {
        true => server.pass(read).with_status(201),
        false => response,
    }
}

/// Another answer than 405.
pub(crate) fn ruled_out(status: u16, request: Request, server: &Server) -> Response {
    let response = server.pass(request).without_header("allow");
    if response.status == 405 { response.with_status(status) } else { response }
}

/// Refuses an account that is to begin in Active.
pub(crate) fn born_defined(request: Request, server: &Server) -> Response {
    let state = request.json()["state"].as_str().unwrap_or_default().to_lowercase();
    match request.all("POST", ACCOUNT) && state == "active" {
        true => error(400),
        false => server.pass(request),
    }
}
