//! What a case uses up: the first of it that no run has used yet.

use serde_json::Value;

use super::{Attempt, Stop};
use crate::harness::outcome::Left;
use crate::harness::run::request::Maker;
use crate::harness::suite::{Spend, Supply};
use crate::harness::wire::Purpose;

impl Attempt<'_> {
    /// Binds the first of a supply that is not used up, and the one after it, which takes its place if
    /// another run is quicker. They are used in order, so that halving finds it.
    pub(super) fn supply(&mut self, supply: &Supply) -> Result<(), Stop> {
        let Ok(Value::Array(all)) = self.variables.fill(&format!("${{{}}}", supply.of).into())
        else {
            return Err(Stop::Broken(format!("{} lists nothing", supply.of)));
        };
        self.session.transport.begin(Purpose::Prelude);
        let (mut spent, mut end) = (0, all.len());
        while spent < end {
            let middle = spent + (end - spent) / 2;
            match self.is_spent(supply, &all[middle])? {
                true => spent = middle + 1,
                false => end = middle,
            }
        }
        let Some(first) = all.get(spent) else {
            return Err(Stop::Blocked(Left::none(&supply.what)));
        };
        let next = all.get(spent + 1).unwrap_or(first);
        self.bind_members(first, "");
        self.bind_members(next, "2");
        let count = all.len() - spent - 1;
        self.found.left.push(Left { what: supply.what.clone(), count });
        Ok(())
    }

    fn is_spent(&mut self, supply: &Supply, one: &Value) -> Result<bool, Stop> {
        self.bind_members(one, "");
        let maker = Maker {
            suite: &self.bench.suite,
            assignment: self.assignment,
            variables: &self.variables,
        };
        let fault = |_| Stop::Broken(format!("nobody can ask whether {} are left", supply.what));
        let request = maker.send(&supply.spent).map_err(fault)?;
        Ok(self.ask(&request, |_| false)?.is_success())
    }

    fn bind_members(&mut self, one: &Value, suffix: &str) {
        for (name, value) in one.as_object().into_iter().flatten() {
            self.variables.bind(&format!("{name}{suffix}"), value.clone());
        }
    }

    /// Notes how many of a list's elements are left once the case has used its own.
    pub(super) fn spend(&mut self, spend: &Spend, found: usize) -> Result<(), Stop> {
        if found == 0 {
            return Err(Stop::Blocked(Left::none(&spend.what)));
        }
        let count = found.saturating_sub(spend.count);
        self.found.left.push(Left { what: spend.what.clone(), count });
        Ok(())
    }
}
