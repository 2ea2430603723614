//! The other devices of the facility: their logs, each in a ring of flash of its own beside the own log's.
//!
//! A log that came is kept in the same form as the own one (`spec/log.md` section 4): its records, then mark and seal. So
//! what was taken is durable before the giver is told so, a cut leaves nothing by halves, and the stock table can read
//! any record again.

use crate::refusal::Refusal;
use embedded_storage::nor_flash::NorFlash;
use heapless::Vec;
use medlot_core::crypto::{Hash, Suite};
use medlot_core::log::{FlashLog, Layout, LogError, LogHead};
use medlot_core::record::{Authentic, LogKey, TipError};
use medlot_core::sync::Taken;
use medlot_core::trust::{Fact, FactKind};

/// Most devices of the facility besides this one whose logs are kept.
pub const FELLOWS: usize = 3;

/// A ring, and the log in it.
struct Fellow<L> {
    flash: L,
    log: Option<FlashLog<L>>,
}

/// The rings, and how logs lie on them.
pub(crate) struct Fellows<L> {
    layout: Layout,
    rings: Vec<Fellow<L>, FELLOWS>,
}

impl<L: NorFlash + Clone> Fellows<L> {
    /// On these rings, at most [`FELLOWS`].
    pub(crate) fn new(sector: u32, flash: impl IntoIterator<Item = L>) -> Self {
        let rings = flash.into_iter().take(FELLOWS).map(|flash| Fellow { flash, log: None });
        // No application's bytes stand in their checkpoints: the table is in the own log's.
        Self { layout: Layout { sector, blob: 0 }, rings: rings.collect() }
    }
    /// Reads the rings. A copy that the medium damaged is given up: whoever gave it gives it again.
    #[inline(never)]
    pub(crate) fn open(&mut self) -> Result<(), Refusal> {
        for ring in &mut self.rings {
            ring.log = match FlashLog::open(ring.flash.clone(), self.layout) {
                Ok(log) if log.closed().is_none() => Some(log),
                Ok(_) => {
                    FlashLog::wipe(ring.flash.clone(), self.layout)?;
                    None
                }
                Err(LogError::NotALog) => None,
                Err(e) => return Err(e.into()),
            };
        }
        Ok(())
    }
    /// Number of rings.
    pub(crate) fn rings(&self) -> usize {
        self.rings.len()
    }
    /// The log in a ring.
    pub(crate) fn at(&mut self, ring: usize) -> Option<&mut FlashLog<L>> {
        self.rings.get_mut(ring)?.log.as_mut()
    }
    /// The log with this id.
    #[inline(never)]
    pub(crate) fn log(&mut self, id: &[u8; 16]) -> Option<&mut FlashLog<L>> {
        self.rings.iter_mut().filter_map(|ring| ring.log.as_mut()).find(|log| log.tip().log().log16() == *id)
    }
    /// Keeps a segment that its log's key vouches for; what of it is kept already is as good as kept.
    #[inline(never)]
    pub(crate) fn take(
        &mut self,
        segment: &Authentic<'_>,
        key: &LogKey<'_>,
        head: &LogHead<'_>,
    ) -> Result<Taken, Refusal> {
        let id = key.id.log16();
        if self.log(&id).is_none() {
            // Ids of a head that isn't this log's would be another log's: the ring would never be found again.
            let is_first = segment.index() == 0 && head.id() == Some(key.id);
            let free = self.rings.iter_mut().find(|ring| ring.log.is_none() && is_first);
            let Some(ring) = free else { return Ok(Taken::Full) };
            ring.log = Some(FlashLog::create(ring.flash.clone(), self.layout, head)?);
        }
        let log = self.log(&id).ok_or(Refusal::own("no_such_log"))?;
        let (count, end) = (log.tip().count(), segment.end());
        if end <= count {
            if log.value_at(end)? != segment.head() {
                return Ok(Taken::Refused);
            }
        } else if !goes_on(segment, count, &log.tip().head()) {
            return Ok(Taken::Refused);
        } else if let Err(refused) = append(log, segment) {
            return if refused == LogError::Full { Ok(Taken::Full) } else { Err(refused.into()) };
        }
        // Cut off between the records and their seal: the same segment brings it again.
        if end == log.tip().count() && log.seal().is_none_or(|seal| seal.count < end) {
            while log.offer() == Err(LogError::Tip(TipError::TooManyOffers)) {
                log.forget_oldest();
            }
            let signature = segment.body().last_chunk().ok_or(Refusal::own("signature"))?;
            match log.offer().and_then(|_| log.attach(key, end, signature)) {
                Ok(_) => {}
                Err(LogError::Full) => return Ok(Taken::Full),
                Err(e) => return Err(e.into()),
            }
        }
        Ok(Taken::Stored(end))
    }
}

/// Whether what a segment holds behind this count follows this value of the chain.
#[inline(never)]
fn goes_on(segment: &Authentic<'_>, count: u32, head: &Hash) -> bool {
    if segment.index() == count {
        return segment.start() == *head;
    }
    let mut records = segment.records();
    while let Some(record) = records.next() {
        if record.index() + 1 == count {
            return record.identity() == *head;
        }
    }
    false
}

/// Appends what a segment holds behind the log's end; all of it or nothing.
#[inline(never)]
fn append<L: NorFlash>(log: &mut FlashLog<L>, segment: &Authentic<'_>) -> Result<(), LogError> {
    let from = log.tip().count();
    let mut group = log.group()?;
    let mut records = segment.records();
    while let Some(record) = records.next() {
        if record.index() >= from {
            group.push(record.bytes())?;
        }
    }
    group.commit()?;
    Ok(())
}

/// What a log of this facility is, by the enrolments held.
pub(crate) fn head_of<'f>(facts: &[Fact<'f>], log: &Hash, facility: &str) -> Option<LogHead<'f>> {
    facts.iter().find_map(|fact| match fact.kind {
        FactKind::Enrol { under, child, grant, key, .. } if child == *log && grant.facility == facility => {
            let suite = Suite::of_number(key.suite)?;
            Some(LogHead { parent: under, suite, key: key.key, facility: grant.facility })
        }
        _ => None,
    })
}
