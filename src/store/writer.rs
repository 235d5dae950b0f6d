//! The one writer: a thread that takes whatever queued while the last sync ran, applies it in one
//! transaction, commits once, then answers all. There is no timer: a lone write waits for nobody,
//! and under load the batch grows by itself. An acknowledgement never precedes the sync.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;

use redb::{Database, WriteTransaction};
use tokio::sync::oneshot;

use super::Written;
use super::error::{Cause, StoreError, WriteError};
use super::measure;
use super::open::Unverified;
use super::snapshot::Latest;
use super::writing::Writing;
use crate::output::standard_error::tell;

/// The most writes in one transaction: enough to amortise a sync, few enough to bound its latency.
const BATCH: usize = 512;

/// How long a file that is verified while it is served is left alone, unless a write comes.
const BEFORE_VERIFYING: Duration = Duration::from_millis(200);

/// A queue to the writer thread, which ends when this is dropped.
pub(super) struct Writer {
    queue: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    broken: Arc<Broken>,
    /// Once it is set, the file is verified no further.
    stop: Arc<AtomicBool>,
    work: Arc<measure::Work>,
}

/// What takes the view of a commit that has just been made.
pub(super) type Follow = fn(&Latest, &Database);

/// Why no more writes are taken, once that is so.
type Broken = OnceLock<Cause>;

/// A write as the writer takes it.
enum Job {
    /// One that shares its transaction with its neighbours in the queue.
    Shared(Box<dyn Work>),
    /// One that has its transactions to itself.
    Alone(Box<dyn FnOnce(&Written, &Broken) + Send>),
}

/// A write and whom to tell.
trait Work: Send {
    /// Applies the write. It may be applied again after the transaction was aborted on account of
    /// a neighbour, so it must depend on the store alone.
    fn apply(&mut self, tx: &Writing) -> Result<(), StoreError>;

    /// Tells the outcome.
    fn answer(self: Box<Self>, outcome: Result<(), WriteError>);
}

struct Task<T, F> {
    apply: F,
    result: Option<T>,
    reply: oneshot::Sender<Result<T, WriteError>>,
}

impl<T: Send, F> Work for Task<T, F>
where
    F: FnMut(&Writing) -> Result<T, StoreError> + Send,
{
    fn apply(&mut self, tx: &Writing) -> Result<(), StoreError> {
        let apply = AssertUnwindSafe(|| (self.apply)(tx));
        self.result = Some(catch_unwind(apply).unwrap_or(Err(StoreError::Panicked))?);
        Ok(())
    }

    fn answer(self: Box<Self>, outcome: Result<(), WriteError>) {
        let Self { result, reply, .. } = *self;
        let answer = outcome.and_then(|()| result.ok_or(WriteError::Closed));
        // A client that has gone away does not care for the answer.
        let _ = reply.send(answer);
    }
}

impl Writer {
    /// Starts the thread. What is unverified is verified before the first write.
    pub(super) fn start(
        written: Arc<Written>,
        unverified: Option<Unverified>,
    ) -> std::io::Result<Self> {
        let (queue, jobs) = channel();
        let (broken, stop) = (Arc::new(Broken::new()), Arc::new(AtomicBool::new(false)));
        let (shared, stopped, work) = (broken.clone(), stop.clone(), written.work.clone());
        let thread = std::thread::Builder::new().name("writer".to_owned()).spawn(move || {
            let mut first = None;
            if let Some(unverified) = unverified {
                // Who asks right after the start is not to wait beside it on a machine with one core.
                first = jobs.recv_timeout(BEFORE_VERIFYING).ok();
                verify(unverified, stopped, &shared);
            }
            run(&written, first, &jobs, &shared);
        })?;
        Ok(Self { queue: Some(queue), thread: Some(thread), broken, stop, work })
    }

    /// Queues a write that may share its transaction.
    pub(super) fn write<T, F>(
        &self,
        apply: F,
    ) -> impl Future<Output = Result<T, WriteError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnMut(&Writing) -> Result<T, StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.queue(Job::Shared(Box::new(Task { apply, result: None, reply })));
        async move { answer.await.unwrap_or(Err(WriteError::Closed)) }
    }

    /// Queues a write that has its transaction to itself; what `apply` refuses is rolled back. Once it
    /// is committed, `follow` takes the view of it.
    pub(super) fn write_alone<T, E, F>(
        &self,
        apply: F,
        follow: Follow,
    ) -> impl Future<Output = Result<Result<T, E>, WriteError>> + Send + use<T, E, F>
    where
        T: Send + 'static,
        E: Send + 'static,
        F: FnOnce(&mut WriteTransaction) -> Result<T, E> + Send + 'static,
    {
        self.alone(move |written, broken| settle_alone(written, broken, apply, follow))
    }

    /// Queues a write as [`Writer::write_alone`] does. Once it is committed, and before any other write,
    /// `tidy` gets what it returned and a transaction to itself. Where that fails, the write is made all
    /// the same.
    pub(super) fn write_and_tidy<T, E, F, G>(
        &self,
        apply: F,
        follow: Follow,
        tidy: G,
    ) -> impl Future<Output = Result<Result<T, E>, WriteError>> + Send + use<T, E, F, G>
    where
        T: Send + 'static,
        E: Send + 'static,
        F: FnOnce(&mut WriteTransaction) -> Result<T, E> + Send + 'static,
        G: FnOnce(&WriteTransaction, &T) -> Result<(), StoreError> + Send + 'static,
    {
        self.alone(move |written, broken| {
            let applied = settle_alone(written, broken, apply, follow)?;
            if let Ok(value) = &applied {
                settle_tidying(written, broken, |tx| tidy(tx, value));
            }
            Ok(applied)
        })
    }

    /// Queues what is settled while no other write is.
    fn alone<T, S>(
        &self,
        settle: S,
    ) -> impl Future<Output = Result<T, WriteError>> + Send + use<T, S>
    where
        T: Send + 'static,
        S: FnOnce(&Written, &Broken) -> Result<T, WriteError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.queue(Job::Alone(Box::new(move |written, broken| {
            // A client that has gone away does not care for the answer.
            let _ = reply.send(settle(written, broken));
        })));
        async move { answer.await.unwrap_or(Err(WriteError::Closed)) }
    }

    fn queue(&self, job: Job) {
        if let Some(queue) = &self.queue {
            self.work.queued.fetch_add(1, Ordering::Relaxed);
            // The writer drops the job, and with it the reply, if it has ended.
            let _ = queue.send(job);
        }
    }

    /// Returns why no more writes are taken: the disk failed, or a commit panicked and ended the
    /// thread.
    pub(super) fn broken(&self) -> Option<Cause> {
        let ended = self.thread.as_ref().is_none_or(JoinHandle::is_finished);
        self.broken.get().copied().or(ended.then_some(Cause::Other))
    }
}

impl Writer {
    /// Returns whether the file has turned out to be damaged.
    pub(super) fn is_damaged(&self) -> bool {
        self.broken.get() == Some(&Cause::Damaged)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Verifies the file. If it is damaged, the log is told, and nothing is read or written any more.
fn verify(unverified: Unverified, stop: Arc<AtomicBool>, broken: &Broken) {
    if let Err(sentence) = unverified.verify(stop.clone())
        && !stop.load(Ordering::Relaxed)
        && broken.set(Cause::Damaged).is_ok()
    {
        tell(format_args!("etalon: nothing is answered any more. {sentence}"));
    }
}

fn run(written: &Written, first: Option<Job>, jobs: &Receiver<Job>, broken: &Broken) {
    let mut held = first;
    let taken = |writes: usize| written.work.queued.fetch_sub(writes as u64, Ordering::Relaxed);
    while let Some(first) = held.take().or_else(|| jobs.recv().ok()) {
        match first {
            Job::Alone(settle) => {
                taken(1);
                settle(written, broken);
            }
            Job::Shared(work) => {
                let mut batch = vec![work];
                while batch.len() < BATCH && held.is_none() {
                    match jobs.try_recv() {
                        Ok(Job::Shared(work)) => batch.push(work),
                        Ok(alone) => held = Some(alone),
                        Err(_) => break,
                    }
                }
                taken(batch.len());
                settle(written, batch, broken);
            }
        }
    }
}

/// Applies a batch in one transaction. If applying one fails, the transaction is aborted and each
/// runs alone. If the commit fails, nothing is ever replayed: it may be on the disk.
fn settle(written: &Written, mut batch: Vec<Box<dyn Work>>, broken: &Broken) {
    if let Some(cause) = broken.get() {
        batch.into_iter().for_each(|work| work.answer(Err(WriteError::Refused(*cause))));
        return;
    }
    match apply(written, &mut batch) {
        Ok(tx) => {
            let committed = commit(tx, written, batch.len(), broken);
            if committed.is_ok() {
                written.latest.follow(&written.database);
            }
            for work in batch {
                work.answer(committed.map_err(WriteError::OutcomeUnknown));
            }
        }
        Err(error) if batch.len() == 1 || error.is_of_disk() => {
            note(&error, broken);
            let cause = Cause::from(&error);
            let mut batch = batch.into_iter();
            if let Some(work) = batch.next() {
                work.answer(Err(WriteError::Failed(error)));
            }
            batch.for_each(|work| work.answer(Err(WriteError::Refused(cause))));
        }
        Err(_) => batch.into_iter().for_each(|work| settle(written, vec![work], broken)),
    }
}

/// Applies one write in a transaction of its own, which is dropped, and thereby aborted, unless the
/// write succeeds.
fn settle_alone<T, E>(
    written: &Written,
    broken: &Broken,
    apply: impl FnOnce(&mut WriteTransaction) -> Result<T, E>,
    follow: Follow,
) -> Result<Result<T, E>, WriteError> {
    if let Some(cause) = broken.get() {
        return Err(WriteError::Refused(*cause));
    }
    let mut tx = begin(written).map_err(|error| {
        note(&error, broken);
        WriteError::Failed(error)
    })?;
    let applied = catch_unwind(AssertUnwindSafe(|| apply(&mut tx)));
    match applied.map_err(|_| WriteError::Failed(StoreError::Panicked))? {
        Ok(value) => {
            commit(tx, written, 1, broken).map_err(WriteError::OutcomeUnknown)?;
            follow(&written.latest, &written.database);
            Ok(Ok(value))
        }
        Err(refused) => Ok(Err(refused)),
    }
}

/// Tidies up in a transaction of its own. Nobody waits for the outcome: if the disk failed, the log is
/// told, and the next write.
fn settle_tidying(
    written: &Written,
    broken: &Broken,
    tidy: impl FnOnce(&WriteTransaction) -> Result<(), StoreError>,
) {
    let tidied = begin(written).and_then(|tx| {
        let tidied = catch_unwind(AssertUnwindSafe(|| tidy(&tx)));
        tidied.unwrap_or(Err(StoreError::Panicked)).map(|()| tx)
    });
    match tidied {
        Ok(tx) => {
            if commit(tx, written, 0, broken).is_ok() {
                written.latest.follow(&written.database);
            }
        }
        Err(error) => note(&error, broken),
    }
}

/// Commits so many writes, or tells that no more are taken, and why.
fn commit(
    tx: WriteTransaction,
    written: &Written,
    writes: usize,
    broken: &Broken,
) -> Result<(), Cause> {
    let committed = tx.commit().map_err(|error| {
        // It may be on the disk, so that what was committed before is no longer all.
        written.latest.clear();
        let error = StoreError::from(error);
        end(&error, broken);
        Cause::from(&error)
    });
    if committed.is_ok() {
        written.work.commits.add(writes as u64);
    }
    committed
}

/// Tells that no more writes are taken, if it is the disk that failed: redb is of no use after it.
fn note(error: &StoreError, broken: &Broken) {
    if error.is_of_disk() {
        end(error, broken);
    }
}

/// Takes no more writes. The log is told why, once.
fn end(error: &StoreError, broken: &Broken) {
    if broken.set(Cause::from(error)).is_ok() {
        tell(format_args!("etalon: no more writes are taken until a restart. {error}"));
    }
}

/// Returns the transaction with the whole batch applied; dropped, and thereby aborted, when one
/// fails.
fn apply(written: &Written, batch: &mut [Box<dyn Work>]) -> Result<WriteTransaction, StoreError> {
    let tx = begin(written)?;
    let shared = Writing::new(&tx);
    batch.iter_mut().try_for_each(|work| work.apply(&shared))?;
    drop(shared);
    Ok(tx)
}

fn begin(written: &Written) -> Result<WriteTransaction, StoreError> {
    let mut tx = written.database.begin_write()?;
    // Opening after a crash would otherwise walk the whole file: seconds for a gigabyte. What is in
    // memory is never opened again.
    tx.set_quick_repair(written.is_file);
    Ok(tx)
}
