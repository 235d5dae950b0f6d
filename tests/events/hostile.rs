//! Listeners that are slow, silent, endless, lead elsewhere or are gone: they hold up neither requests
//! nor other listeners.

use std::net::TcpListener;

use crate::listener::{Answer, Listener};
use crate::served::Served;
use crate::{RECORDS, change, register, told_of, until};

/// So many events.
const EVENTS: usize = 30;

/// A billing system whose other users' listeners misbehave is told of its own accounts all the same.
#[test]
#[cfg(target_os = "linux")]
fn a_hostile_listener_holds_up_nobody_else() {
    let served = Served::start(&["--load", RECORDS, "--callbacks", "any"]);
    let client = &mut served.client();
    let port = TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = format!("http://{}/", port.local_addr().unwrap());
    drop(port);
    let elsewhere = Listener::start(Answer::Status(200));
    let answers = [
        Answer::Slow,
        Answer::Silence,
        Answer::Redirect(elsewhere.url()),
        Answer::Endless("HTTP/1.1 200 OK\r\n\r\n"),
        Answer::Endless("HTTP/1.1 500 No\r\nContent-Length: 99999999999\r\n\r\n"),
        Answer::Endless("HTTP/1.1 200 OK\r\nX: "),
        Answer::Endless("HTTP/1.1 "),
        Answer::Bytes("HTTP/1.1 100 Continue\r\n\r\n"),
    ];
    let hostile: Vec<_> = answers.into_iter().map(Listener::start).collect();
    let mut ids = Vec::new();
    for _ in 0..8 {
        ids.extend(hostile.iter().map(|listener| register(client, &listener.url(), None)));
        ids.push(register(client, &gone, None));
    }
    ids.push(register(client, "http://listener.invalid/", None));
    let good = Listener::start(Answer::Status(200));
    let last = register(client, &good.url(), None);
    let (memory, threads) = (served.memory("VmHWM"), served.threads());

    let states = ["Suspended", "Active"].into_iter().cycle().take(EVENTS);
    for state in states.clone() {
        change(client, "65", state);
    }
    let heard: Vec<_> = (0..EVENTS).map(|_| good.hears()).collect();
    for (call, state) in heard.iter().zip(states) {
        assert_eq!(call.at("/event/billingAccount/state"), state);
    }
    assert!(heard.iter().map(|call| call.id()).is_sorted());
    until(client, &last, |told| told["waiting"] == 0);

    // All but those whose head is a 2xx wait, and say why.
    for (id, answers) in ids.iter().zip(0..) {
        if answers % 9 == 3 {
            until(client, id, |told| told["waiting"] == 0 || told["next"]["failures"].is_null());
        } else {
            let told = until(client, id, |told| told["next"]["failures"].is_number());
            assert_eq!(told["waiting"], EVENTS, "{told}");
        }
    }
    assert!(told_of(client, "2")["next"]["reason"].as_str().unwrap().contains("5 seconds"));
    assert!(told_of(client, "3")["next"]["reason"].as_str().unwrap().contains("redirect"));
    assert!(elsewhere.heard().is_empty());
    // What is on the way counts too: the buffers of the system hold some megabytes.
    for listener in &hostile {
        assert!(listener.most_taken() < 16 << 20, "{}", listener.most_taken());
    }
    let grown = served.memory("VmHWM") - memory;
    println!(
        "{} listeners: {} KiB more, {} threads more",
        ids.len(),
        grown >> 10,
        served.threads() - threads
    );
    assert!(grown < 32 << 20, "{} KiB", grown >> 10);
    assert!(served.threads() <= threads + 8, "{} of {threads}", served.threads());
}
