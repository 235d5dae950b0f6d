//! The pages of a list, followed to their end.

use super::{Attempt, Stop};
use crate::harness::api::essence;
use crate::harness::compare::Taken;
use crate::harness::wire::{Answer, Body, Request, pages};

impl<'a> Attempt<'a> {
    /// Returns the list whose first page `first` answered: each next page is taken once, its items
    /// added. A page that is refused, or is of another type than the first, is what the step got.
    pub(super) fn whole(&self, mut first: Taken<'a>) -> Result<Taken<'a>, Stop> {
        let mut taken = Vec::new();
        let mut next = pages::next(&first.body).map(str::to_owned);
        while let Some(link) = next.filter(|link| !taken.contains(link)) {
            let url = self.assignment.site.url(&link);
            let request = Request { url, ..first.request.clone() };
            let answer = self.ask(&request, |_| false)?;
            let body = Body::of(&answer, &self.assignment.site.mounted.media);
            let type_of = |answer: &Answer| answer.header("content-type").map(essence);
            if answer.status != first.answer.status || type_of(&answer) != type_of(&first.answer) {
                return Ok(Taken { request, answer, body, ..first });
            }
            taken.push(link);
            next = pages::next(&body).filter(|_| taken.len() < pages::MOST).map(str::to_owned);
            pages::append(&mut first.body, &body);
        }
        Ok(first)
    }
}
