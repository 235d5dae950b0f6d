//! Requests that bring about what is described, made from the document itself.

use serde_json::{Value, json};

use crate::described::{Document, Exchange, Operation};
use crate::raw::Raw;
use crate::served::Served;

/// A request; what it lacks is as usual.
struct Ask<'a> {
    method: &'a str,
    target: String,
    host: &'a str,
    authorization: &'a str,
    headers: String,
    body: String,
}

impl Ask<'_> {
    fn send(&self, server: &Served) -> Exchange {
        let mut raw = Raw::connect(server.addr).unwrap();
        let Ask { method, target, host, authorization, headers, body } = self;
        let length = match headers.contains("Content-Length") {
            true => String::new(),
            false => format!("Content-Length: {}\r\n", body.len()),
        };
        let method = method.to_uppercase();
        let head = format!(
            "{method} {target} HTTP/1.1\r\nHost: {host}\r\n{authorization}{headers}{length}\
             Connection: close\r\n\r\n"
        );
        // A server that has refused the head need not take the body.
        let _ = raw.send(head + body);
        let answer = raw.answer().unwrap_or_else(|error| panic!("{method} {target}: {error}"));
        let field = |name: &str| {
            let prefix = format!("{name}: ");
            let line = answer.head.lines().find_map(|line| line.strip_prefix(&prefix));
            line.unwrap_or_default().to_owned()
        };
        Exchange {
            method,
            path: target.split('?').next().unwrap().to_owned(),
            status: answer.status,
            media: field("content-type"),
            body: String::from_utf8(answer.body).unwrap(),
        }
    }
}

/// Returns an exchange for each thing that can be wrong with a request to each operation of a
/// document, after one with whatever the document shows as an example.
pub(crate) fn exchanges(document: &Document, server: &Served) -> Vec<Exchange> {
    let mut exchanges = Vec::new();
    for operation in document.operations() {
        let authorization = match document.name {
            "customer" | "usage" => "Authorization: Bearer etalon-100\r\n",
            _ => "",
        };
        let (media, body) = body(&operation);
        let typed = media.map_or(String::new(), |media| format!("Content-Type: {media}\r\n"));
        let plain = || Ask {
            method: operation.method,
            target: path(&operation, None),
            host: "localhost",
            authorization,
            headers: typed.clone(),
            body: body.clone(),
        };
        let mut ask = |ask: Ask, status: u16| {
            let exchange = ask.send(server);
            if status > 0 {
                let told = format!("{} {}", operation.method, operation.path);
                assert_eq!(exchange.status, status, "{told}: {}", exchange.body);
            }
            exchanges.push(exchange);
        };
        let with = |header: &str| Ask { headers: format!("{typed}{header}\r\n"), ..plain() };
        ask(plain(), 0);
        ask(Ask { target: path(&operation, Some("404404")), ..plain() }, 0);
        ask(with("Host: localhost"), 400);
        ask(with("Accept: image/png"), 406);
        ask(with("Sec-Fetch-Site: cross-site"), 403);
        ask(with("Content-Length: 99999999"), 413);
        ask(Ask { host: "elsewhere.example", ..plain() }, 421);
        ask(Ask { target: format!("{}?{}", plain().target, "x".repeat(99_999)), ..plain() }, 414);
        ask(with(&"X: y\r\n".repeat(150)), 431);
        if !authorization.is_empty() {
            ask(Ask { authorization: "", ..plain() }, 401);
        }
        if media.is_some() {
            let headers = "Content-Type: text/plain\r\n".to_owned();
            ask(Ask { headers, body: "x".to_owned(), ..plain() }, 415);
        }
    }
    exchanges
}

/// Returns the path of an operation with the values that the document shows, but for the last, where
/// another is given.
fn path(operation: &Operation, last: Option<&str>) -> String {
    let parameters = operation.value["parameters"].as_array().into_iter().flatten();
    let variables: Vec<&Value> = parameters.filter(|it| it["in"] == "path").collect();
    let mut path = operation.path.to_owned();
    for (index, variable) in variables.iter().enumerate() {
        let name = variable["name"].as_str().unwrap();
        let value = match last {
            Some(last) if index > 0 && index + 1 == variables.len() => last,
            Some(last) if variables.len() == 1 && name != "ledger" => last,
            _ => variable["example"].as_str().unwrap(),
        };
        path = path.replace(&format!("{{{name}}}"), value);
    }
    path
}

/// Returns the first of the media types that an operation takes, and the first body that is shown.
fn body<'d>(operation: &Operation<'d>) -> (Option<&'d str>, String) {
    let Some(content) = operation.value["requestBody"]["content"].as_object() else {
        return (None, String::new());
    };
    let Some((media, content)) = content.iter().next() else { return (None, String::new()) };
    let shown = content["examples"].as_object().and_then(|shown| shown.values().next());
    let body = shown.map_or_else(|| json!({}).to_string(), |it| it["value"].to_string());
    (Some(media), body)
}

/// Returns exchanges that need a state which no document shows.
pub(crate) fn conflicts(server: &Served) -> Vec<Exchange> {
    let ledger = "/ledger/customer/v1/100";
    let orders = |customer: &str| {
        format!("{ledger}/customers/{customer}/surpluses/1/active-disbursement-orders")
    };
    let payee = r#"{"swedishBankAccount":{"accountNo":"160-9908","accountType":"BGSE"}}"#;
    let person = r#"{"customerNo":"1000001","nationalIdentifier":{"regNo":"19490816-9859","countryCode":"SE"}}"#;
    let address = r#"{"addressee":"A","city":"C","zipCode":"1","countryCode":"SE"}"#;
    let register = "legal-address/update-legal-address-from-population-register";
    let listener = r#"{"callback":"http://localhost:9/"}"#;
    let taken = r#"{"firstName":"A","lastName":"B","code":"NB-1001"}"#;
    let hub = "/billingManagement/hub";
    let mut asked = vec![
        ("POST", orders("1000001"), payee, 404),
        ("POST", format!("{ledger}/generate-consumer-customer-by-reg-no"), person, 409),
        ("PUT", "/api/v01/customers/~create".to_owned(), taken, 409),
        (
            "PUT",
            "/api/v01/customers/~create".to_owned(),
            r#"{"firstName":"A","lastName":"B"}"#,
            200,
        ),
        ("POST", format!("{ledger}/customers/404404/{register}"), "{}", 404),
        ("PUT", format!("{ledger}/customers/1000001/billing-address"), address, 0),
        ("POST", format!("{ledger}/customers/1000001/billing-address"), address, 0),
        ("POST", hub.to_owned(), listener, 201),
        ("POST", format!("{hub}/"), listener, 201),
        ("GET", format!("{hub}/1"), "", 200),
        ("DELETE", format!("{hub}/1"), "", 204),
    ];
    asked.extend((0..99).map(|_| ("POST", hub.to_owned(), listener, 201)));
    asked.push(("POST", hub.to_owned(), listener, 409));
    asked.push(("POST", format!("{hub}/"), listener, 409));
    asked
        .into_iter()
        .map(|(method, target, body, status)| {
            let exchange = Ask {
                method,
                target,
                host: "localhost",
                authorization: "Authorization: Bearer etalon-100\r\n",
                headers: "Content-Type: application/json\r\n".to_owned(),
                body: body.to_owned(),
            }
            .send(server);
            let is_expected = status == 0 || status == exchange.status;
            assert!(is_expected, "{method} {}: {}", exchange.path, exchange.body);
            exchange
        })
        .collect()
}
