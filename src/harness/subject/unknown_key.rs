//! The complaint of serde about a key that it does not know, with what was probably meant.

use crate::input::suggest::did_you_mean;

/// Returns the complaint about a name that serde does not know, with what was probably meant: the
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
    use super::unknown_key;

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
