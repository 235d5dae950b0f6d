//! Files of the suite: cases, laws, shapes and what else stands in `conformance/`. The first line is
//! the file's path, the rest is the file.

use etalon::harness::Suite;

pub fn check(data: &[u8]) {
    let Some(end) = data.iter().position(|byte| *byte == b'\n') else { return };
    let Ok(path) = std::str::from_utf8(&data[..end]) else { return };
    let read = || Suite::from_files([(path, &data[end + 1..])]);
    match read() {
        Err(fault) => {
            assert_eq!(fault.file, path);
            assert!(!fault.message.is_empty(), "a fault is told");
        }
        Ok(suite) => {
            let ids =
                |suite: &Suite| suite.cases().iter().map(|c| c.id().to_owned()).collect::<Vec<_>>();
            assert_eq!(ids(&suite), ids(&read().expect("it was read before")));
            for clause in suite.clauses() {
                suite.cases_of(clause);
                suite.holds_answers_to(clause);
            }
        }
    }
}
