//! The audit's own data: the faults of behaviour that it seeds, and the list of what it excuses.
//! The suite counts both in its digest, and knows nothing more of them.

use serde::de::DeserializeOwned;

use super::excused::{Excuse, Excuses};
use super::fault::{Behaviour, BehaviourFile};
use crate::data;
use crate::harness::outcome::Refusal;

/// The folder of the faults of behaviour, a file an API.
const FAULTS: &str = "conformance/faults/";
/// The list of the excused.
const EXCUSED: &str = "conformance/excused.json";

/// The faults that the audit seeds, and what it excuses.
#[derive(Debug, Default)]
pub struct Seeds {
    pub(crate) behaviours: Vec<Behaviour>,
    pub(crate) excuses: Excuses,
}

impl Seeds {
    /// Reads the data that this binary carries.
    ///
    /// # Errors
    /// The first file that cannot be read: the harness itself is broken.
    pub fn embedded() -> Result<Seeds, Refusal> {
        Seeds::from_files(data::FILES.iter().copied())
    }

    /// Reads the audit's data among files, each with its path from the repository's root.
    ///
    /// # Errors
    /// The first file that cannot be read.
    pub fn from_files<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> Result<Seeds, Refusal> {
        let mut seeds = Seeds::default();
        for (path, bytes) in files {
            if path.starts_with(FAULTS) {
                let file: BehaviourFile = read(path, bytes)?;
                let foreign = |fault: &&Behaviour| !fault.id.starts_with(&format!("{}/", file.api));
                if let Some(fault) = file.faults.iter().find(foreign) {
                    let (id, api) = (&fault.id, &file.api);
                    let what = format!("the audit's {path} is of {api}, and {id} is not");
                    return Err(Refusal::broken(what));
                }
                seeds.behaviours.extend(file.faults);
            } else if path == EXCUSED {
                seeds.excuses = read(path, bytes)?;
            }
        }
        Ok(seeds)
    }

    /// Returns the rows that excuse survivors, in the order of the list.
    pub(crate) fn excused(&self) -> &[Excuse] {
        &self.excuses.excused
    }
}

fn read<T: DeserializeOwned>(path: &str, bytes: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(bytes)
        .map_err(|error| Refusal::broken(format!("the audit's {path} cannot be read: {error}")))
}
