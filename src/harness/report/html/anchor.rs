//! Where on the page a case, a clause, a reading or an exchange is, for links to it.

/// Returns the anchor at which a case is told.
pub(super) fn of_case(id: &str) -> String {
    format!("case/{id}")
}

/// Returns the anchor at which a clause is told.
pub(super) fn of_clause(id: &str) -> String {
    format!("clause/{id}")
}

/// Returns the anchor at which a reading is told.
pub(super) fn of_reading(number: u16) -> String {
    format!("reading/{number}")
}

/// Returns the anchor at which a documented exchange stands, by the name of its example.
pub(super) fn of_exchange(example: &str) -> String {
    format!("printed/{example}")
}
