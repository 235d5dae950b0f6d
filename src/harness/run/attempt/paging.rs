//! The pages of a list, followed to their end.

use std::collections::HashSet;

use super::{Attempt, Stop};
use crate::harness::api::essence;
use crate::harness::compare::Taken;
use crate::harness::wire::{Answer, Body, Joined, Request, pages};

impl<'a> Attempt<'a> {
    /// Returns the list whose first page `first` answered: each next page is taken once, its items
    /// added. A page that is refused, is of another type than the first or holds no list is what the
    /// step got, and is judged in its place.
    pub(super) fn whole(&self, mut first: Taken<'a>) -> Result<Taken<'a>, Stop> {
        let mut taken = HashSet::new();
        let mut bytes = first.answer.body.len() as u64;
        let mut next = pages::next(&first.body).map(str::to_owned);
        while let Some(link) = next.filter(|link| !taken.contains(link)) {
            let url = self.assignment.site.url(&link);
            let request = Request { url, ..first.request.clone() };
            let read = Joined { pages: taken.len() + 1, bytes };
            let answer = self.ask_page(&first.request, read, &request)?;
            bytes = bytes.saturating_add(answer.body.len() as u64);
            let body = Body::of(&answer, &self.assignment.site.mounted.media);
            let type_of = |answer: &Answer| answer.header("content-type").map(essence);
            let is_like_the_first =
                answer.status == first.answer.status && type_of(&answer) == type_of(&first.answer);
            if !is_like_the_first || !pages::append(&mut first.body, &body) {
                return Ok(Taken { request, answer, body, ..first });
            }
            taken.insert(link);
            next = pages::next(&body).map(str::to_owned);
        }
        Ok(first)
    }
}
