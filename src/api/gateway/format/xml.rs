//! XML: an element whose attributes or child elements are the members (reading 115).
//!
//! Nothing is expanded: a document type declaration is refused, and with it every entity but the
//! five that XML itself has.

use roxmltree::{Document, Node, ParsingOptions};
use serde_json::{Map, Value};

use super::{Member, WRAPPERS, add};
use crate::model::gateway_customer::is_xml;
use crate::model::violation::Violation;

/// The declaration that a document begins with.
pub(in crate::api) const DECLARATION: &[u8] = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

/// The most elements, texts and comments of a document, and so the deepest that they nest.
const NODES: u32 = 1_000;

/// The most `=` of a document, and so the most attributes: the parser compares each with all others
/// of its element.
const EQUALS: usize = 4_096;

/// The most `xmlns` of a document: every element inherits those of all around it, one by one.
const NAMESPACES: usize = 100;

/// Reads a noun: the root, or the one element in it.
///
/// # Errors
/// What is not well-formed, has a document type, is none of the elements that are expected, has too
/// much in it, or has a member twice.
pub(super) fn read(text: &str) -> Result<Map<String, Value>, Violation> {
    if text.matches('=').count() > EQUALS || text.matches("xmlns").count() > NAMESPACES {
        return Err(Violation::body("The document has too many attributes or namespaces."));
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODES, ..Default::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| {
        Violation::body(match error {
            roxmltree::Error::DtdDetected => {
                "The document has a document type declaration; none is read.".to_owned()
            }
            roxmltree::Error::NodesLimitReached => {
                format!("The document has more than {NODES} elements, texts and comments.")
            }
            error => format!("The body is not well-formed XML: {error}."),
        })
    })?;
    members(noun(document.root_element())?)
}

/// Returns the element that is the noun, whatever namespace it is in.
fn noun<'d>(root: Node<'d, 'd>) -> Result<Node<'d, 'd>, Violation> {
    let is_noun = |node: &Node| WRAPPERS.contains(&node.tag_name().name());
    let mut inner = root.children().filter(Node::is_element);
    match (inner.next(), inner.next()) {
        (Some(only), None) if root.attributes().len() == 0 && is_noun(&only) => Ok(only),
        _ if is_noun(&root) => Ok(root),
        _ => {
            let name = root.tag_name().name();
            let message = format!("The root element is \"{name}\"; \"customer\" is expected.");
            Err(Violation::body(message))
        }
    }
}

fn members(noun: Node) -> Result<Map<String, Value>, Violation> {
    // It would be dropped in silence, and what says nothing is a change of nothing.
    let said = noun.children().filter(Node::is_text).filter_map(|node| node.text());
    if said.into_iter().any(|text| !text.trim().is_empty()) {
        let name = noun.tag_name().name();
        let message = format!("The element \"{name}\" holds text that is in none of its members.");
        return Err(Violation::body(message));
    }
    let mut members = Map::new();
    for attribute in noun.attributes() {
        add(&mut members, attribute.name(), Value::from(attribute.value()))?;
    }
    for child in noun.children().filter(Node::is_element) {
        let value = match child.children().any(|inner| inner.is_element()) {
            // No text: the schema refuses it where it is a member.
            true => Value::Object(Map::new()),
            false => {
                let texts = child.children().filter(Node::is_text);
                let text: String = texts.filter_map(|text| text.text()).collect();
                Value::from(text)
            }
        };
        add(&mut members, child.tag_name().name(), value)?;
    }
    Ok(members)
}

/// Writes a noun as an element without content.
pub(super) fn element<'a>(
    out: &mut Vec<u8>,
    name: &str,
    members: impl IntoIterator<Item = Member<'a>>,
) {
    out.push(b'<');
    out.extend_from_slice(name.as_bytes());
    for (name, value) in members {
        out.push(b' ');
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b"=\"");
        escape(out, &value);
        out.push(b'"');
    }
    out.extend_from_slice(b"/>");
}

/// Writes a text so that it is the same when it is read: a bare line break in an attribute would
/// be read as a blank. What XML cannot hold, and only an error can say, shows as U+FFFD.
pub(in crate::api) fn escape(out: &mut Vec<u8>, text: &str) {
    let mut plain = 0;
    for (at, c) in text.char_indices() {
        let escaped: &[u8] = match c {
            '&' => b"&amp;",
            '<' => b"&lt;",
            '>' => b"&gt;",
            '"' => b"&quot;",
            '\t' => b"&#9;",
            '\n' => b"&#10;",
            '\r' => b"&#13;",
            c if is_xml(c) => continue,
            _ => "\u{fffd}".as_bytes(),
        };
        out.extend_from_slice(&text.as_bytes()[plain..at]);
        out.extend_from_slice(escaped);
        plain = at + c.len_utf8();
    }
    out.extend_from_slice(&text.as_bytes()[plain..]);
}
