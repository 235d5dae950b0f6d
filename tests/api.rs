//! What documents 000, 001 and 002 and their readings promise, asked of the API as a plain
//! function: no socket, no runtime. Expected answers come from the documents and from column (i)
//! of the readings, never from what the server happens to say.
#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "api/world.rs"]
mod world;

#[path = "api/addresses.rs"]
mod addresses;
#[path = "api/admin.rs"]
mod admin;
#[path = "api/choices.rs"]
mod choices;
#[path = "api/constraints.rs"]
mod constraints;
#[path = "api/create.rs"]
mod create;
#[path = "api/customers.rs"]
mod customers;
#[path = "api/find_generate.rs"]
mod find_generate;
#[path = "api/gateway.rs"]
mod gateway;
#[path = "api/gateway_customers.rs"]
mod gateway_customers;
#[path = "api/hub.rs"]
mod hub;
#[path = "api/orders.rs"]
mod orders;
#[path = "api/patch.rs"]
mod patch;
#[path = "api/protocol.rs"]
mod protocol;
#[path = "api/surpluses.rs"]
mod surpluses;
#[path = "api/tmf.rs"]
mod tmf;
#[path = "api/tmf_accounts.rs"]
mod tmf_accounts;
#[path = "api/tmf_charges.rs"]
mod tmf_charges;
#[path = "api/tmf_patch.rs"]
mod tmf_patch;
#[path = "api/tmf_query.rs"]
mod tmf_query;
#[path = "api/tmf_records.rs"]
mod tmf_records;
#[path = "api/usage.rs"]
mod usage;
