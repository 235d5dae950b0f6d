//! The policy for a browser: it may apply the report's own style and run its own script, nothing
//! else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};

/// The report's style.
pub(super) const STYLE: &str = include_str!("style.css");
/// The report's script: search and filter, and what is opened for paper.
pub(super) const SCRIPT: &str = include_str!("script.js");

/// Returns the Content-Security-Policy: nothing is loaded, sent or run but what hashes as ours
/// does.
pub(super) fn policy() -> String {
    // A browser hashes lines as it reads them, whatever their ends were.
    let hash = |text: &str| STANDARD.encode(digest(&SHA256, text.replace("\r\n", "\n").as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; \
         form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}
