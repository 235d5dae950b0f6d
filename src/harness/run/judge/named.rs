//! The look for the records that a target file names, before the first case: a number that is mistyped
//! would fail each case that asks for it, and accuse a target that is right.

use std::collections::HashMap;

use super::prepare::Preparation;
use crate::harness::outcome::Refusal;
use crate::harness::run::contact::words;
use crate::harness::subject::{Ledger, Mounted, NamedState, Site};

/// Asks for each record that the target file names, in the ledger that is said to hold it.
///
/// What answers anything but "there is no such thing" at one of the places of a record, or nothing, has
/// it: what is wrong there is for the cases to find.
///
/// # Errors
/// A sentence: which records are named that the target does not know, and what it was asked for them. It
/// is the target file that is at fault, so no case is.
pub(super) fn look_for(before: &Preparation<'_>) -> Result<(), Refusal> {
    let target = before.judge.target();
    let mut look = Look { before, answers: HashMap::new(), unknown: Vec::new() };
    for mounted in &target.apis {
        let of_api = |name: &str| name.split('/').next() == Some(mounted.api.name);
        for (name, named) in target.known.iter().filter(|(name, _)| of_api(name)) {
            look.state(mounted, name, named);
        }
    }
    if look.unknown.is_empty() {
        return Ok(());
    }
    Err(Refusal::usage(before.judge.safe(format!(
        "the target does not know what the target file names: {}; name records that are there, or \
         leave their tables out",
        look.unknown.join("; ")
    ))))
}

struct Look<'l> {
    before: &'l Preparation<'l>,
    /// URL → how it says that nothing is there, if it does.
    answers: HashMap<String, Option<String>>,
    /// What is not there, in words.
    unknown: Vec<String>,
}

impl<'l> Look<'l> {
    fn state(&mut self, mounted: &'l Mounted, name: &str, named: &NamedState) {
        let suite = self.before.judge.suite();
        let unasked = suite.states.get(name).map(|state| &state.unasked);
        let is_asked = |variable: &&String| unasked.is_none_or(|names| !names.contains(variable));
        let asked = || named.variables.keys().filter(is_asked);
        let own = |no: &String| named.ledger.as_ref().is_none_or(|ledger| ledger == no);
        let places = asked().map(|it| (it, suite.places(name, it, &named.variables)));
        let sites = self.sites(mounted, own);
        self.records(&sites, places.collect(), &format!("[known.\"{name}\"]"));
        // Where it is not said which ledger is asked, each may be the other one.
        let other = |no: &String| named.ledger.as_ref().is_some_and(|ledger| ledger != no);
        let places = asked().map(|it| (it, suite.places_elsewhere(name, it, &named.variables)));
        let sites = self.sites(mounted, other);
        let what = format!("[known.\"{name}\"], which is to be in another ledger");
        self.records(&sites, places.collect(), &what);
    }

    /// Returns an API as those of its ledgers have it whose numbers pass, or as a whole if it has no
    /// ledgers.
    fn sites(&self, mounted: &'l Mounted, is_meant: impl Fn(&String) -> bool) -> Vec<Site<'l>> {
        let ledgers: Vec<Option<&Ledger>> = match mounted.api.has_ledgers() {
            true => self.before.judge.target().ledgers.iter().map(Some).collect(),
            false => vec![None],
        };
        let meant = ledgers.into_iter().filter(|it| it.is_none_or(|ledger| is_meant(&ledger.no)));
        meant.map(|ledger| Site { mounted, ledger }).collect()
    }

    /// Looks for the records that the variables of a table name, at the places of each.
    fn records(
        &mut self,
        sites: &[Site<'_>],
        mut records: Vec<(&String, Vec<String>)>,
        table: &str,
    ) {
        records.retain(|(_, places)| !places.is_empty() && !sites.is_empty());
        // What stands below a record that is not there is not there either, and not said again.
        records.sort_by_key(|(_, places)| places.iter().map(String::len).min());
        let mut missing: Vec<String> = Vec::new();
        for (variable, places) in records {
            let is_below = |place: &String| missing.iter().any(|above| place.starts_with(above));
            if places.iter().all(is_below) {
                continue;
            }
            let asked = sites.iter().flat_map(|site| places.iter().map(move |place| (site, place)));
            let answers: Option<Vec<String>> =
                asked.map(|(site, place)| self.not_there(site, place)).collect();
            if let Some(first) = answers.as_ref().and_then(|answers| answers.first()) {
                self.unknown.push(format!("{variable} of {table}, for which {first}"));
                missing.extend(places.first().map(|place| format!("{place}/")));
            }
        }
    }

    /// Returns how the target says that nothing is at a place, if it does.
    fn not_there(&mut self, site: &Site<'_>, place: &str) -> Option<String> {
        let url = site.url(place);
        if let Some(answer) = self.answers.get(&url) {
            return answer.clone();
        }
        let answer = self.before.look(site, place).ok();
        let answer = answer.filter(|answer| matches!(answer.status, 404 | 410)).map(|answer| {
            let status = answer.status;
            let said = words(site.mounted, &answer, self.before.judge.redaction());
            format!("GET {url} answers {status}{said}")
        });
        self.answers.insert(url, answer.clone());
        answer
    }
}
