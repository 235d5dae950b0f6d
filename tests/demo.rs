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

/// A container that is started anew for nothing, or not when it should be.
#[test]
fn the_health_of_a_server_is_an_exit_code() {
    let health = |url: &str| {
        let asked = Command::new(env!("CARGO_BIN_EXE_etalon")).args(["health", url]).output();
        asked.unwrap()
    };
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let url = format!("http://{address}");
    assert_eq!(health(&url).status.code(), Some(1), "nothing listens there");
    assert_eq!(health(&format!("https://{address}")).status.code(), Some(2));
    let mut command = Command::new(env!("CARGO_BIN_EXE_etalon"));
    command.args(["demo", "--listen", &address.to_string()]).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let healthy = health(&url);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(healthy.status.code(), Some(0), "{healthy:?}");
    assert!(String::from_utf8_lossy(&healthy.stdout).contains("\"ok\""), "{healthy:?}");
    // What answers otherwise, or not at all, is not healthy.
    for answer in ["HTTP/1.1 503 Service Unavailable\r\n\r\nno", ""] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let answering = std::thread::spawn(move || {
            let (mut client, _) = listener.accept().unwrap();
            let _ = std::io::Read::read(&mut client, &mut [0; 1024]);
            let _ = std::io::Write::write_all(&mut client, answer.as_bytes());
        });
        assert_eq!(health(&url).status.code(), Some(1), "{answer:?}");
        answering.join().unwrap();
    }
}
