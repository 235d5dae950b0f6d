//! The one writer: a thread that takes whatever queued while the last sync ran, applies it in one
//! transaction, commits once, then answers all. There is no timer: a lone write waits for nobody,
//! and under load the batch grows by itself. An acknowledgement never precedes the sync.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use redb::{Database, WriteTransaction};
use tokio::sync::oneshot;

use super::error::{StoreError, WriteError};

/// The most writes in one transaction: enough to amortise a sync, few enough to bound its latency.
const BATCH: usize = 512;

/// A queue to the writer thread, which ends when this is dropped.
pub(super) struct Writer {
    queue: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    broken: Arc<AtomicBool>,
}

struct Job {
    work: Box<dyn Work>,
    alone: bool,
}

/// A write and whom to tell.
trait Work: Send {
    /// Applies the write. It may be applied again after the transaction was aborted on account of
    /// a neighbour, so it must depend on the store alone.
    fn apply(&mut self, tx: &WriteTransaction) -> Result<(), StoreError>;

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
    F: FnMut(&WriteTransaction) -> Result<T, StoreError> + Send,
{
    fn apply(&mut self, tx: &WriteTransaction) -> Result<(), StoreError> {
        let apply = AssertUnwindSafe(|| (self.apply)(tx));
        self.result = Some(catch_unwind(apply).unwrap_or(Err(StoreError::Panicked))?);
        Ok(())
    }

    fn answer(self: Box<Self>, outcome: Result<(), WriteError>) {
        let Self { result, reply, .. } = *self;
        let answer = outcome.and_then(|()| result.ok_or(WriteError::OutcomeUnknown));
        // A client that has gone away does not care for the answer.
        let _ = reply.send(answer);
    }
}

impl Writer {
    pub(super) fn start(database: Arc<Database>) -> std::io::Result<Self> {
        let (queue, jobs) = channel();
        let broken = Arc::new(AtomicBool::new(false));
        let shared = broken.clone();
        let thread = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || run(&database, &jobs, &shared))?;
        Ok(Self { queue: Some(queue), thread: Some(thread), broken })
    }

    /// Queues a write; `alone` gives it a transaction of its own that is never replayed.
    pub(super) fn write<T, F>(
        &self,
        alone: bool,
        apply: F,
    ) -> impl Future<Output = Result<T, WriteError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnMut(&WriteTransaction) -> Result<T, StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let work = Box::new(Task { apply, result: None, reply });
        if let Some(queue) = &self.queue {
            // The writer drops the job, and with it the reply, if it has ended.
            let _ = queue.send(Job { work, alone });
        }
        async move { answer.await.unwrap_or(Err(WriteError::Closed)) }
    }

    /// Whether a commit has failed, or panicked and ended the thread.
    pub(super) fn is_broken(&self) -> bool {
        let ended = self.thread.as_ref().is_none_or(JoinHandle::is_finished);
        ended || self.broken.load(Ordering::Acquire)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(database: &Database, jobs: &Receiver<Job>, broken: &AtomicBool) {
    let mut held = None;
    while let Some(first) = held.take().or_else(|| jobs.recv().ok()) {
        let mut batch = vec![first];
        while !batch[0].alone && batch.len() < BATCH {
            match jobs.try_recv() {
                Ok(job) if job.alone => {
                    held = Some(job);
                    break;
                }
                Ok(job) => batch.push(job),
                Err(_) => break,
            }
        }
        commit(database, batch, broken);
    }
}

/// Applies a batch in one transaction. If applying one fails, the transaction is aborted and each
/// runs alone. If the commit fails, nothing is ever replayed: it may be on the disk.
fn commit(database: &Database, mut batch: Vec<Job>, broken: &AtomicBool) {
    if broken.load(Ordering::Acquire) {
        batch.into_iter().for_each(|job| job.work.answer(Err(WriteError::Closed)));
        return;
    }
    match apply(database, &mut batch) {
        Ok(tx) => {
            let committed = tx.commit().is_ok();
            if !committed {
                broken.store(true, Ordering::Release);
            }
            for job in batch {
                let outcome = if committed { Ok(()) } else { Err(WriteError::OutcomeUnknown) };
                job.work.answer(outcome);
            }
        }
        Err(error) => {
            if batch.len() == 1 {
                batch
                    .into_iter()
                    .zip([error])
                    .for_each(|(job, error)| job.work.answer(Err(WriteError::Failed(error))));
            } else {
                batch.into_iter().for_each(|job| commit(database, vec![job], broken));
            }
        }
    }
}

/// The transaction with the whole batch applied; dropped, and thereby aborted, when one fails.
fn apply(database: &Database, batch: &mut [Job]) -> Result<WriteTransaction, StoreError> {
    let mut tx = database.begin_write()?;
    // Opening after a crash would otherwise walk the whole file: seconds for a gigabyte.
    tx.set_quick_repair(true);
    for job in batch {
        job.work.apply(&tx)?;
    }
    Ok(tx)
}
