//! Documents 000 and 001: the PayEx Usage API. Two trees of one shape: what invoices have billed,
//! and what customers have yet to be billed.

mod details;
mod owners;
mod subscriptions;
mod summaries;

use std::sync::Arc;

use http::Method;

use super::choices::setting::Setting;
use super::error::ApiError;
use super::message::Response;
use super::negotiation::{JSON, Media};
use super::route::{Handler, Route};
use super::wire::text;
use super::{Documented, names, problem};
use crate::model::ledger::Ledger;
use crate::model::usage::Tree;
use crate::store::tables::Tx;
use crate::store::usage::{self, Owner, OwnerState, Subscription};

/// The routes of one tree.
macro_rules! tree {
    ($names:ident, $owner:literal, $details:literal, $summaries:literal) => {
        [
            get!($owner, |call, tx| owners::get(call, tx, &$names)),
            get!(concat!($owner, "/subscriptions"), |call, tx| {
                subscriptions::list(call, tx, &$names)
            }),
            get!(concat!($owner, "/subscriptions/{subscriptionNo}"), |call, tx| {
                subscriptions::get(call, tx, &$names)
            }),
            get!(concat!($owner, "/subscriptions/{subscriptionNo}/", $details), |call, tx| {
                details::list(call, tx, &$names)
            }),
            get!(concat!($owner, "/subscriptions/{subscriptionNo}/", $summaries), |call, tx| {
                summaries::list(call, tx, &$names)
            }),
        ]
    };
}

macro_rules! get {
    ($path:expr, $handler:expr) => {
        Route { path: $path, methods: &[(Method::GET, &[], Handler::Read($handler))] }
    };
}

/// 000 › Route description, in the form that every link of 001 has (reading 16).
pub struct Usage;

impl Documented for Usage {
    const NAME: &'static str = names::USAGE;
    const MOUNT: &'static str = "/billing/usage/v1";
    const PRODUCES: &'static [Media] = &[JSON];
    type Scope = Arc<Ledger>;
    /// It takes no bodies.
    type Schemas = ();

    fn compile() -> Result<(), String> {
        Ok(())
    }

    fn routes() -> &'static [Route<Self>] {
        ROUTES.as_flattened()
    }

    fn refuse(error: &ApiError, _: &Media) -> Response {
        problem::response("billing/usage/problems/", error)
    }
}

type Call<'a> = super::Call<'a, Usage>;

static ROUTES: [[Route<Usage>; 5]; 2] = [
    tree!(INVOICES, "/invoices/{invoiceNo}", "usage-details", "usage-summaries"),
    tree!(
        CUSTOMERS,
        "/customers/{customerNo}",
        "unbilled-usage-details",
        "unbilled-usage-summaries"
    ),
];

/// Returns what stands around the items of a list: after them the navigation of the list's path
/// `id`.
fn around_items(id: &str) -> [Vec<u8>; 2] {
    let mut after = b"],\"navigation\":{\"@id\":".to_vec();
    text(&mut after, id);
    after.extend_from_slice(b"}}");
    [b"{\"items\":[".to_vec(), after]
}

/// The names that a tree has for its parts.
struct Names {
    tree: Tree,
    /// The segment under the ledger.
    owners: &'static str,
    /// The member and the segment of the list of CDRs.
    details: (&'static str, &'static str),
    /// The member and the segment of the list of summaries.
    summaries: (&'static str, &'static str),
}

/// 001 › 1 to 4: billed.
static INVOICES: Names = Names {
    tree: Tree::Invoices,
    owners: "invoices",
    details: ("usageDetails", "usage-details"),
    summaries: ("usageSummaries", "usage-summaries"),
};

/// 001 › 5 to 8: unbilled.
static CUSTOMERS: Names = Names {
    tree: Tree::Customers,
    owners: "customers",
    details: ("unbilledUsageDetails", "unbilled-usage-details"),
    summaries: ("unbilledUsageSummaries", "unbilled-usage-summaries"),
};

impl Names {
    fn path(&self, call: &Call, rest: &[&str]) -> String {
        call.path([self.owners, call.param(0)].into_iter().chain(rest.iter().copied()))
    }

    fn owner<'a>(&self, call: &'a Call) -> Owner<'a> {
        Owner { ledger: &call.ledger().ledger_no, tree: self.tree, no: call.param(0) }
    }

    /// Returns the owner, unless Usage does not know it or has no usage of it: 000 › Problem types,
    /// readings 28 and 29.
    fn find_owner<'a>(&self, call: &'a Call, tx: &impl Tx) -> Result<Owner<'a>, ApiError> {
        call.check_params(&[self.tree.number_member(), "subscriptionNo"])?;
        let (owner, no) = (self.owner(call), call.param(0));
        let error = match (usage::owner_state(tx, owner)?, self.tree) {
            (OwnerState::WithUsage, _) => return Ok(owner),
            (OwnerState::WithoutUsage, Tree::Customers)
                if call.choices.has(Setting::IdleCustomers) =>
            {
                return Ok(owner);
            }
            (OwnerState::Unknown, Tree::Invoices) => {
                ApiError::invoice_not_found(format!("Usage has no invoice {no}."))
            }
            (OwnerState::WithoutUsage, Tree::Invoices) => {
                ApiError::invoice_has_no_usage(format!("Invoice {no} has no usage."))
            }
            (_, Tree::Customers) => ApiError::customer_not_found(format!(
                "Usage has no customer {no} with unbilled usage."
            )),
        };
        Err(error)
    }

    /// Returns the owner of the path, its subscription and what that is called.
    fn find_subscription<'a>(
        &self,
        call: &'a Call,
        tx: &impl Tx,
    ) -> Result<(Owner<'a>, Subscription, &'a str), ApiError> {
        let owner = self.find_owner(call, tx)?;
        let no = call.param(1);
        if let Some(subscription) = usage::subscription(tx, owner, no)? {
            return Ok((owner, subscription, no));
        }
        let detail = format!("{} has no usage of subscription {no}.", owner.no);
        Err(ApiError::subscription_not_found(detail))
    }
}
