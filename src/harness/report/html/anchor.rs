//! Where on the page a case or a clause is, for links to it.

/// Where a case is spoken of.
pub(super) fn of_case(id: &str) -> String {
    format!("case/{id}")
}

/// Where a clause is spoken of.
pub(super) fn of_clause(id: &str) -> String {
    format!("clause/{id}")
}
