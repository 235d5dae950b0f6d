//! Kill -9 while snapshots are made, restored and removed.

use std::thread::{scope, sleep};
use std::time::Duration;

use crate::served::{Client, Served, etalon};
use crate::{dump, records};

/// Goes round until the server dies: another state, back, another snapshot, back to that, away with it.
fn go_round(mut client: Client, others: &str) {
    let mut ask = |method: &str, path: &str, body: &str| {
        let answer = client.ask(method, path, body).ok()?;
        assert!(answer.status < 300, "{method} {path}: {}", String::from_utf8_lossy(&answer.body));
        Some(())
    };
    let mut round = || {
        ask("POST", "/etalon/records", others)?;
        ask("POST", "/etalon/snapshots/other", "")?;
        ask("DELETE", "/etalon/records", "")?;
        ask("POST", "/etalon/snapshots/other/restore", "")?;
        ask("POST", "/etalon/snapshots/start/restore", "")?;
        ask("POST", "/etalon/snapshots/start", "")?;
        ask("POST", "/etalon/snapshots/passing", "")?;
        ask("DELETE", "/etalon/snapshots/passing", "")
    };
    while round().is_some() {}
}

/// After each kill the file is one of the states whole, and the snapshot that was promised leads back.
fn kill(times: u64) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("killed.redb");
    let file = file.to_str().unwrap();
    let [records, others] = records();
    let served = Served::start(&["--db", file]);
    let mut client = served.client();
    assert_eq!(client.ask("POST", "/etalon/records", &records).unwrap().status, 200);
    assert_eq!(client.ask("POST", "/etalon/snapshots/start", "").unwrap().status, 201);
    let start = dump(&mut client);
    assert_eq!(client.ask("POST", "/etalon/records", &others).unwrap().status, 200);
    let other = dump(&mut client);
    drop(served);
    let states = [(&start, "start"), (&other, "other"), (&String::new(), "empty")];
    let mut found = [0; 3];
    let mut random = 7_u64;
    for _ in 0..times {
        let served = Served::start(&["--db", file]);
        // Something between nothing and a round.
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let wait = 5_000 + (random >> 33) % 1_000_000;
        scope(|scope| {
            let client = served.client();
            scope.spawn(|| go_round(client, &others));
            sleep(Duration::from_micros(wait));
            served.kill();
        });
        let dumped = etalon(&["dump", "--db", file]);
        let said = String::from_utf8_lossy(&dumped.stderr);
        assert!(dumped.status.success(), "{said}");
        let dumped = String::from_utf8(dumped.stdout).unwrap();
        let state = states.iter().position(|(state, _)| **state == dumped);
        found[state.unwrap_or_else(|| panic!("a mixture of {} bytes", dumped.len()))] += 1;
        // What was promised is there, and leads back.
        let served = Served::start(&["--db", file]);
        let mut client = served.client();
        assert_eq!(client.ask("POST", "/etalon/snapshots/start/restore", "").unwrap().status, 204);
        assert!(dump(&mut client) == start);
        drop(served);
    }
    println!("{times} kills left: {:?} {found:?}", states.map(|(_, name)| name));
}

#[test]
fn a_kill_leaves_one_of_the_two_stores_and_never_a_mixture() {
    kill(6);
}

#[test]
#[ignore = "it takes some minutes: `just snapshots`"]
fn a_hundred_and_fifty_kills_leave_one_of_the_two_stores() {
    kill(150);
}
