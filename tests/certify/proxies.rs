//! Proxies: from a flag, and from the environment as curl reads it.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;

use crate::front::{Behaviour, Front, Server};
use crate::message::{Request, Response};
use crate::run::{Run, etalon, run};
use crate::{plain, refused};

/// A host that only a proxy can know.
const FAR: &str = "http://billing.invalid";

/// What curl reads, and the capitals that it does not.
const VARIABLES: [&str; 8] = [
    "http_proxy",
    "HTTP_PROXY",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "no_proxy",
    "NO_PROXY",
];

fn certify(args: &[&str], variables: &[(&str, &str)]) -> Run {
    let mut command = etalon("certify");
    for name in VARIABLES {
        command.env_remove(name);
    }
    run(command.args(args).args(["--api", "usage"]).envs(variables.iter().copied()))
}

/// A proxy with the target behind it: of a request that does not name its whole URL, or that would
/// open a tunnel, it knows nothing.
fn forwards(mut request: Request, server: &Server) -> Response {
    let Some(path) = request.path.strip_prefix(FAR) else {
        return Response::of(400, "text/plain", &"no proxy is asked so".into());
    };
    request.path = path.to_owned();
    // The reference answers to names of this machine alone, as long as its tokens are well known.
    for (name, value) in &mut request.headers {
        if name == "host" {
            *value = "localhost".to_owned();
        }
    }
    server.pass(request)
}

/// The same, for those who know the password.
fn forwards_for_some(request: Request, server: &Server) -> Response {
    let given = request.headers.iter().find(|(name, _)| name == "proxy-authorization");
    // `user:s3cret`, as RFC 7617 writes it.
    match given.is_some_and(|(_, value)| value == "Basic dXNlcjpzM2NyZXQ=") {
        true => forwards(request, server),
        false => Response::of(407, "text/plain", &"who are you?".into()),
    }
}

/// The CI machine's proxy lets nobody open a tunnel to port 80, and every run ended there.
#[test]
fn a_target_of_http_is_asked_by_its_whole_url() {
    for (behaviour, credentials) in
        [(forwards as Behaviour, ""), (forwards_for_some as Behaviour, "user:s3cret@")]
    {
        let front = Front::start(behaviour);
        let address = front.url().replace("http://", "");
        let proxy = format!("http://{credentials}{address}");
        let folder = tempfile::tempdir().unwrap();
        let har = folder.path().join("har");
        let report = format!("har={}", har.display());
        let ways: [(&[&str], &[(&str, &str)]); 3] = [
            (
                &[FAR, "--proxy", &proxy, "--report", &report],
                &[("http_proxy", "http://p.invalid:1")],
            ),
            (&[FAR], &[("http_proxy", &proxy), ("no_proxy", "localhost, 127.0.0.1")]),
            (&[FAR], &[("ALL_PROXY", &proxy)]),
        ];
        for (args, variables) in ways {
            let run = certify(args, variables);
            assert_eq!(run.code, Some(0), "{variables:?}: {}{}", run.stdout, run.stderr);
        }
        assert!(!fs::read_to_string(&har).unwrap().contains("s3cret"));
    }
}

/// A target in the house was asked through the proxy to the world, which does not know it.
#[test]
fn what_needs_no_proxy_is_asked_without_one() {
    let front = plain();
    let dead = "http://proxy.invalid:3128";
    let port = front.url().rsplit(':').next().unwrap().to_owned();
    let with_port = format!("127.0.0.1:{port}");
    for variables in [
        vec![("http_proxy", dead), ("NO_PROXY", "localhost, 127.0.0.1")],
        vec![("http_proxy", dead), ("no_proxy", &with_port)],
        vec![("all_proxy", dead), ("no_proxy", "*")],
        // One for https alone; one that curl does not read; none at all.
        vec![("https_proxy", dead), ("HTTPS_PROXY", dead)],
        vec![("HTTP_PROXY", dead)],
        vec![("http_proxy", ""), ("all_proxy", " ")],
    ] {
        let run = certify(&[&front.url()], &variables);
        assert_eq!(run.code, Some(0), "{variables:?}: {}{}", run.stdout, run.stderr);
    }
    // Nothing stands between the judge and the server that it brings along.
    assert_eq!(certify(&[], &[("http_proxy", dead), ("all_proxy", dead)]).code, Some(0));
}

/// Hours were spent with the target's log, which the requests had never reached.
#[test]
fn a_proxy_is_named_where_it_fails() {
    let refuses = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", refuses.local_addr().unwrap());
    thread::spawn(move || {
        for client in refuses.incoming() {
            let client = client.unwrap();
            let mut line = String::new();
            let mut lines = BufReader::new(client.try_clone().unwrap());
            while lines.read_line(&mut line).is_ok_and(|read| read > 2) {}
            let answer = match line.starts_with("CONNECT billing.invalid:443 ") {
                true => "HTTP/1.1 403 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                false => "",
            };
            let _ = (&client).write_all(answer.as_bytes());
        }
    });
    let dead = {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", free.local_addr().unwrap())
    };
    let https = "https://billing.invalid";
    let named = |variable: &str, url: &str| format!("by the proxy {url}, which {variable} names");
    refused(&certify(&[https], &[("HTTPS_PROXY", &url)]), 4, &named("HTTPS_PROXY", &url));
    refused(&certify(&[https], &[("HTTPS_PROXY", &url)]), 4, "no tunnel was opened");
    refused(&certify(&[FAR], &[("http_proxy", &dead)]), 4, &named("http_proxy", &dead));
    refused(&certify(&[FAR, "--proxy", &dead], &[]), 4, &named("--proxy", &dead));
    refused(&certify(&[FAR], &[("HTTP_PROXY", &dead)]), 4, "HTTP_PROXY is not read");
    let socks = [("ALL_PROXY", "socks5h://user:s3cret@p:1")];
    refused(&certify(&[FAR], &socks), 2, "ALL_PROXY names a proxy of socks5h");
    refused(&certify(&[FAR, "--proxy", "http://:80"], &[]), 2, "--proxy names no proxy");
}
