//! How one sequence becomes another: what of it stays, goes and comes.

use std::hash::Hash;

use similar::DiffOp;
use similar::algorithms::{Capture, Compact, Replace, myers};

/// Returns the steps from one sequence to another, as Myers finds them. Whoever lets the algorithm
/// be chosen at run time carries all of them, for every kind of sequence.
pub fn edits<T: Hash + Eq>(old: &[T], new: &[T]) -> Vec<DiffOp> {
    let mut steps = Compact::new(Replace::new(Capture::new()), old, new);
    let found = myers::diff(&mut steps, old, 0..old.len(), new, 0..new.len());
    match found {
        Ok(()) => steps.into_inner().into_inner().into_ops(),
        Err(never) => match never {},
    }
}
