//! How fast a big facility's reports are: row 19 of what hurt elsewhere, where a month's took minutes.
use std::hint::black_box;
use std::time::Instant;

use medlot_core::ident::{DocumentNumber, LotNumber, Operator, Product, Quantity};
use medlot_core::ledger::Ledger;
use medlot_core::ledger::report::{Period, Span};
use medlot_core::movement::{Amount, Bucket, Direction, Document, Movement};
use medlot_core::record::{CountBegin, CountEnd, CountLine, Entry};
use medlot_core::time::{Date, Expiry, Timestamp};

use crate::country::Country;
use crate::figures::{Figure, Goal};
use crate::world::Done;

/// Lots of the facility: three of each product.
const LOTS: usize = 5_000;
/// What moves in the month.
const MOVEMENTS: usize = 100_000;
/// Records sealed at a time.
const PIECE: usize = 250;

/// A facility and what it did in a month.
pub struct Busy {
    ledger: Ledger,
    facility: String,
    /// The legal day after the month's last.
    today: Date,
}

/// Movements, and how many lots are counted in the middle of the month.
fn entries<'n>(names: &'n [(String, String)], movements: usize, counted: usize) -> Done<Vec<Entry<'n>>> {
    let lots = names.len();
    let of = |n: usize| names.get(n % lots).ok_or("no lots");
    let movement = |n: usize| -> Done<Entry<'n>> {
        let (product, lot) = of(n * 7_919)?;
        let comes = n < lots;
        let (product, lot) = (Product::parse(product)?, Some(LotNumber::parse(lot)?));
        let expiry = Expiry::Day(Date::new(2028, 1 + (n % lots % 12) as u8, 28)?);
        let (direction, units) = if comes { (Direction::In, 5_000) } else { (Direction::Out, 1 + (n % 40) as u32) };
        // What comes is from a supplier: to manufacture or import needs a role.
        let reason = if comes { 0 } else { (n % 5) as u16 };
        let amount = Amount { value: u64::from(units) * 1_235, tax_included: true };
        let mut m = Movement::new(direction, reason, product, lot, expiry, Quantity::units(units)?);
        m.amount = Some(amount);
        m.operator = Some(Operator::parse("DS07")?);
        m.document = Some(Document { kind: 0, number: DocumentNumber::parse("HD004100")? });
        Ok(Entry::Movement { movement: m, extensions: None })
    };
    let mut all: Vec<Entry<'n>> = (0..movements / 2).map(movement).collect::<Done<_>>()?;
    if counted > 0 {
        all.push(Entry::CountBegin(CountBegin {
            operator: None,
            store: None,
            funds: None,
            products: None,
            blind: false,
            document: None,
            extensions: None,
        }));
        for n in 0..counted {
            let (product, lot) = of(n)?;
            all.push(Entry::CountLine(CountLine {
                begin: 1 + n as u32,
                product: Product::parse(product)?,
                lot: Some(LotNumber::parse(lot)?),
                expiry: Expiry::NotRead,
                quantity: Quantity::units(4_800)?,
                shown: None,
                operator: None,
                bucket: Bucket::Available,
                fund: None,
                vvm: None,
                made_on: None,
                serial: None,
                extensions: None,
            }));
        }
        let lines = counted as u32;
        let end = CountEnd { begin: lines + 1, lines, rest_is_zero: false, operator: None, extensions: None };
        all.push(Entry::CountEnd(end));
    }
    all.extend((movements / 2..movements).map(movement).collect::<Done<Vec<_>>>()?);
    Ok(all)
}

impl Busy {
    /// So many movements of so many lots in November 2026, with a count of so many of them: signed, verified, added up.
    ///
    /// # Errors
    /// What the core refuses.
    pub fn new(lots: usize, movements: usize, counted: usize) -> Done<Self> {
        let name = |n: usize| (format!("registration:89311{:07}", 1_000_000 + n / 3), format!("LOT{n:05}"));
        let names: Vec<(String, String)> = (0..lots).map(name).collect();
        let entries = entries(&names, movements, counted)?;
        let mut country = Country::new(1)?;
        let begin = Timestamp::parse("2026-11-01T00:00:00Z")?.as_secs();
        let pieces = entries.len().div_ceil(PIECE);
        // Records of a piece stand a minute apart: what the month is too short for overlaps the next.
        let apart = (28 * 86_400 / pieces.max(1)) as u32;
        let mut ledger = Ledger::new();
        for (number, piece) in (0u32..).zip(entries.chunks(PIECE)) {
            if let Some(device) = country.devices.first_mut() {
                device.time = begin + number * apart;
            }
            let (piece, _) = country.write(0, piece)?;
            country.with_verified(&piece, |verified| {
                for record in verified {
                    ledger.apply(record);
                }
            })?;
        }
        ledger.settled();
        let facility = country.devices.first().map(|device| device.facility.clone()).unwrap_or_default();
        Ok(Self { ledger, facility, today: Date::new(2026, 12, 1)? })
    }

    fn period(&self) -> Done<Period<'_>> {
        Ok(Period::new(&self.facility, Span::month(2026, 11)?, 420))
    }
}

/// Milliseconds that the best of five takes.
fn best(mut work: impl FnMut()) -> f64 {
    let took = (0..5).map(|_| {
        let from = Instant::now();
        work();
        from.elapsed().as_secs_f64() * 1e3
    });
    took.fold(f64::INFINITY, f64::min)
}

/// Report of one month over 5,000 lots and 100,000 movements, and what else is asked of the same month.
///
/// # Errors
/// What the core refuses.
pub fn figures() -> Done<Vec<Figure>> {
    figures_of(LOTS, MOVEMENTS)
}

fn figures_of(lots: usize, movements: usize) -> Done<Vec<Figure>> {
    const CONDITION: &str =
        "one core, one facility, 5,000 lots, 100,000 movements in the month, each with amount, operator and document";
    let mut figures = Vec::new();
    for (name, counted) in [("report.month", 0), ("report.month.counted", lots)] {
        let mut busy = Busy::new(lots, movements, counted)?;
        let period = Period::new(&busy.facility, busy.period()?.span, 420);
        let settled = busy.ledger.settled();
        let report = settled.period(&period);
        let came: i64 = report.products.iter().map(|line| line.turnover.came).sum();
        if report.lots.len() != lots || came != lots as i64 * 5_000 {
            return Err(format!("{} lots, {came} units came", report.lots.len()).into());
        }
        let took = best(|| drop(black_box(settled.period(black_box(&period)))));
        figures.push(Figure::new(name, took, "ms", CONDITION).goal(Goal::AtMost(500.0)));
        if counted > 0 {
            continue;
        }
        let took = best(|| drop(black_box(settled.usage(black_box(&period), busy.today))));
        figures.push(Figure::new("report.usage", took, "ms", CONDITION).goal(Goal::AtMost(1_000.0)));
        // Sent when all but the last tenth of the log was known.
        let mut known = settled.held(None);
        for run in &mut known {
            let records = run.until;
            if records > 10
                && let Some(sent) = settled.first_of(run, records - records / 10)
            {
                *run = sent;
            }
        }
        let took = best(|| {
            let (mut earlier, _) = settled.earlier(black_box(&known), true);
            drop(black_box(settled.corrections(earlier.settled(), &period)));
        });
        figures.push(Figure::new("report.correction", took, "ms", CONDITION).goal(Goal::AtMost(5_000.0)));
    }
    Ok(figures)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_months_reports_are_measured_too() {
        let figures = figures_of(50, 1_000).unwrap();
        let names: Vec<&str> = figures.iter().map(|figure| figure.name.as_str()).collect();
        assert_eq!(names, ["report.month", "report.usage", "report.correction", "report.month.counted"]);
        assert!(figures.iter().all(|figure| figure.value > 0.0));
    }
}
