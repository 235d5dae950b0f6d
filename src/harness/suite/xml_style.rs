//! How a request body is written in XML, which the documents leave open (reading 115).

use serde::Deserialize;

/// The style of a request body in XML; the other formats have one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct XmlStyle<'a> {
    /// The name of the root element.
    pub(crate) root: &'a str,
    pub(crate) members: Members,
}

/// Where the members of a request body stand (reading 115).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Members {
    #[default]
    Attributes,
    Elements,
    /// Twice: a target that reads the one may ignore the other and lose what it holds.
    Both,
}
