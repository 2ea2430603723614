//! The handheld and the station's device synchronise, on the host's model: each holds what the other wrote, and both say
//! the same stock.
use crate::device::{AN386, Board, Device, MICROBIT, Model};
use crate::station::{NOW, Station, said_shelf};
use medlot_core::movement::Direction;

/// Lines of a handheld's work at the station.
pub fn work(handheld: &mut impl Device, lines: &[&str]) {
    for line in lines {
        let said = handheld.line(line).unwrap();
        assert!(said.last().unwrap().starts_with("ok"), "{line}: {said:?}");
    }
}

/// A scan of a lot.
pub fn scan(lot: &str) -> String {
    format!("01{}17270331{}", crate::day::GTIN, format_args!("10{lot}"))
}

/// The handheld joins, sells what the phone received and receives something else.
pub fn first_work(station: &Station, handheld: &mut impl Device) {
    station.take_in(handheld);
    let (a, c) = (scan("A200"), scan("C1"));
    work(handheld, &[&a, "dispense 4", "hold 2", &c, "receive 30", "dispense 1"]);
    station.meet_the_authority();
}

fn meets<const W: usize, const E: usize>(board: &Board, name: &str) {
    let station = Station::new(name);
    let (mut handheld, _) = Model::<W, E>::boot(board, &board.new_chip(), None);
    first_work(&station, &mut handheld);
    let (said, report) = station.meet(&mut handheld).unwrap();
    assert_eq!(said.last().unwrap(), "ok sync", "{said:?}");
    assert!(report.done && report.aside.is_empty() && report.observed.len() == 1, "{report:?}");
    assert_eq!(report.totals.refused_there, 0);
    let shelf = said_shelf(&handheld.line("stock").unwrap());
    assert_eq!(shelf, station.shelf());
    assert!(shelf.contains(&("A100".into(), false, 37, false)) && shelf.contains(&("A200".into(), true, 2, false)));

    // Each wrote what it observed; that alone makes no more of it.
    let (_, report) = station.meet(&mut handheld).unwrap();
    assert_eq!((report.observed.len(), report.totals.stored.0), (0, 1), "{report:?}");
    let (_, report) = station.meet(&mut handheld).unwrap();
    assert_eq!((report.totals.sent.0, report.totals.stored.0), (0, 0), "{report:?}");

    // Both count one lot and sell of it, neither knowing of the other's; a recall comes through the phone.
    station.count("A100", "36");
    station.record(Direction::Out, "A100", "2");
    station.recall("C1");
    station.meet_the_authority();
    let (a, c) = (scan("A100"), scan("C1"));
    work(&mut handheld, &["time 2026-11-24T08:20:00Z", "count begin", &c, "count 28", &a, "count 35", "count end"]);
    work(&mut handheld, &["dispense 5"]);
    station.meet(&mut handheld).unwrap();
    let shelf = said_shelf(&handheld.line("stock").unwrap());
    assert_eq!(shelf, station.shelf());
    assert!(shelf.contains(&("C1".into(), false, 28, true)), "{shelf:?}");

    // The same after switching off, and after room was reclaimed.
    let (mut handheld, said) = Model::<W, E>::boot(board, &handheld.off(), None);
    assert_eq!(said, ["ok boot"]);
    work(&mut handheld, &["time 2026-11-24T09:00:00Z"]);
    assert_eq!(said_shelf(&handheld.line("stock").unwrap()), shelf);
    // What clocks decided may need records read again: a count that knew all is what the stock may rest on without them.
    work(&mut handheld, &["count begin", &a, "count 29", "count end"]);
    for _ in 0..board.log / 100 {
        work(&mut handheld, &[&c, "receive 1"]);
    }
    station.meet(&mut handheld).unwrap();
    assert_eq!(handheld.line("reclaim").unwrap().last().unwrap(), "ok reclaim");
    let (mut handheld, _) = Model::<W, E>::boot(board, &handheld.off(), None);
    work(&mut handheld, &[&format!("time {NOW}")]);
    station.record(Direction::Out, "C1", "7");
    station.meet(&mut handheld).unwrap();
    assert_eq!(said_shelf(&handheld.line("stock").unwrap()), station.shelf());
}

#[test]
fn a_handheld_and_a_folder_of_its_facility_end_with_one_stock() {
    meets::<8, 2_048>(&AN386, "m4");
    meets::<4, 1_024>(&MICROBIT, "m0");
}

#[test]
fn what_a_cut_device_wrote_after_its_cut_leaves_the_handhelds_stock() {
    let station = Station::new("cut");
    let (mut handheld, _) = Model::<8, 2_048>::boot(&AN386, &AN386.new_chip(), None);
    first_work(&station, &mut handheld);
    let before = station.phone_records();
    station.record(Direction::Out, "A100", "30");
    station.meet(&mut handheld).unwrap();
    let with = said_shelf(&handheld.line("stock").unwrap());
    station.meet_the_authority();
    station.revoke_phone(before);
    station.meet_the_authority();
    station.meet(&mut handheld).unwrap();
    let without = said_shelf(&handheld.line("stock").unwrap());
    assert_eq!(without, station.shelf());
    assert_ne!(with, without);
    let (mut handheld, _) = Model::<8, 2_048>::boot(&AN386, &handheld.off(), None);
    work(&mut handheld, &[&format!("time {NOW}")]);
    assert_eq!(said_shelf(&handheld.line("stock").unwrap()), without);
}

#[test]
fn a_checkpoint_that_holds_what_a_cut_took_back_is_said_to_be_wrong() {
    let station = Station::new("late-cut");
    let (mut handheld, _) = Model::<8, 2_048>::boot(&AN386, &AN386.new_chip(), None);
    first_work(&station, &mut handheld);
    let before = station.phone_records();
    station.record(Direction::Out, "A100", "30");
    work(&mut handheld, &[&scan("C1")]);
    for _ in 0..1_200 {
        work(&mut handheld, &["receive 1"]);
    }
    station.meet(&mut handheld).unwrap();
    assert_eq!(handheld.line("reclaim").unwrap().last().unwrap(), "ok reclaim");
    station.meet_the_authority();
    station.revoke_phone(before);
    station.meet_the_authority();
    assert_eq!(handheld.line("stock").unwrap().last().unwrap(), "ok stock");
    let (said, _) = station.meet(&mut handheld).unwrap();
    assert_eq!(said.last().unwrap(), "ok sync");
    assert_eq!(handheld.line("stock").unwrap().last().unwrap(), "err 0 stock_of_a_cut_device");
    let (mut handheld, _) = Model::<8, 2_048>::boot(&AN386, &handheld.off(), None);
    work(&mut handheld, &[&format!("time {NOW}")]);
    assert_eq!(handheld.line("stock").unwrap().last().unwrap(), "err 0 stock_of_a_cut_device");
}
