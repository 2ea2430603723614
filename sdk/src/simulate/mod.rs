//! A whole little country, made of chance and a seed: facilities with their devices, deliveries, sales, counts, and the
//! faults that real ones have; with what really happened beside it.
//!
//! The same plan gives the same bytes on every machine. Nothing is written while it runs: [`Country`] holds every log in
//! memory, gives what each party holds ([`Country::arrivals`]), and writes folders once, at the end.

mod acts;
mod deliveries;
mod dice;
mod drugs;
mod faults;
mod folders;
mod found;
mod log;
mod rulings;
mod sample;
mod truth;
mod world;

pub use drugs::drug_pages;
pub use truth::{FUND, Fault, Flow, Injected, LotFacts, Ruled, STORES, Spot, Truth};

use crate::desk::keyed;
use crate::error::{Error, Result};
use crate::evidence::Library;
use dice::Dice;
use log::SimLog;
use medlot_core::crypto::Hash;
use medlot_core::record::ObjectType;
use medlot_core::time::Timestamp;
use serde_json::{Value, json};
use world::{BEGIN, DAY, World};

/// What to simulate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// From which everything follows.
    pub seed: u64,
    /// Facilities, 3 … 2,000.
    pub facilities: u32,
    /// Devices, at least one for each facility; at most 20,000.
    pub devices: u32,
    /// Days, 1 … 400.
    pub days: u32,
    /// Movements of a device and day, about.
    pub movements: u32,
}

impl Plan {
    fn check(&self) -> Result<()> {
        let within = |name: &str, value: u32, from: u32, to: u32| {
            if (from..=to).contains(&value) {
                return Ok(());
            }
            Err(Error::argument(format!("{name}: {value}; give {from} to {to}")))
        };
        within("facilities", self.facilities, 3, 2_000)?;
        within("devices", self.devices, self.facilities, 20_000)?;
        within("days", self.days, 1, 400)?;
        within("movements", self.movements, 1, 200)
    }
}

/// Whose view is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receiver<'r> {
    /// It holds everything.
    Hub,
    /// Whole logs of its own devices and of the authorities, and the batches for it.
    Facility(&'r str),
}

/// A device's log, for whoever looks at the country from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceLog {
    /// Its log; two sides of a copied device have one.
    pub id: Hash,
    /// Its facility.
    pub facility: String,
    /// Records written, whether they were delivered or not.
    pub records: u32,
    /// Its authority ended it.
    pub cut: bool,
}

/// The country when it ended.
pub struct Country {
    world: World,
    /// The trust anchor.
    root: Vec<u8>,
    /// What really happened.
    pub truth: Truth,
}

impl Country {
    /// Makes a country.
    ///
    /// # Errors
    /// A plan beyond its limits.
    pub fn make(plan: Plan) -> Result<Self> {
        plan.check()?;
        let mut world = World::new(plan)?;
        for day in 0..plan.days {
            world.day(day)?;
        }
        world.finish()?;
        let truth = std::mem::take(&mut world.truth);
        let first = world.logs.first().ok_or_else(world::missing)?;
        let root = keyed(ObjectType::Root, &[], first.head.suite, &first.head.key, &first.body(0, 1)?)?;
        Ok(Self { world, root, truth })
    }

    /// The trust anchor.
    #[must_use]
    pub fn root(&self) -> &[u8] {
        &self.root
    }
    /// The codes of all facilities.
    pub fn facilities(&self) -> impl Iterator<Item = &str> {
        self.world.sites.iter().map(|site| site.code.as_str())
    }
    /// Every device's logs: one, and one for each key that it had before.
    pub fn devices(&self) -> impl Iterator<Item = DeviceLog> + '_ {
        self.world.devices.iter().flat_map(move |device| {
            let by = self.world.authority_of(device.site).and_then(|by| self.world.authority(by));
            device.logs().filter_map(move |log| {
                let log = self.world.logs.get(log)?;
                let cut = by.as_ref().is_ok_and(|by| by.cuts.iter().any(|(_, cut)| cut.log == log.id.log16()));
                Some(DeviceLog { id: log.id, facility: log.head.facility.clone(), records: log.count(), cut })
            })
        })
    }
    /// Records of all logs.
    #[must_use]
    pub fn records(&self) -> usize {
        self.world.logs.iter().map(|log| log.records.len()).sum()
    }

    /// What arrives at a receiver, in the order of `order`: sealed pieces shuffled, one in eight of them twice.
    ///
    /// This is the one place where the scopes of `spec/wire-format.md` are applied: own facility whole logs, authorities'
    /// logs, batches addressed to it or answering it; the hub everything. A session of two devices can stand here.
    ///
    /// # Errors
    /// Never with a country that was made.
    pub fn arrivals(&self, receiver: Receiver<'_>, order: u64) -> Result<Library> {
        let mut library = Library::of_root(self.root.clone());
        library.objects = self.received(receiver, &[])?;
        let mut dice = Dice::new(self.world.plan.seed ^ order, 2);
        let twice: Vec<Vec<u8>> = library.objects.iter().filter(|_| dice.chance(125)).cloned().collect();
        library.objects.extend(twice);
        dice.shuffle(&mut library.objects);
        Ok(library)
    }

    /// The sealed pieces that a receiver is to have, but for those of its own logs.
    fn received(&self, receiver: Receiver<'_>, own: &[usize]) -> Result<Vec<Vec<u8>>> {
        let mut objects = Vec::new();
        for authority in &self.world.authorities {
            for log in &authority.logs {
                objects.extend(self.log(*log)?.objects(u32::MAX)?);
            }
            objects.extend(authority.lists.iter().cloned());
        }
        let devices = self.world.devices.iter().flat_map(world::Device::logs);
        for log in devices.filter(|log| !own.contains(log)) {
            let of = self.log(log)?;
            if matches!(receiver, Receiver::Facility(code) if of.head.facility != code) {
                continue;
            }
            objects.extend(of.objects(self.delivered(log))?);
        }
        for extract in &self.world.extracts {
            if matches!(receiver, Receiver::Facility(code) if self.world.goes_to(extract.to).any(|to| to == code)) {
                objects.push(extract.object.clone());
            }
        }
        Ok(objects)
    }

    /// Up to which count a log reaches anybody.
    fn delivered(&self, log: usize) -> u32 {
        self.world.withheld.iter().find(|(of, _)| *of == log).map_or(u32::MAX, |(_, count)| *count)
    }

    /// `truth.json`: what really happened (`spec/json/truth.schema.json`).
    ///
    /// # Errors
    /// Never with a country that was made.
    pub fn truth_json(&self) -> Result<Value> {
        let sites: Vec<truth::Place<'_>> = (self.world.sites.iter())
            .map(|site| truth::Place {
                code: &site.code,
                name: &site.name,
                kind: site.kind.name(),
                reported: site.reported,
                successor: site.successor.and_then(|at| self.world.sites.get(at)).map(|site| site.code.as_str()),
            })
            .collect();
        let Plan { seed, facilities, devices, days, movements } = self.world.plan;
        let plan = json!({
            "seed": seed, "facilities": facilities, "devices": devices, "days": days, "movements": movements,
        });
        self.truth.json(&sites, plan)
    }

    fn log(&self, at: usize) -> Result<&SimLog> {
        self.world.logs.get(at).ok_or_else(world::missing)
    }

    /// When it ended.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        Timestamp::from_secs(self.truth.now)
    }
}

impl World {
    /// A day: what each device does, in order of time, no two at one second.
    fn day(&mut self, day: u32) -> Result<()> {
        let begin = BEGIN + day * DAY;
        let mut agenda: Vec<(u32, usize)> = Vec::new();
        for device in 0..self.devices.len() {
            // An act is a movement and a half.
            let acts = self.plan.movements * 2 / 3 + u32::from(self.dice.chance(self.plan.movements % 3 * 333));
            for _ in 0..acts.max(1) {
                agenda.push((begin + self.dice.below(DAY / 2), device));
            }
        }
        agenda.sort_unstable();
        self.now = self.now.max(begin);
        self.look_at_lots();
        for (time, device) in agenda {
            self.now = time.max(self.now + 1);
            self.act(device)?;
        }
        self.now += 1;
        self.end_recalls()?;
        self.rule(day)?;
        for device in 0..self.devices.len() {
            if !self.device(device)?.is_hidden() {
                self.log_mut(device)?.seal();
            }
        }
        Ok(())
    }

    /// The last evening: everything is written, taken back, synchronised and sealed.
    fn finish(&mut self) -> Result<()> {
        for device in 0..self.devices.len() {
            if self.device(device)?.is_free() {
                self.now += 1;
                self.settle(device)?;
            }
        }
        for site in 0..self.sites.len() {
            let all = self.sites.get(site).map(|s| s.devices.clone()).unwrap_or_default();
            let free = all.into_iter().find(|d| self.devices.get(*d).is_some_and(world::Device::is_free));
            match free {
                Some(device) => {
                    while self.sites.get(site).is_some_and(|s| !s.wrongs.is_empty()) {
                        self.now += 1;
                        self.put_right(device)?;
                    }
                }
                None => {
                    let wrongs = self.sites.get_mut(site).map(|s| std::mem::take(&mut s.wrongs)).unwrap_or_default();
                    for wrong in wrongs {
                        self.touch(site, wrong.spot.lot, Fault::LateRevocation)?;
                    }
                }
            }
            self.now += 1;
            self.synchronise(site, true)?;
        }
        self.cut_copies()?;
        for device in 0..self.devices.len() {
            if !self.device(device)?.is_hidden() {
                self.log_mut(device)?.seal();
            }
        }
        self.publish_states(true)?;
        let authorities: Vec<usize> = self.authorities.iter().flat_map(|authority| authority.logs.clone()).collect();
        for log in authorities {
            self.logs.get_mut(log).ok_or_else(world::missing)?.seal();
        }
        self.tell()
    }

    /// Fills in what is known only now.
    fn tell(&mut self) -> Result<()> {
        self.truth.now = self.now + 3 * DAY;
        for (site, shelf) in self.sites.iter().zip(&self.shelves) {
            self.truth.shelves.insert(site.code.clone(), shelf.clone());
        }
        let code = |site: usize| self.sites.get(site).map_or(String::new(), |s| s.code.clone());
        for (at, site) in self.sites.iter().enumerate() {
            for truck in &site.inbox {
                for load in truck.lines.iter().filter(|load| load.units > 0) {
                    if let Some(log) = self.logs.get(load.sent.log).filter(|_| truck.arrives < u32::MAX) {
                        self.truth.waiting.insert((log.id.0, load.sent.index));
                    }
                    self.truth.transit.push((code(truck.from), code(at), load.spot.lot, load.units));
                }
            }
        }
        for (_, from, to, load) in &self.lost {
            self.truth.transit.push((code(*from), code(*to), load.spot.lot, load.units));
        }
        self.truth.transit.sort();
        let (now, wrong_clocks) = (self.truth.now, self.truth.wrong_clocks.clone());
        for lost in self.truth.injected.iter_mut().filter(|injected| injected.fault == Fault::DeliveryLost) {
            // Waited for long enough, by a clock that is right.
            lost.stands = now - lost.at > 8 * DAY && !wrong_clocks.contains(&lost.facility);
        }
        // Where clocks can't be compared, what was counted or written late may be read wrongly.
        let unread = |fault| matches!(fault, Fault::ClockSetSilently | Fault::ClockNeverSet);
        let sites: Vec<(String, Fault)> = (self.truth.injected.iter())
            .filter(|injected| unread(injected.fault))
            .map(|injected| (injected.facility.clone(), injected.fault))
            .collect();
        for (site, fault) in sites {
            let lots: Vec<usize> =
                self.truth.shelves.get(&site).into_iter().flatten().map(|(spot, _)| spot.lot).collect();
            lots.into_iter().for_each(|lot| self.truth.touch(&site, lot, fault));
        }
        Ok(())
    }
}
