//! The outlines that the build made, of the suite that this binary carries.

use std::borrow::Cow;

use super::outline::Outline;
use crate::data::{CASES, MadeCase};
use crate::harness::api::APIS;

/// Returns the outline of every case that this binary carries, in order.
pub(super) fn outlines() -> Vec<Outline> {
    in_order(CASES.iter().map(outline).collect())
}

/// Returns them API by API, as reports go, and within each as they are.
pub(super) fn in_order(mut outlines: Vec<Outline>) -> Vec<Outline> {
    outlines.sort_by_key(|outline| APIS.iter().position(|api| api.name == outline.api()));
    outlines
}

fn outline(made: &'static MadeCase) -> Outline {
    Outline {
        id: made.id.into(),
        title: made.title.into(),
        api: made.api.into(),
        file: made.file.into(),
        clauses: made.clauses.iter().copied().map(Cow::Borrowed).collect(),
        text: made.text.into(),
    }
}
