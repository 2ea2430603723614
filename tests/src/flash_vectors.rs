//! Vectors of the log on flash: images of chips of several shapes, whole, cut off in the middle of a write or an erasure,
//! damaged and given back old, and what opening says of them.
use crate::chip::{Area, Chip};
use crate::images::{bytes_of, changes, pieces};
use crate::log_said;
use crate::world::Done;
use medlot_core::crypto::{Hash, SoftwareKey, Suite};
use medlot_core::log::{FlashLog, Layout, LogError, LogHead};
use medlot_core::record::LogKey;
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

/// A chip's shape: words and erasures are the driver's, and the log's sector.
#[derive(Debug, Clone, Copy)]
struct Shape {
    name: &'static str,
    sector: u32,
    sectors: usize,
    /// Most bytes of the application's in a checkpoint.
    blob: u32,
}

impl Shape {
    const fn layout(&self) -> Layout {
        Layout { sector: self.sector, blob: self.blob }
    }
}

const STM32: Shape = Shape { name: "words of 8", sector: 2_048, sectors: 9, blob: 500 };
const NRF: Shape = Shape { name: "words of 4", sector: 1_024, sectors: 10, blob: 200 };
const BYTES: Shape = Shape { name: "bytes", sector: 1_024, sectors: 12, blob: 1_500 };
const PAGES: Shape = Shape { name: "pages of 256", sector: 4_096, sectors: 8, blob: 100 };
const HALVES: Shape = Shape { name: "words of 16 in two erasures a sector", sector: 1_024, sectors: 10, blob: 40 };

/// Does something with the types that a shape's driver has.
macro_rules! on {
    ($word:expr, $work:ident($($arg:expr),*)) => {
        match $word {
            1 => $work::<1, 256>($($arg),*),
            4 => $work::<4, 1_024>($($arg),*),
            8 => $work::<8, 2_048>($($arg),*),
            16 => $work::<16, 512>($($arg),*),
            _ => $work::<256, 4_096>($($arg),*),
        }
    };
}

/// What opening says of a chip: `error`, or what it holds.
///
/// # Errors
/// A log that opens and can't be read.
pub fn opened(word: u64, layout: Layout, image: &[u8]) -> Done<Value> {
    on!(word, opened_by(layout, image))
}

fn opened_by<const W: usize, const E: usize>(layout: Layout, image: &[u8]) -> Done<Value> {
    let chip = Rc::new(RefCell::new(Chip { bytes: image.to_vec(), ..Chip::default() }));
    log_said::opened(Area::<W, E> { chip, from: 0, length: image.len() }, layout)
}

struct Set {
    cases: Vec<Value>,
    wrong: Vec<String>,
}

/// An image under its name.
struct Named<'n> {
    name: String,
    word: usize,
    shape: &'n Shape,
    bytes: Vec<u8>,
}

impl Set {
    fn put(&mut self, image: &Named<'_>, fields: Value) -> Done<Value> {
        let said = opened(image.word as u64, image.shape.layout(), &image.bytes)?;
        let mut case = Map::new();
        case.insert("name".into(), image.name.clone().into());
        for part in [fields, said.clone()] {
            if let Value::Object(map) = part {
                case.extend(map);
            }
        }
        self.cases.push(case.into());
        Ok(said)
    }
    fn whole(&mut self, image: &Named<'_>) -> Done<Value> {
        let shape = image.shape;
        let fields = json!({
            "word": image.word, "sector": shape.sector, "blob_room": shape.blob, "image": pieces(&image.bytes),
        });
        self.put(image, fields)
    }
    fn changed<'n>(&mut self, of: &Named<'n>, what: &str, bytes: Vec<u8>) -> Done<(Named<'n>, Value)> {
        let fields = json!({"of": of.name, "changes": changes(&of.bytes, &bytes)});
        let base = of.name.split(", ").next().unwrap_or_default();
        let image = Named { name: format!("{base}, {what}"), word: of.word, shape: of.shape, bytes };
        let said = self.put(&image, fields)?;
        Ok((image, said))
    }
    fn expect(&mut self, name: &str, said: &Value, key: &str, expected: u64) {
        if said[key] != expected {
            self.wrong.push(format!("{name}: expected {key} {expected}, got {said}"));
        }
    }
}

/// Some work on a log.
type Step<'s, D> = &'s dyn Fn(&mut D) -> Result<(), LogError>;
/// A frame's kind and payload.
type Frame = (u8, Vec<u8>);

/// A log on its chip.
struct Day<const W: usize, const E: usize> {
    log: FlashLog<Area<W, E>>,
    key: SoftwareKey,
    public: Vec<u8>,
    chip: Rc<RefCell<Chip>>,
}

/// A record's bytes: what they say is of no account here.
fn record(i: u32, length: usize) -> Vec<u8> {
    (0..length).map(|at| (at as u32 * 7 + i * 31) as u8).collect()
}

impl<const W: usize, const E: usize> Day<W, E> {
    fn key(seed: u8) -> Done<(SoftwareKey, Vec<u8>)> {
        let key = SoftwareKey::from_seed(Suite::Ed25519, &[seed; 32])?;
        let public = key.public_key(&mut [0; 33]).to_vec();
        Ok((key, public))
    }
    fn area(shape: &Shape, bytes: Vec<u8>, power: Option<usize>) -> (Area<W, E>, Rc<RefCell<Chip>>) {
        let length = shape.sector as usize * shape.sectors;
        let chip = Rc::new(RefCell::new(Chip { bytes, power, ..Chip::default() }));
        (Area { chip: chip.clone(), from: 0, length }, chip)
    }
    /// Begins on a chip; one of them isn't erased.
    fn begin(shape: &Shape, seed: u8) -> Done<Self> {
        let used =
            (0..shape.sector as usize * shape.sectors).map(|i| if W == 4 { (i * 7) as u8 } else { 0xff }).collect();
        let (area, chip) = Self::area(shape, used, None);
        let (key, public) = Self::key(seed)?;
        let head = LogHead { parent: Hash([9; 32]), suite: Suite::Ed25519, key: &public, facility: "01C55" };
        let log = FlashLog::create(area, shape.layout(), &head)?;
        Ok(Self { log, key, public, chip })
    }
    /// Goes on with a chip, whose supply fails after so many bytes.
    fn go_on(shape: &Shape, bytes: &[u8], power: Option<usize>) -> Done<Self> {
        let (area, chip) = Self::area(shape, bytes.to_vec(), power);
        let (key, public) = Self::key(7)?;
        Ok(Self { log: FlashLog::open(area, shape.layout())?, key, public, chip })
    }
    fn bytes(&self) -> Vec<u8> {
        self.chip.borrow().bytes.clone()
    }
    fn append(&mut self, lengths: &[usize]) -> Result<(), LogError> {
        let first = self.log.tip().count();
        let records: Vec<Vec<u8>> = (first..).zip(lengths).map(|(i, length)| record(i, *length)).collect();
        self.log.append(&records).map(drop)
    }
    fn seal(&mut self) -> Result<(), LogError> {
        let offer = self.log.offer()?;
        let log = LogKey { id: self.log.tip().log(), suite: Suite::Ed25519, key: &self.public };
        self.log.attach(&log, offer.mark().count, &self.key.sign(&offer.durable())).map(drop)
    }
    /// Another device holds all that is sealed.
    fn acknowledge(&mut self) -> Result<(), LogError> {
        let seal = *self.log.seal().ok_or(LogError::Empty)?;
        self.log.acknowledge(seal.count, &seal.head)
    }
    fn reclaim(&mut self, length: usize) -> Result<(), LogError> {
        let table: Vec<u8> = (0..length).map(|at| (at * 5 + 1) as u8).collect();
        self.log.reclaim(table.chunks(64)).map(drop)
    }
    /// Works until the log is full.
    fn fill(&mut self, sector: usize) -> Result<(), LogError> {
        for round in 0.. {
            let lengths: &[usize] = match round % 4 {
                0 => &[sector / 9, 60, sector / 20],
                1 => &[sector / 4],
                2 => &[30, sector / 7],
                _ => &[(sector + sector / 3).min(4_000)],
            };
            match self.append(lengths) {
                Ok(()) if round % 3 == 2 => self.seal()?,
                Ok(()) => {}
                Err(LogError::Full) => return self.seal(),
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }
    /// What is done while the supply may fail; the records that were durable when a step was done.
    fn tail(&mut self, shape: &Shape) -> Vec<(usize, u32)> {
        let sector = shape.sector as usize;
        let mut durable = Vec::new();
        let steps: [Step<'_, Self>; 7] = [
            &|day| day.append(&[20, sector / 3]),
            &|day| day.append(&[sector / 2, sector / 2 + 100]),
            &Self::seal,
            &Self::acknowledge,
            &|day| day.reclaim(shape.blob as usize),
            &|day| day.append(&[9, 8]),
            &|day| day.log.offer().map(drop),
        ];
        for step in steps {
            if step(self).is_err() {
                break;
            }
            durable.push((self.chip.borrow().used, self.log.tip().count()));
        }
        durable
    }
}

/// Writes `flash.jsonl` into a folder; gives the number of vectors.
///
/// # Errors
/// What isn't as it must be; a file that can't be written.
pub fn write(folder: &Path) -> Done<usize> {
    let mut set = Set { cases: Vec::new(), wrong: Vec::new() };
    days::<4, 1_024>(&mut set, &NRF, 13)?;
    days::<8, 2_048>(&mut set, &STM32, 101)?;
    days::<1, 256>(&mut set, &BYTES, 101)?;
    days::<16, 512>(&mut set, &HALVES, 101)?;
    days::<256, 4_096>(&mut set, &PAGES, 257)?;
    empty(&mut set)?;
    if !set.wrong.is_empty() {
        return Err(set.wrong.join("\n").into());
    }
    let lines: Vec<String> = set.cases.iter().map(Value::to_string).collect();
    std::fs::write(folder.join("flash.jsonl"), lines.join("\n") + "\n")?;
    Ok(lines.len())
}

/// A log of one shape of chip: young, full, after a reclaim, after several rounds, and what may become of that. Every so
/// many bytes the supply fails.
fn days<const W: usize, const E: usize>(set: &mut Set, shape: &Shape, step: usize) -> Done<()> {
    let sector = shape.sector as usize;
    let named = |what: &str, bytes| Named { name: format!("{}: {what}", shape.name), word: W, shape, bytes };
    let mut day = Day::<W, E>::begin(shape, 7)?;
    set.whole(&named("begun", day.bytes()))?;
    day.append(&[6, 9, 7])?;
    day.seal()?;
    day.append(&[8])?;
    let young = named("young", day.bytes());
    let said = set.whole(&young)?;
    set.expect(&young.name, &said, "records", 4);
    day.fill(sector)?;
    let full = named("full", day.bytes());
    if W == 4 {
        set.whole(&full)?;
    }
    // Five rounds of reclaiming: every place of the ring is written again.
    for _ in 0..5 {
        day.acknowledge()?;
        day.reclaim(shape.blob as usize / 2)?;
        day.fill(sector)?;
    }
    day.acknowledge()?;
    day.reclaim(shape.blob as usize)?;
    // All that is needed: a checkpoint, groups over sectors, a seal, an acknowledgement, an offer that is open.
    day.append(&[40, 50])?;
    day.seal()?;
    day.acknowledge()?;
    day.append(&[sector / 2, sector / 2, 30])?;
    let _ = day.log.offer()?;
    day.append(&[7, sector / 3])?;
    let used = named("used", day.bytes());
    let said = set.whole(&used)?;
    if said["from"] == 0 || !said["error"].is_null() {
        set.wrong.push(format!("{}: {said}", used.name));
    }
    cuts::<W, E>(set, shape, &used, step)?;
    damage::<W, E>(set, &used, &full, step)?;
    histories::<W, E>(set, &used)?;
    if W == 4 {
        forms(set, &used)?;
        tails::<W, E>(set, shape)?;
    }
    Ok(())
}

/// The supply fails at every so many bytes of some more work.
fn cuts<const W: usize, const E: usize>(set: &mut Set, shape: &Shape, used: &Named<'_>, step: usize) -> Done<()> {
    let mut all = Day::<W, E>::go_on(shape, &used.bytes, None)?;
    let before = all.log.tip().count();
    let durable = all.tail(shape);
    if durable.len() != 7 {
        return Err(format!("{}: only {} steps are done", shape.name, durable.len()).into());
    }
    let (whole, erased) = (all.chip.borrow().used, all.chip.borrow().erased.clone());
    let edges = durable.iter().flat_map(|(used, _)| [used.saturating_sub(1), *used]);
    let middles = erased.iter().map(|erasure| erasure.start + erasure.len() / 2);
    let within = |at: &usize| erased.iter().any(|erasure| erasure.contains(at));
    let steps = (1..whole).step_by(step).filter(|at| !within(at));
    let mut places: Vec<usize> = steps.chain(edges).chain(middles).filter(|at| (1..=whole).contains(at)).collect();
    places.sort_unstable();
    places.dedup();
    let mut last: Option<Named<'_>> = None;
    for power in places {
        let mut day = Day::<W, E>::go_on(shape, &used.bytes, Some(power))?;
        day.tail(shape);
        let what = format!("cut after {power} bytes more");
        let (image, said) = set.changed(last.as_ref().unwrap_or(used), &what, day.bytes())?;
        let done = durable.iter().rev().find(|(used, _)| *used <= power).map_or(before, |(_, records)| *records);
        let next = durable.iter().find(|(used, _)| *used > power).map_or(done, |(_, records)| *records);
        let found = said["records"].as_u64().and_then(|n| u32::try_from(n).ok());
        if !found.is_some_and(|found| found == done || found == next) {
            set.wrong.push(format!("{}: {done} or {next} records, got {said}", image.name));
        }
        last = Some(image);
    }
    Ok(())
}

/// What a medium may do to a chip besides.
fn damage<const W: usize, const E: usize>(set: &mut Set, used: &Named<'_>, full: &Named<'_>, step: usize) -> Done<()> {
    let (shape, image) = (used.shape, &used.bytes);
    let sector = shape.sector as usize;
    let flipped = |at: usize, bits: u8| {
        let mut bytes = image.clone();
        bytes[at] ^= bits;
        bytes
    };
    // A bit of each field of each header.
    for at in 0..shape.sectors {
        let fields = [0, 3, 4, 8, 16, 20, 52, 56, 58, 59, 60];
        // Of the other shapes fewer: what differs between them is where frames stand.
        for byte in fields.into_iter().step_by(if W == 4 { 1 } else { 4 }) {
            let what = format!("a bit of byte {byte} of the header at {at} flipped");
            set.changed(used, &what, flipped(at * sector + byte, 1))?;
        }
    }
    let written: Vec<usize> = (0..image.len()).filter(|at| at % sector >= 64 && image[*at] != 0xff).collect();
    for at in written.iter().step_by(step.max(41)) {
        set.changed(used, &format!("a bit of byte {at} flipped"), flipped(*at, 1 << (at % 8)))?;
    }
    // Bits that wore out where nothing was written yet.
    let blank: Vec<usize> = (0..image.len()).filter(|at| at % sector >= 64 && image[*at] == 0xff).collect();
    for at in blank.iter().step_by(step * 29) {
        set.changed(used, &format!("a bit of byte {at}, which is blank, worn"), flipped(*at, 0x10))?;
    }
    let with = |range: std::ops::Range<usize>, from: &[u8]| {
        let mut bytes = image.clone();
        bytes[range.clone()].copy_from_slice(&from[range]);
        bytes
    };
    let erased = vec![0xff; image.len()];
    for at in 0..shape.sectors {
        let (from, to) = (at * sector, (at + 1) * sector);
        set.changed(used, &format!("sector {at} erased"), with(from..to, &erased))?;
        set.changed(used, &format!("the front half of sector {at} erased"), with(from..from + sector / 2, &erased))?;
        set.changed(used, &format!("the rear half of sector {at} erased"), with(from + sector / 2..to, &erased))?;
        if W == 4 {
            set.changed(used, &format!("sector {at} as it was in the first round"), with(from..to, &full.bytes))?;
        }
    }
    if W == 4 {
        let mut swapped = image.clone();
        let (front, rear) = swapped.split_at_mut(sector);
        front.swap_with_slice(&mut rear[..sector]);
        set.changed(used, "sectors 0 and 1 swapped", swapped)?;
        let mut other = Day::<W, E>::begin(shape, 8)?;
        other.append(&[6, 9])?;
        set.changed(used, "sector 0 of another log", with(0..sector, &other.bytes()))?;
    }
    Ok(())
}

/// The log went on in two ways; a sector of the one stands in the place of the other's.
fn histories<const W: usize, const E: usize>(set: &mut Set, used: &Named<'_>) -> Done<()> {
    let sector = used.shape.sector as usize;
    let ways = [20, 21].map(|length| -> Done<Vec<u8>> {
        let mut day = Day::<W, E>::go_on(used.shape, &used.bytes, None)?;
        day.append(&[length, sector / 2])?;
        day.append(&[sector / 2, sector / 2])?;
        day.seal()?;
        Ok(day.bytes())
    });
    let [one, other] = ways;
    let (one, other) = (one?, other?);
    let (one, _) = set.changed(used, "gone on", one)?;
    for at in (0..used.shape.sectors).map(|at| at * sector..(at + 1) * sector) {
        if one.bytes[at.clone()] != other[at.clone()] {
            let mut mixed = one.bytes.clone();
            mixed[at.clone()].copy_from_slice(&other[at.clone()]);
            set.changed(&one, &format!("gone on, and sector {} of another history", at.start / sector), mixed)?;
        }
    }
    Ok(())
}

/// Where the log ends: the newest sector's number and place, and the byte in it. In words of 4.
fn end_of(used: &Named<'_>) -> Done<(u32, usize, usize)> {
    let sector = used.shape.sector as usize;
    let number = |at: usize, n: usize| used.bytes[at..at + n].iter().rev().fold(0, |sum, b| sum << 8 | u32::from(*b));
    let newest = (0..used.shape.sectors).map(|place| (number(place * sector + 4, 4), place * sector)).max();
    let (sequence, place) = newest.ok_or("no sector")?;
    let mut byte = 64;
    while used.bytes[place + byte] != 0xff {
        byte = (byte + 7 + number(place + byte, 2) as usize).next_multiple_of(4);
    }
    Ok((sequence, place, byte))
}

/// Frames behind the log's end whose CRCs hold, and which say what can't be.
fn forms(set: &mut Set, used: &Named<'_>) -> Done<()> {
    let (sequence, place, byte) = end_of(used)?;
    let said = opened(4, used.shape.layout(), &used.bytes)?;
    let log: Vec<u8> = bytes_of(&said["log"])?;
    let head: Vec<u8> = bytes_of(&said["head"])?;
    let count = said["records"].as_u64().ok_or("no records")? as u32;
    let state = |flags: u8, count: u32, head: &[u8], rest: &[u8]| {
        let fields = [&log[..], &count.to_le_bytes(), head, &[0; 12], &[flags], &[0; 112], rest];
        fields.concat()
    };
    let key = [&[9; 32][..], &[0, 32, 0], &[7; 32], b"01C55"].concat();
    let of_log = [&(key.len() as u16).to_le_bytes()[..], &key].concat();
    let mark = |count: u32| [&count.to_le_bytes()[..], &head[..8]].concat();
    let seal = |count: u32, head: &[u8]| [&count.to_le_bytes()[..], head, &[5; 64]].concat();
    let cases: [(&str, Vec<Frame>, Option<u64>); 21] = [
        ("a frame of the file's kind", vec![(1, key.clone())], Some(2604)),
        ("a kind that isn't known", vec![(63, vec![1, 2, 3])], Some(2604)),
        ("a group of no record", vec![(2, [&[0, 0][..], &head[..8]].concat())], Some(2604)),
        ("a group with another head at its end", vec![(2, [&[1, 0, 5, 0, 0][..], &head[..8]].concat())], Some(2603)),
        ("a group without its end", vec![(2, vec![6, 0, 1, 2, 3, 4, 5, 6])], Some(2604)),
        ("a group that goes on after its end", vec![(2, [&[0, 0][..], &head[..8], &[1]].concat())], Some(2604)),
        ("the middle of a group", vec![(0x82, vec![1, 2])], Some(2604)),
        ("the beginning of a group", vec![(0x42, vec![6, 0, 1, 2])], None),
        ("a mark in a group", vec![(0x42, vec![6, 0, 1, 2]), (0x83, mark(count))], Some(2604)),
        ("a mark in two frames", vec![(0x43, mark(count)[..6].to_vec()), (0x83, mark(count)[6..].to_vec())], None),
        ("a mark that is too long", vec![(3, [mark(count), vec![0]].concat())], Some(2604)),
        ("a mark of more records", vec![(3, mark(count + 1))], Some(2506)),
        ("a seal that wasn't offered", vec![(4, seal(count, &head))], Some(2603)),
        ("a seal that is too short", vec![(4, seal(count, &head)[..99].to_vec())], Some(2604)),
        ("a mark and its seal", vec![(3, mark(count)), (4, seal(count, &head))], None),
        ("an acknowledgement of more records", vec![(6, mark(count + 1))], Some(2603)),
        ("an acknowledgement", vec![(6, mark(count))], None),
        ("a checkpoint", vec![(5, state(0, count, &head, &[&of_log[..], b"table"].concat()))], None),
        ("a checkpoint of another head", vec![(5, state(0, count, &[1; 32], &of_log))], Some(2603)),
        ("a checkpoint with a flag that isn't known", vec![(5, state(4, count, &head, &of_log))], Some(2604)),
        ("a checkpoint that is cut", vec![(5, state(0, count, &head, &[])[..190].to_vec())], Some(2604)),
    ];
    for (what, frames, code) in &cases {
        let (mut bytes, mut at) = (used.bytes.clone(), byte);
        for (kind, payload) in frames {
            let front = [&(payload.len() as u16).to_le_bytes()[..], &[*kind], payload].concat();
            let salted = [&(at as u32).to_le_bytes()[..], &sequence.to_le_bytes(), &front].concat();
            let frame = [front, crate::log_vectors::crc(&salted).to_vec()].concat();
            let room = bytes.get_mut(place + at..place + at + frame.len()).ok_or("no room in the sector")?;
            room.copy_from_slice(&frame);
            at = (at + frame.len()).next_multiple_of(4);
        }
        let (image, said) = set.changed(used, &format!("behind it {what}"), bytes)?;
        match code {
            Some(code) => set.expect(&image.name, &said, "error", *code),
            None if !said["error"].is_null() => set.wrong.push(format!("{}: {said}", image.name)),
            None => {}
        }
    }
    Ok(())
}

/// A seal that goes on in the next sector, in which a checkpoint follows it: the sector in which it began is free, and
/// erased.
fn tails<const W: usize, const E: usize>(set: &mut Set, shape: &Shape) -> Done<()> {
    let sector = shape.sector as usize;
    for length in (sector / 2..sector).step_by(4) {
        let mut day = Day::<W, E>::begin(shape, 7)?;
        day.append(&[length])?;
        day.seal()?;
        if day.chip.borrow().bytes[sector + 58] != 1 {
            continue;
        }
        day.acknowledge()?;
        day.reclaim(50)?;
        let whole =
            Named { name: format!("{}: a seal over two sectors", shape.name), word: W, shape, bytes: day.bytes() };
        set.whole(&whole)?;
        let erased = [&vec![0xff; sector], &whole.bytes[sector..]].concat();
        let (image, said) = set.changed(&whole, "the front one erased", erased)?;
        set.expect(&image.name, &said, "records", 1);
        return Ok(());
    }
    Err(format!("{}: no seal goes over two sectors", shape.name).into())
}

/// Chips that hold no log.
fn empty(set: &mut Set) -> Done<()> {
    let length = NRF.sector as usize * NRF.sectors;
    let blank = Named { name: "erased".into(), word: 4, shape: &NRF, bytes: vec![0xff; length] };
    let said = set.whole(&blank)?;
    set.expect(&blank.name, &said, "error", 2601);
    // Cut off while it was begun.
    let begun = Day::<4, 1_024>::begin(&NRF, 7)?.bytes();
    for written in [1, 40, 64, 65, 100, 200] {
        let bytes = [&begun[..written], &vec![0xff; length - written]].concat();
        let (image, said) = set.changed(&blank, &format!("{written} bytes of a log's beginning"), bytes)?;
        set.expect(&image.name, &said, "error", 2601);
    }
    Ok(())
}
