//! What a device writes: movements, hand-overs, receipts.
use crate::desk::{Desk, encode, encode_later};
use crate::error::{Error, Kind, Result};
use crate::evidence::Evidence;
use crate::fields::{self, Fields, number_of};
use crate::folder::random;
use crate::lang::Lang;
use crate::verify::{Question, verify_with};
use medlot_core::ident::{Operator, Party, Quantity};
use medlot_core::limits::{MAX_BUNDLE_ELEMENTS, MAX_SEGMENT_RECORDS, MAX_UNSEALED_BYTES};
use medlot_core::movement::{Amount, Direction, Group, Movement, Reference, reasons};
use medlot_core::record::{
    Detail, Element, Elements, Entry, LineAmount, List, ObjectType, Record, Refuse, read_header,
};
use medlot_core::trust::{Counts, Warning};
use serde_json::{Value, json};
use std::collections::HashSet;

pub(crate) fn written(desk: &Desk, first: u32, count: u32) -> Result<Value> {
    let mut records = Vec::new();
    for index in first..first + count {
        let Some(bytes) = desk.log().records().get(index) else { continue };
        let mut said = crate::view::content(&Record::decode(bytes)?);
        if let Some(said) = said.as_object_mut() {
            said.insert("index".into(), index.into());
            said.insert("log".into(), desk.log().id().to_string().into());
        }
        records.push(said);
    }
    Ok(
        json!({"log": desk.log().id().to_string(), "first": first, "records": records, "unsealed": desk.log().tip().unsealed()}),
    )
}

pub(crate) fn movement_entry(movement: Movement<'_>) -> Entry<'_> {
    Entry::Movement { movement, extensions: None }
}

/// Appends one movement, which may have taken place before ([`Fields::effective_at`]).
///
/// # Errors
/// A field that can't be; a rule of movements; a disk that is full.
pub fn record(desk: &mut Desk, direction: Direction, fields: &Fields) -> Result<Value> {
    let movement = fields.movement(direction)?;
    let took_place = fields.took_place(desk.now())?;
    let first = desk.write_later(took_place, movement_entry(movement))?;
    written(desk, first, 1)
}

/// Appends movements together, all of them or none: a delivery on paper that is entered line by line.
///
/// # Errors
/// None is given, or more than one seal vouches for; a field that can't be or a rule of movements, of which line; a disk
/// that is full.
pub fn record_all(desk: &mut Desk, direction: Direction, lines: &[Fields], lang: Lang) -> Result<Value> {
    let now = desk.now();
    let encoded =
        |fields: &Fields| encode_later(now, fields.took_place(now)?, movement_entry(fields.movement(direction)?));
    let records = (1..).zip(lines).map(|(at, fields)| encoded(fields).map_err(|error| error.of_line(at, lang)));
    let records: Vec<Vec<u8>> = records.collect::<Result<_>>()?;
    one_seals_worth("movements", &records)?;
    let first = desk.append(&records)?;
    let (log, unsealed) = (desk.log().id().to_string(), desk.log().tip().unsealed());
    Ok(json!({"log": log, "first": first, "count": records.len(), "unsealed": unsealed}))
}

/// Refuses what one seal can't vouch for together.
pub(crate) fn one_seals_worth(what: &str, records: &[Vec<u8>]) -> Result<()> {
    if parts(records).len() == 1 {
        return Ok(());
    }
    let (given, bytes) = (records.len(), records.iter().map(Vec::len).sum::<usize>());
    Err(Error::argument(format!(
        "{what}: {given} are given, records of {bytes} bytes; together go 1 to {MAX_SEGMENT_RECORDS}, of \
         {MAX_UNSEALED_BYTES} bytes at most"
    )))
}

/// A hand-over.
#[derive(Debug, Clone)]
pub struct HandoverPlan {
    /// To whom: `facility:01C55` and the other party schemes.
    pub to: String,
    /// The reason's name; `wholesale` where not given.
    pub reason: Option<String>,
    /// Up to two documents, `kind:number`.
    pub documents: Vec<String>,
    /// The lines; counterparty, documents and reason are the batch's.
    pub lines: Vec<Fields>,
    /// Who hands over. It stays with the amounts in a `Detail`, outside the hand-over, unless `show_detail`.
    pub operator: Option<String>,
    /// Whether amounts and operator stand in the hand-over itself, for whoever reads the code.
    pub show_detail: bool,
}

/// Sends lines to somebody: writes them as one batch, seals it at once, and gives the bundle that a stranger with the
/// root can verify. A `Blind` before it keeps the record before from being guessed. A long delivery has several seals,
/// and so several segments in the bundle; where the power failed between two of them, the same call finishes it.
///
/// # Errors
/// No line, or more than a bundle's segments hold; a field that can't be; a device that isn't enrolled.
pub fn handover(desk: &mut Desk, plan: &HandoverPlan) -> Result<(Vec<u8>, Value)> {
    let lines = u16::try_from(plan.lines.len()).ok().filter(|n| *n > 0);
    let lines = lines.ok_or_else(|| {
        Error::argument(format!("lines: {} are given; a hand-over has 1 to 65,535", plan.lines.len()))
    })?;
    let party = Party::parse(&plan.to)?;
    if !desk.is_enrolled()? {
        return Err(Error::refused(
            "this device isn't enrolled yet, so nobody could verify the hand-over: accept the enrolment first (device accept FILE)",
        ));
    }
    let reason = plan.reason.as_deref().unwrap_or("wholesale");
    let head = Fields { documents: plan.documents.clone(), ..Fields::default() };
    let mut records = Vec::new();
    for (at, fields) in (0u32..).zip(&plan.lines) {
        fields.takes_place_now("a hand-over")?;
        let mut fields = fields.clone();
        fields.reason = Some(reason.to_owned());
        if at == 0 {
            fields.documents.clone_from(&head.documents);
        }
        if plan.show_detail {
            fields.operator.clone_from(&plan.operator);
        }
        let mut m = fields.movement(Direction::Out)?;
        m.sent = true;
        if !plan.show_detail {
            (m.amount, m.operator) = (None, None);
        }
        if at == 0 {
            m.counterparty = Some(party);
        }
        m.group = match (lines, at) {
            (1, _) => Group::None,
            (_, 0) => Group::Head(lines),
            (_, at) => Group::Line(at),
        };
        records.push(encode(desk.now(), movement_entry(m))?);
    }
    // What is too long for a bundle is refused before anything is written.
    let library = desk.library()?;
    let path_length = Evidence::of(&library)?.path_to(&desk.log().id())?.len();
    let seals = parts(&records).len() + usize::from(records.len() > 1); // the `Blind` may take one more
    if path_length + seals > MAX_BUNDLE_ELEMENTS {
        return Err(Error::refused(format!(
            "{} lines take {seals} seals; with the {path_length} enrolments before them a bundle holds \
             {MAX_BUNDLE_ELEMENTS} parts: hand over fewer lines at once",
            plan.lines.len()
        )));
    }
    let first = apart(desk, records)?;
    // Where the key is kept outside, the bundle waits for its signature.
    let sealed = desk.log().tip().unsealed() == 0;
    let bundle = if sealed { bundle_of(desk, first, u32::from(lines))? } else { Vec::new() };
    if !plan.show_detail {
        let amount = |f: &Fields| f.amount.map(|value| Amount { value, tax_included: f.tax_included });
        let amounts: Vec<LineAmount> = plan.lines.iter().map(|f| LineAmount(amount(f))).collect();
        detail(desk, plan.operator.as_deref().map(Operator::parse).transpose()?, &amounts)?;
    }
    let mut said = written(desk, first, u32::from(lines))?;
    if let Some(said) = said.as_object_mut() {
        said.insert("bytes".into(), bundle.len().into());
        said.insert("to".into(), plan.to.clone().into());
    }
    Ok((bundle, said))
}

/// The bundle of a hand-over that was written: from the root to its lines.
///
/// # Errors
/// A device that isn't enrolled; lines that aren't sealed yet.
pub fn bundle_of(desk: &Desk, first: u32, lines: u32) -> Result<Vec<u8>> {
    let end = first.saturating_add(lines);
    let library = desk.library()?;
    let evidence = Evidence::of(&library)?;
    let mut path = evidence.path_to(&desk.log().id())?;
    let mut from = first;
    for seal in desk.log().seals().iter().map(|seal| seal.count).filter(|count| *count > first && *count <= end) {
        path.follow(&desk.log_key(), &desk.piece(from, seal)?)?;
        from = seal;
    }
    if from != end {
        return Err(Error::signature_due());
    }
    Ok(path.into_bundle())
}

/// Appends records that another facility may have, as a batch of their own: sealed before, so that it starts where
/// nothing else is told, behind a `Blind` that keeps the record before from being guessed; and sealed after, so that it
/// can travel. What was written of it before the power failed isn't written again. Gives the first's index.
pub(crate) fn apart(desk: &mut Desk, records: Vec<Vec<u8>>) -> Result<u32> {
    if begun(desk, &records).is_none() && desk.log().tip().unsealed() > 0 {
        desk.seal()?;
    }
    let blind = encode(desk.now(), Entry::Blind(random()?))?;
    let first = append_batch(desk, &[vec![blind], records].concat(), 1)?;
    desk.seal_if_here()?;
    Ok(first)
}

/// How many records of a batch go under each seal.
fn parts(records: &[Vec<u8>]) -> Vec<usize> {
    let (mut parts, mut count, mut bytes) = (Vec::new(), 0, 0);
    for record in records {
        // As `Tip::append` counts.
        if count > 0 && (count == MAX_SEGMENT_RECORDS || bytes + record.len() > MAX_UNSEALED_BYTES) {
            parts.push(count);
            (count, bytes) = (0, 0);
        }
        (count, bytes) = (count + 1, bytes + record.len());
    }
    parts.extend((count > 0).then_some(count));
    parts
}

/// The index at which the log's last group begins, where it is this one and isn't finished: the power failed between
/// two of its seals.
fn begun(desk: &Desk, group: &[Vec<u8>]) -> Option<u32> {
    let held = desk.log().records();
    fn entry(bytes: &[u8]) -> Option<Entry<'_>> {
        Record::decode(bytes).map(|record| record.entry).ok()
    }
    let lines = |entry: &Entry<'_>| match entry {
        Entry::Movement { movement, .. } => Some(movement.group),
        Entry::Refuse(refuse) => Some(refuse.group),
        _ => None,
    };
    let back = match entry(held.iter().next_back()?).as_ref().and_then(lines)? {
        Group::Head(_) => 0,
        Group::Line(back) => back,
        Group::None => return None,
    };
    let from = desk.log().tip().count().checked_sub(back.checked_add(1)?)?;
    let written = held.iter_from(from);
    let same = written.len() < group.len() && written.zip(group).all(|(a, b)| entry(a) == entry(b));
    same.then_some(from)
}

/// Appends a batch: its group, from `front` on, in as many parts as there must be seals; what was written of it before
/// the power failed isn't written again. Gives the index of its first record.
fn append_batch(desk: &mut Desk, records: &[Vec<u8>], front: usize) -> Result<u32> {
    let group = records.get(front..).unwrap_or_default();
    let (first, mut rest) = match begun(desk, group) {
        Some(first) => (first, group.get((desk.log().tip().count() - first) as usize..).unwrap_or_default()),
        None => (desk.log().tip().count() + u32::try_from(front).unwrap_or(u32::MAX), records),
    };
    for part in parts(rest) {
        let (now, later) = rest.split_at_checked(part).unwrap_or((rest, &[]));
        desk.append(now)?;
        if !later.is_empty() {
            desk.seal()?;
        }
        rest = later;
    }
    Ok(first)
}

/// Lines of one `Detail`: a record holds 4,096 bytes, an amount takes at most 9.
const DETAIL_LINES: usize = 400;

/// Keeps operator and amounts of the batch just written, an amount for each of its records, where there are any: behind
/// its seal, so that they stay in the own facility when the batch goes to another.
pub(crate) fn detail(desk: &mut Desk, operator: Option<Operator<'_>>, amounts: &[LineAmount]) -> Result<()> {
    if operator.is_none() && amounts.iter().all(|a| a.0.is_none()) {
        return Ok(());
    }
    let lines = u32::try_from(amounts.len()).unwrap_or(u32::MAX);
    let mut records = Vec::new();
    for (at, amounts) in (0u32..).zip(amounts.chunks(DETAIL_LINES)) {
        let mut buffer = vec![0; medlot_core::limits::MAX_RECORD_BYTES];
        let amounts = List::encode(amounts, &mut buffer)?;
        // From its own place back to its first line.
        let first = lines - at * DETAIL_LINES as u32 + at;
        records.push(encode(desk.now(), Entry::Detail(Detail { first, amounts, operator, extensions: None }))?);
    }
    desk.append_behind_seal(&records)
}

/// What a person found when the goods came.
#[derive(Debug, Clone, Default)]
pub struct ReceivePlan {
    /// Line (from 1) and the quantity that came, where it isn't what was sent.
    pub got: Vec<(usize, String)>,
    /// Line, quantity refused, reason's name.
    pub refuse: Vec<(usize, String, String)>,
    /// Line and the stage that its vaccine vial monitor shows, 1 to 4, where it isn't what the sender wrote; 0 for none.
    pub vvm: Vec<(usize, u8)>,
    /// The reason's name; `supplier` where not given.
    pub reason: Option<String>,
    /// Further document of the own facility, `kind:number`.
    pub document: Option<String>,
    /// Who receives.
    pub operator: Option<String>,
    /// Record the receipt although something could not be checked, or a warning stands.
    pub despite_warnings: bool,
}

struct Line {
    log: [u8; 8],
    index: u32,
    identity: [u8; 16],
    bytes: Vec<u8>,
}

/// Receives what was handed over: verifies it, and writes one receipt for each line that answers it; what is short
/// stays in transit, what is refused is said.
///
/// # Errors
/// A bundle that doesn't verify; a warning, unless `despite_warnings`; lines that aren't there.
pub fn receive(desk: &mut Desk, object: &[u8], plan: &ReceivePlan) -> Result<Value> {
    let mut library = desk.library()?;
    library.objects.push(object.to_vec());
    let evidence = Evidence::of(&library)?;
    let question =
        Question { now: Some(desk.now()), max_age_days: None, facility: Some(desk.folder().config().facility.clone()) };
    let answer = verify_with(&evidence, object, &question)?;
    if answer.counts != Counts::Yes && !(plan.despite_warnings && answer.counts == Counts::Unknown) {
        let kind = if answer.counts == Counts::No { Kind::Invalid } else { Kind::Unknown };
        let way = if kind == Kind::Unknown { "; goods that are here are recorded with --despite-warnings" } else { "" };
        let error = Error::invalid(format!("the hand-over isn't received: {}{way}", answer.why()));
        return Err(Error { kind, ..error });
    }
    if let Some(warning) = answer.stops().filter(|_| !plan.despite_warnings) {
        return Err(Error::refused(format!(
            "{warning}. To record goods that are here all the same: --despite-warnings"
        )));
    }
    let lines = sent_lines(&evidence, object)?;
    if lines.is_empty() {
        return Err(Error::invalid("the bundle holds nothing that was sent"));
    }
    let named = plan.got.iter().map(|(at, _)| at).chain(plan.refuse.iter().map(|(at, ..)| at));
    for at in named.chain(plan.vvm.iter().map(|(at, _)| at)) {
        if !(1..=lines.len()).contains(at) {
            return Err(Error::argument(format!("line: {at}; the hand-over has lines 1 to {}", lines.len())));
        }
    }
    let operator = plan.operator.as_deref().map(Operator::parse).transpose()?;
    let records = receipts(desk, plan, &lines)?;
    let own = begun(desk, &records).unwrap_or(desk.log().tip().count());
    let already = received_before(desk, own, &lines);
    if !already.is_empty() {
        return Err(Error::refused(format!(
            "line {} of this hand-over was received here already: reverse that receipt first if it was wrong",
            already.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        )));
    }
    let count = u32::try_from(records.len()).unwrap_or(u32::MAX);
    desk.folder().keep(object)?;
    // The receipt goes back to the sender, and nothing else of this log with it.
    let first = apart(desk, records)?;
    detail(desk, operator, &vec![LineAmount(None); count as usize])?;
    let mut said = written(desk, first, count)?;
    if let (Some(said), Some(reasons)) = (said.as_object_mut(), answer.json.get("reasons")) {
        said.insert("current".into(), answer.gravest.as_ref().map_or("yes", Warning::name).into());
        said.insert("reasons".into(), reasons.clone());
    }
    Ok(said)
}

/// The lines (from 1) that a record of the own log below `end` answers already.
fn received_before(desk: &Desk, end: u32, lines: &[Line]) -> Vec<usize> {
    let own = desk.log().records().iter().take(end as usize);
    let answered: HashSet<Reference> = own
        .filter_map(|bytes| match Record::decode(bytes).map(|r| r.entry) {
            Ok(Entry::Movement { movement, .. }) if movement.direction == Direction::In => movement.answers,
            _ => None,
        })
        .collect();
    let is = |line: &Line| {
        answered.contains(&Reference::Other { log: line.log, index: line.index, identity: line.identity })
    };
    lines.iter().enumerate().filter(|(_, line)| is(line)).map(|(at, _)| at + 1).collect()
}

fn receipts(desk: &Desk, plan: &ReceivePlan, lines: &[Line]) -> Result<Vec<Vec<u8>>> {
    let reason = number_of(reasons::IN, plan.reason.as_deref().unwrap_or("supplier"), "reason")?;
    let own_document = plan.document.as_deref().map(fields::document).transpose()?;
    let heads: Vec<Movement<'_>> = lines.iter().map(|line| sent_movement(&line.bytes)).collect::<Result<_>>()?;
    let sender = heads.first().and_then(|m| m.document);
    let (mut records, mut entries): (Vec<Vec<u8>>, Vec<(usize, Entry<'_>)>) = (Vec::new(), Vec::new());
    for (at, (line, m)) in (1..).zip(lines.iter().zip(&heads)) {
        let answers = Reference::Other { log: line.log, index: line.index, identity: line.identity };
        let got = plan.got.iter().find(|(n, _)| *n == at).map(|(_, q)| Quantity::parse(q)).transpose()?;
        let refused = plan.refuse.iter().filter(|(n, ..)| *n == at);
        let mut taken_off = 0;
        for (_, quantity, reason) in refused {
            let quantity = Quantity::parse(quantity)?;
            taken_off += quantity.count();
            let reason = number_of(reasons::REFUSE, reason, "reason of the refusal")?;
            let refuse = Refuse {
                shipment: answers,
                quantity,
                reason,
                operator: None,
                document: None,
                group: Group::None,
                local_reason: None,
                extensions: None,
            };
            entries.push((at, Entry::Refuse(refuse)));
        }
        let quantity = match got {
            Some(quantity) => quantity,
            None => less(&m.quantity, taken_off)?,
        };
        if quantity.count() == 0 {
            continue; // nothing of this line came: it stays in transit
        }
        let mut receipt = Movement::new(Direction::In, reason, m.product, m.lot, m.expiry, quantity);
        receipt.serial = m.serial;
        receipt.fund = m.fund;
        let seen = plan.vvm.iter().find(|(n, _)| *n == at).map(|(_, stage)| *stage);
        receipt.vvm = seen.map_or(m.vvm, |stage| (stage != 0).then_some(stage));
        receipt.made_on = m.made_on;
        receipt.answers = Some(answers);
        // Where the hand-over shows the line's value, what came has its share of it.
        let came = u64::from(quantity.count());
        let alike = std::mem::discriminant(&quantity) == std::mem::discriminant(&m.quantity);
        receipt.amount = m.amount.filter(|_| alike).and_then(|sent| {
            let value = crate::account::share(sent.value, came, u64::from(m.quantity.count()))?;
            Some(Amount { value, ..sent })
        });
        entries.push((at, movement_entry(receipt)));
    }
    let total = u16::try_from(entries.len()).map_err(|_| Error::argument("more than 65,535 receipts at once"))?;
    for (position, (_, entry)) in (0u32..).zip(&mut entries) {
        let place = match (total, position) {
            (1, _) => Group::None,
            (_, 0) => Group::Head(total),
            (_, back) => Group::Line(back),
        };
        match entry {
            Entry::Movement { movement, .. } => {
                movement.group = place;
                if position == 0 {
                    movement.document = own_document.or(sender);
                }
            }
            Entry::Refuse(refuse) => {
                refuse.group = place;
                if position == 0 {
                    refuse.document = own_document.or(sender);
                }
            }
            _ => {}
        }
        records.push(encode(desk.now(), *entry)?);
    }
    if records.is_empty() {
        return Err(Error::argument("nothing came and nothing was refused: there is nothing to record"));
    }
    Ok(records)
}

/// What is left of a quantity.
fn less(quantity: &Quantity, by: u32) -> Result<Quantity> {
    let left = quantity.count().checked_sub(by).ok_or_else(|| {
        Error::argument(format!(
            "refused: {by} of a line of {}: no more can be refused than was sent",
            quantity.count()
        ))
    })?;
    Ok(quantity.with_count(left))
}

fn sent_movement(bytes: &[u8]) -> Result<Movement<'_>> {
    match Record::decode(bytes)?.entry {
        Entry::Movement { movement, .. } => Ok(movement),
        _ => Err(Error::invalid("a line of the hand-over is no movement")),
    }
}

/// The records of a bundle that send something.
fn sent_lines(evidence: &Evidence<'_>, object: &[u8]) -> Result<Vec<Line>> {
    let (kind, rest) = read_header(object)?;
    if kind != ObjectType::Bundle {
        return Err(Error::invalid("this medlot object is no hand-over"));
    }
    let mut lines = Vec::new();
    for element in Elements::new(rest).flatten() {
        let (Element::OwnId { body, .. } | Element::Under { body } | Element::Keyed { body, .. }) = element else {
            continue;
        };
        for part in evidence.parts_with(body) {
            let mut records = part.run.records();
            while let Some(record) = records.next() {
                if sent_movement(record.bytes()).is_ok_and(|m| m.sent) {
                    lines.push(Line {
                        log: record.log().log_id(),
                        index: record.index(),
                        identity: record.identity().log16(),
                        bytes: record.bytes().to_vec(),
                    });
                }
            }
        }
    }
    Ok(lines)
}

/// A bundle that leads from the root to the own log, with its sealed records from `first` on: what goes to an authority
/// or a hub.
///
/// # Errors
/// A device that isn't enrolled; nothing sealed from there on.
pub fn extract(desk: &Desk, first: u32) -> Result<Vec<u8>> {
    let library = desk.library()?;
    let evidence = Evidence::of(&library)?;
    let mut path = evidence.path_to(&desk.log().id())?;
    let mut from = first;
    for seal in desk.log().seals().iter().filter(|seal| seal.count > first) {
        path.follow(&desk.log_key(), &desk.piece(from, seal.count)?)?;
        from = seal.count;
    }
    if from == first {
        return Err(Error::argument(format!("first: {first}; no record from there on is sealed")));
    }
    Ok(path.into_bundle())
}
