//! What must be so in a country.
use crate::party::{Party, asked, controlled, said, says, stands, stock_text};
use medlot_core::crypto::Hash;
use medlot_core::ledger::{Finding, Settled};
use medlot_core::movement::{Direction, Movement, reasons};
use medlot_core::record::Entry;
use medlot_core::trust::{RecordId, Warning};
use medlot_sdk::simulate::{Country, Fault, Flow, Injected, Plan, Receiver, Ruled, Truth};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// What isn't so, the first of each kind.
#[derive(Default)]
struct Wrong(Vec<String>);

impl Wrong {
    fn say(&mut self, what: String) {
        self.0.push(what);
    }
}

/// What is said of each log by its last record.
type Warned = BTreeMap<Hash, Vec<Warning>>;

/// Looks at a country from every side.
pub fn country(plan: &Plan) -> Result<(), String> {
    let started = Instant::now();
    let country = Country::make(*plan).map_err(|e| e.message)?;
    let made = started.elapsed();
    let truth = &country.truth;
    let controlled = controlled(truth);
    let asked = asked(&country, &controlled);
    let mut wrong = Wrong::default();
    for lot in 0..truth.lots.len() {
        for parts in [false, true] {
            if !truth.is_conserved(lot, parts) {
                wrong.say(format!("the simulation itself loses units of lot {}", truth.lots[lot].number));
            }
        }
    }

    let mut hub = Party::of(&country.arrivals(Receiver::Hub, 1).unwrap(), country.now());
    if hub.problems > 0 {
        wrong.say(format!("the hub can't read {} pieces", hub.problems));
    }
    let noted = std::mem::take(&mut hub.noted);
    let opened = started.elapsed();
    let settled = hub.ledger.settled();
    let of_hub = says(settled, &asked);
    let first = started.elapsed();
    {
        let mut again = Party::of(&country.arrivals(Receiver::Hub, 2).unwrap(), country.now());
        let says = says(again.ledger.settled(), &asked);
        if says != of_hub || again.noted != noted {
            let pair = says.lines().zip(of_hub.lines()).find(|(a, b)| a != b);
            wrong.say(format!("two hubs that hold the same say different things: {pair:?}"));
        }
    }
    let hubs = started.elapsed();
    for (at, facility) in country.facilities().enumerate() {
        // Nearly all of the time goes into seals: of a large country every fifth facility is looked at twice.
        let twice = plan.facilities <= 20 || at % 5 == 0;
        agrees(&country, facility, settled, &hub.warned, &asked, twice, &mut wrong);
    }
    let parties = started.elapsed();
    told(&country, &hub.warned, &mut wrong);
    expiries(truth, settled, &mut wrong);
    shelves(truth, settled, &mut wrong);
    conserved(truth, settled, &mut wrong);
    let findings = settled.findings(&asked);
    found(truth, &findings, &noted, settled, &mut wrong);
    if std::env::var_os("MEDLOT_SEED").is_some() {
        println!(
            "seed {}: {} records, {} judged, {} faults, {} findings; made {made:?}, opened {opened:?}, said {first:?}, again \
             {hubs:?}, parties {parties:?}, checked {:?}",
            plan.seed,
            country.records(),
            hub.judged,
            truth.injected.len(),
            findings.len() + noted.len(),
            started.elapsed()
        );
    }
    if wrong.0.is_empty() {
        return Ok(());
    }
    let (all, show) = (wrong.0.len(), number_shown());
    wrong.0.truncate(show);
    Err(format!("{all} things are wrong:\n  {}", wrong.0.join("\n  ")))
}

fn number_shown() -> usize {
    std::env::var("MEDLOT_SHOW").ok().and_then(|n| n.parse().ok()).unwrap_or(12)
}

/// Two devices of a facility that hold the same say the same, and of the facility's own stock what the hub says.
fn agrees(
    country: &Country,
    facility: &str,
    hub: Settled<'_>,
    warned: &Warned,
    asked: &medlot_core::ledger::Asked<'_>,
    twice: bool,
    wrong: &mut Wrong,
) {
    let party = |order| Party::of(&country.arrivals(Receiver::Facility(facility), order).unwrap(), country.now());
    let mut a = party(3);
    if a.problems > 0 {
        wrong.say(format!("{facility} can't read {} pieces", a.problems));
    }
    // Who holds the authorities' logs and the device's knows of it what the hub knows.
    for device in country.devices().filter(|device| device.facility == facility) {
        let (here, there) = (a.warned.get(&device.id), warned.get(&device.id));
        if here != there {
            wrong.say(format!("{facility} is told {here:?} of {}, the hub {there:?}", device.id));
        }
    }
    let a = a.ledger.settled();
    if twice && says(a, asked) != says(party(4).ledger.settled(), asked) {
        wrong.say(format!("two devices of {facility} that hold the same say different things"));
    }
    let (mut here, mut there) = (String::new(), String::new());
    stock_text(a, facility, &mut here);
    stock_text(hub, facility, &mut there);
    if here != there {
        let pair = here.lines().zip(there.lines()).find(|(a, b)| a != b);
        wrong.say(format!("{facility} and the hub don't agree on its stock: {pair:?}"));
    }
}

/// A person is told of each device what happened to it, and of the others nothing.
fn told(country: &Country, warned: &Warned, wrong: &mut Wrong) {
    let truth = &country.truth;
    // Of an authority whose word contradicts itself nobody knows which devices it cut.
    let unknown = truth.injected.iter().filter(|i| i.fault == Fault::StateContradicts).map(|i| i.facility.as_str());
    let unknown: Vec<&str> = unknown.map(|code| code.trim_end_matches("-SYT")).collect();
    let mut all: BTreeMap<_, BTreeSet<Warning>> = BTreeMap::new();
    for device in country.devices() {
        let warnings = all.entry(device.id).or_default();
        if unknown.iter().any(|prefix| device.facility.starts_with(prefix)) {
            warnings.insert(Warning::Unknown);
        }
        if device.cut {
            warnings.insert(Warning::Revoked);
        }
    }
    for injected in truth.injected.iter().filter(|injected| injected.stands) {
        let warning = match injected.fault {
            Fault::Fork => Warning::Forked,
            Fault::OutsideValidity => Warning::Expired,
            _ => continue,
        };
        let of = injected.log.and_then(|log| all.get_mut(&log));
        of.map(|warnings| warnings.insert(warning));
    }
    for (log, warnings) in all {
        let is: Vec<Warning> = warnings.into_iter().collect();
        let says = warned.get(&log).cloned().unwrap_or_default();
        if is != says {
            wrong.say(format!("of {log} a person should be told {is:?}, and is told {says:?}"));
        }
    }
}

/// A lot may be used until the day that an authority said last, or until that on its pack.
fn expiries(truth: &Truth, settled: Settled<'_>, wrong: &mut Wrong) {
    let lots: BTreeMap<&str, usize> = truth.lots.iter().enumerate().map(|(at, l)| (l.number.as_str(), at)).collect();
    for facility in settled.facilities() {
        for lot in settled.lots(facility) {
            let number = lot.number().unwrap();
            let (is, says) = (truth.last_day(facility, lots[number.as_str()]), lot.expiry().last_usable());
            if is != says {
                wrong.say(format!("{facility}, lot {}: good until {is:?}, the ledger says {says:?}", number.as_str()));
            }
        }
    }
}

/// Stock is what stands on the shelves, but where a fault says why not.
fn shelves(truth: &Truth, settled: Settled<'_>, wrong: &mut Wrong) {
    for (facility, shelf) in &truth.shelves {
        for lot in 0..truth.lots.len() {
            let is: BTreeMap<_, i64> =
                shelf.iter().filter(|(spot, count)| spot.lot == lot && **count != 0).map(|(s, c)| (*s, *c)).collect();
            let says = stands(settled, facility, truth, lot);
            if is != says && !truth.touched.contains_key(&(facility.clone(), lot)) {
                wrong.say(format!(
                    "{facility}, lot {}: there stand {is:?}, the ledger says {says:?}",
                    truth.lots[lot].number
                ));
            }
        }
    }
}

fn flow_of(movement: &Movement<'_>) -> Option<Flow> {
    Some(match movement.direction {
        Direction::Move => return None,
        Direction::In => match reasons::IN.name(movement.reason)? {
            "manufactured" => Flow::Manufactured,
            "imported" => Flow::Imported,
            "made_from" => Flow::MadeFrom,
            "customer_return" => Flow::Returned,
            "supplier" | "refused_goods_back" => return None,
            _ => Flow::OtherIn,
        },
        Direction::Out if movement.sent => return None,
        Direction::Out => match reasons::OUT.name(movement.reason)? {
            "destroy" => Flow::Destroyed,
            "missing" | "damaged" | "lost_in_transit" | "open_vial_wastage" => Flow::Lost,
            "used_up" => Flow::UsedUp,
            _ => Flow::Dispensed,
        },
    })
}

/// Units are conserved: what came in, and what counts and surpluses added, is what went out, stands, and is on the way.
fn conserved(truth: &Truth, settled: Settled<'_>, wrong: &mut Wrong) {
    let lots: BTreeMap<&str, usize> = truth.lots.iter().enumerate().map(|(at, l)| (l.number.as_str(), at)).collect();
    // By lot and whether parts: each flow as recorded; and what receipts and sent lines say.
    let mut flows: BTreeMap<(usize, bool, Flow), i64> = BTreeMap::new();
    type Sums = BTreeMap<(usize, bool), i64>;
    let (mut held, mut counted, mut within) = (Sums::new(), Sums::new(), Sums::new());
    for facility in settled.facilities() {
        for lot in settled.lots(facility) {
            let at = lots[lot.number().unwrap().as_str()];
            for stock in lot.stock() {
                *held.entry((at, stock.parts.is_some())).or_default() += stock.count;
            }
            for line in settled.card(&lot) {
                let key = (at, line.parts.is_some());
                if line.counted {
                    *counted.entry(key).or_default() += line.change;
                    continue;
                }
                let flow = said(settled, &line.record, |record| match record.entry {
                    Entry::Movement { movement, .. } => Some((movement.direction, flow_of(&movement))),
                    _ => None,
                });
                match flow.flatten() {
                    Some((_, Some(flow))) => *flows.entry((at, key.1, flow)).or_default() += line.change.abs(),
                    // Sent lines and what answers them: what isn't answered is on the way.
                    Some((direction, None)) if direction != Direction::Move => {
                        *within.entry(key).or_default() += line.change;
                    }
                    _ => {}
                }
            }
        }
    }
    let mut way: BTreeMap<usize, i64> = BTreeMap::new();
    let (mut surplus, mut closed): (BTreeMap<usize, i64>, BTreeMap<usize, i64>) = Default::default();
    let mut answered: BTreeSet<(_, u32, _)> = BTreeSet::new();
    for shipment in settled.shipments() {
        let at = lots[shipment.lot.unwrap().as_str()];
        let (sent, taken) = (i64::from(shipment.sent), (shipment.received + shipment.back) as i64);
        *way.entry(at).or_default() += shipment.remaining as i64;
        *surplus.entry(at).or_default() += (taken - sent).max(0);
        for answer in &shipment.answers {
            answered.insert((answer.log, answer.index, answer.identity));
            let lost = said(settled, answer, |record| match record.entry {
                Entry::Movement { movement, .. } if movement.direction == Direction::Out => {
                    i64::from(movement.quantity.count())
                }
                _ => 0,
            });
            *closed.entry(at).or_default() += lost.unwrap_or(0);
        }
    }
    // Receipts that take from nothing sent: wrong documents, misdelivered, twice beyond.
    let mut strange: BTreeMap<usize, i64> = BTreeMap::new();
    for facility in settled.facilities() {
        for lot in settled.lots(facility) {
            for line in settled.card(&lot).iter().filter(|line| !line.counted && line.parts.is_none()) {
                let key = (line.record.log, line.record.index, line.record.identity);
                let receipt = said(settled, &line.record, |record| {
                    matches!(record.entry, Entry::Movement { movement, .. }
                        if movement.direction == Direction::In && flow_of(&movement).is_none())
                });
                if receipt == Some(true) && !answered.contains(&key) {
                    *strange.entry(lots[lot.number().unwrap().as_str()]).or_default() += line.change;
                }
            }
        }
    }
    for (at, facts) in truth.lots.iter().enumerate() {
        for parts in [false, true] {
            let of = |map: &BTreeMap<(usize, bool), i64>| map.get(&(at, parts)).copied().unwrap_or(0);
            let flow = |flow: Flow| flows.get(&(at, parts, flow)).copied().unwrap_or(0);
            let signed: i64 = Flow::ALL.iter().map(|(f, _)| if f.is_in() { flow(*f) } else { -flow(*f) }).sum();
            let whole = |map: &BTreeMap<usize, i64>| if parts { 0 } else { map.get(&at).copied().unwrap_or(0) };
            if of(&held) != signed + of(&within) + of(&counted) {
                wrong.say(format!("lot {}: cards and stock don't add up", facts.number));
            }
            // Sent less received is on the way, or lost there, but for what was received without being sent.
            if -of(&within) != whole(&way) + whole(&closed) - whole(&surplus) - whole(&strange) {
                wrong.say(format!(
                    "lot {}: units on the way aren't conserved: out {} way {} closed {} surplus {} strange {}",
                    facts.number,
                    -of(&within),
                    whole(&way),
                    whole(&closed),
                    whole(&surplus),
                    whole(&strange)
                ));
            }
            // Where nothing spoils it, the ledger's totals are the world's.
            let spoilt = truth.touched.keys().any(|(_, lot)| *lot == at)
                || truth.injected.iter().any(|i| i.lot == Some(at))
                || of(&counted) != 0
                || whole(&strange) != 0
                || whole(&surplus) != 0;
            if spoilt {
                continue;
            }
            for (f, name) in Flow::ALL {
                let lost_on_the_way = if f == Flow::Lost { whole(&closed) } else { 0 };
                let (is, says) = (truth.flows.get(&(at, parts, f)).copied().unwrap_or(0), flow(f) + lost_on_the_way);
                if is != says {
                    wrong.say(format!("lot {}: {is} units {name}, the ledger says {says}", facts.number));
                }
            }
            let (is, says) = (truth.held(at, parts), of(&held));
            if is != says {
                wrong.say(format!("lot {}: {is} units are held, the ledger says {says}", facts.number));
            }
            let (is, says) = (truth.on_the_way(at, parts), whole(&way));
            if is != says {
                wrong.say(format!("lot {}: {is} units are on the way, the ledger says {says}", facts.number));
            }
        }
    }
}

/// Further findings that a fault may give, beside its own.
fn follows(fault: Fault, code: u16) -> bool {
    let also: &[u16] = match fault {
        Fault::Fork | Fault::ForkCut => &[5001, 3013, 3010, 3009],
        Fault::ClockSet => &[3016],
        Fault::ReceivedTwice => &[5003],
        Fault::WrongDocument | Fault::Misdelivered => &[5006],
        Fault::OverReceipt => &[5003],
        _ => &[],
    };
    fault.code() == Some(code) || also.contains(&code)
}

fn is_about(injected: &Injected, records: &[RecordId]) -> bool {
    let same = |a: &RecordId, b: &RecordId| a.log == b.log && a.index == b.index && a.identity == b.identity;
    records.iter().any(|at| injected.records.iter().any(|of| same(at, of)) || injected.log == Some(at.log))
}

/// Every fault gives its finding, and nothing else is found but what is ordinary.
fn found(truth: &Truth, findings: &[Finding<'_>], noted: &[(u16, RecordId)], settled: Settled<'_>, wrong: &mut Wrong) {
    let all: Vec<(u16, &[RecordId], &str, Option<&str>)> = findings
        .iter()
        .map(|f| (f.kind.code(), f.records.as_slice(), f.facility, f.lot.map(|lot| lot.as_str())))
        .chain(noted.iter().map(|(code, at)| (*code, std::slice::from_ref(at), "", None)))
        .collect();
    // Two measures of one lot are one finding, however often a vial is opened in either; so are two wrong expiries.
    let number = |i: &Injected| i.lot.map(|lot| truth.lots[lot].number.as_str());
    let of_lot: BTreeSet<(u16, &str, Option<&str>)> = all
        .iter()
        .filter(|(code, ..)| [5013, 5014].contains(code))
        .map(|(code, _, facility, lot)| (*code, *facility, *lot))
        .collect();
    let mut by_log: BTreeMap<_, Vec<&Injected>> = BTreeMap::new();
    for injected in &truth.injected {
        let logs = injected.records.iter().map(|at| at.log).chain(injected.log);
        for log in logs.collect::<BTreeSet<_>>() {
            by_log.entry(log).or_default().push(injected);
        }
    }
    let mut found: BTreeSet<*const Injected> = BTreeSet::new();
    for (code, records, facility, lot) in &all {
        let logs: BTreeSet<_> = records.iter().map(|at| at.log).collect();
        let why = logs.iter().filter_map(|log| by_log.get(log)).flatten();
        let mut why: Vec<&Injected> =
            why.copied().filter(|i| follows(i.fault, *code) && is_about(i, records)).collect();
        if *code == 5014 {
            why.extend(
                truth
                    .injected
                    .iter()
                    .filter(|i| i.fault == Fault::PartsConflict && i.facility == *facility && number(i) == *lot),
            );
        }
        for injected in &why {
            if injected.fault.code() == Some(*code) {
                found.insert(std::ptr::from_ref(*injected));
            }
        }
        if !why.is_empty() || is_ordinary(*code, records, facility, truth, settled) {
            continue;
        }
        wrong.say(format!("nothing happened, but {code} is found at {facility}: {records:?}"));
    }
    for injected in &truth.injected {
        let of_lot = of_lot.contains(&(injected.fault.code().unwrap_or(0), &injected.facility, number(injected)));
        let is_found = of_lot || found.contains(&std::ptr::from_ref(injected));
        if injected.stands && injected.fault.code().is_some() && !is_found && !is_over(injected, truth) {
            wrong.say(format!("{injected:?} isn't found"));
        }
    }
}

/// Whether nothing is left of it: of a lot on which an authority spoke the expiry is settled, and vials opened in two measures of which one is used up contradict each other no more.
fn is_over(injected: &Injected, truth: &Truth) -> bool {
    let ruled = |ruled: &Ruled| Some(ruled.lot) == injected.lot && injected.facility.starts_with(&ruled.prefix);
    if injected.fault == Fault::ExpiryConflict && truth.rulings.iter().any(ruled) {
        return true;
    }
    let stock = truth.shelves.get(&injected.facility).into_iter().flatten();
    let open = stock.filter(|(spot, count)| Some(spot.lot) == injected.lot && spot.parts > 0 && **count != 0);
    let forms: BTreeSet<u16> = open.map(|(spot, _)| spot.parts).collect();
    injected.fault == Fault::PartsConflict && forms.len() < 2
}

/// Whether a finding names records of two devices.
fn is_of_two_logs(records: &[RecordId]) -> bool {
    records.iter().map(|at| at.log).collect::<BTreeSet<_>>().len() == 2
}

/// Whether a finding names records of a device that was copied: its branches don't know of each other, as two devices don't.
fn is_of_a_copy(records: &[RecordId], truth: &Truth) -> bool {
    let copied = |of: &&Injected| matches!(of.fault, Fault::Fork | Fault::ForkCut);
    let logs: Vec<_> = truth.injected.iter().filter(copied).filter_map(|of| of.log).collect();
    records.iter().all(|at| logs.contains(&at.log))
}

/// Findings that are no alarm: short deliveries, deliveries that wait at the door, records that a count absorbed because
/// they were written late or on a device that had not synchronised, two devices that counted one lot at about one time;
/// and, where a clock is wrong, what rests on the time. Where stock can't be what stands there, it may be below zero.
fn is_ordinary(code: u16, records: &[RecordId], facility: &str, truth: &Truth, settled: Settled<'_>) -> bool {
    let is_line = |at: &RecordId| {
        said(settled, at, |record| matches!(record.entry, Entry::CountLine(_) | Entry::CountEnd(_))) == Some(true)
    };
    let touched = || truth.touched.keys().any(|(of, _)| of == facility);
    let first = records.first().map(|at| (at.log.0, at.index));
    match code {
        5007 => true,
        5006 if first.is_some_and(|at| truth.waiting.contains(&at)) => true,
        5017 => {
            first.is_some_and(|at| truth.late.contains(&at)) || is_of_two_logs(records) || is_of_a_copy(records, truth)
        }
        5018 => records.iter().all(is_line) && is_of_two_logs(records),
        5002 => touched(),
        5006 | 5009 | 5010 | 5023 => truth.wrong_clocks.contains(facility),
        _ => false,
    }
}
