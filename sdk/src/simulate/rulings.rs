//! What authorities do while a country runs, and what follows from it: which cuts are in force, facts of lots, mergers of
//! facilities, keys renewed. All of it by chance of its own: a country's goods move as they would without.

use super::found::{Grants, PROVINCE, ROOT};
use super::log::SimLog;
use super::truth::{Fault, Ruled, Spot};
use super::world::{Authority, BEGIN, DAY, Kind, World, missing};
use crate::error::Result;
use medlot_core::crypto::Suite;
use medlot_core::ident::{FacilityCode, LotNumber, Product};
use medlot_core::movement::reasons;
use medlot_core::record::{Cut, Entry, Facility, LotFact, NextRoot, ObjectType, Observed, Record, State, header};
use medlot_core::time::{Date, Expiry, Timestamp};
use medlot_core::trust::{STATE_ENTRY_LEN, StateList, state_entry, state_root};

/// For so many days a State is good.
const GOOD_FOR: u16 = 8;

fn day_of(secs: u32) -> Result<Date> {
    Timestamp::from_secs(secs).date_at(420).ok_or_else(missing)
}

impl World {
    /// An evening of the authorities.
    pub(super) fn rule(&mut self, day: u32) -> Result<()> {
        if day % 7 == 6 {
            self.publish_states(false)?;
        }
        if self.rulings.chance(300) {
            self.judge_a_lot()?;
        }
        // A merger in a hundred facilities, and a few in a country of 20 facilities at all.
        if day > 3 && self.rulings.chance(self.plan.facilities) {
            self.merge()?;
        }
        if day == self.plan.days / 2 {
            let at = 1 + self.rulings.below(self.authorities.len() as u32 - 1) as usize;
            self.renew_province(at)?;
            if self.rulings.chance(400) {
                self.go_on_with_next_root()?;
            }
        }
        Ok(())
    }

    // ----- States

    /// Each authority says which of its cuts are in force. At the end one of them may leave one out.
    pub(super) fn publish_states(&mut self, at_the_end: bool) -> Result<()> {
        for by in 0..self.authorities.len() {
            self.now += 1;
            let authority = self.authority(by)?;
            let now = *authority.logs.last().ok_or_else(missing)?;
            let cuts = in_force(authority);
            // What the log that says it cut itself, and no other of its line: left out, that contradicts.
            let alone = |of: &Cut| cuts.iter().filter(|(_, cut)| cut == of).count() == 1;
            let own = cuts.iter().position(|(log, cut)| *log == now && alone(cut));
            let has_any = self.sites.iter().any(|site| site.code.starts_with(&authority.prefix));
            let forgotten = own.filter(|_| at_the_end && has_any && self.rulings.chance(150));
            let mut cuts: Vec<Cut> =
                cuts.iter().enumerate().filter(|(at, _)| Some(*at) != forgotten).map(|(_, (_, cut))| *cut).collect();
            cuts.sort_by_key(state_entry);
            cuts.dedup();
            let state = State {
                good_for_days: GOOD_FOR,
                entries: cuts.len() as u32,
                root: state_root(&cuts),
                extensions: None,
            };
            let at = self.say(by, Entry::State(state))?;
            let log = self.logs.get(at.log).ok_or_else(missing)?;
            let mut out = vec![0; 64 + cuts.len() * STATE_ENTRY_LEN];
            let length = StateList::write(log.id.log16(), at.index, &cuts, &mut out)?;
            let mut list = header(ObjectType::StateList).to_vec();
            list.extend(out.iter().take(length));
            let id = log.record_id(at.index);
            let of_line: Vec<_> =
                self.authority(by)?.logs.iter().filter_map(|log| Some(self.logs.get(*log)?.id)).collect();
            self.authorities.get_mut(by).ok_or_else(missing)?.lists.push(list);
            // A cut that reaches too far is listed like any other, and found there too.
            let foreign = self.truth.injected.iter_mut().filter(|injected| {
                injected.fault == Fault::ForeignCut
                    && injected.records.first().is_some_and(|record| of_line.contains(&record.log))
            });
            foreign.for_each(|injected| injected.records.push(id));
            if forgotten.is_some() {
                let facility = self.logs.get(at.log).ok_or_else(missing)?.head.facility.clone();
                self.truth.inject(Fault::StateContradicts, facility, self.now, None, vec![id]);
            }
        }
        Ok(())
    }

    // ----- facts of lots

    /// An authority says until when a lot may be used: longer than is printed, or less long.
    fn judge_a_lot(&mut self) -> Result<()> {
        let lot = self.rulings.below(self.truth.lots.len() as u32) as usize;
        let Some(facts) = self.truth.lots.get(lot).cloned() else { return Ok(()) };
        let by = if self.rulings.chance(700) { ROOT } else { 1 + self.rulings.below(4) as usize };
        let prefix = self.authority(by)?.prefix.clone();
        let (today, soon) = (day_of(self.now)?, day_of(BEGIN + (self.plan.days + 20) * DAY)?);
        let longer = self.rulings.chance(600);
        let until = if longer {
            day_of(self.now + self.rulings.between(300, 900) * DAY)?
        } else {
            day_of(self.now + self.rulings.between(3, 60) * DAY)?
        };
        // Nobody looks back: what could be sold until now may be sold today. And what a province says of its own changes
        // nothing while the country runs: shelves are looked at for all of them together.
        let known = self.truth.rulings.iter().filter(|ruled| ruled.lot == lot).map(|ruled| ruled.until);
        let all: Vec<Date> = known.chain([facts.expiry]).collect();
        let fits = if longer { facts.expiry < until } else { all.iter().all(|day| *day > today) };
        let apart = by == ROOT || until > soon && all.iter().all(|day| *day > soon);
        if !fits || !apart {
            return Ok(());
        }
        self.now += 1;
        let name = facts.alias.filter(|_| self.rulings.chance(300)).unwrap_or(facts.product);
        let notice = format!("{}/QLD-CL", 5_000 + self.truth.rulings.len());
        let fact = LotFact {
            product: Product::parse(name)?,
            lot: LotNumber::parse(&facts.number)?,
            expiry: Expiry::Day(until),
            notice: &notice,
            extensions: None,
        };
        self.say(by, Entry::LotFact(fact))?;
        self.truth.rulings.push(Ruled { prefix, lot, until });
        self.look_at_lots();
        // What was sold after the printed day was good.
        if until > today {
            let sold = |injected: &&mut super::truth::Injected| {
                injected.fault == Fault::ExpiredDispensed && injected.lot == Some(lot)
            };
            self.truth.injected.iter_mut().filter(sold).for_each(|injected| injected.stands = false);
        }
        Ok(())
    }

    // ----- mergers

    /// A pharmacy becomes part of another: its goods are sent there, and so is what is on the way to it.
    fn merge(&mut self) -> Result<()> {
        let all: Vec<usize> = (0..self.sites.len()).filter(|site| self.may_be_merged(*site)).collect();
        let Some(site) = self.rulings.pick(&all) else { return Ok(()) };
        let by = self.authority_of(site)?;
        let into = |other: &usize| {
            self.authority_of(*other).is_ok_and(|of| of == by)
                && self.sites.get(*other).is_some_and(|other| other.kind == Kind::Pharmacy && other.successor.is_none())
        };
        let others: Vec<usize> = (0..self.sites.len()).filter(|other| *other != site).filter(into).collect();
        let Some(into) = self.rulings.pick(&others) else { return Ok(()) };
        let devices = self.sites.get(site).map(|s| s.devices.clone()).unwrap_or_default();
        let Some(first) = devices.first().copied() else { return Ok(()) };
        for device in &devices {
            self.now += 1;
            self.settle(*device)?;
        }
        while self.sites.get(site).is_some_and(|s| !s.wrongs.is_empty()) {
            self.now += 1;
            self.put_right(first)?;
        }
        self.now += 1;
        let sellable = self.sellable();
        let lines: Vec<(Spot, u32)> = (self.spots(site, |spot| sellable(spot) && !spot.fund).into_iter())
            .map(|spot| (spot, u32::try_from(self.stands(site, &spot)).unwrap_or(0)))
            .collect();
        if !lines.is_empty() {
            self.send(first, into, &lines, "transfer", false)?;
        }
        self.now += 1;
        let (code, successor) = (self.code(site)?, self.code(into)?);
        let merged = Facility {
            code: FacilityCode::parse(&code)?,
            kind: reasons::FACILITY.number("pharmacy").ok_or_else(missing)?,
            parent: None,
            successor: Some(FacilityCode::parse(&successor)?),
            from: None,
            extensions: None,
        };
        let by = if self.rulings.chance(500) { by } else { ROOT };
        self.say(by, Entry::Facility(merged))?;
        self.synchronise(site, true)?;
        for device in devices {
            self.log_mut(device)?.seal();
            self.device_mut(device)?.gone = true;
        }
        let site = self.sites.get_mut(site).ok_or_else(missing)?;
        site.successor = Some(into);
        let inbox = std::mem::take(&mut site.inbox);
        self.sites.get_mut(into).ok_or_else(missing)?.inbox.extend(inbox);
        Ok(())
    }

    /// Whether nothing at a pharmacy is left that only its own devices could do.
    fn may_be_merged(&self, at: usize) -> bool {
        let Some(site) = self.sites.get(at) else { return false };
        let devices = site.devices.iter().filter_map(|device| self.devices.get(*device));
        site.kind == Kind::Pharmacy
            && site.successor.is_none()
            && site.inbox.iter().all(|truck| !truck.back)
            && !self.has_let_be(at)
            && devices.into_iter().all(|device| device.is_free() && device.fate.is_none())
    }

    // ----- keys

    /// A device goes on with a new key.
    pub(super) fn renew(&mut self, device: usize) -> Result<()> {
        self.settle(device)?;
        let site = self.site_of(device)?;
        self.synchronise(site, false)?;
        self.now += 1;
        let old = self.device(device)?.log;
        let log = self.log_mut(device)?;
        let count = log.seal();
        let Cut { log: of, head, .. } = log.at(count);
        let by = self.authority_of(site)?;
        let suite = if self.rulings.chance(300) { Suite::P256 } else { Suite::Ed25519 };
        let code = self.code(site)?;
        let new = SimLog::new(suite, self.rulings.bytes(), self.authority(by)?.line, &code)?;
        // An authority lends no log to a borrower that it changes: a copy names the line.
        let first = self.device(device)?.earlier.first().copied().unwrap_or(old);
        let first = self.logs.get(first).ok_or_else(missing)?.clone();
        let roles = self.roles_of(site, self.device(device)?.fate);
        let grants = Grants { roles, scope: None, until: None, first: Some(&first) };
        let log = self.enrol_log(by, new, grants, self.at_once())?;
        let d = self.device_mut(device)?;
        d.earlier.push(old);
        d.log = log;
        // It knows what it wrote itself.
        let observed = Observed { log: of, count, head: head.log16(), clock: Some(0), extensions: None };
        self.write(device, None, Entry::Observed(observed))?;
        self.happened(Fault::KeyRenewed, device)
    }

    /// A province goes on with a new key; its old log is cut at its end.
    fn renew_province(&mut self, at: usize) -> Result<()> {
        self.now += 1;
        let Authority { prefix, line, logs, .. } = self.authority(at)?;
        let (prefix, line, old) = (prefix.clone(), *line, *logs.last().ok_or_else(missing)?);
        let first = self.logs.iter().find(|log| log.id == line).ok_or_else(missing)?.clone();
        let new = SimLog::new(Suite::Ed25519, self.rulings.bytes(), self.authority(ROOT)?.line, &first.head.facility)?;
        let grants = Grants { roles: PROVINCE, scope: Some(&prefix), until: None, first: Some(&first) };
        let log = self.enrol_log(ROOT, new, grants, self.at_once())?;
        let before = self.logs.get_mut(old).ok_or_else(missing)?;
        let count = before.seal();
        let end = before.at(count);
        self.authorities.get_mut(at).ok_or_else(missing)?.logs.push(log);
        if self.rulings.chance(500) {
            self.cut(ROOT, end)?;
            self.repeat(at, old)?;
        }
        Ok(())
    }

    /// Whom a log that ends there had enrolled and cut, its successor enrols and cuts anew: a device of which every
    /// enrolment stands in a log that was cut is one whose authority is gone.
    fn repeat(&mut self, by: usize, of: usize) -> Result<()> {
        let ended = self.logs.get(of).ok_or_else(missing)?;
        let (id, records) = (ended.id, ended.records.clone());
        for bytes in records {
            if let Entry::Enrol(enrol) = Record::decode(&bytes)?.entry {
                self.say(by, Entry::Enrol(enrol))?;
            }
        }
        let cuts = in_force(self.authority(by)?);
        for (_, cut) in cuts.into_iter().filter(|(log, _)| *log == of) {
            let at = self.cut(by, cut)?;
            let anew = self.logs.get(at.log).ok_or_else(missing)?.record_id(at.index);
            let foreign = self.truth.injected.iter_mut().filter(|injected| {
                injected.fault == Fault::ForeignCut && injected.records.iter().any(|record| record.log == id)
            });
            foreign.for_each(|injected| injected.records.push(anew));
        }
        Ok(())
    }

    /// The root goes on with the key that it committed to, which ends the log before.
    fn go_on_with_next_root(&mut self) -> Result<()> {
        self.now += 1;
        let authority = self.authority(ROOT)?;
        let (line, old) = (authority.line, *authority.logs.last().ok_or_else(missing)?);
        let before = self.logs.get_mut(old).ok_or_else(missing)?;
        let count = before.seal();
        let cut = before.at(count);
        let mut log = SimLog::new(Suite::Ed25519, self.next_root, line, "")?.keyed();
        log.put(self.at_once(), Entry::NextRoot(NextRoot { cut, commitment: [0; 32], extensions: None }))?;
        log.seal(); // its first piece, which carries its key, is this record alone
        self.logs.push(log);
        let log = self.logs.len() - 1;
        self.authorities.get_mut(ROOT).ok_or_else(missing)?.logs.push(log);
        self.repeat(ROOT, old)
    }
}

/// The cuts of an authority that hold: of one log's on one log the latest.
fn in_force(authority: &Authority) -> Vec<(usize, Cut)> {
    let cuts = authority.cuts.iter().enumerate();
    let later = |at: usize, by: usize, cut: &Cut| {
        authority.cuts.iter().skip(at + 1).any(|(log, other)| *log == by && other.log == cut.log)
    };
    cuts.filter(|(at, (by, cut))| !later(*at, *by, cut)).map(|(_, (by, cut))| (*by, *cut)).collect()
}
