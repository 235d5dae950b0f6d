//! `etalon` alone, and `etalon demo`: the first minute of somebody who has just got the binary.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

/// Whoever pastes a line that he is told, and gets an error, believes nothing else that he is told.
#[test]
fn every_line_that_a_demo_says_works_as_pasted() {
    // Where 8080 is taken the second of them is on another port, and says so.
    // A token of the environment is one without which a request does not work.
    let free = ["demo", "--listen", "127.0.0.1:0"];
    for (args, token) in
        [(&[][..], None), (&["demo"], None), (&free, None), (&free, Some("s3cret"))]
    {
        let mut command = Command::new(env!("CARGO_BIN_EXE_etalon"));
        command.envs(token.map(|token| ("ETALON_TMF_TOKEN", token)));
        let mut child = command.args(args).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let said: Vec<_> = lines.take_while(|line| !line.starts_with("stop it")).collect();
        let page = said.iter().find_map(|line| line.strip_prefix("the page: ")).unwrap();
        let lines: Vec<_> = said.iter().filter(|line| line.starts_with("curl ")).collect();
        assert_eq!(lines.len(), 5, "{said:?}");
        let look = format!("curl -s {page}");
        for line in lines.into_iter().chain([&look]) {
            let failing = line.replacen("curl ", "curl --fail ", 1);
            assert!(!line.contains("s3cret"), "{line}");
            let mut shell = Command::new("sh");
            shell.args(["-c", &failing]).envs(token.map(|token| ("ETALON_TMF_TOKEN", token)));
            let ran = shell.output().unwrap();
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
    // What answers otherwise, too slowly or not at all is not healthy.
    for (answer, why) in [
        ("HTTP/1.1 503 Service Unavailable\r\n\r\nno", "it answered 503: no"),
        ("", "it gave no answer"),
        ("HTTP/1.1 200 OK\r\n\r\n~", "within 5 seconds"),
    ] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let answering = std::thread::spawn(move || {
            let (mut client, _) = listener.accept().unwrap();
            let _ = std::io::Read::read(&mut client, &mut [0; 1024]);
            let _ = std::io::Write::write_all(&mut client, answer.as_bytes());
            // A byte now and then, without an end.
            while answer.ends_with('~') && std::io::Write::write_all(&mut client, b"~").is_ok() {
                std::thread::sleep(std::time::Duration::from_millis(100));
            }
        });
        let sick = health(&url);
        assert_eq!(sick.status.code(), Some(1), "{answer:?}");
        assert!(String::from_utf8_lossy(&sick.stderr).contains(why), "{sick:?}");
        answering.join().unwrap();
    }
}
