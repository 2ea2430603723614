//! How fast the ledger adds up, and how fast it answers. Every record that it takes here was signed, verified and
//! judged before: only what the ledger does is timed.
use std::hint::black_box;
use std::time::Duration;

use medlot_core::ident::{FacilityCode, LotNumber, Party, Product, Quantity};
use medlot_core::ledger::{Asked, Ledger, Picking};
use medlot_core::movement::{Bucket, Direction, Movement, Reference};
use medlot_core::record::Entry;
use medlot_core::time::{Date, Expiry, Timestamp};

use crate::country::{Country, SEGMENT};
use crate::figures::{Figure, Goal};
use crate::measures::{clock, least, took};
use crate::world::Done;

/// Facilities of the country that is added up.
const FACILITIES: usize = 200;
/// Lots of each of them.
const LOTS: usize = 5_000;

/// Lots of a country: product, lot number, expiry.
struct Lots(Vec<(String, String, Expiry)>);

impl Lots {
    /// So many, and so many of each product.
    fn new(count: usize, each: usize) -> Done<Self> {
        let lot = |n: usize| -> Done<(String, String, Expiry)> {
            let expiry = Expiry::Day(Date::new(2029 + (n % 3) as u16, 1 + (n % 12) as u8, 1 + (n % 28) as u8)?);
            Ok((format!("registration:89311{:07}", 1_000_000 + n / each), format!("LOT{n:05}"), expiry))
        };
        (0..count).map(lot).collect::<Done<_>>().map(Self)
    }

    fn name(&self, lot: usize) -> Done<(Product<'_>, LotNumber<'_>)> {
        let (product, number, _) = self.0.get(lot).ok_or("no such lot")?;
        Ok((Product::parse(product)?, LotNumber::parse(number)?))
    }

    fn movement(&self, lot: usize, direction: Direction, units: u32) -> Done<Movement<'_>> {
        let (product, number) = self.name(lot)?;
        let (.., expiry) = self.0.get(lot).ok_or("no such lot")?;
        Ok(Movement::new(direction, 0, product, Some(number), *expiry, Quantity::units(units)?))
    }
}

/// A generator of numbers that are the same at every run.
struct Dice(u64);

impl Dice {
    /// Below `n`.
    fn roll(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }
}

const fn said(movement: Movement<'_>) -> Entry<'_> {
    Entry::Movement { movement, extensions: None }
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

/// A movement of a day: one in eight comes in, in packs, one in 64 is held back, the others go out. Lots are drawn
/// evenly; the first time that a facility meets one it takes over what it has of it.
fn day<'l>(lots: &'l Lots, dice: &mut Dice, met: &mut [bool]) -> Done<(usize, Movement<'l>)> {
    let (lot, kind, units) = (dice.roll(LOTS), dice.roll(64), 1 + dice.roll(30) as u32);
    let first = met.get_mut(lot).is_some_and(|met| !std::mem::replace(met, true));
    let movement = match kind {
        _ if first => Movement { reason: 1, ..lots.movement(lot, Direction::In, 50_000)? },
        0..8 => lots.movement(lot, Direction::In, units * 12)?,
        8 => Movement { to_bucket: Some(Bucket::Hold), ..lots.movement(lot, Direction::Move, units)? },
        _ => lots.movement(lot, Direction::Out, units)?,
    };
    Ok((lot, movement))
}

/// What adding up so many movements took.
#[derive(Default)]
struct Added {
    ledger: Ledger,
    /// Applying and working out.
    applied: Duration,
    findings: Duration,
    /// Offering pieces again.
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

/// How records arrive.
#[derive(Clone, Copy, PartialEq)]
enum Arrival {
    /// Log by log: opening, or a hub that starts.
    ByLog,
    /// A piece of each log in turn: a hub at work, where the processor's cache has forgotten a facility when it comes
    /// again.
    InTurn,
}

/// Adds up a country's movements, which arrive in pieces of 500. Each piece is said to `also`: its facility, the place
/// of its first record, its lots and movements.
fn add_up(
    movements: usize,
    arrival: Arrival,
    mut also: impl FnMut(usize, usize, &[(usize, Movement<'_>)]) -> Done<()>,
) -> Done<Added> {
    let (lots, mut country) = (Lots::new(LOTS, 3)?, Country::new(FACILITIES)?);
    let before = resident();
    let (mut out, mut dice) = (Added::default(), Dice(7));
    let piece_size = SEGMENT.min(movements / FACILITIES);
    let (mut fresh, mut met) = (0, vec![vec![false; LOTS]; FACILITIES]);
    let pieces = movements / piece_size / FACILITIES;
    for turn in 0..pieces * FACILITIES {
        let (device, piece) = match arrival {
            Arrival::ByLog => (turn / pieces, turn % pieces),
            Arrival::InTurn => (turn % FACILITIES, turn / FACILITIES),
        };
        let met = met.get_mut(device).ok_or("no such facility")?;
        let moved = (0..piece_size).map(|_| day(&lots, &mut dice, met)).collect::<Done<Vec<_>>>()?;
        also(device, piece * piece_size, &moved)?;
        let entries: Vec<Entry<'_>> = moved.iter().map(|(_, movement)| said(*movement)).collect();
        let (piece, _) = country.write(device, &entries)?;
        country.with_verified(&piece, |verified| {
            let ledger = &mut out.ledger;
            let (time, news) = took(|| verified.iter().filter(|record| ledger.apply(record)).count());
            out.applied += time;
            fresh += news;
            if turn % 16 == 0 {
                let (time, news) = took(|| verified.iter().filter(|record| ledger.apply(record)).count());
                out.again += time;
                out.offered_again += verified.len();
                fresh += news; // none: the sum would say it
            }
        })?;
    }
    if fresh != movements {
        return Err(format!("{fresh} of {movements} movements were news").into());
    }
    let now = country.devices.iter().map(|device| device.time).max().unwrap_or(0);
    let from = clock();
    let settled = out.ledger.settled();
    out.applied += clock().saturating_sub(from);
    let (time, found) = took(|| settled.findings(&asked(now)).len());
    black_box(found);
    out.findings = time;
    out.memory = before.zip(resident()).map(|(before, after)| after.saturating_sub(before));
    Ok(out)
}

#[expect(clippy::cast_precision_loss, reason = "at most ten million")]
fn rate(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

const CONDITION: &str = "verified movements applied, deduplicated, settled, searched for findings; log by log; 200 \
                         facilities of 5,000 lots; processor time of one core";

/// Speed at a size.
fn at(movements: usize, name: &str) -> Done<Vec<Figure>> {
    let mut best = add_up(movements, Arrival::ByLog, |_, _, _| Ok(()))?;
    let memory = best.memory;
    for _ in 0..if movements > 1_000_000 { 0 } else { 2 } {
        best.ledger = Ledger::new();
        let again = add_up(movements, Arrival::ByLog, |_, _, _| Ok(()))?;
        if again.applied + again.findings < best.applied + best.findings {
            best = again;
        }
    }
    let figure =
        |what: &str, value, condition| Figure::new(format!("ledger.{what}.{name}"), value, "movements/s", condition);
    let mut figures = vec![
        figure("movements", rate(movements, best.applied + best.findings), CONDITION).goal(Goal::AtLeast(5e6)),
        figure("applied", rate(movements, best.applied), "of it: applied and settled, before findings"),
        figure("again", rate(best.offered_again, best.again), "records offered that are held already"),
    ];
    #[expect(clippy::cast_precision_loss, reason = "gigabytes at most")]
    if let Some(memory) = memory {
        let condition = "resident memory a movement: exact bytes, row, index, its share of lots";
        let each = memory as f64 / movements as f64;
        figures.push(Figure::new(format!("ledger.memory.{name}"), each, "bytes", condition));
    }
    Ok(figures)
}

/// The same sums in SQLite, in the same run.
#[cfg(feature = "peers")]
fn beside_sqlite() -> Done<Figure> {
    const MOVEMENTS: usize = 1_000_000;
    let (mut sums, mut time) = (crate::sqlite::Sums::new()?, Duration::ZERO);
    let mut added = add_up(MOVEMENTS, Arrival::ByLog, |facility, first, moved| {
        let changes: Vec<crate::sqlite::Said> = (0u64..)
            .zip(moved)
            .map(|(n, (lot, m))| {
                let change = |place, units| (facility as i64, *lot as i64, place, units);
                let units = i64::from(m.quantity.count());
                let changes = match m.direction {
                    Direction::In => vec![change(0, units)],
                    Direction::Out => vec![change(0, -units)],
                    Direction::Move => vec![change(0, -units), change(1, units)],
                };
                // As long as an identity, and as unlike its neighbours.
                let id = (n + first as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes();
                ([id, id].as_flattened().try_into().unwrap_or_default(), changes)
            })
            .collect();
        let (took, done) = took(|| sums.add(facility as i64, first as i64, changes.iter()));
        time += took;
        done
    })?;
    let (ended, theirs) = took(|| sums.end());
    time += ended;
    let settled = added.ledger.settled();
    let stock =
        settled.facilities().into_iter().flat_map(|facility| settled.lots(facility)).flat_map(|lot| lot.stock());
    let ours = stock.fold((0, 0), |(balances, units), stock| (balances + 1, units + stock.count));
    if ours != theirs? {
        return Err("SQLite's sums are others".into());
    }
    let (ours, theirs) = (rate(MOVEMENTS, added.applied + added.findings), rate(MOVEMENTS, time));
    let condition = "1e6 movements, the same sums: SQLite in memory, one transaction, prepared, integer keys, each record \
                     once by place and identity, an upsert a balance; without findings";
    Ok(Figure::new("ledger.beside_sqlite", ours, "movements/s", condition)
        .beside("SQLite", theirs)
        .goal(Goal::AtLeast(10.0 * theirs)))
}

/// Stock of one lot, and what to pick of 200 lots.
fn questions() -> Done<Vec<Figure>> {
    const OF_PRODUCT: usize = 200;
    let (lots, mut country) = (Lots::new(LOTS, OF_PRODUCT)?, Country::new(1)?);
    let mut ledger = Ledger::new();
    for first in (0..LOTS).step_by(SEGMENT) {
        let moved = |lot| lots.movement(lot, Direction::In, 100).map(said);
        let entries = (first..first + SEGMENT).map(moved).collect::<Done<Vec<_>>>()?;
        let (piece, _) = country.write(0, &entries)?;
        country.with_verified(&piece, |verified| verified.iter().filter(|record| ledger.apply(record)).count())?;
    }
    let settled = ledger.settled();
    let facility = country.devices.first().map(|device| device.facility.as_str()).ok_or("no facility")?;
    let names = (0..LOTS).map(|lot| lots.name(lot)).collect::<Done<Vec<_>>>()?;
    let (mut dice, mut sum) = (Dice(3), 0);
    let stock = least(20_000, || {
        if let Some((product, number)) = names.get(dice.roll(LOTS)) {
            sum += settled.lot(facility, product, Some(number)).map_or(0, |lot| lot.units(false));
        }
    });
    if sum != 7 * 20_000 * 100 {
        return Err("a lot isn't found".into());
    }
    let (product, _) = lots.name(0)?;
    // All but half a lot: every lot is looked at, and nearly every one picked from.
    let units = OF_PRODUCT as u32 * 100 - 50;
    let (quantity, today) = (Quantity::Units(units), Date::new(2026, 11, 25)?);
    let wanted = Picking { facility, product, quantity, opened: false, store: None, fund: None, today };
    let pick = least(200, || drop(black_box(settled.pick(black_box(&wanted)))));
    let (picked, missing) = settled.pick(&wanted);
    if (picked.len(), missing) != (OF_PRODUCT, 0) {
        return Err(format!("{} lots were picked", picked.len()).into());
    }
    Ok(vec![
        Figure::new("ledger.lot", stock * 1e6, "µs", "stock of one of 5,000 lots").goal(Goal::AtMost(1.0)),
        Figure::new("ledger.pick", pick * 1e6, "µs", "first to expire of 200 lots of a product, among 5,000 lots")
            .goal(Goal::AtMost(20.0)),
    ])
}

/// A million movements of one lot: imported, handed on down to 1,000 facilities, and sold there.
fn trace() -> Done<Figure> {
    const SHOPS: usize = 1_000;
    let (lots, mut country) = (Lots::new(1, 1)?, Country::new(SHOPS)?);
    let mut ledger = Ledger::new();
    let mut movements = 0;
    // What each facility received: it hands on to ten others, and names what it answers.
    let mut came: Vec<Option<Reference>> = vec![None; SHOPS];
    for shop in 0..SHOPS {
        let below: Vec<usize> = (10 * shop + 1..=10 * shop + 10).filter(|below| *below < SHOPS).collect();
        let mut says = vec![match came.get(shop).copied().flatten() {
            Some(sent) => Movement { answers: Some(sent), ..lots.movement(0, Direction::In, 90_000)? },
            None => Movement { reason: 1, ..lots.movement(0, Direction::In, 999_999_999)? },
        }];
        let codes: Vec<String> =
            below.iter().filter_map(|below| country.devices.get(*below)).map(|d| d.facility.clone()).collect();
        for code in &codes {
            let to = Some(Party::Facility(FacilityCode::parse(code)?));
            let sent = lots.movement(0, Direction::Out, 90_000)?;
            says.push(Movement { sent: true, counterparty: to, ..sent });
        }
        while says.len() < SHOPS {
            says.push(lots.movement(0, Direction::Out, 1 + says.len() as u32 % 30)?);
        }
        for (part, says) in says.chunks(SEGMENT).enumerate() {
            let entries: Vec<Entry<'_>> = says.iter().map(|movement| said(*movement)).collect();
            let (piece, references) = country.write(shop, &entries)?;
            if part == 0 {
                for (below, reference) in below.iter().zip(references.iter().skip(1)) {
                    if let Some(came) = came.get_mut(*below) {
                        *came = Some(*reference);
                    }
                }
            }
            movements += country
                .with_verified(&piece, |verified| verified.iter().filter(|record| ledger.apply(record)).count())?;
        }
    }
    let settled = ledger.settled();
    let (product, number) = lots.name(0)?;
    let seconds = least(1, || drop(black_box(settled.trace(black_box(&product), Some(&number)))));
    let trace = settled.trace(&product, Some(&number));
    // Every facility but the first received from one, the first from where it began.
    if (movements, trace.edges.len(), trace.nodes.len()) != (SHOPS * SHOPS, SHOPS, SHOPS + 1) {
        return Err(format!("{movements} movements gave {} steps", trace.edges.len()).into());
    }
    let condition = "one lot's way over 1,000 facilities; all of 1e6 movements are of this lot";
    Ok(Figure::new("ledger.trace", seconds * 1e3, "ms", condition).goal(Goal::AtMost(50.0)))
}

/// The same where logs take turns.
fn in_turn() -> Done<Figure> {
    let added = add_up(1_000_000, Arrival::InTurn, |_, _, _| Ok(()))?;
    let condition =
        "1e6, as above, but a piece of 500 of each log in turn: caches have forgotten a facility when it comes again";
    let speed = rate(1_000_000, added.applied + added.findings);
    Ok(Figure::new("ledger.in_turn", speed, "movements/s", condition))
}

/// Every figure of the ledger.
///
/// # Errors
/// What the core refuses.
pub fn figures() -> Done<Vec<Figure>> {
    let mut figures = Vec::new();
    for (name, movements) in [("1e4", 10_000), ("1e5", 100_000), ("1e6", 1_000_000), ("1e7", 10_000_000)] {
        figures.extend(at(movements, name)?);
    }
    figures.push(in_turn()?);
    #[cfg(feature = "peers")]
    figures.push(beside_sqlite()?);
    figures.extend(questions()?);
    figures.push(trace()?);
    Ok(figures)
}
