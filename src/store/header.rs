//! What of redb's header is looked at before redb is: no checksum covers its first 64 bytes, and a
//! flag that was flipped in them opens an older commit, or none. The layout is that of redb's file
//! format 3, which redb itself holds a file to.

use std::fs::File;
use std::io::{self, Read as _};
use std::ops::Range;

/// The bytes that are looked at: what the file is, and its two commit slots.
const LENGTH: usize = 320;
const MAGIC: &[u8] = b"redb\x1a\x0a\xa9\x0d\x0a";
/// The byte of the flags.
const FLAGS: usize = 9;
/// Which of the two slots is the commit that holds.
const SECOND_SLOT: u8 = 1;
/// The file was not closed.
const UNCLOSED: u8 = 2;
/// The commit was on the disk before the flags said that it holds: so are all of ours, see
/// `writer::begin`, but not those that redb makes while it packs a file.
const TWO_PHASES: u8 = 4;
/// The sizes of pages and regions, which are the same in all files of ours.
const SIZES: Range<usize> = 12..24;
const OUR_SIZES: [u8; 12] = *b"\x00\x10\x00\x00\x00\x00\x00\x00\x00\x00\x10\x00";
/// Where each slot has the number of its commit.
const COMMITS: [usize; 2] = [64 + 104, 192 + 104];

/// The beginning of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header(Box<[u8; LENGTH]>);

impl Header {
    /// Reads the beginning of a file; of one that is none of redb's, nothing.
    pub(super) fn read(mut file: &File) -> io::Result<Option<Self>> {
        let mut bytes = Box::new([0; LENGTH]);
        match file.read_exact(&mut *bytes) {
            Ok(()) => Ok(bytes.starts_with(MAGIC).then_some(Self(bytes))),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &*self.0
    }

    /// Returns whether flags and sizes are those of a file of ours.
    pub(super) fn is_ours(&self) -> bool {
        let flags = self.0[FLAGS];
        (flags & TWO_PHASES != 0 || !self.is_closed())
            && flags & !(SECOND_SLOT | UNCLOSED | TWO_PHASES) == 0
            && self.0[SIZES] == OUR_SIZES
    }

    /// Returns whether the file was closed in order.
    pub(super) fn is_closed(&self) -> bool {
        self.0[FLAGS] & UNCLOSED == 0
    }

    /// Returns the header that says that the later commit holds, where this says that the earlier
    /// does: it was about to be written, or the flag is damaged.
    pub(super) fn advanced(&self) -> Option<Self> {
        let commit = |slot: usize| {
            let bytes = self.0[COMMITS[slot]..].first_chunk().copied();
            u64::from_le_bytes(bytes.unwrap_or_default())
        };
        let holds = usize::from(self.0[FLAGS] & SECOND_SLOT);
        let mut advanced = self.clone();
        advanced.0[FLAGS] ^= SECOND_SLOT;
        (commit(1 - holds) > commit(holds)).then_some(advanced)
    }

    /// Returns where in the file the flags are, and what they are.
    pub(super) fn flags(&self) -> (u64, [u8; 1]) {
        (FLAGS as u64, [self.0[FLAGS]])
    }
}
