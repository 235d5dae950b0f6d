//! What a misspelled name was probably meant to be.

use std::cmp::Reverse;

use similar::DiffTag;

use super::edits::edits;

/// Below this share of letters in common, in millionths, a suggestion would be a guess.
const ALIKE: usize = 600_000;

/// Returns ` (did you mean …?)` for the name that is nearest, or nothing if none is near.
pub fn did_you_mean<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> String {
    let letters: Vec<char> = name.chars().collect();
    let alike = known.map(|known| (in_common(&letters, known), Reverse(known)));
    let meant = alike.filter(|(share, _)| *share >= ALIKE).max();
    meant.map(|(_, Reverse(meant))| format!(" (did you mean {meant}?)")).unwrap_or_default()
}

/// Returns the share of the letters of both names that they have in common, in millionths.
fn in_common(name: &[char], known: &str) -> usize {
    let known: Vec<char> = known.chars().collect();
    let all = (name.len() + known.len()).max(1);
    let share = |count: usize| 2_000_000 * count / all;
    let most = share(name.len().min(known.len()));
    if most < ALIKE {
        return most;
    }
    let stay = edits(name, &known).into_iter().filter(|op| op.tag() == DiffTag::Equal);
    share(stay.map(|op| op.old_range().len()).sum())
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn the_nearest_name_is_suggested_and_a_far_one_is_not() {
        let known = ["base", "connectTimeout", "customer"];
        for (name, meant) in [
            ("bse", " (did you mean base?)"),
            ("connect_timeout", " (did you mean connectTimeout?)"),
            ("Customers", " (did you mean customer?)"),
            ("xyz", ""),
        ] {
            assert_eq!(did_you_mean(name, known.into_iter()), meant, "{name}");
        }
    }
}
