//! Notes: what the target lacks, what was made in it, and where it asked for patience.

use super::joined;
use super::markup::{Markup, put};
use crate::harness::outcome::{KnownFailure, RunReport};
use crate::harness::report::choices::{counts, readings_of};
use crate::harness::report::unblock::{apis_of, counted};
use crate::harness::suite::Suite;

/// Writes what to supply so that blocked cases can be judged.
pub(super) fn lacks(page: &mut Markup, run: &RunReport, suite: &Suite) {
    let lacks = run.lacks(suite);
    if lacks.is_empty() {
        return;
    }
    let cases: usize = lacks.iter().map(|lack| lack.cases).sum();
    put!(page, "<section aria-labelledby=\"lacks\"><h2 id=\"lacks\">To unblock "
        (counted(cases, "case")) "</h2>\n"
        "<p>Load what <code>etalon fixtures --api " (apis_of(&lacks)) "</code> prints into the target and say how in the "
            "target file (<code>provision = \"preloaded\"</code>, or a <code>url</code> or a "
            "<code>command</code> under <code>[provision]</code>), or name under <code>"
            "[known]</code> what the target holds of the kind; <code>etalon target init</code> "
            "writes a file to fill in.</p>\n"
        "<div class=\"scroll\"><table class=\"stack\"><thead><tr><th scope=\"col\">Under [known]</th><th "
            "scope=\"col\">What it is</th><th scope=\"col\">To name</th><th scope=\"col\" "
            "class=\"number\">Cases</th></tr></thead><tbody>\n");
    for lack in lacks {
        put!(page, "<tr><th scope=\"row\" class=\"long\"><code>" (lack.state) "</code></th><td>"
            (lack.means) "</td><td class=\"long\">"
            (joined(lack.identifiers, ", ")) "</td><td class=\"number\">" (lack.cases)
                "</td></tr>\n");
    }
    put!(page, "</tbody></table></div></section>\n");
}

/// Writes what is known to fail, and what of that is to be thought over.
pub(super) fn known(page: &mut Markup, run: &RunReport) {
    let Some(compared) = run.baseline.as_ref().filter(|compared| !compared.known.is_empty()) else {
        return;
    };
    put!(page, "<section aria-labelledby=\"known\"><h2 id=\"known\">Known failures</h2>\n<p>"
        (counted(compared.known.len(), "known failure")) " in the baseline, and "
        (counted(compared.new.len(), "new failure")) " beside them.</p>\n"
        "<div class=\"scroll\"><table class=\"stack\"><thead><tr><th scope=\"col\">Case</th><th "
            "scope=\"col\">Now</th><th scope=\"col\">Reason</th><th scope=\"col\">Owner</th><th "
            "scope=\"col\">Until</th></tr></thead><tbody>\n");
    for (case, (known, standing)) in &compared.known {
        let KnownFailure { reason, owner, expires, .. } = known;
        put!(page, "<tr><th scope=\"row\" class=\"long\"><code>" (case) "</code></th><td>"
            (standing.name()) "</td><td class=\"long\">" (reason) "</td><td>" (owner) "</td><td>"
            (expires) "</td></tr>\n");
    }
    put!(page, "</tbody></table></div></section>\n");
}

/// What the target chose of what the documents leave open.
pub(super) fn choices(page: &mut Markup, run: &RunReport, suite: &Suite) {
    let seen = run.choices();
    let each = seen.each();
    if each.is_empty() {
        return;
    }
    put!(page, "<section aria-labelledby=\"choices\"><h2 id=\"choices\">What the target chose</h2>\n"
        "<p>Where the documents leave an answer open. Mixed answers break no requirement.</p>\n"
        "<div class=\"scroll\"><table class=\"stack\"><thead><tr><th scope=\"col\">Choice</th><th "
            "scope=\"col\">Left open by</th><th scope=\"col\">Values seen</th></tr></thead><tbody>\n");
    for (choice, values) in each {
        put!(page, "<tr><th scope=\"row\"><code>" (choice) "</code></th><td>"
            (readings_of(suite, choice)) "</td><td>" (counts(&values))
            (if values.len() > 1 { ", mixed" } else { "" }) "</td></tr>\n");
    }
    put!(page, "</tbody></table></div></section>\n");
}

/// Writes what the run left, and what it waited for.
pub(super) fn notes(page: &mut Markup, run: &RunReport) {
    let created: Vec<_> = run.cases.iter().flat_map(|case| &case.created).collect();
    if !created.is_empty() {
        let deleted = created.iter().filter(|each| each.deleted).count();
        let unknown = created.iter().filter(|each| each.status.is_none()).count();
        put!(page, "<section aria-labelledby=\"created\">"
            "<h2 id=\"created\">Made in the target</h2>\n<p>"
            (counted(created.len(), "record")) " made, " (deleted) " of them deleted again, "
            (created.len() - deleted) " left; the API can delete no others.");
        if unknown > 0 {
            put!(page, " Of " (unknown) " nobody knows, since no answer came.");
        }
        put!(page, "</p>\n<details class=\"list\"><summary>" (counted(created.len(), "record"))
            "</summary><ul class=\"made\">\n");
        for each in created {
            let place = each.identifier.as_deref().unwrap_or(&each.path);
            put!(page, "<li><code>" (place) "</code>" (if each.deleted { " deleted" } else { "" })
                (if each.status.is_none() { " unknown" } else { "" }) "</li>\n");
        }
        put!(page, "</ul></details></section>\n");
    }
    let of_cases = run
        .cases
        .iter()
        .flat_map(|case| case.waits.iter().map(move |wait| (case.id.as_str(), wait)));
    let waits: Vec<_> =
        run.waits.iter().map(|wait| ("before the first case", wait)).chain(of_cases).collect();
    if !waits.is_empty() {
        put!(
            page,
            "<section aria-labelledby=\"waits\"><h2 id=\"waits\">Where the target asked for "
                "patience</h2>\n<ul class=\"made\">\n"
        );
        for (place, wait) in waits {
            put!(page, "<li><code>" (place) "</code> " (wait) "</li>\n");
        }
        put!(page, "</ul></section>\n");
    }
}
