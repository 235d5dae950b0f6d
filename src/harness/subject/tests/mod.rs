//! Flags, files and fixtures put together.

mod ledgerless;

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;

use super::file::TargetFile;
use super::{Provision, Target, TargetFlags};
use crate::harness::api::{APIS, Format};
use crate::harness::compare::CompiledSchemas;
use crate::harness::suite::{CustomerNoMode, Suite};

const RECORDS: &str = r#"{"record":"ledger","ledgerNo":"100","country":"SE","currency":"SEK","customerNoMode":"assigned","grants":["disbursement"]}
{"record":"ledger","ledgerNo":"400","country":"SE","currency":"SEK","customerNoMode":"generated","grants":["population-register"]}
"#;
const STATES: &str = r#"{"states":{
    "usage/billed":{"ledger":"100","means":"billed usage","variables":{"invoiceNo":"1"}},
    "tmf/account":{"means":"an account","variables":{"id":"65"}}}}"#;

const FILE: &str = r#"base = "https://host/prefix"
[api.customer]
mount = "/crm/{ledger}"
[[ledger]]
no = "100"
token = { file = "token" }
country = "NO"
[[ledger]]
no = "777"
token = "given"
customerNoMode = "generated"
grants = ["population-register"]
[provision]
url = "https://host/records"
token = { env = "PATH" }
[known."usage/billed"]
ledger = "777"
invoiceNo = "42"
"#;

fn suite() -> Suite {
    Suite::from_files([
        ("conformance/fixtures/ledgers.ndjson", RECORDS.as_bytes()),
        ("conformance/fixtures/states.json", STATES.as_bytes()),
    ])
    .unwrap()
}

fn flags(url: Option<&str>, apis: &[&str]) -> TargetFlags {
    TargetFlags {
        url: url.map(str::to_owned),
        apis: apis.iter().map(|api| (*api).to_owned()).collect(),
        ..TargetFlags::default()
    }
}

/// Flags that say what lets in at an API.
fn given(api: &'static str, credentials: &str, judged: &[&str]) -> TargetFlags {
    let credentials = vec![(api, credentials.to_owned())];
    TargetFlags { credentials, ..flags(Some("http://h"), judged) }
}

/// Resolves a target file with these contents.
fn resolve(toml: &str, flags: TargetFlags) -> Result<Target, String> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("token"), "from-file\n").unwrap();
    let path = folder.path().join("target.toml");
    fs::write(&path, toml).unwrap();
    Target::resolve(&suite(), &TargetFlags { file: Some(path), ..flags })
}

#[test]
fn without_a_file_the_fixtures_are_assumed_to_be_loaded() {
    let target = Target::resolve(&suite(), &flags(Some("http://h/p"), &["usage"])).unwrap();
    assert!(matches!(target.provision, Provision::Assumed));
    let ledgers: Vec<_> =
        target.ledgers.iter().map(|each| (each.no.as_str(), each.token.reveal())).collect();
    assert_eq!(ledgers, [("100", "etalon-100"), ("400", "etalon-400")]);
    assert_eq!(target.ledgers[1].mode, CustomerNoMode::Generated);
    assert_eq!(
        target.sites().next().unwrap().url("invoices/1"),
        "http://h/p/billing/usage/v1/100/invoices/1"
    );
}

#[test]
fn a_ledger_of_ones_own_is_judged_by_what_cases_create() {
    let own = TargetFlags {
        ledger: Some("555".to_owned()),
        tokens: vec!["555=secret".to_owned()],
        ..flags(Some("http://h"), &["customer"])
    };
    let target = Target::resolve(&suite(), &own).unwrap();
    assert!(matches!(target.provision, Provision::None));
    assert_eq!(target.ledgers.len(), 1);
    assert_eq!(target.ledgers[0].country, None);
    assert!(!target.summary().to_string().contains("secret"));
    assert!(!format!("{target:?}").contains("secret"));
}

#[test]
fn a_file_states_ledgers_tokens_mounts_and_what_is_known() {
    let target = resolve(FILE, TargetFlags::default()).unwrap();
    let first = &target.ledgers[0];
    assert_eq!((first.token.reveal(), first.country.as_deref()), ("from-file", Some("NO")));
    assert_eq!(first.grants, ["disbursement"], "as in the fixtures");
    assert_eq!(target.ledgers[1].mode, CustomerNoMode::Generated);
    assert!(matches!(target.provision, Provision::Url { token: Some(_), .. }));
    assert_eq!(target.known["usage/billed"].variables["invoiceNo"], "42");

    let customer = target.sites().next().unwrap();
    for (path, url) in [
        ("customers/1", "https://host/prefix/crm/100/customers/1"),
        ("/ledger/customer/v1/100/customers/1", "https://host/prefix/crm/100/customers/1"),
        ("/prefix/crm/100/customers/1", "https://host/prefix/crm/100/customers/1"),
        ("http://inside/crm/100/customers/1", "https://host/prefix/crm/100/customers/1"),
        (
            "https://gate/own/ledger/customer/v1/100/customers/1",
            "https://host/prefix/crm/100/customers/1",
        ),
        (
            "/own/ledger/customer/v1/100/customers/1",
            "https://host/prefix/own/ledger/customer/v1/100/customers/1",
        ),
    ] {
        assert_eq!(customer.url(path), url, "{path}");
    }
    assert!(target.mounted("usage").is_none());
}

#[test]
fn what_cannot_be_resolved_is_said_in_a_sentence() {
    for (wrong, part) in [
        (flags(Some("http://h"), &[]), "--api"),
        (flags(None, &["usage"]), "base URL"),
        (flags(Some("http://h"), &["billing"]), "customer, usage"),
        (
            TargetFlags { tokens: vec!["100".into()], ..flags(Some("http://h"), &["usage"]) },
            "LEDGER=TOKEN",
        ),
        (
            TargetFlags { tokens: vec!["9=x".into()], ..flags(Some("http://h"), &["usage"]) },
            "--ledger 9",
        ),
        (
            TargetFlags { ledger: Some("9".into()), ..flags(Some("http://h"), &["usage"]) },
            "--token 9=",
        ),
        (
            TargetFlags {
                tokens: vec!["100=env:ETALON_NOT_SET".into()],
                ..flags(Some("http://h"), &["usage"])
            },
            "ETALON_NOT_SET",
        ),
        (
            TargetFlags { tokens: vec!["100=x".into()], ..flags(Some("http://h"), &["tmf"]) },
            "no API",
        ),
        (
            TargetFlags { ledger: Some("100".into()), ..flags(Some("http://h"), &["gateway"]) },
            "no API",
        ),
        (given("gateway", "user", &["gateway"]), "--gateway-user is USER:PASSWORD"),
        (given("gateway", ":password", &["gateway"]), "is empty"),
        (given("tmf", "env:ETALON_NOT_SET", &["tmf"]), "ETALON_NOT_SET"),
        (given("tmf", "token", &["usage"]), "not judged"),
        (given("tmf", "", &["tmf"]), "holds no secret"),
        (given("tmf", "a\nb", &["tmf"]), "holds no secret"),
        (
            TargetFlags { tokens: vec!["100=å".into()], ..flags(Some("http://h"), &["usage"]) },
            "no header can hold",
        ),
    ] {
        let sentence = Target::resolve(&suite(), &wrong).unwrap_err();
        assert!(sentence.contains(part), "{part}: {sentence}");
    }
    let misspelled = "base = \"http://h\"\n[[ledger]]\nno = \"5\"\ntokn = \"s3cret\"";
    let unclosed = "base = \"http://h\"\n[[ledger]]\nno = \"5\"\ntoken = \"s3cret";
    for toml in [misspelled, unclosed] {
        let sentence = resolve(toml, TargetFlags::default()).unwrap_err();
        assert!(sentence.contains("line 4: ") && sentence.lines().count() == 1, "{sentence}");
        assert!(!sentence.contains("s3cret"), "{sentence}");
    }
    for (toml, part) in [
        ("bse = \"http://h\"", "bse"),
        ("base = \"http://h\"", "[api.NAME]"),
        ("base = \"http://h\"\n[api.usage]\nroot = \"/\"", "root"),
        ("base = \"http://h\"\nprovision = \"later\"\n[api.usage]", "preloaded"),
        ("base = \"http://h\"\n[api.usage]\n[[ledger]]\nno = \"5\"", "no token"),
        ("base = \"http://h\"\n[api.usage]\n[[ledger]]\nno = \"5\"\ntoken = 5", "a secret is"),
        ("base = \"http://h\"\n[api.usage]\n[known.\"usage/none\"]", "usage/billed"),
        ("base = \"http://h\"\n[api.usage]\n[known.\"usage/billed\"]", "invoiceNo"),
        ("base = \"http://h\"\nca = \"none.pem\"\n[api.usage]", "none.pem"),
        (
            "base = \"http://h\"\n[api.usage]\ntoken = \"x\"",
            "has no token: usage is entered by --token",
        ),
        (
            "base = \"http://h\"\n[api.tmf]\nuser = \"x\"",
            "has no user: tmf is entered by --tmf-token",
        ),
        ("base = \"http://h\"\n[api.tmf]\npassword = \"x\"", "has no password"),
        ("base = \"http://h\"\n[api.tmf]\naccount = \"x\"", "has no account"),
        (
            "base = \"http://h\"\n[api.gateway]\ntoken = \"x\"",
            "has no token: gateway is entered by --gateway",
        ),
        ("base = \"http://h\"\n[api.gateway]\nuser = \"x\"", "without the other"),
        ("base = \"http://h\"\n[api.gateway]\nuser = \"x:y\"\npassword = \"z\"", "a colon"),
        ("base = \"http://h\"\n[api.tmf.media]\nxml = \"text/xml\"", "they are json"),
        ("base = \"http://h\"\n[api]\ntmf = true", "expected a table"),
        ("base = \"http://h\"\nledger = [7]\n[api.tmf]", "expected a table"),
        ("base = \"http://h\"\n[api.gateway.media]\nyaml = false", "they are json, xml, form"),
        ("base = \"http://h\"\n[api.gateway.media]\nxml = true", "or false"),
        ("base = \"http://h\"\n[api.gateway.media]\nxml = \"xml\"", "a media type"),
        ("base = \"http://h\"\n[api.tmf.media]\njson = false", "no format"),
        ("base = \"http://h\"\n[api.tmf]\nmount = \"/{ledger}\"", "tmf has none"),
        ("base = \"http://h\"\n[api.tmf]\ntoken = \"\"", "holds no secret"),
        ("[api.gateway]\nbase = \"http://h\"\n[api.tmf]", "no base URL"),
        (
            "base = \"http://h\"\n[api.tmf]\n[known.\"tmf/account\"]\nledger = \"1\"\nid = \"1\"",
            "ledger",
        ),
    ] {
        let sentence = resolve(toml, TargetFlags::default()).unwrap_err();
        assert!(sentence.contains(part), "{toml}: {sentence}");
    }
}

#[test]
fn the_schema_of_target_files_accepts_what_is_accepted_here() {
    let schemas = CompiledSchemas::new(Arc::clone(&Suite::embedded().unwrap().schemas));
    for (toml, accepted) in [
        (FILE, true),
        ("base = \"http://h\"\nprovision = \"preloaded\"\n[api.usage]", true),
        ("base = \"http://h\"\nprovision.command = \"load\"\n[api.usage]", true),
        ("base = \"http://h\"\nprovision = \"later\"", false),
        ("[api.gateway]\nuser = \"a\"\npassword = { env = \"P\" }\nmedia.form = false", true),
        ("[api.gateway.media]\nxml = \"text/xml; charset=utf-8\"", true),
        ("[api.tmf]\ntoken = { file = \"t\" }\nmount = \"/v2\"", true),
        ("[api.gateway]\nuser = \"a\"", false),
        ("[api.gateway]\ntoken = \"a\"", false),
        ("[api.gateway.media]\nxml = \"xml\"", false),
        ("[api.gateway.media]\nyaml = false", false),
        ("[api.tmf]\nuser = \"a\"\npassword = \"b\"", false),
        ("[api.tmf.media]\nxml = \"text/xml\"", false),
        ("[api.usage]\ntoken = \"a\"", false),
        ("[api.billing]", false),
        ("bse = \"http://h\"", false),
        ("[[ledger]]\nno = \"1\"\ntoken = { env = \"A\", file = \"b\" }", false),
        ("[[ledger]]\nno = \"1\"\ngrants = [\"disbursment\"]", false),
        ("ca = \"a\"\ncertificate = \"c\"\nkey = { env = \"K\" }", true),
        ("certificate = \"c\"", true),
        ("key = { file = \"k\" }", false),
        ("[limits]\nrate = 0.5\nparallelism = 8\nconnectTimeout = 2\nanswerTimeout = 1.5", true),
        ("[limits]\nrate = 0", false),
        ("[limits]\nparallelism = 257", false),
        ("[limits]\nanswerTimeout = 0", false),
        ("[limits]\nthreads = 4", false),
        (
            "[limits]\nanswerBytes = 65536\nlistBytes = 70000\npages = 1\ntotalBytes = 99999\nmaxTime = 0.5",
            true,
        ),
        ("[limits]\nanswerBytes = 65535", false),
        ("[limits]\ntotalBytes = -1", false),
        ("[limits]\npages = 0", false),
        ("[limits]\nmaxTime = 0", false),
    ] {
        let value: toml::Value = toml::from_str(toml).unwrap();
        let value = serde_json::to_value(value).unwrap();
        let mut mismatches = Vec::new();
        schemas.check("etalon/target", &value, &mut mismatches).unwrap();
        assert_eq!(mismatches.is_empty(), accepted, "{toml}: {mismatches:?}");
    }
}

/// The example shows every key that may be given; one that stands behind a `#` must be right too.
#[test]
fn the_example_is_a_target_file_with_and_without_what_it_leaves_out() {
    let suite = Suite::embedded().unwrap();
    let schemas = CompiledSchemas::new(Arc::clone(&suite.schemas));
    let example = include_str!("../../../../examples/target.toml");
    let is_key = |line: &&str| line.starts_with('[') || line.contains(" = ");
    let whole: Vec<_> = example
        .lines()
        // One of two ways to load the records.
        .filter(|line| !line.contains("command = "))
        .map(|line| line.strip_prefix("# ").filter(is_key).unwrap_or(line))
        .collect();
    for text in [example.to_owned(), whole.join("\n")] {
        let file: TargetFile = toml::from_str(&text).unwrap();
        assert_eq!(file.api.len(), APIS.len());
        for (name, variables) in &file.known {
            let state = &suite.states[name];
            assert!(state.variables.keys().eq(variables.keys()), "{name}");
        }
        let value: toml::Value = toml::from_str(&text).unwrap();
        let mut mismatches = Vec::new();
        let value = serde_json::to_value(value).unwrap();
        schemas.check("etalon/target", &value, &mut mismatches).unwrap();
        assert!(mismatches.is_empty(), "{mismatches:?}");
    }
}

/// The schema and the reader know the same keys, table by table.
#[test]
fn the_schema_of_target_files_has_the_keys_that_are_read_here() {
    let schemas = Arc::clone(&Suite::embedded().unwrap().schemas);
    let schema = &schemas["schemas/etalon/target.json"];
    let read = |head: &str| {
        let error =
            toml::from_str::<TargetFile>(&format!("{head}\nno-such-key = 1\n")).unwrap_err();
        let (_, names) = error.message().rsplit_once("expected ").unwrap();
        let names = names.split('`').skip(1).step_by(2).map(str::to_owned);
        names.collect::<BTreeSet<_>>()
    };
    let listed = |pointers: &[&str]| {
        let keys = pointers.iter().flat_map(|pointer| {
            schema.pointer(pointer).unwrap().as_object().unwrap().keys().cloned()
        });
        keys.collect::<BTreeSet<_>>()
    };
    let apis = APIS.map(|api| format!("/properties/api/properties/{}/properties", api.name));
    let apis: Vec<_> = apis.iter().map(String::as_str).collect();
    for (head, pointers) in [
        ("", &["/properties"][..]),
        ("[limits]", &["/properties/limits/properties"]),
        ("[[ledger]]", &["/properties/ledger/items/properties"]),
        ("[api.gateway]", &apis),
        (
            "[provision]",
            &[
                "/properties/provision/oneOf/1/properties",
                "/properties/provision/oneOf/2/properties",
            ],
        ),
    ] {
        assert_eq!(read(head), listed(pointers), "{head}");
    }
    let names = |pointer: &str| {
        let names = schema.pointer(pointer).unwrap().as_array().unwrap().iter();
        names.map(|name| name.as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    let suite = Suite::embedded().unwrap();
    let grants = suite.ledgers().iter().flat_map(|record| record.grants.iter().cloned());
    assert_eq!(names("/properties/ledger/items/properties/grants/items/enum"), grants.collect());
    let formats = Format::ALL.map(|format| format.name().to_owned());
    assert_eq!(names("/$defs/table/properties/media/propertyNames/enum"), formats.into());
}
