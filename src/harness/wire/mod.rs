//! The wire: messages, the ways on which they pass, and how their bodies are read and written.

mod attended;
mod body;
mod budget;
mod client;
mod clock;
mod curl;
mod end_asked;
mod exchange;
mod format;
mod listener;
mod long;
mod message;
mod meter;
pub(crate) mod pages;
mod parts;
mod patience;
mod printed;
mod recorder;
mod retry;
mod transport;

pub(crate) use attended::Attended;
pub(crate) use body::Body;
pub use budget::Allowance;
pub(crate) use budget::ended;
pub(crate) use client::Client;
pub(crate) use clock::now;
pub(crate) use curl::curl;
pub use end_asked::EndAsked;
pub use exchange::Exchange;
#[cfg(test)]
pub(crate) use format::is_name;
pub(crate) use format::utf_16;
pub(crate) use listener::Listener;
pub use long::LongBody;
pub use message::{Answer, NoAnswer};
pub(crate) use message::{Connection, Request, Room};
pub(crate) use parts::{LongList, weight};
pub use patience::Patience;
pub(crate) use recorder::Recorder;
pub(crate) use retry::{after_waiting, wait, waited};
pub(crate) use transport::{Joined, Purpose, Transport};
