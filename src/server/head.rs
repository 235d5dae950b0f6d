//! Where the head of a request ends, and what of its first line hyper would refuse though it can be
//! read. The bytes are looked at where they lie, and copied only where something follows the head.

/// What is not of a URL (RFC 3986 › 2) and is refused by hyper, though clients send it as it is and a
/// document prints it so: `date>2024` (004 › filtering).
const RAW: &[u8] = b"<>\"`";

/// The most bytes of the first line that are kept.
const KEPT: usize = 8 << 10;

/// Where in a line a look has ended.
#[derive(Clone, Copy)]
enum Edge {
    Within,
    /// After a line's end.
    Begin,
    /// After a carriage return at the beginning of a line.
    Return,
}

/// The head of a request, as far as it has come.
pub(super) struct Head {
    /// The beginning of its first line.
    line: Vec<u8>,
    /// How long the first line is.
    length: usize,
    /// Whether that has ended.
    named: bool,
    edge: Edge,
}

impl Head {
    pub(super) fn new() -> Self {
        Self { line: Vec::new(), length: 0, named: false, edge: Edge::Within }
    }

    /// Begins the next one.
    pub(super) fn clear(&mut self) {
        self.line.clear();
        (self.length, self.named, self.edge) = (0, false, Edge::Within);
    }

    /// Returns the first line without its end, as far as it has come and is kept.
    pub(super) fn line(&self) -> &[u8] {
        let end = self.line.len() - usize::from(self.line.last() == Some(&b'\r'));
        &self.line[..end]
    }

    /// Returns whether it is the first line that is too long, of a head that is longer than `most`.
    pub(super) fn is_long_by_its_line(&self, most: usize) -> bool {
        self.length > most || (!self.named && self.length > 0)
    }

    /// Returns what is to stand instead of the next bytes of the head, if they hold what is to be
    /// percent-encoded: of the first line, what follows the method. Where that is no target it makes
    /// no sound request of it either, since a target cannot follow it.
    pub(super) fn encoded(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        if self.named {
            return None;
        }
        let begin = self.beginning(bytes);
        let end = bytes[begin..].iter().position(|byte| *byte == b'\n');
        let end = end.map_or(bytes.len(), |end| begin + end);
        let target = match self.line.contains(&b' ') {
            true => begin,
            false => begin + bytes[begin..end].iter().position(|byte| *byte == b' ')?,
        };
        let is_raw = |byte: &u8| RAW.contains(byte);
        if !bytes[target..end].iter().any(is_raw) {
            return None;
        }
        let mut encoded = bytes[..target].to_vec();
        for byte in &bytes[target..end] {
            match is_raw(byte) {
                true => encoded.extend_from_slice(format!("%{byte:02X}").as_bytes()),
                false => encoded.push(*byte),
            }
        }
        encoded.extend_from_slice(&bytes[end..]);
        Some(encoded)
    }

    /// Takes the next bytes of the head. Returns how many of them are of it, if it ends in them.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        if !self.named {
            at = self.beginning(bytes);
            let end = bytes[at..].iter().position(|byte| *byte == b'\n');
            let line = &bytes[at..end.map_or(bytes.len(), |end| at + end)];
            self.length += line.len();
            let room = KEPT.saturating_sub(self.line.len()).min(line.len());
            self.line.extend_from_slice(&line[..room]);
            at += end? + 1;
            (self.named, self.edge) = (true, Edge::Begin);
        }
        loop {
            let byte = bytes.get(at);
            self.edge = match self.edge {
                Edge::Within => {
                    at += bytes.get(at..)?.iter().position(|byte| *byte == b'\n')?;
                    Edge::Begin
                }
                Edge::Begin | Edge::Return if *byte? == b'\n' => return Some(at + 1),
                Edge::Begin if *byte? == b'\r' => Edge::Return,
                Edge::Begin | Edge::Return => Edge::Within,
            };
            at += 1;
        }
    }

    /// Returns where the first line begins: what is empty before it is none (RFC 9112 › 2.2).
    fn beginning(&self, bytes: &[u8]) -> usize {
        let is_empty = |byte: &u8| [b'\r', b'\n'].contains(byte);
        match self.line.is_empty() {
            true => bytes.iter().take_while(|byte| is_empty(byte)).count(),
            false => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Head;

    /// However a head is cut into pieces, it ends at the same byte, and says the same.
    #[test]
    fn a_head_ends_where_its_empty_line_does_however_it_is_cut() {
        for (whole, rest, line) in [
            ("GET / HTTP/1.1\r\nA: b\r\n\r\n", "", "GET / HTTP/1.1"),
            ("GET / HTTP/1.1\r\n\r\n", "GET /b", "GET / HTTP/1.1"),
            ("GET / HTTP/1.1\nA: b\n\n", "body", "GET / HTTP/1.1"),
            ("\r\n\r\nGET / HTTP/1.1\r\nA: b\n\r\n", "\r\n\r\n", "GET / HTTP/1.1"),
            ("GET / HTTP/1.1\r\nA: \r\r\nB:\n\n", "\n", "GET / HTTP/1.1"),
        ] {
            let text = format!("{whole}{rest}");
            for size in 1..=text.len() {
                let (mut head, mut taken, mut end) = (Head::new(), 0, None);
                for piece in text.as_bytes().chunks(size) {
                    end = head.take(piece).map(|end| taken + end);
                    taken += piece.len();
                    if end.is_some() {
                        break;
                    }
                }
                assert_eq!(end, Some(whole.len()), "{text:?} by {size}");
                assert_eq!(head.line(), line.as_bytes(), "{text:?} by {size}");
            }
        }
    }

    #[test]
    fn of_the_first_line_alone_what_follows_the_method_is_encoded() {
        for (before, bytes, encoded) in [
            ("", "GET /a?b>c&d=<\"`> HTTP/1.1\r\n", "GET /a?b%3Ec&d=%3C%22%60%3E HTTP/1.1\r\n"),
            ("", "\r\nGET /<\r\nA: <\r\n\r\n<", "\r\nGET /%3C\r\nA: <\r\n\r\n<"),
            ("GET /a?b", ">c HTTP/1.1\r\n", "%3Ec HTTP/1.1\r\n"),
            ("GE", "T /a?>", "T /a?%3E"),
            ("", "G<T / HTTP/1.1\r\n", ""),
            ("", "GET /a?b%3E HTTP/1.1\r\nA: <>\r\n", ""),
            ("GET / HTTP/1.1\r\n", "A: <>\r\n", ""),
            ("", "G<", ""),
        ] {
            let mut head = Head::new();
            assert_eq!(head.take(before.as_bytes()), None);
            let found = head.encoded(bytes.as_bytes()).unwrap_or_default();
            assert_eq!(String::from_utf8(found).unwrap(), encoded, "{before:?} {bytes:?}");
        }
    }
}
