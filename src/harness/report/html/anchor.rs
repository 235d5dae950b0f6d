//! Where on the page a case or a clause is, for links to it.

/// Returns the anchor at which a case is told.
pub(super) fn of_case(id: &str) -> String {
    format!("case/{id}")
}

/// Returns the anchor at which a clause is told.
pub(super) fn of_clause(id: &str) -> String {
    format!("clause/{id}")
}
