//! What two facilities say of one delivery.

use super::super::part::lot_of_row;
use super::super::row::{NONE, Row, does};
use super::super::site::same_class;
use super::super::transit::With;
use super::{DAY, FindingKind, Search};
use crate::ident::Party;
use alloc::vec::Vec;

impl<'l> Search<'l, '_> {
    pub(super) fn shipments(&mut self) {
        let ledger = self.settled.ledger;
        let book = &ledger.book;
        let rows: Vec<u32> = ledger.transit.sent.keys().copied().collect();
        for row in rows {
            let Some(sent) = ledger.transit.sent.get(&row).filter(|_| book.row(row).is_some_and(Row::counts)) else {
                continue;
            };
            let to = (sent.to != NONE).then(|| book.facilities.text(sent.to));
            let from = book.facilities.text(book.facility_of(row));
            let concerns = |only: &str| only == from || Some(only) == to;
            if self.asked.facility.is_some_and(|only| !concerns(only)) {
                continue;
            }
            let mut all = alloc::vec![row];
            all.extend(&sent.answers);
            let surplus = i64::try_from(sent.surplus()).unwrap_or(i64::MAX);
            if surplus > 0 {
                let taken = i64::from(ledger.taken_back(row));
                let kind = if taken >= surplus { FindingKind::ReversalTooLate } else { FindingKind::OverReceipt };
                self.put(kind, &all, Some(surplus));
                self.between(to);
                self.twice(row, &sent.answers, to);
            }
            let remaining = i64::try_from(sent.remaining()).unwrap_or(i64::MAX);
            if remaining > 0 && !sent.answers.is_empty() {
                self.put(FindingKind::Shortage, &all, Some(remaining));
                self.between(to);
            }
            let waited = self.asked.now.map(|now| i64::from(now.as_secs()) - book.time(row));
            if remaining > 0
                && sent.answers.is_empty()
                && waited.is_some_and(|waited| waited > i64::from(self.asked.answer_days) * DAY)
            {
                self.put(FindingKind::NotReceived, &[row], Some(remaining));
                self.between(to);
            }
            for stranger in &sent.strangers {
                self.put(FindingKind::AnsweredByAnother, &[*stranger, row], None);
                self.between(Some(from));
            }
            for answer in &sent.other_measure {
                self.put(FindingKind::PartsConflict, &[*answer, row], None);
                self.between(Some(from));
            }
        }
    }

    /// Names the other facility of the finding just put.
    fn between(&mut self, other: Option<&'l str>) {
        if let Some(last) = self.found.last_mut() {
            last.other = other.filter(|other| *other != last.facility);
        }
    }

    fn twice(&mut self, sent: u32, answers: &[u32], to: Option<&'l str>) {
        let book = &self.settled.ledger.book;
        let log = |row: u32| book.row(row).map(|r| r.log);
        let receipts: Vec<u32> = answers
            .iter()
            .copied()
            .filter(|row| {
                book.row(*row).is_some_and(|r| r.is(does::PUTS)) && book.facility_of(*row) != book.facility_of(sent)
            })
            .collect();
        for (at, a) in receipts.iter().enumerate() {
            for b in receipts.iter().skip(at + 1) {
                if log(*a) != log(*b) && !book.knows(*a, *b) && !book.knows(*b, *a) {
                    let (first, last) = if book.identity(*a) < book.identity(*b) { (*a, *b) } else { (*b, *a) };
                    self.put(FindingKind::ReceivedTwice, &[sent, first, last], None);
                    self.between(to);
                }
            }
        }
    }

    pub(super) fn receipts(&mut self) {
        let ledger = self.settled.ledger;
        let book = &ledger.book;
        let has_device = |code: &str| {
            let facility = book.facilities.find(code.as_bytes());
            facility.is_some_and(|facility| book.logs.iter().any(|log| log.facility == facility && log.records > 0))
        };
        let unmatched: Vec<u32> = ledger.transit.unmatched().collect();
        for row in unmatched {
            let from = ledger.transit_party(row);
            if let Some(Party::Facility(code)) = from.filter(|_| ledger.net(row) > 0)
                && has_device(code.as_str())
            {
                self.put(FindingKind::ReceiptWithoutShipment, &[row], Some(i64::from(ledger.net(row))));
                self.between(book.facilities.find(code.as_str().as_bytes()).map(|f| book.facilities.text(f)));
            }
        }
        let net = |row| ledger.net(row);
        let one = |facility, a, b| a == b || same_class(book, &ledger.sites, facility, a, b);
        let lot = |row| lot_of_row(book, &ledger.parts, row);
        let with = With { book, rules: &ledger.rules, net: &net, one: &one, lot: &lot };
        let answers: Vec<u32> = ledger.transit.answers_to_what_was_not_sent(&with).collect();
        for row in answers.into_iter().filter(|row| ledger.net(*row) > 0) {
            self.put(FindingKind::ReceiptWithoutShipment, &[row], Some(i64::from(ledger.net(row))));
        }
    }
}
