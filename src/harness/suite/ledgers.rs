//! The tables of a target file that describe its ledgers, as the suite's records have them.

use super::{Case, CustomerNoMode, LedgerRecord, Suite};

/// What stands in a file to be filled in where a ledger's token belongs; its number follows.
pub(crate) const TOKEN_TO_SAY: &str = "the token of ledger ";

impl Suite {
    /// Returns the tables of the ledgers on which the suite's records of these APIs are, as TOML, in the
    /// order of the records. Each says what a case of the APIs asks of a ledger, and nothing else.
    pub fn ledger_tables(&self, apis: &[&str]) -> Vec<String> {
        let is_of = |name: &str| apis.iter().any(|api| name.split('/').next() == Some(api));
        let cases: Vec<_> = self.cases().iter().filter(|case| is_of(case.id())).collect();
        let states = || self.states.iter().filter(|(name, _)| is_of(name));
        let holds = |no: &str| states().any(|(_, state)| state.ledger.as_deref() == Some(no));
        let ledgers = self.ledgers().iter().filter(|ledger| holds(&ledger.ledger_no));
        ledgers.map(|ledger| table(ledger, &cases)).collect()
    }
}

fn table(ledger: &LedgerRecord, cases: &[&Case]) -> String {
    let asks = |asks: &dyn Fn(&Case) -> bool| cases.iter().any(|case| asks(case));
    let no = &ledger.ledger_no;
    let mut text = format!("[[ledger]]\nno = \"{no}\"\ntoken = \"{TOKEN_TO_SAY}{no}\"\n");
    if asks(&|case| case.ledger.country.is_some()) {
        text.push_str(&format!("country = \"{}\"\n", ledger.country));
    }
    if asks(&|case| case.ledger.customer_no_mode != CustomerNoMode::default()) {
        text.push_str(&format!("customerNoMode = \"{}\"\n", ledger.customer_no_mode.name()));
    }
    if asks(&|case| !(case.ledger.grants.is_empty() && case.ledger.lacks.is_empty())) {
        let grants: Vec<_> = ledger.grants.iter().map(|grant| format!("\"{grant}\"")).collect();
        text.push_str(&format!("grants = [{}]\n", grants.join(", ")));
    }
    text
}
