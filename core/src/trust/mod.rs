//! Who may write what, and when a record counts (`spec/trust.md`).
//!
//! [`evaluate`] is a function of a set of facts: no clock, no order of arrival, no bytes. Whoever
//! calls it has verified the seals and decoded the records; what trust needs of each is handed in as
//! plain facts in slices, together with the space to work in. The same facts always give the same
//! verdicts.
//!
//! ```
//! use medlot_core::trust::{Counts, Entry, EntryKind, Facts, Grant, Mark, Need, Record, Role, Roles, Scope, Verdict, evaluate};
//!
//! // Identities are hashes; these are short for the example.
//! let (root, shop) = ([1; 32], [2; 32]);
//! let grant = Grant { roles: Roles::of(&[Role::Move]), scope: Scope::OwnFacility, facility: "HN-0417" };
//! let entries = [
//!     Entry { at: Record { log: root, index: 0, identity: [10; 32] }, kind: EntryKind::Root { commitment: [0; 32] } },
//!     Entry {
//!         at: Record { log: root, index: 1, identity: [11; 32] },
//!         kind: EntryKind::Enrol { under: root, child: shop, line: shop, grant },
//!     },
//! ];
//! let facts = Facts { root, entries: &entries, spans: &[] };
//! let (mut verdicts, mut marks) = ([Verdict::default(); 2], [Mark::default(); 0]);
//! let mut trust = evaluate(facts, &mut verdicts, &mut marks).unwrap();
//! let sale = Record { log: shop, index: 7, identity: [99; 32] };
//! assert_eq!(trust.counts_of(sale, Need::STOCK).counts, Counts::Yes);
//! assert_eq!(trust.counts_of(sale, Need::role(Role::Regulate)).counts, Counts::No);
//! ```
//!
//! What the verdict of a person at the counter needs besides (`current`: States, their age, validity,
//! the time now) is no part of this: it never changes what counts.

mod chain;
mod evaluate;
mod facts;
mod verdict;

#[cfg(test)]
mod tests;

pub use chain::{Fork, Mark, Span};
pub use evaluate::{Evaluation, Facts, evaluate};
pub use facts::{Cut, Entry, EntryKind, Grant, Need, Record, Role, Roles, Scope};
pub use verdict::{Counts, Reason, SpaceTooSmall, Verdict};

/// A SHA-256 value: h₀ of a log, a line id, an identity, a head or a commitment.
pub type Id = [u8; 32];
