//! What is on the way (`spec/ledger.md` section 5): kept for each sent record, never netted between them.

use super::book::Book;
use super::names::{ITEM_ROOM, party_name};
use super::row::NONE;
use super::rules::Rules;
use crate::ident::Party;
use crate::movement::{Bucket, Direction, Group, Movement, Reference};
use crate::record::{Entry, Refuse};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use hashbrown::HashMap;

/// Lines on the way to one facility, of one lot number.
type LaneKey = (u32, u32);

/// What became of a sent record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sent {
    /// The facility that should receive it, the last of its successors; `NONE`: not a facility's code.
    pub(super) to: u32,
    /// The facility that the record names, and its successors: who may answer.
    pub(super) addressees: Vec<u32>,
    /// What was sent, less what was taken back.
    pub(super) sent: u32,
    /// Received by the addressee.
    pub(super) received: u64,
    /// Back with the sender, or closed by it.
    pub(super) back: u64,
    /// Refused, and still on the way.
    pub(super) refused: u64,
    /// Every record that answers it, the sender's too.
    pub(super) answers: Vec<u32>,
    /// Answers of facilities that it isn't addressed to: they take nothing from it.
    pub(super) strangers: Vec<u32>,
    /// Answers in another measure.
    pub(super) other_measure: Vec<u32>,
}

impl Sent {
    /// Still on the way.
    pub(super) fn remaining(&self) -> u64 {
        u64::from(self.sent).saturating_sub(self.received.saturating_add(self.back))
    }
    /// More was answered than was sent.
    pub(super) fn surplus(&self) -> u64 {
        self.received.saturating_add(self.back).saturating_sub(u64::from(self.sent))
    }
}

/// Sent records, and what answers them.
#[derive(Debug, Default)]
pub(super) struct Transit {
    /// Rows that may matter and aren't looked at yet: their group's first record may be missing.
    fresh: Vec<u32>,
    lanes: HashMap<LaneKey, Lane>,
    dirty: BTreeSet<LaneKey>,
    /// Lane of each sent row.
    lane_of: HashMap<u32, LaneKey>,
    /// Answers and refusals by what they name.
    answers: HashMap<([u8; 8], u32), Vec<u32>>,
    /// What is named by the first record of a group for all of its lines.
    for_all: BTreeSet<([u8; 8], u32)>,
    pub(super) sent: HashMap<u32, Sent>,
    /// Receipts that name no record and match no line; and those that name one that isn't a line of theirs.
    unmatched: BTreeMap<LaneKey, Vec<u32>>,
    /// Sent rows by facility of the sender and item, and by lane's facility: for who asks of a lot.
    pub(super) by_part: HashMap<u32, Vec<u32>>,
    successors: HashMap<u32, Vec<u32>>,
    /// Rows that answer something sent.
    answering: BTreeSet<u32>,
}

#[derive(Debug, Default, Clone)]
struct Lane {
    sent: Vec<u32>,
    receipts: Vec<u32>,
}

/// A row of a transit with what its group's first record says for it.
pub(super) struct Part<'b> {
    movement: Movement<'b>,
    pub(super) party: Option<Party<'b>>,
    document: Option<(u16, &'b str)>,
    answers: Option<(u32, Reference)>,
}

/// What a line of a movement says, with what stands in its group's first record; `None` where that isn't here.
pub(super) fn part_of(book: &Book, row: u32) -> Option<Part<'_>> {
    let Entry::Movement { movement, .. } = book.record(row)?.entry else { return None };
    let head = book.group_head(row, &movement)?;
    let first = match book.record(head)?.entry {
        Entry::Movement { movement: first, .. } => first,
        _ => movement,
    };
    let document = movement.document.or(first.document).map(|d| (d.kind, d.number.as_str()));
    let own = movement.answers.map(|answers| (row, answers));
    let of_group = || first.answers.filter(|_| movement.direction == Direction::In).map(|answers| (head, answers));
    let answers = own.or_else(of_group);
    Some(Part { movement, party: movement.counterparty.or(first.counterparty), document, answers })
}

/// Whether it may begin or answer a transit.
pub(super) fn concerns(movement: &Movement<'_>) -> bool {
    movement.sent
        || movement.answers.is_some()
        || (movement.direction == Direction::In
            && (matches!(movement.counterparty, Some(Party::Facility(_))) || matches!(movement.group, Group::Line(_))))
}

/// What adding up takes from elsewhere.
pub(super) struct With<'w> {
    pub(super) book: &'w Book,
    pub(super) rules: &'w Rules,
    /// The quantity of a row less what was taken back.
    pub(super) net: &'w dyn Fn(u32) -> u32,
    /// Whether two products are one at a facility.
    pub(super) one: &'w dyn Fn(u32, u32, u32) -> bool,
    /// The lot number of a row; `NONE` where it is about none.
    pub(super) lot: &'w dyn Fn(u32) -> u32,
}

impl Transit {
    pub(super) fn touch(&mut self, row: u32) {
        self.fresh.push(row);
    }

    /// The quantity of this row changed: a reversal came.
    pub(super) fn changed(&mut self, book: &Book, row: u32) {
        if let Some(lane) = self.lane_of.get(&row) {
            self.dirty.insert(*lane);
        }
        if let Some(Entry::Movement { .. } | Entry::Refuse(_)) = book.record(row).map(|r| r.entry) {
            self.fresh.push(row);
        }
    }

    /// Works out what changed.
    pub(super) fn settle(&mut self, with: &With<'_>) {
        let fresh = core::mem::take(&mut self.fresh);
        for row in fresh {
            if with.book.row(row).is_none_or(|r| !r.counts()) {
                continue;
            }
            if self.look_at(with, row).is_none() {
                self.fresh.push(row); // its group's first record isn't here
            }
        }
        for key in core::mem::take(&mut self.dirty) {
            self.add_up(with, key);
        }
    }

    fn look_at(&mut self, with: &With<'_>, row: u32) -> Option<()> {
        let book = with.book;
        if let Entry::Refuse(refuse) = book.record(row)?.entry {
            self.answer(with, row, row, &refuse.shipment);
            return Some(());
        }
        let part = part_of(book, row)?;
        if let Some((by, reference)) = &part.answers {
            self.answer(with, row, *by, reference);
            return Some(());
        }
        let (_, lot) = item_of(book, row)?;
        if part.movement.sent {
            let to = self.addressees(with, part.party.as_ref()).last().copied().unwrap_or(NONE);
            // No receipt fills what goes to nobody known: such a line shares its lane with none.
            let key = (to, if to == NONE { row } else { lot });
            if self.lane_of.insert(row, key).is_none() {
                self.lanes.entry(key).or_default().sent.push(row);
                self.by_part.entry(book.row(row)?.part).or_default().push(row);
            }
            self.dirty.insert(key);
            // What names its shipment as a whole may be of its lot.
            if let Some(head) = book.group_head(row, &part.movement).filter(|head| *head != row)
                && self.for_all.contains(&book.own_key(head))
            {
                self.dirty.extend(self.lane_of.get(&head));
            }
        } else if part.movement.direction == Direction::In && matches!(part.party, Some(Party::Facility(_))) {
            let key = (self.lane_facility(with, book.facility_of(row)), lot);
            if self.lane_of.insert(row, key).is_none() {
                self.lanes.entry(key).or_default().receipts.push(row);
            }
            self.dirty.insert(key);
        }
        Some(())
    }

    fn answer(&mut self, with: &With<'_>, row: u32, by: u32, reference: &Reference) {
        let book = with.book;
        let key = book.key(by, reference);
        let answers = self.answers.entry(key).or_default();
        if !answers.contains(&row) {
            answers.push(row);
        }
        let for_all = by != row || begins_receipts(book, row);
        if for_all {
            self.for_all.insert(key);
        }
        let Some(named) = book.named(by, reference) else { return };
        self.dirty.extend(self.lane_of.get(&named));
        // A group may name the first line of a shipment for all: what it answers stands near, and is of its lot.
        if for_all {
            let lot = (with.lot)(row);
            let lanes = shipment(book, named).filter(|line| (with.lot)(*line) == lot);
            self.dirty.extend(lanes.filter_map(|line| self.lane_of.get(&line)));
        }
    }

    /// The facility that something is sent to and its successors; none where it isn't a facility's code.
    fn addressees(&mut self, with: &With<'_>, party: Option<&Party<'_>>) -> Vec<u32> {
        let Some(Party::Facility(code)) = party else { return Vec::new() };
        let facility = with.book.facilities.find(code.as_str().as_bytes());
        facility.map(|facility| self.successors(with, facility)).unwrap_or_default()
    }

    fn successors(&mut self, with: &With<'_>, facility: u32) -> Vec<u32> {
        if let Some(known) = self.successors.get(&facility) {
            return known.clone();
        }
        let chain = with.rules.successors(with.book, with.book.facilities.text(facility));
        let chain: Vec<u32> = chain.iter().filter_map(|code| with.book.facilities.find(code.as_bytes())).collect();
        self.successors.insert(facility, chain.clone());
        chain
    }

    /// Which lane is a facility's: that of the last of its successors.
    fn lane_facility(&mut self, with: &With<'_>, facility: u32) -> u32 {
        self.successors(with, facility).last().copied().unwrap_or(facility)
    }

    /// The answers and refusals that name this sent row.
    fn named_by(&self, with: &With<'_>, row: u32) -> Vec<u32> {
        let book = with.book;
        let mut found = Vec::new();
        // Of a shipment the group's first line may be named for all; a line of another lot is answered by its lot.
        let mut lines = alloc::vec![row];
        if !self.for_all.is_empty() {
            let ((log, _), (head, first, count)) = (book.own_key(row), extent(book, row));
            let named = self.for_all.range((log, first)..(log, first.saturating_add(count)));
            lines.extend(
                named.flat_map(|(_, index)| lines_at(book, head, *index, |_| true)).filter(|line| *line != row),
            );
        }
        let lot = (with.lot)(row);
        for line in lines {
            let Some(candidates) = self.answers.get(&book.own_key(line)) else { continue };
            for answer in candidates {
                if line != row && (with.lot)(*answer) != lot {
                    continue;
                }
                if found.contains(answer) || book.row(*answer).is_none_or(|r| !r.counts()) {
                    continue;
                }
                let (by, reference) = match book.record(*answer).map(|r| r.entry) {
                    Some(Entry::Refuse(Refuse { shipment, .. })) => (*answer, shipment),
                    _ => match part_of(book, *answer).and_then(|part| part.answers) {
                        Some(named) => named,
                        None => continue,
                    },
                };
                if book.named(by, &reference) != Some(line) {
                    continue;
                }
                let answered = match by == *answer {
                    false => self.is_answered_by_lot(with, row, line, *answer),
                    true => self.answered_first(with, line, *answer) == row,
                };
                if answered {
                    found.push(*answer);
                }
            }
        }
        found.sort_by_key(|answer| book.order(*answer));
        found
    }

    /// Whether this line of a shipment, named as a whole, is the first that a receipt's lot fits.
    fn is_answered_by_lot(&self, with: &With<'_>, row: u32, named: u32, answer: u32) -> bool {
        self.by_lot(with, named, answer) == Some(row)
    }

    /// What a record answers that names a line itself: that line; but where a group of receipts begins with it and the
    /// line begins a shipment, the name is that of the shipment, and the receipt's lot says which line.
    fn answered_first(&self, with: &With<'_>, named: u32, answer: u32) -> u32 {
        let begins = begins_receipts(with.book, answer) && extent(with.book, named).0 == named;
        begins.then(|| self.by_lot(with, named, answer)).flatten().unwrap_or(named)
    }

    /// The first line of a shipment that a receipt's lot fits.
    fn by_lot(&self, with: &With<'_>, named: u32, answer: u32) -> Option<u32> {
        let (product, lot) = item_of(with.book, answer)?;
        let facility = with.book.facility_of(answer);
        let fits = |line: &u32| {
            item_of(with.book, *line).is_some_and(|(other, of)| of == lot && (with.one)(facility, other, product))
        };
        // A delivery has a thousand lines, each asked for every receipt: only those of the lot are read.
        let may = |line: u32| self.lane_of.contains_key(&line) && (with.lot)(line) == lot;
        lines_of(with.book, named, may).find(fits)
    }

    fn add_up(&mut self, with: &With<'_>, key: LaneKey) {
        let book = with.book;
        let Some(mut lane) = self.lanes.get(&key).cloned() else { return };
        lane.sent.retain(|row| book.row(*row).is_some_and(super::row::Row::counts));
        lane.receipts.retain(|row| book.row(*row).is_some_and(super::row::Row::counts));
        lane.sent.sort_by_key(|row| book.order(*row));
        lane.receipts.sort_by_key(|row| book.order(*row));
        let mut states: Vec<(u32, Sent)> = Vec::new();
        for row in &lane.sent {
            states.push((*row, self.named(with, key.0, *row)));
        }
        let mut unmatched = Vec::new();
        for receipt in &lane.receipts {
            if !pour(with, &mut states, *receipt) {
                unmatched.push(*receipt);
            }
        }
        if unmatched.is_empty() {
            self.unmatched.remove(&key);
        } else {
            self.unmatched.insert(key, unmatched);
        }
        for (row, sent) in states {
            for before in self.sent.get(&row).map(|sent| sent.answers.as_slice()).unwrap_or_default() {
                self.answering.remove(before);
            }
            self.sent.insert(row, sent);
        }
        // A receipt may fill several lines of the lane: taken out above by one, it stands in another.
        for row in &lane.sent {
            self.answering.extend(self.sent.get(row).into_iter().flat_map(|sent| &sent.answers));
        }
    }

    /// What the answers that name a sent row make of it.
    fn named(&mut self, with: &With<'_>, to: u32, row: u32) -> Sent {
        let book = with.book;
        let addressees = part_of(book, row).map(|part| self.addressees(with, part.party.as_ref())).unwrap_or_default();
        let mut sent = Sent { to, addressees, sent: (with.net)(row), ..Sent::default() };
        let sender = book.facility_of(row);
        let measure = book.row(row).map_or(0, |r| r.measure);
        for answer in self.named_by(with, row) {
            let Some(r) = book.row(answer) else { continue };
            let quantity = u64::from((with.net)(answer));
            let by = book.facility_of(answer);
            if quantity == 0 {
                continue; // taken back
            }
            let (is_sender, is_addressee) = (by == sender, to == NONE || sent.addressees.contains(&by));
            if !is_sender && !is_addressee {
                sent.strangers.push(answer);
                continue;
            }
            if r.measure != measure {
                sent.other_measure.push(answer);
                continue;
            }
            sent.answers.push(answer);
            match book.record(answer).map(|r| r.entry) {
                Some(Entry::Refuse(_)) => sent.refused += quantity,
                Some(Entry::Movement { movement, .. }) => {
                    // What is closed is nobody's receipt. Between two stores of one chain the sender may be the
                    // addressee too.
                    if movement.bucket == Bucket::Transit || is_sender && to != sender {
                        sent.back += quantity;
                    } else {
                        sent.received += quantity;
                    }
                }
                _ => {}
            }
        }
        sent
    }

    /// Whether this receipt takes from something sent that is held.
    pub(super) fn is_answer(&self, row: u32) -> bool {
        self.answering.contains(&row)
    }

    /// What was sent to a facility of a lot number, and this row answers: the first by log, index and identity.
    pub(super) fn answered_by(&self, book: &Book, facility: u32, lot: u32, answer: u32) -> Option<u32> {
        if !self.is_answer(answer) {
            return None;
        }
        let here = self.successors.get(&facility).and_then(|chain| chain.last().copied()).unwrap_or(facility);
        let lane = self.lanes.get(&(here, lot)).into_iter().flat_map(|lane| lane.sent.iter().copied());
        // What went to nobody known is answered by name alone: the record named, or the lines of its shipment.
        let named = part_of(book, answer).and_then(|part| part.answers).and_then(|(by, of)| book.named(by, &of));
        let named = named.into_iter().flat_map(|named| shipment(book, named).chain([named]));
        let answered = lane.chain(named);
        let answered = answered.filter(|row| self.sent.get(row).is_some_and(|sent| sent.answers.contains(&answer)));
        answered.min_by_key(|row| book.order(*row))
    }

    /// Receipts from an enrolled facility that match nothing sent.
    pub(super) fn unmatched(&self) -> impl Iterator<Item = u32> + '_ {
        self.unmatched.values().flatten().copied()
    }

    /// Answers to a record that is held and was no line sent; and those by their group to a shipment without their lot.
    pub(super) fn answers_to_what_was_not_sent<'t>(&'t self, with: &'t With<'t>) -> impl Iterator<Item = u32> + 't {
        let book = with.book;
        self.answers.values().flatten().filter_map(move |answer| {
            book.row(*answer).filter(|r| r.counts())?;
            let (by, reference) = match book.record(*answer)?.entry {
                Entry::Refuse(Refuse { shipment, .. }) => (*answer, shipment),
                _ => part_of(book, *answer)?.answers?,
            };
            let named = book.named(by, &reference)?;
            if !self.sent.contains_key(&named) {
                // Its group's first record isn't here: whom it was sent to isn't known.
                let waits = matches!(book.record(named)?.entry, Entry::Movement { movement, .. } if movement.sent);
                return (!waits).then_some(*answer);
            }
            let sent = by == *answer || self.by_lot(with, named, *answer).is_some();
            (!sent).then_some(*answer)
        })
    }
}

/// Whether a group of receipts begins with it.
fn begins_receipts(book: &Book, row: u32) -> bool {
    matches!(book.record(row).map(|r| r.entry), Some(Entry::Movement { movement, .. })
        if movement.direction == Direction::In && matches!(movement.group, Group::Head(_)))
}

/// The group that a sent record stands in: its first record, that one's index, and how many lines it has.
fn extent(book: &Book, row: u32) -> (u32, u32, u32) {
    let head = book.record(row).and_then(|r| match r.entry {
        Entry::Movement { movement, .. } => book.group_head(row, &movement),
        _ => None,
    });
    let head = head.unwrap_or(row);
    let lines = book.record(head).map_or(1, |r| match r.entry {
        Entry::Movement { movement: Movement { group: Group::Head(lines), .. }, .. } => u32::from(lines),
        _ => 1,
    });
    (head, book.row(head).map_or(0, |r| r.index), lines)
}

/// The lines at an index that point back to their group's first record and stand on its branch, of those that may.
fn lines_at(book: &Book, head: u32, index: u32, may: impl Fn(u32) -> bool) -> impl Iterator<Item = u32> {
    let log = book.log_of(head);
    let back = book.row(head).and_then(|first| index.checked_sub(first.index));
    let points = |line: &u32| {
        may(*line)
            && (*line == head
                || match book.record(*line).map(|r| r.entry) {
                    Some(Entry::Movement { movement, .. }) => {
                        back.is_some_and(|back| movement.group == Group::Line(back))
                    }
                    _ => false,
                })
    };
    let mut branches: Vec<u32> = Vec::new();
    let first = log.and_then(|log| log.at(index).next()).filter(|_| log.is_some_and(|log| !log.is_forked()));
    if first.is_none() {
        let on_branch = |line: &u32| points(line) && (*line == head || book.on_one_branch(head, *line));
        branches.extend(log.into_iter().flat_map(|log| log.at(index)).filter(on_branch));
        branches.sort_by_key(|line| book.identity(*line));
    }
    first.filter(points).into_iter().chain(branches)
}

/// The lines of a shipment that may be meant.
fn lines_of(book: &Book, row: u32, may: impl Fn(u32) -> bool + Copy) -> impl Iterator<Item = u32> {
    let (head, first, lines) = extent(book, row);
    (first..first.saturating_add(lines)).flat_map(move |index| lines_at(book, head, index, may))
}

/// The lines of a shipment: the group that a sent record stands in. Its first record announces how many; those of them
/// count that point back to it.
pub(super) fn shipment(book: &Book, row: u32) -> impl Iterator<Item = u32> + use<'_> {
    lines_of(book, row, |_| true)
}

/// Fills lines of equal counterparty, document and product with a receipt that names none; the surplus stays on the
/// last. Whether there was one.
fn pour(with: &With<'_>, states: &mut [(u32, Sent)], receipt: u32) -> bool {
    let book = with.book;
    let Some(part) = part_of(book, receipt) else { return false };
    let here = book.facility_of(receipt);
    let measure = book.row(receipt).map_or(0, |r| r.measure);
    let mut room = [0; ITEM_ROOM];
    let from = part.party.map(|party| party_name(&party, &mut room).to_vec());
    let fits = |row: u32, sent: &Sent| {
        let Some(line) = part_of(book, row).filter(|_| sent.addressees.contains(&here)) else { return false };
        let sender = crate::ident::FacilityCode::parse(book.facilities.text(book.facility_of(row))).ok();
        let mut room = [0; ITEM_ROOM];
        let sender = sender.map(|code| party_name(&Party::Facility(code), &mut room).to_vec());
        let product = |m: &Movement<'_>| book.products.find(&super::rules::encoding(&m.product)).unwrap_or(NONE);
        sender == from
            && line.document == part.document
            && book.row(row).is_some_and(|r| r.measure == measure)
            && (with.one)(here, product(&line.movement), product(&part.movement))
    };
    let mut left = u64::from((with.net)(receipt));
    let mut last = None;
    for (at, (row, sent)) in states.iter_mut().enumerate() {
        if !fits(*row, sent) {
            continue;
        }
        last = Some(at);
        let take = left.min(sent.remaining());
        if take > 0 {
            sent.received += take;
            sent.answers.push(receipt);
            left -= take;
        }
    }
    if let Some((_, sent)) = last.and_then(|last| states.get_mut(last)).filter(|_| left > 0) {
        sent.received += left;
        if !sent.answers.contains(&receipt) {
            sent.answers.push(receipt);
        }
    }
    last.is_some()
}

/// Product and lot number of a movement.
fn item_of(book: &Book, row: u32) -> Option<(u32, u32)> {
    let item = book.item_of(&book.record(row)?.entry)?;
    book.of_item.get(item as usize).copied()
}
