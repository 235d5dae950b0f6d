//! The rows, in groups: a file a group says what is measured, and what is its limit.

mod loads;
mod reads;
mod searches;
mod sizes;
mod suite;
mod usage;
mod writes;

pub(crate) use reads::{EXPANDED, keep_answer, write_get};
pub(crate) use writes::{count, write_post};

use std::time::Instant;

use crate::Outcome;
use crate::bench::Bench;
use crate::report::{self, Row};

/// A group of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Group {
    /// GET of a customer
    Reads,
    /// POST and PATCH of a customer, and GETs beside them
    Writes,
    /// Loads of CDRs, and the disk after them
    Loads,
    /// A long list, and summaries
    Usage,
    /// Pages, finds and filters, among few and among many
    Searches,
    /// The whole suite
    Suite,
    /// Starts, memory, binary
    Sizes,
}

impl Group {
    const ALL: [Self; 7] = [
        Self::Sizes,
        Self::Reads,
        Self::Writes,
        Self::Loads,
        Self::Usage,
        Self::Searches,
        Self::Suite,
    ];

    fn measure(self, bench: &Bench) -> Outcome<Vec<Row>> {
        match self {
            Self::Reads => reads::measure(bench),
            Self::Writes => writes::measure(bench),
            Self::Loads => loads::measure(bench),
            Self::Usage => usage::measure(bench),
            Self::Searches => searches::measure(bench),
            Self::Suite => suite::measure(bench),
            Self::Sizes => sizes::measure(bench),
        }
    }
}

/// Measures these groups, or all where none is named. Each is printed when it is done, so that a
/// long run shows what it has.
///
/// # Errors
/// When a server fails or answers otherwise than the row says.
pub fn measure(bench: &Bench, groups: &[Group]) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    for group in Group::ALL {
        if !groups.is_empty() && !groups.contains(&group) {
            continue;
        }
        let began = Instant::now();
        let measured = group.measure(bench)?;
        eprintln!("\n{group:?}, in {:.0} s", began.elapsed().as_secs_f64());
        eprint!("{}", report::table(&measured));
        rows.extend(measured);
    }
    Ok(rows)
}
