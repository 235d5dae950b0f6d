//! Servers of the TM Forum API that break it where billing accounts are created and changed: what
//! each does, and the clause that must be named.

use std::sync::Mutex;

use serde_json::{Value, json};

use super::{ACCOUNT, each, error, forget, ignored, late, rename, status};
use crate::Broken;
use crate::front::Server;
use crate::gateway::Format::Json;
use crate::memory::{Memory, merge};
use crate::message::{Request, Response};
use crate::rewrite::{remove, set};

/// What the server does, the clause that it breaks, and how.
pub(crate) const BROKEN: &[Broken] = &[
    // Creating an account.
    ("no account is created", "tmf/create-billing-account/accepted", |request, server| {
        if request.all("POST", ACCOUNT) { error(500) } else { server.pass(request) }
    }),
    ("a creation is answered 200", "tmf/create-billing-account/status", |request, server| {
        status("POST tmf/billingAccount", 200, request, server)
    }),
    ("a creation is answered as text", "tmf/create-billing-account/media", |request, server| {
        server.change("POST tmf/billingAccount", request, |it| it.with_media("text/plain"))
    }),
    (
        "a creation is acknowledged and forgotten",
        "tmf/create-billing-account/stored",
        |request, server| forget(ACCOUNT, request, server),
    ),
    (
        "a creation is answered by its id alone",
        "tmf/create-billing-account/values",
        |request, server| {
            server.edit("POST tmf/billingAccount", request, |account| {
                *account = json!({"id": account["id"], "href": account["href"]});
            })
        },
    ),
    ("a created account has no cycle", "tmf/create-billing-account/printed", |request, server| {
        server.edit("POST tmf/billingAccount", request, |account| {
            remove(account, "customerBillingCycleSpecification");
        })
    }),
    ("an account has no cycle", "tmf/get-billing-account/printed", |request, server| {
        server.edit("GET tmf/billingAccount/*", request, |account| {
            remove(account, "customerBillingCycleSpecification");
        })
    }),
    (
        "every account is of customer account 45",
        "tmf/create-billing-account/values",
        |request, server| {
            each(ACCOUNT, request, server, |account| account["customerAccount"]["id"] = json!("45"))
        },
    ),
    ("the end of a validity is lost", "tmf/billing-account/member/validFor", |request, server| {
        each(ACCOUNT, request, server, |account| remove(&mut account["validFor"], "endDateTime"))
    }),
    ("every account has the id 65", "tmf/create-billing-account/own-id", |request, server| {
        server.edit("POST tmf/billingAccount", request, |account| set(account, "id", json!("65")))
    }),
    ("an account without its id", "tmf/create-billing-account/form", |request, server| {
        server.edit("POST tmf/billingAccount", request, |account| remove(account, "id"))
    }),
    ("one name for all", "tmf/create-billing-account/stored", |request, server| {
        server.edit("GET tmf/billingAccount/*", request, |account| {
            set(account, "name", json!("Account"))
        })
    }),
    ("the payment mean is lost", "tmf/create-billing-account/stored", |mut request, server| {
        if request.all("POST", ACCOUNT) {
            request.edit(|account| drop(account.remove("paymentMean")));
        }
        server.pass(request)
    }),
    ("every account is prepaid", "tmf/billing-account/member/ratingType", |request, server| {
        each(ACCOUNT, request, server, |account| set(account, "ratingType", json!("prepaid")))
    }),
    ("every account is closed", "tmf/billing-account/member/state", |request, server| {
        each(ACCOUNT, request, server, |account| set(account, "state", json!("Closed")))
    }),
    (
        "an account's validity as a period",
        "tmf/billing-account/member/validFor",
        |request, server| {
            each(ACCOUNT, request, server, |account| {
                rename(&mut account["validFor"], "startDateTime", "startPeriod");
                rename(&mut account["validFor"], "endDateTime", "endPeriod");
            })
        },
    ),
    ("an account begins an hour late", "tmf/billing-account/member/validFor", |request, server| {
        each(ACCOUNT, request, server, |account| late(&mut account["validFor"]))
    }),
    ("an account's currency is flat", "tmf/billing-account/member/currency", |request, server| {
        each(ACCOUNT, request, server, |account| {
            let code = account["currency"]["currencyCode"].clone();
            remove(account, "currency");
            set(account, "currencyCode", code);
        })
    }),
    (
        "related parties without their roles",
        "tmf/billing-account/member/relatedParty",
        |request, server| {
            each(ACCOUNT, request, server, |account| {
                account["relatedParty"]
                    .as_array_mut()
                    .into_iter()
                    .flatten()
                    .for_each(|it| remove(it, "role"));
            })
        },
    ),
    (
        "only the first related party",
        "tmf/billing-account/member/relatedParty",
        |request, server| {
            each(ACCOUNT, request, server, |account| {
                account["relatedParty"].as_array_mut().into_iter().for_each(|all| all.truncate(1));
            })
        },
    ),
    // Changing an account.
    (
        "a change of the state is answered with the one before",
        "tmf/patch-billing-account/new-value",
        |request, server| {
            if !request.item("PATCH", ACCOUNT) {
                return server.pass(request);
            }
            let before = server.pass(request.get()).json()["state"].clone();
            server.edit("PATCH tmf/billingAccount/*", request, |it| set(it, "state", before))
        },
    ),
    ("a change is answered 204", "tmf/patch-billing-account/status", |request, server| {
        server.change("PATCH tmf/billingAccount/*", request, |_| Response::empty(204))
    }),
    ("a change is answered 202", "tmf/patch-billing-account/status", |request, server| {
        status("PATCH tmf/billingAccount/*", 202, request, server)
    }),
    ("a change is answered as text", "tmf/patch-billing-account/media", |request, server| {
        server.change("PATCH tmf/billingAccount/*", request, |it| it.with_media("text/plain"))
    }),
    (
        "a change is answered in broken JSON",
        "tmf/patch-billing-account/media",
        |request, server| {
            server.change("PATCH tmf/billingAccount/*", request, |it| {
                it.retype(Json, |json| json.replace("\"href\":\"", "\"href\":").into_bytes())
            })
        },
    ),
    (
        "a change is answered by the id alone",
        "tmf/patch-billing-account/printed",
        |request, server| {
            server.edit("PATCH tmf/billingAccount/*", request, |account| {
                *account = json!({"id": account["id"]})
            })
        },
    ),
    (
        "a change is answered by the account before",
        "tmf/patch-billing-account/new-value",
        |request, server| {
            let before = server.pass(request.get()).json();
            server.edit("PATCH tmf/billingAccount/*", request, |account| *account = before)
        },
    ),
    (
        "a change is acknowledged and forgotten",
        "tmf/patch-billing-account/stored",
        |request, server| {
            if !request.item("PATCH", ACCOUNT) {
                return server.pass(request);
            }
            let patch = request.json();
            let account = server.pass(request.get()).with_status(201);
            account.edit(|account| merge(account, &patch))
        },
    ),
    ("a change loses the rest", "tmf/patch-billing-account/keeps-the-rest", |request, server| {
        static SENT: Memory = Memory::new();
        if request.item("PATCH", ACCOUNT) {
            let mut lost = json!({"name": null, "currency": null, "paymentMean": null});
            merge(&mut lost, &request.json());
            SENT.keep(&request.path, &lost);
        }
        SENT.pass(request, server)
    }),
    (
        "a change closes the account",
        "tmf/patch-billing-account/keeps-the-rest",
        |request, server| {
            static STATES: Memory = Memory::new();
            if request.item("PATCH", ACCOUNT) && request.json().get("state").is_none() {
                STATES.keep(&request.path, &json!({"state": "Closed"}));
            }
            STATES.pass(request, server)
        },
    ),
    (
        "a state that may not follow is acknowledged and ignored",
        "tmf/billing-account/property/state",
        |request, server| ignored(request, server, |members| members.get("state").is_some()),
    ),
    ("id is patched", "tmf/patch-billing-account/id-unchanged", |request, server| {
        static MEMORY: Memory = Memory::new();
        MEMORY.patch("id", true, request, server)
    }),
    (
        "a change takes the account back to its first state",
        "tmf/patch-billing-account/keeps-the-rest",
        |request, server| {
            static STATES: Memory = Memory::new();
            let patched = request.item("PATCH", ACCOUNT);
            if patched && let Some(state) = request.json().get("state") {
                STATES.keep(&request.path, &json!({"state": state}));
            } else if patched {
                STATES.keep(&request.path, &json!({"state": "Defined"}));
            }
            STATES.pass(request, server)
        },
    ),
    (
        "a change of one account changes all",
        "tmf/patch-billing-account/keeps-the-rest",
        |request, server| {
            static NAME: Mutex<Option<Value>> = Mutex::new(None);
            if request.item("PATCH", ACCOUNT)
                && let Some(name) = request.json().get("name")
            {
                *NAME.lock().unwrap() = Some(name.clone());
            }
            each(ACCOUNT, request, server, |account| {
                if let Some(name) = &*NAME.lock().unwrap() {
                    set(account, "name", name.clone());
                }
            })
        },
    ),
    ("href is patched", "tmf/patch-billing-account/href-unchanged", |request, server| {
        static MEMORY: Memory = Memory::new();
        MEMORY.patch("href", true, request, server)
    }),
    ("ratingType is patched", "tmf/billing-account/property/ratingType", |request, server| {
        static MEMORY: Memory = Memory::new();
        MEMORY.patch("ratingType", true, request, server)
    }),
    (
        "ratingType is refused and patched",
        "tmf/billing-account/property/ratingType",
        |request, server| {
            static MEMORY: Memory = Memory::new();
            MEMORY.patch("ratingType", false, request, server)
        },
    ),
    (
        "the balance is patched",
        "tmf/billing-account/property/billingAccountBalance",
        |request, server| {
            static MEMORY: Memory = Memory::new();
            MEMORY.patch("billingAccountBalance", true, request, server)
        },
    ),
    (
        "an earlier end is stored",
        "tmf/billing-account/property/validFor.endDateTime",
        |request, server| {
            static MEMORY: Memory = Memory::new();
            MEMORY.patch("validFor", true, request, server)
        },
    ),
    (
        "an earlier end is refused and stored",
        "tmf/billing-account/property/validFor.endDateTime",
        |request, server| {
            static MEMORY: Memory = Memory::new();
            MEMORY.patch("validFor", false, request, server)
        },
    ),
    (
        "a refused change takes the receiver away",
        "tmf/billing-account/property/relatedParty.id",
        |request, server| {
            static MEMORY: Memory = Memory::new();
            MEMORY.patch("relatedParty", false, request, server)
        },
    ),
    ("the name cannot be changed", "tmf/billing-account/property/name", |request, server| {
        unpatched("name", request, server)
    }),
    (
        "the start cannot be changed",
        "tmf/billing-account/property/validFor.startDateTime",
        |mut request, server| {
            if request.item("PATCH", ACCOUNT) {
                request.edit(|members| {
                    if let Some(period) = members.get_mut("validFor") {
                        remove(period, "startDateTime");
                    }
                });
            }
            server.pass(request)
        },
    ),
    (
        "the customer account cannot be changed",
        "tmf/billing-account/property/customerAccount.id",
        |request, server| unpatched("customerAccount", request, server),
    ),
    (
        "the cycle cannot be changed",
        "tmf/billing-account/property/customerBillingCycleSpecification.id",
        |request, server| unpatched("customerBillingCycleSpecification", request, server),
    ),
    (
        "the format cannot be changed",
        "tmf/billing-account/property/customerBillFormat.id",
        |request, server| unpatched("customerBillFormat", request, server),
    ),
    (
        "the medium cannot be changed",
        "tmf/billing-account/property/customerBillPresentationMedia.id",
        |request, server| unpatched("customerBillPresentationMedia", request, server),
    ),
    (
        "the currency cannot be changed",
        "tmf/billing-account/property/currency.currencyCode",
        |request, server| unpatched("currency", request, server),
    ),
    (
        "the payment mean cannot be changed",
        "tmf/billing-account/property/paymentMean.id",
        |request, server| unpatched("paymentMean", request, server),
    ),
    (
        "related parties cannot be changed",
        "tmf/billing-account/property/relatedParty.id",
        |request, server| unpatched("relatedParty", request, server),
    ),
    ("the state never changes", "tmf/billing-account/property/state", |request, server| {
        unpatched("state", request, server)
    }),
];

/// Leaves a member of a change out.
fn unpatched(member: &str, mut request: Request, server: &Server) -> Response {
    if request.item("PATCH", ACCOUNT) {
        request.edit(|members| drop(members.remove(member)));
        if request.json() == json!({}) {
            return server.pass(request.get()).with_status(201);
        }
    }
    server.pass(request)
}
