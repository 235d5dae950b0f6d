//! `etalon choices`: what `serve --choice` can choose.

use std::process::ExitCode;

use etalon::api::choices::{CHOICES, Choice};
use serde_json::{Value, json};

use super::output::{Format, print, print_json};

/// Arguments of `etalon choices`.
#[derive(clap::Args)]
pub struct Args {
    /// How the list is written.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
}

/// Prints every choice.
pub fn run(args: &Args) -> ExitCode {
    match args.format {
        Format::Table => {
            print("choices", &CHOICES.iter().map(paragraph).collect::<Vec<_>>().join("\n"), 0)
        }
        Format::Json => print_json("choices", &CHOICES.iter().map(object).collect(), 0),
    }
}

/// Returns what is chosen, and a line for each value.
pub(super) fn paragraph(choice: &Choice) -> String {
    let numbers = choice.readings.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
    let noun = if choice.readings.len() == 1 { "reading" } else { "readings" };
    let apis = choice.apis.join(", ");
    let mut text = format!("{} · {apis} · {noun} {numbers}: {}\n", choice.name, choice.about);
    let width = choice.values.iter().map(|value| value.name.len()).max().unwrap_or_default();
    for (index, value) in choice.values.iter().enumerate() {
        let mark = if index == 0 { "  (default)" } else { "" };
        text.push_str(&format!("    {:width$}  {}{mark}\n", value.name, value.means));
    }
    text
}

fn object(choice: &Choice) -> Value {
    let values = choice.values.iter().map(|it| json!({ "value": it.name, "means": it.means }));
    json!({
        "name": choice.name,
        "apis": choice.apis,
        "readings": choice.readings,
        "about": choice.about,
        "default": choice.values.first().map(|value| value.name),
        "values": values.collect::<Value>(),
    })
}
