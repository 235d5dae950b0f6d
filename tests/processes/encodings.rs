//! Files that passed through other systems: with a byte-order mark and CRLF they are what they were,
//! and UTF-16 is called by its name.

use std::fs;
use std::path::Path;

use crate::served::{Served, etalon, etalon_reading};

fn marked(text: &str) -> Vec<u8> {
    format!("\u{feff}{}", text.replace('\n', "\r\n")).into_bytes()
}

/// What `>` of Windows PowerShell writes, the other way round, and without a mark.
fn wide(text: &str) -> [Vec<u8>; 3] {
    let little = || text.encode_utf16().flat_map(u16::to_le_bytes);
    let big = text.encode_utf16().flat_map(u16::to_be_bytes);
    [
        [0xff, 0xfe].into_iter().chain(little()).collect(),
        [0xfe, 0xff].into_iter().chain(big).collect(),
        little().collect(),
    ]
}

/// Runs a command, and returns its exit code and what it said on standard error.
fn said(args: &[&str], input: &[u8]) -> (i32, String) {
    let done = etalon_reading(args, input);
    (done.status.code().unwrap(), String::from_utf8(done.stderr).unwrap())
}

/// One sentence names the encoding and the remedy.
fn is_told((code, said): (i32, String), what: &str) {
    assert!(code != 0 && said.lines().count() == 1, "{what}: {code} {said}");
    assert!(said.contains("in UTF-16; s") && said.contains("as UTF-8"), "{what}: {said}");
}

/// Records that somebody had saved on Windows brought a line of complaint each.
#[test]
fn records_are_read_whatever_wrote_their_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let records = String::from_utf8(etalon::data::fixtures()).unwrap();
    let (file, plain) = (path("records"), path("plain"));
    assert_eq!(said(&["load", "--db", &plain, "-"], records.as_bytes()).0, 0);
    let dump = |store: &str| etalon(&["dump", "--db", store]).stdout;
    fs::write(&file, marked(&records)).unwrap();
    for (name, from) in [("from-file", file.as_str()), ("from-pipe", "-")] {
        let store = path(name);
        let (code, why) = said(&["load", "--db", &store, from], &marked(&records));
        assert_eq!(code, 0, "{why}");
        assert!(dump(&store) == dump(&plain), "{name}");
    }
    // Each file of several has its own.
    let both = path("both");
    let (first, rest) = records.split_once('\n').unwrap();
    let files = [path("first"), path("rest")];
    fs::write(&files[0], marked(&format!("{first}\n"))).unwrap();
    fs::write(&files[1], marked(rest)).unwrap();
    assert_eq!(said(&["load", "--db", &both, &files[0], &files[1]], b"").0, 0);
    assert!(dump(&both) == dump(&plain));

    let server = Served::start(&["--load", &file]);
    let mut client = server.client();
    let mut post = |body: &[u8]| {
        let head = format!(
            "POST /etalon/records HTTP/1.1\r\nHost: localhost\r\n\
             Authorization: Bearer etalon-admin\r\nContent-Type: application/x-ndjson\r\n\
             Content-Length: {}\r\n\r\n",
            body.len()
        );
        client.raw.send([head.as_bytes(), body].concat()).unwrap();
        let answer = client.raw.answer().unwrap();
        (answer.status, String::from_utf8(answer.body).unwrap())
    };
    assert_eq!(post(&marked(&records)).0, 200);
    for wide in wide(&records) {
        let (status, body) = post(&wide);
        assert!(status == 400 && body.contains("in UTF-16; send it as UTF-8"), "{body}");
        fs::write(&file, &wide).unwrap();
        let new = path("new");
        is_told(said(&["load", "--db", &new, &file], b""), "load FILE");
        is_told(said(&["load", "--db", &new, "-"], &wide), "load -");
        let serve = ["serve", "--listen", "127.0.0.1:0", "--db", &new, "--load", &file];
        is_told(said(&serve, b""), "serve --load");
        assert!(!Path::new(&new).exists());
    }
}

/// The body of a request that a tool had put a mark before was no JSON.
#[test]
fn bodies_of_requests_are_read_with_a_mark() {
    let server = Served::start(&[]);
    let mut client = server.client();
    let mut put = |body: &[u8]| {
        let head = format!(
            "PUT /api/v01/customers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\
             \r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        client.raw.send([head.as_bytes(), body].concat()).unwrap();
        let answer = client.raw.answer().unwrap();
        (answer.status, String::from_utf8(answer.body).unwrap())
    };
    let body = "{\"firstName\": \"A\",\n\"lastName\": \"B\",\n\"organizationName\": \"C\"}\n";
    let (status, answer) = put(&marked(body));
    assert_eq!(status, 200, "{answer}");
    for wide in wide(body) {
        let (status, answer) = put(&wide);
        assert!(status == 400 && answer.contains("in UTF-16; send it as UTF-8"), "{answer}");
    }
}

/// A run on Windows was refused for files that Windows had written.
#[test]
fn files_that_people_write_or_hand_on_are_read_whatever_wrote_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let records = path("records");
    fs::write(&records, etalon::data::fixtures()).unwrap();
    let server = Served::start(&["--load", &records]);
    let case = "usage/invoices/get";
    let target = format!(
        "base = \"http://{}\"\nprovision = \"preloaded\"\n[api.usage]\n[[ledger]]\nno = \"100\"\n\
         token = {{ file = \"token\" }}\n",
        server.addr
    );
    fs::write(path("token"), marked("etalon-100\n")).unwrap();
    let baseline = "[[known]]\ncase = \"usage/customers/get\"\nreason = \"r\"\nowner = \"o\"\n\
                    expires = 2099-01-31\n";
    let (file, json) = (path("file"), path("json"));
    let report = format!("json={json}");
    assert_eq!(said(&["certify", "--api", "usage", case, "--report", &report], b"").0, 0);
    let json_text = fs::read_to_string(&json).unwrap();
    let readers: [(&str, &str, &[&str]); 4] = [
        ("--target", &target, &["certify", "--target", &file, case]),
        ("--baseline", baseline, &["certify", "--api", "usage", case, "--baseline", &file]),
        ("diff", &json_text, &["diff", &json, &file]),
        ("serve --like", &json_text, &["serve", "--listen", "x", "--like", &file]),
    ];
    for (what, text, args) in readers {
        fs::write(&file, marked(text)).unwrap();
        let (code, why) = said(args, b"");
        // That server is told of its address, after it has read the report.
        let is_read = if args[0] == "serve" { !why.contains("--like") } else { code == 0 };
        assert!(is_read, "{what}: {code} {why}");
        if args[0] == "serve" {
            continue;
        }
        for wide in wide(text) {
            fs::write(&file, wide).unwrap();
            is_told(said(args, b""), what);
        }
    }
    for wide in wide(&json_text) {
        fs::write(&file, wide).unwrap();
        is_told(said(&["serve", "--listen", "127.0.0.1:0", "--like", &file], b""), "serve --like");
    }
}

/// A bundle that a version control system had converted was called a forgery.
#[test]
fn a_bundle_whose_line_ends_were_converted_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (bundle, converted) = (path("bundle"), path("converted"));
    let certify = ["certify", "--api", "usage", "usage/invoices/get", "--bundle", &bundle];
    assert_eq!(said(&certify, b"").0, 0);
    let text = etalon::harness::evidence::bundle::unpacked(&fs::read(&bundle).unwrap())
        .unwrap()
        .into_owned();
    let text = String::from_utf8(text).unwrap();
    for bytes in [text.replace('\n', "\r\n").into_bytes(), marked(&text)] {
        fs::write(&converted, bytes).unwrap();
        for args in [&["verify", &converted][..], &["diff", &bundle, &converted]] {
            let (code, why) = said(args, b"");
            assert!(code != 0 && why.contains("line ends were converted"), "{args:?}: {why}");
        }
    }
    for wide in wide(&text) {
        fs::write(&converted, wide).unwrap();
        is_told(said(&["verify", &converted], b""), "verify");
        is_told(said(&["diff", &bundle, &converted], b""), "diff");
    }
}
