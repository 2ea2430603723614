//! Vectors of the own log: images of its file, whole, torn and damaged, and what recovery says of them.
//!
//! An image stands whole, or as another one with bytes put in the place of others.
use crate::images::hex;
use crate::log_said::recovered;
use crate::world::Done;
use medlot_core::crypto::{Hash, SoftwareKey, Suite};
use medlot_core::log::{Frames, LogError, LogHead, Store, Writer};
use medlot_core::record::LogKey;
use serde_json::{Map, Value, json};
use std::path::Path;

/// What was written, unit by unit.
#[derive(Default)]
struct Disk {
    bytes: Vec<u8>,
    /// Where each unit ends, and how many records are durable there.
    ends: Vec<(usize, u32)>,
}

impl Store for Disk {
    fn write(&mut self, _: u64, bytes: &[u8]) -> Result<(), LogError> {
        self.bytes.extend(bytes);
        Ok(())
    }
}

/// A log on its disk.
struct Day {
    disk: Disk,
    writer: Writer,
    key: SoftwareKey,
    public: Vec<u8>,
}

const PARENT: Hash = Hash([9; 32]);

impl Day {
    fn new(suite: Suite) -> Done<Self> {
        let key = SoftwareKey::from_seed(suite, &[7; 32])?;
        let public = key.public_key(&mut [0; 33]).to_vec();
        let mut disk = Disk::default();
        let head = LogHead { parent: PARENT, suite, key: &public, facility: "01C55" };
        let writer = Writer::create(&head, &mut disk)?;
        let mut day = Self { disk, writer, key, public };
        day.done()?;
        Ok(day)
    }
    fn done(&mut self) -> Done<()> {
        self.writer.confirm()?;
        self.disk.ends.push((self.disk.bytes.len(), self.writer.tip().count()));
        Ok(())
    }
    fn append(&mut self, records: &[Vec<u8>]) -> Done<()> {
        self.writer.append(records, &mut self.disk)?;
        self.done()
    }
    fn offer(&mut self) -> Done<(u32, [u8; 64])> {
        let offer = self.writer.offer(&mut self.disk)?;
        self.done()?;
        Ok((offer.mark().count, self.key.sign(&offer.durable())))
    }
    fn attach(&mut self, (count, signature): (u32, [u8; 64])) -> Done<()> {
        let id = self.writer.tip().log();
        let log = LogKey { id, suite: self.key.suite(), key: &self.public };
        self.writer.attach(&log, count, &signature, &mut self.disk)?;
        self.done()
    }
    /// The bytes of the unit with this number.
    fn unit(&self, number: usize) -> Done<std::ops::Range<usize>> {
        let end = |number: usize| self.disk.ends.get(number).map(|(end, _)| *end).ok_or("no such unit");
        Ok(end(number.checked_sub(1).ok_or("the log's head")?)?..end(number)?)
    }
}

/// A record's bytes: what they say is of no account here.
fn record(i: usize, length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 7 + i * 31) as u8).collect()
}

struct Set {
    cases: Vec<Value>,
    wrong: Vec<String>,
}

impl Set {
    fn put(&mut self, name: &str, fields: Value, image: &[u8]) -> Value {
        let said = recovered(image);
        let mut case = Map::new();
        case.insert("name".into(), name.into());
        for part in [fields, said.clone()] {
            if let Value::Object(map) = part {
                case.extend(map);
            }
        }
        self.cases.push(case.into());
        said
    }
    fn whole(&mut self, name: &str, image: &[u8]) -> Value {
        self.put(name, json!({"image": hex(image)}), image)
    }
    /// Another image with `with` in the place of `remove` bytes.
    fn spliced(&mut self, name: &str, of: (&str, &[u8]), at: usize, remove: usize, with: &[u8]) -> Value {
        let mut image = of.1.to_vec();
        image.splice(at..at + remove, with.iter().copied());
        self.put(name, json!({"of": of.0, "splice": [at, remove, hex(with)]}), &image)
    }
    fn expect(&mut self, name: &str, said: &Value, key: &str, expected: u64) {
        if said[key] != expected {
            self.wrong.push(format!("{name}: expected {key} {expected}, got {said}"));
        }
    }
    /// Cut after some bytes: nothing acknowledged is lost.
    fn cut(&mut self, name: &str, day: &Day, at: usize) {
        let image = &day.disk.bytes;
        let called = format!("{name}, cut after {at} bytes");
        let said = self.spliced(&called, (name, image), at, image.len() - at, &[]);
        match day.disk.ends.iter().rev().find(|(end, _)| *end <= at) {
            Some((end, records)) => {
                self.expect(&called, &said, "records", u64::from(*records));
                self.expect(&called, &said, "dropped", (at - end) as u64);
            }
            None => self.expect(&called, &said, "error", 2601),
        }
    }
}

/// The image of each vector, by its name and fields.
///
/// # Errors
/// A vector in no form.
pub fn image(vectors: &[Value], vector: &Value) -> Done<Vec<u8>> {
    let bytes = |value: &Value| -> Done<Vec<u8>> {
        Ok(data_encoding::HEXLOWER.decode(value.as_str().ok_or("no text")?.as_bytes()).map_err(|e| e.to_string())?)
    };
    if vector["of"].is_null() {
        return bytes(&vector["image"]);
    }
    let of = vectors.iter().find(|other| other["name"] == vector["of"]).ok_or("no such image")?;
    let mut image = bytes(&of["image"])?;
    let number = |at: usize| vector["splice"][at].as_u64().and_then(|n| usize::try_from(n).ok()).ok_or("no number");
    let (at, remove) = (number(0)?, number(1)?);
    image.splice(at..at + remove, bytes(&vector["splice"][2])?);
    Ok(image)
}

/// Writes `log.jsonl` into a folder; gives the number of vectors.
///
/// # Errors
/// What isn't as it must be; a file that can't be written.
pub fn write(folder: &Path) -> Done<usize> {
    let mut set = Set { cases: Vec::new(), wrong: Vec::new() };
    small(&mut set)?;
    large(&mut set)?;
    forms(&mut set)?;
    if !set.wrong.is_empty() {
        return Err(set.wrong.join("\n").into());
    }
    let lines: Vec<String> = set.cases.iter().map(Value::to_string).collect();
    std::fs::write(folder.join("log.jsonl"), lines.join("\n") + "\n")?;
    Ok(lines.len())
}

/// A day of small records: groups, a signature that comes late, an offer that is open at its end.
fn small(set: &mut Set) -> Done<()> {
    let mut day = Day::new(Suite::Ed25519)?;
    day.append(&[record(0, 6), record(1, 9), record(2, 7)])?;
    let first = day.offer()?;
    day.append(&[record(3, 8)])?;
    let second = day.offer()?;
    day.attach(first)?;
    day.append(&[record(4, 10), record(5, 6)])?;
    day.attach(second)?;
    day.append(&[record(6, 6)])?;
    day.offer()?;
    let (name, image) = ("a day", day.disk.bytes.clone());
    let said = set.whole(name, &image);
    set.expect(name, &said, "records", 7);
    for at in 0..image.len() {
        set.cut(name, &day, at);
    }
    for (at, byte) in image.iter().enumerate() {
        let called = format!("{name}, a bit of byte {at} flipped");
        set.spliced(&called, (name, &image), at, 1, &[byte ^ 1 << (at % 8)]);
    }
    // Whole units that the medium lost, gave back twice, or in another order.
    for number in 1..day.disk.ends.len() {
        let unit = day.unit(number)?;
        let lost = format!("{name}, unit {number} lost");
        set.spliced(&lost, (name, &image), unit.start, unit.len(), &[]);
        let twice = format!("{name}, unit {number} twice");
        set.spliced(&twice, (name, &image), unit.end, 0, &image[unit.clone()]);
        if number > 1 {
            let before = day.unit(number - 1)?;
            let swapped = [&image[unit.clone()], &image[before.clone()]].concat();
            let called = format!("{name}, units {} and {number} swapped", number - 1);
            set.spliced(&called, (name, &image), before.start, swapped.len(), &swapped);
        }
    }
    let called = "a day, a group and its mark lost: the second mark stands nowhere";
    let (group, mark) = (day.unit(3)?, day.unit(4)?);
    let said = set.spliced(called, (name, &image), group.start, group.len(), &[]);
    set.expect(called, &said, "error", 2506);
    let called = "a day, damage before whole units";
    let said = set.spliced(called, (name, &image), mark.start + 5, 1, &[image[mark.start + 5] ^ 1]);
    set.expect(called, &said, "error", 2602);
    for length in [1, 7, 400] {
        let called = format!("a day, {length} bytes of an erased medium behind");
        let said = set.spliced(&called, (name, &image), image.len(), 0, &vec![0xff; length]);
        set.expect(&called, &said, "dropped", length as u64);
        let called = format!("a day, {length} zeros behind");
        let said = set.spliced(&called, (name, &image), image.len(), 0, &vec![0; length]);
        set.expect(&called, &said, "dropped", length as u64);
    }
    Ok(())
}

/// Records that take several frames.
fn large(set: &mut Set) -> Done<()> {
    let mut day = Day::new(Suite::P256)?;
    day.append(&[record(0, 4_096), record(1, 3_000), record(2, 1_100)])?;
    let offer = day.offer()?;
    day.attach(offer)?;
    day.append(&[record(3, 4_070)])?;
    day.append(&[record(4, 4_078)])?;
    let (name, image) = ("a day of long records", day.disk.bytes.clone());
    let said = set.whole(name, &image);
    set.expect(name, &said, "records", 5);
    let ends: Vec<usize> = day.disk.ends.iter().map(|(end, _)| *end).collect();
    let near = ends.iter().flat_map(|end| [end.saturating_sub(1), *end, end + 1]);
    let mut cuts: Vec<usize> = near.chain((0..image.len()).step_by(389)).filter(|at| *at < image.len()).collect();
    cuts.sort_unstable();
    cuts.dedup();
    for at in cuts {
        set.cut(name, &day, at);
    }
    // A frame of the middle of a group is lost: what comes after it goes on with what isn't there.
    let first = Frames::new(&image, ends[0]);
    let begins: Vec<usize> = {
        let mut frames = first.clone();
        let mut all = vec![frames.at()];
        while frames.next().is_some() {
            all.push(frames.at());
        }
        all
    };
    for frame in begins.windows(2).map(|pair| pair[0]..pair[1]) {
        let called = format!("a day of long records, the frame at byte {} lost", frame.start);
        set.spliced(&called, (name, &image), frame.start, frame.len(), &[]);
    }
    Ok(())
}

/// Fronts, kinds and forms that are none.
fn forms(set: &mut Set) -> Done<()> {
    let mut day = Day::new(Suite::Ed25519)?;
    day.append(&[record(0, 6)])?;
    let (name, image) = ("one record", day.disk.bytes.clone());
    set.whole(name, &image);
    for (called, image, code) in [
        ("nothing", &b""[..], 2601),
        ("other letters", b"MLOX\x02", 2601),
        ("an older layout", b"MLOG\x01", 2604),
        ("no head", b"MLOG\x02", 2601),
    ] {
        let said = set.whole(called, image);
        set.expect(called, &said, "error", code);
    }
    let frame = |kind: u8, payload: &[u8]| -> Vec<u8> {
        let mut frame = (payload.len() as u16).to_le_bytes().to_vec();
        frame.push(kind);
        frame.extend(payload);
        let sum = crc(&frame);
        [&frame[..], &sum].concat()
    };
    let head = image[5..day.disk.ends[0].0].to_vec();
    let payload = head[3..head.len() - 4].to_vec();
    let tip = *day.writer.tip();
    let check = tip.head().log_id();
    let group = |records: &[&[u8]], check: &[u8]| -> Vec<u8> {
        let with = |record: &&[u8]| [&(record.len() as u16).to_le_bytes()[..], record].concat();
        [records.iter().flat_map(with).collect::<Vec<u8>>(), vec![0, 0], check.to_vec()].concat()
    };
    let mark = [&1u32.to_le_bytes()[..], &check].concat();
    let seal = |count: u32, head: &[u8]| [&count.to_le_bytes()[..], head, &[5; 64]].concat();
    let behind: [(&str, Vec<u8>, Option<u64>); 17] = [
        ("another head", head.clone(), Some(2604)),
        ("a kind that isn't known", frame(63, &[1, 2, 3]), Some(2604)),
        ("a group of no record", frame(2, &group(&[], &check)), Some(2604)),
        ("a group with another head at its end", frame(2, &group(&[b"second"], &check)), Some(2603)),
        ("a group that goes on after its end", frame(2, &[group(&[], &check), vec![1]].concat()), Some(2604)),
        ("a group without its end", frame(2, &[6, 0, 1, 2, 3, 4, 5, 6]), Some(2604)),
        ("the middle of a group that wasn't begun", frame(2 | 0x80, &[1, 2]), Some(2604)),
        ("the beginning of a group", frame(2 | 0x40, &[6, 0, 1, 2]), None),
        ("a group begun in a group", [frame(2 | 0x40, &[6, 0, 1]), frame(2, &[6, 0, 1])].concat(), Some(2604)),
        ("a mark in two frames", [frame(3 | 0x40, &mark[..6]), frame(3 | 0x80, &mark[6..])].concat(), Some(2604)),
        ("a mark", frame(3, &mark), None),
        ("a mark that is too short", frame(3, &mark[..11]), Some(2604)),
        ("a mark that is too long", frame(3, &[&mark[..], &[0]].concat()), Some(2604)),
        ("a mark of more records", frame(3, &[&2u32.to_le_bytes()[..], &check].concat()), Some(2506)),
        ("a seal that wasn't offered", frame(4, &seal(1, &tip.head().0)), Some(2603)),
        ("a seal", [frame(3, &mark), frame(4, &seal(1, &tip.head().0))].concat(), None),
        ("a seal of another head", [frame(3, &mark), frame(4, &seal(1, &[3; 32]))].concat(), Some(2603)),
    ];
    for (what, bytes, code) in &behind {
        let called = format!("one record, behind it {what}");
        let said = set.spliced(&called, (name, &image), image.len(), 0, bytes);
        if let Some(code) = code {
            set.expect(&called, &said, "error", *code);
        } else if !said["error"].is_null() {
            set.wrong.push(format!("{called}: {said}"));
        }
    }
    let heads: [(&str, Vec<u8>); 4] = [
        ("of two frames", [frame(0x41, &payload[..40]), frame(0x81, &payload[40..])].concat()),
        ("of another kind", frame(2, &payload)),
        ("with a suite that isn't known", frame(1, &[&payload[..32], &[9], &payload[33..]].concat())),
        ("with a facility of 21 characters", frame(1, &[&payload[..67], &[b'A'; 21]].concat())),
    ];
    for (what, bytes) in &heads {
        let called = format!("one record, a head {what}");
        let said = set.spliced(&called, (name, &image), 5, head.len(), bytes);
        set.expect(&called, &said, "error", 2601);
    }
    // Five marks: the seal of the first comes too late.
    let mut day = Day::new(Suite::Ed25519)?;
    let mut offers = Vec::new();
    for i in 0..4 {
        day.append(&[record(i, 6)])?;
        offers.push(day.offer()?);
    }
    day.append(&[record(4, 6)])?;
    let (name, image) = ("four marks", day.disk.bytes.clone());
    set.whole(name, &image);
    let fifth = frame(3, &[&5u32.to_le_bytes()[..], &day.writer.tip().head().log_id()].concat());
    let head_of = |count: usize| -> Done<Vec<u8>> {
        let mut head = day.writer.tip().log();
        for i in 0..count {
            head = medlot_core::crypto::chain_next(&head, u32::try_from(i)?, &record(i, 6))?;
        }
        Ok(head.0.to_vec())
    };
    for (what, with_fifth, count, code) in [
        ("the first's seal", false, 1u32, None),
        ("a fifth mark and the first's seal", true, 1, Some(2603)),
        ("a fifth mark and the second's seal", true, 2, None),
    ] {
        let late = frame(4, &seal(count, &head_of(count as usize)?));
        let bytes = if with_fifth { [fifth.clone(), late].concat() } else { late };
        let called = format!("four marks, behind them {what}");
        let said = set.spliced(&called, (name, &image), image.len(), 0, &bytes);
        match code {
            Some(code) => set.expect(&called, &said, "error", code),
            None => set.expect(&called, &said, "unsealed", u64::from(5 - count)),
        }
    }
    let third = frame(4, &seal(3, &head_of(3)?));
    let second = frame(4, &seal(2, &head_of(2)?));
    let called = "four marks, behind them the third's seal and the second's";
    let said = set.spliced(called, (name, &image), image.len(), 0, &[third, second].concat());
    set.expect(called, &said, "error", 2603);
    Ok(())
}

/// CRC-32/ISO-HDLC, bit by bit: a vector must not rest on what it tests.
pub(crate) fn crc(bytes: &[u8]) -> [u8; 4] {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
        }
    }
    (!sum).to_le_bytes()
}
