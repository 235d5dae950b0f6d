//! SIGHUP: certificates change while requests run.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use tempfile::TempDir;

use crate::authority::{Authority, Signed, write};
use crate::clients::{agent, trusting};
use crate::served::Served;

/// `serve` by the files `server.pem`, `server-key.pem` and `ca.pem` of a folder.
fn serve(folder: &Path) -> Served {
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let [cert, key, ca] = ["server.pem", "server-key.pem", "ca.pem"].map(file);
    Served::start(&["--tls-cert", &cert, "--tls-key", &key, "--tls-client-ca", &ca])
}

/// One request on a connection of its own: its status, or why there is none.
fn ask(served: &Served, trusted: &Authority, shown: &Signed) -> Result<u16, String> {
    let url = format!("https://localhost:{}/etalon/health", served.addr.port());
    let answer = agent(trusting(trusted), Some(shown)).get(url).call();
    answer.map(|answer| answer.status().as_u16()).map_err(|error| error.to_string())
}

/// A certificate lives for weeks, a server for months: who had to restart it lost every request that
/// was under way.
#[test]
fn certificates_change_without_a_request_being_lost() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let (first, second) = (Authority::new("first"), Authority::new("second"));
    first.sign("localhost", 2100).write(folder, "server");
    first.write(folder, "ca.pem");
    let served = serve(folder);
    let (of_first, of_second) = (first.sign("a", 2100), second.sign("b", 2100));
    assert_eq!(ask(&served, &first, &of_first), Ok(200));
    ask(&served, &second, &of_second).expect_err("it has no certificate of the second");

    let (over, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        // Each keeps one connection from before the change to after it.
        for _ in 0..4 {
            scope.spawn(|| {
                let kept = agent(trusting(&first), Some(&of_first));
                let url = format!("https://localhost:{}/etalon/health", served.addr.port());
                while !over.load(Ordering::Relaxed) {
                    let mut answer = kept.get(&url).call().unwrap();
                    answer.body_mut().read_to_vec().unwrap();
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let more = |count: usize| {
            let until = answered.load(Ordering::Relaxed) + count;
            while answered.load(Ordering::Relaxed) < until {
                thread::yield_now();
            }
        };
        more(20);
        // Files of a half-done change, each of which leaves all as it was.
        let next = second.sign("localhost", 2100);
        let refused = |name: &str, text: &str, why: &str| {
            let before = std::fs::read(folder.join(name)).unwrap();
            write(folder, name, text);
            served.signal("HUP");
            let told = served.says();
            assert!(told.contains("those of before stay in force") && told.contains(why), "{told}");
            assert_eq!(ask(&served, &first, &of_first), Ok(200));
            write(folder, name, before);
        };
        refused("server.pem", &next.certificate, "is not the key of the certificate");
        refused("server-key.pem", "", "server-key.pem holds no private key");
        refused("ca.pem", "-----BEGIN CERTIFICATE-----\n", "ca.pem holds a PEM section that is");
        more(20);

        next.write(folder, "server");
        second.write(folder, "ca.pem");
        served.signal("HUP");
        let told = served.says();
        assert!(told.contains("the TLS files were read again"), "{told}");
        // New connections go by the new files, and those of before go on.
        assert_eq!(ask(&served, &second, &of_second), Ok(200));
        ask(&served, &second, &of_first).expect_err("the first authority is gone");
        ask(&served, &first, &of_second).expect_err("the first certificate is gone");
        more(20);
        over.store(true, Ordering::Relaxed);
    });
    assert!(served.terminate().success());
}
