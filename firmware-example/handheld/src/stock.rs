//! What stands on the shelf: the core's table of fixed size, fed with the own log as it is written, and with what
//! authorities say.

use crate::base::{Handheld, MAX_OWN_RECORD, Own, number};
use crate::object::Bench;
use crate::out::{Out, Say};
use crate::refusal::Refusal;
use crate::settings::Kind;
use embedded_storage::nor_flash::NorFlash;
use heapless::Vec;
use medlot_core::crypto::{Hash, chain_next};
use medlot_core::ident::{LotNumber, Product};
use medlot_core::ledger::fixed::{FixedError, FixedLedger, Pick, Source, Table};
use medlot_core::log::{FlashLog, RecordCursor};
use medlot_core::record::Authentic;
use medlot_core::scan::Merged;
use medlot_core::time::Date;
use medlot_core::trust::{Anchor, OwnLog, open};

/// The memory of a stock table, of whatever size the board has room for.
pub trait Memory {
    /// The table in it, of this facility.
    fn table<'t>(&'t mut self, facility: &'t str) -> Table<'t>;
}

impl<const BALANCES: usize, const TEXTS: usize, const SENT: usize> Memory for FixedLedger<BALANCES, TEXTS, SENT> {
    fn table<'t>(&'t mut self, facility: &'t str) -> Table<'t> {
        Self::table(self, facility)
    }
}

impl<M: Memory> Memory for &mut M {
    fn table<'t>(&'t mut self, facility: &'t str) -> Table<'t> {
        (**self).table(facility)
    }
}

/// How far the own log is in the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counted {
    /// What the enrolment gives to the own log.
    own: OwnLog,
    count: u32,
    head: Hash,
}

impl From<FixedError> for Refusal {
    #[inline(never)]
    fn from(e: FixedError) -> Self {
        Self { code: e.code(), name: e.name() }
    }
}

/// The own log's records for the table: it asks for one after the other.
struct FromLog<'l, L> {
    log: &'l mut FlashLog<L>,
    id: [u8; 16],
    cursor: Option<(RecordCursor, u32)>,
    bytes: [u8; MAX_OWN_RECORD],
}

impl<'l, L: NorFlash> FromLog<'l, L> {
    fn new(log: &'l mut FlashLog<L>) -> Self {
        Self { id: log.tip().log().log16(), log, cursor: None, bytes: [0; MAX_OWN_RECORD] }
    }
}

impl<L: NorFlash> Source for FromLog<'_, L> {
    fn record(&mut self, log: &[u8; 16], index: u32) -> Option<&[u8]> {
        if *log != self.id {
            return None;
        }
        let ready = self.cursor.take().filter(|(_, next)| *next == index);
        let (mut cursor, _) = ready.or_else(|| Some((self.log.records(index).ok()?, index)))?;
        let length = cursor.next(self.log, &mut self.bytes).ok()??.1.len();
        self.cursor = Some((cursor, index + 1));
        self.bytes.get(..length)
    }
    fn identity(&mut self, log: &[u8; 16], index: u32) -> Option<Hash> {
        if *log == self.id { self.log.value_at(index.checked_add(1)?).ok() } else { None }
    }
}

impl<L: NorFlash + Clone, S: NorFlash, M: Memory> Handheld<L, S, M> {
    /// Learns anew what the authorities' objects say, and counts the own log from its checkpoint on: after switching on, and
    /// when an object came.
    #[inline(never)]
    pub(crate) fn learn(&mut self, work: &mut [u8]) -> Result<(), Refusal> {
        if self.log.is_none() {
            return Ok(());
        }
        let identity = self.identity()?;
        let own = Own::of(&identity.key()?, &identity.parent, &identity.facility)?;
        let anchor = Anchor::parse(&identity.root)?;
        let mut shelf = Bench::new(&anchor);
        let mut last: Vec<Authentic<'_>, 6> = Vec::new();
        let mut rest = work;
        for page in 0..self.settings.pages() {
            let Some((Kind::Object, length)) = self.settings.page(page)? else { continue };
            let (kept, free) = rest.split_at_mut_checked(length).ok_or(Refusal::own("buffer_full"))?;
            self.settings.read(page, length, kept)?;
            open(&anchor, kept, &mut shelf)?;
            rest = free;
            if let Some(segment) = shelf.last() {
                last.push(segment).map_err(|_| Refusal::own("bundle_full"))?;
            }
        }
        let mut table = self.stock.table(&identity.facility);
        let ruled = shelf.judge(|evaluation| {
            table.forget_rules();
            for segment in &last {
                let mut records = segment.records();
                while let Some(record) = records.next() {
                    let judged = evaluation.judge_record(&record);
                    if let Some(verified) = judged.verified() {
                        table.rule(&verified, &*evaluation)?;
                    }
                }
            }
            Ok::<_, FixedError>(evaluation.own_log(&own.id))
        });
        let enrolled = ruled.map_err(|_| Refusal::own("bundle_full"))??;
        match (enrolled, &mut self.counted) {
            (Some(own), Some(counted)) => counted.own = own,
            (Some(own), none) => *none = Some(Counted { own, count: 0, head: own.log() }),
            (None, counted) => *counted = None,
        }
        self.catch_up()
    }

    /// Reads the table as the last checkpoint carries it; an empty one where there is none.
    #[inline(never)]
    pub(crate) fn load(&mut self) -> Result<(), Refusal> {
        let identity = self.identity()?;
        let Some(log) = self.log.as_mut() else { return Ok(()) };
        let mut blob = log.blob()?;
        let as_of = blob.as_of();
        if as_of > 0 {
            let mut table = self.stock.table(&identity.facility);
            table.read_from(&mut |bytes| blob.read(log, bytes).is_ok_and(|read| read == bytes.len()))?;
        }
        self.from = as_of;
        Ok(())
    }

    /// Counts what the own log holds and the table doesn't.
    #[inline(never)]
    pub(crate) fn catch_up(&mut self) -> Result<(), Refusal> {
        let (Some(counted), Some(log)) = (&mut self.counted, &mut self.log) else { return Ok(()) };
        if counted.count < self.from {
            (counted.count, counted.head) = (self.from, log.value_at(self.from)?);
        }
        let own = counted.own;
        let mut table = self.stock.table(own.facility());
        let (mut from, mut buffer) = (counted.count, [0; MAX_OWN_RECORD]);
        let mut cursor = log.records(from)?;
        while let Some((index, bytes)) = cursor.next(log, &mut buffer)? {
            let record = own.record(index, counted.head, bytes).ok_or(Refusal::own("own_record_refused"))?;
            match table.apply(&record, &mut FromLog::new(log)) {
                // What waits for a record, or has no room, is said where it is asked for.
                Ok(_) | Err(FixedError::NotHere(_) | FixedError::Full(_)) => {}
                Err(e) => return Err(e.into()),
            }
            counted.head = chain_next(&counted.head, index, bytes)?;
            from = index + 1;
            counted.count = from;
        }
        if !table.is_complete() {
            match table.settle(&mut FromLog::new(log)) {
                Ok(()) | Err(FixedError::NotHere(_) | FixedError::Full(_)) => {}
                Err(e) => return Err(e.into()),
            }
        }
        Ok(())
    }

    /// Gives up what another device holds, with the table carried forward.
    #[inline(never)]
    pub(crate) fn reclaim(&mut self, out: &mut dyn Out) -> Result<(), Refusal> {
        let facility = self.identity()?.facility;
        let table = self.stock.table(&facility);
        let log = self.log.as_mut().ok_or(Refusal::own("not_joined"))?;
        // Before it is enrolled nothing of it is counted, so no table says what the records do.
        if self.counted.is_none_or(|counted| counted.count != log.tip().count()) {
            return Err(Refusal::own("not_enrolled"));
        }
        let gained = log.reclaim(table.image())?;
        let mut say = Say(out);
        say.text("sectors").number(gained.into()).end();
        Ok(())
    }

    /// `stock`: every balance.
    #[inline(never)]
    pub(crate) fn say_stock(&mut self, out: &mut dyn Out) -> Result<(), Refusal> {
        let today = self.today()?;
        let own = self.counted.ok_or(Refusal::own("not_enrolled"))?.own;
        let table = self.stock.table(own.facility());
        let mut say = Say(out);
        for held in table.balances() {
            say.text("stock").product(&held.product).word(held.lot.map_or("-", LotNumber::as_str)).expiry(held.expiry);
            say.number(held.count).word(if held.hold { "hold" } else { "available" });
            for (is, word) in [
                (held.recalled, "recalled"),
                (held.expiry.last_usable().is_some_and(|day| day < today), "expired"),
                (!held.settled, "unsettled"),
            ] {
                if is {
                    say.word(word);
                }
            }
            say.end();
        }
        if table.is_complete() { Ok(()) } else { Err(Refusal::own("stock_incomplete")) }
    }

    /// `pick N`: from which lots of the item's product to take so many.
    #[inline(never)]
    pub(crate) fn pick(&mut self, quantity: &str, out: &mut dyn Out) -> Result<(), Refusal> {
        let today: Date = self.today()?;
        let mut left = i64::from(number(quantity)?);
        let own = self.counted.ok_or(Refusal::own("not_enrolled"))?.own;
        let item = self.item.as_ref().and_then(Merged::item).ok_or(Refusal::own("no_item"))?;
        let product = Product::Gtin(item.gtin().ok_or(Refusal::own("product_missing"))?);
        let mut table = self.stock.table(own.facility());
        let wanted = Pick { product: &product, store: Some(None), fund: Some(None), today };
        let mut say = Say(out);
        table.pick(&wanted, &mut |held| {
            let taken = held.count.min(left);
            if taken > 0 {
                say.text("pick").word(held.lot.map_or("-", LotNumber::as_str)).expiry(held.expiry).number(taken).end();
            }
            left -= taken;
            left > 0
        })?;
        if left > 0 {
            say.text("short").number(left).end();
        }
        Ok(())
    }

    /// Says what a pharmacist should know of what was just done with the item at hand.
    #[inline(never)]
    pub(crate) fn warn(&mut self, out: &mut dyn Out) -> Result<(), Refusal> {
        let today = self.today()?;
        let Some(counted) = self.counted else { return Ok(()) };
        let item = self.item.as_ref().and_then(Merged::item).ok_or(Refusal::own("no_item"))?;
        let product = Product::Gtin(item.gtin().ok_or(Refusal::own("product_missing"))?);
        let (lot, mut table) = (item.lot(), self.stock.table(counted.own.facility()));
        let (mut negative, mut recalled, mut expired) = (false, false, false);
        for held in table.lot_balances(&product, lot.as_ref())? {
            negative |= held.count < 0;
            recalled |= held.recalled;
            expired |= held.expiry.last_usable().is_some_and(|day| day < today);
        }
        let mut say = Say(out);
        for (is, name) in
            [(negative, "negative_stock"), (recalled, "recalled_dispensed"), (expired, "expired_dispensed")]
        {
            if is {
                say.text("warn").word(name).end();
            }
        }
        Ok(())
    }

    /// The balance that a count of the item at hand is shown beside; `None` where it isn't known.
    pub(crate) fn shown(&mut self) -> Option<i64> {
        let own = self.counted?.own;
        let item = self.item.as_ref().and_then(Merged::item)?;
        let (product, lot) = (Product::Gtin(item.gtin()?), item.lot());
        let mut table = self.stock.table(own.facility());
        let mut held = table.lot_balances(&product, lot.as_ref()).ok()?.filter(|held| !held.hold);
        Some(held.next().map_or(0, |held| held.count))
    }
}
