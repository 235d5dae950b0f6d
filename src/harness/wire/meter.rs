//! The measure of a body while it comes: how many values it holds, in all and in one thing, and where
//! its long list stands. What is not worth reading on is known before it is held.

use super::budget::Allowance;

/// The most characters of a number: what computes with it takes time by their square.
const LONGEST_NUMBER: u64 = 4096;

/// How a body is written, by its first character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Syntax {
    Json,
    /// XML, or HTML.
    Markup,
    /// A form, or any text.
    Text,
}

/// An amount of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Size {
    pub(crate) bytes: u64,
    pub(crate) values: u64,
}

impl Size {
    fn less(self, other: Size) -> Size {
        let (bytes, values) = (self.bytes - other.bytes, self.values - other.values);
        Size { bytes, values }
    }
}

/// An array that stands in no other one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct List {
    /// How many such arrays stand before it.
    pub(crate) nth: usize,
    /// Where it begins, in bytes.
    pub(crate) start: u64,
    pub(crate) size: Size,
}

/// The limit that a body breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Excess {
    Bytes,
    Values,
    Number,
}

/// Measures what comes, in pieces of any length.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    syntax: Option<Syntax>,
    /// What has come.
    pub(crate) whole: Size,
    in_text: bool,
    escaped: bool,
    /// The characters of the number that is coming.
    number: u64,
    is_long_number: bool,
    /// The brackets that are open.
    depth: usize,
    /// Where the outermost array that is open began, and at which depth.
    open: Option<(Size, usize)>,
    /// How many outermost arrays have begun.
    pub(crate) lists: usize,
    /// The longest of those that have ended.
    pub(crate) longest: Option<List>,
    /// Where the element that is coming began.
    element: Size,
    /// The largest element of outermost arrays so far.
    largest: Size,
}

impl Meter {
    /// Takes in what comes next.
    pub(crate) fn take(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.whole.bytes += 1;
            match self.syntax {
                Some(Syntax::Json) => self.json(*byte),
                Some(Syntax::Markup) => self.whole.values += u64::from(matches!(byte, b'<' | b'=')),
                Some(Syntax::Text) => self.whole.values += u64::from(*byte == b'&'),
                // A byte-order mark may stand before.
                None if byte.is_ascii_whitespace() || !byte.is_ascii() => {}
                None => {
                    self.syntax = Some(match byte {
                        b'[' | b'{' | b'"' | b'-' | b'0'..=b'9' => Syntax::Json,
                        b'<' => Syntax::Markup,
                        _ => Syntax::Text,
                    });
                    self.whole.values += 1;
                    if self.syntax == Some(Syntax::Json) {
                        self.json(*byte);
                    }
                }
            }
        }
    }

    fn json(&mut self, byte: u8) {
        if self.in_text {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_text = false,
                _ => {}
            }
            return;
        }
        if matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E') {
            self.number += 1;
            self.is_long_number |= self.number > LONGEST_NUMBER;
            return;
        }
        self.number = 0;
        match byte {
            b'"' => self.in_text = true,
            b'[' | b'{' => {
                self.whole.values += 1;
                self.depth += 1;
                if byte == b'[' && self.open.is_none() {
                    let before = Size { bytes: self.whole.bytes - 1, values: self.whole.values };
                    self.open = Some((before, self.depth));
                    self.lists += 1;
                    self.element = self.whole;
                }
            }
            b',' => {
                self.whole.values += 1;
                if self.open.is_some_and(|(_, depth)| depth == self.depth) {
                    self.end_element();
                }
            }
            b']' | b'}' => {
                if let Some((start, _)) = self.open.filter(|(_, depth)| *depth == self.depth) {
                    self.end_element();
                    let list = List {
                        nth: self.lists - 1,
                        start: start.bytes,
                        size: self.whole.less(start),
                    };
                    let longest = self.longest.map_or(0, |other| other.size.bytes);
                    if list.size.bytes > longest {
                        self.longest = Some(list);
                    }
                    self.open = None;
                }
                self.depth = self.depth.saturating_sub(1);
            }
            _ => {}
        }
    }

    fn end_element(&mut self) {
        let Size { bytes, values } = self.whole.less(self.element);
        self.largest.bytes = self.largest.bytes.max(bytes);
        self.largest.values = self.largest.values.max(values);
        self.element = self.whole;
    }

    /// Returns the limit that what has come breaks as one thing.
    pub(crate) fn excess(&self, allowance: &Allowance) -> Option<Excess> {
        self.exceeds(self.whole, allowance.answer)
    }

    /// Returns the limit that what has come breaks as a list, of which each element, and all that
    /// stands around it, is one thing. One of no JSON is one thing: it is not read in parts.
    pub(crate) fn excess_of_list(&self, allowance: &Allowance) -> Option<Excess> {
        if self.syntax != Some(Syntax::Json) {
            return self.excess(allowance);
        }
        let open = self.open.map(|(start, _)| self.whole.less(start)).unwrap_or_default();
        let closed = self.longest.map(|list| list.size).unwrap_or_default();
        let list = if open.bytes > closed.bytes { open } else { closed };
        let element = match self.open {
            Some(_) => self.whole.less(self.element),
            None => Size::default(),
        };
        [self.whole.less(list), element, self.largest]
            .into_iter()
            .find_map(|thing| self.exceeds(thing, allowance.answer))
            .or_else(|| self.exceeds(self.whole, allowance.list))
    }

    fn exceeds(&self, size: Size, most: u64) -> Option<Excess> {
        match size {
            _ if self.is_long_number => Some(Excess::Number),
            Size { bytes, .. } if bytes > most => Some(Excess::Bytes),
            Size { values, .. } if values > Allowance::values(most) => Some(Excess::Values),
            _ => None,
        }
    }
}

impl Excess {
    /// Returns what an answer is more than, as a sentence without a full stop.
    pub(crate) fn told(self, allowance: &Allowance) -> String {
        self.say(allowance.answer, "one thing", "answerBytes")
    }

    /// Returns that a list is too long.
    pub(crate) fn told_of_long_list(self, allowance: &Allowance) -> String {
        self.say(allowance.list, "a list", "listBytes")
    }

    /// Returns what the answer that was measured is more than as a list.
    pub(crate) fn told_of_list(self, meter: &Meter, allowance: &Allowance) -> String {
        match meter.exceeds(meter.whole, allowance.list) {
            Some(excess) => excess.told_of_long_list(allowance),
            None => self.say(allowance.answer, "an element of a list, or around it", "answerBytes"),
        }
    }

    fn say(self, most: u64, what: &str, raise: &str) -> String {
        let raise = format!("`{raise}` under [limits] in a target file raises it");
        match self {
            Excess::Bytes => format!(
                "the answer has more than {most} bytes, the most that are read of {what}; {raise}"
            ),
            Excess::Values => format!(
                "the answer holds more than {} values, the most that are read of {what} (one for \
                 {} bytes of its limit); {raise}",
                Allowance::values(most),
                most / Allowance::values(most).max(1)
            ),
            Excess::Number => format!(
                "the answer holds a number of more than {LONGEST_NUMBER} characters, the most that \
                 are read of one"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Allowance, Excess, List, Meter, Size};

    fn measured(body: &str) -> Meter {
        let (mut whole, mut pieces) = (Meter::default(), Meter::default());
        whole.take(body.as_bytes());
        body.as_bytes().chunks(3).for_each(|piece| pieces.take(piece));
        assert_eq!(format!("{whole:?}"), format!("{pieces:?}"), "{body}");
        whole
    }

    #[test]
    fn values_are_counted_and_the_longest_list_is_found_in_whatever_it_stands() {
        for (body, values, list) in [
            ("[]", 2, Some((0, 0, "[]"))),
            (
                r#" {"a":[1,2],"b":{"c,[":["x]\"",{"d":[1]}]}} "#,
                10,
                Some((1, 23, r#"["x]\"",{"d":[1]}]"#)),
            ),
            (r#"{"a":"[1,2,3]"}"#, 2, None),
            ("\u{feff}[1,2]", 3, Some((0, 3, "[1,2]"))),
            ("[1,2", 3, None),
            ("<a b='1'><c/></a>", 4, None),
            ("a=1&b=[2]", 2, None),
        ] {
            let meter = measured(body);
            assert_eq!(meter.whole.values, values, "{body}");
            let found = meter.longest.map(|List { nth, start, size: Size { bytes, .. } }| {
                (nth, start, &body[start as usize..(start + bytes) as usize])
            });
            assert_eq!(found, list, "{body}");
        }
    }

    /// A thing that stands in a list, or around one, was held as if it were no more than an element.
    #[test]
    fn a_list_may_be_long_and_nothing_in_it_or_around_it() {
        let allowance = Allowance { answer: 1600, list: 16_000, ..Allowance::default() };
        let text = |length| "x".repeat(length);
        let many = |unit: &str, count| vec![unit; count].join(",");
        for (body, thing, list) in [
            (format!("[{}]", many(&format!("\"{}\"", text(100)), 100)), Some(Excess::Bytes), None),
            (
                format!("{{\"a\":{{\"b\":[{}]}}}}", many("{\"id\":   \"12345678901\"}", 300)),
                Some(Excess::Bytes),
                None,
            ),
            (format!("[{}]", many("1", 101)), Some(Excess::Values), None),
            (format!("[{}]", many("1", 1001)), Some(Excess::Bytes), Some(Excess::Values)),
            (format!("[[{}]]", many("1", 101)), Some(Excess::Values), Some(Excess::Values)),
            (format!("[\"{}\"", text(1700)), Some(Excess::Bytes), Some(Excess::Bytes)),
            (
                format!("{{\"a\":\"{}\",\"b\":[]}}", text(1700)),
                Some(Excess::Bytes),
                Some(Excess::Bytes),
            ),
            (
                format!(
                    "{{\"a\":[{}],\"b\":[{}]}}",
                    many("\"123456789012345\"", 99),
                    many("\"123456789012345\"", 99)
                ),
                Some(Excess::Bytes),
                Some(Excess::Bytes),
            ),
            (
                format!("[{}]", many(&format!("\"{}\"", text(1000)), 17)),
                Some(Excess::Bytes),
                Some(Excess::Bytes),
            ),
            (format!("<{}>", text(1700)), Some(Excess::Bytes), Some(Excess::Bytes)),
            ("[1,2]".to_owned(), None, None),
        ] {
            let meter = measured(&body);
            assert_eq!(meter.excess(&allowance), thing, "{}", &body[..20.min(body.len())]);
            assert_eq!(meter.excess_of_list(&allowance), list, "{}", &body[..20.min(body.len())]);
        }
        let digits = measured(&format!("[{}]", "7".repeat(5000)));
        assert_eq!(digits.excess_of_list(&Allowance::default()), Some(Excess::Number));
    }
}
