//! Taking: what is lacking of a page, and what becomes of the pieces that come.

use super::message::{MAX_POINTS, Offer, Peer, Piece, PieceForm, TOOK, WANT};
use super::session::{Going, Standing};
use super::{Archive, SyncError, Taken};
use crate::record::bytes::{Reader, Writer};

/// A piece on its way in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Filling {
    pub(super) position: u32,
    pub(super) form: PieceForm,
    pub(super) length: usize,
    pub(super) got: usize,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Take {
    pub(super) items: u32,
    pub(super) wanted: u32,
    /// The position of the last piece in the page.
    pub(super) position: u32,
    pub(super) filling: Option<Filling>,
    pub(super) last: bool,
    /// The peer's first page came, or that it has none.
    pub(super) stated: bool,
    pub(super) ended: bool,
}

impl<B: AsRef<[u8]> + AsMut<[u8]>> Going<B> {
    /// A page of the peer's: says what is wanted of it.
    #[inline(never)] // its offers must not stand under the judging of a piece
    pub(super) fn have<A: Archive>(
        &mut self,
        archive: &mut A,
        peer: &Peer,
        mut r: Reader<'_>,
        out: &mut [u8],
    ) -> Result<usize, SyncError> {
        if self.take.last || self.take.ended || self.take.filling.is_some() {
            return Err(SyncError::Order);
        }
        let flags = r.byte().filter(|flags| *flags < 2).ok_or(SyncError::Form)?;
        let mut w = Writer::new(out);
        w.byte(WANT).ok_or(SyncError::Buffer)?;
        let (mut position, mut last_log, mut wanted) = (0u32, None, 0);
        while !r.is_empty() {
            self.spend()?;
            let offer = Offer::get(last_log, &mut r).ok_or(SyncError::Form)?;
            last_log = offer.log();
            self.compare(archive, peer, &offer)?;
            if archive.wants(peer, &offer)? {
                wanted += 1;
                // An offer takes 19 bytes at least, a want with one point 17 at most: what is left of the page is what
                // the wants of the rest can need.
                let room = most_points(w.len() + r.rest().len(), w.room());
                put_want(archive, &offer, position, room, &mut w)?;
            }
            position += 1;
        }
        (self.take.last, self.take.stated) = (flags == 1, true);
        (self.take.wanted, self.take.position) = (wanted, 0);
        Ok(w.len())
    }

    /// What the peer holds of the own log.
    pub(super) fn compare<A: Archive>(&mut self, archive: &mut A, peer: &Peer, offer: &Offer) -> Result<(), SyncError> {
        let (Some(log), Some(tip)) = (offer.log().filter(|log| Some(*log) == self.log), offer.tip()) else {
            return Ok(());
        };
        let Some(own) = archive.own()?.filter(|own| own.log() == Some(log)) else { return Ok(()) };
        if tip.count > own.end() {
            // A branch that parted counts more than records that are lacking.
            if !matches!(self.standing, Standing::Forked(_)) {
                self.standing = Standing::Behind(tip.count);
            }
        } else if !archive.on_chain(&own, &tip)? {
            self.standing = Standing::Forked(tip.count);
        } else if matches!(offer, Offer::Whole { .. }) {
            self.acknowledge(peer, tip.count);
        }
        Ok(())
    }

    /// Only who keeps whole logs of this facility can say that it holds the own one.
    pub(super) fn acknowledge(&mut self, peer: &Peer, count: u32) {
        let own = self.facility.get(..self.facility_length).unwrap_or_default();
        let same = peer.facilities().next().is_some_and(|first| first.as_bytes() == own);
        if peer.asks_for_everything() || same {
            self.acknowledged = self.acknowledged.max(count);
        }
    }

    /// A piece begins.
    pub(super) fn begin(&mut self, r: &mut Reader<'_>) -> Result<(), SyncError> {
        let form = SyncError::Form;
        let position = r.varint32().ok_or(form)?;
        let piece = PieceForm::of(r.byte().ok_or(form)?).ok_or(form)?;
        let length = r.varint32().ok_or(form)? as usize;
        if self.take.filling.is_some() || self.take.wanted == 0 || position < self.take.position {
            return Err(SyncError::Order);
        }
        if length == 0 || length > self.buffers.piece.as_ref().len() {
            return Err(form);
        }
        self.spend()?;
        self.take.position = position;
        self.take.filling = Some(Filling { position, form: piece, length, got: 0 });
        Ok(())
    }

    /// The next bytes of a piece; the whole one is taken, and what became of it is the reply.
    pub(super) fn fill<A: Archive>(
        &mut self,
        archive: &mut A,
        peer: &Peer,
        bytes: &[u8],
        out: &mut [u8],
    ) -> Result<usize, SyncError> {
        let mut filling = self.take.filling.ok_or(SyncError::Order)?;
        let end = filling.got.checked_add(bytes.len()).filter(|end| *end <= filling.length && !bytes.is_empty());
        let end = end.ok_or(SyncError::Form)?;
        let room = self.buffers.piece.as_mut().get_mut(filling.got..end).ok_or(SyncError::Form)?;
        room.copy_from_slice(bytes);
        filling.got = end;
        if end < filling.length {
            self.take.filling = Some(filling);
            return Ok(0);
        }
        self.take.filling = None;
        let bytes = self.buffers.piece.as_ref().get(..end).unwrap_or_default();
        let taken = match Piece::read(filling.form, bytes) {
            Some(piece) => archive.take(peer, &piece)?,
            None => Taken::Refused,
        };
        let (status, count) = match taken {
            Taken::Stored(count) => (0, count),
            Taken::Waits => (1, 0),
            Taken::Refused => (2, 0),
            Taken::Full => (3, 0),
        };
        if status == 0 {
            self.totals.stored.0 += 1;
            self.totals.stored.1 += end as u64;
        } else {
            self.totals.aside += 1;
        }
        let mut w = Writer::new(out);
        w.byte(TOOK)
            .and_then(|()| w.varint(u64::from(filling.position)))
            .and_then(|()| w.byte(status))
            .and_then(|()| w.varint(u64::from(count)))
            .ok_or(SyncError::Buffer)?;
        Ok(w.len())
    }
}

/// How many points fit besides the first, where so many bytes of the room are used or kept.
const fn most_points(used: usize, room: usize) -> u32 {
    // Position 3, number 1, and 13 for each point.
    let free = room.saturating_sub(used).saturating_sub(4 + 13) / 13;
    if free as u32 > MAX_POINTS - 1 { MAX_POINTS } else { free as u32 + 1 }
}

fn put_want<A: Archive>(
    archive: &mut A,
    offer: &Offer,
    position: u32,
    most: u32,
    w: &mut Writer<'_>,
) -> Result<(), SyncError> {
    let full = SyncError::Buffer;
    w.varint(u64::from(position)).ok_or(full)?;
    let number = w.len();
    w.byte(0).ok_or(full)?;
    let (mut points, mut below) = (0u8, u32::MAX);
    for nth in 0..most {
        let Some(point) = archive.held(offer, nth)? else { break };
        // Only what leads down: the peer reads them in this order.
        if point.count >= below || point.count == 0 {
            continue;
        }
        w.varint(u64::from(point.count)).and_then(|()| w.put(&point.head)).ok_or(full)?;
        (points, below) = (points + 1, point.count);
    }
    w.set(number, points);
    Ok(())
}
