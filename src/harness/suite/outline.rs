//! Outlines: what a case is called and which clauses it judges, known before its steps are read.
//!
//! What laws and plans make is written out for it. Of the suite that the binary carries the build does
//! that (`build.rs`, which compiles this file too), so that no start pays for it.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::clause::{self, Clause};
use super::error::{SuiteError, broken, read};
use super::generate;
use super::law::LawFile;

/// A case before its steps are read.
#[derive(Debug, Clone)]
pub struct Outline {
    pub(super) id: Cow<'static, str>,
    pub(super) title: Cow<'static, str>,
    pub(super) api: Cow<'static, str>,
    /// The file that makes it: its path from the repository's root.
    pub(super) file: Cow<'static, str>,
    /// Those that its own steps cite, each once, in order.
    pub(super) clauses: Vec<Cow<'static, str>>,
    /// The case as a file of cases would hold it.
    pub(super) text: Cow<'static, str>,
}

impl Outline {
    /// Returns the id: `<api>/<resource>/<name>`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns what the case shows, in one sentence.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Returns the name of the API that the case belongs to.
    pub fn api(&self) -> &str {
        &self.api
    }

    /// Returns the clauses that its own steps cite, each once, in order.
    pub(crate) fn clauses(&self) -> impl Iterator<Item = &str> {
        self.clauses.iter().map(AsRef::as_ref)
    }

    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    /// Returns the case as a file of cases would hold it.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Returns whether a step of the case's own cites a clause.
    pub(crate) fn judges(&self, clause: &str) -> bool {
        self.clauses().any(|id| id == clause)
    }
}

/// A file of cases. Its resource is for readers, and its schema, which a lint holds, knows no more.
#[derive(Deserialize)]
struct CaseFile<'f> {
    api: String,
    /// Read one by one, so that a fault can name its case.
    #[serde(borrow)]
    cases: Vec<&'f RawValue>,
}

/// Returns the outline of each case that files make, in the order of the files; generated ones come
/// last.
///
/// # Errors
/// The first file, and the case in it, that cannot be read.
pub(crate) fn outlines(files: &[(&str, &[u8])]) -> Result<Vec<Outline>, SuiteError> {
    let mut clauses: HashMap<String, Clause> = HashMap::new();
    let mut outlines = Vec::new();
    let mut plans = Vec::new();
    for (path, bytes) in files {
        match path.strip_prefix("conformance/").and_then(|path| path.split('/').next()) {
            Some("clauses") => clause::add(&mut clauses, path, bytes)?,
            Some("cases") => {
                let file: CaseFile = read(path, bytes)?;
                for case in file.cases {
                    outlines.push(outline(path, &file.api, case.get().to_owned())?);
                }
            }
            Some("laws") => {
                let file: LawFile = read(path, bytes)?;
                for case in file.cases().map_err(|message| broken(path, message))? {
                    outlines.push(outline(path, &file.api, case.to_string())?);
                }
            }
            Some("generated") => plans.push((path, read::<generate::Plan>(path, bytes)?)),
            _ => {}
        }
    }
    for (path, plan) in plans {
        for case in generate::cases(&plan, &clauses) {
            outlines.push(outline(path, &plan.api, case.to_string())?);
        }
    }
    Ok(outlines)
}

fn outline(path: &str, api: &str, text: String) -> Result<Outline, SuiteError> {
    /// As much of a case as its outline tells.
    #[derive(Deserialize)]
    struct Head {
        id: String,
        title: String,
        #[serde(default)]
        steps: Vec<StepHead>,
    }
    #[derive(Deserialize)]
    struct StepHead {
        #[serde(default)]
        expect: Vec<Cited>,
    }
    #[derive(Deserialize)]
    struct Cited {
        clause: String,
    }
    let head: Head =
        serde_json::from_str(&text).map_err(|error| SuiteError::of_case(path, &text, &error))?;
    let mut clauses: Vec<Cow<'static, str>> = Vec::new();
    for cited in head.steps.into_iter().flat_map(|step| step.expect) {
        if !clauses.iter().any(|clause| *clause == cited.clause) {
            clauses.push(cited.clause.into());
        }
    }
    Ok(Outline {
        id: head.id.into(),
        title: head.title.into(),
        api: api.to_owned().into(),
        file: path.to_owned().into(),
        clauses,
        text: text.into(),
    })
}
