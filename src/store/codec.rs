//! Values: a version byte, then fields. What is text on the wire is text here, so that serving
//! copies it out.

use super::error::StoreError;

/// The first byte of every value.
pub(super) const VERSION: u8 = 1;

/// What stands in the place of the length where there is no text.
const NO_TEXT: u32 = u32::MAX;

/// Writes a value.
pub(super) struct Encoder(Vec<u8>);

impl Encoder {
    pub(super) fn new() -> Self {
        Self(vec![VERSION])
    }

    pub(super) fn number(mut self, number: u64) -> Self {
        self.0.extend_from_slice(&number.to_le_bytes());
        self
    }

    pub(super) fn bytes(mut self, bytes: [u8; 16]) -> Self {
        self.0.extend_from_slice(&bytes);
        self
    }

    /// Writes a text, or none.
    pub(super) fn text(mut self, text: Option<&str>) -> Self {
        match text {
            Some(text) => put_text(&mut self.0, |out| out.extend_from_slice(text.as_bytes())),
            None => self.0.extend_from_slice(&NO_TEXT.to_le_bytes()),
        }
        self
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// Writes a value that is one text, which `write` adds to the end of `out`.
pub(super) fn text_into(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    out.push(VERSION);
    put_text(out, write);
}

/// Writes the text that `write` adds to the end of `out`, behind its length. Texts are requests and
/// record lines, so far below 4 GiB.
fn put_text(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let at = out.len();
    out.extend_from_slice(&NO_TEXT.to_le_bytes());
    let start = out.len();
    write(out);
    let length = u32::try_from(out.len() - start).unwrap_or(NO_TEXT);
    out[at..start].copy_from_slice(&length.to_le_bytes());
}

/// Reads a value; what does not fit is an error that names table and key.
pub(super) struct Decoder<'a, K: Fn() -> String> {
    rest: &'a [u8],
    table: &'static str,
    key: K,
}

impl<'a, K: Fn() -> String> Decoder<'a, K> {
    pub(super) fn new(bytes: &'a [u8], table: &'static str, key: K) -> Result<Self, StoreError> {
        let mut decoder = Self { rest: bytes, table, key };
        match decoder.take::<1>()? {
            [VERSION] => Ok(decoder),
            _ => Err(decoder.refuse()),
        }
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], StoreError> {
        match self.rest.split_first_chunk::<N>() {
            Some((head, rest)) => {
                self.rest = rest;
                Ok(*head)
            }
            None => Err(self.refuse()),
        }
    }

    pub(super) fn number(&mut self) -> Result<u64, StoreError> {
        self.take().map(u64::from_le_bytes)
    }

    pub(super) fn bytes(&mut self) -> Result<[u8; 16], StoreError> {
        self.take()
    }

    pub(super) fn text(&mut self) -> Result<Option<&'a str>, StoreError> {
        let length = u32::from_le_bytes(self.take()?);
        if length == NO_TEXT {
            return Ok(None);
        }
        let Some((text, rest)) = self.rest.split_at_checked(length as usize) else {
            return Err(self.refuse());
        };
        self.rest = rest;
        std::str::from_utf8(text).map(Some).map_err(|_| self.refuse())
    }

    /// Returns a text that must be there.
    pub(super) fn some_text(&mut self) -> Result<&'a str, StoreError> {
        self.text()?.ok_or_else(|| self.refuse())
    }

    pub(super) fn refuse(&self) -> StoreError {
        StoreError::Undecodable { table: self.table, key: (self.key)() }
    }
}
