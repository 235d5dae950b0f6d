//! Servers of the gateway API, and what they share: its bodies in three formats, and a search of
//! one's own.

mod advised;
mod broken_create;
mod broken_find;
mod lawful;

use roxmltree::{Document, Node};
use serde_json::{Map, Value, json};

use crate::Broken;
use crate::front::Server;
use crate::message::{Request, Response};

pub(crate) use advised::ADVISED;
pub(crate) use lawful::LAWFUL;

pub(crate) const BROKEN: [&[Broken]; 2] = [broken_create::BROKEN, broken_find::BROKEN];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Xml,
    Form,
}

use Format::{Form, Json, Xml};

impl Format {
    /// By a media type, or several.
    fn of(media: &str) -> Option<Format> {
        let named = |(part, _): &&(&str, Format)| media.contains(part);
        [("json", Json), ("xml", Xml), ("urlencoded", Form)].iter().find(named).map(|(_, it)| *it)
    }

    pub(crate) fn media(self) -> &'static str {
        match self {
            Json => "application/json",
            Xml => "application/xml",
            Form => "application/x-www-form-urlencoded",
        }
    }

    /// A customer or an error as an object of texts, a list of customers as an array of them.
    fn read(self, body: &[u8]) -> Option<Value> {
        let text = std::str::from_utf8(body).ok()?;
        match self {
            Json => serde_json::from_str(text).ok(),
            Xml => Document::parse(text).ok().map(|document| element(document.root_element())),
            Form => Some(Value::Object(
                pairs(text).into_iter().map(|(name, value)| (name, value.into())).collect(),
            )),
        }
    }

    /// As the reference writes it.
    pub(crate) fn write(self, value: &Value) -> String {
        match (self, value) {
            (Json, _) => value.to_string(),
            (Xml, Value::Array(items)) => {
                let items: String = items.iter().map(|item| Xml.write(item)).collect();
                format!("<customers>{items}</customers>")
            }
            (Xml, _) => {
                let root = if value.get("message").is_some() { "error" } else { "customer" };
                let attribute = |(name, text)| format!(" {name}=\"{}\"", escaped(text));
                format!("<{root}{}/>", members(value).map(attribute).collect::<String>())
            }
            (Form, _) => {
                let pair = |(name, text): (&str, &str)| format!("{name}={}", encoded(text));
                members(value).map(pair).collect::<Vec<_>>().join("&")
            }
        }
    }
}

impl Request {
    /// The format of the body, if there is any.
    pub(crate) fn sent(&self) -> Option<Format> {
        let media = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        media.and_then(|(_, media)| Format::of(media)).filter(|_| !self.body.is_empty())
    }

    /// The format of the answer.
    pub(crate) fn asked(&self) -> Format {
        let accept = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("accept"));
        accept.and_then(|(_, media)| Format::of(media)).unwrap_or(Json)
    }

    /// The members that are sent, in whatever format.
    pub(crate) fn members(&self) -> Map<String, Value> {
        match self.sent().and_then(|format| format.read(&self.body)) {
            Some(Value::Object(members)) => members,
            _ => Map::new(),
        }
    }

    /// Changes the members that are sent, in whatever format.
    pub(crate) fn rewrite(&mut self, change: impl FnOnce(&mut Map<String, Value>)) {
        let mut members = self.members();
        if let Some(format) = self.sent().filter(|_| !members.is_empty()) {
            change(&mut members);
            self.body = format.write(&Value::Object(members)).into_bytes();
        }
    }

    /// Changes the text of the body, if it is of `format`.
    pub(crate) fn retype(&mut self, format: Format, change: impl FnOnce(&str) -> String) {
        if self.sent() == Some(format) {
            self.body = change(&String::from_utf8_lossy(&self.body)).into_bytes();
        }
    }

    /// The query as names and decoded values.
    pub(crate) fn pairs(&self) -> Vec<(String, String)> {
        pairs(self.query.as_deref().unwrap_or_default())
    }

    /// Whether the query has a parameter.
    pub(crate) fn asks(&self, name: &str) -> bool {
        self.pairs().iter().any(|(known, _)| known == name)
    }

    /// A parameter of a find that is a number.
    pub(crate) fn count(&self, name: &str) -> Option<usize> {
        self.pairs().iter().find(|(known, _)| known == name)?.1.parse().ok()
    }

    /// Replaces a parameter of a find; none takes it away.
    pub(crate) fn ask(&mut self, name: &str, value: Option<&str>) {
        if !self.is("GET gateway") {
            return;
        }
        let kept = |pair: &&str| pair.split('=').next() != Some(name);
        let query = self.query.clone().unwrap_or_default();
        let mut pairs: Vec<_> = query.split('&').filter(|p| !p.is_empty()).filter(kept).collect();
        let added = value.map(|value| format!("{name}={}", encoded(value)));
        pairs.extend(added.as_deref());
        self.query = Some(pairs.join("&")).filter(|query| !query.is_empty());
    }
}

impl Response {
    /// The format of the body.
    pub(crate) fn format(&self) -> Option<Format> {
        let media = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        media.and_then(|(_, media)| Format::of(media))
    }

    /// What the body says, in whatever format.
    pub(crate) fn value(&self) -> Option<Value> {
        self.format()?.read(&self.body)
    }

    /// Changes what the body says, in whatever format.
    pub(crate) fn rewrite(mut self, change: impl FnOnce(&mut Value)) -> Response {
        if let (Some(format), Some(mut value)) = (self.format(), self.value()) {
            change(&mut value);
            self.body = format.write(&value).into_bytes();
        }
        self
    }

    /// Writes what a body in `format` says in another way.
    pub(crate) fn restyle(
        mut self,
        format: Format,
        write: impl FnOnce(&Value) -> String,
    ) -> Response {
        if let Some(value) = self.value().filter(|_| self.format() == Some(format)) {
            self.body = write(&value).into_bytes();
        }
        self
    }

    /// Changes the bytes of a body in `format`.
    pub(crate) fn retype(
        mut self,
        format: Format,
        change: impl FnOnce(&str) -> Vec<u8>,
    ) -> Response {
        if self.format() == Some(format) {
            self.body = change(&String::from_utf8_lossy(&self.body));
        }
        self
    }
}

/// An answer that the front makes itself, in the format that is asked for.
pub(crate) fn answer(request: &Request, status: u16, value: &Value) -> Response {
    let format = request.asked();
    let mut response = Response::of(status, format.media(), &Value::Null);
    response.body = format.write(value).into_bytes();
    response
}

/// Passes, and changes what the answer to a `pattern` says, in whatever format, if it went well.
pub(crate) fn edit(
    pattern: &str,
    request: Request,
    server: &Server,
    change: impl FnOnce(&mut Value),
) -> Response {
    server.change(pattern, request, |response| response.rewrite(change))
}

/// Every customer of a list, or the one.
pub(crate) fn each(value: &mut Value, mut change: impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Array(items) => {
            items.iter_mut().filter_map(Value::as_object_mut).for_each(change);
        }
        Value::Object(members) => change(members),
        _ => {}
    }
}

/// Finds by a rule of its own, which is given each criterion and the value that a customer has for
/// it; `count` is how many of the criteria must agree, of how many.
pub(crate) fn find(
    request: Request,
    server: &Server,
    agrees: fn(&str, &str) -> bool,
    count: fn(usize, usize) -> bool,
) -> Response {
    let own = server.pass(request.clone());
    if !request.is("GET gateway") || !own.is_success() {
        return own;
    }
    let mut criteria = request.pairs();
    criteria.retain(|(name, _)| name.ends_with("Name"));
    let meant = |customer: &Value| {
        let has = |name: &str| customer[name].as_str().unwrap_or_default();
        let agreed = criteria.iter().filter(|(name, asked)| agrees(asked, has(name)));
        count(agreed.count(), criteria.len())
    };
    let found = every(&request, server).into_iter().filter(meant);
    let page = found
        .skip(request.count("offset").unwrap_or(0))
        .take(request.count("limit").unwrap_or(100).min(1000));
    answer(&request, 200, &page.collect())
}

/// Finds with its own order: `arrange` is given all that is found and the offset that is asked for.
pub(crate) fn arranged(
    request: Request,
    server: &Server,
    arrange: fn(&mut Vec<Value>, usize),
) -> Response {
    let own = server.pass(request.clone());
    if !request.is("GET gateway") || !own.is_success() {
        return own;
    }
    let (offset, limit) = (request.count("offset").unwrap_or(0), request.count("limit"));
    let mut all = request;
    all.ask("offset", None);
    all.ask("limit", Some("1000"));
    server.pass(all).rewrite(|found| {
        let mut customers = found.as_array().cloned().unwrap_or_default();
        arrange(&mut customers, offset);
        *found = customers.into_iter().skip(offset).take(limit.unwrap_or(100)).collect();
    })
}

/// An error of this API, in the format that is asked for.
pub(crate) fn error(request: &Request, status: u16) -> Response {
    answer(request, status, &json!({"code": "refused", "message": "It is refused."}))
}

/// Another format than the one that is asked for.
pub(crate) fn instead(
    pattern: &str,
    mut request: Request,
    server: &Server,
    asked: Format,
    given: Format,
) -> Response {
    if request.is(pattern) && request.asked() == asked {
        request.set_header("accept", Some(given.media()));
    }
    server.pass(request)
}

/// All that the reference holds.
fn every(request: &Request, server: &Server) -> Vec<Value> {
    let mut all = Vec::new();
    loop {
        let mut page = request.clone();
        page.query = Some(format!("limit=1000&offset={}", all.len()));
        page.set_header("accept", Some(Json.media()));
        match server.pass(page).json() {
            Value::Array(items) if !items.is_empty() => all.extend(items),
            _ => return all,
        }
    }
}

/// An element of attributes or of texts as an object, one of such elements as an array.
fn element(node: Node) -> Value {
    let children = || node.children().filter(Node::is_element);
    if node.has_tag_name("customers") {
        return children().map(element).collect();
    }
    let attributes = node.attributes().map(|it| (it.name().to_owned(), it.value().into()));
    let texts = children()
        .map(|it| (it.tag_name().name().to_owned(), it.text().unwrap_or_default().into()));
    Value::Object(attributes.chain(texts).collect())
}

/// The members that are texts.
pub(crate) fn members(value: &Value) -> impl Iterator<Item = (&str, &str)> {
    let members = value.as_object().into_iter().flatten();
    members.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
}

pub(crate) fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&apos;")
}

/// The pairs of a form or query, decoded.
fn pairs(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
}

fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b' ' => "+".to_owned(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// Percent-decoding, a plus for a blank.
pub(crate) fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || rest.next().map(char::from).and_then(|c| c.to_digit(16));
                let value = digit().zip(digit()).map(|(high, low)| high * 16 + low);
                value.and_then(|value| u8::try_from(value).ok()).unwrap_or(b'?')
            }
            byte => byte,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A text in ISO 8859-1, in which many an old server writes.
pub(crate) fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
}

/// UTF-8 taken for ISO 8859-1.
pub(crate) fn misread(text: &str) -> String {
    text.bytes().map(char::from).collect()
}
