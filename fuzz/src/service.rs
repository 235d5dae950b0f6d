//! The APIs as a plain function, over records in memory.

use std::sync::Arc;

use bytes::Bytes;
use etalon::api::auth::Auth;
use etalon::api::message::{Body, Request, Service as _};
use etalon::api::{Api, Mounts};
use etalon::data;
use etalon::store::{Store, wait};
use http::uri::PathAndQuery;
use http::{HeaderMap, Method, StatusCode};

use super::records;

/// So many checks are made over the same records, so that what they write is bounded.
const LIFE: u32 = 1_000;

pub struct Service {
    store: Arc<Store>,
    api: Api,
    left: u32,
}

/// A response, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Service {
    /// A service with the suite's records, and the APIs where these flags say.
    pub fn new(mounts: &[String]) -> Self {
        let store = Arc::new(Store::in_memory().unwrap());
        let mounts = Mounts::from_flags(mounts).unwrap();
        let api = Api::mounted(Arc::clone(&store), Auth::default(), &mounts).unwrap();
        let mut service = Self { store, api, left: 0 };
        service.renew();
        service
    }

    /// Begins a check. Now and then it is the first over records that are as they were.
    pub fn begin(&mut self) {
        match self.left.checked_sub(1) {
            Some(left) => self.left = left,
            None => self.renew(),
        }
    }

    fn renew(&mut self) {
        wait(self.store.write_alone(etalon::store::empty)).unwrap().unwrap();
        records::load(&self.store, &data::fixtures()).unwrap();
        self.left = LIFE;
    }

    /// Answers a request as the server does: its head is looked at first, and its body only where
    /// that is let in.
    ///
    /// What a socket would not let through is not answered.
    pub fn ask(
        &mut self,
        method: &Method,
        target: &str,
        headers: HeaderMap,
        body: &[u8],
    ) -> Option<Answer> {
        let target: PathAndQuery = target.parse().ok()?;
        let head = Request {
            method: method.clone(),
            path: target.path().to_owned(),
            query: target.query().map(str::to_owned),
            headers,
            body: Bytes::new(),
            secure: false,
        };
        let response = match self.api.admit(&head) {
            Err(response) => response,
            Ok(limit) if body.len() as u64 > limit => return None,
            Ok(_) => {
                let request = Request { body: Bytes::copy_from_slice(body), ..head };
                wait(self.api.answer(request))
            }
        };
        let body = match response.body {
            Body::Whole(bytes) => bytes.to_vec(),
            Body::Pages(pages) => pages
                .map(|page| page.expect("a page that was begun is read"))
                .collect::<Vec<_>>()
                .concat(),
            _ => Vec::new(),
        };
        let (status, headers) = (response.status, response.headers);
        assert!(!status.is_server_error(), "{status}: {}", String::from_utf8_lossy(&body));
        Some(Answer { status, headers, body })
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The body where it says that it is JSON.
    pub fn json(&self) -> Option<serde_json::Value> {
        let is_json = self.header("content-type").contains("json") && !self.body.is_empty();
        is_json.then(|| serde_json::from_slice(&self.body).expect("what says JSON is JSON"))
    }
}

/// The header fields of these names and values; what can be none is left out.
pub fn headers(fields: &[(&str, &str)]) -> HeaderMap {
    let fields = fields.iter().filter_map(|(name, value)| {
        Some((http::HeaderName::from_bytes(name.as_bytes()).ok()?, value.parse().ok()?))
    });
    fields.collect()
}
