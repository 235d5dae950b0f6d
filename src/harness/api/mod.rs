//! The APIs that can be judged, one row each. Nothing else in the harness names one.

mod creates;
mod draw;
mod format;
mod operation;

use creates::Deletable::{ByItsName, Nowhere, ThatPath};
pub(crate) use creates::{Creates, Deletable};
pub(crate) use draw::Draw;
pub(crate) use format::{Format, essence};
pub(crate) use operation::{decode, parameters, segments};

use crate::input::suggest::did_you_mean;

/// An API: its name on the command line and in the suite, and what its document lays down that the
/// harness has to know before the first case.
#[derive(Debug)]
pub struct Api {
    /// The name, as in `--api` and as the folder of its cases.
    pub name: &'static str,
    /// The documented root of its resources; `{ledger}` stands for the ledger number
    /// (001 and 002 › Introduction, readings 16 and 145).
    pub mount: &'static str,
    /// A resource below the root that whoever is let in may ask for, whether it exists or not.
    pub(crate) probe: &'static str,
    /// What is asked beside the probe where its answer may come from anybody: requests that read.
    pub(crate) presence: &'static [Ask],
    /// The codes of problems that no other API has: whoever answers with one is this one
    /// (readings 28, 29, 90).
    pub(crate) codes: &'static [&'static str],
    pub(crate) access: Access,
    /// The formats of its bodies, the default one first, and their documented media types
    /// (reading 112).
    pub(crate) formats: &'static [(Format, &'static str)],
    /// True if a request without a body has a Content-Type too (reading 14).
    pub(crate) always_typed: bool,
    /// True if links are compared without regard to case (reading 146).
    pub(crate) links_ignore_case: bool,
    /// Segments of paths that the document prints in two ways: as its other names are written, and
    /// as an href of its has it (reading 145).
    pub(crate) spellings: &'static [(&'static str, &'static str)],
    /// How identifiers that a case draws are looked for in the target.
    pub(crate) lookups: &'static [Lookup],
    /// The member of what PUT creates that names an account, which an implementation may demand and
    /// only its operator knows (reading 117).
    pub(crate) account: Option<&'static str>,
    /// The requests that make a record.
    pub(crate) creates: &'static [Creates],
    /// States of the suite's records and where each is found, by which it is seen whether a target
    /// holds them. Each ledger's are of several operations: one that is broken says nothing of the
    /// records.
    pub(crate) landmarks: &'static [(&'static str, &'static [&'static str])],
}

/// The ways in which a request is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// By a bearer token that is a ledger's (reading 13): only such an API has ledgers.
    LedgerToken,
    /// By HTTP Basic, or by nothing (reading 124).
    Basic,
    /// By a bearer token, or by nothing (reading 165).
    Bearer,
}

/// A request whose success says that an identifier is taken; `{drawn}` stands for it.
#[derive(Debug)]
pub(crate) struct Lookup {
    pub(crate) kind: Draw,
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) body: Option<&'static str>,
}

/// A request that changes nothing, below the API's root.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) body: Option<&'static str>,
}

impl Ask {
    const fn get(path: &'static str) -> Ask {
        Ask { method: "GET", path, body: None }
    }
}

const JSON: &[(Format, &str)] = &[(Format::Json, "application/json")];

const BY_NUMBER: Lookup =
    Lookup { kind: Draw::CustomerNo, method: "GET", path: "customers/{drawn}", body: None };

/// Paths at which a customer of the Customer API is found.
const CUSTOMER: &[&str] = &["customers/${customerNo}", "customers/${customerNo}/legal-address"];
const SURPLUS: &[&str] = &["customers/${customerNo}/surpluses/${surplusId}"];

/// Paths at which an invoice with usage is found.
const INVOICE: &[&str] = &[
    "invoices/${invoiceNo}",
    "invoices/${invoiceNo}/subscriptions/${subscriptionNo}",
    "invoices/${invoiceNo}/subscriptions/${subscriptionNo}/usage-details",
];

/// Every API that the harness judges, in the order of reports.
pub const APIS: [Api; 4] = [
    Api {
        name: "customer",
        mount: "/ledger/customer/v1/{ledger}",
        probe: "customers/1",
        presence: &[
            Ask::get("customers/1/surpluses"),
            // Nobody is looked for, which is refused.
            Ask { method: "POST", path: "find-customer", body: Some("{}") },
        ],
        codes: &[
            "customer-not-found",
            "legal-address-does-not-exists",
            "billing-address-does-not-exists",
        ],
        access: Access::LedgerToken,
        formats: JSON,
        always_typed: true,
        links_ignore_case: false,
        spellings: &[],
        lookups: &[
            BY_NUMBER,
            Lookup {
                kind: Draw::Personnummer,
                method: "POST",
                path: "find-customer",
                body: Some(r#"{"nationalIdentifier":{"regNo":"{drawn}","countryCode":"SE"}}"#),
            },
            Lookup {
                kind: Draw::Fodselsnummer,
                method: "POST",
                path: "find-customer",
                body: Some(r#"{"nationalIdentifier":{"regNo":"{drawn}","countryCode":"NO"}}"#),
            },
        ],
        account: None,
        creates: &[
            Creates { operation: "POST customers", deletable: Nowhere },
            Creates { operation: "POST generate-consumer-customer-by-reg-no", deletable: Nowhere },
            Creates {
                operation: "POST customers/{customerNo}/billing-address",
                deletable: ThatPath,
            },
            Creates {
                operation: "PUT customers/{customerNo}/billing-address",
                deletable: ThatPath,
            },
            Creates {
                operation: "POST customers/{customerNo}/surpluses/{surplusId}/active-disbursement-orders",
                deletable: Nowhere,
            },
        ],
        landmarks: &[
            ("customer/printed", CUSTOMER),
            ("customer/surpluses", SURPLUS),
            ("customer/norwegian", CUSTOMER),
            ("customer/disbursement/not-granted", CUSTOMER),
            ("customer/disbursement/not-granted", SURPLUS),
        ],
    },
    Api {
        name: "usage",
        mount: "/billing/usage/v1/{ledger}",
        probe: "customers/1",
        presence: &[Ask::get("invoices/1")],
        codes: &["customer-not-found", "invoice-not-found", "invoice-has-no-usage"],
        access: Access::LedgerToken,
        formats: JSON,
        always_typed: true,
        links_ignore_case: false,
        spellings: &[],
        lookups: &[BY_NUMBER],
        account: None,
        creates: &[],
        landmarks: &[
            ("usage/billed", INVOICE),
            ("usage/unbilled", &["customers/${customerNo}"]),
            ("usage/same-number-elsewhere", INVOICE),
        ],
    },
    Api {
        name: "gateway",
        mount: "/api/v01/customers",
        probe: "?limit=1",
        presence: &[],
        codes: &[],
        access: Access::Basic,
        formats: &[
            (Format::Json, "application/json"),
            (Format::Xml, "application/xml"),
            (Format::Form, "application/x-www-form-urlencoded"),
        ],
        always_typed: false,
        links_ignore_case: false,
        spellings: &[],
        lookups: &[],
        account: Some("accountId"),
        creates: &[
            Creates { operation: "PUT", deletable: Nowhere },
            Creates { operation: "PUT ~create", deletable: Nowhere },
        ],
        landmarks: &[],
    },
    Api {
        name: "tmf",
        mount: "/billingManagement",
        probe: "billingAccount/1",
        presence: &[
            Ask::get("customerBillFormat?limit=1"),
            Ask::get("customerBillPresentationMedia?limit=1"),
            Ask::get("customerBillFormat"),
        ],
        codes: &[],
        access: Access::Bearer,
        formats: JSON,
        always_typed: false,
        links_ignore_case: true,
        spellings: &[("customerBillingCycleSpecification", "customerbillingCycleSpecification")],
        lookups: &[],
        account: None,
        creates: &[
            Creates { operation: "POST billingAccount", deletable: Nowhere },
            Creates { operation: "POST appliedCustomerBillingCharge", deletable: Nowhere },
            Creates { operation: "POST hub", deletable: ByItsName },
        ],
        landmarks: &[
            ("tmf/settlement-note", &["settlementNoteAdvice/${noteId}"]),
            (
                "tmf/reference-data",
                &[
                    "customerBillFormat/${formatId}",
                    "customerBillPresentationMedia/${mediaId}",
                    "customerBillingCycleSpecification/${cycleId}",
                ],
            ),
        ],
    },
];

impl Api {
    /// Returns the API called `name`.
    pub fn named(name: &str) -> Option<&'static Api> {
        APIS.iter().find(|api| api.name == name)
    }

    /// Returns the API called `name`, or says that there is none.
    ///
    /// # Errors
    /// A sentence: there is none, what was probably meant, and which there are.
    pub fn known(name: &str) -> Result<&'static Api, String> {
        Api::named(name).ok_or_else(|| {
            let meant = did_you_mean(name, APIS.iter().map(|api| api.name));
            format!("there is no API {name}{meant}; there are {}", Api::names())
        })
    }

    /// Returns every name, for messages.
    pub fn names() -> String {
        let names: Vec<_> = APIS.iter().map(|api| api.name).collect();
        names.join(", ")
    }

    /// Returns a sentence that says how the API is entered: by which flag, or by which keys of a
    /// target file.
    pub(crate) fn entrance(&self) -> String {
        let (by, keys) = match self.access {
            Access::LedgerToken => {
                ("--token LEDGER=TOKEN".to_owned(), "`token` under [[ledger]]".to_owned())
            }
            Access::Basic => (
                format!("--{}-user USER:PASSWORD", self.name),
                format!("`user` and `password` under [api.{}]", self.name),
            ),
            Access::Bearer => (
                format!("--{}-token TOKEN", self.name),
                format!("`token` under [api.{}]", self.name),
            ),
        };
        format!("{} is entered by {by}, or by {keys} in the target file", self.name)
    }

    /// Returns whether the API is asked for one ledger at a time.
    pub fn has_ledgers(&self) -> bool {
        self.access == Access::LedgerToken
    }

    /// Returns the format that is documented under a media type.
    pub(crate) fn format_named(&self, media: &str) -> Option<Format> {
        let media = essence(media);
        self.formats.iter().find(|(_, documented)| *documented == media).map(|(format, _)| *format)
    }
}
