//! A device that works with a log on flash, and what must be true of it after any cut.

use super::nor::Nor;
use crate::crypto::{Hash, SoftwareKey, Suite, chain_next};
use crate::log::{FlashLog, Layout, LogError, LogHead};
use crate::record::{LogKey, TipError};

/// What a device does.
#[derive(Debug, Clone)]
pub(super) enum Act {
    /// Appends records of these lengths together.
    Append(Vec<usize>),
    /// The same, one by one.
    Group(Vec<usize>),
    /// Pushes records and gives up.
    GiveUp(Vec<usize>),
    Seal,
    /// Offers, and the signature never comes.
    Offer,
    /// Another device holds all that is sealed but so many.
    Acknowledge(u32),
    /// Gives up old sectors, carrying a table of this many bytes forward.
    Reclaim(usize),
    /// Off and on.
    Restart,
}

pub(super) struct Own {
    key: SoftwareKey,
    public: [u8; 32],
}

impl Own {
    pub(super) fn new() -> Self {
        let key = SoftwareKey::from_seed(Suite::Ed25519, &[3; 32]).unwrap();
        let public: [u8; 32] = key.public_key(&mut [0; 33]).try_into().unwrap();
        Self { key, public }
    }
    pub(super) fn head(&self) -> LogHead<'_> {
        LogHead { parent: Hash([9; 32]), suite: Suite::Ed25519, key: &self.public, facility: "01C55" }
    }
    pub(super) fn log(&self) -> LogKey<'_> {
        LogKey { id: self.head().id().unwrap(), suite: Suite::Ed25519, key: &self.public }
    }
    pub(super) fn sign(&self, message: &[u8; 84]) -> [u8; 64] {
        self.key.sign(message)
    }
}

/// What was acknowledged to the application.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) records: Vec<Vec<u8>>,
    pub(super) sealed: u32,
    pub(super) marked: u32,
    pub(super) acknowledged: u32,
    pub(super) blob: Vec<u8>,
}

/// A record that is unlike every other.
pub(super) fn record(index: usize, length: usize) -> Vec<u8> {
    (0..length.max(1)).map(|i| (index.wrapping_mul(31) ^ i.wrapping_mul(17) ^ (i >> 8)) as u8).collect()
}

fn next(known: &Known, lengths: &[usize]) -> Vec<Vec<u8>> {
    lengths.iter().enumerate().map(|(i, length)| record(known.records.len() + i, *length)).collect()
}

pub(super) fn value_at(own: &Own, records: &[Vec<u8>], count: u32) -> Hash {
    (0..count).zip(records).fold(own.head().id().unwrap(), |head, (i, r)| chain_next(&head, i, r).unwrap())
}

/// What is known when an act succeeds; the act's own result says which of it happened.
pub(super) fn act<const W: usize, const E: usize>(
    own: &Own,
    log: &mut FlashLog<Nor<W, E>>,
    act: &Act,
    known: &Known,
) -> (Known, Result<(), LogError>) {
    let mut then = known.clone();
    let done = match act {
        Act::Append(lengths) => {
            let records = next(known, lengths);
            let done = log.append(&records).map(|first| assert_eq!(first as usize, known.records.len()));
            then.records.extend(records);
            done
        }
        Act::Group(lengths) => {
            let records = next(known, lengths);
            let done = log.group().and_then(|mut group| {
                records.iter().try_for_each(|record| group.push(record).map(drop))?;
                group.commit().map(drop)
            });
            then.records.extend(records);
            done
        }
        Act::GiveUp(lengths) => log
            .group()
            .and_then(|mut group| next(known, lengths).iter().try_for_each(|record| group.push(record).map(drop))),
        Act::Seal | Act::Offer => {
            let count = log.tip().count();
            then.marked = count;
            if matches!(act, Act::Offer) {
                log.offer().map(drop)
            } else {
                then.sealed = count;
                log.offer().and_then(|offer| log.attach(&own.log(), count, &own.sign(&offer.durable())).map(drop))
            }
        }
        Act::Acknowledge(but) => {
            let count = known.sealed.saturating_sub(*but).max(known.acknowledged);
            then.acknowledged = count;
            log.acknowledge(count, &value_at(own, &known.records, count))
        }
        Act::Reclaim(length) => {
            let blob = record(known.records.len(), *length);
            then.blob = blob.clone();
            log.reclaim(blob.chunks(48)).map(drop)
        }
        Act::Restart => Ok(()),
    };
    (then, done)
}

/// Refusals that a device meets in ordinary work; nothing happened then.
pub(super) fn is_refusal(error: LogError) -> bool {
    use TipError::{NothingToSeal, SealDue, TooManyOffers};
    matches!(
        error,
        LogError::Full | LogError::NothingToReclaim | LogError::Tip(NothingToSeal | SealDue | TooManyOffers)
    )
}

/// All records that are still here, from the first one.
pub(super) fn read_all<const W: usize, const E: usize>(log: &mut FlashLog<Nor<W, E>>) -> (u32, Vec<Vec<u8>>) {
    let count = log.tip().count();
    let from = (0..=count).find(|index| log.records(*index).is_ok()).unwrap();
    let (mut cursor, mut records, mut buffer) = (log.records(from).unwrap(), Vec::new(), [0; 4_096]);
    while let Some((index, record)) = cursor.next(log, &mut buffer).unwrap() {
        assert_eq!(index as usize, from as usize + records.len());
        records.push(record.to_vec());
    }
    (from, records)
}

pub(super) fn read_blob<const W: usize, const E: usize>(log: &mut FlashLog<Nor<W, E>>) -> Vec<u8> {
    let (mut blob, mut all) = (log.blob().unwrap(), Vec::new());
    loop {
        let mut piece = [0; 48];
        let read = blob.read(log, &mut piece).unwrap();
        all.extend(&piece[..read]);
        if read < piece.len() {
            return all;
        }
    }
}

/// Opens after a cut: all that was acknowledged is here, and of what was under way, all or nothing. Gives what is.
pub(super) fn check<const W: usize, const E: usize>(
    own: &Own,
    flash: Nor<W, E>,
    layout: Layout,
    before: &Known,
    under_way: &Known,
) -> (FlashLog<Nor<W, E>>, Known) {
    let mut log = FlashLog::open(flash, layout).unwrap();
    assert_eq!(log.closed(), None);
    let count = log.tip().count() as usize;
    assert!(count == before.records.len() || count == under_way.records.len(), "{count} records");
    let all = if count == before.records.len() { &before.records } else { &under_way.records };
    assert_eq!(log.tip().head(), value_at(own, all, count as u32));
    let (from, records) = read_all(&mut log);
    assert!(records == all[from as usize..], "records from {from}");
    let heard = log.acknowledged();
    assert!(from <= heard, "what no other device holds is still here: {from}, {heard}");
    assert!(heard <= under_way.acknowledged);
    let sealed = log.seal().map_or(0, |seal| seal.count);
    assert!(sealed == before.sealed || sealed == under_way.sealed, "{sealed} sealed");
    assert_eq!(log.tip().unsealed(), log.tip().count() - sealed);
    let blob = read_blob(&mut log);
    assert!(blob == before.blob || blob == under_way.blob, "the table is one of the two");
    assert_eq!(log.head(&mut [0; 128]).unwrap(), own.head());
    let marked = log.mark().map_or(0, |mark| mark.count);
    assert!(marked == before.marked || marked == under_way.marked, "{marked} marked");
    assert!(marked >= sealed, "what was offered for signing is remembered");
    let known = Known { records: all.clone(), sealed, marked, acknowledged: heard, blob };
    (log, known)
}

/// Appends, by the way out that the error names where the log is full; gives what is known then.
pub(super) fn go_on<const W: usize, const E: usize>(
    own: &Own,
    log: &mut FlashLog<Nor<W, E>>,
    found: &Known,
    seal: bool,
) -> Known {
    let (mut then, mut done) = act(own, log, &Act::Append(vec![21]), found);
    if done == Err(LogError::Full) || done == Err(TipError::SealDue.into()) {
        then = found.clone();
        for way_out in [Act::Seal, Act::Acknowledge(0), Act::Reclaim(100), Act::Append(vec![21])] {
            let (mut now, mut result) = act(own, log, &way_out, &then);
            if result == Err(TipError::TooManyOffers.into()) {
                assert!(log.forget_oldest().is_some());
                (now, result) = act(own, log, &way_out, &then);
            }
            // All may be under a seal already, and room enough without a checkpoint.
            let needless = matches!(result, Err(LogError::Tip(TipError::NothingToSeal) | LogError::NothingToReclaim));
            if !needless {
                (then, done) = (now, result);
                assert_eq!(done, Ok(()), "{way_out:?}");
            }
        }
    }
    assert_eq!(done, Ok(()));
    if seal {
        let (now, done) = act(own, log, &Act::Seal, &then);
        assert_eq!(done, Ok(()));
        then = now;
    }
    then
}
