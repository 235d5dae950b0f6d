//! The cargo door: the suite as tests. `cargo test` judges the freshly built binary;
//! `ETALON_TARGET`, a base URL or a target file, aims it elsewhere.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;

use etalon::harness::evidence::Redaction;
use etalon::harness::report::{Style, explain};
use etalon::harness::{
    APIS, Bench, Judge, Options, Selection, Suite, Target, TargetFlags, Verdict,
};
use libtest_mimic::{Arguments, Completion, Failed, Trial};

fn main() -> ExitCode {
    let args = Arguments::from_args();
    match door(&args) {
        Ok(code) => code,
        Err(sentence) => {
            eprintln!("conformance: {sentence}");
            ExitCode::FAILURE
        }
    }
}

fn door(args: &Arguments) -> Result<ExitCode, String> {
    let suite = Suite::embedded().map_err(|fault| fault.to_string())?;
    // A list contacts nothing.
    let server = match std::env::var("ETALON_TARGET") {
        Err(_) if !args.list => Some(Server::start(suite.records())?),
        _ => None,
    };
    let flags = target(server.as_ref());
    let target = Target::resolve(&suite, &flags)?;
    let redaction = Redaction::of(&target);
    let judge = Judge::new(Bench::new(Arc::clone(&suite), target, Options::default(), redaction));
    let judge = Arc::new(judge.map_err(|refusal| refusal.sentence)?);
    if !args.list {
        judge.prepare().map_err(|refusal| refusal.sentence)?;
        println!("seed {}, suite {}", judge.seed(), suite.digest());
    }
    let trials = trials(&suite, &judge)?;
    let conclusion = libtest_mimic::run(args, trials);
    drop(server);
    Ok(conclusion.exit_code())
}

/// What `ETALON_TARGET` says, or the server that was started for this.
fn target(server: Option<&Server>) -> TargetFlags {
    let all = APIS.iter().map(|api| api.name.to_owned()).collect();
    let by_url = |url: String| TargetFlags { url: Some(url), apis: all, ..Default::default() };
    match (server, std::env::var("ETALON_TARGET")) {
        (Some(server), _) => TargetFlags {
            listen: Some(TargetFlags::LOOPBACK.to_owned()),
            ..by_url(server.url.clone())
        },
        (None, Ok(url)) if url.contains("://") => by_url(url),
        (None, Ok(file)) => TargetFlags { file: Some(PathBuf::from(file)), ..Default::default() },
        (None, Err(_)) => by_url("http://127.0.0.1".to_owned()),
    }
}

/// A trial for each case of the target's APIs. None at all would be green, and is refused.
fn trials(suite: &Arc<Suite>, judge: &Arc<Judge>) -> Result<Vec<Trial>, String> {
    let apis = judge.target().apis();
    let cases = Selection::default().cases(suite, &apis).map_err(|refusal| refusal.sentence)?;
    let trials = cases.into_iter().map(|case| {
        let (suite, judge, case) = (Arc::clone(suite), Arc::clone(judge), case.clone());
        Trial::ignorable_test(case.id().to_owned(), move || {
            let report = judge.judge(&case);
            match report.verdict {
                Verdict::Pass | Verdict::Advisory => Ok(Completion::Completed),
                Verdict::NotApplicable => {
                    Ok(Completion::ignored_with(report.reason.unwrap_or_default()))
                }
                _ => Err(Failed::from(explain(&report, &suite, Style { color: false }))),
            }
        })
    });
    Ok(trials.collect())
}

/// The binary under test, serving the fixtures until this is dropped.
struct Server {
    child: Child,
    url: String,
    _folder: tempfile::TempDir,
}

impl Server {
    fn start(records: &[u8]) -> Result<Server, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let fixtures = folder.path().join("fixtures.ndjson");
        std::fs::write(&fixtures, records).map_err(|error| error.to_string())?;
        let child = Command::new(env!("CARGO_BIN_EXE_etalon"))
            .args(["serve", "--listen", "127.0.0.1:0", "--load"])
            .arg(&fixtures)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("the server cannot be started: {error}"))?;
        let mut server = Server { child, url: String::new(), _folder: folder };
        let mut line = String::new();
        if let Some(stdout) = &mut server.child.stdout {
            BufReader::new(stdout).read_line(&mut line).map_err(|error| error.to_string())?;
        }
        match line.trim().strip_prefix("listening on ") {
            Some(url) => server.url = url.to_owned(),
            None => return Err(format!("the server says `{}` first", line.trim())),
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
