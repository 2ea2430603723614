//! The country while it runs: facilities, devices, shelves, deliveries on the way.

use super::Plan;
use super::dice::Dice;
use super::log::{SimLog, Stamp};
use super::truth::{FUND, Fault, Flow, LotFacts, STORES, Spot, Truth};
use crate::error::{Error, Result};
use medlot_core::crypto::Hash;
use medlot_core::ident::{
    DocumentNumber, FacilityCode, Fund, LotNumber, Measure, Operator, Party, Product, Quantity, Serial, Store,
};
use medlot_core::movement::{Bucket, Direction, Document, Group, Movement, Reference};
use medlot_core::record::{ClockSet, Cut, Entry, Observed};
use medlot_core::time::{Date, Expiry};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Midnight of the first day: 2026-09-01T00:00:00Z.
pub(super) const BEGIN: u32 = 210_384_000;
pub(super) const DAY: u32 = 86_400;

/// What a facility is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Manufacturer,
    Importer,
    Distributor,
    Hospital,
    Pharmacy,
}

impl Kind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Manufacturer => "manufacturer",
            Self::Importer => "importer",
            Self::Distributor => "wholesaler",
            Self::Hospital => "hospital",
            Self::Pharmacy => "pharmacy",
        }
    }
    pub(super) const fn supplies(self) -> bool {
        matches!(self, Self::Manufacturer | Self::Importer)
    }
}

pub(super) struct Site {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) devices: Vec<usize>,
    /// Deliveries on the way to it.
    pub(super) inbox: Vec<Truck>,
    /// Mistakes written and not yet taken back.
    pub(super) wrongs: Vec<Wrong>,
    /// A paper station: somebody else's key writes for it.
    pub(super) reported: bool,
    /// The facility that it was merged into.
    pub(super) successor: Option<usize>,
}

/// An authority.
pub(super) struct Authority {
    /// Its facilities' codes begin so; the root's with anything.
    pub(super) prefix: String,
    /// Its line: what its children name, whatever its key is now.
    pub(super) line: Hash,
    /// Its logs, by place; the one in use stands last.
    pub(super) logs: Vec<usize>,
    /// The cuts that it issued, each with the log that says it, in their order.
    pub(super) cuts: Vec<(usize, Cut)>,
    /// The lists of its States, as objects.
    pub(super) lists: Vec<Vec<u8>>,
}

impl Authority {
    pub(super) fn new(prefix: &str, line: Hash, log: usize) -> Self {
        Self { prefix: prefix.to_owned(), line, logs: vec![log], cuts: Vec::new(), lists: Vec::new() }
    }
}

/// A record: its log, by place, and index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    pub(super) log: usize,
    pub(super) index: u32,
}

/// A delivery.
#[derive(Clone)]
pub(super) struct Truck {
    pub(super) from: usize,
    pub(super) arrives: u32,
    pub(super) document: String,
    pub(super) lines: Vec<Load>,
    /// Goods that were refused, on the way back to their sender.
    pub(super) back: bool,
    /// It was meant for somebody else.
    pub(super) misled: bool,
}

/// One line of a delivery.
#[derive(Clone, Copy)]
pub(super) struct Load {
    pub(super) spot: Spot,
    /// What is on the truck.
    pub(super) units: u32,
    /// What was written as sent.
    pub(super) written: u32,
    pub(super) sent: At,
}

/// A movement written wrongly: more was written than took place.
#[derive(Clone, Copy)]
pub(super) struct Wrong {
    pub(super) at: At,
    pub(super) spot: Spot,
    pub(super) total: u32,
}

/// A sale that is written later.
#[derive(Clone, Copy)]
pub(super) struct Late {
    pub(super) at: u32,
    pub(super) spot: Spot,
    pub(super) units: u32,
}

/// A count that goes on while stock moves.
pub(super) struct Counting {
    pub(super) begin: u32,
    pub(super) store: usize,
    pub(super) lots: Vec<usize>,
    pub(super) lines: u32,
}

pub(super) struct Device {
    pub(super) site: usize,
    pub(super) log: usize,
    /// Its logs of earlier keys.
    pub(super) earlier: Vec<usize>,
    /// Its clock less the true time, in seconds.
    pub(super) offset: i64,
    /// Its clock was never set: it counts from when it was switched on.
    pub(super) unset: bool,
    pub(super) gone: bool,
    pub(super) thief: bool,
    /// It neither sends nor receives: nothing of others must hang on what it writes now.
    pub(super) alone: bool,
    pub(super) offline: bool,
    pub(super) late: Vec<Late>,
    pub(super) counting: Option<Counting>,
    /// What happens to it, and when.
    pub(super) fate: Option<(Fault, u32)>,
    pub(super) stage: u8,
    pub(super) serial: u32,
}

/// A sealed piece for somebody else: who may read it.
pub(super) struct Extract {
    pub(super) to: usize,
    pub(super) object: Vec<u8>,
}

pub(super) struct World {
    pub(super) plan: Plan,
    pub(super) dice: Dice,
    /// Chance for what authorities do.
    pub(super) rulings: Dice,
    pub(super) now: u32,
    pub(super) sites: Vec<Site>,
    pub(super) devices: Vec<Device>,
    /// The root's first stands first.
    pub(super) logs: Vec<SimLog>,
    /// The root, then the provinces.
    pub(super) authorities: Vec<Authority>,
    /// The seed of the key that the root committed to.
    pub(super) next_root: [u8; 32],
    pub(super) extracts: Vec<Extract>,
    pub(super) truth: Truth,
    /// The shelves of each site.
    pub(super) shelves: Vec<std::collections::BTreeMap<Spot, i64>>,
    /// Until which count a log is delivered to anybody; all of it where it isn't named.
    pub(super) withheld: Vec<(usize, u32)>,
    pub(super) recalled: BTreeSet<usize>,
    pub(super) expired: BTreeSet<usize>,
    /// Recalled or expired.
    pub(super) unsellable: Arc<BTreeSet<usize>>,
    /// Lots that nobody counts any more: what is found of them must stay found.
    pub(super) let_be: BTreeSet<(usize, usize)>,
    /// Units that were missing when a delivery came, until their sender writes them off: when, from where to where.
    pub(super) lost: Vec<(u32, usize, usize, Load)>,
    /// Recalls in force, with their lot.
    pub(super) recalls: Vec<(At, usize)>,
    pub(super) documents: u32,
}

/// Fields of a movement beside what and where.
#[derive(Clone, Copy, Default)]
pub(super) struct More<'m> {
    pub(super) operator: Option<&'m str>,
    pub(super) document: Option<&'m str>,
    pub(super) party: Option<&'m str>,
    pub(super) sent: bool,
    pub(super) group: Group,
    pub(super) answers: Option<Reference>,
    pub(super) to: Option<Spot>,
    pub(super) serial: Option<&'m str>,
    pub(super) expiry: Option<Date>,
    pub(super) alias: bool,
    pub(super) closes: bool,
}

pub(super) fn quantity(spot: &Spot, count: u32) -> Quantity {
    if spot.parts == 0 {
        Quantity::Units(count)
    } else {
        Quantity::Parts { parts: count, per_unit: spot.parts, measure: Measure::Dose }
    }
}

pub(super) fn store_of(spot: &Spot) -> Result<Option<Store<'static>>> {
    Ok(STORES.get(spot.store).copied().flatten().map(Store::parse).transpose()?)
}

pub(super) fn fund_of(spot: &Spot) -> Result<Option<Fund<'static>>> {
    Ok(spot.fund.then(|| Fund::parse(FUND)).transpose()?)
}

pub(super) fn movement<'m>(
    lots: &'m [LotFacts],
    spot: &Spot,
    direction: Direction,
    reason: u16,
    count: u32,
    more: &More<'m>,
) -> Result<Movement<'m>> {
    let lot = lots.get(spot.lot).ok_or_else(missing)?;
    let product = Product::parse(lot.alias.filter(|_| more.alias).unwrap_or(lot.product))?;
    let expiry = Expiry::Day(more.expiry.unwrap_or(lot.expiry));
    let number = Some(LotNumber::parse(&lot.number)?);
    let mut m = Movement::new(direction, reason, product, number, expiry, quantity(spot, count));
    m.store = store_of(spot)?;
    m.fund = fund_of(spot)?;
    m.vvm = (spot.vvm > 0).then_some(spot.vvm);
    m.bucket = if spot.hold { Bucket::Hold } else { Bucket::Available };
    if let Some(to) = &more.to {
        m.to_store = (to.store != spot.store).then_some(store_of(to)?);
        m.to_bucket = (to.hold != spot.hold).then_some(if to.hold { Bucket::Hold } else { Bucket::Available });
        m.to_vvm = (to.vvm != spot.vvm).then_some((to.vvm > 0).then_some(to.vvm));
    }
    m.operator = more.operator.map(Operator::parse).transpose()?;
    let number = more.document.map(DocumentNumber::parse).transpose()?;
    m.document = number.map(|number| Document { kind: 1, number });
    m.counterparty = more.party.map(|code| FacilityCode::parse(code).map(Party::Facility)).transpose()?;
    m.serial = more.serial.map(Serial::parse).transpose()?;
    (m.sent, m.group, m.answers) = (more.sent, more.group, more.answers);
    if more.closes {
        (m.bucket, m.store, m.fund, m.vvm) = (Bucket::Transit, None, None, None);
    }
    Ok(m)
}

/// What only a fault of this program gives.
pub(super) fn missing() -> Error {
    Error::invalid("the simulation names something that isn't there")
}

impl World {
    pub(super) fn new(plan: Plan) -> Result<Self> {
        let mut world = Self {
            dice: Dice::new(plan.seed, 1),
            rulings: Dice::new(plan.seed, 3),
            now: BEGIN,
            sites: Vec::new(),
            devices: Vec::new(),
            logs: Vec::new(),
            authorities: Vec::new(),
            next_root: [0; 32],
            extracts: Vec::new(),
            truth: Truth::default(),
            shelves: Vec::new(),
            withheld: Vec::new(),
            recalled: BTreeSet::new(),
            expired: BTreeSet::new(),
            unsellable: Arc::default(),
            let_be: BTreeSet::new(),
            lost: Vec::new(),
            recalls: Vec::new(),
            documents: 0,
            plan,
        };
        world.found()?;
        world.enrol_devices()?;
        Ok(world)
    }

    // ----- small help

    pub(super) fn authority(&self, at: usize) -> Result<&Authority> {
        self.authorities.get(at).ok_or_else(missing)
    }
    /// The province of a site.
    pub(super) fn authority_of(&self, site: usize) -> Result<usize> {
        let code = self.code(site)?;
        let fits = |authority: &Authority| !authority.prefix.is_empty() && code.starts_with(&authority.prefix);
        self.authorities.iter().position(fits).ok_or_else(missing)
    }
    /// Writes an authority's entry, in true time.
    pub(super) fn say(&mut self, by: usize, entry: Entry<'_>) -> Result<At> {
        let log = *self.authority(by)?.logs.last().ok_or_else(missing)?;
        let stamp = self.at_once();
        let index = self.logs.get_mut(log).ok_or_else(missing)?.put(stamp, entry)?;
        Ok(At { log, index })
    }
    /// What is written now, in true time.
    pub(super) const fn at_once(&self) -> Stamp {
        Stamp { recorded: self.now, unset: false, effective: None }
    }
    /// An authority cuts a log.
    pub(super) fn cut(&mut self, by: usize, cut: Cut) -> Result<At> {
        let at = self.say(by, Entry::Revoke(cut))?;
        self.authorities.get_mut(by).ok_or_else(missing)?.cuts.push((at.log, cut));
        Ok(at)
    }

    pub(super) fn device(&self, device: usize) -> Result<&Device> {
        self.devices.get(device).ok_or_else(missing)
    }
    pub(super) fn device_mut(&mut self, device: usize) -> Result<&mut Device> {
        self.devices.get_mut(device).ok_or_else(missing)
    }
    pub(super) fn site_of(&self, device: usize) -> Result<usize> {
        Ok(self.device(device)?.site)
    }
    pub(super) fn code(&self, site: usize) -> Result<String> {
        Ok(self.sites.get(site).ok_or_else(missing)?.code.clone())
    }
    pub(super) fn log_of(&self, device: usize) -> Result<&SimLog> {
        self.logs.get(self.device(device)?.log).ok_or_else(missing)
    }
    pub(super) fn log_mut(&mut self, device: usize) -> Result<&mut SimLog> {
        let log = self.device(device)?.log;
        self.logs.get_mut(log).ok_or_else(missing)
    }
    pub(super) fn lot(&self, lot: usize) -> Result<&LotFacts> {
        self.truth.lots.get(lot).ok_or_else(missing)
    }

    /// How a device names a record.
    pub(super) fn name(&self, device: usize, at: At) -> Result<Reference> {
        if self.device(device)?.log == at.log {
            return Ok(Reference::Own(at.index));
        }
        Ok(self.logs.get(at.log).ok_or_else(missing)?.reference(at.index))
    }

    /// What a device's clock shows.
    pub(super) fn clock(&self, device: usize, at: u32) -> Result<i64> {
        let device = self.device(device)?;
        let shown = if device.unset { i64::from(at) - i64::from(BEGIN) + 600 } else { i64::from(at) + device.offset };
        Ok(shown)
    }

    /// Writes an entry, at once or later than it took place.
    pub(super) fn write(&mut self, device: usize, took_place: Option<u32>, entry: Entry<'_>) -> Result<At> {
        let recorded = u32::try_from(self.clock(device, self.now)?).unwrap_or(0);
        let unset = self.device(device)?.unset;
        let stamp = Stamp { recorded, unset, effective: took_place.map(|at| self.now.saturating_sub(at)) };
        let index = self.log_mut(device)?.put(stamp, entry)?;
        Ok(At { log: self.device(device)?.log, index })
    }

    /// Writes a movement.
    pub(super) fn moves(
        &mut self,
        device: usize,
        direction: Direction,
        reason: &str,
        spot: &Spot,
        count: u32,
        more: &More<'_>,
    ) -> Result<At> {
        self.moves_late(device, None, direction, reason, spot, count, more)
    }

    #[allow(clippy::too_many_arguments)] // the same with when it took place
    pub(super) fn moves_late(
        &mut self,
        device: usize,
        took_place: Option<u32>,
        direction: Direction,
        reason: &str,
        spot: &Spot,
        count: u32,
        more: &More<'_>,
    ) -> Result<At> {
        let names = medlot_core::movement::reasons::of(direction);
        let reason = names.number(reason).ok_or_else(missing)?;
        let recorded = u32::try_from(self.clock(device, self.now)?).unwrap_or(0);
        let unset = self.device(device)?.unset;
        let effective = took_place.map(|at| self.now.saturating_sub(at)).filter(|_| !unset);
        let log = self.device(device)?.log;
        let movement = movement(&self.truth.lots, spot, direction, reason, count, more)?;
        let stamp = Stamp { recorded, unset, effective };
        let entry = Entry::Movement { movement, extensions: None };
        let index = self.logs.get_mut(log).ok_or_else(missing)?.put(stamp, entry)?;
        Ok(At { log, index })
    }

    /// Changes what stands on a shelf.
    pub(super) fn shift(&mut self, site: usize, spot: Spot, by: i64) {
        if let Some(shelf) = self.shelves.get_mut(site) {
            *shelf.entry(spot).or_default() += by;
        }
    }
    pub(super) fn stands(&self, site: usize, spot: &Spot) -> i64 {
        self.shelves.get(site).and_then(|shelf| shelf.get(spot)).copied().unwrap_or(0)
    }
    pub(super) fn flow(&mut self, spot: &Spot, flow: Flow, count: u32) {
        *self.truth.flows.entry((spot.lot, spot.parts > 0, flow)).or_default() += i64::from(count);
    }

    /// Places of a site where something stands that fits.
    pub(super) fn spots(&self, site: usize, fits: impl Fn(&Spot) -> bool) -> Vec<Spot> {
        let shelf = self.shelves.get(site).into_iter().flatten();
        shelf.filter(|(spot, count)| **count > 0 && fits(spot)).map(|(spot, _)| *spot).collect()
    }
    pub(super) fn pick(&mut self, site: usize, fits: impl Fn(&Spot) -> bool) -> Option<(Spot, u32)> {
        let spots = self.spots(site, fits);
        let spot = self.dice.pick(&spots)?;
        Some((spot, u32::try_from(self.stands(site, &spot)).unwrap_or(0)))
    }
    /// Whole units that may be given to be used.
    pub(super) fn sellable(&self) -> impl Fn(&Spot) -> bool + use<> {
        let unsellable = Arc::clone(&self.unsellable);
        move |spot: &Spot| !spot.hold && spot.parts == 0 && spot.vvm < 3 && !unsellable.contains(&spot.lot)
    }
    /// Looks anew at what may be given to be used.
    pub(super) fn look_at_lots(&mut self) {
        let today = medlot_core::time::Timestamp::from_secs(self.now + 2 * DAY).date_at(420);
        let is_over =
            |lot: &usize| today.is_some_and(|today| self.truth.last_day("", *lot).is_some_and(|day| day < today));
        self.expired = (0..self.truth.lots.len()).filter(is_over).collect();
        self.unsellable = Arc::new(self.expired.union(&self.recalled).copied().collect());
    }
    pub(super) fn is_expired(&self, lot: usize) -> bool {
        self.expired.contains(&lot)
    }

    /// Who receives what is sent to a site: it, and those it was merged into.
    pub(super) fn goes_to(&self, site: usize) -> impl Iterator<Item = &str> + '_ {
        let chain = std::iter::successors(self.sites.get(site), |site| self.sites.get(site.successor?));
        chain.map(|site| site.code.as_str())
    }

    /// Another delivery note.
    pub(super) fn document(&mut self) -> String {
        self.documents += 1;
        format!("PXK-{:06}", self.documents)
    }

    /// Notes a fault.
    pub(super) fn inject(&mut self, fault: Fault, site: usize, lot: Option<usize>, records: &[At]) -> Result<()> {
        let facility = self.code(site)?;
        let ids = records.iter().filter_map(|at| Some(self.logs.get(at.log)?.record_id(at.index))).collect();
        self.truth.inject(fault, facility, self.now, lot, ids);
        Ok(())
    }
    /// Notes what happened to a device.
    pub(super) fn happened(&mut self, fault: Fault, device: usize) -> Result<()> {
        self.inject(fault, self.site_of(device)?, None, &[])?;
        let log: Hash = self.log_of(device)?.id;
        if let Some(last) = self.truth.injected.last_mut() {
            last.log = Some(log);
        }
        Ok(())
    }
    pub(super) fn touch(&mut self, site: usize, lot: usize, fault: Fault) -> Result<()> {
        let code = self.code(site)?;
        self.truth.touch(&code, lot, fault);
        Ok(())
    }

    // ----- between devices of one facility

    /// Two devices synchronise: each notes the other's head and clock.
    fn exchange(&mut self, a: usize, b: usize) -> Result<()> {
        let mut heads = Vec::new();
        for device in [a, b] {
            let log = self.log_mut(device)?;
            let count = log.seal();
            heads.push(log.at(count));
        }
        let difference = self.clock(b, self.now)? - self.clock(a, self.now)?;
        for (device, of, clock) in [(a, heads.get(1), difference), (b, heads.first(), -difference)] {
            let Some(Cut { log, count, head }) = of.copied() else { continue };
            let observed = Observed { log, count, head: head.log16(), clock: Some(clock), extensions: None };
            self.write(device, None, Entry::Observed(observed))?;
        }
        Ok(())
    }

    /// The devices of a facility that are there synchronise, each with each.
    pub(super) fn synchronise(&mut self, site: usize, even_offline: bool) -> Result<()> {
        let all = self.sites.get(site).map(|s| s.devices.clone()).unwrap_or_default();
        let here = |d: &usize| {
            self.devices.get(*d).is_some_and(|d| !d.gone && !d.thief && (even_offline || !d.offline) && !d.is_hidden())
        };
        let here: Vec<usize> = all.into_iter().filter(here).collect();
        for (at, a) in here.iter().enumerate() {
            for b in here.iter().skip(at + 1) {
                // Two sides of a copied device are one log: neither sees the other.
                if self.log_of(*a)?.id != self.log_of(*b)?.id {
                    self.exchange(*a, *b)?;
                }
            }
        }
        Ok(())
    }

    /// A clock is set to the right time, and says so.
    pub(super) fn set_clock(&mut self, device: usize) -> Result<()> {
        let before = self.clock(device, self.now)?;
        let d = self.device_mut(device)?;
        (d.offset, d.unset) = (0, false);
        let change = i64::from(self.now) - before;
        if change != 0 {
            self.write(device, None, Entry::ClockSet(ClockSet { change, extensions: None }))?;
        }
        Ok(())
    }
}

impl Device {
    /// Its logs, the one in use last.
    pub(super) fn logs(&self) -> impl Iterator<Item = usize> + '_ {
        self.earlier.iter().copied().chain([self.log])
    }
    /// A device in its last hours before it is lost: nobody learns what it writes.
    pub(super) fn is_hidden(&self) -> bool {
        self.stage > 0 && matches!(self.fate, Some((Fault::Lost, _)))
    }
    pub(super) fn works(&self) -> bool {
        !self.gone
    }
}
