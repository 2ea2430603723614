//! Reports of any set of records: sums agree with each other, and a correction says exactly what differs.
use super::order::{FACILITIES, Say, new_ledger, world};
use super::*;
use crate::ledger::report::{
    Column, Control, Correction, Half, InGroup, OutGroup, Period, PeriodReport, Posting, Run, Span, Turnover,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::format;

/// By this offset a legal day ends 1,080 seconds after the time began: in the middle of what the world says.
const OFFSET: i16 = 1_422;

fn day_of_world(day: u8) -> Span {
    let day = Date::new(2020, 1, day).unwrap();
    Span::new(day, day).unwrap()
}

fn both_days() -> Span {
    Span::new(Date::new(2020, 1, 1).unwrap(), Date::new(2020, 1, 2).unwrap()).unwrap()
}

fn control(product: &Product<'_>) -> Control {
    Control::of_number(u8::from(product.to_string() == B))
}

/// Everything that is reported, as text.
pub(super) fn reports(settled: Settled<'_>) -> String {
    let mut out = format!("{:?}\n", settled.held(None));
    for facility in settled.facilities() {
        for span in [day_of_world(1), day_of_world(2)] {
            let period = Period::new(facility, span, OFFSET);
            out += &format!("{:?}\n{:?}\n", settled.period(&period), settled.register(&period, &control));
            let main = Period { store: Some(None), fund: Some(None), ..period };
            out += &format!("{:?}\n{:?}\n", settled.period(&main).lots, settled.usage(&period, day("2027-02-01")));
            out += &format!("{:?}\n{:?}\n", settled.stock_outs(&period), settled.deliveries(&period));
        }
        out += &format!("{:?}\n", settled.at_risk(facility, day("2027-01-01"), 900));
    }
    out
}

/// The lines of a report by what they are about.
fn lines(report: &PeriodReport<'_>) -> BTreeMap<String, Turnover> {
    report.lots.iter().map(|l| (format!("{} {:?} {:?}", l.product, l.lot, l.parts), l.turnover)).collect()
}

fn is_balanced(t: &Turnover) -> bool {
    t.opening + t.came - t.went + t.counted == t.closing
        && t.came == t.came_by.iter().sum::<i64>()
        && t.went == t.went_by.iter().sum::<i64>()
}

fn add(column: Column, sums: &mut BTreeMap<String, i128>, posting: &Posting, sign: i128) {
    let change = i128::from(posting.change);
    *sums.entry(format!("{column:?}")).or_default() += sign * change;
    let value = posting.value;
    let values = i128::try_from(value.with_tax).unwrap() * 1_000_003 + i128::try_from(value.without_tax).unwrap();
    let side = if change > 0 { "value in" } else { "value out" };
    *sums.entry(side.into()).or_default() += sign * (values * 1_000_003 + i128::from(value.unvalued));
}

/// What the columns of a turnover hold, in the same words.
fn columns(t: &Turnover) -> BTreeMap<String, i128> {
    let mut sums = BTreeMap::new();
    let mut put = |column: Column, count: i64| {
        sums.insert(format!("{column:?}"), i128::from(count));
    };
    put(Column::Opening, t.opening);
    put(Column::Counted, t.counted);
    InGroup::ALL.iter().for_each(|group| put(Column::Came(*group), t.came_for(*group)));
    OutGroup::ALL.iter().for_each(|group| put(Column::Went(*group), -t.went_for(*group)));
    for (side, value) in [("value in", t.value_came), ("value out", t.value_went)] {
        let values = i128::try_from(value.with_tax).unwrap() * 1_000_003 + i128::try_from(value.without_tax).unwrap();
        sums.insert(side.into(), values * 1_000_003 + i128::from(value.unvalued));
    }
    sums
}

fn adds_up(correction: &Correction<'_>) {
    let mut sums = columns(&correction.before);
    for cause in &correction.causes {
        assert_ne!(cause.before, cause.after);
        cause.before.iter().for_each(|p| add(p.column, &mut sums, p, -1));
        cause.after.iter().for_each(|p| add(p.column, &mut sums, p, 1));
    }
    assert_eq!(sums, columns(&correction.after), "{correction:?}");
}

fn ledger_of_made<'m>(records: impl IntoIterator<Item = &'m Made>) -> Ledger {
    let mut ledger = new_ledger();
    for record in records {
        ledger.apply(&record.verified());
    }
    ledger
}

fn cases() -> u32 {
    std::env::var("MEDLOT_SHUFFLES").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000)
}

fn says() -> impl Strategy<Value = Vec<Say>> {
    proptest::collection::vec((0..5usize, any::<u8>(), 0..12usize, 0..30usize, 0..4_000u32), 1..30)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 4_000, ..ProptestConfig::default() })]
    #[test]
    fn sums_agree(says in says()) {
        let logs = world(&says);
        let mut ledger = ledger_of_made(logs.iter().flat_map(|log| &log.records));
        let settled = ledger.settled();
        for facility in FACILITIES {
            let report = |span| settled.period(&Period::new(facility, span, OFFSET));
            let (first, second, both) = (report(day_of_world(1)), report(day_of_world(2)), report(both_days()));
            for report in [&first, &second, &both] {
                prop_assert!(report.lots.iter().all(|line| is_balanced(&line.turnover)));
                prop_assert!(report.products.iter().all(|line| is_balanced(&line.turnover)));
                for line in &report.products {
                    let mut sum = (0, 0, 0, 0, 0);
                    for lot in report.lots.iter().filter(|l| l.product == line.product && l.parts == line.parts) {
                        let t = lot.turnover;
                        sum = (sum.0 + t.opening, sum.1 + t.came, sum.2 + t.went, sum.3 + t.counted, sum.4 + t.closing);
                    }
                    let t = line.turnover;
                    prop_assert_eq!(sum, (t.opening, t.came, t.went, t.counted, t.closing));
                }
            }
            // The closing of one is the opening of the next, and two days are what both together are.
            let (a, b, all) = (lines(&first), lines(&second), lines(&both));
            let none = Turnover::default();
            for key in a.keys().chain(b.keys()).chain(all.keys()) {
                let of = |lines: &BTreeMap<String, Turnover>| lines.get(key).copied().unwrap_or(none);
                prop_assert_eq!(of(&a).closing, of(&b).opening, "{}", key);
                prop_assert_eq!(of(&a).came + of(&b).came, of(&all).came);
                prop_assert_eq!(of(&a).went + of(&b).went, of(&all).went);
                prop_assert_eq!(of(&a).counted + of(&b).counted, of(&all).counted);
                prop_assert_eq!(of(&b).closing, of(&all).closing);
            }
            // What closes is the stock, and the last balance of the card.
            for lot in settled.lots(facility) {
                let stock: i64 = lot.stock().iter().filter(|s| s.parts.is_none()).map(|s| s.count).sum();
                let key = format!("{} {:?} {:?}", lot.product().unwrap(), lot.number(), Option::<(u16, crate::ident::Measure)>::None);
                let card = settled.card(&lot);
                prop_assert_eq!(card.last().map_or(0, |line| line.balance), stock);
                if card.iter().all(|line| line.time < 87_480) {
                    prop_assert_eq!(all.get(&key).map_or(0, |t| t.closing), stock);
                }
            }
            // The register and the half-year's form say the same as the report.
            let period = Period::new(facility, day_of_world(2), OFFSET);
            for page in settled.register(&period, &control).pages {
                let line = second.products.iter().find(|l| l.product == page.product && l.parts == page.parts);
                prop_assert_eq!(line.map_or(none, |l| l.turnover), page.turnover);
                prop_assert_eq!(page.lines.last().map_or(page.turnover.opening, |l| l.balance), page.turnover.closing);
            }
            let form = settled.half_year(&period, (2020, Half::First), &control).unwrap();
            for line in form.lines {
                prop_assert_eq!(line.opening + line.came - line.went - line.lost + line.counted, line.closing);
            }
        }
    }

    #[test]
    fn a_correction_is_what_differs_and_nothing_else(
        says in says(),
        known in proptest::collection::vec(0..8usize, 16),
        keys in proptest::collection::vec(any::<u32>(), 64),
    ) {
        let logs = world(&says);
        // Of each log a beginning was known when the report was sent.
        let parts: Vec<(&Log, usize)> =
            logs.iter().enumerate().map(|(at, log)| (log, log.records.len() * known[at % known.len()] / 7)).collect();
        let beginnings = || parts.iter().flat_map(|(log, count)| log.records.iter().take(*count));
        let mut then = ledger_of_made(beginnings());
        let held: Vec<Run> = then.settled().held(None);
        let mut order: Vec<&Made> = logs.iter().flat_map(|log| &log.records).collect();
        order.sort_by_key(|made| keys[made.at.index as usize % keys.len()] ^ u32::from(made.at.log.0[0]) << 28);
        let mut now = ledger_of_made(order.iter().copied());
        let settled = now.settled();
        let (mut earlier, missing) = settled.earlier(&held, false);
        prop_assert_eq!(missing, Vec::new());
        prop_assert_eq!(reports(earlier.settled()), reports(then.settled()), "the way back leads to what was known");
        for facility in FACILITIES {
            for span in [day_of_world(1), day_of_world(2)] {
                let period = Period::new(facility, span, OFFSET);
                let corrections = settled.corrections(earlier.settled(), &period);
                let (before, after) = (then.settled().period(&period), settled.period(&period));
                let (mut was, is) = (lines(&before), lines(&after));
                prop_assert_eq!(corrections.is_empty(), was == is);
                for correction in &corrections {
                    let key = format!("{} {:?} {:?}", correction.product, correction.lot, correction.parts);
                    prop_assert_eq!(was.get(&key).copied().unwrap_or_default(), correction.before);
                    prop_assert!(correction.before != correction.after);
                    prop_assert!(!correction.causes.is_empty());
                    adds_up(correction);
                    // What isn't new itself names what is.
                    for cause in &correction.causes {
                        let was_known = beginnings().any(|made| made.at == cause.record);
                        prop_assert_eq!(cause.why == crate::ledger::report::Why::New, !was_known);
                    }
                    was.insert(key, correction.after);
                }
                was.retain(|_, t| !t.is_empty());
                prop_assert_eq!(was, is, "corrected, the earlier report is the present one");
            }
        }
    }

    #[test]
    fn what_is_held_names_a_set_of_records(says in says(), gone in proptest::collection::vec(any::<bool>(), 64)) {
        let logs = world(&says);
        let all: Vec<&Made> = logs.iter().flat_map(|log| &log.records).collect();
        // With gaps: extracts, and forks of which a piece is missing.
        let some: Vec<&Made> = all.iter().enumerate().filter(|(at, _)| !gone[at % gone.len()]).map(|(_, m)| *m).collect();
        let mut part = ledger_of_made(some.iter().copied());
        let held = part.settled().held(None);
        let mut whole = ledger_of_made(all.iter().copied());
        let (mut again, missing) = whole.settled().earlier(&held, false);
        prop_assert_eq!(missing, Vec::new());
        prop_assert_eq!(again.len(), part.len());
        prop_assert_eq!(again.settled().held(None), held);
        let in_set: std::collections::BTreeSet<_> = some.iter().map(|m| (m.at.log, m.at.index, m.at.identity)).collect();
        prop_assert_eq!(part.len(), in_set.len());
        for made in &some {
            prop_assert!(again.settled().record(&made.at).is_some());
        }
    }
}
