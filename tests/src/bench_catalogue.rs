//! How fast products are found in a catalogue as large as the nation's, and what it takes to keep it.
use std::hint::black_box;

use medlot_sdk::catalogue::Catalogue;
use medlot_sdk::simulate::drug_pages;

use crate::figures::{Figure, Goal};
use crate::measures::{least, took};
use crate::world::Done;

/// Drugs of the national catalogue, about.
const DRUGS: u32 = 54_500;
/// Drugs of a page.
const PAGE: u32 = 1_000;
/// Rows shown at once.
const SHOWN: u32 = 20;

/// What people type, and what costs most: single letters, words that nearly every row has, many words at once.
fn queries() -> Vec<String> {
    let mut all: Vec<String> = ('a'..='z').chain('0'..='9').map(String::from).collect();
    for first in ["c", "p", "t", "d", "5", "m"] {
        all.extend(["c", "p", "h", "t", "1", "co", "ph", "50"].map(|second| format!("{first} {second}")));
    }
    let typed = [
        "",
        "thuoc ho",
        "Thuốc ho",
        "para",
        "paracetamol 500",
        "500mg",
        "500 mg",
        "amox",
        "cong ty",
        "công ty cổ phần dược phẩm",
        "ha tay",
        "vitamin b1",
        "zzzz",
        "a b c d e g h i k l m n o p q s",
        "1 2 3 4 5 6 7 8 9 0",
    ];
    all.extend(typed.map(String::from));
    all
}

/// Seconds of the slowest query, and which it is; where there are many rows also their last page.
fn slowest(catalogue: &Catalogue, calls: u32) -> (f64, String) {
    let mut worst = (0.0, String::new());
    for query in queries() {
        let total = catalogue.search(&query, 0, 0).total;
        for offset in [0, total.saturating_sub(SHOWN)] {
            let seconds = least(calls, || drop(black_box(catalogue.search(black_box(&query), offset, SHOWN))));
            if seconds > worst.0 {
                worst = (seconds, format!("{query:?} from {offset}"));
            }
        }
    }
    worst
}

fn figures_of(drugs: u32, calls: u32) -> Done<Vec<Figure>> {
    const CONDITION: &str = "one core, 54,500 generated drugs";
    let pages = drug_pages(1, drugs, PAGE)?;
    let mut catalogue = Catalogue::new();
    let (load, loaded) = took(|| pages.iter().try_for_each(|page| catalogue.load_json(page.as_bytes()).map(drop)));
    loaded?;
    if catalogue.len() != drugs {
        return Err(format!("{} drugs of {drugs}", catalogue.len()).into());
    }
    let kept = catalogue.to_bytes()?;
    let mut opened = Catalogue::from_bytes(&kept)?;
    let open = least(1, || drop(black_box(Catalogue::from_bytes(black_box(&kept)))));
    let memory = opened.memory();
    let (one, query_one) = slowest(&opened, calls);
    // As after days of updates: a part of the rows is new and stands beside the others.
    let newer: Vec<String> = pages.iter().step_by(6).map(|page| page.replace("\"2026-", "\"2027-")).collect();
    let mut update = 0.0_f64;
    for page in &newer {
        let (time, loaded) = took(|| opened.load_json(page.as_bytes()));
        if loaded?.changed == 0 {
            return Err("a newer page changed nothing".into());
        }
        update = update.max(time.as_secs_f64());
    }
    let (two, query_two) = slowest(&opened, calls);
    let query = if two > one { query_two } else { query_one };
    eprintln!("catalogue: slowest query {query}; kept: {} bytes", kept.len());
    #[expect(clippy::cast_precision_loss, reason = "millions of bytes")]
    let each = memory as f64 / f64::from(drugs);
    Ok(vec![
        Figure::new(
            "catalogue.search",
            one.max(two) * 1e3,
            "ms",
            "one core, 54,500 generated drugs, also with a part of them just updated: the slowest of about 100 queries",
        )
        .goal(Goal::AtMost(1.0)),
        Figure::new("catalogue.open", open * 1e3, "ms", CONDITION).goal(Goal::AtMost(100.0)),
        Figure::new(
            "catalogue.bytes_per_row",
            each,
            "bytes",
            "54,500 generated drugs with all that finds them, in memory",
        ),
        Figure::new(
            "catalogue.load",
            load.as_secs_f64(),
            "s",
            "one core, 54,500 generated drugs in JSON pages of 1,000",
        ),
        Figure::new(
            "catalogue.update",
            update * 1e3,
            "ms",
            "one core, the slowest page of 1,000 newer drugs beside 54,500",
        ),
    ])
}

/// Every figure of the catalogue.
///
/// # Errors
/// A page that is refused.
pub fn figures() -> Done<Vec<Figure>> {
    figures_of(DRUGS, 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_catalogue_is_measured_too() {
        let figures = figures_of(2_000, 1).unwrap();
        let names: Vec<&str> = figures.iter().map(|figure| figure.name.as_str()).collect();
        let all = ["search", "open", "bytes_per_row", "load", "update"].map(|name| format!("catalogue.{name}"));
        assert_eq!(names, all);
        assert!(figures.iter().all(|figure| figure.value > 0.0));
    }
}
