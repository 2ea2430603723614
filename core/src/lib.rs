//! medlot-core: a tamper-evident account of every medicine lot.
//!
//! ```text
//! scan ──▶ movement ──▶ record ──▶ seal ──▶ sync ──▶ verify ──▶ ledger
//! ```
//!
//! The modules stand in that order, and each knows only those before it. No clock, no randomness,
//! no file, no allocator: what is needed is handed in as values.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

#[cfg(feature = "alloc")]
extern crate alloc;

mod codes;
pub mod crypto;
pub mod ident;
pub mod ledger;
pub mod limits;
pub mod log;
pub mod movement;
pub mod record;
pub mod scan;
pub mod sync;
pub mod time;
pub mod trust;
