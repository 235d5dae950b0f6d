//! A list of CDRs read to its end by a reader that keeps up, and the summaries of one subscription.
//!
//! Limits: a scan of the same CDRs in redb that copies them out; the summaries of a subscription
//! that has a thousand.

use crate::Outcome;
use crate::bench::Bench;
use crate::client::Lone;
use crate::data::{self, LONG, SHORT};
use crate::limits::details::{self, Rows};
use crate::report::{Aim, Row};

const MIB: f64 = (1 << 20) as f64;

pub(super) fn measure(bench: &Bench) -> Outcome<Vec<Row>> {
    let count = bench.size.details;
    let (records, store) = (bench.file("long.ndjson"), bench.file("long.redb"));
    data::write(&records, data::usage(data::long(count)))?;
    bench.load(&records, &store)?;
    let scanned = Rows::of(data::long(count)).load(bench.file("scanned.redb"))?;
    let etalon = bench.serve_file(&store)?;
    let idle = etalon.memory("VmRSS")?;
    let mut client = Lone::connect(etalon.addr)?;
    let list = data::get(&path(LONG, "usage-details"));
    let listed = client.ask(&list, 200)?;
    let listed = String::from_utf8_lossy(&listed).matches(r#"{"type":"#).count();
    if listed as u64 != count {
        return Err(format!("The list has {listed} of {count} CDRs.").into());
    }
    let (whole, _) = client.stream(&list)?;

    let [rate, scan, bytes, grown] = bench.rounds(|_| {
        etalon.forget_peak()?;
        let (read, time) = client.stream(&list)?;
        if read.abs_diff(whole) > 1_000 {
            return Err(format!("The list had {whole} bytes and now has {read}.").into());
        }
        let grown = etalon.memory("VmHWM")? - idle;
        let seconds = time.as_secs_f64();
        let rate = count as f64 / seconds;
        Ok([rate, details::scan(&scanned.store)?, read as f64 / 1e6 / seconds, grown / MIB])
    })?;
    let [long, short] = bench.rounds(|_| {
        let mut of = |subscription| {
            let request = data::get(&path(subscription, "usage-summaries"));
            client.median(200, bench.size.time / 4, |out| out.extend_from_slice(&request))
        };
        Ok([of(LONG)? * 1e6, of(SHORT)? * 1e6])
    })?;
    Ok(vec![
        Row::new(format!("list of {count} details streamed"), "rows/s", rate)
            .beside("redb, scanned", scan)
            .aiming(Aim::Over(2.5e6)),
        Row::new("list: bytes", "MB/s", bytes),
        Row::new("list: peak RSS over idle", "MiB", grown).aiming(Aim::Under(16.0)),
        Row::new(format!("summaries of {count} details"), "µs", long)
            .beside("of 1000", short)
            .aiming(Aim::RatioUnder(1.2)),
    ])
}

fn path(subscription: u64, what: &str) -> String {
    format!("/billing/usage/v1/100/invoices/1/subscriptions/{subscription}/{what}")
}
