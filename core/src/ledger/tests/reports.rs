//! Reports with numbers worked out by hand.
use super::*;
use crate::ident::{DocumentNumber, Fund, Measure, Store};
use crate::ledger::report::{
    Column, Control, Fraction, Half, InGroup, OutGroup, Period, PeriodReport, Span, Turnover, Why,
};
use crate::movement::{Amount, Bucket, Document, Group, reasons};
use crate::record::{ClockSet, Detail, LineAmount, List, Recall};
use crate::time::TimeError;

const SHOP: &str = "HN-0417";
const LOT: (&str, &str) = (A, "L1");
/// Vietnam.
const OFFSET: i16 = 420;

fn at(text: &str) -> u32 {
    Timestamp::parse(text).unwrap().as_secs()
}

fn month(month: u8) -> Period<'static> {
    Period::new(SHOP, Span::month(2026, month).unwrap(), OFFSET)
}

fn comes(of: (&'static str, &'static str), reason: &str, units: u32) -> Movement<'static> {
    Movement { reason: reasons::IN.number(reason).unwrap(), ..moves(Direction::In, of, units) }
}

fn goes(of: (&'static str, &'static str), reason: &str, units: u32) -> Movement<'static> {
    Movement { reason: reasons::OUT.number(reason).unwrap(), ..moves(Direction::Out, of, units) }
}

const fn dong(value: u64) -> Option<Amount> {
    Some(Amount { value, tax_included: false })
}

fn only(report: &PeriodReport<'_>) -> Turnover {
    assert_eq!((report.lots.len(), report.products.len()), (1, 1), "{report:?}");
    assert_eq!(report.lots[0].turnover, report.products[0].turnover);
    report.lots[0].turnover
}

/// Opening, in, out, counted, closing.
fn five(t: &Turnover) -> [i64; 5] {
    [t.opening, t.came, t.went, t.counted, t.closing]
}

#[test]
fn every_reason_stands_in_its_column_of_the_national_form() {
    let mut log = Log::new(1, SHOP);
    let mut time = at("2026-06-02T03:00:00Z");
    for (units, reason) in (1u32..).zip(reasons::IN.all()) {
        time += 1;
        log.say(time, said(comes(LOT, reason, units * 100)));
    }
    for (units, reason) in (1u32..).zip(reasons::OUT.all()) {
        time += 1;
        log.say(time, said(goes(LOT, reason, units)));
    }
    // A reason of a newer build counts the same.
    log.say(time + 1, said(Movement { reason: 900, ..moves(Direction::Out, LOT, 1_000) }));
    let mut ledger = ledger_of(&[&log]);
    let turnover = only(&ledger.settled().period(&month(6)));
    // supplier, opening balance, customer's return and refused goods back, transfer, manufactured, imported; donation,
    // loan, found, made from, other.
    assert_eq!(turnover.came_by, [100, 200, 300 + 1_000, 400, 500, 600, 700 + 800 + 900 + 1_100 + 1_200, 0]);
    let other = (5..=12).sum::<i64>() + (15..=20).sum::<i64>() + 1_000;
    assert_eq!(turnover.went_by, [1, 2, 3, 4, 13, 14, other, 0]);
    assert_eq!(turnover.lost, 11 + 12, "missing and stolen");
    assert_eq!(five(&turnover), [0, 7_800, 1_210, 0, 6_590]);
}

#[test]
fn a_month_ends_at_midnight_of_the_legal_day() {
    let mut log = Log::new(1, SHOP);
    log.say(at("2026-06-01T01:00:00Z"), goes_in(LOT, 100));
    log.say(at("2026-06-30T16:59:59Z"), goes_out(LOT, 7)); // 23:59:59
    log.say(at("2026-06-30T17:00:00Z"), goes_out(LOT, 5)); // 00:00 in July
    let mut ledger = ledger_of(&[&log]);
    let settled = ledger.settled();
    assert_eq!(five(&only(&settled.period(&month(6)))), [0, 100, 7, 0, 93]);
    assert_eq!(five(&only(&settled.period(&month(7)))), [93, 0, 5, 0, 88]);
    assert_eq!(five(&only(&settled.period(&month(8)))), [88, 0, 0, 0, 88]);
    assert!(settled.period(&month(5)).lots.is_empty(), "nothing stood and nothing happened");
    let elsewhere = Period { utc_offset: -300, ..month(6) };
    assert_eq!(five(&only(&settled.period(&elsewhere))), [100, 0, 12, 0, 88], "there it came on 31 May");
}

#[test]
fn a_later_count_leaves_the_month_before_as_it_was() {
    let mut log = Log::new(1, SHOP);
    log.say(at("2026-06-01T01:00:00Z"), goes_in(LOT, 100));
    log.say(at("2026-06-10T01:00:00Z"), goes_out(LOT, 10));
    let june = at("2026-06-20T01:00:00Z");
    let begin = log.begin_count(june);
    log.count_line(june + 1, begin, LOT, 88); // 2 missing
    log.end_count(june + 2, begin, false);
    log.say(at("2026-06-25T01:00:00Z"), goes_out(LOT, 8));
    let expected = [0, 100, 18, -2, 80];
    assert_eq!(five(&only(&ledger_of(&[&log]).settled().period(&month(6)))), expected);
    let july = at("2026-07-20T01:00:00Z");
    let begin = log.begin_count(july);
    log.count_line(july + 1, begin, LOT, 83); // 3 found again
    log.end_count(july + 2, begin, false);
    let mut ledger = ledger_of(&[&log]);
    let settled = ledger.settled();
    assert_eq!(five(&only(&settled.period(&month(6)))), expected);
    assert_eq!(five(&only(&settled.period(&month(7)))), [80, 0, 0, 3, 83]);
    let lot = settled.lot(SHOP, &Product::parse(A).unwrap(), LotNumber::parse("L1").ok().as_ref()).unwrap();
    let card: Vec<(i64, bool, i64)> = settled.card(&lot).iter().map(|l| (l.change, l.counted, l.balance)).collect();
    let expected = [(100, false, 100), (-10, false, 90), (-2, true, 88), (-8, false, 80), (3, true, 83)];
    assert_eq!(card, expected);
}

#[test]
fn of_one_store_what_moves_to_another_goes_out_and_parts_stay_exact() {
    let mut log = Log::new(1, SHOP);
    let (k1, t05) = (Store::parse("K1").unwrap(), Store::parse("T05").unwrap());
    let time = at("2026-06-02T03:00:00Z");
    log.say(time, said(Movement { store: Some(k1), ..moves(Direction::In, LOT, 1_000) }));
    let to = Movement { store: Some(k1), to_store: Some(Some(t05)), ..moves(Direction::Move, LOT, 40) };
    log.say(time + 1, said(to));
    let half = Quantity::Parts { parts: 1, per_unit: 2, measure: Measure::Piece };
    for n in 0..3 {
        let used = goes(LOT, "used_in_facility", 1);
        log.say(time + 10 + n, said(Movement { store: Some(t05), quantity: half, ..used }));
    }
    let mut ledger = ledger_of(&[&log]);
    let settled = ledger.settled();
    let of = |store| settled.period(&Period { store: Some(Some(store)), ..month(6) });
    let (k1, t05) = (of("K1"), of("T05"));
    assert_eq!(five(&only(&k1)), [0, 1_000, 40, 0, 960]);
    assert_eq!(only(&k1).went_for(OutGroup::Moved), 40);
    let lines: Vec<_> = t05.lots.iter().map(|l| (l.parts, five(&l.turnover))).collect();
    assert_eq!(lines, [(None, [0, 40, 0, 0, 40]), (Some((2, Measure::Piece)), [0, 0, 3, 0, -3])]);
    assert_eq!(t05.lots[0].turnover.came_for(InGroup::Moved), 40);
    let all: Vec<_> = settled.period(&month(6)).lots.iter().map(|l| five(&l.turnover)).collect();
    assert_eq!(all, [[0, 1_000, 0, 0, 1_000], [0, 0, 3, 0, -3]], "within the facility nothing came or went");
    assert!(settled.period(&Period { fund: Some(Some("ARV")), ..month(6) }).lots.is_empty());
    assert_eq!(settled.period(&Period { fund: Some(None), ..month(6) }).lots.len(), 2);
    // 38½ vials stand there.
    let usage = settled.usage(&Period { store: Some(Some("T05")), ..month(6) }, day("2026-07-01"));
    assert_eq!(usage[0].usable.in_units(), Fraction::new(77, 2));
    assert_eq!((usage[0].usable.units(), usage[0].usable.parts()[0].count), (40, -3));
    assert_eq!(usage[0].used_in_facility.in_units(), Fraction::new(3, 2));
}

/// 120 boxes of 100 tablets at 12,345 ₫ a box: 11,800 received, 100 refused, 100 missing.
fn delivery() -> (Log, Log) {
    let (mut wholesaler, mut shop) = (Log::new(1, "01C55"), Log::new(2, SHOP));
    let time = at("2026-06-02T03:00:00Z");
    wholesaler.say(time, goes_in(LOT, 50_000));
    let number = DocumentNumber::parse("HD-77").unwrap();
    let document = Some(Document { kind: 0, number });
    let sent = goes(LOT, "wholesale", 12_000);
    wholesaler.say(time + 1, said(Movement { sent: true, counterparty: facility(SHOP), document, ..sent }));
    let shipment = reference(&wholesaler.records[1].at);
    let amounts = [LineAmount(dong(120 * 12_345))];
    let mut room = [0; 32];
    let amounts = List::encode(&amounts, &mut room).unwrap();
    let detail = Detail { first: 1, amounts, operator: operator("KHO2"), extensions: None };
    wholesaler.say(time + 2, Entry::Detail(detail));
    shop.say(time + 3_600, said(Movement { answers: Some(shipment), ..comes(LOT, "supplier", 11_800) }));
    shop.say(time + 3_601, refuses(shipment, 100));
    (wholesaler, shop)
}

#[test]
fn a_delivery_is_the_same_from_both_ends_and_worth_what_arrived() {
    let (wholesaler, mut shop) = delivery();
    let mut ledger = ledger_of(&[&wholesaler, &shop]);
    let settled = ledger.settled();
    let came = only(&settled.period(&month(6)));
    assert_eq!((came.came, came.value_came.without_tax, came.value_came.unvalued), (11_800, 1_456_710, 0));
    let went = only(&settled.period(&Period { facility: "01C55", ..month(6) }));
    assert_eq!((went.went, went.value_went.without_tax), (12_000, 1_481_400));
    assert_eq!(went.value_came.unvalued, 1, "its own receipt has no amount");
    for (code, sent_here) in [("01C55", true), (SHOP, false)] {
        let rows = settled.deliveries(&Period { facility: code, ..month(6) });
        assert_eq!(rows.len(), 1);
        let row = &rows[0];
        assert_eq!((row.sent_here, row.received_here), (sent_here, !sent_here));
        let s = &row.shipment;
        assert_eq!((s.sent, s.received, s.refused, s.remaining), (12_000, 11_800, 100, 200));
        assert_eq!((row.short, row.over, row.lost, row.taken_back), (100, 0, 0, 0));
    }
    // The receiver alone knows neither price nor sender's record.
    let alone = only(&ledger_of(&[&shop]).settled().period(&month(6)));
    assert_eq!((alone.value_came.without_tax, alone.value_came.unvalued), (0, 1));
    // The crushed ones come back, the missing are closed as lost; then 50 more are received than were left.
    let mut wholesaler = wholesaler;
    let shipment = reference(&wholesaler.records[1].at);
    let time = at("2026-06-09T03:00:00Z");
    let back = comes(LOT, "refused_goods_back", 100);
    wholesaler.say(time, said(Movement { answers: Some(Reference::Own(1)), ..back }));
    wholesaler.say(
        time + 1,
        said(Movement {
            bucket: Bucket::Transit,
            answers: Some(Reference::Own(1)),
            ..goes(LOT, "lost_in_transit", 60)
        }),
    );
    let row = |logs: &[&Log]| {
        let mut ledger = ledger_of(logs);
        let rows = ledger.settled().deliveries(&month(6));
        (rows[0].short, rows[0].over, rows[0].lost, rows[0].taken_back)
    };
    assert_eq!(row(&[&wholesaler, &shop]), (40, 0, 60, 100));
    shop.say(time, said(Movement { answers: Some(shipment), ..comes(LOT, "supplier", 90) }));
    assert_eq!(row(&[&wholesaler, &shop]), (0, 50, 60, 100));
}

#[test]
fn an_amount_is_taken_back_with_its_share_and_halves_are_rounded_up() {
    let mut log = Log::new(1, SHOP);
    let time = at("2026-06-02T03:00:00Z");
    log.say(time, said(Movement { amount: dong(1_001), ..comes(LOT, "supplier", 8) }));
    let with_tax = Some(Amount { value: 500, tax_included: true });
    log.say(time + 1, said(Movement { amount: with_tax, ..comes(LOT, "supplier", 10) }));
    let copy = log.clone();
    log.take_back(time + 2, &copy, 0, 4);
    let value = only(&ledger_of(&[&log]).settled().period(&month(6))).value_came;
    assert_eq!((value.without_tax, value.with_tax, value.unvalued), (501, 500, 0), "500.5 of one, all of the other");
}

fn narcotic(product: &Product<'_>) -> Control {
    if product.to_string() == B { Control::Narcotic } else { Control::None }
}

#[test]
fn the_register_has_every_movement_with_its_balance_document_counterparty_and_operator() {
    let (mut till, mut ward) = (Log::new(1, SHOP), Log::new(2, SHOP));
    let (b1, b2) = ((B, "B1"), (B, "B2"));
    let number = DocumentNumber::parse("HD-9").unwrap();
    let document = Some(Document { kind: 0, number });
    let june = at("2026-06-02T03:00:00Z");
    till.say(at("2026-05-02T03:00:00Z"), goes_in(b1, 50));
    till.say(june, goes_in(LOT, 1_000)); // not controlled
    let head =
        Movement { counterparty: facility("01C55"), document, group: Group::Head(2), ..comes(b1, "supplier", 100) };
    till.say(june + 1, said(Movement { operator: operator("DS01"), ..head }));
    till.say(june + 2, said(Movement { group: Group::Line(1), ..comes(b2, "supplier", 20) }));
    ward.say(june + 3, said(Movement { operator: operator("DD07"), ..goes(b2, "retail", 5) }));
    let hold = Movement { to_bucket: Some(Bucket::Hold), ..moves(Direction::Move, b1, 30) };
    till.say(june + 4, said(hold));
    till.say(june + 5, said(goes(b1, "missing", 2)));
    let begin = till.begin_count(june + 10);
    till.count_line(june + 11, begin, b2, 14); // 15 by the records known to it: ward's sale took place before
    let devices = [till.id, ward.id];
    let mut ledger = ledger_of(&[&till, &ward]);
    let settled = ledger.settled();
    let register = settled.register(&Period { devices: &devices, ..month(6) }, &narcotic);
    assert_eq!(register.pages.len(), 1);
    let page = &register.pages[0];
    assert_eq!((page.product.to_string().as_str(), page.control, page.control.number()), (B, Control::Narcotic, 1));
    let lines: Vec<_> =
        page.lines.iter().map(|l| (l.lot.unwrap().as_str(), l.direction, l.quantity, l.change, l.balance)).collect();
    let expected = [
        ("B1", Some(Direction::In), 100, 100, 150),
        ("B2", Some(Direction::In), 20, 20, 170),
        ("B2", Some(Direction::Out), 5, -5, 165),
        ("B1", Some(Direction::Move), 30, 0, 165),
        ("B1", Some(Direction::Out), 2, -2, 163),
        ("B2", None, -1, -1, 162),
    ];
    assert_eq!(lines, expected);
    let second = &page.lines[1];
    assert_eq!(
        (second.counterparty, second.documents[0], second.operator),
        (facility("01C55"), document, operator("DS01"))
    );
    assert_eq!(page.lines[2].operator, operator("DD07"));
    assert_eq!((page.turnover.lost, five(&page.turnover)), (2, [50, 120, 7, -1, 162]));
    // Both devices may still say something of June; one closes, the other writes in July.
    assert!(register.completeness.is_provisional());
    assert_eq!(register.completeness.devices.len(), 2);
    ward.say(at("2026-06-20T03:00:00Z"), Entry::Close(crate::record::Close { extensions: None }));
    till.say(at("2026-07-01T03:00:00Z"), goes_in(LOT, 1));
    let is_provisional = |logs: &[&Log], devices: &[Hash]| {
        let mut ledger = ledger_of(logs);
        ledger.settled().register(&Period { devices, ..month(6) }, &narcotic).completeness.is_provisional()
    };
    assert!(!is_provisional(&[&till, &ward], &devices));
    assert!(is_provisional(&[&till], &devices), "one is enrolled and nothing of it is here");
    let mut extract = ward.clone();
    extract.records.remove(0);
    assert!(is_provisional(&[&till, &extract], &devices), "a gap");
}

#[test]
fn the_half_years_form_has_what_was_lost_apart_and_is_due_on_the_15th() {
    let mut log = Log::new(1, SHOP);
    let b1 = (B, "B1");
    log.say(at("2025-12-31T03:00:00Z"), goes_in(b1, 40));
    log.say(at("2026-01-05T03:00:00Z"), said(comes(b1, "supplier", 60)));
    log.say(at("2026-03-05T03:00:00Z"), said(goes(b1, "retail", 30)));
    log.say(at("2026-05-05T03:00:00Z"), said(goes(b1, "stolen", 4)));
    log.say(at("2026-06-30T16:30:00Z"), said(goes(b1, "missing", 1)));
    log.say(at("2026-06-30T17:30:00Z"), said(goes(b1, "retail", 10)));
    log.say(at("2026-07-01T03:00:00Z"), goes_in(LOT, 9));
    let mut ledger = ledger_of(&[&log]);
    let settled = ledger.settled();
    let form = |half| settled.half_year(&month(1), half, &narcotic).unwrap();
    let of = |form: &crate::ledger::report::HalfYear<'_>| {
        let l = form.lines[0];
        assert_eq!(form.lines.len(), 1);
        (form.due.to_string(), [l.opening, l.came, l.went, l.lost, l.counted, l.closing])
    };
    assert_eq!(of(&form((2026, Half::First))), ("2026-07-15".into(), [40, 60, 30, 5, 0, 65]));
    assert_eq!(of(&form((2026, Half::Second))), ("2027-01-15".into(), [65, 0, 10, 0, 0, 55]));
    assert!(!form((2026, Half::First)).completeness.is_provisional(), "the log goes on after June");
    assert!(form((2026, Half::Second)).completeness.is_provisional());
    assert_eq!(settled.half_year(&month(1), (2102, Half::Second), &narcotic), Err(TimeError::Range));
}

#[test]
fn a_correction_names_the_late_sale_the_reversal_the_clock_and_the_amount() {
    let (mut till, mut phone) = (Log::new(1, SHOP), Log::new(2, SHOP));
    let june = at("2026-06-02T03:00:00Z");
    till.say(june, goes_in(LOT, 100)); // 0
    till.say(june + 1, said(Movement { amount: dong(900), ..goes(LOT, "retail", 9) })); // 1
    phone.say(june + 2, goes_out(LOT, 1)); // 0
    let mut sent = ledger_of(&[&till, &phone]);
    let known = sent.settled().held(Some(SHOP));
    assert_eq!(known.iter().map(|run| (run.from, run.until)).collect::<Vec<_>>(), [(0, 2), (0, 1)]);
    let correct = |till: &Log, phone: &Log| {
        let mut now = ledger_of(&[till, phone]);
        let settled = now.settled();
        let (mut earlier, missing) = settled.earlier(&known, true);
        assert_eq!(missing, []);
        let found = settled.corrections(earlier.settled(), &month(6));
        let found: Vec<_> = found
            .iter()
            .flat_map(|c| c.causes.iter().map(|cause| (five(&c.before), five(&c.after), cause.clone())))
            .collect();
        found
    };
    assert!(correct(&till, &phone).is_empty());
    till.say(at("2026-07-02T03:00:00Z"), goes_out(LOT, 50));
    assert!(correct(&till, &phone).is_empty(), "what happened in July changes nothing of June");
    // A sale that was synchronised late.
    let mut late = phone.clone();
    late.say(june + 50, said(goes(LOT, "retail", 3)));
    let [(before, after, cause)] = correct(&till, &late).try_into().unwrap();
    assert_eq!((before, after), ([0, 100, 10, 0, 90], [0, 100, 13, 0, 87]));
    assert_eq!((cause.record, cause.before, cause.why), (late.records[1].at, None, Why::New));
    let posting = cause.after.unwrap();
    assert_eq!((posting.column, posting.change), (Column::Went(OutGroup::Retail), -3));
    // A reversal in July of what was sold in June.
    let mut reversed = till.clone();
    reversed.take_back(at("2026-07-03T03:00:00Z"), &till, 1, 4);
    let [(before, after, cause)] = correct(&reversed, &phone).try_into().unwrap();
    assert_eq!((before, after), ([0, 100, 10, 0, 90], [0, 100, 6, 0, 94]));
    assert_eq!((cause.record, cause.why), (till.records[1].at, Why::TakenBack));
    assert_eq!(cause.because, [reversed.records.last().unwrap().at]);
    assert_eq!((cause.before.unwrap().value.without_tax, cause.after.unwrap().value.without_tax), (900, 500));
    // The phone's clock was a month early.
    let mut set = phone.clone();
    set.say(june + 60, Entry::ClockSet(ClockSet { change: 30 * 86_400, extensions: None }));
    let [(_, after, cause)] = correct(&till, &set).try_into().unwrap();
    assert_eq!((after, cause.why, cause.after), ([0, 100, 9, 0, 91], Why::ClockSet, None));
    assert_eq!(cause.because, [set.records[1].at]);
    // The amount of a line, said afterwards.
    let mut beside = phone.clone();
    let mut room = [0; 32];
    let amounts = List::encode(&[LineAmount(dong(70))], &mut room).unwrap();
    beside.say(june + 70, Entry::Detail(Detail { first: 1, amounts, operator: None, extensions: None }));
    let [(before, after, cause)] = correct(&till, &beside).try_into().unwrap();
    assert_eq!((before, cause.why), (after, Why::Amount));
    assert_eq!(cause.because, [beside.records[1].at]);
    // A count that finds 5 missing, although made on a device whose records came late.
    let mut counter = phone.clone();
    let begin = counter.begin_count(june + 80);
    counter.count_line(june + 81, begin, LOT, 85);
    let [(_, after, cause)] = correct(&till, &counter).try_into().unwrap();
    assert_eq!((after, cause.why), ([0, 100, 10, -5, 85], Why::New));
    // What no longer counts is missing from the way back; a ledger that was kept has it.
    let mut now = ledger_of(&[&till]);
    let settled = now.settled();
    let (_, missing) = settled.earlier(&known, true);
    assert_eq!(missing, [known[1]]);
    let found = settled.corrections(sent.settled(), &month(6));
    assert_eq!((found[0].causes.len(), found[0].causes[0].why), (1, Why::Gone));
    assert_eq!(found[0].after.went - found[0].before.went, -1);
}

#[test]
fn the_vaccinators_open_vial_wastage_is_nine_of_forty() {
    let mut log = Log::new(1, SHOP);
    let time = at("2026-06-02T03:00:00Z");
    log.say(time, goes_in(LOT, 20));
    let doses = |reason: &str, parts| Movement {
        quantity: Quantity::Parts { parts, per_unit: 10, measure: Measure::Dose },
        ..goes(LOT, reason, 1)
    };
    log.say(time + 1, said(doses("administered", 31)));
    log.say(time + 2, said(doses("open_vial_wastage", 9)));
    let mut ledger = ledger_of(&[&log]);
    let usage = ledger.settled().usage(&month(6), day("2026-07-01")).remove(0);
    let wastage = usage.wastage().unwrap();
    assert_eq!((wastage.numerator, wastage.denominator, wastage.rounded(3)), (9, 40, Some(225)));
    assert_eq!(usage.usable.in_units(), Fraction::new(16, 1), "16 vials, 160 doses");
    assert_eq!(usage.consumed().in_units(), Fraction::new(31, 10), "wastage is no consumption");
    // Of whole vials too: 2 thrown away unopened as wastage are 20 doses.
    log.say(time + 3, said(goes(LOT, "open_vial_wastage", 2)));
    let mut ledger = ledger_of(&[&log]);
    assert_eq!(ledger.settled().usage(&month(6), day("2026-07-01"))[0].wastage(), Fraction::new(29, 60));
}

#[test]
fn average_consumption_leaves_out_the_days_without_stock() {
    let mut log = Log::new(1, SHOP);
    // April to June: 91 days. 90 come on 1 April and are sold by the end of the month; 60 come on 1 June, 30 are sold.
    log.say(at("2026-04-01T03:00:00Z"), goes_in(LOT, 90));
    log.say(at("2026-04-11T03:00:00Z"), said(goes(LOT, "retail", 50)));
    log.say(at("2026-04-30T03:00:00Z"), said(goes(LOT, "retail", 40)));
    log.say(at("2026-06-01T03:00:00Z"), goes_in((A, "L2"), 60));
    log.say(at("2026-06-20T03:00:00Z"), said(goes((A, "L2"), "retail", 30)));
    log.say(at("2026-06-21T03:00:00Z"), said(goes((A, "L2"), "wholesale", 10))); // no consumption
    log.say(at("2026-07-05T03:00:00Z"), said(goes((A, "L2"), "retail", 5))); // after the period
    let span = Span::months_before(day("2026-07-20"), 3).unwrap();
    assert_eq!((span.from(), span.to(), span.days()), (day("2026-04-01"), day("2026-06-30"), 91));
    let period = Period { span, ..month(6) };
    let mut ledger = ledger_of(&[&log]);
    let settled = ledger.settled();
    let usage = settled.usage(&period, day("2026-07-20")).remove(0);
    assert_eq!((usage.months, usage.days, usage.days_in_stock), (Some(3), 91, 59));
    let average = usage.average().unwrap();
    assert_eq!(average, Fraction::new(40, 1).unwrap());
    // 120 ÷ 3 × 91 ÷ 59.
    let in_stock = usage.average_in_stock().unwrap();
    assert_eq!((in_stock, in_stock.rounded(2)), (Fraction::new(3_640, 59).unwrap(), Some(6_169)));
    assert_eq!(usage.months_of_stock(average), Fraction::new(15, 40));
    let outs = settled.stock_outs(&period).remove(0);
    assert_eq!((outs.days, outs.out, outs.spans), (91, 32, [(day("2026-04-30"), day("2026-05-31"))].to_vec()));
    // Before the product's first record nothing was out of stock; without whole months there is no monthly average.
    let march = Period { span: Span::new(day("2026-03-15"), day("2026-04-05")).unwrap(), ..period };
    let outs = settled.stock_outs(&march).remove(0);
    assert_eq!((outs.days, outs.out), (5, 0));
    assert_eq!(settled.usage(&march, day("2026-07-20"))[0].average(), None);
    assert!(settled.stock_outs(&month(3)).is_empty());
}

#[test]
fn what_is_recalled_expired_or_held_is_no_stock_to_dispense() {
    let mut log = Log::new(1, SHOP);
    let mut ministry = Log::new(9, "MOH");
    log.say(
        at("2026-06-01T03:00:00Z"),
        said(Movement { expiry: Expiry::Day(day("2026-06-05")), ..moves(Direction::In, LOT, 10) }),
    );
    log.say(at("2026-06-10T03:00:00Z"), goes_in((A, "L2"), 10));
    log.say(
        at("2026-06-25T03:00:00Z"),
        said(Movement { to_bucket: Some(Bucket::Hold), ..moves(Direction::Move, (A, "L2"), 10) }),
    );
    log.say(
        at("2026-06-28T03:00:00Z"),
        said(Movement {
            bucket: Bucket::Hold,
            to_bucket: Some(Bucket::Available),
            ..moves(Direction::Move, (A, "L2"), 1)
        }),
    );
    let (mut x, mut y) = ([0; 64], [0; 64]);
    let recall = Recall {
        class: 2,
        notice: "n",
        products: List::encode(&[Product::parse(A).unwrap()], &mut x).unwrap(),
        lots: List::encode(&[LotNumber::parse("L2").ok()], &mut y).ok(),
        from: None,
        extensions: None,
    };
    ministry.say(at("2026-06-15T03:00:00Z"), Entry::Recall(recall));
    ministry.say(
        at("2026-06-20T03:00:00Z"),
        Entry::EndRecall(crate::record::EndRecall { recall: Reference::Own(0), notice: None, extensions: None }),
    );
    let mut ledger = super::order::new_ledger();
    for made in log.records.iter().chain(&ministry.records) {
        ledger.apply(&made.verified());
    }
    let outs = ledger.settled().stock_outs(&month(6)).remove(0);
    let expected = [
        (day("2026-06-06"), day("2026-06-09")), // expired after the 5th
        (day("2026-06-15"), day("2026-06-19")), // recalled
        (day("2026-06-25"), day("2026-06-27")), // held
    ];
    assert_eq!((outs.days, outs.out, outs.spans.as_slice()), (30, 12, expected.as_slice()));
}

#[test]
fn what_will_expire_is_worth_its_latest_price() {
    let mut log = Log::new(1, SHOP);
    let time = at("2026-06-02T03:00:00Z");
    let expiry = |text| Expiry::parse(text).unwrap();
    let lot = |number, units, until, amount| {
        said(Movement { expiry: expiry(until), amount, ..comes((A, number), "supplier", units) })
    };
    log.say(time, lot("L1", 8, "2026-08-31", dong(1_000)));
    log.say(time + 1, lot("L1", 8, "2026-08-31", dong(1_001))); // 125.125 a unit
    log.say(time + 2, lot("L1", 4, "2026-08-31", None));
    log.say(time + 3, said(goes((A, "L1"), "retail", 16)));
    log.say(time + 4, lot("L2", 5, "2026-06-30", None)); // no price
    log.say(time + 5, lot("L3", 5, "2026-12-31", dong(5))); // too far
    log.say(time + 6, lot("L4", 5, "2026-05-31", dong(5))); // over already
    log.say(time + 7, lot("L5", 5, "2026-08-30", dong(5)));
    log.say(time + 8, said(goes((A, "L5"), "retail", 5))); // nothing left
    let mut ledger = ledger_of(&[&log]);
    let rows = ledger.settled().at_risk(SHOP, day("2026-06-30"), 62).unwrap();
    let rows: Vec<_> = rows.iter().map(|r| (r.lot.unwrap().as_str(), r.on_hand.units(), r.price, r.value)).collect();
    // 4 × 1,001 ÷ 8 = 500.5.
    assert_eq!(rows, [("L2", 5, None, None), ("L1", 4, Fraction::new(1_001, 8), Some(501))]);
    let settled = ledger.settled();
    assert_eq!(settled.at_risk(SHOP, day("2026-06-30"), 61).unwrap().len(), 1, "31 August is day 62");
    assert_eq!(settled.at_risk(SHOP, day("2026-06-30"), u16::MAX).err(), Some(TimeError::Range));
    assert_eq!(settled.at_risk("nobody", day("2026-06-30"), 90).unwrap(), []);
}

#[test]
fn movements_of_a_clock_that_was_never_set_are_said_to_be_undated() {
    let mut log = Log::new(1, SHOP);
    let uptime = Record { clock_unset: true, ..Record::new(Timestamp::from_secs(40), goes_in(LOT, 5)) };
    log.write(uptime);
    let report = |log: &Log| {
        let mut ledger = ledger_of(&[log]);
        let report = ledger.settled().period(&month(6));
        (five(&only(&report)), report.completeness.undated)
    };
    assert_eq!(report(&log), ([5, 0, 0, 0, 5], 1));
    let set = i64::from(at("2026-06-05T03:00:00Z")) - 100;
    log.say(at("2026-06-05T03:00:00Z"), Entry::ClockSet(ClockSet { change: set, extensions: None }));
    assert_eq!(report(&log), ([0, 5, 0, 0, 5], 0));
}

#[test]
fn spans_are_refused_where_they_end_before_they_begin() {
    assert_eq!(Span::new(day("2026-06-02"), day("2026-06-01")), Err(TimeError::Backwards));
    assert!(Span::month(2026, 13).is_err());
    let span = Span::months_before(day("2026-02-28"), 14).unwrap();
    assert_eq!((span.from(), span.to(), span.months()), (day("2024-12-01"), day("2026-01-31"), Some(14)));
    assert_eq!(Span::months_before(day("1975-01-31"), 1), Err(TimeError::Range));
    let half = Span::half_year(2026, Half::Second).unwrap();
    assert_eq!((half.from(), half.to(), half.months()), (day("2026-07-01"), day("2026-12-31"), Some(6)));
    assert_eq!(Span::new(day("2026-07-01"), day("2026-07-30")).unwrap().months(), None);
}

#[test]
fn fractions_are_exact_and_rounded_away_from_zero_at_the_half() {
    let f = |a, b| Fraction::new(a, b).unwrap();
    assert_eq!((f(6, -4), f(1, 3).plus(f(1, 6)).unwrap()), (f(-3, 2), f(1, 2)));
    assert_eq!((f(-5, 2).rounded(0), f(5, 2).rounded(0), f(7, 3).rounded(2)), (Some(-3), Some(3), Some(233)));
    assert_eq!((Fraction::new(1, 0), f(1, 2).over(f(0, 1)), f(i128::MAX, 1).plus(f(1, 1))), (None, None, None));
    assert_eq!(Fraction::new(i128::MIN, -1), None, "too large");
}

#[test]
fn a_fund_is_a_place_too() {
    let mut log = Log::new(1, SHOP);
    let time = at("2026-06-02T03:00:00Z");
    log.say(time, said(Movement { fund: Fund::parse("ARV").ok(), ..moves(Direction::In, LOT, 6) }));
    log.say(time + 1, goes_in(LOT, 4));
    let mut ledger = ledger_of(&[&log]);
    let settled = ledger.settled();
    let of = |fund| only(&settled.period(&Period { fund: Some(fund), ..month(6) })).closing;
    assert_eq!((of(Some("ARV")), of(None), only(&settled.period(&month(6))).closing), (6, 4, 10));
}
