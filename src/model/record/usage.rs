//! Records of usage, and of what Usage knows without any.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Line, Record, Refused, UsageRecord, check_no, typed};
use crate::model::usage::{Tree, UsageDetail};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct UsageLine<'a> {
    #[serde(rename = "record")]
    _record: IgnoredAny,
    #[serde(borrow)]
    ledger_no: Cow<'a, str>,
    #[serde(borrow, default)]
    invoice_no: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    customer_no: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    subscription_no: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    usage: Option<Box<UsageDetail<'a>>>,
}

pub(super) fn owner(text: &str, tree: Tree) -> Result<Record, Vec<Refused>> {
    let line: UsageLine = typed(text)?;
    let member = tree.number_member();
    if line.usage.is_some() || line.subscription_no.is_some() {
        return Err(vec![Refused::new("usage", "Only a usage record has usage.")]);
    }
    let no = match (tree, line.invoice_no, line.customer_no) {
        (Tree::Invoices, Some(no), None) | (Tree::Customers, None, Some(no)) => no,
        _ => return Err(vec![Refused::new(member, "This one number is expected.")]),
    };
    check_no("ledgerNo", &line.ledger_no)?;
    check_no(member, &no)?;
    Ok(Record::UsageOwner { ledger_no: line.ledger_no.into_owned(), tree, no: no.into_owned() })
}

/// Reads a usage record: a call, or a subscription without one. Bulk loads pass here, so it is read
/// straight into its type; serde refuses a member that occurs twice as it refuses an unknown one.
pub(super) fn usage(text: &str) -> Result<Line<'_>, Refused> {
    let line: UsageLine = typed(text).map_err(|mut refused| refused.remove(0))?;
    let (tree, no) = match (line.invoice_no, line.customer_no) {
        (Some(no), None) => (Tree::Invoices, no),
        (None, Some(no)) => (Tree::Customers, no),
        _ => {
            let reason = "Either invoiceNo (billed) or customerNo (unbilled) is expected.";
            return Err(Refused::new("invoiceNo", reason));
        }
    };
    let missing = || Refused::new("subscriptionNo", "The member is missing.");
    let subscription_no = line.subscription_no.ok_or_else(missing)?;
    for (member, text) in [
        ("ledgerNo", &line.ledger_no),
        (tree.number_member(), &no),
        ("subscriptionNo", &subscription_no),
    ] {
        check_no(member, text).map_err(|mut refused| refused.remove(0))?;
    }
    let ledger_no = line.ledger_no;
    Ok(match line.usage {
        Some(usage) => Line::Usage(UsageRecord { ledger_no, tree, no, subscription_no, usage }),
        None => Line::Record(Record::Subscription {
            ledger_no: ledger_no.into_owned(),
            tree,
            no: no.into_owned(),
            subscription_no: subscription_no.into_owned(),
        }),
    })
}
