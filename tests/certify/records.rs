//! How records are brought in: what each API needs, and what is said where they do not get in.

use std::collections::BTreeSet;
use std::fs;

use tempfile::TempDir;

use crate::front::Front;
use crate::message::{Framing, Response};
use crate::run::{Run, certify, etalon, run};
use crate::served::Served;
use crate::{conforms, folder, refused, write};

/// `etalon fixtures` of these APIs.
fn fixtures(apis: &str) -> Run {
    run(etalon("fixtures").args(["--api", apis]))
}

/// A vendor of one API had to load, or to sort out by hand, the records of all four.
#[test]
fn an_api_is_judged_whole_on_the_records_that_it_needs() {
    let folder = folder();
    let file = folder.path().join("records.ndjson");
    for (apis, kinds) in [
        ("usage", &["ledger", "invoice", "usageCustomer", "usage"][..]),
        ("customer", &["ledger", "person", "customer", "surplus"]),
        ("gateway", &["gatewayCustomer"]),
        ("tmf", &["tmf"]),
        ("tmf,usage", &["ledger", "invoice", "usageCustomer", "usage", "tmf"]),
    ] {
        let printed = fixtures(apis);
        assert_eq!((printed.code, printed.stderr.as_str()), (Some(0), ""));
        let kind = |line: &str| line.split('"').nth(3).unwrap().to_owned();
        let found: BTreeSet<_> = printed.stdout.lines().map(kind).collect();
        assert_eq!(found, kinds.iter().map(|kind| (*kind).to_owned()).collect(), "{apis}");
        let all = run(&mut etalon("fixtures")).stdout;
        let of_all: String =
            all.split_inclusive('\n').filter(|line| kinds.contains(&kind(line).as_str())).collect();
        assert_eq!(printed.stdout, of_all, "{apis}");

        fs::write(&file, &printed.stdout).unwrap();
        let served = Served::start(&["--load", file.to_str().unwrap()]);
        let judged = certify(&[served.url(), "--api", apis]);
        assert!(conforms(&judged), "{apis}: {}{}", judged.stdout, judged.stderr);
    }
    assert_eq!(fixtures("customer,usage,gateway,tmf").stdout, run(&mut etalon("fixtures")).stdout);
}

#[test]
fn records_of_no_api_are_never_nothing_that_went_well() {
    for (apis, part) in [
        (
            "usge",
            "there is no API usge (did you mean usage?); there are customer, usage, gateway, tmf",
        ),
        ("usage,ledgers", "there is no API ledgers"),
        ("", "there is no API "),
        ("usage,", "there is no API "),
    ] {
        refused(&fixtures(apis), 2, part);
    }
}

/// What refuses records, each in its own way.
fn refusing() -> Front {
    Front::start(|request, server| {
        let authorization = request.headers.iter().find(|(name, _)| name == "Authorization");
        let authorization = authorization.map(|(_, value)| value.as_str()).unwrap_or_default();
        let query = request.query.clone().unwrap_or_default();
        let (status, location, body) = match request.path.as_str() {
            "/load/problem" => (
                422,
                None,
                format!(
                    "{{\"title\": \"Unprocessable\",\r\n \"detail\": \"line 7: unknown kind person\",\n \
                     \"sent\": \"{authorization} {query}\", \"regNo\": \"19900101-0017\"}}"
                ),
            ),
            "/load/colours" => {
                (400, None, "\x1b[32mCONFORMS\x1b[0m\n\netalon: all is well \u{202e}lla".to_owned())
            }
            "/load/long" => (413, None, format!("too much{}", " of it".repeat(5_000))),
            "/load/moved" => {
                (307, Some("https://elsewhere.example/load?key=s3cret".to_owned()), String::new())
            }
            "/load/silent" => (500, None, String::new()),
            _ => return server.pass(request),
        };
        let headers = location.map(|to| ("Location".to_owned(), to));
        Response {
            status,
            headers: headers.into_iter().collect(),
            body: body.into_bytes(),
            framing: Framing::Length,
        }
    })
}

/// `certify` by a target file that says how the records are brought.
fn provisioned(folder: &TempDir, base: &str, provision: &str) -> Run {
    let text =
        format!("base = \"{base}\"\nredact = [\"regNo\"]\n[api.usage]\n[provision]\n{provision}\n");
    let file = write(folder, "target.toml", &text);
    certify(&["--target", file.to_str().unwrap()])
}

/// "answered 422", said Etalon, and the reason was found with a packet sniffer.
#[test]
fn what_refuses_the_records_is_heard() {
    let (folder, front) = (folder(), refusing());
    for (path, said) in [
        (
            "problem",
            "/load/problem: answered 422 and said: {\"title\": \"Unprocessable\", \"detail\": \"line 7: unknown kind person\"",
        ),
        (
            "colours",
            "answered 400 and said: ␛[32mCONFORMS␛[0m etalon: all is well ⟨U+202E⟩lla",
        ),
        ("long", "answered 413 and said: too much of it of it"),
        ("moved", "answered 307 and leads to https://elsewhere.example/load: say that URL"),
        ("silent", "answered 500 and said nothing"),
    ] {
        let url = format!("{}/load/{path}?key=s3cret-in-the-query", front.url());
        let provision = format!("url = \"{url}\"\ntoken = \"s3cret-token\"");
        let run = provisioned(&folder, &front.url(), &provision);
        refused(&run, 4, said);
        for secret in ["s3cret", "19900101-0017"] {
            assert!(!run.stderr.contains(secret), "{}", run.stderr);
        }
        assert!(run.stderr.chars().count() < 1000, "{}", run.stderr);
    }
}

/// A command's error stood far above the report, or nowhere.
#[cfg(unix)]
#[test]
fn what_a_failing_command_says_is_heard() {
    let (folder, front) = (folder(), refusing());
    let script = folder.path().join("load.sh");
    let shown = script.display().to_string();
    for (lines, said) in [
        (
            "cat > /dev/null\necho 'psql: no database here' >&2\nexit 3",
            "exit status: 3, and on its standard error: psql: no database here",
        ),
        ("exit 7", "exit status: 7, and nothing on its standard error"),
        ("for i in $(seq 20000); do echo \"line $i\" >&2; done; exit 1", "line 19999 line 20000\n"),
        ("printf 'a\\033[31mb\\n' >&2; exit 1", "standard error: a␛[31mb"),
        ("echo \"$1\" '{\"regNo\":\"19900101-0017\"}' >&2; exit 1", "standard error: …"),
        // What it leaves running holds its standard error open.
        ("sleep 60 & echo 'not yet' >&2; exit 1", "standard error: not yet"),
    ] {
        fs::write(&script, lines).unwrap();
        let start = std::time::Instant::now();
        let command = format!("command = 'sh \"{shown}\" s3cret-argument'");
        let run = provisioned(&folder, &front.url(), &command);
        refused(&run, 4, said);
        assert!(run.stderr.contains("by `sh …`: "), "{}", run.stderr);
        assert!(start.elapsed().as_secs() < 55, "it was waited for what it left running");
        for secret in ["s3cret", "19900101-0017"] {
            assert!(!run.stderr.contains(secret), "{}", run.stderr);
        }
    }
    // One that succeeds may warn.
    fs::write(&script, "cat > /dev/null; echo 'a warning' >&2").unwrap();
    let run = provisioned(&folder, &front.url(), &format!("command = 'sh \"{shown}\"'"));
    assert!(conforms(&run), "{}{}", run.stdout, run.stderr);
}
