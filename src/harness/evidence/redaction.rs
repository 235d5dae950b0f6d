//! What no output may show: credentials and what lets in, and the members that the operator names.
//! It is taken out where it is kept, so that nothing that is written has ever held it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::mask::{Names, REDACTED};
use super::recorder::Recorded;
use super::{Exchange, Received, Sent, Unanswered};
use crate::harness::client::NoAnswer;
use crate::harness::compare::Mismatch;
use crate::harness::format::Format;
use crate::harness::provision::shown_url;
use crate::harness::report::{CaseReport, Finding};
use crate::harness::target::Target;

/// What stands in the place of a credential.
const CREDENTIAL: &str = "$TOKEN";
/// A secret of up to so many bytes may stand in any text, and is left.
const SHORT: usize = 3;

/// Whether something was taken out of a text.
pub(crate) fn is_redacted(text: &[u8]) -> bool {
    let holds = |mark: &str| text.windows(mark.len()).any(|part| part == mark.as_bytes());
    holds(REDACTED) || holds(CREDENTIAL)
}

/// What is to be taken out of everything that is kept.
#[derive(Debug)]
pub(crate) struct Redaction {
    /// The longest first: one may begin with another.
    secrets: Vec<String>,
    members: Names,
    /// A URL whose query may hold what lets in.
    provisioning: Option<String>,
}

impl Redaction {
    pub(crate) fn of(target: &Target) -> Redaction {
        let secrets = target.secrets();
        Redaction {
            secrets: written(&secrets),
            members: Names::new(&target.redact),
            provisioning: target.provisioning_url().map(str::to_owned),
        }
    }

    /// Whether members are to be taken out, which only the exchanges tell the values of.
    pub(crate) fn has_members(&self) -> bool {
        !self.members.is_empty()
    }

    /// Takes credentials out of a text.
    pub(crate) fn text(&self, text: &mut String) {
        replace(text, &self.secrets, CREDENTIAL);
    }

    /// Whether a difference is of what was redacted.
    pub(crate) fn hides(&self, mismatch: &Mismatch) -> bool {
        let Mismatch { pointer, message, expected, actual, .. } = mismatch;
        let values = [expected, actual].into_iter().flatten();
        pointer.split('/').any(|name| self.members.has(name))
            || is_redacted(message.as_bytes())
            || values.into_iter().any(|value| is_redacted(value.to_string().as_bytes()))
    }

    /// Exchanges without it.
    pub(crate) fn exchanges(&self, recorded: Vec<Recorded>) -> Vec<Exchange> {
        self.cover(recorded).1
    }

    /// Takes everything out of what is said of a case, and returns its exchanges without it.
    pub(crate) fn case(&self, report: &mut CaseReport, recorded: Vec<Recorded>) -> Vec<Exchange> {
        let (mut cover, exchanges) = self.cover(recorded);
        cover.report(report);
        exchanges
    }

    fn cover(&self, recorded: Vec<Recorded>) -> (Cover<'_>, Vec<Exchange>) {
        let mut cover = Cover { redaction: self, found: BTreeSet::new(), values: Vec::new() };
        let mut exchanges: Vec<_> = recorded.into_iter().map(|each| cover.exchange(each)).collect();
        cover.values = written(&cover.found.iter().cloned().collect::<Vec<_>>());
        if !cover.values.is_empty() {
            // A value that one exchange names may stand in another without its name.
            exchanges.iter_mut().for_each(|each| cover.again(each));
        }
        (cover, exchanges)
    }
}

/// The redaction of one case, and the values of members that its exchanges name.
struct Cover<'r> {
    redaction: &'r Redaction,
    found: BTreeSet<String>,
    /// Those, in every way in which they may be written.
    values: Vec<String>,
}

impl Cover<'_> {
    fn text(&mut self, text: &mut String) {
        self.redaction.text(text);
        if let Some(masked) = self.redaction.members.mask(text, &mut self.found) {
            *text = masked;
        }
        replace(text, &self.values, REDACTED);
    }

    fn bytes(&mut self, bytes: Vec<u8>) -> Vec<u8> {
        let mut text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let lossy = String::from_utf8_lossy(error.as_bytes()).into_owned();
                let mut covered = lossy.clone();
                self.text(&mut covered);
                return if covered == lossy { error.into_bytes() } else { covered.into_bytes() };
            }
        };
        self.text(&mut text);
        text.into_bytes()
    }

    fn headers(&mut self, headers: Vec<(String, String)>) -> Vec<(String, String)> {
        let covered = headers.into_iter().map(|(name, mut value)| {
            // A cookie may let in whoever shows it.
            match name.eq_ignore_ascii_case("set-cookie") || self.redaction.members.has(&name) {
                true => REDACTED.clone_into(&mut value),
                false => self.text(&mut value),
            }
            (name, value)
        });
        covered.collect()
    }

    fn exchange(&mut self, recorded: Recorded) -> Exchange {
        let Recorded { step, request, answer, at, took } = recorded;
        let mut url = request.url;
        if self.redaction.provisioning.as_deref() == Some(url.as_str()) {
            url.truncate(shown_url(&url).len());
        }
        self.text(&mut url);
        let scheme = request.credential.as_ref().map(|credential| credential.scheme().to_owned());
        let request = Sent {
            method: request.method,
            url,
            headers: self.headers(request.headers),
            authorization: scheme,
            body: request.body.map(|body| self.bytes(body)),
        };
        let answer = match answer {
            Ok(answer) => Ok(Received {
                status: answer.status,
                headers: self.headers(answer.headers),
                body: self.bytes(answer.bytes),
                waits: answer.waits,
            }),
            Err(NoAnswer::Unsendable(reason)) => Err(Unanswered::Unsendable(reason)),
            Err(NoAnswer::Transport(reason)) => Err(Unanswered::Transport(reason)),
            Err(NoAnswer::Busy(reason)) => Err(Unanswered::Busy(reason)),
        };
        let mut exchange = Exchange { step, at, took, request, answer };
        self.said(&mut exchange);
        exchange
    }

    /// What the harness says of an exchange in words.
    fn said(&mut self, exchange: &mut Exchange) {
        exchange.step.iter_mut().for_each(|step| self.text(step));
        match &mut exchange.answer {
            Ok(answer) => answer.waits.iter_mut().for_each(|wait| self.text(wait)),
            Err(
                Unanswered::Unsendable(reason)
                | Unanswered::Transport(reason)
                | Unanswered::Busy(reason),
            ) => self.text(reason),
        }
    }

    fn again(&mut self, exchange: &mut Exchange) {
        self.said(exchange);
        let Sent { url, headers, body, .. } = &mut exchange.request;
        self.text(url);
        headers.iter_mut().for_each(|(_, value)| self.text(value));
        *body = body.take().map(|body| self.bytes(body));
        if let Ok(answer) = &mut exchange.answer {
            answer.headers.iter_mut().for_each(|(_, value)| self.text(value));
            answer.body = self.bytes(std::mem::take(&mut answer.body));
        }
    }

    fn report(&mut self, report: &mut CaseReport) {
        for finding in &mut report.findings {
            self.finding(finding);
        }
        let named = report.created.iter_mut().flat_map(|each| {
            [Some(&mut each.path), each.identifier.as_mut()].into_iter().flatten()
        });
        let said = [&mut report.reason, &mut report.rerun].into_iter().flatten();
        for text in said.chain(&mut report.waits).chain(named).chain(&mut report.redrawn) {
            self.text(text);
        }
    }

    fn finding(&mut self, finding: &mut Finding) {
        let Finding { pointer, message, expected, actual, .. } = finding;
        if pointer.split('/').any(|name| self.redaction.members.has(name)) {
            *message = format!("{pointer} is not as it should be: it is {REDACTED}");
            for value in [expected, actual].into_iter().flatten() {
                *value = REDACTED.into();
            }
        }
        for text in
            [&mut finding.message, &mut finding.step, &mut finding.pointer, &mut finding.curl]
        {
            self.text(text);
        }
        for value in [&mut finding.expected, &mut finding.actual].into_iter().flatten() {
            let before = value.to_string();
            let mut text = before.clone();
            self.text(&mut text);
            if text != before {
                *value = serde_json::from_str(&text).unwrap_or(Value::String(text));
            }
        }
    }
}

/// Secrets as they are and as each format writes them, the longest first.
fn written(secrets: &[String]) -> Vec<String> {
    let escaped = |secret: &String| Format::ALL.map(|format| format.escape(secret));
    let mut all: Vec<_> = secrets.iter().flat_map(escaped).collect();
    all.extend(secrets.iter().cloned());
    all.retain(|secret| secret.len() > SHORT);
    all.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    all.dedup();
    all
}

fn replace(text: &mut String, secrets: &[String], by: &str) {
    for secret in secrets {
        if text.contains(secret.as_str()) {
            *text = text.replace(secret.as_str(), by);
        }
    }
}
