//! Names and values: queries of every list, and the gateway's forms. The first byte says which.

use std::cell::RefCell;

use etalon::model::tmf::collection::COLLECTIONS;
use http::{Method, StatusCode};

use super::service::{Service, headers};

thread_local! { static SERVICE: RefCell<Service> = RefCell::new(Service::new(&[])); }

pub fn check(data: &[u8]) {
    let Some((which, rest)) = data.split_first() else { return };
    SERVICE.with_borrow_mut(|service| {
        service.begin();
        match usize::from(*which).checked_sub(1) {
            None => form(service, rest),
            Some(which) => query(service, which, rest),
        }
    });
}

/// A form that is taken is answered as a form that is taken back, and says the same then.
fn form(service: &mut Service, body: &[u8]) {
    const MOUNT: &str = "/api/v01/customers";
    const FORM: &str = "application/x-www-form-urlencoded";
    let mut ask = |method, target: &str, body: &[u8]| {
        let fields = headers(&[("content-type", FORM), ("accept", FORM)]);
        service.ask(&method, target, fields, body).expect("it is shorter than the limit")
    };
    let created = ask(Method::PUT, MOUNT, body);
    if created.status != StatusCode::OK {
        assert!(created.status.is_client_error(), "{}", created.status);
        return;
    }
    let text = std::str::from_utf8(&created.body).expect("a form is text");
    let id = text.split('&').find_map(|pair| pair.strip_prefix("id=")).expect("it has an id");
    let changed = ask(Method::POST, &format!("{MOUNT}/{id}"), text.as_bytes());
    let said = String::from_utf8_lossy(&changed.body);
    assert!((changed.status, &*said) == (StatusCode::OK, text), "{text} became {said}");
}

/// A query is answered twice alike, and with a whole body.
fn query(service: &mut Service, which: usize, query: &[u8]) {
    let Ok(query) = std::str::from_utf8(query) else { return };
    let mut lists = vec![
        "/api/v01/customers".to_owned(),
        "/ledger/customer/v1/100/customers/1001/surpluses".to_owned(),
        "/ledger/customer/v1/100/customers/1001".to_owned(),
        "/billing/usage/v1/100/invoices/1/subscriptions".to_owned(),
    ];
    lists.extend(COLLECTIONS.iter().map(|each| format!("/billingManagement/{}", each.name)));
    let path = &lists[which % lists.len()];
    let mut ask = || {
        let fields = headers(&[("authorization", "Bearer etalon-100"), ("host", "localhost")]);
        let answer = service.ask(&Method::GET, &format!("{path}?{query}"), fields, b"")?;
        assert!(!answer.status.is_server_error(), "{}", answer.status);
        answer.json();
        Some(answer)
    };
    let (Some(first), Some(second)) = (ask(), ask()) else { return };
    assert_eq!(first.status, second.status);
    // An error has an instance of its own each time.
    assert!(first.body == second.body || first.status.is_client_error(), "{query}");
}
