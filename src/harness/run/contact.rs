//! The contact with each API: whether what answers at its address is that API at all. Out of order,
//! another site and a login page answer everything alike, and break no clause.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::harness::api::{Api, essence};
use crate::harness::wire::Answer;

/// After so many answers, none of them an API's, no more are asked for.
const ENOUGH: usize = 16;

/// The answers of each API, as far as they tell whether it is there.
#[derive(Debug, Default)]
pub(crate) struct Contact(Mutex<BTreeMap<&'static str, Heard>>);

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Heard {
    /// True if anything was an answer such as an API gives, right or wrong.
    sane: bool,
    /// The number of answers that were not.
    odd: usize,
    /// The number of those that say that the server failed.
    failed: usize,
    /// True if the server is well outside of the API, so that a failure is the API's own.
    well: bool,
    /// The first answer that was not, in words.
    first: String,
}

impl Contact {
    /// Takes note of an answer.
    pub(crate) fn note(&self, api: &Api, url: &str, answer: &Answer) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let heard = heard.entry(api.name).or_default();
        match odd(answer) {
            None => heard.sane = true,
            Some(what) => {
                if heard.odd == 0 {
                    heard.first = format!("{url} {what}");
                }
                heard.odd += 1;
                heard.failed += usize::from(answer.status >= 500);
            }
        }
    }

    /// Takes note of an answer of an API's server outside of it.
    pub(crate) fn note_outside(&self, api: &Api, answer: &Answer) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard.entry(api.name).or_default().well |= odd(answer).is_none();
    }

    /// Returns everything that was heard so far, by the API.
    pub(crate) fn all(&self) -> BTreeMap<String, Heard> {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard.iter().map(|(api, heard)| ((*api).to_owned(), heard.clone())).collect()
    }

    /// Returns the contact that has heard what was heard before.
    pub(crate) fn of(before: &BTreeMap<String, Heard>) -> Contact {
        let known = before.iter().filter_map(|(api, heard)| Some((Api::named(api)?, heard)));
        Contact(Mutex::new(known.map(|(api, heard)| (api.name, heard.clone())).collect()))
    }

    /// Returns why nothing can be said of an API, if all that answered there is something else.
    pub(crate) fn why_unheard(&self, api: &str) -> Option<String> {
        self.heard(api, 1)
    }

    /// Returns the reason of [`Self::why_unheard`] once it is certain enough that asking on is of
    /// no use.
    pub(crate) fn why_hopeless(&self, api: &str) -> Option<String> {
        self.heard(api, ENOUGH)
    }

    fn heard(&self, api: &str, enough: usize) -> Option<String> {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let heard = heard.get(api).filter(|heard| !heard.sane && heard.odd >= enough)?;
        if heard.well && heard.failed == heard.odd {
            return None;
        }
        Some(format!(
            "nothing that answers there is the {api} API: {}, and so does all the rest; see whether \
             the target is up, and whether its URL and the API's mount are right",
            heard.first
        ))
    }
}

/// Returns what is wrong with an answer if no API gives such to everything.
fn odd(answer: &Answer) -> Option<String> {
    let media = answer.header("content-type").map(essence).unwrap_or_default();
    match answer.status {
        300..=399 => Some(match answer.header("location") {
            Some(to) => format!("leads elsewhere ({}), to {to}", answer.status),
            None => format!("answers {}", answer.status),
        }),
        // An error that comes as JSON is an API's own, unless somebody says it who stands before
        // it.
        500 | 501 | 505.. if media.ends_with("json") => None,
        status @ 500.. => Some(format!("answers {status}")),
        status if media == "text/html" => Some(format!("answers with a page of HTML ({status})")),
        _ => None,
    }
}
