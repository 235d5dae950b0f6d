//! What a row of the table is, and how rows are written down.

use super::asked::Asked;
use super::exchange::Exchange;
use super::setting::Setting;
use crate::api::error::ApiError;

/// A choice that the documents leave open.
pub struct Choice {
    /// What `--choice` calls it.
    pub name: &'static str,
    /// The names of the APIs whose answers it changes.
    pub apis: &'static [&'static str],
    /// The rows of the project's table of readings that leave it open.
    pub readings: &'static [u16],
    /// What is chosen, as a phrase.
    pub about: &'static str,
    /// What can be chosen; the first is the default.
    pub values: &'static [Value],
}

/// A value of a choice.
pub struct Value {
    /// What `--choice` calls it.
    pub name: &'static str,
    /// What it means, as a phrase.
    pub means: &'static str,
    pub(super) effect: Effect,
}

/// The effect of a value.
pub(super) enum Effect {
    /// Nothing: it is the default.
    None,
    /// What is asked.
    Ask(fn(&mut Asked)),
    /// What is refused.
    Refuse(fn(&Asked) -> Result<(), ApiError>),
    /// What is answered.
    Answer(fn(&mut Exchange)),
    /// What a resource does.
    Set(Setting),
}

/// Rows: a name, the APIs, the readings, what is chosen, and the values with what they mean and do.
/// The first value is the default and does nothing.
macro_rules! choices {
    ($(
        $name:literal of $apis:ident $readings:tt: $about:literal {
            $default:literal: $by_default:literal,
            $($value:literal: $means:literal => $effect:expr,)+
        }
    )+) => {
        &[$(Choice {
            name: $name,
            apis: $apis,
            readings: &$readings,
            about: $about,
            values: &[
                Value { name: $default, means: $by_default, effect: Effect::None },
                $(Value { name: $value, means: $means, effect: $effect },)+
            ],
        },)+]
    };
}
pub(super) use choices;
