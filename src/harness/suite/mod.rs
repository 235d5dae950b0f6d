//! The suite: clauses, cases, examples, fixtures and schemas, read from their files.

mod case;
mod clause;
mod contents;
mod control;
mod document;
mod embedded;
mod enclosed;
mod error;
mod example;
mod expectation;
mod fixtures;
mod generate;
mod holding;
mod known;
mod law;
mod ledgers;
mod listen;
mod matcher;
mod origin;
mod outline;
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

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};
use std::thread;

use ring::digest::{Context, SHA256};
use serde_json::Value;

pub use case::{Case, CustomerNoMode};
pub(crate) use case::{Needs, State, Supply, UNDOCUMENTED};
pub use clause::{Clause, ClauseStatus, Level};
pub use contents::Contents;
pub(crate) use control::{Control, Shared};
pub use document::{Document, DocumentedExchange, Published};
pub use error::SuiteError;
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
pub(crate) use listen::Listen;
pub(crate) use matcher::{Matcher, Matchers};
pub use origin::Origin;
pub use outline::Outline;
pub use reading::{Passage, Reading};
pub(crate) use reads::{Reads, referred};
pub(crate) use relation::{Bond, Relation, Sum, Total, Totals};
pub(crate) use row::Row;
pub(crate) use safety::{
    draws, draws_of_shared, is_safe, is_safe_method, is_safe_step, may_succeed, steps,
    steps_of_shared, unsafe_requests,
};
#[cfg(test)]
pub(crate) use shape::Shape;
pub(crate) use shape::{Asked, Operation};
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
use error::read;

/// The number of bytes of a digest that name a suite.
const DIGEST: usize = 8;

/// All that a run judges by.
#[derive(Debug, Clone, Default)]
pub struct Suite {
    contents: Contents,
    /// In the order of the outlines.
    pub(crate) cases: Vec<Case>,
    /// By API.
    pub(crate) sights: HashMap<String, Vec<Sight>>,
    /// Path from the repository's root to the schema.
    pub(crate) schemas: Arc<HashMap<String, Value>>,
    /// Computed when it is asked for, if it is that of the embedded files.
    digest: OnceLock<[u8; DIGEST]>,
}

impl Deref for Suite {
    type Target = Contents;

    fn deref(&self) -> &Contents {
        &self.contents
    }
}

impl Suite {
    /// Returns the suite that this binary carries, which is read once and stays.
    ///
    /// # Errors
    /// The first file that cannot be read.
    pub fn embedded() -> Result<Arc<Suite>, SuiteError> {
        static EMBEDDED: OnceLock<Result<Arc<Suite>, SuiteError>> = OnceLock::new();
        let read = || Suite::read(FILES, embedded::outlines()).map(Arc::new);
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
        let suite = Suite::read(&files, embedded::in_order(outline::outlines(&files)?))?;
        Ok(Suite { digest: digest(files).into(), ..suite })
    }

    /// Returns the same without its digest, which is that of the embedded files.
    fn read(files: &[(&str, &[u8])], outlines: Vec<Outline>) -> Result<Suite, SuiteError> {
        let (cases, rest) = thread::scope(|scope| {
            let cases = scope.spawn(|| read_cases(&outlines));
            let rest = Suite::without_cases(files);
            (cases.join(), rest)
        });
        let cases = cases.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let mut suite = rest?;
        suite.cases = cases?;
        suite.contents.outlines = outlines;
        Ok(suite)
    }

    /// Returns the same for a target that is to keep to a profile: the levels are those of the profile.
    pub fn under(self: Arc<Suite>, profile: Option<&str>) -> Arc<Suite> {
        let Some(profile) = profile else { return self };
        let mut suite = Suite::clone(&self);
        suite.contents.keep_to(profile);
        Arc::new(suite)
    }

    fn without_cases(files: &[(&str, &[u8])]) -> Result<Suite, SuiteError> {
        let mut suite = Suite { contents: Contents::without_cases(files)?, ..Suite::default() };
        let mut schemas = HashMap::new();
        for (path, bytes) in files {
            if path.starts_with("schemas/") {
                schemas.insert((*path).to_owned(), read(path, bytes)?);
            } else if path.starts_with("conformance/sights/") {
                let file: sight::SightFile = read(path, bytes)?;
                suite.sights.entry(file.api).or_default().extend(file.sights);
            }
        }
        suite.schemas = Arc::new(schemas);
        Ok(suite)
    }

    /// Returns every case, in the order of the files.
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// Returns the digest that identifies this suite: the first eight bytes of a SHA-256 of every
    /// file's path and bytes, in hexadecimal.
    pub fn digest(&self) -> String {
        let digest = self.digest.get_or_init(|| digest(FILES.iter().copied()));
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Returns the case `id`.
    pub fn case(&self, id: &str) -> Option<&Case> {
        self.cases.iter().find(|case| case.id == id)
    }

    /// Returns where the answers of an API show what its target chose.
    pub(crate) fn sights(&self, api: &str) -> &[Sight] {
        self.sights.get(api).map_or(&[], Vec::as_slice)
    }
}

/// Reads the cases of their outlines, on as many threads as the machine runs.
fn read_cases(outlines: &[Outline]) -> Result<Vec<Case>, SuiteError> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let part = outlines.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let read = |part: &'_ [Outline]| part.iter().map(Case::read).collect::<Result<Vec<_>, _>>();
        let parts: Vec<_> =
            outlines.chunks(part).map(|part| scope.spawn(move || read(part))).collect();
        let mut cases = Vec::with_capacity(outlines.len());
        for part in parts {
            cases.extend(part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        Ok(cases)
    })
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
