//! A member of a request, with all that the tables say of it.

use std::collections::HashMap;

use super::super::Clause;
use super::super::clause::ClauseStatus;
use super::super::row::{Constraint, Row};
use super::plan::{Resource, Values};

/// A member, the rows that speak of it, and the values that the plan has for it.
pub(super) struct Member<'a> {
    /// Its path in the request, with dots, as its table prints it.
    pub(super) path: String,
    rows: Vec<(&'a str, &'a Row)>,
    values: Vec<&'a Values>,
}

impl<'a> Member<'a> {
    /// Returns what the rows say first of the member, with the clause that says so.
    pub(super) fn says<T>(&self, what: impl Fn(&'a Row) -> Option<T>) -> Option<(T, &'a str)> {
        self.rows.iter().find_map(|(clause, row)| Some((what(row)?, *clause)))
    }

    /// Returns what the plan says first of the member's values.
    pub(super) fn value<T>(&self, what: impl Fn(&'a Values) -> Option<T>) -> Option<T> {
        self.values.iter().find_map(|values| what(values))
    }

    /// Returns whether a probe is left out, because a reading says so.
    pub(super) fn skips(&self, probe: &str) -> bool {
        self.values.iter().any(|values| values.skip.contains_key(probe))
    }

    /// Returns the clauses of its rows.
    #[cfg(test)]
    pub(super) fn clauses(&self) -> impl Iterator<Item = &'a str> {
        self.rows.iter().map(|(clause, _)| *clause)
    }

    /// Returns the clause that judges a constraint, if the tables name one for it.
    pub(super) fn judged_by(&self, constraint: Constraint) -> Option<&'a str> {
        self.rows.iter().find_map(|(_, row)| row.judged_by.get(&constraint)).map(String::as_str)
    }
}

/// Returns the members of a resource of `api` in the order of its first table. A row that no case
/// may judge, such as one that its document contradicts, makes none.
pub(super) fn members<'a>(
    api: &str,
    resource: &Resource,
    values: &'a [Values],
    clauses: &'a HashMap<String, Clause>,
) -> Vec<Member<'a>> {
    let mut rows: Vec<_> = clauses
        .values()
        .filter(|clause| clause.status == ClauseStatus::Checked && clause.api() == api)
        .filter_map(|clause| Some((clause.place, clause.id.as_str(), clause.row.as_ref()?)))
        .collect();
    rows.sort_unstable_by_key(|(place, ..)| *place);
    let mut members: Vec<Member> = Vec::new();
    for (number, table) in resource.tables.iter().enumerate() {
        let of_table = rows.iter().filter(|(_, _, row)| row.resource == table.table);
        for (_, clause, row) in of_table {
            let path = match &table.under {
                Some(under) => format!("{under}.{}", row.member),
                None => row.member.clone(),
            };
            let known = members.iter().position(|member| member.path == path);
            let at = match known {
                Some(at) => at,
                // Only the first table says what the members are: another shows more, such as what
                // can be read alone.
                None if number > 0 => continue,
                None => {
                    members.push(Member { path, rows: Vec::new(), values: Vec::new() });
                    members.len() - 1
                }
            };
            let own = |values: &&Values| values.rows.iter().any(|id| id == clause);
            if let Some(member) = members.get_mut(at) {
                member.rows.push((clause, row));
                member.values.extend(values.iter().filter(own));
            }
        }
    }
    members
}
