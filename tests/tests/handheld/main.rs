//! The handheld of `firmware-example/`: the same work on the host's model and in the emulator, byte for byte.
//!
//! The tests named `emulated_…` need the two images: `cargo xtask test firmware` builds them and runs these too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod cable;
mod day;
mod device;
mod meeting;
mod peer;
mod station;
mod words;

use day::{Country, FACILITY};
use device::{AN386, Board, Device, MICROBIT, Machine, Model};
use medlot_core::ledger::Ledger;
use medlot_core::log::FlashLog;
use medlot_core::time::Timestamp;
use medlot_sdk::evidence::{Evidence, Library};
use medlot_sdk::qr::from_text;
use medlot_sdk::verify::{Question, verify_with};
use medlot_tests::chip::{Area, Chip};
use medlot_tests::world::Log;
use peer::Hub;
use std::cell::RefCell;
use std::ops::Range;
use std::path::PathBuf;
use std::rc::Rc;

/// Every line of the day and its answer.
fn whole_day(device: &mut impl Device, country: &Country) -> Vec<(String, Vec<String>)> {
    country.lines().into_iter().map(|line| (line.clone(), device.line(&line).expect("an answer"))).collect()
}

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("handheld").join(name)
}

/// Lines that a device needs again after it was switched off: the clock, and what is only in its memory.
fn is_told_again(line: &str) -> bool {
    ["time ", "seed ", "entropy ", "basket "].iter().any(|front| line.starts_with(front)) || line.starts_with("01")
}

/// Works from this line of the day on until the supply fails; gives the number of lines answered and the answers.
fn work_on(device: &mut impl Device, lines: &[String], from: usize) -> (usize, Vec<Vec<String>>) {
    let mut answers = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if at < from && !is_told_again(line) {
            continue;
        }
        match device.line(line) {
            Ok(answer) => answers.push(answer),
            Err(_) => return (at, answers),
        }
    }
    (lines.len(), answers)
}

/// The model's whole day: bytes of power that it takes, which of them are erasures, and its last chip.
fn whole<const W: usize, const E: usize>(board: &Board, lines: &[String]) -> (usize, Vec<Range<usize>>, Vec<u8>) {
    let (mut model, _) = Model::<W, E>::boot(board, &board.new_chip(), None);
    assert_eq!(work_on(&mut model, lines, 0).0, lines.len());
    let (used, erased) = (model.chip.borrow().used, model.chip.borrow().erased.clone());
    (used, erased, model.off())
}

/// What a chip holds for its owner, as the host reads it.
fn records<const W: usize, const E: usize>(board: &Board, chip: &[u8]) -> Vec<Vec<u8>> {
    let chip = Rc::new(RefCell::new(Chip { bytes: chip.to_vec(), ..Chip::default() }));
    let area = Area::<W, E> { chip, from: board.settings, length: board.log };
    let Ok(mut log) = FlashLog::open(area, board.layout) else { return Vec::new() };
    assert_eq!(log.closed(), None, "the log can be written on");
    let (mut cursor, mut record, mut all) = (log.records(0).unwrap(), [0; 4_096], Vec::new());
    while let Some((_, bytes)) = cursor.next(&mut log, &mut record).unwrap() {
        all.push(bytes.to_vec());
    }
    all
}

/// One cut: the day up to it, on again with what stands on the chip, and the rest of the day. Says what is wrong.
///
/// With a machine the emulated board does the same, and both chips must be the same to the byte, before and after.
fn cut<const W: usize, const E: usize>(board: &Board, day: &Day, power: usize, machine: Option<&str>) {
    let lines = &day.lines;
    let (mut model, _) = Model::<W, E>::boot(board, &board.new_chip(), Some(power));
    let (reached, answers) = work_on(&mut model, lines, 0);
    let chip = model.off();
    let found = records::<W, E>(board, &chip);
    let (mut again, said) = Model::<W, E>::boot(board, &chip, None);
    assert_eq!(said, ["ok boot"], "cut at {power}");
    let (end, rest) = work_on(&mut again, lines, reached);
    assert_eq!(end, lines.len(), "cut at {power}: the rest of the day is answered");
    let last = again.off();
    let all = records::<W, E>(board, &last);
    assert!(all.starts_with(&found), "cut at {power}: what stood stays");
    // What the whole day writes is there once, in its order: what was answered before the cut is not lost, and what was
    // under way is there whole or was done again. A line under way whose record stood is written twice, as by a person.
    assert!(
        all.starts_with(&day.records[..day.upto[reached]]),
        "cut at {power}: a record that was acknowledged is lost"
    );
    let said = said_stock(rest.last().unwrap());
    assert_eq!(said, host_stock(&day.country, &all), "cut at {power}: the stock is that of the records");
    if let Some(name) = machine {
        let folder = folder(&format!("{name}-{power}"));
        let (mut first, _) = Machine::boot(board, &board.new_chip(), &folder, false);
        first.power(power);
        let emulated = work_on(&mut first, lines, 0);
        assert_eq!((emulated.0, &emulated.1), (reached, &answers), "cut at {power}");
        assert!(first.chip() == chip, "cut at {power}: the chips differ");
        let (mut second, said) = Machine::boot(board, &chip, &folder, false);
        assert_eq!(said, ["ok boot"]);
        assert_eq!(work_on(&mut second, lines, reached), (end, rest), "after the cut at {power}");
        assert!(second.off() == last, "after the cut at {power}: the chips differ");
        std::fs::remove_dir_all(folder).unwrap();
    }
}

/// The day's lines, the records of it without a cut, and how many of them stand after each line.
struct Day {
    country: Country,
    lines: Vec<String>,
    records: Vec<Vec<u8>>,
    upto: Vec<usize>,
}

impl Day {
    fn new<const W: usize, const E: usize>(board: &Board) -> Self {
        let country = Country::new();
        let (mut model, _) = Model::<W, E>::boot(board, &board.new_chip(), None);
        let (lines, mut upto) = (country.lines(), vec![0]);
        for line in &lines {
            model.line(line).unwrap();
            upto.push(records::<W, E>(board, &model.chip.borrow().bytes).len());
        }
        let records = records::<W, E>(board, &model.off());
        Self { country, lines, records, upto }
    }
}

#[test]
fn the_model_works_through_the_day_and_says_what_it_did() {
    let country = Country::new();
    let (mut model, said) = Model::<8, 2_048>::boot(&AN386, &AN386.new_chip(), None);
    assert_eq!(said, ["ok boot"]);
    let day = whole_day(&mut model, &country);
    for (line, answer) in &day {
        println!("> {line}\n{}", answer.join("\n"));
        let expected = if answer[0].contains("received_before") { "err 0 received_before" } else { "ok" };
        assert!(answer.last().unwrap().starts_with(expected), "{line}: {answer:?}");
    }
    let said = |front: &str| &day.iter().rev().find(|(line, _)| line.starts_with(front)).unwrap().1;
    assert_eq!(said("dispense 30")[..2], ["warn negative_stock", "warn recalled_dispensed"]);
    assert_eq!(said("pick"), &["pick A100 2027-03-31 30", "pick C1 2027-06 29", "pick B7 2028-06-30 1", "ok pick"]);
    let records = records::<8, 2_048>(&AN386, &model.chip.borrow().bytes);
    assert_eq!(said_stock(said("stock")), host_stock(&country, &records));
    // What was handed over is valid for whoever holds the root.
    let bundle = from_text(said("handover")[1].strip_prefix("bundle ").unwrap()).unwrap();
    let mut library = Library::of_root(country.anchor());
    library.objects.push(bundle.clone());
    let question = Question {
        now: Timestamp::parse("2026-11-24T15:00:00Z").ok(),
        max_age_days: None,
        facility: Some("01C77".into()),
    };
    let answer = verify_with(&Evidence::of(&library).unwrap(), &bundle, &question).unwrap();
    assert_eq!(answer.json["verdict"], "valid", "{}", answer.json);
    assert_eq!(answer.json["records"].as_array().unwrap().len(), 4, "two enrolments, two lines");
}

#[test]
fn cuts_all_over_the_day_lose_nothing_on_the_model() {
    let day = Day::new::<8, 2_048>(&AN386);
    let (used, erased, _) = whole::<8, 2_048>(&AN386, &day.lines);
    // Every eleventh byte that is written, and of every erasure its ends and some places within. That every byte is safe the
    // core's own tests show; this is what the handheld makes of it.
    let inside = |at: &usize| erased.iter().any(|e| (e.start + 2..e.end - 2).contains(at));
    let cuts: Vec<usize> = (1..used).filter(|at| if inside(at) { at % 509 == 0 } else { at % 11 == 0 }).collect();
    println!("{} cuts of a day of {used} bytes", cuts.len());
    cuts.iter().for_each(|power| cut::<8, 2_048>(&AN386, &day, *power, None));
}

/// What a device says stands on its shelf: lot and number, what is available and what is held.
fn said_stock(answer: &[String]) -> Vec<(String, i64, bool)> {
    let read = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        (words[1].to_owned(), words[3].parse().unwrap(), words[4] == "hold")
    };
    let mut stock: Vec<_> = answer.iter().filter_map(|line| line.strip_prefix("stock ")).map(read).collect();
    stock.sort();
    stock
}

/// The same by the host's own ledger, from the records that stand on the chip, sealed by the handheld's key.
fn host_stock(country: &Country, records: &[Vec<u8>]) -> Vec<(String, i64, bool)> {
    let log = Log { records: records.to_vec(), ..country.handheld.clone() };
    let mut library = Library::of_root(country.anchor());
    library.objects.push(country.own_bundle(&log, 0, log.len()));
    let evidence = Evidence::of(&library).unwrap();
    assert!(evidence.problems().is_empty());
    let mut ledger = Ledger::new();
    evidence
        .judge(|evaluation| {
            for part in evidence.parts() {
                part.judge(evaluation, |_, _, judged| {
                    if let Some(verified) = judged.verified() {
                        ledger.apply(&verified);
                    }
                });
            }
        })
        .unwrap();
    let mut stock = Vec::new();
    for lot in ledger.settled().lots(FACILITY) {
        let number = lot.number().map_or("-", |number| number.as_str()).to_owned();
        stock.extend(lot.stock().iter().map(|s| (number.clone(), s.count, s.place.hold)));
    }
    stock.sort();
    stock
}

#[test]
fn the_checkpoint_carries_the_stock_over_reclaimed_records_and_a_restart() {
    let country = Country::new();
    let (mut model, _) = Model::<8, 2_048>::boot(&AN386, &AN386.new_chip(), None);
    whole_day(&mut model, &country);
    for _ in 0..1_200 {
        assert_eq!(model.line("receive 1").unwrap(), ["ok receive"]);
    }
    let sealed = model.line("seal").unwrap();
    let words: Vec<&str> = sealed[0].split(' ').collect();
    assert_eq!(model.line("reclaim").unwrap(), ["err 2606 nothing_to_reclaim"]);
    let other = format!("acknowledge {} {}", words[1], "00".repeat(32));
    assert_eq!(model.line(&other).unwrap(), ["err 2615 not_this_chain"]);
    assert_eq!(model.line(&format!("acknowledge {} {}", words[1], words[2])).unwrap(), ["ok acknowledge"]);
    let stock = model.line("stock").unwrap();
    let gained = model.line("reclaim").unwrap();
    assert!(gained[0].starts_with("sectors ") && gained[1] == "ok reclaim", "{gained:?}");
    let (mut again, said) = Model::<8, 2_048>::boot(&AN386, &model.off(), None);
    assert_eq!(said, ["ok boot"]);
    again.line("time 2026-11-25T08:00:00Z").unwrap();
    assert_eq!(again.line("stock").unwrap(), stock);
    again.line(&format!("01{}17261231{}", day::GTIN, "10A200")).unwrap();
    assert_eq!(again.line("receive 15").unwrap(), ["ok receive"]);
    assert_ne!(again.line("stock").unwrap(), stock);
}

/// Seeded cuts of so many bytes, half of them in erasures.
fn seeded(used: usize, erased: &[Range<usize>], count: usize, seed: u64) -> Vec<usize> {
    let mut state = seed;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let mut cuts = Vec::new();
    while cuts.len() < count {
        let power = 1 + next(used - 1);
        let in_erasure = erased.iter().any(|e| e.contains(&power));
        if in_erasure == (cuts.len() % 2 == 1) && !cuts.contains(&power) {
            cuts.push(power);
        }
    }
    cuts
}

fn emulated_cuts<const W: usize, const E: usize>(board: &Board, count: usize) {
    let day = Day::new::<W, E>(board);
    let (used, erased, _) = whole::<W, E>(board, &day.lines);
    let cuts = seeded(used, &erased, count, 0x6d65_646c_6f74);
    cuts.iter().for_each(|power| cut::<W, E>(board, &day, *power, Some(board.name)));
    println!("{count} cuts on {}, each chip as the model's, before and after", board.name);
}

#[test]
#[ignore = "needs the image: cargo xtask test firmware"]
fn emulated_cortex_m4_keeps_through_40_cuts_what_the_model_keeps() {
    emulated_cuts::<8, 2_048>(&AN386, 40);
}

#[test]
#[ignore = "needs the image: cargo xtask test firmware"]
fn emulated_cortex_m0_keeps_through_10_cuts_what_the_model_keeps() {
    emulated_cuts::<4, 1_024>(&MICROBIT, 10);
}

fn emulated_day<const W: usize, const E: usize>(board: &Board) {
    let country = Country::new();
    let (mut model, _) = Model::<W, E>::boot(board, &board.new_chip(), None);
    let expected = whole_day(&mut model, &country);
    let (mut machine, said) = Machine::boot(board, &board.new_chip(), &folder(board.name), false);
    assert_eq!(said, ["ok boot"]);
    for ((line, found), (_, expected)) in whole_day(&mut machine, &country).into_iter().zip(expected) {
        assert_eq!(found, expected, "{line}");
    }
    assert!(machine.off() == model.off(), "the chips differ");
}

#[test]
#[ignore = "needs the image: cargo xtask test firmware"]
fn emulated_cortex_m4_answers_and_keeps_as_the_model_does() {
    emulated_day::<8, 2_048>(&AN386);
}

#[test]
#[ignore = "needs the image: cargo xtask test firmware"]
fn emulated_cortex_m0_answers_and_keeps_as_the_model_does() {
    emulated_day::<4, 1_024>(&MICROBIT);
}

fn emulated_sync<const W: usize, const E: usize>(board: &Board) {
    let country = Country::new();
    let (province, recall) = country.recall();
    let lines: Vec<String> = country.lines().into_iter().filter(|line| *line != recall).collect();
    let name = format!("{}-sync", board.name);
    let (mut machine, _) = Machine::boot(board, &board.new_chip(), &folder(&name), false);
    assert_eq!(work_on(&mut machine, &lines, 0).0, lines.len());
    let mut hub = Hub::new([&country.root, &province], &country.handheld);
    let (said, pieces) = hub.meet(&mut machine);
    let count = hub.records.len();
    assert_eq!(said, [format!("acknowledged {count}"), "ok sync".into()]);
    assert!(pieces > 0);
    // Nothing new: nothing goes over, and the recall isn't sent again.
    assert_eq!(hub.meet(&mut machine), (said.clone(), 0));
    // More than one piece holds, with seals between.
    let many = board.log / 91;
    for _ in 0..many {
        assert_eq!(machine.line("receive 100000").unwrap(), ["ok receive"]);
    }
    let (_, pieces) = hub.meet(&mut machine);
    assert_eq!(hub.records.len(), count + many);
    assert!(pieces > 1, "{pieces} pieces");
    // What the hub holds may go; the stock goes on from the checkpoint's table.
    let stock = machine.line("stock").unwrap();
    let gained = machine.line("reclaim").unwrap();
    assert!(gained[0].starts_with("sectors ") && gained[1] == "ok reclaim", "{gained:?}");
    let chip = machine.off();
    let (mut machine, said) = Machine::boot(board, &chip, &folder(&name), false);
    assert_eq!(said, ["ok boot"]);
    machine.line("time 2026-11-25T08:00:00Z").unwrap();
    assert_eq!(machine.line("stock").unwrap(), stock);
    assert_eq!(hub.meet(&mut machine).0, [format!("acknowledged {}", hub.records.len()), "ok sync".into()]);
    std::fs::remove_dir_all(folder(&name)).unwrap();
}

#[test]
#[ignore = "needs the image: cargo xtask test firmware"]
fn emulated_cortex_m4_synchronises_with_a_hub() {
    emulated_sync::<8, 2_048>(&AN386);
}

#[test]
#[ignore = "needs the image: cargo xtask test firmware"]
fn emulated_cortex_m0_synchronises_with_a_hub() {
    emulated_sync::<4, 1_024>(&MICROBIT);
}

/// Works through the day on the emulated board, its instructions counted; writes what things cost.
fn emulated_figures(board: &Board, what: &str) {
    let country = Country::new();
    let name = format!("{}-figures", board.name);
    let (mut machine, _) = Machine::boot(board, &board.new_chip(), &folder(&name), true);
    let mut figures = vec![("table", machine.ask("table")), ("buffer", machine.ask("buffer"))];
    machine.ask("cost");
    let mut costs = Vec::new();
    let mut line = |machine: &mut Machine, line: &str| {
        let answer = machine.line(line).unwrap();
        costs.push((line.to_owned(), answer, machine.figure()));
    };
    country.lines().iter().for_each(|l| line(&mut machine, l));
    for lot in 0..24 {
        line(&mut machine, &format!("01{}17{:02}123110F{lot:03}", day::GTIN, 27 + lot % 9));
        line(&mut machine, "receive 5");
    }
    line(&mut machine, "pick 120");
    line(&mut machine, "seal");
    let cost = |front: &str| costs.iter().rev().find(|(line, ..)| line.starts_with(front)).unwrap();
    let picked = &cost("pick").1;
    assert!(picked.iter().filter(|line| line.starts_with("pick ")).count() > 10, "{picked:?}");
    figures.push(("append.instructions", cost("receive").2));
    figures.push(("seal.instructions", cost("seal").2));
    figures.push(("fefo.instructions", cost("pick").2));
    let delivery = country.delivery();
    figures.push(("delivery.instructions", costs.iter().find(|(line, ..)| *line == delivery).unwrap().2));
    figures.push(("handover.instructions", cost("handover").2));
    figures.push(("stack", machine.ask("stack")));
    write_figures(what, &figures);
}

/// To the file that `MEDLOT_FIGURES` names; printed where there is none.
fn write_figures(what: &str, figures: &[(&str, u64)]) {
    let text: String = figures.iter().map(|(name, value)| format!("handheld.{what}.{name} {value}\n")).collect();
    match std::env::var_os("MEDLOT_FIGURES") {
        Some(file) => {
            let mut file = std::fs::OpenOptions::new().create(true).append(true).open(file).unwrap();
            std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
        }
        None => print!("{text}"),
    }
}

#[test]
#[ignore = "needs the image: cargo xtask test firmware"]
fn emulated_cortex_m4_figures() {
    emulated_figures(&AN386, "m4");
}

#[test]
#[ignore = "needs the image: cargo xtask test firmware"]
fn emulated_cortex_m0_figures() {
    emulated_figures(&MICROBIT, "m0");
}
