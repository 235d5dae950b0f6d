//! Tests that need a browser: ignored where there is none, with the reason, and demanded in CI.
//!
//! Whether a browser is there is known only when the tests run, and of that the standard harness
//! knows nothing. So a file with such tests has `harness = false` in Cargo.toml, and a `main` that
//! hands its tests to [`run`].
#![allow(dead_code, reason = "each test crate uses its part")]

use std::any::type_name;
use std::env;
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Completion, Trial};

/// The names that distributions give Chromium.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// What is missing, and what to do about it.
const NONE: &str = "there is no browser: install Chromium (`apt-get install chromium`)";

/// Returns the name of the first browser that is there.
pub(crate) fn found() -> Option<&'static str> {
    let exists = |name: &&str| Command::new(name).arg("--version").output().is_ok();
    NAMES.into_iter().find(exists)
}

/// Returns a test that [`found`] must find a browser for.
///
/// Without one it is ignored and says why. `CI=true` in the environment makes it fail instead: there,
/// what was not tested must not look like what passed.
pub(crate) fn in_browser<F: FnOnce() + Send + 'static>(test: F) -> Trial {
    Trial::ignorable_test(name_of::<F>(), move || {
        if found().is_some() {
            test();
            return Ok(Completion::Completed);
        }
        match env::var("CI").as_deref() {
            Ok("true") => Err(format!("CI demands this test, and {NONE}").into()),
            _ => Ok(Completion::ignored_with(NONE)),
        }
    })
}

/// Returns a test that needs no browser.
pub(crate) fn anywhere<F: FnOnce() + Send + 'static>(test: F) -> Trial {
    Trial::test(name_of::<F>(), move || {
        test();
        Ok(())
    })
}

/// Returns the name of a function.
fn name_of<F>() -> &'static str {
    type_name::<F>().rsplit("::").next().unwrap_or_default()
}

/// Runs the tests as `cargo test` runs others, by the same arguments.
pub(crate) fn run(tests: Vec<Trial>) -> ExitCode {
    libtest_mimic::run(&Arguments::from_args(), tests).exit_code()
}
