//! Frames, groups and recovery where a log stands in one piece.

use super::device::{Own, record};
use crate::crypto::Hash;
use crate::log::{FILE_MAGIC, Frames, Kind, LogError, MAX_PAYLOAD, MemoryLog, Place, Records, Store, Writer, recover};
use crate::record::TipError;
use proptest::prelude::*;

/// A medium of any length.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Store for Bytes {
    fn write(&mut self, at: u64, bytes: &[u8]) -> Result<(), LogError> {
        self.0.truncate(at as usize);
        self.0.extend(bytes);
        Ok(())
    }
}

fn written(groups: &[Vec<usize>]) -> (Vec<u8>, Vec<Vec<u8>>, Vec<usize>) {
    let (own, mut store, mut all, mut ends) = (Own::new(), Bytes::default(), Vec::new(), Vec::new());
    let mut writer = Writer::create(&own.head(), &mut store).unwrap();
    writer.confirm().unwrap();
    ends.push(writer.at() as usize);
    for group in groups {
        let records: Vec<_> = group.iter().enumerate().map(|(i, n)| record(all.len() + i, *n)).collect();
        if writer.append(&records, &mut store) == Err(TipError::SealDue.into()) {
            let offer = writer.offer(&mut store).unwrap();
            writer.confirm().unwrap();
            writer.attach(&own.log(), offer.mark().count, &own.sign(&offer.durable()), &mut store).unwrap();
            writer.confirm().unwrap();
            writer.append(&records, &mut store).unwrap();
        }
        writer.confirm().unwrap();
        ends.push(writer.at() as usize);
        all.extend(records);
    }
    (store.0, all, ends)
}

fn read(bytes: &[u8]) -> Vec<Vec<u8>> {
    let found = recover(bytes).unwrap();
    let (mut records, mut all, mut buffer) = (Records::new(bytes, found.first, found.end), Vec::new(), [0; 4_096]);
    while let Some(record) = records.next(&mut buffer).unwrap() {
        all.push(record.to_vec());
    }
    assert_eq!(all.len(), found.recovery.tip().count() as usize);
    all
}

#[test]
fn a_frame_has_the_bytes_of_the_specification() {
    let (bytes, ..) = written(&[vec![3]]);
    assert_eq!(&bytes[..8], b"MLOG\x02\x48\x00\x01");
    let frame = Frames::new(&bytes, FILE_MAGIC.len()).nth(1).unwrap();
    let head = super::device::value_at(&Own::new(), &[record(0, 3)], 1);
    assert_eq!(frame.payload, [&[3, 0][..], &record(0, 3), &[0, 0], &head.0[..8]].concat());
    assert_eq!((frame.kind(), frame.more(), frame.continued()), (Some(Kind::Group), false, false));
    let Place::File(at) = frame.place else { panic!("in a file") };
    let end = at as usize + 3 + frame.payload.len();
    // CRC-32/ISO-HDLC bit by bit, apart from the library.
    let sum = bytes[at as usize..end].iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |s, _| if s & 1 == 1 { s >> 1 ^ 0xedb8_8320 } else { s >> 1 })
    });
    assert_eq!(&bytes[end..], (!sum).to_le_bytes());
}

#[test]
fn a_large_group_goes_through_frames_of_4096_bytes_and_stays_whole_or_not_at_all() {
    let (bytes, all, ends) = written(&[vec![40], vec![30; 1_000]]);
    let frames = Frames::new(&bytes, ends[1]);
    assert_eq!(frames.clone().count(), 8);
    assert!(frames.clone().all(|frame| frame.payload.len() <= MAX_PAYLOAD));
    assert_eq!(read(&bytes), all);
    for end in ends[1]..bytes.len() {
        let found = recover(&bytes[..end]).unwrap();
        assert_eq!((found.recovery.tip().count(), found.end), (1, ends[1]), "cut after {end} bytes");
    }
}

#[test]
fn a_write_awaits_its_acknowledgement_and_a_failed_one_leaves_nothing() {
    let (own, mut store) = (Own::new(), Bytes::default());
    let mut writer = Writer::create(&own.head(), &mut store).unwrap();
    assert_eq!(writer.append(&[b"first"], &mut store), Err(LogError::Order));
    writer.confirm().unwrap();
    assert_eq!(writer.confirm(), Err(LogError::Order));
    assert_eq!(writer.append::<Vec<u8>, _>(&[], &mut store), Err(LogError::Empty));
    assert_eq!(writer.append(&[b""], &mut store), Err(LogError::Empty));
    assert_eq!(writer.append(&[[0; 4_097]], &mut store), Err(TipError::TooLong.into()));
    writer.append(&[b"never"], &mut store).unwrap();
    writer.failed();
    assert_eq!(writer.append(&[b"other"], &mut store), Ok(0));
    writer.confirm().unwrap();
    assert_eq!(read(&store.0), [b"other"]);
}

#[test]
fn an_offer_outlives_a_restart_and_its_late_seal_is_taken() {
    let (own, mut store) = (Own::new(), Bytes::default());
    let mut writer = Writer::create(&own.head(), &mut store).unwrap();
    writer.confirm().unwrap();
    writer.append(&[b"first"], &mut store).unwrap();
    writer.confirm().unwrap();
    let offer = writer.offer(&mut store).unwrap();
    writer.confirm().unwrap();
    writer.append(&[b"second"], &mut store).unwrap();
    writer.confirm().unwrap();
    let found = recover(&store.0).unwrap();
    assert_eq!(found.recovery.mark(), Some(offer.mark()));
    let mut writer = Writer::resume(&found.recovery, found.end as u64);
    let seal = writer.attach(&own.log(), 1, &own.sign(&offer.durable()), &mut store).unwrap();
    writer.confirm().unwrap();
    let found = recover(&store.0).unwrap();
    assert_eq!((found.recovery.seal(), found.recovery.tip().unsealed()), (Some(&seal), 1));
}

#[test]
fn a_log_that_lost_what_it_offered_for_signing_is_closed() {
    let (own, mut store) = (Own::new(), Bytes::default());
    let mut writer = Writer::create(&own.head(), &mut store).unwrap();
    writer.confirm().unwrap();
    writer.append(&[b"first"], &mut store).unwrap();
    writer.confirm().unwrap();
    let kept = writer.at() as usize;
    writer.append(&[b"second"], &mut store).unwrap();
    writer.confirm().unwrap();
    let lost = writer.at() as usize;
    let mark = writer.offer(&mut store).unwrap().mark();
    let moved = [&store.0[..kept], &store.0[lost..]].concat();
    assert_eq!(recover(&moved).unwrap_err(), TipError::MarkLost(mark).into());
    // Another second record of the same length: the CRC of the frame may hold, the chain doesn't.
    let (mut other, own_head) = (Bytes(store.0[..kept].to_vec()), own.head());
    let mut writer = Writer::resume(&recover(&other.0).unwrap().recovery, kept as u64);
    writer.append(&[b"secand"], &mut other).unwrap();
    assert_eq!(own_head.id(), Some(writer.tip().log()));
    let other = [&other.0[..], &store.0[lost..]].concat();
    assert_eq!(recover(&other).unwrap_err(), TipError::MarkLost(mark).into());
}

#[test]
fn a_group_of_another_log_is_not_taken_though_its_crc_holds() {
    let (bytes, _, ends) = written(&[vec![20], vec![20]]);
    // The second group stands where the first should: its records are fine, their place isn't.
    let swapped = [&bytes[..ends[0]], &bytes[ends[1]..]].concat();
    assert_eq!(recover(&swapped).unwrap_err(), LogError::OffChain(Place::File(ends[0] as u64)));
}

#[test]
fn other_files_and_other_layouts_are_told_apart() {
    let (mut bytes, ..) = written(&[]);
    assert_eq!(recover(b"MLO").unwrap_err(), LogError::NotALog);
    assert_eq!(recover(&bytes[..20]).unwrap_err(), LogError::NotALog);
    bytes[4] = 1;
    assert_eq!(recover(&bytes).unwrap_err(), LogError::Form(Place::File(4)));
}

#[test]
fn a_log_in_memory_keeps_room_for_its_seal_and_goes_on_from_its_bytes() {
    let own = Own::new();
    let mut log = MemoryLog::<600>::create(&own.head()).unwrap();
    let mut count = 0;
    while log.append(&[record(count, 40)]).is_ok() {
        count += 1;
    }
    assert_eq!(log.append(&[record(count, 40)]), Err(LogError::Full));
    assert!(count > 3);
    let offer = log.offer().unwrap();
    let seal = log.attach(&own.log(), count as u32, &own.sign(&offer.durable())).unwrap();
    let again = MemoryLog::<600>::open(log.bytes()).unwrap();
    assert_eq!((again.tip(), again.seal()), (log.tip(), Some(&seal)));
    let (mut records, mut buffer) = (again.records().unwrap(), [0; 40]);
    assert_eq!(records.next(&mut buffer).unwrap(), Some(&record(0, 40)[..]));
    assert_eq!(records.next(&mut [0; 39]), Err(LogError::Buffer));
    assert_eq!(MemoryLog::<100>::open(log.bytes()).unwrap_err(), LogError::Full);
}

proptest! {
    #[test]
    fn any_groups_come_back_and_any_cut_leaves_whole_groups(
        groups in prop::collection::vec(prop::collection::vec(1..2_000usize, 1..6), 0..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let (bytes, all, ends) = written(&groups);
        prop_assert_eq!(read(&bytes), all.clone());
        let end = cut.index(bytes.len() - ends[0] + 1) + ends[0];
        let whole = ends.iter().rposition(|e| *e <= end).unwrap();
        let records: usize = groups[..whole].iter().map(Vec::len).sum();
        prop_assert_eq!(read(&bytes[..end]), all[..records].to_vec());
    }

    #[test]
    fn a_changed_byte_gives_an_error_or_a_front_of_the_log_never_other_records(
        groups in prop::collection::vec(prop::collection::vec(1..60usize, 1..4), 1..6),
        at in any::<prop::sample::Index>(),
        change in 1u8..,
    ) {
        let (mut bytes, all, ends) = written(&groups);
        let at = at.index(bytes.len());
        bytes[at] ^= change;
        if recover(&bytes).is_ok() {
            // Only the last group can be taken for one that a cut left unfinished.
            prop_assert!(at >= ends[ends.len() - 2]);
            let found = read(&bytes);
            prop_assert!(found == all[..found.len()]);
        }
    }
}

#[test]
fn the_chains_value_is_compared_whatever_the_crc_says() {
    // A frame with a right CRC whose group names another head.
    let (own, mut store) = (Own::new(), Bytes::default());
    let mut writer = Writer::create(&own.head(), &mut store).unwrap();
    writer.confirm().unwrap();
    let at = writer.at() as usize;
    writer.append(&[b"first"], &mut store).unwrap();
    let body = store.0.len() - 4;
    store.0[body - 1] ^= 1;
    let sum = crate::log::frame::sum_of(&store.0[at..body]);
    store.0[body..].copy_from_slice(&sum);
    assert_eq!(recover(&store.0).unwrap_err(), LogError::OffChain(Place::File(at as u64)));
    assert_ne!(own.head().id(), Some(Hash::ZERO));
}
