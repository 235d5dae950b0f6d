//! The target: its tokens, how the fixtures reach it, its certificate, its restarts.

use std::fs;

use serde_json::json;
use tempfile::TempDir;

use crate::front::Front;
use crate::message::Response;
use crate::run::{Run, certify, etalon, run};
use crate::served::{self, Served};
use crate::{ALL, APIS, conforms, conforms_unheard, folder, plain, refused, write};

/// `certify` by a target file.
fn by_file(folder: &TempDir, text: &str) -> Run {
    let file = write(folder, "target.toml", text);
    certify(&["--target", file.to_str().unwrap()])
}

#[test]
fn a_token_is_taken_from_wherever_it_is_and_never_printed() {
    let folder = folder();
    let fixtures = served::fixtures(folder.path());
    let tokens = ["100", "200", "300", "400"].map(|no| (no, format!("s3cret-of-{no}")));
    let mut args = vec!["--load".to_owned(), fixtures.display().to_string()];
    for (no, token) in &tokens {
        args.extend(["--token".to_owned(), format!("{no}={token}")]);
    }
    let served = Served::start(&args);
    let (json, junit) = (folder.path().join("r.json"), folder.path().join("r.xml"));
    let judge = |tokens: &[String], rest: &[&str]| {
        let mut command = etalon("certify");
        command.env("ETALON_TEST_TOKEN", "s3cret-of-200").args(rest);
        for token in tokens {
            command.args(["--token", token]);
        }
        command.arg("--report").arg(format!("json={}", json.display()));
        command.arg("--report").arg(format!("junit={}", junit.display()));
        let run = run(&mut command);
        for text in [
            &run.stdout,
            &run.stderr,
            &fs::read_to_string(&json).unwrap_or_default(),
            &fs::read_to_string(&junit).unwrap_or_default(),
        ] {
            assert!(!text.contains("s3cret"), "{text}");
        }
        run
    };
    write(&folder, "token", " s3cret-of-300\n");
    let from_file = format!("300=file:{}/token", folder.path().display());
    let all = [
        "100=s3cret-of-100".to_owned(),
        "200=env:ETALON_TEST_TOKEN".to_owned(),
        from_file,
        "400=s3cret-of-400".to_owned(),
    ];
    let url = served.url();
    let run = judge(&all, &[url, "--api", "customer,usage"]);
    assert!(conforms(&run), "{}", run.stdout);

    let target = format!(
        "base = \"{url}\"\nprovision = \"preloaded\"\n[api.customer]\n[api.usage]\n\
         [[ledger]]\nno = \"100\"\ntoken = \"s3cret-of-100\"\n\
         [[ledger]]\nno = \"200\"\ntoken = {{ env = \"ETALON_TEST_TOKEN\" }}\n\
         [[ledger]]\nno = \"300\"\ntoken = {{ file = \"token\" }}\n\
         [[ledger]]\nno = \"400\"\ntoken = \"a flag wins over this\"\n"
    );
    let target = write(&folder, "target.toml", &target).display().to_string();
    let run = judge(&all[3..], &["--target", &target]);
    assert!(conforms(&run), "{}", run.stdout);

    let run = judge(&["100=s3cret-wrong".to_owned()], &[url, "--api", "customer"]);
    refused(&run, 4, "the token of ledger 100");

    // A finding has a curl line, and that has no token. The invoice is there, and has usage.
    let known = "[known.\"usage/invoice-without-usage\"]\ninvoiceNo = \"123456\"\n";
    let text = format!("base = \"{url}\"\nprovision = \"preloaded\"\n[api.usage]\n{known}");
    let target = write(&folder, "wrong.toml", &text).display().to_string();
    let run = judge(&all, &["--target", &target, "--details"]);
    assert_eq!(run.code, Some(1), "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("Authorization: Bearer $TOKEN_100\""), "{}", run.stdout);
    let said = "take what lets in from: export TOKEN_100='TOKEN'";
    assert_eq!(run.stdout.matches(said).count(), 1, "{}", run.stdout);
}

#[test]
fn an_api_without_ledgers_is_entered_by_credentials_of_its_own() {
    let folder = folder();
    let fixtures = served::fixtures(folder.path()).display().to_string();
    let served = Served::start(&[
        "--load",
        &fixtures,
        "--gateway-user",
        "api-etalon:s3cret-gate",
        "--tmf-token",
        "s3cret-tmf",
    ]);
    let url = served.url();
    let json = folder.path().join("r.json").display().to_string();
    let judge = |rest: &[&str]| {
        let mut command = etalon("certify");
        command.env("ETALON_TEST_USER", "api-etalon:s3cret-gate").args(rest);
        command.args(["--report", &format!("json={json}")]);
        let run = run(&mut command);
        let report = fs::read_to_string(&json).unwrap_or_default();
        for text in [&run.stdout, &run.stderr, &report] {
            assert!(!text.contains("s3cret"), "{text}");
        }
        run
    };
    for (flags, part) in [
        (&["--api", "gateway"][..], "--gateway-user USER:PASSWORD"),
        (&["--api", "gateway", "--gateway-user", "api-etalon:s3cret-other"], "[api.gateway]"),
        (&["--api", "tmf"], "--tmf-token TOKEN"),
        (&["--api", "tmf", "--tmf-token", "s3cret-gate"], "[api.tmf]"),
    ] {
        refused(&judge(&[&[url], flags].concat()), 4, part);
    }
    let token = write(&folder, "token", "s3cret-tmf\n").display().to_string();
    let token = format!("file:{token}");
    let flags = ["--gateway-user", "env:ETALON_TEST_USER", "--tmf-token", &token];
    let run = judge(&[&[url], &ALL[..], &flags].concat());
    assert!(conforms(&run), "{}{}", run.stdout, run.stderr);

    let target = format!(
        "base = \"{url}\"\nprovision = \"preloaded\"\n\
         [api.gateway]\nuser = \"api-etalon\"\npassword = \"s3cret-gate\"\nmedia.form = false\n\
         [api.tmf]\ntoken = {{ file = \"token\" }}\n"
    );
    let target = write(&folder, "target.toml", &target).display().to_string();
    let run = judge(&["--target", &target]);
    let line = "CONFORMS (without form, events)";
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.lines().any(|printed| printed == line), "{}", run.stdout);
    let run = judge(&["--target", &target, "--tmf-token", "s3cret-wins-over-the-file"]);
    refused(&run, 4, "--tmf-token TOKEN");
}

/// Whoever implements one API has no use for what the others need.
#[test]
fn an_api_without_ledgers_is_judged_with_nothing_said_but_its_name() {
    let front = plain();
    for (api, is_right) in [("gateway", conforms as fn(&Run) -> bool), ("tmf", conforms_unheard)] {
        let run = certify(&[&front.url(), "--api", api]);
        assert!(is_right(&run), "{}{}", run.stdout, run.stderr);
    }
}

#[test]
fn a_token_that_the_target_sends_back_is_not_printed_either() {
    let folder = folder();
    let (json, junit) = (folder.path().join("r.json"), folder.path().join("r.xml"));
    let front = Front::start(|request, _| {
        let sent = request.headers.iter().map(|(name, value)| format!("{name}: {value}"));
        let sent: Vec<_> = sent.collect();
        Response::json_of(200, &json!({"name": sent, "customerNo": sent.join("\n")}))
    });
    let flags = [format!("json={}", json.display()), format!("junit={}", junit.display())];
    let url = front.url();
    let run = certify(
        &[&[url.as_str(), "--report", &flags[0], "--report", &flags[1]], &APIS[..]].concat(),
    );
    assert_eq!(run.code, Some(1), "{}{}", run.stdout, run.stderr);
    for text in
        [run.stdout, fs::read_to_string(&json).unwrap(), fs::read_to_string(&junit).unwrap()]
    {
        let at =
            text.find("etalon-100").map(|at| text[..at].rsplit('\n').next().unwrap_or_default());
        assert_eq!(at, None);
    }
}

#[test]
fn the_fixtures_reach_the_target_by_url() {
    let folder = folder();
    let db = folder.path().join("empty.redb").display().to_string();
    let served = Served::start(&["--db", &db, "--admin-token", "admin-s3cret"]);
    let target = |provision: &str| {
        format!("base = \"{}\"\n[api.customer]\n[api.usage]\n{provision}", served.url())
    };
    let by_url = |token: &str| {
        let url = format!("{}/etalon/records", served.url());
        target(&format!("[provision]\nurl = \"{url}\"\ntoken = \"{token}\"\n"))
    };
    let without = by_file(&folder, &target(""));
    refused(&without, 4, "the token of ledger 100");

    let refused_token = by_file(&folder, &by_url("wrong"));
    refused(&refused_token, 4, "/etalon/records: answered 401");

    for round in ["the first run", "the second run"] {
        let run = by_file(&folder, &by_url("admin-s3cret"));
        assert!(conforms(&run), "{round}: {}{}", run.stdout, run.stderr);
        assert!(!run.stdout.contains("admin-s3cret"));
    }
    // The store is filled now, which is seen though the file does not say so.
    let run = by_file(&folder, &target(""));
    assert!(conforms(&run), "{}{}", run.stdout, run.stderr);
}

#[test]
fn the_fixtures_reach_the_target_by_command() {
    let folder = folder();
    let front = plain();
    let received = folder.path().join("received.ndjson");
    let target = |command: &str| {
        format!(
            "base = \"{}\"\n[api.customer]\n[api.usage]\n[provision]\ncommand = '{command}'\n",
            front.url()
        )
    };
    let run = by_file(&folder, &target(&format!("cat > \"{}\"", received.display())));
    assert!(conforms(&run), "{}{}", run.stdout, run.stderr);
    let printed = crate::run::run(&mut etalon("fixtures")).stdout;
    assert!(!printed.is_empty() && fs::read_to_string(&received).unwrap() == printed);

    refused(&by_file(&folder, &target("exit 7")), 4, "`exit …`");
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_not_trusted_until_the_file_says_so() {
    let folder = folder();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = write(&folder, "certificate.pem", &made.cert.pem());
    let key = write(&folder, "key.pem", &made.signing_key.serialize_pem());
    let fixtures = served::fixtures(folder.path());
    let served = Served::start(&[
        "--load".as_ref(),
        fixtures.as_os_str(),
        "--tls-cert".as_ref(),
        certificate.as_os_str(),
        "--tls-key".as_ref(),
        key.as_os_str(),
    ]);
    let url = served.url().replace("127.0.0.1", "localhost");
    assert!(url.starts_with("https://"), "{url}");
    refused(&certify(&[&[url.as_str()], &APIS[..]].concat()), 4, "--ca FILE");
    let plain = url.replace("https://", "http://");
    let run = certify(&[&[plain.as_str()], &APIS[..]].concat());
    assert_ne!(run.code, Some(0), "{}", run.stdout);

    let target = format!(
        "base = \"{url}\"\nca = \"certificate.pem\"\nprovision = \"preloaded\"\n\
         [api.customer]\n[api.usage]\n"
    );
    let run = by_file(&folder, &target);
    assert!(conforms(&run), "{}{}", run.stdout, run.stderr);
}

/// No document gives each ledger a token of its own.
#[test]
fn one_token_for_every_ledger_is_no_fault() {
    let folder = folder();
    let fixtures = served::fixtures(folder.path()).display().to_string();
    let tokens = ["--token=100=one", "--token=200=one", "--token=300=one", "--token=400=one"];
    let served = Served::start(&[&["--load", &fixtures], &tokens[..]].concat());
    let run = certify(&[&[served.url()], &APIS[..], &tokens].concat());
    let line = "CONFORMS (without a second ledger with a token of its own)";
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.lines().any(|printed| printed == line), "{}", run.stdout);
}

#[test]
fn one_store_conforms_run_after_run_and_after_each_restart() {
    let folder = folder();
    let db = folder.path().join("store.redb").display().to_string();
    let fixtures = served::fixtures(folder.path()).display().to_string();
    let (plain, load) = (["--db", &db], ["--db", &db, "--load", &fixtures]);
    let first: &[&str] = &load;
    for (start, args) in [
        ("a new file, loaded", first),
        ("a restart without --load", &plain),
        ("a restart with --load", &load),
    ] {
        let mut served = Served::start(args);
        for round in ["first", "second"] {
            let run = certify(&[&[served.url()], &APIS[..]].concat());
            assert!(conforms(&run), "{start}, {round} run: {}{}", run.stdout, run.stderr);
        }
        served.stop();
    }
}

/// Who was to allow a run had to be given its tokens to see what it would write, and saw names in the
/// place of his own records.
#[test]
fn what_contacts_nobody_needs_no_secret_and_names_the_records_themselves() {
    let folder = folder();
    let text = "base = \"http://h\"\n[provision]\nurl = \"http://h/load\"\ntoken = { env = \"ETALON_NOT_SET\" }\n\
                [api.usage]\n[api.gateway]\nuser = \"u\"\npassword = { file = \"nowhere\" }\n\
                [[ledger]]\nno = \"100\"\ntoken = { env = \"ETALON_NOT_SET\" }\n\
                [[ledger]]\nno = \"200\"\ntoken = { env = \"ETALON_NOT_SET_EITHER\" }\n\
                [known.\"usage/methods\"]\ninvoiceNo = \"90007\"\n";
    let file = write(&folder, "target.toml", text).display().to_string();
    let listed = certify(&["--target", &file, "--list"]);
    assert_eq!((listed.code, listed.stderr.as_str()), (Some(0), ""));
    let plan = certify(&["--target", &file, "--plan"]);
    assert_eq!((plan.code, plan.stderr.as_str()), (Some(0), ""));
    assert!(plan.stdout.contains("/invoices/90007"), "{}", plan.stdout);
    assert!(!plan.stdout.contains("${invoiceNo}"), "{}", plan.stdout);
    crate::refused(&certify(&["--target", &file]), 2, "nowhere cannot be read");
}
