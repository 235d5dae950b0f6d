//! No client can make the server unusable for the next one: not by what it sends, not by how
//! slowly, not by what it leaves unread.
#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "support/attacks.rs"]
mod attacks;
#[path = "support/raw.rs"]
mod raw;
#[path = "support/served.rs"]
mod served;
#[path = "support/tiny.rs"]
mod tiny;

use std::time::Duration;

use attacks::{Target, Times, attacks, still_answers};
use etalon::server::Limits;
use tiny::{BODY_LIMIT, CREDENTIALS};

const SHORT: Duration = Duration::from_millis(300);

#[test]
fn after_each_attack_the_next_request_is_answered_and_memory_has_not_grown() {
    let limits = Limits {
        first_byte: SHORT,
        header_time: SHORT * 2,
        body_time: SHORT,
        write_stall: SHORT,
        ..Limits::default()
    };
    let times = Times {
        first_byte: limits.first_byte,
        header: limits.header_time,
        body: limits.body_time,
        write_stall: limits.write_stall,
    };
    let mut served = tiny::Served::start(limits, None);
    let target = Target {
        addr: served.addr,
        get: "/",
        post: "/echo",
        long: Some("/long"),
        credentials: CREDENTIALS,
        body_limit: BODY_LIMIT,
        times: Some(times),
    };
    survives(&target, resident);
    served.finish();
}

#[test]
fn the_real_server_survives_them_too() {
    let served = served::Served::start(&[]);
    let target = Target {
        addr: served.addr,
        get: "/ledger/customer/v1/100/customers/1000001",
        post: "/ledger/customer/v1/100/find-customer",
        long: None,
        credentials: "Authorization: Bearer etalon-100\r\nContent-Type: application/json",
        body_limit: 1 << 20,
        times: None,
    };
    #[cfg(target_os = "linux")]
    survives(&target, || usize::try_from(served.memory("VmRSS")).unwrap());
    #[cfg(not(target_os = "linux"))]
    survives(&target, resident);
    assert!(served.terminate().success());
}

/// Makes every attack; after each the next request must be answered, and `resident` not have grown
/// by more than 32 MiB.
fn survives(target: &Target, resident: impl Fn() -> usize) {
    still_answers(target).unwrap();
    let before = resident();
    let mut failures = Vec::new();
    for attack in attacks() {
        let outcome = (attack.run)(target).and_then(|()| still_answers(target));
        if let Err(error) = outcome {
            failures.push(format!("{}: {error}", attack.name));
        }
        let grown = resident().saturating_sub(before);
        if grown > 32 << 20 {
            failures.push(format!("{}: memory has grown by {grown} bytes", attack.name));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The process's resident memory in bytes.
#[cfg(target_os = "linux")]
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

/// Only Linux tells it in a file; elsewhere the memory is not judged.
#[cfg(not(target_os = "linux"))]
fn resident() -> usize {
    0
}
