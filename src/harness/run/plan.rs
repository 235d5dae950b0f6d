//! The plan of a run: which cases are judged, and on which ledger each.

use crate::harness::api::{Draw, Format};
use crate::harness::outcome::{Refusal, Selection};
use crate::harness::subject::{Fixtures, Ledger, Mounted, Site, Target};
use crate::harness::suite::{
    Case, Contents, Credentials, CustomerNoMode, Needs, Outline, StepRequest, Suite, draws, is_safe,
};

impl Selection {
    /// Returns the wanted cases of `apis`, in the order of `apis` and then of the files.
    ///
    /// # Errors
    /// Nothing is wanted: nothing could be said of the target.
    pub fn cases<'s>(&self, suite: &'s Suite, apis: &[&str]) -> Result<Vec<&'s Case>, Refusal> {
        self.misses(suite, apis)?;
        let safe = |case: &&Case| !self.read_only || is_safe(suite, case);
        let mut cases = Vec::new();
        for api in apis {
            let of_api = suite.cases().iter().filter(|case| case.api() == *api);
            cases.extend(of_api.filter(|case| self.wants(case.id())).filter(safe));
        }
        self.any(cases, apis)
    }

    /// Returns the outlines of the wanted cases, in the same order, as far as their ids tell: which
    /// of them send safe requests alone, only their steps do.
    ///
    /// # Errors
    /// Nothing is wanted.
    pub fn outlines<'s>(
        &self,
        contents: &'s Contents,
        apis: &[&str],
    ) -> Result<Vec<&'s Outline>, Refusal> {
        self.misses(contents, apis)?;
        let mut outlines = Vec::new();
        for api in apis {
            let of_api = contents.outlines().iter().filter(|outline| outline.api() == *api);
            outlines.extend(of_api.filter(|outline| self.wants(outline.id())));
        }
        self.any(outlines, apis)
    }

    fn any<T>(&self, wanted: Vec<T>, apis: &[&str]) -> Result<Vec<T>, Refusal> {
        if !wanted.is_empty() {
            return Ok(wanted);
        }
        Err(Refusal::inconclusive(match self.narrows() {
            true if self.read_only => {
                "the selection holds no case that sends only safe requests: `etalon certify --list \
                 --read-only` shows those that do"
                    .to_owned()
            }
            true => {
                "the selection holds no case: `etalon certify --list` shows them all".to_owned()
            }
            false => format!("the suite holds no case for {}", apis.join(", ")),
        }))
    }

    /// Refuses a filter that finds no case, though another does: what it was meant to find would be
    /// left out in silence.
    fn misses(&self, contents: &Contents, apis: &[&str]) -> Result<(), Refusal> {
        let of_apis = || contents.outlines().iter().filter(|case| apis.contains(&case.api()));
        let finds = |filter: &&String| of_apis().any(|case| self.hits(filter, case.id()));
        let (found, missed): (Vec<_>, Vec<_>) = self.filters.iter().partition(finds);
        let Some(first) = missed.first().filter(|_| !found.is_empty()) else { return Ok(()) };
        Err(Refusal::usage(match self.exact {
            true => format!("no case is called `{first}`: `etalon certify --list` shows them all"),
            false => format!(
                "no case has `{first}` in its id, though others are found: `etalon certify --list` \
                 shows them all"
            ),
        }))
    }
}

/// The place where a case is judged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Assignment<'t> {
    pub(crate) site: Site<'t>,
    /// A second ledger.
    pub(crate) other: Option<&'t Ledger>,
    /// True if the fixtures hold the case's state, so that its values are known: not where the
    /// operator names identifiers of his own.
    pub(crate) values_known: bool,
}

/// The reasons why a case cannot be judged on a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unmet {
    /// The target declares it absent: what, in a word or two, and why.
    NotApplicable {
        label: String,
        reason: String,
    },
    /// A state that nobody brought about.
    Missing(String),
    Blocked(String),
}

fn not_applicable(label: impl Into<String>, reason: impl Into<String>) -> Unmet {
    Unmet::NotApplicable { label: label.into(), reason: reason.into() }
}

/// Finds where a case can be judged, and whether what it needs is there.
pub(crate) fn assign<'t>(
    suite: &Suite,
    target: &'t Target,
    mounted: &'t Mounted,
    case: &Case,
    fixtures: Fixtures,
) -> Result<Assignment<'t>, Unmet> {
    let known = case.state.as_ref().and_then(|name| target.known.get(name));
    let fixed = match &case.state {
        None => None,
        Some(_) if known.is_some() => known.and_then(|known| known.ledger.as_deref()),
        Some(name) => fixture_ledger(suite, fixtures, name)?,
    };
    let (ledger, other) = match mounted.api.has_ledgers() {
        true => ledgers(target, case, fixed).map(|(ledger, other)| (Some(ledger), other))?,
        false => (None, None),
    };
    let site = Site { mounted, ledger };
    if let Some((name, known)) = case.state.as_ref().zip(known) {
        let elsewhere =
            |variable: &String| suite.places_elsewhere(name, variable, &known.variables);
        let is_elsewhere = known.variables.keys().any(|variable| !elsewhere(variable).is_empty());
        if is_elsewhere
            && target.ledgers.iter().all(|other| Some(&other.no) == known.ledger.as_ref())
        {
            let reason = format!("the target has no second ledger that could hold {name}");
            return Err(not_applicable("a second ledger", reason));
        }
    }
    if target.listening.is_none() && draws(suite, case).any(|kind| kind == Draw::Callback) {
        let reason = "nobody listens to what the target tells of by itself: say --listen ADDR, or \
                      [listen] in a target file";
        return Err(not_applicable("events", reason));
    }
    if let Some(format) = lacked_by_case(suite, mounted, case) {
        let reason = format!("the target does not have the {} format", format.name());
        return Err(not_applicable(format.name(), reason));
    }
    if site.credential().is_none() && case.steps.iter().flat_map(|s| &s.requests).any(asks_refusal)
    {
        let reason = format!("the target file gives {} no credentials", mounted.api.name);
        return Err(not_applicable("authentication", reason));
    }
    Ok(Assignment { site, other, values_known: fixtures == Fixtures::Loaded && known.is_none() })
}

/// Returns whether a request carries none or wrong credentials, to see it refused: where everybody
/// is let in, nobody is.
fn asks_refusal(request: &StepRequest) -> bool {
    matches!(request, StepRequest::Own(send) if send.credentials != Credentials::Own)
}

/// Returns the format that the target lacks and a step of the case, or of its preludes, cannot do
/// without.
fn lacked_by_case(suite: &Suite, mounted: &Mounted, case: &Case) -> Option<Format> {
    let given = case.given.iter().filter_map(|name| suite.given(case.api(), name));
    let steps = given.flat_map(|given| &given.steps).chain(&case.steps);
    steps.into_iter().find_map(|step| {
        // One alternative that lacks nothing is enough.
        let lacked = step.requests.iter().map(|request| lacked(suite, mounted, request));
        lacked.collect::<Option<Vec<_>>>()?.first().copied()
    })
}

/// Returns the format that the target lacks and a request needs.
pub(crate) fn lacked(suite: &Suite, mounted: &Mounted, request: &StepRequest) -> Option<Format> {
    if !mounted.media.lacks_any() {
        return None;
    }
    let needed = request.formats(suite, mounted.api);
    needed.into_iter().find(|format| mounted.media.of(*format).is_none())
}

/// Returns the ledger that a case needs, and another beside it.
fn ledgers<'t>(
    target: &'t Target,
    case: &Case,
    fixed: Option<&str>,
) -> Result<(&'t Ledger, Option<&'t Ledger>), Unmet> {
    let candidates: Vec<&Ledger> =
        target.ledgers.iter().filter(|ledger| fixed.is_none_or(|no| ledger.no == no)).collect();
    if let (Some(no), true) = (fixed, candidates.is_empty()) {
        return Err(not_applicable(format!("ledger {no}"), format!("ledger {no} is left out")));
    }
    let ledger = candidates
        .iter()
        .find(|ledger| fits(ledger, &case.ledger) == Fit::Yes)
        .ok_or_else(|| unfit(&candidates, &case.ledger))?;
    // One token for several ledgers is nothing that a document forbids, and is let into each.
    let is_other = |other: &&Ledger| other.no != ledger.no && other.token != ledger.token;
    let other = target.ledgers.iter().find(is_other);
    if case.other_ledger && other.is_none() {
        let label = "a second ledger with a token of its own";
        return Err(not_applicable(label, format!("the target has not {label}")));
    }
    Ok((ledger, other))
}

/// Returns the ledger that holds a state of the fixtures, if a ledger does.
fn fixture_ledger<'s>(
    suite: &'s Suite,
    fixtures: Fixtures,
    name: &str,
) -> Result<Option<&'s str>, Unmet> {
    let state = suite
        .states
        .get(name)
        .ok_or_else(|| Unmet::Blocked(format!("the suite has no state {name}")))?;
    if fixtures == Fixtures::Missing {
        return Err(Unmet::Missing(name.to_owned()));
    }
    Ok(state.ledger.as_deref())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    Yes,
    No,
    /// It depends on the country, which nobody stated.
    Unknown,
}

fn fits(ledger: &Ledger, needs: &Needs) -> Fit {
    let granted = |grant: &String| ledger.grants.contains(grant);
    if ledger.mode != needs.customer_no_mode
        || !needs.grants.iter().all(granted)
        || needs.lacks.iter().any(granted)
    {
        return Fit::No;
    }
    match (&needs.country, &ledger.country) {
        (Some(_), None) => Fit::Unknown,
        (Some(needed), Some(country)) if needed != country => Fit::No,
        _ => Fit::Yes,
    }
}

/// Returns why none of `ledgers` fits: what not one of them has, or else the whole need.
fn unfit(ledgers: &[&Ledger], needs: &Needs) -> Unmet {
    if let Some(ledger) = ledgers.iter().find(|ledger| fits(ledger, needs) == Fit::Unknown) {
        let country = needs.country.as_deref().unwrap_or_default();
        return Unmet::Blocked(format!(
            "it needs a ledger of {country}, and the country of ledger {} is not stated: say \
             `country` in the target file",
            ledger.no
        ));
    }
    let none = |test: &dyn Fn(&Ledger) -> bool| !ledgers.iter().any(|ledger| test(ledger));
    if none(&|ledger| ledger.mode == needs.customer_no_mode) {
        let label = match needs.customer_no_mode {
            CustomerNoMode::Assigned => "assigned customer numbers",
            CustomerNoMode::Generated => "generated customer numbers",
        };
        return not_applicable(label, format!("no ledger has {label}"));
    }
    if let Some(grant) = needs.grants.iter().find(|grant| none(&|l| l.grants.contains(grant))) {
        return not_applicable(grant, format!("no ledger has the grant {grant}"));
    }
    if let Some(grant) = needs.lacks.iter().find(|grant| none(&|l| !l.grants.contains(grant))) {
        let label = format!("a ledger without {grant}");
        return not_applicable(&label, format!("every ledger has the grant {grant}"));
    }
    if let Some(country) =
        needs.country.as_ref().filter(|needed| none(&|l| l.country.as_ref() == Some(needed)))
    {
        return not_applicable(format!("country {country}"), format!("no ledger is of {country}"));
    }
    let mut wanted = vec![format!("{} customer numbers", needs.customer_no_mode.name())];
    wanted.extend(needs.grants.iter().cloned());
    wanted.extend(needs.lacks.iter().map(|grant| format!("no {grant}")));
    wanted.extend(needs.country.clone());
    let label = format!("a ledger with {}", wanted.join(", "));
    not_applicable(&label, format!("there is not {label}"))
}
