//! The documents' nouns and their rules. No I/O: what a rule needs to know is handed to it.

pub mod address;
pub mod amount;
pub mod callback;
pub mod check_digits;
pub mod country;
pub mod customer;
pub mod date_time;
pub mod disbursement_order;
pub mod gateway_customer;
pub mod json;
pub mod ledger;
pub mod listener;
pub mod national_identifier;
pub mod number;
pub mod patch;
pub mod person;
pub mod record;
pub mod schema;
pub mod surplus;
pub mod text;
pub mod tmf;
pub mod usage;
pub mod violation;
