//! `etalon load` of CDRs: sorted by subscription, and in order of time, as a month brings them.
//!
//! Limit: the same CDRs written straight into redb from memory, one transaction, sorted batch by
//! batch, keys of 20 bytes. The payload is those keys and the JSON.

use std::os::unix::fs::MetadataExt as _;

use crate::Outcome;
use crate::bench::Bench;
use crate::data::{self, Cdr};
use crate::limits::details::Rows;
use crate::report::{Aim, Row};

const MIB: f64 = (1 << 20) as f64;

pub(super) fn measure(bench: &Bench) -> Outcome<Vec<Row>> {
    let count = bench.size.details;
    let mut rows = load(bench, "sorted", || data::sorted(count), [0.5, 1.2])?;
    rows.extend(load(bench, "time-mixed", || data::mixed(count), [0.65, 1.4])?);
    Ok(rows)
}

/// Measures the load of CDRs in one order; the aims are of the rate and of the disk.
fn load<I: Iterator<Item = Cdr>>(
    bench: &Bench,
    order: &str,
    cdrs: impl Fn() -> I,
    [rate_aim, disk_aim]: [f64; 2],
) -> Outcome<Vec<Row>> {
    let (records, store) = (bench.file("cdrs.ndjson"), bench.file("cdrs.redb"));
    data::write(&records, data::usage(cdrs()))?;
    let limit = Rows::of(cdrs());
    let (count, payload) = (limit.count() as f64, limit.bytes() as f64);
    let [rate, limit_rate, peak, length, limit_length, disk, limit_disk] = bench.rounds(|_| {
        let loaded = bench.load(&records, &store)?;
        let raw = limit.load(bench.file("details.redb"))?;
        let [file, limit_file] = [std::fs::metadata(&store)?, std::fs::metadata(&raw.store)?];
        Ok([
            count / loaded.time.as_secs_f64(),
            count / raw.time.as_secs_f64(),
            loaded.peak / MIB,
            file.len() as f64 / payload,
            limit_file.len() as f64 / payload,
            (file.blocks() * 512) as f64 / payload,
            (limit_file.blocks() * 512) as f64 / payload,
        ])
    })?;
    Ok(vec![
        Row::new(format!("load of {count} CDRs, {order}"), "/s", rate)
            .beside("redb", limit_rate)
            .aiming(Aim::RatioOver(rate_aim)),
        Row::new(format!("load, {order}: peak RSS"), "MiB", peak).aiming(Aim::Under(128.0)),
        Row::new(format!("load, {order}: blocks on the disk over payload"), "×", disk)
            .beside("redb", limit_disk)
            .aiming(Aim::Under(disk_aim)),
        Row::new(format!("load, {order}: length of the file over payload"), "×", length)
            .beside("redb", limit_length),
    ])
}
