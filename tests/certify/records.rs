//! How records are brought in: what each API needs, what is said where they do not get in, and how a
//! target names records of its own.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::front::{Behaviour, Front};
use crate::message::{Framing, Response};
use crate::run::{Run, certify, etalon, run};
use crate::served::{self, Served};
use crate::{conforms, conforms_unheard, folder, refused, write};

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
        let is_right = if apis.contains("tmf") { conforms_unheard } else { conforms };
        assert!(is_right(&judged), "{apis}: {}{}", judged.stdout, judged.stderr);
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
        ("colours", "answered 400 and said: ␛[32mCONFORMS␛[0m etalon: all is well ⟨U+202E⟩lla"),
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
        ("for i in $(seq 20000); do echo \"line $i\" >&2; done; exit 1", "line 19999 line 20000"),
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

/// The states of the suite, as its file has them.
fn states() -> Vec<(String, Value)> {
    let file = etalon::data::file("conformance/fixtures/states.json").unwrap();
    let file: Value = serde_json::from_slice(file).unwrap();
    let states = file["states"].as_object().unwrap().iter();
    states.map(|(name, state)| (name.clone(), state.clone())).collect()
}

/// The table in which the fixtures' own records are named.
fn filled(name: &str, state: &Value) -> String {
    let ledger = state["ledger"].as_str().map(|no| format!("ledger = \"{no}\"\n"));
    let mut text = format!("[known.\"{name}\"]\n{}", ledger.unwrap_or_default());
    for (variable, value) in state["variables"].as_object().unwrap() {
        let value = toml::Value::try_from(value).unwrap();
        text.push_str(&format!("{variable} = {value}\n"));
    }
    text
}

/// `certify --list` by a target file: nobody is contacted.
fn listed(folder: &TempDir, text: &str) -> Run {
    let file = write(folder, "known.toml", text);
    certify(&["--list", "--target", file.to_str().unwrap()])
}

/// Which of fifty tables there are, and what each name means, had to be found out run by run.
#[test]
fn a_target_file_begins_with_every_table_that_its_apis_can_use() {
    let folder = folder();
    for (apis, all, ledgers) in [
        ("customer", false, &["100", "200", "300", "400"][..]),
        ("usage,tmf", false, &["100", "200"]),
        ("gateway", false, &[]),
        ("", true, &["100", "200", "300", "400"]),
    ] {
        let args: &[&str] = if all { &["-"] } else { &["--api", apis, "-"] };
        let written = run(etalon("target").arg("init").args(args)).stdout;
        let target: toml::Table = toml::from_str(&written).unwrap();
        let said = target.get("ledger").map_or(&[][..], |said| said.as_array().unwrap());
        let numbers: Vec<_> = said.iter().map(|ledger| ledger["no"].as_str().unwrap()).collect();
        assert_eq!(numbers, ledgers, "{apis}");
        // What no case of the API asks of a ledger is nothing to be filled in.
        let grants = said.iter().filter(|ledger| ledger.get("grants").is_some()).count();
        assert_eq!(grants, if apis == "usage,tmf" { 0 } else { ledgers.len() }, "{apis}");
        let mut tables = String::new();
        let mut names = Vec::new();
        for (name, state) in states() {
            let api = name.split('/').next().unwrap();
            let is_of = all || apis.split(',').any(|each| each == api);
            let head = format!("# [known.\"{name}\"]\n");
            assert_eq!(written.matches(&head).count(), usize::from(is_of), "{apis}: {name}");
            let Some((_, table)) = written.split_once(&head) else { continue };
            let table: Vec<_> = table.lines().take_while(|line| line.contains(" = ")).collect();
            for variable in state["variables"].as_object().unwrap().keys() {
                let is_told = |line: &&&str| {
                    let named =
                        line.strip_prefix("# ").and_then(|line| line.strip_prefix(variable));
                    named.is_some_and(|rest| rest.starts_with(" = ") && rest.contains("  # "))
                };
                assert_eq!(table.iter().filter(is_told).count(), 1, "{name}: {variable}");
            }
            names.push((name.clone(), state.clone()));
            tables.push_str(&head[2..]);
            tables.extend(table.iter().flat_map(|line| [&line[2..], "\n"]));
        }
        assert_eq!(names.is_empty(), apis == "gateway");
        assert_eq!(written.contains("[known"), !names.is_empty());
        let read = listed(&folder, &written);
        assert_eq!(read.code, Some(0), "{}", read.stderr);
        if names.is_empty() {
            continue;
        }
        // Not filled in, it says of every name at once that it is not said.
        let read = listed(&folder, &format!("{written}\n{tables}"));
        for (name, state) in &names {
            let said = format!("[known.\"{name}\"] does not say ");
            refused(&read, 2, &said);
            let said = read.stderr.split(&said).nth(1).unwrap();
            let said = said.split("; [").next().unwrap();
            for variable in state["variables"].as_object().unwrap().keys() {
                assert!(said.contains(&format!("{variable} (")), "{name}: {variable}: {said}");
            }
        }
        // The fixtures name no record twice that must be two.
        let tables: String = names.iter().map(|(name, state)| filled(name, state)).collect();
        let read = listed(&folder, &format!("{written}\n{tables}"));
        assert_eq!(read.code, Some(0), "{}", read.stderr);
    }
}

#[test]
fn a_table_that_is_not_whole_and_a_record_that_is_named_twice_are_told_with_their_places() {
    let folder = folder();
    let order =
        |payee: &str, rest: &str| format!("[known.\"customer/disbursement/{payee}\"]\n{rest}");
    let orders = |one: &str, other: &str| {
        let order = |payee, rest: &str| order(payee, &format!("{rest}pendingSurplusId = \"p\"\n"));
        order("norwegian", one) + &order("international", other)
    };
    let is_fine: &[&str] = &[];
    let several = ["surplusId (the id of", "otherNoteId (the id of"];
    for (tables, said) in [
        (
            "[known.\"customer/depleted\"]\ncustomerNo = \"1\"\n[known.\"tmf/settlement-note\"]\nnoteId = \"1\"\n".to_owned(),
            &[&several[..], &["depletedSurplusId (the id of"]].concat()[..],
        ),
        (
            "[known.\"tmf/settlement-note\"]\nnoteId = \"1\"\notherNoteId = \"1\"\n".to_owned(),
            &["[known.\"tmf/settlement-note\"] names one note as noteId and as otherNoteId"],
        ),
        (
            orders("customerNo = \"s3cret\"\n", "customerNo = \"s3cret\"\n"),
            &["[known.\"customer/disbursement/international\"] and [known.\"customer/disbursement/norwegian\"] name one customer, as customerNo and as customerNo"],
        ),
        (
            orders("customerNo = \"1\"\n", "customerNo = \"2\"\n")
                + "[known.\"customer/without-legal-address\"]\ncustomerNo = \"2\"\n",
            &["[known.\"customer/disbursement/international\"] and [known.\"customer/without-legal-address\"]"],
        ),
        (
            "[known.\"customer/register-person\"]\npeople = [{ regNo = \"1\" }, { regNo = \"2\" }, { regNo = \"1\" }]\n\
             [known.\"customer/register-person-refused\"]\nregNo = \"2\"\n".to_owned(),
            &["people[0] and as people[2]", "as people[1] and as regNo"],
        ),
        (
            "[known.\"usage/methods\"]\ninvoiceNo = 7\n[known.\"usage/invoice-without-usage\"]\ninvoiceNo = \"7\"\n".to_owned(),
            &["[known.\"usage/methods\"] and [known.\"usage/invoice-without-usage\"] name one invoice"],
        ),
        // What one table says is there, and another that it is not, is a mistake in one of them.
        (
            "[known.\"usage/large-volume\"]\ninvoiceNo = 7\nsubscriptionNo = \"1\"\n\
             [known.\"usage/invoice-without-usage\"]\ninvoiceNo = \"7\"\n".to_owned(),
            &["[known.\"usage/large-volume\"] names as subscriptionNo what is not there by [known.\"usage/invoice-without-usage\"], which is an invoice that"],
        ),
        (
            "[known.\"usage/elsewhere\"]\ninvoiceNo = 7\ncustomerNo = 8\nbilledSubscriptionNo = \"1\"\nunbilledSubscriptionNo = \"1\"\n\
             [known.\"usage/invoice-without-usage\"]\ninvoiceNo = \"7\"\n".to_owned(),
            &["[known.\"usage/invoice-without-usage\"] names as invoiceNo what is not there by [known.\"usage/elsewhere\"]"],
        ),
        (
            "[known.\"usage/one-tree-only\"]\ninvoiceNo = 7\ncustomerNo = 7\n".to_owned(),
            &["[known.\"usage/one-tree-only\"] names as customerNo what is not there by [known.\"usage/one-tree-only\"]"],
        ),
        (
            "[known.\"usage/invoice-without-usage\"]\nledger = \"4711\"\ninvoiceNo = \"7\"\n".to_owned(),
            &["[known.\"usage/invoice-without-usage\"] names ledger 4711, and the target has 100, 200, 300, 400"],
        ),
        // Another ledger may use a number again, and what is only read serves more than one state.
        (orders("ledger = \"100\"\ncustomerNo = \"1\"\n", "ledger = \"200\"\ncustomerNo = \"1\"\n"), is_fine),
        (
            "[known.\"usage/large-volume\"]\nledger = \"100\"\ninvoiceNo = 7\nsubscriptionNo = \"1\"\n\
             [known.\"usage/invoice-without-usage\"]\nledger = \"200\"\ninvoiceNo = \"7\"\n".to_owned(),
            is_fine,
        ),
        (
            "[known.\"customer/without-legal-address\"]\ncustomerNo = \"1\"\n\
             [known.\"customer/many-surpluses\"]\ncustomerNo = \"1\"\nstrangerSurplusId = \"s\"\n\
             [known.\"usage/customer-without-usage\"]\ncustomerNo = \"1\"\n".to_owned(),
            is_fine,
        ),
        (orders("customerNo = \"1\"\n", "customerNo = \"2\"\n"), is_fine),
    ] {
        let apis = "[api.customer]\n[api.usage]\n[api.tmf]\n";
        let read = listed(&folder, &format!("base = \"http://h\"\n{apis}{tables}"));
        if said.is_empty() {
            assert_eq!(read.code, Some(0), "{tables}: {}", read.stderr);
        }
        for part in said {
            refused(&read, 2, part);
            assert!(read.stderr.contains("known.toml: "), "{}", read.stderr);
            // Whose number it is may be nobody's business.
            assert!(!read.stderr.contains("s3cret"), "{}", read.stderr);
        }
    }
}

/// What a run lacked was told in words, and had to be written down by hand.
#[test]
fn what_a_run_lacks_is_pasted_filled_in_and_judged() {
    let folder = folder();
    let ledgers = served::ledgers_only(folder.path()).display().to_string();
    let bare = Served::start(&["--load", &ledgers]);
    let run = certify(&[bare.url(), "--api", "usage"]);
    assert_eq!(run.code, Some(4), "{}{}", run.stdout, run.stderr);
    assert!(
        run.stdout.contains("load what `etalon fixtures --api usage` prints"),
        "{}",
        run.stdout
    );
    let is_table = |line: &&str| line.starts_with("[known.") || line.contains(" = \"\"  # ");
    let lacking: String =
        run.stdout.lines().filter(is_table).flat_map(|line| [line, "\n"]).collect();
    let tables: toml::Table = toml::from_str(&lacking).unwrap();
    let tables = tables["known"].as_table().unwrap();
    assert!(tables.contains_key("usage/billed"), "{lacking}");

    let records = served::fixtures(folder.path()).display().to_string();
    let whole = Served::start(&["--load", &records]);
    let named = states().into_iter().filter(|(name, _)| tables.contains_key(name));
    let named: String = named.map(|(name, state)| filled(&name, &state)).collect();
    let base = format!("base = \"{}\"\n[api.usage]\n", whole.url());
    refused(
        &listed(&folder, &format!("{base}{lacking}")),
        2,
        "[known.\"usage/billed\"] does not say ledger (",
    );
    let file = write(&folder, "target.toml", &format!("{base}{named}"));
    let run = certify(&["--target", file.to_str().unwrap()]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    // Of records that nobody knows less is judged, and a verdict that did not say so would be read as
    // if all had been.
    let verdict = run.stdout.lines().find(|line| line.starts_with("CONFORMS")).unwrap();
    let told = verdict.strip_prefix("CONFORMS (without ").unwrap();
    assert!(told.ends_with(" of 148 requirements, which need the suite's records)"), "{verdict}");
}

/// A mistyped number failed fifty cases one by one, each of which accused the target.
#[test]
fn a_record_that_is_named_and_unknown_is_told_before_the_first_case() {
    let folder = folder();
    let records = served::fixtures(folder.path()).display().to_string();
    let served = Served::start(&["--load", &records]);
    let base = format!("base = \"{}\"\n[api.customer]\n[api.usage]\n[api.tmf]\n", served.url());
    let named: String = states().iter().map(|(name, state)| filled(name, state)).collect();
    let certified = |tables: &str| {
        let file = write(&folder, "target.toml", &format!("{base}{tables}"));
        certify(&["--target", file.to_str().unwrap(), "usage/invoices/get"])
    };
    for (right, wrong, said) in [
        (
            "invoiceNo = \"123461\"",
            "invoiceNo = \"123416\"",
            "invoiceNo of [known.\"usage/large-volume\"], for which GET http://",
        ),
        (
            "subscriptionNo = \"12345720\"",
            "subscriptionNo = \"12345702\"",
            "/invoices/123461/subscriptions/12345702 answers 404 and says",
        ),
        (
            "surplusId = \"N1g2R3\"",
            "surplusId = \"N1g2R4\"",
            "surplusId of [known.\"customer/disbursement/not-granted\"], for which GET http://",
        ),
        ("noteId = \"29\"", "noteId = \"92\"", "noteId of [known.\"tmf/credit-note\"], for which"),
        (
            "invoiceNo = \"123459\"",
            "invoiceNo = \"123495\"",
            "invoiceNo of [known.\"usage/elsewhere\"], which is to be in another ledger, for which GET http://",
        ),
        (
            "surplusId = \"E1l2S3\"",
            "surplusId = \"E1l2S4\"",
            "surplusId of [known.\"customer/elsewhere\"], which is to be in another ledger, for which",
        ),
    ] {
        assert!(named.contains(right), "{right}");
        let run = certified(&named.replace(right, wrong));
        refused(&run, 2, said);
        let told = run.stderr.matches(", for which").count();
        assert_eq!(told, 1, "of one mistake more is told: {}", run.stderr);
    }
    // What is there, and what need not be, is asked for in vain by nobody.
    let run = certified(&named);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
}

/// A server whose one operation is broken was told that its records are named wrongly.
#[test]
fn a_record_that_one_of_its_operations_finds_is_there() {
    let folder = folder();
    let front = Front::start(|request, server| match request.path.ends_with("/invoices/123456") {
        true => Response::problem(404, "invoice-not-found"),
        false => server.pass(request),
    });
    let (name, state) = states().into_iter().find(|(name, _)| name == "usage/billed").unwrap();
    let tables = filled(&name, &state);
    let text = format!("base = \"{}\"\n[api.usage]\n{tables}", front.url());
    let file = write(&folder, "target.toml", &text);
    let run = certify(&["--target", file.to_str().unwrap(), "usage/invoices/get"]);
    assert_eq!(run.code, Some(1), "{}{}", run.stdout, run.stderr);
}

/// Of records of one's own, lists without a call and totals ten times too high were good enough for
/// CONFORMS.
#[test]
fn what_answers_say_of_each_other_is_judged_on_records_of_ones_own() {
    const DETAILS: &str = "GET usage/invoices/*/subscriptions/*/usage-details";
    const SUMMARIES: &str = "GET usage/invoices/*/subscriptions/*/usage-summaries";
    const UNBILLED: &str = "GET usage/customers/*/subscriptions/*/unbilled-usage-details";
    let folder = folder();
    let named = states().into_iter().filter(|(name, _)| name.starts_with("usage/"));
    let named: String = named.map(|(name, state)| filled(&name, &state)).collect();
    let certified = |front: &Front| {
        let text = format!("base = \"{}\"\n[api.usage]\n{named}", front.url());
        let file = write(&folder, "target.toml", &text);
        certify(&["--target", file.to_str().unwrap(), "--details"])
    };
    let rows: [(&str, &str, Behaviour); 4] = [
        (
            "totals ten times too high",
            "usage/usage-summaries/property/totalAmount",
            |request, server| {
                server.edit(SUMMARIES, request, |list| {
                    for summary in list["items"].as_array_mut().unwrap() {
                        summary["totalAmount"] =
                            json!(summary["totalAmount"].as_f64().unwrap() * 10.0);
                    }
                })
            },
        ),
        (
            "one call too few counted",
            "usage/usage-summaries/property/usageCount",
            |request, server| {
                server.edit(SUMMARIES, request, |list| {
                    for summary in list["items"].as_array_mut().unwrap() {
                        summary["usageCount"] = json!(summary["usageCount"].as_u64().unwrap() - 1);
                    }
                })
            },
        ),
        ("no calls", "usage/list-usage-details/every-call", |request, server| {
            server.edit(DETAILS, request, |list| list["items"] = json!([]))
        }),
        ("no unbilled calls", "usage/list-unbilled-usage-details/every-call", |request, server| {
            server.edit(UNBILLED, request, |list| list["items"] = json!([]))
        }),
    ];
    for (what, clause, behaviour) in rows {
        let front = Front::start(behaviour);
        let run = certified(&front);
        assert_eq!(run.code, Some(1), "{what}: {}{}", run.stdout, run.stderr);
        assert!(run.stdout.contains(clause), "{what}: {}", run.stdout);
    }
}

/// Two jobs of a pipeline that judge one target at a time would order of the same surplus, and each say
/// that the target refuses an order for an open one.
#[test]
fn runs_on_one_target_do_not_all_use_up_its_first_record() {
    let folder = folder();
    let ordered = |seed: &str| {
        let har = folder.path().join(seed);
        let report = format!("har={}", har.display());
        let run = certify(&["customer/payees/one-accepted", "--seed", seed, "--report", &report]);
        assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
        let har: Value = serde_json::from_str(&fs::read_to_string(har).unwrap()).unwrap();
        let entries = har.pointer("/log/entries").unwrap().as_array().unwrap();
        let order = entries.iter().find(|entry| {
            let accepted = entry["response"]["status"].as_u64().unwrap() / 100 == 2;
            entry["request"]["method"] == "POST" && accepted
        });
        let url = order.unwrap()["request"]["url"].as_str().unwrap().to_owned();
        // Each run has a server of its own, on a port of its own.
        url.split_once("/customers/").unwrap().1.to_owned()
    };
    let surpluses: BTreeSet<_> = ["1", "2", "3", "4"].map(ordered).into();
    assert!(surpluses.len() > 1, "{surpluses:?}");
    assert_eq!(ordered("1"), ordered("1"), "a seed decides");
}
