//! The lines of a bundle.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::seal::sha256;
use crate::harness::outcome::{SafeExchange, SafeRequest, Selection, date_time};
use crate::harness::subject::TargetRecord;
use crate::harness::wire::{Answer, LongBody, NoAnswer};

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    /// The kind of file: [`Head::KIND`].
    pub(super) file: String,
    /// SHA-256 of all that follows the second line.
    pub(super) content: String,
}

impl Head {
    pub(super) const KIND: &str = "etalon bundle 4";
}

/// The second line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Seal {
    pub(super) signature: Option<Signature>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Signature {
    pub(super) algorithm: String,
    pub(super) public_key: String,
    pub(super) value: String,
}

/// Every line from the third on.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) enum Line {
    Run(Box<RunRecord>),
    /// As `--report json` writes it.
    Report(Value),
    Body(BodyRecord),
    /// The exchanges before the first case.
    Before(Vec<ExchangeRecord>),
    Case(CaseRecord),
}

/// The facts that a verdict depends on beside the exchanges of its case.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct RunRecord {
    /// The version that judged.
    pub(super) version: String,
    /// The suite's digest.
    pub(super) suite: String,
    /// The seed from which identifiers were drawn.
    pub(super) seed: u64,
    /// The cases that were asked for.
    pub(super) selection: Selection,
    pub(super) target: TargetRecord,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BodyRecord {
    pub(super) sha256: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) text: Option<String>,
    /// Where it is no UTF-8.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) base64: Option<String>,
}

impl BodyRecord {
    pub(super) fn of(sha256: &str, bytes: &[u8]) -> BodyRecord {
        let sha256 = sha256.to_owned();
        match std::str::from_utf8(bytes) {
            Ok(text) => BodyRecord { sha256, text: Some(text.to_owned()), base64: None },
            Err(_) => BodyRecord { sha256, text: None, base64: Some(STANDARD.encode(bytes)) },
        }
    }

    /// Returns the digest of the body, and its bytes.
    ///
    /// # Errors
    /// It is not what its digest says.
    pub(super) fn read(self) -> Result<(String, Vec<u8>), String> {
        let bytes = match (self.text, self.base64) {
            (Some(text), None) => Some(text.into_bytes()),
            (None, Some(base64)) => STANDARD.decode(base64).ok(),
            _ => None,
        };
        let bytes = bytes.filter(|bytes| sha256(bytes) == self.sha256);
        let bytes = bytes.ok_or_else(|| format!("the body {} is another", self.sha256))?;
        Ok((self.sha256, bytes))
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CaseRecord {
    pub(super) id: String,
    /// The identifiers that it drew and another case had drawn before.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub(super) redrawn: Vec<String>,
    /// The records of other cases that were left out of what is said of it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub(super) others: Vec<String>,
    /// The controls that another case had sent for it, and what was answered to each that was refused.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub(super) controls: Vec<(String, Option<String>)>,
    pub(super) exchanges: Vec<ExchangeRecord>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ExchangeRecord {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    step: Option<String>,
    at: String,
    micros: u64,
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    authorization: Option<String>,
    /// The body's digest.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    body: Option<String>,
    answer: AnswerRecord,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", untagged)]
enum AnswerRecord {
    Answered {
        status: u16,
        headers: Vec<(String, String)>,
        body: String,
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        waits: Vec<String>,
        /// How many bytes the body had, where only its beginning was kept.
        #[serde(rename = "cutFrom", skip_serializing_if = "Option::is_none", default)]
        cut_from: Option<u64>,
    },
    /// No answer came: whose fault, and why.
    Unanswered { fault: NoAnswerKind, reason: String },
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum NoAnswerKind {
    Unsendable,
    Unreached,
    Transport,
    Busy,
    Excess,
}

/// Bodies by their digests.
#[derive(Debug, Default)]
pub(super) struct Bodies {
    all: BTreeMap<String, Vec<u8>>,
    /// Those that no line of exchanges has shown yet, in the order in which they came.
    new: Vec<String>,
}

impl Bodies {
    fn keep(&mut self, bytes: &[u8]) -> String {
        let digest = sha256(bytes);
        if !self.all.contains_key(&digest) {
            self.all.insert(digest.clone(), bytes.to_owned());
            self.new.push(digest.clone());
        }
        digest
    }

    pub(super) fn get(&self, digest: &str) -> Result<Vec<u8>, String> {
        let found = self.all.get(digest).cloned();
        found.ok_or_else(|| format!("the body {digest} is missing"))
    }

    /// Returns the digests of those that were kept since this was last asked.
    pub(super) fn take_new(&mut self) -> Vec<String> {
        std::mem::take(&mut self.new)
    }

    /// Adds a body that was read.
    ///
    /// # Errors
    /// It stands twice.
    pub(super) fn add(&mut self, (digest, bytes): (String, Vec<u8>)) -> Result<(), String> {
        if self.all.contains_key(&digest) {
            return Err(format!("the body {digest} stands twice"));
        }
        self.new.push(digest.clone());
        self.all.insert(digest, bytes);
        Ok(())
    }

    /// Takes note of the exchanges of a line, which are the first to show the bodies that stand
    /// before it, in their order.
    ///
    /// # Errors
    /// They are not.
    pub(super) fn used_by(&mut self, exchanges: &[ExchangeRecord]) -> Result<(), String> {
        let new = self.take_new();
        let mut expected = new.iter().peekable();
        for digest in exchanges.iter().flat_map(ExchangeRecord::digests) {
            if !self.all.contains_key(digest) {
                return Err(format!("the body {digest} is missing"));
            }
            expected.next_if(|next| *next == digest);
        }
        match expected.next() {
            Some(unused) => Err(format!(
                "the body {unused} is that of no exchange of the line behind it, or out of its order"
            )),
            None => Ok(()),
        }
    }
}

impl ExchangeRecord {
    pub(super) fn of(exchange: &SafeExchange, bodies: &mut Bodies) -> ExchangeRecord {
        let SafeExchange { step, at, took, request, answer } = exchange;
        let unanswered =
            |fault, reason: &String| AnswerRecord::Unanswered { fault, reason: reason.clone() };
        ExchangeRecord {
            step: step.clone(),
            at: date_time(*at),
            micros: took.as_micros() as u64,
            method: request.method.clone(),
            url: request.url.clone(),
            headers: request.headers.clone(),
            authorization: request.authorization.clone(),
            body: request.body.as_deref().map(|body| bodies.keep(body)),
            answer: match answer {
                Ok(answer) => AnswerRecord::Answered {
                    status: answer.status,
                    headers: answer.headers.clone(),
                    body: bodies.keep(&answer.body),
                    waits: answer.waits.clone(),
                    cut_from: answer.cut_from(),
                },
                Err(NoAnswer::Unsendable(reason)) => unanswered(NoAnswerKind::Unsendable, reason),
                Err(NoAnswer::Unreached(reason)) => unanswered(NoAnswerKind::Unreached, reason),
                Err(NoAnswer::Transport(reason)) => unanswered(NoAnswerKind::Transport, reason),
                Err(NoAnswer::Busy(reason)) => unanswered(NoAnswerKind::Busy, reason),
                Err(NoAnswer::Excess(reason)) => unanswered(NoAnswerKind::Excess, reason),
            },
        }
    }

    /// Returns the digests of its bodies.
    pub(super) fn digests(&self) -> impl Iterator<Item = &str> {
        let answered = match &self.answer {
            AnswerRecord::Answered { body, .. } => Some(body),
            AnswerRecord::Unanswered { .. } => None,
        };
        self.body.iter().chain(answered).map(String::as_str)
    }

    /// Returns the exchange, with its bodies.
    ///
    /// # Errors
    /// A body of it is missing, or its time is none.
    pub(super) fn read(self, bodies: &Bodies) -> Result<SafeExchange, String> {
        let at = moment(&self.at)?;
        let answer = match self.answer {
            AnswerRecord::Answered { status, headers, body, waits, cut_from } => {
                let long = cut_from.map(|length| Arc::new(LongBody::gone(length)));
                Ok(Answer { status, headers, body: bodies.get(&body)?, waits, long })
            }
            AnswerRecord::Unanswered { fault, reason } => Err(match fault {
                NoAnswerKind::Unsendable => NoAnswer::Unsendable(reason),
                NoAnswerKind::Unreached => NoAnswer::Unreached(reason),
                NoAnswerKind::Transport => NoAnswer::Transport(reason),
                NoAnswerKind::Busy => NoAnswer::Busy(reason),
                NoAnswerKind::Excess => NoAnswer::Excess(reason),
            }),
        };
        Ok(SafeExchange {
            step: self.step,
            at,
            took: Duration::from_micros(self.micros),
            request: SafeRequest {
                method: self.method,
                url: self.url,
                headers: self.headers,
                authorization: self.authorization,
                body: self.body.map(|digest| bodies.get(&digest)).transpose()?,
            },
            answer,
        })
    }
}

/// Reads a moment that is written just as a run writes one.
///
/// # Errors
/// It is not.
pub(super) fn moment(text: &str) -> Result<SystemTime, String> {
    let at = chrono::DateTime::parse_from_rfc3339(text).map(SystemTime::from).ok();
    let at = at.filter(|at| date_time(*at) == text);
    at.ok_or_else(|| format!("`{text}` is no date and time as a run writes it"))
}
