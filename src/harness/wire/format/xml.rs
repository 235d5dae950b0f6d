//! XML: elements as objects of their attributes and child elements.

use std::borrow::Cow;

use roxmltree::{Document, Node, ParsingOptions};
use serde_json::{Map, Value};

use super::DEEPEST;
use crate::harness::suite::{Members, XmlStyle};

/// The namespace of what tools add to elements: types, and that there is no value.
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// The most nodes of a document. No documented answer comes near; each costs some hundred bytes.
const MOST_NODES: u32 = 1 << 20;
/// The most attributes of an element: the parser compares each with all before it.
const MOST_ATTRIBUTES: usize = 1 << 10;
/// The most namespaces that are declared: an element looks through those of all around it.
const MOST_NAMESPACES: usize = 1 << 12;

/// The characters in which ISO 8859-15 differs from ISO 8859-1.
const ISO_8859_15: [(u8, char); 8] = [
    (0xa4, '€'),
    (0xa6, 'Š'),
    (0xa8, 'š'),
    (0xb4, 'Ž'),
    (0xb8, 'ž'),
    (0xbc, 'Œ'),
    (0xbd, 'œ'),
    (0xbe, 'Ÿ'),
];

/// The characters that Windows has where ISO 8859-1 has control characters.
const WINDOWS_1252: [(u8, char); 27] = [
    (0x80, '€'),
    (0x82, '‚'),
    (0x83, 'ƒ'),
    (0x84, '„'),
    (0x85, '…'),
    (0x86, '†'),
    (0x87, '‡'),
    (0x88, 'ˆ'),
    (0x89, '‰'),
    (0x8a, 'Š'),
    (0x8b, '‹'),
    (0x8c, 'Œ'),
    (0x8e, 'Ž'),
    (0x91, '‘'),
    (0x92, '’'),
    (0x93, '“'),
    (0x94, '”'),
    (0x95, '•'),
    (0x96, '–'),
    (0x97, '—'),
    (0x98, '˜'),
    (0x99, '™'),
    (0x9a, 'š'),
    (0x9b, '›'),
    (0x9c, 'œ'),
    (0x9e, 'ž'),
    (0x9f, 'Ÿ'),
];

/// Returns the root element as JSON. An element with child elements, or with attributes and no
/// text, is an object of them by their local names, any other is its text; names that repeat make
/// an array. A document type that declares entities is refused, and with it every entity but the
/// five that XML has; what it names outside of the document is not read.
pub(super) fn read(bytes: &[u8]) -> Result<Value, String> {
    let text = decoded(bytes)?;
    let crowded = |tag: &str| tag.matches('=').nth(MOST_ATTRIBUTES).is_some();
    if text.split('<').any(crowded) || text.matches("xmlns").nth(MOST_NAMESPACES).is_some() {
        return Err("it has more attributes or namespaces than are read".to_owned());
    }
    // Refused unless it can be harmless: the parser would expand what it declares.
    let allow_dtd = !text.contains("<!ENTITY");
    let options =
        ParsingOptions { nodes_limit: MOST_NODES, allow_dtd, ..ParsingOptions::default() };
    let document =
        Document::parse_with_options(&text, options).map_err(|error| error.to_string())?;
    element(document.root_element(), 0)
}

/// Returns the text of a document: in UTF-16 by the way it begins, else by the encoding that it
/// declares, which is UTF-8 or a part of it, or a Latin one.
fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, String> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => return utf_16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => return utf_16(rest, u16::from_be_bytes),
        [b'<', 0, ..] => return utf_16(bytes, u16::from_le_bytes),
        [0, b'<', ..] => return utf_16(bytes, u16::from_be_bytes),
        _ => {}
    }
    let encoding = declared_encoding(bytes).unwrap_or("utf-8");
    let latin = |others: &[(u8, char)]| {
        let character = |byte: &u8| match others.iter().find(|(other, _)| other == byte) {
            Some((_, character)) => *character,
            None => char::from(*byte),
        };
        Ok(bytes.iter().map(character).collect())
    };
    match encoding.to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" | "us-ascii" => {
            let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
            Ok(Cow::Borrowed(text))
        }
        "iso-8859-1" | "latin1" => latin(&[]),
        "iso-8859-15" => latin(&ISO_8859_15),
        "windows-1252" => latin(&WINDOWS_1252),
        _ => Err(format!("its declaration says that it is encoded in {encoding}")),
    }
}

fn utf_16<'t>(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'t, str>, String> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let text: Result<String, _> =
        char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect();
    match text {
        Ok(text) if odd.is_empty() => Ok(Cow::Owned(text)),
        _ => Err("it begins as UTF-16 and is not".to_owned()),
    }
}

fn element(node: Node, depth: usize) -> Result<Value, String> {
    if depth > DEEPEST {
        return Err(format!("its elements are nested deeper than {DEEPEST}"));
    }
    let mut members = Map::new();
    for attribute in node.attributes() {
        match attribute.namespace() {
            Some(INSTANCE) if attribute.name() == "nil" => {
                if matches!(attribute.value(), "true" | "1") {
                    return Ok(Value::Null);
                }
            }
            Some(INSTANCE) => {}
            _ => add(&mut members, attribute.name(), attribute.value().into()),
        }
    }
    let mut children = node.children().filter(Node::is_element).peekable();
    if children.peek().is_none() {
        let texts = node.children().filter(Node::is_text);
        let text: String = texts.filter_map(|text| text.text()).collect();
        // What an attribute says beside a text is of the text: its language, its type.
        if members.is_empty() || !text.trim().is_empty() {
            return Ok(Value::String(text));
        }
    }
    for child in children {
        add(&mut members, child.tag_name().name(), element(child, depth + 1)?);
    }
    Ok(Value::Object(members))
}

fn add(members: &mut Map<String, Value>, name: &str, value: Value) {
    match members.get_mut(name) {
        Some(member) => repeat(member, value),
        None => drop(members.insert(name.to_owned(), value)),
    }
}

/// Adds another value to a name that occurs again: an array of its values stands for it then.
pub(super) fn repeat(member: &mut Value, value: Value) {
    match member {
        Value::Array(values) => values.push(value),
        first => *first = Value::Array(vec![first.take(), value]),
    }
}

/// Returns the encoding that the XML declaration names.
fn declared_encoding(bytes: &[u8]) -> Option<&str> {
    let rest = bytes.strip_prefix(b"<?xml")?;
    let end = rest.iter().position(|byte| *byte == b'>')?;
    let declaration = std::str::from_utf8(&rest[..end]).ok()?;
    let after = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    after[1..].split(quote).next()
}

pub(super) fn write(members: &[(&str, String)], shape: XmlStyle) -> Result<String, String> {
    let root = shape.root;
    let names = members.iter().map(|(name, _)| *name).chain([root]);
    if let Some(name) = names.into_iter().find(|name| !is_name(name)) {
        return Err(format!("`{name}` is no name of an element or attribute"));
    }
    let each = |form: &dyn Fn(&str, String) -> String| -> String {
        members.iter().map(|(name, value)| form(name, escape(value))).collect()
    };
    let attributes = || each(&|name, value| format!(" {name}=\"{value}\""));
    let elements = || each(&|name, value| format!("<{name}>{value}</{name}>"));
    Ok(match shape.members {
        Members::Attributes => format!("<{root}{}/>", attributes()),
        Members::Elements => format!("<{root}>{}</{root}>", elements()),
        Members::Both => format!("<{root}{}>{}</{root}>", attributes(), elements()),
    })
}

/// Adds a member as the root has its others: as an attribute, as an element, or both.
pub(super) fn with_member(mut body: String, name: &str, value: &str) -> String {
    let is_start = |c: char| c.is_alphabetic() || c == '_';
    let starts = body.match_indices('<').map(|(at, _)| at + 1);
    let Some(start) = { starts }.find(|at| body[*at..].starts_with(is_start)) else {
        return body;
    };
    let length =
        body[start..].find([' ', '\t', '\n', '\r', '/', '>']).unwrap_or(body.len() - start);
    let end = start + length;
    let value = escape(value);
    let has_attributes = !body[end..].starts_with('>');
    if let Some(close) = body.rfind(&format!("</{}>", &body[start..end])) {
        body.insert_str(close, &format!("<{name}>{value}</{name}>"));
    }
    if has_attributes {
        body.insert_str(end, &format!(" {name}=\"{value}\""));
    }
    body
}

/// Returns whether a text can name an element without a namespace. XML has more names; the suite
/// has no need of them.
pub(crate) fn is_name(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && text.chars().all(plain)
}

/// Escapes a text for an attribute or an element: what a reader would normalise away is escaped
/// too.
pub(super) fn escape(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => result.push_str("&amp;"),
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '"' => result.push_str("&quot;"),
            '\'' => result.push_str("&apos;"),
            '\t' | '\n' | '\r' => result.push_str(&format!("&#{};", u32::from(c))),
            other => result.push(other),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Members, read, with_member, write};
    use crate::harness::suite::XmlStyle;

    #[test]
    fn elements_are_read_by_their_attributes_and_children() {
        for (text, value) in [
            (r#"<customer id="1" name="Å &amp; &#x42;"/>"#, json!({"id": "1", "name": "Å & B"})),
            (
                "<?xml version='1.0' encoding='utf-8'?>\n<c><id>1</id><name><![CDATA[<a>]]></name></c>",
                json!({"id": "1", "name": "<a>"}),
            ),
            (r#"<x:c xmlns:x="urn:x" xmlns="urn:y" x:id="1"/>"#, json!({"id": "1"})),
            ("<a><b>1</b><c/><b>2</b><b>3</b></a>", json!({"b": ["1", "2", "3"], "c": ""})),
            (r#"<a b="1"><b>2</b></a>"#, json!({"b": ["1", "2"]})),
            ("<a>text<!-- and --> more</a>", json!("text more")),
            (
                r#"<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><b i:type="t">1</b><c i:nil="true"/></a>"#,
                json!({"b": "1", "c": null}),
            ),
            ("\n <a/>", json!("")),
            (
                "<?xml version='1.0' encoding='US-ASCII'?><a><b type='c' xml:lang='d'>&#xe5;</b>\n</a>",
                json!({"b": "å"}),
            ),
            ("<a b='1'> \n </a>", json!({"b": "1"})),
        ] {
            assert_eq!(read(text.as_bytes()), Ok(value), "{text}");
        }
        let latin1 = b"<?xml version='1.0' encoding='ISO-8859-1'?><a b='\xe5'/>";
        assert_eq!(read(latin1), Ok(json!({"b": "å"})));
        for (encoding, byte, letter) in
            [("iso-8859-15", 0xbd, "œ"), ("iso-8859-15", 0xe5, "å"), ("Windows-1252", 0x96, "–")]
        {
            let mut text =
                format!("<?xml version='1.0' encoding='{encoding}'?><a b='").into_bytes();
            text.push(byte);
            text.extend(b"'/>");
            assert_eq!(read(&text), Ok(json!({"b": letter})), "{encoding} {byte}");
        }
    }

    #[test]
    fn utf_16_is_read_in_either_order_with_a_mark_or_without() {
        for (declaration, mark) in [
            ("<?xml version='1.0' encoding='UTF-16'?>", "\u{feff}"),
            ("<?xml version='1.0' encoding='utf-16'?>\n", ""),
            ("", "\u{feff}"),
        ] {
            let text = format!("{mark}{declaration}<a b='å 😀'/>");
            let units = || text.encode_utf16();
            let little: Vec<_> = units().flat_map(u16::to_le_bytes).collect();
            let big: Vec<_> = units().flat_map(u16::to_be_bytes).collect();
            for bytes in [&little, &big] {
                assert_eq!(read(bytes), Ok(json!({"b": "å 😀"})), "{text}");
                assert!(read(&bytes[..bytes.len() - 1]).is_err());
            }
        }
    }

    #[test]
    fn a_document_type_without_entities_is_passed_over() {
        for declared in [
            "<!DOCTYPE a>",
            "<!DOCTYPE a SYSTEM \"http://example.org/a.dtd\">",
            "<!DOCTYPE a PUBLIC \"-//E//A\" 'a.dtd' [<!ELEMENT a EMPTY><!ATTLIST a b CDATA #IMPLIED>]>",
        ] {
            let text = format!("<?xml version='1.0'?>\n{declared}\n<a b='1'/>");
            assert_eq!(read(text.as_bytes()), Ok(json!({"b": "1"})), "{declared}");
        }
    }

    #[test]
    fn what_is_no_plain_document_is_refused() {
        let bomb = r#"<!DOCTYPE a [<!ENTITY b "b"><!ENTITY c "&b;&b;">]><a>&c;</a>"#;
        let deep = format!("{}{}", "<a>".repeat(200_000), "</a>".repeat(200_000));
        let names = |form: &str, most: u32| -> String {
            (0..most).map(|number| form.replace('#', &number.to_string())).collect()
        };
        for text in [
            "",
            "{}",
            "a=1",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<a b=1/>",
            "<a b='1' b='2'/>",
            "<a>&b;</a>",
            "<a>&#0;</a>",
            " <?xml version='1.0'?><a/>",
            "<?xml version='1.0' encoding=\"KOI8-R\"?><a/>",
            r#"<!DOCTYPE a SYSTEM "file:///etc/passwd"><a>&b;</a>"#,
            r#"<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>"#,
            r#"<!DOCTYPE a [<!ENTITY b "c">]><a/>"#,
            bomb,
            &deep,
            &format!("<a {}/>", names(" a#='1'", 100_000)),
            &format!(
                "<a{}>{}</a>",
                names(" xmlns:a#='b'", 1000),
                names("<b xmlns:c='#'/>", 50_000)
            ),
        ] {
            assert!(read(text.as_bytes()).is_err(), "{}", &text[..text.len().min(80)]);
        }
        assert!(read(b"<a>\xe5</a>").is_err());
    }

    #[test]
    fn a_member_is_added_as_the_others_stand() {
        for (body, with) in [
            ("<c a=\"1\"/>", "<c id=\"&amp;\" a=\"1\"/>"),
            ("<c><a>1</a></c>", "<c><a>1</a><id>&amp;</id></c>"),
            ("<c a=\"1\"><a>1</a></c>", "<c id=\"&amp;\" a=\"1\"><a>1</a><id>&amp;</id></c>"),
            (
                "<?xml version=\"1.0\"?>\n<c\n a=\"1\"/>",
                "<?xml version=\"1.0\"?>\n<c id=\"&amp;\"\n a=\"1\"/>",
            ),
            ("no xml", "no xml"),
        ] {
            assert_eq!(with_member(body.to_owned(), "id", "&"), with);
        }
    }

    #[test]
    fn what_is_written_is_read_as_it_was() {
        let value = "å<&>\"'\t\n 日本 ]]>";
        for members in [Members::Attributes, Members::Elements] {
            let shape = XmlStyle { root: "customer", members };
            let written = write(&[("name", value.to_owned())], shape).unwrap();
            assert_eq!(read(written.as_bytes()), Ok(json!({"name": value})), "{written}");
        }
        let shape = XmlStyle { root: "customer", members: Members::Attributes };
        assert_eq!(write(&[("a", "1".to_owned())], shape).unwrap(), "<customer a=\"1\"/>");
        assert!(write(&[("a b", String::new())], shape).is_err());
        assert!(write(&[], XmlStyle { root: "1", members: Members::Elements }).is_err());
    }
}
