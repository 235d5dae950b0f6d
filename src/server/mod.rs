//! Sockets: accepting, limits, time-outs, TLS and the graceful stop. Serves any
//! [`Service`](crate::api::message::Service); knows no API and no store but in `builtin` and `events`.
//!
//! hyper speaks HTTP/1 and this module holds what hyper leaves open:
//!
//! | file | what it holds |
//! |---|---|
//! | `limits` | every number of this module, with its default |
//! | `accept` | the accept loop: a seat a connection, errors that pass |
//! | `seats` | who has a seat, and who loses theirs to the next |
//! | `connection` | one connection: hyper, its clock, its end |
//! | `pulse` | what a connection is doing, and since when: all time-outs but the body's |
//! | `stream` | the socket as hyper sees it: one head at a time, reports to the pulse, closes without losing an answer |
//! | `head` | where a head ends, and what of its first line has to be encoded |
//! | `flow` | how far a connection's exchange is |
//! | `unread` | the answers to heads that hyper refuses |
//! | `log` | one line a request, where it is asked for |
//! | `exchange` | one request to one response: admit, read, answer, panics |
//! | `host` | the one host that a request is for |
//! | `room` | the memory that all request bodies share, and what is read ahead for answers |
//! | `body` | request bodies within their limits, response bodies page by page |
//! | `stop` | serving, draining, over; the signals that ask for it |
//! | `tls` | certificate, key and the clients' authorities, from PEM files |
//! | `events` | posting events to those who listen |
//! | `handshake` | the end of a handshake, and what is told of those that fail |
//!
//! What hyper answers itself has no body: 400 to a head that is no HTTP/1.1 (NUL bytes, HTTP/0.9,
//! two lengths that differ), 431 to a head over the limit or with more than 100 fields. In its place
//! goes what the service makes of it (`unread`), with 414 where the target alone is too long; the
//! connection closes after it. HTTP/2's preface and a head that does not end in time are cut off
//! without an answer: hyper has none, and who speaks so would not read it. A head with both Content-Length and Transfer-Encoding is read by
//! its chunks, never by its length, and its connection closes after the answer; so no byte that
//! follows can be taken for a second request (RFC 9112 › 6.3).
//!
//! A server with the demo records, on a port that is free:
//!
//! ```
//! use std::io::{Read, Write};
//! use std::net::TcpStream;
//! use std::sync::Arc;
//!
//! use etalon::api::Api;
//! use etalon::api::auth::Auth;
//! use etalon::server::{self, Limits, builtin};
//! use etalon::store::Store;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let store = Store::in_memory()?;
//! builtin::load_demo(&store)?;
//! let api = Arc::new(Api::new(Arc::new(store), Auth::default())?);
//!
//! let runtime = builtin::runtime()?;
//! let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
//! let address = listener.local_addr()?;
//! let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
//! let stopped = async { stopped.await.unwrap_or_default() };
//! let served = runtime.spawn(server::serve(listener, api, None, Limits::default(), stopped));
//!
//! let mut client = TcpStream::connect(address)?;
//! client.write_all(b"GET /etalon/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
//! let mut answer = String::new();
//! client.read_to_string(&mut answer)?;
//! assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
//!
//! drop(stop);
//! runtime.block_on(served)??;
//! # Ok(())
//! # }
//! ```

mod accept;
mod body;
pub mod builtin;
mod connection;
pub mod events;
mod exchange;
mod flow;
mod handshake;
mod head;
mod host;
mod limits;
pub mod log;
mod pulse;
mod room;
mod seats;
pub mod stop;
mod stream;
pub mod tls;
mod unread;

pub use accept::serve;
pub use limits::Limits;
