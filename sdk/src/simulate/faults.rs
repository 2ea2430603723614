//! Faults: what happens to devices, and what people do wrongly.

use super::found::ROOT;
use super::log::SimLog;
use super::truth::{Fault, Flow, Spot};
use super::world::{At, DAY, Device, More, World, Wrong, missing};
use crate::error::Result;
use medlot_core::ident::{LotNumber, Product};
use medlot_core::movement::{Direction, Reference};
use medlot_core::record::{Cut, EndRecall, Entry, List, Recall, Record, Reversed};
use std::collections::BTreeMap;
use std::sync::Arc;

impl World {
    /// What is so from a device's beginning.
    pub(super) fn begin_fate(&mut self, device: usize) -> Result<()> {
        let Some((fault, _)) = self.device(device)?.fate else { return Ok(()) };
        let days = |world: &mut Self, from, to| i64::from(world.dice.between(from, to) * DAY + world.dice.below(DAY));
        match fault {
            Fault::ClockBehind => self.device_mut(device)?.offset = -days(self, 2, 9),
            Fault::ClockAhead => self.device_mut(device)?.offset = days(self, 6, 9),
            Fault::ClockSet if !self.device(device)?.unset => {
                let by = days(self, 2, 9);
                let by = if self.dice.chance(500) { by } else { -by };
                self.device_mut(device)?.offset = by;
            }
            Fault::ClockSet | Fault::ClockNeverSet => {}
            Fault::Offline => self.device_mut(device)?.offline = true,
            Fault::ReportedBeside => {}
            _ => return Ok(()),
        }
        if !matches!(fault, Fault::Offline | Fault::ReportedBeside) {
            let code = self.code(self.site_of(device)?)?;
            self.truth.wrong_clocks.insert(code);
        }
        self.happened(fault, device)?;
        Ok(())
    }

    /// What happens to a device now.
    pub(super) fn fates(&mut self, device: usize) -> Result<()> {
        let now = self.now;
        let Some((fault, at)) = self.device(device)?.fate.filter(|(_, at)| *at <= now) else { return Ok(()) };
        let stage = self.device(device)?.stage;
        let site = self.site_of(device)?;
        match (fault, stage) {
            (Fault::ClockSet, 0) => {
                self.device_mut(device)?.stage = 1;
                self.set_clock(device)
            }
            (Fault::ClockSetSilently, 0) => {
                let back = self.dice.between(15 * 3_600, 48 * 3_600);
                self.settle(device)?;
                // Somebody begins a count and ends it after the clock was set.
                let begin = self.begin_count(device, 0)?;
                let d = self.device_mut(device)?;
                (d.offset, d.stage) = (-i64::from(back), 1);
                self.end_count(device, begin, 0, false)?;
                let code = self.code(site)?;
                self.truth.wrong_clocks.insert(code);
                self.happened(fault, device)
            }
            (Fault::OutsideValidity, 0) => {
                self.device_mut(device)?.stage = 1;
                self.device_mut(device)?.fate = Some((fault, at.saturating_add(DAY)));
                Ok(())
            }
            (Fault::OutsideValidity, 1) => {
                self.device_mut(device)?.stage = 2;
                self.happened(fault, device)
            }
            (Fault::Lost | Fault::Stolen | Fault::LateRevocation, 0) => {
                self.settle(device)?;
                let log = self.device(device)?.log;
                let count = self.log_mut(device)?.seal();
                let thief = fault == Fault::Stolen;
                let d = self.device_mut(device)?;
                (d.alone, d.thief, d.stage, d.serial) = (true, thief, 1, count);
                d.fate = Some((fault, now.saturating_add(DAY / 4)));
                if fault == Fault::Lost {
                    self.withheld.push((log, count));
                }
                self.happened(fault, device)
            }
            (Fault::Lost | Fault::Stolen | Fault::LateRevocation, 1) => self.end(device, fault),
            (Fault::Fork | Fault::ForkCut, 0) => self.copy(device, fault),
            (Fault::KeyRenewed, 0) => {
                self.device_mut(device)?.stage = 1;
                self.renew(device)
            }
            _ => Ok(()),
        }
    }

    /// Writes everything that a device has still to write.
    pub(super) fn settle(&mut self, device: usize) -> Result<()> {
        while self.device(device)?.counting.is_some() {
            self.go_on_counting(device)?;
        }
        while !self.device(device)?.late.is_empty() {
            self.now += 1;
            self.put_right(device)?;
        }
        Ok(())
    }

    /// The lots that a log's records from a count on are about.
    fn lots_since(&self, log: usize, count: u32) -> Result<Vec<usize>> {
        let numbers: BTreeMap<&str, usize> =
            self.truth.lots.iter().enumerate().map(|(at, lot)| (lot.number.as_str(), at)).collect();
        let mut lots = Vec::new();
        for bytes in self.logs.get(log).ok_or_else(missing)?.records.iter().skip(count as usize) {
            let lot = match Record::decode(bytes)?.entry {
                Entry::Movement { movement, .. } => movement.lot,
                Entry::Reversal(reversal) => match reversal.of {
                    Reversed::Movement(movement) => movement.lot,
                    Reversed::Refuse(_) => None,
                },
                Entry::CountLine(line) => line.lot,
                _ => None,
            };
            lots.extend(lot.and_then(|lot: LotNumber<'_>| numbers.get(lot.as_str()).copied()));
        }
        lots.sort_unstable();
        lots.dedup();
        Ok(lots)
    }

    /// A lost, stolen or revoked device ends: another comes in its place.
    fn end(&mut self, device: usize, fault: Fault) -> Result<()> {
        let (site, log, count) = (self.site_of(device)?, self.device(device)?.log, self.device(device)?.serial);
        self.device_mut(device)?.gone = true;
        let lots = self.lots_since(log, count)?;
        if fault != Fault::Lost {
            self.log_mut(device)?.seal();
            let cut: Cut = self.log_of(device)?.at(count);
            let by = self.authority_of(site)?;
            self.cut(by, cut)?;
            let of = self.logs.get(log).ok_or_else(missing)?;
            let after: Vec<_> = (count..of.count()).map(|index| of.record_id(index)).collect();
            let (id, any) = (of.id, !after.is_empty());
            if let Some(injected) = self.truth.of_log(id) {
                injected.records = after;
                injected.stands = any;
            }
        }
        let number = self.devices.len() as u32;
        let replacement = self.add_device(site, number, None)?;
        if fault == Fault::Stolen {
            return Ok(()); // what the thief wrote never took place
        }
        // What nobody will see, or what doesn't count, took place: everything is counted.
        self.now += 1;
        if self.has_let_be(site) || !self.is_alone_at(site, device, replacement) {
            for lot in lots {
                self.touch(site, lot, fault)?;
            }
        } else {
            self.count_all(replacement)?;
        }
        Ok(())
    }

    /// Whether no further device's count could stand against that of the replacement.
    fn is_alone_at(&self, site: usize, device: usize, replacement: usize) -> bool {
        let all = self.sites.get(site).map(|s| s.devices.as_slice()).unwrap_or_default();
        let others = all.iter().filter(|d| **d != device && **d != replacement);
        others.filter_map(|d| self.devices.get(*d)).all(|d| d.counting.is_none())
    }

    /// A thief writes sales that never took place.
    pub(super) fn thieve(&mut self, device: usize) -> Result<()> {
        let site = self.site_of(device)?;
        if let Some((spot, there)) = self.pick(site, |spot| spot.parts == 0) {
            let units = self.dice.between(1, there.clamp(1, 30));
            self.moves(device, Direction::Out, "retail", &spot, units, &More::default())?;
        }
        Ok(())
    }

    /// The device is copied, and both sides go on.
    fn copy(&mut self, device: usize, fault: Fault) -> Result<()> {
        self.settle(device)?;
        let site = self.site_of(device)?;
        let count = self.log_mut(device)?.seal();
        let log: SimLog = self.log_of(device)?.clone();
        self.logs.push(log);
        let log = self.logs.len() - 1;
        let alone = fault == Fault::ForkCut;
        let d = self.device_mut(device)?;
        (d.stage, d.serial) = (1, count);
        let (offset, unset) = (d.offset, d.unset);
        self.devices.push(Device {
            site,
            log,
            earlier: Vec::new(),
            offset,
            unset,
            gone: false,
            thief: false,
            alone,
            offline: false,
            late: Vec::new(),
            counting: None,
            fate: Some((fault, u32::MAX)),
            stage: 2,
            serial: count,
        });
        let other = self.devices.len() - 1;
        self.sites.get_mut(site).ok_or_else(missing)?.devices.push(other);
        self.happened(fault, device)
    }

    /// In the end one side of a copied device is cut off.
    pub(super) fn cut_copies(&mut self) -> Result<()> {
        for copy in 0..self.devices.len() {
            let d = self.device(copy)?;
            if d.stage != 2 || !matches!(d.fate, Some((Fault::Fork | Fault::ForkCut, _))) {
                continue;
            }
            let (site, log, count, is_cut) = (d.site, d.log, d.serial, matches!(d.fate, Some((Fault::ForkCut, _))));
            let id = self.logs.get(log).ok_or_else(missing)?.id;
            let first = self.logs.iter().position(|other| other.id == id).ok_or_else(missing)?;
            let (a, b) = self.logs.get(first).zip(self.logs.get(log)).ok_or_else(missing)?;
            let parted = a.count() > count && b.count() > count;
            let of_copy: Vec<_> = (count..b.count()).map(|index| b.record_id(index)).collect();
            let forks: Vec<_> = [a, b].iter().filter(|l| l.count() > count).map(|l| l.record_id(count)).collect();
            if is_cut && parted {
                let cut = a.at(a.count());
                let lots = self.lots_since(log, count)?;
                let by = self.authority_of(site)?;
                self.cut(by, cut)?;
                for lot in lots {
                    self.touch(site, lot, Fault::ForkCut)?;
                }
            }
            if let Some(injected) = self.truth.of_log(id) {
                injected.records = if is_cut { of_copy } else { forks };
                injected.stands = parted;
            }
        }
        Ok(())
    }

    /// Something that goes wrong now, by chance. Whether it did.
    pub(super) fn faults(&mut self, device: usize) -> Result<bool> {
        let mut roll = self.dice.below(10_000);
        for fault in Fault::ALL.iter().copied().filter(|fault| *fault > Fault::DeliveryLost) {
            match roll.checked_sub(fault.rate()) {
                Some(left) => roll = left,
                None => return self.go_wrong(device, fault),
            }
        }
        Ok(false)
    }

    fn go_wrong(&mut self, device: usize, fault: Fault) -> Result<bool> {
        let site = self.site_of(device)?;
        let kind = self.sites.get(site).ok_or_else(missing)?.kind;
        let steady = self.is_steady(site);
        let sellable = self.sellable();
        let plain = |spot: &Spot| sellable(spot);
        match fault {
            Fault::ReversalExceeds => {
                let Some((spot, there)) = self.pick(site, plain) else { return Ok(false) };
                let units = self.dice.between(1, there.min(5));
                let at = self.moves(device, Direction::Out, "retail", &spot, units, &More::default())?;
                let wrong = Wrong { at, spot, total: units };
                let reversal = self.take_back(device, &wrong, spot.store != 2)?;
                let stands = spot.store != 2;
                self.inject(fault, site, Some(spot.lot), &[reversal, at])?;
                self.last_stands(stands);
            }
            Fault::ExpiredDispensed if steady => {
                let lot = self.new_lot(true)?;
                let spot = self.fresh(lot)?;
                self.look_at_lots();
                self.moves(device, Direction::In, "found", &spot, 5, &More::default())?;
                let at = self.moves(device, Direction::Out, "retail", &spot, 2, &More::default())?;
                self.shift(site, spot, 3);
                self.flow(&spot, Flow::OtherIn, 5);
                self.flow(&spot, Flow::Dispensed, 2);
                self.inject(fault, site, Some(lot), &[at])?;
            }
            Fault::RecalledDispensed if steady => {
                let Some((spot, _)) = self.pick(site, plain) else { return Ok(false) };
                self.recall(spot.lot)?;
                self.now += 1;
                let at = self.moves(device, Direction::Out, "retail", &spot, 1, &More::default())?;
                self.shift(site, spot, -1);
                self.flow(&spot, Flow::Dispensed, 1);
                self.inject(fault, site, Some(spot.lot), &[at])?;
            }
            Fault::HeldDispensed => {
                let unsellable = Arc::clone(&self.unsellable);
                let held = |spot: &Spot| spot.hold && spot.parts == 0 && !unsellable.contains(&spot.lot);
                let Some((spot, _)) = self.pick(site, held) else { return Ok(false) };
                let at = self.moves(device, Direction::Out, "retail", &spot, 1, &More::default())?;
                self.shift(site, spot, -1);
                self.flow(&spot, Flow::Dispensed, 1);
                self.inject(fault, site, Some(spot.lot), &[at])?;
            }
            Fault::DuplicateSerial => {
                let Some((spot, _)) = self.pick(site, plain) else { return Ok(false) };
                let free = |d: &usize| self.devices.get(*d).is_some_and(|d| d.is_free() && d.site != site);
                let Some(other) = (0..self.devices.len()).find(free) else { return Ok(false) };
                let serial = format!("D{:012}", self.dice.below(u32::MAX));
                let mut records = Vec::new();
                for device in [device, other] {
                    self.serial(device, Some((spot.lot, serial.clone())))?;
                    let (log, index) = (self.device(device)?.log, self.log_of(device)?.count() - 1);
                    records.push(At { log, index });
                }
                self.inject(fault, site, Some(spot.lot), &records)?;
            }
            Fault::ExpiryConflict => {
                let Some((spot, _)) = self.pick(site, |spot| plain(spot) && spot.store == 0) else { return Ok(false) };
                let later = self.lot(spot.lot)?.expiry;
                let later = medlot_core::time::Date::new(later.year() + 1, later.month(), 1)?;
                let more = More { expiry: Some(later), ..More::default() };
                let at = self.moves(device, Direction::In, "found", &spot, 1, &more)?;
                self.shift(site, spot, 1);
                self.flow(&spot, Flow::OtherIn, 1);
                self.inject(fault, site, Some(spot.lot), &[at])?;
            }
            Fault::PartsConflict => {
                let doses = |lot: usize| self.truth.lots.get(lot).and_then(|lot| lot.doses);
                let vials = |spot: &Spot| plain(spot) && doses(spot.lot).is_some();
                let found = self.spots(site, vials).into_iter().find(|spot| self.stands(site, spot) > 2);
                let Some((spot, doses)) = found.and_then(|spot| Some((spot, doses(spot.lot)?))) else {
                    return Ok(false);
                };
                let a = self.open_vial(device, &spot, doses)?;
                let b = self.open_vial(device, &spot, doses + 5)?;
                self.inject(fault, site, Some(spot.lot), &[a, b].concat())?;
            }
            Fault::NeverWrittenIn => {
                let lot = self.new_lot(false)?;
                let (spot, units) = (self.fresh(lot)?, self.dice.between(1, 9));
                let at = self.moves(device, Direction::Out, "retail", &spot, units, &More::default())?;
                self.flow(&spot, Flow::OtherIn, units);
                self.flow(&spot, Flow::Dispensed, units);
                self.shift(site, spot, 0);
                self.inject(fault, site, Some(lot), &[at])?;
                self.touch(site, lot, fault)?;
                self.let_be.insert((site, lot));
            }
            Fault::Shrinkage if steady => {
                let Some((spot, _)) = self.pick(site, |spot| !spot.hold) else { return Ok(false) };
                if self.let_be.contains(&(site, spot.lot)) {
                    return Ok(false);
                }
                self.shift(site, spot, -1);
                self.flow(&spot, Flow::Lost, 1);
                self.count(device, &[spot.lot], spot.store)?;
                self.inject(fault, site, Some(spot.lot), &[])?;
            }
            Fault::OverlappingCounts => {
                let (Some(second), true) = (self.second_of(device)?, steady) else { return Ok(false) };
                let Some((spot, _)) = self.pick(site, plain) else { return Ok(false) };
                let others = |d: &Device| d.site == site && d.counting.is_some();
                if self.let_be.contains(&(site, spot.lot)) || self.devices.iter().any(others) {
                    return Ok(false);
                }
                let mut records = Vec::new();
                for device in [device, second] {
                    let from = self.log_of(device)?.count();
                    self.count(device, &[spot.lot], spot.store)?;
                    let log = self.device(device)?.log;
                    records.extend((from..self.log_of(device)?.count()).map(|index| At { log, index }));
                    self.now += 1;
                }
                self.inject(fault, site, Some(spot.lot), &records)?;
                self.let_be.insert((site, spot.lot));
            }
            Fault::AfterEndOfCount => {
                let Some((spot, there)) = self.pick(site, |spot| !spot.hold) else { return Ok(false) };
                if self.let_be.contains(&(site, spot.lot)) {
                    return Ok(false);
                }
                let begin = self.begin_count(device, spot.store)?;
                self.end_count(device, begin, 0, false)?;
                let at = self.count_line(device, begin, &spot, there + 999)?;
                self.inject(fault, site, Some(spot.lot), &[at])?;
            }
            Fault::DestructionUnwitnessed => {
                let Some((spot, _)) = self.pick(site, |_| true) else { return Ok(false) };
                self.destroy(device, &spot, 1, false)?;
            }
            Fault::LossNotReported if steady => {
                let controlled = |lot: usize| self.truth.lots.get(lot).is_some_and(|lot| lot.controlled);
                let found = self.spots(site, |spot| controlled(spot.lot));
                let Some(spot) = self.dice.pick(&found) else { return Ok(false) };
                self.miss(device, &spot, false)?;
            }
            Fault::RoleExceeded if !kind.supplies() => {
                let Some((spot, _)) = self.pick(site, |_| true) else { return Ok(false) };
                let at = self.moves(device, Direction::In, "manufactured", &spot, 50, &More::default())?;
                self.inject(fault, site, Some(spot.lot), &[at])?;
            }
            Fault::ForeignCut => {
                let by = self.authority_of(site)?;
                let Some(other) = (1..self.authorities.len()).find(|other| *other != by) else { return Ok(false) };
                let cut = self.log_of(device)?.at(1);
                let at = self.cut(other, cut)?;
                self.inject(fault, site, None, &[at])?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn last_stands(&mut self, stands: bool) {
        if let Some(last) = self.truth.injected.last_mut() {
            last.stands = stands;
        }
    }

    /// The root recalls a lot everywhere.
    fn recall(&mut self, lot: usize) -> Result<()> {
        let facts = self.lot(lot)?.clone();
        let products = [Product::parse(facts.product)?];
        let lots = [Some(LotNumber::parse(&facts.number)?)];
        let (mut a, mut b) = ([0; 80], [0; 80]);
        let products = List::encode(&products, &mut a)?;
        let lots = Some(List::encode(&lots, &mut b)?);
        let notice = format!("{}/QLD-CL", 1_000 + self.recalls.len());
        let recall = Recall { class: 2, notice: &notice, products, lots, from: None, extensions: None };
        let at = self.say(ROOT, Entry::Recall(recall))?;
        self.recalled.insert(lot);
        self.recalls.push((at, lot));
        self.look_at_lots();
        Ok(())
    }

    /// A recall ends now and then.
    pub(super) fn end_recalls(&mut self) -> Result<()> {
        let Some((at, lot)) = self.dice.chance(300).then(|| self.recalls.pop()).flatten() else { return Ok(()) };
        if self.recalls.iter().all(|(_, other)| *other != lot) {
            self.recalled.remove(&lot);
            self.look_at_lots();
        }
        // The root may have another key by now.
        let named = self.logs.get(at.log).ok_or_else(missing)?.reference(at.index);
        let now = self.authority(ROOT)?.logs.last();
        let recall = if now == Some(&at.log) { Reference::Own(at.index) } else { named };
        self.say(ROOT, Entry::EndRecall(EndRecall { recall, notice: None, extensions: None })).map(drop)
    }
}
