//! Totals: one value made of those of several records.

use rust_decimal::Decimal;
use serde_json::Value;

use super::scalar::{decimal, number, same_text};
use crate::harness::suite::{Sum, Total, text_of};

/// The sums that the amounts of several records may be given as, each once: as they are, with the VAT
/// of each added, or taken off (reading 179). A record without a rate has no VAT. Nothing, where an
/// amount is no number.
pub(crate) fn amounts_of(
    records: &[(Option<&Value>, Option<&Value>)],
) -> Option<Vec<(Sum, Decimal)>> {
    let (mut plain, mut with, mut without) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
    for (amount, rate) in records {
        let amount = decimal(amount.as_ref()?.as_number()?)?;
        let rate = rate.and_then(Value::as_number).and_then(decimal).unwrap_or_default();
        let factor = Decimal::ONE.checked_add(rate.checked_div(Decimal::ONE_HUNDRED)?)?;
        plain = plain.checked_add(amount)?;
        with = with.checked_add(amount.checked_mul(factor)?)?;
        without = without.checked_add(amount.checked_div(factor)?)?;
    }
    let mut sums = vec![(Sum::AsRecorded, plain)];
    for (taken, sum) in [(Sum::VatAdded, with), (Sum::VatTakenOff, without)] {
        if sums.iter().all(|(_, other)| *other != sum) {
            sums.push((taken, sum));
        }
    }
    Some(sums)
}

impl Total {
    /// Returns the total of the values of each record's member, `None` where a record has none;
    /// nothing, if no total can be made of them.
    pub(crate) fn of(self, values: &[Option<&Value>]) -> Option<Value> {
        if self == Total::Count {
            return Some(values.len().into());
        }
        let values: Option<Vec<&Value>> = values.iter().copied().collect();
        let values = values?;
        let times = values.iter().map(|value| text_of(value));
        match self {
            Total::Earliest => {
                times.collect::<Option<Vec<_>>>()?.into_iter().min().map(Value::from)
            }
            Total::Latest => times.collect::<Option<Vec<_>>>()?.into_iter().max().map(Value::from),
            Total::Same => {
                let (first, rest) = values.split_first()?;
                rest.iter().all(|other| same_text(first, other)).then(|| Value::clone(first))
            }
            Total::Sum | Total::Amount | Total::Count => values
                .into_iter()
                .try_fold(Decimal::ZERO, |sum, value| {
                    let Value::Number(number) = value else { return None };
                    sum.checked_add(decimal(number)?)
                })
                .and_then(number),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Total, amounts_of};

    /// Two calls of 12.50 with 25 per cent and one of 10 with 6.
    #[test]
    fn amounts_are_summed_as_they_are_with_vat_and_without() {
        let (call, other, rate, low) = (json!(12.50), json!(10), json!(25.0), json!(6));
        let made = |records: &[(&Value, Option<&Value>)]| {
            let records: Vec<_> = records.iter().map(|(sum, rate)| (Some(*sum), *rate)).collect();
            let sums = amounts_of(&records)?;
            Some(
                sums.iter()
                    .map(|(_, sum)| sum.normalize().to_string())
                    .collect::<Vec<_>>()
                    .join(" "),
            )
        };
        for (records, sums) in [
            (vec![(&call, Some(&rate)), (&call, Some(&rate))], Some("25 31.25 20")),
            (
                vec![(&call, Some(&rate)), (&other, Some(&low))],
                Some("22.5 26.225 19.433962264150943396226415094"),
            ),
            (vec![(&call, None), (&other, Some(&json!(0)))], Some("22.5")),
            (vec![(&json!("12.50"), None)], None),
            (vec![(&call, Some(&json!(-100)))], None),
        ] {
            assert_eq!(made(&records).as_deref(), sums, "{records:?}");
        }
    }

    #[test]
    fn a_total_is_made_of_all_values_or_of_none() {
        let no_value = [Some(json!(1)), None];
        for (total, values, made) in [
            (Total::Sum, vec![Some(json!(0.1)), Some(json!(0.2))], Some(json!(0.3))),
            (Total::Sum, vec![Some(json!(1)), Some(json!("2"))], None),
            (Total::Sum, no_value.to_vec(), None),
            (Total::Count, no_value.to_vec(), Some(json!(2))),
            (Total::Earliest, vec![Some(json!("b")), Some(json!("a"))], Some(json!("a"))),
            (Total::Latest, vec![Some(json!("b")), Some(json!("a"))], Some(json!("b"))),
            (Total::Same, vec![Some(json!(25)), Some(json!(25.0))], Some(json!(25))),
            (Total::Same, vec![Some(json!("S")), Some(json!("B"))], None),
            (Total::Same, vec![], None),
        ] {
            let given: Vec<Option<&Value>> = values.iter().map(Option::as_ref).collect();
            assert_eq!(total.of(&given), made, "{total:?} {values:?}");
        }
    }
}
