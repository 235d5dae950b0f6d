//! The audit as a table for a reader, and as JSON.

use std::fmt::Write as _;

use serde_json::{Value, json as value};

use super::excused::Excuse;
use super::fault::Family;
use super::tally::{Audit, Survivor, Tally};

/// Returns the table, the lists that are asked for, what is wrong, and the figures.
pub fn table(audit: &Audit, lists: &[List]) -> String {
    let mut text = counts(audit) + "\n";
    for list in lists {
        match list {
            List::Survivors => audit.survivors.iter().for_each(|each| text += &survivor_line(each)),
            List::Excuses => audit.excuses.iter().for_each(|row| text += &excuse_line(row)),
        }
        text += "\n";
    }
    text + &figures(audit)
}

/// What a table can list beside its counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Each fault that survived, a line each.
    Survivors,
    /// Each row of what is excused that was needed, with how many faults it excused.
    Excuses,
}

fn counts(audit: &Audit) -> String {
    let mut text = format!(
        "{:20}{:>9}{:>9}{:>10}{:>9}{:>10}{:>8}{:>10}\n",
        "", "faults", "killed", "advisory", "excused", "survived", "killed", "noticed"
    );
    for (api, of_api) in &audit.tallies {
        for (family, tally) in of_api {
            line(&mut text, &format!("{api} {}", family.name()), tally);
        }
        line(&mut text, api, &audit.of_api(api));
    }
    for family in Family::ALL {
        let of_family = audit.of_family(family);
        if of_family.faults() > 0 {
            line(&mut text, &format!("all {}", family.name()), &of_family);
        }
    }
    line(&mut text, "all", &audit.total());
    text
}

/// Returns what is wrong with the list of the excused, and the shares.
fn figures(audit: &Audit) -> String {
    let mut text = String::new();
    let total = audit.total();
    for case in &audit.dead {
        let _ = writeln!(text, "{case} is dead: it kills nothing");
    }
    for row in &audit.idle {
        let _ = writeln!(text, "{} excuses nothing: take it off the list", row_name(row));
    }
    for row in &audit.broad {
        let _ = writeln!(text, "{} excuses every fault of an answer: narrow it", row_name(row));
    }
    let _ = writeln!(
        text,
        "{:.2} % of what is not excused is killed, {:.2} % is noticed; {:.2} % is excused",
        percent(total.kill_rate()),
        percent(total.detected()),
        100.0 * total.excused as f64 / total.faults().max(1) as f64,
    );
    let _ = writeln!(
        text,
        "{} faults in {} cases, {} dead, in {:.1} s · seed {} · suite {}",
        total.faults(),
        audit.cases,
        audit.dead.len(),
        audit.elapsed.as_secs_f64(),
        audit.seed,
        audit.suite
    );
    text
}

/// Returns a share in percent, never rounded up to what it is not.
fn percent(share: f64) -> f64 {
    (share * 10_000.0).floor() / 100.0
}

fn line(text: &mut String, name: &str, tally: &Tally) {
    let _ = writeln!(
        text,
        "{name:20}{:>9}{:>9}{:>10}{:>9}{:>10}{:>7.2}%{:>9.2}%",
        tally.faults(),
        tally.killed,
        tally.advisory,
        tally.excused,
        tally.survived,
        percent(tally.kill_rate()),
        percent(tally.detected()),
    );
}

fn survivor_line(survivor: &Survivor) -> String {
    let Survivor { case, step, operation, status, at, mutation, .. } = survivor;
    format!("{case} · {step} · {operation} · {status} · {at} · {mutation}\n")
}

fn excuse_line((row, faults): &(Excuse, usize)) -> String {
    let readings: Vec<_> = row.readings.iter().map(u16::to_string).collect();
    let name = row_name(row);
    format!("{faults:>7} {name}: {} (readings {})\n", row.reason, readings.join(", "))
}

fn row_name(row: &Excuse) -> String {
    format!("{} {} [{}] {:?}", row.case, row.operation, row.at.join(" "), row.mutations)
}

/// Returns everything, for a machine.
pub fn json(audit: &Audit) -> Value {
    let tally = |tally: &Tally| {
        value!({
            "faults": tally.faults(),
            "killed": tally.killed,
            "advisory": tally.advisory,
            "excused": tally.excused,
            "survived": tally.survived,
            "killRate": tally.kill_rate(),
            "detected": tally.detected(),
        })
    };
    let apis: Vec<_> = audit
        .tallies
        .iter()
        .map(|(api, of_api)| {
            let families: serde_json::Map<_, _> =
                of_api.iter().map(|(family, of)| (family.name().to_owned(), tally(of))).collect();
            value!({"api": api, "total": tally(&audit.of_api(api)), "families": families})
        })
        .collect();
    let survivors: Vec<_> = audit
        .survivors
        .iter()
        .map(|each| {
            value!({
                "case": each.case,
                "step": each.step,
                "operation": each.operation,
                "status": each.status,
                "at": each.at,
                "mutation": each.mutation,
                "family": each.family.name(),
            })
        })
        .collect();
    let excuses = audit.excuses.iter().map(|(row, faults)| {
        value!({
            "row": row_name(row),
            "faults": faults,
            "readings": row.readings,
            "reason": row.reason,
        })
    });
    value!({
        "suite": audit.suite,
        "seed": audit.seed,
        "cases": audit.cases,
        "seconds": audit.elapsed.as_secs_f64(),
        "trusted": audit.is_good(),
        "total": tally(&audit.total()),
        "apis": apis,
        "dead": audit.dead,
        "idle": audit.idle.iter().map(row_name).collect::<Vec<_>>(),
        "broad": audit.broad.iter().map(row_name).collect::<Vec<_>>(),
        "survivors": survivors,
        "excuses": excuses.collect::<Vec<_>>(),
    })
}
