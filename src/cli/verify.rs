//! `etalon verify`: judge what a bundle keeps again.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use etalon::harness::evidence::bundle::{Bundle, PublicKey, Verification, verify};
use etalon::harness::{Exit, Refusal, Suite};

use super::output::print;
use super::{complain, files};

/// Arguments of `etalon verify`.
#[derive(clap::Args)]
pub struct Args {
    /// A file that `etalon certify --bundle` wrote.
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    /// The Ed25519 public key, in PEM, of whoever must have signed it.
    #[arg(long, value_name = "PUB")]
    key: Option<PathBuf>,
    /// How many cases are judged at once; as many as there are processors, if nothing is said.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

/// Verifies and prints. The exit code: 0, it is as it says; 1, it is not; 2, it cannot be read; 4,
/// a part of it cannot be judged again.
pub fn run(args: &Args) -> ExitCode {
    match verified(args) {
        Ok((text, exit)) => print("verification", &text, exit.code()),
        Err(refusal) => complain(&refusal.sentence, refusal.exit.code()),
    }
}

fn verified(args: &Args) -> Result<(String, Exit), Refusal> {
    let file = args.bundle.display();
    let key = args.key.as_deref();
    let key = key.map(|path| files::read("the key", path, PublicKey::from_pem));
    let key = key.transpose()?;
    let bytes = fs::read(&args.bundle)
        .map_err(|error| Refusal::usage(format!("the bundle {file} cannot be read: {error}")))?;
    let fails = |why: String| Refusal { exit: Exit::Failed, sentence: format!("{file}: {why}") };
    let bundle = Bundle::read(&bytes).map_err(fails)?;
    let signer = match (&key, &bundle.signer) {
        (Some(key), Some(signer)) if key == signer => "signed by the key that is given".to_owned(),
        (Some(_), Some(signer)) => {
            return Err(fails(format!("it is signed by another key, {signer}")));
        }
        (Some(_), None) => return Err(fails("it is not signed".to_owned())),
        (None, Some(signer)) => {
            format!("signed by {signer}: give that key with --key to know whose it is")
        }
        (None, None) => "not signed: whoever had it may have written it anew".to_owned(),
    };
    let suite = Suite::embedded().map_err(|fault| Refusal::broken(fault.to_string()))?;
    let available = thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let threads = args.threads.map_or(available, usize::from);
    let found = verify(Arc::new(suite), &bundle, threads).map_err(Refusal::usage)?;
    let exit = match (found.differences.is_empty(), found.unknown.is_empty()) {
        (false, _) => Exit::Failed,
        (true, false) => Exit::Inconclusive,
        (true, true) => Exit::Conforms,
    };
    Ok((told(&bundle, &found, &signer), exit))
}

/// Returns what was found, for a reader.
fn told(bundle: &Bundle, found: &Verification, signer: &str) -> String {
    let mut text = String::new();
    for difference in &found.differences {
        let case = difference.case.as_deref().unwrap_or("the run");
        let _ = writeln!(text, "{case}: {}", difference.what);
    }
    for (cases, what) in [
        (&found.redacted, "in part on what was redacted: that part is as the bundle says it"),
        (&found.unknown, "on names of records that were redacted, and cannot be judged again"),
    ] {
        let [first, more @ ..] = cases.as_slice() else { continue };
        let _ = match more.len() {
            0 => writeln!(text, "{first} rests {what}"),
            count => writeln!(text, "{first} and {count} more cases rest {what}"),
        };
    }
    let verdict = match (found.differences.len(), found.unknown.len()) {
        (0, 0) => "VERIFIED".to_owned(),
        (0, unknown) => format!("VERIFIED BUT FOR {unknown} of {} cases", found.cases),
        (1, _) => "NOT VERIFIED: 1 difference".to_owned(),
        (differences, _) => format!("NOT VERIFIED: {differences} differences"),
    };
    let _ = writeln!(
        text,
        "{verdict}\n{} · {} cases judged again · {signer} · sha256 {}",
        found.verdict, found.cases, bundle.digest
    );
    text
}
