//! Identifiers that a case draws, of which the target has none yet.

use std::collections::BTreeMap;

use super::{Attempt, Stop};
use crate::harness::api::Draw;
use crate::harness::wire::{Purpose, Request, Room};

/// A drawn identifier that is taken is drawn again this often. If all are taken then, the target
/// answers so to any identifier, and that is for the case to find out.
const REDRAWS: usize = 5;

impl Attempt<'_> {
    pub(super) fn draw(&mut self, draws: &BTreeMap<String, Draw>) -> Result<(), Stop> {
        for (name, kind) in draws {
            let mut drawn = self.unused(*kind);
            for _ in 0..REDRAWS {
                if !self.is_taken(*kind, &drawn)? {
                    break;
                }
                drawn = self.unused(*kind);
            }
            if *kind == Draw::Callback {
                drawn = self.callback(&drawn)?;
            }
            self.variables.bind(name, drawn);
        }
        Ok(())
    }

    /// Returns the URL at which the run listens to what is told under a token.
    fn callback(&mut self, token: &str) -> Result<String, Stop> {
        let url = self.bench.target.listening.as_ref().and_then(|it| it.url.as_deref());
        let url = url.ok_or_else(|| Stop::Broken("nobody listens in this run".to_owned()))?;
        let callback = format!("{url}/{token}");
        self.callbacks.push(callback.clone());
        Ok(callback)
    }

    /// Returns an identifier that no case of this run has drawn; a text, which names nothing, as it
    /// comes, for there may be too little of it: one letter is always the same.
    fn unused(&mut self, kind: Draw) -> String {
        loop {
            let drawn = self.random.draw(kind);
            if matches!(kind, Draw::Text(_)) || self.session.claims.claim(&drawn) {
                return drawn;
            }
            self.traces.borrow_mut().redrawn.push(drawn);
        }
    }

    /// Returns whether the target has that identifier already, as far as one can ask.
    fn is_taken(&self, kind: Draw, drawn: &str) -> Result<bool, Stop> {
        let site = self.assignment.site;
        let Some(lookup) = site.mounted.api.lookups.iter().find(|lookup| lookup.kind == kind)
        else {
            return Ok(false);
        };
        let written = |text: &str| text.replace("{drawn}", drawn);
        let request = Request {
            method: lookup.method.to_owned(),
            url: site.url(&written(lookup.path)),
            headers: site.mounted.headers(),
            credential: site.credential(),
            body: lookup.body.map(|body| written(body).into_bytes()),
            room: Room::Thing,
        };
        self.session.transport.begin(Purpose::Prelude);
        Ok(self.ask(&request, |_| false)?.is_success())
    }
}
