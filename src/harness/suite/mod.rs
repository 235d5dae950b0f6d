//! The suite: clauses, cases, examples, fixtures and schemas, read from their files.

mod case;
mod clause;
mod control;
mod document;
mod example;
mod expectation;
mod fixtures;
mod generate;
mod holding;
mod known;
mod law;
mod ledgers;
mod matcher;
mod origin;
pub(crate) mod pointer;
mod reading;
mod reads;
mod relation;
mod row;
mod safety;
mod shape;
mod sight;
mod step;
mod unwrap;
mod variables;
mod xml_style;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, OnceLock};

use ring::digest::{Context, SHA256};
use serde::Deserialize;
use serde_json::Value;

pub use case::{Case, CustomerNoMode};
pub(crate) use case::{Given, Name, Needs, State, Supply, UNDOCUMENTED};
pub use clause::{Clause, ClauseStatus, Level};
pub(crate) use control::{Control, Shared};
pub use document::{Document, DocumentedExchange, Published};
pub(crate) use example::{Example, Place, PrintedRequest, Substitution};
pub(crate) use expectation::{
    Check, Expectation, HeaderCheck, Printed, ProblemCheck, SameAs, Statuses,
};
pub(crate) use fixtures::LedgerRecord;
pub(crate) use holding::{Fixture, Gather, Holding, Learn, Manner, Show};
pub(crate) use known::covers;
#[cfg(test)]
pub(crate) use law::LawFile;
pub(crate) use ledgers::TOKEN_TO_SAY;
pub(crate) use matcher::{Matcher, Matchers};
pub use origin::Origin;
pub use reading::{Passage, Reading};
pub(crate) use reads::{Reads, referred};
pub(crate) use relation::{Bond, Relation, Sum, Total, Totals};
pub(crate) use row::Row;
pub(crate) use safety::{
    draws, draws_of_shared, is_safe, is_safe_method, is_safe_step, may_succeed, steps,
    steps_of_shared, unsafe_requests,
};
pub(crate) use shape::{Asked, Operation, Shape};
pub(crate) use sight::{Sight, Sign};
pub(crate) use step::{
    BodyIn, Capture, Condition, Credentials, ForEach, OwnRequest, Spend, Step, StepRequest,
};
pub(crate) use unwrap::Unwrap;
#[cfg(test)]
pub(crate) use variables::next_variable;
pub(crate) use variables::{Unbound, Variables, text_of};
pub(crate) use xml_style::{Members, XmlStyle};

use crate::data::FILES;
use crate::harness::api::APIS;
use fixtures::Fixtures;

/// The number of bytes of a digest that name a suite.
const DIGEST: usize = 8;

/// All that a run judges by.
#[derive(Debug, Default)]
pub struct Suite {
    pub(crate) documents: Vec<Document>,
    /// By number.
    pub(crate) readings: BTreeMap<u16, Reading>,
    pub(crate) clauses: HashMap<String, Clause>,
    pub(crate) cases: Vec<Case>,
    pub(crate) examples: HashMap<String, Example>,
    /// API, then name.
    pub(crate) given: HashMap<String, BTreeMap<String, Given>>,
    pub(crate) states: BTreeMap<String, State>,
    /// What each variable of the states must be.
    pub(crate) names: BTreeMap<String, Name>,
    /// By API.
    pub(crate) shapes: HashMap<String, Vec<Shape>>,
    /// By API.
    pub(crate) sights: HashMap<String, Vec<Sight>>,
    /// By API.
    pub(crate) holdings: HashMap<String, Vec<Holding>>,
    /// Path from the repository's root to the schema.
    pub(crate) schemas: Arc<HashMap<String, Value>>,
    fixtures: Fixtures,
    /// Computed when it is asked for, if it is that of the embedded files.
    digest: OnceLock<[u8; DIGEST]>,
}

/// A file of the suite that cannot be read as what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuiteError {
    /// The path from the repository's root.
    pub file: String,
    /// The case in it, if it is one that is at fault.
    pub case: Option<String>,
    /// The fault, in words.
    pub message: String,
}

impl fmt::Display for SuiteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.case {
            Some(case) => {
                write!(f, "the suite is at fault: {}, {case}: {}", self.file, self.message)
            }
            None => write!(f, "the suite is at fault: {}: {}", self.file, self.message),
        }
    }
}

impl std::error::Error for SuiteError {}

impl Suite {
    /// Returns the suite that this binary carries, which is read once and stays.
    ///
    /// # Errors
    /// The first file that cannot be read.
    pub fn embedded() -> Result<Arc<Suite>, SuiteError> {
        static EMBEDDED: OnceLock<Result<Arc<Suite>, SuiteError>> = OnceLock::new();
        let read = || Suite::read(FILES.iter().copied()).map(Arc::new);
        EMBEDDED.get_or_init(read).clone()
    }

    /// Returns a suite from files, each with its path from the repository's root. The order of the
    /// APIs, and within each that of the files, is the order of the cases; generated ones come
    /// last.
    ///
    /// # Errors
    /// The first file that cannot be read.
    pub fn from_files<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> Result<Suite, SuiteError> {
        let files: Vec<_> = files.into_iter().collect();
        let suite = Suite::read(files.iter().copied())?;
        Ok(Suite { digest: digest(files).into(), ..suite })
    }

    /// Returns the same without its digest, which is that of the embedded files.
    fn read<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Result<Suite, SuiteError> {
        let mut suite = Suite::default();
        let mut schemas = HashMap::new();
        let mut plans: Vec<(&str, generate::Plan)> = Vec::new();
        for (path, bytes) in files {
            if path.starts_with("schemas/") {
                schemas.insert(path.to_owned(), read(path, bytes)?);
            } else if path.starts_with("conformance/generated/") {
                plans.push((path, read(path, bytes)?));
            } else {
                suite.add(path, bytes)?;
            }
        }
        for (path, plan) in plans {
            for case in generate::cases(&plan, &suite.clauses) {
                suite.cases.push(made_case(path, &plan.api, case)?);
            }
        }
        // Reports go API by API.
        suite.cases.sort_by_key(|case| APIS.iter().position(|api| api.name == case.api));
        suite.schemas = Arc::new(schemas);
        Ok(suite)
    }

    fn add(&mut self, path: &str, bytes: &[u8]) -> Result<(), SuiteError> {
        let folders: Vec<_> = path.split('/').collect();
        match folders.as_slice() {
            ["conformance", "clauses", _] => {
                let file: clause::ClauseFile = read(path, bytes)?;
                for mut clause in file.clauses {
                    clause.place = self.clauses.len();
                    clause.api.clone_from(&file.api);
                    let id = clause.id.clone();
                    if self.clauses.insert(id.clone(), clause).is_some() {
                        return Err(broken(path, format!("the clause {id} stands twice")));
                    }
                }
            }
            ["conformance", "documents.json"] => {
                let file: document::DocumentFile = read(path, bytes)?;
                self.documents = file.documents;
            }
            ["conformance", "readings", _] => {
                let file: reading::ReadingFile = read(path, bytes)?;
                for reading in file.readings {
                    let number = reading.number;
                    if self.readings.insert(number, reading).is_some() {
                        return Err(broken(path, format!("reading {number} stands twice")));
                    }
                }
            }
            ["conformance", "given", _] => {
                let file: case::GivenFile = read(path, bytes)?;
                self.given.entry(file.api).or_default().extend(file.given);
            }
            ["conformance", "cases", ..] => {
                let file: case::CaseFile = read(path, bytes)?;
                for case in file.cases {
                    self.cases.push(written_case(path, &file.api, case.get())?);
                }
            }
            ["conformance", "laws", _] => {
                let file: law::LawFile = read(path, bytes)?;
                for case in file.cases().map_err(|message| broken(path, message))? {
                    self.cases.push(made_case(path, &file.api, case)?);
                }
            }
            ["conformance", "shapes", _] => {
                let file: shape::ShapeFile = read(path, bytes)?;
                self.shapes.entry(file.api).or_default().extend(file.shapes);
            }
            ["conformance", "sights", _] => {
                let file: sight::SightFile = read(path, bytes)?;
                self.sights.entry(file.api).or_default().extend(file.sights);
            }
            ["conformance", "holdings", _] => {
                let file: holding::HoldingFile = read(path, bytes)?;
                self.holdings.entry(file.api).or_default().extend(file.holdings);
            }
            ["conformance", "fixtures", "states.json"] => {
                let file: case::StatesFile = read(path, bytes)?;
                (self.states, self.names) = (file.states, file.names);
            }
            ["conformance", "fixtures", name] if name.ends_with(".ndjson") => {
                self.fixtures.add(bytes).map_err(|message| broken(path, message))?;
            }
            ["examples", _, name] if name.ends_with(".json") => {
                let example: Example = read(path, bytes)?;
                self.examples.insert(example.example.clone(), example);
            }
            _ => {}
        }
        Ok(())
    }

    /// Returns every case, in the order of the files.
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// Returns the records that a target must hold, as NDJSON, each ledger before what belongs to
    /// it.
    pub fn records(&self) -> &[u8] {
        &self.fixtures.records
    }

    /// Returns the digest that identifies this suite: the first eight bytes of a SHA-256 of every
    /// file's path and bytes, in hexadecimal.
    pub fn digest(&self) -> String {
        let digest = self.digest.get_or_init(|| digest(FILES.iter().copied()));
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Returns every clause, in the order of the files.
    pub fn clauses(&self) -> Vec<&Clause> {
        let mut clauses: Vec<_> = self.clauses.values().collect();
        clauses.sort_unstable_by_key(|clause| clause.place);
        clauses
    }

    /// Returns the cases whose own steps judge a clause.
    pub fn cases_of(&self, clause: &Clause) -> Vec<&Case> {
        let judges = |case: &&Case| {
            let mut expectations = case.steps.iter().flat_map(|step| &step.expect);
            expectations.any(|expectation| expectation.clause == clause.id)
        };
        self.cases.iter().filter(judges).collect()
    }

    /// Returns whether every answer of some operations is held to a clause, whatever its case asks.
    pub fn holds_answers_to(&self, clause: &Clause) -> bool {
        let shapes = self.shapes.get(clause.api()).into_iter().flatten();
        shapes.flat_map(|shape| &shape.expect).any(|each| each.clause == clause.id)
    }

    /// Returns the clauses that a case judges.
    pub(crate) fn clauses_of(&self, case: &Case) -> impl Iterator<Item = &Clause> {
        case.clauses().into_iter().filter_map(|id| self.clause(id))
    }

    /// Returns the clause `id`.
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.clauses.get(id)
    }

    /// Returns the case `id`.
    pub fn case(&self, id: &str) -> Option<&Case> {
        self.cases.iter().find(|case| case.id == id)
    }

    /// Returns the documents, in the order of their numbers.
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// Returns the reading of this number.
    pub fn reading(&self, number: u16) -> Option<&Reading> {
        self.readings.get(&number)
    }

    /// Returns every reading, in the order of their numbers.
    pub fn readings(&self) -> impl Iterator<Item = &Reading> {
        self.readings.values()
    }

    pub(crate) fn ledgers(&self) -> &[LedgerRecord] {
        &self.fixtures.ledgers
    }

    /// Returns the holdings of an API: what makes known what a target holds of its resources.
    pub(crate) fn holdings(&self, api: &str) -> &[Holding] {
        self.holdings.get(api).map_or(&[], Vec::as_slice)
    }

    /// Returns the shapes that the answers of an API must have.
    pub(crate) fn shapes(&self, api: &str) -> &[Shape] {
        self.shapes.get(api).map_or(&[], Vec::as_slice)
    }

    /// Returns where the answers of an API show what its target chose.
    pub(crate) fn sights(&self, api: &str) -> &[Sight] {
        self.sights.get(api).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn given(&self, api: &str, name: &str) -> Option<&Given> {
        self.given.get(api)?.get(name)
    }
}

fn broken(path: &str, message: impl ToString) -> SuiteError {
    SuiteError { file: path.to_owned(), case: None, message: message.to_string() }
}

fn read<'f, T: Deserialize<'f>>(path: &str, bytes: &'f [u8]) -> Result<T, SuiteError> {
    serde_json::from_slice(bytes).map_err(|error| broken(path, error))
}

/// Returns a case as it stands in a file.
fn written_case(path: &str, api: &str, text: &str) -> Result<Case, SuiteError> {
    case(path, api, serde_json::from_str(text), || serde_json::from_str(text).unwrap_or_default())
}

/// Returns a case that was made of a law or a plan.
fn made_case(path: &str, api: &str, value: Value) -> Result<Case, SuiteError> {
    let id = value.get("id").and_then(Value::as_str).map(str::to_owned);
    case(path, api, serde_json::from_value(value), || CaseId { id })
}

fn case(
    path: &str,
    api: &str,
    read: Result<Case, serde_json::Error>,
    id: impl FnOnce() -> CaseId,
) -> Result<Case, SuiteError> {
    match read {
        Ok(mut case) => {
            case.api = api.to_owned();
            case.origin = Origin::of_file(path);
            case.file = path.to_owned();
            Ok(case)
        }
        Err(error) => {
            Err(SuiteError { file: path.to_owned(), case: id().id, message: error.to_string() })
        }
    }
}

/// What is left of a case that cannot be read.
#[derive(Default, Deserialize)]
struct CaseId {
    #[serde(default)]
    id: Option<String>,
}

fn digest<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> [u8; DIGEST] {
    let mut context = Context::new(&SHA256);
    for (path, bytes) in files {
        for part in [path.as_bytes(), bytes] {
            context.update(&(part.len() as u64).to_le_bytes());
            context.update(part);
        }
    }
    let mut digest = [0; DIGEST];
    digest.copy_from_slice(&context.finish().as_ref()[..DIGEST]);
    digest
}
