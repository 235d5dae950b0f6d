//! How many pieces of memory a request asks for: time is noisy, and this is not. `just count` has the
//! same of the whole process, sockets included.
#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

use std::io::Cursor;
use std::sync::Arc;

use allocation_counter::measure;
use bytes::Bytes;
use etalon::api::Api;
use etalon::api::auth::Auth;
use etalon::api::message::{Body, Request, Service};
use etalon::model::record::RecordReader;
use etalon::store::load::Source;
use etalon::store::{Store, wait};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, Method};

const LEDGER: &str = r#"{"record":"ledger","ledgerNo":"100","country":"SE","currency":"SEK","customerNoMode":"assigned","grants":["population-register"]}"#;
const CUSTOMER: &str = r#"{"record":"customer","ledgerNo":"100","customer":{"customerNo":"42","nationalIdentifier":{"regNo":"19900101-0017","countryCode":"SE"},"legalEntity":"consumer","name":"Åsa \"A\" Öberg","emailAddress":"asa@example.com","msisdn":"+46700000001","legalAddress":{"addressee":"Åsa","streetAddress":"Storgatan 1","city":"VISBY","zipCode":"62157","countryCode":"SE"},"billingAddress":{"addressee":"Åsa","city":"VISBY","zipCode":"62157","countryCode":"SE"}}}"#;

fn api() -> Api {
    let store = Arc::new(Store::in_memory().unwrap());
    let lines = Box::new(Cursor::new(Bytes::from(format!("{LEDGER}\n{CUSTOMER}\n"))));
    let sources = vec![Source { name: "records".to_owned(), lines }];
    wait(store.load(RecordReader::embedded().unwrap(), sources, |_| ())).unwrap();
    Api::new(store, Auth::default()).unwrap()
}

fn get(query: Option<&str>) -> Request {
    let token = HeaderValue::from_static("Bearer etalon-100");
    Request {
        method: Method::GET,
        path: "/ledger/customer/v1/100/customers/42".to_owned(),
        query: query.map(str::to_owned),
        headers: HeaderMap::from_iter([(AUTHORIZATION, token)]),
        body: Bytes::new(),
        secure: false,
    }
}

/// A GET that copies what it could borrow takes a tenth longer with each copy, and no test of answers
/// notices.
#[test]
fn a_get_asks_for_no_more_memory_than_it_did() {
    let api = api();
    for (query, most) in [(None, 11), (Some("$expand=legaladdress,billingaddress"), 24)] {
        let answer = |request: Request| {
            assert!(api.admit(&request).is_ok());
            wait(api.answer(request))
        };
        // The first one opens tables and compiles what the others use.
        let Body::Whole(body) = answer(get(query)).body else { panic!("{query:?} has pages") };
        assert!(String::from_utf8_lossy(&body).contains("Öberg"));
        let request = get(query);
        let counted = measure(|| drop(answer(request)));
        println!("{query:?}: {} pieces, {} bytes", counted.count_total, counted.bytes_total);
        assert!(counted.count_total <= most, "{query:?}: {counted:?}, and had {most}");
    }
}
