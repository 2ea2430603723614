//! Images of chips in vectors: whole, or as another one with bytes changed. A number in the place of bytes is so many
//! bytes 0xff.
use crate::world::Done;
use serde_json::{Value, json};

/// Bytes that differ are told apart where at least so many alike stand between them.
const GAP: usize = 8;
/// Bytes 0xff that are told as a number, at least.
const RUN: usize = 8;

/// Hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Bytes that a vector's text says.
///
/// # Errors
/// No text of hexadecimal digits.
pub fn bytes_of(value: &Value) -> Done<Vec<u8>> {
    let text = value.as_str().ok_or("no bytes")?;
    Ok(data_encoding::HEXLOWER.decode(text.as_bytes()).map_err(|e| e.to_string())?)
}

/// What a piece of a vector's image says.
fn piece(bytes: &[u8]) -> Value {
    if bytes.iter().all(|byte| *byte == 0xff) { bytes.len().into() } else { hex(bytes).into() }
}

/// An image in pieces: what is written, and runs of 0xff between.
#[must_use]
pub fn pieces(image: &[u8]) -> Vec<Value> {
    let (mut out, mut from, mut at) = (Vec::new(), 0, 0);
    while at < image.len() {
        let run = image[at..].iter().take_while(|byte| **byte == 0xff).count();
        if run >= RUN {
            out.extend((from < at).then(|| piece(&image[from..at])));
            out.push(run.into());
            from = at + run;
        }
        at += run.max(1);
    }
    out.extend((from < image.len()).then(|| piece(&image[from..])));
    out
}

/// Where an image differs from another of its length: places and what stands there.
pub(crate) fn changes(before: &[u8], after: &[u8]) -> Vec<Value> {
    let differs: Vec<usize> = (0..after.len()).filter(|at| before[*at] != after[*at]).collect();
    let mut out = Vec::new();
    for run in differs.chunk_by(|a, b| b - a < GAP) {
        if let [from, ..] = run {
            let to = run.last().unwrap_or(from) + 1;
            let mut at = *from;
            for part in pieces(&after[*from..to]) {
                let length = part.as_u64().map_or_else(|| part.as_str().map_or(0, str::len) / 2, |n| n as usize);
                out.push(json!([at, part]));
                at += length;
            }
        }
    }
    out
}

/// The vector with the whole image that this one rests on: it says the shape.
#[must_use]
pub fn base<'v>(vectors: &'v [Value], vector: &'v Value) -> Option<&'v Value> {
    match vector["of"].as_str() {
        None => Some(vector),
        Some(of) => base(vectors, vectors.iter().find(|other| other["name"] == of)?),
    }
}

/// Puts a vector's image together.
///
/// # Errors
/// A vector in no form.
pub fn image(vectors: &[Value], vector: &Value) -> Done<Vec<u8>> {
    let bytes = |value: &Value| -> Done<Vec<u8>> {
        value.as_u64().map_or_else(|| bytes_of(value), |run| Ok(vec![0xff; usize::try_from(run)?]))
    };
    let list = |key: &str| vector[key].as_array().ok_or_else(|| format!("no {key}"));
    if vector["of"].is_null() {
        return Ok(list("image")?.iter().map(bytes).collect::<Done<Vec<_>>>()?.concat());
    }
    let of = vectors.iter().find(|other| other["name"] == vector["of"]).ok_or("no such image")?;
    let mut image = image(vectors, of)?;
    for change in list("changes")? {
        let at = usize::try_from(change[0].as_u64().ok_or("no place")?)?;
        let put = bytes(&change[1])?;
        image.get_mut(at..at + put.len()).ok_or("beyond the chip")?.copy_from_slice(&put);
    }
    Ok(image)
}
