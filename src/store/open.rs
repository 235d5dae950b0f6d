//! Opening: a file of ours, or one sentence that says what it is instead.

use std::cell::Cell;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::path::Path;
use std::sync::Once;

use redb::backends::InMemoryBackend;
use redb::{
    Builder, Database, DatabaseError, ReadOnlyDatabase, ReadableDatabase, StorageError, TableError,
};

use super::error::{StoreError, is_full_disk};
use super::tables::{META, SCHEMA, create};

/// redb's page cache, in bytes; its default is 1 GiB. This holds the upper levels of every tree, and
/// what misses it costs a read from the system's own cache. A list that is longer than the cache
/// fills it, and the allocator holds up to twice as much again, so it bounds what a list adds to the
/// server's memory. Loads are no faster with sixteen times as much.
const CACHE: usize = 4 << 20;

/// Up to this size, in bytes, a file is checked page by page when it is opened, which costs less
/// than a tenth of a second. A gigabyte would cost seconds: of a larger file only the pages that
/// opening reads are checked.
const CHECKED_WHOLE: u64 = 64 << 20;

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE);
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
    Writable(Database),
    /// The file, or its file system, cannot be written.
    ReadOnly(ReadOnlyDatabase),
}

pub(super) fn file(path: &Path) -> Result<Opened, String> {
    let shown = path.display();
    // redb asserts where it trusts its own file; a damaged one must end in a sentence all the same.
    let opened = quietly(|| {
        match path.metadata() {
            Ok(found) if !found.is_file() => return Err("is no file.".to_owned()),
            Ok(_) => {}
            Err(_) => make(path)?,
        }
        let length = path.metadata().map_or(0, |metadata| metadata.len());
        if length > 0 {
            recognise(path)?;
        }
        let mut builder = builder();
        builder.set_check_integrity_on_open(length <= CHECKED_WHOLE);
        let database = match builder.create(path) {
            Ok(database) => database,
            Err(error) if is_unwritable(&error) => {
                let database = builder.open_read_only(path);
                return database.map(Opened::ReadOnly).map_err(|error| explain(&error));
            }
            Err(error) => return Err(explain(&error)),
        };
        if !is_ours(&database)? {
            initialise(&database).map_err(damaged)?;
        }
        Ok(Opened::Writable(database))
    });
    let opened = opened.unwrap_or_else(|| Err("is damaged: it cannot be read.".to_owned()));
    opened.map_err(|reason| format!("The store {shown} {reason}"))
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

/// Refuses what is somebody else's before a byte of it changes: redb writes into a file as soon as
/// it opens it for writing. One that a crash left unfinished cannot be told like this; redb mends
/// it first, which loses nothing whosever it is.
fn recognise(path: &Path) -> Result<(), String> {
    match builder().open_read_only(path) {
        Ok(database) => is_ours(&database).map(|_| ()),
        Err(DatabaseError::RepairAborted) => Ok(()),
        Err(error) => Err(explain(&error)),
    }
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
    QUIET.set(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    QUIET.set(false);
    result.ok()
}

/// Returns whether a file can be read, as far as that is known, and not written.
fn is_unwritable(error: &DatabaseError) -> bool {
    let DatabaseError::Storage(StorageError::Io(error)) = error else { return false };
    matches!(error.kind(), ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied)
}

fn explain(error: &DatabaseError) -> String {
    match error {
        DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => {
            "is in use by another process; stop that one or choose another file.".to_owned()
        }
        DatabaseError::UpgradeRequired(version) => format!(
            "is of another version (file format {version}); dump it with the version that wrote it \
             and load the records into a new file."
        ),
        DatabaseError::Storage(StorageError::Io(error)) => match error.kind() {
            // No magic number, or less than one.
            ErrorKind::InvalidData | ErrorKind::UnexpectedEof => {
                "is foreign: it is not a store of etalon. Choose another file.".to_owned()
            }
            _ if is_full_disk(error) => format!("cannot be made: the disk is full ({error})."),
            _ => format!("cannot be opened: {error}."),
        },
        DatabaseError::RepairAborted => {
            "was not closed in order and cannot be mended where it can only be read; copy it to where \
             it can be written."
                .to_owned()
        }
        other => format!("is damaged: {other}. Load the records into a new file."),
    }
}

fn damaged(error: StoreError) -> String {
    format!("is damaged. {error}")
}

/// Returns whether the file is ours; not, when it is new. One that is somebody else's or of another
/// version is an error.
fn is_ours(database: &impl ReadableDatabase) -> Result<bool, String> {
    let tx = database.begin_read().map_err(|error| damaged(error.into()))?;
    let found = match tx.open_table(META) {
        Ok(meta) => meta
            .get("schema")
            .map_err(|error| damaged(error.into()))?
            .map(|schema| schema.value().to_owned()),
        Err(TableError::TableDoesNotExist(_)) => {
            let mut tables = tx.list_tables().map_err(|error| damaged(error.into()))?;
            if tables.next().is_some() {
                return Err("is foreign: its tables are not etalon's. Choose another file.".into());
            }
            return Ok(false);
        }
        Err(TableError::Storage(error)) => return Err(damaged(error.into())),
        Err(_) => {
            return Err("is foreign: its tables are not etalon's. Choose another file.".into());
        }
    };
    match found.as_deref() {
        Some(SCHEMA) => Ok(true),
        Some(other) => Err(format!(
            "is of another version (\"{other}\", this is \"{SCHEMA}\"); dump it with the version \
             that wrote it and load the records into a new file."
        )),
        None => Err("is foreign: it does not say what wrote it. Choose another file.".into()),
    }
}

fn initialise(database: &Database) -> Result<(), StoreError> {
    let tx = database.begin_write()?;
    tx.open_table(META)?.insert("schema", SCHEMA)?;
    create(&tx)?;
    tx.commit()?;
    Ok(())
}
