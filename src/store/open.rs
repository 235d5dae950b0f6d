//! Opening: a file of ours, or one sentence that says what it is instead.

use std::cell::Cell;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Seek as _, SeekFrom, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Once};

use redb::backends::{FileBackend, InMemoryBackend};
use redb::{Builder, Database, DatabaseError, ReadableDatabase, StorageError, TableError};

use super::error::{StoreError, is_full_disk};
use super::header::Header;
use super::shadow::Shadow;
use super::tables::{META, SCHEMA, create};

/// The size of redb's page cache where nobody says, in bytes; redb's own default is 1 GiB. This holds
/// the upper levels of every tree, and what misses it costs a read from the system's own cache. A list
/// that is longer than the cache fills it, and the allocator holds up to twice as much again, so it
/// bounds what a list adds to the server's memory. Loads are no faster with sixteen times as much.
pub const CACHE: usize = 4 << 20;

/// Up to this size, in bytes, a file is verified page by page before anything of it is served, which
/// costs less than a tenth of a second. A gigabyte would cost seconds: a larger file is served at
/// once, and verified meanwhile.
const VERIFIED_FIRST: u64 = 64 << 20;

fn builder() -> Builder {
    with_cache(CACHE)
}

fn with_cache(bytes: usize) -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(bytes);
    builder
}

pub(super) fn memory() -> Result<Database, String> {
    let database = builder()
        .create_with_backend(InMemoryBackend::new())
        .map_err(|error| format!("The store in memory cannot be made: {error}."))?;
    initialise(&database).map_err(|error| error.to_string())?;
    Ok(database)
}

/// A file that is open.
pub(super) enum Opened {
    /// What is still to be verified comes with it.
    Writable(Database, Option<Unverified>),
    /// The file, or its file system, cannot be written.
    ReadOnly(Database),
}

/// A file that is open for writing and was not verified.
pub(super) struct Unverified {
    file: File,
    header: Header,
    /// The file's name, as sentences have it.
    name: String,
}

impl Unverified {
    /// Verifies every page, until `stop` is set. Nothing may be written meanwhile.
    ///
    /// # Errors
    /// A sentence that says what is damaged.
    pub(super) fn verify(self, stop: Arc<AtomicBool>) -> Result<(), String> {
        let Self { file, header, name } = self;
        let verified = quietly(|| {
            let shadow = Shadow::beside(file, &header, stop)?;
            verifying(Extent::Whole).create_with_backend(shadow).map(drop)
        });
        let verified = verified
            .map_or_else(|| Err(unreadable()), |done| done.map_err(|error| explain(&error)));
        verified.map_err(|reason| format!("The store {name} {reason}"))
    }
}

/// How much of a file is verified.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// Every page.
    Whole,
    /// What opening it reads, and no checksum of that.
    Opening,
}

fn verifying(extent: Extent) -> Builder {
    let mut builder = builder();
    builder.set_check_integrity_on_open(extent == Extent::Whole);
    builder
}

/// Opens the file at `path`, or makes it. As long as it can be written, so many bytes of its pages are
/// kept in memory.
pub(super) fn file(path: &Path, cache: usize) -> Result<Opened, String> {
    opened(path, || {
        if path.metadata().is_err() {
            make(path)?;
        }
        let length = length(path)?;
        let extent = if length <= VERIFIED_FIRST { Extent::Whole } else { Extent::Opening };
        let (shadow, header) = shadow(path, extent)?;
        let file = match OpenOptions::new().read(true).write(true).open(path) {
            Ok(file) => file,
            Err(error) if is_unwritable(&error) && extent == Extent::Whole => {
                return Ok(Opened::ReadOnly(shadow));
            }
            Err(error) if is_unwritable(&error) => {
                drop(shadow);
                return Ok(Opened::ReadOnly(self::shadow(path, Extent::Whole)?.0));
            }
            Err(error) => return Err(unopened(&error)),
        };
        // As long as the shadow has its lock, nobody else writes.
        settle(&file, &header).map_err(|error| unopened(&error))?;
        drop(shadow);
        let backend = FileBackend::new(file).map_err(|error| explain(&error))?;
        let database =
            with_cache(cache).create_with_backend(backend).map_err(|error| explain(&error))?;
        let unverified = match extent {
            Extent::Whole => None,
            Extent::Opening => {
                let file = File::open(path).map_err(|error| unopened(&error))?;
                let header = Header::read(&file).map_err(|error| unopened(&error))?;
                let header = header.ok_or_else(foreign)?;
                Some(Unverified { file, header, name: path.display().to_string() })
            }
        };
        Ok(Opened::Writable(database, unverified))
    })
}

/// Opens the file at `path` for reading, every page of it verified. Whatever is to be mended of it is
/// mended in memory.
pub(super) fn whole(path: &Path) -> Result<Database, String> {
    opened(path, || {
        length(path)?;
        shadow(path, Extent::Whole).map(|(database, _)| database)
    })
}

fn opened<T>(path: &Path, open: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    // redb asserts where it trusts its own file; a damaged one must end in a sentence all the same.
    let opened = quietly(open).unwrap_or_else(|| Err(unreadable()));
    opened.map_err(|reason| format!("The store {} {reason}", path.display()))
}

/// Returns the length of a file. One of nothing was never ours: we give a file its name when it is
/// made, and what is cut to nothing must not become a new store.
fn length(path: &Path) -> Result<u64, String> {
    match path.metadata() {
        Ok(found) if !found.is_file() => Err("is no file.".to_owned()),
        Ok(found) if found.len() == 0 => Err(
            "is an empty file, which no store is: if it was one, restore it from a copy. Remove it to \
             begin a new store."
                .to_owned(),
        ),
        Ok(found) => Ok(found.len()),
        Err(error) => Err(unopened(&error)),
    }
}

/// Opens a file of ours without writing into it, and refuses what is somebody else's. The header that
/// is returned says which of its commits holds.
fn shadow(path: &Path, extent: Extent) -> Result<(Database, Header), String> {
    let file = || File::open(path).map_err(|error| unopened(&error));
    let read = || Header::read(&file()?).map_err(|error| unopened(&error));
    let header = read()?.ok_or_else(foreign)?;
    let open = |header: &Header, extent| -> Result<_, String> {
        let shadow = Shadow::new(file()?, header);
        let opened = shadow.and_then(|shadow| verifying(extent).create_with_backend(shadow));
        opened.map_err(|error| explain(&error))
    };
    // First as it says, for redb holds the commit that it names to its checksum: else damage in that
    // one would make the one before it the later.
    let stated = open(&header, extent)?;
    // A commit that was whole on the disk when the process was killed, and not yet told to anybody,
    // holds as well as the one before it: so a flag that names the wrong one loses nothing.
    let later = header.advanced().map(|later| {
        let opened = quietly(|| open(&later, Extent::Whole)).unwrap_or_else(|| Err(unreadable()));
        opened.map(|database| (database, later))
    });
    let (database, held) = match later {
        Some(Ok(found)) => found,
        Some(Err(reason)) if header.is_closed() => return Err(reason),
        _ => (stated, header.clone()),
    };
    // Until it was locked, another process could write it.
    if read()?.as_ref() != Some(&header) {
        return Err(in_use());
    }
    check_ours(&database)?;
    if !held.is_ours() {
        return Err(damaged("its header says what no store's does"));
    }
    Ok((database, held))
}

/// Makes a file say which of its commits holds.
fn settle(mut file: &File, header: &Header) -> io::Result<()> {
    let (at, flags) = header.flags();
    if Header::read(file)?.is_some_and(|found| found.flags() != (at, flags)) {
        file.seek(SeekFrom::Start(at))?;
        file.write_all(&flags)?;
        file.sync_data()?;
    }
    Ok(())
}

/// Makes a new file under another name and gives it its own when it is whole: what a kill leaves of
/// the making has no magic number yet, so it would be taken for somebody else's ever after.
fn make(path: &Path) -> Result<(), String> {
    let failed = |error: io::Error| format!("cannot be made: {error}.");
    let mut making = path.as_os_str().to_owned();
    making.push(".making");
    let making = Path::new(&making);
    match fs::remove_file(making) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    private(making).map_err(failed)?;
    let made = builder().create(making).map_err(|error| explain(&error)).and_then(|database| {
        initialise(&database).map_err(|error| format!("cannot be made. {error}"))
    });
    if let Err(reason) = made {
        // Nothing of it is of use, and a full disk needs the room.
        let _ = fs::remove_file(making);
        return Err(reason);
    }
    // Unlike a rename, a link cannot take the place of what another process made meanwhile.
    match fs::hard_link(making, path) {
        Ok(()) => fs::remove_file(making),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => fs::remove_file(making),
        Err(_) => fs::rename(making, path),
    }
    .map_err(failed)
}

/// Makes an empty file that nobody else on the machine can read: a store holds names, addresses and
/// accounts.
fn private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create_new(true).open(path).map(drop)
}

/// Runs `work`. If it panics, the answer is nothing, and so is what is printed of it.
fn quietly<T>(work: impl FnOnce() -> T) -> Option<T> {
    thread_local! { static QUIET: Cell<bool> = const { Cell::new(false) } }
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let print = take_hook();
        set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                print(panic);
            }
        }));
    });
    let was_quiet = QUIET.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    QUIET.set(was_quiet);
    result.ok()
}

/// Returns whether an error says that a file cannot be written, whoever may read it.
fn is_unwritable(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied)
}

fn explain(error: &DatabaseError) -> String {
    match error {
        DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => in_use(),
        DatabaseError::UpgradeRequired(version) => format!(
            "is of another version (file format {version}); dump it with the version that wrote it \
             and load the records into a new file."
        ),
        DatabaseError::Storage(StorageError::Io(error)) => match error.kind() {
            // No magic number, or less than one.
            ErrorKind::InvalidData | ErrorKind::UnexpectedEof => foreign(),
            _ if is_full_disk(error) => format!("cannot be made: the disk is full ({error})."),
            _ => unopened(error),
        },
        DatabaseError::Storage(StorageError::Corrupted(what)) => damaged(what),
        other => damaged(other),
    }
}

fn in_use() -> String {
    "is in use by another process; stop that one or choose another file.".to_owned()
}

fn unopened(error: &io::Error) -> String {
    format!("cannot be opened: {error}.")
}

fn foreign() -> String {
    "is foreign: it does not begin as a store of etalon. Choose another file, or restore this one from \
     a copy."
        .to_owned()
}

fn damaged(what: impl std::fmt::Display) -> String {
    format!("is damaged: {what}. Restore it from a copy, or load the records into a new file.")
}

fn unreadable() -> String {
    damaged("what it says of itself cannot be")
}

/// Refuses a file that is somebody else's, or of another version.
fn check_ours(database: &impl ReadableDatabase) -> Result<(), String> {
    let theirs = || "is foreign: its tables are not etalon's. Choose another file.".to_owned();
    let tx = database.begin_read().map_err(damaged)?;
    let meta = tx.open_table(META).map_err(|error| match error {
        TableError::Storage(error) => damaged(error),
        _ => theirs(),
    })?;
    let found = meta.get("schema").map_err(damaged)?;
    match found.as_ref().map(|schema| schema.value()) {
        Some(SCHEMA) => Ok(()),
        Some(other) => Err(format!(
            "is of another version (\"{other}\", this is \"{SCHEMA}\"); dump it with the version \
             that wrote it and load the records into a new file."
        )),
        None => Err("is foreign: it does not say what wrote it. Choose another file.".into()),
    }
}

fn initialise(database: &Database) -> Result<(), StoreError> {
    let mut tx = database.begin_write()?;
    // As every commit: see `header`.
    tx.set_quick_repair(true);
    tx.open_table(META)?.insert("schema", SCHEMA)?;
    create(&tx)?;
    tx.commit()?;
    Ok(())
}
