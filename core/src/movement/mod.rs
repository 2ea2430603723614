//! What is said about stock: movements, refusals, reversals, counts; and the rules that need no history.
//!
//! The effect of a movement follows from direction, buckets and pairing, never from its reason
//! (`spec/wire-format.md` section 5.2).

pub mod reasons;

use crate::ident::{
    DocumentNumber, Fund, LocalReason, LotNumber, Operator, Party, Product, Quantity, Serial, Sscc, Store,
};
use crate::limits::{MAX_AMOUNT, MAX_OPEN};
use crate::time::{Date, Expiry};
use core::fmt;

/// Which way goods go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Into the facility's stock.
    In,
    /// Out of it.
    Out,
    /// Between stores, buckets, funds or VVM stages of one facility.
    Move,
}

/// Where goods stand inside a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Bucket {
    /// May be dispensed, unless recalled or expired: that is computed when asked.
    #[default]
    Available,
    /// Held back.
    Hold,
    /// Sent, not yet answered.
    Transit,
}

/// A document: its kind (open: 0 invoice, 1 delivery note, 2 order, 3 contract, 4 destruction minutes,
/// 5 complaint, 6 other) and number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Document<'a> {
    /// 0 … 16,383.
    pub kind: u16,
    /// As printed.
    pub number: DocumentNumber<'a>,
}

/// The value of a line, as on the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Amount {
    /// In the currency's smallest unit, ≤ 10¹⁵.
    pub value: u64,
    /// Whether tax is included.
    pub tax_included: bool,
}

/// A record that another one names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reference {
    /// Of the own log: its index.
    Own(u32),
    /// Of another log.
    Other {
        /// First 8 bytes of h₀.
        log: [u8; 8],
        /// Its index there.
        index: u32,
        /// First 16 bytes of its identity.
        identity: [u8; 16],
    },
}

/// A line's place in a group of records (basket, delivery, kit, destruction).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Group {
    /// Stands alone.
    #[default]
    None,
    /// The group's first record, with its number of lines: it carries counterparty, documents and
    /// the reference answered for all.
    Head(u16),
    /// A further line: distance back to the first record, ≥ 1.
    Line(u32),
}

/// One movement of one lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // each field is a row of the specification's table
pub struct Movement<'a> {
    pub direction: Direction,
    /// Open number, its own list per direction; shown as "other (n)" where unknown.
    pub reason: u16,
    pub product: Product<'a>,
    /// `None`: no lot number is printed.
    pub lot: Option<LotNumber<'a>>,
    pub expiry: Expiry,
    pub quantity: Quantity,
    pub operator: Option<Operator<'a>>,
    pub document: Option<Document<'a>>,
    pub amount: Option<Amount>,
    pub counterparty: Option<Party<'a>>,
    pub sent: bool,
    pub group: Group,
    pub answers: Option<Reference>,
    pub serial: Option<Serial<'a>>,
    /// `None`: the main store.
    pub store: Option<Store<'a>>,
    /// A move's target, where it changes.
    pub to_store: Option<Option<Store<'a>>>,
    pub bucket: Bucket,
    pub to_bucket: Option<Bucket>,
    pub fund: Option<Fund<'a>>,
    pub to_fund: Option<Option<Fund<'a>>>,
    /// Vaccine vial monitor, 1–4.
    pub vvm: Option<u8>,
    pub to_vvm: Option<Option<u8>>,
    pub second_document: Option<Document<'a>>,
    pub logistic_unit: Option<Sscc>,
    /// Salted commitment to a prescription's code; never the code.
    pub prescription: Option<[u8; 10]>,
    pub local_reason: Option<LocalReason<'a>>,
    pub made_on: Option<Date>,
}

/// A rule that a movement breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MovementError {
    /// A quantity of 0: only a count may say that.
    NoQuantity,
    /// `sent` on what does not go out.
    SentNotOut,
    /// `sent` without a counterparty, its own or its group's.
    SentToNobody,
    /// `answers` on what is neither in, nor out of transit.
    AnswersNothing,
    /// Transit used by anything but an out that answers a record.
    Transit,
    /// A target (to store, bucket, fund, VVM) on what is no move, or equal to where it stands.
    Target,
    /// A move that changes nothing.
    ChangesNothing,
    /// A second document without a first.
    SecondDocumentAlone,
    /// VVM not 1–4.
    Vvm(u8),
    /// A reason or document kind over 16,383.
    OpenNumber(u16),
    /// An amount over 10¹⁵.
    Amount(u64),
    /// A group line's distance of 0, or a group of 0 lines.
    Group,
}

crate::codes::codes! { MovementError {
    Self::NoQuantity => 2001, "no_quantity";
    Self::SentNotOut => 2002, "sent_not_out";
    Self::SentToNobody => 2003, "sent_to_nobody";
    Self::AnswersNothing => 2004, "answers_nothing";
    Self::Transit => 2005, "transit";
    Self::Target => 2006, "target";
    Self::ChangesNothing => 2007, "changes_nothing";
    Self::SecondDocumentAlone => 2008, "second_document_alone";
    Self::Vvm(_) => 2009, "vvm";
    Self::OpenNumber(_) => 2010, "open_number";
    Self::Amount(_) => 2011, "amount";
    Self::Group => 2012, "group";
} }

impl fmt::Display for MovementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoQuantity => f.write_str("quantity: 0 moves nothing; give 1 to 999,999,999"),
            Self::SentNotOut => f.write_str("sent: only what goes out can be sent"),
            Self::SentToNobody => f.write_str("counterparty: missing; say to whom it is sent"),
            Self::AnswersNothing => f.write_str("answers: only goods coming in, or closing a transit, answer a record"),
            Self::Transit => f.write_str("bucket: transit is left only by an out that answers the shipment"),
            Self::Target => f.write_str("target: only a move has one, and it differs from where the goods stand"),
            Self::ChangesNothing => f.write_str("move: changes no store, bucket, fund or VVM"),
            Self::SecondDocumentAlone => f.write_str("second document: give the first one too"),
            Self::Vvm(n) => write!(f, "VVM: {n} does not exist; stages are 1 to 4"),
            Self::OpenNumber(n) => write!(f, "reason or kind: {n} exceeds {MAX_OPEN}"),
            Self::Amount(n) => write!(f, "amount: {n} exceeds {MAX_AMOUNT}"),
            Self::Group => f.write_str("group: distance and number of lines begin at 1"),
        }
    }
}

impl core::error::Error for MovementError {}

impl<'a> Movement<'a> {
    /// A movement with nothing but what every one has; set further fields on it.
    #[must_use]
    pub const fn new(
        direction: Direction,
        reason: u16,
        product: Product<'a>,
        lot: Option<LotNumber<'a>>,
        expiry: Expiry,
        quantity: Quantity,
    ) -> Self {
        Self {
            direction,
            reason,
            product,
            lot,
            expiry,
            quantity,
            operator: None,
            document: None,
            amount: None,
            counterparty: None,
            sent: false,
            group: Group::None,
            answers: None,
            serial: None,
            store: None,
            to_store: None,
            bucket: Bucket::Available,
            to_bucket: None,
            fund: None,
            to_fund: None,
            vvm: None,
            to_vvm: None,
            second_document: None,
            logistic_unit: None,
            prescription: None,
            local_reason: None,
            made_on: None,
        }
    }

    /// The rules that need no history.
    ///
    /// # Errors
    /// The first rule broken.
    pub fn check(&self) -> Result<(), MovementError> {
        use MovementError as E;
        let (is_in, is_out, is_move) = match self.direction {
            Direction::In => (true, false, false),
            Direction::Out => (false, true, false),
            Direction::Move => (false, false, true),
        };
        let rule = |holds: bool, broken: E| if holds { Ok(()) } else { Err(broken) };
        rule(self.quantity.count() > 0, E::NoQuantity)?;
        rule(self.reason <= MAX_OPEN, E::OpenNumber(self.reason))?;
        for d in [self.document, self.second_document].into_iter().flatten() {
            rule(d.kind <= MAX_OPEN, E::OpenNumber(d.kind))?;
        }
        rule(self.second_document.is_none() || self.document.is_some(), E::SecondDocumentAlone)?;
        if let Some(a) = self.amount {
            rule(a.value <= MAX_AMOUNT, E::Amount(a.value))?;
        }
        rule(!matches!(self.group, Group::Head(0) | Group::Line(0)), E::Group)?;
        rule(!self.sent || is_out, E::SentNotOut)?;
        rule(!self.sent || self.counterparty.is_some() || matches!(self.group, Group::Line(_)), E::SentToNobody)?;
        let from_transit = self.bucket == Bucket::Transit;
        rule(!from_transit || (is_out && self.answers.is_some() && !self.sent), E::Transit)?;
        rule(self.answers.is_none() || is_in || from_transit, E::AnswersNothing)?;
        for stage in [self.vvm, self.to_vvm.flatten()].into_iter().flatten() {
            rule((1..=4).contains(&stage), E::Vvm(stage))?;
        }
        let targets = [
            self.to_store.map(|t| t != self.store),
            self.to_bucket.map(|t| t != self.bucket && t != Bucket::Transit),
            self.to_fund.map(|t| t != self.fund),
            self.to_vvm.map(|t| t != self.vvm),
        ];
        let mut any = false;
        for differs in targets.into_iter().flatten() {
            rule(is_move && differs, E::Target)?;
            any = true;
        }
        rule(!is_move || any, E::ChangesNothing)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn of(direction: Direction) -> Movement<'static> {
        let product = Product::parse("registration:VD-22739-15").unwrap();
        Movement::new(direction, 0, product, None, Expiry::NotRead, Quantity::units(5).unwrap())
    }

    #[test]
    fn each_rule_is_named_when_broken() {
        use MovementError as E;
        let ok = of(Direction::Out);
        assert_eq!(ok.check(), Ok(()));
        assert_eq!(Movement { quantity: Quantity::Units(0), ..ok }.check(), Err(E::NoQuantity));
        assert_eq!(Movement { sent: true, ..ok }.check(), Err(E::SentToNobody));
        assert_eq!(Movement { sent: true, group: Group::Line(3), ..ok }.check(), Ok(()));
        assert_eq!(Movement { sent: true, ..of(Direction::In) }.check(), Err(E::SentNotOut));
        assert_eq!(Movement { answers: Some(Reference::Own(1)), ..ok }.check(), Err(E::AnswersNothing));
        assert_eq!(Movement { bucket: Bucket::Transit, ..ok }.check(), Err(E::Transit));
        let closing = Movement { bucket: Bucket::Transit, answers: Some(Reference::Own(1)), ..ok };
        assert_eq!(closing.check(), Ok(()));
        assert_eq!(of(Direction::Move).check(), Err(E::ChangesNothing));
        let hold = Movement { to_bucket: Some(Bucket::Hold), ..of(Direction::Move) };
        assert_eq!(hold.check(), Ok(()));
        assert_eq!(Movement { bucket: Bucket::Hold, ..hold }.check(), Err(E::Target));
        assert_eq!(Movement { to_bucket: Some(Bucket::Hold), ..ok }.check(), Err(E::Target));
        assert_eq!(Movement { to_store: Some(None), ..of(Direction::Move) }.check(), Err(E::Target));
        assert_eq!(Movement { vvm: Some(5), ..ok }.check(), Err(E::Vvm(5)));
        assert_eq!(Movement { reason: 16_384, ..ok }.check(), Err(E::OpenNumber(16_384)));
        assert_eq!(Movement { group: Group::Head(0), ..ok }.check(), Err(E::Group));
    }
}
