//! Where cases come from: how each was made, and the line of the file that makes it.

use super::Case;
use crate::data;

/// How a case was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Origin {
    /// It stands in a file as it is.
    #[default]
    Written,
    /// A law made it of a resource.
    Law,
    /// A constraint of a document's table made it.
    Generated,
}

impl Origin {
    /// Returns the name as in reports: `written`, `law` or `generated`.
    pub fn name(self) -> &'static str {
        match self {
            Origin::Written => "written",
            Origin::Law => "law",
            Origin::Generated => "generated",
        }
    }

    /// Returns the origin of the cases of a file, by its path from the repository's root.
    pub(super) fn of_file(path: &str) -> Origin {
        match path.split('/').nth(1) {
            Some("laws") => Origin::Law,
            Some("generated") => Origin::Generated,
            _ => Origin::Written,
        }
    }
}

impl Case {
    /// Returns how the case was made.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// Returns the file that makes the case: its path from the repository's root.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Returns the line of its file, from 1, at which the case, its law, or the resource whose
    /// members are tried begins; nothing for a suite that this binary does not carry.
    pub fn line(&self) -> Option<usize> {
        let text = std::str::from_utf8(data::file(&self.file)?).ok()?;
        let line = |part: &str| text.lines().position(|line| line.contains(part)).map(|at| at + 1);
        match self.origin {
            Origin::Written => line(&format!("\"id\": \"{}\"", self.id)),
            // `<law>/<resource>`, and a resource may have a slash.
            Origin::Law => {
                let ends = self.id.match_indices('/').map(|(at, _)| at).collect::<Vec<_>>();
                let laws = ends.into_iter().rev().map(|end| &self.id[..end]);
                laws.filter_map(|law| line(&format!("\"id\": \"{law}\""))).next()
            }
            // `<api>/<resource>/<member>/<what is sent>`.
            Origin::Generated => line(&format!("\"resource\": \"{}\"", self.id.split('/').nth(1)?)),
        }
    }
}
