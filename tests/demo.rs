//! `etalon` alone, and `etalon demo`: the first minute of somebody who has just got the binary.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

/// Whoever pastes a line that he is told, and gets an error, believes nothing else that he is told.
#[test]
fn every_line_that_a_demo_says_works_as_pasted() {
    // Where 8080 is taken the second of them is on another port, and says so.
    for args in [&[][..], &["demo"], &["demo", "--listen", "127.0.0.1:0"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_etalon"));
        let mut child = command.args(args).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let said: Vec<_> = lines.take_while(|line| !line.starts_with("stop it")).collect();
        let page = said.iter().find_map(|line| line.strip_prefix("the page: ")).unwrap();
        let lines: Vec<_> = said.iter().filter(|line| line.starts_with("curl ")).collect();
        assert_eq!(lines.len(), 5, "{said:?}");
        let look = format!("curl -s {page}");
        for line in lines.into_iter().chain([&look]) {
            let failing = line.replacen("curl ", "curl --fail ", 1);
            let ran = Command::new("sh").args(["-c", &failing]).output().unwrap();
            assert!(ran.status.success() && !ran.stdout.is_empty(), "{line}: {ran:?}");
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
