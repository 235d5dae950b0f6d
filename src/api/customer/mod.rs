//! Document 002: the PayEx Customer API.

mod active_disbursement_orders;
mod billing_address;
mod customers;
mod find_customer;
mod generate_customer;
mod legal_address;
mod surpluses;

use std::sync::Arc;

use http::Method;

use super::error::ApiError;
use super::message::Response;
use super::negotiation::{JSON, MERGE_PATCH, Media};
use super::route::{Handler, Route};
use super::write::{Unmet, write};
use super::{Documented, names, problem};
use crate::model::ledger::Ledger;
use crate::model::schema::Schema;
use crate::store::customers::{self as stored, StoredCustomer};
use crate::store::tables::Tx;
use crate::store::writing::Writing;

/// 002 › Introduction: `ledger/customer/v1/{LedgerNumber}/…`, and the routes of every section.
pub struct Customer;

impl Documented for Customer {
    const NAME: &'static str = names::CUSTOMER;
    const MOUNT: &'static str = "/ledger/customer/v1";
    const PRODUCES: &'static [Media] = &[JSON];
    type Scope = Arc<Ledger>;
    type Schemas = Schemas;

    fn compile() -> Result<Schemas, String> {
        Ok(Schemas {
            create: Schema::compile("customer/create-customer.request")?,
            patch: Schema::compile("customer/patch-customer.request")?,
            customer: Schema::compile("customer/customer.response")?,
            address: Schema::compile("customer/address.request")?,
            order: Schema::compile("customer/disbursement-order.request")?,
            find: Schema::compile("customer/find-customer.request")?,
            generate: Schema::compile("customer/generate-consumer-customer-by-reg-no.request")?,
        })
    }

    fn routes() -> &'static [Route<Self>] {
        ROUTES
    }

    fn refuse(error: &ApiError, _: &Media) -> Response {
        problem::response("ledger/customer/v1/problems/", error)
    }
}

type Call<'a> = super::Call<'a, Customer>;

static ROUTES: &[Route<Customer>] = &[
    Route {
        path: "/customers",
        methods: &[(
            Method::POST,
            &[JSON],
            Handler::Later(|call| Box::pin(customers::create(call))),
        )],
    },
    Route {
        path: "/customers/{customerNo}",
        methods: &[
            (Method::GET, &[], Handler::Read(customers::get)),
            (
                Method::PATCH,
                &[JSON, MERGE_PATCH],
                Handler::Later(|call| Box::pin(customers::patch(call))),
            ),
        ],
    },
    Route {
        path: "/customers/{customerNo}/legal-address",
        methods: &[
            (Method::GET, &[], Handler::Read(legal_address::get)),
            (Method::PUT, &[JSON], Handler::Later(|call| Box::pin(legal_address::put(call)))),
        ],
    },
    Route {
        path: "/customers/{customerNo}/legal-address/update-legal-address-from-population-register",
        methods: &[(
            Method::POST,
            &[JSON],
            Handler::Later(|call| Box::pin(legal_address::update_from_register(call))),
        )],
    },
    Route {
        path: "/customers/{customerNo}/billing-address",
        methods: &[
            (Method::GET, &[], Handler::Read(billing_address::get)),
            (Method::POST, &[JSON], Handler::Later(|call| Box::pin(billing_address::post(call)))),
            (Method::PUT, &[JSON], Handler::Later(|call| Box::pin(billing_address::put(call)))),
            (Method::DELETE, &[], Handler::Later(|call| Box::pin(billing_address::delete(call)))),
        ],
    },
    Route {
        path: "/customers/{customerNo}/surpluses",
        methods: &[(Method::GET, &[], Handler::Read(surpluses::list))],
    },
    Route {
        path: "/customers/{customerNo}/surpluses/{surplusId}",
        methods: &[(Method::GET, &[], Handler::Read(surpluses::get))],
    },
    Route {
        path: "/customers/{customerNo}/surpluses/{surplusId}/active-disbursement-orders",
        methods: &[
            (Method::GET, &[], Handler::Read(active_disbursement_orders::list)),
            (
                Method::POST,
                &[JSON],
                Handler::Later(|call| Box::pin(active_disbursement_orders::add(call))),
            ),
        ],
    },
    Route {
        path: "/find-customer",
        methods: &[(Method::POST, &[JSON], Handler::Read(find_customer::find))],
    },
    Route {
        path: "/generate-consumer-customer-by-reg-no",
        methods: &[(
            Method::POST,
            &[JSON],
            Handler::Later(|call| Box::pin(generate_customer::generate(call))),
        )],
    },
];

/// The request schemas of this API, compiled.
pub struct Schemas {
    create: Schema,
    patch: Schema,
    /// What a customer has when it is read: every documented member, patchable or not.
    customer: Schema,
    address: Schema,
    order: Schema,
    find: Schema,
    generate: Schema,
}

/// Returns the path of a customer, or of what stands under it.
fn customer_path(call: &Call, customer_no: &str, rest: &[&str]) -> String {
    call.path(["customers", customer_no].into_iter().chain(rest.iter().copied()))
}

/// 404 unless the customer exists, with the one code that reading 90 gives every sub-path.
fn check_customer(tx: &impl Tx, ledger: &str, no: &str) -> Result<(), Unmet> {
    if stored::exists(tx, ledger, no)? { Ok(()) } else { Err(no_customer(no).into()) }
}

fn no_customer(no: &str) -> ApiError {
    ApiError::customer_not_found(format!("The ledger has no customer {no}."))
}

/// Changes the customer that the path names, or refuses and changes nothing.
async fn change<T: Send + 'static>(
    call: &Call<'_>,
    change: impl Fn(&Writing, &mut StoredCustomer) -> Result<T, Unmet> + Send + 'static,
) -> Result<T, ApiError> {
    let (ledger, no) = (call.ledger().ledger_no.clone(), call.param(0).to_owned());
    write(call, move |tx| {
        let found = tx.customers().get(&ledger, &no)?;
        let mut customer = found.ok_or_else(|| no_customer(&no))?;
        let answer = change(tx, &mut customer)?;
        tx.customers().update(&ledger, &customer)?;
        Ok(answer)
    })
    .await
}
