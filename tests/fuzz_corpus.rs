//! What fuzzing found, and what it began with, with the stable compiler: a program that others feed
//! with bytes must not fall over any that were seen before. `fuzz/` has the checks.
#![cfg(all(feature = "server", feature = "harness"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "../fuzz/src/lib.rs"]
mod checks;

use std::fs;
use std::path::Path;

#[test]
fn every_check_holds_over_its_corpus() {
    for (name, check) in checks::CHECKS {
        let folder = Path::new("fuzz/corpus").join(name);
        let inputs = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
        let mut seen = 0;
        for input in inputs {
            let path = input.unwrap().path();
            // The test's output says which input it was, should the check panic.
            println!("{}", path.display());
            check(&fs::read(&path).unwrap());
            seen += 1;
        }
        assert!(seen > 0, "{folder:?} is empty");
    }
}
