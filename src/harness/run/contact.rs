//! The contact with each API: whether what answers at its address is that API at all. Out of order,
//! another site and a login page answer everything alike, and break no clause.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::harness::api::{Api, essence};
use crate::harness::compare::{code, said_whole, shown};
use crate::harness::outcome::Redact;
use crate::harness::subject::Mounted;
use crate::harness::wire::{Answer, Body};
use crate::output::visible::line;

/// After so many answers, none of them an API's, no more are asked for.
const ENOUGH: usize = 16;

/// The answers of each API, as far as they tell whether it is there.
#[derive(Debug, Default)]
pub(crate) struct Contact {
    heard: Mutex<BTreeMap<&'static str, Heard>>,
    /// How many answers came that say nothing of a target which is out of order.
    answers: AtomicUsize,
}

#[derive(Debug, Default)]
struct Heard {
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
    pub(crate) fn note(
        &self,
        mounted: &Mounted,
        url: &str,
        answer: &Answer,
        redaction: &dyn Redact,
    ) {
        if answer.status < 500 {
            self.answers.fetch_add(1, Ordering::Relaxed);
        }
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let heard = heard.entry(mounted.api.name).or_default();
        if heard.sane {
            return;
        }
        match said(mounted, answer) {
            Said::Own => heard.sane = true,
            Said::Strange(what) | Said::Failed(what) => {
                if heard.odd == 0 {
                    heard.first = format!("{url} {what}{}", words(mounted, answer, redaction));
                }
                heard.odd += 1;
                heard.failed += usize::from(answer.status >= 500);
            }
        }
    }

    /// Takes note of an answer of an API's server outside of it.
    pub(crate) fn note_outside(&self, api: &Api, answer: &Answer) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.entry(api.name).or_default().well |= odd(answer).is_none();
    }

    /// Returns whether anything was heard that is an API's own.
    pub(crate) fn is_met(&self, api: &Api) -> bool {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.get(api.name).is_some_and(|heard| heard.sane)
    }

    /// Returns how many answers came so far from a target that is not out of order.
    pub(crate) fn answers(&self) -> usize {
        self.answers.load(Ordering::Relaxed)
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
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
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

/// The one whose an answer is, as far as one can see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// The API's, right or wrong.
    Own,
    /// Perhaps somebody else's, who answers everything so: how.
    Strange(String),
    /// A server's that fails: how.
    Failed(String),
}

/// Returns whose an answer is. A refusal and what is not found may come from anybody, unless a code
/// of the API says what was not found.
pub(crate) fn said(mounted: &Mounted, answer: &Answer) -> Said {
    let status = answer.status;
    match odd(answer) {
        Some(what) if status >= 500 => Said::Failed(what),
        Some(what) => Said::Strange(what),
        None if !matches!(status, 403 | 404 | 410) => Said::Own,
        None => {
            let code = Body::of(answer, &mounted.media).value().and_then(code);
            match code.is_some_and(|code| mounted.api.codes.contains(&code.as_str())) {
                true => Said::Own,
                false => Said::Strange(format!("answers {status}")),
            }
        }
    }
}

/// Returns what an answer says itself, for a sentence about it; nothing secret of it.
pub(crate) fn words(mounted: &Mounted, answer: &Answer, redaction: &dyn Redact) -> String {
    let body = Body::of(answer, &mounted.media);
    let Some(mut said) = said_whole(body.value(), &answer.body) else { return String::new() };
    redaction.said(&mut said);
    format!(" and says \"{}\"", line(&shown(&said)))
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
