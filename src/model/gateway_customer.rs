//! The gateway's customer: 003 › create, Customer. The document lists no members; those here are
//! reading 117.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::date_time::DateTime;
use super::number::whole;
use super::violation::Violation;

/// A customer, its texts owned or, as `&str`, borrowed from where it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayCustomer<T = String> {
    /// Given by the server, from 1 up; on the wire a text of digits.
    pub id: u64,
    /// Unique among all customers (reading 209); the id where none was sent.
    pub code: T,
    /// The merchant account; that of the credentials where none was sent.
    pub account_id: T,
    /// `yyyy-MM-dd HH:mm:ss`, UTC; none where a record has none.
    pub create_date: Option<T>,
    /// 1 to 255 characters.
    pub first_name: T,
    /// 1 to 255 characters.
    pub last_name: T,
    /// 1 to 255 characters; an empty one is none, for a form has no other way to say so.
    pub organization_name: Option<T>,
}

/// The account of a customer for whom neither a request nor a record names one.
pub const DEFAULT_ACCOUNT: &str = "etalon";

/// A name by which customers are found: 003 › find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// `firstName`
    First = 0,
    /// `lastName`
    Last = 1,
    /// `organizationName`
    Organization = 2,
}

impl Name {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::First, Self::Last, Self::Organization];

    /// Returns the member, and the query parameter that asks for it.
    pub fn member(self) -> &'static str {
        match self {
            Self::First => FIRST_NAME,
            Self::Last => LAST_NAME,
            Self::Organization => ORGANIZATION_NAME,
        }
    }
}

const ID: &str = "id";
const CODE: &str = "code";
const ACCOUNT_ID: &str = "accountId";
const CREATE_DATE: &str = "createDate";
const FIRST_NAME: &str = "firstName";
const LAST_NAME: &str = "lastName";
const ORGANIZATION_NAME: &str = "organizationName";

impl<T: AsRef<str>> GatewayCustomer<T> {
    /// Returns the members that it has, in the order on the wire.
    pub fn members(&self) -> impl Iterator<Item = (&'static str, Cow<'_, str>)> {
        let some = |text| Some(Cow::Borrowed(AsRef::<str>::as_ref(text)));
        let all = [
            (ID, Some(Cow::Owned(self.id.to_string()))),
            (CODE, some(&self.code)),
            (ACCOUNT_ID, some(&self.account_id)),
            (CREATE_DATE, self.create_date.as_ref().and_then(some)),
            (FIRST_NAME, some(&self.first_name)),
            (LAST_NAME, some(&self.last_name)),
            (ORGANIZATION_NAME, self.organization_name.as_ref().and_then(some)),
        ];
        all.into_iter().filter_map(|(member, value)| Some((member, value?)))
    }

    /// Returns the names by which it is found.
    pub fn names(&self) -> impl Iterator<Item = (Name, &str)> {
        let names =
            [Some(&self.first_name), Some(&self.last_name), self.organization_name.as_ref()];
        Name::ALL.into_iter().zip(names).filter_map(|(name, value)| Some((name, value?.as_ref())))
    }
}

impl GatewayCustomer<&str> {
    /// The same with texts of its own.
    pub fn to_owned(self) -> GatewayCustomer {
        GatewayCustomer {
            id: self.id,
            code: self.code.to_owned(),
            account_id: self.account_id.to_owned(),
            create_date: self.create_date.map(str::to_owned),
            first_name: self.first_name.to_owned(),
            last_name: self.last_name.to_owned(),
            organization_name: self.organization_name.map(str::to_owned),
        }
    }
}

/// The members that somebody sent, in whatever format, after their schema has passed them: each is
/// a text or null.
#[derive(Debug, Clone)]
pub struct Sent(Map<String, Value>);

impl Sent {
    /// Takes members that have passed a schema. Numbers become their digits: an id may come as one.
    ///
    /// Beside them is what no schema says of them: a character that XML cannot hold, since every
    /// customer can be asked for in XML; a day that no calendar has.
    pub fn new(mut members: Map<String, Value>) -> (Self, Vec<Violation>) {
        let mut violations = Vec::new();
        for (name, value) in &mut members {
            if let Value::Number(number) = value {
                let digits = whole(number.as_str()).unwrap_or_else(|| number.to_string());
                *value = Value::String(digits);
            }
            let Value::String(text) = value else {
                continue;
            };
            if let Some(odd) = text.chars().find(|c| !is_xml(*c)) {
                let message =
                    format!("{name} has U+{:04X}, which XML cannot hold.", u32::from(odd));
                violations.push(Violation::new(name, message));
            } else if name == CREATE_DATE {
                match moment(text) {
                    Some(moment) => *text = moment,
                    None => {
                        let message = format!("{name} \"{text}\" is no moment of the calendar.");
                        violations.push(Violation::new(name, message));
                    }
                }
            }
        }
        (Self(members), violations)
    }

    /// Returns a member's text; none where it is absent or null.
    fn text(&self, member: &str) -> Option<&str> {
        self.0.get(member).and_then(Value::as_str)
    }

    /// Returns the code that was asked for.
    pub fn code(&self) -> Option<&str> {
        self.text(CODE)
    }

    /// Returns the id that was sent; only a record's counts.
    pub fn id(&self) -> Option<u64> {
        self.text(ID)?.parse().ok()
    }

    /// Returns the customer `id` that these members make, with `account` and `created` where they
    /// say nothing of them.
    pub fn customer(&self, id: u64, account: &str, created: Option<String>) -> GatewayCustomer {
        let text = |member| self.text(member).map(str::to_owned);
        GatewayCustomer {
            id,
            code: text(CODE).unwrap_or_else(|| id.to_string()),
            account_id: text(ACCOUNT_ID).unwrap_or_else(|| account.to_owned()),
            create_date: text(CREATE_DATE).or(created),
            // The schema requires both.
            first_name: text(FIRST_NAME).unwrap_or_default(),
            last_name: text(LAST_NAME).unwrap_or_default(),
            organization_name: self.organization_name(),
        }
    }

    fn organization_name(&self) -> Option<String> {
        self.text(ORGANIZATION_NAME).filter(|name| !name.is_empty()).map(str::to_owned)
    }

    /// Changes what was sent (reading 126). A null or empty organizationName takes it away.
    ///
    /// # Errors
    /// The members that are given once and for all and would change; then nothing is changed.
    pub fn change(&self, customer: &mut GatewayCustomer) -> Result<(), Vec<Violation>> {
        let fixed = [ID, CODE, ACCOUNT_ID, CREATE_DATE];
        let stored: Vec<_> = customer.members().filter(|(name, _)| fixed.contains(name)).collect();
        let violations: Vec<Violation> = fixed
            .iter()
            .filter_map(|member| {
                let sent = self.text(member)?;
                let stored = stored.iter().find(|(name, _)| name == member);
                let stored = stored.map_or("", |(_, value)| value.as_ref());
                (sent != stored).then(|| {
                    let message = format!("{member} is \"{stored}\" and cannot be changed.");
                    Violation::new(*member, message)
                })
            })
            .collect();
        drop(stored);
        if !violations.is_empty() {
            return Err(violations);
        }
        let set = |member, value: &mut String| {
            if let Some(text) = self.text(member) {
                text.clone_into(value);
            }
        };
        set(FIRST_NAME, &mut customer.first_name);
        set(LAST_NAME, &mut customer.last_name);
        if self.0.contains_key(ORGANIZATION_NAME) {
            customer.organization_name = self.organization_name();
        }
        Ok(())
    }
}

/// Returns whether XML 1.0 can hold the character (its production `Char`).
pub fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Returns whether `user` can be an `accountId`: 1 to 255 characters that XML can hold.
pub fn is_account(user: &str) -> bool {
    (1..=255).contains(&user.chars().take(256).count()) && user.chars().all(is_xml)
}

/// `yyyy-MM-dd HH:mm:ss` of what may be a day alone; `None` where it is neither.
fn moment(text: &str) -> Option<String> {
    let (day, time) = text.split_once(' ').unwrap_or((text, "00:00:00"));
    DateTime::parse(&format!("{day}T{time}")).map(printed)
}

fn printed(moment: DateTime) -> String {
    moment.to_string().replace('T', " ")
}

/// Returns the moment so many seconds after 1970, UTC, as `yyyy-MM-dd HH:mm:ss`.
pub fn created_at(seconds: u64) -> String {
    printed(DateTime::at(seconds))
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn a_moment_is_a_day_or_a_day_with_its_time() {
        for (text, read) in [
            ("2024-02-29", Some("2024-02-29 00:00:00")),
            ("2026-01-31 12:34:56", Some("2026-01-31 12:34:56")),
            ("2023-02-29", None),
            ("2023-01-01 24:00:00", None),
            ("2023-01-01 ", None),
            ("", None),
        ] {
            assert_eq!(moment(text).as_deref(), read, "{text}");
        }
    }
}
