//! What a person finds at a place: whole units and opened ones, whatever the records were written in.
//!
//! Vials come as units and go as doses: 20 vials less 40 doses of ten are 16 vials. The sums of a lot are kept apart by
//! measure, exactly; here they are put together.

use super::counts::Sum;
use super::names::Place;
use super::settled::{Lot, measure};
use crate::ident::Measure;
use alloc::vec::Vec;

/// What stands at one place: whole units, and what is left of opened ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelf<'l> {
    /// Store, fund, vaccine vial monitor, bucket.
    pub place: Place<'l>,
    /// Whole units; below 0 where more went out than came in.
    pub units: i64,
    /// What is left besides: fewer parts than make a unit, how many make one, and what one is. More than one entry only
    /// where records measure in ways that can't be added (finding 5014).
    pub parts: Vec<(i64, u16, Measure)>,
}

impl Shelf<'_> {
    /// Whether nothing is left, and nothing too much went out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.units == 0 && self.parts.is_empty()
    }

    /// Whether something stands there.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.units > 0 || self.parts.iter().any(|(left, ..)| *left > 0)
    }
}

/// A place where more went out than came in.
pub(super) struct Below {
    pub(super) place: u32,
    /// Parts where `per` says how many make a unit, else units.
    pub(super) total: i64,
    measure: u32,
    per: i64,
}

impl Below {
    /// What one of this measure counts in `total`; `None`: it isn't part of it.
    pub(super) fn weight(&self, of: u32) -> Option<i64> {
        if of == self.measure { Some(1) } else { (of == 0 && self.per > 0).then_some(self.per) }
    }

    /// Units below 0, an opened one counted as whole.
    pub(super) fn units(&self) -> i64 {
        if self.per > 0 { self.total.div_euclid(self.per) } else { self.total }
    }
}

const fn per_unit(measure: u32) -> i64 {
    (measure >> 16) as i64
}

/// Places in order, each with its sums.
fn by_place(sums: &[Sum]) -> Vec<Vec<Sum>> {
    let mut sums = sums.to_vec();
    sums.sort_unstable();
    let mut all: Vec<Vec<Sum>> = Vec::new();
    for sum in sums {
        match all.last_mut().filter(|group| group.first().is_some_and(|first| first.place == sum.place)) {
            Some(group) => group.push(sum),
            None => all.push([sum].into()),
        }
    }
    all
}

/// The places below 0. Units and one measure of parts are one sum; measures that can't be added are each their own.
pub(super) fn below(sums: &[Sum]) -> Vec<Below> {
    let mut found = Vec::new();
    for group in by_place(sums) {
        let parts: Vec<&Sum> = group.iter().filter(|sum| sum.measure != 0 && sum.count != 0).collect();
        let Some(place) = group.first().map(|sum| sum.place) else { continue };
        if let [only] = parts.as_slice() {
            let per = per_unit(only.measure);
            let units = group.iter().find(|sum| sum.measure == 0).map_or(0, |sum| sum.count);
            let total = units.saturating_mul(per).saturating_add(only.count);
            if total < 0 {
                found.push(Below { place, total, measure: only.measure, per });
            }
            continue;
        }
        let below = group.iter().filter(|sum| sum.count < 0);
        found.extend(below.map(|sum| Below { place, total: sum.count, measure: sum.measure, per: 0 }));
    }
    found
}

/// Units and parts put together: whole units, and what is left of opened ones (see [`Shelf`]). Each amount comes with how
/// many parts make a unit and what one is; whole units without.
#[must_use]
pub fn together(amounts: &[(i64, Option<(u16, Measure)>)]) -> (i64, Vec<(i64, u16, Measure)>) {
    let mut units: i64 = amounts.iter().filter(|amount| amount.1.is_none()).map(|amount| amount.0).sum();
    let mut sums: Vec<(i64, u16, Measure)> = Vec::new();
    for (count, of) in amounts {
        let Some((per, what)) = *of else { continue };
        match sums.iter_mut().find(|sum| (sum.1, sum.2) == (per, what)) {
            Some(sum) => sum.0 += count,
            None => sums.push((*count, per, what)),
        }
    }
    sums.sort_by_key(|(_, per, what)| (*per, what.number()));
    for (count, per, _) in &mut sums {
        units += count.div_euclid(i64::from(*per));
        *count = count.rem_euclid(i64::from(*per));
    }
    sums.retain(|(left, ..)| *left > 0);
    // Half a unit too much went out: half a unit below 0, not a whole one with half a unit above.
    if units < 0
        && let Some((left, per, _)) = sums.first_mut()
    {
        units += 1;
        *left -= i64::from(*per);
    }
    (units, sums)
}

impl<'l> Lot<'l> {
    /// What a person finds at each place: opened units reckoned in. Also where nothing is left; by place.
    #[must_use]
    pub fn shelf(&self) -> Vec<Shelf<'l>> {
        let mut all = Vec::new();
        self.each_shelf(|shelf| all.push(shelf));
        all.sort_by(|a, b| a.place.cmp(&b.place));
        all
    }

    /// The same, in no order of its own. Most lots stand at one place in whole units: those take no memory.
    pub(super) fn each_shelf(&self, mut each: impl FnMut(Shelf<'l>)) {
        if let Some(sum) = self.only_units() {
            return each(Shelf { place: self.place_at(sum.place), units: sum.count, parts: Vec::new() });
        }
        for group in by_place(&self.sums()) {
            let Some(place) = group.first().map(|sum| self.place_at(sum.place)) else { continue };
            let amounts: Vec<_> = group.iter().map(|sum| (sum.count, measure(sum.measure))).collect();
            let (units, parts) = together(&amounts);
            each(Shelf { place, units, parts });
        }
    }
}
