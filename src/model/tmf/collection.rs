//! The collections of document 004 as rows of one table: routes, records, references, what can be
//! filtered and which methods are answered 405 all follow from a row.

use super::indexed::Indexed;

/// One collection.
#[derive(Debug)]
pub struct Collection {
    /// Its name in paths and records (reading 145).
    pub name: &'static str,
    /// What the names of its schemas in `schemas/tmf/` begin with.
    pub schema: &'static str,
    /// What can be done with it; nothing where it is held for references alone.
    pub operations: &'static [Operation],
    /// The members that PATCH refuses, whatever their value (004 › Patchable, reading 132).
    pub unpatchable: &'static [&'static str],
    /// What is asked of its members beyond their form, which the schemas have.
    pub rules: &'static [Rule],
    /// The attributes that filters look up.
    pub indexed: &'static [Indexed],
}

/// An operation that the document has on a collection or its items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// GET the collection and an item of it.
    Get,
    /// POST a new item.
    Post,
    /// PATCH an item.
    Patch,
}

/// A rule that no schema can say, of a member that is named by its dotted path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// A date-time (reading 157).
    Moment(&'static str),
    /// A period from `startDateTime` to `endDateTime`, which is after the start (reading 134).
    ValidFor(&'static str),
    /// A period from `startPeriod` to `endPeriod`, which is not before the start.
    Period(&'static str),
    /// A reference. An id must be one of the collection with the member's name, where that holds
    /// anything; a name that is left out comes from there (readings 130, 135, 144).
    Reference(&'static str),
    /// Parties of which one is the bill receiver. What is made has them, and no change takes them
    /// away; a record may lack them (readings 136, 143).
    BillReceiver(&'static str),
    /// The state of a billing account (readings 138, 140).
    State(&'static str),
    /// A text that is compared without regard to case (reading 142).
    WithoutCase(&'static str),
    /// What a new resource has that does not say otherwise (reading 143).
    Default(&'static str, &'static str),
    /// The moment of creation, likewise.
    DefaultNow(&'static str),
}

const PLAIN: Collection = Collection {
    name: "",
    schema: "",
    operations: READ,
    unpatchable: &[],
    rules: &[],
    indexed: &[],
};

const READ: &[Operation] = &[Operation::Get];

/// The collections, in the order of a dump: what is referred to comes first. A row needs
/// `schemas/tmf/{schema}.record.json`, and one more for each operation that has a body.
pub static COLLECTIONS: &[Collection] = &[
    // Another API's: it is held so that references to it can be checked.
    Collection { name: "customerAccount", schema: "customer-account", operations: &[], ..PLAIN },
    Collection {
        name: "customerBillingCycleSpecification",
        schema: "customer-billing-cycle-specification",
        ..PLAIN
    },
    Collection { name: "customerBillFormat", schema: "customer-bill-format", ..PLAIN },
    Collection {
        name: "customerBillPresentationMedia",
        schema: "customer-bill-presentation-media",
        ..PLAIN
    },
    Collection {
        name: "settlementNoteAdvice",
        schema: "settlement-note-advice",
        rules: &[
            Rule::Moment("date"),
            Rule::Moment("paymentDueDate"),
            Rule::Moment("taxDate"),
            Rule::Period("settlementNoteItem.period"),
        ],
        indexed: &[
            Indexed::Moment("date"),
            Indexed::Moment("paymentDueDate"),
            Indexed::Moment("taxDate"),
        ],
        ..PLAIN
    },
    Collection {
        name: "appliedCustomerBillingCharge",
        schema: "applied-customer-billing-charge",
        operations: &[Operation::Get, Operation::Post],
        rules: &[Rule::Moment("date"), Rule::DefaultNow("date"), Rule::Period("period")],
        indexed: &[
            Indexed::Moment("date"),
            Indexed::Moment("period.startPeriod"),
            Indexed::Moment("period.endPeriod"),
        ],
        ..PLAIN
    },
    Collection {
        name: "billingAccount",
        schema: "billing-account",
        operations: &[Operation::Get, Operation::Post, Operation::Patch],
        unpatchable: &["ratingType", "billingAccountBalance"],
        rules: &[
            Rule::WithoutCase("ratingType"),
            Rule::Default("ratingType", "Postpaid"),
            Rule::State("state"),
            Rule::Default("state", "Defined"),
            Rule::ValidFor("validFor"),
            Rule::ValidFor("billingAccountBalance.validFor"),
            Rule::Reference("customerAccount"),
            Rule::Reference("customerBillingCycleSpecification"),
            Rule::Reference("customerBillFormat"),
            Rule::Reference("customerBillPresentationMedia"),
            Rule::Reference("paymentMean"),
            Rule::BillReceiver("relatedParty"),
        ],
        indexed: &[
            Indexed::Word("state"),
            Indexed::Moment("validFor.startDateTime"),
            Indexed::Moment("validFor.endDateTime"),
        ],
    },
];

impl Collection {
    /// Returns the collection with that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        COLLECTIONS.iter().find(|collection| collection.name == name)
    }

    /// Returns whether it can be asked for.
    pub fn is_served(&self) -> bool {
        !self.operations.is_empty()
    }

    /// Returns whether the document has the operation.
    pub fn has(&self, operation: Operation) -> bool {
        self.operations.contains(&operation)
    }

    /// Returns the members that refer to another resource.
    pub fn references(&self) -> impl Iterator<Item = &'static str> {
        self.rules.iter().filter_map(|rule| match rule {
            Rule::Reference(member) => Some(*member),
            _ => None,
        })
    }

    /// Returns the members that are lists of parties.
    pub fn parties(&self) -> impl Iterator<Item = &'static str> {
        self.rules.iter().filter_map(|rule| match rule {
            Rule::BillReceiver(member) => Some(*member),
            _ => None,
        })
    }

    /// Returns the name of a schema of it: `record`, `request`, `patch.request`.
    pub fn schema_name(&self, part: &str) -> String {
        format!("tmf/{}.{part}", self.schema)
    }
}

/// The names of a period's ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ends {
    /// The member that holds the start.
    pub start: &'static str,
    /// The member that holds the end.
    pub end: &'static str,
}

/// The ends of what is valid (004 › POST BillingAccount).
const VALID_FOR: Ends = Ends { start: "startDateTime", end: "endDateTime" };
/// The ends of what is charged (004 › POST AppliedCustomerbillingcharge).
const PERIOD: Ends = Ends { start: "startPeriod", end: "endPeriod" };

impl Rule {
    /// Returns a period's path, its ends, and the other names of these, which requests may use in
    /// their place (reading 154); `None` for other rules.
    pub fn period(self) -> Option<(&'static str, Ends, Ends)> {
        match self {
            Self::ValidFor(path) => Some((path, VALID_FOR, PERIOD)),
            Self::Period(path) => Some((path, PERIOD, VALID_FOR)),
            _ => None,
        }
    }
}
