//! The bytes that a target sends beyond the end of an answer. The client reads as far as the answer
//! says that it goes; that more came is seen on the connection alone.

use std::cell::RefCell;

use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

thread_local! {
    static LEFT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Runs an exchange on this thread, to its end; also returns the bytes that came and did not belong to it.
pub(super) fn watched<T>(exchange: impl FnOnce() -> T) -> (T, Vec<u8>) {
    drop(LEFT.take());
    let result = exchange();
    (result, LEFT.take())
}

/// Makes connections that notice bytes left over.
#[derive(Debug)]
pub(super) struct Watch;

impl<In: Transport> Connector<In> for Watch {
    type Out = Watched<In>;

    fn connect(
        &self,
        _: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        Ok(chained.map(Watched))
    }
}

#[derive(Debug)]
pub(super) struct Watched<T: Transport>(T);

impl<T: Transport> Transport for Watched<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.0.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.0.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}

/// A connection that is not kept is dropped when its answer has been read, and one with bytes left
/// over is never kept.
impl<T: Transport> Drop for Watched<T> {
    fn drop(&mut self) {
        // An empty line after a body is an old habit, and says nothing.
        let input = self.0.buffers().input();
        if input.iter().any(|byte| !matches!(byte, b'\r' | b'\n')) {
            LEFT.set(input.to_vec());
        }
    }
}
