//! The values that were chosen, and what they do to an exchange.

use super::CHOICES;
use super::asked::Asked;
use super::choice::{Choice, Effect, Value};
use super::exchange::Exchange;
use super::setting::Setting;
use crate::api::Api;
use crate::api::error::ApiError;
use crate::api::message::{Request, Response};
use crate::api::route::Endpoint;
use crate::input::suggest::did_you_mean;

/// Values other than the defaults, in the order of the table.
#[derive(Clone, Default)]
pub struct Choices(Vec<(&'static Choice, &'static Value)>);

impl Choices {
    /// Reads flags of the form `NAME=VALUE`.
    ///
    /// # Errors
    /// A sentence that says what of a flag is wrong, and what there is instead.
    pub fn from_flags(flags: &[String]) -> Result<Self, String> {
        let mut given: Vec<(&Choice, &Value)> = Vec::new();
        for flag in flags {
            let (name, value) = flag.split_once('=').ok_or_else(|| {
                format!("--choice takes NAME=VALUE, such as patch=200, not \"{flag}\".")
            })?;
            let choice = CHOICES.iter().find(|choice| choice.name == name).ok_or_else(|| {
                let meant = did_you_mean(name, CHOICES.iter().map(|choice| choice.name));
                format!(
                    "--choice {name}: there is no such choice{meant}; `etalon choices` lists all."
                )
            })?;
            let value = choice.value(value).ok_or_else(|| {
                let names = choice.values.iter().map(|value| value.name);
                let meant = did_you_mean(value, names.clone());
                let names = names.collect::<Vec<_>>().join(", ");
                format!(
                    "--choice {name}={value}: there is no such value{meant}; there are {names}."
                )
            })?;
            if given.iter().any(|(other, _)| other.name == name) {
                return Err(format!("--choice {name} is given twice."));
            }
            given.push((choice, value));
        }
        let place = |choice: &Choice| CHOICES.iter().position(|it| it.name == choice.name);
        given.sort_by_key(|(choice, _)| place(choice));
        given.retain(|(_, value)| !matches!(value.effect, Effect::None));
        Ok(Self(given))
    }

    /// Returns whether all is as it is without choices.
    pub(in crate::api) fn are_default(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns whether a resource is to do as the setting says.
    pub(in crate::api) fn has(&self, setting: Setting) -> bool {
        self.0.iter().any(|(_, it)| matches!(it.effect, Effect::Set(set) if set == setting))
    }

    /// Refuses what a server may refuse and this one is to.
    ///
    /// # Errors
    /// What the server refuses it with.
    pub(in crate::api) fn check(
        &self,
        endpoint: &dyn Endpoint,
        request: &Request,
    ) -> Result<(), ApiError> {
        if self.are_default() {
            return Ok(());
        }
        let asked = Asked { mount: endpoint.mount(), request: request.clone() };
        self.effects(endpoint).try_for_each(|effect| match effect {
            Effect::Refuse(check) => check(&asked),
            _ => Ok(()),
        })
    }

    /// Returns what is asked instead of a request to an API.
    pub(in crate::api) fn ask(&self, endpoint: &dyn Endpoint, request: Request) -> Request {
        let mut asked = Asked { mount: endpoint.mount(), request };
        for effect in self.effects(endpoint) {
            if let Effect::Ask(change) = effect {
                change(&mut asked);
            }
        }
        asked.request
    }

    /// Returns what is answered instead of `response`.
    pub(in crate::api) fn answer(
        &self,
        api: &Api,
        endpoint: &dyn Endpoint,
        request: &Request,
        response: Response,
    ) -> Response {
        if self.are_default() {
            return response;
        }
        let mut exchange = Exchange::new(api, endpoint, request.clone(), response);
        for effect in self.effects(endpoint) {
            if let Effect::Answer(change) = effect {
                change(&mut exchange);
            }
        }
        exchange.finish()
    }

    fn effects(&self, endpoint: &dyn Endpoint) -> impl Iterator<Item = &'static Effect> {
        let of_api = |(choice, _): &&(&'static Choice, _)| choice.apis.contains(&endpoint.name());
        self.0.iter().filter(of_api).map(|(_, value)| &value.effect)
    }
}

impl Choice {
    /// Returns the value of this name.
    pub fn value(&self, name: &str) -> Option<&'static Value> {
        self.values.iter().find(|value| value.name == name)
    }
}
