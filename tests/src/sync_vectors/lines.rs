//! Single lines and messages: what is one, and what is said to it.
use super::sessions::pair;
use super::{flip, state};
use crate::sync_json::{Said, read};
use crate::sync_peers::{Country, Memory, Party};
use crate::world::Done;
use medlot_core::sync::{Deframer, Session, SyncError, Unit, frame, frame_length};
use medlot_sdk::folder::hex;
use medlot_sdk::sync::Holdings;
use serde_json::{Value, json};

/// A name, the messages that come before, and the message.
type Case<'c> = (&'static str, &'c [&'c [u8]], Vec<u8>);

/// Lines: what is a message on them, what is text or noise, and what ends a session.
pub(super) fn lines() -> Done<Vec<Value>> {
    let framed = |message: &[u8]| -> Done<Vec<u8>> {
        let mut out = vec![0; frame_length(message.len())];
        let n = frame(message, &mut out)?;
        out.truncate(n);
        Ok(out)
    };
    let end = framed(&[8])?;
    let took = framed(&[6, 0, 0, 5])?;
    let inside = |frame: &[u8]| frame.get(1..frame.len() - 1).unwrap_or_default().to_vec();
    let zeros = |parts: &[&[u8]]| parts.concat();
    let mut bad_crc = took.clone();
    flip(&mut bad_crc, 3);
    let mut bad_cobs = took.clone();
    if let Some(code) = bad_cobs.get_mut(1) {
        *code = 0xf0;
    }
    let long: Vec<u8> = (0..700u32).map(|i| [5, 0, 1, 255][i as usize % 4]).collect();
    let run = [&[5][..], &[7; 400]].concat();
    let mut cases: Vec<(String, Vec<u8>)> = [
        ("a message", took.clone()),
        ("two frames", zeros(&[&took, &end])),
        ("two frames with one zero between them", zeros(&[&[0], &inside(&took), &[0], &inside(&end), &[0]])),
        ("text, a frame, text, a frame", zeros(&[b"ready\n", &took, b"scan 5\n", &end])),
        ("zeros in plenty", zeros(&[&[0, 0, 0], &took, &[0, 0], &end, &[0]])),
        ("text after a zero, then a frame", zeros(&[&[0], b"ready\n", &took])),
        ("a changed byte", bad_crc.clone()),
        ("a changed frame and then a whole one", zeros(&[&bad_crc, &end])),
        ("a code that reaches beyond the frame", bad_cobs),
        ("a frame without its last zero", took.get(..took.len() - 1).unwrap_or_default().to_vec()),
        ("a frame without its first zero", took.get(1..).unwrap_or_default().to_vec()),
        ("a frame cut short, then a whole one", zeros(&[took.get(..5).unwrap_or_default(), &end])),
        ("a CRC and no message", framed(&[])?),
        ("fewer bytes than a CRC", vec![0, 3, 1, 2, 0]),
        ("a message with zeros and long runs", framed(&long)?),
        ("runs of 254 bytes", framed(&run)?),
        ("a hello longer than 256 bytes", framed(&[&[1][..], &[1; 300]].concat())?),
    ]
    .map(|(name, line)| (name.to_owned(), line))
    .into();
    for unknown in [0, 9, 10, 63, 64, 65, 255] {
        cases.push((format!("type {unknown}"), framed(&[unknown, 1, 2, 3])?));
    }
    for cut in 1..took.len() {
        cases.push((format!("cut after {cut} bytes"), took.get(..cut).unwrap_or_default().to_vec()));
    }
    let vectors = cases.into_iter().map(|(name, line)| {
        let says = said_by(&line)?;
        Ok(json!({"name": format!("line: {name}"), "line": hex(&line), "says": says}))
    });
    vectors.collect()
}

/// What a line says: messages, text and noise. A message in no form ends it.
///
/// # Errors
/// Never.
pub fn said_by(line: &[u8]) -> Done<Vec<Value>> {
    let (mut deframer, mut rest, mut out) = (Deframer::new(vec![0; frame_length(65_535)]), line, Vec::new());
    while let Some(unit) = deframer.next(&mut rest) {
        match unit {
            Unit::Message(bytes) => match read(bytes)? {
                Said::Message(said) => out.push(said),
                Said::Refused => {
                    out.push(json!({"error": SyncError::Form.code()}));
                    break;
                }
            },
            Unit::Text(text) => out.push(json!({"text": hex(text)})),
            Unit::Noise(_) => out.push(json!({"noise": true})),
        }
    }
    Ok(out)
}

/// A message that a party gets after others, and what it says to it.
pub(super) fn refusals() -> Done<Vec<Value>> {
    let mut country = Country::new()?;
    let [a, b] = pair(&mut country, 1, 2)?;
    a.sell(2)?;
    b.sell(2)?;
    let (mut one, mut two, mut out) = (a.session(), a.holdings(), vec![0; 4_096]);
    let mut next = |session: &mut Session<Vec<u8>>, holdings: &mut Holdings<Memory>| -> Done<Vec<u8>> {
        let n = session.transmit(holdings, &mut out)?;
        Ok(out.get(..n).unwrap_or_default().to_vec())
    };
    let hello = next(&mut one, &mut two)?;
    // What b hears of a before: a's hello, and where a page is to be answered, an offer of a's log.
    let log = a.own.as_ref().ok_or("no log")?;
    let item = [&[0][..], &log.id.log16(), &[3], &log.head(3)?.log16()].concat();
    let page = [&[2, 1][..], &item].concat();
    let greeted: &[&[u8]] = &[&hello];
    let offered: &[&[u8]] = &[&hello, &page];
    let changed = |at: usize, to: u8| -> Vec<u8> {
        let mut message = hello.clone();
        if let Some(byte) = message.get_mut(at) {
            *byte = to;
        }
        message
    };
    let part = |message: &[u8], n: usize| message.get(..message.len() - n).unwrap_or_default().to_vec();
    let body = log.body(0, 3)?;
    let segment = [&log.id.log_id()[..], &[0], &body].concat();
    let piece = |position: u8, form: u8, length: usize, bytes: &[u8]| -> Vec<u8> {
        let length = [(length & 0x7f) as u8 | 0x80, (length >> 7) as u8];
        [&[4, position, form], &length[..], bytes].concat()
    };
    let whole = piece(0, 0, segment.len(), &segment);
    let cases: Vec<Case<'_>> = vec![
        ("a hello", &[], hello.clone()),
        ("a hello of another version", &[], changed(1, 2)),
        ("a hello of another format", &[], changed(2, 0)),
        ("a hello of another root", &[], changed(3, !hello.get(3).copied().unwrap_or(0))),
        ("a hello with a byte too many", &[], [&hello[..], &[0]].concat()),
        ("a hello with a byte too few", &[], part(&hello, 1)),
        ("a second hello", greeted, hello.clone()),
        ("a page before any hello", &[], page.clone()),
        ("an unknown informative message before any hello", &[], vec![70]),
        ("an unknown message before any hello", &[], vec![60]),
        ("a page", greeted, page.clone()),
        ("an empty page that isn't the last", greeted, vec![2, 0]),
        ("a page without flags", greeted, vec![2]),
        ("a page with an unknown flag", greeted, [&[2, 2][..], &item].concat()),
        ("a page with an unknown item", greeted, [&[2, 1, 4][..], &item].concat()),
        ("a page with half an item", greeted, part(&page, 5)),
        ("a page that goes on with no log", greeted, [&[2, 1, 2, 0, 1][..], &[7; 16]].concat()),
        ("a page of a log of no records", greeted, [&[2, 1, 0][..], &[7; 16], &[0], &[7; 16]].concat()),
        ("a page of no records of a log", greeted, [&[2, 1, 1][..], &[7; 16], &[5, 0], &[7; 16]].concat()),
        (
            "records beyond the last index",
            greeted,
            [&[2, 1, 1][..], &[7; 16], &[0xff, 0xff, 0xff, 0xff, 0x0f, 1], &[7; 16]].concat(),
        ),
        ("an object that is a bundle", greeted, [&[2, 1, 3, 4][..], &[7; 16], &[50]].concat()),
        ("an object of no known type", greeted, [&[2, 1, 3, 99][..], &[7; 16], &[50]].concat()),
        ("a page behind the last one", offered, page.clone()),
        ("a want that nothing was offered for", greeted, vec![3]),
        ("a first part of a piece that wasn't wanted", greeted, whole.clone()),
        ("a piece", offered, whole.clone()),
        ("a piece of an unknown form", offered, piece(0, 1, segment.len(), &segment)),
        ("a piece of no bytes", offered, vec![4, 0, 0, 0]),
        ("a piece whose first part is empty", offered, piece(0, 0, segment.len(), &[])),
        ("a piece longer than it says", offered, piece(0, 0, segment.len() - 1, &segment)),
        ("a piece longer than is taken", offered, piece(0, 0, 16_383, &segment)),
        ("a further part of no piece", offered, vec![5, 1, 2]),
        ("a took of a piece that wasn't sent", greeted, vec![6, 0, 0, 3]),
        ("a left with a byte too many", greeted, vec![7, 0, 0]),
        ("a left without a position", greeted, vec![7]),
        ("an end with a byte too many", greeted, vec![8, 0]),
        ("an end", greeted, vec![8]),
        ("a varint that isn't minimal", greeted, vec![7, 0x80, 0]),
    ];
    let mut vectors = Vec::new();
    for (name, before, message) in cases {
        let verdict = verdict(b, before, &message)?;
        let before: Vec<String> = before.iter().map(|m| hex(m)).collect();
        vectors.push(json!({
            "name": format!("message: {name}"), "to": state(b), "before": before, "message": hex(&message),
            "verdict": verdict,
        }));
    }
    Ok(vectors)
}

/// 0 where a party takes a message that comes behind others, else the code.
///
/// # Errors
/// Those before are refused.
pub fn verdict(party: &Party, before: &[&[u8]], message: &[u8]) -> Done<u16> {
    let (mut session, mut holdings, mut out) = (party.session(), party.holdings(), vec![0; 65_535]);
    for message in before {
        session.receive(&mut holdings, message, &mut out)?;
    }
    Ok(session.receive(&mut holdings, message, &mut out).err().map_or(0, |e| e.code()))
}
