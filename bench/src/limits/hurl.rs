//! Hurl, which sends the exchanges of a run again and looks at nothing but that there is an answer.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::Outcome;

/// Returns the version of Hurl, where it is installed.
pub fn version() -> Option<String> {
    let told = Command::new("hurl").arg("--version").output().ok()?;
    let told = String::from_utf8(told.stdout).ok()?;
    told.split_whitespace().nth(1).map(str::to_owned)
}

/// Returns the requests of a HAR file in Hurl's language, for a target that is the variable `base`,
/// and how many they are. What the file has redacted is the token of the ledger in the path.
///
/// # Errors
/// When the file is no HAR.
pub fn script(har: &Path) -> Outcome<(String, usize)> {
    let har: Value = serde_json::from_slice(&std::fs::read(har)?)?;
    let entries = har["log"]["entries"].as_array().ok_or("There is no HAR entry.")?;
    let mut script = String::new();
    for entry in entries {
        let request = &entry["request"];
        let url = request["url"].as_str().unwrap_or_default();
        let path = url.splitn(4, '/').nth(3).unwrap_or_default();
        let method = request["method"].as_str().unwrap_or_default();
        writeln!(script, "{method} {{{{base}}}}/{path}")?;
        for header in request["headers"].as_array().into_iter().flatten() {
            let (name, value) = (header["name"].as_str(), header["value"].as_str());
            let (Some(name), Some(value)) = (name, value) else { continue };
            match value {
                "Bearer [redacted]" => {
                    let ledger = path.split('/').nth(3).unwrap_or_default();
                    writeln!(script, "{name}: Bearer etalon-{ledger}")?;
                }
                value => writeln!(script, "{name}: {}", value.replace('\\', "\\\\"))?,
            }
        }
        if let Some(body) = request["postData"]["text"].as_str() {
            write!(script, "hex,")?;
            body.bytes().try_for_each(|byte| write!(script, "{byte:02x}"))?;
            writeln!(script, ";")?;
        }
        writeln!(script, "HTTP *\n")?;
    }
    Ok((script, entries.len()))
}
