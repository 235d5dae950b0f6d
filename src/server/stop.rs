//! The graceful stop: its stages, and the signals that ask for it.

use std::io;

use tokio::sync::watch;

/// A stage of the stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// No stop: connections are accepted.
    Serving,
    /// Requests in flight are answered; nothing new is begun.
    Draining,
    /// What is still in flight is given up.
    Over,
}

/// The side that sets the stage. Dropping it means [`Stage::Over`].
pub(super) struct Stages(watch::Sender<Stage>);

impl Stages {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(Stage::Serving))
    }

    pub(super) fn enter(&self, stage: Stage) {
        self.0.send_replace(stage);
    }

    pub(super) fn watch(&self) -> Stop {
        Stop(self.0.subscribe())
    }
}

/// The side of a connection.
pub(super) struct Stop(watch::Receiver<Stage>);

impl Stop {
    /// Waits until the stop has come to `stage`.
    pub(super) async fn reaches(&mut self, stage: Stage) {
        let _ = self.0.wait_for(|reached| *reached >= stage).await;
    }
}

/// Listens for the signals that end a server: an interrupt (Ctrl-C), and SIGTERM where there is one.
/// Returns the wait for the first; what comes from now on is not missed.
///
/// # Errors
/// The signals cannot be listened for.
pub fn signal() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    {
        let mut interrupt = tokio::signal::windows::ctrl_c()?;
        Ok(async move {
            interrupt.recv().await;
        })
    }
}
