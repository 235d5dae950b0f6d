//! New billing accounts: 004 › POST API/bILLING Management/BillingAccount.

use serde_json::{Value, json};

use crate::tmf::{Bills, ROOT, received};
use crate::world::{request, with_header};

const PATH: &str = "billingAccount";

/// The document's request, with the links of its placeholder host.
const DOCUMENTED: &str = r#"{"ratingType":"postpaid","name":"my personal Billing Account","state":"active",
    "validFor":{"startDateTime":"2013-04-19T16:42:23.0Z"},
    "customerAccount":{"id":"45","href":"http://serverlocation:port/customerManagement/customerAccount/15","name":"Customer Account xxx"},
    "customerBillingCycleSpecification":{"id":"26","href":"http://serverlocation:port/billingManagement/customerbillingCycleSpecification/26","name":"Monthly billing on the 15"},
    "customerBillFormat":{"id":"23","href":"http://serverlocation:port/billingManagement/customerBillFormat/23","name":"Detailed invoice"},
    "customerBillPresentationMedia":{"id":"25","href":"http://serverlocation:port/billingManagement/customerBillPresentationMedia/25","name":"Electronic invoice"},
    "currency":{"currencyCode":"EUR"},
    "billingAccountBalance":[{"type":"ReceivableBalance","amount":52.3,"validFor":{"startDateTime":"2013-04-19T16:42:23.0Z","endDateTime":"2013-06-19T00:00:00.0Z"},"status":"Due"}],
    "relatedParty":[{"id":"1","href":"http://serverlocation:port/partyManagement/partyRole/1","role":"bill receiver"},{"id":"5","href":"http://serverlocation:port/partyManagement/partyRole/5","role":"bill responsible"}],
    "paymentMean":{"id":"45","href":"http://serverlocation:port/customerManagement/paymentMean/45","name":"my favourite payment mean"}}"#;

/// The exchange as printed: 201, everything as sent, the state with a capital (readings 140, 141,
/// 213), where it is (224), and the next GET says the same.
#[test]
fn the_documented_account_is_made() {
    let bills = Bills::new();
    let created = bills.ask("POST", PATH, DOCUMENTED);
    assert_eq!(created.status, 201, "{}", created.text());
    let mut expected: Value = serde_json::from_str(DOCUMENTED).unwrap();
    let id = created.at("/id").as_str().unwrap().to_owned();
    expected["id"] = id.as_str().into();
    expected["href"] = format!("{ROOT}/{PATH}/{id}").into();
    expected["state"] = "Active".into();
    assert_eq!(created.json(), expected);
    assert_eq!(created.header("location"), expected["href"].as_str().unwrap());
    assert_eq!(bills.get(&format!("{PATH}/{id}")).text(), created.text());
    assert!(bills.found(PATH).contains(&id));
}

/// Readings 130, 135, 144, 154, 171: a reference may have an href and no id, members that no
/// document has are left out, and the period's other names are read.
#[test]
fn a_request_in_the_words_of_the_reference_implementation_is_understood() {
    let bills = Bills::new();
    let body = r#"{"ratingType":"Postpaid","name":"A","state":"Defined","@type":"x","validFor":{"startPeriod":"2013-04-19T16:42:23.0Z","kind":1},
        "customerAccount":{"href":"http://h/customerAccount/15","role":"payer"},
        "customerBillFormat":{"href":"http://h/customerBillFormat/x","description":"none"},
        "relatedParty":[{"href":"http://h/party/1","role":"bill receiver","validFor":{}}]}"#;
    let created = bills.ask("POST", PATH, body);
    assert_eq!(created.status, 201, "{}", created.text());
    let mut account = created.json();
    let account = account.as_object_mut().unwrap();
    account.retain(|name, _| name != "id" && name != "href");
    let expected = json!({"ratingType":"Postpaid","name":"A","state":"Defined",
        "validFor":{"startDateTime":"2013-04-19T16:42:23.0Z"},
        "customerAccount":{"href":"http://h/customerAccount/15"},
        "customerBillFormat":{"href":"http://h/customerBillFormat/x"},
        "relatedParty":[{"href":"http://h/party/1","role":"bill receiver"}]});
    assert_eq!(Value::Object(account.clone()), expected);
}

/// What is accepted and what becomes of it: one member a row.
#[test]
fn what_is_sent_is_what_is_kept() {
    let bills = Bills::new();
    for (sent, member, kept) in [
        // Reading 143: nothing but the receiver is mandatory, and two members have defaults.
        ("{}", "ratingType", json!("Postpaid")),
        ("{}", "state", json!("Defined")),
        (r#"{"ratingType":null,"name":null}"#, "ratingType", json!("Postpaid")),
        (r#"{"ratingType":null,"name":null}"#, "name", json!(null)),
        // Reading 142: free text.
        (r#"{"ratingType":"HYBRID"}"#, "ratingType", json!("HYBRID")),
        // Reading 140: without case, blank for underscore or not.
        (r#"{"state":"defined"}"#, "state", json!("Defined")),
        (r#"{"state":"ACTIVE"}"#, "state", json!("Active")),
        // Readings 130, 151: a name from the reference data, an id as number.
        (
            r#"{"customerBillFormat":{"id":23}}"#,
            "customerBillFormat",
            json!({"id":23,"name":"Detailed invoice"}),
        ),
        (
            r#"{"customerBillFormat":{"id":"23","name":"mine"}}"#,
            "customerBillFormat",
            json!({"id":"23","name":"mine"}),
        ),
        (r#"{"paymentMean":{"id":"nobody knows"}}"#, "paymentMean", json!({"id":"nobody knows"})),
        // Readings 157, 225: any fraction, any offset, no end.
        (
            r#"{"validFor":{"startDateTime":"2013-04-19T16:42:23.123456789012+02:00"}}"#,
            "validFor",
            json!({"startDateTime":"2013-04-19T16:42:23.123456789012+02:00"}),
        ),
        (
            r#"{"validFor":{"startDateTime":"2013-04-19T18:00:00+02:00","endDateTime":"2013-04-19T16:00:00.1Z"}}"#,
            "validFor",
            json!({"startDateTime":"2013-04-19T18:00:00+02:00","endDateTime":"2013-04-19T16:00:00.1Z"}),
        ),
        // Reading 154: both names at once, if they say the same.
        (
            r#"{"validFor":{"endPeriod":"2013-04-19T16:42:23Z","endDateTime":"2013-04-19T16:42:23Z"}}"#,
            "validFor",
            json!({"endDateTime":"2013-04-19T16:42:23Z"}),
        ),
        // Whoever writes all members that he knows writes nulls.
        (
            r#"{"validFor":{"startDateTime":"2013-04-19T16:42:23Z","endDateTime":null,"startPeriod":null,"endPeriod":null}}"#,
            "validFor",
            json!({"startDateTime":"2013-04-19T16:42:23Z"}),
        ),
        (
            r#"{"validFor":{"startPeriod":"2013-04-19T16:42:23Z","startDateTime":null}}"#,
            "validFor",
            json!({"startDateTime":"2013-04-19T16:42:23Z"}),
        ),
        (
            r#"{"billingAccountBalance":[{"validFor":{"startPeriod":"2013-04-19T16:42:23Z"},"amount":null}]}"#,
            "billingAccountBalance",
            json!([{"validFor":{"startDateTime":"2013-04-19T16:42:23Z"}}]),
        ),
        // Readings 136, 226: one is the receiver, whatever the others are.
        (
            r#"{"relatedParty":[{"id":"1","role":"x"},{"id":"2","role":"BILL Receiver"}]}"#,
            "relatedParty",
            json!([{"id":"1","role":"x"},{"id":"2","role":"BILL Receiver"}]),
        ),
        // Names are exact: this is no member that a document has.
        (r#"{"Name":"A"}"#, "Name", json!(null)),
        (r#"{"Name":"A"}"#, "name", json!(null)),
    ] {
        let created = bills.ask("POST", PATH, received(sent));
        assert_eq!(created.status, 201, "{sent}: {}", created.text());
        assert_eq!(created.at(&format!("/{member}")), kept, "{sent}");
    }
}

/// What is refused, and what the refusal names.
#[test]
fn what_no_account_can_be_is_refused() {
    let bills = Bills::new();
    for (sent, named) in [
        (r#"{"name":7}"#, "name"),
        (r#"{"ratingType":""}"#, "ratingType"),
        (r#"{"state":"Unheard"}"#, "Pending_Update"),
        (r#"{"state":"Closed"}"#, "Closed"),
        (r#"{"state":"pending update"}"#, "Pending_Update"),
        (r#"{"state":"Suspended"}"#, "Suspended"),
        (r#"{"state":"Pending_Closed"}"#, "Pending_Closed"),
        (r#"{"validFor":"2013"}"#, "validFor"),
        (r#"{"validFor":{"startDateTime":"2013-04-19"}}"#, "2013-04-19"),
        (r#"{"validFor":{"endDateTime":"soon"}}"#, "soon"),
        (r#"{"validFor":{"endPeriod":"soon"}}"#, "soon"),
        (
            r#"{"validFor":{"startDateTime":"2013-04-19T16:42:23.0Z","endDateTime":"2013-04-19T16:42:22.0Z"}}"#,
            "after startDateTime",
        ),
        (
            r#"{"validFor":{"startDateTime":"2013-04-19T16:42:23.0Z","endDateTime":"2013-04-19T18:42:23+02:00"}}"#,
            "after startDateTime",
        ),
        (
            r#"{"validFor":{"startPeriod":"2013-04-19T16:42:23.0Z","startDateTime":"2014-04-19T16:42:23.0Z"}}"#,
            "startPeriod",
        ),
        (
            r#"{"billingAccountBalance":[{"validFor":{"startDateTime":"2013-01-02T00:00:00Z","endDateTime":"2013-01-01T00:00:00Z"}}]}"#,
            "after startDateTime",
        ),
        (r#"{"billingAccountBalance":{"amount":1}}"#, "billingAccountBalance"),
        (r#"{"billingAccountBalance":[{"amount":"1"}]}"#, "billingAccountBalance[0].amount"),
        (r#"{"currency":{}}"#, "currency.currencyCode"),
        (r#"{"currency":"EUR"}"#, "currency"),
        (r#"{"customerAccount":{"id":"99"}}"#, "no customerAccount 99"),
        (r#"{"customerBillingCycleSpecification":{"id":"99"}}"#, "99"),
        (r#"{"customerBillFormat":{"id":"25"}}"#, "no customerBillFormat 25"),
        (r#"{"customerBillPresentationMedia":{"id":26,"href":"h"}}"#, "26"),
        (r#"{"customerBillFormat":{}}"#, "customerBillFormat"),
        (r#"{"customerBillFormat":{"name":"Detailed invoice"}}"#, "customerBillFormat"),
        (r#"{"paymentMean":{"id":""}}"#, "paymentMean"),
        // Readings 136, 143: a bill without a receiver would go to nobody.
        (r#"{"name":"A","relatedParty":null}"#, "bill receiver"),
        (r#"{"relatedParty":[]}"#, "bill receiver"),
        (r#"{"relatedParty":[{"id":"1","role":"payer"}]}"#, "bill receiver"),
        (r#"{"relatedParty":[{"id":"1"}]}"#, "relatedParty[0].role"),
        (r#"{"relatedParty":{"id":"1","role":"bill receiver"}}"#, "relatedParty"),
    ] {
        bills.ask("POST", PATH, received(sent)).fails(400, "validation", named);
    }
    bills.ask("POST", PATH, r#"{"name":"A"}"#).fails(400, "validation", "bill receiver");
    let both = r#"{"customerBillFormat":{"id":"98"},"customerBillPresentationMedia":{"id":"99"}}"#;
    let refused = bills.ask("POST", PATH, received(both));
    refused.fails(400, "validation", "98");
    refused.fails(400, "validation", "99");
}

/// Reading 250: whoever mends what is named has mended everything.
#[test]
fn every_fault_of_an_account_is_named_in_one_answer() {
    let bills = Bills::new();
    let faults = [
        (r#""name":7"#, "name"),
        (r#""state":"Closed""#, "Closed"),
        (r#""validFor":{"endDateTime":"soon"}"#, "soon"),
        (r#""customerBillFormat":{"id":"99"}"#, "no customerBillFormat 99"),
        (r#""relatedParty":[{"id":"1","role":"payer"}]"#, "bill receiver"),
    ];
    let body = format!("{{{}}}", faults.map(|(member, _)| member).join(","));
    for (method, path) in [("POST", PATH), ("PATCH", "billingAccount/65")] {
        let refused = bills.ask(method, path, &body);
        for (_, named) in faults {
            refused.fails(400, "validation", named);
        }
    }
}

/// Readings 135, 144: where nothing of a kind is held, nothing can be looked up.
#[test]
fn a_reference_into_nothing_is_trusted() {
    let bills = Bills::of("");
    let body = r#"{"customerAccount":{"id":"99"},"customerBillFormat":{"id":"x"}}"#;
    let created = bills.ask("POST", PATH, received(body));
    assert_eq!((created.status, created.at("/customerAccount")), (201, json!({"id":"99"})));
}

/// Readings 144, 247: whoever follows a stored link of this server's own gets there, and a link of
/// another host is that host's affair, whether or not an id stands beside either.
#[test]
fn a_link_of_our_own_leads_somewhere_and_one_of_another_host_is_trusted() {
    let bills = Bills::new();
    let ask = |method: &str, path: &str, reference: &str| {
        let body = received(&format!(r#"{{"customerBillFormat":{reference}}}"#));
        let request = request(method, &format!("{ROOT}/{path}"), body);
        bills.answer(with_header(request, "host", "bills.example:81"))
    };
    for (reference, name, refused) in [
        (
            r#"{"href":"http://bills.example:81/billingManagement/customerBillFormat/23"}"#,
            "Detailed invoice",
            "",
        ),
        (
            r#"{"href":"https://BILLS.example:81/billingManagement/customerbillformat/23"}"#,
            "Detailed invoice",
            "",
        ),
        (r#"{"href":"/billingManagement/customerBillFormat/23"}"#, "Detailed invoice", ""),
        (
            r#"{"id":"26","href":"/billingManagement/customerBillFormat/23"}"#,
            "Detailed invoice",
            "",
        ),
        (
            r#"{"href":"http://bills.example:81/billingManagement/customerBillFormat/99"}"#,
            "",
            "href",
        ),
        (r#"{"href":"http://bills.example:81/billingManagement/customerBillFormat"}"#, "", "href"),
        (
            r#"{"href":"http://bills.example:81/billingManagement/customerBillFormat/23/x"}"#,
            "",
            "href",
        ),
        (r#"{"href":"http://bills.example:81/billingManagement/billingAccount/65"}"#, "", "href"),
        (r#"{"href":"/billingManagement/nothing/23"}"#, "", "href"),
        (r#"{"id":"23","href":"/billingManagement/customerBillFormat/99"}"#, "", "href"),
        (r#"{"id":"99","href":"/billingManagement/customerBillFormat/23"}"#, "", "id"),
        (r#"{"id":"99","href":"formats/99"}"#, "", "id"),
        // Another host's, and another API's of this host.
        (r#"{"href":"http://h/billingManagement/customerBillFormat/99"}"#, "", ""),
        (r#"{"id":"99","href":"http://h/billingManagement/customerBillFormat/99"}"#, "", ""),
        (r#"{"id":"99","href":"http://bills.example:81/billManagement/format/99"}"#, "", ""),
        (
            r#"{"id":"23","href":"http://h/billingManagement/customerBillFormat/23"}"#,
            "Detailed invoice",
            "",
        ),
    ] {
        for (method, path) in [("POST", PATH), ("PATCH", "billingAccount/65")] {
            let reply = ask(method, path, reference);
            if !refused.is_empty() {
                let named = format!("customerBillFormat.{refused}");
                reply.fails(400, "validation", &named);
                continue;
            }
            assert_eq!(reply.status, 201, "{method} {reference}: {}", reply.text());
            let kept = reply.at("/customerBillFormat");
            let sent: Value = serde_json::from_str(reference).unwrap();
            assert_eq!((&kept["id"], &kept["href"]), (&sent["id"], &sent["href"]), "{reference}");
            assert_eq!(kept["name"].as_str().unwrap_or_default(), name, "{method} {reference}");
        }
    }
}

/// The same of parties, which no collection here holds.
#[test]
fn a_party_is_nowhere_in_this_api() {
    let bills = Bills::new();
    for (href, status) in [
        ("/billingManagement/relatedParty/1", 400),
        ("/partyManagement/partyRole/1", 201),
        ("http://h/billingManagement/relatedParty/1", 201),
    ] {
        let body = format!(r#"{{"relatedParty":[{{"href":"{href}","role":"bill receiver"}}]}}"#);
        for (method, path) in [("POST", PATH), ("PATCH", "billingAccount/65")] {
            let reply = bills.ask(method, path, &body);
            assert_eq!(reply.status, status, "{method} {href}: {}", reply.text());
            if status == 400 {
                reply.fails(400, "validation", "relatedParty[0].href");
            }
        }
    }
}

/// Reading 214 and ids: the client's is not read, and none is given that somebody has.
#[test]
fn the_server_gives_the_ids() {
    let record = |id: &str| {
        format!(r#"{{"record":"tmf","collection":"billingAccount","resource":{{"id":"{id}"}}}}"#)
            + "\n"
    };
    let taken = ["66", "007", "18446744073709551615", "x"].map(record).concat();
    let bills = Bills::with(&taken);
    let mut given = Vec::new();
    for _ in 0..3 {
        let created = received(r#"{"id":"65","href":"http://elsewhere/1"}"#);
        let created = bills.ask("POST", PATH, created);
        assert_eq!(created.status, 201);
        let id = created.at("/id").as_str().unwrap().to_owned();
        assert_eq!(created.at("/href"), format!("{ROOT}/{PATH}/{id}"));
        given.push(id);
    }
    assert_eq!(given, ["67", "68", "69"]);
    assert_eq!(bills.get("billingAccount/65").at("/name"), "my personal Billing Account");
    let other = bills.ask(
        "POST",
        "appliedCustomerBillingCharge",
        r#"{"type":"x","currencyCode":"EUR","taxExcludedAmount":1}"#,
    );
    assert_eq!(other.at("/id"), "26", "each collection counts for itself");
}
