//! The signals that end a command: SIGINT, which is Ctrl-C, and SIGTERM. They are handled from the
//! first instruction, since the system's own way to end a process is none for PID 1, as in a
//! container without an init.

use std::io;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, LazyLock};

use etalon::output::standard_error::tell;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// While it is set a signal ends the process at once; otherwise the signal sets it, so that a second
/// one does.
static ENDS: LazyLock<Arc<AtomicBool>> = LazyLock::new(|| Arc::new(AtomicBool::new(true)));

/// Lets either signal end the process at once.
pub fn handle() {
    let handled = [SIGINT, SIGTERM].into_iter().try_for_each(|signal| -> io::Result<()> {
        // What a shell tells of a process that the signal has ended.
        flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&ENDS))?;
        flag::register(signal, Arc::clone(&ENDS)).map(drop)
    });
    if let Err(error) = handled {
        tell(format_args!("etalon: signals cannot be heard: {error}."));
    }
}

/// Returns the flag that the next signal sets, and does nothing else: the caller ends in order. A
/// second one ends the process at once.
#[cfg(any(feature = "server", feature = "harness"))]
pub fn take() -> &'static AtomicBool {
    ENDS.store(false, std::sync::atomic::Ordering::SeqCst);
    &ENDS
}
