//! What a filter compares with, read once for the whole collection.

use std::cmp::Ordering;

use serde_json::Value;

use regex::{Regex, RegexBuilder};

use super::attribute::Kind;
use crate::model::amount::Amount;
use crate::model::tmf::indexed::word;
use crate::model::tmf::instant::Instant;

/// A value of a filter in the form in which it is compared.
pub(super) enum Operand {
    Text(String),
    /// In lower case, with blanks for underscores.
    Word(String),
    Number(Amount),
    /// The text, and the number if it is one.
    Numeral(String, Option<Amount>),
    Moment(Instant),
    /// The texts between the stars, and whether the values are words.
    Pattern(Vec<String>, bool),
    Expression(Regex),
}

/// The longest regular expression, in characters.
const LONGEST_EXPRESSION: usize = 256;

/// The most memory of one, in bytes, for what is made of it and for what matching learns of it.
/// A repetition is written out: `\w{1,30}` takes most of it, since there are many letters.
const EXPRESSION_BYTES: usize = 2 << 20;

impl Operand {
    /// Reads `text` for values of `kind`; `None` where it cannot be one.
    pub(super) fn read(kind: Kind, text: &str) -> Option<Self> {
        Some(match kind {
            Kind::Structure => return None,
            Kind::Text => Self::Text(text.to_owned()),
            Kind::Word => Self::Word(word(text)),
            Kind::Number => Self::Number(Amount::parse(text)?),
            Kind::Numeral => Self::Numeral(text.to_owned(), Amount::parse(text)),
            // A plus that was sent as it is arrives as a blank.
            Kind::Moment => Self::Moment(Instant::parse(&text.replace(' ', "+"))?),
        })
    }

    /// Reads a pattern in which `*` stands for any text.
    pub(super) fn pattern(kind: Kind, text: &str) -> Self {
        let folds = kind == Kind::Word;
        let text = if folds { word(text) } else { text.to_owned() };
        Self::Pattern(text.split('*').map(str::to_owned).collect(), folds)
    }

    /// Reads a regular expression, of which a value must have a match somewhere; of words without
    /// regard to case. Matching takes time in proportion to the value, whatever the expression.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence.
    pub(super) fn expression(kind: Kind, text: &str) -> Result<Self, String> {
        if text.chars().count() > LONGEST_EXPRESSION {
            return Err(format!(
                "A regular expression has {LONGEST_EXPRESSION} characters at most."
            ));
        }
        let made = RegexBuilder::new(text)
            .case_insensitive(kind == Kind::Word)
            .size_limit(EXPRESSION_BYTES)
            .dfa_size_limit(EXPRESSION_BYTES)
            .build();
        made.map(Self::Expression).map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => {
                format!("\"{text}\" is too large once its repetitions are written out.")
            }
            // It draws the place below the expression, on lines of its own.
            _ => format!("\"{text}\" is no regular expression (a comma in it is written %2C)."),
        })
    }

    /// Returns the text that a value must be to equal the operand, if there is but one.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Numeral(text, _) => Some(text),
            Self::Word(_)
            | Self::Number(_)
            | Self::Moment(_)
            | Self::Pattern(..)
            | Self::Expression(_) => None,
        }
    }

    /// Returns the word that it is, folded.
    pub(super) fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            _ => None,
        }
    }

    /// Returns the whole seconds of the moment that it is.
    pub(super) fn seconds(&self) -> Option<i64> {
        match self {
            Self::Moment(moment) => Some(moment.seconds()),
            _ => None,
        }
    }

    /// Returns whether the operand is ordered: a number or a moment.
    pub(super) fn has_order(&self) -> bool {
        matches!(self, Self::Number(_) | Self::Numeral(_, Some(_)) | Self::Moment(_))
    }

    /// Returns how `value` stands to the operand; `None` where they do not compare.
    pub(super) fn compare(&self, value: &Value) -> Option<Ordering> {
        match (self, value) {
            (Self::Text(text), Value::String(value)) => Some(value.cmp(text)),
            (Self::Word(text), Value::String(value)) => Some(word(value).cmp(text)),
            (Self::Number(number), Value::Number(value)) => {
                Some(Amount::parse(value.as_str())?.cmp(number))
            }
            (Self::Numeral(_, number), Value::Number(value)) => {
                Some(Amount::parse(value.as_str())?.cmp(number.as_ref()?))
            }
            (Self::Numeral(text, _), Value::String(value)) if text == value => {
                Some(Ordering::Equal)
            }
            // 01 and 1 are two ids.
            (Self::Numeral(_, number), Value::String(value)) => {
                Some(Amount::parse(value)?.cmp(number.as_ref()?)).filter(|order| order.is_ne())
            }
            (Self::Moment(moment), Value::String(value)) => {
                Some(Instant::parse(value)?.cmp(moment))
            }
            (Self::Pattern(parts, folds), Value::String(value)) => match folds {
                true => fits(parts, &word(value)).then_some(Ordering::Equal),
                false => fits(parts, value).then_some(Ordering::Equal),
            },
            (Self::Pattern(parts, _), Value::Number(value)) => {
                fits(parts, value.as_str()).then_some(Ordering::Equal)
            }
            (Self::Expression(regex), Value::String(value)) => {
                regex.is_match(value).then_some(Ordering::Equal)
            }
            (Self::Expression(regex), Value::Number(value)) => {
                regex.is_match(value.as_str()).then_some(Ordering::Equal)
            }
            _ => None,
        }
    }
}

/// Returns whether `text` begins with the first part, ends with the last, and has the others in
/// between in their order. The earliest place of each leaves most to those that follow, so one pass
/// decides.
fn fits(parts: &[String], text: &str) -> bool {
    let [first, between @ .., last] = parts else {
        return parts.first().is_none_or(|only| only == text);
    };
    let Some(mut rest) =
        text.strip_prefix(first.as_str()).and_then(|t| t.strip_suffix(last.as_str()))
    else {
        return false;
    };
    between.iter().all(|part| match rest.split_once(part.as_str()) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::{Kind, Operand};

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, fitting, others) in [
            ("Partner*", vec!["Partner", "Partner Premium"], vec!["partner", "A Partner"]),
            ("*fee", vec!["fee", "monthly fee"], vec!["fees"]),
            ("*a*b*", vec!["ab", "xaxbx", "aab"], vec!["ba", "a", ""]),
            ("a*a", vec!["aa", "aba"], vec!["a", "ab"]),
            ("*", vec!["", "x"], vec![]),
            ("plain", vec!["plain"], vec!["plain "]),
        ] {
            let pattern_of = Operand::pattern(Kind::Text, pattern);
            let fits = |text: &&str| pattern_of.compare(&(*text).into()).is_some();
            assert!(fitting.iter().all(fits), "{pattern} {fitting:?}");
            assert!(!others.iter().any(fits), "{pattern} {others:?}");
        }
    }
}
