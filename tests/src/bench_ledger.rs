//! How fast the ledger adds up, and how fast it answers. Every record that it takes here was signed, verified and
//! judged before: only what the ledger does is timed.
use std::hint::black_box;
use std::time::{Duration, Instant};

use medlot_core::ident::{FacilityCode, LotNumber, Party, Product, Quantity};
use medlot_core::ledger::{Asked, Ledger, Picking};
use medlot_core::movement::{Bucket, Direction, Movement};
use medlot_core::record::Entry;
use medlot_core::time::{Date, Expiry, Timestamp};

use crate::country::{Country, SEGMENT};
use crate::figures::{Figure, Goal};
use crate::world::Done;

/// Facilities of the country that is added up.
const FACILITIES: usize = 200;
/// Lots of each of them.
const LOTS: usize = 5_000;

/// The country's lots: registration number, lot number, expiry.
pub(crate) struct Lots(Vec<(String, String, Expiry)>);

impl Lots {
    /// Three lots of each product.
    fn new(count: usize) -> Done<Self> {
        let lot = |n: usize| -> Done<(String, String, Expiry)> {
            let expiry = Expiry::Day(Date::new(2027 + (n % 3) as u16, 1 + (n % 12) as u8, 1 + (n % 28) as u8)?);
            Ok((format!("registration:89311{:07}", 1_000_000 + n / 3), format!("LOT{n:05}"), expiry))
        };
        (0..count).map(lot).collect::<Done<_>>().map(Self)
    }

    pub(crate) fn movement(&self, lot: usize, direction: Direction, units: u32) -> Done<Movement<'_>> {
        let (product, number, expiry) = self.0.get(lot).ok_or("no such lot")?;
        let (product, number) = (Product::parse(product)?, Some(LotNumber::parse(number)?));
        Ok(Movement::new(direction, 0, product, number, *expiry, Quantity::units(units)?))
    }
}

/// A generator of numbers that are the same at every run.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }
    /// Below `n`.
    pub(crate) fn roll(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }
}

/// What is asked of findings.
fn asked(now: u32) -> Asked<'static> {
    Asked {
        facility: None,
        now: Some(Timestamp::from_secs(now)),
        utc_offset: 420,
        answer_days: 7,
        controlled: &|_| false,
    }
}

/// A movement of a day: one in eight comes in, in packs, the others go out; one in 64 is held back. Lots are drawn
/// evenly; the first time that a facility meets one it takes over what it has of it.
fn day<'l>(lots: &'l Lots, dice: &mut Dice, met: &mut [bool]) -> Done<Movement<'l>> {
    let (lot, kind, units) = (dice.roll(LOTS), dice.roll(64), 1 + dice.roll(30) as u32);
    let first = met.get_mut(lot).is_some_and(|met| !std::mem::replace(met, true));
    Ok(match kind {
        _ if first => Movement { reason: 1, ..lots.movement(lot, Direction::In, 50_000)? },
        0..8 => lots.movement(lot, Direction::In, units * 12)?,
        8 => Movement { to_bucket: Some(Bucket::Hold), ..lots.movement(lot, Direction::Move, units)? },
        _ => lots.movement(lot, Direction::Out, units)?,
    })
}

/// What adding up so many movements took.
pub(crate) struct Added {
    pub(crate) ledger: Ledger,
    pub(crate) movements: usize,
    /// Applying, working out, and finding.
    pub(crate) time: Duration,
    /// Of it, findings.
    pub(crate) findings: Duration,
    /// Offering the last pieces again.
    again: Duration,
    offered_again: usize,
    /// Bytes that the process grew by.
    memory: Option<usize>,
}

/// Bytes that this process holds in memory, where the system says.
fn resident() -> Option<usize> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * 4_096)
}

/// Adds up a country's movements, which arrive in pieces of 500, facility by facility in turn. Each piece that arrived
/// is said to `also`, untimed.
pub(crate) fn add_up(movements: usize, mut also: impl FnMut(usize, &[Movement<'_>]) -> Done<()>) -> Done<Added> {
    let (lots, mut country) = (Lots::new(LOTS)?, Country::new(FACILITIES)?);
    let before = resident();
    let (mut ledger, mut dice, mut time, mut again) = (Ledger::new(), Dice::new(7), Duration::ZERO, Duration::ZERO);
    let piece_size = SEGMENT.min(movements / FACILITIES);
    let (mut fresh, mut offered_again, mut met) = (0, 0, vec![vec![false; LOTS]; FACILITIES]);
    for turn in 0..movements / piece_size {
        let device = turn % FACILITIES;
        let met = met.get_mut(device).ok_or("no such facility")?;
        let said = (0..piece_size).map(|_| day(&lots, &mut dice, met)).collect::<Done<Vec<_>>>()?;
        also(device, &said)?;
        let entries: Vec<Entry<'_>> =
            said.iter().map(|movement| Entry::Movement { movement: *movement, extensions: None }).collect();
        let (piece, _) = country.write(device, &entries)?;
        country.with_verified(&piece, |verified| {
            let from = Instant::now();
            fresh += verified.iter().filter(|record| ledger.apply(record)).count();
            time += from.elapsed();
            if turn % 16 == 0 {
                let from = Instant::now();
                let news = verified.iter().filter(|record| ledger.apply(record)).count();
                again += from.elapsed();
                offered_again += verified.len();
                fresh += news; // none: it shows in the count otherwise
            }
        })?;
    }
    if fresh != movements {
        return Err(format!("{fresh} of {movements} movements were news").into());
    }
    let now = country.devices.iter().map(|device| device.time).max().unwrap_or(0);
    let from = Instant::now();
    let settled = ledger.settled();
    time += from.elapsed();
    let from = Instant::now();
    black_box(settled.findings(&asked(now)).len());
    let findings = from.elapsed();
    time += findings;
    let memory = before.zip(resident()).map(|(before, after)| after.saturating_sub(before));
    Ok(Added { ledger, movements, time, findings, again, offered_again, memory })
}

fn rate(count: usize, time: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "at most ten million")]
    let count = count as f64;
    count / time.as_secs_f64()
}

/// Speed at a size.
fn at(movements: usize, name: &str) -> Done<Vec<Figure>> {
    const CONDITION: &str = "one core: verified movements applied, deduplicated, settled and searched for findings; \
                             200 facilities of 5,000 lots";
    let added = add_up(movements, |_, _| Ok(()))?;
    let figure = |what: &str, value, unit, condition| Figure::new(format!("ledger.{what}.{name}"), value, unit, condition);
    let mut figures = vec![
        figure("movements", rate(added.movements, added.time), "movements/s", CONDITION).goal(Goal::AtLeast(5e6)),
        figure("applied", rate(added.movements, added.time - added.findings), "movements/s", "of it: without findings"),
        figure("again", rate(added.offered_again, added.again), "movements/s", "records that are held already"),
    ];
    #[expect(clippy::cast_precision_loss, reason = "gigabytes at most")]
    if let Some(memory) = added.memory {
        let each = memory as f64 / added.movements as f64;
        figures.push(figure("memory", each, "bytes", "a movement: exact bytes, row, index, its share of lots"));
    }
    Ok(figures)
}

/// Every figure of the ledger.
///
/// # Errors
/// What the core refuses.
pub fn figures() -> Done<Vec<Figure>> {
    let mut figures = Vec::new();
    for (name, movements) in [("1e4", 10_000), ("1e5", 100_000), ("1e6", 1_000_000), ("1e7", 10_000_000)] {
        if std::env::var("UPTO").ok().and_then(|n| n.parse().ok()).is_some_and(|n: usize| movements > n) { continue }
        figures.extend(at(movements, name)?);
    }
    Ok(figures)
}
