//! `etalon verify`: judge what a bundle keeps again.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;

use etalon::harness::evidence::bundle::{Bundle, PublicKey, Verdict, Verification, verify};
use etalon::harness::{Exit, Refusal, Suite};
use etalon::input::file;
use etalon::output::visible::line;

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

/// Verifies and prints. The exit code: 0, it is as it says; 1, it is not, or nothing of it can be
/// judged again; 2, it cannot be read; 4, a part of it cannot be judged again.
pub fn run(args: &Args) -> ExitCode {
    match verified(args) {
        Ok((text, exit)) => print("verification", &text, exit.code()),
        Err(refusal) => complain(&refusal.sentence, refusal.exit.code()),
    }
}

fn verified(args: &Args) -> Result<(String, Exit), Refusal> {
    let shown = args.bundle.display();
    let key = args.key.as_deref();
    let key = key.map(|path| files::read("the key", path, PublicKey::from_pem));
    let key = key.transpose()?;
    let bytes = file::read(&args.bundle, file::MADE)
        .map_err(|error| Refusal::usage(format!("the bundle {shown} cannot be read: {error}")))?;
    let fails = |why: String| Refusal { exit: Exit::Failed, sentence: format!("{shown}: {why}") };
    let bundle = Bundle::read(&bytes).map_err(fails)?;
    let signer = match (&key, &bundle.signer) {
        (Some(key), Some(signer)) if key == signer => {
            format!("by the key that is given, sha256 {}", signer.fingerprint())
        }
        (Some(_), Some(signer)) => {
            let other = signer.fingerprint();
            return Err(fails(format!("it is signed by another key, sha256 {other}")));
        }
        (Some(_), None) => return Err(fails("it is not signed".to_owned())),
        (None, Some(signer)) => format!(
            "by a key of whoever it may be, sha256 {}: give his with --key",
            signer.fingerprint()
        ),
        (None, None) => "by nobody: whoever had it may have written it anew".to_owned(),
    };
    let suite = Suite::embedded().map_err(|fault| Refusal::broken(fault.to_string()))?;
    let available = thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let threads = args.threads.map_or(available, usize::from);
    let found = verify(suite, &bundle, threads).map_err(|refusal| Refusal {
        sentence: format!("{shown}: {}", refusal.sentence),
        ..refusal
    })?;
    let exit = match found.verdict() {
        Verdict::Verified => Exit::Conforms,
        Verdict::VerifiedInPart => Exit::Inconclusive,
        Verdict::NotVerified => Exit::Failed,
    };
    Ok((told(&bundle, &found, &signer), exit))
}

/// Returns what was found, for a reader.
fn told(bundle: &Bundle, found: &Verification, signer: &str) -> String {
    let mut text = String::new();
    for difference in &found.differences {
        let case = difference.case.as_deref().unwrap_or("the run");
        let _ = writeln!(text, "{}: {}", line(case), line(&difference.what));
    }
    let (all, redacted) = (found.cases, found.redacted.len());
    if let [first, more @ ..] = found.redacted.as_slice() {
        let rest = match more.len() {
            0 => "rests".to_owned(),
            count => format!("and {count} more cases rest"),
        };
        let _ =
            writeln!(text, "{} {rest} on what was redacted: nothing is said of that", line(first));
    }
    let verdict = found.verdict();
    let headline = match (verdict, found.differences.len()) {
        (Verdict::Verified, _) => "VERIFIED".to_owned(),
        (Verdict::VerifiedInPart, _) => format!("VERIFIED BUT FOR {redacted} of {all} cases"),
        (Verdict::NotVerified, 0) => {
            "NOT VERIFIED: whatever was sent rests on what was redacted".to_owned()
        }
        (Verdict::NotVerified, 1) => "NOT VERIFIED: 1 difference".to_owned(),
        (Verdict::NotVerified, count) => format!("NOT VERIFIED: {count} differences"),
    };
    let _ = writeln!(text, "{headline}");
    let mut facts = Vec::new();
    if verdict != Verdict::NotVerified {
        facts.push(("verdict", format!("{} · {all} cases", found.headline)));
        facts.extend(bundle.facts());
    }
    facts.push(("signed", signer.to_owned()));
    facts.push(("bundle", format!("sha256 {}", bundle.digest)));
    for (label, fact) in facts {
        let _ = writeln!(text, "  {label:<16} {}", line(&fact));
    }
    if verdict != Verdict::NotVerified {
        text.push_str(
            "The verdict follows from the exchanges. That they took place, with this target and then, \
             whoever signs\nsays, and nobody else.\n",
        );
    }
    text
}
