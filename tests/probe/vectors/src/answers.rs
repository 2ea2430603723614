//! What this build says of a vector, with the keys that its file states.
use crate::evidence::Evidence;
use crate::log_said::{opened, recovered};
use crate::medium::Left;
use crate::say::{Done, hex, say};
use alloc::format;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;
use medlot_core::crypto::{Hash, Suite, log_identity};
use medlot_core::ledger::Ledger;
use medlot_core::log::Layout;
use medlot_core::record::{Elements, LogKey, ObjectError, ObjectType, Record, Segment, read_header};
use medlot_core::trust::{Anchor, BundleError, Counts};
use serde_json::{Value, json};

/// The answer; `problem` where the vector has no form.
pub fn of(vector: &Value) -> Value {
    let said = match vector["group"].as_str() {
        Some("records") => record(vector),
        Some("segments") => segment(vector),
        Some("bundles") => bundle(vector),
        Some("ledger") => ledger(vector),
        Some("log") => bytes(&vector["image"]).map(|image| recovered(&image)),
        Some("flash") => flash(vector),
        _ => Err("no such group".into()),
    };
    said.unwrap_or_else(|e| json!({"problem": e.to_string()}))
}

fn bytes(value: &Value) -> Done<Vec<u8>> {
    let digits = value.as_str().ok_or("no text")?.as_bytes();
    let digit = |at: usize| digits.get(at).and_then(|d| char::from(*d).to_digit(16)).ok_or("no hex digit");
    (0..digits.len()).step_by(2).map(|at| Ok((digit(at)? << 4 | digit(at + 1)?) as u8)).collect()
}

fn all_bytes(value: &Value) -> Done<Vec<Vec<u8>>> {
    value.as_array().ok_or("no list")?.iter().map(bytes).collect()
}

fn record(vector: &Value) -> Done<Value> {
    let (bytes, index) = (bytes(&vector["bytes"])?, u32::try_from(vector["index"].as_u64().ok_or("no index")?)?);
    let judged = Record::decode(&bytes).and_then(|record| record.check_place(index).map(|()| record));
    Ok(match judged {
        Ok(record) => {
            let mut again = vec![0; 4_096];
            let length = record.encode(&mut again)?;
            if again.get(..length) != Some(&bytes[..]) {
                return Err("it has two forms".into());
            }
            json!({"valid": true, "understood": record.entry.is_fully_understood()})
        }
        Err(e) => json!({"valid": false, "code": e.code()}),
    })
}

/// A chip's image in pieces: bytes, or how many bytes 0xff.
fn image(pieces: &Value) -> Done<Vec<u8>> {
    let mut image = Vec::new();
    for piece in pieces.as_array().ok_or("no pieces")? {
        match piece.as_u64() {
            Some(run) => image.resize(image.len() + usize::try_from(run)?, 0xff),
            None => image.extend(bytes(piece)?),
        }
    }
    Ok(image)
}

fn flash(vector: &Value) -> Done<Value> {
    let number = |key: &str| -> Done<u32> { Ok(u32::try_from(vector[key].as_u64().ok_or("no number")?)?) };
    let layout = Layout { sector: number("sector")?, blob: number("blob_room")? };
    let image = image(&vector["image"])?;
    // The shapes that the vectors have.
    match number("word")? {
        1 => opened(Left::<1, 256>(image), layout),
        4 => opened(Left::<4, 1_024>(image), layout),
        8 => opened(Left::<8, 2_048>(image), layout),
        16 => opened(Left::<16, 512>(image), layout),
        256 => opened(Left::<256, 4_096>(image), layout),
        _ => Err("no such chip".into()),
    }
}

/// Of longer ones the head tells as much as the records.
const MOST_RECORDS: u32 = 40;

fn segment(vector: &Value) -> Done<Value> {
    let (key, body, parent) = (bytes(&vector["key"])?, bytes(&vector["body"])?, bytes(&vector["parent"])?);
    let parent = Hash(parent.try_into().map_err(|_| "no line")?);
    let number = u8::try_from(vector["suite"].as_u64().ok_or("no suite")?)?;
    let suite = Suite::of_number(number).ok_or("another suite")?;
    let facility = vector["facility"].as_str().ok_or("no facility")?;
    let id = log_identity(&parent, number, &key, facility).ok_or("no such log")?;
    let verified =
        Segment::parse(&body, suite.signature_length()).and_then(|s| s.verify(&LogKey { id, suite, key: &key }));
    Ok(match verified {
        Ok(authentic) => {
            let (mut rows, mut records) = (authentic.records(), Vec::new());
            let is_short = authentic.end() - authentic.index() <= MOST_RECORDS;
            while let Some(record) = rows.next().filter(|_| is_short) {
                records.push(hex(record.bytes()));
            }
            json!({
                "log": id.to_string(), "verdict": "valid", "index": authentic.index(),
                "head": authentic.head().to_string(), "records": records,
            })
        }
        Err(e) => json!({"log": id.to_string(), "verdict": "refused", "error": format!("{e:?}")}),
    })
}

fn bundle(vector: &Value) -> Done<Value> {
    let (root, object, mut objects) = (bytes(&vector["root"])?, bytes(&vector["object"])?, all_bytes(&vector["held"])?);
    let at = objects.iter().position(|held| *held == object).unwrap_or(objects.len());
    objects.push(object.clone());
    let objects: Vec<&[u8]> = objects.iter().map(Vec::as_slice).collect();
    let evidence = Evidence::of(&root, &objects).map_err(|e| e.to_string())?;
    let frame = match read_header(&object) {
        Ok((ObjectType::Bundle, rest)) => Elements::new(rest).find_map(Result::err).map(BundleError::Object),
        Ok((ObjectType::Root, _)) => Anchor::parse(&object).err(),
        Ok(_) => Some(BundleError::NotA(ObjectType::Bundle)),
        Err(e) => Some(BundleError::Object(e)),
    };
    let mut refused = frame.or(evidence.problem(at));
    let mut counts = refused.map_or(Counts::Yes, |e| if e.is_unknown() { Counts::Unknown } else { Counts::No });
    let mut records = Vec::new();
    let judged = evidence.judge(|evaluation| {
        for part in evidence.parts_of(&object) {
            part.judge(evaluation, |judged| {
                let verdict = judged.verdict;
                counts = counts.min(verdict.counts);
                let name = name_of(verdict.counts, ["yes", "no", "unknown"]);
                let (log, id) = (judged.at.log.to_string(), judged.at.identity.to_string());
                let mut out = json!({"log": log, "index": judged.at.index, "id": id, "counts": name});
                if let Some(reason) = verdict.reason {
                    out["why"] = reason.code().into();
                }
                records.push(out);
            });
        }
    });
    judged.map_err(|e| e.to_string())?;
    if records.is_empty() && refused.is_none() {
        refused = Some(BundleError::Object(ObjectError::Truncated));
        counts = Counts::No;
    }
    let mut said = json!({"verdict": name_of(counts, ["valid", "invalid", "unknown"]), "records": records});
    if let Some(error) = refused {
        said["error"] = error.code().into();
    }
    Ok(said)
}

fn name_of(counts: Counts, [yes, no, unknown]: [&'static str; 3]) -> &'static str {
    match counts {
        Counts::Yes => yes,
        Counts::No => no,
        Counts::Unknown => unknown,
    }
}

fn ledger(vector: &Value) -> Done<Value> {
    let (root, objects) = (bytes(&vector["root"])?, all_bytes(&vector["objects"])?);
    let objects: Vec<&[u8]> = objects.iter().map(Vec::as_slice).collect();
    let evidence = Evidence::of(&root, &objects).map_err(|e| e.to_string())?;
    let mut ledger = Ledger::new();
    let judged = evidence.judge(|evaluation| {
        for part in evidence.parts() {
            ledger.stand(&evaluation.standing(part.log.id));
            part.judge(evaluation, |judged| {
                if let Some(record) = judged.verified() {
                    ledger.apply(&record);
                }
            });
        }
    });
    judged.map_err(|e| e.to_string())?;
    say(ledger.settled(), &vector["asked"])
}
