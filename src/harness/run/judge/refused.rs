//! What a 401 before the first case may come from. A token is the first thought, and often another
//! thing it is.

use super::Judge;
use super::presence::mounted_twice;
use crate::harness::outcome::Refusal;
use crate::harness::subject::{Ledger, Provision, Site};
use crate::harness::suite::TOKEN_TO_SAY;
use crate::input::secret::WELL_KNOWN;

/// Returns the refusal of a run whose first request for an API and a ledger was answered 401.
pub(super) fn refused(judge: &Judge, site: &Site<'_>, url: &str) -> Refusal {
    let twice = mounted_twice(site).unwrap_or_default();
    Refusal::inconclusive(match (site.ledger, site.credential()) {
        (Some(ledger), _) => format!(
            "{url} is refused (401) with the token of ledger {}: {}{twice}",
            ledger.no,
            of_ledger(ledger, &judge.target().provision)
        ),
        (None, Some(_)) => format!(
            "{url} is refused (401) with the credentials that are given: {}{twice}",
            site.mounted.api.entrance()
        ),
        (None, None) => format!(
            "{url} is refused (401) without credentials: {}{twice}",
            site.mounted.api.entrance()
        ),
    })
}

/// Returns why the token of a ledger may be refused, and what to do: the one reason, if it can be told
/// from here, or those that there are.
fn of_ledger(Ledger { no, token, .. }: &Ledger, provision: &Provision) -> String {
    if token.reveal().starts_with(TOKEN_TO_SAY) {
        return format!(
            "it is still the one that `etalon target init` writes: put the ledger's own token there, \
             or say --token {no}=TOKEN"
        );
    }
    let right =
        format!("give the right one with --token {no}=TOKEN, or under [[ledger]] in a target file");
    let unknown = match provision {
        Provision::Url { .. } | Provision::Command(_) => format!(
            "or the records that were just brought have not made ledger {no} known there: see what \
             became of the line {{\"record\":\"ledger\",\"ledgerNo\":\"{no}\", …}}"
        ),
        Provision::Preloaded => format!(
            "or the target has no ledger {no}, though the target file says that the suite's records \
             are preloaded"
        ),
        Provision::None | Provision::Assumed => format!(
            "or the target has no ledger {no}: nobody has brought it the suite's records; bring them, \
             or name the ledgers that it has in a target file"
        ),
    };
    match token.reveal().strip_prefix(WELL_KNOWN) == Some(no.as_str()) {
        true => format!(
            "either that is not {WELL_KNOWN}{no}, as it is where nobody says another: {right}; {unknown}"
        ),
        false => format!("either that is not the right one: {right}; {unknown}"),
    }
}
