//! Totals: one value made of those of several records.

use rust_decimal::Decimal;
use serde_json::Value;

use super::scalar::{decimal, same_text};
use crate::harness::suite::{Total, text_of};

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
            Total::Sum | Total::Count => values
                .into_iter()
                .try_fold(Decimal::ZERO, |sum, value| {
                    let Value::Number(number) = value else { return None };
                    sum.checked_add(decimal(number)?)
                })
                .and_then(|sum| sum.to_string().parse().ok())
                .map(Value::Number),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Total;

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
