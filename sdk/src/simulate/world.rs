//! The country while it runs: facilities, devices, shelves, deliveries on the way.

use super::Plan;
use super::dice::Dice;
use super::log::{SimLog, Stamp};
use super::sample::{CODED, COMPANIES, HOSPITALS, MEDICINES};
use super::truth::{FUND, Fault, Flow, Injected, LotFacts, STORES, Spot, Truth};
use crate::error::{Error, Result};
use crate::fields::by_encoding;
use medlot_core::crypto::{Hash, Suite};
use medlot_core::ident::{
    DocumentNumber, FacilityCode, Fund, LotNumber, Measure, Operator, Party, Product, Quantity, Serial, Store,
};
use medlot_core::movement::{Bucket, Direction, Document, Group, Movement, Reference};
use medlot_core::record::{
    ClockSet, Cut, Enrol, Entry, Introduce, List, Observed, Prefix, Role, Roles, Root, SameProduct,
};
use medlot_core::time::{Date, Days, Expiry};
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
    pub(super) now: u32,
    pub(super) sites: Vec<Site>,
    pub(super) devices: Vec<Device>,
    /// The root's first, then the provinces', then devices'.
    pub(super) logs: Vec<SimLog>,
    pub(super) provinces: Vec<(String, usize)>,
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
            now: BEGIN,
            sites: Vec::new(),
            devices: Vec::new(),
            logs: Vec::new(),
            provinces: Vec::new(),
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

    /// Facilities, the root, and an authority for each province.
    fn found(&mut self) -> Result<()> {
        const PROVINCES: [&str; 4] = ["01", "79", "48", "92"];
        let root = Root { country: *b"VN", currency: *b"VND", utc_offset: 420, commitment: [0; 32], extensions: None };
        let seed = self.dice.bytes();
        let first = crate::desk::encode(medlot_core::time::Timestamp::from_secs(BEGIN), Entry::Root(root))?;
        let mut log = SimLog::new(Suite::Ed25519, seed, medlot_core::crypto::root_parent(&first), "")?;
        log.append(first)?;
        log.seal();
        self.logs.push(log);
        for number in 0..self.plan.facilities {
            let share = |of: u32| self.plan.facilities.div_ceil(of);
            let (makers, traders) = (share(40), share(20));
            let kind = match number {
                n if n < makers => [Kind::Manufacturer, Kind::Importer].get(n as usize % 2).copied(),
                n if n < makers + traders => Some(Kind::Distributor),
                n if n < makers + traders + share(10) && self.plan.facilities > 3 => Some(Kind::Hospital),
                _ => Some(Kind::Pharmacy),
            };
            let kind = kind.unwrap_or(Kind::Pharmacy);
            let own = CODED.get((number.saturating_sub(makers + traders)) as usize);
            let (code, name) = match (kind, own) {
                (Kind::Pharmacy, Some((code, name))) => ((*code).to_owned(), (*name).to_owned()),
                _ => {
                    let names = match kind {
                        Kind::Hospital => HOSPITALS,
                        Kind::Pharmacy => &["Nhà thuốc"],
                        _ => COMPANIES,
                    };
                    let name = names.get(number as usize % names.len()).copied().unwrap_or_default();
                    let province = self.dice.pick(&PROVINCES).unwrap_or("01");
                    (format!("{province}-{number:04}"), format!("{name} ({number})"))
                }
            };
            self.sites.push(Site { code, name, kind, devices: Vec::new(), inbox: Vec::new(), wrongs: Vec::new() });
            self.shelves.push(std::collections::BTreeMap::new());
        }
        for (at, prefix) in PROVINCES.into_iter().enumerate() {
            let suite = if at == 1 { Suite::P256 } else { Suite::Ed25519 };
            let seed = self.dice.bytes();
            let parent = self.logs.first().ok_or_else(missing)?.id;
            let code = format!("{prefix}-SYT");
            let roles = [Role::Enrol, Role::Regulate, Role::Move, Role::Supply, Role::Attest];
            let log = self.enrol_log(0, SimLog::new(suite, seed, parent, &code)?, &roles, Some(prefix), None, false)?;
            self.provinces.push((prefix.to_owned(), log));
        }
        // A medicine that some know by its registration number and some by its GTIN.
        if let Some((product, Some(alias))) = MEDICINES.first().map(|m| (m.product, m.alias)) {
            let mut pair = [Product::parse(product)?, Product::parse(alias)?];
            pair.sort_by_key(|p| p.scheme());
            let [a, b] = pair;
            self.say(0, Entry::SameProduct(SameProduct { a, b, extensions: None }))?;
        }
        Ok(())
    }

    /// Writes an authority's entry, in true time.
    pub(super) fn say(&mut self, log: usize, entry: Entry<'_>) -> Result<At> {
        let stamp = Stamp { recorded: self.now, unset: false, effective: None };
        let index = self.logs.get_mut(log).ok_or_else(missing)?.put(stamp, entry)?;
        Ok(At { log, index })
    }

    /// Begins a log and enrols it.
    fn enrol_log(
        &mut self,
        by: usize,
        mut log: SimLog,
        roles: &[Role],
        scope: Option<&str>,
        until: Option<Days>,
        unset: bool,
    ) -> Result<usize> {
        let roles = Roles::of(roles);
        // Long before it is used: whatever its clock does later, this isn't later still.
        let stamp = Stamp { recorded: if unset { 60 } else { self.now - 40 * DAY }, unset, effective: None };
        log.put(stamp, Entry::Introduce(Introduce { roles, label: None, extensions: None }))?;
        let facility = log.head.facility.clone();
        let mut prefixes: Vec<Prefix<'_>> = Vec::new();
        if let Some(prefix) = scope {
            prefixes.push(Prefix(FacilityCode::parse(prefix)?));
        }
        prefixes.sort_by_key(|p| by_encoding(p.0.as_str()));
        let mut room = [0; 64];
        let list = List::encode(&prefixes, &mut room)?;
        let enrol = Enrol {
            key: log.key_of(),
            facility: FacilityCode::parse(&facility)?,
            roles,
            first: None,
            scope: scope.map(|_| list),
            valid_from: None,
            valid_until: until,
            extensions: None,
        };
        self.say(by, Entry::Enrol(enrol))?;
        self.logs.push(log);
        Ok(self.logs.len() - 1)
    }

    fn enrol_devices(&mut self) -> Result<()> {
        // One thing happens to one device of a facility: so that what each does can be told apart.
        let (days, sites) = (self.plan.days * DAY, self.plan.facilities);
        let mut fates: Vec<Option<(Fault, u32)>> = vec![None; self.plan.devices as usize];
        for site in 0..sites {
            let own = (self.plan.devices - site).div_ceil(sites);
            let device = site + sites * self.dice.below(own);
            let mut roll = self.dice.below(1_000);
            for fault in Fault::ALL.iter().copied().take_while(|fault| *fault <= Fault::OutsideValidity) {
                let Some(left) = roll.checked_sub(fault.rate()) else {
                    let at = BEGIN + days / 4 + self.dice.below(days / 2);
                    if let Some(fate) = fates.get_mut(device as usize) {
                        *fate = Some((fault, at));
                    }
                    break;
                };
                roll = left;
            }
        }
        for (number, fate) in (0u32..).zip(fates) {
            let device = self.add_device((number % sites) as usize, number, fate)?;
            self.begin_fate(device)?;
        }
        Ok(())
    }

    /// A device with a log of its own, enrolled by the facility's province.
    pub(super) fn add_device(&mut self, site: usize, number: u32, fate: Option<(Fault, u32)>) -> Result<usize> {
        let until =
            fate.filter(|(fault, _)| *fault == Fault::OutsideValidity).map(|(_, at)| Days::new((at / DAY) as u16));
        // Of clocks that are set in the end some were never set before.
        let unset =
            fate.is_some_and(|(fault, at)| fault == Fault::ClockNeverSet || fault == Fault::ClockSet && at % 10 < 3);
        let (code, kind) = self.sites.get(site).map(|s| (s.code.clone(), s.kind)).ok_or_else(missing)?;
        let by = self.provinces.iter().find(|(prefix, _)| code.starts_with(prefix.as_str()));
        let by = by.map(|(_, log)| *log).ok_or_else(missing)?;
        let parent = self.logs.get(by).ok_or_else(missing)?.id;
        let suite = if number % 20 == 19 { Suite::P256 } else { Suite::Ed25519 };
        let seed = self.dice.bytes();
        let supply = [Role::Move, Role::Attest, Role::Supply];
        let roles = if kind.supplies() { &supply[..] } else { supply.get(..2).unwrap_or_default() };
        let log = self.enrol_log(by, SimLog::new(suite, seed, parent, &code)?, roles, None, until, unset)?;
        self.devices.push(Device {
            site,
            log,
            offset: 0,
            unset,
            gone: false,
            thief: false,
            alone: false,
            offline: false,
            late: Vec::new(),
            counting: None,
            fate,
            stage: 0,
            serial: 0,
        });
        let device = self.devices.len() - 1;
        self.sites.get_mut(site).ok_or_else(missing)?.devices.push(device);
        Ok(device)
    }

    // ----- small help

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
        let lots = (0..).zip(&self.truth.lots);
        self.expired =
            lots.filter(|(_, lot)| today.is_some_and(|today| lot.expiry < today)).map(|(at, _)| at).collect();
        self.unsellable = Arc::new(self.expired.union(&self.recalled).copied().collect());
    }
    pub(super) fn is_expired(&self, lot: usize) -> bool {
        self.expired.contains(&lot)
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
        let at = self.now;
        self.truth.injected.push(Injected { fault, facility, at, lot, records: ids, log: None, stands: true });
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
    /// A device in its last hours before it is lost: nobody learns what it writes.
    pub(super) fn is_hidden(&self) -> bool {
        self.stage > 0 && matches!(self.fate, Some((Fault::Lost, _)))
    }
    pub(super) fn works(&self) -> bool {
        !self.gone
    }
}
