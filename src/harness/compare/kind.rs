//! Kinds of differences: what differences have in common that probably have one cause.

/// The kind of a difference. Two of one kind are alike in all but where they stand.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The status is another.
    Status,
    /// A header is missing or another; of Content-Type, with the type that it names.
    Header(String),
    /// The body is not of its format.
    Format,
    /// A problem is not of the documented form; where its code is another, with the code.
    Problem(String),
    /// A time is another by as much as zones are apart.
    Zone,
    /// A link names another host than the base URL.
    Host,
    /// A list does not have the elements that it should.
    Elements,
    /// A member of the body is another, in this way.
    Member(String),
}

impl Kind {
    /// Returns the kind of a member that is another in this way.
    pub(crate) fn member(how: impl Into<String>) -> Kind {
        Kind::Member(how.into())
    }

    /// Returns the kind of a problem that is wrong in this.
    pub(crate) fn problem(what: impl Into<String>) -> Kind {
        Kind::Problem(what.into())
    }
}
