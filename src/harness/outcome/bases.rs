//! Where a target stands: each of its APIs may have a base URL of its own.

use serde_json::Value;

/// Returns every base URL of a target, by what a report says of it; of several, with the APIs that
/// stand there: `http://a (customer, usage), http://b (tmf)`.
pub fn bases(target: &Value) -> String {
    let mut all: Vec<(&str, Vec<&str>)> = Vec::new();
    for api in target["apis"].as_array().into_iter().flatten() {
        let text = |name: &str| api[name].as_str().unwrap_or_default();
        let (base, name) = (text("base"), text("name"));
        match all.iter_mut().find(|(other, _)| *other == base) {
            Some((_, apis)) => apis.push(name),
            None => all.push((base, vec![name])),
        }
    }
    match all.as_slice() {
        [] => target["base"].as_str().unwrap_or_default().to_owned(),
        [(one, _)] => (*one).to_owned(),
        several => {
            let each = several.iter().map(|(base, apis)| format!("{base} ({})", apis.join(", ")));
            each.collect::<Vec<_>>().join(", ")
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::bases;

    /// Two APIs were judged, and the report named the one server that was right.
    #[test]
    fn every_base_is_named() {
        let api = |name: &str, base: &str| json!({"name": name, "base": base, "mount": "/x"});
        for (apis, named) in [
            (json!([]), "http://first"),
            (json!([api("usage", "http://a"), api("tmf", "http://a")]), "http://a"),
            (
                json!([
                    api("usage", "http://a"),
                    api("tmf", "http://b"),
                    api("gateway", "http://a")
                ]),
                "http://a (usage, gateway), http://b (tmf)",
            ),
        ] {
            assert_eq!(bases(&json!({"base": "http://first", "apis": apis})), named);
        }
    }
}
