//! Secrets that stand in files: whoever holds one is let in, whatever editor wrote the file.
#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "support/raw.rs"]
mod raw;
#[path = "support/served.rs"]
mod served;

use std::fs;

use served::{Served, etalon};

/// A status of a path of the ledger's and of the admin surface, for the bearer of a token.
fn status(served: &Served, path: &str, token: &str) -> String {
    let mut client = raw::Raw::connect(served.addr).unwrap();
    let head =
        format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n");
    client.send(head).unwrap();
    client.head().unwrap().split(' ').nth(1).unwrap().to_owned()
}

#[test]
fn the_holder_of_a_token_is_let_in_although_its_file_has_a_byte_order_mark() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token.txt");
    fs::write(&path, "\u{feff}s3cret\r\n").unwrap();
    let token = format!("file:{}", path.display());
    let served = Served::start(&["--token", &format!("100={token}"), "--admin-token", &token]);
    for path in ["/ledger/customer/v1/100/customers/1000001", "/etalon/records"] {
        assert_eq!(status(&served, path, "s3cret"), "200", "{path}");
        assert_eq!(status(&served, path, "s3cre"), "401", "{path}");
    }
}

#[test]
fn a_secret_that_cannot_be_used_is_refused_in_a_sentence_that_names_flag_place_and_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token.txt");
    let flag = |prefix: &str| format!("{prefix}file:{}", path.display());
    for (bytes, args, parts) in [
        (&b"\xff\xfes\0"[..], ["--token", &flag("100=")], ["--token 100: ", "save it as UTF-8"]),
        (b" \r\n", ["--admin-token", &flag("")], ["--admin-token: ", "holds no secret"]),
        ("ö".as_bytes(), ["--tmf-token", &flag("")], ["--tmf-token: ", "no header can hold"]),
        (b"a\nb", ["--gateway-user", &flag("u:")], ["--gateway-user u: ", "one line"]),
    ] {
        fs::write(&path, bytes).unwrap();
        let refused = etalon(&[&["serve", "--listen", "127.0.0.1:0"], &args[..]].concat());
        let said = String::from_utf8(refused.stderr).unwrap();
        assert_eq!((refused.status.code(), said.lines().count()), (Some(2), 1), "{said}");
        assert!(
            parts.iter().all(|part| said.contains(part)) && said.contains("token.txt"),
            "{said}"
        );
    }
}
