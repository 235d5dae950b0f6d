//! XML of the gateway: a customer that is written as XML is read as the same customer.

use std::cell::RefCell;

use http::{Method, StatusCode};

use super::service::{Answer, Service, headers};

const MOUNT: &str = "/api/v01/customers";

thread_local! { static SERVICE: RefCell<Service> = RefCell::new(Service::new(&[])); }

pub fn check(data: &[u8]) {
    SERVICE.with_borrow_mut(|service| {
        service.begin();
        let created = ask(service, Method::PUT, MOUNT, data);
        if created.status != StatusCode::OK {
            assert!(created.status.is_client_error(), "{}", created.status);
            return;
        }
        let json = json(service, id_of(&created.body));
        // What was printed is sent back as the customer's change, which changes nothing.
        let item = format!("{MOUNT}/{}", id_of(&created.body));
        let changed = ask(service, Method::POST, &item, &created.body);
        let said = String::from_utf8_lossy(&changed.body);
        assert_eq!(changed.status, StatusCode::OK, "{said}");
        assert!(changed.body == created.body, "{said}");
        assert_eq!(self::json(service, id_of(&created.body)), json);
    });
}

fn ask(service: &mut Service, method: Method, target: &str, body: &[u8]) -> Answer {
    let fields = headers(&[("content-type", "application/xml"), ("accept", "application/xml")]);
    service.ask(&method, target, fields, body).expect("it is shorter than the limit")
}

fn json(service: &mut Service, id: &str) -> serde_json::Value {
    let fields = headers(&[("accept", "application/json")]);
    let answer = service.ask(&Method::GET, &format!("{MOUNT}/{id}"), fields, b"");
    answer.expect("it is a path").json().expect("it is JSON")
}

/// The id in a customer as it is printed.
fn id_of(body: &[u8]) -> &str {
    let text = std::str::from_utf8(body).expect("XML is printed as UTF-8");
    text.split_once(" id=\"").and_then(|(_, rest)| rest.split_once('"')).expect("it has an id").0
}
