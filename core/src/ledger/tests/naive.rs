//! A second ledger, written from `spec/ledger.md` alone: lists and loops, nothing kept, nothing shared with the first
//! but the records. Slow on purpose. Of logs without branches; `order.rs` shuffles those.
use super::order::{Say, says, shuffles, world};
use super::*;
use crate::movement::{Bucket, Group};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::format;
use std::string::ToString;

/// A record with what stands around it.
#[derive(Clone, Copy)]
struct One<'w> {
    log: usize,
    index: usize,
    id: Hash,
    said: Record<'w>,
}

/// Where it stands in its log: after which count, behind that, in the order of writing.
type Spot = (usize, usize, usize);

struct Naive<'w> {
    logs: &'w [Log],
    all: Vec<One<'w>>,
}

/// A place: store, fund, stage, held.
type At = (Option<String>, Option<String>, Option<u8>, bool);

fn at_index(index: usize) -> Spot {
    (index + 1, 0, 0)
}

impl<'w> Naive<'w> {
    fn new(logs: &'w [Log]) -> Self {
        let of = |(log, held): (usize, &'w Log)| {
            (0..).zip(&held.records).map(move |(index, made)| One {
                log,
                index,
                id: made.at.identity,
                said: Record::decode(&made.bytes).unwrap(),
            })
        };
        Self { logs, all: logs.iter().enumerate().flat_map(of).collect() }
    }

    fn facility(&self, r: &One<'_>) -> &str {
        &self.logs[r.log].facility
    }
    fn of_log(&self, log: usize) -> impl Iterator<Item = &One<'w>> {
        self.all.iter().filter(move |r| r.log == log)
    }
    fn order(&self, r: &One<'_>) -> (Hash, usize, Hash) {
        (self.logs[r.log].id, r.index, r.id)
    }
    fn named(&self, by: &One<'_>, reference: &Reference) -> Option<One<'w>> {
        let is = |r: &&One<'w>| match reference {
            Reference::Own(index) => r.log == by.log && r.index == *index as usize,
            Reference::Other { log, index, identity } => {
                self.logs[r.log].id.log_id() == *log && r.index == *index as usize && r.id.log16() == *identity
            }
        };
        self.all.iter().find(is).copied()
    }

    // ----- times

    fn set_after(&self, log: usize, index: usize) -> i64 {
        let mut unset = None;
        let mut sum = 0;
        for r in self.of_log(log).filter(|r| r.index >= index) {
            if let Entry::ClockSet(set) = r.said.entry {
                sum += if r.index > index { set.change } else { 0 };
                unset = Some(false);
            } else if *unset.get_or_insert(r.said.clock_unset) != r.said.clock_unset {
                break; // another clock
            }
        }
        sum
    }
    fn recorded(&self, r: &One<'_>) -> i64 {
        i64::from(r.said.recorded_at.as_secs()) + self.set_after(r.log, r.index)
    }
    fn time(&self, r: &One<'_>) -> i64 {
        self.recorded(r) - i64::from(r.said.effective.unwrap_or(0))
    }
    fn spot(&self, r: &One<'_>) -> Spot {
        if r.said.effective.is_none() {
            return at_index(r.index);
        }
        let before = self.of_log(r.log).filter(|other| other.index < r.index && self.recorded(other) <= self.time(r));
        (before.map(|other| other.index + 1).max().unwrap_or(0), 1, r.index)
    }

    // ----- products, facilities

    /// The products that are one are named by both.
    fn class(&self, product: &Product<'_>) -> String {
        let one = self.all.iter().any(|r| matches!(r.said.entry, Entry::SameProduct(_)));
        let of_both = [A, B].contains(&product.to_string().as_str());
        if one && of_both { "both".into() } else { product.to_string() }
    }
    /// A facility and those that took its place, one after the other; itself alone where that leads in a circle.
    fn successors(&self, code: &str) -> Vec<String> {
        let mut chain = std::vec![code.to_string()];
        loop {
            let at = &chain[chain.len() - 1];
            let words = self.all.iter().filter(|r| matches!(r.said.entry, Entry::Facility(f) if f.code.as_str() == at));
            let last = words.max_by_key(|r| (self.time(r), self.order(r)));
            let Some(Entry::Facility(f)) = last.map(|r| r.said.entry) else { return chain };
            let Some(next) = f.successor else { return chain };
            if chain.iter().any(|before| before == next.as_str()) {
                return std::vec![code.to_string()];
            }
            chain.push(next.as_str().into());
        }
    }

    // ----- reversals

    fn quantity(r: &One<'_>) -> u32 {
        match r.said.entry {
            Entry::Movement { movement, .. } => movement.quantity.count(),
            Entry::Refuse(refuse) => refuse.quantity.count(),
            _ => 0,
        }
    }
    fn net(&self, r: &One<'_>) -> i64 {
        let totals = self.all.iter().filter_map(|other| match other.said.entry {
            Entry::Reversal(reversal)
                if self.facility(other) == self.facility(r)
                    && self.named(other, &reversal.target).is_some_and(|target| target.id == r.id) =>
            {
                Some(reversal.total)
            }
            _ => None,
        });
        i64::from(Self::quantity(r) - totals.max().unwrap_or(0).min(Self::quantity(r)))
    }

    // ----- counts

    fn seen(&self, by: usize, of: usize) -> impl Iterator<Item = (usize, usize, Option<i64>)> {
        let id = self.logs[of].id.log16();
        self.of_log(by).filter_map(move |r| match r.said.entry {
            Entry::Observed(o) if o.log == id => Some((r.index, o.count as usize, o.clock)),
            _ => None,
        })
    }
    /// Records of another log that a line includes by what its log had observed before it.
    fn known(&self, line: &One<'_>, log: usize) -> usize {
        let before = self.seen(line.log, log).filter(|(at, ..)| at_index(*at) < self.spot(line));
        before.map(|(_, count, _)| count).max().unwrap_or(0)
    }
    fn knows(&self, line: &One<'_>, r: &One<'_>) -> bool {
        if line.log == r.log { self.spot(r) < self.spot(line) } else { r.index < self.known(line, r.log) }
    }
    fn difference(&self, line: &One<'_>, r: &One<'_>) -> i64 {
        let noted = |by: usize, of: usize, (at, count, clock): (usize, usize, Option<i64>)| {
            clock.unwrap() + self.set_after(of, count - 1) - self.set_after(by, at)
        };
        let theirs: Vec<_> = self.seen(r.log, line.log).filter(|(.., clock)| clock.is_some()).collect();
        let mine: Vec<_> = self.seen(line.log, r.log).filter(|(.., clock)| clock.is_some()).collect();
        if let Some(first) = theirs.iter().find(|(at, ..)| at_index(*at) > self.spot(r)) {
            return noted(r.log, line.log, *first);
        }
        if let Some(first) = mine.iter().find(|(_, count, _)| *count > r.index).or(mine.last()) {
            return -noted(line.log, r.log, *first);
        }
        theirs.last().map_or(0, |last| noted(r.log, line.log, *last))
    }
    fn covers(&self, line: &One<'_>, r: &One<'_>) -> bool {
        if self.knows(line, r) {
            return true;
        }
        if line.log == r.log {
            return false;
        }
        let known = self.known(line, r.log);
        if self.of_log(r.log).any(|other| other.index < known && self.spot(r) < self.spot(other)) {
            return true;
        }
        let had_seen =
            |(at, count, _): &(usize, usize, Option<i64>)| *count > line.index && at_index(*at) < self.spot(r);
        if self.seen(r.log, line.log).any(|seen| had_seen(&seen)) {
            return false;
        }
        self.time(r) + self.difference(line, r) <= self.time(line)
    }

    /// What a movement does at each place.
    fn deltas(&self, r: &One<'_>) -> Vec<(At, i64)> {
        let Entry::Movement { movement: m, .. } = r.said.entry else { return Vec::new() };
        let text = |store: Option<crate::ident::Store<'_>>| store.map(|s| s.as_str().to_string());
        let fund = |fund: Option<crate::ident::Fund<'_>>| fund.map(|f| f.as_str().to_string());
        let here = (text(m.store), fund(m.fund), m.vvm, m.bucket == Bucket::Hold);
        let net = self.net(r);
        match m.direction {
            Direction::In => std::vec![(here, net)],
            Direction::Out if m.bucket == Bucket::Transit => Vec::new(),
            Direction::Out => std::vec![(here, -net)],
            Direction::Move => {
                let there = (
                    m.to_store.map_or(here.0.clone(), text),
                    m.to_fund.map_or(here.1.clone(), fund),
                    m.to_vvm.unwrap_or(here.2),
                    m.to_bucket.map_or(here.3, |bucket| bucket == Bucket::Hold),
                );
                std::vec![(here, -net), (there, net)]
            }
        }
    }

    /// Beginnings of counts at a facility, with their end where there is one, and whether the rest is zero.
    fn counts(&self, facility: &str) -> Vec<(One<'w>, Option<(One<'w>, bool)>)> {
        let begins = self.all.iter().filter(|r| matches!(r.said.entry, Entry::CountBegin(_)));
        let with_end = |begin: &One<'w>| {
            let end = self.of_log(begin.log).find_map(|r| match r.said.entry {
                Entry::CountEnd(end) if r.index - end.begin as usize == begin.index => Some((*r, end.rest_is_zero)),
                _ => None,
            });
            (*begin, end)
        };
        begins.filter(|r| self.facility(r) == facility).map(with_end).collect()
    }

    /// Stock of a lot at a facility, where it isn't 0.
    fn stock(&self, facility: &str, class: &str, lot: &str) -> BTreeMap<At, i64> {
        let is = |product: &Product<'_>, number: Option<LotNumber<'_>>| {
            self.class(product) == class && number.is_some_and(|number| number.as_str() == lot)
        };
        let here = |r: &&One<'w>| self.facility(r) == facility;
        let moved: Vec<(One<'w>, At, i64)> = self
            .all
            .iter()
            .filter(here)
            .filter(|r| matches!(r.said.entry, Entry::Movement { movement, .. } if is(&movement.product, movement.lot)))
            .flat_map(|r| self.deltas(r).into_iter().map(|(at, delta)| (*r, at, delta)))
            .collect();
        // Lines for this lot that have an effect, by count.
        let mut lines: Vec<(usize, One<'w>, At, i64)> = Vec::new();
        let counts = self.counts(facility);
        for (number, (begin, end)) in counts.iter().enumerate() {
            let Entry::CountBegin(count) = begin.said.entry else { continue };
            for r in self.of_log(begin.log) {
                let Entry::CountLine(line) = r.said.entry else { continue };
                let of_it = r.index - line.begin as usize == begin.index;
                if of_it && is(&line.product, line.lot) && end.is_none_or(|(end, _)| r.index < end.index) {
                    let store = count.store.map(|s| s.as_str().to_string());
                    let fund = line.fund.map(|f| f.as_str().to_string());
                    let at = (store, fund, line.vvm, line.bucket == Bucket::Hold);
                    lines.push((number, *r, at, i64::from(line.quantity.count())));
                }
            }
        }
        let places = moved.iter().map(|(_, at, _)| at).chain(lines.iter().map(|(_, _, at, _)| at));
        let mut out = BTreeMap::new();
        for at in places {
            // What stands for the line, what covers what comes in, how much.
            let mut points: Vec<(One<'w>, One<'w>, i64)> = Vec::new();
            for (number, (begin, end)) in counts.iter().enumerate() {
                let Entry::CountBegin(count) = begin.said.entry else { continue };
                let reaches = count.store.map(|s| s.as_str().to_string()) == at.0; // all funds, all products
                let of: Vec<_> = lines.iter().filter(|(n, _, place, _)| *n == number && place.3 == at.3).collect();
                let own: Vec<_> = of.iter().filter(|(_, _, place, _)| place == at).collect();
                if let Some((_, last, ..)) = own.last() {
                    points.push((*last, *last, own.iter().map(|(.., units)| units).sum()));
                } else if let Some((_, last, ..)) = of.last().filter(|_| reaches) {
                    points.push((*last, *last, 0));
                } else if let Some((end, true)) = end.filter(|_| reaches && of.is_empty() && !at.3) {
                    points.push((end, *begin, 0));
                }
            }
            let all = points.clone();
            points.retain(|(line, ..)| !all.iter().any(|(other, ..)| other.id != line.id && self.knows(other, line)));
            let point = points.iter().max_by_key(|(line, ..)| (self.time(line), line.id));
            let mut sum = point.map_or(0, |(.., units)| *units);
            let mut during = Vec::new();
            for (r, _, delta) in moved.iter().filter(|(_, place, _)| place == at) {
                let before = point.is_some_and(|(_, begin, _)| self.covers(begin, r));
                match point.filter(|(line, ..)| self.covers(line, r)) {
                    _ if before => {}
                    None => sum += delta,
                    Some((line, ..)) => {
                        let clock = if line.log == r.log { 0 } else { self.difference(line, r) };
                        during.push((self.time(r) + clock, self.order(r), *delta));
                    }
                }
            }
            during.sort_unstable();
            sum += during.iter().fold(0, |level, (.., delta)| 0.max(level + delta));
            out.insert(at.clone(), sum);
        }
        out.retain(|_, units| *units != 0);
        out
    }

    // ----- transit

    /// A movement with what its group's first record says for it.
    fn whole(&self, r: &One<'w>) -> Option<(Movement<'w>, Movement<'w>, One<'w>)> {
        let Entry::Movement { movement, .. } = r.said.entry else { return None };
        let head = match movement.group {
            Group::Line(back) => *self.of_log(r.log).find(|head| head.index + back as usize == r.index)?,
            _ => *r,
        };
        let first = if let Entry::Movement { movement, .. } = head.said.entry { movement } else { movement };
        Some((movement, first, head))
    }
    fn party(&self, r: &One<'w>) -> Option<Party<'w>> {
        self.whole(r).and_then(|(m, first, _)| m.counterparty.or(first.counterparty))
    }
    fn document(&self, r: &One<'w>) -> Option<String> {
        let (m, first, _) = self.whole(r)?;
        m.document.or(first.document).map(|d| format!("{} {}", d.kind, d.number.as_str()))
    }
    fn lines(&self, r: &One<'w>) -> Vec<One<'w>> {
        let Some((_, first, head)) = self.whole(r) else { return std::vec![*r] };
        let count = if let Group::Head(count) = first.group { usize::from(count) } else { 1 };
        let points = |line: &&One<'w>| {
            let group = |back| matches!(line.said.entry, Entry::Movement { movement, .. } if movement.group == Group::Line(back));
            line.index == head.index || line.index.checked_sub(head.index).is_some_and(|back| group(back as u32))
        };
        let near = self.of_log(r.log).filter(|line| (head.index..head.index + count).contains(&line.index));
        near.filter(points).copied().collect()
    }
    /// The sent record that this one takes from by name.
    fn answered(&self, r: &One<'w>) -> Option<One<'w>> {
        if let Entry::Refuse(refuse) = r.said.entry {
            return self.named(r, &refuse.shipment);
        }
        let (m, first, head) = self.whole(r)?;
        let is_head = |of: &One<'_>| matches!(of.said.entry, Entry::Movement { movement, .. } if matches!(movement.group, Group::Head(_)));
        let by_lot = |named: &One<'w>| {
            self.lines(named).into_iter().find(|line| {
                let Entry::Movement { movement, .. } = line.said.entry else { return false };
                movement.sent && movement.lot == m.lot && self.class(&movement.product) == self.class(&m.product)
            })
        };
        if let Some(own) = m.answers {
            let named = self.named(r, &own)?;
            let whole = m.direction == Direction::In && is_head(r) && is_head(&named);
            return Some(by_lot(&named).filter(|_| whole).unwrap_or(named));
        }
        let of_group = first.answers.filter(|_| m.direction == Direction::In);
        by_lot(&self.named(&head, &of_group?)?)
    }
    fn names(&self, r: &One<'w>) -> bool {
        self.whole(r)
            .is_some_and(|(m, first, _)| m.answers.is_some() || m.direction == Direction::In && first.answers.is_some())
    }

    /// Of each sent record: sent, received, back, refused.
    fn shipments(&self) -> BTreeMap<(Hash, usize, Hash), [i64; 4]> {
        let mut sent: Vec<One<'w>> = self
            .all
            .iter()
            .filter(|r| matches!(r.said.entry, Entry::Movement { movement, .. } if movement.sent) && !self.names(r))
            .copied()
            .collect();
        sent.sort_by_key(|r| self.order(r));
        let to = |r: &One<'w>| match self.party(r) {
            Some(Party::Facility(code)) => Some(self.successors(code.as_str())),
            _ => None,
        };
        let mut states: Vec<[i64; 4]> = sent.iter().map(|r| [self.net(r), 0, 0, 0]).collect();
        for r in &self.all {
            let Some(named) = self.answered(r) else { continue };
            let Some(at) = sent.iter().position(|s| s.id == named.id) else { continue };
            let (by, sender, to) = (self.facility(r), self.facility(&named), to(&named));
            let addressee = to.as_ref().is_none_or(|to| to.iter().any(|one| one == by));
            match r.said.entry {
                Entry::Refuse(_) if by == sender || addressee => states[at][3] += self.net(r),
                Entry::Movement { movement, .. } if by == sender => {
                    let own = movement.bucket != Bucket::Transit
                        && to.as_ref().and_then(|to| to.last()).is_some_and(|last| last == sender);
                    states[at][if own { 1 } else { 2 }] += self.net(r);
                }
                Entry::Movement { .. } if addressee => states[at][1] += self.net(r),
                _ => {}
            }
        }
        let mut receipts: Vec<One<'w>> = self
            .all
            .iter()
            .filter(|r| {
                let incoming =
                    matches!(r.said.entry, Entry::Movement { movement, .. } if movement.direction == Direction::In);
                incoming && !self.names(r) && matches!(self.party(r), Some(Party::Facility(_)))
            })
            .copied()
            .collect();
        receipts.sort_by_key(|r| self.order(r));
        for r in &receipts {
            let Some((m, ..)) = self.whole(r) else { continue };
            let Some(Party::Facility(from)) = self.party(r) else { continue };
            let (mut left, mut last) = (self.net(r), None);
            for (at, s) in sent.iter().enumerate() {
                let Some((line, ..)) = self.whole(s) else { continue };
                let fits = self.facility(s) == from.as_str()
                    && to(s).is_some_and(|to| to.iter().any(|one| one == self.facility(r)))
                    && self.document(s) == self.document(r)
                    && line.lot == m.lot
                    && self.class(&line.product) == self.class(&m.product);
                if fits {
                    let take = left.min((states[at][0] - states[at][1] - states[at][2]).max(0));
                    states[at][1] += take;
                    left -= take;
                    last = Some(at);
                }
            }
            if let Some(last) = last {
                states[last][1] += left;
            }
        }
        sent.iter().map(|r| self.order(r)).zip(states).collect()
    }
}

fn same(logs: &[Log]) -> Result<(), TestCaseError> {
    let naive = Naive::new(logs);
    let mut ledger = super::order::new_ledger();
    for record in logs.iter().flat_map(|log| &log.records) {
        ledger.apply(&record.verified());
    }
    let settled = ledger.settled();
    for facility in settled.facilities() {
        for lot in settled.lots(facility) {
            let (class, number) = (naive.class(&lot.product().unwrap()), lot.number().unwrap());
            let stock: BTreeMap<At, i64> = lot
                .stock()
                .into_iter()
                .filter(|s| s.count != 0)
                .map(|s| {
                    ((s.place.store.map(Into::into), s.place.fund.map(Into::into), s.place.vvm, s.place.hold), s.count)
                })
                .collect();
            let expected = naive.stock(facility, &class, number.as_str());
            prop_assert_eq!(stock, expected, "{} {} {}", facility, class, number.as_str());
        }
    }
    let shipments: BTreeMap<_, _> = settled
        .shipments()
        .into_iter()
        .map(|s| {
            let [received, back, refused] = [s.received, s.back, s.refused].map(|n| n as i64);
            ((s.record.log, s.record.index as usize, s.record.identity), [i64::from(s.sent), received, back, refused])
        })
        .collect();
    prop_assert_eq!(shipments, naive.shipments());
    Ok(())
}

/// What decides which line covers what: movements, late ones, reversals, counts, synchronisation, clocks; on two devices
/// of one facility and one elsewhere, of two lots.
fn counting() -> impl Strategy<Value = Vec<Say>> {
    let what = proptest::sample::select(std::vec![0u8, 3, 12, 13, 13, 14, 14, 15, 16, 16, 16]);
    proptest::collection::vec((0..3usize, what, 0..2usize, 0..30usize, 0..4_000u32), 4..40)
}

fn cases() -> ProptestConfig {
    let cases = u32::try_from(shuffles() / 25).unwrap();
    ProptestConfig { cases, max_shrink_iters: 4_000, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]
    #[test]
    fn stock_and_shipments_are_those_of_the_rules_told_slowly(says in says(false)) {
        same(&world(&says))?;
    }

    #[test]
    fn counts_cover_what_the_rules_told_slowly_say(says in counting()) {
        same(&world(&says))?;
    }
}
