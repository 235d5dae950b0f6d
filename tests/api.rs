//! What documents 000, 001 and 002 and their readings promise, asked of the API as a plain
//! function: no socket, no runtime. Expected answers come from the documents and from column (i)
//! of the readings, never from what the server happens to say.
#![cfg(feature = "server")]

#[path = "api/world.rs"]
mod world;
