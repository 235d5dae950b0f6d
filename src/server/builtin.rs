//! The server inside another process: in memory, on a free port, gone when it is dropped. For
//! `certify` without a URL and for tests.

use std::io::{BufRead, Cursor};
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use super::events::deliver;
use super::{Limits, serve};
use crate::api::Api;
use crate::api::auth::Auth;
use crate::api::choices::Choices;
use crate::data;
use crate::model::record::RecordReader;
use crate::output::standard_error::tell;
use crate::store::load::{LoadError, Source};
use crate::store::{Store, wait};

/// The path of the demo records among the embedded files.
const DEMO: &str = "examples/demo.ndjson";

/// A server that is running.
pub struct BuiltIn {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl BuiltIn {
    /// Its base URL, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// Starts a server that holds `records`, with the tokens `etalon-<ledgerNo>`; its admin surface is
/// closed.
///
/// # Errors
/// A sentence, when the records are refused or no port is to be had.
pub fn start(records: &[u8]) -> Result<BuiltIn, String> {
    start_with(records, Choices::default())
}

/// The same with other choices than the defaults.
///
/// # Errors
/// As [`start`].
pub fn start_with(records: &[u8], choices: Choices) -> Result<BuiltIn, String> {
    let store = Store::in_memory()?;
    load(&store, RecordReader::embedded()?, "records", Cursor::new(records.to_vec()))?;
    let runtime = runtime()?;
    let mut api = Api::new(Arc::new(store), Auth::default())?;
    api.set_choices(choices);
    let api = Arc::new(api);
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
        .map_err(|error| format!("No port can be listened on: {error}."))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let (stop, stopped) = oneshot::channel::<()>();
    let thread = std::thread::Builder::new()
        .name("server".to_owned())
        .spawn(move || {
            let stop = async {
                let _ = stopped.await;
            };
            let serving = async {
                tokio::spawn(deliver(Arc::clone(&api)));
                serve(listener, Arc::clone(&api), None, Limits::default(), stop).await
            };
            if let Err(error) = runtime.block_on(serving) {
                tell(format_args!("etalon: the built-in server ended: {error}."));
            }
        })
        .map_err(|error| format!("The server's thread cannot be started: {error}."))?;
    Ok(BuiltIn { address, stop: Some(stop), thread: Some(thread) })
}

impl Drop for BuiltIn {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Returns the runtime of a server: two workers, since the writer has a thread of its own and a
/// point read takes microseconds.
///
/// # Errors
/// A sentence, when the system gives no threads.
pub fn runtime() -> Result<Runtime, String> {
    Builder::new_multi_thread()
        .worker_threads(2)
        // They read the pages of long lists; each thread more is an allocator's arena more.
        .max_blocking_threads(4)
        .enable_all()
        .build()
        .map_err(|error| format!("The server's threads cannot be started: {error}."))
}

/// Loads the demo records.
///
/// # Errors
/// A sentence, when they are missing or refused.
pub fn load_demo(store: &Store) -> Result<(), String> {
    let bytes = data::file(DEMO).ok_or_else(|| format!("{DEMO} is not embedded."))?;
    load(store, RecordReader::of_demo()?, DEMO, Cursor::new(bytes))
}

fn load(
    store: &Store,
    reader: &'static RecordReader,
    name: &str,
    records: impl BufRead + Send + 'static,
) -> Result<(), String> {
    let source = Source { name: name.to_owned(), lines: Box::new(records) };
    let loaded = wait(store.load(reader, vec![source], |_| ()));
    loaded.map(|_| ()).map_err(|error| match error {
        LoadError::Refused(refusals) => {
            let lines = refusals.lines.iter().map(ToString::to_string);
            lines.chain(refusals.rest()).collect::<Vec<_>>().join("\n")
        }
        error => error.to_string(),
    })
}
