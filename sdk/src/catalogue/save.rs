//! The form in which an app keeps a catalogue: `MLCT`, version, kind, the parts with their lengths, CRC-32.
use super::block::Block;
use super::bytes::{Reader, put_varint};
use super::table::{MAX_ROWS, Table};
use super::words::Words;
use crate::error::{Error, Result};
use alloc::format;
use alloc::vec::Vec;
use crc::{CRC_32_ISO_HDLC, Crc, Table as Steps};

const MAGIC: &[u8; 4] = b"MLCT";
/// Raised whenever the form or the folding of words changes.
const VERSION: u8 = 1;

static CRC: Crc<u32, Steps<16>> = Crc::<u32, Steps<16>>::new(&CRC_32_ISO_HDLC);

/// What is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    Drugs = 1,
    Facilities = 2,
}

fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

fn put_numbers<const N: usize>(out: &mut Vec<u8>, numbers: impl ExactSizeIterator<Item = [u8; N]>) {
    put_varint(out, (numbers.len() * N) as u64);
    numbers.for_each(|number| out.extend_from_slice(&number));
}

fn put_u32(out: &mut Vec<u8>, numbers: &[u32]) {
    put_numbers(out, numbers.iter().map(|number| number.to_le_bytes()));
}

fn put_words(out: &mut Vec<u8>, words: &Words) {
    put(out, &words.text);
    put_u32(out, &words.ends);
    put(out, &words.rows);
    put_u32(out, &words.row_ends);
    put_u32(out, &words.hot);
    put(out, &words.hot_bits);
}

/// Everything that is known, as bytes.
pub(super) fn save(table: &Table, kind: Kind) -> Result<Vec<u8>> {
    let whole = table.whole().ok_or_else(|| Error::catalogue_saved("the catalogue would need more than 4 GiB"))?;
    let mut out = Vec::with_capacity(whole.bytes() + 128);
    out.extend_from_slice(MAGIC);
    out.extend([VERSION, kind as u8]);
    put(&mut out, &whole.rows);
    put_u32(&mut out, &whole.row_ends);
    put(&mut out, &whole.pool);
    put_u32(&mut out, &whole.pool_ends);
    put_u32(&mut out, &whole.by_key);
    put_u32(&mut out, &whole.by_code);
    put_numbers(&mut out, whole.numbers.iter().map(|number| number.to_le_bytes()));
    put_u32(&mut out, &whole.by_number);
    put_words(&mut out, &whole.names);
    put_words(&mut out, &whole.others);
    let sum = CRC.checksum(&out);
    out.extend(sum.to_le_bytes());
    Ok(out)
}

fn u32s(reader: &mut Reader<'_>) -> Option<Vec<u32>> {
    let (numbers, rest) = reader.run()?.as_chunks();
    rest.is_empty().then(|| numbers.iter().map(|number| u32::from_le_bytes(*number)).collect())
}

fn u64s(reader: &mut Reader<'_>) -> Option<Vec<u64>> {
    let (numbers, rest) = reader.run()?.as_chunks();
    rest.is_empty().then(|| numbers.iter().map(|number| u64::from_le_bytes(*number)).collect())
}

fn words(reader: &mut Reader<'_>) -> Option<Words> {
    Some(Words {
        text: reader.run()?.into(),
        ends: u32s(reader)?,
        rows: reader.run()?.into(),
        row_ends: u32s(reader)?,
        hot: u32s(reader)?,
        hot_bits: reader.run()?.into(),
    })
}

fn block(mut reader: Reader<'_>) -> Option<Block> {
    let reader = &mut reader;
    let block = Block {
        rows: reader.run()?.into(),
        row_ends: u32s(reader)?,
        pool: reader.run()?.into(),
        pool_ends: u32s(reader)?,
        by_key: u32s(reader)?,
        by_code: u32s(reader)?,
        numbers: u64s(reader)?,
        by_number: u32s(reader)?,
        names: words(reader)?,
        others: words(reader)?,
    };
    (reader.0.is_empty() && block.len() <= MAX_ROWS && block.is_sound()).then_some(block)
}

/// Reads what [`save`] wrote.
pub(super) fn open(bytes: &[u8], kind: Kind) -> Result<Table> {
    let refused = |what: &str| Error::catalogue_saved(format!("{what}: load the pages anew"));
    let Some((body, sum)) = bytes.split_last_chunk::<4>() else { return Err(refused("no kept catalogue")) };
    let mut reader = Reader(body);
    if reader.array() != Some(*MAGIC) {
        return Err(refused("no kept catalogue"));
    }
    match reader.array::<2>() {
        Some([VERSION, held]) if held == kind as u8 => {}
        Some([VERSION, held]) => return Err(refused(&format!("kind {held} where {} is read", kind as u8))),
        Some([version, _]) => return Err(refused(&format!("version {version}, this build reads {VERSION}"))),
        None => return Err(refused("no kept catalogue")),
    }
    if CRC.checksum(body).to_le_bytes() != *sum {
        return Err(refused("the kept catalogue is damaged"));
    }
    block(reader).map(Table::of).ok_or_else(|| refused("the kept catalogue's parts don't belong together"))
}
