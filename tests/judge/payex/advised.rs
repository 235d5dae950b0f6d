//! Servers of the usage API that neglect no more than a recommendation: each conforms, and the
//! clause is named all the same.

use serde_json::Value;

use super::broken_usage::{SUMMARIES, UNBILLED_SUMMARIES, each, number};
use crate::Broken;
use crate::rewrite::set;

/// What the server does, the clause that it neglects, and how.
pub(crate) const ADVISED: &[Broken] = &[
    (
        "a summary's total is a hundredth too much",
        "usage/usage-summaries/property/totalAmount",
        |request, server| server.edit(SUMMARIES, request, |list| each(list, add_a_hundredth)),
    ),
    (
        "an unbilled summary's total is a hundredth too much",
        "usage/list-unbilled-usage-summaries/sums",
        |request, server| {
            server.edit(UNBILLED_SUMMARIES, request, |list| each(list, add_a_hundredth))
        },
    ),
    (
        "a summary's type has another name than its calls",
        "usage/list-usage-summaries/only-its-own",
        |request, server| {
            server.edit(SUMMARIES, request, |list| {
                each(list, |summary| {
                    let short = summary["type"] != 330 && summary["type"] != 410;
                    if short && summary["type"] != 420 {
                        set(summary, "typeName", Value::from("Other"));
                    }
                });
            })
        },
    ),
];

fn add_a_hundredth(summary: &mut Value) {
    let total = summary["totalAmount"].as_f64().unwrap_or_default();
    summary["totalAmount"] = number(&format!("{:.2}", total + 0.01));
}
