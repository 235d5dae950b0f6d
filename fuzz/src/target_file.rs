//! Target files: one that is read is read again as the same, and one that is refused is named.

use std::cell::RefCell;
use std::fs;
use std::sync::Arc;

use etalon::harness::{Suite, Target, TargetFlags};
use tempfile::TempDir;

thread_local! {
    static PLACE: RefCell<(Arc<Suite>, TempDir)> =
        RefCell::new((Suite::embedded().unwrap(), tempfile::tempdir().unwrap()));
}

pub fn check(data: &[u8]) {
    PLACE.with_borrow(|(suite, folder)| {
        let path = folder.path().join("target.toml");
        fs::write(&path, data).unwrap();
        let flags = TargetFlags { file: Some(path.clone()), ..TargetFlags::default() };
        match Target::resolve(suite, &flags) {
            Err(sentence) => {
                let named = sentence.contains(path.to_str().unwrap());
                assert!(named, "the file is not named: {sentence}");
            }
            Ok(target) => {
                let again = Target::resolve(suite, &flags).expect("it was read before");
                assert_eq!(target.summary(), again.summary());
                assert_eq!(target.apis(), again.apis());
            }
        }
    });
}
