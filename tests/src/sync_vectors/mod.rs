//! Vectors of synchronisation: whole sessions of two parties, as the bytes that each put on the line, and single messages
//! and lines that are refused.
mod lines;
mod sessions;

use crate::sync_peers::{End, Later, Memory, Party};
use crate::world::Done;
use data_encoding::HEXLOWER;
use medlot_core::crypto::{Hash, Suite};
use medlot_core::record::{ObjectType, read_header};
use medlot_core::sync::{Deframer, Session, Standing, Unit, frame_length};
use medlot_core::time::Timestamp;
use medlot_sdk::folder::{LogHead, hex};
use medlot_sdk::sync::Holdings;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::path::Path;

pub use lines::{said_by, verdict};

const WHOLE: [usize; 2] = [usize::MAX; 2];
const NAMES: [&str; 2] = ["a", "b"];

fn bytes_of(value: &Value) -> Done<Vec<u8>> {
    HEXLOWER.decode(value.as_str().ok_or("no hex")?.as_bytes()).map_err(|e| e.to_string().into())
}

/// A party as a vector states it.
fn state(party: &Party) -> Value {
    let whole: Vec<Value> = party
        .memory
        .whole
        .iter()
        .map(|(_, (head, count))| {
            json!({
                "parent": head.parent.to_string(), "suite": head.suite.number(), "key": hex(&head.key),
                "facility": head.facility, "count": count,
            })
        })
        .collect();
    let objects: Vec<String> = party.memory.objects.iter().map(|object| hex(object)).collect();
    let aside: Vec<String> = party.memory.aside.iter().map(|(_, object)| hex(object)).collect();
    let mut said = json!({
        "root": hex(&party.root), "log": party.writes.map(|log| log.to_string()), "facilities": party.facilities,
        "message": party.message, "piece": party.piece, "window": party.window,
        "clock": party.clock.map(Timestamp::as_secs), "whole": whole, "objects": objects, "aside": aside,
    });
    if let (Some(later), Some(said)) = (&party.memory.later, said.as_object_mut()) {
        said.insert("unsealed".into(), hex(&later.body).into());
    }
    said
}

/// The party that a vector states.
///
/// # Errors
/// A state in another form.
pub fn party(said: &Value) -> Done<Party> {
    let number = |value: &Value| value.as_u64().ok_or("no number");
    let mut memory = Memory::default();
    let mut writes = None;
    for whole in said["whole"].as_array().ok_or("whole")? {
        let parent: [u8; 32] = bytes_of(&whole["parent"])?.try_into().map_err(|_| "parent")?;
        let suite = Suite::of_number(u8::try_from(number(&whole["suite"])?)?).ok_or("suite")?;
        let facility = whole["facility"].as_str().ok_or("facility")?.to_owned();
        let head = LogHead { parent: Hash(parent), suite, key: bytes_of(&whole["key"])?, facility };
        let id = head.id()?;
        if said["log"] == id.to_string() {
            writes = Some(id);
        }
        memory.whole.insert(id, (head, u32::try_from(number(&whole["count"])?)?));
    }
    for object in said["objects"].as_array().ok_or("objects")? {
        memory.objects.push(bytes_of(object)?);
    }
    for object in said["aside"].as_array().ok_or("aside")? {
        memory.aside.push((0, bytes_of(object)?));
    }
    if let (Some(log), true) = (writes, said["unsealed"].is_string()) {
        memory.later = Some(Later { log, body: bytes_of(&said["unsealed"])? });
    }
    let facilities = said["facilities"].as_array().ok_or("facilities")?.iter();
    Ok(Party {
        memory,
        own: None,
        writes,
        facilities: facilities.filter_map(|f| f.as_str().map(str::to_owned)).collect(),
        root: bytes_of(&said["root"])?,
        message: usize::try_from(number(&said["message"])?)?,
        piece: usize::try_from(number(&said["piece"])?)?,
        window: u8::try_from(number(&said["window"])?)?,
        clock: said["clock"].as_u64().and_then(|clock| u32::try_from(clock).ok()).map(Timestamp::from_secs),
    })
}

/// What a party holds after a session, and what it learnt.
fn outcome(before: &Party, session: &Session<Vec<u8>>, holdings: &Holdings<Memory>) -> Value {
    let party = Party { memory: holdings.keeper.clone(), ..before.clone() };
    let (mut held, mut all) = (Map::new(), Sha256::new());
    for (log, index, identity) in party.set() {
        let n = held.get(&log.to_string()).and_then(Value::as_u64).unwrap_or(0);
        held.insert(log.to_string(), (n + 1).into());
        all.update(log.0);
        all.update(index.to_be_bytes());
        all.update(identity.0);
    }
    let is_object = |object: &&Vec<u8>| !matches!(read_header(object), Ok((ObjectType::Bundle, _)));
    let mut objects: Vec<String> = party.memory.objects.iter().filter(is_object).map(|object| hex(object)).collect();
    objects.sort();
    let aside: Vec<u16> = holdings.aside().iter().map(|aside| aside.error.code).collect();
    let standing = match session.standing() {
        Standing::AsHere => "as_here",
        Standing::Behind(_) => "behind",
        Standing::Forked(_) => "forked",
    };
    let news: Vec<Value> = holdings
        .news()
        .iter()
        .map(|news| json!({"log": news.log.to_string(), "count": news.count, "head": news.head.to_string()}))
        .collect();
    json!({
        "done": session.is_done(), "held": held, "records": hex(&all.finalize()), "objects": objects, "aside": aside,
        "standing": standing, "acknowledged": session.acknowledged(), "observes": news,
        "clock_ahead": session.clock_ahead(),
    })
}

/// Every message on one side's line.
fn messages(line: &[u8]) -> Vec<Vec<u8>> {
    let (mut deframer, mut rest, mut out) = (Deframer::new(vec![0; frame_length(65_535)]), line, Vec::new());
    while let Some(unit) = deframer.next(&mut rest) {
        if let Unit::Message(message) = unit {
            out.push(message.to_vec());
        }
    }
    out
}

fn flip(message: &mut [u8], at: usize) {
    if let Some(byte) = message.get_mut(at) {
        *byte ^= 1;
    }
}

/// Replays a recorded session for one side: what it puts on the line, turn by turn, and what comes of it.
///
/// # Errors
/// A vector in another form.
pub fn replay(vector: &Value, side: &str) -> Done<(Vec<Vec<u8>>, Value)> {
    let party = party(&vector[side])?;
    let (mut session, mut holdings) = (party.session(), party.holdings());
    let turns = vector["turns"].as_array().ok_or("turns")?;
    let mut lines = Vec::new();
    for turn in turns {
        lines.push((turn["by"] == side, bytes_of(&turn["line"])?));
    }
    let own: usize = lines.iter().filter(|(mine, _)| *mine).map(|(_, line)| line.len()).sum();
    let left = if vector["cut"] == true { own } else { usize::MAX };
    let (mut end, mut came, mut said) = (End::new(&mut session, &mut holdings, left), Vec::new(), Vec::new());
    for (mine, line) in lines {
        if mine {
            said.push(end.turn(0, &std::mem::take(&mut came), &mut |_, _| {}));
        } else {
            came = line;
        }
    }
    // What the other side said last.
    let rest = end.turn(0, &came, &mut |_, _| {});
    if !rest.is_empty() {
        said.push(rest);
    }
    Ok((said, outcome(&party, &session, &holdings)))
}

/// Writes `sync.jsonl`; gives the number of vectors.
///
/// # Errors
/// What this build says isn't what a session is recorded for.
pub fn write(folder: &Path) -> Done<usize> {
    let vectors = [sessions::sessions()?, lines::lines()?, lines::refusals()?].concat();
    let lines: Vec<String> = vectors.iter().map(Value::to_string).collect();
    std::fs::write(folder.join("sync.jsonl"), lines.join("\n") + "\n")?;
    Ok(lines.len())
}
