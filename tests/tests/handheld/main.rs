//! The handheld of `firmware-example/`: the same work on the host's model and in the emulator, byte for byte.
//!
//! The tests named `emulated_…` need the two images: `cargo xtask test firmware` builds them and runs these too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod chip;
mod day;
mod device;

use day::Country;
use device::{AN386, Board, Device, MICROBIT, Machine, Model};
use std::path::PathBuf;

/// Every line of the day and its answer.
fn whole_day(device: &mut impl Device, country: &Country) -> Vec<(String, Vec<String>)> {
    country.lines().into_iter().map(|line| (line.clone(), device.line(&line).expect("an answer"))).collect()
}

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("handheld").join(name)
}

#[test]
fn the_model_works_through_the_day() {
    let country = Country::new();
    let (mut model, said) = Model::<8, 2_048>::boot(&AN386, &AN386.new_chip(), None);
    assert_eq!(said, ["ok boot"]);
    for (line, answer) in whole_day(&mut model, &country) {
        println!("> {line}\n{}", answer.join("\n"));
    }
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
