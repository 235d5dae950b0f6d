//! 002 › Update customer.

use serde_json::{Value, json};

use crate::world::{World, request, with_header};

/// Patches 9999, which must answer 204 (reading 73), and reads it back.
fn patched(world: &World, body: &Value) -> Value {
    let reply = world.ask("PATCH", "100/customers/9999", body);
    assert_eq!(reply.status, 204, "{body}");
    world.get("100/customers/9999").json()
}

/// 002 › Update all properties, Update only emailAddress, Update emailAddress and delete msisdn:
/// what was sent changes and nothing else does (readings 78, 81, 82).
#[test]
fn what_was_sent_changes_and_nothing_else() {
    let table = [
        (json!({}), json!({})),
        (
            json!({
                "emailAddress": "kalle@axelstopp.com",
                "protectedIdentity": true,
                "preferredLanguageCode": "EN",
                "legalStatus": "deceased",
                "msisdn": "+46720000000",
                "eDIAddressInfo": {"VAN": "V", "InterChangeRecipient": "R", "BuyerId": "B"},
                "distributionType": "noDistribution"
            }),
            json!({
                "emailAddress": "kalle@axelstopp.com",
                "protectedIdentity": true,
                "preferredLanguageCode": "EN",
                "legalStatus": "deceased",
                "msisdn": "+46720000000",
                "eDIAddressInfo": {"VAN": "V", "InterChangeRecipient": "R", "BuyerId": "B"},
                "distributionType": "noDistribution"
            }),
        ),
        (json!({"emailAddress": "a@b.c"}), json!({"emailAddress": "a@b.c"})),
        (
            json!({"emailAddress": "a@b.c", "msisdn": null}),
            json!({"emailAddress": "a@b.c", "msisdn": null}),
        ),
        (json!({"EMAILADDRESS": "a@b.c"}), json!({"emailAddress": "a@b.c"})),
        (
            json!({"emailAddress": null, "preferredLanguageCode": null}),
            json!({"emailAddress": null, "preferredLanguageCode": null}),
        ),
        (json!({"distributionType": null}), json!({"distributionType": "postal"})),
        (json!({"eDIAddressInfo": null}), json!({"eDIAddressInfo": null})),
        (json!({"eDIAddressInfo": {}}), json!({})),
        (
            json!({"eDIAddressInfo": {"van": "V"}}),
            json!({"eDIAddressInfo":
                {"VAN": "V", "InterChangeRecipient": "Recipient_ID1", "BuyerId": "123465"}}),
        ),
        (
            json!({"ediaddressinfo": {"VAN": null, "buyerID": "B"}}),
            json!({"eDIAddressInfo": {"InterChangeRecipient": "Recipient_ID1", "BuyerId": "B"}}),
        ),
        (
            json!({"eDIAddressInfo": {"VAN": null, "InterChangeRecipient": null, "BuyerId": null}}),
            json!({"eDIAddressInfo": null}),
        ),
        // What no document names is ignored (reading 171).
        (
            json!({"x": 1, "emailaddress2": {}, "msisdn": "+1234", "eDIAddressInfo": {"y": []}}),
            json!({"msisdn": "+1234"}),
        ),
    ];
    for (body, changed) in table {
        let world = World::new();
        let mut expected = world.get("100/customers/9999").json();
        for (member, value) in changed.as_object().unwrap() {
            match value {
                Value::Null => expected.as_object_mut().unwrap().remove(member),
                value => expected.as_object_mut().unwrap().insert(member.clone(), value.clone()),
            };
        }
        assert_eq!(patched(&world, &body), expected, "{body}");
    }
}

/// A documented member that is not in the list (reading 80), in any case and even when null; null
/// where nothing can be deleted (reading 193); and the formats of the property table.
#[test]
fn what_cannot_be_patched_is_refused_and_nothing_changes() {
    let world = World::new();
    let table: Vec<(Value, &[&str])> = vec![
        (json!({"name": "B"}), &["name"]),
        (json!({"name": null}), &["name"]),
        (json!({"NAME": "B"}), &["name"]),
        (json!({"vatNo": "SE101010101001", "msisdn": "+1234"}), &["vatNo"]),
        (json!({"customerNo": "9999", "legalEntity": "business"}), &["customerNo", "legalEntity"]),
        (json!({"nationalIdentifier": null}), &["nationalIdentifier"]),
        (json!({"activeConsents": []}), &["activeConsents"]),
        (json!({"legalAddress": {}, "billingAddress": {}}), &["legalAddress", "billingAddress"]),
        (json!({"surpluses": [], "@id": "x"}), &["surpluses", "@id"]),
        (json!({"name": "B", "msisdn": "1"}), &["name", "msisdn"]),
        (json!({"legalStatus": null}), &["legalStatus"]),
        (json!({"protectedIdentity": null}), &["protectedIdentity"]),
        (json!({"legalStatus": "Active"}), &["legalStatus"]),
        (json!({"protectedIdentity": "false"}), &["protectedIdentity"]),
        (json!({"preferredLanguageCode": "sv"}), &["preferredLanguageCode"]),
        (json!({"distributionType": "EInvoiceB2B"}), &["distributionType"]),
        (json!({"emailAddress": "britt", "msisdn": null}), &["emailAddress"]),
        (json!({"emailAddress": "a@b.c", "msisdn": "46720000000"}), &["msisdn"]),
        (json!({"eDIAddressInfo": []}), &["eDIAddressInfo"]),
        (json!({"eDIAddressInfo": {"VAN": "x".repeat(256)}}), &["eDIAddressInfo.VAN"]),
        (json!({"eDIAddressInfo": {"BuyerId": "  "}}), &["eDIAddressInfo.BuyerId"]),
        (
            json!({"eDIAddressInfo": {"interchangerecipient": "x".repeat(14), "BuyerId": 7}}),
            &["eDIAddressInfo.InterChangeRecipient", "eDIAddressInfo.BuyerId"],
        ),
    ];
    for (body, parameters) in table {
        world.refuses(request("PATCH", "100/customers/9999", body)).blames(parameters);
    }
}

/// BuyerId is required where the object is made, not where it is merged (readings 52, 78).
#[test]
fn a_buyer_is_needed_where_there_was_none() {
    let world = World::new();
    let path = "100/customers/8888";
    for edi in [json!({"VAN": "V"}), json!({"VAN": "V", "BuyerId": null})] {
        let body = json!({"eDIAddressInfo": edi, "msisdn": "+1234"});
        world.refuses(request("PATCH", path, body)).blames(&["eDIAddressInfo.BuyerId"]);
    }
    let body = json!({"eDIAddressInfo": {"VAN": "V", "BuyerId": "B"}});
    assert_eq!(world.ask("PATCH", path, body).status, 204);
    let body = json!({"eDIAddressInfo": {"VAN": null}});
    assert_eq!(world.ask("PATCH", path, body).status, 204);
    assert_eq!(world.get(path).at("/eDIAddressInfo"), json!({"BuyerId": "B"}));
}

/// Both media types are read (reading 79); protectedIdentity is refused outside Sweden (191).
#[test]
fn merge_patch_is_accepted_and_other_countries_protect_no_identity() {
    let world = World::new();
    let merge = request("PATCH", "100/customers/9999", r#"{"msisdn":"+1234"}"#);
    let merge = with_header(merge, "content-type", "application/merge-patch+json; charset=UTF-8");
    assert_eq!(world.answer(merge).status, 204);
    assert_eq!(world.get("100/customers/9999").at("/msisdn"), "+1234");

    let norwegian = r#"{"customerNo":"1","name":"A","legalAddress":
        {"addressee":"A","city":"C","zipCode":"1","countryCode":"NO"}}"#;
    assert_eq!(world.ask("POST", "200/customers", norwegian).status, 201);
    let refused =
        world.refuses(request("PATCH", "200/customers/1", r#"{"protectedIdentity":true}"#));
    refused.blames(&["protectedIdentity"]);
    let allowed = world.ask("PATCH", "200/customers/1", r#"{"protectedIdentity":false}"#);
    assert_eq!(allowed.status, 204);
}
