//! A long list, read from its bytes a part at a time: as values it would take ten times its length.

use serde::Deserializer as _;
use serde::de::{Deserialize, Error, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Deserializer, Map, Value};

use crate::harness::suite::pointer;
use crate::input::encoding::unmarked;

/// A body of more bytes is read in parts.
pub(crate) const LONG: usize = 1 << 20;
/// So many elements make a part.
const PART: usize = 256;

/// A body of JSON that holds one long list.
pub(crate) struct LongList<'b> {
    /// Where the list stands.
    pub(crate) at: String,
    /// The body with no element in its list.
    shell: Value,
    list: &'b str,
}

impl<'b> LongList<'b> {
    /// Returns the long list of a body: the body itself, or what it wraps. Nothing if it is short, or
    /// another thing, or not JSON.
    pub(crate) fn of(bytes: &'b [u8]) -> Option<LongList<'b>> {
        let bytes = unmarked(bytes);
        if bytes.len() <= LONG {
            return None;
        }
        let mut at = String::new();
        let mut shell = Value::Null;
        let mut rest = std::str::from_utf8(bytes).ok()?.trim();
        while !rest.starts_with('[') {
            let members: Wrapper = serde_json::from_str(rest).ok()?;
            let (name, inner) = members.0.iter().max_by_key(|(_, value)| value.get().len())?;
            let others =
                members.0.iter().filter(|(other, _)| other != name).map(|(name, value)| {
                    Some((name.clone(), serde_json::from_str(value.get()).ok()?))
                });
            let mut around: Map<_, _> = others.collect::<Option<_>>()?;
            around.insert(name.clone(), Value::Null);
            pointer::replace(&mut shell, &at, Some(&Value::Object(around)));
            at = pointer::join(&at, name);
            rest = inner.get();
        }
        pointer::replace(&mut shell, &at, Some(&Value::Array(Vec::new())));
        (rest.len() > LONG / 2).then_some(LongList { at, shell, list: rest })
    }

    /// Returns the body with these elements in its list.
    pub(crate) fn with(&self, elements: Vec<Value>) -> Value {
        let mut body = self.shell.clone();
        match body.pointer_mut(&self.at) {
            Some(list) => *list = Value::Array(elements),
            None => body = Value::Array(elements),
        }
        body
    }

    /// Gives `take` the elements of one part after the other, each part with the number of those
    /// before it.
    ///
    /// # Errors
    /// What is not JSON, as a sentence without a full stop.
    pub(crate) fn each(&self, take: &mut dyn FnMut(usize, Vec<Value>)) -> Result<(), String> {
        let mut reader = Deserializer::from_str(self.list);
        let read = reader.deserialize_seq(Elements(take)).and_then(|()| reader.end());
        read.map_err(|error| error.to_string())
    }
}

/// The members of an object, unread.
struct Wrapper<'b>(Vec<(String, &'b RawValue)>);

impl<'de: 'b, 'b> Deserialize<'de> for Wrapper<'b> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }
        }
        from.deserialize_map(Members).map(Wrapper)
    }
}

/// Reads the elements of an array.
struct Elements<'t>(&'t mut dyn FnMut(usize, Vec<Value>));

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Elements(take) = self;
        let mut before = 0_usize;
        loop {
            let mut part = Vec::new();
            while part.len() < PART {
                match seq.next_element()? {
                    Some(element) => part.push(element),
                    None => break,
                }
            }
            let read = part.len();
            if read > 0 {
                take(before, part);
            }
            if read < PART {
                return Ok(());
            }
            before = before.checked_add(read).ok_or_else(|| A::Error::custom("it is endless"))?;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{LONG, LongList, PART};

    fn long(count: usize) -> Vec<Value> {
        let text = "x".repeat(LONG / count + 1);
        (0..count).map(|id| json!({"id": id, "text": text, "amount": 1.50})).collect()
    }

    /// A list that was read otherwise in parts than whole would be judged otherwise.
    #[test]
    fn the_parts_of_a_list_are_the_list_in_whatever_it_is_wrapped() {
        let items = long(PART * 2 + 3);
        for (body, at) in [
            (json!(items), ""),
            (json!({"items": items, "navigation": {"@id": "/a"}}), "/items"),
            (json!({"total": 3, "a/b": {"of": items, "more": [1]}}), "/a~1b/of"),
        ] {
            let bytes = body.to_string();
            let list = LongList::of(bytes.as_bytes()).unwrap();
            assert_eq!(list.at, at);
            let (mut read, mut lengths) = (Vec::new(), Vec::new());
            list.each(&mut |before, part| {
                assert_eq!(before, read.len());
                lengths.push(part.len());
                read.extend(part);
            })
            .unwrap();
            assert_eq!(lengths, [PART, PART, 3]);
            assert_eq!(list.with(read), body);
        }
    }

    #[test]
    fn what_is_short_or_no_list_is_read_whole() {
        let text = "x".repeat(LONG);
        for body in [
            json!([1, 2]).to_string(),
            json!(text).to_string(),
            json!({"text": text}).to_string(),
            json!({"list": [1], "text": text}).to_string(),
            format!("{{\"a\": [{}", json!(text)),
            String::from_utf8_lossy(&vec![b' '; LONG + 1]).into_owned(),
        ] {
            assert!(LongList::of(body.as_bytes()).is_none(), "{}", &body[..20]);
        }
        let broken = format!("[{}, 1}}", json!(text));
        assert!(LongList::of(broken.as_bytes()).unwrap().each(&mut |_, _| {}).is_err());
    }
}
