//! Agreement: every answer that shows what the target is known to hold has to agree with that.

use serde_json::Value;

use super::shapes::below;
use super::{Attempt, Stop};
use crate::harness::compare::{Comparison, Kind, Mismatch, Taken};
use crate::harness::outcome::Finding;
use crate::harness::run::holdings::{Agreement, Seen};
use crate::harness::subject::Links;
use crate::harness::suite::{Asked, Level, pointer};
use crate::harness::wire::{Body, Request};

impl Attempt<'_> {
    /// Takes in what an exchange says, and returns where its answer does not agree with what is
    /// known, if it is to be judged.
    pub(super) fn against_holdings(
        &mut self,
        label: &str,
        exchange: &Taken,
        judged: bool,
    ) -> Result<Vec<Finding>, Stop> {
        let bench = self.bench;
        let site = self.assignment.site;
        let api = site.mounted.api;
        let Some(below) = below(&site, &exchange.request) else {
            return Ok(Vec::new());
        };
        let holdings = bench.suite.holdings(api.name);
        let fixed = self
            .assignment
            .values_known
            .then(|| bench.fixtures.at(api.name, site.ledger.map(|ledger| ledger.no.as_str())));
        let sent = self.sent(&exchange.request);
        let asked = Asked::new(&exchange.request.method, below);
        let seen = Seen {
            asked: &asked,
            ignore_case: api.links_ignore_case,
            success: exchange.answer.is_success(),
            sent: sent.as_ref(),
            answered: exchange.body.value(),
        };
        self.holdings.learn(holdings, fixed.flatten(), &seen);
        if !judged {
            return Ok(Vec::new());
        }
        let mut findings = Vec::new();
        let missing = self.holdings.missing(holdings, fixed.flatten(), &seen);
        if let Some(id) = missing.filter(|_| self.could_understand(&exchange.request)) {
            let clause = self.clause(id)?;
            let status = exchange.answer.status;
            let what = format!("answered {status}, and what is asked for is known to be there");
            let mismatch = Mismatch::new("", what).of(Kind::Status);
            findings.push(self.finding(clause, clause.level, label, exchange, mismatch));
        }
        let links: Links = site.links();
        let mut judge = |agreement: Agreement| -> Result<(), Stop> {
            let actual = pointer::get(agreement.body, &agreement.at);
            let mut mismatches = Vec::new();
            Comparison { schemas: &bench.schemas, links: &links }
                .compare(&agreement.expected, actual, &agreement.at, &mut mismatches)
                .map_err(Stop::Broken)?;
            let clause = self.clause(agreement.clause)?;
            let member = bench.suite.clause(agreement.member).map_or(clause.level, |c| c.level);
            let level = match agreement.advisory {
                true => Level::Should,
                false => clause.level.min(member),
            };
            let of_it = |each| self.finding(clause, level, label, exchange, each);
            findings.extend(mismatches.into_iter().map(of_it));
            Ok(())
        };
        self.holdings.agreements(holdings, fixed.flatten(), &seen, &mut judge)?;
        Ok(findings)
    }

    /// Returns the body of a request, if it can be read.
    fn sent(&self, request: &Request) -> Option<Value> {
        let bytes = request.body.as_deref()?;
        let is_type = |(name, _): &&(String, String)| name.eq_ignore_ascii_case("content-type");
        let media = request.headers.iter().find(is_type).map(|(_, value)| value.as_str());
        let format = self.assignment.site.mounted.media.format_of(media, bytes);
        match Body::read(format, bytes) {
            Body::Read(value) => Some(value),
            Body::Empty | Body::Unread | Body::Unreadable { .. } => None,
        }
    }
}
