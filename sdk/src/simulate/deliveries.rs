//! Deliveries between facilities: sealed hand-overs, and what comes of them at the door.

use super::truth::{Fault, Spot};
use super::world::{At, DAY, Extract, Kind, Load, More, Truck, World, Wrong, missing, quantity};
use crate::error::Result;
use medlot_core::movement::{Direction, Group};
use medlot_core::record::{Entry, Refuse};

/// How a delivery is received.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Door {
    Whole,
    Short,
    Refused,
    Twice,
    WrongDocument,
}

impl World {
    /// What stands before a batch and stays behind: sealed up to here, then a `Blind`.
    fn blind(&mut self, device: usize) -> Result<u32> {
        self.log_mut(device)?.seal();
        let random = self.dice.bytes();
        Ok(self.write(device, None, Entry::Blind(random))?.index + 1)
    }

    /// Seals a batch and keeps it for somebody.
    fn hand_over(&mut self, device: usize, first: u32, to: usize) -> Result<()> {
        let log = self.log_mut(device)?;
        let end = log.seal();
        let object = log.object(first, end)?;
        self.extracts.push(Extract { to, object });
        Ok(())
    }

    fn destination(&mut self, from: usize) -> Option<usize> {
        let own = self.sites.get(from)?.kind;
        let fits = |kind: Kind| match own {
            Kind::Manufacturer | Kind::Importer => kind == Kind::Distributor,
            Kind::Distributor => matches!(kind, Kind::Hospital | Kind::Pharmacy),
            Kind::Hospital | Kind::Pharmacy => kind == Kind::Distributor,
        };
        let all: Vec<usize> = self
            .sites
            .iter()
            .enumerate()
            .filter(|(at, s)| *at != from && s.successor.is_none() && fits(s.kind))
            .map(|(at, _)| at)
            .collect();
        self.dice.pick(&all)
    }

    /// Sends a few lots to somebody, as one sealed batch.
    pub(super) fn ship(&mut self, device: usize) -> Result<()> {
        let site = self.site_of(device)?;
        let Some(to) = self.destination(site) else { return Ok(()) };
        let back = matches!(self.sites.get(site).map(|s| s.kind), Some(Kind::Hospital | Kind::Pharmacy));
        let sellable = self.sellable();
        let mut lines: Vec<(Spot, u32)> = Vec::new();
        for _ in 0..self.dice.between(1, 4) {
            let fits =
                |spot: &Spot| sellable(spot) && !spot.fund && lines.iter().all(|(other, _)| other.lot != spot.lot);
            if let Some((spot, there)) = self.pick(site, fits).filter(|(_, there)| *there > 4) {
                let units =
                    if back { self.dice.between(1, there / 4) } else { self.dice.between(1, there.min(400) / 2) };
                lines.push((spot, units));
            }
        }
        if lines.is_empty() {
            return Ok(());
        }
        let reason = if back { "return_to_supplier" } else { "wholesale" };
        self.send(device, to, &lines, reason, true)
    }

    /// Sends lines as one sealed batch; something may go wrong on the way.
    pub(super) fn send(
        &mut self,
        device: usize,
        to: usize,
        lines: &[(Spot, u32)],
        reason: &str,
        mishaps: bool,
    ) -> Result<()> {
        let site = self.site_of(device)?;
        // More goes on the truck than is written: the sender counts that lot afterwards.
        let mut goes = |fault: Fault| mishaps && self.dice.below(10_000) < fault.rate() * 10;
        let [over, lost, misled] = [Fault::OverReceipt, Fault::DeliveryLost, Fault::Misdelivered].map(&mut goes);
        let over = over && self.is_steady(site);
        let code = self.code(to)?;
        let document = self.document();
        let first = self.blind(device)?;
        let (mut loads, count) = (Vec::new(), lines.len() as u16);
        for (at, (spot, units)) in (0u32..).zip(lines) {
            let group = match (count, at) {
                (1, _) => Group::None,
                (_, 0) => Group::Head(count),
                (_, at) => Group::Line(at),
            };
            let head = at == 0;
            let more = More {
                sent: true,
                group,
                party: head.then_some(code.as_str()),
                document: head.then_some(document.as_str()),
                ..More::default()
            };
            let sent = self.moves(device, Direction::Out, reason, spot, *units, &more)?;
            // The sender counts what is left: not where another fault lets the lot be.
            let over = over && head && !self.let_be.contains(&(site, spot.lot));
            let more_on_truck = u32::from(over && self.stands(site, spot) > i64::from(*units) + 2) * 2;
            self.shift(site, *spot, -i64::from(units + more_on_truck));
            loads.push(Load { spot: *spot, units: units + more_on_truck, written: *units, sent });
        }
        self.hand_over(device, first, to)?;
        let surplus: Vec<Load> = loads.iter().copied().filter(|load| load.units > load.written).collect();
        for load in &surplus {
            self.now += 1;
            self.count(device, &[load.spot.lot], load.spot.store)?;
            self.inject(Fault::OverReceipt, site, Some(load.spot.lot), &[load.sent])?;
            if let Some(last) = self.truth.injected.last_mut() {
                last.stands = false; // until somebody receives it
            }
        }
        let arrives =
            if lost && surplus.is_empty() { u32::MAX } else { self.now + self.dice.between(DAY / 12, 2 * DAY) };
        let mut truck = Truck { from: site, arrives, document, lines: loads, back: false, misled: false };
        let records: Vec<At> = truck.lines.iter().map(|load| load.sent).collect();
        if arrives == u32::MAX {
            self.inject(Fault::DeliveryLost, site, None, &records)?;
        }
        let wrong =
            (0..self.sites.len()).find(|other| *other != to && *other != site && misled && self.may_receive(*other));
        let door = match wrong.filter(|_| arrives < u32::MAX && surplus.is_empty()) {
            Some(other) => {
                truck.misled = true;
                self.inject(Fault::Misdelivered, other, None, &records)?;
                if let Some(last) = self.truth.injected.last_mut() {
                    last.stands = false;
                }
                other
            }
            None => to,
        };
        self.sites.get_mut(door).ok_or_else(missing)?.inbox.push(truck);
        Ok(())
    }

    fn may_receive(&self, site: usize) -> bool {
        self.sites.get(site).is_some_and(|s| s.successor.is_none() && matches!(s.kind, Kind::Hospital | Kind::Pharmacy))
    }

    /// Whether no device of a site has a clock that would spoil a count.
    pub(super) fn is_steady(&self, site: usize) -> bool {
        let devices = self.sites.get(site).map(|s| s.devices.as_slice()).unwrap_or_default();
        devices
            .iter()
            .filter_map(|d| self.devices.get(*d))
            .all(|d| !matches!(d.fate, Some((fault, _)) if fault <= Fault::ForkCut))
    }

    /// Receives what has come. Whether there was something.
    pub(super) fn receive(&mut self, device: usize) -> Result<bool> {
        let site = self.site_of(device)?;
        let now = self.now;
        let inbox = &mut self.sites.get_mut(site).ok_or_else(missing)?.inbox;
        let Some(at) = inbox.iter().position(|truck| truck.arrives <= now) else { return Ok(false) };
        let mut truck = inbox.swap_remove(at);
        if truck.back {
            self.take_refused(device, &truck)?;
            return Ok(true);
        }
        let over = truck.lines.iter().any(|load| load.units > load.written);
        let addressed = !truck.misled;
        let door = match self.dice.below(1_000) {
            _ if over || !addressed => Door::Whole,
            n if n < Fault::ReceivedTwice.rate() * 4 => Door::Twice,
            n if n < (Fault::ReceivedTwice.rate() + Fault::WrongDocument.rate()) * 4 => Door::WrongDocument,
            n if n < 140 => Door::Short,
            n if n < 220 => Door::Refused,
            _ => Door::Whole,
        };
        let second = self.second_of(device)?;
        let door = if door == Door::Twice && second.is_none() { Door::Whole } else { door };
        // Where its sender is part of another facility by now, nobody is there to take goods back.
        let sender = self.sites.get(truck.from).is_some_and(|sender| sender.successor.is_none());
        let door = if door == Door::Refused && !sender { Door::Whole } else { door };
        let mut refused: Option<Load> = None;
        if let Some(load) = truck.lines.first_mut().filter(|load| load.units > 1) {
            let part = self.dice.between(1, load.units.max(2) / 2).min(load.units - 1);
            match door {
                Door::Short => {
                    load.units -= part;
                    let due = now + self.dice.between(DAY / 2, 3 * DAY);
                    self.lost.push((due, truck.from, site, Load { units: part, ..*load }));
                }
                Door::Refused => {
                    load.units -= part;
                    refused = Some(Load { units: part, ..*load });
                }
                _ => {}
            }
        }
        // Over, misdelivered and doubled deliveries are named; of the others some are written from the paper alone.
        let named = over || !addressed || matches!(door, Door::Twice | Door::Refused) || self.dice.chance(700);
        let named = named && door != Door::WrongDocument;
        let records = self.receipts(device, &truck, named, door == Door::WrongDocument, refused)?;
        for load in &truck.lines {
            self.shift(site, Spot { store: 0, ..load.spot }, i64::from(load.units));
        }
        let sent: Vec<At> = truck.lines.iter().map(|load| load.sent).collect();
        let all: Vec<At> = sent.iter().chain(&records).copied().collect();
        if let Some(load) = refused {
            let arrives = now + self.dice.between(DAY / 12, DAY);
            let lines = vec![load];
            let back =
                Truck { from: site, arrives, document: truck.document.clone(), lines, back: true, misled: false };
            self.sites.get_mut(truck.from).ok_or_else(missing)?.inbox.push(back);
        }
        match door {
            Door::WrongDocument => self.inject(Fault::WrongDocument, site, None, &all)?,
            Door::Twice => {
                self.now += 1;
                let Some(second) = second else { return Ok(true) };
                let again = self.receipts(second, &truck, true, false, None)?;
                let all: Vec<At> = all.into_iter().chain(again.iter().copied()).collect();
                self.inject(Fault::ReceivedTwice, site, None, &all)?;
                let put_right = self.dice.chance(500);
                for (load, at) in truck.lines.iter().zip(again) {
                    let (spot, written) = (Spot { store: 0, ..load.spot }, load.units);
                    if put_right {
                        let wrong = Wrong { at, spot, total: written };
                        self.sites.get_mut(site).ok_or_else(missing)?.wrongs.push(wrong);
                    } else {
                        self.touch(site, load.spot.lot, Fault::ReceivedTwice)?;
                        self.let_be.insert((site, load.spot.lot));
                    }
                }
                if let Some(last) = self.truth.injected.last_mut().filter(|_| put_right) {
                    last.stands = false;
                }
            }
            _ if over || !addressed => self.stand(&sent, &records),
            Door::Whole if self.dice.below(1_000) < Fault::ReversalTooLate.rate() * 4 => {
                self.take_back_too_late(truck.from, truck.lines.first().copied())?;
            }
            _ => {}
        }
        Ok(true)
    }

    /// A fault noted when it was sent shows now.
    fn stand(&mut self, sent: &[At], receipts: &[At]) {
        let ids = |all: &[At]| -> Vec<_> {
            all.iter().filter_map(|at| Some(self.logs.get(at.log)?.record_id(at.index))).collect()
        };
        let (sent, receipts) = (ids(sent), ids(receipts));
        let noted = self.truth.injected.iter_mut().rev().find(|injected| {
            matches!(injected.fault, Fault::OverReceipt | Fault::Misdelivered)
                && injected.records.iter().any(|record| sent.contains(record))
        });
        if let Some(noted) = noted {
            noted.stands = true;
            noted.records.extend(receipts);
        }
    }

    /// Another device of the facility that could receive too.
    pub(super) fn second_of(&self, device: usize) -> Result<Option<usize>> {
        let site = self.site_of(device)?;
        let own = self.log_of(device)?.id;
        let all = self.sites.get(site).map(|s| s.devices.as_slice()).unwrap_or_default();
        Ok(all.iter().copied().find(|other| {
            *other != device
                && self.devices.get(*other).is_some_and(super::world::Device::is_free)
                && self.log_of(*other).is_ok_and(|log| log.id != own)
        }))
    }

    /// Writes the receipts of a delivery as a sealed batch for its sender.
    fn receipts(
        &mut self,
        device: usize,
        truck: &Truck,
        named: bool,
        wrong_document: bool,
        refused: Option<Load>,
    ) -> Result<Vec<At>> {
        let code = self.code(truck.from)?;
        let document = if wrong_document { format!("{}9", truck.document) } else { truck.document.clone() };
        let lines: Vec<Load> = truck.lines.iter().copied().filter(|load| load.units > 0).collect();
        let total = lines.len() as u16 + u16::from(refused.is_some());
        let first = self.blind(device)?;
        let mut at = 0;
        let mut group = || {
            let group = match (total, at) {
                (1, _) => Group::None,
                (_, 0) => Group::Head(total),
                (_, at) => Group::Line(at),
            };
            at += 1;
            group
        };
        let mut records = Vec::new();
        for load in &lines {
            let answers = named.then(|| self.name(device, load.sent)).transpose()?;
            let group = group();
            let head = !matches!(group, Group::Line(_));
            let more = More {
                group,
                answers,
                party: head.then_some(code.as_str()),
                document: head.then_some(document.as_str()),
                // The facility's own name of the product may be another.
                alias: self.dice.chance(200),
                ..More::default()
            };
            let spot = Spot { store: 0, ..load.spot };
            records.push(self.moves(device, Direction::In, "supplier", &spot, load.units, &more)?);
        }
        if let Some(load) = refused {
            let refuse = Refuse {
                shipment: self.name(device, load.sent)?,
                quantity: quantity(&load.spot, load.units),
                reason: self.dice.between(1, 7) as u16,
                operator: None,
                document: None,
                group: group(),
                local_reason: None,
                extensions: None,
            };
            self.write(device, None, Entry::Refuse(refuse))?;
        }
        self.hand_over(device, first, truck.from)?;
        Ok(records)
    }

    /// Refused goods come back to their sender.
    fn take_refused(&mut self, device: usize, truck: &Truck) -> Result<()> {
        let site = self.site_of(device)?;
        for load in &truck.lines {
            let answers = Some(self.name(device, load.sent)?);
            let more = More { answers, ..More::default() };
            self.moves(device, Direction::In, "refused_goods_back", &load.spot, load.units, &more)?;
            self.shift(site, load.spot, i64::from(load.units));
        }
        Ok(())
    }

    /// The sender takes a line back that was received: goods are where they are, its stock is wrong.
    fn take_back_too_late(&mut self, from: usize, load: Option<Load>) -> Result<()> {
        let devices = self.sites.get(from).map(|s| s.devices.clone()).unwrap_or_default();
        let device = devices.into_iter().find(|d| self.devices.get(*d).is_some_and(super::world::Device::is_free));
        let (Some(load), Some(device)) = (load, device) else { return Ok(()) };
        if load.units < load.written || self.is_cut_later(load.sent) {
            return Ok(());
        }
        self.now += 1;
        let wrong = Wrong { at: load.sent, spot: load.spot, total: load.written };
        let reversal = self.take_back(device, &wrong, false)?;
        self.inject(Fault::ReversalTooLate, from, Some(load.spot.lot), &[load.sent, reversal])?;
        self.touch(from, load.spot.lot, Fault::ReversalTooLate)?;
        self.let_be.insert((from, load.spot.lot));
        Ok(())
    }

    /// Whether a record is of a log that is one side of a copied device.
    fn is_cut_later(&self, at: At) -> bool {
        self.devices.iter().any(|d| d.log == at.log && matches!(d.fate, Some((Fault::ForkCut, _))))
    }
}
