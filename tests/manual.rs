//! What the binary tells of itself: completions for shells, and pages of the manual.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::fs;
use std::process::{Command, Output};

fn etalon(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_etalon")).args(args).output().unwrap()
}

/// Returns the names of the commands that the help lists, but for itself.
fn commands() -> Vec<String> {
    let help = String::from_utf8(etalon(&["--help"]).stdout).unwrap();
    let (_, listed) = help.split_once("Commands:\n").unwrap();
    let lines = listed.lines().take_while(|line| !line.is_empty());
    let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = names.map(|line| line.split_whitespace().next().unwrap().to_owned());
    names.filter(|name| name != "help").collect()
}

/// Who asks `man etalon-serve` would be told that there is nothing.
#[test]
fn each_command_has_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("man1");
    let written = etalon(&["man", place.to_str().unwrap()]);
    assert!(written.status.success() && written.stdout.is_empty());
    let commands = commands();
    assert!(commands.len() > 5, "{commands:?}");
    for name in commands {
        let page = fs::read_to_string(place.join(format!("etalon-{name}.1"))).unwrap();
        assert!(page.contains(".TH etalon-"), "{name}: {page}");
        assert!(page.contains(".SH DESCRIPTION"), "{name}: {page}");
    }
    let first = fs::read(place.join("etalon.1")).unwrap();
    assert!(etalon(&["man"]).stdout == first);
    // A file stands where the folder would.
    let refused = etalon(&["man", place.join("etalon.1").to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("etalon.1: the pages cannot be written"), "{said}");
}

/// A script that a shell refuses breaks every shell that is started with it.
#[test]
fn the_script_for_bash_is_one_and_completes_a_command() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("etalon.bash");
    fs::write(&script, etalon(&["completions", "bash"]).stdout).unwrap();
    let checked = Command::new("bash").arg("-n").arg(&script).output().unwrap();
    assert!(checked.status.success(), "{checked:?}");
    let typed = "source \"$0\"; COMP_WORDS=(etalon fixt); COMP_CWORD=1; \
                 _etalon etalon fixt etalon; echo \"${COMPREPLY[*]}\"";
    let completed = Command::new("bash").args(["-c", typed]).arg(&script).output().unwrap();
    assert_eq!(String::from_utf8(completed.stdout).unwrap(), "fixtures\n");
}

#[test]
fn every_shell_has_its_script() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = etalon(&["completions", shell]);
        assert!(script.status.success());
        let text = String::from_utf8(script.stdout).unwrap();
        assert!(commands().iter().all(|name| text.contains(name.as_str())), "{shell}");
    }
    assert_eq!(etalon(&["completions", "cmd"]).status.code(), Some(2));
}
