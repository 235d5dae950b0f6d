//! A chart of usage: the amount of each day, a bar, by type.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use maud::{Markup, html};
use rust_decimal::Decimal;
use serde_json::Value;

use super::value::text_at;

/// The kinds of bars that the style tells apart; further types begin anew.
const KINDS: usize = 8;

const HEIGHT: u32 = 200;
const WIDTH: u32 = 640;
/// What stands left of the bars, and below them.
const LEFT: u32 = 64;
const BELOW: u32 = 24;

/// A type of usage, as details name it.
type Type = (String, String);

/// Returns the chart of details, and the sums that it shows as a table, by type.
pub(super) fn of(details: &[Value]) -> Markup {
    let (mut days, mut types) = (BTreeMap::new(), BTreeMap::new());
    for detail in details {
        let amount = amount(detail);
        let began = text_at(detail, "/startDateTime");
        let day = began.get(..10).and_then(|day| day.parse().ok()).unwrap_or_default();
        let of_type: Type = (text_at(detail, "/type"), text_at(detail, "/typeName"));
        let of_day: &mut BTreeMap<Type, Decimal> = days.entry(day).or_default();
        *of_day.entry(of_type.clone()).or_default() += amount;
        let (sum, count): &mut (Decimal, u64) = types.entry(of_type).or_default();
        *sum += amount;
        *count += 1;
    }
    let days: BTreeMap<NaiveDate, BTreeMap<Type, Decimal>> = days;
    let (Some(first), Some(last)) = (days.keys().next(), days.keys().next_back()) else {
        return html! { p { "There are no details." } };
    };
    let slots = (*last - *first).num_days() + 1;
    let most =
        days.values().map(|day| day.values().filter(|sum| sum.is_sign_positive()).sum::<Decimal>());
    let most = most.max().filter(|most| !most.is_zero()).unwrap_or(Decimal::ONE);
    let kinds: BTreeMap<&Type, usize> =
        types.keys().enumerate().map(|(at, of_type)| (of_type, at % KINDS)).collect();
    html! {
        figure {
            svg viewBox=(format!("0 0 {WIDTH} {}", HEIGHT + BELOW)) role="img" aria-labelledby="chart-title" {
                title id="chart-title" { "Amount by day and type, from " (first) " to " (last) }
                line .axis x1=(LEFT) y1=(HEIGHT) x2=(WIDTH) y2=(HEIGHT) {}
                text .label x=(LEFT - 6) y="12" text-anchor="end" { (most.round_dp(2)) }
                text .label x=(LEFT - 6) y=(HEIGHT) text-anchor="end" { "0" }
                @for (day, sums) in &days { (bar((*day - *first).num_days(), slots, *day, sums, most, &kinds)) }
                text .label x=(LEFT) y=(HEIGHT + 18) { (first) }
                text .label x=(WIDTH) y=(HEIGHT + 18) text-anchor="end" { (last) }
            }
            figcaption { "Amounts by day. The sums of the details, by type:" }
        }
        div .wide {
            table data-table="Sums" {
                caption { "Sums of the details" }
                thead { tr { th scope="col" { "Type" } th scope="col" { "Name" } th scope="col" { "Count" } th scope="col" { "Amount" } } }
                tbody {
                    @for (of_type, (sum, count)) in &types {
                        tr {
                            th scope="row" { span class=(format!("key k{}", kinds[of_type])) aria-hidden="true" {} (of_type.0) }
                            td { (of_type.1) }
                            td { (count) }
                            td { (sum) }
                        }
                    }
                }
            }
        }
    }
}

/// Returns the bar of a day: a part for each type, from the axis up.
fn bar(
    at: i64,
    slots: i64,
    day: NaiveDate,
    sums: &BTreeMap<Type, Decimal>,
    most: Decimal,
    kinds: &BTreeMap<&Type, usize>,
) -> Markup {
    let room = Decimal::from(WIDTH - LEFT) / Decimal::from(slots);
    let x = (Decimal::from(LEFT) + room * Decimal::from(at)).round_dp(2);
    let width = (room * Decimal::new(8, 1)).round_dp(2);
    let mut top = Decimal::from(HEIGHT);
    let mut parts = Vec::new();
    for (of_type, sum) in sums.iter().filter(|(_, sum)| sum.is_sign_positive() && !sum.is_zero()) {
        let height = (*sum * Decimal::from(HEIGHT - 12) / most).round_dp(2);
        top -= height;
        parts.push((of_type, sum, top, height));
    }
    html! {
        @for (of_type, sum, y, height) in &parts {
            rect class=(format!("k{}", kinds[*of_type])) x=(x) y=(y) width=(width) height=(height) {
                title { (day) ", " (of_type.1) ": " (sum) }
            }
        }
    }
}

fn amount(detail: &Value) -> Decimal {
    let text = text_at(detail, "/totalAmount");
    text.parse().or_else(|_| Decimal::from_scientific(&text)).unwrap_or_default()
}
