//! The body of the fuzz target `log`: what a medium may give back, and what recovery must make of it.
#![allow(clippy::panic)]
use std::hint::black_box;

use embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash};
use medlot_core::crypto::{Hash, Suite, chain_next};
use medlot_core::log::{FlashLog, Layout, LogError, LogHead, Records, Store, Writer, recover};

const LAYOUT: Layout = Layout { sector: 1_024, blob: 100 };
const HEAD: LogHead<'static> =
    LogHead { parent: Hash([9; 32]), suite: Suite::Ed25519, key: &[7; 32], facility: "01C55" };

/// A flash chip as memory: what it was told to keep, it keeps.
#[derive(Debug, Clone)]
struct Ram(Vec<u8>);

impl ErrorType for Ram {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for Ram {
    const READ_SIZE: usize = 1;
    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        let found = self.0.get(offset as usize..offset as usize + bytes.len());
        bytes.copy_from_slice(found.ok_or(NorFlashErrorKind::OutOfBounds)?);
        Ok(())
    }
    fn capacity(&self) -> usize {
        self.0.len()
    }
}

impl NorFlash for Ram {
    const WRITE_SIZE: usize = 4;
    const ERASE_SIZE: usize = 1_024;
    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        self.0.get_mut(from as usize..to as usize).ok_or(NorFlashErrorKind::OutOfBounds)?.fill(0xff);
        Ok(())
    }
    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        let place = self.0.get_mut(offset as usize..offset as usize + bytes.len());
        let place = place.ok_or(NorFlashErrorKind::OutOfBounds)?;
        place.iter_mut().zip(bytes).for_each(|(place, byte)| *place &= byte);
        Ok(())
    }
}

#[derive(Default)]
struct Bytes(Vec<u8>);

impl Store for Bytes {
    fn write(&mut self, at: u64, bytes: &[u8]) -> Result<(), LogError> {
        self.0.truncate(at as usize);
        self.0.extend(bytes);
        Ok(())
    }
}

/// A log as a medium may give it back; what recovery takes is a chain, reads back, and goes on. Returns how many records
/// it takes.
///
/// The first byte says what the rest is: `R` a file; `F` changes to a flash chip with a log on it (address u16, byte);
/// else frames with right CRCs behind a file's first (kind, length, payload).
pub fn log(data: &[u8]) -> u32 {
    black_box(match data.split_first() {
        Some((b'R', file)) => in_one_piece(file),
        Some((b'F', changes)) => on_flash(changes).unwrap_or(0),
        Some((_, frames)) => in_one_piece(&with_frames(frames).unwrap_or_default()),
        None => 0,
    })
}

fn in_one_piece(file: &[u8]) -> u32 {
    let found = match recover(file) {
        Ok(found) => found,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return 0;
        }
    };
    let (mut head, mut count) = (found.recovery.tip().log(), 0);
    let (mut records, mut buffer) = (Records::new(file, found.first, found.end), [0; 4_096]);
    while let Ok(Some(record)) = records.next(&mut buffer) {
        head = chain_next(&head, count, record).unwrap_or_else(|e| panic!("record {count}: {e}"));
        count += 1;
    }
    assert_eq!((found.recovery.tip().count(), found.recovery.tip().head()), (count, head), "the chain is the records'");
    let Some(whole) = file.get(..found.end) else { panic!("the end lies inside") };
    match recover(whole) {
        Ok(again) => assert_eq!((again.end, again.recovery.tip()), (found.end, found.recovery.tip())),
        Err(error) => panic!("what is left when the end is cut off isn't read: {error}"),
    }
    let mut store = Bytes(whole.to_vec());
    let mut writer = Writer::resume(&found.recovery, found.end as u64);
    if writer.append(&[b"one more"], &mut store).is_ok() {
        let longer = recover(&store.0).map(|longer| longer.recovery.tip().count());
        assert_eq!(longer, Ok(count + 1), "it goes on");
    }
    count
}

/// A file with these frames behind its first.
fn with_frames(mut frames: &[u8]) -> Option<Vec<u8>> {
    let mut store = Bytes::default();
    Writer::create(&HEAD, &mut store).ok()?;
    while let Some(([kind, length], rest)) = frames.split_first_chunk::<2>() {
        let (payload, rest) = rest.split_at_checked(usize::from(*length))?;
        let frame = [&[*length, 0, *kind][..], payload].concat();
        let sum = frame.iter().fold(u32::MAX, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |s, _| if s & 1 == 1 { s >> 1 ^ 0xedb8_8320 } else { s >> 1 })
        });
        store.0.extend(frame);
        store.0.extend((!sum).to_le_bytes());
        frames = rest;
    }
    Some(store.0)
}

fn on_flash(mut changes: &[u8]) -> Option<u32> {
    let mut log = FlashLog::create(Ram(vec![0xff; 9 * 1_024]), LAYOUT, &HEAD).ok()?;
    for i in 0..30_u8 {
        log.append(&[vec![i; 30], vec![i; usize::from(i) * 4 + 1]]).ok()?;
    }
    let _ = log.offer().ok()?;
    log.append(&[b"the last one"]).ok()?;
    let written = log.tip().count();
    let mut flash = log.into_flash();
    while let Some(([low, high, byte], rest)) = changes.split_first_chunk::<3>() {
        *flash.0.get_mut(usize::from(u16::from_le_bytes([*low, *high])))? = *byte;
        changes = rest;
    }
    let mut log = match FlashLog::open(flash, LAYOUT) {
        Ok(log) => log,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return None;
        }
    };
    if let Some(reason) = log.closed() {
        assert_eq!(log.append(&[b"one more"]), Err(reason));
        return None;
    }
    let (mut cursor, mut buffer, mut count) = (log.records(0).ok()?, [0; 4_096], 0);
    while let Ok(Some((index, record))) = cursor.next(&mut log, &mut buffer) {
        assert_eq!(index, count);
        let i = count / 2;
        let expected = match count % 2 {
            _ if count + 1 == written => b"the last one".to_vec(),
            0 => vec![i as u8; 30],
            _ => vec![i as u8; i as usize * 4 + 1],
        };
        assert!(record == expected, "record {index} is another");
        count += 1;
    }
    assert_eq!(log.tip().count(), count);
    if log.append(&[b"one more"]).is_ok() {
        let again = FlashLog::open(log.into_flash(), LAYOUT).map(|log| (log.closed(), log.tip().count()));
        assert_eq!(again, Ok((None, count + 1)), "it goes on");
    }
    Some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_written_apart_from_this_code_is_read() {
        // By Python's hashlib and binascii, from the specification.
        assert_eq!(log(include_bytes!("../../fuzz/corpus/log/file")), 3);
        assert_eq!(log(include_bytes!("../../fuzz/corpus/log/frames-spanning")), 2);
    }

    #[test]
    fn an_unharmed_log_is_taken_whole() {
        assert_eq!(log(b"F"), 61);
        let Some(file) = with_frames(&[]) else { panic!("the beginning of a file") };
        assert_eq!(recover(&file).map(|found| found.end), Ok(file.len()));
    }
}
