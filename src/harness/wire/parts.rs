//! A long list, read a part at a time: as values it would take ten times its length.

use std::io::{BufReader, Read};
use std::ops::ControlFlow;

use serde::Deserializer as _;
use serde::de::{Error, SeqAccess, Visitor};
use serde_json::{Deserializer, Value};

use super::long::LongBody;
use super::message::Answer;
use super::meter::{List, Meter};
use crate::harness::suite::pointer;

/// A body of more bytes is read in parts.
pub(crate) const LONG: usize = 1 << 20;
/// So many elements make a part,
const PART: usize = 256;
/// or as many as are about as long as this, in bytes.
const PART_LENGTH: usize = 1 << 20;

/// A body of JSON that holds one long list.
pub(crate) struct LongList<'b> {
    /// Where the list stands.
    pub(crate) at: String,
    /// The body with no element in its list.
    shell: Value,
    list: List,
    body: Source<'b>,
}

/// Where a body stands.
#[derive(Clone, Copy)]
enum Source<'b> {
    Bytes(&'b [u8]),
    File(&'b LongBody),
}

impl<'b> LongList<'b> {
    /// Returns the long list of an answer: its body itself, or what that wraps. Nothing if it is
    /// short, or another thing, or not JSON.
    pub(crate) fn of(answer: &'b Answer) -> Option<LongList<'b>> {
        match &answer.long {
            Some(long) => LongList::found(Source::File(long), long.length, long.list?),
            None => LongList::of_bytes(&answer.body),
        }
    }

    fn of_bytes(bytes: &'b [u8]) -> Option<LongList<'b>> {
        if bytes.len() <= LONG {
            return None;
        }
        let mut meter = Meter::default();
        meter.take(bytes);
        LongList::found(Source::Bytes(bytes), bytes.len() as u64, meter.longest?)
    }

    fn found(body: Source<'b>, length: u64, list: List) -> Option<LongList<'b>> {
        if list.size.bytes <= (LONG / 2) as u64 {
            return None;
        }
        let after = list.start + list.size.bytes;
        let mut around = String::new();
        body.read(0, list.start)?.read_to_string(&mut around).ok()?;
        around.push_str("[]");
        body.read(after, length - after)?.read_to_string(&mut around).ok()?;
        let shell: Value = serde_json::from_str(around.trim_start_matches('\u{feff}')).ok()?;
        let at = outermost(&shell, &mut 0, list.nth, "")?;
        Some(LongList { at, shell, list, body })
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
    /// before it, as long as it goes on.
    ///
    /// # Errors
    /// What is not JSON, as a sentence without a full stop.
    pub(crate) fn each(
        &self,
        take: &mut dyn FnMut(usize, Vec<Value>) -> ControlFlow<()>,
    ) -> Result<(), String> {
        let List { start, size, .. } = self.list;
        let text = self.body.read(start, size.bytes).ok_or("it can be read no more")?;
        let mut reader = Deserializer::from_reader(BufReader::with_capacity(1 << 16, text));
        let mut stopped = false;
        let read = reader.deserialize_seq(Elements { take, stopped: &mut stopped });
        let read = read.and_then(|()| reader.end());
        if stopped { Ok(()) } else { read.map_err(|error| error.to_string()) }
    }

    /// Returns whether a text stands anywhere in the body.
    pub(crate) fn holds(&self, text: &[u8]) -> bool {
        let length = match self.body {
            Source::Bytes(bytes) => bytes.len() as u64,
            Source::File(long) => long.length,
        };
        let Some(mut body) = self.body.read(0, length) else { return false };
        let mut window = Vec::new();
        loop {
            // Half of it may have stood at the end of the last one.
            window.drain(..window.len() - window.len().min(text.len() - 1));
            match body.by_ref().take(1 << 16).read_to_end(&mut window) {
                Ok(0) | Err(_) => return false,
                Ok(_) if window.windows(text.len()).any(|part| part == text) => return true,
                Ok(_) => {}
            }
        }
    }
}

impl<'b> Source<'b> {
    fn read(self, start: u64, length: u64) -> Option<Box<dyn Read + 'b>> {
        match self {
            Source::Bytes(bytes) => {
                let start = usize::try_from(start).ok()?;
                let end = start.checked_add(usize::try_from(length).ok()?)?;
                Some(Box::new(bytes.get(start..end)?))
            }
            Source::File(long) => Some(Box::new(long.read(start, length).ok()?)),
        }
    }
}

/// Returns where the array stands that has so many before it, if it is the empty one that was put
/// there: of names that occur twice one array is gone.
fn outermost(value: &Value, before: &mut usize, nth: usize, at: &str) -> Option<String> {
    match value {
        Value::Array(items) => {
            *before += 1;
            (*before > nth && items.is_empty()).then(|| at.to_owned())
        }
        Value::Object(members) => members.iter().find_map(|(name, value)| match *before > nth {
            true => None,
            false => outermost(value, before, nth, &pointer::join(at, name)),
        }),
        _ => None,
    }
}

/// Returns about how many bytes of memory a value takes, as it was measured: a table for each object,
/// a piece for each text.
pub(crate) fn weight(value: &Value) -> usize {
    let inner = match value {
        Value::Null | Value::Bool(_) => 0,
        // Its digits are a text.
        Value::Number(_) => 32,
        Value::String(text) => 16 + text.len(),
        Value::Array(items) => items.iter().map(weight).sum(),
        Value::Object(members) => {
            64 + members.iter().map(|(name, value)| 64 + name.len() + weight(value)).sum::<usize>()
        }
    };
    size_of::<Value>() + inner
}

/// Reads the elements of an array.
struct Elements<'t> {
    take: &'t mut dyn FnMut(usize, Vec<Value>) -> ControlFlow<()>,
    /// Whether `take` wants no more, and so whether what is not read is no error.
    stopped: &'t mut bool,
}

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Elements { take, stopped } = self;
        let mut before = 0_usize;
        loop {
            let (mut part, mut length, mut ended) = (Vec::new(), 0, false);
            while part.len() < PART && length < PART_LENGTH {
                match seq.next_element()? {
                    Some(element) => {
                        length += weight(&element);
                        part.push(element);
                    }
                    None => {
                        ended = true;
                        break;
                    }
                }
            }
            let read = part.len();
            if read > 0 && take(before, part).is_break() {
                *stopped = true;
                return Err(A::Error::custom("it was read no further"));
            }
            if ended {
                return Ok(());
            }
            before = before.checked_add(read).ok_or_else(|| A::Error::custom("it is endless"))?;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

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
            let list = LongList::of_bytes(bytes.as_bytes()).unwrap();
            assert_eq!(list.at, at);
            let (mut read, mut lengths) = (Vec::new(), Vec::new());
            list.each(&mut |before, part| {
                assert_eq!(before, read.len());
                lengths.push(part.len());
                read.extend(part);
                ControlFlow::Continue(())
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
            assert!(LongList::of_bytes(body.as_bytes()).is_none(), "{}", &body[..20]);
        }
        let broken = format!("[{}, 1}}", json!(text));
        let broken = LongList::of_bytes(broken.as_bytes()).unwrap();
        assert!(broken.each(&mut |_, _| ControlFlow::Continue(())).is_err());
    }
}
