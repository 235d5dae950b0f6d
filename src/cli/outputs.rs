//! The files that `etalon certify` writes beside what it prints.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use etalon::harness::Baseline;
use etalon::harness::evidence::bundle::{self, SigningKey};
use etalon::harness::report::{har, html, json, junit};
use etalon::harness::{Judge, Refusal, RunReport, Suite, Verdict};
use etalon::input::encoding::text;
use etalon::output::standard_error::tell;
use etalon::output::visible;

use serde_json::Value;

use super::files;

/// The flags that name files.
#[derive(clap::Args)]
pub struct Outputs {
    /// Write a report as well: json=FILE, junit=FILE, har=FILE or html=FILE.
    #[arg(long, value_name = "FORMAT=FILE", value_parser = report)]
    report: Vec<Report>,
    /// Write every exchange and every verdict into one file that `etalon verify` judges again.
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
    /// Sign the bundle with an Ed25519 key: PKCS#8 in PEM.
    #[arg(long, value_name = "KEY", requires = "bundle")]
    sign: Option<PathBuf>,
    /// A file of known failures: the run fails by what is new, and by an entry that passes or has
    /// expired.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write the failures of this run as a baseline; what --baseline says of them is kept.
    #[arg(long, value_name = "FILE")]
    write_baseline: Option<PathBuf>,
}

/// A report that is written to a file.
#[derive(Clone)]
struct Report {
    format: &'static Format,
    file: PathBuf,
}

/// A form of report.
struct Format {
    name: &'static str,
    /// True if it shows what was sent and answered.
    shows_exchanges: bool,
    write: fn(&RunReport, &Suite) -> Result<String, String>,
}

const FORMATS: [Format; 4] = [
    Format {
        name: "json",
        shows_exchanges: false,
        write: |run, suite| Ok(escaped(&json(run, suite))),
    },
    Format { name: "junit", shows_exchanges: false, write: junit },
    Format { name: "har", shows_exchanges: true, write: |run, _| Ok(escaped(&har(run))) },
    Format { name: "html", shows_exchanges: true, write: |run, suite| Ok(html(run, suite)) },
];

/// Returns a JSON document in which nothing is unseen: reports are looked at in terminals too.
fn escaped(document: &Value) -> String {
    visible::json(&format!("{document:#}\n")).into_owned()
}

fn report(flag: &str) -> Result<Report, String> {
    let (name, file) = flag.split_once('=').ok_or("it is FORMAT=FILE")?;
    let format = FORMATS.iter().find(|format| format.name == name).ok_or_else(|| {
        let names: Vec<_> = FORMATS.iter().map(|format| format.name).collect();
        format!("there is no format {name}; there are {}", names.join(", "))
    })?;
    match file {
        "" => Err("the file is missing after `=`".to_owned()),
        file => Ok(Report { format, file: PathBuf::from(file) }),
    }
}

impl Outputs {
    /// Returns whether what is sent and answered has to be kept.
    pub fn show_exchanges(&self) -> bool {
        self.bundle.is_some() || self.report.iter().any(|report| report.format.shows_exchanges)
    }

    /// Makes the outputs ready: what cannot be written must be known before anything is judged.
    ///
    /// # Errors
    /// A file cannot be written, or is named twice, or the key is none.
    pub fn ready(&self, suite: &Suite) -> Result<Ready<'_>, Refusal> {
        let parse = |bytes: &[u8]| {
            let text = text(bytes);
            let text = text.map_err(|encoding| format!("it is {encoding}; save it as UTF-8"))?;
            Baseline::read(text, suite)
        };
        let baseline = self.baseline.as_deref();
        let baseline = baseline.map(|file| files::read("the baseline", file, parse));
        let baseline = baseline.transpose()?;
        let mut files: Vec<&Path> = Vec::new();
        for file in self.files() {
            if files.contains(&file) {
                return Err(Refusal::usage(format!(
                    "{} is to be written twice: give each output a file of its own",
                    file.display()
                )));
            }
            files::check(file).map_err(|error| unwritten(file, &error))?;
            files.push(file);
        }
        let key = self.sign.as_deref();
        let key = key.map(|file| files::read("the key", file, SigningKey::from_pem));
        Ok(Ready { outputs: self, key: key.transpose()?, baseline })
    }

    fn files(&self) -> impl Iterator<Item = &Path> {
        let reports = self.report.iter().map(|report| &report.file);
        reports.chain(&self.bundle).chain(&self.write_baseline).map(PathBuf::as_path)
    }
}

/// Outputs that can be written, as far as can be known before a run.
pub struct Ready<'o> {
    outputs: &'o Outputs,
    key: Option<SigningKey>,
    baseline: Option<Baseline>,
}

impl Ready<'_> {
    /// Returns the run beside the baseline, if there is one.
    pub fn beside(&self, run: RunReport) -> RunReport {
        match &self.baseline {
            Some(baseline) => run.beside(baseline),
            None => run,
        }
    }

    /// Writes each, whole or not at all.
    ///
    /// # Errors
    /// One cannot be written.
    pub fn write(&self, judge: &Judge, run: &RunReport) -> Result<(), Refusal> {
        for Report { format, file } in &self.outputs.report {
            let text =
                (format.write)(run, judge.suite()).map_err(|error| unwritten(file, &error))?;
            files::write(file, text.as_bytes()).map_err(|error| unwritten(file, &error))?;
        }
        if let Some(file) = &self.outputs.bundle {
            let bytes = bundle::write(judge, run, self.key.as_ref());
            let bytes = bytes.map_err(|error| unwritten(file, &error))?;
            files::write(file, &bytes).map_err(|error| unwritten(file, &error))?;
        }
        if let Some(file) = &self.outputs.write_baseline {
            let baseline = Baseline::of(run, self.baseline.as_ref());
            files::write(file, baseline.write().as_bytes())
                .map_err(|error| unwritten(file, &error))?;
            tell(format_args!("{} known failures written to {}", baseline.len(), file.display()));
            let blocked = run.cases.iter().filter(|case| case.verdict == Verdict::Blocked).count();
            if blocked > 0 {
                tell(format_args!(
                    "{blocked} blocked cases are not written: they were not judged, so that no \
                     failure of them is known; supply what they need, as the run says"
                ));
            }
        }
        Ok(())
    }
}

fn unwritten(file: &Path, error: &dyn Display) -> Refusal {
    Refusal::usage(format!("{} cannot be written: {error}", file.display()))
}
