//! The server is killed while accounts change and a listener drops half of its calls: every change that
//! was acknowledged is told of, each account's in order, and nothing that was not stored.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{scope, sleep};
use std::time::Duration;

use serde_json::{Value, json};

use crate::listener::{Answer, Call, Listener};
use crate::served::{Client, Served, etalon_reading};
use crate::{ACCOUNTS, register, until};

const WRITERS: usize = 4;

#[test]
fn every_acknowledged_change_is_told_of_in_order_and_no_other() {
    killed(6);
}

#[test]
#[ignore = "it takes some minutes: `just events`"]
fn two_hundred_kills_lose_no_event() {
    killed(200);
}

/// The states of each account, in the order in which they were stored.
type Stored = BTreeMap<String, Vec<&'static str>>;

fn killed(kills: usize) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("killed.redb");
    let file = file.to_str().unwrap();
    let accounts = (1..=WRITERS).map(|n| {
        json!({"record":"tmf","collection":"billingAccount","resource":{"id":n.to_string(),"state":"Active"}})
            .to_string()
    });
    let records = accounts.collect::<Vec<_>>().join("\n");
    let made = etalon_reading(&["load", "--db", file, "-"], records.as_bytes());
    assert!(made.status.success(), "{made:?}");

    // As long as there are kills every other call is taken, and every fourth not even refused.
    let calls = AtomicU64::new(0);
    let are_over = Arc::new(AtomicBool::new(false));
    let is_calm = Arc::clone(&are_over);
    let listener = Listener::answering(move |_| match calls.fetch_add(1, Ordering::Relaxed) % 4 {
        _ if is_calm.load(Ordering::Relaxed) => Answer::Status(201),
        0 | 2 => Answer::Status(201),
        1 => Answer::Bytes(""),
        _ => Answer::Status(500),
    });
    let mut stored: Stored = (1..=WRITERS).map(|n| (n.to_string(), Vec::new())).collect();
    let (mut acknowledged, mut interrupted, mut survived) = (0, 0, 0);
    let mut id = String::new();
    for round in 0..kills {
        let served = Served::start(&["--db", file]);
        if round == 0 {
            id = register(&mut served.client(), &listener.url(), None);
        }
        let in_flight = write_until_killed(served, &mut stored, round, &mut acknowledged);
        interrupted += in_flight.len();
        let served = Served::start(&["--db", file]);
        for (account, state) in in_flight {
            let is_stored = served.client().get(&format!("{ACCOUNTS}/{account}"))["state"] == state;
            if is_stored {
                survived += 1;
                stored.get_mut(&account).unwrap().push(state);
            }
        }
        served.kill();
    }
    are_over.store(true, Ordering::Relaxed);
    let served = Served::start(&["--db", file]);
    until(&mut served.client(), &id, |told| told["waiting"] == 0);

    let heard = listener.heard();
    // One listener gets all in order, each once or more.
    let ids: Vec<_> = heard.iter().map(Call::id).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    let mut told: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let events: Vec<_> = heard.chunk_by(|a, b| a.id() == b.id()).collect();
    for calls in &events {
        assert!(calls.iter().all(|call| call.body == calls[0].body), "{calls:?}");
        let account = calls[0].at("/event/billingAccount");
        let of = told.entry(account["id"].as_str().unwrap().to_owned()).or_default();
        of.push(account["state"].clone());
    }
    for (account, states) in &stored {
        assert_eq!(told.get(account).map_or(&[][..], Vec::as_slice), states, "account {account}");
    }
    println!(
        "{kills} kills: {acknowledged} changes acknowledged, {interrupted} in flight at a kill, \
         {survived} of these stored; {} events told in {} calls",
        events.len(),
        heard.len(),
    );
    assert!(acknowledged >= kills * 4, "{acknowledged}");
}

/// Changes accounts over several connections until some changes are acknowledged, and kills the
/// server. What was not answered is the result.
fn write_until_killed(
    served: Served,
    stored: &mut Stored,
    round: usize,
    acknowledged: &mut usize,
) -> Vec<(String, &'static str)> {
    let wanted = 5 + round * 7 % 11;
    let count = &AtomicU64::new(0);
    let mut in_flight = Vec::new();
    scope(|scope| {
        let writers: Vec<_> = stored
            .iter_mut()
            .map(|(account, states)| {
                let client = served.client();
                scope.spawn(move || (account.clone(), write(client, account, states, count)))
            })
            .collect();
        while count.load(Ordering::Relaxed) < wanted as u64 {
            sleep(Duration::from_millis(1));
        }
        // Somewhere within the next commits.
        sleep(Duration::from_micros(round as u64 * 1_237 % 9_000));
        served.kill();
        in_flight.extend(writers.into_iter().map(|writer| writer.join().unwrap()));
    });
    *acknowledged += usize::try_from(count.load(Ordering::Relaxed)).unwrap();
    in_flight
}

/// Changes one account until the server is gone. The state that was not acknowledged is the result.
fn write(
    mut client: Client,
    account: &str,
    states: &mut Vec<&'static str>,
    count: &AtomicU64,
) -> &'static str {
    loop {
        let next = if states.last() == Some(&"Suspended") { "Active" } else { "Suspended" };
        let body = json!({"state": next}).to_string();
        let Ok(answer) = client.ask("PATCH", &format!("{ACCOUNTS}/{account}"), &body) else {
            return next;
        };
        assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
        states.push(next);
        count.fetch_add(1, Ordering::Relaxed);
    }
}
