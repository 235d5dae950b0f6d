//! The part of a list that is asked for, as its headers tell of it: how many match, how many are
//! here, and where the other parts are (readings 217, 244).

use std::fmt::Write as _;

use http::HeaderName;
use http::header::{HeaderValue, LINK};

use super::query::Query;
use crate::api::message::Response;

/// The header that says how many match before paging (reading 217).
const TOTAL: HeaderName = HeaderName::from_static("x-total-count");

/// The header that says how many there are in this answer.
const HERE: HeaderName = HeaderName::from_static("x-result-count");

/// A part of all that match.
pub(super) struct Window {
    offset: usize,
    limit: usize,
    total: usize,
}

impl Window {
    /// Returns the part of `total` that a query asks for.
    pub(super) fn of(query: &Query, total: u64) -> Self {
        let total = usize::try_from(total).unwrap_or(usize::MAX);
        Self { offset: query.offset, limit: query.limit, total }
    }

    /// Returns how many are in it.
    pub(super) fn len(&self) -> usize {
        self.limit.min(self.total.saturating_sub(self.offset))
    }

    /// Tells of it in the headers of an answer, for a list at `root` of which `query` was asked.
    pub(super) fn tell(&self, response: &mut Response, root: &str, query: Option<&str>) {
        response.headers.insert(TOTAL, self.total.into());
        response.headers.insert(HERE, self.len().into());
        // What cannot stand in a header was not asked in a URL.
        if let Some(Ok(links)) = self.links(root, query).map(HeaderValue::try_from) {
            response.headers.insert(LINK, links);
        }
    }

    /// Returns the links to the first, the previous, the next and the last part of this length, as far
    /// as there are such (RFC 8288); `None` where all that follows is asked for.
    fn links(&self, root: &str, query: Option<&str>) -> Option<String> {
        let Self { offset, limit, total } = *self;
        if limit == 0 || limit == usize::MAX {
            return None;
        }
        let last = total.saturating_sub(1) / limit * limit;
        let parts = [
            ("first", Some(0)),
            ("prev", (offset > 0).then(|| offset.min(total).saturating_sub(limit))),
            ("next", offset.checked_add(limit).filter(|next| *next < total)),
            ("last", Some(last)),
        ];
        let is_part = |pair: &&str| {
            let name = pair.split('=').next().unwrap_or_default();
            !["", "offset", "limit"].contains(&name)
        };
        let rest: String =
            query.unwrap_or_default().split('&').filter(is_part).flat_map(|p| [p, "&"]).collect();
        // They would end the link, and are the same encoded.
        let rest = rest.replace('<', "%3C").replace('>', "%3E");
        let mut links = String::new();
        for (rel, at) in parts.into_iter().filter_map(|(rel, at)| Some((rel, at?))) {
            let comma = if links.is_empty() { "" } else { ", " };
            // Writing into memory cannot fail.
            let _ = write!(links, "{comma}<{root}?{rest}offset={at}&limit={limit}>; rel=\"{rel}\"");
        }
        Some(links)
    }
}
