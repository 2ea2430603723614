//! The handheld scanner's work, on any board: lines of text come in, short answers go out, and everything is kept in
//! the device's own log on flash.
//!
//! ```text
//! wire ──Input──▶ line ──Handheld::line──▶ record ──▶ FlashLog ──▶ stock
//!             └─▶ frame ─Handheld::sync──▶ synchronisation
//! ```
//!
//! Nothing here knows a register: a board gives two areas of flash, a buffer, and takes text. So the same code runs in
//! the firmware and, by the tests, on the host, and must leave the same bytes on both flashes.
//!
//! The clock and random bytes come over the wire (`time`, `entropy`, `seed`): the boards that these images are for have
//! no clock that a battery keeps and no source of randomness. A board that has them hands them in the same way.
//!
//! What takes much stack stands in functions of its own (`#[inline(never)]`), so that it isn't under what comes after it.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

mod base;
mod count;
mod deliver;
mod fellows;
mod goods;
mod input;
mod join;
mod object;
mod out;
mod refusal;
mod settings;
mod stock;
mod sync;

pub use base::Handheld;
pub use fellows::FELLOWS;
pub use input::{Event, Input};
pub use medlot_core::ledger::fixed::FixedLedger;
pub use medlot_core::log::Layout;
pub use out::Out;
pub use refusal::Refusal;
pub use stock::Memory;
pub use sync::Wire;
