//! Stock from records that count (`spec/ledger.md`).
//!
//! [`effect`] says what one record does to the balances of its facility. It is pure: it looks at nothing but the
//! record, so the same set of records gives the same sums whatever the order they came in.

mod effect;

pub use effect::{Balance, Delta, Effect, Moves, Transit, effect};
