//! How a bundle lies in its file: compressed as gzip does, so that `gunzip` opens it. What is sealed
//! is the content, and not how it was compressed.

use std::borrow::Cow;
use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;

use crate::input::file;

/// The bytes by which a gzip file begins (RFC 1952, 2.3.1), and no JSON.
const BEGINNING: &[u8] = &[0x1f, 0x8b];

/// Compresses a bundle; the same bytes become the same.
///
/// # Errors
/// What went wrong.
pub(super) fn packed(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut packing = GzEncoder::new(Vec::new(), Compression::best());
    packing.write_all(bytes).and_then(|()| packing.finish()).map_err(|error| error.to_string())
}

/// Returns a bundle as it was before it was compressed, if it was. As much is read of it as of a file
/// that is not compressed: a thousand bytes can be packed into one.
///
/// # Errors
/// A sentence: it is not whole, something follows it, or it is too long.
pub fn unpacked(bytes: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    unpacked_to(bytes, file::MADE)
}

fn unpacked_to(bytes: &[u8], most: u64) -> Result<Cow<'_, [u8]>, String> {
    if !is_packed(bytes) {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut packed = GzDecoder::new(bytes);
    let mut whole = Vec::new();
    packed.by_ref().take(most.saturating_add(1)).read_to_end(&mut whole).map_err(|error| {
        format!(
            "it cannot be decompressed ({error}): it was changed after it was written, or is not \
             whole; send it on as it was written, as a binary file"
        )
    })?;
    if whole.len() as u64 > most {
        return Err(format!("it holds more than {most} bytes, the most that are read"));
    }
    match packed.into_inner().len() {
        0 => Ok(Cow::Owned(whole)),
        more => Err(format!("{more} bytes follow it that no run has written")),
    }
}

/// Returns whether a file is compressed.
pub(super) fn is_packed(bytes: &[u8]) -> bool {
    bytes.starts_with(BEGINNING)
}

#[cfg(test)]
mod tests {
    use super::{packed, unpacked_to};

    const LONG: &[u8] = &[b'a'; 100_000];

    #[test]
    fn what_is_unpacked_is_what_was_packed() {
        let file = packed(LONG).unwrap();
        assert!(file.len() < 1000);
        assert_eq!(file, packed(LONG).unwrap());
        assert_eq!(&*unpacked_to(&file, 100_000).unwrap(), LONG);
        assert_eq!(&*unpacked_to(LONG, 1).unwrap(), LONG, "it is not packed");
    }

    /// Whoever was sent a file of a megabyte would have been without memory.
    #[test]
    fn what_is_packed_is_read_only_as_far_as_it_may_be_long() {
        let bomb = packed(LONG).unwrap();
        for (file, most, why) in [
            (&bomb[..], 99_999, "more than 99999 bytes"),
            (&bomb, 0, "more than 0 bytes"),
            (&bomb[..bomb.len() - 1], 100_000, "cannot be decompressed"),
            (&bomb[..2], 100_000, "cannot be decompressed"),
            (&[&bomb[..], b"\n"].concat(), 100_000, "1 bytes follow"),
            (&[&bomb[..], &bomb].concat(), 100_000, "bytes follow"),
        ] {
            let said = unpacked_to(file, most).unwrap_err();
            assert!(said.contains(why), "{said}");
        }
        let mut changed = bomb.clone();
        let last = changed.len() - 8;
        changed[last] ^= 1;
        assert!(unpacked_to(&changed, 100_000).is_err(), "the checksum is another");
    }
}
