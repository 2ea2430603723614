//! The account that goes on with the own log, and the rows that are asked of it.
use super::*;
use crate::account::{Account, FindingsQuery, ReportKind, ReportQuery, StockQuery};
use crate::lang::Lang;
use medlot_core::time::Date;
use proptest::prelude::*;

/// Something that a person does.
#[derive(Debug, Clone)]
enum Act {
    In(u8, u8),
    Out(u8, u8),
    Hold(u8, u8),
    Count(u8, u8),
    Reverse(u8),
    Seal,
    Later(u32),
    TakeIn,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => (0..4_u8, 1..50_u8).prop_map(|(lot, n)| Act::In(lot, n)),
        4 => (0..4_u8, 1..50_u8).prop_map(|(lot, n)| Act::Out(lot, n)),
        1 => (0..4_u8, 1..9_u8).prop_map(|(lot, n)| Act::Hold(lot, n)),
        1 => (0..4_u8, 0..60_u8).prop_map(|(lot, n)| Act::Count(lot, n)),
        2 => any::<u8>().prop_map(Act::Reverse),
        1 => Just(Act::Seal),
        2 => prop_oneof![Just(60_u32), Just(3_600), Just(86_400)].prop_map(Act::Later),
        1 => Just(Act::TakeIn),
    ];
    proptest::collection::vec(act, 1..24)
}

/// Everything that an account answers, as text.
fn answers(account: &mut Account) -> String {
    let mut out = Vec::new();
    // Kept answers too: stock, and the report that was asked for last, stand from before.
    let stock = account.stock_in_pages(StockQuery { empty_too: true, ..StockQuery::default() }, Lang::En).unwrap();
    out.extend(stock.rows_json().iter().map(ToString::to_string));
    let all = FindingsQuery { all: true, answer_days: 1, ..FindingsQuery::default() };
    out.extend(account.findings(&all, Lang::En).unwrap().iter().map(ToString::to_string));
    let from = Some(Date::new(2026, 11, 1).unwrap());
    let kinds =
        [ReportKind::Usage, ReportKind::Turnover, ReportKind::Deliveries, ReportKind::StockOuts, ReportKind::Usage];
    for kind in kinds {
        let query = ReportQuery { from, ..ReportQuery::default() };
        out.push(account.report_in_pages(kind, query, Lang::En).unwrap().json().to_string());
    }
    for at in 0..4 {
        let query =
            crate::account::LotQuery { product: PARACETAMOL.into(), lot: Some(format!("A{at}")), facility: None };
        out.push(format!(
            "{:?}",
            account.card(&query).map(|rows| rows.iter().map(ToString::to_string).collect::<Vec<_>>())
        ));
    }
    out.join("\n")
}

fn act(device: &Device, supplier: &Device, act: &Act, now: &mut i64) {
    let lot_of = |lot: &u8, n: &u8| line(&format!("A{lot}"), &n.to_string());
    // What can't be done (a reversal of what isn't there) is refused, and changes nothing.
    match act {
        Act::In(lot, n) => drop(device.record(Direction::In, lot_of(lot, n), false, Language::En, *now)),
        Act::Out(lot, n) => drop(device.record(Direction::Out, lot_of(lot, n), true, Language::En, *now)),
        Act::Hold(lot, n) => {
            let held = MovementInput { to: Some("hold".into()), ..lot_of(lot, n) };
            drop(device.record(Direction::Move, held, true, Language::En, *now));
        }
        Act::Count(lot, n) => {
            device.count_begin(CountInput::default(), *now).unwrap();
            device.confirm();
            drop(device.count_line(None, lot_of(lot, n), *now));
            device.confirm();
            drop(device.count_end(None, false, None, *now));
        }
        Act::Reverse(at) => drop(device.reverse(&at.to_string(), None, NoteInput::default(), Language::En, *now)),
        Act::Seal => drop(device.seal(*now)),
        Act::Later(seconds) => *now += i64::from(*seconds),
        Act::TakeIn => {
            let goods = handover("01C55", vec![line("A1", "5")]);
            let sent = supplier.hand_over(goods, true, Language::En, *now).unwrap();
            supplier.confirm();
            drop(device.receive(sent.bundle.unwrap(), ReceiveInput::default(), *now));
        }
    }
    device.confirm();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn an_account_that_follows_the_own_log_answers_as_one_worked_out_anew(acts in acts()) {
        let mut ministry = Ministry::new();
        let ((device, _), (supplier, _)) = (ministry.device("01C55"), ministry.device("01A01"));
        let mut now = NOW;
        let mut follower: Option<Account> = None;
        for one in &acts {
            act(&device, &supplier, one, &mut now);
            let mut inner = device.inner();
            let desk = inner.desk().unwrap();
            desk.set_now(Timestamp::from_unix(now).unwrap());
            let mut anew = Account::of_desk(desk).unwrap();
            let goes_on = follower.as_mut().is_some_and(|account| account.follow(desk));
            let mut account = follower.take().filter(|_| goes_on).unwrap_or_else(|| Account::of_desk(desk).unwrap());
            prop_assert_eq!(answers(&mut account), answers(&mut anew), "after {:?}", one);
            prop_assert_eq!(desk.is_known_enrolled().unwrap(), desk.is_enrolled().unwrap(), "after {:?}", one);
            follower = Some(account);
        }
    }
}

#[test]
fn a_day_of_sales_is_followed_and_what_others_sent_is_worked_out_anew() {
    let mut ministry = Ministry::new();
    let ((device, _), (supplier, _)) = (ministry.device("01C55"), ministry.device("01A01"));
    let mut now = NOW;
    let follows = |account: &mut Account, now: i64| {
        let mut inner = device.inner();
        let desk = inner.desk().unwrap();
        desk.set_now(Timestamp::from_unix(now).unwrap());
        account.follow(desk)
    };
    let mut account = Account::of_desk(device.inner().desk().unwrap()).unwrap();
    for one in [Act::In(1, 40), Act::Out(1, 2), Act::Later(3_600), Act::Count(1, 38), Act::Seal, Act::Reverse(2)] {
        act(&device, &supplier, &one, &mut now);
        assert!(follows(&mut account, now), "{one:?}");
    }
    act(&device, &supplier, &Act::TakeIn, &mut now);
    assert!(!follows(&mut account, now), "a hand-over of another facility is held now");
    let mut account = Account::of_desk(device.inner().desk().unwrap()).unwrap();
    assert!(follows(&mut account, now));
    assert!(!follows(&mut account, now - 1), "the clock went back");
    assert!(!follows(&mut account, now + 86_400), "what is valid may be another thing tomorrow");
}

#[test]
fn rows_come_in_pages_that_make_up_the_whole() {
    let mut ministry = Ministry::new();
    let (device, mut stored) = ministry.device("01C55");
    for lot in 0..7 {
        comes_in(&device, &format!("A{lot}"), "10").unwrap();
        stored.keep(&device);
    }
    let page = |offset| device.stock(StockInput::default(), offset, 3, Language::En, NOW).unwrap();
    let whole = device.stock(StockInput::default(), 0, 100, Language::En, NOW).unwrap();
    assert_eq!(whole.total, 7);
    let parts: Vec<_> = [0, 3, 6, 9].into_iter().flat_map(|offset| page(offset).rows).collect();
    assert_eq!(parts, whole.rows);
    let moved = device.movements(MovementsInput::default(), 5, 100).unwrap();
    assert_eq!((moved.total, moved.rows.len()), (7, 2));
    assert_eq!(moved.rows, device.movements(MovementsInput::default(), 0, 100).unwrap().rows[5..]);
    assert_eq!(device.movements(MovementsInput::default(), 7, 1).unwrap().rows, []);
}

#[test]
fn a_report_is_a_table_for_people_and_json_that_a_correction_begins_with() {
    let mut ministry = Ministry::new();
    let (device, mut stored) = ministry.device("01C55");
    comes_in(&device, "A1", "10").unwrap();
    stored.keep(&device);
    let asked = ReportInput { from: Some("2026-11-01".into()), ..ReportInput::default() };
    let report = device.report(asked, 0, 100, Language::En, NOW).unwrap();
    assert_eq!((report.report.as_str(), report.total, report.provisional), ("turnover", 1, true));
    let cell = |key: &str| {
        let at = report.columns.iter().position(|column| column == key).unwrap();
        report.rows[0].cells[at].clone()
    };
    assert_eq!(
        (cell("product"), cell("lot"), cell("in"), cell("closing")),
        (PARACETAMOL.into(), "A1".into(), "10".into(), "10".into())
    );
    comes_in(&device, "A1", "5").unwrap();
    stored.keep(&device);
    let late = ReportInput { report: Some(ReportName::Correction), sent: Some(report.json), ..ReportInput::default() };
    let corrected = device.report(late, 0, 100, Language::En, NOW).unwrap();
    let at = corrected.columns.iter().position(|column| column == "closing_after").unwrap();
    assert_eq!(corrected.rows[0].cells[at], "15");
    let none = device.report(ReportInput::default(), 0, 100, Language::En, NOW).unwrap_err();
    assert_eq!((none.code(), none.english().contains("from")), (4001, true), "{none}");
}

#[test]
fn a_verifier_answers_for_every_facility_of_which_something_is_kept() {
    let mut ministry = Ministry::new();
    let ((pharmacy, _), (supplier, _)) = (ministry.device("01C55"), ministry.device("01A01"));
    comes_in(&supplier, "A1", "120").unwrap();
    supplier.confirm();
    let sent = supplier.hand_over(handover("01C55", vec![line("A1", "50")]), true, Language::En, NOW).unwrap();
    supplier.confirm();
    pharmacy.receive(sent.bundle.unwrap(), ReceiveInput::default(), NOW).unwrap();
    pharmacy.confirm();
    pharmacy.seal(NOW).unwrap();
    pharmacy.confirm();
    supplier.seal(NOW).unwrap();
    supplier.confirm();

    let national = Verifier::new(ministry.root()).unwrap();
    let all = || FindingsInput { all: true, ..FindingsInput::default() };
    let at = |facility: &str| StockInput { facility: Some(facility.into()), ..StockInput::default() };
    assert_eq!(national.stock(at("01C55"), 0, 10, Language::En, NOW).unwrap().total, 0);
    for device in [&supplier, &pharmacy] {
        national.keep(device.extract(0).unwrap()).unwrap();
    }
    let units = |facility| national.stock(at(facility), 0, 10, Language::En, NOW).unwrap().rows[0].on_hand;
    assert_eq!((units("01A01"), units("01C55")), (70, 50));
    let trace = national.trace(lot("A1"), Language::En, NOW).unwrap();
    assert!(trace.edges.iter().any(|edge| (edge.quantity, edge.received) == (50, 50)), "{trace:?}");
    let of = LotInput { facility: Some("01C55".into()), ..lot("A1") };
    assert_eq!(national.card(of, 0, 10, NOW).unwrap().rows[0].balance, 50);
    assert_eq!(national.findings(all(), 0, 10, Language::En, NOW).unwrap().total, 0);
    // Another time is looked at without working it out anew: the lot expires, the answers are those of a new verifier.
    let another = Verifier::new(ministry.root()).unwrap();
    for device in [&supplier, &pharmacy] {
        another.keep(device.extract(0).unwrap()).unwrap();
    }
    let later = NOW + 10 * 366 * 86_400;
    let asked = |of: &Verifier| {
        let stock = of.stock(at("01C55"), 0, 10, Language::En, later).unwrap();
        (stock, of.findings(all(), 0, 10, Language::En, later).unwrap())
    };
    assert_eq!(asked(&national), asked(&another));
    assert_eq!(asked(&national).0.rows[0].expired, 50);
    let unnamed = national.stock(StockInput::default(), 0, 10, Language::En, NOW).unwrap_err();
    assert!(unnamed.english().contains("facility"), "{unnamed}");
}
