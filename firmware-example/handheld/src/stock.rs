//! What stands on the shelf: the core's table of fixed size, fed with the own log as it is written, with the logs of the
//! facility's other devices as they come, and with what authorities say.

use crate::base::{Handheld, MAX_OWN_RECORD, number};
use crate::fellows::Fellows;
use crate::object::{Bench, shelve};
use crate::out::{Out, Say};
use crate::refusal::Refusal;
use embedded_storage::nor_flash::NorFlash;
use heapless::Vec;
use medlot_core::crypto::Hash;
use medlot_core::ident::{LotNumber, Product};
use medlot_core::ledger::fixed::{FixedError, FixedLedger, Pick, Source, Table};
use medlot_core::log::{FlashLog, LogError, RecordCursor};
use medlot_core::record::Cut;
use medlot_core::scan::Merged;
use medlot_core::time::Date;
use medlot_core::trust::{Anchor, Counts, Fact, FactKind, OwnLog, Reason, Shelf, Span};

/// Bytes of the longest record that is read back where the table asks for it: no movement or count is longer.
pub(crate) const MAX_READ: usize = 640;

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

/// The records of the own log and of its fellows' for the table: it asks for one after the other.
struct FromLogs<'l, L> {
    own: &'l mut FlashLog<L>,
    fellows: &'l mut Fellows<L>,
    /// Where the last record was read: its log, and the next index there.
    cursor: Option<(RecordCursor, [u8; 16], u32)>,
    bytes: &'l mut [u8; MAX_READ],
}

impl<'l, L: NorFlash + Clone> FromLogs<'l, L> {
    const fn new(own: &'l mut FlashLog<L>, fellows: &'l mut Fellows<L>, bytes: &'l mut [u8; MAX_READ]) -> Self {
        Self { own, fellows, cursor: None, bytes }
    }
}

impl<L: NorFlash + Clone> Source for FromLogs<'_, L> {
    fn record(&mut self, id: &[u8; 16], index: u32) -> Option<&[u8]> {
        let is_own = self.own.tip().log().log16() == *id;
        let log = if is_own { &mut *self.own } else { self.fellows.log(id)? };
        let ready = self.cursor.take().filter(|(_, log, next)| (log, *next) == (id, index));
        let (mut cursor, ..) = ready.or_else(|| Some((log.records(index).ok()?, *id, index)))?;
        let length = cursor.next(log, self.bytes).ok()??.1.len();
        self.cursor = Some((cursor, *id, index + 1));
        self.bytes.get(..length)
    }
    fn identity(&mut self, id: &[u8; 16], index: u32) -> Option<Hash> {
        let is_own = self.own.tip().log().log16() == *id;
        let log = if is_own { &mut *self.own } else { self.fellows.log(id)? };
        log.value_at(index.checked_add(1)?).ok()
    }
}

/// What waits for a record, or has no room, is said where it is asked for.
fn later<T>(done: Result<T, FixedError>) -> Result<(), Refusal> {
    match done {
        Ok(_) | Err(FixedError::NotHere(_) | FixedError::Full(_)) => Ok(()),
        Err(e) => Err(e.into()),
    }
}

#[inline(never)] // what settles must not stand under the counting of records
fn settle(table: &mut Table<'_>, logs: &mut dyn Source) -> Result<(), Refusal> {
    if table.is_complete() { Ok(()) } else { later(table.settle(logs)) }
}

/// Cuts of one log that are judged together.
const CUTS: usize = 4;

/// Counts a record of the own log at this index behind this value of the chain; gives the value behind it.
#[inline(never)]
fn count_own(
    table: &mut Table<'_>,
    own: &OwnLog,
    (index, previous): (u32, Hash),
    bytes: &[u8],
    logs: &mut dyn Source,
) -> Result<Hash, Refusal> {
    let record = own.record(index, previous, bytes).ok_or(Refusal::own("own_record_refused"))?;
    later(table.apply(&record, logs))?;
    Ok(record.at().identity)
}

/// Takes the rules that authorities' records make; gives what the own log is granted.
#[inline(never)]
fn rule(table: &mut Table<'_>, shelf: &Bench<'_>, own: &Hash) -> Result<Option<OwnLog>, Refusal> {
    let ruled = shelf.judge(|evaluation| {
        table.forget_rules();
        for segment in shelf.segments() {
            let mut records = segment.records();
            while let Some(record) = records.next() {
                let judged = evaluation.judge_record(&record);
                if let Some(verified) = judged.verified() {
                    table.rule(&verified, &*evaluation)?;
                }
            }
        }
        Ok::<_, FixedError>(evaluation.own_log(own))
    });
    Ok(ruled.map_err(|_| Refusal::own("bundle_full"))??)
}

/// Counts what the fellows' logs hold under their seals and the table doesn't. Says what is amiss: a log is followed up to
/// its first record that doesn't count, which ends it where an authority cut it there.
#[inline(never)]
fn count_fellows<L: NorFlash + Clone>(
    table: &mut Table<'_>,
    logs: &mut FromLogs<'_, L>,
    shelf: &Bench<'_>,
    buffer: &mut [u8],
) -> Result<Option<&'static str>, Refusal> {
    let mut amiss = None;
    for ring in 0..logs.fellows.rings() {
        let Some(log) = logs.fellows.at(ring) else { continue };
        let (id, end) = (log.tip().log(), log.seal().map_or(0, |seal| seal.count));
        let counted = table.as_of().find(|(log, _)| *log == id.log16()).map_or(0, |(_, count)| count);
        if is_cut_before(shelf, &id, counted)? {
            amiss = Some("stock_of_a_cut_device");
        }
        let cuts = shelf.with_facts(|facts| cuts_of(facts, &id, end))?;
        let mut from = counted;
        while from < end {
            // Each record below a cut is judged by the piece of the chain from it to the cut.
            let to = if cuts.is_empty() { end } else { from + 1 };
            match count_fellow(table, logs, shelf, buffer, (ring, from, to), &cuts)? {
                None => from = to,
                Some(Some(Reason::CutOff | Reason::BranchCutOff)) => break,
                Some(_) => {
                    amiss = amiss.or(Some("stock_without_a_record"));
                    break;
                }
            }
        }
    }
    Ok(amiss)
}

/// Counts these records of the log in a ring; where one doesn't count, why it stopped there.
#[inline(never)]
fn count_fellow<L: NorFlash + Clone>(
    table: &mut Table<'_>,
    logs: &mut FromLogs<'_, L>,
    shelf: &Bench<'_>,
    buffer: &mut [u8],
    (ring, from, to): (usize, u32, u32),
    cuts: &[u32],
) -> Result<Option<Option<Reason>>, Refusal> {
    let Some(log) = logs.fellows.at(ring) else { return Ok(None) };
    let (id, mut pieces) = (log.tip().log(), Vec::new());
    pieces_of(log, from + 1, cuts, &mut pieces)?;
    let (mut previous, mut cursor) = (log.value_at(from)?, log.records(from)?);
    let stopped = shelf.judge_beside(&pieces, |evaluation| {
        for index in from..to {
            let Some(log) = logs.fellows.at(ring) else { break };
            let Some((_, bytes)) = cursor.next(log, buffer)? else { break };
            let judged = evaluation.judge_unsealed(id, index, previous, bytes)?;
            previous = judged.at.identity;
            let Some(record) = judged.verified() else { return Ok(Some(judged.verdict.reason)) };
            later(table.apply(&record, logs))?;
        }
        Ok::<_, Refusal>(None)
    });
    stopped.map_err(|_| Refusal::own("bundle_full"))?
}

/// Counts up to this end at which authorities cut a log, whether or not that counts.
fn cuts_of(facts: &[Fact<'_>], log: &Hash, end: u32) -> Vec<u32, CUTS> {
    let cuts = facts.iter().filter_map(|fact| match &fact.kind {
        FactKind::Cut(cut) if cut.is_on(log) => Some(cut.count),
        _ => None,
    });
    cuts.filter(|count| *count <= end).take(CUTS).collect()
}

/// The chain of a log from a count to each of these that is greater, in pieces.
fn pieces_of<L: NorFlash>(
    log: &mut FlashLog<L>,
    from: u32,
    cuts: &[u32],
    pieces: &mut Vec<Span<'static>, CUTS>,
) -> Result<(), Refusal> {
    let mut start = from;
    while let Some(end) = cuts.iter().copied().filter(|count| *count > start).min() {
        let (start_hash, end_hash) = (log.value_at(start)?, log.value_at(end)?);
        let piece = Span { log: log.tip().log(), start, start_hash, end, end_hash, interior: None };
        pieces.push(piece).map_err(|_| Refusal::own("bundle_full"))?;
        start = end;
    }
    Ok(())
}

/// Whether a cut that counts ends this log before what the table holds of it.
#[inline(never)]
fn is_cut_before(shelf: &Bench<'_>, log: &Hash, count: u32) -> Result<bool, Refusal> {
    let is_cut = shelf.judge(|evaluation| {
        evaluation.facts().iter().zip(evaluation.verdicts()).any(|(fact, verdict)| {
            let cut = |cut: &Cut| cut.is_on(log) && cut.count < count;
            verdict.counts == Counts::Yes && matches!(&fact.kind, FactKind::Cut(at) if cut(at))
        })
    });
    is_cut.map_err(|_| Refusal::own("bundle_full"))
}

impl<L: NorFlash + Clone, S: NorFlash, M: Memory> Handheld<L, S, M> {
    /// Counts what is held and not counted yet: after switching on, when an authority's object came (*anew*: what it says
    /// changes what counts, so all is judged again), and after a synchronisation.
    ///
    /// What the checkpoint carries isn't judged again: its records may be gone.
    pub(crate) fn learn(&mut self, work: &mut [u8], anew: bool) -> Result<(), Refusal> {
        if self.log.is_some() {
            self.judge_all(work, anew)?;
        }
        self.catch_up()
    }
    #[inline(never)] // the shelf must not stand under what follows
    fn judge_all(&mut self, work: &mut [u8], anew: bool) -> Result<(), Refusal> {
        let own = self.own()?;
        let (identity, room) = self.identity(work)?;
        // Used where it was made: a move would take twice its room on the stack.
        let anchor = Anchor::parse(identity.root);
        let anchor = anchor.as_ref().map_err(|e| *e)?;
        let mut shelf = Bench::new(anchor);
        let rest = shelve(&mut self.settings, anchor, &mut shelf, room, &mut |_| ())?;
        let (Some(log), fellows) = (&mut self.log, &mut self.fellows) else { return Ok(()) };
        let mut table = self.stock.table(identity.facility);
        if anew && self.from == 0 {
            table.clear();
            self.counted = None;
        }
        let enrolled = rule(&mut table, &shelf, &own)?;
        let mut logs = FromLogs::new(log, fellows, &mut self.read);
        self.amiss = count_fellows(&mut table, &mut logs, &shelf, rest)?;
        match (enrolled, &mut self.counted) {
            (Some(own), Some(counted)) => counted.own = own,
            (Some(own), none) => *none = Some(Counted { own, count: 0, head: own.log() }),
            (None, counted) => *counted = None,
        }
        Ok(())
    }

    /// Reads the table as the last checkpoint carries it; an empty one where there is none.
    #[inline(never)]
    pub(crate) fn load(&mut self) -> Result<(), Refusal> {
        let facility = self.facility()?;
        let Some(log) = self.log.as_mut() else { return Ok(()) };
        let mut blob = log.blob()?;
        let as_of = blob.as_of();
        if as_of > 0 {
            let mut table = self.stock.table(&facility);
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
        let mut buffer = [0; MAX_OWN_RECORD];
        let mut cursor = log.records(counted.count)?;
        let mut logs = FromLogs::new(log, &mut self.fellows, &mut self.read);
        while let Some((index, bytes)) = cursor.next(logs.own, &mut buffer)? {
            counted.head = count_own(&mut table, &own, (index, counted.head), bytes, &mut logs)?;
            counted.count = index + 1;
        }
        settle(&mut table, &mut logs)
    }

    /// Gives up what another device holds, with the table carried forward.
    #[inline(never)]
    pub(crate) fn reclaim(&mut self, out: &mut dyn Out) -> Result<(), Refusal> {
        let facility = self.facility()?;
        let table = self.stock.table(&facility);
        let log = self.log.as_mut().ok_or(Refusal::own("not_joined"))?;
        // Before it is enrolled nothing of it is counted, so no table says what the records do.
        if self.counted.is_none_or(|counted| counted.count != log.tip().count()) {
            return Err(Reason::NotEnrolled.into());
        }
        let gained = log.reclaim(table.image())?;
        self.from = log.blob()?.as_of();
        // What the checkpoint carries of the fellows' logs needn't be read again. Whoever gave it holds it.
        for ring in 0..self.fellows.rings() {
            let Some(fellow) = self.fellows.at(ring) else { continue };
            let id = fellow.tip().log().log16();
            let counted = table.as_of().find(|(log, _)| *log == id).map_or(0, |(_, count)| count);
            let head = fellow.value_at(counted)?;
            fellow.acknowledge(counted, &head)?;
            match fellow.reclaim(core::iter::empty::<&[u8]>()) {
                Ok(_) | Err(LogError::NothingToReclaim) => {}
                Err(e) => return Err(e.into()),
            }
        }
        let mut say = Say(out);
        say.text("sectors").number(gained.into()).end();
        Ok(())
    }

    /// `stock`: every balance.
    #[inline(never)]
    pub(crate) fn say_stock(&mut self, out: &mut dyn Out) -> Result<(), Refusal> {
        let today = self.today()?;
        let own = self.counted.ok_or(Reason::NotEnrolled)?.own;
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
        if !table.is_complete() {
            return Err(Refusal::own("stock_incomplete"));
        }
        self.amiss.map_or(Ok(()), |name| Err(Refusal::own(name)))
    }

    /// `pick N`: from which lots of the item's product to take so many.
    #[inline(never)]
    pub(crate) fn pick(&mut self, quantity: &str, out: &mut dyn Out) -> Result<(), Refusal> {
        let today: Date = self.today()?;
        let mut left = i64::from(number(quantity)?);
        let own = self.counted.ok_or(Reason::NotEnrolled)?.own;
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
