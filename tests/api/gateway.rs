//! Document 003 in its three formats: what is sent in one comes back in every other, what is broken
//! is refused in the format that was asked for, and nothing is taken for what it is not.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use roxmltree::Document;
use serde_json::{Map, Value};

use crate::world::{Reply, World, request, with_header};

pub(crate) const ROOT: &str = "/api/v01/customers";

pub(crate) const JSON: &str = "application/json";
pub(crate) const XML: &str = "application/xml";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// A noun as any client sees it: texts by member.
pub(crate) type Noun = BTreeMap<String, String>;

/// The gateway, asked with any media types.
pub(crate) struct Gate {
    pub(crate) world: World,
}

impl Gate {
    pub(crate) fn new(records: &str) -> Self {
        Self { world: World::with(records) }
    }

    /// Asks; an empty `sent` or `accept` is none. Whatever is answered is of a type that may be.
    pub(crate) fn ask(
        &self,
        (method, path): (&str, &str),
        sent: &str,
        accept: &str,
        body: impl Into<Vec<u8>>,
    ) -> Reply {
        let mut request = request(method, &format!("{ROOT}{path}"), "");
        for (name, value) in [("authorization", ""), ("content-type", sent), ("accept", accept)] {
            request = with_header(request, name, value);
        }
        request.body = body.into().into();
        let before = self.world.records();
        let reply = self.world.answer(request);
        let unchanged = reply.status < 400 || before == self.world.records();
        assert!(unchanged, "refused, and yet something changed: {reply:?}");
        let found = reply.header("content-type");
        let named = [JSON, XML, "text/xml", FORM].iter().find(|known| accept.starts_with(**known));
        assert_eq!(found, *named.unwrap_or(&JSON), "{reply:?}");
        if reply.status >= 400 {
            let error = reply.noun();
            assert_eq!(error.keys().collect::<Vec<_>>(), ["code", "message"], "{reply:?}");
            assert!(
                error["code"].bytes().all(|b| b == b'-' || b.is_ascii_lowercase()),
                "{reply:?}"
            );
            assert!(error["message"].ends_with('.'), "{reply:?}");
        }
        reply
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        self.ask(("GET", path), "", "", "")
    }

    /// Sends JSON and asks for it.
    pub(crate) fn send(&self, method: &str, path: &str, body: &str) -> Reply {
        self.ask((method, path), JSON, "", body)
    }

    /// The ids that a search finds, in its order.
    pub(crate) fn found(&self, query: &str) -> Vec<String> {
        let reply = self.get(&format!("?{query}"));
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.nouns().into_iter().map(|noun| noun["id"].clone()).collect()
    }
}

impl Reply {
    /// The one noun of the body, whatever its format.
    pub(crate) fn noun(&self) -> Noun {
        let json = |value: &Value| match value {
            Value::Object(members) => flat(members),
            other => panic!("{other} is no object"),
        };
        match self.header("content-type") {
            FORM => pairs(self.text()),
            XML | "text/xml" => {
                let document = Document::parse(self.text()).unwrap();
                attributes(document.root_element())
            }
            _ => json(&self.json()),
        }
    }

    /// The nouns of the body.
    pub(crate) fn nouns(&self) -> Vec<Noun> {
        if self.header("content-type") == JSON {
            let list = self.json();
            let members = list.as_array().unwrap().iter().map(|each| each.as_object().unwrap());
            return members.map(flat).collect();
        }
        let document = Document::parse(self.text()).unwrap();
        let root = document.root_element();
        assert_eq!(root.tag_name().name(), "customers");
        let nouns = root.children().map(|child| {
            assert_eq!(child.tag_name().name(), "customer");
            attributes(child)
        });
        nouns.collect()
    }

    /// Checks status, code and a part of the message of an error.
    pub(crate) fn fails(&self, status: u16, code: &str, part: &str) {
        let error = self.noun();
        assert_eq!((self.status, error["code"].as_str()), (status, code), "{self:?}");
        assert!(error["message"].contains(part), "{:?} has no {part:?}", error["message"]);
    }
}

fn flat(members: &Map<String, Value>) -> Noun {
    members.iter().map(|(name, text)| (name.clone(), text.as_str().unwrap().to_owned())).collect()
}

fn attributes(element: roxmltree::Node) -> Noun {
    element.attributes().map(|each| (each.name().to_owned(), each.value().to_owned())).collect()
}

fn pairs(text: &str) -> Noun {
    let decode = |text: &str| {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            bytes.push(match byte {
                b'+' => b' ',
                b'%' => {
                    let digits: Vec<u8> = rest.by_ref().take(2).collect();
                    u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
                }
                byte => byte,
            });
        }
        String::from_utf8(bytes).unwrap()
    };
    let pairs = text.split('&').map(|pair| pair.split_once('=').unwrap());
    pairs.map(|(name, value)| (decode(name), decode(value))).collect()
}

/// The noun in a format, with everything escaped that can be.
fn written(format: &str, noun: &[(&str, &str)]) -> String {
    let mut out = String::new();
    match format {
        JSON => {
            let members = noun.iter().map(|(name, text)| ((*name).to_owned(), Value::from(*text)));
            return Value::Object(members.collect()).to_string();
        }
        FORM => {
            for (name, text) in noun {
                write!(out, "{}{name}=", if out.is_empty() { "" } else { "&" }).unwrap();
                text.bytes().for_each(|byte| write!(out, "%{byte:02x}").unwrap());
            }
        }
        _ => {
            out.push_str("<customer");
            for (name, text) in noun {
                write!(out, " {name}=\"").unwrap();
                text.chars().for_each(|c| write!(out, "&#x{:x};", u32::from(c)).unwrap());
                out.push('"');
            }
            out.push_str("/>");
        }
    }
    out
}

/// 003 › create, Consumes and Produces (readings 112, 115, 116): what is sent in any format comes
/// back in every format, from create, load and find, character by character.
#[test]
fn a_value_survives_every_format_in_and_out() {
    let wide = "\u{1f600}".repeat(255);
    let nasty = [
        "Å & Ö <\"'> ]]>",
        "tab\tline\nreturn\r\nend",
        "  blanks  around  ",
        "a+b=c&d;e%20f%zz",
        "&amp;&#65;&lt;!--x--><![CDATA[y]]>",
        "{\"a\":[1]}\\u0041\\",
        "\u{7f}\u{85}\u{2028}\u{feff}\u{fffd}",
        "עברית \u{202e} ไทย 漢字 e\u{301}",
        &wide,
    ];
    for sent in [JSON, XML, "text/xml", FORM] {
        for accept in [JSON, XML, "text/xml", FORM] {
            let gate = Gate::new("");
            for value in nasty {
                let noun = [("firstName", value), ("lastName", "L"), ("organizationName", value)];
                let created = gate.ask(("PUT", ""), sent, accept, written(sent, &noun));
                assert_eq!(created.status, 200, "{created:?}");
                let created = created.noun();
                for (name, value) in noun {
                    assert_eq!(created[name], value, "{sent} in, {accept} out");
                }
                let id = &created["id"];
                assert_eq!(gate.ask(("GET", &format!("/{id}")), "", accept, "").noun(), created);
                if accept != FORM {
                    let query = written(FORM, &[("organizationName", value), ("limit", "1000")]);
                    let found = gate.ask(("GET", &format!("?{query}")), "", accept, "").nouns();
                    assert_eq!(found, [created]);
                }
            }
        }
    }
}

/// Reading 115: bare or wrapped, attributes or elements, in whatever namespace.
#[test]
fn a_customer_may_be_written_in_several_ways() {
    let gate = Gate::new("");
    for (sent, body) in [
        (JSON, r#"{"firstName":"A b","lastName":"Ö","unknown":{"x":[1]},"FIRSTNAME":"no"}"#),
        (JSON, r#"{"firstName":"A b","lastName":"Ö","organizationName":null,"id":7}"#),
        ("application/json; charset=UTF-8", r#"{"customer":{"firstName":"A b","lastName":"Ö"}}"#),
        (JSON, r#"{"object":{"firstName":"A b","lastName":"Ö","organizationName":""}}"#),
        (XML, r#"<customer firstName="A b" lastName="Ö"/>"#),
        (XML, "<customer>\n <firstName>A b</firstName><lastName>&#214;</lastName></customer>"),
        (XML, "<customer firstName='A b'><lastName><![CDATA[Ö]]></lastName><x><y/></x></customer>"),
        (
            XML,
            "<r:customer xmlns:r='u:r' xmlns='u:d' r:firstName='A b'><r:lastName>Ö</r:lastName></r:customer>",
        ),
        (XML, "<createRequest><customer firstName='A b' lastName='Ö'/></createRequest>"),
        (
            XML,
            "<object><customer><firstName>A<!-- c --> b</firstName><lastName>Ö</lastName></customer></object>",
        ),
        (XML, "<object firstName='A b' lastName='Ö'/>"),
        (
            XML,
            "\u{feff}<?xml version='1.0' encoding='utf-8' ?><customer firstName='A b' lastName='Ö'/>",
        ),
        (
            "text/xml; charset=\"utf-8\"",
            "<?xml version=\"1.0\"?>\n<customer firstName='A\nb' lastName='Ö'/>\n",
        ),
        (FORM, "firstName=A+b&lastName=%c3%96"),
        (FORM, "firstName=A%20b&lastName=Ö&&x=y&organizationName=&"),
        (FORM, "customer.firstName=A+b&object.lastName=%C3%96"),
    ] {
        let reply = gate.ask(("PUT", ""), sent, "", body);
        assert_eq!(reply.status, 200, "{body}: {reply:?}");
        let noun = reply.noun();
        assert_eq!((noun["firstName"].as_str(), noun["lastName"].as_str()), ("A b", "Ö"), "{body}");
        assert!(!noun.contains_key("organizationName"), "{body}");
    }
}

/// Reading 253: a name is stored as it was sent, blanks and all, from an element as from an
/// attribute, and in either encoding that XML demands of its readers.
#[test]
fn xml_keeps_its_blanks_in_both_encodings_that_it_demands() {
    let gate = Gate::new("");
    let elements =
        "<customer><firstName> A\tb\n</firstName><lastName>\u{d6}😀</lastName></customer>";
    let declared = format!("<?xml version=\"1.0\" encoding=\"UTF-16\"?>{elements}");
    let little = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>();
    for (media, body) in [
        (XML, elements.as_bytes().to_vec()),
        (XML, little(&format!("\u{feff}{elements}"))),
        (XML, big(&format!("\u{feff}{elements}"))),
        (XML, little(&format!("\u{feff}{declared}"))),
        (XML, big(&format!("\u{feff}{declared}"))),
        (XML, little(&declared)),
        (XML, big(&declared)),
        ("application/xml; charset=UTF-16", big(&format!("\u{feff}{elements}"))),
    ] {
        let reply = gate.ask(("PUT", ""), media, JSON, body.clone());
        assert_eq!(reply.status, 200, "{body:?}: {reply:?}");
        let noun = reply.noun();
        assert_eq!((noun["firstName"].as_str(), noun["lastName"].as_str()), (" A\tb\n", "Ö😀"));
    }
    for (body, said) in [
        (little(&format!("\u{feff}{}", declared.replace("16", "8"))), "UTF-8"),
        (declared.replace("UTF-16", "windows-1252").into_bytes(), "windows-1252"),
    ] {
        gate.ask(("PUT", ""), XML, JSON, body).fails(400, "validation", said);
    }
}

/// What is broken is refused with its reason, and nothing is created.
#[test]
fn a_broken_body_is_refused() {
    let gate = Gate::new("");
    let utf16: Vec<u8> =
        r#"{"firstName":"A","lastName":"B"}"#.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin = b"<customer firstName='\xe5' lastName='B'/>";
    let bodies: Vec<(&str, &[u8], &str)> = vec![
        (JSON, b"", "empty"),
        (JSON, b"[]", "object"),
        (JSON, b"{\"firstName\":\"A\",\"firstName\":\"A\",\"lastName\":\"B\"}", "twice"),
        (JSON, b"{\"firstName\":\"A\"}", "lastName is required."),
        (JSON, b"{\"FirstName\":\"A\",\"LastName\":\"B\"}", "firstName is required."),
        (JSON, b"{\"firstName\":7,\"lastName\":\"B\"}", "firstName has the wrong type"),
        (JSON, b"{\"firstName\":\"\",\"lastName\":\"B\"}", "firstName is too short"),
        (JSON, b"{\"firstName\":\"A\\u0000\",\"lastName\":\"B\"}", "U+0000"),
        (JSON, b"{\"firstName\":\"A\\ufffe\",\"lastName\":\"B\"}", "U+FFFE"),
        (JSON, b"{\"firstName\":\"\\ud800\",\"lastName\":\"B\"}", "not valid JSON"),
        (JSON, b"{\"firstName\":\"A\",\"lastName\":\"\xff\"}", "UTF-8"),
        (JSON, &utf16, "UTF-16"),
        (XML, &utf16, "XML"),
        (JSON, b"\xff\xfe{\0}\0", "UTF-8"),
        (XML, b"\xfe\xff\0<\0a", "XML"),
        (XML, b"\xfe\xff\0<\xd8\0", "UTF-16"),
        (XML, b"\xff\xfe<\0a", "UTF-16"),
        (XML, b"<\0a\0/\0>\0", "byte-order mark"),
        (XML, latin, "UTF-8"),
        (
            XML,
            b"<?xml version='1.0' encoding='ISO-8859-1'?><customer firstName='A' lastName='B'/>",
            "ISO-8859-1",
        ),
        (
            XML,
            b"<?xml version='1.0' encoding = \"UTF-16\"?><customer firstName='A' lastName='B'/>",
            "UTF-16",
        ),
        (XML, b"", "XML"),
        (XML, b"<customer firstName='A' lastName='B'>", "XML"),
        (XML, b"<customer firstName='A' lastName='B'/><x/>", "XML"),
        (XML, b"<customer firstName='A' firstName='A' lastName='B'/>", "XML"),
        (XML, b"<customer firstName='A' lastName='B'><firstName>A</firstName></customer>", "twice"),
        // What the client meant to say would be lost, and answered as if it were done.
        (XML, b"<customer firstName='A' lastName='B'>Berg</customer>", "text that is in none"),
        (XML, b"<client firstName='A' lastName='B'/>", "\"client\"; \"customer\" is expected"),
        (XML, b"<customer xmlns:a='a' xmlns:b='b' a:lastName='A' b:lastName='A'/>", "twice"),
        (XML, b"<customer lastName='B'><firstName><b>A</b></firstName></customer>", "firstName"),
        (
            XML,
            b"<customers><customer firstName='A' lastName='B'/><customer/></customers>",
            "customers",
        ),
        (XML, b"<customer firstName='&#1;' lastName='B'/>", "XML"),
        (XML, b"<customer firstName='&x;' lastName='B'/>", "XML"),
        (XML, b"<!DOCTYPE customer><customer firstName='A' lastName='B'/>", "document type"),
        (FORM, b"", "required"),
        (FORM, b"firstName=A&firstName=A&lastName=B", "twice"),
        (FORM, b"firstName=A&customer.firstName=A&lastName=B", "twice"),
        (FORM, b"firstName=A&lastName=%", "percent-encoding of lastName"),
        (FORM, b"firstName=A&lastName=%e5", "UTF-8"),
        (FORM, b"firstName=A&lastName=\xe5", "UTF-8"),
        (FORM, b"firstName=A&lastName=B&%zz=", "percent-encoding"),
        (FORM, b"firstName=A%00&lastName=B", "U+0000"),
    ];
    for (sent, body, part) in &bodies {
        for accept in [JSON, XML, FORM] {
            let reply = gate.ask(("PUT", ""), sent, accept, *body);
            reply.fails(400, "validation", part);
        }
    }
    // Everything that is wrong is said at once.
    let both = gate.send("PUT", "", r#"{"code":"","lastName":"\u0000"}"#);
    both.fails(400, "validation", "code is too short");
    both.fails(400, "validation", "firstName is required.");
}

/// Readings 112, 113, 114, 205: what is sent and what is accepted decide the formats, and a search
/// is never a form.
#[test]
fn media_types_are_negotiated() {
    let gate = Gate::new("");
    for sent in
        ["", "text/plain", "application/jsonx", "application/json; charset=ISO-8859-1", "xml"]
    {
        gate.ask(("PUT", ""), sent, FORM, "{}").fails(415, "unsupported-media-type", "");
    }
    let ask = |method: &str, accept: &str| {
        let body = if method == "PUT" { r#"{"firstName":"A","lastName":"B"}"# } else { "" };
        let request = request(method, ROOT, body);
        let request = with_header(with_header(request, "authorization", ""), "accept", accept);
        let reply = gate.world.answer(request);
        (reply.status, reply.header("content-type").to_owned())
    };
    for (method, accept, status, media) in [
        ("PUT", "*/*", 200, JSON),
        ("PUT", "text/html, text/*;q=0.9, */*;q=0.1", 200, "text/xml"),
        ("PUT", "application/xml;q=0.1, application/x-www-form-urlencoded;q=0.2", 200, FORM),
        ("PUT", "image/png", 406, JSON),
        ("PUT", "application/json;q=0, application/xml;q=0", 406, JSON),
        ("GET", "application/xml", 200, XML),
        ("GET", FORM, 406, FORM),
        ("GET", "application/x-www-form-urlencoded, application/xml;q=0.1", 200, XML),
        ("GET", "application/x-www-form-urlencoded, */*;q=0.1", 200, JSON),
        ("GET", "image/png", 406, JSON),
    ] {
        assert_eq!(ask(method, accept), (status, media.to_owned()), "{method} {accept}");
    }
}

/// Reading 123: an error is `code` and `message` in the asked format, whatever it has to say.
#[test]
fn an_error_is_written_in_the_asked_format() {
    let gate = Gate::new("");
    let path = "/%3C%22%26%3E%00%C3%85";
    for (accept, expected) in [
        (
            JSON,
            r#"{"code":"customer-not-found","message":"There is no customer \"<\"&>\u0000Å\"."}"#,
        ),
        (
            XML,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><error code=\"customer-not-found\" message=\"There is no customer &quot;&lt;&quot;&amp;&gt;\u{fffd}Å&quot;.\"/>",
        ),
        (FORM, "code=customer-not-found&message=There+is+no+customer+%22%3C%22%26%3E%00%C3%85%22."),
    ] {
        let reply = gate.ask(("GET", path), "", accept, "");
        assert_eq!(reply.status, 404);
        assert_eq!(reply.text(), expected.replace("<\"&>\\u", "<\\\"&>\\u"));
    }
    gate.get("/%zz").fails(400, "validation", "percent-encoding");
    gate.get("/1/~what").fails(404, "not-found", "no resource");
    gate.ask(("DELETE", "/1"), "", XML, "").fails(405, "method-not-allowed", "GET, POST");
}
