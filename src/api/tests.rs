//! What only the API itself can see.

use std::io::Cursor;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method};

use super::Api;
use super::auth::Auth;
use super::message::{Request, Service as _};
use crate::model::record::RecordReader;
use crate::store::load::Source;
use crate::store::tables::OPENED;
use crate::store::{Store, wait};

const LEDGER: &str = r#"{"record":"ledger","ledgerNo":"100","country":"SE","currency":"SEK","customerNoMode":"assigned","grants":[]}"#;
const CUSTOMER: &str = r#"{"customerNo":"42","nationalIdentifier":{"regNo":"19900101-0017","countryCode":"SE"},"legalEntity":"consumer","name":"A","emailAddress":"a@example.com","msisdn":"+46700000001","distributionType":"postal","legalAddress":{"addressee":"A","streetAddress":"B 1","city":"C","zipCode":"62157","countryCode":"SE"}}"#;

/// Each table costs a commit of 64 writes as much as six more rows.
#[test]
fn a_write_opens_the_tables_that_it_changes_each_once() {
    let store = Arc::new(Store::in_memory().unwrap());
    let lines = Box::new(Cursor::new(LEDGER.as_bytes()));
    let sources = vec![Source { name: "records".to_owned(), lines }];
    wait(store.load(RecordReader::embedded().unwrap(), sources, |_| ())).unwrap();
    let api = Api::new(store.clone(), Auth::default()).unwrap();
    // On the writer's thread, which opens them.
    let opened = || wait(store.write(|_| Ok(OPENED.get()))).unwrap();
    for (what, method, path, body, status, most) in [
        ("customer, age and identifier", Method::POST, "", CUSTOMER, 201, 3),
        (
            "customer, read and written",
            Method::PATCH,
            "/42",
            r#"{"emailAddress":"b@example.com"}"#,
            204,
            1,
        ),
        ("nothing is changed", Method::POST, "", CUSTOMER, 409, 1),
    ] {
        let header = |text| HeaderValue::from_static(text);
        let request = Request {
            method,
            path: format!("/ledger/customer/v1/100/customers{path}"),
            query: None,
            headers: HeaderMap::from_iter([
                (AUTHORIZATION, header("Bearer etalon-100")),
                (CONTENT_TYPE, header("application/json")),
            ]),
            body: Bytes::from_static(body.as_bytes()),
            secure: false,
        };
        let before = opened();
        let answer = wait(api.answer(request));
        assert_eq!(answer.status, status, "{what}");
        assert_eq!(opened() - before, most, "{what}");
    }
}
