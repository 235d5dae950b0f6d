//! That what describes an API is whole: every file names what there is, and nothing is left out.

use std::collections::BTreeSet;

use super::row::Rows;
use super::{document, names};
use crate::api::auth::Auth;
use crate::api::{APIS, Mounts};
use crate::data;

/// An operation that was taken out of the routes would be promised on, and one that was added would be
/// missed by whoever generates a client.
#[test]
fn every_operation_has_its_row_and_every_row_its_operation() {
    for serve in APIS {
        let endpoint = serve(&Mounts::default(), 0).unwrap();
        let declared = endpoint.declaration(&Auth::default());
        let rows = Rows::of(declared.name).unwrap();
        let routed: BTreeSet<_> = declared
            .operations
            .iter()
            .map(|it| (it.method.as_str(), it.path.trim_end_matches('/')))
            .collect();
        let described: BTreeSet<_> = rows.operations().collect();
        assert_eq!(routed, described, "{}", declared.name);
        assert!(document(declared.name, None).is_ok());
    }
}

/// A documented exchange that no operation shows is one that nobody finds who looks for it here.
#[test]
fn every_documented_exchange_is_shown_that_is_of_an_operation() {
    for name in names() {
        let rows = Rows::of(name).unwrap();
        let shown: BTreeSet<_> = rows.examples().collect();
        let folder = format!("examples/{name}/");
        for (path, bytes) in data::files_under(&folder) {
            let example = path[folder.len()..].trim_end_matches(".json");
            let exchange: serde_json::Value = serde_json::from_slice(bytes).unwrap();
            // What is ruled out has no operation, and a problem alone is of none.
            let is_of_one =
                exchange["request"].is_object() && exchange["response"]["status"] != 405;
            assert_eq!(shown.contains(example), is_of_one, "{path}");
        }
    }
}

/// A tag, a parameter, a header or a value that nothing uses is left over from what is gone.
#[test]
fn nothing_is_described_that_no_operation_has() {
    for name in names() {
        let text = document(name, None).unwrap().to_string();
        let rows = Rows::of(name).unwrap();
        for tag in rows.tags.keys() {
            assert!(text.contains(&format!("\"tags\":[\"{tag}\"]")), "{name}: {tag}");
        }
        for parameter in rows.parameters.keys() {
            assert!(
                text.contains(&format!("\"name\":\"{parameter}\",\"in\"")),
                "{name}: {parameter}"
            );
        }
        for header in rows.headers.keys() {
            assert!(text.contains(&format!("\"{header}\":{{\"description\"")), "{name}: {header}");
        }
    }
}
