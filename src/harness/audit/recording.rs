//! The recording of a case: what was asked and answered while it was judged.

use super::fault::chosen;
use crate::harness::subject::Mounted;
use crate::harness::wire::{Exchange, Request};

/// Returns the answers that the case's own steps are judged by, as indices: not those of preludes,
/// and of alternative requests not those that were passed over. Of a step that is repeated, the
/// first answer, one in the middle and the last.
pub(super) fn judged(exchanges: &[Exchange]) -> Vec<usize> {
    let mut steps: Vec<(&str, Vec<usize>)> = Vec::new();
    for (index, exchange) in exchanges.iter().enumerate() {
        let Some(step) = exchange.step.as_deref() else { continue };
        match steps.last_mut() {
            Some((last, indices)) if *last == step => indices.push(index),
            _ => steps.push((step, vec![index])),
        }
    }
    let mut judged: Vec<(&str, Vec<usize>)> = Vec::new();
    for (step, indices) in steps {
        let accepted = indices.iter().position(|index| exchanges[*index].is_accepted());
        let taken = match accepted {
            Some(first) => &indices[first..],
            None => &indices[..1],
        };
        let name = step.split(" [").next().unwrap_or(step);
        match judged.last_mut() {
            Some((last, all)) if *last == name => all.extend(taken),
            _ => judged.push((name, taken.to_vec())),
        }
    }
    let of_step = |indices: Vec<usize>| -> Vec<usize> {
        chosen(indices.len()).into_iter().map(|at| indices[at]).collect()
    };
    judged.into_iter().flat_map(|(_, indices)| of_step(indices)).collect()
}

/// Returns what is asked for: the method, and the path below the API's root.
pub(super) fn operation(mounted: &Mounted, request: &Request) -> String {
    if request.is_to_listener() {
        return request.method.clone();
    }
    let base = mounted.base.to_string();
    let path = request.url.strip_prefix(&base).unwrap_or(&request.url);
    let path = path.split('?').next().unwrap_or_default();
    let root = mounted.mount.split('/').filter(|segment| !segment.is_empty()).count();
    let below: Vec<_> = path.trim_start_matches('/').split('/').skip(root).collect();
    format!("{} {}", request.method, below.join("/")).trim_end().to_owned()
}
