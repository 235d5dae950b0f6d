//! Files that are read: what a name may lead to, and how much is read of it. A pipe that nobody
//! writes to is waited for without end, and a device like `/dev/zero` is read without end.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The most bytes of what a person writes: a target file, a baseline, a key, a secret.
pub const WRITTEN: u64 = 16 << 20;
/// The most bytes of what a program writes: a report, a bundle.
pub const MADE: u64 = 1 << 30;

/// Opens a file to be read from its beginning to its end.
///
/// # Errors
/// It cannot be opened, or is no file: a folder, a named pipe, a device. What the shell has opened
/// (`/dev/stdin`, and `/dev/fd/N`, as it writes `<(…)`) may be a pipe, and is taken.
pub fn open(path: &Path) -> io::Result<File> {
    let found = path.metadata()?;
    if found.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    if !found.is_file() && !is_open_already(path) && path != Path::new("/dev/null") {
        return Err(io::Error::other(
            "it is no file but a pipe or a device, which may have no end; `<(…)` of the shell is \
             taken",
        ));
    }
    File::open(path)
}

/// Reads a file of at most so many bytes.
///
/// # Errors
/// As of [`open`], or it is longer.
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > most {
        true => {
            Err(io::Error::other(format!("it has more than {most} bytes, the most that are read")))
        }
        false => Ok(bytes),
    }
}

/// Returns whether a path names what a shell has opened for this process.
fn is_open_already(path: &Path) -> bool {
    ["/dev/stdin", "/dev/fd", "/proc/self/fd"].iter().any(|open| path.starts_with(open))
}

#[cfg(test)]
mod tests {
    use super::{open, read};

    #[test]
    fn a_file_is_read_as_far_as_it_may_be_long() {
        let path = std::env::temp_dir().join(format!("etalon-file-{}", std::process::id()));
        std::fs::write(&path, "12345").unwrap();
        assert_eq!(read(&path, 5).unwrap(), b"12345");
        assert!(read(&path, 4).unwrap_err().to_string().contains("more than 4 bytes"));
        std::fs::remove_file(&path).unwrap();
        assert!(open(&path).is_err());
        assert!(open(&std::env::temp_dir()).is_err());
    }
}
