//! `etalon openapi`: an API as `serve` answers it, as an OpenAPI document.

use std::process::ExitCode;

use etalon::api::PublicUrl;
use etalon::api::openapi::document;
use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::{Number, Value};

use super::output::{print, print_json};
use super::{USAGE, complain};

/// Arguments of `etalon openapi`.
#[derive(clap::Args)]
pub struct Args {
    /// The API: customer, usage, gateway or tmf. A document is of one.
    #[arg(long, value_name = "API")]
    api: String,
    /// How the document is written.
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    format: Form,
    /// The URL of the server, as in `serve --public-url`; without it the document is of the server
    /// that it is found on.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
}

/// A form in which a document is written.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Form {
    /// JSON.
    Json,
    /// YAML 1.2.
    Yaml,
}

/// Prints the document.
pub fn run(args: &Args) -> ExitCode {
    match made(args) {
        Ok(code) => code,
        Err(sentence) => complain(&sentence, USAGE),
    }
}

fn made(args: &Args) -> Result<ExitCode, String> {
    let url = args.public_url.as_deref().map(PublicUrl::parse).transpose()?;
    let document = document(&args.api, url.as_ref())?;
    match args.format {
        Form::Json => Ok(print_json("document", &document, 0)),
        Form::Yaml => {
            let yaml = serde_saphyr::to_string(&Plain(&document));
            let yaml = yaml.map_err(|error| format!("the document is no YAML: {error}"))?;
            Ok(print("document", &yaml, 0))
        }
    }
}

/// A JSON value for serializers other than that of JSON, which do not know how its numbers keep their
/// digits.
struct Plain<'a>(&'a Value);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(it) => serializer.serialize_bool(*it),
            Value::Number(it) => number(it, serializer),
            Value::String(it) => serializer.serialize_str(it),
            Value::Array(items) => serializer.collect_seq(items.iter().map(Plain)),
            Value::Object(members) => {
                serializer.collect_map(members.iter().map(|(name, it)| (name, Plain(it))))
            }
        }
    }
}

fn number<S: Serializer>(number: &Number, serializer: S) -> Result<S::Ok, S::Error> {
    match (number.as_i64(), number.as_f64()) {
        (Some(whole), _) => serializer.serialize_i64(whole),
        (None, Some(real)) => serializer.serialize_f64(real),
        (None, None) => Err(S::Error::custom(format!("{number} is out of range"))),
    }
}
