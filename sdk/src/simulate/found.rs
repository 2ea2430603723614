//! How a country begins: its facilities, its authorities, and the devices that they enrol.

use super::dice::Dice;
use super::log::{SimLog, Stamp};
use super::sample::{CODED, COMPANIES, HOSPITALS, MEDICINES};
use super::truth::Fault;
use super::world::{Authority, BEGIN, DAY, Device, Kind, Site, World, missing};
use crate::error::Result;
use crate::fields::by_encoding;
use medlot_core::crypto::{Hash, Suite, commitment, root_parent};
use medlot_core::ident::{FacilityCode, Product};
use medlot_core::record::{Enrol, Entry, Introduce, List, Prefix, Role, Roles, Root, SameProduct};
use medlot_core::time::{Days, Timestamp};

/// The root's place among the authorities.
pub(super) const ROOT: usize = 0;
const PROVINCES: [&str; 4] = ["01", "79", "48", "92"];

/// What an authority grants.
#[derive(Clone, Copy)]
pub(super) struct Grants<'g> {
    pub(super) roles: &'g [Role],
    /// Facilities beneath it; `None`: its own alone.
    pub(super) scope: Option<&'g str>,
    pub(super) until: Option<Days>,
    /// The line's first log, where a key is renewed.
    pub(super) first: Option<&'g SimLog>,
}

/// What a province may do, and with what it enrols.
pub(super) const PROVINCE: &[Role] =
    &[Role::Enrol, Role::Regulate, Role::Move, Role::Supply, Role::Attest, Role::Report];

impl World {
    /// Facilities, the root, and an authority for each province.
    pub(super) fn found(&mut self) -> Result<()> {
        self.begin_root()?;
        for number in 0..self.plan.facilities {
            self.found_facility(number)?;
        }
        for (at, prefix) in PROVINCES.into_iter().enumerate() {
            let suite = if at == 1 { Suite::P256 } else { Suite::Ed25519 };
            let log = SimLog::new(suite, self.dice.bytes(), self.authority(ROOT)?.line, &format!("{prefix}-SYT"))?;
            let line = log.id;
            let grants = Grants { roles: PROVINCE, scope: Some(prefix), until: None, first: None };
            let log = self.enrol_log(ROOT, log, grants, self.begun(false))?;
            self.authorities.push(Authority::new(prefix, line, log));
        }
        // A medicine that some know by its registration number and some by its GTIN.
        if let Some((product, Some(alias))) = MEDICINES.first().map(|m| (m.product, m.alias)) {
            let mut pair = [Product::parse(product)?, Product::parse(alias)?];
            pair.sort_by_key(|p| p.scheme());
            let [a, b] = pair;
            self.say(ROOT, Entry::SameProduct(SameProduct { a, b, extensions: None }))?;
        }
        Ok(())
    }

    /// The root, which commits to the key that will follow it.
    fn begin_root(&mut self) -> Result<()> {
        let seed = self.dice.bytes();
        self.next_root = self.rulings.bytes();
        let next = SimLog::new(Suite::Ed25519, self.next_root, Hash::ZERO, "")?;
        let commitment = commitment(next.head.suite.number(), &next.head.key, &[0; 32]).ok_or_else(missing)?;
        let root = Root { country: *b"VN", currency: *b"VND", utc_offset: 420, commitment, extensions: None };
        let first = crate::desk::encode(Timestamp::from_secs(BEGIN), Entry::Root(root))?;
        let mut log = SimLog::new(Suite::Ed25519, seed, root_parent(&first), "")?;
        log.append(first)?;
        log.seal();
        self.authorities.push(Authority::new("", log.id, self.logs.len()));
        self.logs.push(log);
        Ok(())
    }

    fn found_facility(&mut self, number: u32) -> Result<()> {
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
        // A paper station: the district's staff write for it what it did.
        let reported = kind == Kind::Pharmacy && own.is_none() && self.rulings.chance(60);
        self.sites.push(Site {
            code,
            name,
            kind,
            reported,
            devices: Vec::new(),
            inbox: Vec::new(),
            wrongs: Vec::new(),
            successor: None,
        });
        self.shelves.push(std::collections::BTreeMap::new());
        Ok(())
    }

    /// When a log of the country's beginning was begun: long before it is used, so that whatever its clock does later, this
    /// isn't later still.
    pub(super) const fn begun(&self, unset: bool) -> Stamp {
        Stamp { recorded: if unset { 60 } else { self.now - 40 * DAY }, unset, effective: None }
    }

    /// Begins a log and has it enrolled.
    pub(super) fn enrol_log(&mut self, by: usize, mut log: SimLog, grants: Grants<'_>, begun: Stamp) -> Result<usize> {
        let roles = Roles::of(grants.roles);
        log.put(begun, Entry::Introduce(Introduce { roles, label: None, extensions: None }))?;
        let facility = log.head.facility.clone();
        let mut prefixes: Vec<Prefix<'_>> = Vec::new();
        if let Some(prefix) = grants.scope {
            prefixes.push(Prefix(FacilityCode::parse(prefix)?));
        }
        prefixes.sort_by_key(|p| by_encoding(p.0.as_str()));
        let mut room = [0; 64];
        let list = List::encode(&prefixes, &mut room)?;
        let enrol = Enrol {
            key: log.key_of(),
            facility: FacilityCode::parse(&facility)?,
            roles,
            first: grants.first.map(SimLog::key_of),
            scope: grants.scope.map(|_| list),
            valid_from: None,
            valid_until: grants.until,
            extensions: None,
        };
        self.say(by, Entry::Enrol(enrol))?;
        self.logs.push(log);
        Ok(self.logs.len() - 1)
    }

    pub(super) fn enrol_devices(&mut self) -> Result<()> {
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
                    let may = fault != Fault::ReportedBeside || self.may_be_reported_beside(site as usize, own);
                    if let Some(fate) = fates.get_mut(device as usize).filter(|_| may) {
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

    /// Whether somebody could report for a facility that has a device of its own.
    fn may_be_reported_beside(&self, site: usize, devices: u32) -> bool {
        devices > 1 && self.sites.get(site).is_some_and(|site| !site.reported && !site.kind.supplies())
    }

    /// What a device's key may write.
    pub(super) fn roles_of(&self, site: usize, fate: Option<(Fault, u32)>) -> &'static [Role] {
        let site = self.sites.get(site);
        let beside = matches!(fate, Some((Fault::ReportedBeside, _)));
        match site {
            Some(site) if site.reported || beside => &[Role::Report, Role::Attest],
            Some(site) if site.kind.supplies() => &[Role::Move, Role::Attest, Role::Supply],
            _ => &[Role::Move, Role::Attest],
        }
    }

    /// A key of its own; of those who report for others one for each province and number: it has a log for each facility.
    fn seed_of(&mut self, site: usize, by: usize) -> Result<[u8; 32]> {
        let own = self.dice.bytes();
        let of = self.sites.get(site).ok_or_else(missing)?;
        if !of.reported {
            return Ok(own);
        }
        Ok(Dice::new(self.plan.seed, 16 + (by * 8 + of.devices.len()) as u64).bytes())
    }

    /// A device with a log of its own, enrolled by the facility's province.
    pub(super) fn add_device(&mut self, site: usize, number: u32, fate: Option<(Fault, u32)>) -> Result<usize> {
        let until =
            fate.filter(|(fault, _)| *fault == Fault::OutsideValidity).map(|(_, at)| Days::new((at / DAY) as u16));
        // Of clocks that are set in the end some were never set before.
        let unset =
            fate.is_some_and(|(fault, at)| fault == Fault::ClockNeverSet || fault == Fault::ClockSet && at % 10 < 3);
        let code = self.code(site)?;
        let by = self.authority_of(site)?;
        let suite = if number % 20 == 19 { Suite::P256 } else { Suite::Ed25519 };
        let seed = self.seed_of(site, by)?;
        let log = SimLog::new(suite, seed, self.authority(by)?.line, &code)?;
        let grants = Grants { roles: self.roles_of(site, fate), scope: None, until, first: None };
        let log = self.enrol_log(by, log, grants, self.begun(unset))?;
        self.devices.push(Device {
            site,
            log,
            earlier: Vec::new(),
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
}
