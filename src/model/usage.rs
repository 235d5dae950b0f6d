//! Usage: one call detail record, and what is summed of many. 001 › Usage-details, Usage-summaries.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::amount::Amount;
use super::date_time::DateTime;
use super::number::{deserialize_optional_whole, deserialize_whole};

/// One CDR: 001 › 3. Usage-details and 7. Unbilled-usage-details. The order of the members is the
/// order on the wire; text is borrowed from the line that it was read from, because bulk loads
/// read millions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UsageDetail<'a> {
    /// Usage type id.
    #[serde(rename = "type", deserialize_with = "deserialize_whole")]
    pub usage_type: i32,
    /// Usage type name.
    #[serde(borrow)]
    pub type_name: Cow<'a, str>,
    /// When the usage began.
    pub start_date_time: DateTime,
    /// The called number, or text.
    #[serde(borrow, skip_serializing_if = "Option::is_none", default)]
    pub destination: Option<Cow<'a, str>>,
    /// What the destination is called (reading 35).
    #[serde(borrow, skip_serializing_if = "Option::is_none", default)]
    pub destination_name: Option<Cow<'a, str>>,
    /// The subscription; always served as the path names it (reading 36).
    #[serde(borrow, skip_serializing_if = "Option::is_none", default)]
    pub subscription_no: Option<Cow<'a, str>>,
    /// What the CDR costs.
    pub total_amount: Amount,
    /// How much was used, in `volume_unit`; an int64 (reading 41).
    #[serde(deserialize_with = "deserialize_whole")]
    pub volume: i64,
    /// The unit of `volume`.
    pub volume_unit: Unit,
    /// How the price came about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub charge_details: Option<ChargeDetails>,
    /// Who provided the content.
    #[serde(borrow, skip_serializing_if = "Option::is_none", default)]
    pub provider_details: Option<ProviderDetails<'a>>,
    /// Where it was used abroad.
    #[serde(borrow, skip_serializing_if = "Option::is_none", default)]
    pub roaming_details: Option<RoamingDetails<'a>>,
}

/// The closed list of units (reading 42).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs)]
pub enum Unit {
    S,
    Min,
    E,
    B,
    Kb,
    Mb,
    Gb,
}

impl Unit {
    /// Returns the unit as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::S => "S",
            Self::Min => "MIN",
            Self::E => "E",
            Self::B => "B",
            Self::Kb => "KB",
            Self::Mb => "MB",
            Self::Gb => "GB",
        }
    }
}

/// `chargeDetails`, nested as in the examples (reading 37).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChargeDetails {
    /// VAT in percent (reading 39).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub vat_rate: Option<Amount>,
    /// Price of one `price_unit`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub price: Option<Amount>,
    /// The priced unit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub price_unit: Option<Unit>,
    /// The charge interval, in `interval_unit`.
    #[serde(
        skip_serializing_if = "Option::is_none",
        default,
        deserialize_with = "deserialize_optional_whole"
    )]
    pub interval: Option<i32>,
    /// The unit of `interval` (reading 34).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub interval_unit: Option<Unit>,
    /// What beginning costs.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub start_price: Option<Amount>,
}

/// `providerDetails`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs)]
pub struct ProviderDetails<'a> {
    #[serde(borrow, skip_serializing_if = "Option::is_none", default)]
    pub name: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none", default)]
    pub service: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none", default)]
    pub service_name: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none", default)]
    pub contact: Option<Cow<'a, str>>,
}

/// `roamingDetails`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs)]
pub struct RoamingDetails<'a> {
    #[serde(borrow, skip_serializing_if = "Option::is_none", default)]
    pub country_code: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none", default)]
    pub operator: Option<Cow<'a, str>>,
}

impl UsageDetail<'_> {
    /// Returns the VAT rate that the CDR is summed under; none stated counts as zero.
    pub fn vat_rate(&self) -> Amount {
        self.charge_details.as_ref().and_then(|charge| charge.vat_rate).unwrap_or_default()
    }
}

/// What many CDRs of one subscription, type, unit and VAT rate add up to: 001 › 4.
/// Usage-summaries. The members that the group shares are its key and stand in [`SummaryKey`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sums {
    /// The name of the type, as the first CDR spelled it. Few names stand in millions of CDRs.
    pub type_name: Arc<str>,
    /// How many CDRs.
    pub usage_count: u64,
    /// When the earliest began.
    pub first: DateTime,
    /// When the latest began.
    pub last: DateTime,
    /// The exact sum of their amounts.
    pub total_amount: Amount,
    /// The exact sum of their volumes.
    pub volume: i64,
}

/// The key that the CDRs of one summary have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SummaryKey {
    /// Usage type id.
    pub usage_type: i32,
    /// The unit of the volumes.
    pub unit: &'static str,
    /// VAT in percent, without trailing zeros.
    pub vat_rate: rust_decimal::Decimal,
}

impl SummaryKey {
    /// Returns the group that `detail` is summed in.
    pub fn of(detail: &UsageDetail) -> Self {
        Self {
            usage_type: detail.usage_type,
            unit: detail.volume_unit.as_str(),
            vat_rate: detail.vat_rate().0.normalize(),
        }
    }
}

impl Sums {
    /// Returns the sums over one CDR, with the name of its type.
    pub fn of(detail: &UsageDetail, type_name: Arc<str>) -> Self {
        Self {
            type_name,
            usage_count: 1,
            first: detail.start_date_time,
            last: detail.start_date_time,
            total_amount: detail.total_amount,
            volume: detail.volume,
        }
    }

    /// Returns the sums with those over later CDRs; `None` when one would no longer be exact.
    pub fn plus(&self, other: &Self) -> Option<Self> {
        Some(Self {
            type_name: self.type_name.clone(),
            usage_count: self.usage_count.checked_add(other.usage_count)?,
            first: self.first.min(other.first),
            last: self.last.max(other.last),
            total_amount: self.total_amount.checked_add(other.total_amount)?,
            volume: self.volume.checked_add(other.volume)?,
        })
    }
}

/// A summary as it is served.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UsageSummary<'a> {
    /// Usage type id.
    #[serde(rename = "type")]
    pub usage_type: i32,
    /// Usage type name.
    pub type_name: &'a str,
    /// How many CDRs.
    pub usage_count: u64,
    /// When the earliest began (reading 40).
    pub first_usage_date: DateTime,
    /// When the latest began.
    pub last_usage_date: DateTime,
    /// Their cost.
    pub total_amount: Amount,
    /// Their volume.
    pub volume: i64,
    /// The unit of `volume`.
    pub volume_unit: &'a str,
    /// VAT in percent.
    pub vat_rate: Amount,
}

/// The two trees of 001: what an invoice has billed, and what a customer has yet to be billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tree {
    /// `invoices`: billed usage.
    Invoices,
    /// `customers`: unbilled usage.
    Customers,
}

impl Tree {
    /// Returns the member that numbers an owner of this tree.
    pub fn number_member(self) -> &'static str {
        match self {
            Self::Invoices => "invoiceNo",
            Self::Customers => "customerNo",
        }
    }
}
