//! What a misspelled name was probably meant to be.

use similar::get_close_matches;

/// Below this share of letters in common, a suggestion would be a guess.
const ALIKE: f32 = 0.6;

/// ` (did you mean …?)` for the name that is nearest, or nothing if none is near.
pub(crate) fn did_you_mean<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> String {
    let known: Vec<_> = known.collect();
    let meant = get_close_matches(name, &known, 1, ALIKE);
    meant.first().map(|meant| format!(" (did you mean {meant}?)")).unwrap_or_default()
}

/// The complaint of serde about a name that it does not know, with what was probably meant: the
/// names that it knows are told by nobody else.
pub(super) fn unknown_key(complaint: &str) -> Option<String> {
    let (_, rest) = complaint.rsplit_once("unknown field ")?;
    let mut names = rest.split('`').skip(1).step_by(2);
    let name = names.next()?;
    let known: Vec<_> = names.collect();
    let meant = did_you_mean(name, known.iter().copied());
    Some(format!("there is no key {name} here{meant}; there are {}", known.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::{did_you_mean, unknown_key};

    #[test]
    fn the_nearest_name_is_suggested_and_a_far_one_is_not() {
        let known = ["base", "connectTimeout", "customer"];
        for (name, meant) in [
            ("bse", "base"),
            ("connect_timeout", "connectTimeout"),
            ("Customers", "customer"),
            ("xyz", ""),
        ] {
            let said = did_you_mean(name, known.into_iter());
            assert_eq!(said.is_empty(), meant.is_empty(), "{name}: {said}");
            assert!(said.contains(meant), "{name}: {said}");
        }
    }

    #[test]
    fn what_serde_says_of_an_unknown_key_is_said_with_what_was_meant() {
        for (complaint, said) in [
            (
                "unknown field `bse`, expected `base` or `ca`",
                Some("no key bse here (did you mean base?)"),
            ),
            (
                "unknown field `x`, expected one of `ab`, `cd`",
                Some("no key x here; there are ab, cd"),
            ),
            ("missing field `no`", None),
        ] {
            let message = unknown_key(complaint);
            assert_eq!(message.is_some(), said.is_some(), "{complaint}");
            assert!(message.unwrap_or_default().contains(said.unwrap_or_default()), "{complaint}");
        }
    }
}
