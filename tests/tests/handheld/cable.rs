//! The handheld in the emulator and the real `medlot sync --port`, over the socket that is the board's UART; and the same
//! with the supply failing in the middle.
use crate::device::{AN386, Board, Device, MICROBIT, Machine, Model};
use crate::meeting::{first_work, scan, work};
use crate::station::{NOW, Shelf, Station, rows_shelf, said_shelf};
use crate::{folder, seeded, write_figures};
use medlot_core::movement::Direction;
use std::net::{SocketAddr, TcpListener};
use std::ops::Range;
use std::process::Command;

/// Runs `medlot` in the station's folders; what it says, where it ends with 0.
fn medlot(station: &Station, args: &[&str]) -> Option<serde_json::Value> {
    let program = std::env::var("MEDLOT_COMMAND")
        .expect("MEDLOT_COMMAND doesn't name the command: run `cargo xtask test firmware`, which builds it");
    let mut command = Command::new(program);
    command.current_dir(&station.folder).args(["--dir", "phone", "--json", "--now", NOW]).args(args);
    let ended = command.output().unwrap();
    ended.status.success().then(|| serde_json::from_slice(&ended.stdout).unwrap())
}

/// The command carries a session to whoever has the socket.
fn synchronise(station: &Station, socket: SocketAddr) -> Option<serde_json::Value> {
    medlot(station, &["sync", "--port", &format!("tcp:{socket}")])
}

/// An address that nobody has.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// What the command says of the stock.
fn shelf(station: &Station) -> Shelf {
    rows_shelf(medlot(station, &["stock"]).unwrap()["stock"].as_array().unwrap())
}

/// A handheld that has worked at a station and has met nobody: the station, and its chip.
fn worked<const W: usize, const E: usize>(board: &Board, name: &str) -> (Station, Vec<u8>) {
    let station = Station::new(name);
    let (mut model, _) = Model::<W, E>::boot(board, &board.new_chip(), None);
    first_work(&station, &mut model);
    (station, model.off())
}

fn set_clock(handheld: &mut impl Device) {
    work(handheld, &[&format!("time {NOW}")]);
}

fn meets<const W: usize, const E: usize>(board: &Board, what: &str) {
    let (station, chip) = worked::<W, E>(board, &format!("meets-{what}"));
    let (beside, socket) = (station.copy("model"), free());
    let (mut model, _) = Model::<W, E>::boot(board, &chip, None);
    let (mut machine, said) =
        Machine::boot_on(board, &chip, &folder(&format!("{}-cable", board.name)), false, Some(socket));
    assert_eq!(said, ["ok boot"]);
    set_clock(&mut model);
    set_clock(&mut machine);
    for round in 0..2 {
        beside.meet(&mut model).unwrap();
        machine.unplug();
        let said = synchronise(&station, socket).expect("the command ends with 0");
        assert!(said["done"] == true && said["observed"].as_array().unwrap().len() == 1, "{said}");
        machine.plug().expect("the board answers");
        let stock = said_shelf(&machine.line("stock").unwrap());
        assert_eq!(stock, shelf(&station), "round {round}");
        assert_eq!(stock, said_shelf(&model.line("stock").unwrap()), "round {round}");
        if round == 0 {
            // Both count one lot and sell of it, neither knowing of the other's.
            for station in [&station, &beside] {
                station.count("A100", "36");
                station.record(Direction::Out, "A100", "2");
            }
            let a = scan("A100");
            let lines = ["time 2026-11-24T08:20:00Z", "count begin", &a, "count 35", "count end", "dispense 5"];
            work(&mut model, &lines);
            work(&mut machine, &lines);
        }
    }
    write_figures(what, &[("session.stack", machine.ask("stack"))]);
    let (board, model) = (machine.off(), model.off());
    assert!(board == model, "the chips differ");
}

#[test]
#[ignore = "needs the image: cargo xtask test firmware"]
fn emulated_cortex_m4_and_the_command_end_with_one_stock() {
    meets::<8, 2_048>(&AN386, "m4");
}

#[test]
#[ignore = "needs the image: cargo xtask test firmware"]
fn emulated_cortex_m0_and_the_command_end_with_one_stock() {
    meets::<4, 1_024>(&MICROBIT, "m0");
}

/// Bytes of power that a whole session takes, and which of them are erasures.
fn whole<const W: usize, const E: usize>(board: &Board, station: &Station, chip: &[u8]) -> (usize, Vec<Range<usize>>) {
    let (mut model, _) = Model::<W, E>::boot(board, chip, None);
    set_clock(&mut model);
    station.copy("whole").meet(&mut model).unwrap();
    let chip = model.chip.borrow();
    (chip.used, chip.erased.clone())
}

/// A session on the model that a cut ends, and another: the chip at the cut, and at the end.
fn cut_model<const W: usize, const E: usize>(board: &Board, here: &Station, chip: &[u8], power: usize) -> [Vec<u8>; 2] {
    let (mut model, _) = Model::<W, E>::boot(board, chip, None);
    set_clock(&mut model);
    model.power(power);
    assert!(here.meet(&mut model).is_err(), "the supply fails at {power}");
    let cut = model.off();
    let (mut model, said) = Model::<W, E>::boot(board, &cut, None);
    assert_eq!(said, ["ok boot"], "cut at {power}");
    set_clock(&mut model);
    let (said, report) = here.meet(&mut model).unwrap();
    assert_eq!(said.last().unwrap(), "ok sync", "cut at {power}: {said:?}");
    assert!(report.done && report.aside.is_empty(), "cut at {power}");
    assert_eq!(said_shelf(&model.line("stock").unwrap()), here.shelf(), "cut at {power}");
    [cut, model.off()]
}

#[test]
fn cuts_all_over_a_session_end_in_the_stock_of_the_folder_on_the_model() {
    let board = &AN386;
    let (station, chip) = worked::<8, 2_048>(board, "cuts");
    let (used, erased) = whole::<8, 2_048>(board, &station, &chip);
    let inside = |at: &usize| erased.iter().any(|e| (e.start + 2..e.end - 2).contains(at));
    let cuts: Vec<usize> = (1..used).filter(|at| if inside(at) { at % 509 == 0 } else { at % 23 == 0 }).collect();
    println!("{} cuts of a session of {used} bytes", cuts.len());
    assert!(cuts.len() > 40, "{used} bytes");
    cuts.iter().for_each(|power| drop(cut_model::<8, 2_048>(board, &station.copy("cut"), &chip, *power)));
}

fn cuts<const W: usize, const E: usize>(board: &Board, name: &str, count: usize) {
    let (station, chip) = worked::<W, E>(board, name);
    let (used, erased) = whole::<W, E>(board, &station, &chip);
    for power in seeded(used, &erased, count, 0x7365_7373_696f) {
        let [cut, end] = cut_model::<W, E>(board, &station.copy("model"), &chip, power);
        let station = station.copy("board");
        let (socket, folder) = (free(), folder(&format!("{name}-{power}")));
        let on = |chip: &[u8]| Machine::boot_on(board, chip, &folder, false, Some(socket));
        let (mut machine, _) = on(&chip);
        set_clock(&mut machine);
        machine.power(power);
        machine.unplug();
        // Where the supply fails behind the last frame, the command has ended well before.
        synchronise(&station, socket);
        assert!(machine.chip() == cut, "cut at {power}: the chips differ");
        let (mut machine, said) = on(&cut);
        assert_eq!(said, ["ok boot"], "cut at {power}");
        set_clock(&mut machine);
        machine.unplug();
        assert!(synchronise(&station, socket).is_some(), "after the cut at {power}");
        machine.plug().expect("the board answers");
        assert_eq!(said_shelf(&machine.line("stock").unwrap()), shelf(&station), "after the cut at {power}");
        assert!(machine.off() == end, "after the cut at {power}: the chips differ");
        std::fs::remove_dir_all(folder).unwrap();
    }
    println!("{count} cuts of a session of {used} bytes on {}", board.name);
}

#[test]
#[ignore = "needs the image: cargo xtask test firmware"]
fn emulated_cortex_m4_cut_in_10_sessions_with_the_command_ends_in_its_stock() {
    cuts::<8, 2_048>(&AN386, "cuts-m4", 10);
}

#[test]
#[ignore = "needs the image: cargo xtask test firmware"]
fn emulated_cortex_m0_cut_in_5_sessions_with_the_command_ends_in_its_stock() {
    cuts::<4, 1_024>(&MICROBIT, "cuts-m0", 5);
}
