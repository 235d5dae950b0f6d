//! Bundles: any content is refused or verified once it is sealed as a bundle's is, and none whose
//! bytes were changed afterwards is read.

use std::cell::OnceCell;
use std::fmt::Write as _;
use std::sync::Arc;

use etalon::harness::Suite;
use etalon::harness::evidence::bundle::{Bundle, verify};
use ring::digest::{SHA256, digest};

thread_local! { static SUITE: OnceCell<Arc<Suite>> = const { OnceCell::new() }; }

pub fn check(data: &[u8]) {
    // As it comes, it is next to never sealed.
    let _ = Bundle::read(data);
    let suite = SUITE.with(|suite| Arc::clone(suite.get_or_init(|| Suite::embedded().unwrap())));
    let sealed = sealed(&of_suite(data, &suite.digest()));
    let Ok(bundle) = Bundle::read(&sealed) else { return };
    // Refused, verified or not: each is told, and none is a panic.
    if let Ok(found) = verify(suite, &bundle, 1) {
        found.verdict();
    }
    let mut changed = sealed.clone();
    let at = data.len() * 7 % changed.len();
    changed[at] ^= 1;
    assert!(Bundle::read(&changed).is_err(), "the byte at {at} was changed, and nobody noticed");
}

/// The content with the suite's digest where the corpus has zeros: a bundle is verified with the
/// suite that it was judged by alone, and that changes.
fn of_suite(content: &[u8], digest: &str) -> Vec<u8> {
    const ANY: &[u8] = b"0000000000000000";
    let mut content = content.to_vec();
    for at in 0..content.len().saturating_sub(ANY.len()) {
        if content[at..].starts_with(ANY) {
            content[at..at + ANY.len()].copy_from_slice(digest.as_bytes());
        }
    }
    content
}

/// A bundle with this content, unsigned.
fn sealed(content: &[u8]) -> Vec<u8> {
    let mut hex = String::new();
    for byte in digest(&SHA256, content).as_ref() {
        let _ = write!(hex, "{byte:02x}");
    }
    let head =
        format!("{{\"file\":\"etalon bundle 3\",\"content\":\"{hex}\"}}\n{{\"signature\":null}}\n");
    [head.as_bytes(), content].concat()
}
