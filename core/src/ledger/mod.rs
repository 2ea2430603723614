//! Stock from records that count (`spec/ledger.md`).
//!
//! [`effect`] says what one record does to the balances of its facility. It is pure: it looks at nothing but the
//! record, so the same set of records gives the same sums whatever the order they came in. `Ledger` (feature `alloc`)
//! adds up any number of them.

mod effect;
pub mod fixed;

#[cfg(all(test, feature = "alloc"))]
mod tests;

#[cfg(feature = "alloc")]
mod add;
#[cfg(feature = "alloc")]
mod book;
#[cfg(feature = "alloc")]
mod branches;
#[cfg(feature = "alloc")]
mod card;
#[cfg(feature = "alloc")]
mod cause;
#[cfg(feature = "alloc")]
mod counts;
#[cfg(feature = "alloc")]
mod finding;
#[cfg(feature = "alloc")]
mod log;
#[cfg(feature = "alloc")]
mod names;
#[cfg(feature = "alloc")]
mod part;
#[cfg(feature = "alloc")]
mod quick;
#[cfg(feature = "alloc")]
pub mod report;
#[cfg(feature = "alloc")]
mod row;
#[cfg(feature = "alloc")]
mod rules;
#[cfg(feature = "alloc")]
mod settle;
#[cfg(feature = "alloc")]
mod settled;
#[cfg(feature = "alloc")]
mod shelf;
#[cfg(feature = "alloc")]
mod site;
#[cfg(feature = "alloc")]
mod trace;
#[cfg(feature = "alloc")]
mod transit;

pub use effect::{Balance, Delta, Effect, Moves, Transit, effect, gives};

#[cfg(feature = "alloc")]
pub use self::{
    add::Ledger,
    card::CardLine,
    finding::{Asked, DESTRUCTION_PEOPLE, Finding, FindingKind},
    names::Place,
    settled::{Lot, Picked, Picking, Settled, Shipment, Stock},
    shelf::{Shelf, together},
    trace::{Edge, Node, Trace},
};
