//! The traces that an attempt at a case leaves behind, beside its findings.

use std::mem;

use super::created::{Created, creates, identifier};
use crate::harness::api::Deletable;
use crate::harness::subject::Site;
use crate::harness::wire::{Answer, Body, Request};

/// The waits of an attempt, and the records that it made.
#[derive(Debug, Default)]
pub(crate) struct Traces {
    /// The waits for the target, each as a sentence.
    pub(crate) waits: Vec<String>,
    pub(crate) created: Vec<Created>,
    /// The identifiers that were drawn and had been drawn by another case.
    pub(crate) redrawn: Vec<String>,
    /// The records of other cases that were left out of what is said.
    pub(crate) others: Vec<String>,
    /// The controls that another case had sent, and what was answered.
    pub(crate) controls: Vec<(String, Option<String>)>,
    /// The URLs of those that the API can delete, and where in `created` they stand.
    deletable: Vec<(String, usize)>,
    unnamed: Vec<Unnamed>,
}

/// Something that was made and can be deleted by its name alone, which no answer gave.
#[derive(Debug, Clone)]
pub(crate) struct Unnamed {
    /// The URL of the list in which it stands.
    pub(crate) url: String,
    /// What was sent.
    pub(crate) sent: Vec<u8>,
    /// Where in `created` it stands.
    pub(crate) place: usize,
}

impl Traces {
    /// Notes what a request of `case` made, or may have made where no answer came.
    pub(crate) fn note(
        &mut self,
        site: &Site<'_>,
        case: &str,
        request: &Request,
        answer: Option<(&Answer, &Body)>,
    ) {
        if answer.is_some_and(|(answer, _)| !answer.is_success()) {
            return;
        }
        let url = request.url.split('?').next().unwrap_or_default();
        if request.method == "DELETE" && answer.is_some() {
            self.note_deleted(url);
        }
        let Some(creates) = creates(site, request) else { return };
        // PUT on what a POST made makes nothing more.
        if self.deletable.iter().any(|(other, _)| other == url) {
            return;
        }
        // Only what belongs to a record of this attempt: the rest was there before.
        let identifier = answer.and_then(|(answer, body)| identifier(answer, body));
        let place = self.created.len();
        match (creates.deletable, identifier.as_deref().and_then(last)) {
            (Deletable::ThatPath, _) if self.made_owner(site, url) => {
                self.deletable.push((url.to_owned(), place));
            }
            (Deletable::ByItsName, Some(name)) => {
                self.deletable.push((format!("{}/{name}", url.trim_end_matches('/')), place));
            }
            (Deletable::ByItsName, None) => {
                let sent = request.body.clone().unwrap_or_default();
                self.unnamed.push(Unnamed { url: url.to_owned(), sent, place });
            }
            _ => {}
        }
        self.created.push(Created {
            api: site.mounted.api.name.to_owned(),
            case: case.to_owned(),
            method: request.method.clone(),
            path: url.strip_prefix(&site.mounted.base.origin).unwrap_or(url).to_owned(),
            identifier,
            status: answer.map(|(answer, _)| answer.status),
            deleted: false,
        });
    }

    /// Returns the URLs of what the API can delete and nobody has deleted yet.
    pub(crate) fn deletable(&self) -> Vec<String> {
        self.deletable.iter().map(|(url, _)| url.clone()).collect()
    }

    /// Returns what can be deleted once its name is found.
    pub(crate) fn take_unnamed(&mut self) -> Vec<Unnamed> {
        mem::take(&mut self.unnamed)
    }

    /// Takes the name under which something was found that can be deleted: its URL.
    pub(crate) fn note_found(&mut self, unnamed: &Unnamed, name: &str) {
        self.deletable
            .push((format!("{}/{name}", unnamed.url.trim_end_matches('/')), unnamed.place));
    }

    /// Notes that something is gone which has no name.
    pub(crate) fn note_gone(&mut self, unnamed: &Unnamed) {
        if let Some(created) = self.created.get_mut(unnamed.place) {
            created.deleted = true;
        }
    }

    /// Notes that what stood at a URL is gone.
    pub(crate) fn note_deleted(&mut self, url: &str) {
        for index in self.settle(url) {
            if let Some(created) = self.created.get_mut(index) {
                created.deleted = true;
            }
        }
    }

    /// Notes that what stands at a URL stays for good.
    pub(crate) fn note_kept(&mut self, url: &str) {
        self.settle(url);
    }

    /// Takes a URL off those that can be deleted, and returns the places in `created` of what stood
    /// there.
    fn settle(&mut self, url: &str) -> Vec<usize> {
        let (settled, left) =
            mem::take(&mut self.deletable).into_iter().partition(|(other, _)| other == url);
        self.deletable = left;
        settled.into_iter().map(|(_, index): (String, usize)| index).collect()
    }

    /// Returns whether what stands at a URL belongs to something that was made.
    fn made_owner(&self, site: &Site<'_>, url: &str) -> bool {
        let path = site.relative(url).unwrap_or_default();
        let owner = path.split('/').nth(1).filter(|owner| !owner.is_empty());
        let made = self.created.iter().filter_map(|each| each.identifier.as_deref());
        owner.is_some_and(|owner| made.filter_map(last).any(|made| made == owner))
    }
}

/// Returns the last part of what a record is called by.
fn last(identifier: &str) -> Option<&str> {
    identifier.trim_end_matches('/').rsplit('/').next().filter(|name| !name.is_empty())
}
