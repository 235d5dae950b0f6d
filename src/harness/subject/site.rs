//! Where one API of the target is for one of its ledgers, and how it is entered there.

use super::link::{Links, below, names_host, path_of};
use super::{Credential, Ledger, Mounted};
use crate::harness::api::Access;

/// An API of the target as one of its ledgers has it, or as a whole if it has no ledgers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Site<'t> {
    pub(crate) mounted: &'t Mounted,
    pub(crate) ledger: Option<&'t Ledger>,
}

impl Site<'_> {
    /// Returns the root of the API, without a trailing slash.
    pub(crate) fn root(&self) -> String {
        self.at(&self.mounted.mount)
    }

    /// Returns the root as the document has it.
    pub(crate) fn documented_root(&self) -> String {
        self.at(self.mounted.api.mount)
    }

    fn at(&self, mount: &str) -> String {
        match self.ledger {
            Some(ledger) => mount.replace("{ledger}", &ledger.no),
            None => mount.to_owned(),
        }
    }

    /// Returns the roots under which links of this API may stand.
    pub(crate) fn links(&self) -> Links {
        let mut roots = vec![self.documented_root(), self.root()];
        roots.dedup();
        let host = self.mounted.base.authority();
        Links { roots, ignore_case: self.mounted.api.links_ignore_case, host }
    }

    /// Returns the URL of a path of a case: relative to the root, or a link that the target gave. A
    /// link under the documented root leads to the root that the target file names; on a link that
    /// names a host, either root may stand behind that host's own prefix.
    pub(crate) fn url(&self, path: &str) -> String {
        let base = &self.mounted.base;
        if !(path.starts_with('/') || names_host(path)) {
            return base.join(&below(&self.root(), path));
        }
        let link = path_of(path);
        let roots = [self.root(), self.documented_root()];
        let rest = roots.iter().find_map(|root| match names_host(path) {
            true => after_root_anywhere(link, root),
            false => {
                link.strip_prefix(root.as_str()).filter(|rest| !root.is_empty() && ends_root(rest))
            }
        });
        match rest {
            Some(rest) => base.join(&format!("{}{rest}", self.root())),
            None => base.follow(path),
        }
    }

    /// Returns what follows the API's root in a URL: nothing, a path or a query; `None` of a URL
    /// that leads elsewhere.
    pub(crate) fn below<'u>(&self, url: &'u str) -> Option<&'u str> {
        url.strip_prefix(&self.mounted.base.join(&self.root())).filter(|rest| ends_root(rest))
    }

    /// Returns the path of a URL below the API's root, without a query and without slashes before
    /// it.
    pub(crate) fn relative<'u>(&self, url: &'u str) -> Option<&'u str> {
        let path = self.below(url)?.split('?').next().unwrap_or_default();
        Some(path.trim_start_matches('/'))
    }

    /// Returns the variable of the shell in which a line that repeats a request expects what lets in
    /// here: `TOKEN_100` for ledger 100, `TMF_TOKEN`, `GATEWAY_USER` for user and password.
    pub(crate) fn variable(&self) -> String {
        let name = self.mounted.api.name.to_ascii_uppercase();
        match (self.ledger, self.mounted.api.access) {
            (Some(ledger), _) => {
                format!("TOKEN_{}", ledger.no.replace(|c: char| !c.is_ascii_alphanumeric(), "_"))
            }
            (None, Access::Basic) => format!("{name}_USER"),
            (None, Access::Bearer | Access::LedgerToken) => format!("{name}_TOKEN"),
        }
    }

    /// Returns the credentials that let a request in, if any are needed.
    pub(crate) fn credential(&self) -> Option<Credential> {
        match self.ledger {
            Some(ledger) => Some(Credential::Bearer(ledger.token.clone())),
            None => self.mounted.credential.clone(),
        }
    }
}

/// Returns what follows a root in a link, wherever it stands there: nothing, or a path or query.
fn after_root_anywhere<'l>(link: &'l str, root: &str) -> Option<&'l str> {
    if root.is_empty() {
        return None;
    }
    link.match_indices(root).map(|(at, _)| &link[at + root.len()..]).find(|rest| ends_root(rest))
}

/// Returns whether a root ends where `rest` begins.
fn ends_root(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(['/', '?'])
}
