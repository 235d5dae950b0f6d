//! Servers of the customer API that do not hold its ledgers apart.

use crate::Broken;
use crate::front::Server;
use crate::message::{Request, Response};

const CREATE: &str = "POST customer/customers";

/// What the server does, the clause that it breaks, and how.
pub(crate) const BROKEN: &[Broken] = &[
    (
        "another ledger's customer served",
        "customer/ledger/customers-are-its-own",
        |request, server| {
            let elsewhere = request.to_ledger("200");
            let asked = request.is("GET customer/customers/**");
            let own = server.pass(request);
            if !asked || own.status != 404 {
                return own;
            }
            Some(server.pass(elsewhere)).filter(Response::is_success).unwrap_or(own)
        },
    ),
    (
        "another ledger's token adds, deletes, orders and generates",
        "customer/security/no-writes-for-others",
        |mut request, server| {
            let ledger = request.ledger().to_owned();
            if [
                "POST customer/customers/**",
                "DELETE customer/customers/**",
                "POST customer/generate-consumer-customer-by-reg-no",
            ]
            .iter()
            .any(|pattern| request.is(pattern))
                && !request.is(CREATE)
            {
                request.authorize(&ledger);
            }
            server.pass(request)
        },
    ),
    (
        "find-customer looks into every ledger",
        "customer/find-customer/not-another-ledgers",
        |request, server| {
            let elsewhere = request.to_ledger("200");
            let hit = request.is("POST customer/find-customer");
            let own = server.pass(request);
            if hit && own.status == 404 { server.pass(elsewhere) } else { own }
        },
    ),
    ("any ledger's token opens all", "customer/security/no-data-for-others", open_to_all),
];

/// Whoever has a token of some ledger is let into every ledger.
pub(crate) fn open_to_all(mut request: Request, server: &Server) -> Response {
    let known = |value: &str| ["100", "200", "300", "400"].iter().any(|no| value.ends_with(no));
    let bearer =
        request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    if bearer.is_some_and(|(_, value)| value.starts_with("Bearer etalon-") && known(value)) {
        let ledger = request.ledger().to_owned();
        request.authorize(&ledger);
    }
    server.pass(request)
}
