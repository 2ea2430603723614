//! What a facility's logs and lots show by themselves: forks, clocks, stock below 0, what should not have gone out.

use super::super::counts::further_ends;
use super::super::effect::gives;
use super::super::quick::Quick;
use super::super::row::does;
use super::super::settled::Lot;
use super::super::{report, shelf};
use super::{DAY, DESTRUCTION_PEOPLE, FindingKind, Search, day_of};
use crate::movement::{Bucket, Movement, reasons};
use crate::record::Entry;
use crate::time::{Date, Expiry};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

/// A clock may be this much ahead before it is a finding: seconds.
const AHEAD: i64 = 600;
/// NĐ 163/2025 (Form 07): losses of specially controlled medicines are reported within 48 hours.
const REPORT_WITHIN: i64 = 2 * DAY;
impl<'l> Search<'l, '_> {
    /// Forks and clocks, and what went out and shouldn't have.
    pub(super) fn logs(&mut self, quick: &mut Quick<'l>) {
        let ledger = self.settled.ledger;
        let book = &ledger.book;
        let mut closer: Vec<(u32, u32)> = Vec::new();
        for log in &book.logs {
            if self.asked.facility.is_some_and(|only| book.facilities.text(log.facility) != only) {
                continue;
            }
            if let Some(fork) = log.fork() {
                let mut rows: Vec<u32> = log.at(fork).collect();
                if rows.len() == 1 {
                    rows.extend(log.at(fork.saturating_add(1)));
                }
                rows.sort_by_key(|row| book.identity(*row));
                self.put(FindingKind::Fork, &rows, None);
            }
            let mut before: Option<(u32, i64)> = None;
            let mut ahead: Option<(u32, i64)> = None;
            let now = self.asked.now.map(|now| i64::from(now.as_secs()));
            for row in log.rows() {
                let Some(r) = book.row(row) else { continue };
                let set_after = log.set_after(i64::from(r.index));
                if quick.may_matter(r, i64::from(r.time).saturating_add(set_after)) {
                    closer.push((ledger.leader(r.part), row));
                }
                if r.is(does::CLOCK_UNSET) {
                    continue;
                }
                let time = i64::from(book.recorded(row)).saturating_add(set_after);
                if let Some((last, was)) = before.filter(|(_, was)| *was > time && !log.is_forked()) {
                    self.put(FindingKind::ClockBack, &[row, last], Some(was - time));
                }
                if let Some(by) = now.map(|now| time - now).filter(|by| *by > AHEAD) {
                    // Of branches that are equally far ahead always the same.
                    let further = ahead
                        .is_none_or(|(first, most)| by > most || by == most && book.order(row) < book.order(first));
                    ahead = if further { Some((row, by)) } else { ahead };
                }
                before = Some((row, time));
            }
            if let Some((row, by)) = ahead {
                self.put(FindingKind::ClockAhead, &[row], Some(by));
            }
        }
        closer.sort_unstable();
        for rows in closer.chunk_by(|a, b| a.0 == b.0) {
            if let Some((leader, _)) = rows.first() {
                self.dispensing(&self.settled.lot_at(*leader), rows.iter().map(|(_, row)| *row));
            }
        }
    }

    pub(super) fn lots(&mut self, quick: &Quick<'l>) {
        let ledger = self.settled.ledger;
        for (facility, site) in (0u32..).zip(&ledger.sites) {
            let name = ledger.book.facilities.text(facility);
            if name.is_empty() || self.asked.facility.is_some_and(|only| only != name) {
                continue;
            }
            for part in site.parts.iter().copied().filter(|part| quick.lot_may_matter(*part)) {
                if ledger.leader(part) == part {
                    self.lot(&self.settled.lot_at(part));
                }
            }
        }
    }

    /// Second ends of counts.
    pub(super) fn ends(&mut self) {
        let ledger = self.settled.ledger;
        let further: Vec<u32> =
            ledger.sites.iter().flat_map(|site| further_ends(&ledger.book, &site.count_rows, &site.counts)).collect();
        for row in further {
            self.put(FindingKind::AfterEndOfCount, &[row], None);
        }
    }

    fn lot(&mut self, lot: &Lot<'l>) {
        let ledger = self.settled.ledger;
        let book = &ledger.book;
        let mut rows: Option<Vec<u32>> = None;
        let mut in_order = |lot: &Lot<'l>| -> Vec<u32> {
            rows.get_or_insert_with(|| {
                let mut all: Vec<u32> = lot.rows().collect();
                all.sort_by_key(|row| (book.time(*row), book.order(*row)));
                all
            })
            .clone()
        };
        let sums = lot.sums();
        for below in shelf::below(&sums) {
            let (mut left, mut named) = (below.total, Vec::new());
            for row in in_order(lot).into_iter().rev() {
                let Some(r) = book.row(row).filter(|r| !r.is(does::LINE)) else { continue };
                let Some(weight) = below.weight(r.measure) else { continue };
                let net = i64::from(ledger.net(row)).saturating_mul(weight);
                let (takes, puts) =
                    (r.is(does::TAKES) && r.from == below.place, r.is(does::PUTS) && r.into == below.place);
                if !(takes || puts) || net == 0 || self.settled.covering(row, below.place, puts).is_some() {
                    continue;
                }
                if takes {
                    named.push(row);
                    left += net;
                } else {
                    left -= net;
                }
                if left >= 0 {
                    break;
                }
            }
            named.reverse();
            if let Some(counted) = ledger.counted.get(&lot.part()) {
                named.extend(counted.governs.iter().filter(|(place, _)| *place == below.place).map(|(_, line)| *line));
            }
            self.put(FindingKind::NegativeStock, &named, Some(below.units()));
        }
        let mut measures: Vec<u32> =
            sums.iter().filter(|sum| sum.measure != 0 && sum.count != 0).map(|sum| sum.measure).collect();
        measures.sort_unstable();
        measures.dedup();
        if measures.len() > 1 {
            let first = |measure: &u32| {
                let has = |row: &u32| {
                    let r = book.row(*row).filter(|r| r.measure == *measure);
                    r.is_some_and(|r| r.is(does::LINE) || ledger.net(*row) > 0)
                };
                let with = in_order(lot).into_iter().find(has);
                with.into_iter()
            };
            let named: Vec<u32> = measures.iter().flat_map(first).collect();
            self.put(FindingKind::PartsConflict, &named, None);
        }
        if lot.expiries_differ() && !lot.is_settled_by_fact() {
            let mut claims: BTreeMap<Option<Date>, u32> = BTreeMap::new();
            for row in in_order(lot) {
                let Some(r) = book.row(row).filter(|r| r.expiry != Expiry::NotRead.packed()) else { continue };
                if r.is(does::LINE) || ledger.net(row) > 0 {
                    let day = Expiry::from_packed(r.expiry).ok().and_then(Expiry::last_usable);
                    claims.entry(day).or_insert(row);
                }
            }
            let named: Vec<u32> = claims.into_values().collect();
            self.put(FindingKind::ExpiryConflict, &named, None);
        }
        if let Some(counted) = ledger.counted.get(&lot.part()) {
            for (row, line) in &counted.absorbed {
                self.put(FindingKind::AbsorbedByCount, &[*row, *line], None);
            }
            for (a, b) in &counted.overlapping {
                self.put(FindingKind::OverlappingCounts, &[*a, *b], None);
            }
            for row in &counted.after_end {
                self.put(FindingKind::AfterEndOfCount, &[*row], None);
            }
        }
    }

    /// What of these rows of a lot went out and shouldn't have.
    fn dispensing(&mut self, lot: &Lot<'l>, rows: impl Iterator<Item = u32>) {
        let ledger = self.settled.ledger;
        let book = &ledger.book;
        let last_usable = lot.expiry().last_usable();
        let recalls = lot.recalls_ever();
        for row in rows {
            let Some(r) = book.row(row).filter(|r| r.is(does::TAKES) && !r.is(does::PUTS)) else { continue };
            let held = book.places.get(r.from).hold;
            let time = book.time(row);
            let day = day_of(time, self.asked.utc_offset);
            let expired = last_usable.zip(day).is_some_and(|(last, day)| day > last);
            let recalled = recalls.iter().find(|(_, from, until)| *from <= time && until.is_none_or(|end| time < end));
            let out = ledger.is_out_of_note(row);
            if !(held || expired || recalled.is_some() || out) || ledger.net(row) == 0 {
                continue;
            }
            let Some(Entry::Movement { movement, .. }) = book.record(row).map(|r| r.entry) else { continue };
            let net = Some(i64::from(ledger.net(row)));
            if gives(&movement) {
                if expired {
                    self.put(FindingKind::ExpiredDispensed, &[row], net);
                }
                if let Some((recall, ..)) = recalled {
                    self.put(FindingKind::RecalledDispensed, &[row, *recall], net);
                }
                if held && movement.bucket == Bucket::Hold {
                    self.put(FindingKind::HeldDispensed, &[row], net);
                }
            }
            match reasons::OUT.name(movement.reason) {
                Some("destroy") => self.destruction(row, &movement),
                _ if report::is_loss(&movement) && (self.asked.controlled)(&movement.product) => self.loss(row, time),
                _ => {}
            }
        }
    }

    fn attests_of(&self, rows: &[u32]) -> Vec<(u32, u16, Option<&'l str>)> {
        let book = &self.settled.ledger.book;
        let attests = self.settled.ledger.attests.iter().filter_map(|attest| {
            let Some(Entry::Attest(said)) = book.record(*attest).map(|r| r.entry) else { return None };
            let about = book.named(*attest, &said.record).is_some_and(|named| rows.contains(&named));
            (about && !said.refused).then_some((*attest, said.capacity, said.operator.map(|o| o.as_str())))
        });
        attests.collect()
    }

    fn destruction(&mut self, row: u32, movement: &Movement<'l>) {
        let book = &self.settled.ledger.book;
        let head = book.group_head(row, movement).unwrap_or(row);
        let mut people: BTreeSet<&str> = movement.operator.iter().map(|o| o.as_str()).collect();
        for (_, capacity, operator) in self.attests_of(&[row, head]) {
            if [reasons::CAPACITY_WITNESS, reasons::CAPACITY_PHARMACIST, reasons::CAPACITY_INSPECTOR]
                .contains(&capacity)
            {
                people.extend(operator);
            }
        }
        if people.len() < usize::from(DESTRUCTION_PEOPLE) {
            self.put(FindingKind::DestructionUnwitnessed, &[row], Some(people.len() as i64));
        }
    }

    fn loss(&mut self, row: u32, time: i64) {
        let book = &self.settled.ledger.book;
        let reported = |capacity: u16| reasons::CAPACITY.name(capacity) == Some("loss_reported");
        let mut attests = self.attests_of(&[row]).into_iter().filter(|(_, capacity, _)| reported(*capacity));
        let in_time = attests.any(|(attest, ..)| book.time(attest) <= time + REPORT_WITHIN);
        let due = self.asked.now.is_some_and(|now| i64::from(now.as_secs()) > time + REPORT_WITHIN);
        if due && !in_time {
            self.put(FindingKind::LossNotReported, &[row], Some(i64::from(self.settled.ledger.net(row))));
        }
    }
}
