//! Who may write what, and when a record counts (`spec/trust.md`).
//!
//! [`evaluate`] is a function of a set of facts: no clock, no order of arrival, no bytes. Whoever
//! calls it has verified the seals and decoded the records; what trust needs of each is handed in as
//! plain facts in slices, together with the space to work in. The same facts always give the same
//! verdicts.
//!
//! ```
//! use medlot_core::crypto::Hash;
//! use medlot_core::record::{KeyOf, Role, Roles};
//! use medlot_core::trust::{Counts, Fact, FactKind, Facts, Grant, Mark, Need, RecordId, Scope, Slot, Verdict, evaluate};
//!
//! // Identities are hashes; these are short for the example.
//! let (root, shop) = (Hash([1; 32]), Hash([2; 32]));
//! let grant = Grant { roles: Roles::of(&[Role::Move]), scope: Scope::OwnFacility, facility: "HN-0417", valid_from: None, valid_until: None };
//! let key = KeyOf { suite: 0, key: &[7; 32], format: 1 };
//! let entries = [
//!     Fact { at: RecordId { log: root, index: 0, identity: Hash([10; 32]) }, kind: FactKind::Root { commitment: Hash([0; 32]) } },
//!     Fact {
//!         at: RecordId { log: root, index: 1, identity: Hash([11; 32]) },
//!         kind: FactKind::Enrol { under: root, child: shop, line: shop, grant, key },
//!     },
//! ];
//! let facts = Facts { root, entries: &entries, spans: &[] };
//! let (mut verdicts, mut marks, mut slots) = ([Verdict::default(); 2], [Mark::default(); 0], [Slot::default(); 2]);
//! let mut trust = evaluate(facts, &mut verdicts, &mut marks, &mut slots).unwrap();
//! let sale = RecordId { log: shop, index: 7, identity: Hash([99; 32]) };
//! assert_eq!(trust.counts_of(sale, Need::STOCK).counts, Counts::Yes);
//! assert_eq!(trust.counts_of(sale, Need::role(Role::Regulate)).counts, Counts::No);
//! ```
//!
//! What the verdict of a person at the counter needs besides (`current`: States, their age, validity,
//! the time now) is no part of this: it never changes what counts.

mod bundle;
mod chain;
mod change;
mod current;
mod evaluate;
mod facts;
mod fixed;
#[cfg(feature = "alloc")]
mod gather;
mod index;
mod reach;
mod reading;
mod state;
mod verdict;
mod verified;

#[cfg(test)]
mod tests;

pub use bundle::{Anchor, Before, BundleError, Invitation, Request, Shelf, authenticate, elements, keys, open};
pub use chain::{Fork, Mark, Span};
pub use change::{Change, changes};
pub use current::{Ask, Current, Remembered, Warning};
pub use evaluate::{Evaluation, Facts, evaluate};
pub use facts::{Fact, FactKind, Grant, Need, RecordId, Scope};
pub use fixed::FixedShelf;
#[cfg(feature = "alloc")]
pub use gather::Gathered;
pub use index::Slot;
pub use reach::Standing;
pub use reading::{Held, child_of, grant_of, may_enrol, need_of, read};
pub use state::{STATE_ENTRY_LEN, StateList, state_entry, state_root};
pub use verdict::{Counts, FINDINGS, Reason, SpaceTooSmall, Verdict};
pub use verified::{Judged, OwnLog, Verified};
