//! Secrets that stand on the command line, where the list of processes shows them.

use etalon::input::secret::{Source, WELL_KNOWN};
use etalon::output::standard_error::tell;

/// Says once, on standard error, which flags were given a secret itself instead of its place; each is
/// a flag and the secret that it was given.
pub fn warn<'a>(given: impl IntoIterator<Item = (&'static str, &'a str)>) {
    let mut flags: Vec<&str> = Vec::new();
    for (flag, secret) in given {
        let is_literal = matches!(Source::from_flag(secret), Source::Given(_));
        // What came from the environment is in no list of processes.
        let is_shown = || std::env::args_os().any(|it| it.to_string_lossy().ends_with(secret));
        if is_literal && !secret.starts_with(WELL_KNOWN) && !flags.contains(&flag) && is_shown() {
            flags.push(flag);
        }
    }
    if !flags.is_empty() {
        tell(format_args!(
            "etalon: everybody on this machine can read the secret of {} in the list of processes; \
             env:NAME or file:PATH in its place keeps it to yourself.",
            flags.join(" and of ")
        ));
    }
}

/// Returns the secret in a flag's value that begins with a name and a sign.
pub fn after(sign: char, value: &str) -> &str {
    value.split_once(sign).map_or("", |(_, secret)| secret)
}
