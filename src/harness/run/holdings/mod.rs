//! Holdings: what a case knows the target to hold, because it created it or the fixtures have it.
//! Values are compared only where they are known, and wherever they are.

mod fixtures;
mod known;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

pub(crate) use fixtures::FixtureHoldings;

use crate::harness::suite::{Asked, Holding, Learn, Matcher, Show, pointer, text_of};
use known::{KnownResource, Shown};

/// The resources that are known to one attempt at a case.
#[derive(Debug, Default)]
pub(crate) struct Holdings {
    /// The resources by path; `None` is what was known once.
    known: HashMap<String, Option<KnownResource>>,
}

/// An exchange as holdings see it.
pub(crate) struct Seen<'e> {
    pub(crate) asked: &'e Asked,
    pub(crate) ignore_case: bool,
    pub(crate) success: bool,
    /// The bodies, where they can be read.
    pub(crate) sent: Option<&'e Value>,
    pub(crate) answered: Option<&'e Value>,
}

/// A value that an answer has to agree with in one place.
#[derive(Debug, PartialEq)]
pub(crate) struct Agreement<'h, 'b> {
    pub(crate) clause: &'h str,
    /// The clause of the member itself, which may ask less.
    pub(crate) member: &'h str,
    /// The body in which it stands, freed of its wrappers.
    pub(crate) body: &'b Value,
    pub(crate) at: String,
    pub(crate) expected: Matcher,
    /// True if it is only recommended.
    pub(crate) advisory: bool,
}

impl Holdings {
    /// Takes in what an exchange says of what the target holds.
    pub(crate) fn learn(&mut self, holdings: &[Holding], fixed: Fixed, seen: &Seen) {
        for holding in holdings {
            for operation in &holding.forget {
                if let Some(path) = operation
                    .parameters(seen.asked, seen.ignore_case)
                    .and_then(|parameters| {
                        path(&holding.resource, &parameters, &BTreeMap::new(), &[])
                    })
                    .filter(|_| seen.success)
                {
                    self.known.insert(path, None);
                }
            }
            for learn in &holding.learn {
                self.take(holding, learn, fixed, seen);
            }
        }
    }

    fn take(&mut self, holding: &Holding, learn: &Learn, fixed: Fixed, seen: &Seen) {
        let Some(parameters) = learn.by.parameters(seen.asked, seen.ignore_case) else { return };
        let unwrapped = |body| match &learn.read {
            Some(unwrap) => unwrap.of(body),
            None => Cow::Borrowed(body),
        };
        let sent = seen.sent.map(unwrapped);
        let answered = seen.answered.map(unwrapped);
        let (sent, answered) = (sent.as_deref(), answered.as_deref());
        let answers = answered.iter().filter(|_| seen.success);
        let sources = answers.chain(sent.iter().filter(|_| !learn.assigned)).copied();
        let sources: Vec<&Value> = sources.collect();
        let Some(path) = path(&holding.resource, &parameters, &learn.key, &sources) else { return };
        let members = sent.and_then(|sent| pointer::get(sent, &learn.at));
        if !seen.success {
            // That a request which is refused stores nothing is only recommended.
            if let (Some(known), Some(Value::Object(members))) = (self.of(&path, fixed), members) {
                let mut known = known.clone();
                known.doubt(members.keys());
                self.known.insert(path, Some(known));
            }
            return;
        }
        let known = match (&learn.merge, members) {
            (None, Some(members @ Value::Object(_))) => {
                let mut known = KnownResource::new(members.clone());
                known.forget(&learn.loses);
                Some(known)
            }
            (None, _) => None,
            (Some(_), None) => None,
            (Some(listed), Some(Value::Object(members))) => {
                let mut known = self.of(&path, fixed).cloned().unwrap_or_default();
                known.forget(&learn.loses);
                // A change that holds what may not be changed may be passed over as a whole.
                let plain = |name: &String| {
                    listed.iter().any(|each| each == name) && !learn.uncertain.contains(name)
                };
                match members.keys().all(plain) {
                    true => known.merge(listed, members),
                    // What may not be changed stays as it was.
                    false => {
                        let may = |name: &&String| {
                            listed.iter().any(|each| each.eq_ignore_ascii_case(name))
                        };
                        known.forget(&members.keys().filter(may).cloned().collect::<Vec<_>>());
                    }
                }
                Some(known)
            }
            (Some(_), Some(_)) => None,
        };
        self.known
            .insert(path, known.map(|known| if learn.advisory { known.advisory() } else { known }));
    }

    fn of<'k>(&'k self, path: &str, fixed: Fixed<'k>) -> Option<&'k KnownResource> {
        match self.known.get(path) {
            Some(known) => known.as_ref(),
            None => fixed?.get(path),
        }
    }

    /// Returns the clause by which a refusal is wrong, since what is asked for is known to be
    /// there.
    pub(crate) fn missing<'h>(
        &self,
        holdings: &'h [Holding],
        fixed: Fixed,
        seen: &Seen,
    ) -> Option<&'h str> {
        if seen.success || seen.asked.is_queried() {
            return None;
        }
        let shows = holdings.iter().flat_map(|each| each.show.iter().map(move |show| (each, show)));
        shows.into_iter().find_map(|(holding, show)| {
            // A link in other letters is the documented one, and need not be served as well.
            let parameters = show.meets(seen.asked, false)?;
            let path = path(&holding.resource, &parameters, &BTreeMap::new(), &[])?;
            self.of(&path, fixed).and(show.there.as_deref())
        })
    }

    /// Returns whether an answer to what is asked shows a resource that is no element of a list.
    pub(crate) fn shows_whole(holdings: &[Holding], asked: &Asked, ignore_case: bool) -> bool {
        let shows = holdings.iter().flat_map(|holding| &holding.show);
        shows.into_iter().any(|show| !show.each && show.meets(asked, ignore_case).is_some())
    }

    /// Gives `judge` what a successful answer has to agree with, one by one: a long list has too many
    /// to be held together.
    ///
    /// # Errors
    /// The first that `judge` gives.
    pub(crate) fn agreements<E>(
        &self,
        holdings: &[Holding],
        fixed: Fixed,
        seen: &Seen,
        judge: &mut dyn FnMut(Agreement) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(answered) = seen.answered.filter(|_| seen.success) else { return Ok(()) };
        for holding in holdings {
            for show in &holding.show {
                let Some(parameters) = show.meets(seen.asked, seen.ignore_case) else { continue };
                // The pages that follow belong to it, and nobody has asked for them.
                let next = format!("{}/navigation/next", show.at);
                if !show.each && pointer::get(answered, &next).is_some_and(Value::is_string) {
                    continue;
                }
                let unwrapped = show.read.as_ref().map(|unwrap| unwrap.of(answered));
                let body = unwrapped.as_deref().unwrap_or(answered);
                let perhaps = show.perhaps.iter().any(|name| seen.asked.has_query(name));
                for (at, shown) in places(body, show) {
                    let place =
                        Shown { show, at: &at, value: shown, body, sent: seen.sent, perhaps };
                    linked(holding, &parameters, &place).into_iter().try_for_each(&mut *judge)?;
                    let path = path(&holding.resource, &parameters, &show.key, &[shown]);
                    let Some(known) = path.and_then(|path| self.of(&path, fixed)) else { continue };
                    known.agreements(holding, &place).into_iter().try_for_each(&mut *judge)?;
                }
            }
        }
        Ok(())
    }
}

/// Returns where the links of a resource have to lead, whatever is known of it.
fn linked<'h, 's>(
    holding: &'h Holding,
    parameters: &[(&str, &str)],
    shown: &Shown<'h, 's>,
) -> Vec<Agreement<'h, 's>> {
    let Shown { show, at, value, body, perhaps, .. } = shown;
    let leads = |to: &str| exact_path(to, parameters, &show.key, &[value]);
    let agreement = |clause, own, member: &str, expected| Agreement {
        clause,
        member: own,
        body,
        at: format!("{at}{member}"),
        expected,
        advisory: *perhaps,
    };
    let is_there = |member: &String| pointer::get(value, member).is_some_and(|it| !it.is_null());
    let is_named = !show.key.is_empty() && holding.own.keys().any(is_there);
    let named = Some(&holding.resource).filter(|_| is_named).and_then(|resource| leads(resource));
    let own = named.iter().flat_map(|path| {
        let link = Matcher::Optional(Box::new(Matcher::Link(path.as_str().into())));
        let own = holding.own.iter();
        own.map(move |(member, clause)| {
            let cited = show.clause.as_ref().unwrap_or(clause);
            agreement(cited, clause, member, link.clone())
        })
    });
    let others = holding.links.iter().filter_map(|(member, link)| {
        let is_link = pointer::get(value, member).is_some_and(Value::is_string);
        let to = leads(&link.to).filter(|_| is_link)?;
        let clause = show.clause.as_ref().unwrap_or(&link.clause);
        Some(agreement(clause, &link.clause, member, Matcher::Link(to.into())))
    });
    own.chain(others).collect()
}

/// The resources that the fixtures hold, where they are loaded.
pub(crate) type Fixed<'f> = Option<&'f HashMap<String, KnownResource>>;

/// Returns where a resource stands in an answer, or each of a list.
fn places<'b>(body: &'b Value, show: &'b Show) -> impl Iterator<Item = (String, &'b Value)> {
    let (items, one) = match pointer::get(body, &show.at) {
        Some(Value::Array(items)) if show.each => (items.as_slice(), None),
        // A link in the place of what it leads to tells nothing.
        one @ Some(Value::Object(_)) if !show.each => (&[][..], one),
        _ => (&[][..], None),
    };
    let each = items.iter().enumerate().filter_map(|(index, item)| {
        let at = format!("{}/{index}{}", show.at, show.within);
        Some((at, pointer::get(item, &show.within)?))
    });
    each.chain(one.map(|value| (show.at.clone(), value)))
}

/// Returns the path of a resource, its parameters from the request's path or from a body; in small
/// letters, since what differs in case alone is one resource or does not exist.
fn path(
    resource: &str,
    parameters: &[(&str, &str)],
    key: &BTreeMap<String, String>,
    bodies: &[&Value],
) -> Option<String> {
    exact_path(resource, parameters, key, bodies).map(|path| path.to_lowercase())
}

/// Returns the path as its parameters are written.
fn exact_path(
    resource: &str,
    parameters: &[(&str, &str)],
    key: &BTreeMap<String, String>,
    bodies: &[&Value],
) -> Option<String> {
    let of_bodies = |at: &String| bodies.iter().find_map(|body| text_of(pointer::get(body, at)?));
    let keys = key.iter().map(|(name, at)| Some((name.as_str(), of_bodies(at)?)));
    let keys: Vec<_> = keys.collect::<Option<_>>()?;
    let mut path = String::with_capacity(2 * resource.len());
    let mut rest = resource;
    while let Some((before, parameter)) = rest.split_once('{') {
        let (name, after) = parameter.split_once('}')?;
        let given = parameters.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        let of_key =
            || keys.iter().find(|(known, _)| *known == name).map(|(_, value)| value.trim());
        path.push_str(before);
        path.push_str(given.or_else(of_key)?);
        rest = after;
    }
    path.push_str(rest);
    (!path.contains('{')).then_some(path)
}

/// Leaves the members out that have no value.
fn without_nulls(mut members: Map<String, Value>) -> Map<String, Value> {
    members.retain(|_, value| !value.is_null());
    members
}
