//! Preparation: what is done once, before the first case.

use std::sync::PoisonError;

use super::presence::{Methods, meet};
use super::refused::refused;
use super::{Judge, landmarks, named};
use crate::harness::outcome::{Redact, Refusal, Selection};
use crate::harness::run::bench::Bench;
use crate::harness::run::provision::{provision, provision_again};
use crate::harness::subject::{Base, Mounted, Provision, Site};
use crate::harness::wire::{Answer, Connection, NoAnswer, Recorder, Request, Room, Transport};

impl Judge {
    /// Makes the target ready, once, before the first case: finds out that it is there, brings it
    /// the fixtures in the way that it asks for, or looks whether it holds them if nobody says, tries
    /// the tokens, and looks for the records that the target file names.
    ///
    /// # Errors
    /// One sentence: the target cannot be reached, does not take the fixtures, refuses a token, or does
    /// not know a record that it is said to have.
    /// Hundreds of failures for one cause would accuse a target that may be right.
    pub fn prepare(&self) -> Result<(), Refusal> {
        Preparation { judge: self, way: self.way() }.make(provision, Methods::Any)
    }

    /// The same by safe requests alone.
    ///
    /// # Errors
    /// As of [`Judge::prepare`].
    pub(crate) fn prepare_by_safe_requests(&self) -> Result<(), Refusal> {
        Preparation { judge: self, way: self.way() }.make(provision, Methods::Safe)
    }

    /// Finds out again, from what was exchanged then, what a run of such a selection found out before
    /// its first case.
    ///
    /// # Errors
    /// Such a run would have ended there.
    pub(crate) fn prepare_again(
        &self,
        selection: &Selection,
        way: &dyn Transport,
    ) -> Result<(), Refusal> {
        let methods = match selection.read_only {
            true => Methods::Safe,
            false => Methods::Any,
        };
        Preparation { judge: self, way }.make(provision_again, methods)
    }

    fn note_waits(&self, waits: &[String]) {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(waits);
    }
}

/// Brings records to a target.
type Bring = fn(&dyn Transport, &Provision, &[u8], &dyn Redact) -> Result<Vec<String>, Refusal>;

/// What is asked before the first case, and the way on which.
pub(super) struct Preparation<'j> {
    pub(super) judge: &'j Judge,
    way: &'j dyn Transport,
}

impl Preparation<'_> {
    fn make(&self, bring: Bring, methods: Methods) -> Result<(), Refusal> {
        self.reach()?;
        let Bench { target, suite, redaction, .. } = &self.judge.bench;
        let (how, records) = (&target.provision, suite.records());
        let waits = self.kept(|way| bring(way, how, records, redaction.as_ref()))?;
        self.judge.note_waits(&waits);
        self.admit(methods)?;
        named::look_for(self)?;
        let without = landmarks::without_fixtures(self)?;
        self.judge.without_fixtures.get_or_init(|| without);
        Ok(())
    }

    fn reach(&self) -> Result<(), Refusal> {
        let mut asked: Vec<(&Base, Answer)> = Vec::new();
        for Mounted { api, base, .. } in &self.judge.bench.target.apis {
            if !asked.iter().any(|(other, _)| *other == base) {
                let request = Request {
                    method: "GET".to_owned(),
                    url: base.join("/"),
                    headers: Vec::new(),
                    credential: None,
                    body: None,
                    room: Room::Glance,
                };
                asked.push((base, self.ask(base, request)?));
            }
            let of_base = asked.iter().filter(|(other, _)| *other == base);
            of_base.for_each(|(_, answer)| self.judge.contact.note_outside(api, answer));
        }
        Ok(())
    }

    /// Asks each API for each of its ledgers, as whoever the target file says.
    fn admit(&self, methods: Methods) -> Result<(), Refusal> {
        let mut strangers = Vec::new();
        for site in self.judge.bench.target.sites() {
            let api = site.mounted.api;
            let answer = self.look(&site, api.probe)?;
            let url = site.url(api.probe);
            let redaction = self.judge.bench.redaction.as_ref();
            self.judge.contact.note(site.mounted, &url, &answer, redaction);
            if answer.status == 401 {
                return Err(refused(self.judge, &site, &url));
            }
            if let Err(refusal) = meet(self, &site, &answer, methods) {
                strangers.push((api, refusal));
            }
        }
        // Where one ledger of an API is there, what the others answer is for the cases to judge.
        let unmet = strangers.into_iter().find(|(api, _)| !self.judge.contact.is_met(api));
        unmet.map_or(Ok(()), |(_, refusal)| Err(refusal))
    }

    /// Sends GET to a path below an API's root, with the credentials that let in there.
    pub(super) fn look(&self, site: &Site<'_>, path: &str) -> Result<Answer, Refusal> {
        self.ask_below(site, "GET", path, None)
    }

    /// A request for a path below an API's root, by whom the target lets in there.
    pub(super) fn ask_below(
        &self,
        site: &Site<'_>,
        method: &str,
        path: &str,
        body: Option<&str>,
    ) -> Result<Answer, Refusal> {
        let request = Request {
            method: method.to_owned(),
            url: site.url(path),
            headers: site.mounted.headers(),
            credential: site.credential(),
            body: body.map(|body| body.as_bytes().to_vec()),
            room: Room::Glance,
        };
        self.ask(&site.mounted.base, request)
    }

    fn ask(&self, base: &Base, request: Request) -> Result<Answer, Refusal> {
        let answer = self.kept(|way| way.send(&request, Connection::Fresh));
        if let Ok(answer) = &answer {
            self.judge.note_waits(&answer.waits);
        }
        answer.map_err(|error| {
            let what = match &error {
                NoAnswer::Unreached(_) => "reached",
                _ => "judged",
            };
            Refusal::inconclusive(format!("{base} cannot be {what}: {}", error.reason()))
        })
    }

    /// Keeps what is exchanged, in a run that keeps its exchanges.
    fn kept<T>(&self, exchange: impl FnOnce(&dyn Transport) -> T) -> T {
        let recorder = Recorder::new(self.way);
        let result = exchange(&recorder);
        if self.judge.bench.options.record {
            let recorded = recorder.into_exchanges();
            self.judge.before.lock().unwrap_or_else(PoisonError::into_inner).extend(recorded);
        }
        result
    }
}
