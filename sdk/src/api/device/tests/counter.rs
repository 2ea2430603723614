//! At the counter and in the store: opened units, monitors, destructions, counts, and what is written down later.
use super::*;
use crate::api::{GroupOf, RecordView};

fn store(device: &Device, stored: &mut Stored, direction: Direction, movement: MovementInput) -> Written {
    let written = device.record(direction, movement, true, Language::En, NOW).unwrap();
    stored.keep(device);
    written
}

fn paracetamol() -> StockInput {
    StockInput { product: Some(PARACETAMOL.into()), ..StockInput::default() }
}

fn taken(pick: &Pick) -> Vec<(&str, &str)> {
    pick.lines.iter().map(|line| (line.lot.as_deref().unwrap(), line.take.as_str())).collect()
}

#[test]
fn opened_packs_say_what_may_be_done_with_them_and_are_picked_from_first() {
    let mut ministry = Ministry::new();
    let (device, mut stored) = ministry.device("01C55");
    store(&device, &mut stored, Direction::In, line("A1", "2"));
    store(&device, &mut stored, Direction::Out, line("A1", "7/10 piece"));
    let held = MovementInput { to: Some("hold".into()), ..line("A1", "5/10 piece") };
    store(&device, &mut stored, Direction::Move, held);
    let later = || StockInput { today: Some("2028-07-01".into()), ..paracetamol() };
    let parts = |of| device.stock(of, 0, 10, Language::En, NOW).unwrap().rows[0].parts.clone();
    let of = |part: &PartsOf| (part.count, part.available, part.hold, part.recalled, part.expired);
    assert_eq!(parts(paracetamol()).iter().map(of).collect::<Vec<_>>(), [(8, 8, 0, 0, 0), (5, 0, 5, 0, 0)]);
    assert_eq!(parts(later()).iter().map(of).collect::<Vec<_>>(), [(8, 0, 0, 0, 8), (5, 0, 5, 0, 5)]);

    let pick = device.pick(paracetamol(), "20/10 piece", NOW).unwrap();
    assert_eq!((taken(&pick), pick.missing, pick.lacks.as_str()), (vec![("A1", "8/10 piece")], 12, "12/10 piece"));
    let first = &pick.lines[0];
    assert_eq!((first.quantity, first.parts, first.parts_per_unit), (None, Some(8), Some(10)));
    assert_eq!((first.expiry.as_deref(), first.expiry_whole_month), (Some("2028-06-30"), true));
    assert!(device.pick(later(), "1/10 piece", NOW).unwrap().lines.is_empty(), "expired packs aren't given");
    assert_eq!(taken(&device.pick_opened(later(), "3/10 piece", NOW).unwrap()), [("A1", "3/10 piece")]);
    let units = device.pick_opened(paracetamol(), "3", NOW).unwrap_err();
    assert!(units.english().contains("quantity: 3;"), "{units}");

    // What is picked can be recorded as it stands.
    store(&device, &mut stored, Direction::Out, line("A1", &first.take));
    assert_eq!(parts(paracetamol()).iter().map(of).collect::<Vec<_>>(), [(5, 0, 5, 0, 0)]);
    let asked = device.check(line("A1", "4/10 piece"), Language::En, NOW).unwrap();
    assert!(asked.propose.is_empty(), "what is held isn't proposed");
    store(&device, &mut stored, Direction::In, line("B1", "3"));
    let asked = device.check(line("A1", "4/10 piece"), Language::En, NOW).unwrap();
    assert_eq!((asked.propose[0].lot.as_deref(), asked.propose[0].take.as_str()), (Some("B1"), "4/10 piece"));
}

#[test]
fn a_pack_that_was_given_before_its_expiry_is_not_stopped_when_it_is_written_down_later() {
    let mut ministry = Ministry::new();
    let (device, mut stored) = ministry.device("01C55");
    let pack = |at: Option<&str>| MovementInput {
        expiry: Some("2026-11-20".into()),
        effective_at: at.map(str::to_owned),
        ..line("A1", "1")
    };
    store(&device, &mut stored, Direction::In, pack(None));
    let stops = |at: Option<&str>| {
        let answer = device.check(pack(at), Language::En, NOW).unwrap();
        (answer.usable, answer.stops.first().map_or_else(String::new, |stop| stop.message.clone()))
    };
    assert_eq!(stops(None), (false, "EXPIRED: usable through 2026-11-20, today is 2026-11-29".into()));
    assert_eq!(stops(Some("2026-11-20T16:59:59Z")), (true, String::new()));
    // By the legal day of the root's offset.
    let message = "EXPIRED: usable through 2026-11-20, given on 2026-11-21";
    assert_eq!(stops(Some("2026-11-20T17:00:00Z")), (false, message.into()));
    let late = MovementInput { lot: None, effective_at: Some("2026-11-30T00:00:00Z".into()), ..pack(None) };
    let error = device.check(late, Language::En, NOW).unwrap_err();
    assert!(error.english().contains("effective_at"), "{error}");
}

#[test]
fn further_lines_of_a_lot_note_the_balance_that_the_book_had_without_the_count() {
    let mut ministry = Ministry::new();
    let (device, mut stored) = ministry.device("01C55");
    store(&device, &mut stored, Direction::In, line("A1", "5"));
    store(&device, &mut stored, Direction::Out, line("A1", "3/10 piece"));
    store(&device, &mut stored, Direction::In, MovementInput { vvm: Some(2), ..line("A1", "6") });
    let counted = |stored: &mut Stored, line: MovementInput| {
        device.count_line(None, line, NOW).unwrap();
        stored.keep(&device);
        let last = device.inner().desk().unwrap().log().records().iter().next_back().map(<[u8]>::to_vec);
        match medlot_core::record::Record::decode(&last.unwrap()).unwrap().entry {
            medlot_core::record::Entry::CountLine(line) => line.shown,
            other => panic!("{other:?}"),
        }
    };
    device.count_begin(CountInput::default(), NOW).unwrap();
    stored.keep(&device);
    // On two shelves, then what is open of it, then what stands at another stage.
    assert_eq!(counted(&mut stored, line("A1", "1")), Some(4));
    assert_eq!(counted(&mut stored, line("A1", "2")), Some(4));
    assert_eq!(counted(&mut stored, line("A1", "7/10 piece")), Some(47));
    assert_eq!(counted(&mut stored, MovementInput { vvm: Some(2), ..line("A1", "6") }), Some(6));
    store(&device, &mut stored, Direction::Out, line("A1", "1"));
    assert_eq!(counted(&mut stored, line("A1", "0")), Some(3), "what went since the first line went");
    device.count_end(None, false, None, NOW).unwrap();
    stored.keep(&device);
    device.count_begin(CountInput::default(), NOW).unwrap();
    stored.keep(&device);
    assert_eq!(counted(&mut stored, line("A1", "3/10 piece")), Some(37), "the count before is the book's");
    device.count_begin(CountInput { blind: true, ..CountInput::default() }, NOW).unwrap();
    stored.keep(&device);
    assert_eq!(counted(&mut stored, line("A1", "2")), None);
}

#[test]
fn the_stage_that_a_vial_monitor_shows_at_receipt_is_kept() {
    let mut ministry = Ministry::new();
    let (supplier, mut sent) = ministry.device("01A01");
    let (device, mut stored) = ministry.device("01C55");
    let vaccine = |lot: &str, vvm| MovementInput { vvm, ..line(lot, "10") };
    for (lot, stage) in [("V1", Some(1)), ("V2", Some(1)), ("V3", None)] {
        store(&supplier, &mut sent, Direction::In, vaccine(lot, stage));
    }
    let lines = vec![vaccine("V1", Some(1)), vaccine("V2", Some(1)), vaccine("V3", None)];
    let bundle = supplier.hand_over(handover("01C55", lines), false, Language::En, NOW).unwrap().bundle.unwrap();
    sent.keep(&supplier);
    let seen = |stages: &[(u32, u8)]| ReceiveInput {
        vvm: stages.iter().map(|(line, vvm)| SeenStage { line: *line, vvm: *vvm }).collect(),
        ..ReceiveInput::default()
    };
    for (stages, says) in [(&[(4, 2)][..], "line: 4"), (&[(1, 5)], "5")] {
        let refused = device.receive(bundle.clone(), seen(stages), NOW).unwrap_err();
        assert!(refused.english().contains(says), "{refused}");
    }
    let written = device.receive(bundle, seen(&[(1, 2), (3, 1)]), NOW).unwrap();
    stored.keep(&device);
    assert_eq!(written.records.iter().map(|record| record.vvm).collect::<Vec<_>>(), [Some(2), Some(1), Some(1)]);
    let rows = device.stock(StockInput::default(), 0, 10, Language::En, NOW).unwrap().rows;
    let stands: Vec<_> = rows.iter().map(|row| (row.lot.as_deref().unwrap(), row.vvm, row.on_hand)).collect();
    assert_eq!(stands, [("V1", Some(2), 10), ("V2", Some(1), 10), ("V3", Some(1), 10)]);
    assert!(rows.iter().all(|row| row.in_transit_in == 0), "the shipment's line is answered whatever the stage");
}

fn names(device: &Device) -> Vec<String> {
    let found = device.findings(FindingsInput::default(), 0, 100, Language::En, NOW).unwrap();
    found.rows.into_iter().map(|row| row.name).collect()
}

#[test]
fn the_minutes_of_a_destruction_are_one_group_that_is_attested_as_one() {
    let mut ministry = Ministry::new();
    let (device, mut stored) = ministry.device_as("01C55", &[Role::Move, Role::Attest]);
    store(&device, &mut stored, Direction::In, line("A1", "9"));
    store(&device, &mut stored, Direction::In, line("A2", "9"));
    let before = device.status().unwrap().records;
    let minutes = |witnesses: &[&str], lines| DestructionInput {
        minutes: "BB-7".into(),
        operator: "DS01".into(),
        witnesses: witnesses.iter().map(|who| (*who).to_owned()).collect(),
        lines,
    };
    let destroy = |of| device.destroy(of, Language::En, NOW);
    let both = || vec![line("A1", "4"), line("A2", "3/10 piece")];
    for (of, says) in [
        (minutes(&["DS01"], both()), "DS01"),
        (minutes(&["NV02", "NV02"], both()), "NV02"),
        (minutes(&[], vec![line("A1", "4"), line("A2", "0")]), "line 2"),
        (minutes(&[], vec![]), "lines: none"),
        (minutes(&[], (0..1_100).map(|lot| line(&format!("L{lot}"), "1")).collect()), "1024"),
    ] {
        let refused = destroy(of).unwrap_err();
        assert!(refused.english().contains(says), "{refused}");
    }
    assert_eq!(device.status().unwrap().records, before, "nothing of what was refused is written");

    let done = destroy(minutes(&["NV02"], both())).unwrap();
    stored.keep(&device);
    assert_eq!((done.first, done.count, done.people, done.missing), (before, 2, 2, 1));
    assert_eq!(u32::from(medlot_core::ledger::DESTRUCTION_PEOPLE), destruction_people());
    device.seal(NOW).unwrap();
    stored.keep(&device);
    assert_eq!(names(&device), ["destruction_unwitnessed", "destruction_unwitnessed"]);
    let third = NoteInput { operator: Some("NV03".into()), ..NoteInput::default() };
    device.attest(&done.record, "pharmacist_in_charge", false, third, NOW).unwrap();
    stored.keep(&device);
    device.seal(NOW).unwrap();
    stored.keep(&device);
    assert_eq!(names(&device), [""; 0], "an attestation of the first record is one of the whole minutes");

    // Who stands for it can be read.
    let asked = |kinds: &[&str], reason: Option<&str>| MovementsInput {
        kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
        direction: reason.map(|_| Direction::Out),
        reason: reason.map(str::to_owned),
        ..MovementsInput::default()
    };
    let rows = |of| device.movements(of, 0, 100).unwrap().rows;
    let attests = rows(asked(&["attest"], None));
    let of = |row: &RecordView| {
        let about = row.attests.as_ref().map(|of| (of.log.clone(), of.index));
        (about, row.capacity.clone().unwrap(), row.operator.clone().unwrap(), row.refused)
    };
    let head = Some((None, done.first));
    assert_eq!(
        attests.iter().map(of).collect::<Vec<_>>(),
        [
            (head.clone(), "witness_of_destruction".into(), "NV02".into(), false),
            (head, "pharmacist_in_charge".into(), "NV03".into(), false)
        ]
    );
    let lines = rows(asked(&["movement"], Some("destroy")));
    let groups: Vec<_> = lines.iter().map(|row| row.group.clone().unwrap()).collect();
    assert_eq!(groups, [GroupOf { lines: Some(2), back: None }, GroupOf { lines: None, back: Some(1) }]);
    assert_eq!(lines[0].documents[0].number, "BB-7");
    assert_eq!(lines[1].parts, Some(3));
}

#[test]
fn movements_are_asked_for_by_kind_direction_reason_and_facility() {
    let mut ministry = Ministry::new();
    let (device, mut stored) = ministry.device_as("01C55", &[Role::Move, Role::Attest]);
    let first = store(&device, &mut stored, Direction::In, line("A1", "9")).first;
    store(&device, &mut stored, Direction::Out, line("A1", "2"));
    store(&device, &mut stored, Direction::Out, MovementInput { reason: Some("damaged".into()), ..line("A1", "1") });
    device.reverse(&first.to_string(), Some(1), NoteInput::default(), Language::En, NOW).unwrap();
    stored.keep(&device);
    let refused = NoteInput { operator: Some("TT01".into()), ..NoteInput::default() };
    device.attest(&first.to_string(), "inspector", true, refused, NOW).unwrap();
    stored.keep(&device);
    let kinds = |of: MovementsInput| {
        let page = device.movements(of, 0, 100).unwrap();
        assert_eq!(page.total as usize, page.rows.len());
        page.rows.into_iter().map(|row| row.kind).collect::<Vec<_>>()
    };
    let input = MovementsInput::default;
    assert_eq!(kinds(input()), ["movement", "movement", "movement", "reversal", "attest"]);
    assert_eq!(kinds(MovementsInput { direction: Some(Direction::In), ..input() }), ["movement", "reversal"]);
    let reason = |name: &str| MovementsInput { direction: Some(Direction::Out), reason: Some(name.into()), ..input() };
    assert_eq!(kinds(reason("damaged")), ["movement"]);
    assert_eq!(kinds(MovementsInput { kinds: vec!["attest".into()], ..input() }), ["attest"]);
    assert_eq!(kinds(MovementsInput { facility: Some("01A01".into()), ..input() }), [""; 0]);
    assert_eq!(kinds(MovementsInput { facility: Some("01C55".into()), ..input() }).len(), 5);
    let attest = device.movements(MovementsInput { kinds: vec!["attest".into()], ..input() }, 0, 1).unwrap();
    assert!(attest.rows[0].refused && attest.rows[0].attests.as_ref().is_some_and(|of| of.index == first));
    for (of, says) in [
        (MovementsInput { kinds: vec!["count_line".into()], ..input() }, "count_line"),
        (MovementsInput { reason: Some("damaged".into()), ..input() }, "direction"),
        (reason("supplier"), "supplier"),
    ] {
        let refused = device.movements(of, 0, 1).unwrap_err();
        assert!(refused.english().contains(says), "{refused}");
    }
}
