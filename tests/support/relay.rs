//! What stands between a judge and its target, and counts what the target sends.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// An address that passes everything on to another.
pub(crate) struct Relay {
    pub(crate) addr: SocketAddr,
    sent: Arc<AtomicU64>,
}

impl Relay {
    pub(crate) fn to(target: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let addr = listener.local_addr()?;
        let sent = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&sent);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let count = Arc::clone(&count);
                thread::spawn(move || pass(client, target, &count));
            }
        });
        Ok(Self { addr, sent })
    }

    /// Returns how many bytes the target has sent so far.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }
}

/// Passes on what one client and the target say until both have ended.
fn pass(client: TcpStream, target: SocketAddr, count: &AtomicU64) -> io::Result<()> {
    let server = TcpStream::connect(target)?;
    for socket in [&client, &server] {
        socket.set_nodelay(true)?;
    }
    let (mut asks, mut asked) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || {
        // Either end may go first; the other is told.
        drop(io::copy(&mut asks, &mut asked));
        drop(asked.shutdown(Shutdown::Write));
    });
    let (mut from, mut to) = (server, client);
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            return to.shutdown(Shutdown::Write);
        }
        count.fetch_add(read as u64, Ordering::Relaxed);
        to.write_all(&buffer[..read])?;
    }
}
