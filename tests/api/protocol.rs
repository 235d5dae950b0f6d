//! What is true of every resource: tokens, methods, paths, media types, JSON, problems.

use std::collections::HashMap;

use bytes::Bytes;
use etalon::api::auth::Auth;
use etalon::api::message::Refusal;
use etalon::input::secret::Secret;

use crate::world::{World, request, with_header};

const ADDRESS: &str = r#"{"addressee":"A","city":"C","zipCode":"1","countryCode":"SE"}"#;

/// Readings 10, 11, 13: 401 with WWW-Authenticate and a problem, before anything else is said.
#[test]
fn a_token_reaches_its_own_ledger() {
    let world = World::new();
    for path in ["100/customers/9999", "100/nothing", "/billing/usage/v1/100/invoices/123456"] {
        for token in [
            "",
            "Bearer",
            "Bearer ",
            "Beareretalon-100",
            "Basic etalon-100",
            "etalon-100",
            "Bearer etalon-300",
            "Bearer etalon-10",
            "Bearer etalon-1000",
            "Bearer ETALON-100",
            "Bearer etalon-100 x",
        ] {
            let refused =
                world.answer(with_header(request("GET", path, ""), "authorization", token));
            refused.is_problem(401, "unauthorized");
            assert_eq!(refused.header("www-authenticate"), "Bearer", "{token}");
        }
    }
    for token in ["Bearer etalon-100", "bearer etalon-100"] {
        let request = with_header(request("GET", "100/customers/9999", ""), "authorization", token);
        assert_eq!(world.answer(request).status, 200, "{token}");
    }
    // A ledger that does not exist answers no other than one that is not the caller's.
    for ledger in ["999", "", "%zz", "%00"] {
        let path = format!("/ledger/customer/v1/{ledger}/customers/9999");
        let refused = world.get(&path);
        refused.is_problem(401, "unauthorized");
        assert_eq!(refused.header("www-authenticate"), "Bearer");
    }
    let mut twice = request("GET", "100/customers/9999", "");
    twice.headers.append("authorization", "Bearer etalon-100".parse().unwrap());
    world.answer(twice).is_problem(401, "unauthorized");
}

/// Reading 25: 405 with the methods there are; readings 87, 172 and 194 name three of them.
#[test]
fn another_method_is_answered_with_those_there_are() {
    let world = World::new();
    let surplus = "100/customers/9999/surpluses/123";
    let refresh = "100/customers/9999/legal-address/update-legal-address-from-population-register";
    let usage = "/billing/usage/v1/100";
    let unbilled = |list: &str| {
        format!("{usage}/customers/224455/subscriptions/12345680/unbilled-usage-{list}")
    };
    let table = [
        ("100/customers".to_owned(), "POST"),
        ("100/customers/9999".to_owned(), "GET, PATCH, HEAD"),
        ("100/customers/9999/legal-address".to_owned(), "GET, PUT, HEAD"),
        (refresh.to_owned(), "POST"),
        ("100/customers/9999/billing-address".to_owned(), "GET, POST, PUT, DELETE, HEAD"),
        ("100/customers/9999/surpluses".to_owned(), "GET, HEAD"),
        (surplus.to_owned(), "GET, HEAD"),
        (format!("{surplus}/active-disbursement-orders"), "GET, POST, HEAD"),
        ("100/find-customer".to_owned(), "POST"),
        ("100/generate-consumer-customer-by-reg-no".to_owned(), "POST"),
        (format!("{usage}/invoices/123456"), "GET, HEAD"),
        (format!("{usage}/invoices/123456/subscriptions"), "GET, HEAD"),
        (format!("{usage}/invoices/123456/subscriptions/12345680"), "GET, HEAD"),
        (format!("{usage}/invoices/123456/subscriptions/12345680/usage-details"), "GET, HEAD"),
        (format!("{usage}/invoices/123456/subscriptions/12345680/usage-summaries"), "GET, HEAD"),
        (format!("{usage}/customers/224455"), "GET, HEAD"),
        (format!("{usage}/customers/224455/subscriptions"), "GET, HEAD"),
        (format!("{usage}/customers/224455/subscriptions/12345680"), "GET, HEAD"),
        (unbilled("details"), "GET, HEAD"),
        (unbilled("summaries"), "GET, HEAD"),
    ];
    let routes = world.routes("customer") + world.routes("usage");
    assert_eq!(table.len(), routes, "every route has its row here");
    for (path, allow) in table {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "X"] {
            if allow.split(", ").any(|allowed| allowed == method) {
                continue;
            }
            let refused = world.refuses(request(method, &path, ADDRESS));
            refused.is_problem(405, "method-not-allowed");
            let sorted = |text: &str| {
                let mut names: Vec<String> = text.split(", ").map(str::to_owned).collect();
                names.sort();
                names
            };
            assert_eq!(sorted(refused.header("allow")), sorted(allow), "{method} {path}");
        }
    }
}

/// HEAD is answered as GET; the socket leaves the body out.
#[test]
fn head_is_get() {
    let world = World::new();
    for path in [
        "100/customers/9999",
        "100/customers/1/surpluses",
        "/billing/usage/v1/100/invoices/123456/subscriptions/12345680/usage-details",
    ] {
        let (head, get) = (world.ask("HEAD", path, ""), world.get(path));
        assert_eq!(head.status, get.status);
        assert_eq!(head.header("content-type"), get.header("content-type"));
    }
}

/// Paths that no document has: 404 not-found. Case counts (reading 168), a slash at the end makes
/// another path, and the owners of usage cannot be listed (reading 172).
#[test]
fn an_unknown_path_is_not_found() {
    let world = World::new();
    let usage = "/billing/usage/v1/100";
    for path in [
        "100",
        "100/",
        "100/customers/",
        "100/customers/9999/",
        "100//customers/9999",
        "100/Customers/9999",
        "100/customers/9999/legalAddress",
        "100/customers/9999/legal-address/",
        "100/customers/9999/surpluses/",
        "100/customers/9999/surpluses//active-disbursement-orders",
        "100/customers/9999/surpluses/123/active-disbursement-orders/1",
        "100/find-customer/",
        "100/customers/../customers/9999",
        "/ledger/customer/v1",
        "/ledger/customer/v2/100/customers/9999",
        "/Ledger/customer/v1/100/customers/9999",
        "//ledger/customer/v1/100/customers/9999",
        "/billing/billing/v1/100/invoices/123456",
        "/",
        "/etalon/nothing",
    ] {
        world.get(path).is_problem(404, "not-found");
    }
    for path in
        ["invoices", "customers", "invoices/", "invoices/123456/", "invoices//subscriptions"]
    {
        world.get(&format!("{usage}/{path}")).is_problem(404, "not-found");
    }
    for path in ["customers/%zz", "customers/9999%", "customers/%ff/surpluses"] {
        world.get(&format!("100/{path}")).blames(&["customerNo"]);
    }
    world.get("100/customers/9999/surpluses/%zz").blames(&["surplusId"]);
}

/// 406 where Accept leaves no room for JSON, by the most specific range; nothing is done then.
#[test]
fn accept_decides_whether_json_is_welcome() {
    let world = World::new();
    let path = "100/customers/9999/billing-address";
    for (accept, welcome) in [
        ("", true),
        ("*/*", true),
        ("application/*", true),
        ("application/json", true),
        ("APPLICATION/JSON; charset=utf-8", true),
        ("text/html, application/xhtml+xml, */*;q=0.8", true),
        ("text/html,application/json;q=0.1", true),
        ("application/json;q=1.0", true),
        ("*/*;q=0,application/json", true),
        ("application/problem+json, application/json", true),
        ("text/html", false),
        ("text/*", false),
        ("application/xml;q=0.9,text/html", false),
        ("application/problem+json", false),
        ("application/json;q=0", false),
        ("application/json;Q=0.000", false),
        ("*/*;q=0", false),
        ("application/json;q=0, */*", false),
        ("application/*;q=0,*/*;q=0.5", false),
    ] {
        let get = with_header(request("GET", "100/customers/9999", ""), "accept", accept);
        let post = with_header(request("POST", path, ADDRESS), "accept", accept);
        if welcome {
            assert_eq!(world.answer(get).status, 200, "{accept}");
            assert_eq!(world.answer(post).status, 201, "{accept}");
            assert_eq!(world.ask("DELETE", path, "").status, 204);
        } else {
            world.refuses(get).is_problem(406, "not-acceptable");
            world.refuses(post).is_problem(406, "not-acceptable");
        }
    }
    let mut several = with_header(request("GET", "100/customers/9999", ""), "accept", "text/html");
    several.headers.append("accept", "application/json".parse().unwrap());
    assert_eq!(world.answer(several).status, 200, "several lines are one list");
}

/// Reading 25: 415 where the body is no JSON in UTF-8; without Content-Type it is read as JSON, and
/// where there is no body to read the header is ignored (reading 14).
#[test]
fn content_type_decides_whether_a_body_is_read() {
    let world = World::new();
    let path = "100/customers/8888/legal-address";
    for (content_type, status) in [
        ("application/json", 204),
        ("", 204),
        ("Application/JSON", 204),
        ("application/json; charset=utf-8", 204),
        ("application/json;charset=\"UTF-8\"", 204),
        ("application/json; charset=iso-8859-1", 415),
        ("application/merge-patch+json", 415),
        ("application/problem+json", 415),
        ("application/jsonx", 415),
        ("text/json", 415),
        ("text/plain", 415),
        ("application/xml", 415),
        ("application/x-www-form-urlencoded", 415),
        ("json", 415),
    ] {
        let put = with_header(request("PUT", path, ADDRESS), "content-type", content_type);
        if status == 415 {
            world.refuses(put).is_problem(415, "unsupported-media-type");
        } else {
            assert_eq!(world.answer(put).status, status, "{content_type}");
        }
    }
    // Read as it is, it would be told to be no UTF-8.
    let encoded = |coding| with_header(request("PUT", path, ADDRESS), "content-encoding", coding);
    world.refuses(encoded("gzip")).is_problem(415, "unsupported-media-type");
    assert_eq!(world.answer(encoded("Identity")).status, 204);
    for (method, path, status) in [
        ("GET", "100/customers/9999", 200),
        ("DELETE", "100/customers/8888/billing-address", 204),
        (
            "POST",
            "100/customers/9999/legal-address/update-legal-address-from-population-register",
            200,
        ),
    ] {
        for content_type in ["", "text/plain"] {
            let world = World::new();
            let bare = with_header(request(method, path, ""), "content-type", content_type);
            assert_eq!(world.answer(bare).status, status, "{method} {path}");
        }
    }
}

/// Reading 25: what is no JSON object is a 400 that names place and cause, wherever a body is read.
#[test]
fn a_body_that_is_no_json_object_is_refused() {
    let world = World::new();
    let deep = format!("{{\"x\":{}1{}}}", "[".repeat(1000), "]".repeat(1000));
    let number = format!("{{\"x\":{}}}", "9".repeat(1000));
    let table: Vec<(&[u8], &str)> = vec![
        (b"", "body"),
        (b" \r\n\t", "body"),
        (b"null", "body"),
        (b"true", "body"),
        (b"7", "body"),
        (b"\"text\"", "body"),
        (b"[]", "body"),
        (b"[{}]", "body"),
        (b"{", "body"),
        (b"{}}", "body"),
        (b"{} {}", "body"),
        (b"{\"a\":1,}", "body"),
        (b"{'a':1}", "body"),
        (b"{\"a\":01}", "body"),
        (b"{\"a\":NaN}", "body"),
        (b"{\"a\":\"\t\"}", "body"),
        (b"{\"a\":\"\\ud800\"}", "body"),
        (b"// comment\n{}", "body"),
        (b"{\"a\":\"\xff\"}", "body"),
        (b"{\"a\":\"\xc3\"}", "body"),
        (b"\xff\xfe{\x00}\x00", "body"),
        (deep.as_bytes(), "body"),
        (number.as_bytes(), "x"),
        (b"{\"x\":1e999999999999}", "x"),
        (b"{\"x\":1e-2147483648}", "x"),
        (b"{\"x\":{\"y\":[0,1E+99]}}", "x.y[1]"),
        (b"{\"x\":1,\"x\":1}", "x"),
        (b"{\"x\":{\"y\":[{},{\"z\":1,\"\\u007a\":2}]}}", "x.y[1].z"),
    ];
    let ways = [
        ("POST", "100/customers"),
        ("PATCH", "100/customers/9999"),
        ("PUT", "100/customers/9999/legal-address"),
        ("PUT", "100/customers/8888/billing-address"),
        ("POST", "100/customers/9999/billing-address"),
        ("POST", "100/customers/9999/surpluses/123/active-disbursement-orders"),
        ("POST", "100/find-customer"),
        ("POST", "100/generate-consumer-customer-by-reg-no"),
    ];
    for (method, path) in ways {
        for (body, parameter) in &table {
            let mut bad = request(method, path, "");
            bad.body = Bytes::copy_from_slice(body);
            world.refuses(bad).blames(&[parameter]);
        }
    }
}

/// Names that differ in case alone are one name (reading 51), so they are a duplicate, at any
/// depth; names that no document has are left alone.
#[test]
fn two_spellings_of_one_member_are_a_duplicate() {
    let world = World::new();
    let path = "100/customers/9999";
    for (body, parameter) in [
        (r#"{"msisdn":"+1234","MSISDN":"+1234"}"#, "msisdn"),
        (r#"{"msisdn":null,"Msisdn":null,"mSISDN":null}"#, "msisdn"),
        (r#"{"eDIAddressInfo":{"VAN":"1","van":"1"}}"#, "eDIAddressInfo.VAN"),
        (r#"{"ediaddressinfo":{},"EDIADDRESSINFO":{}}"#, "eDIAddressInfo"),
    ] {
        world.refuses(request("PATCH", path, body)).blames(&[parameter]);
    }
    assert_eq!(world.ask("PATCH", path, r#"{"x":1,"X":2}"#).status, 204);
}

/// What the socket layer gives up on is answered in the form of the API that was asked; a load
/// alone may be long, and needs its token before a byte of it is read.
#[test]
fn what_is_given_up_has_the_form_of_its_api() {
    let world = World::new();
    for path in ["100/customers", "/billing/usage/v1/100/invoices/1", "/etalon/records", "/"] {
        for (refusal, status, code) in [
            (Refusal::BodyTooLarge(7), 413, "payload-too-large"),
            (Refusal::BodyTooSlow, 408, "request-timeout"),
            (Refusal::BodyBroken, 400, "validation"),
            (Refusal::BadHost("There is no Host."), 400, "validation"),
            (Refusal::NoRoom, 503, "busy"),
            (Refusal::Broken, 500, "internal-error"),
        ] {
            world.gives_up(&request("POST", path, ""), refusal).is_problem(status, code);
        }
    }
    let ordinary = world.admits(&request("POST", "100/customers", "")).unwrap();
    let load = request("POST", "/etalon/records", "");
    let longer = world.admits(&with_header(load.clone(), "authorization", "Bearer etalon-admin"));
    assert!(longer.unwrap() > ordinary);
    world.admits(&load).unwrap_err().is_problem(401, "unauthorized");
}

/// Once tokens are named, the well-known ones are worth nothing, and the admin surface is closed
/// unless it has one too.
#[test]
fn named_tokens_replace_the_well_known_ones() {
    let bearer = |token: &str| request("GET", &format!("{token}/x"), "").headers;
    let named = |admin_token: Option<&str>| Auth {
        tokens: HashMap::from([("100".to_owned(), Secret::new("etalon-s3cret"))]),
        admin_token: admin_token.map(Secret::new),
        ..Auth::default()
    };
    let auth = named(None);
    assert!(auth.ledger(&bearer("s3cret"), "100").is_ok());
    for (token, ledger) in [("100", "100"), ("s3cret", "200"), ("200", "200"), ("", "")] {
        assert!(auth.ledger(&bearer(token), ledger).is_err(), "{token} {ledger}");
    }
    for token in ["admin", "s3cret", ""] {
        assert!(auth.admin(&bearer(token)).is_err(), "{token}");
    }
    assert!(named(Some("etalon-a")).admin(&bearer("a")).is_ok());
    assert!(named(Some("etalon-a")).admin(&bearer("admin")).is_err());
}

/// The gateway and the TM Forum API have credentials of their own. Without any they answer whoever
/// is on the machine, and nobody beyond it: a server that was opened to a network by the ledgers'
/// tokens must not give these two away.
#[test]
fn an_api_without_credentials_answers_this_machine_alone() {
    let with = |authorization: &str| {
        with_header(request("GET", "/api/v01/customers", ""), "authorization", authorization)
            .headers
    };
    let (none, right) = (with(""), with("Basic YXBpLXg6c+ljcmV0"));
    // "api-x:s3cret", and the same with a wrong password, with none, with a user that is none.
    let named = with("Basic YXBpLXg6czNjcmV0");
    let open = Auth::default();
    assert_eq!(open.gateway(&none).unwrap(), None);
    assert_eq!(open.gateway(&named).unwrap().as_deref(), Some("api-x"));
    assert_eq!(open.gateway(&right).unwrap(), None, "no UTF-8, so no user");
    assert!(open.tmf(&none).is_ok() && open.tmf(&with("Bearer x")).is_ok());

    let exposed = Auth { exposed: true, ..Auth::default() };
    assert!(exposed.gateway(&named).is_err() && exposed.tmf(&none).is_err());

    let closed = Auth {
        gateway_users: HashMap::from([("api-x".to_owned(), Secret::new("s3cret"))]),
        tmf_token: Some(Secret::new("t0ken")),
        ..Auth::default()
    };
    assert_eq!(closed.gateway(&named).unwrap().as_deref(), Some("api-x"));
    assert!(closed.tmf(&with("Bearer t0ken")).is_ok());
    for refused in [
        "",
        "Basic",
        "Basic YXBpLXg6",
        "Basic YXBpLXg=",
        "Basic Ong=",
        "Basic !!",
        "Bearer YXBpLXg6czNjcmV0",
    ] {
        let error = closed.gateway(&with(refused)).unwrap_err();
        let (name, value) = error.headers[0].clone();
        assert_eq!((error.status.code().as_u16(), name.as_str()), (401, "www-authenticate"));
        assert!(value.starts_with("Basic realm="), "{value}");
    }
    for refused in ["", "Bearer", "Bearer T0ken", "Basic t0ken"] {
        assert_eq!(closed.tmf(&with(refused)).unwrap_err().status.code().as_u16(), 401);
    }
}
