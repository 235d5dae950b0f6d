//! Opening: a file of ours, or one sentence that says what it is instead.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use redb::backends::InMemoryBackend;
use redb::{Builder, Database, DatabaseError, ReadableDatabase, StorageError, TableError};

use super::error::StoreError;
use super::tables::{META, SCHEMA, create};

/// redb's page cache. Its default is 1 GiB; this keeps a point read within microseconds.
const CACHE: usize = 64 << 20;

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

pub(super) fn file(path: &Path) -> Result<Database, String> {
    let shown = path.display();
    // redb asserts where it trusts its own file; a damaged one must end in a sentence all the same.
    let opened = catch_unwind(AssertUnwindSafe(|| {
        let database = builder().create(path).map_err(|error| explain(&error))?;
        check(&database)?;
        Ok(database)
    }));
    let opened = opened.unwrap_or_else(|_| Err("is damaged: it cannot be read.".to_owned()));
    opened.map_err(|reason| format!("The store {shown} {reason}"))
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
        DatabaseError::Storage(StorageError::Io(error))
            if error.kind() == std::io::ErrorKind::InvalidData =>
        {
            "is foreign: it is not a store of etalon. Choose another file.".to_owned()
        }
        DatabaseError::Storage(StorageError::Io(error)) => format!("cannot be opened: {error}."),
        other => format!("is damaged: {other}. Load the records into a new file."),
    }
}

/// Makes a new file ours, and refuses one that is somebody else's or of another version.
fn check(database: &Database) -> Result<(), String> {
    let damaged = |error: StoreError| format!("is damaged. {error}");
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
            return initialise(database).map_err(damaged);
        }
        Err(TableError::Storage(error)) => return Err(damaged(error.into())),
        Err(_) => {
            return Err("is foreign: its tables are not etalon's. Choose another file.".into());
        }
    };
    match found.as_deref() {
        Some(SCHEMA) => Ok(()),
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
