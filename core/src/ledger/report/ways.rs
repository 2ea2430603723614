//! What was sent and what became of it, from both ends.

use super::super::row::Row;
use super::super::settled::{Settled, Shipment};
use super::period::Period;
use crate::movement::{Bucket, Movement};
use crate::record::Entry;
use alloc::vec::Vec;

/// A line sent by or to a facility, with its differences. Both ends that hold the same records see the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery<'l> {
    /// What was sent, and what answers it.
    pub shipment: Shipment<'l>,
    /// Whether the facility sent it.
    pub sent_here: bool,
    /// Whether it is to receive it.
    pub received_here: bool,
    /// Answered in part: still on the way and not refused, which is what the receiver is short of.
    pub short: u64,
    /// More was received, taken back or closed than was sent.
    pub over: u64,
    /// Closed by the sender: what was lost on the way.
    pub lost: u64,
    /// Back with the sender.
    pub taken_back: u64,
}

impl<'l> Settled<'l> {
    /// Every line that a facility sent or is to receive, sent in a period by the sender's clock: by time, log and index.
    #[must_use]
    pub fn deliveries(self, period: &Period<'_>) -> Vec<Delivery<'l>> {
        let ledger = self.ledger;
        let book = &ledger.book;
        let Some(here) = book.facilities.find(period.facility.as_bytes()) else { return Vec::new() };
        let (start, end) = period.span.seconds(period.utc_offset);
        let concerned = ledger.transit.sent.iter().filter(|(row, sent)| {
            let time = book.time(**row);
            (book.facility_of(**row) == here || sent.to == here)
                && (start..end).contains(&time)
                && book.row(**row).is_some_and(Row::counts)
        });
        let mut rows: Vec<u32> = concerned.map(|(row, _)| *row).collect();
        rows.sort_by_key(|row| (book.time(*row), book.order(*row)));
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let Some((shipment, sent)) = self.shipment(row).zip(ledger.transit.sent.get(&row)) else { continue };
            if period.products.is_some_and(|wanted| !wanted(&shipment.product)) {
                continue;
            }
            let closes = |answer: &&u32| {
                let said = book.record(**answer).map(|r| r.entry);
                matches!(said, Some(Entry::Movement { movement: Movement { bucket: Bucket::Transit, .. }, .. }))
            };
            let lost = sent.answers.iter().filter(closes).map(|answer| u64::from(ledger.net(*answer))).sum::<u64>();
            let lost = lost.min(shipment.back);
            let answered = !sent.answers.is_empty();
            // What was refused and isn't back yet.
            let refused = shipment.refused.saturating_sub(shipment.back - lost);
            all.push(Delivery {
                sent_here: book.facility_of(row) == here,
                received_here: sent.to == here,
                short: if answered { shipment.remaining.saturating_sub(refused) } else { 0 },
                over: sent.surplus(),
                lost,
                taken_back: shipment.back - lost,
                shipment,
            });
        }
        all
    }
}
