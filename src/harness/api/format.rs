//! The formats of bodies.

use std::fmt;

use serde::Deserialize;

/// A format of bodies. Its name in the suite, in target files and in verdicts is in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// RFC 8259.
    Json,
    /// XML 1.0 with namespaces, in UTF-8 or as it declares, without a document type.
    Xml,
    /// application/x-www-form-urlencoded: what document 003 calls query and XURL (reading 204).
    Form,
}

impl Format {
    pub(crate) const ALL: [Format; 3] = [Format::Json, Format::Xml, Format::Form];

    /// Returns the name as in the data: `json`, `xml` or `form`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Xml => "xml",
            Format::Form => "form",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::Json => "JSON",
            Format::Xml => "XML",
            Format::Form => "form",
        })
    }
}

/// Returns the media type without its parameters, in lower case.
pub(crate) fn essence(media: &str) -> String {
    media.split(';').next().unwrap_or(media).trim().to_ascii_lowercase()
}
