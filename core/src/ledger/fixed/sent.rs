//! What is on the way, as far as the facility's own records say: 20 bytes a line.
//!
//! A line is one that the facility sent, or one that a delivery announced to it ([`Table::expect`]). Own receipts that
//! name it take from it, and what the sender takes back or closes. What others answer isn't in this table.

use super::error::{FixedError, Room};
use super::state::{Sent, Source, Table, front};
use crate::ident::{LotNumber, Party, Product};
use crate::movement::{Bucket, Direction, Group, Movement, Reference};
use crate::record::{Entry, read_value};
use crate::trust::Verified;

/// A line on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnTheWay<'t> {
    /// The first 8 bytes of the id of the log that sent it, and its index there.
    pub log: [u8; 8],
    /// Its index.
    pub index: u32,
    /// Whether this facility sent it.
    pub own: bool,
    /// The product.
    pub product: Product<'t>,
    /// The lot number.
    pub lot: Option<LotNumber<'t>>,
    /// Units or parts sent, less what was taken back.
    pub sent: u32,
    /// Still on the way.
    pub remaining: u32,
}

impl Table<'_> {
    /// Notes a line that another facility sent to this one, from a delivery that was verified; whether it is news.
    /// Before the receipts that name it.
    ///
    /// # Errors
    /// [`FixedError::Facility`]: no sent line, or addressed to another; [`FixedError::Full`].
    pub fn expect(&mut self, record: &Verified<'_>) -> Result<bool, FixedError> {
        let Entry::Movement { movement, .. } = &record.record().entry else { return Err(FixedError::Facility) };
        let elsewhere = match &movement.counterparty {
            Some(Party::Facility(code)) => code.as_str() != self.facility,
            _ => false,
        };
        if !movement.sent || elsewhere || record.facility() == self.facility {
            return Err(FixedError::Facility);
        }
        self.sent_put(record.at().log.log_id(), record.at().index, movement, movement.quantity.count())
    }

    #[inline(never)]
    fn sent_put(&mut self, log: [u8; 8], index: u32, movement: &Movement<'_>, sent: u32) -> Result<bool, FixedError> {
        let log = self.text_at(&log, true)?.unwrap_or(0);
        if self.sent.iter().any(|line| (line.log, line.index) == (log, index)) {
            return Ok(false);
        }
        let lot = self.lot_at(&movement.product, movement.lot.as_ref(), true)?.unwrap_or(0);
        // In the place of one that has arrived.
        let free = |line: &&mut Sent| line.log == 0 || line.gone >= line.sent;
        let back = if let Group::Line(back) = movement.group { back as u16 } else { 0 };
        match self.sent.iter_mut().find(free) {
            Some(free) => {
                *free = Sent { log, lot, index, sent, gone: 0, back };
                Ok(true)
            }
            None => self.full(Room::Sent),
        }
    }

    /// What a movement answers, and whether that names a shipment of which its lot says which line: where its group
    /// begins with it, or another record of its group names it.
    #[inline(never)]
    pub(super) fn answered(
        &self,
        slot: usize,
        index: u32,
        answers: Option<Reference>,
        group: Group,
        source: &mut dyn Source,
    ) -> Option<(Reference, bool)> {
        let Group::Line(distance) = group else {
            return answers.map(|answers| (answers, matches!(group, Group::Head(_))));
        };
        if answers.is_some() {
            return answers.map(|answers| (answers, false));
        }
        match self.read(slot, index.checked_sub(distance)?, source).ok()?.entry {
            Entry::Movement { movement, .. } => movement.answers.map(|answers| (answers, true)),
            _ => None,
        }
    }

    /// A movement's part in what is on the way: so many units more, or fewer where it was taken back.
    #[inline(never)]
    pub(super) fn transit(
        &mut self,
        slot: usize,
        index: u32,
        movement: &Movement<'_>,
        quantity: u32,
        back: bool,
        named: Option<(Reference, bool)>,
    ) -> Result<(), FixedError> {
        let own: [u8; 8] = front(&self.log(slot).id);
        if movement.sent {
            if !back {
                return self.sent_put(own, index, movement, quantity).map(drop);
            }
            let log = self.text_at(&own, false)?;
            let line = self.sent.iter_mut().find(|line| Some(line.log) == log && line.index == index);
            if let Some(line) = line {
                line.sent = line.sent.saturating_sub(quantity);
            }
            return Ok(());
        }
        if movement.direction != Direction::In && movement.bucket != Bucket::Transit {
            return Ok(());
        }
        let Some((reference, by_group)) = named else { return Ok(()) };
        let (log, named) = match reference {
            Reference::Own(index) => (own, index),
            Reference::Other { log, index, .. } => (log, index),
        };
        let Some(log) = self.text_at(&log, false)? else { return Ok(()) };
        let lot = self.lot_at(&movement.product, movement.lot.as_ref(), false)?;
        // A line of the shipment that begins with the record named.
        let fits = |line: &&mut Sent| {
            line.log == log && line.index.checked_sub(line.back.into()) == Some(named) && Some(line.lot) == lot
        };
        let by_lot = if by_group { self.sent.iter_mut().filter(fits).min_by_key(|line| line.index) } else { None };
        let by_lot = by_lot.map(|line| line.index);
        let exact = movement.answers.is_some().then_some(named);
        let Some(index) = by_lot.or(exact) else { return Ok(()) };
        if let Some(line) = self.sent.iter_mut().find(|line| line.log == log && line.index == index) {
            line.gone = if back { line.gone.saturating_sub(quantity) } else { line.gone.saturating_add(quantity) };
        }
        Ok(())
    }

    /// Lines of which something is still on the way.
    pub fn on_the_way(&self) -> impl Iterator<Item = OnTheWay<'_>> {
        self.sent.iter().filter(|line| line.log != 0 && line.gone < line.sent).filter_map(|line| {
            let lot = self.lot(line.lot);
            let log: [u8; 8] = self.text(line.log).try_into().ok()?;
            Some(OnTheWay {
                log,
                index: line.index,
                own: self.slot_of(&log).is_some(),
                product: read_value(self.text(lot.product))?.0,
                lot: read_value(self.text(lot.number))?.0,
                sent: line.sent,
                remaining: line.sent.saturating_sub(line.gone),
            })
        })
    }
}
