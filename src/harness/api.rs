//! The APIs that can be judged, one row each.

/// An API: its name on the command line and in the suite, and where its document mounts it.
#[derive(Debug)]
pub struct Api {
    /// As in `--api` and as the folder of its cases.
    pub name: &'static str,
    /// The documented root of its resources; `{ledger}` stands for the ledger number
    /// (001 and 002 › Introduction, readings 16 and 145).
    pub mount: &'static str,
    /// A resource below the root that a ledger's token may ask for, whether it exists or not.
    pub(crate) probe: &'static str,
}

/// Every API that the harness judges, in the order of reports.
pub const APIS: [Api; 2] = [
    Api { name: "customer", mount: "/ledger/customer/v1/{ledger}", probe: "customers/1" },
    Api { name: "usage", mount: "/billing/usage/v1/{ledger}", probe: "customers/1" },
];

impl Api {
    /// The API called `name`.
    pub fn named(name: &str) -> Option<&'static Api> {
        APIS.iter().find(|api| api.name == name)
    }

    /// Every name, for messages.
    pub fn names() -> String {
        let names: Vec<_> = APIS.iter().map(|api| api.name).collect();
        names.join(", ")
    }
}
