//! The look whether what answers for an API and a ledger is that API, before the first case, since hundreds
//! of failures would accuse a server that is not the one that was meant.

use super::prepare::Preparation;
use crate::harness::api::Ask;
use crate::harness::outcome::Refusal;
use crate::harness::run::contact::{Said, said, words};
use crate::harness::run::judge::landmarks;
use crate::harness::subject::Site;
use crate::harness::suite::is_safe_method;
use crate::harness::wire::Answer;

/// By which methods a target may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Methods {
    Any,
    Safe,
}

/// Asks on where the answer to the probe may be anybody's, until one is the API's.
///
/// # Errors
/// A sentence: all that was asked was answered as by somebody else.
pub(super) fn meet(
    before: &Preparation<'_>,
    site: &Site<'_>,
    probed: &Answer,
    methods: Methods,
) -> Result<(), Refusal> {
    let (api, judge) = (site.mounted.api, before.judge);
    let Said::Strange(what) = said(site.mounted, probed) else { return Ok(()) };
    let paths = landmarks::paths(judge, site);
    let landmarks = paths.iter().map(|path| ("GET", path.as_str(), None));
    let allowed = |ask: &&Ask| methods == Methods::Any || is_safe_method(ask.method);
    let presence = api.presence.iter().filter(allowed).map(|ask| (ask.method, ask.path, ask.body));
    for (method, path, body) in landmarks.chain(presence) {
        let answer = before.ask_below(site, method, path, body)?;
        judge.contact().note(site.mounted, &site.url(path), &answer, judge.redaction());
        if !matches!(said(site.mounted, &answer), Said::Strange(_)) {
            return Ok(());
        }
    }
    // Where nothing is found, this API may answer 404 to all that can be asked without a write.
    if api.presence.is_empty() && matches!(probed.status, 404) && is_in_a_format(site, probed) {
        return Ok(());
    }
    let what = format!("{what}{}", words(site.mounted, probed, judge.redaction()));
    Err(Refusal::inconclusive(judge.safe(sentence(site, probed, &what))))
}

/// Returns whether an answer has a documented media type.
fn is_in_a_format(site: &Site<'_>, answer: &Answer) -> bool {
    answer.header("content-type").is_some_and(|media| site.mounted.media.names(media))
}

fn sentence(site: &Site<'_>, probed: &Answer, what: &str) -> String {
    let (api, base, mount) = (site.mounted.api, &site.mounted.base, &site.mounted.mount);
    let url = site.url(api.probe);
    let name = api.name;
    let of_ledger = site.ledger.map(|ledger| format!(" of ledger {}", ledger.no));
    let of_ledger = of_ledger.as_deref().unwrap_or_default();
    let so = "and so is all else that was asked there";
    match probed.status {
        403 => format!(
            "{url} is refused (403), {so}: see whether what is sent lets in to the {name} \
             API{of_ledger}; {}",
            api.entrance()
        ),
        300..=399 => format!(
            "nothing that answers there is the {name} API{of_ledger}: {url} {what}, {so}; give the \
             `base` URL, or the `mount` under [api.{name}] in a target file, that leads there at once"
        ),
        _ => {
            let ledger = site.ledger.map(|ledger| {
                format!(", and whether the target has the ledger {} at all", ledger.no)
            });
            let ledger = ledger.unwrap_or_default();
            let twice = mounted_twice(site).unwrap_or_default();
            format!(
                "nothing that answers there is the {name} API{of_ledger}: {url} {what}, {so}; see \
                 whether `base`, {base}, and `mount`, {mount}, are right{ledger}{twice}"
            )
        }
    }
}

/// Returns what is to be added where the base URL has the mount, or the beginning of it, already.
pub(super) fn mounted_twice(site: &Site<'_>) -> Option<String> {
    let part = twice(&site.mounted.base.prefix, &site.root())?.to_owned();
    Some(format!("; the base URL ends in {part} already, with which the mount begins"))
}

/// Returns what a base URL has at its end that the mount begins with, the longest there is.
fn twice<'r>(prefix: &str, root: &'r str) -> Option<&'r str> {
    let ends = root.match_indices('/').map(|(at, _)| at).skip(1).chain([root.len()]);
    let parts: Vec<_> = ends.map(|end| &root[..end]).collect();
    parts.into_iter().rev().find(|part| !part.is_empty() && prefix.ends_with(part))
}

#[cfg(test)]
mod tests {
    use super::twice;

    #[test]
    fn a_base_url_that_ends_as_the_mount_begins_is_seen() {
        for (prefix, root, part) in [
            ("/billingManagement", "/billingManagement", Some("/billingManagement")),
            ("/x/ledger/customer/v1", "/ledger/customer/v1/100", Some("/ledger/customer/v1")),
            ("/ledger/customer/v1/100", "/ledger/customer/v1/100", Some("/ledger/customer/v1/100")),
            ("/sandbox/billing", "/ledger/customer/v1/100", None),
            ("", "/billingManagement", None),
            ("", "", None),
        ] {
            assert_eq!(twice(prefix, root), part, "{prefix} {root}");
        }
    }
}
