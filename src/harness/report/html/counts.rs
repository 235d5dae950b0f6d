//! Counts of verdicts, a row an API, with a bar that shows their shares.

use super::mark;
use super::markup::{Markup, put};
use crate::harness::outcome::{RunReport, Verdict};

/// The width of a bar, in units of its picture.
const WIDE: usize = 1000;

/// Writes the table of counts.
pub(super) fn counts(page: &mut Markup, run: &RunReport) {
    let counts = run.counts();
    let present: Vec<Verdict> = Verdict::ALL
        .into_iter()
        .filter(|verdict| {
            matches!(verdict, Verdict::Pass | Verdict::Fail)
                || counts.iter().any(|(_, of)| of.contains_key(verdict))
        })
        .collect();
    put!(
        page,
        "<section aria-labelledby=\"counts\"><h2 id=\"counts\">Cases</h2>\n<div class=\"scroll\">"
            "<table class=\"counts\"><thead><tr><th scope=\"col\">API</th><td class=\"bar\"></td>"
    );
    for verdict in &present {
        let mark = mark::of_case(*verdict);
        put!(page, "<th scope=\"col\" class=\"number\"><span class=\"dot " (mark.class)
            "\" aria-hidden=\"true\">" (mark.sign) "</span> " (mark.word) "</th>");
    }
    put!(page, "</tr></thead><tbody>\n");
    for (api, of_api) in &counts {
        put!(page, "<tr><th scope=\"row\">" (api) "</th><td class=\"bar\">");
        let shares =
            present.iter().map(|verdict| (*verdict, of_api.get(verdict).copied().unwrap_or(0)));
        bar(page, shares.clone());
        put!(page, "</td>");
        for (verdict, count) in shares {
            put!(page, "<td class=\"number" (if count == 0 { " zero" } else { "" })
                "\" data-count=\"" (api)
                " " (verdict.name()) "\" data-word=\"" (mark::of_case(verdict).word) "\">"
                    (count) "</td>");
        }
        put!(page, "</tr>\n");
    }
    put!(page, "</tbody></table></div></section>\n");
}

/// Draws the bar of one row. It says nothing that the numbers beside it do not say.
fn bar(page: &mut Markup, shares: impl Iterator<Item = (Verdict, usize)> + Clone) {
    let all: usize = shares.clone().map(|(_, count)| count).sum();
    put!(page, "<svg viewBox=\"0 0 1000 24\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
    let mut before = 0;
    for (verdict, count) in shares.filter(|(_, count)| *count > 0) {
        let at = |count: usize| count * WIDE / all.max(1);
        // One among thousands is seen all the same.
        let (from, to) = (at(before), at(before + count));
        let from = from.min(to.saturating_sub(4));
        put!(page, "<rect class=\"" (mark::of_case(verdict).class) "\" x=\"" (from)
            "\" width=\"" (to - from) "\" height=\"24\"/>");
        before += count;
    }
    put!(page, "</svg>");
}
