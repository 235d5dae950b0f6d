//! The router: a request is answered alike wherever its API is mounted, and nothing is a failure of
//! the server.
//!
//! The first line is the method, the second the path under the first API's mount or another's, and
//! the lines until an empty one are header fields; the rest is the body.

use std::cell::RefCell;

use http::Method;

use super::service::{Answer, Service, headers};

/// Each API, where it is documented and where it stands in the other service.
const MOUNTS: [(&str, &str, &str); 4] = [
    ("customer", "/ledger/customer/v1", "/c"),
    ("usage", "/billing/usage/v1", "/elsewhere/usage/v1"),
    ("gateway", "/api/v01/customers", "/api/v01/customer"),
    ("tmf", "/billingManagement", "/tmf-api/billing"),
];

thread_local! {
    static SERVICES: RefCell<[Service; 2]> = RefCell::new([Service::new(&[]), Service::new(&flags())]);
}

pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let (Some(method), Some(rest)) = (lines.next(), lines.next()) else { return };
    let Ok(method) = method.parse::<Method>() else { return };
    let fields: Vec<_> = lines.filter_map(|line| line.split_once(": ")).collect();
    SERVICES.with_borrow_mut(|[documented, elsewhere]| {
        documented.begin();
        elsewhere.begin();
        let ask = |service: &mut Service, target: &str| {
            service.ask(&method, target, headers(&fields), body.as_bytes())
        };
        let found = MOUNTS.iter().find_map(|(_, at, other)| {
            let below = rest.strip_prefix(at)?;
            Some(
                (below.is_empty() || below.starts_with(['/', '?']))
                    .then(|| format!("{other}{below}")),
            )?
        });
        let first = ask(documented, rest);
        let Some(target) = found else { return };
        let second = ask(elsewhere, &target);
        let said = |answer: &Option<Answer>| {
            answer.as_ref().map(|answer| {
                answer.json();
                let names = ["allow", "content-type", "retry-after", "www-authenticate"];
                (answer.status, names.map(|name| answer.header(name).to_owned()))
            })
        };
        assert_eq!(said(&first), said(&second), "{method} {rest}");
    });
}

fn flags() -> Vec<String> {
    MOUNTS.iter().map(|(name, _, other)| format!("{name}={other}")).collect()
}
