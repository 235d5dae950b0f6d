//! The encodings of XML: its readers must know UTF-8 and UTF-16, and need know no other (XML 1.0
//! § 4.3.3, reading 253).

use std::borrow::Cow;

use crate::model::violation::Violation;

/// The bytes at the beginning in which a declaration is looked for.
const DECLARATION: usize = 200;

/// The encodings, each with the names that declare it.
const UTF_8: (&str, &[&str]) = ("UTF-8", &["UTF-8", "UTF8", "US-ASCII"]);
const UTF_16: (&str, &[&str]) = ("UTF-16", &["UTF-16", "UTF-16LE", "UTF-16BE"]);

/// Decodes a document by its byte-order mark, or else by how it begins and what it declares.
///
/// # Errors
/// What is not of the encoding that it shows or declares, or declares another than the two.
pub(super) fn decode(body: &[u8]) -> Result<Cow<'_, str>, Violation> {
    let (units, is_marked): (fn([u8; 2]) -> u16, bool) = match body {
        [0xff, 0xfe, ..] => (u16::from_le_bytes, true),
        [0xfe, 0xff, ..] => (u16::from_be_bytes, true),
        [b'<', 0, ..] => (u16::from_le_bytes, false),
        [0, b'<', ..] => (u16::from_be_bytes, false),
        _ => {
            // A byte of another encoding would hide which one that is.
            let beginning = String::from_utf8_lossy(&body[..body.len().min(DECLARATION)]);
            check(declared(&beginning), UTF_8)?;
            return super::text(body).map(Cow::Borrowed);
        }
    };
    let (pairs, odd) = body.as_chunks::<2>();
    let units = pairs.iter().map(|pair| units(*pair));
    let text: Result<String, _> = char::decode_utf16(units).collect();
    let text = text.ok().filter(|_| odd.is_empty()).ok_or_else(|| {
        Violation::body("The body is not UTF-16: half of a character stands alone in it.")
    })?;
    let text = text.trim_start_matches('\u{feff}');
    if !is_marked && declared(text).is_none() {
        return Err(Violation::body(
            "The body is UTF-16 without a byte-order mark, and no XML declaration says so.",
        ));
    }
    check(declared(text), UTF_16)?;
    Ok(Cow::Owned(text.to_owned()))
}

/// Refuses a declaration of another encoding than the one that the bytes are in.
fn check(declared: Option<&str>, (found, names): (&str, &[&str])) -> Result<(), Violation> {
    let among = |name: &str, names: &[&str]| names.iter().any(|it| it.eq_ignore_ascii_case(name));
    match declared {
        Some(name) if among(name, names) => Ok(()),
        None => Ok(()),
        Some(name) if among(name, UTF_8.1) || among(name, UTF_16.1) => {
            let message = format!("The XML declaration says {name}, and the body is in {found}.");
            Err(Violation::body(message))
        }
        Some(name) => {
            let message = format!("The XML declaration says {name}; UTF-8 and UTF-16 are read.");
            Err(Violation::body(message))
        }
    }
}

/// Returns the encoding that the XML declaration names, if there is one.
fn declared(text: &str) -> Option<&str> {
    let declaration = text.trim_start_matches('\u{feff}').strip_prefix("<?xml")?;
    let (declaration, _) = declaration.split_once("?>")?;
    if !declaration.starts_with(|c: char| c.is_ascii_whitespace()) {
        return None;
    }
    let (_, rest) = declaration.split_once("encoding")?;
    let value = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| ['"', '\''].contains(c))?;
    value.split(quote).nth(1)
}
