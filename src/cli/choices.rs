//! `etalon readings`: what `serve --reading` can choose.

use std::process::ExitCode;

use etalon::api::choices::{SWITCHES, Switch};
use serde_json::{Value, json};

use super::output::{Format, print};

/// Arguments of `etalon readings`.
#[derive(clap::Args)]
pub struct Args {
    /// How the list is written.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
}

/// Prints every switch.
pub fn run(args: &Args) -> ExitCode {
    let text = match args.format {
        Format::Table => SWITCHES.iter().map(paragraph).collect::<Vec<_>>().join("\n"),
        Format::Json => format!("{:#}\n", SWITCHES.iter().map(object).collect::<Value>()),
    };
    print("switches", text.as_bytes())
}

/// What is chosen, and a line for each value.
fn paragraph(switch: &Switch) -> String {
    let numbers = switch.readings.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
    let noun = if switch.readings.len() == 1 { "reading" } else { "readings" };
    let apis = switch.apis.join(", ");
    let mut text = format!("{} · {apis} · {noun} {numbers}: {}\n", switch.name, switch.about);
    let width = switch.values.iter().map(|value| value.name.len()).max().unwrap_or_default();
    for (index, value) in switch.values.iter().enumerate() {
        let mark = if index == 0 { "  (default)" } else { "" };
        text.push_str(&format!("    {:width$}  {}{mark}\n", value.name, value.means));
    }
    text
}

fn object(switch: &Switch) -> Value {
    let values = switch.values.iter().map(|it| json!({ "value": it.name, "means": it.means }));
    json!({
        "name": switch.name,
        "apis": switch.apis,
        "readings": switch.readings,
        "about": switch.about,
        "default": switch.values.first().map(|value| value.name),
        "values": values.collect::<Value>(),
    })
}
