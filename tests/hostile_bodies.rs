//! What a body or a query can hold to hurt its reader: bombs, foreign encodings, names that occur
//! twice, documents without end. Each is refused with 4xx by the real server, the next request is
//! answered, and the server's memory has at no time grown by more than 32 MiB.
#![cfg(all(feature = "server", target_os = "linux"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "support/raw.rs"]
mod raw;
#[path = "support/served.rs"]
mod served;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use raw::Raw;
use served::Served;

const ROOT: &str = "/api/v01/customers";

const JSON: &str = "application/json";
const XML: &str = "application/xml";
const FORM: &str = "application/x-www-form-urlencoded";

/// A body at the limit of what the socket layer reads.
const FULL: usize = 1 << 20;

/// How long refusing may take, on a busy machine and unoptimised.
const PATIENCE: Duration = Duration::from_secs(2);

/// A request line, a content type, a body, and the statuses of which one is due.
struct Attack {
    name: String,
    request: (&'static str, String),
    sent: &'static str,
    body: Vec<u8>,
    due: &'static [u16],
}

fn put(name: &str, sent: &'static str, body: impl Into<Vec<u8>>, due: &'static [u16]) -> Attack {
    let request = ("PUT", ROOT.to_owned());
    Attack { name: name.to_owned(), request, sent, body: body.into(), due }
}

/// `unit` as often as it goes into a body of `length` bytes, between `start` and `end`.
fn filled(length: usize, start: &str, unit: &str, end: &str) -> String {
    let times = (length - start.len() - end.len()) / unit.len();
    format!("{start}{}{end}", unit.repeat(times))
}

/// The same with units that differ: `{}` in each becomes its number.
fn numbered(length: usize, start: &str, unit: &str, end: &str) -> String {
    let mut body = start.to_owned();
    for number in 0.. {
        let next = unit.replace("{}", &format!("{number:x}"));
        if body.len() + next.len() + end.len() > length {
            break;
        }
        body.push_str(&next);
    }
    body + end
}

fn xml_bombs() -> Vec<Attack> {
    let mut laughs =
        String::from("<?xml version=\"1.0\"?><!DOCTYPE customer [<!ENTITY l0 \"lol\">");
    for level in 1..10 {
        let references = format!("&l{};", level - 1).repeat(10);
        write!(laughs, "<!ENTITY l{level} \"{references}\">").unwrap();
    }
    laughs.push_str("]><customer firstName=\"&l9;\" lastName=\"B\"/>");
    let dtd = |inner: &str, value: &str| {
        format!(
            "<!DOCTYPE customer {inner}><customer firstName=\"A\" lastName=\"B\"><x>{value}</x></customer>"
        )
    };
    let quadratic =
        dtd(&format!("[<!ENTITY a \"{}\">]", "a".repeat(30_000)), &"&a;".repeat(10_000));
    vec![
        put("a billion laughs", XML, laughs, &[400]),
        put("quadratic blowup", XML, quadratic, &[400]),
        put(
            "an external entity",
            XML,
            dtd("[<!ENTITY x SYSTEM \"file:///etc/passwd\">]", "&x;"),
            &[400],
        ),
        put("an external subset", XML, dtd("SYSTEM \"http://127.0.0.1:9/x.dtd\"", ""), &[400]),
        put(
            "a parameter entity",
            XML,
            dtd("[<!ENTITY % x SYSTEM \"http://127.0.0.1:9/x\"> %x;]", ""),
            &[400],
        ),
        put("an entity of itself", XML, dtd("[<!ENTITY a \"&a;\">]", "&a;"), &[400]),
        put(
            "an entity that nobody declared",
            XML,
            "<customer firstName='&a;' lastName='B'/>",
            &[400],
        ),
    ]
}

/// Documents that are large in one way each: as large as the socket layer lets through, and as
/// large as the API reads.
fn large() -> Vec<Attack> {
    let mut attacks = Vec::new();
    for (length, due) in [(FULL, &[413][..]), (60 << 10, &[400])] {
        let open = length / 7;
        let nested = format!("{}{}", "<a>".repeat(open), "</a>".repeat(open));
        for (name, sent, body) in [
            ("elements that nest", XML, nested),
            ("elements that never close", XML, "<a>".repeat(length / 3)),
            ("elements side by side", XML, filled(length, "<customer>", "<a/>", "</customer>")),
            (
                "one attribute after the other",
                XML,
                numbered(length, "<customer", " a{}=\"\"", "/>"),
            ),
            ("namespaces", XML, numbered(length, "<customer", " xmlns:a{}=\"a{}\"", "/>")),
            ("comments", XML, filled(length, "<customer>", "<!---->", "</customer>")),
            (
                "character references",
                XML,
                filled(length, "<customer firstName=\"", "&#x41;", "\"/>"),
            ),
            ("arrays that nest", JSON, "[".repeat(length)),
            ("objects that nest", JSON, filled(length, "", "{\"a\":", "")),
            ("an array of numbers", JSON, filled(length, "{\"a\":[0", ",0", "]}")),
            ("members", JSON, numbered(length, "{\"a\":0", ",\"a{}\":0", "}")),
            ("a long number", JSON, filled(length, "{\"code\":1", "0", "}")),
            (
                "a long text",
                JSON,
                filled(length, "{\"firstName\":\"", "\\u0041", "\",\"lastName\":\"B\"}"),
            ),
            ("pairs", FORM, numbered(length, "firstName=A&lastName=B", "&a{}", "")),
            ("ampersands", FORM, filled(length, "firstName=A", "&", "")),
            ("escapes", FORM, filled(length, "lastName=B&firstName=", "%41", "")),
        ] {
            attacks.push(put(&format!("{name}, {length} bytes"), sent, body, due));
        }
    }
    // A customer's of the gateway is no longer than 64 KiB.
    let longer = filled(70_000, "firstName=A&lastName=B&x=", "x", "");
    attacks.push(put("a form of 70,000 bytes", FORM, longer, &[413]));
    // Just below the limits of their number.
    let attributes = numbered(36_000, "<customer", " a{}=\"\"", "/>");
    let inherited = numbered(1_500, "<customer", " xmlns:a{}=\"a{}\"", ">")
        + &numbered(30_000, "", "<a b=\"{}\"/>", "</customer>");
    attacks.push(put("as many attributes as are read", XML, attributes, &[400]));
    attacks.push(put("namespaces that each element inherits", XML, inherited, &[400]));
    attacks
}

fn encodings() -> Vec<Attack> {
    let customer = "<customer firstName='A' lastName='B'/>";
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let json = "{\"firstName\":\"A\",\"lastName\":\"B\"}";
    let latin =
        b"<?xml version='1.0' encoding='ISO-8859-1'?><customer firstName='\xe5' lastName='B'/>";
    let odd = [&b"\xff\xfe"[..], &utf16(customer), b"x"].concat();
    let half = [&b"\xff\xfe"[..], &utf16("<customer firstName='"), b"\x00\xd8"].concat();
    let other = utf16(&format!("\u{feff}<?xml version='1.0' encoding='UTF-32'?>{customer}"));
    let mut mixed = utf16(json);
    mixed.extend_from_slice(json.as_bytes());
    vec![
        put("ISO-8859-1, as declared", XML, latin, &[400]),
        put(
            "ISO-8859-1 declared, UTF-8 sent",
            XML,
            format!("<?xml version='1.0' encoding='ISO-8859-1'?>{customer}"),
            &[400],
        ),
        put("UTF-16 and half of a unit", XML, odd, &[400]),
        put("UTF-16 with half a pair", XML, half, &[400]),
        put("UTF-16 that calls itself UTF-32", XML, other, &[400]),
        put("UTF-16 without either", XML, utf16(customer), &[400]),
        put("UTF-16 JSON", JSON, utf16(json), &[400]),
        put("UTF-16 and UTF-8 JSON", JSON, mixed, &[400]),
        put("UTF-7", XML, "<?xml version='1.0' encoding='UTF-7'?>+ADw-customer/+AD4-", &[400]),
        put("overlong UTF-8", JSON, b"{\"firstName\":\"\xc0\xaf\",\"lastName\":\"B\"}", &[400]),
        put(
            "half a surrogate pair",
            JSON,
            b"{\"firstName\":\"\xed\xa0\x80\",\"lastName\":\"B\"}",
            &[400],
        ),
        put("a form in ISO-8859-1", FORM, b"firstName=\xe5&lastName=B", &[400]),
        put("a form escaped from ISO-8859-1", FORM, "firstName=%E5&lastName=B", &[400]),
        put("XML as JSON", JSON, customer, &[400]),
        put("JSON as XML", XML, json, &[400]),
        put("JSON as a form", FORM, json, &[400]),
        put("another charset", "application/json; charset=UTF-16", utf16(json), &[415]),
    ]
}

fn names_and_escapes() -> Vec<Attack> {
    let get = |query: &str| {
        let request = ("GET", format!("{ROOT}?{query}"));
        let name = query.chars().take(40).collect();
        Attack { name, request, sent: "", body: Vec::new(), due: &[400] }
    };
    let queries = [
        "firstName=a&firstName=b",
        "offset=0&offset=0",
        "limit=1&limit=2&limit=3",
        "%6cimit=1&limit=1",
        "x=1&x=1",
        "firstName=%",
        "firstName=%4",
        "firstName=%zz",
        "firstName=%ff",
        "firstName=%c0%af",
        "%=1",
        "unknown=%ed%a0%80",
    ];
    let mut attacks: Vec<Attack> = queries.into_iter().map(get).collect();
    attacks.push(get(&numbered(10_000, "limit=1", "&a{}", "")));
    attacks.push(get(&format!("lastName={}", "%C3%85".repeat(256))));
    for (name, body) in [
        ("a name twice in a form", "firstName=A&lastName=B&lastName=C"),
        ("a name twice, once escaped", "firstName=A&lastName=B&last%4eame=B"),
        ("half an escape in a form", "firstName=A&lastName=%4"),
    ] {
        attacks.push(put(name, FORM, body, &[400]));
    }
    attacks.push(put(
        "a member twice",
        JSON,
        "{\"firstName\":\"A\",\"lastName\":\"B\",\"last\\u004eame\":\"B\"}",
        &[400],
    ));
    attacks
}

/// Bodies of 004, which has arrays: each element wrong for itself.
fn wrong_everywhere() -> Vec<Attack> {
    let post = |name: &str, collection: &str, start: &str, unit: &str| {
        // The shorter has no more values than are read.
        [FULL, 95_000].map(|length| {
            let request = ("POST", format!("/billingManagement/{collection}"));
            let end = format!("{}]}}", unit.trim_matches(','));
            let body = filled(length, start, unit, &end).into();
            Attack {
                name: format!("{name}, {length} bytes"),
                request,
                sent: JSON,
                body,
                due: &[400],
            }
        })
    };
    let charge = "{\"type\":\"x\",\"currencyCode\":\"E\",\"taxExcludedAmount\":1,\"period\":[";
    [
        post("parties that are none", "billingAccount", "{\"relatedParty\":[", "1,"),
        post("members that nobody knows", "billingAccount", "{\"name\":1,\"x\":[", "{},"),
        post("balances that are none", "billingAccount", "{\"billingAccountBalance\":[", "[],"),
        post("moments", "appliedCustomerBillingCharge", charge, "{\"startPeriod\":\"x\"},"),
        post("periods", "appliedCustomerBillingCharge", charge, "{\"startDateTime\":1},"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn ten_megabytes() -> Vec<Attack> {
    let length = 10 << 20;
    let text = "x".repeat(length);
    [
        (JSON, format!("{{\"firstName\":\"{text}\",\"lastName\":\"B\"}}")),
        (XML, format!("<customer firstName=\"{text}\" lastName=\"B\"/>")),
        (FORM, format!("firstName={text}&lastName=B")),
    ]
    .into_iter()
    .map(|(sent, body)| put(&format!("10 MB of {sent}"), sent, body, &[413]))
    .collect()
}

#[test]
fn no_body_and_no_query_hurts_the_server() {
    let served = Served::start(&[]);
    let mut client = served.client();
    let customers = client.get(ROOT);
    assert!(customers.as_array().is_some_and(|list| !list.is_empty()), "{customers}");
    let before = served.memory("VmRSS");
    let mut failures = Vec::new();
    let attacks = [
        xml_bombs(),
        large(),
        encodings(),
        names_and_escapes(),
        wrong_everywhere(),
        ten_megabytes(),
    ];
    for attack in attacks.into_iter().flatten() {
        let began = Instant::now();
        match status(&served, &attack) {
            Ok(status) if attack.due.contains(&status) => {}
            other => failures.push(format!("{}: {other:?}, not {:?}", attack.name, attack.due)),
        }
        let took = began.elapsed();
        if took > PATIENCE {
            failures.push(format!("{}: took {took:?}", attack.name));
        }
        let after = client.ask("GET", &format!("{ROOT}?limit=1"), "").unwrap();
        assert_eq!(after.status, 200, "after {}", attack.name);
    }
    assert!(client.get(ROOT) == customers, "something was created");
    let grown = served.memory("VmHWM").saturating_sub(before);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(grown <= 32 << 20, "the server has held {} KiB more than at first", grown >> 10);
    println!("at most {} KiB more than at first", grown >> 10);
}

fn status(served: &Served, attack: &Attack) -> std::io::Result<u16> {
    let Attack { request: (method, path), sent, body, .. } = attack;
    let media = if sent.is_empty() { String::new() } else { format!("Content-Type: {sent}\r\n") };
    let mut raw = Raw::connect(served.addr)?;
    raw.send(format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\n{media}Content-Length: {}\r\n\r\n",
        body.len()
    ))?;
    raw.send(body)?;
    Ok(raw.answer()?.status)
}
