//! What one record does to stock.

use crate::ident::{Fund, LotNumber, Party, Product, Quantity, Store};
use crate::movement::{Bucket, Direction, Movement, Reference, reasons};
use crate::record::{Entry, Refuse, Reversed};
use crate::trust::Verified;

/// Which balance: one lot of one product in one place of one facility (`spec/ledger.md` section 1).
///
/// Expiry is no part of it: it is an attribute of the lot. The product stands here as the record names it; products
/// that a `SameProduct` makes one are one balance, which whoever adds up decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Balance<'r> {
    /// The facility of the record's log.
    pub facility: &'r str,
    /// Store inside the facility; `None`: the main one.
    pub store: Option<Store<'r>>,
    /// The product.
    pub product: Product<'r>,
    /// The lot number; `None`: none is printed.
    pub lot: Option<LotNumber<'r>>,
    /// Whose medicine; `None`: the facility's own.
    pub fund: Option<Fund<'r>>,
    /// Vaccine vial monitor, 1–4.
    pub vvm: Option<u8>,
    /// Available or hold; what is in transit belongs to a sent record, never to a balance.
    pub bucket: Bucket,
}

/// What is added to a balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Delta<'r> {
    /// The balance.
    pub balance: Balance<'r>,
    /// How much, before its sign: whole units or parts of one.
    pub quantity: Quantity,
    /// Whether it is taken away.
    pub taken: bool,
}

impl Delta<'_> {
    /// The number of units or parts with its sign.
    #[must_use]
    pub fn signed(&self) -> i64 {
        let count = i64::from(self.quantity.count());
        if self.taken { -count } else { count }
    }

    const fn opposite(self) -> Self {
        Self { taken: !self.taken, ..self }
    }
}

/// What a record does to what is in transit: kept for each sent record, never netted between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transit<'r> {
    /// It begins a transit of its quantity. `to` may stand in its group's first record instead.
    Sent {
        /// To whom.
        to: Option<Party<'r>>,
    },
    /// It takes its quantity from the transit of a sent record: received by the addressee, or back with the sender.
    /// Where no record is named, lines of equal counterparty, document, product class and lot are filled in order.
    Received {
        /// The sent record, where it is named; it may stand in the group's first record.
        answers: Option<Reference>,
    },
    /// The sender closes it: what was lost on the way.
    Closed {
        /// The sent record.
        answers: Option<Reference>,
    },
    /// It is not accepted; it stays in transit until the sender takes it back or closes it.
    Refused {
        /// The sent record.
        shipment: Reference,
    },
}

/// The deltas of a movement, and its part in a transit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Moves<'r> {
    /// How much moves.
    pub quantity: Quantity,
    /// What is taken from one balance.
    pub from: Option<Delta<'r>>,
    /// What is put to one balance.
    pub into: Option<Delta<'r>>,
    /// What changes in transit.
    pub transit: Option<Transit<'r>>,
}

impl<'r> Moves<'r> {
    /// The deltas, at most two.
    pub fn deltas(&self) -> impl Iterator<Item = Delta<'r>> + use<'r> {
        [self.from, self.into].into_iter().flatten()
    }

    fn opposite(self) -> Self {
        Self { from: self.from.map(Delta::opposite), into: self.into.map(Delta::opposite), ..self }
    }
}

/// What a record does to stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect<'r> {
    /// Nothing by itself. Counts are checkpoints: they say what stands, and move nothing.
    None,
    /// A movement, or a refusal.
    Moves(Moves<'r>),
    /// A reversal: its deltas are those of its target with the opposite sign, for the total taken back so far. Of
    /// several reversals of one target the largest total holds, at most the target's quantity: add one of them only.
    TakesBack {
        /// The record reversed.
        target: Reference,
        /// The opposite of what the target did. Its `transit` is the target's: what is taken back from it.
        moves: Moves<'r>,
    },
}

/// What a record does to the stock of its facility. It follows from direction, buckets and pairing, never from the
/// reason (`spec/ledger.md` section 2).
#[must_use]
pub fn effect<'r>(record: &Verified<'r>) -> Effect<'r> {
    effect_of(record.facility(), &record.record().entry)
}

pub(super) fn effect_of<'r>(facility: &'r str, entry: &Entry<'r>) -> Effect<'r> {
    match entry {
        Entry::Movement { movement, .. } => Effect::Moves(moves(facility, movement, movement.quantity)),
        Entry::Refuse(refuse) => Effect::Moves(refusal(refuse, refuse.quantity)),
        Entry::Reversal(reversal) => {
            let moves = match &reversal.of {
                Reversed::Movement(movement) => moves(facility, movement, total(movement.quantity, reversal.total)),
                Reversed::Refuse(refuse) => refusal(refuse, total(refuse.quantity, reversal.total)),
            };
            Effect::TakesBack { target: reversal.target, moves: moves.opposite() }
        }
        _ => Effect::None,
    }
}

/// Number, and measure as a number: 0 for whole units.
pub(super) fn measured(quantity: crate::ident::Quantity) -> (u32, u32) {
    match quantity {
        crate::ident::Quantity::Units(n) => (n, 0),
        crate::ident::Quantity::Parts { parts, per_unit, measure } => {
            (parts, u32::from(per_unit) << 16 | u32::from(measure.number()))
        }
    }
}

/// That much in the measure of `of`, at most `of`.
fn total(of: Quantity, total: u32) -> Quantity {
    match of {
        Quantity::Units(units) => Quantity::Units(units.min(total)),
        Quantity::Parts { parts, per_unit, measure } => Quantity::Parts { parts: parts.min(total), per_unit, measure },
    }
}

const fn refusal<'r>(refuse: &Refuse<'r>, quantity: Quantity) -> Moves<'r> {
    Moves { quantity, from: None, into: None, transit: Some(Transit::Refused { shipment: refuse.shipment }) }
}

/// Where something stands besides its lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Side<'r> {
    pub(super) store: Option<Store<'r>>,
    pub(super) fund: Option<Fund<'r>>,
    pub(super) vvm: Option<u8>,
    pub(super) bucket: Bucket,
}

/// From where a movement takes, and where it puts.
#[inline]
pub(super) fn sides<'r>(m: &Movement<'r>) -> (Option<Side<'r>>, Option<Side<'r>>) {
    let here = Side { store: m.store, fund: m.fund, vvm: m.vvm, bucket: m.bucket };
    match m.direction {
        Direction::In => (None, Some(here)),
        // What leaves a transit left its balance when it was sent.
        Direction::Out if m.bucket == Bucket::Transit => (None, None),
        Direction::Out => (Some(here), None),
        Direction::Move => {
            let there = Side {
                store: m.to_store.unwrap_or(here.store),
                fund: m.to_fund.unwrap_or(here.fund),
                vvm: m.to_vvm.unwrap_or(here.vvm),
                bucket: m.to_bucket.unwrap_or(here.bucket),
            };
            (Some(here), Some(there))
        }
    }
}

/// Whether a movement gives the medicine to be used: sold, transferred, administered. What a recalled or expired pack
/// must not be; to return, destroy or lose it is another thing.
#[must_use]
pub fn gives(movement: &Movement<'_>) -> bool {
    let to_use = ["retail", "wholesale", "transfer", "used_in_facility", "administered", "loan", "donation"];
    movement.direction == Direction::Out
        && reasons::OUT.name(movement.reason).is_some_and(|reason| to_use.contains(&reason))
}

fn moves<'r>(facility: &'r str, m: &Movement<'r>, quantity: Quantity) -> Moves<'r> {
    let delta = |side: Side<'r>, taken| {
        let Side { store, fund, vvm, bucket } = side;
        let balance = Balance { facility, store, product: m.product, lot: m.lot, fund, vvm, bucket };
        Delta { balance, quantity, taken }
    };
    let (from, into) = sides(m);
    let transit = match m.direction {
        Direction::In => Some(Transit::Received { answers: m.answers }),
        Direction::Out if m.bucket == Bucket::Transit => Some(Transit::Closed { answers: m.answers }),
        Direction::Out => m.sent.then_some(Transit::Sent { to: m.counterparty }),
        Direction::Move => None,
    };
    Moves { quantity, from: from.map(|side| delta(side, true)), into: into.map(|side| delta(side, false)), transit }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use crate::ident::Measure;
    use crate::record::Reversal;
    use crate::time::Expiry;
    use proptest::prelude::*;

    fn of(direction: Direction, quantity: Quantity) -> Movement<'static> {
        let product = Product::parse("registration:VD-22739-15").unwrap();
        Movement::new(direction, 0, product, LotNumber::parse("A1").ok(), Expiry::NotRead, quantity)
    }

    fn moved<'r>(m: Movement<'r>) -> Moves<'r> {
        m.check().unwrap();
        match effect_of("HN-0417", &Entry::Movement { movement: m, extensions: None }) {
            Effect::Moves(moves) => moves,
            other => panic!("{other:?}"),
        }
    }

    fn taken_back<'r>(m: Movement<'r>, total: u32) -> Moves<'r> {
        let target = Reference::Own(4);
        let reversal = Reversal { target, total, of: Reversed::Movement(m), extensions: None };
        match effect_of("HN-0417", &Entry::Reversal(reversal)) {
            Effect::TakesBack { target: named, moves } if named == target => moves,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn forty_vials_moved_to_a_ward_leave_the_store_and_stand_in_the_ward() {
        let (k1, t05) = (Store::parse("K1").unwrap(), Store::parse("T05").unwrap());
        let m = of(Direction::Move, Quantity::Units(40));
        let moves = moved(Movement { store: Some(k1), to_store: Some(Some(t05)), ..m });
        let found: Vec<_> = moves.deltas().map(|d| (d.balance.store, d.signed())).collect();
        assert_eq!(found, [(Some(k1), -40), (Some(t05), 40)]);
        assert_eq!(moves.transit, None);
    }

    #[test]
    fn half_a_vial_stays_exact() {
        let half = Quantity::Parts { parts: 1, per_unit: 2, measure: Measure::Piece };
        let moves = moved(of(Direction::Out, half));
        assert_eq!(moves.deltas().map(|d| (d.quantity, d.signed())).collect::<Vec<_>>(), [(half, -1)]);
    }

    #[test]
    fn what_is_sent_leaves_its_balance_once_and_closing_the_transit_takes_nothing_more() {
        let to = crate::ident::Party::parse("facility:01C55").ok();
        let sent = moved(Movement { sent: true, counterparty: to, ..of(Direction::Out, Quantity::Units(12_000)) });
        assert_eq!(sent.deltas().map(|d| d.signed()).collect::<Vec<_>>(), [-12_000]);
        assert_eq!(sent.transit, Some(Transit::Sent { to }));
        let answers = Some(Reference::Own(1));
        let lost = Movement { bucket: Bucket::Transit, answers, ..of(Direction::Out, Quantity::Units(100)) };
        assert_eq!((moved(lost).deltas().count(), moved(lost).transit), (0, Some(Transit::Closed { answers })));
    }

    #[test]
    fn a_refusal_moves_no_stock() {
        let shipment = Reference::Other { log: [1; 8], index: 3, identity: [2; 16] };
        let refuse = Refuse {
            shipment,
            quantity: Quantity::Units(100),
            reason: 1,
            operator: None,
            document: None,
            group: crate::movement::Group::None,
            local_reason: None,
            extensions: None,
        };
        let Effect::Moves(moves) = effect_of("HN-0417", &Entry::Refuse(refuse)) else { panic!("a refusal moves") };
        assert_eq!((moves.deltas().count(), moves.transit), (0, Some(Transit::Refused { shipment })));
    }

    #[test]
    fn a_reversal_takes_back_its_total_and_never_more_than_the_target() {
        let sale = of(Direction::Out, Quantity::Units(5));
        for (total, back) in [(1, 1), (5, 5), (9, 5)] {
            assert_eq!(taken_back(sale, total).deltas().map(|d| d.signed()).collect::<Vec<_>>(), [back]);
        }
    }

    fn movements() -> impl Strategy<Value = Movement<'static>> {
        let quantity = prop_oneof![
            (1..=999_999_999u32).prop_map(Quantity::Units),
            (1..=999_999_999u32, 2..=65_535u16).prop_map(|(parts, per_unit)| Quantity::Parts {
                parts,
                per_unit,
                measure: Measure::Dose
            }),
        ];
        (0..3u8, quantity, any::<bool>(), 0..=16_383u16, 0..4u8).prop_map(|(which, quantity, hold, reason, stage)| {
            let direction = [Direction::In, Direction::Out, Direction::Move].into_iter().nth(which.into()).unwrap();
            let mut m = Movement { reason, ..of(direction, quantity) };
            m.bucket = if hold { Bucket::Hold } else { Bucket::Available };
            m.vvm = (stage > 0).then_some(stage);
            if direction == Direction::Move {
                m.to_bucket = Some(if hold { Bucket::Available } else { Bucket::Hold });
                m.to_vvm = (stage > 0).then_some(Some(4));
            }
            m
        })
    }

    proptest! {
        #[test]
        fn a_reversal_of_the_whole_undoes_every_delta(m in movements()) {
            let (done, undone) = (moved(m), taken_back(m, m.quantity.count()));
            prop_assert!(done.deltas().count() > 0);
            prop_assert_eq!(done.deltas().count(), undone.deltas().count());
            for (a, b) in done.deltas().zip(undone.deltas()) {
                prop_assert_eq!(a.balance, b.balance);
                prop_assert_eq!(a.signed() + b.signed(), 0);
            }
        }

        #[test]
        fn the_reason_never_changes_the_effect(m in movements(), reason in 0..=16_383u16) {
            prop_assert_eq!(moved(m), moved(Movement { reason, ..m }));
        }

        #[test]
        fn a_move_neither_makes_nor_loses_a_unit(m in movements()) {
            let sum: i64 = moved(m).deltas().map(|d| d.signed()).sum();
            let count = i64::from(m.quantity.count());
            let expected = match m.direction { Direction::In => count, Direction::Out => -count, Direction::Move => 0 };
            prop_assert_eq!(sum, expected);
        }
    }
}
