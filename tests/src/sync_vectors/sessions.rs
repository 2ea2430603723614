//! Whole sessions, recorded.
use super::{NAMES, WHOLE, flip, messages, outcome, state};
use crate::sync_json::message;
use crate::sync_peers::{Country, Party, record};
use crate::world::{ALL, AUTHORITY, Done, Grant, Key, Log, MOVE};
use medlot_core::crypto::Suite;
use medlot_core::record::Entry;
use medlot_core::time::Timestamp;
use medlot_sdk::folder::hex;
use serde_json::{Value, json};

const DISTRIBUTOR: usize = 4;
const HUB: usize = 5;

/// The sessions so far.
#[derive(Default)]
struct Set(Vec<Value>);

impl Set {
    fn add(&mut self, name: &str, a: &mut Party, b: &mut Party) -> Done<()> {
        self.add_with(name, a, b, WHOLE, &NAMES, &mut |_, _| {})
    }

    /// Records a session; what came is theirs. `alter` changes messages on their way, `replays` are who speaks honestly.
    fn add_with(
        &mut self,
        name: &str,
        a: &mut Party,
        b: &mut Party,
        most: [usize; 2],
        replays: &[&str],
        alter: &mut dyn FnMut(usize, &mut Vec<u8>),
    ) -> Done<()> {
        if self.0.iter().any(|vector| vector["name"] == name) {
            return Err(format!("{name}: the name stands twice").into());
        }
        let states = [state(a), state(b)];
        let (mut one, mut two) = (a.holdings(), b.holdings());
        let (mut first, mut second) = (a.session(), b.session());
        let lines = record((&mut first, &mut one), (&mut second, &mut two), most, alter);
        let (mut lined, mut counted) = ([Vec::new(), Vec::new()], [0, 0]);
        let mut turns = Vec::new();
        for (turn, line) in lines.iter().enumerate() {
            let side = turn % 2;
            lined[side].extend(line);
            let all = messages(&lined[side]);
            let said = all.iter().skip(counted[side]).map(|one| message(one)).collect::<Done<Vec<Value>>>()?;
            counted[side] = all.len();
            turns.push(json!({"by": NAMES[side], "line": hex(line), "messages": said}));
        }
        let after = [outcome(a, &first, &one), outcome(b, &second, &two)];
        let cut = most != WHOLE;
        self.0.push(json!({
            "name": name, "a": states[0], "b": states[1], "turns": turns, "replays": replays, "cut": cut,
            "outcome": {"a": after[0], "b": after[1]},
        }));
        (a.memory, b.memory) = (one.keeper, two.keeper);
        Ok(())
    }

    /// Fails where what came of a session isn't what it is recorded for.
    fn expect(&self, side: &str, key: &str, value: &Value) -> Done<()> {
        let Some(last) = self.0.last() else { return Err("no session".into()) };
        let said = &last["outcome"][side][key];
        if said == value {
            return Ok(());
        }
        Err(format!("{}: {key} of {side} is {said}, not {value}", last["name"]).into())
    }
    fn has(&self, by: &str, name: &str) -> Done<()> {
        let Some(last) = self.0.last() else { return Err("no session".into()) };
        let turns = last["turns"].as_array().into_iter().flatten().filter(|turn| turn["by"] == by);
        let has =
            turns.flat_map(|turn| turn["messages"].as_array().into_iter().flatten()).any(|m| m[name] != Value::Null);
        if has { Ok(()) } else { Err(format!("{}: {by} says no {name}", last["name"]).into()) }
    }
}

pub(super) fn pair(country: &mut Country, a: usize, b: usize) -> Done<[&mut Party; 2]> {
    Ok(country.parties.get_disjoint_mut([a, b])?)
}

/// Every session.
pub(super) fn sessions() -> Done<Vec<Value>> {
    let mut set = Set::default();
    let mut country = Country::new()?;
    let [a, b] = pair(&mut country, 1, 2)?;
    a.sell(3)?;
    (a.clock, b.clock) = (Some(Timestamp::from_secs(230_000_000)), Some(Timestamp::from_secs(230_172_800)));
    b.sell(2)?;
    set.add("two devices of a facility that lack each other's log", a, b)?;
    set.expect("a", "clock_ahead", &172_800.into())?;
    set.add("nothing new", a, b)?;
    set.expect("b", "observes", &json!([]))?;
    for sales in [1, 4, 2, 30] {
        a.sell(sales)?;
    }
    b.clock = None;
    set.add("several segments one way", a, b)?;
    for party in [&mut *a, &mut *b] {
        (party.message, party.window) = (256, 1);
        party.sell(2)?;
        party.sell(40)?;
    }
    set.add("new both ways, messages of 256 bytes and one piece on its way", a, b)?;
    set.has("a", "more")?;
    a.sell(2)?;
    a.sell(200)?;
    a.sell(1)?;
    (b.piece, b.window) = (1_100, 2);
    set.add("a piece that is longer than the other takes", a, b)?;
    set.has("a", "left")?;
    unsealed(&mut set)?;
    copies(&mut set)?;
    carriers(&mut set)?;
    aside(&mut set)?;
    roots(&mut set)?;
    for side in [0, 1] {
        for most in [0, 40, 120, 400] {
            let mut country = Country::new()?;
            let [a, b] = pair(&mut country, 1, 2)?;
            a.sell(2)?;
            b.sell(2)?;
            let mut line = WHOLE;
            line[side] = most;
            let name = format!("cut after {most} bytes of {}", NAMES[side]);
            set.add_with(&name, a, b, line, &NAMES, &mut |_, _| {})?;
            set.expect("a", "done", &false.into())?;
            if most == 400 {
                set.add(&format!("{name}, resumed"), a, b)?;
                set.expect("b", "done", &true.into())?;
            }
        }
    }
    Ok(set.0)
}

/// Records that no seal covers when the session begins.
fn unsealed(set: &mut Set) -> Done<()> {
    let mut country = Country::new()?;
    let [a, b] = pair(&mut country, 1, 2)?;
    a.sell(1)?;
    a.sell_unsealed(2)?;
    b.sell_unsealed(3)?;
    set.add("both seal once the other said what it has", a, b)?;
    set.expect("a", "acknowledged", &4.into())?;
    set.expect("b", "acknowledged", &4.into())?;
    let mut copy = a.clone();
    a.sell(1)?;
    set.add("what was sealed meanwhile", a, b)?;
    if let Some(own) = &mut copy.own {
        own.push(Entry::Blind([1; 16]))?;
    }
    copy.sell_unsealed(2)?;
    set.add("an old copy that was written on and seals nothing", &mut copy, b)?;
    set.expect("a", "standing", &"forked".into())?;
    set.expect("b", "observes", &json!([]))?;
    Ok(())
}

/// Restored and copied folders.
fn copies(set: &mut Set) -> Done<()> {
    let mut country = Country::new()?;
    let [a, b] = pair(&mut country, 1, 2)?;
    a.sell(2)?;
    let (mut restored, mut twin) = (a.clone(), a.clone());
    a.sell(3)?;
    a.sell(1)?;
    set.add("before the copies meet", a, b)?;
    set.add("a restored folder", &mut restored, b)?;
    set.expect("a", "standing", &"behind".into())?;
    if let Some(own) = &mut twin.own {
        own.push(Entry::Blind([1; 16]))?;
    }
    twin.sell(6)?;
    set.add("a fork: the copy sealed another history", b, &mut twin)?;
    set.expect("b", "standing", &"forked".into())?;
    let [hub, device] = pair(&mut country, HUB, 2)?;
    set.add("a hub gets both branches and the proof", device, hub)?;
    set.has("a", "piece")?;
    set.add("and then nothing", hub, device)?;
    let [distributor, hub] = pair(&mut country, DISTRIBUTOR, HUB)?;
    set.add("who holds nothing of the log gets the proof", hub, distributor)?;
    Ok(())
}

/// Batches from facility to facility.
fn carriers(set: &mut Set) -> Done<()> {
    let mut country = Country::new()?;
    let distributor = country.parties.get_mut(DISTRIBUTOR).ok_or("no distributor")?;
    distributor.sell(2)?;
    distributor.hand_over("01C55", 3)?;
    distributor.sell(1)?;
    distributor.hand_over("01C99", 2)?;
    distributor.hand_over("01C55", 1)?;
    let [phone, distributor] = pair(&mut country, 2, DISTRIBUTOR)?;
    set.add("a phone meets another facility's device: the batches that concern its own", phone, distributor)?;
    let [counter, phone] = pair(&mut country, 1, 2)?;
    set.add("the phone brings the batches to another device of its facility", counter, phone)?;
    let [phone, hub] = pair(&mut country, 2, HUB)?;
    set.add("the phone brings all that it holds to a hub", phone, hub)?;
    let [distributor, hub] = pair(&mut country, DISTRIBUTOR, HUB)?;
    set.add("a hub gets the whole of a log of which it has batches", distributor, hub)?;
    // A carrier of the pharmacy asks for another's batches too.
    let [carrier, hub] = pair(&mut country, 3, HUB)?;
    carrier.facilities.push("01C99".into());
    set.add("a carrier asks for two facilities", carrier, hub)?;
    Ok(())
}

/// What can't be taken.
fn aside(set: &mut Set) -> Done<()> {
    let mut country = Country::new()?;
    let authority = country.parties.first().and_then(|party| party.writes).ok_or("no authority")?.log_id();
    let [device, hub] = pair(&mut country, 1, HUB)?;
    device.sell(2)?;
    let name = "an authority's segment is damaged on its way: what it enrols waits";
    set.add_with(name, device, hub, WHOLE, &["b"], &mut |side, m| {
        if side == 0 && is_piece_of(m, &authority) {
            flip(m, 80);
        }
    })?;
    set.expect("b", "aside", &json!([3002, 3004, 3004]))?;
    set.add("it comes whole, and what waits isn't wanted again", device, hub)?;
    set.expect("b", "aside", &json!([]))?;
    set.add("once it is known who wrote it, it is wanted again", device, hub)?;
    type Change = fn(&mut Vec<u8>);
    let changes: [(&str, Change, u16, bool); 4] = [
        ("a piece with a changed record", |m| flip(m, 80), 3002, true),
        (
            "a piece of an unknown suite",
            |m| {
                if let Some(suite) = m.get_mut(13) {
                    *suite = 9
                }
            },
            3003,
            true,
        ),
        (
            "a piece whose count is none",
            |m| {
                if let Some(count) = m.get_mut(47) {
                    *count = 0
                }
            },
            3912,
            true,
        ),
        (
            "a piece with a changed seal",
            |m| {
                let at = m.len() - 3;
                flip(m, at)
            },
            3002,
            true,
        ),
    ];
    for (name, change, code, stops) in changes {
        let mut country = Country::new()?;
        let [a, b] = pair(&mut country, 1, 2)?;
        a.sell(2)?;
        b.sell(1)?;
        let own = a.own.as_ref().ok_or("no log")?.id.log_id();
        // The first piece of its own log.
        let mut changed = !stops;
        let mut alter = |side: usize, m: &mut Vec<u8>| {
            if side == 0 && !changed && is_piece_of(m, &own) {
                change(m);
                changed = true;
            }
        };
        set.add_with(name, a, b, WHOLE, &["b"], &mut alter)?;
        if !changed {
            return Err(format!("{name}: no such piece").into());
        }
        set.expect("b", "aside", &json!([code]))?;
    }
    Ok(())
}

/// A piece's first part: position, form, two bytes of length, its log's id.
fn is_piece_of(message: &[u8], log: &[u8; 8]) -> bool {
    message.first() == Some(&4) && message.get(5..13) == Some(log)
}

/// A list of cuts, and a next root whose first segment travels with its key.
fn roots(set: &mut Set) -> Done<()> {
    let next = Key::new(Suite::P256, 9)?;
    let mut root = Log::root(Suite::Ed25519, 1, next.commitment(&[0; 32])?)?;
    let mut authority = Log::under(&root, Suite::Ed25519, 2, "SYT-01")?;
    root.enrol(&authority, Grant::over(AUTHORITY, ALL))?;
    let device = Log::under(&authority, Suite::P256, 3, "01C55")?;
    authority.enrol(&device, Grant::own(MOVE))?;
    let list = authority.state(vec![device.at(1)?])?;
    let anchor = root.anchor()?;
    let next = Log::next_root(&root, next, root.at(2)?, [0; 32])?;
    let (mut full, mut fresh) = (Party::new(&anchor, Some(&authority)), Party::new(&anchor, None));
    full.keeps(&root, 1, 2)?;
    full.seal()?;
    full.memory.objects.push(list);
    full.keeps_next_root(&next)?;
    set.add("a list of cuts and a next root with its key", &mut full, &mut fresh)?;
    set.has("a", "piece")?;
    set.add("and nothing of it again", &mut fresh, &mut full)?;
    Ok(())
}
