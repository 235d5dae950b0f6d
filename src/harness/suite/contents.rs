//! What the suite says of itself: documents, readings, clauses, and its cases by what they are called.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::case::{self, Case, Given, Name, State};
use super::clause::{self, Clause};
use super::document::{self, Document};
use super::embedded;
use super::error::{SuiteError, broken, read};
use super::example::Example;
use super::fixtures::{Fixtures, LedgerRecord};
use super::holding::{self, Holding};
use super::outline::Outline;
use super::reading::{self, Reading};
use super::shape::{self, Shape};
use crate::data::FILES;
use crate::input::suggest::did_you_mean;

/// The suite without its schemas and the steps of its cases: what is told of it, and which of its
/// cases a run would judge, is known from this.
#[derive(Debug, Clone, Default)]
pub struct Contents {
    pub(crate) documents: Vec<Document>,
    /// By number.
    pub(crate) readings: BTreeMap<u16, Reading>,
    pub(crate) clauses: HashMap<String, Clause>,
    /// Of every case, in their order.
    pub(crate) outlines: Vec<Outline>,
    pub(crate) examples: HashMap<String, Example>,
    /// API, then name.
    pub(crate) given: HashMap<String, BTreeMap<String, Given>>,
    pub(crate) states: BTreeMap<String, State>,
    /// What each variable of the states must be.
    pub(crate) names: BTreeMap<String, Name>,
    /// By API.
    pub(crate) shapes: HashMap<String, Vec<Shape>>,
    /// By API.
    pub(crate) holdings: HashMap<String, Vec<Holding>>,
    fixtures: Fixtures,
}

impl Contents {
    /// Returns those of the suite that this binary carries.
    ///
    /// # Errors
    /// The first file that cannot be read.
    pub fn embedded() -> Result<Contents, SuiteError> {
        Ok(Contents { outlines: embedded::outlines(), ..Contents::without_cases(FILES)? })
    }

    pub(super) fn without_cases(files: &[(&str, &[u8])]) -> Result<Contents, SuiteError> {
        let mut contents = Contents::default();
        for (path, bytes) in files {
            contents.add(path, bytes)?;
        }
        Ok(contents)
    }

    fn add(&mut self, path: &str, bytes: &[u8]) -> Result<(), SuiteError> {
        let folders: Vec<_> = path.split('/').collect();
        match folders.as_slice() {
            ["conformance", "clauses", _] => clause::add(&mut self.clauses, path, bytes)?,
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
            ["conformance", "shapes", _] => {
                let file: shape::ShapeFile = read(path, bytes)?;
                self.shapes.entry(file.api).or_default().extend(file.shapes);
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

    /// Gives each clause the level that it has in a profile.
    pub(super) fn keep_to(&mut self, profile: &str) {
        for clause in self.clauses.values_mut() {
            if let Some(level) = clause.profile.get(profile) {
                clause.level = *level;
            }
        }
    }

    /// Returns a profile that a clause speaks of.
    ///
    /// # Errors
    /// A sentence: none does, and what was probably meant.
    pub(crate) fn profile(&self, name: String) -> Result<String, String> {
        let all: BTreeSet<_> = self.clauses.values().flat_map(|it| it.profile.keys()).collect();
        if all.contains(&name) {
            return Ok(name);
        }
        let meant = did_you_mean(&name, all.iter().map(|profile| profile.as_str()));
        let all: Vec<_> = all.into_iter().map(String::as_str).collect();
        Err(format!("there is no profile {name}{meant}; there are {}", all.join(", ")))
    }

    /// Returns the outline of every case, in the order of the files.
    pub fn outlines(&self) -> &[Outline] {
        &self.outlines
    }

    /// Reads the case `id`, if there is one.
    ///
    /// # Errors
    /// It is no case as cases are.
    pub fn read_case(&self, id: &str) -> Result<Option<Case>, SuiteError> {
        self.outlines.iter().find(|outline| outline.id() == id).map(Case::read).transpose()
    }

    /// Returns the records that a target must hold, as NDJSON, each ledger before what belongs to
    /// it.
    pub fn records(&self) -> &[u8] {
        &self.fixtures.records
    }

    /// Returns every clause, in the order of the files.
    pub fn clauses(&self) -> Vec<&Clause> {
        let mut clauses: Vec<_> = self.clauses.values().collect();
        clauses.sort_unstable_by_key(|clause| clause.place);
        clauses
    }

    /// Returns the cases whose own steps judge a clause.
    pub fn cases_of(&self, clause: &Clause) -> Vec<&Outline> {
        self.outlines.iter().filter(|case| case.judges(&clause.id)).collect()
    }

    /// Returns, of each clause that the steps of cases judge, these cases.
    pub fn cases_by_clause(&self) -> HashMap<&str, Vec<&Outline>> {
        let mut by_clause: HashMap<&str, Vec<&Outline>> = HashMap::new();
        for outline in &self.outlines {
            for clause in outline.clauses() {
                by_clause.entry(clause).or_default().push(outline);
            }
        }
        by_clause
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

    pub(crate) fn given(&self, api: &str, name: &str) -> Option<&Given> {
        self.given.get(api)?.get(name)
    }
}
