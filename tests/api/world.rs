//! Four ledgers to ask, and what every answer must look like, whatever was asked.

use std::io::Cursor;
use std::sync::Arc;

use bytes::Bytes;
use etalon::api::Api;
use etalon::api::auth::Auth;
use etalon::api::choices::Choices;
use etalon::api::events::Policy;
use etalon::api::message::{Body, Refusal, Request, Response, Service};
use etalon::input::secret::Secret;
use etalon::model::record::RecordReader;
use etalon::store::load::Source;
use etalon::store::tables::{EVENTS, Tx as _};
use etalon::store::{Store, dump, wait};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method};
use redb::ReadableTableMetadata as _;
use serde_json::Value;

/// Where document 002 stands; a path without a slash in front is under it.
const CUSTOMER: &str = "/ledger/customer/v1/";
/// Where documents 000 and 001 stand.
const USAGE: &str = "/billing/usage/v1/";
/// Where document 003 stands; its tests check its answers.
const GATEWAY: &str = "/api/v01/customers";
/// Where document 004 stands; likewise.
const TMF: &str = "/billingManagement";

/// The API over the records of `records.ndjson`: 100 is Swedish and may do everything, 200
/// Norwegian, 300 may do nothing, 400 generates its customer numbers.
pub(crate) struct World {
    store: Arc<Store>,
    api: Api,
    /// Whether it answers as column (i) of the readings says.
    plain: bool,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with("")
    }

    /// The same with more records.
    pub(crate) fn with(more: &str) -> Self {
        Self::of(&[include_str!("records.ndjson"), more].concat())
    }

    /// A world of these records alone.
    pub(crate) fn of(records: &str) -> Self {
        let store = Arc::new(Store::in_memory().unwrap());
        let records = Bytes::from(records.to_owned());
        let reader = RecordReader::embedded().unwrap();
        let sources =
            vec![Source { name: "records".to_owned(), lines: Box::new(Cursor::new(records)) }];
        let loaded = store.load(reader, sources, |_| ());
        if let Err(error) = wait(loaded) {
            panic!("{error:?}");
        }
        let admin_token = Some(Secret::new("etalon-admin"));
        let auth = Auth { admin_token, ..Auth::default() };
        let api = Api::new(store.clone(), auth).unwrap();
        Self { store, api, plain: true }
    }

    /// Chooses otherwise than by default.
    pub(crate) fn choose(&mut self, flags: &[&str]) {
        let flags: Vec<String> = flags.iter().map(ToString::to_string).collect();
        self.api.set_choices(Choices::from_flags(&flags).unwrap());
        self.plain = flags.is_empty();
    }

    /// Delivers events otherwise than by default.
    pub(crate) fn deliver(&mut self, policy: Policy) {
        self.api.set_events(policy);
    }

    /// How many events wait for anybody.
    pub(crate) fn events(&self) -> u64 {
        let tx = self.store.reader().unwrap();
        tx.table(EVENTS).unwrap().len().unwrap()
    }

    /// How many routes an API has.
    pub(crate) fn routes(&self, api: &str) -> usize {
        self.api.routes().filter(|(name, _)| *name == api).count()
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, "")
    }

    pub(crate) fn ask(&self, method: &str, path: &str, body: impl ToString) -> Reply {
        self.answer(request(method, path, body))
    }

    /// Answers, and checks the promises that are true of every answer, or of every one that other
    /// readings do not change.
    pub(crate) fn answer(&self, request: Request) -> Reply {
        let (told, path) = (format!("{} {}", request.method, request.path), request.path.clone());
        self.checked(told, &path, wait(self.api.answer(request)))
    }

    /// What the socket layer answers when it gives up on a request.
    pub(crate) fn gives_up(&self, head: &Request, refusal: Refusal) -> Reply {
        self.checked(format!("{refusal:?}"), &head.path, self.api.refuse(head, refusal))
    }

    /// How many bytes of a body are read, or the answer that makes reading needless.
    pub(crate) fn admits(&self, head: &Request) -> Result<u64, Reply> {
        let told = format!("{} {}", head.method, head.path);
        self.api.admit(head).map_err(|response| self.checked(told, &head.path, response))
    }

    fn checked(&self, told: String, path: &str, response: Response) -> Reply {
        let body = match response.body {
            Body::Whole(bytes) => bytes.to_vec(),
            Body::Pages(pages) => pages.flat_map(Result::unwrap).collect(),
            other => panic!("{other:?}"),
        };
        let status = response.status.as_u16();
        let reply = Reply { told, status, headers: response.headers, body };
        match status {
            _ if !self.plain || path.starts_with(GATEWAY) || path.starts_with(TMF) => {}
            204 => assert!(reply.body.is_empty(), "{reply:?}"),
            200 if path == "/etalon/records" => {}
            200 | 201 => assert_eq!(reply.header("content-type"), "application/json", "{reply:?}"),
            400..=599 => reply.check_problem(path),
            _ => panic!("no document knows this status: {reply:?}"),
        }
        reply
    }

    /// Answers a request that must be refused, and checks that nothing changed.
    pub(crate) fn refuses(&self, request: Request) -> Reply {
        let before = self.records();
        let reply = self.answer(request);
        assert!(reply.status >= 400, "{reply:?}");
        assert!(before == self.records(), "refused, and yet something changed: {reply:?}");
        reply
    }

    /// What the API stands on.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// Every record, as one text.
    pub(crate) fn records(&self) -> String {
        let mut out = Vec::new();
        dump::dump(&self.store.reader().unwrap(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }
}

/// A request with the token of the ledger in its path, and JSON for a body.
pub(crate) fn request(method: &str, path: &str, body: impl ToString) -> Request {
    let path = match path.starts_with('/') {
        true => path.to_owned(),
        false => format!("{CUSTOMER}{path}"),
    };
    let (path, query) = match path.split_once('?') {
        Some((path, query)) => (path.to_owned(), Some(query.to_owned())),
        None => (path, None),
    };
    let token = format!("Bearer etalon-{}", path.split('/').nth(4).unwrap_or_default());
    let headers = HeaderMap::from_iter([
        (AUTHORIZATION, HeaderValue::from_str(&token).unwrap()),
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
    ]);
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    Request { method, path, query, headers, body: Bytes::from(body.to_string()), secure: false }
}

/// The same with another header, or without it where `value` is empty.
pub(crate) fn with_header(mut request: Request, name: &'static str, value: &str) -> Request {
    request.headers.remove(name);
    if !value.is_empty() {
        request.headers.insert(name, HeaderValue::from_str(value).unwrap());
    }
    request
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    told: String,
    pub(crate) status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Reply {
    /// A header's value, empty without one.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!("{}: {error}: {}", self.told, String::from_utf8_lossy(&self.body))
        })
    }

    /// The value at a JSON pointer, null without one.
    pub(crate) fn at(&self, pointer: &str) -> Value {
        self.json().pointer(pointer).cloned().unwrap_or_default()
    }

    /// Checks status and body; numbers must have the very digits of `expected`.
    pub(crate) fn is(&self, status: u16, expected: &str) {
        assert_eq!(self.status, status, "{}: {}", self.told, self.json());
        let expected: Value = serde_json::from_str(expected).unwrap();
        assert_eq!(self.json(), expected, "{}\n{}\n{expected}", self.told, self.json());
    }

    /// Checks status and code of a problem.
    pub(crate) fn is_problem(&self, status: u16, code: &str) {
        let found = self.at("/Type");
        let found = found.as_str().unwrap_or_default().rsplit('/').next().unwrap_or_default();
        assert_eq!((self.status, found), (status, code), "{}: {}", self.told, self.json());
    }

    /// Checks that this is a validation problem of exactly these parameters, in any order.
    pub(crate) fn blames(&self, parameters: &[&str]) {
        self.is_problem(400, "validation");
        let problems = self.at("/Problems");
        let mut found: Vec<&str> =
            problems.as_object().unwrap().keys().map(String::as_str).collect();
        let mut parameters = parameters.to_vec();
        found.sort_unstable();
        parameters.sort_unstable();
        assert_eq!(found, parameters, "{}: {problems}", self.told);
    }

    /// 001 and 002 › Problems: the form of all of them (readings 1, 2, 3, 4, 7).
    fn check_problem(&self, path: &str) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let prefix = match path {
            _ if format!("{path}/").starts_with(CUSTOMER) => "ledger/customer/v1/problems/",
            _ if format!("{path}/").starts_with(USAGE) => "billing/usage/problems/",
            _ => "etalon/problems/",
        };
        let problem = self.json();
        let code = problem["Type"].as_str().unwrap().strip_prefix(prefix).unwrap();
        assert!(code.bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase()), "{problem}");
        assert_eq!(problem["Status"].to_string(), self.status.to_string());
        for text in ["Title", "Detail"] {
            assert!(problem[text].as_str().is_some_and(|text| !text.is_empty()), "{problem}");
        }
        let instance = problem["Instance"].as_str().unwrap();
        let groups: Vec<usize> = instance.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12], "{problem}");
        let names: Vec<&str> = problem.as_object().unwrap().keys().map(String::as_str).collect();
        let documented = ["Type", "Title", "Status", "Instance", "Detail", "Problems"];
        let length = if code == "validation" { 6 } else { 5 };
        assert_eq!(names, documented[..length], "{problem}");
        if code == "validation" {
            let parameters = problem["Problems"].as_object().unwrap();
            assert!(!parameters.is_empty(), "{problem}");
            for texts in parameters.values() {
                let texts = texts.as_array().unwrap();
                assert!(!texts.is_empty() && texts.iter().all(Value::is_string), "{problem}");
            }
        }
    }
}
