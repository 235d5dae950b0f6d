//! Shapes: what every answer of an operation is expected to be, whatever the case asks of it.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

use super::expectation::{Check, Expectation, Statuses};
use super::unwrap::Unwrap;
use crate::harness::api::{decode, parameters, segments};

/// The standing expectations of the answers of some operations.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, try_from = "RawShape")]
pub(crate) struct Shape {
    /// The operations; none means whatever is asked of the API.
    of: Vec<Operation>,
    status: Statuses,
    /// Names of the query with which the answer is another: a projection, a page.
    without: Vec<String>,
    /// Only where the request could be understood: let in, and with a body, if with any, that is of
    /// the format that it says (readings 10, 11 and 25 leave the answer to others free).
    pub(crate) understood: bool,
    /// The part of the answer that is meant, as in steps.
    read: Option<Unwrap>,
    pub(crate) expect: Vec<Expectation>,
}

/// A method and a path below the API's root, such as `GET customers/{customerNo}`; the method alone
/// is of the root itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Operation(String);

/// A request as shapes see it.
#[derive(Debug)]
pub(crate) struct Asked {
    method: String,
    /// Decoded; none for the root.
    path: Vec<String>,
    /// The decoded names of the query, and the values.
    query: Vec<(String, String)>,
}

impl Asked {
    /// Takes a request apart; `below` is what follows the API's root in the URL.
    pub(crate) fn new(method: &str, below: &str) -> Asked {
        let (path, query) = below.split_once('?').unwrap_or((below, ""));
        let path = path.strip_prefix('/').unwrap_or(path);
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        Asked {
            method: method.to_owned(),
            path: segments(path).map(decode).collect(),
            query: pairs
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(name, value)| (decode(name), decode(value)))
                .collect(),
        }
    }

    /// Returns whether there is any query.
    pub(crate) fn is_queried(&self) -> bool {
        !self.query.is_empty()
    }

    /// Returns whether the query has this name.
    pub(crate) fn has_query(&self, name: &str) -> bool {
        self.query.iter().any(|(other, _)| other == name)
    }

    /// Returns whether the query has this name, with this part in its value.
    pub(crate) fn has_in_query(&self, name: &str, part: &str) -> bool {
        self.query.iter().any(|(other, value)| other == name && value.contains(part))
    }
}

impl Shape {
    /// Returns the parameters of the path, if the shape is of such a request and such an answer.
    pub(crate) fn meets<'a>(
        &'a self,
        asked: &'a Asked,
        status: u16,
        ignore_case: bool,
    ) -> Option<Vec<(&'a str, &'a str)>> {
        let other = |name: &String| asked.has_query(name);
        if !self.status.accepts(status) || self.without.iter().any(other) {
            return None;
        }
        if self.of.is_empty() {
            return Some(Vec::new());
        }
        self.of.iter().find_map(|operation| operation.parameters(asked, ignore_case))
    }

    /// Returns which of its operations a request is for, as it stands in the data.
    pub(crate) fn operation(&self, asked: &Asked, ignore_case: bool) -> Option<&str> {
        let is_asked = |operation: &&Operation| operation.parameters(asked, ignore_case).is_some();
        self.of.iter().find(is_asked).map(|operation| operation.0.as_str())
    }

    /// Returns what of a body is meant, if that is a part of it.
    pub(crate) fn unwrap(&self, body: &Value) -> Option<Value> {
        match self.read.as_ref()?.of(body) {
            Cow::Borrowed(meant) if std::ptr::eq(meant, body) => None,
            meant => Some(meant.into_owned()),
        }
    }

    /// Returns the statuses of the answers that it is of.
    pub(crate) fn statuses(&self) -> &Statuses {
        &self.status
    }

    /// Returns the operations as they stand in the data; none means whatever is asked.
    pub(crate) fn operations(&self) -> Vec<&str> {
        self.of.iter().map(|operation| operation.0.as_str()).collect()
    }
}

impl Operation {
    /// Returns the parameters of the path, if a request is for this operation.
    pub(crate) fn parameters<'a>(
        &'a self,
        asked: &'a Asked,
        ignore_case: bool,
    ) -> Option<Vec<(&'a str, &'a str)>> {
        parameters(&self.0, &asked.method, asked.path.iter().map(String::as_str), ignore_case)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ShapeFile {
    pub(super) api: String,
    pub(super) shapes: Vec<Shape>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawShape {
    #[serde(default)]
    of: Vec<Operation>,
    status: Statuses,
    #[serde(default)]
    without: Vec<String>,
    #[serde(default)]
    understood: bool,
    #[serde(default)]
    read: Option<Unwrap>,
    expect: Vec<Expectation>,
}

impl TryFrom<RawShape> for Shape {
    type Error = String;

    fn try_from(raw: RawShape) -> Result<Self, String> {
        let of_one_case = |each: &&Expectation| {
            matches!(each.check, Check::Printed(_) | Check::SameAs(_) | Check::Relation(_))
        };
        if let Some(expectation) = raw.expect.iter().find(of_one_case) {
            let clause = &expectation.clause;
            return Err(format!("a shape (of {clause}) knows no example and no earlier step"));
        }
        Ok(Shape {
            of: raw.of,
            status: raw.status,
            without: raw.without,
            understood: raw.understood,
            read: raw.read,
            expect: raw.expect,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Asked, Shape};

    #[test]
    fn a_shape_is_of_its_operations_statuses_and_queries_alone() {
        let shape: Shape = serde_json::from_value(json!({
            "of": ["GET customers/{no}", "PUT", "GET a/{x}/b/{y}"],
            "status": ["2xx", 404], "without": ["fields"], "expect": []
        }))
        .unwrap();
        for (method, below, status, met) in [
            ("GET", "/customers/9", 200, Some(vec![("no", "9")])),
            ("GET", "/customers/9?%24expand=x", 404, Some(vec![("no", "9")])),
            ("GET", "/customers/a%2Fb", 200, Some(vec![("no", "a/b")])),
            ("GET", "/customers/9?a=1&fields=id", 200, None),
            ("GET", "/customers/9?%66ields=id", 200, None),
            ("GET", "/customers/9", 400, None),
            ("POST", "/customers/9", 200, None),
            ("GET", "/customers", 200, None),
            ("GET", "/customers/", 200, None),
            ("GET", "/customers/~find", 200, None),
            ("GET", "/customers/9/more", 200, None),
            ("GET", "/Customers/9", 200, None),
            ("PUT", "", 201, Some(vec![])),
            ("PUT", "?x=1", 201, Some(vec![])),
            ("PUT", "/x", 201, None),
            ("GET", "/a/1/b/2", 200, Some(vec![("x", "1"), ("y", "2")])),
        ] {
            let asked = Asked::new(method, below);
            assert_eq!(shape.meets(&asked, status, false), met, "{method} {below} {status}");
        }
        let asked = Asked::new("GET", "/Customers/9");
        assert_eq!(shape.meets(&asked, 200, true), Some(vec![("no", "9")]));
    }

    #[test]
    fn a_shape_expects_nothing_that_only_one_case_knows() {
        for expectation in [
            json!({"clause": "a", "printed": "body"}),
            json!({"clause": "a", "sameAs": {"step": "before"}}),
            json!({"clause": "a", "relation": {"is": "differs", "steps": ["before"]}}),
        ] {
            let shape = json!({"status": 200, "expect": [expectation]});
            assert!(serde_json::from_value::<Shape>(shape).is_err());
        }
    }
}
