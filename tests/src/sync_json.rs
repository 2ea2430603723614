//! Messages of a synchronisation as JSON: what the vectors say of them.
use crate::world::Done;
use medlot_sdk::folder::hex;
use serde_json::{Value, json};

/// A message, or that it is in no form.
pub enum Said {
    /// What it says, under its name.
    Message(Value),
    /// In no form.
    Refused,
}

struct Fields<'f>(&'f [u8]);

impl Fields<'_> {
    fn take(&mut self, n: usize) -> Option<&[u8]> {
        let (taken, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        Some(taken)
    }
    fn byte(&mut self, least: u8, most: u8) -> Option<u8> {
        let byte = *self.take(1)?.first()?;
        (least..=most).contains(&byte).then_some(byte)
    }
    fn number(&mut self) -> Option<u32> {
        let mut value = 0u64;
        for shift in (0..35).step_by(7) {
            let byte = self.byte(0, 255)?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return (byte != 0 || shift == 0).then_some(u32::try_from(value).ok()?);
            }
        }
        None
    }
    fn counted(&mut self) -> Option<u32> {
        self.number().filter(|n| *n > 0)
    }
    fn hex(&mut self, n: usize) -> Option<String> {
        Some(hex(self.take(n)?))
    }
    fn rest(&mut self) -> String {
        hex(std::mem::take(&mut self.0))
    }
}

/// Reads a message.
///
/// # Errors
/// An empty one: there is none such on a line.
pub fn read(message: &[u8]) -> Done<Said> {
    let Some((kind, body)) = message.split_first() else { return Ok(Said::Refused) };
    let mut r = Fields(body);
    let said = match kind {
        1 => hello(&mut r, message.len()).map(|said| json!({"hello": said})),
        2 => have(&mut r).map(|said| json!({"have": said})),
        3 => want(&mut r).map(|said| json!({"want": said})),
        4 => piece(&mut r).map(|said| json!({"piece": said})),
        5 => Some(r.rest()).filter(|more| !more.is_empty()).map(|more| json!({"more": more})),
        6 => took(&mut r).map(|said| json!({"took": said})),
        7 => r.number().map(|position| json!({"left": position})),
        8 => Some(json!({"end": true})),
        64.. => return Ok(Said::Message(json!({"passed_over": kind}))),
        _ => None,
    };
    Ok(said.filter(|_| r.0.is_empty()).map_or(Said::Refused, Said::Message))
}

/// The same of one that is known to be right.
///
/// # Errors
/// It isn't.
pub fn message(message: &[u8]) -> Done<Value> {
    match read(message)? {
        Said::Message(said) => Ok(said),
        Said::Refused => Err(format!("a message in no form: {}", hex(message)).into()),
    }
}

fn hello(r: &mut Fields<'_>, length: usize) -> Option<Value> {
    if length > 256 || r.take(2)? != [1, 1] {
        return None;
    }
    let (root, log) = (r.hex(16)?, r.hex(16)?);
    let log = (log != "0".repeat(32)).then_some(log);
    let (message, piece, window) = (r.number()?, r.number()?, r.byte(1, 255)?);
    let clock = match r.byte(0, 1)? {
        0 => None,
        _ => Some(u32::from_le_bytes(r.take(4)?.try_into().ok()?)),
    };
    let mut facilities = Vec::new();
    for _ in 0..r.number()? {
        let length = r.counted()?;
        facilities.push(std::str::from_utf8(r.take(length as usize)?).ok()?.to_owned());
    }
    Some(json!({
        "root": root, "log": log, "message": message, "piece": piece, "window": window, "clock": clock,
        "facilities": facilities,
    }))
}

fn have(r: &mut Fields<'_>) -> Option<Value> {
    let last = r.byte(0, 1)? == 1;
    let (mut items, mut log) = (Vec::new(), None);
    while !r.0.is_empty() {
        let form = r.byte(0, 3)?;
        if form == 3 {
            log = None;
            items.push(json!({"object": r.byte(6, 7)?, "hash": r.hex(16)?, "length": r.number()?}));
            continue;
        }
        if form < 2 {
            log = Some(r.hex(16)?);
        }
        let of = log.clone()?;
        items.push(match form {
            0 => json!({"log": of, "end": r.counted()?, "head": r.hex(16)?}),
            _ => json!({"log": of, "index": r.number()?, "count": r.counted()?, "head": r.hex(16)?}),
        });
    }
    Some(json!({"last": last, "items": items}))
}

fn want(r: &mut Fields<'_>) -> Option<Value> {
    let mut entries = Vec::new();
    while !r.0.is_empty() {
        let (position, mut points) = (r.number()?, Vec::new());
        for _ in 0..r.byte(0, 32)? {
            points.push(json!({"count": r.counted()?, "head": r.hex(8)?}));
        }
        entries.push(json!({"position": position, "points": points}));
    }
    Some(entries.into())
}

fn piece(r: &mut Fields<'_>) -> Option<Value> {
    let (position, form, length) = (r.number()?, r.byte(0, 4)?, r.counted()?);
    let bytes = Some(r.rest()).filter(|bytes| !bytes.is_empty() && bytes.len() <= 2 * length as usize)?;
    (form % 2 == 0).then(|| json!({"position": position, "form": form, "length": length, "bytes": bytes}))
}

fn took(r: &mut Fields<'_>) -> Option<Value> {
    Some(json!({"position": r.number()?, "status": r.byte(0, 3)?, "count": r.number()?}))
}
