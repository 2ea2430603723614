//! The stock of one facility in memory of fixed size: the ledger of a microcontroller (`spec/ledger.md` section 10).
//!
//! ```text
//! record ──▶ apply ──▶ rows that add up        a movement, a reversal, a count that knows all that is held
//!                 └──▶ rows to be scanned ──▶ settle(source)        what only the log can say
//! ```
//!
//! It gives what `Ledger` (feature `alloc`) gives for the records of one facility, or says that it can't: a row that has
//! to be looked up in the log is *not settled*, and what didn't fit makes the whole table *incomplete* and names the
//! capacity. Records come in the order of their log; logs come in any order.
//!
//! **Memory.** 48 bytes a balance, the texts (a product and a lot number once each: some 25 bytes a lot), 16 bytes a
//! line on the way, and 6.5 KiB for everything else. A handheld with 512 balances, 12 KiB of texts and 32 lines on the way takes
//! 43 KiB, all zero when empty: a static of it takes no flash. What a program doesn't call takes none either:
//! [`Table::settle`], [`Table::rule`] and the image are a part of the code each.

mod ask;
mod counts;
mod error;
mod image;
mod moves;
mod names;
mod room;
mod rules;
mod sent;
mod settle;
mod state;

pub use ask::{Held, Pick};
pub use error::{FixedError, Room};
pub use image::{Image, Piece};
pub use rules::Reach;
pub use sent::OnTheWay;
pub use state::{FixedLedger, Source, Table};

#[cfg(all(test, feature = "alloc"))]
mod tests;
