//! What a misspelled name was probably meant to be.

use similar::get_close_matches;

/// Below this share of letters in common, a suggestion would be a guess.
const ALIKE: f32 = 0.6;

/// Returns ` (did you mean …?)` for the name that is nearest, or nothing if none is near.
pub fn did_you_mean<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> String {
    let known: Vec<_> = known.collect();
    let meant = get_close_matches(name, &known, 1, ALIKE);
    meant.first().map(|meant| format!(" (did you mean {meant}?)")).unwrap_or_default()
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
