//! Changed billing accounts: 004 › PATCH API/billingManagement/ BillingAccount /{ID}.

use serde_json::{Value, json};

use crate::tmf::{Bills, ROOT};
use crate::world::{request, with_header};

const PATH: &str = "billingAccount/65";

/// What a patch makes of a member.
enum Outcome {
    /// It has this value afterwards; null is gone.
    Is(Value),
    /// 400 that names this, and the account is byte for byte what it was.
    Refused(&'static str),
}
use Outcome::{Is, Refused};

/// Patches a fresh account 65 with each row, and looks at one member of the answer and of the next
/// GET.
fn patches(table: Vec<(Value, &str, Outcome)>) {
    let bills = Bills::new();
    let untouched = bills.world.records();
    let restore = || {
        let request = request("POST", "/etalon/records", &untouched);
        let request = with_header(request, "authorization", "Bearer etalon-admin");
        assert_eq!(bills.world.answer(request).status, 200);
    };
    for (patch, member, outcome) in table {
        let before = bills.get(PATH).text().to_owned();
        let reply = bills.ask("PATCH", PATH, &patch);
        match outcome {
            Refused(named) => {
                reply.fails(400, "validation", named);
                assert_eq!(bills.get(PATH).text(), before, "{patch}");
            }
            Is(value) => {
                // Readings 128, 129: 201 with the full resource.
                assert_eq!(reply.status, 201, "{patch}: {}", reply.text());
                assert_eq!(reply.text(), bills.get(PATH).text(), "{patch}");
                assert_eq!(reply.at(&format!("/{member}")), value, "{patch}");
                assert_eq!(reply.at("/ratingType"), "postpaid");
                restore();
            }
        }
    }
}

/// 004 › Patchable: a row of the table, a row here or more.
#[test]
fn what_is_patchable_and_what_is_not() {
    let media = json!({"id":"78","href":"http://h/customerBillPresentationMedia/78"});
    let end = |end: &str| json!({"validFor":{"endDateTime":end}});
    patches(vec![
        // RatingType, No: not even as it is (reading 132).
        (json!({"ratingType":"prepaid"}), "", Refused("ratingType")),
        (json!({"ratingType":"postpaid"}), "", Refused("ratingType")),
        (json!({"ratingType":null}), "", Refused("ratingType")),
        (json!({"ratingType":"prepaid","name":"B"}), "", Refused("ratingType")),
        // Name
        (json!({"name":"B"}), "name", Is(json!("B"))),
        (json!({"name":null}), "name", Is(json!(null))),
        (json!({"name":7}), "", Refused("name")),
        // Valid for. startDateTime; Valid for:endDateTime, after the start date (reading 134)
        (
            json!({"validFor":{"startDateTime":"2014-01-01T00:00:00Z"}}),
            "validFor",
            Is(json!({"startDateTime":"2014-01-01T00:00:00Z"})),
        ),
        (
            json!({"validFor":{"startPeriod":"2014-01-01T00:00:00Z"}}),
            "validFor",
            Is(json!({"startDateTime":"2014-01-01T00:00:00Z"})),
        ),
        (
            end("2014-01-01T00:00:00Z"),
            "validFor",
            Is(
                json!({"startDateTime":"2013-04-19T16:42:23.0Z","endDateTime":"2014-01-01T00:00:00Z"}),
            ),
        ),
        (
            end("2013-04-19T16:42:23.000001Z"),
            "validFor/endDateTime",
            Is(json!("2013-04-19T16:42:23.000001Z")),
        ),
        (end("2013-04-19T16:42:23Z"), "", Refused("after startDateTime")),
        (end("2013-04-19T17:42:23+02:00"), "", Refused("after startDateTime")),
        (end("tomorrow"), "", Refused("tomorrow")),
        (json!({"validFor":{"startDateTime":null}}), "validFor", Is(json!({}))),
        (json!({"validFor":null}), "validFor", Is(json!(null))),
        // CustomerAccount.id, should exist (reading 135)
        (
            json!({"customerAccount":{"id":"45"}}),
            "customerAccount",
            Is(json!({"id":"45","name":"Customer Account xxx"})),
        ),
        (json!({"customerAccount":{"id":"99"}}), "", Refused("no customerAccount 99")),
        (json!({"customerAccount":{"id":"99"},"name":"B"}), "", Refused("99")),
        // CustomerBillingCycleSpecification.id, CustomerBillFormat.id, CustomerBillPresentationMedia.id
        (
            json!({"customerBillingCycleSpecification":{"id":"1"}}),
            "",
            Refused("customerBillingCycleSpecification"),
        ),
        (
            json!({"customerBillFormat":{"id":"26"}}),
            "customerBillFormat",
            Is(json!({"id":"26","name":"Detailed invoice"})),
        ),
        (json!({"customerBillFormat":{"id":"78"}}), "", Refused("customerBillFormat")),
        (
            json!({"customerBillPresentationMedia":media}),
            "customerBillPresentationMedia",
            Is(
                json!({"id":"78","href":"http://h/customerBillPresentationMedia/78","name":"Paper invoice"}),
            ),
        ),
        (
            json!({"customerBillPresentationMedia":{"id":"23"}}),
            "",
            Refused("customerBillPresentationMedia"),
        ),
        (
            json!({"customerBillPresentationMedia":null}),
            "customerBillPresentationMedia",
            Is(json!(null)),
        ),
        // Currency code
        (json!({"currency":{"currencyCode":"USD"}}), "currency", Is(json!({"currencyCode":"USD"}))),
        (json!({"currency":{"currencyCode":null}}), "", Refused("currency.currencyCode")),
        // PaymentMean.id
        (json!({"paymentMean":{"id":"46"}}), "paymentMean", Is(json!({"id":"46"}))),
        // RelatedParty.id, bill receiver is mandatory (readings 136, 137)
        (
            json!({"relatedParty":[{"id":"9","role":"Bill Receiver"}]}),
            "relatedParty",
            Is(json!([{"id":"9","role":"Bill Receiver"}])),
        ),
        (
            json!({"relatedParty":[{"id":"5","role":"bill responsible"}]}),
            "",
            Refused("bill receiver"),
        ),
        (json!({"relatedParty":[]}), "", Refused("bill receiver")),
        (json!({"relatedParty":null}), "", Refused("bill receiver")),
        // BillingAccountBalance, N
        (json!({"billingAccountBalance":[]}), "", Refused("billingAccountBalance")),
        (json!({"billingAccountBalance":null}), "", Refused("billingAccountBalance")),
        (
            json!({"billingAccountBalance":[{"type":"ReceivableBalance","amount":52.3}]}),
            "",
            Refused("billingAccountBalance"),
        ),
        // Not in the table: only as they are (reading 133).
        (json!({"id":"65"}), "id", Is(json!("65"))),
        (json!({"id":65}), "id", Is(json!("65"))),
        (json!({"id":"66"}), "", Refused("id")),
        (json!({"id":null}), "", Refused("id")),
        (json!({"href":format!("{ROOT}/{PATH}")}), "href", Is(json!(format!("{ROOT}/{PATH}")))),
        // As it was read under another name of the host.
        (
            json!({"href":format!("http://alias{ROOT}/{PATH}")}),
            "href",
            Is(json!(format!("{ROOT}/{PATH}"))),
        ),
        (json!({"href":"http://elsewhere/65"}), "", Refused("href")),
        // What no document has is left alone, and so is everything by an empty patch.
        (json!({"nonsense":{"a":1}}), "nonsense", Is(json!(null))),
        (json!({}), "name", Is(json!("my personal Billing Account"))),
        // Everything that is wrong is told.
        (json!({"ratingType":"x","id":"66","name":7,"state":null}), "", Refused("state")),
    ]);
}

/// Reading 137: objects merge; a reference that names something else keeps nothing of what it
/// named before.
#[test]
fn a_reference_follows_what_it_names() {
    let format = |patch: Value| json!({"customerBillFormat":patch});
    let stands = json!({"id":"23","href":"http://bills.example.com/customerBillFormat/23","name":"Detailed invoice"});
    patches(vec![
        (format(json!({"id":"23"})), "customerBillFormat", Is(stands.clone())),
        (format(json!({"id":23})), "customerBillFormat/name", Is(json!("Detailed invoice"))),
        (format(json!({"id":"23","name":"mine"})), "customerBillFormat/name", Is(json!("mine"))),
        (format(json!({"id":"23","name":null})), "customerBillFormat", Is(stands)),
        (
            format(json!({"id":"23","href":"h"})),
            "customerBillFormat",
            Is(json!({"id":"23","href":"h","name":"Detailed invoice"})),
        ),
        (format(json!({"href":"h"})), "customerBillFormat", Is(json!({"href":"h"}))),
        (
            format(json!({"id":"26","name":"other"})),
            "customerBillFormat",
            Is(json!({"id":"26","name":"other"})),
        ),
        (format(json!({"name":"other"})), "", Refused("customerBillFormat")),
        (format(json!("26")), "", Refused("customerBillFormat")),
    ]);
}

/// Readings 138, 140: the ways between the states, and a patch to the present one is none.
#[test]
fn a_state_is_followed_by_some_and_no_others() {
    const STATES: [&str; 6] =
        ["Defined", "Active", "Pending_Update", "Suspended", "Pending_Closed", "Closed"];
    // From the state of the row to that of the column.
    const WAYS: [[bool; 6]; 6] = {
        const O: bool = false;
        const I: bool = true;
        [
            [I, I, O, O, O, O],
            [O, I, I, I, I, O],
            [O, I, I, O, O, O],
            [O, I, O, I, O, I],
            [O, O, O, O, I, I],
            [O, O, O, O, O, I],
        ]
    };
    let account = |id: usize, state: &str| {
        format!(
            "{{\"record\":\"tmf\",\"collection\":\"billingAccount\",\"resource\":{{\"id\":{id},\"state\":\"{state}\"}}}}\n"
        )
    };
    let mut records = String::new();
    for (row, from) in STATES.iter().enumerate() {
        (0..6).for_each(|column| records += &account(1000 + row * 6 + column, from));
    }
    let bills = Bills::with(&records);
    for (row, from) in STATES.iter().enumerate() {
        for (column, to) in STATES.iter().enumerate() {
            let path = format!("billingAccount/{}", 1000 + row * 6 + column);
            // As anybody may spell it.
            let sent = to.to_uppercase().replace('_', " ");
            let reply = bills.ask("PATCH", &path, json!({"state":sent}));
            if WAYS[row][column] {
                assert_eq!((reply.status, reply.at("/state")), (201, json!(to)), "{from} to {to}");
            } else {
                reply.fails(400, "validation", &format!("from {from} to {to}"));
            }
        }
    }
    let reply = bills.ask("PATCH", PATH, json!({"name":"B","state":"Active"}));
    assert_eq!((reply.status, reply.at("/name")), (201, json!("B")));
    bills.ask("PATCH", PATH, json!({"state":"Gone"})).fails(400, "validation", "Gone");
}

/// An account whose parties, state and period nobody has told begins without them.
#[test]
fn a_bare_account_can_be_filled() {
    let record = r#"{"record":"tmf","collection":"billingAccount","resource":{"id":"7"}}"#;
    for (patch, status) in [
        (json!({"state":"Active"}), 201),
        (json!({"state":"Closed"}), 400),
        (json!({"validFor":null,"name":null}), 201),
        (json!({"relatedParty":null}), 400),
        (json!({"relatedParty":[]}), 400),
        (json!({"relatedParty":[{"id":"1","role":"payer"}]}), 400),
        (json!({"relatedParty":[{"id":"1","role":"bill receiver"}]}), 201),
        (json!({"validFor":{"startDateTime":null,"endDateTime":"2014-01-01T00:00:00Z"}}), 201),
    ] {
        let reply = Bills::with(record).ask("PATCH", "billingAccount/7", &patch);
        assert_eq!(reply.status, status, "{patch}: {}", reply.text());
        assert!(!reply.text().contains("null"), "{}", reply.text());
    }
}

/// Reading 139: the document's media type and that of RFC 7396; and whom a patch is for.
#[test]
fn a_patch_comes_as_json() {
    let bills = Bills::new();
    for (content_type, status) in [
        ("application/json", 201),
        ("application/merge-patch+json", 201),
        ("application/json; charset=utf-8", 201),
        ("", 415),
        ("application/json-patch+json", 415),
        ("application/xml", 415),
    ] {
        let patch = request("PATCH", &format!("{ROOT}/{PATH}"), r#"{"name":"B"}"#);
        let reply = bills.answer(with_header(patch, "content-type", content_type));
        assert_eq!(reply.status, status, "{content_type}");
    }
    bills.ask("PATCH", "billingAccount/99", r#"{"name":"B"}"#).fails(404, "not-found", "99");
}
