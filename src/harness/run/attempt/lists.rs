//! A long list, judged a part at a time: each element is held to its form and to what is known of it,
//! and what nothing reads of it is let go.

use std::collections::{HashMap, HashSet};
use std::mem;
use std::ops::ControlFlow;
use std::sync::PoisonError;

use serde_json::{Map, Value};

use super::{Attempt, Stop, strangers};
use crate::harness::api::Format;
use crate::harness::compare::{Checker, Extent, Taken};
use crate::harness::outcome::{Finding, NAMES};
use crate::harness::run::holdings::Holdings;
use crate::harness::suite::{Asked, Check, Level, Reads, Step, UNDOCUMENTED, steps, text_of};
use crate::harness::wire::{Answer, Body, LongList, Request, weight};

/// So many findings of one kind are kept of one step.
const MOST_ALIKE: usize = 20;

/// After so many broken requirements a list is judged no further: nobody reads more.
const ENOUGH_WRONG: usize = 2000;

/// The findings of the forms of an answer, and of what is known of the target.
type InAnswer = (Vec<Finding>, Vec<Finding>);

impl<'a> Attempt<'a> {
    /// Returns whether a long list that answers a request may be judged in parts: nothing compares the
    /// whole of it.
    pub(super) fn may_be_read_in_parts(&self, step: &Step, request: &Request) -> bool {
        let site = self.assignment.site;
        let api = site.mounted.api;
        let Some(below) = site.below(&request.url) else { return false };
        let asked = Asked::new(&request.method, below);
        let holdings = self.bench.suite.holdings(api.name);
        request.method == "GET"
            && !step.pages
            && self.reads(step) != Reads::All
            && !Holdings::shows_whole(holdings, &asked, api.links_ignore_case)
    }

    fn reads(&self, step: &Step) -> Reads {
        Reads::of(step, steps(&self.bench.suite, self.case).map(|(_, step)| step))
    }

    /// Judges an answer by the standing expectations; of a long list, leaves what is read of it.
    pub(super) fn against_shapes_and_holdings(
        &mut self,
        step: &Step,
        label: &str,
        exchange: &mut Taken<'a>,
        is_own: bool,
    ) -> Result<InAnswer, Stop> {
        let mut found = (Vec::new(), Vec::new());
        if matches!(exchange.body, Body::Unread) {
            found = self.in_parts(step, label, exchange, is_own)?;
        }
        let rest: fn(&Check) -> bool = match exchange.extent {
            Extent::Whole => |_| true,
            Extent::Slim => |check| !is_of_elements(check),
        };
        if !self.case.undocumented {
            strangers::leave_out(exchange);
        }
        if is_own {
            found.0.extend(self.against_shapes(step, label, exchange, rest)?);
        }
        if exchange.extent == Extent::Whole {
            found.1.extend(self.against_holdings(label, exchange, is_own)?);
        }
        Ok(found)
    }

    fn in_parts(
        &mut self,
        step: &Step,
        label: &str,
        exchange: &mut Taken<'a>,
        is_own: bool,
    ) -> Result<InAnswer, Stop> {
        let answer = mem::take(&mut exchange.answer);
        let Some(list) = LongList::of(&answer) else {
            return Err(Stop::Broken(format!("the answer to step {label} is no long list")));
        };
        let slim = Slim {
            reads: self.reads(step),
            keys: step.read.iter().flat_map(|unwrap| unwrap.names()).map(String::as_str).collect(),
            named: self.variables.texts(),
        };
        let mut part = Taken {
            request: exchange.request.clone(),
            example: exchange.example,
            answer: Answer {
                status: answer.status,
                headers: answer.headers.clone(),
                ..Answer::default()
            },
            body: Body::Empty,
            extent: Extent::Whole,
        };
        let has_strangers = !self.case.undocumented && list.holds(UNDOCUMENTED.as_bytes());
        let (mut found, mut kept) = ((Vec::new(), Vec::new()), Vec::new());
        let (mut held, most) = (0, self.bench.options.allowance.held_of_list());
        let mut wrong = 0;
        let mut stopped = None;
        let read = list.each(&mut |before, elements| {
            let mut body = list.with(elements);
            if has_strangers {
                strangers::leave_out_of(&mut body);
            }
            part.body = Body::Read(body);
            if is_own {
                match self.part(step, label, &mut part) {
                    Ok(of_part) => {
                        let all = of_part.0.iter().chain(&of_part.1);
                        wrong += all.filter(|each| each.level == Level::Must).count();
                        add(&mut found, of_part, &list.at, before);
                    }
                    Err(stop) => {
                        stopped = Some(stop);
                        return ControlFlow::Break(());
                    }
                }
            }
            if let Body::Read(mut body) = mem::replace(&mut part.body, Body::Empty)
                && let Some(Value::Array(elements)) = body.pointer_mut(&list.at)
            {
                let slimmed = elements.drain(..).map(|element| slim.keep(element));
                kept.extend(slimmed.inspect(|element| held += weight(element) as u64));
            }
            if held > most / 8 && self.alone.is_none() {
                let much = &self.session.claims.much;
                self.alone = Some(much.lock().unwrap_or_else(PoisonError::into_inner));
            }
            let told = if wrong > ENOUGH_WRONG {
                format!("{ENOUGH_WRONG} things are wrong with its first elements")
            } else if held > most {
                format!(
                    "what the case reads of it takes more than {most} bytes of memory after {before} \
                     elements, the most that is held; `listBytes` under [limits] in a target file \
                     raises it"
                )
            } else {
                return ControlFlow::Continue(());
            };
            // What is wrong with the elements so far is wrong, however the list goes on.
            self.found.findings.extend(mem::take(&mut found.0));
            self.found.findings.extend(mem::take(&mut found.1));
            stopped = Some(self.too_much_of(exchange, &told));
            ControlFlow::Break(())
        });
        if let Some(stop) = stopped {
            return Err(stop);
        }
        exchange.body = match read {
            Ok(()) => {
                exchange.extent = Extent::Slim;
                Body::Read(list.with(kept))
            }
            Err(reason) => {
                found = (Vec::new(), Vec::new());
                Body::unreadable(Format::Json, reason, &answer.body)
            }
        };
        exchange.answer = answer;
        Ok(found)
    }

    /// Returns why a list is not judged to its end.
    fn too_much_of(&self, exchange: &Taken, told: &str) -> Stop {
        let Request { method, url, .. } = &exchange.request;
        self.session.transport.note_excess(&exchange.request);
        Stop::Excess(format!("{method} {url}: the list was not judged to its end: {told}"))
    }

    /// Judges one part, as if it were the answer.
    fn part(&mut self, step: &Step, label: &str, part: &mut Taken<'a>) -> Result<InAnswer, Stop> {
        let mut misshapen = self.against_shapes(step, label, part, is_of_elements)?;
        let mut disagreements = self.against_holdings(label, part, true)?;
        if let (Some(unwrap), Body::Read(value)) = (&step.read, &mut part.body) {
            *value = unwrap.apply(value.take());
        }
        let links = self.assignment.site.links();
        let checker = Checker { unwrap: step.read.as_ref(), ..self.checker(&links) };
        let Answer { status, .. } = part.answer;
        for expectation in step.expect.iter().filter(|each| each.is_of(status)) {
            if matches!(expectation.check, Check::Schema(_)) {
                misshapen.extend(self.judged(&checker, expectation, label, part)?);
            }
        }
        // Before any is left out: what others made must not stand in for what is wrong.
        self.leave_out_of(part, &mut misshapen);
        self.leave_out_of(part, &mut disagreements);
        Ok((misshapen, disagreements))
    }
}

/// Returns whether a standing expectation asks something of each element alone: a shape knows of no list which
/// elements it should have, or how many.
fn is_of_elements(check: &Check) -> bool {
    matches!(check, Check::Schema(_) | Check::Body { .. })
}

/// The members that are kept of the elements of a long list.
struct Slim<'s> {
    reads: Reads,
    /// The members that tell elements apart.
    keys: Vec<&'s str>,
    /// The texts of the variables: an element that one names is kept whole.
    named: HashSet<String>,
}

impl Slim<'_> {
    fn keep(&self, element: Value) -> Value {
        let Value::Object(mut members) = element else { return element };
        let mut keys = self.keys.iter().filter_map(|key| members.get(*key).and_then(text_of));
        if keys.any(|key| self.named.contains(&key)) {
            return Value::Object(members);
        }
        // What names an element tells whose it is.
        let kept = |name: &str| self.reads.has(name) || NAMES.contains(&name);
        members.retain(|name, _| kept(name));
        // No larger than it has to be: there are many.
        let mut slim = Map::with_capacity(members.len());
        slim.extend(members);
        Value::Object(slim)
    }
}

/// Adds what was found in a part, with its place in the whole list.
fn add(found: &mut InAnswer, of_part: InAnswer, at: &str, before: usize) {
    let (mut misshapen, mut disagreements) = of_part;
    for finding in misshapen.iter_mut().chain(&mut disagreements) {
        finding.pointer = numbered(&finding.pointer, at, before);
    }
    found.0.append(&mut misshapen);
    found.1.append(&mut disagreements);
    limit(&mut found.0);
    limit(&mut found.1);
}

/// Returns the pointer into the whole list, which stands at `at`, of one into a part of it.
fn numbered(pointer: &str, at: &str, before: usize) -> String {
    let (list, rest) = match pointer.strip_prefix(at) {
        Some(rest) => (at, rest),
        None => ("", pointer),
    };
    let mut segments = rest.splitn(3, '/').skip(1);
    let index = segments.next().and_then(|index| index.parse::<usize>().ok());
    match (index, segments.next()) {
        (Some(index), Some(deeper)) => format!("{list}/{}/{deeper}", before + index),
        (Some(index), None) => format!("{list}/{}", before + index),
        (None, _) => pointer.to_owned(),
    }
}

/// Leaves, of the findings that differ in nothing but the element of a list, the first ones: what is
/// wrong with every element of a long list would be said as often.
pub(super) fn limit(findings: &mut Vec<Finding>) {
    if findings.len() <= MOST_ALIKE {
        return;
    }
    let mut kinds: HashMap<_, usize> = HashMap::new();
    findings.retain(|finding| {
        let is_index = |segment: &str| segment.bytes().all(|byte| byte.is_ascii_digit());
        let names = finding.pointer.split('/').filter(|segment| !is_index(segment));
        let place: Vec<_> = names.map(str::to_owned).collect();
        let kind = (finding.clause.clone(), finding.level, finding.step.clone(), place);
        let count = kinds.entry(kind).or_default();
        *count += 1;
        *count <= MOST_ALIKE
    });
}

#[cfg(test)]
mod tests {
    use super::numbered;

    #[test]
    fn a_place_in_a_part_is_told_as_the_place_in_the_list() {
        for (pointer, at, told) in [
            ("/3/name", "", "/515/name"),
            ("/3", "", "/515"),
            ("", "", ""),
            ("/items/0/a/1", "/items", "/items/512/a/1"),
            ("/navigation", "/items", "/navigation"),
            ("/7/id", "/items", "/519/id"),
        ] {
            assert_eq!(numbered(pointer, at, 512), told, "{pointer}");
        }
    }
}
