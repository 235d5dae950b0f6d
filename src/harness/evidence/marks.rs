//! The marks of redaction in what was kept, as far as the recorder can have left them there: nobody else
//! takes anything out of what is judged.

use super::Redaction;
use super::mask::REDACTED;
use super::redaction::CREDENTIAL;
use crate::harness::outcome::{SafeExchange, SafeRequest};
use crate::harness::wire::Answer;

/// The marks that count in the exchanges of a case.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Marks {
    /// A credential may have been sent back anywhere.
    credential: bool,
    /// A member that the run redacts holds the mark, so that its value may have stood elsewhere too.
    /// Where none does, the mark is a text like any other.
    member: bool,
}

impl Marks {
    /// Returns the marks that count in these exchanges.
    pub(super) fn of(redaction: &Redaction, exchanges: &[SafeExchange]) -> Marks {
        let names = &redaction.members;
        let masked = |each: &SafeExchange| {
            let SafeRequest { url, headers, body, .. } = &each.request;
            let answer = each.answer.as_ref().ok();
            let bodies = body.iter().chain(answer.map(|answer| &answer.body));
            let bodies = bodies.map(|body| String::from_utf8_lossy(body));
            let mut fields = headers.iter().chain(answer.into_iter().flat_map(|a| &a.headers));
            let named = |(name, value): &(String, String)| {
                (names.has(name) && value == REDACTED) || names.is_masked_in(value)
            };
            names.is_masked_in(url)
                || fields.any(named)
                || bodies.into_iter().any(|body| names.is_masked_in(&body))
        };
        Marks {
            credential: redaction.has_credentials,
            member: !names.is_empty() && exchanges.iter().any(masked),
        }
    }

    /// Returns whether something was taken out of a text.
    pub(super) fn are_in(self, text: &[u8]) -> bool {
        self.each().any(|mark| find(text, mark.as_bytes()).is_some())
    }

    /// Returns whether something was taken out of what a case reads of an answer: its body, and the
    /// headers that are `heeded`.
    pub(super) fn are_in_answer(self, answer: &Answer, heeded: impl Fn(&str) -> bool) -> bool {
        let mut heeded = answer.headers.iter().filter(|(name, _)| heeded(name));
        // What was cut off may have been right or wrong.
        answer.cut_from().is_some()
            || self.are_in(&answer.body)
            || heeded.any(|(_, value)| self.are_in(value.as_bytes()))
    }

    /// Returns whether a text may be another from which something was taken out.
    pub(super) fn may_stand_for(self, kept: &[u8], whole: &[u8]) -> bool {
        let mut rest = whole;
        let mut parts = self.between(kept).into_iter();
        let Some(first) = parts.next() else { return kept == whole };
        let Some(after) = rest.strip_prefix(first) else { return false };
        rest = after;
        let parts: Vec<_> = parts.collect();
        let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
        for part in middle {
            let Some(at) = find(rest, part) else { return false };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last)
    }

    fn each(self) -> impl Iterator<Item = &'static str> {
        [(self.credential, CREDENTIAL), (self.member, REDACTED)]
            .into_iter()
            .filter_map(|(counts, mark)| counts.then_some(mark))
    }

    /// Returns what stands before, between and behind the marks of a text.
    fn between(self, text: &[u8]) -> Vec<&[u8]> {
        let (mut parts, mut rest) = (Vec::new(), text);
        let next = |rest: &[u8]| {
            let found = self.each().filter_map(|mark| Some((find(rest, mark.as_bytes())?, mark)));
            found.min()
        };
        while let Some((at, mark)) = next(rest) {
            parts.push(&rest[..at]);
            rest = &rest[at + mark.len()..];
        }
        parts.push(rest);
        parts
    }
}

/// Returns where a part first stands in a text.
fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    if part.is_empty() {
        return Some(0);
    }
    text.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::Marks;

    #[test]
    fn only_a_mark_that_counts_stands_for_anything() {
        let both = Marks { credential: true, member: true };
        let none = Marks::default();
        for (kept, whole, stands) in [
            ("/a/[redacted]/c", "/a/b/c", true),
            ("/a/[redacted]/c", "/a/b/d", false),
            ("/a/[redacted]", "/a/", true),
            ("$TOKEN and [redacted]", "x and y", true),
            ("[redacted][redacted]", "anything", true),
            ("x[redacted]yy[redacted]y", "xyyy", true),
            ("x[redacted]yy[redacted]y", "xyy", false),
            ("/a", "/b", false),
            ("/a", "/a", true),
            ("", "", true),
        ] {
            let (kept, whole) = (kept.as_bytes(), whole.as_bytes());
            assert_eq!(both.may_stand_for(kept, whole), stands, "{kept:?}");
            assert_eq!(none.may_stand_for(kept, whole), kept == whole, "{kept:?}");
        }
    }
}
