//! Searches that find otherwise than by what is equal.

use serde::Deserialize;
use serde_json::Value;

use crate::harness::api::decode;
use crate::harness::wire::{Answer, NoAnswer, Request};

/// The names of a query that are no criteria.
const NO_CRITERIA: [&str; 5] = ["offset", "limit", "fields", ":fields", "sort"];
/// How many elements are asked for at a time.
const PAGE: usize = 1000;

/// The way in which a search of a list finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Search {
    /// By the beginning.
    Prefix,
    /// By a part.
    Part,
    /// By the letters, in any case.
    AnyCase,
    /// By what is equal, or where there is no such attribute.
    Missing,
    /// `%` for any text and `_` for any character.
    Wildcards,
    /// One criterion of several.
    AnyCriterion,
    /// By what is equal, among the elements of the page that is asked for.
    PageFirst,
    /// By the number with which both begin.
    LeadingDigits,
}

impl Search {
    /// Returns what such a search answers; none where no list in JSON is served, or nothing is looked for.
    pub(super) fn answer(
        self,
        request: &Request,
        ask: &dyn Fn(&Request) -> Result<Answer, NoAnswer>,
    ) -> Result<Option<Answer>, NoAnswer> {
        let (path, query) = request.url.split_once('?').unwrap_or((&request.url, ""));
        let pairs: Vec<(String, String)> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (decode(name), decode(&value.replace('+', " "))))
            .collect();
        let criteria: Vec<_> =
            pairs.iter().filter(|(name, _)| !NO_CRITERIA.contains(&name.as_str())).collect();
        if criteria.is_empty() {
            return Ok(None);
        }
        let page = |name: &str| {
            let named = pairs.iter().find(|(known, _)| known == name);
            named.and_then(|(_, value)| value.parse::<usize>().ok())
        };
        let (offset, limit) = (page("offset").unwrap_or(0), page("limit").unwrap_or(100));
        let Some((mut all, answer)) = whole(request, path, ask)? else { return Ok(None) };
        let of_page = |items: Vec<Value>| -> Vec<Value> {
            items.into_iter().skip(offset).take(limit).collect()
        };
        if self == Search::PageFirst {
            all = of_page(all);
        }
        let finds = |item: &Value| {
            let mut met = criteria.iter().map(|(name, wanted)| self.meets(item, name, wanted));
            match self {
                Search::AnyCriterion => met.any(|met| met),
                _ => met.all(|met| met),
            }
        };
        all.retain(finds);
        if self != Search::PageFirst {
            all = of_page(all);
        }
        Ok(Some(Answer { body: Value::Array(all).to_string().into_bytes(), ..answer }))
    }

    fn meets(self, item: &Value, name: &str, wanted: &str) -> bool {
        let mut found = Vec::new();
        attributes(item, name, &mut found);
        if found.is_empty() {
            return self == Search::Missing;
        }
        found.iter().any(|found| match self {
            Search::Prefix => found.starts_with(wanted),
            Search::Part => found.contains(wanted),
            Search::AnyCase => found.to_lowercase() == wanted.to_lowercase(),
            Search::Wildcards => is_like(found, wanted),
            Search::LeadingDigits => match (digits(found), digits(wanted)) {
                ("", _) | (_, "") => found == wanted,
                (found, wanted) => found == wanted,
            },
            Search::Missing | Search::AnyCriterion | Search::PageFirst => found == wanted,
        })
    }
}

/// Returns every element of a list, page by page, with the last answer.
fn whole(
    request: &Request,
    path: &str,
    ask: &dyn Fn(&Request) -> Result<Answer, NoAnswer>,
) -> Result<Option<(Vec<Value>, Answer)>, NoAnswer> {
    let mut all = Vec::new();
    loop {
        let url = format!("{path}?offset={}&limit={PAGE}", all.len());
        let answer = ask(&Request { url, ..request.clone() })?;
        let Ok(Value::Array(items)) = serde_json::from_slice(&answer.body) else {
            return Ok(None);
        };
        let last = items.len() < PAGE;
        all.extend(items);
        if last {
            return Ok(Some((all, answer)));
        }
    }
}

/// Adds the scalars at a path with dots, as texts; a list stands for each of its elements.
fn attributes(item: &Value, path: &str, found: &mut Vec<String>) {
    match (item, path) {
        (Value::Array(items), path) => items.iter().for_each(|item| attributes(item, path, found)),
        (Value::Null, _) => {}
        (Value::Object(members), path) => {
            let (first, rest) = path.split_once('.').unwrap_or((path, ""));
            members.get(first).into_iter().for_each(|member| attributes(member, rest, found));
        }
        (Value::String(text), "") => found.push(text.clone()),
        (scalar, "") => found.push(scalar.to_string()),
        _ => {}
    }
}

fn digits(text: &str) -> &str {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    &text[..end]
}

/// Returns true if a text is as a pattern with wildcards says.
fn is_like(text: &str, pattern: &str) -> bool {
    let mut rest = pattern.chars();
    match rest.next() {
        None => text.is_empty(),
        Some('%') => {
            let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.into_iter().any(|at| is_like(&text[at..], rest.as_str()))
        }
        Some(letter) => {
            let mut letters = text.chars();
            letters.next().is_some_and(|found| letter == '_' || letter == found)
                && is_like(letters.as_str(), rest.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Search;

    #[test]
    fn each_search_finds_what_it_says() {
        let item =
            json!({"id": "126", "name": "Ada_1", "format": {"id": 26}, "list": [{"id": "7"}]});
        for (search, name, wanted, met) in [
            (Search::Prefix, "id", "12", true),
            (Search::Prefix, "id", "26", false),
            (Search::Part, "id", "26", true),
            (Search::Part, "format.id", "6", true),
            (Search::AnyCase, "name", "ada_1", true),
            (Search::AnyCase, "name", "ada", false),
            (Search::Missing, "state", "Active", true),
            (Search::Missing, "name", "Active", false),
            (Search::Wildcards, "name", "A%1", true),
            (Search::Wildcards, "name", "Ad__1", true),
            (Search::Wildcards, "name", "A_1", false),
            (Search::AnyCriterion, "list.id", "7", true),
            (Search::LeadingDigits, "id", "126a", true),
            (Search::LeadingDigits, "id", "26", false),
        ] {
            assert_eq!(search.meets(&item, name, wanted), met, "{search:?} {name}={wanted}");
        }
    }
}
