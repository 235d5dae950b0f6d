//! The bundle: what was exchanged and what was said of it in one file, by which a stranger can
//! judge again without a network.
//!
//! It is lines of JSON. The first names the digest of all that follows the second; the second holds
//! a signature of the first, or none. Then come the run, its report, each body once under its own
//! digest, and each case with its exchanges. Whoever changes a byte changes a digest.

mod converted;
mod file;
mod played;
mod record;
mod seal;
mod verify;

pub use file::{Bundle, write};
pub use seal::{PublicKey, SigningKey};
pub use verify::{Difference, Verification, verify};
