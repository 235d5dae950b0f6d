//! Writing a bundle, and reading one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::Value;

use super::converted::converted;
use super::packed::{is_packed, packed, unpacked};
use super::record::{
    Bodies, BodyRecord, CaseRecord, ExchangeRecord, Head, Line, RunRecord, Seal, Signature,
};
use super::seal::{PublicKey, SigningKey, sha256};
use crate::harness::outcome::{RunReport, SafeExchange, json};
use crate::harness::run::Judge;
use crate::input::encoding::unmarked;
use crate::input::strict_json;

const ALGORITHM: &str = "Ed25519";

/// A bundle whose bytes are those that were written.
#[derive(Debug)]
pub struct Bundle {
    /// SHA-256 of its content, in hexadecimal.
    pub digest: String,
    /// The key that it is signed by, if it is.
    pub signer: Option<PublicKey>,
    pub(super) run: Box<RunRecord>,
    /// The report of its run, as `--report json` writes it.
    pub report: Value,
    /// The exchanges before the first case.
    pub(super) before: Vec<SafeExchange>,
    pub(super) cases: Vec<Kept>,
}

/// A case as it was kept.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) id: String,
    pub(super) redrawn: Vec<String>,
    pub(super) others: Vec<String>,
    pub(super) controls: Vec<(String, Option<String>)>,
    pub(super) exchanges: Vec<SafeExchange>,
}

/// Returns the bundle of a run that kept its exchanges.
///
/// # Errors
/// It cannot be written as JSON.
pub fn write(judge: &Judge, run: &RunReport, key: Option<&SigningKey>) -> Result<Vec<u8>, String> {
    let mut bodies = Bodies::default();
    let mut content = Vec::new();
    line(&mut content, &Line::Run(Box::new(facts(judge, run))))?;
    line(&mut content, &Line::Report(json(run, judge.suite())))?;
    let before = run.before.iter().map(|each| ExchangeRecord::of(each, &mut bodies)).collect();
    behind_its_bodies(&mut content, &mut bodies, &Line::Before(before))?;
    for case in &run.cases {
        let exchanges = case.exchanges.iter();
        let record = CaseRecord {
            id: case.id.clone(),
            redrawn: case.redrawn.clone(),
            others: case.others.clone(),
            controls: case.controls.clone(),
            exchanges: exchanges.map(|each| ExchangeRecord::of(each, &mut bodies)).collect(),
        };
        behind_its_bodies(&mut content, &mut bodies, &Line::Case(record))?;
    }

    let mut bytes = Vec::new();
    line(&mut bytes, &Head { file: Head::KIND.to_owned(), content: sha256(&content) })?;
    let signature = key.map(|key| Signature {
        algorithm: ALGORITHM.to_owned(),
        public_key: key.public().to_string(),
        value: STANDARD.encode(key.sign(&bytes)),
    });
    line(&mut bytes, &Seal { signature })?;
    bytes.extend(content);
    packed(&bytes)
}

/// Writes a line of exchanges behind those of the bodies that no line before it has. What is alike
/// stands close together, which compresses best.
fn behind_its_bodies(
    content: &mut Vec<u8>,
    bodies: &mut Bodies,
    exchanges: &Line,
) -> Result<(), String> {
    for digest in bodies.take_new() {
        let bytes = bodies.get(&digest)?;
        line(content, &Line::Body(BodyRecord::of(&digest, &bytes)))?;
    }
    line(content, exchanges)
}

fn facts(judge: &Judge, run: &RunReport) -> RunRecord {
    RunRecord {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        suite: judge.suite().digest(),
        seed: judge.seed(),
        selection: run.selection.clone(),
        target: judge.target().record(),
    }
}

fn line(to: &mut Vec<u8>, value: &impl Serialize) -> Result<(), String> {
    serde_json::to_writer(&mut *to, value).map_err(|error| error.to_string())?;
    to.push(b'\n');
    Ok(())
}

impl Bundle {
    /// Returns whether a file begins as a bundle does.
    pub fn is_one(bytes: &[u8]) -> bool {
        is_packed(bytes) || unmarked(bytes).starts_with(b"{\"file\":\"etalon bundle")
    }

    /// Reads a bundle and checks every digest and the signature that it has.
    ///
    /// # Errors
    /// A sentence: what is not as it was written.
    pub fn read(bytes: &[u8]) -> Result<Bundle, String> {
        let bytes = &*unpacked(bytes)?;
        if let Some(how) = converted(bytes) {
            return Err(how);
        }
        let whole =
            || "it is no bundle of `etalon certify --bundle`, or not a whole one".to_owned();
        let end = |from: usize| {
            let found = bytes[from..].iter().position(|byte| *byte == b'\n');
            found.map(|at| from + at + 1).ok_or_else(whole)
        };
        let first = end(0)?;
        let second = end(first)?;
        let (top, content) = (&bytes[..first], &bytes[second..]);
        let head: Head = exact(top).ok_or_else(whole)?;
        if head.file != Head::KIND {
            return Err(format!(
                "it is of the kind `{}`; this version reads `{}`",
                head.file,
                Head::KIND
            ));
        }
        if sha256(content) != head.content {
            return Err(
                "its content is not what its first line says: it was changed after it was \
                        written"
                    .to_owned(),
            );
        }
        let seal: Seal = exact(&bytes[first..second]).ok_or_else(|| {
            "its second line is no signature: it was changed after it was written".to_owned()
        })?;
        let signer = seal.signature.map(|signature| signed(top, &signature)).transpose()?;
        read(content, head.content, signer)
    }
}

/// Reads a line that is written just as it would be again, so that no byte of it can be another.
fn exact<T: Serialize + serde::de::DeserializeOwned>(text: &[u8]) -> Option<T> {
    let value = serde_json::from_slice(text).ok()?;
    let mut again = Vec::new();
    line(&mut again, &value).ok()?;
    (again == text).then_some(value)
}

fn signed(message: &[u8], signature: &Signature) -> Result<PublicKey, String> {
    let forged = || "its signature is not that of its content".to_owned();
    if signature.algorithm != ALGORITHM {
        return Err(format!("it is signed by {}, and not by {ALGORITHM}", signature.algorithm));
    }
    let key = PublicKey::from_text(&signature.public_key);
    let key = key.map_err(|why| format!("its key is none: {why}"))?.ok_or_else(forged)?;
    let value = STANDARD.decode(&signature.value).map_err(|_| forged())?;
    key.has_signed(message, &value).then_some(key).ok_or_else(forged)
}

fn read(content: &[u8], digest: String, signer: Option<PublicKey>) -> Result<Bundle, String> {
    let (mut run, mut report, mut before) = (None, None, None);
    let mut bodies = Bodies::default();
    let mut records = Vec::new();
    for (number, text) in content.split_inclusive(|byte| *byte == b'\n').enumerate() {
        // Two lines stand before the content.
        let number = number + 3;
        let misplaced = |what: &str| format!("line {number}: {what} stands out of its place");
        match line_of(text).map_err(|fault| format!("line {number} {fault}"))? {
            Line::Run(found) if number == 3 => run = Some(found),
            Line::Run(_) => return Err(misplaced("a run")),
            Line::Report(found) if number == 4 => report = Some(found),
            Line::Report(_) => return Err(misplaced("a report")),
            Line::Body(body) => {
                let body = body.read().and_then(|body| bodies.add(body));
                body.map_err(|fault| format!("line {number}: {fault}"))?;
            }
            Line::Before(found) if before.is_none() => {
                bodies.used_by(&found).map_err(|fault| format!("line {number}: {fault}"))?;
                before = Some(found);
            }
            Line::Before(_) => return Err(misplaced("what was before the first case")),
            Line::Case(case) if before.is_some() => {
                let used = bodies.used_by(&case.exchanges);
                used.map_err(|fault| format!("line {number}: {fault}"))?;
                records.push(case);
            }
            Line::Case(_) => return Err(misplaced("a case")),
        }
    }
    bodies.used_by(&[])?;
    let missing = |what: &str| format!("it holds no {what}");
    let before = before.ok_or_else(|| missing("exchanges before the first case"))?;
    let exchanges = |records: Vec<ExchangeRecord>| {
        records.into_iter().map(|exchange| exchange.read(&bodies)).collect::<Result<Vec<_>, _>>()
    };
    let cases = records.into_iter().map(|case| {
        let CaseRecord { id, redrawn, others, controls, exchanges: kept } = case;
        let exchanges = exchanges(kept).map_err(|fault| format!("the case {id}: {fault}"))?;
        Ok(Kept { id, redrawn, others, controls, exchanges })
    });
    let cases = cases.collect::<Result<_, String>>()?;
    Ok(Bundle {
        digest,
        signer,
        cases,
        before: exchanges(before).map_err(|fault| format!("before the first case: {fault}"))?,
        run: run.ok_or_else(|| missing("run"))?,
        report: report.ok_or_else(|| missing("report"))?,
    })
}

/// Reads a line of the content, which says nothing twice and nothing that this version does not know.
///
/// # Errors
/// What is wrong with it, to follow `line 7`.
fn line_of(text: &[u8]) -> Result<Line, String> {
    strict_json::read(text).map_err(|fault| format!("cannot be read: {fault}"))?;
    let fault = match serde_json::from_slice::<Line>(text) {
        Ok(_) => "a member of it is unknown, or written as no run writes it".to_owned(),
        Err(error) => error.to_string(),
    };
    exact(text).ok_or(format!("is none that `etalon certify --bundle` writes: {fault}"))
}
