//! Every number of the socket layer.

use std::time::Duration;

/// The limits of what one client may hold of the server, and for how long.
///
/// A client can hold a connection only by doing what an honest one does; each other way ends in
/// one of these times. The size of a request body is not here: the API says it for each request
/// ([`Service::admit`](crate::api::message::Service::admit)). Neither are pipelined requests:
/// they are answered one after the other, and what is read ahead of an answer is at most one
/// buffer.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Connections at a time. Over it, one is cut for the next one: of the client that has most idle
    /// ones, the one that has been idle longest.
    pub connections: u32,
    /// The bytes of request bodies that are held at a time, over all connections. A body that finds
    /// no room is answered 503.
    pub bodies: usize,
    /// From accepting to the end of the TLS handshake, and from there to the first byte.
    pub first_byte: Duration,
    /// From the first byte of a request's head to its last.
    pub header_time: Duration,
    /// The head of a request, in bytes; a longer one is answered 431.
    pub header_bytes: usize,
    /// From the end of a request's head to the end of its body.
    pub body_time: Duration,
    /// From the end of an answer to the first byte of the next request.
    pub keep_alive: Duration,
    /// How long a client may refuse bytes of an answer. While it does, it must take 16 KiB in
    /// each such time, or the connection is cut.
    pub write_stall: Duration,
    /// How long the bytes of a client that was answered early are read and thrown away. Closing
    /// at once would reset the connection, and the client might lose the answer.
    pub linger: Duration,
    /// From the stop signal to the moment when requests still in flight are given up.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1024,
            bodies: 64 << 20,
            first_byte: Duration::from_secs(10),
            header_time: Duration::from_secs(10),
            header_bytes: 32 * 1024,
            body_time: Duration::from_secs(30),
            keep_alive: Duration::from_secs(60),
            write_stall: Duration::from_secs(30),
            linger: Duration::from_secs(5),
            grace: Duration::from_secs(10),
        }
    }
}
