//! Days on which a product was out of stock.

use super::super::settled::{Lot, Settled};
use super::exact::Exact;
use super::period::Period;
use super::span::{begins, day_of, number};
use super::walk::{Walk, When};
use crate::ident::Product;
use crate::time::{Date, Days};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// A product, and the days of a period on which none of it could be dispensed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockOut<'l> {
    /// The product.
    pub product: Product<'l>,
    /// Days of the period from the product's first record on.
    pub days: u32,
    /// Of them, those that ended with nothing to dispense.
    pub out: u32,
    /// Them, from a day to a day, both included.
    pub spans: Vec<(Date, Date)>,
}

/// What a product had to dispense at the end of each day.
#[derive(Debug, Default)]
pub(super) struct Daily {
    /// By day (since 2020) what is added to the sum, by measure.
    steps: BTreeMap<i64, Vec<(u32, i64)>>,
    first: Option<i64>,
}

impl Daily {
    /// Adds a lot: what stands where it may be dispensed, while it is neither expired nor recalled.
    pub(super) fn add(&mut self, walk: &Walk<'_, '_>, lot: &Lot<'_>) {
        let offset = walk.period.utc_offset;
        let first_day = day_of(walk.start, offset);
        let mut changes: Vec<(i64, u32, i64)> = Vec::new();
        walk.each(lot, |post| {
            let day = day_of(post.time, offset);
            self.first = Some(self.first.map_or(day, |first| first.min(day)));
        });
        walk.each_usable(lot, |post| {
            if post.change != 0 {
                let day = if post.when == When::Before { first_day } else { day_of(post.time, offset) };
                changes.push((day, post.measure, post.change));
            }
        });
        let last_usable = lot.expiry().last_usable().map(number);
        let recalls = lot.recalls_ever();
        let usable = |day: i64| {
            let over = begins(day + 1, offset);
            let recalled = |from: i64, until: Option<i64>| from < over && until.is_none_or(|until| until >= over);
            last_usable.is_none_or(|last| day <= last)
                && !recalls.iter().any(|(_, from, until)| recalled(*from, *until))
        };
        let mut days: Vec<i64> = changes.iter().map(|(day, ..)| *day).collect();
        days.extend(last_usable.map(|last| last + 1));
        days.extend(
            recalls.iter().flat_map(|(_, from, until)| [Some(*from), *until]).flatten().map(|t| day_of(t, offset)),
        );
        for day in &mut days {
            *day = (*day).max(first_day);
        }
        days.sort_unstable();
        days.dedup();
        changes.sort_unstable();
        let (mut changes, mut stands, mut shown) = (changes.into_iter().peekable(), Exact::default(), Exact::default());
        for day in days {
            while let Some((_, measure, change)) = changes.next_if(|(at, ..)| *at <= day) {
                stands.add(measure, change);
            }
            let now = if usable(day) { stands.clone() } else { Exact::default() };
            let mut step = now.clone();
            shown.counts().for_each(|(measure, count)| step.add(measure, -count));
            if !step.is_zero() {
                self.steps.entry(day).or_default().extend(step.counts());
            }
            shown = now;
        }
    }

    /// Whether the product has a record before the end.
    pub(super) const fn is_known(&self) -> bool {
        self.first.is_some()
    }

    /// The days of the period from the product's first record on, and those of them without anything, as spans.
    pub(super) fn outs(&self, walk: &Walk<'_, '_>) -> (u32, Vec<(i64, i64)>) {
        let (from, to) = (day_of(walk.start, walk.period.utc_offset), walk.period.span.numbers().1);
        let Some(first) = self.first.map(|first| first.max(from)).filter(|first| *first <= to) else {
            return (0, Vec::new());
        };
        let mut out: Vec<(i64, i64)> = Vec::new();
        let mut stands = Exact::default();
        let mut at = first;
        let mut put = |at: i64, until: i64, stands: &Exact| {
            if at > until || stands.is_more_than_nothing() {
                return;
            }
            match out.last_mut().filter(|(_, last)| *last + 1 == at) {
                Some((_, last)) => *last = until,
                None => out.push((at, until)),
            }
        };
        for (day, step) in &self.steps {
            put(at, (*day - 1).min(to), &stands);
            at = at.max(*day);
            step.iter().for_each(|(measure, count)| stands.add(*measure, *count));
        }
        put(at, to, &stands);
        (u32::try_from(to + 1 - first).unwrap_or(0), out)
    }
}

/// The number of days in spans.
pub(super) fn days_in(spans: &[(i64, i64)]) -> u32 {
    spans.iter().map(|(from, to)| u32::try_from(to + 1 - from).unwrap_or(0)).sum()
}

fn date(day: i64) -> Option<Date> {
    Days::new(u16::try_from(day).ok()?).date()
}

impl<'l> Settled<'l> {
    /// Of every product the days on which a facility ended with nothing to dispense: nothing available that isn't expired,
    /// recalled or at stage 3 or 4 of its monitor. Days before the product's first record don't count.
    #[must_use]
    pub fn stock_outs(self, period: &Period<'_>) -> Vec<StockOut<'l>> {
        let walk = Walk::new(self, period);
        let mut all: Vec<(Product<'l>, Daily)> = Vec::new();
        for lot in walk.lots() {
            let Some(product) = lot.product() else { continue };
            if all.last().is_none_or(|(last, _)| *last != product) {
                all.push((product, Daily::default()));
            }
            if let Some((_, daily)) = all.last_mut() {
                daily.add(&walk, &lot);
            }
        }
        let of = |(product, daily): (Product<'l>, Daily)| {
            let (days, spans) = daily.outs(&walk);
            let dates = spans.iter().filter_map(|(from, to)| Some((date(*from)?, date(*to)?))).collect();
            StockOut { product, days, out: days_in(&spans), spans: dates }
        };
        all.into_iter().filter(|(_, daily)| daily.is_known()).map(of).collect()
    }
}
