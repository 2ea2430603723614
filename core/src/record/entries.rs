//! What entries other than movements say (`spec/wire-format.md` sections 5.3–5.5).

use super::bytes::{Reader, Writer};
use super::wire::{RecordError, Result, Wire};
use crate::crypto::Hash;
use crate::ident::{FacilityCode, Fund, LocalReason, LotNumber, Operator, Product, Quantity, Serial, Store};
use crate::movement::{Amount, Bucket, Document, Group, Movement, Reference};
use crate::time::{Date, Days, Expiry};
use core::marker::PhantomData;

/// An extension block as it stands: kept, hashed, forwarded.
pub type Extensions<'a> = Option<&'a [u8]>;

/// A list inside a record, in its encoded form; read it with [`List::iter`].
///
/// Lists of products, lots, funds and scopes are in strictly ascending order of their encoding, so
/// that one list has one form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct List<'a, T> {
    pub(super) count: u32,
    pub(super) bytes: &'a [u8],
    pub(super) of: PhantomData<T>,
}

#[allow(private_bounds)] // how a value is written is not for others to implement
impl<'a, T: Wire<'a>> List<'a, T> {
    /// Encodes items into a buffer that the record then borrows. Sort them first where order matters:
    /// the record refuses them otherwise.
    ///
    /// # Errors
    /// An item over its limit, a full buffer.
    pub fn encode(items: &[T], buffer: &'a mut [u8]) -> Result<Self> {
        let count = u32::try_from(items.len()).map_err(|_| RecordError::TooLong)?;
        let mut w = Writer::new(buffer);
        items.iter().try_for_each(|item| item.put(&mut w))?;
        let n = w.len();
        Ok(Self { count, bytes: buffer.get(..n).unwrap_or_default(), of: PhantomData })
    }
    /// No items.
    pub const EMPTY: Self = Self { count: 0, bytes: &[], of: PhantomData };
    /// Number of items.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count as usize
    }
    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }
    /// The items' encodings, one after the other.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }
    /// The items, in order.
    pub fn iter(&self) -> impl Iterator<Item = T> + use<'a, T> {
        let mut r = Reader::new(self.bytes, 0);
        core::iter::from_fn(move || if r.is_empty() { None } else { T::get(&mut r).ok() })
    }
}

/// A prefix of facility codes, or a whole code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prefix<'a>(pub FacilityCode<'a>);

/// The value of one line in a [`Detail`], where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineAmount(pub Option<Amount>);

/// A fund, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnyFund<'a>(pub Option<Fund<'a>>);

/// What a reversal takes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::large_enum_variant)] // a view on bytes, on the stack
pub enum Reversed<'a> {
    /// A movement, repeated.
    Movement(Movement<'a>),
    /// A refusal, repeated.
    Refuse(Refuse<'a>),
}

/// Where a log ends, or what a prefix is: (log, n, hₙ).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// First 16 bytes of h₀.
    pub log: [u8; 16],
    /// The count.
    pub count: u32,
    /// The head at that count; of 0, h₀ itself.
    pub head: Hash,
}

impl Cut {
    /// Whether this is about that log.
    #[must_use]
    pub fn is_on(&self, log: &Hash) -> bool {
        log.log16() == self.log
    }
}

/// A suite's number, a key, the format of its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyOf<'a> {
    /// The suite's number.
    pub suite: u8,
    /// The key, 1–2,048 bytes.
    pub key: &'a [u8],
    /// The format version that the log's tags name.
    pub format: u8,
}

/// One role of an enrolment (`spec/trust.md` section 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Role {
    /// Enrols, cuts, says which cuts are in force.
    Enrol = 0,
    /// Recalls, facts of lots, same products, facilities.
    Regulate = 1,
    /// Stock entries of its own facility.
    Move = 2,
    /// Manufactured and imported.
    Supply = 3,
    /// Attests as pharmacist in charge, witness, inspector.
    Attest = 4,
    /// Stock entries written for a facility by someone else.
    Report = 5,
}

/// Roles as bits; bits that this version doesn't name are kept and compared like the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roles(pub u16);

impl Roles {
    /// No role.
    pub const NONE: Self = Self(0);

    /// These roles.
    #[must_use]
    pub const fn of(roles: &[Role]) -> Self {
        let mut bits = 0;
        let mut rest = roles;
        while let [first, others @ ..] = rest {
            bits |= 1 << (*first as u8);
            rest = others;
        }
        Self(bits)
    }

    /// Whether every one of `other` is among these.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether at least one is in both.
    #[must_use]
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

macro_rules! entry {
    ($(#[$doc:meta])* $name:ident<$lt:lifetime> { $($field:ident: $ty:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(missing_docs)] // each field is named in the specification's table
        pub struct $name<$lt> { $(pub $field: $ty,)* pub extensions: Extensions<$lt> }
    };
}

/// Kind 1. Operator, document, local reason and extensions of what it repeats are the reversal's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reversal<'a> {
    /// The record reversed.
    pub target: Reference,
    /// The total taken back so far, 1 … quantity.
    pub total: u32,
    /// The entry repeated.
    pub of: Reversed<'a>,
    /// Extensions.
    pub extensions: Extensions<'a>,
}

entry! {
    /// Kind 2: units of a shipment not accepted; they stay in transit.
    Refuse<'a> {
        shipment: Reference, quantity: Quantity, reason: u16, operator: Option<Operator<'a>>,
        document: Option<Document<'a>>, group: Group, local_reason: Option<LocalReason<'a>>,
    }
}
entry! {
    /// Kind 3. No funds = all; no products = all.
    CountBegin<'a> {
        operator: Option<Operator<'a>>, store: Option<Store<'a>>, funds: Option<List<'a, AnyFund<'a>>>,
        products: Option<List<'a, Product<'a>>>, blind: bool, document: Option<Document<'a>>,
    }
}
entry! {
    /// Kind 4: a checkpoint. `begin` = distance back to its count's beginning.
    CountLine<'a> {
        begin: u32, product: Product<'a>, lot: Option<LotNumber<'a>>, expiry: Expiry, quantity: Quantity,
        shown: Option<i64>, operator: Option<Operator<'a>>, bucket: Bucket, fund: Option<Fund<'a>>,
        vvm: Option<u8>, made_on: Option<Date>, serial: Option<Serial<'a>>,
    }
}
entry! {
    /// Kind 5.
    CountEnd<'a> { begin: u32, lines: u32, rest_is_zero: bool, operator: Option<Operator<'a>>, }
}
entry! {
    /// Kind 6: another log's head, noted. `clock` = the other's clock minus one's own, in seconds.
    Observed<'a> { log: [u8; 16], count: u32, head: [u8; 16], clock: Option<i64>, }
}
entry! {
    /// Kind 7: new − old, in seconds, not 0.
    ClockSet<'a> { change: i64, }
}
entry! {
    /// Kind 16.
    Attest<'a> {
        record: Reference, capacity: u16, refused: bool, operator: Option<Operator<'a>>,
        document: Option<Document<'a>>,
    }
}
entry! {
    /// Kind 18: what a batch handed over keeps to itself. `first` = distance back to its first line.
    Detail<'a> { first: u32, amounts: List<'a, LineAmount>, operator: Option<Operator<'a>>, }
}
entry! {
    /// Kind 19: the device is retired.
    Close<'a> {}
}
entry! {
    /// Kind 32, entry 0 of a root.
    Root<'a> { country: [u8; 2], currency: [u8; 3], utc_offset: i16, commitment: [u8; 32], }
}
entry! {
    /// Kind 33, entry 0 of a next root.
    NextRoot<'a> { cut: Cut, commitment: [u8; 32], }
}
entry! {
    /// Kind 34, entry 0 of every other log: proves possession of its key.
    Introduce<'a> { roles: Roles, label: Option<&'a str>, }
}
entry! {
    /// Kind 35. No scope = the own facility; an empty list = all.
    Enrol<'a> {
        key: KeyOf<'a>, facility: FacilityCode<'a>, roles: Roles, first: Option<KeyOf<'a>>,
        scope: Option<List<'a, Prefix<'a>>>, valid_from: Option<Days>, valid_until: Option<Days>,
    }
}
entry! {
    /// Kind 37: this prefix lies on a cut's chain.
    Confirm<'a> { prefix: Cut, }
}
entry! {
    /// Kind 38: all cuts in force of this line, as a Merkle root.
    State<'a> { good_for_days: u16, entries: u32, root: [u8; 32], }
}
entry! {
    /// Kind 39. No lots = all.
    Recall<'a> {
        class: u8, notice: &'a str, products: List<'a, Product<'a>>,
        lots: Option<List<'a, Option<LotNumber<'a>>>>, from: Option<Days>,
    }
}
entry! {
    /// Kind 40.
    EndRecall<'a> { recall: Reference, notice: Option<&'a str>, }
}
entry! {
    /// Kind 41; a's encoding is the smaller.
    SameProduct<'a> { a: Product<'a>, b: Product<'a>, }
}
entry! {
    /// Kind 42: a regulator's extension of an expiry overrides.
    LotFact<'a> { product: Product<'a>, lot: LotNumber<'a>, expiry: Expiry, notice: &'a str, }
}
entry! {
    /// Kind 43.
    Facility<'a> {
        code: FacilityCode<'a>, kind: u16, parent: Option<FacilityCode<'a>>,
        successor: Option<FacilityCode<'a>>, from: Option<Days>,
    }
}
