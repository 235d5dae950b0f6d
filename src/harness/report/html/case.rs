//! Cases: those that are not well each with all that is known of it, the others as a list.

use super::answer::{self, Chapter};
use super::markup::{Markup, put};
use super::{anchor, mark};
use crate::harness::outcome::{CaseReport, RunReport, Verdict, telling};
use crate::harness::report::told::{Told, how_to_repeat, variables};
use crate::harness::report::unblock::counted;
use crate::harness::suite::Suite;

/// At most this many answers of a case are shown.
const MOST: usize = 8;

/// Once the report has grown so long, in bytes, no more exchanges are shown, and of each case only
/// what it found; past twice that, only its name.
const ROOM: usize = 4 << 20;

/// At most this many cases of a kind are unfolded on paper; of more, those that the reader
/// unfolded.
const ON_PAPER: usize = 40;

/// The order in which cases are told, and what each kind is called.
const KINDS: [(Verdict, &str); 6] = [
    (Verdict::HarnessError, "The judge broke"),
    (Verdict::Fail, "Failed"),
    (Verdict::Advisory, "Advisories"),
    (Verdict::Blocked, "Blocked"),
    (Verdict::Inconclusive, "Inconclusive"),
    (Verdict::NotApplicable, "Not applicable"),
];

/// Writes all cases, with the controls that a script brings to life.
pub(super) fn cases(page: &mut Markup, run: &RunReport, suite: &Suite) {
    controls(page, run);
    if let Some(how) = how_to_repeat(&variables(&run.cases)) {
        put!(page, "<p>The lines that repeat a request take what lets in from the shell: <code>"
            (how) "</code></p>\n");
    }
    let mut told = Told::default();
    let mut is_first = true;
    for (verdict, title) in KINDS {
        let cases: Vec<_> = run.cases.iter().filter(|case| case.verdict == verdict).collect();
        if cases.is_empty() {
            continue;
        }
        let all_on_paper = cases.len() <= ON_PAPER;
        put!(page, "<section data-cases" (if all_on_paper { " class=paper" } else { "" })
            " aria-labelledby=\"" (verdict.name()) "\"><h2 id=\"" (verdict.name()) "\">"
            (title) " <span class=\"many\">" (cases.len()) "</span></h2>\n");
        if !all_on_paper {
            put!(page, "<p class=\"on-paper\">On paper only those stand whole that were unfolded "
                "when it was printed.</p>\n");
        }
        for case in cases {
            let is_bare = case.findings.is_empty() && case.exchanges.is_empty();
            match is_bare || page.len() > 2 * ROOM {
                true => bare(page, case),
                false => {
                    whole(page, case, suite, &mut told, is_first);
                    is_first = false;
                }
            }
        }
        put!(page, "</section>\n");
    }
    passed(page, run);
}

/// Writes the controls: useless without script, and so hidden until there is one.
fn controls(page: &mut Markup, run: &RunReport) {
    put!(page, "<form class=\"controls\" id=\"controls\" role=\"search\" hidden><div class=\"wide\">\n"
        "<label>Search cases<input type=\"search\" id=\"words\" autocomplete=\"off\" "
            "placeholder=\"id, words, clause …\"></label>\n"
        "<label>Verdict<select id=\"verdict\"><option value=\"\">all</option>");
    let has = |verdict: &Verdict| run.cases.iter().any(|case| case.verdict == *verdict);
    for verdict in Verdict::ALL.into_iter().filter(has) {
        put!(page, "<option value=\"" (verdict.name()) "\">" (mark::of_case(verdict).word)
            "</option>");
    }
    put!(page, "</select></label>\n<label>API<select id=\"api\"><option value=\"\">all</option>");
    for (api, _) in run.counts() {
        put!(page, "<option>" (api) "</option>");
    }
    put!(
        page,
        "</select></label>\n<output id=\"shown\" for=\"words verdict api\"></output>\n</div>"
            "</form>\n"
    );
}

fn open(page: &mut Markup, case: &CaseReport) {
    put!(page, " id=\"" (anchor::of_case(&case.id)) "\" data-case=\"" (case.verdict.name())
        "\" data-api=\"" (case.api) "\">");
}

fn name(page: &mut Markup, case: &CaseReport) {
    let mark = mark::of_case(case.verdict);
    put!(page, "<span class=\"tag " (mark.class) "\"><span aria-hidden=\"true\">" (mark.sign)
        "</span> "
        (mark.word) "</span> <code>" (case.id) "</code> <span class=\"title\">" (case.title)
            "</span>");
}

/// Writes a case of which there is no more to say than why.
fn bare(page: &mut Markup, case: &CaseReport) {
    put!(page, "<div class=\"card\"");
    open(page, case);
    put!(page, "<p class=\"head\">");
    name(page, case);
    put!(page, "</p>");
    if let Some(reason) = &case.reason {
        put!(page, "<p class=\"reason\">" (reason) "</p>");
    }
    if !case.findings.is_empty() {
        put!(page, "<p class=\"reason\">" (counted(case.findings.len(), "finding"))
            ": this report is too long to show more, --report json=FILE tells all.</p>");
    }
    put!(page, "</div>\n");
}

/// Writes a case with everything that is not well about it.
fn whole<'r>(
    page: &mut Markup,
    case: &'r CaseReport,
    suite: &Suite,
    told: &mut Told<'r>,
    is_open: bool,
) {
    put!(page, "<details class=\"card\""(if is_open { " open" } else { "" }));
    open(page, case);
    put!(page, "<summary class=\"head\">");
    name(page, case);
    put!(page, "</summary>\n<div class=\"inside\">\n");
    if let Some(rerun) = &case.rerun {
        put!(page, "<p class=\"reason\">It ran again under new identifiers: " (rerun) ".</p>\n");
    }
    if let Some(reason) = &case.reason {
        put!(page, "<p class=\"reason\">" (reason) ".</p>\n");
    }
    let mut left = 0;
    let findings: Vec<_> = telling(&case.findings).collect();
    for (place, findings) in findings.chunk_by(|a, b| a.is_of_answer(b)).enumerate() {
        match place < MOST {
            true => {
                let shows_exchange = page.len() < ROOM;
                answer::answer(page, &Chapter { case, suite, shows_exchange }, findings, told);
            }
            false => left += 1,
        }
    }
    if left > 0 {
        put!(page, "<p class=\"reason\">… and findings in " (counted(left, "more answer"))
            ": --report json=FILE tells all.</p>\n");
    }
    if page.len() < ROOM {
        answer::course(page, case);
    }
    put!(page, "</div></details>\n");
}

/// Writes the cases that are well.
fn passed(page: &mut Markup, run: &RunReport) {
    let passed: Vec<_> = run.cases.iter().filter(|case| case.verdict == Verdict::Pass).collect();
    if passed.is_empty() {
        return;
    }
    put!(page, "<section data-cases aria-labelledby=\"pass\"><h2 id=\"pass\">Passed "
        "<span class=\"many\">"
        (passed.len()) "</span></h2>\n<details class=\"list\" id=\"passed\"><summary>"
            (counted(passed.len(), "case")) "</summary><ul class=\"passed\">\n");
    for case in passed {
        put!(page, "<li");
        open(page, case);
        put!(page, "<span class=\"good\" aria-hidden=\"true\">✓</span> <code>" (case.id)
            "</code> " (case.title));
        if let Some(fault) = &case.rerun {
            put!(page, " <em>(ran again under new identifiers: " (fault) ")</em>");
        }
        put!(page, "</li>\n");
    }
    put!(page, "</ul></details></section>\n");
}
