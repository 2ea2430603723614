//! Texts as numbers, lots, places, rows.

use super::error::{FixedError, Room};
use super::state::{At, Lot, Row, Table, is};
use crate::ident::{Fund, LotNumber, Product, Store};
use crate::movement::Bucket;
use crate::record::write_value;
use crate::time::Expiry;

/// Room for the encoding of a product or a lot number.
const NAME: usize = 96;

/// By how much clocks of one facility are taken to differ where nothing says so.
pub(super) const DAY: i64 = 86_400;

/// `None`: it isn't here, and wasn't to be put.
type Found<T> = Result<Option<T>, FixedError>;

impl Table<'_> {
    /// The bytes of a text; its number is 1 more than where its length stands, 0 is no text.
    #[inline(never)]
    pub(super) fn text(&self, id: u16) -> &[u8] {
        let from = self.texts.get(usize::from(id).wrapping_sub(1)..).unwrap_or_default();
        from.split_first().and_then(|(length, rest)| rest.get(..usize::from(*length))).unwrap_or_default()
    }

    /// The number of a text, put where it is new and `put` says so.
    #[inline(never)]
    pub(super) fn text_at(&mut self, text: &[u8], put: bool) -> Found<u16> {
        let mut at = 0;
        while at < self.s.texts {
            let held = self.text(at + 1);
            if held == text {
                return Ok(Some(at + 1));
            }
            at += held.len() as u16 + 1;
        }
        if !put {
            return Ok(None);
        }
        let from = self.texts.get_mut(usize::from(at)..).and_then(<[u8]>::split_first_mut);
        let room = from.and_then(|(length, rest)| Some((length, rest.get_mut(..text.len())?)));
        match (room, u8::try_from(text.len())) {
            (Some((length, room)), Ok(bytes)) => {
                *length = bytes;
                room.copy_from_slice(text);
                self.s.texts += 1 + u16::from(bytes);
                Ok(Some(at + 1))
            }
            _ => self.full(Room::Texts),
        }
    }

    #[inline(never)]
    fn short_at(&mut self, text: Option<&str>, put: bool) -> Found<u16> {
        text.map_or(Ok(Some(0)), |text| self.text_at(text.as_bytes(), put))
    }

    /// A product's number: that of its class.
    #[inline(never)]
    pub(super) fn product_at(&mut self, product: &Product<'_>, put: bool) -> Found<u16> {
        let mut room = [0; NAME];
        let length = write_value(product, &mut room).unwrap_or(0);
        let text = self.text_at(room.get(..length).unwrap_or_default(), put)?;
        Ok(text.map(|text| self.class(text)))
    }

    #[inline(never)]
    pub(super) fn number_at(&mut self, number: Option<&LotNumber<'_>>, put: bool) -> Found<u16> {
        let mut room = [0; NAME];
        let length = write_value(&number.copied(), &mut room).unwrap_or(0);
        self.text_at(room.get(..length).unwrap_or_default(), put)
    }

    #[inline(never)]
    pub(super) fn lot(&self, lot: u16) -> Lot {
        self.lots.get(usize::from(lot)).copied().unwrap_or(Lot::EMPTY)
    }

    #[inline(never)]
    pub(super) fn lot_at(&mut self, product: &Product<'_>, number: Option<&LotNumber<'_>>, put: bool) -> Found<u16> {
        let (Some(product), Some(number)) = (self.product_at(product, put)?, self.number_at(number, put)?) else {
            return Ok(None);
        };
        let used = self.s.lots;
        let held = self.lots.iter().take(used.into()).position(|lot| (lot.product, lot.number) == (product, number));
        match (held, self.lots.get_mut(usize::from(used))) {
            (Some(lot), _) => Ok(Some(lot as u16)),
            (None, _) if !put => Ok(None),
            (None, Some(lot)) => {
                *lot = Lot { product, number, expiry: Expiry::NotRead.packed(), seen: 0 };
                self.s.lots += 1;
                Ok(Some(used))
            }
            (None, None) => self.full(Room::Balances),
        }
    }

    /// Notes when something was said of a lot.
    #[inline(never)]
    pub(super) fn touch(&mut self, lot: u16, time: i64) {
        let day = u16::try_from(time / DAY).unwrap_or(0).min(Lot::LAST_DAY);
        if let Some(lot) = self.lots.get_mut(usize::from(lot)).filter(|lot| lot.day() < day) {
            lot.seen = lot.seen & Lot::STALE | day;
        }
    }

    /// Notes an expiry seen on the pack: the earliest last usable day governs.
    #[inline(never)]
    pub(super) fn claim(&mut self, lot: u16, packed: u16) {
        let Some(lot) = self.lots.get_mut(usize::from(lot)) else { return };
        lot.expiry = earlier(lot.expiry, packed);
    }

    #[inline(never)]
    pub(super) fn at(&self, place: u16) -> At {
        let none = At { store: 0, fund: 0, vvm: 0, hold: false };
        self.s.place.get(usize::from(place)).copied().unwrap_or(none)
    }

    #[inline(never)]
    pub(super) fn store_at(&mut self, store: Option<Store<'_>>, put: bool) -> Found<u16> {
        self.short_at(store.as_ref().map(|s| s.as_str()), put)
    }

    #[inline(never)]
    pub(super) fn fund_at(&mut self, fund: Option<Fund<'_>>, put: bool) -> Found<u16> {
        self.short_at(fund.as_ref().map(|f| f.as_str()), put)
    }

    #[inline(never)]
    pub(super) fn place_at(
        &mut self,
        store: u16,
        fund: Option<Fund<'_>>,
        vvm: Option<u8>,
        bucket: Bucket,
        put: bool,
    ) -> Found<u16> {
        let Some(fund) = self.fund_at(fund, put)? else { return Ok(None) };
        let new = At { store, fund, vvm: vvm.unwrap_or(0), hold: bucket == Bucket::Hold };
        let used = self.s.places;
        let held = self.s.place.iter().take(used.into()).position(|place| *place == new);
        match (held, self.s.place.get_mut(usize::from(used))) {
            (Some(place), _) => Ok(Some(place as u16)),
            (None, _) if !put => Ok(None),
            (None, Some(place)) => {
                *place = new;
                self.s.places += 1;
                Ok(Some(used))
            }
            (None, None) => self.full(Room::Places),
        }
    }

    #[inline(never)]
    pub(super) fn row_at(&mut self, lot: u16, place: u16, measure: u32, put: bool) -> Found<usize> {
        let is = |row: &Row| (row.lot, row.place, row.measure) == (lot, place, measure);
        let held = self.rows().iter().position(is);
        if held.is_some() || !put {
            return Ok(held);
        }
        let used = usize::from(self.s.rows);
        let Some(row) = self.rows.get_mut(used) else { return self.full(Room::Balances) };
        let flags = if self.s.forgotten > 0 { is::NEW } else { 0 };
        *row = Row { lot, place, measure, flags, ..Row::EMPTY };
        self.s.rows += 1;
        self.born(used);
        Ok(Some(used))
    }

    /// Rows of the same lot, store and bucket as this one; it too.
    pub(super) fn beside(&self, row: &Row) -> impl Iterator<Item = (usize, Row)> + '_ {
        let (lot, place) = (row.lot, self.at(row.place));
        self.rows().iter().copied().enumerate().filter(move |(_, other)| {
            let at = self.at(other.place);
            other.lot == lot && (at.store, at.hold) == (place.store, place.hold)
        })
    }

    /// Which count a row is under that had none: one that found nothing at its place.
    fn born(&mut self, row: usize) {
        let new = self.row(row);
        let mut line: Option<Row> = None;
        let mut unclear = false;
        // All measures at one place are under one line.
        let same = self.beside(&new).find(|(at, other)| *at != row && other.place == new.place);
        if let Some(((_, same), new)) = same.zip(self.rows.get_mut(row)) {
            let Row { slot, index, begin, time, known, flags, .. } = same;
            *new = Row { slot, index, begin, time, known, flags: new.flags | flags & !is::TAIL, ..*new };
            return;
        }
        for (_, other) in self.beside(&new).filter(|(at, _)| *at != row) {
            unclear |= other.is(is::FULL | is::CONCURRENT);
            if other.slot == 0 || other.is(is::REST) {
                continue;
            }
            // All under one count: the last of its lines says that the rest is zero.
            unclear |= line.is_some_and(|line| (line.slot, line.begin) != (other.slot, other.begin));
            line = line.filter(|line| line.index > other.index).or(Some(other));
        }
        let place = self.at(new.place);
        let rests = self.s.rests.iter().filter(|rest| rest.begin.slot != 0 && rest.begin.store == place.store);
        let (mut rests, hold) = (rests.copied(), place.hold);
        let under = match line {
            Some(line) => Some(Row { flags: line.flags & is::CLOCKED, ..line }),
            None if hold => None,
            None => {
                let rest = rests.next();
                unclear |= rest.is_some() && rests.next().is_some();
                rest.map(|rest| Row {
                    slot: rest.begin.slot,
                    index: rest.end,
                    begin: rest.begin.index,
                    time: rest.time,
                    known: rest.known,
                    flags: is::REST,
                    ..Row::EMPTY
                })
            }
        };
        unclear |= under.is_some() && self.s.limited;
        let Some(new) = self.rows.get_mut(row) else { return };
        if let Some(under) = under {
            let Row { slot, index, begin, time, known, .. } = under;
            *new = Row { slot, index, begin, time, known, flags: new.flags | under.flags & is::REST, ..*new };
        }
        new.flags |= if unclear { is::FULL } else { 0 };
    }
}

impl Table<'_> {
    /// Whether something of this time may concern a row that was given up.
    pub(super) const fn is_forgotten(&self, time: i64) -> bool {
        self.s.forgotten > 0 && time <= self.s.forgotten.saturating_add(DAY)
    }

    /// A row that may be one given up before: what is as old as that the log must place.
    #[inline(never)]
    pub(super) fn first_touch(&mut self, row: usize, time: i64) {
        let forgotten = self.is_forgotten(time);
        if let Some(row) = self.rows.get_mut(row).filter(|row| row.is(is::NEW)) {
            row.flags &= !is::NEW;
            row.flags |= if forgotten { is::FULL } else { 0 };
        }
    }
}

/// Of two expiries as packed the one that governs.
#[inline(never)]
pub(super) fn earlier(a: u16, b: u16) -> u16 {
    let not_read = Expiry::NotRead.packed();
    let key = |packed: u16| {
        let day = Expiry::from_packed(packed).ok().and_then(Expiry::last_usable);
        (packed == not_read, day.is_none(), day, packed)
    };
    if key(b) < key(a) { b } else { a }
}
