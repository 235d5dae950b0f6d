//! The handshakes that failed, counted: nobody sees them otherwise, since no request follows.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::message::FailedHandshake;
use super::wire::Object;

/// How many failed since the start, by the reason.
#[derive(Debug, Default)]
pub(super) struct Handshakes {
    no_certificate: AtomicU64,
    bad_certificate: AtomicU64,
    other: AtomicU64,
}

impl Handshakes {
    /// Counts one.
    pub(super) fn note(&self, failed: FailedHandshake) {
        let count = match failed {
            FailedHandshake::NoCertificate => &self.no_certificate,
            FailedHandshake::BadCertificate => &self.bad_certificate,
            FailedHandshake::Other => &self.other,
        };
        count.fetch_add(1, Relaxed);
    }

    /// Writes the counts as a member.
    pub(super) fn write(&self, object: &mut Object<'_>) {
        let mut counts = Object::begin(object.name("failedHandshakes"));
        for (name, count) in [
            ("noCertificate", &self.no_certificate),
            ("badCertificate", &self.bad_certificate),
            ("other", &self.other),
        ] {
            counts.raw(name, &count.load(Relaxed).to_string());
        }
        counts.end();
    }
}
