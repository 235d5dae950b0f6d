//! Generated cases: the boundary of every constraint that the clauses' rows state, and one step
//! past it, each a case of its own.
//!
//! The constraints come from the clauses alone and never from the schemas that the server enforces,
//! so that a constraint that is missing there is missed here. What a case is made of is written as
//! JSON and read as every other case is.

mod member;
mod plan;
mod probe;
mod request;
#[cfg(test)]
mod tests;
mod write;

use std::collections::HashMap;

use serde_json::Value;

pub(super) use plan::Plan;

use super::Clause;
use write::Writer;

/// Returns the cases of a plan, in the order of its resources and of their members.
pub(super) fn cases(plan: &Plan, clauses: &HashMap<String, Clause>) -> Vec<Value> {
    let mut cases = Vec::new();
    for resource in &plan.resources {
        let writer = Writer { api: &plan.api, resource };
        for member in member::members(&plan.api, resource, &plan.values, clauses) {
            let probes = probe::probes(&member, resource);
            cases.extend(probes.iter().map(|probe| writer.case(&member, probe)));
        }
        if let Some(one_of) = &resource.one_of {
            cases.extend(writer.one_of(one_of));
        }
    }
    cases
}
