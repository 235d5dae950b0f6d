//! Text as editors and shells of three systems write it: UTF-8 with or without a byte-order mark is
//! read, and UTF-16 is refused by its name.

use std::io::{self, Cursor, ErrorKind, Read};

/// The byte-order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Returns what follows a byte-order mark: it is no part of the text, and a reader may pass over it
/// (RFC 8259, 8.1).
pub fn unmarked(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(MARK).unwrap_or(bytes)
}

/// Returns whether a text begins as one in UTF-16 does: with its byte-order mark, or with half of a
/// character of ASCII.
pub fn is_utf_16(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..])
}

/// Returns a text without its byte-order mark.
///
/// # Errors
/// What it is in, if that is not UTF-8, such as `in UTF-16`.
pub fn text(bytes: &[u8]) -> Result<&str, &'static str> {
    if is_utf_16(bytes) {
        return Err("in UTF-16");
    }
    std::str::from_utf8(unmarked(bytes)).map_err(|_| "not in UTF-8")
}

/// Reads on behind the byte-order mark of a text. It looks at the beginning at once.
///
/// # Errors
/// The text cannot be read, or is in UTF-16.
pub fn behind_mark(mut text: impl Read) -> io::Result<impl Read> {
    let mut beginning = Vec::new();
    text.by_ref().take(MARK.len() as u64).read_to_end(&mut beginning)?;
    if is_utf_16(&beginning) {
        return Err(io::Error::new(ErrorKind::InvalidData, "it is in UTF-16; save it as UTF-8"));
    }
    if beginning == MARK {
        beginning.clear();
    }
    Ok(Cursor::new(beginning).chain(text))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::{behind_mark, text};

    #[test]
    fn a_mark_is_passed_over_and_utf_16_is_called_by_its_name() {
        let table: [(&[u8], Result<&str, &str>); 9] = [
            (b"{}", Ok("{}")),
            (b"\xef\xbb\xbf{}\r\n", Ok("{}\r\n")),
            (b"\xef\xbb\xbf", Ok("")),
            (b"", Ok("")),
            (b"1", Ok("1")),
            (b"\xff\xfe{\0", Err("in UTF-16")),
            (b"\xfe\xff\0{", Err("in UTF-16")),
            (b"{\0}\0", Err("in UTF-16")),
            (b"\xe9t\xe9", Err("not in UTF-8")),
        ];
        for (bytes, read) in table {
            assert_eq!(text(bytes), read, "{bytes:?}");
            let mut found = Vec::new();
            let behind = behind_mark(bytes).map(|mut rest| rest.read_to_end(&mut found));
            assert_eq!(behind.is_err(), read == Err("in UTF-16"), "{bytes:?}");
            if let Ok(read) = read {
                assert_eq!(found, read.as_bytes());
            }
        }
    }
}
