//! What a bundle is of, told to whoever verifies it: much of it decides what was judged at all.

use serde_json::Value;

use super::file::Bundle;

impl Bundle {
    /// Returns what is said of its run, each line with its label.
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let (report, run) = (&self.report, &self.run);
        let target = &report["target"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let mut facts = Vec::new();
        let product = [&target["product"], &target["version"]].map(text).join(" ");
        if !product.trim().is_empty() {
            facts.push(("product", format!("{}, as who ran it calls it", product.trim())));
        }
        for api in list(&target["apis"]) {
            let at = format!("{}{}", text(&api["base"]), text(&api["mount"]));
            facts.push(("target", format!("{} at {at}", text(&api["name"]))));
        }
        for ledger in list(&target["ledgers"]) {
            let mut said = vec![text(&ledger["no"])];
            said.extend(ledger["country"].as_str().map(str::to_owned));
            said.push(format!("{} customer numbers", text(&ledger["customerNoMode"])));
            said.extend(list(&ledger["grants"]).iter().map(text));
            facts.push(("ledger", said.join(", ")));
        }
        for lack in run.target.lacks() {
            facts.push(("without", lack));
        }
        let known = list(&target["known"]).len();
        if known > 0 {
            let what = format!("of {known} states: no value there was compared with the suite's");
            facts.push(("own identifiers", what));
        }
        if let Some(profile) = target["profile"].as_str() {
            facts.push(("profile", format!("{profile}: what it demands was required")));
        }
        if let Some(listener) = target["listener"].as_str() {
            facts.push(("listener", format!("at {listener}, for what the target tells of")));
        }
        if target["insecure"] == true {
            facts.push(("insecure", "certificates were not checked".to_owned()));
        }
        let selection = &run.selection;
        for (name, patterns) in [("only", &selection.filters), ("skipped", &selection.skip)] {
            if !patterns.is_empty() {
                facts.push((name, patterns.join(", ")));
            }
        }
        if selection.read_only {
            facts.push(("only", "cases that send nothing but safe requests".to_owned()));
        }
        if !run.target.redacted().is_empty() {
            facts.push(("redacted", run.target.redacted().join(", ")));
        }
        facts.push(("began", text(&report["started"])));
        facts.push(("judged by", format!("etalon {}, suite {}", run.version, run.suite)));
        facts
    }
}
