//! What people do with medicines on an ordinary day.

use super::sample::MEDICINES;
use super::truth::{Fault, Flow, LotFacts, Spot};
use super::world::{At, BEGIN, Counting, DAY, Kind, Late, More, World, Wrong, fund_of, missing, quantity, store_of};
use crate::error::Result;
use medlot_core::ident::{LotNumber, Operator, Product};
use medlot_core::movement::{Bucket, Direction, Group, reasons};
use medlot_core::record::{Attest, CountBegin, CountEnd, CountLine, Entry, Record, Reversal, Reversed};
use medlot_core::time::{Expiry, Timestamp};

impl World {
    /// One thing that a device's person does.
    pub(super) fn act(&mut self, device: usize) -> Result<()> {
        if !self.device(device)?.works() {
            return Ok(());
        }
        self.fates(device)?;
        if !self.device(device)?.works() {
            return Ok(());
        }
        if self.device(device)?.thief {
            return self.thieve(device);
        }
        let site = self.site_of(device)?;
        let alone = self.device(device)?.alone;
        if !alone {
            if self.dice.chance(70) {
                self.synchronise(site, false)?;
            }
            if self.dice.chance(400) && self.go_on_counting(device)? {
                return Ok(());
            }
            if self.dice.chance(250) && self.put_right(device)? {
                return Ok(());
            }
            if self.dice.chance(600) && self.receive(device)? {
                return Ok(());
            }
            if self.faults(device)? {
                return Ok(());
            }
        }
        let kind = self.sites.get(site).ok_or_else(missing)?.kind;
        let roll = self.dice.below(100);
        match kind {
            Kind::Manufacturer | Kind::Importer => match roll {
                0..45 if !alone => self.make(device, kind),
                45..85 if !alone => self.ship(device),
                _ => self.keep(device),
            },
            Kind::Distributor => match roll {
                0..70 if !alone => self.ship(device),
                _ => self.keep(device),
            },
            Kind::Hospital | Kind::Pharmacy => match roll {
                0..3 if !alone => self.ship(device),
                0..6 => self.open_stock(device),
                6..80 => self.dispense(device),
                _ => self.keep(device),
            },
        }
    }

    /// A new lot of a medicine.
    pub(super) fn new_lot(&mut self, expired: bool) -> Result<usize> {
        let medicine = self.dice.below(MEDICINES.len() as u32) as usize;
        let of = MEDICINES.get(medicine).ok_or_else(missing)?;
        let number = format!("{:02}{:05}", self.dice.between(20, 29), self.truth.lots.len());
        let from =
            if expired { BEGIN - self.dice.between(3, 60) * DAY } else { BEGIN + self.dice.between(90, 900) * DAY };
        let expiry = Timestamp::from_secs(from).date_at(420).ok_or_else(missing)?;
        self.truth.lots.push(LotFacts {
            name: of.name,
            product: of.product,
            alias: of.alias,
            number,
            expiry,
            controlled: of.controlled,
            doses: of.doses,
        });
        Ok(self.truth.lots.len() - 1)
    }

    /// Where a lot first stands.
    pub(super) fn fresh(&self, lot: usize) -> Result<Spot> {
        let vvm = u8::from(self.lot(lot)?.doses.is_some());
        Ok(Spot { lot, store: 0, hold: false, fund: false, vvm, parts: 0 })
    }

    fn make(&mut self, device: usize, kind: Kind) -> Result<()> {
        // Few lots at the beginning, each known by many later.
        let most = 6 + self.plan.facilities / 4;
        let lot = if (self.truth.lots.len() as u32) < most || self.dice.chance(20) {
            self.new_lot(false)?
        } else {
            self.dice.below(self.truth.lots.len() as u32) as usize
        };
        if self.recalled.contains(&lot) || self.is_expired(lot) || self.is_let_be_anywhere(lot) {
            return Ok(());
        }
        let (spot, units) = (self.fresh(lot)?, self.dice.between(10, 90) * 20);
        let (reason, flow) = match kind {
            Kind::Importer => ("imported", Flow::Imported),
            _ => ("manufactured", Flow::Manufactured),
        };
        self.moves(device, Direction::In, reason, &spot, units, &More::default())?;
        self.shift(self.site_of(device)?, spot, i64::from(units));
        self.flow(&spot, flow, units);
        Ok(())
    }

    /// Lots that were made for a fault alone stay where they are.
    fn is_let_be_anywhere(&self, lot: usize) -> bool {
        self.let_be.iter().any(|(_, other)| *other == lot)
    }

    /// What stood there before the device came.
    fn open_stock(&mut self, device: usize) -> Result<()> {
        let site = self.site_of(device)?;
        if self.spots(site, |_| true).len() > 40 || self.now > BEGIN + 6 * DAY {
            return self.dispense(device);
        }
        let lot = if self.truth.lots.len() < 8 {
            self.new_lot(false)?
        } else {
            self.dice.below(self.truth.lots.len() as u32) as usize
        };
        if self.recalled.contains(&lot) || self.is_expired(lot) || self.is_let_be_anywhere(lot) {
            return Ok(());
        }
        let hospital = self.sites.get(site).is_some_and(|s| s.kind == Kind::Hospital);
        let fund = hospital && self.dice.chance(250);
        let (spot, units) = (Spot { fund, ..self.fresh(lot)? }, self.dice.between(20, 300));
        self.moves(device, Direction::In, "opening_balance", &spot, units, &More::default())?;
        self.shift(site, spot, i64::from(units));
        self.flow(&spot, Flow::OtherIn, units);
        Ok(())
    }

    /// Sales, administered doses, mistakes, and sales that are written later.
    fn dispense(&mut self, device: usize) -> Result<()> {
        let site = self.site_of(device)?;
        let (alone, unset) = (self.device(device)?.alone, self.device(device)?.unset);
        let roll = self.dice.below(100);
        if roll < 8 {
            let unsellable = std::sync::Arc::clone(&self.unsellable);
            let opened = self.pick(site, |spot| spot.parts > 0 && !spot.hold && !unsellable.contains(&spot.lot));
            if let Some((spot, parts)) = opened {
                let (given, reason) = match parts {
                    0..4 => (parts, "open_vial_wastage"),
                    _ => (self.dice.between(1, 3), "administered"),
                };
                self.moves(device, Direction::Out, reason, &spot, given, &More::default())?;
                self.shift(site, spot, -i64::from(given));
                self.flow(&spot, if reason == "administered" { Flow::Dispensed } else { Flow::Lost }, given);
                return Ok(());
            }
        }
        let sellable = self.sellable();
        let Some((spot, there)) = self.pick(site, &sellable) else { return Ok(()) };
        let units = self.dice.between(1, 8).min(there);
        if roll < 14 && !alone && !unset {
            let late = Late { at: self.now, spot, units };
            self.device_mut(device)?.late.push(late);
            self.shift(site, spot, -i64::from(units));
            self.flow(&spot, Flow::Dispensed, units);
            return Ok(());
        }
        if roll < 20 && !alone {
            // More is written than is sold; it is taken back later.
            let written = units + self.dice.between(1, 5);
            let at = self.moves(device, Direction::Out, "retail", &spot, written, &More::default())?;
            let wrong = Wrong { at, spot, total: written - units };
            self.sites.get_mut(site).ok_or_else(missing)?.wrongs.push(wrong);
            self.shift(site, spot, -i64::from(units));
            self.flow(&spot, Flow::Dispensed, units);
            return Ok(());
        }
        if roll < 23 {
            let back = Spot { hold: true, ..spot };
            self.moves(device, Direction::In, "customer_return", &back, 1, &More::default())?;
            self.shift(site, back, 1);
            self.flow(&back, Flow::Returned, 1);
            return Ok(());
        }
        // A basket.
        let mut basket = vec![(spot, units)];
        while basket.len() < 3 && self.dice.chance(350) {
            match self.pick(site, |other| sellable(other) && basket.iter().all(|(spot, _)| spot != other)) {
                Some((spot, there)) => basket.push((spot, self.dice.between(1, 5).min(there))),
                None => break,
            }
        }
        for (at, (spot, units)) in (0u32..).zip(&basket) {
            let group = match (basket.len(), at) {
                (1, _) => Group::None,
                (lines, 0) => Group::Head(lines as u16),
                (_, at) => Group::Line(at),
            };
            let reason = if spot.fund { "used_in_facility" } else { "retail" };
            self.moves(device, Direction::Out, reason, spot, *units, &More { group, ..More::default() })?;
            self.shift(site, *spot, -i64::from(*units));
            self.flow(spot, Flow::Dispensed, *units);
        }
        Ok(())
    }

    /// What keeping stock brings with it: places, holds, monitors, counts, destruction, repacking.
    fn keep(&mut self, device: usize) -> Result<()> {
        let site = self.site_of(device)?;
        let kind = self.sites.get(site).ok_or_else(missing)?.kind;
        let alone = self.device(device)?.alone;
        let Some((spot, there)) = self.pick(site, |_| true) else { return Ok(()) };
        let part = self.dice.between(1, there.clamp(1, 40));
        match self.dice.below(100) {
            0..15 if kind == Kind::Hospital => {
                let store = [1, 2, 0].get(spot.store).copied().unwrap_or(0);
                self.change_place(device, &spot, Spot { store, ..spot }, "store_to_store", part)
            }
            0..30 => {
                let reason = if spot.hold { "release" } else { "hold" };
                self.change_place(device, &spot, Spot { hold: !spot.hold, ..spot }, reason, part)
            }
            30..36 if spot.vvm == 1 => {
                self.change_place(device, &spot, Spot { vvm: 2, ..spot }, "vaccine_vial_monitor", part)
            }
            36..46 if spot.hold || self.is_expired(spot.lot) => self.destroy(device, &spot, part.min(5), true),
            46..52 => self.repack(device, &spot, part),
            52..56 if self.lot(spot.lot)?.controlled => self.miss(device, &spot, true),
            56..59 => {
                self.moves(device, Direction::Out, "damaged", &spot, 1, &More::default())?;
                self.shift(site, spot, -1);
                self.flow(&spot, Flow::Lost, 1);
                Ok(())
            }
            59..61 => self.serial(device, None),
            61..90 if !alone => self.count(device, &[spot.lot], spot.store),
            90..95 if !alone => self.begin_counting(device, spot.store),
            _ if !alone && !self.has_let_be(site) && self.dice.chance(150) => self.count_all(device),
            _ => Ok(()),
        }
    }

    fn change_place(&mut self, device: usize, from: &Spot, to: Spot, reason: &str, count: u32) -> Result<()> {
        let more = More { to: Some(to), ..More::default() };
        self.moves(device, Direction::Move, reason, from, count, &more)?;
        let site = self.site_of(device)?;
        self.shift(site, *from, -i64::from(count));
        self.shift(site, to, i64::from(count));
        Ok(())
    }

    /// Attests a record.
    fn attest(&mut self, device: usize, at: At, capacity: &str, operator: &str) -> Result<()> {
        let record = self.name(device, at)?;
        let capacity = reasons::CAPACITY.number(capacity).ok_or_else(missing)?;
        let operator = Some(Operator::parse(operator)?);
        let attest = Attest { record, capacity, refused: false, operator, document: None, extensions: None };
        self.write(device, None, Entry::Attest(attest))?;
        Ok(())
    }

    pub(super) fn destroy(&mut self, device: usize, spot: &Spot, count: u32, witnessed: bool) -> Result<()> {
        let more = More { operator: Some("DS1"), ..More::default() };
        let at = self.moves(device, Direction::Out, "destroy", spot, count, &more)?;
        let site = self.site_of(device)?;
        self.shift(site, *spot, -i64::from(count));
        self.flow(spot, Flow::Destroyed, count);
        if witnessed {
            self.attest(device, at, "witness_of_destruction", "DS2")?;
            self.attest(device, at, "pharmacist_in_charge", "DS3")?;
        } else {
            self.inject(Fault::DestructionUnwitnessed, site, Some(spot.lot), &[at])?;
        }
        Ok(())
    }

    /// A narcotic is missing.
    pub(super) fn miss(&mut self, device: usize, spot: &Spot, reported: bool) -> Result<()> {
        let at = self.moves(device, Direction::Out, "missing", spot, 1, &More::default())?;
        let site = self.site_of(device)?;
        self.shift(site, *spot, -1);
        self.flow(spot, Flow::Lost, 1);
        if reported {
            self.attest(device, at, "loss_reported", "DS1")?;
        } else {
            self.inject(Fault::LossNotReported, site, Some(spot.lot), &[at])?;
        }
        Ok(())
    }

    /// A vial is opened into doses; other units are repacked under a lot number of their own.
    fn repack(&mut self, device: usize, spot: &Spot, count: u32) -> Result<()> {
        if spot.parts > 0 || self.unsellable.contains(&spot.lot) || spot.hold {
            return Ok(());
        }
        match self.lot(spot.lot)?.doses {
            Some(doses) => self.open_vial(device, spot, doses).map(drop),
            None => {
                let lot = self.truth.lots.len();
                let facts = self.lot(spot.lot)?.clone();
                let number = format!("{}-{lot}", facts.number);
                if number.len() > 20 {
                    return Ok(()); // repacked twice already
                }
                // What may be used longer is printed so when it is packed anew.
                let expiry = self.truth.last_day("", spot.lot).unwrap_or(facts.expiry);
                self.truth.lots.push(LotFacts { number, expiry, ..facts });
                let into = Spot { lot, ..*spot };
                self.make_from(device, spot, count, &into, count).map(drop)
            }
        }
    }

    pub(super) fn open_vial(&mut self, device: usize, spot: &Spot, doses: u16) -> Result<[At; 2]> {
        self.make_from(device, spot, 1, &Spot { parts: doses, ..*spot }, u32::from(doses))
    }

    fn make_from(&mut self, device: usize, from: &Spot, used: u32, into: &Spot, made: u32) -> Result<[At; 2]> {
        let head = More { group: Group::Head(2), ..More::default() };
        let first = self.moves(device, Direction::Out, "used_up", from, used, &head)?;
        let line = More { group: Group::Line(1), ..More::default() };
        let second = self.moves(device, Direction::In, "made_from", into, made, &line)?;
        let site = self.site_of(device)?;
        self.shift(site, *from, -i64::from(used));
        self.flow(from, Flow::UsedUp, used);
        self.shift(site, *into, i64::from(made));
        self.flow(into, Flow::MadeFrom, made);
        Ok([first, second])
    }

    /// A pack with a serial number comes and, where it is alone, is sold.
    pub(super) fn serial(&mut self, device: usize, of: Option<(usize, String)>) -> Result<()> {
        let site = self.site_of(device)?;
        let alone = of.is_none();
        let (lot, serial) = match of {
            Some(of) => of,
            None => {
                let Some((spot, _)) = self.pick(site, |spot| spot.parts == 0) else { return Ok(()) };
                (spot.lot, format!("S{:012}", self.dice.below(u32::MAX)))
            }
        };
        if self.recalled.contains(&lot) || self.is_expired(lot) {
            return Ok(());
        }
        let spot = self.fresh(lot)?;
        let more = More { serial: Some(&serial), ..More::default() };
        self.moves(device, Direction::In, "donation", &spot, 1, &more)?;
        self.shift(site, spot, 1);
        self.flow(&spot, Flow::OtherIn, 1);
        if alone {
            self.moves(device, Direction::Out, "retail", &spot, 1, &more)?;
            self.shift(site, spot, -1);
            self.flow(&spot, Flow::Dispensed, 1);
        }
        Ok(())
    }

    // ----- counts

    pub(super) fn has_let_be(&self, site: usize) -> bool {
        self.let_be.iter().any(|(of, _)| *of == site)
    }

    pub(super) fn begin_count(&mut self, device: usize, store: usize) -> Result<u32> {
        let at = Spot { lot: 0, store, hold: false, fund: false, vvm: 0, parts: 0 };
        let store = store_of(&at)?;
        let begin = CountBegin {
            operator: None,
            store,
            funds: None,
            products: None,
            blind: self.dice.chance(300),
            document: None,
            extensions: None,
        };
        Ok(self.write(device, None, Entry::CountBegin(begin))?.index)
    }

    pub(super) fn end_count(&mut self, device: usize, begin: u32, lines: u32, rest_is_zero: bool) -> Result<()> {
        let begin = self.log_of(device)?.count() - begin;
        let end = CountEnd { begin, lines, rest_is_zero, operator: None, extensions: None };
        self.write(device, None, Entry::CountEnd(end)).map(drop)
    }

    /// One line: what stands at a place, or what somebody says.
    pub(super) fn count_line(&mut self, device: usize, begin: u32, spot: &Spot, seen: u32) -> Result<At> {
        let back = self.log_of(device)?.count() - begin;
        let facts = self.lot(spot.lot)?.clone();
        let line = CountLine {
            begin: back,
            product: Product::parse(facts.product)?,
            lot: Some(LotNumber::parse(&facts.number)?),
            expiry: Expiry::Day(facts.expiry),
            quantity: quantity(spot, seen),
            shown: None,
            operator: None,
            bucket: if spot.hold { Bucket::Hold } else { Bucket::Available },
            fund: fund_of(spot)?,
            vvm: (spot.vvm > 0).then_some(spot.vvm),
            made_on: None,
            serial: None,
            extensions: None,
        };
        self.write(device, None, Entry::CountLine(line))
    }

    /// Lines for every place of a lot in a store and bucket, also where nothing stands any more.
    fn lines_of(&mut self, device: usize, begin: u32, lot: usize, store: usize, hold: bool) -> Result<u32> {
        let site = self.site_of(device)?;
        let shelf = self.shelves.get(site).into_iter().flatten();
        let here: Vec<(Spot, i64)> = shelf
            .filter(|(spot, _)| spot.lot == lot && spot.store == store && spot.hold == hold)
            .map(|(spot, count)| (*spot, *count))
            .collect();
        for (spot, count) in &here {
            self.count_line(device, begin, spot, u32::try_from(*count).unwrap_or(0))?;
        }
        Ok(here.len() as u32)
    }

    /// Counts some lots in a store at once.
    pub(super) fn count(&mut self, device: usize, lots: &[usize], store: usize) -> Result<()> {
        let site = self.site_of(device)?;
        let lots: Vec<usize> = lots.iter().copied().filter(|lot| !self.let_be.contains(&(site, *lot))).collect();
        if lots.is_empty() {
            return Ok(());
        }
        let begin = self.begin_count(device, store)?;
        let mut lines = 0;
        for lot in lots {
            lines += self.lines_of(device, begin, lot, store, false)?;
            if self.dice.chance(300) {
                lines += self.lines_of(device, begin, lot, store, true)?;
            }
        }
        self.end_count(device, begin, lines, false)
    }

    /// Begins a count that goes on while stock moves.
    fn begin_counting(&mut self, device: usize, store: usize) -> Result<()> {
        let site = self.site_of(device)?;
        if self.device(device)?.counting.is_some() {
            return Ok(());
        }
        let mut lots: Vec<usize> = self.spots(site, |spot| spot.store == store).iter().map(|spot| spot.lot).collect();
        lots.dedup();
        lots.retain(|lot| !self.let_be.contains(&(site, *lot)));
        self.dice.shuffle(&mut lots);
        lots.truncate(5);
        let begin = self.begin_count(device, store)?;
        self.device_mut(device)?.counting = Some(Counting { begin, store, lots, lines: 0 });
        Ok(())
    }

    pub(super) fn go_on_counting(&mut self, device: usize) -> Result<bool> {
        let site = self.site_of(device)?;
        let Some(mut counting) = self.device_mut(device)?.counting.take() else { return Ok(false) };
        match counting.lots.pop() {
            Some(lot) if !self.let_be.contains(&(site, lot)) => {
                counting.lines += self.lines_of(device, counting.begin, lot, counting.store, false)?;
                self.device_mut(device)?.counting = Some(counting);
            }
            Some(_) => self.device_mut(device)?.counting = Some(counting),
            None => self.end_count(device, counting.begin, counting.lines, false)?,
        }
        Ok(true)
    }

    /// Counts everything in every store at once; what has no line isn't there.
    pub(super) fn count_all(&mut self, device: usize) -> Result<()> {
        let site = self.site_of(device)?;
        for store in 0..3 {
            let shelf = self.shelves.get(site).into_iter().flatten();
            let mut here: Vec<(usize, bool)> =
                shelf.filter(|(spot, _)| spot.store == store).map(|(spot, _)| (spot.lot, spot.hold)).collect();
            here.sort_unstable();
            here.dedup();
            if here.is_empty() && store > 0 {
                continue;
            }
            let begin = self.begin_count(device, store)?;
            let mut lines = 0;
            for (lot, hold) in here {
                lines += self.lines_of(device, begin, lot, store, hold)?;
            }
            self.end_count(device, begin, lines, true)?;
        }
        Ok(())
    }

    // ----- putting right

    /// Writes what is late, takes back what was wrong, writes off what never came. Whether there was anything.
    pub(super) fn put_right(&mut self, device: usize) -> Result<bool> {
        let site = self.site_of(device)?;
        if let Some(late) = self.device_mut(device)?.late.pop() {
            let at = self.moves_late(
                device,
                Some(late.at),
                Direction::Out,
                "retail",
                &late.spot,
                late.units,
                &More::default(),
            )?;
            let log = self.logs.get(at.log).ok_or_else(missing)?.id;
            self.truth.late.insert((log.0, at.index));
            return Ok(true);
        }
        if let Some(wrong) = self.sites.get_mut(site).and_then(|s| s.wrongs.pop()) {
            self.take_back(device, &wrong, false)?;
            // Somebody else may take the same mistake back: it is taken back once.
            let others = self.sites.get(site).map(|s| s.devices.clone()).unwrap_or_default();
            let other = others.into_iter().find(|d| *d != device && self.devices.get(*d).is_some_and(|d| d.is_free()));
            if let Some(other) = other.filter(|_| self.dice.chance(300)) {
                self.take_back(other, &wrong, false)?;
            }
            return Ok(true);
        }
        let due = self.lost.iter().position(|(due, from, ..)| *from == site && *due <= self.now);
        if let Some((_, _, _, load)) = due.map(|at| self.lost.swap_remove(at)) {
            let answers = Some(self.name(device, load.sent)?);
            let more = More { answers, closes: true, ..More::default() };
            self.moves(device, Direction::Out, "lost_in_transit", &load.spot, load.units, &more)?;
            self.flow(&load.spot, Flow::Lost, load.units);
            return Ok(true);
        }
        Ok(false)
    }

    /// Takes a movement back, up to a total; `otherwise` repeats it wrongly.
    pub(super) fn take_back(&mut self, device: usize, wrong: &Wrong, otherwise: bool) -> Result<At> {
        let log = self.logs.get(wrong.at.log).ok_or_else(missing)?;
        let bytes = log.records.get(wrong.at.index as usize).cloned().ok_or_else(missing)?;
        let Entry::Movement { mut movement, .. } = Record::decode(&bytes)?.entry else { return Err(missing()) };
        if otherwise {
            let other = Spot { store: 2, ..wrong.spot };
            movement.store = store_of(&other)?;
        }
        let target = self.name(device, wrong.at)?;
        let reversal = Reversal { target, total: wrong.total, of: Reversed::Movement(movement), extensions: None };
        self.write(device, None, Entry::Reversal(reversal))
    }
}

impl super::world::Device {
    /// Whether it works with others: neither gone nor apart.
    pub(super) const fn is_free(&self) -> bool {
        !self.gone && !self.thief && !self.alone
    }
}
