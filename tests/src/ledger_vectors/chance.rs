//! Seeded worlds: several devices a facility, wrong clocks, late entries, reversals, counts while stock moves, deliveries
//! named and unnamed, forks, cuts, gaps, and what authorities say, mixed as no person would.
use super::land::{
    A, B, C, COUNT, FIRST, Land, MINISTRY, NOON, PROVINCE, answers, facility, fund, goes_in, goes_out, lot_of, moves,
    note, own, refuses, said, sends, store,
};
use super::{Question, Set};
use crate::world::Done;
use medlot_core::ident::{Measure, Product, Quantity, Serial};
use medlot_core::movement::{Bucket, Direction, Group, Movement};
use medlot_core::record::{ClockSet, CountBegin, CountLine, EndRecall, Entry, List, Record};
use medlot_core::time::{Date, Expiry};

/// Worlds of each kind.
const MIXED: u64 = 90;
const SHELVES: u64 = 190;
const WAYS: u64 = 100;
const SITES: [&str; 3] = ["DN-01", "HN-0417", "HN-0999"];
const LOTS: [(&str, &str); 5] = [(A, "L1"), (A, "L2"), (B, "L1"), (C, "L10"), (A, "")];
const STORES: [&str; 2] = ["K1", "T05"];

/// The same numbers for the same seed.
struct Chance(u64);

impl Chance {
    /// Below `n`.
    fn below(&mut self, n: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(n.max(1))) as u32
    }
    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u32) as usize]
    }
    /// Once in `n`.
    fn once_in(&mut self, n: u32) -> bool {
        self.below(n) == 0
    }
}

/// What a world is full of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Everything.
    Mixed,
    /// One shelf of one facility: counts, clocks, branches.
    Shelf,
    /// Deliveries of two lots between two facilities.
    Ways,
}

/// A world as it is told.
struct Teller {
    kind: Kind,
    lots: &'static [(&'static str, &'static str)],
    chance: Chance,
    land: Land,
    devices: Vec<usize>,
    /// By how much each log's clock is wrong.
    skew: Vec<i64>,
    now: i64,
}

pub(super) fn add(set: &mut Set) -> Done<()> {
    let kinds = [(Kind::Mixed, MIXED, "seed"), (Kind::Shelf, SHELVES, "shelf"), (Kind::Ways, WAYS, "ways")];
    for (kind, worlds, name) in kinds {
        for seed in 0..worlds {
            let mut teller = Teller::new(kind, seed)?;
            let says = 10 + teller.chance.below(26);
            for _ in 0..says {
                teller.say()?;
            }
            teller.end()?;
            let today = teller.chance.of(&["2026-11-24", "2026-12-01", "2027-01-06"]);
            let after = teller.chance.of(&[3_600u32, 86_400, 700_000]);
            let mut question = Question::new().with("now", (NOON + after).into());
            for facility in SITES.into_iter().filter(|_| kind == Kind::Mixed) {
                question = question.pick(facility, A, 1 + teller.chance.below(80), today);
            }
            set.put(&format!("{name} {seed}"), &teller.land, &question)?;
        }
    }
    Ok(())
}

impl Teller {
    fn new(kind: Kind, seed: u64) -> Done<Self> {
        let mut chance = Chance((seed * 4 + kind as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let sites: &[&str] = match (kind, chance.below(3)) {
            (Kind::Shelf, 0) => &[SITES[1], SITES[1]],
            (Kind::Shelf, _) => &[SITES[1], SITES[1], SITES[1]],
            (Kind::Ways, _) => &[SITES[0], SITES[1], SITES[1]],
            (_, 0) => &[SITES[0], SITES[1], SITES[1]],
            (_, 1) => &[SITES[0], SITES[1], SITES[1], SITES[2]],
            _ => &[SITES[0], SITES[0], SITES[1], SITES[1], SITES[2]],
        };
        let lots: &[_] = match kind {
            Kind::Mixed => &LOTS,
            Kind::Shelf => &LOTS[..1],
            Kind::Ways => &LOTS[1..3],
        };
        let land = Land::new(sites)?;
        let devices: Vec<usize> = (FIRST..land.logs.len()).collect();
        let skew = (0..FIRST + sites.len()).map(|log| {
            let wrong = log >= FIRST && chance.once_in(3);
            if wrong { i64::from(chance.below(600)) - 300 } else { 0 }
        });
        let skew = skew.collect();
        let mut teller = Self { kind, lots, chance, land, devices, skew, now: 0 };
        for log in teller.devices.clone() {
            let of = teller.chance.of(teller.lots);
            teller.write(log, goes_in(of, 150)?)?;
        }
        Ok(teller)
    }

    fn device(&mut self) -> usize {
        self.chance.of(&self.devices)
    }

    /// What a log's clock shows.
    fn clock(&self, log: usize) -> i64 {
        self.now + self.skew[log]
    }

    fn write(&mut self, log: usize, entry: Entry<'_>) -> Done<()> {
        let at = self.clock(log);
        if self.chance.once_in(if self.kind == Kind::Shelf { 4 } else { 9 }) {
            let late = i64::from(self.chance.below(400));
            return self.land.say_late(log, at, at - late, entry).map(drop);
        }
        self.land.say(log, at, entry).map(drop)
    }

    fn quantity(&mut self) -> Quantity {
        let units = 1 + self.chance.below(40);
        let per_unit = if self.chance.once_in(6) { 5 } else { 10 };
        if self.chance.once_in(6) {
            Quantity::Parts { parts: units, per_unit, measure: Measure::Dose }
        } else {
            Quantity::Units(units)
        }
    }

    /// A movement of some lot with some of the fields.
    fn movement(&mut self, direction: Direction) -> Done<Movement<'static>> {
        let of = self.chance.of(self.lots);
        let mut m = Movement { quantity: self.quantity(), ..moves(direction, of, 1)? };
        if self.chance.once_in(3) {
            let day = Date::new(
                2026 + self.chance.below(2) as u16,
                self.chance.of(&[1, 2, 11, 12]),
                1 + self.chance.below(28) as u8,
            )?;
            m.expiry = self.chance.of(&[
                Expiry::Day(day),
                Expiry::Month { year: day.year(), month: day.month() },
                Expiry::None,
            ]);
        }
        if self.chance.once_in(4) {
            m.store = store(STORES[self.chance.below(2) as usize])?;
        }
        if self.chance.once_in(7) {
            m.fund = fund("BHYT")?;
        }
        if self.chance.once_in(8) {
            m.vvm = Some(1 + self.chance.below(4) as u8);
        }
        if self.chance.once_in(8) {
            m.bucket = Bucket::Hold;
        }
        Ok(m)
    }

    /// A record of any log that is a movement or a refusal.
    fn any_record(&mut self) -> Option<(usize, usize)> {
        let all: Vec<(usize, usize)> = (FIRST..self.land.logs.len())
            .flat_map(|log| (0..self.land.len(log)).map(move |index| (log, index)))
            .filter(|(log, index)| {
                let entry = Record::decode(&self.land.logs[*log].records[*index]).map(|r| r.entry);
                matches!(entry, Ok(Entry::Movement { .. } | Entry::Refuse(_)))
            })
            .collect();
        (!all.is_empty()).then(|| self.chance.of(&all))
    }

    fn say(&mut self) -> Done<()> {
        let most = if self.kind == Kind::Shelf { 40 } else { 90 };
        if !self.chance.once_in(3) {
            self.now += i64::from(self.chance.below(most));
        }
        let log = self.device();
        match (self.kind, self.chance.below(16)) {
            (Kind::Shelf, 0..=3) => self.observed(log),
            (Kind::Shelf, 4..=6) => self.counted(log),
            (Kind::Shelf, 7) => self.forked(),
            (Kind::Shelf, 8) => self.set_clock(log),
            (Kind::Shelf, 9..=12) | (Kind::Ways, 0) => {
                let (of, units) = (self.chance.of(self.lots), 1 + self.chance.below(15));
                self.write(log, goes_out(of, units)?)
            }
            (Kind::Ways, 1..=5) => self.sent(log),
            (Kind::Ways, 6..=10) => self.received(log),
            (Kind::Ways, 11) => self.refused(log),
            (Kind::Ways, 12 | 13) => self.taken_back(log),
            _ => self.say_anything(log),
        }
    }

    fn set_clock(&mut self, log: usize) -> Done<()> {
        // The clock is lost, and set again or not.
        if self.chance.below(3) == 0 {
            let (of, uptime) = (self.chance.of(self.lots), self.chance.below(600));
            self.land.say_unset(log, uptime, goes_out(of, 1)?)?;
            let at = self.clock(log);
            let change = i64::from(NOON) + at - i64::from(uptime);
            if self.chance.below(3) > 0 {
                self.land.say(log, at, Entry::ClockSet(ClockSet { change, extensions: None }))?;
            }
            return Ok(());
        }
        let change = i64::from(self.chance.below(600)) - 300;
        self.skew[log] += change;
        let entry = ClockSet { change: if change == 0 { 1 } else { change }, extensions: None };
        let at = self.clock(log);
        self.land.say(log, at, Entry::ClockSet(entry)).map(drop)
    }

    fn say_anything(&mut self, log: usize) -> Done<()> {
        let (of, units) = (self.chance.of(self.lots), 1 + self.chance.below(60));
        match self.chance.below(25) {
            0..=2 => {
                let m = self.movement(Direction::In)?;
                self.write(log, said(m))
            }
            3 => self.write(log, goes_in(of, units)?),
            4 | 5 => {
                let reason = self.chance.of(&[0, 0, 4, 5, 7, 10, 13]);
                let m = Movement { reason, ..self.movement(Direction::Out)? };
                self.write(log, said(m))
            }
            6 => self.write(log, goes_out(of, units)?),
            7 => self.moved(log),
            8 | 9 => self.sent(log),
            10 | 11 => self.received(log),
            12 => self.refused(log),
            13 | 14 => self.taken_back(log),
            15..=17 => self.counted(log),
            18 | 19 => self.observed(log),
            20 => self.set_clock(log),
            21 => {
                let serial = Some(Serial::parse("SN1")?);
                let (direction, reason) =
                    self.chance.of(&[(Direction::In, 0), (Direction::In, 2), (Direction::Out, 0)]);
                let m = Movement { serial, reason, ..moves(direction, LOTS[0], 30)? };
                self.write(log, said(m))
            }
            22 => self.attested(log),
            _ => self.authority(),
        }
    }

    fn moved(&mut self, log: usize) -> Done<()> {
        let mut m = self.movement(Direction::Move)?;
        m.to_bucket = Some(if m.bucket == Bucket::Hold { Bucket::Available } else { Bucket::Hold });
        if self.chance.once_in(2) && m.store.is_none() {
            m.to_store = Some(store(STORES[self.chance.below(2) as usize])?);
            m.to_bucket = m.to_bucket.filter(|_| self.chance.once_in(2));
        }
        self.write(log, said(m))
    }

    fn sent(&mut self, log: usize) -> Done<()> {
        let (to, number) = (self.chance.of(&SITES), self.chance.of(&["DN77", "DN78"]));
        let (first, other) = (self.chance.of(self.lots), self.chance.of(self.lots));
        let quantity = self.quantity();
        let sent = Movement { document: note(number)?, quantity, ..sends(to, first, 1)? };
        if self.chance.once_in(2) {
            return self.write(log, said(sent));
        }
        let at = self.clock(log);
        self.land.say(log, at, said(Movement { group: Group::Head(2), ..sent }))?;
        let line = Movement { sent: true, group: Group::Line(1), quantity, ..moves(Direction::Out, other, 1)? };
        self.land.say(log, at, said(line)).map(drop)
    }

    fn received(&mut self, log: usize) -> Done<()> {
        let of = self.chance.of(self.lots);
        let units = 1 + self.chance.below(40);
        let named = self.any_record().filter(|_| !self.chance.once_in(3));
        let Some((other, index)) = named else {
            let (from, number) = (self.chance.of(&SITES), self.chance.of(&["DN77", "DN78"]));
            let receipt = Movement { quantity: self.quantity(), ..moves(Direction::In, of, 1)? };
            let receipt = Movement { counterparty: facility(from)?, document: note(number)?, ..receipt };
            return self.write(log, said(receipt));
        };
        let same = self.land.logs[log].id == self.land.logs[other].id;
        let reference = if same { own(index)? } else { self.land.reference(other, index)? };
        let bytes = self.land.logs[other].records[index].clone();
        let (product, lot, quantity) = match Record::decode(&bytes)?.entry {
            Entry::Movement { movement: m, .. } => (m.product, m.lot, m.quantity),
            _ => (Product::parse(of.0)?, lot_of(of.1)?, Quantity::Units(units)),
        };
        let quantity = if self.chance.once_in(3) { Quantity::Units(units) } else { quantity };
        let receipt = Movement::new(Direction::In, 0, product, lot, Expiry::NotRead, quantity);
        let receipt = Movement { answers: Some(reference), ..receipt };
        if self.chance.once_in(5) {
            let lost = Movement { direction: Direction::Out, bucket: Bucket::Transit, reason: 17, ..receipt };
            return self.write(log, said(lost));
        }
        if self.chance.once_in(3) {
            let at = self.clock(log);
            self.land.say(log, at, said(Movement { group: Group::Head(2), ..receipt }))?;
            let line = Movement { group: Group::Line(1), ..moves(Direction::In, of, units)? };
            return self.land.say(log, at, said(line)).map(drop);
        }
        self.write(log, said(receipt))
    }

    fn refused(&mut self, log: usize) -> Done<()> {
        let Some((other, index)) = self.any_record() else { return Ok(()) };
        if other == log {
            return Ok(());
        }
        let (reference, units) = (self.land.reference(other, index)?, 1 + self.chance.below(20));
        if self.chance.once_in(3) {
            let of = self.chance.of(self.lots);
            return self.write(log, answers(reference, of, units)?);
        }
        self.write(log, refuses(reference, units))
    }

    fn taken_back(&mut self, log: usize) -> Done<()> {
        let Some((other, index)) = self.any_record() else { return Ok(()) };
        let bytes = self.land.logs[other].records[index].clone();
        let quantity = match Record::decode(&bytes)?.entry {
            Entry::Movement { movement, .. } => movement.quantity.count(),
            Entry::Refuse(refuse) => refuse.quantity.count(),
            _ => return Ok(()),
        };
        // A branch refers to its own log by index alone: only to what stands on it.
        if self.land.logs[log].id == self.land.logs[other].id && other != log {
            return Ok(());
        }
        let total = if self.chance.once_in(2) { quantity } else { 1 + self.chance.below(quantity) };
        let at = self.clock(log);
        self.land.take_back(log, at, (other, index), total).map(drop)
    }

    fn counted(&mut self, log: usize) -> Done<()> {
        let mut room = [0; 64];
        let products = List::encode(&[Product::parse(A)?], &mut room)?;
        let begin = CountBegin {
            store: if self.chance.once_in(4) { store(STORES[self.chance.below(2) as usize])? } else { None },
            products: self.chance.once_in(5).then_some(products),
            ..COUNT
        };
        let at = self.clock(log);
        self.land.say(log, at, Entry::CountBegin(begin))?;
        let begin = self.land.len(log) - 1;
        for _ in 0..self.chance.below(4) {
            self.now += i64::from(self.chance.below(5));
            let (of, quantity) = (self.chance.of(self.lots), self.quantity());
            let line = self.land.line_of(log, begin, of, quantity)?;
            let line = CountLine {
                bucket: if self.chance.once_in(8) { Bucket::Hold } else { Bucket::Available },
                vvm: self.chance.once_in(9).then_some(1),
                ..line
            };
            self.write(log, Entry::CountLine(line))?;
            if self.chance.once_in(4) {
                self.say_other(log)?;
            }
        }
        for _ in 0..self.chance.of(&[0, 1, 1, 1, 2]) {
            let (at, rest) = (self.clock(log), self.chance.once_in(2));
            self.land.end(log, at, begin, rest)?;
        }
        Ok(())
    }

    /// Something happens while one counts.
    fn say_other(&mut self, log: usize) -> Done<()> {
        let (by, of, units) = (self.device(), self.chance.of(self.lots), 1 + self.chance.below(9));
        let by = if self.chance.once_in(2) { log } else { by };
        self.write(by, goes_out(of, units)?)
    }

    fn observed(&mut self, log: usize) -> Done<()> {
        let other = self.device();
        if self.land.logs[log].id == self.land.logs[other].id {
            return Ok(());
        }
        let clock = self.chance.once_in(2).then(|| self.skew[other] - self.skew[log]);
        let at = self.clock(log);
        if self.chance.once_in(6) {
            return self.land.observe_late(log, at, at - 100, other, clock);
        }
        self.land.observe(log, at, other, clock)
    }

    fn attested(&mut self, log: usize) -> Done<()> {
        let Some((other, index)) = self.any_record() else { return Ok(()) };
        let capacity = self.chance.of(&[0, 1, 3, 4]);
        let same = self.land.logs[log].id == self.land.logs[other].id;
        if same && other != log {
            return Ok(());
        }
        let reference = if same { own(index)? } else { self.land.reference(other, index)? };
        let who = self.chance.of(&["DS01", "DS02", "DS03"]);
        let (at, refused) = (self.clock(log), self.chance.once_in(6));
        self.land.attest(log, at, reference, capacity, who, refused).map(drop)
    }

    fn authority(&mut self) -> Done<()> {
        let (by, at) = (self.chance.of(&[MINISTRY, PROVINCE]), self.now);
        let of = self.chance.of(&LOTS[..3]);
        match self.chance.below(7) {
            0 | 1 => self.land.recall(by, at, of.0, if at % 2 == 0 { &[] } else { &["L1", "L2"] }).map(drop),
            2 => {
                let index = self.chance.below(self.land.len(by) as u32) as usize;
                let recall = if self.chance.once_in(3) {
                    self.land.reference(MINISTRY + PROVINCE - by, 0)?
                } else {
                    own(index)?
                };
                self.land.say(by, at, Entry::EndRecall(EndRecall { recall, notice: None, extensions: None })).map(drop)
            }
            3 => self.land.same(by, at, A, B).map(drop),
            4 => self.land.fact(by, at, of, self.chance.of(&["2026-12", "2027-01-05", "2028-02-29"])).map(drop),
            5 => {
                // Only of what lies in its scope.
                let successor = (!self.chance.once_in(4)).then(|| self.chance.of(&SITES));
                let code = self.chance.of(&SITES);
                self.land.merge(by, at, code, successor).map(drop)
            }
            _ => self.forked(),
        }
    }

    fn forked(&mut self) -> Done<()> {
        let log = self.device();
        let count = 1 + self.chance.below(self.land.len(log) as u32) as usize;
        let branch = self.land.branch(log, count);
        self.skew.push(self.skew[log]);
        self.devices.push(branch);
        let at = self.clock(branch);
        self.land.say(branch, at, goes_in(LOTS[0], 1)?).map(drop)
    }

    /// Splits logs in pieces, leaves some out, cuts some logs off.
    fn end(&mut self) -> Done<()> {
        for log in self.devices.clone() {
            let length = self.land.len(log);
            if self.chance.once_in(5) && length > 4 {
                let at = 2 + self.chance.below(length as u32 - 3) as usize;
                let from = self.land.from(log);
                let gap = usize::from(self.chance.once_in(3));
                if from < at {
                    self.land.show(log, &[(from, at), (at + gap, length)]);
                }
            }
            if self.chance.once_in(14) {
                let count = 1 + self.chance.below(length as u32) as usize;
                let at = self.land.logs[log].at(count)?;
                let by = usize::from(self.land.logs[log].facility.starts_with("HN-"));
                self.land.logs[by].revoke(at)?;
            }
        }
        Ok(())
    }
}
