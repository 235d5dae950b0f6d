//! The body of an answer that is too long to be held: it stands in a file without a name, and is read
//! in parts. It is taken from the target at full speed all the same, since a server may cut off who
//! reads slowly, and who judges while he reads does.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use super::meter::List;

/// How much is kept at hand of a long body: what it looks like.
pub(crate) const BEGINNING: usize = 64 << 10;

/// A body that stands in a file, or stood there and is gone.
#[derive(Debug)]
pub struct LongBody {
    file: Option<File>,
    /// How many bytes it has.
    pub(crate) length: u64,
    /// Its longest list, if it has one.
    pub(crate) list: Option<List>,
}

impl LongBody {
    /// Returns a body of which nothing has come yet.
    ///
    /// # Errors
    /// The folder for temporary files takes none.
    pub(crate) fn new() -> io::Result<LongBody> {
        // It has no name, so that nobody else opens it, and is gone with the process.
        Ok(LongBody { file: Some(tempfile::tempfile()?), length: 0, list: None })
    }

    /// Returns the body that has come whole, and where its longest list stands.
    pub(crate) fn with_list(self, list: Option<List>) -> LongBody {
        LongBody { list, ..self }
    }

    /// Returns a body of which only its beginning was kept.
    pub(crate) fn gone(length: u64) -> LongBody {
        LongBody { file: None, length, list: None }
    }

    /// Adds what comes next.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.length += bytes.len() as u64;
        self.file.as_mut().map_or(Ok(()), |file| file.write_all(bytes))
    }

    /// Returns so many bytes from there, to be read by one reader at a time.
    ///
    /// # Errors
    /// It is gone, or cannot be read.
    pub(crate) fn read(&self, start: u64, length: u64) -> io::Result<impl Read> {
        let mut file = self.file.as_ref().ok_or_else(|| io::Error::other("it was not kept"))?;
        file.seek(SeekFrom::Start(start))?;
        Ok(file.take(length))
    }

    /// Returns whether it can be read.
    pub(crate) fn is_kept(&self) -> bool {
        self.file.is_some()
    }
}

/// Two are the same that have the same length: their beginnings are compared beside them.
impl PartialEq for LongBody {
    fn eq(&self, other: &LongBody) -> bool {
        self.length == other.length
    }
}

impl Eq for LongBody {}
