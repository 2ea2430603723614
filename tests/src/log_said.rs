//! What recovery says of a log, in a file and on flash, with the keys of `log.jsonl` and `flash.jsonl`. A microcontroller
//! says it too (`tests/probe/vectors`), so nothing here needs more than an allocator.
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use embedded_storage::nor_flash::NorFlash;
use medlot_core::crypto::chain_next;
use medlot_core::log::{FlashLog, Frames, Layout, recover, seal_of};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// An outcome, or what can't be.
type Done<T> = Result<T, Box<dyn core::error::Error>>;

/// What recovery says of a file: `error`, or what it found.
#[must_use]
pub fn recovered(image: &[u8]) -> Value {
    let found = match recover(image) {
        Ok(found) => found,
        Err(error) => return json!({"error": error.code()}),
    };
    let (tip, whole) = (found.recovery.tip(), image.get(..found.end).unwrap_or_default());
    let seals: Vec<u32> = Frames::new(whole, found.first).filter_map(|f| seal_of(&f)).map(|seal| seal.count).collect();
    json!({
        "log": tip.log().to_string(), "records": tip.count(), "head": tip.head().to_string(), "seals": seals,
        "unsealed": tip.unsealed(), "mark": found.recovery.mark().map(|mark| mark.count), "end": found.end,
        "dropped": image.len() - found.end,
    })
}

/// What opening says of a chip: `error`, or what it holds.
///
/// # Errors
/// A log that opens and can't be read.
pub fn opened<F: NorFlash>(flash: F, layout: Layout) -> Done<Value> {
    let mut log = match FlashLog::open(flash, layout) {
        Ok(log) => log,
        Err(error) => return Ok(json!({"error": error.code()})),
    };
    if let Some(error) = log.closed() {
        return Ok(json!({"error": error.code()}));
    }
    let count = log.tip().count();
    let from = (0..=count).find(|index| log.records(*index).is_ok()).ok_or("no record can be read")?;
    let (mut head, mut record) = (log.value_at(from)?, vec![0; 4_096]);
    let mut cursor = log.records(from)?;
    while let Some((index, bytes)) = cursor.next(&mut log, &mut record)? {
        head = chain_next(&head, index, bytes)?;
    }
    if head != log.tip().head() {
        return Err("the records that are read don't lead to the head".into());
    }
    let mut blob = log.blob()?;
    let mut bytes = vec![0; layout.blob as usize];
    let length = blob.read(&mut log, &mut bytes)?;
    let sum = Sha256::digest(bytes.get(..length).unwrap_or_default());
    let sum: String = sum.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Ok(json!({
        "log": log.tip().log().to_string(), "records": count, "head": head.to_string(), "from": from,
        "sealed": count - log.tip().unsealed(), "mark": log.mark().map(|mark| mark.count),
        "acknowledged": log.acknowledged(), "as_of": blob.as_of(), "blob": [length, sum],
    }))
}
