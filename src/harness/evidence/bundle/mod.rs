//! The bundle: what was exchanged and what was said of it in one file, by which a stranger can
//! judge again without a network.
//!
//! It is lines of JSON, compressed. The first names the digest of all that follows the second; the
//! second holds a signature of the first, or none. Then come the run, its report, the exchanges before
//! the first case, and each case with its own; each body stands once, under its own digest, before the
//! line that first shows it. Whoever changes a byte changes a digest; and whoever may sign what he has
//! changed is found out by the exchanges, as far as these go: `docs/bundles.md` says how far.

mod again;
mod converted;
mod difference;
mod file;
mod packed;
mod played;
mod record;
mod seal;
mod times;
mod told;
mod verify;

pub use difference::Difference;
pub use file::{Bundle, write};
pub use packed::unpacked;
pub use seal::{PublicKey, SigningKey};
pub use verify::{Verdict, Verification, verify};
