//! What the suite itself says, in words: of a clause, a reading, a case, a document. Nothing of a run
//! is in it.

mod case;
mod clause;
mod document;
mod exchange;
mod expected;
mod page;
mod reading;
mod step;

pub use case::case;
pub use clause::clause;
pub use document::document;
pub use reading::reading;

pub(super) use clause::rests;
pub(super) use exchange::{exchanges, printed};
pub(super) use reading::{paragraphs, places};

/// Returns `a`, `a and b`, or `a, b and c`.
fn listed<T: ToString>(parts: impl IntoIterator<Item = T>, and: &str) -> String {
    let parts: Vec<_> = parts.into_iter().map(|part| part.to_string()).collect();
    match parts.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} {and} {last}", rest.join(", ")),
        None => String::new(),
    }
}
