//! Servers of the TM Forum API that break charges, settlement notes and reference data: what each
//! does, and the clause that must be named.

use serde_json::{Value, json};

use super::{
    ACCOUNT, CHARGE, CYCLE, FORMAT, MEDIA, NOTE, add_a_hundredth, each, error, forget, late,
    rename, status,
};
use crate::Broken;
use crate::gateway::Format::Json;
use crate::gateway::{latin1, misread};
use crate::message::{Request, Response};
use crate::rewrite::{each_text, remove, set};

/// What the server does, the clause that it breaks, and how.
pub(crate) const BROKEN: &[Broken] = &[
    (
        "quotes and backslashes are escaped twice",
        "tmf/create-applied-customer-billing-charge/values",
        |request, server| {
            each(CHARGE, request, server, |charge| {
                let text = charge["description"].as_str().unwrap_or_default().to_owned();
                set(charge, "description", json!(text.replace('\\', "\\\\").replace('"', "\\\"")));
            })
        },
    ),
    (
        "a text loses what is beyond the basic plane",
        "tmf/create-applied-customer-billing-charge/stored",
        |request, server| {
            each(CHARGE, request, server, |charge| {
                let text = charge["description"].as_str().unwrap_or_default();
                let basic: String =
                    text.chars().map(|c| if c > '\u{ffff}' { '\u{fffd}' } else { c }).collect();
                set(charge, "description", json!(basic));
            })
        },
    ),
    (
        "a text is escaped as if it stood in HTML",
        "tmf/create-applied-customer-billing-charge/stored",
        |request, server| {
            each(CHARGE, request, server, |charge| {
                let text = charge["description"].as_str().unwrap_or_default();
                set(charge, "description", json!(text.replace('&', "&amp;").replace('<', "&lt;")));
            })
        },
    ),
    (
        "a credit comes back as a charge",
        "tmf/applied-customer-billing-charge/member/amounts",
        |request, server| {
            each(CHARGE, request, server, |charge| {
                if let Some(amount) = charge["taxExcludedAmount"].as_f64() {
                    charge["taxExcludedAmount"] = json!(amount.abs());
                }
            })
        },
    ),
    (
        "the time of a charge loses its zone",
        "tmf/applied-customer-billing-charge/member/date",
        |request, server| {
            each(CHARGE, request, server, |charge| {
                let date = charge["date"].as_str().unwrap_or_default();
                let date: String = date.chars().take(19).collect();
                set(charge, "date", json!(date));
            })
        },
    ),
    (
        "an end that is earlier by its offset alone breaks the server",
        "tmf/errors/no-server-error",
        |request, server| {
            let end = request.json()["validFor"]["endDateTime"].clone();
            let offset = end.as_str().is_some_and(|end| end.contains('+') || end.len() > 25);
            let hit = offset && request.item("PATCH", ACCOUNT);
            let response = server.pass(request);
            if hit && response.status == 400 { error(500) } else { response }
        },
    ),
    ("an unknown resource is a server error", "tmf/errors/no-server-error", |request, server| {
        let response = server.pass(request);
        if response.status == 404 { error(500) } else { response }
    }),
    (
        "the unit prices of a note are in hundredths",
        "tmf/get-settlement-note-advice/printed",
        |request, server| {
            each(NOTE, request, server, |note| {
                for item in note["settlementNoteItem"].as_array_mut().into_iter().flatten() {
                    if let Some(price) = item["taxExcludedUnitPrice"].as_f64() {
                        item["taxExcludedUnitPrice"] = json!((price * 100.0).round() / 100.0);
                    }
                }
            })
        },
    ),
    // Charges.
    (
        "only the first tax rate",
        "tmf/applied-customer-billing-charge/member/appliedCustomerBillingTaxRate",
        |request, server| {
            each(CHARGE, request, server, |charge| {
                let rates = charge["appliedCustomerBillingTaxRate"].as_array_mut();
                rates.into_iter().for_each(|all| all.truncate(1));
            })
        },
    ),
    (
        "the creation of a charge is answered 200",
        "tmf/create-applied-customer-billing-charge/status",
        |request, server| status("POST tmf/appliedCustomerBillingCharge", 200, request, server),
    ),
    (
        "the creation of a charge is acknowledged and forgotten",
        "tmf/create-applied-customer-billing-charge/stored",
        |request, server| forget(CHARGE, request, server),
    ),
    (
        "one charge for all",
        "tmf/create-applied-customer-billing-charge/own-id",
        |request, server| {
            server.edit("POST tmf/appliedCustomerBillingCharge", request, |charge| {
                set(charge, "id", json!("25"))
            })
        },
    ),
    (
        "the services of a charge are lost",
        "tmf/create-applied-customer-billing-charge/values",
        |request, server| each(CHARGE, request, server, |charge| remove(charge, "serviceId")),
    ),
    (
        "a charge of another description",
        "tmf/create-applied-customer-billing-charge/printed",
        |request, server| {
            each(CHARGE, request, server, |charge| set(charge, "description", json!("fee")))
        },
    ),
    (
        "a charge without its products",
        "tmf/get-applied-customer-billing-charge/printed",
        |request, server| {
            server.edit("GET tmf/appliedCustomerBillingCharge/*", request, |it| {
                remove(it, "productSpecification")
            })
        },
    ),
    (
        "a charge is created as text",
        "tmf/create-applied-customer-billing-charge/media",
        |request, server| {
            server.change("POST tmf/appliedCustomerBillingCharge", request, |it| {
                it.with_media("text/plain")
            })
        },
    ),
    (
        "a charge's second period is lost",
        "tmf/applied-customer-billing-charge/member/period",
        |request, server| {
            each(CHARGE, request, server, |charge| {
                charge["period"].as_array_mut().into_iter().for_each(|periods| periods.truncate(1));
            })
        },
    ),
    (
        "a charge's period is an object",
        "tmf/applied-customer-billing-charge/member/period",
        |request, server| {
            each(CHARGE, request, server, |charge| {
                let first = charge["period"][0].take();
                set(charge, "period", first);
            })
        },
    ),
    (
        "a charge's period by the names of a validity",
        "tmf/applied-customer-billing-charge/member/period",
        |request, server| {
            each(CHARGE, request, server, |charge| {
                for period in charge["period"].as_array_mut().into_iter().flatten() {
                    rename(period, "startPeriod", "startDateTime");
                    rename(period, "endPeriod", "endDateTime");
                }
            })
        },
    ),
    (
        "a charge's currency is an object",
        "tmf/applied-customer-billing-charge/member/currencyCode",
        |request, server| each(CHARGE, request, server, nest_currency),
    ),
    (
        "a charge's taxes as texts",
        "tmf/applied-customer-billing-charge/member/appliedCustomerBillingTaxRate",
        |request, server| {
            each(CHARGE, request, server, |charge| {
                for tax in
                    charge["appliedCustomerBillingTaxRate"].as_array_mut().into_iter().flatten()
                {
                    tax["amount"] = json!(tax["amount"].to_string());
                }
            })
        },
    ),
    (
        "a charge's tax is a hundredth too much",
        "tmf/applied-customer-billing-charge/member/appliedCustomerBillingTaxRate",
        |request, server| {
            each(CHARGE, request, server, |charge| {
                for tax in
                    charge["appliedCustomerBillingTaxRate"].as_array_mut().into_iter().flatten()
                {
                    add_a_hundredth(&mut tax["amount"]);
                }
            })
        },
    ),
    (
        "a charge is an hour late",
        "tmf/applied-customer-billing-charge/member/date",
        |request, server| each(CHARGE, request, server, |charge| late(&mut charge["date"])),
    ),
    (
        "a charge has a day for a date",
        "tmf/applied-customer-billing-charge/member/date",
        |request, server| {
            each(CHARGE, request, server, |charge| {
                let day: String =
                    charge["date"].as_str().unwrap_or_default().chars().take(10).collect();
                set(charge, "date", json!(day));
            })
        },
    ),
    (
        "a charge is a hundredth too high",
        "tmf/applied-customer-billing-charge/member/amounts",
        |request, server| {
            each(CHARGE, request, server, |charge| {
                add_a_hundredth(&mut charge["taxIncludedAmount"])
            })
        },
    ),
    (
        "a charge's net amount in whole units",
        "tmf/applied-customer-billing-charge/member/amounts",
        |request, server| {
            each(CHARGE, request, server, |charge| {
                let units = charge["taxIncludedAmount"].as_f64().unwrap_or_default();
                set(
                    charge,
                    "taxIncludedAmount",
                    json!(format!("{units:.0}").parse::<u64>().unwrap_or(0)),
                );
            })
        },
    ),
    (
        "a charge's amounts as texts",
        "tmf/create-applied-customer-billing-charge/form",
        |request, server| {
            each(CHARGE, request, server, |charge| {
                charge["taxExcludedAmount"] = json!(charge["taxExcludedAmount"].to_string());
            })
        },
    ),
    // Settlement notes and reference data.
    (
        "a note is a hundredth too high",
        "tmf/get-settlement-note-advice/printed",
        |request, server| {
            each(NOTE, request, server, |note| add_a_hundredth(&mut note["taxIncludedAmount"]))
        },
    ),
    (
        "a note loses its second item",
        "tmf/get-settlement-note-advice/printed",
        |request, server| {
            each(NOTE, request, server, |note| {
                note["settlementNoteItem"]
                    .as_array_mut()
                    .into_iter()
                    .for_each(|items| items.truncate(1));
            })
        },
    ),
    ("a note's parties exchanged", "tmf/get-settlement-note-advice/printed", |request, server| {
        each(NOTE, request, server, |note| {
            let receiver = note["receiver"].take();
            note["receiver"] = note["issuer"].take();
            note["issuer"] = receiver;
        })
    }),
    ("a note is due an hour late", "tmf/get-settlement-note-advice/printed", |request, server| {
        each(NOTE, request, server, |note| late(&mut note["paymentDueDate"]))
    }),
    (
        "periods of items are arrays",
        "tmf/settlement-note-advice/member/period",
        |request, server| {
            each(NOTE, request, server, |note| {
                for item in note["settlementNoteItem"].as_array_mut().into_iter().flatten() {
                    item["period"] = json!([item["period"]]);
                }
            })
        },
    ),
    (
        "periods of items by other names",
        "tmf/settlement-note-advice/member/period",
        |request, server| {
            each(NOTE, request, server, |note| {
                for item in note["settlementNoteItem"].as_array_mut().into_iter().flatten() {
                    rename(&mut item["period"], "startPeriod", "startDateTime");
                    rename(&mut item["period"], "endPeriod", "endDateTime");
                }
            })
        },
    ),
    (
        "a note's currency is an object",
        "tmf/settlement-note-advice/member/currencyCode",
        |request, server| each(NOTE, request, server, nest_currency),
    ),
    (
        "a dash read in Latin-1",
        "tmf/settlement-note-advice/member/description",
        |request, server| {
            server.change("GET tmf/settlementNoteAdvice/*", request, |it| {
                it.retype(Json, |json| misread(json).into_bytes())
            })
        },
    ),
    (
        "a dash as the document prints it",
        "tmf/settlement-note-advice/member/description",
        |request, server| {
            server.change("GET tmf/settlementNoteAdvice/*", request, |it| {
                it.retype(Json, |json| json.replace('–', "â€\"").into_bytes())
            })
        },
    ),
    ("notes in Latin-1", "tmf/settlement-note-advice/member/description", |request, server| {
        server.change("GET tmf/settlementNoteAdvice/*", request, |it| {
            it.retype(Json, |json| latin1(&json.replace('–', "é")))
        })
    }),
    (
        "a cycle's shift as text",
        "tmf/customer-billing-cycle-specification/member/billingDateShift",
        |request, server| {
            each(CYCLE, request, server, |cycle| set(cycle, "billingDateShift", json!("15")))
        },
    ),
    (
        "a cycle's frequency as a number",
        "tmf/customer-billing-cycle-specification/member/frequency",
        |request, server| each(CYCLE, request, server, |cycle| set(cycle, "frequency", json!(12))),
    ),
    (
        "a cycle without its name",
        "tmf/get-customer-billing-cycle-specification/printed",
        |request, server| each(CYCLE, request, server, |cycle| remove(cycle, "name")),
    ),
    ("a format without its name", "tmf/get-customer-bill-format/printed", |request, server| {
        each(FORMAT, request, server, |format| remove(format, "name"))
    }),
    (
        "a medium by its id alone",
        "tmf/get-customer-bill-presentation-media/printed",
        |request, server| each(MEDIA, request, server, |medium| remove(medium, "name")),
    ),
    ("everything within an object", "tmf/get-customer-bill-format/form", |request, server| {
        server.edit("GET tmf/customerBillFormat/*", request, |it| {
            *it = json!({"customerBillFormat": it})
        })
    }),
    // Everything.
    ("one empty answer to everything", "tmf/create-billing-account/form", |_: Request, _| {
        Response::json_of(200, &json!({}))
    }),
    ("an error for everything", "tmf/create-billing-account/status", |_: Request, _| error(500)),
    (
        "a reference to nothing breaks the server",
        "tmf/errors/no-server-error",
        |request, server| {
            let creates = request.all("POST", ACCOUNT);
            let response = server.pass(request);
            if creates && response.status == 400 { error(500) } else { response }
        },
    ),
    (
        "texts are cut after eight letters",
        "tmf/billing-account/member/relatedParty",
        |request, server| {
            each_text(request, server, |_, text| *text = text.chars().take(8).collect())
        },
    ),
];

/// A flat currency as an object.
fn nest_currency(resource: &mut Value) {
    let code = resource["currencyCode"].clone();
    remove(resource, "currencyCode");
    set(resource, "currency", json!({"currencyCode": code}));
}
