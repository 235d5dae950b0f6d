//! Servers that are no implementation of anything.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// It counts whoever comes, and serves as long as the process lives.
pub(crate) struct Odd {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Odd {
    /// It takes every connection and says nothing.
    pub(crate) fn silent() -> Odd {
        let mut held = Vec::new();
        Odd::start(move |client| held.push(client))
    }

    /// It answers the first request of each connection with these bytes, and closes.
    pub(crate) fn answering(answer: &'static [u8]) -> Odd {
        Odd::start(move |mut client| {
            thread::spawn(move || {
                drop(client.read(&mut [0; 64 * 1024]));
                drop(client.write_all(answer));
                drop(client.shutdown(Shutdown::Write));
                // What was sent is not lost to a reset while bytes of the request are unread.
                drop(client.read(&mut [0; 64 * 1024]));
            });
        })
    }

    fn start(mut serve: impl FnMut(TcpStream) + Send + 'static) -> Odd {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                counted.fetch_add(1, Ordering::SeqCst);
                serve(client);
            }
        });
        Odd { address, connections }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many have connected.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}
