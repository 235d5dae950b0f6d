//! Redaction: what no output may show, which is credentials and what lets in, and the members that
//! the operator names. It is taken out where it is kept, so that nothing that is written has ever
//! held it.

use std::collections::BTreeSet;
use std::io::Read as _;

use serde_json::Value;

use super::mask::{Names, REDACTED};
use super::spelled::{SHORT, Spelled};
use crate::harness::api::Format;
use crate::harness::compare::{Kind, shown};
use crate::harness::outcome::{CaseReport, Finding, Redact, SafeExchange, SafeRequest};
use crate::harness::subject::{Target, shown_url};
use crate::harness::wire::{Exchange, LongBody, Request, utf_16};

/// The text in the place of a credential.
pub(super) const CREDENTIAL: &str = "$TOKEN";
/// No secret is written in more bytes.
const LONGEST_SECRET: usize = 4 << 10;

/// The secrets that are to be taken out of everything that is kept.
#[derive(Debug)]
pub struct Redaction {
    secrets: Spelled,
    pub(super) members: Names,
    /// Whether anything lets in to the target.
    pub(super) has_credentials: bool,
    /// A URL whose query may hold what lets in.
    provisioning: Option<String>,
}

impl Redaction {
    /// Returns what is secret at a target: its credentials, and the members that its operator
    /// names.
    pub fn of(target: &Target) -> Redaction {
        let secrets = target.secrets();
        Redaction {
            secrets: Spelled::new(&secrets),
            has_credentials: !secrets.is_empty(),
            members: Names::new(&target.redact),
            provisioning: target.provisioning_url().map(str::to_owned),
        }
    }

    /// Returns a request without what is secret, as far as it is known from the request alone.
    pub(super) fn request(&self, request: Request) -> SafeRequest {
        Cover { redaction: self, found: BTreeSet::new(), values: Vec::new() }.request(request)
    }

    fn cover(&self, recorded: Vec<Exchange>) -> (Cover<'_>, Vec<SafeExchange>) {
        let mut cover = Cover { redaction: self, found: BTreeSet::new(), values: Vec::new() };
        let mut exchanges: Vec<_> = recorded.into_iter().map(|each| cover.exchange(each)).collect();
        cover.values = written(&cover.found.iter().cloned().collect::<Vec<_>>());
        // A mark that is marked again would be none.
        cover.values.retain(|value| !REDACTED.contains(value.as_str()));
        if !cover.values.is_empty() {
            // A value that one exchange names may stand in another without its name.
            exchanges.iter_mut().for_each(|each| cover.again(each));
        }
        (cover, exchanges)
    }
}

impl Redact for Redaction {
    fn text(&self, text: &mut String) {
        self.secrets.take_out(text, CREDENTIAL);
    }

    fn said(&self, text: &mut String) {
        let mut cover = Cover { redaction: self, found: BTreeSet::new(), values: Vec::new() };
        cover.text(text);
        cover.values = written(&cover.found.iter().cloned().collect::<Vec<_>>());
        cover.text(text);
    }

    fn case(&self, report: &mut CaseReport, exchanges: Vec<Exchange>) -> Vec<SafeExchange> {
        let (mut cover, exchanges) = self.cover(exchanges);
        cover.report(report);
        exchanges
    }

    fn exchanges(&self, exchanges: Vec<Exchange>) -> Vec<SafeExchange> {
        self.cover(exchanges).1
    }

    fn learns_from_exchanges(&self) -> bool {
        !self.members.is_empty()
    }
}

/// The redaction of one case, and the values of members that its exchanges name.
struct Cover<'r> {
    redaction: &'r Redaction,
    found: BTreeSet<String>,
    /// The values found, in every way in which they may be written.
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
        // What stands there two bytes a letter is found in no other reading of it.
        if let Some(text) = utf_16(&bytes) {
            let mut covered = text.clone();
            self.text(&mut covered);
            return if covered == text { bytes } else { covered.into_bytes() };
        }
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

    fn request(&mut self, request: Request) -> SafeRequest {
        let mut url = request.url;
        if self.redaction.provisioning.as_deref() == Some(url.as_str()) {
            url.truncate(shown_url(&url).len());
        }
        self.text(&mut url);
        let scheme = request.credential.as_ref().map(|credential| credential.scheme().to_owned());
        SafeRequest {
            method: request.method,
            url,
            headers: self.headers(request.headers),
            authorization: scheme,
            body: request.body.map(|body| self.bytes(body)),
        }
    }

    fn exchange(&mut self, recorded: Exchange) -> SafeExchange {
        let Exchange { step, request, answer, at, took } = recorded;
        let request = self.request(request);
        let answer = match answer {
            Ok(mut answer) => {
                if let Some(long) = &answer.long {
                    self.learn(long);
                }
                answer.headers = self.headers(answer.headers);
                answer.body = self.bytes(answer.body);
                if answer.long.is_some() {
                    // Half a secret may stand at the end, which is not known for one.
                    answer.cut(answer.body.len().saturating_sub(LONGEST_SECRET));
                }
                Ok(answer)
            }
            Err(no_answer) => Err(no_answer),
        };
        let mut exchange = SafeExchange { step, at, took, request, answer };
        self.said(&mut exchange);
        exchange
    }

    /// Takes note of the values of the members that a long body names, which is not kept whole.
    fn learn(&mut self, long: &LongBody) {
        let names = &self.redaction.members;
        if names.is_empty() {
            return;
        }
        let Ok(mut body) = long.read(0, long.length) else { return };
        let mut window = Vec::new();
        while body.by_ref().take(1 << 20).read_to_end(&mut window).is_ok_and(|read| read > 0) {
            names.mask(&String::from_utf8_lossy(&window), &mut self.found);
            // What is cut in two at the end is whole in the next.
            window.drain(..window.len().saturating_sub(LONGEST_SECRET));
        }
    }

    /// Takes what is secret out of what the harness says of an exchange in words.
    fn said(&mut self, exchange: &mut SafeExchange) {
        exchange.step.iter_mut().for_each(|step| self.text(step));
        match &mut exchange.answer {
            Ok(answer) => answer.waits.iter_mut().for_each(|wait| self.text(wait)),
            Err(no_answer) => self.text(no_answer.reason_mut()),
        }
    }

    fn again(&mut self, exchange: &mut SafeExchange) {
        self.said(exchange);
        let SafeRequest { url, headers, body, .. } = &mut exchange.request;
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
        let of_others = report.others.iter_mut();
        let of_controls = report.controls.iter_mut().filter_map(|(_, said)| said.as_mut());
        let kept = report.redrawn.iter_mut().chain(of_others).chain(of_controls);
        for text in said.chain(&mut report.waits).chain(named).chain(kept) {
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
        self.text(&mut finding.operation);
        if let Kind::Header(what) | Kind::Problem(what) | Kind::Member(what) = &mut finding.kind {
            self.text(what);
        }
        if let Some(said) = &mut finding.said {
            self.text(said);
            *said = shown(said);
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

/// Returns values as they are and as each format writes them, the longest first.
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
