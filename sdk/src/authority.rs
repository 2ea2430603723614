//! What an authority does: begin a root, invite, enrol, renew, cut, confirm, and say what it regulates. It seals after
//! every entry, so that each can travel alone.
use crate::desk::{Desk, encode, keyed, public_key};
use crate::error::{Error, Result};
use crate::evidence::{Evidence, Part};
use crate::fields::{by_encoding, products_in_order};
use crate::folder::{Location, LogHead, hex, random};
use medlot_core::crypto::{Hash, Suite, commitment};
use medlot_core::ident::{FacilityCode, LotNumber, Product};
use medlot_core::movement::Reference;
use medlot_core::record::{
    Confirm, Cut, Element, EndRecall, Enrol, Entry, FORMAT, Facility, KeyOf, List, LotFact, NextRoot, ObjectType,
    Prefix, Recall, Record, Roles, Root, SameProduct, State, header, write_element,
};
use medlot_core::time::{Date, Days, Expiry, Timestamp};
use medlot_core::trust::{
    Counts, Fact, FactKind, Request, StateList, child_of, grant_of, may_enrol, state_entry, state_root,
};
use serde_json::{Value, json};

/// What a command wrote: the object to send, and what it says.
#[derive(Debug)]
pub struct Written {
    /// The object's bytes.
    pub object: Vec<u8>,
    /// A State's list, an object of its own.
    pub list: Option<Vec<u8>>,
    /// What it says.
    pub said: Value,
}

/// A root's facts.
#[derive(Debug, Clone)]
pub struct RootPlan {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// ISO 4217.
    pub currency: String,
    /// Minutes from UTC of the legal day.
    pub utc_offset: i16,
    /// The suite of its keys.
    pub suite: Suite,
    /// Keys made at the ceremony: this root's and those of the roots after it.
    pub keys: usize,
}

fn letters<const N: usize>(text: &str, what: &str) -> Result<[u8; N]> {
    let upper = text.bytes().all(|b| b.is_ascii_uppercase());
    <[u8; N]>::try_from(text.as_bytes())
        .ok()
        .filter(|_| upper)
        .ok_or_else(|| Error::argument(format!("{what}: {text:?} is not {N} letters A to Z")))
}

/// Begins a root: makes its key and those of the roots after it, and the trust anchor.
///
/// # Errors
/// A folder that is in use; a country or currency in another form.
pub fn init(at: impl Into<Location>, plan: &RootPlan, now: Timestamp) -> Result<Value> {
    if !(1..=16).contains(&plan.keys) {
        return Err(Error::argument(format!("root keys: {} are asked for; give 1 to 16", plan.keys)));
    }
    let seeds: Vec<[u8; 32]> = (0..plan.keys).map(|_| random()).collect::<Result<_>>()?;
    // Each commitment covers the next key and the commitment that its root must carry: made from the last backwards.
    let mut carried = vec![[0; 32]];
    for seed in seeds.iter().skip(1).rev() {
        let key = public_key(plan.suite, seed)?;
        let last = carried.last().copied().unwrap_or_default();
        carried.push(commitment(plan.suite.number(), &key, &last).unwrap_or_default());
    }
    carried.reverse();
    let root = Root {
        country: letters(&plan.country, "country")?,
        currency: letters(&plan.currency, "currency")?,
        utc_offset: plan.utc_offset,
        commitment: carried.first().copied().unwrap_or_default(),
        extensions: None,
    };
    let first = encode(now, Entry::Root(root))?;
    let seed = seeds.first().ok_or_else(|| Error::argument("root keys: give at least 1"))?;
    let desk = Desk::begin_root(at.into(), plan.suite, seed, &first, now)?;
    let path = desk.folder().path();
    for ((at, seed), commitment) in seeds.iter().enumerate().skip(1).zip(carried.iter().skip(1)) {
        desk.folder().save_key(&format!("next-{at}"), plan.suite, seed)?;
        let text = format!("{}\n", hex(commitment));
        desk.folder().medium().replace(&path.join("keys").join(format!("next-{at}.commitment")), text.as_bytes())?;
    }
    Ok(json!({
        "root": desk.log().id().to_string(), "log": desk.log().id().to_string(), "next_keys": plan.keys - 1,
        "anchor": path.join("root.mlt").display().to_string(),
    }))
}

/// Goes on as the next root, with the key that the last one committed to: cuts the old root's log at its last seal and
/// repeats the `Enrol`s and `Revoke`s that count.
///
/// # Errors
/// No key was committed to.
pub fn next_root(mut desk: Desk) -> Result<Written> {
    desk.seal()?;
    let keys = desk.folder().path().join("keys");
    let at = (1..16)
        .find(|at| desk.folder().medium().has(&keys.join(format!("next-{at}.key"))))
        .ok_or_else(|| Error::refused("no further root key was made at the ceremony: a new root must be begun"))?;
    let name = format!("next-{at}");
    let file = keys.join(format!("{name}.commitment"));
    let text = desk.folder().medium().read(&file)?;
    let carried = std::str::from_utf8(&text)
        .ok()
        .and_then(|text| crate::folder::unhex(text.trim()))
        .and_then(|b| <[u8; 32]>::try_from(b).ok());
    let carried = carried.ok_or_else(|| Error::folder(&file, "is no commitment"))?;
    let key = desk.folder().key(&name)?;
    let root = desk.folder().line()?;
    let public = key.public_key(&mut [0; 33]).to_vec();
    let (count, head) = desk.seal()?;
    let old = desk.log().id();
    let cut = Cut { log: old.log16(), count, head };
    let first = encode(desk.now(), Entry::NextRoot(NextRoot { cut, commitment: carried, extensions: None }))?;
    let repeated: Vec<Vec<u8>> = desk
        .log()
        .records()
        .iter()
        .filter(|bytes| matches!(Record::decode(bytes).map(|r| r.entry), Ok(Entry::Enrol(_) | Entry::Revoke(_))))
        .map(<[u8]>::to_vec)
        .collect();
    let log = LogHead { parent: root, suite: key.suite(), key: public, facility: String::new() };
    let mut desk = desk.go_on_as(log, &name, &first)?;
    let repeated_count = repeated.len();
    for bytes in repeated {
        let Ok(record) = Record::decode(&bytes) else { continue };
        desk.write(record.entry)?;
        desk.seal()?;
    }
    let log = desk.log_key();
    let body = desk.piece(0, 1)?;
    let mut object = keyed(ObjectType::Bundle, &[], log.suite, log.key, &body)?;
    for index in 1..desk.log().tip().count().min(15) {
        let body = desk.piece(index, index + 1)?;
        let mut out = vec![0; body.len() + 64];
        let element = Element::OwnId { log: log.id.log_id(), suite: log.suite.number(), body: &body };
        let length = write_element(&element, &mut out)?;
        object.extend(out.iter().take(length));
    }
    let said = json!({"kind": "next_root", "log": log.id.to_string(), "cuts": old.to_string(), "at": count, "repeats": repeated_count});
    Ok(Written { object, list: None, said })
}

/// Writes one entry, seals, and gives the bundle that proves it.
fn publish(desk: &mut Desk, entry: Entry<'_>) -> Result<Written> {
    let index = desk.write(entry)?;
    desk.seal()?;
    let object = desk.entries_bundle(index, index + 1)?;
    let said = desk.log().records().get(index).and_then(|bytes| Record::decode(bytes).ok());
    let mut said = said.map_or(Value::Null, |record| crate::view::content(&record));
    if let Some(said) = said.as_object_mut() {
        said.insert("log".into(), desk.log().id().to_string().into());
        said.insert("index".into(), index.into());
    }
    let library = desk.library()?;
    let evidence = Evidence::of(&library)?;
    let counted = evidence.judge(|evaluation| {
        let part = evidence
            .parts()
            .iter()
            .find(|p| p.log.id == desk.log().id() && p.run.index() <= index && index < p.run.end());
        let mut verdict = None;
        if let Some(part) = part {
            part.judge(evaluation, |_, record, judged| {
                if record.index() == index {
                    verdict = Some(judged.verdict);
                }
            });
        }
        verdict
    })?;
    if let (Some(verdict), Some(said)) = (counted, said.as_object_mut()) {
        said.insert("counts".into(), crate::view::counts(verdict.counts).into());
        if let Some(reason) = verdict.reason {
            said.insert(
                "why".into(),
                json!({"code": reason.code(), "name": reason.name(), "message": reason.to_string()}),
            );
        }
    }
    Ok(Written { object, list: None, said })
}

/// An invitation: root, path and the line that enrols, for a device to make its request.
///
/// # Errors
/// The own log isn't enrolled yet.
pub fn invite(desk: &Desk, facility: Option<&str>, roles: Roles) -> Result<Written> {
    let library = desk.library()?;
    let evidence = Evidence::of(&library)?;
    let facility = facility.unwrap_or_default();
    if !facility.is_empty() {
        FacilityCode::parse(facility)?;
    }
    let line = desk.folder().line()?;
    let mut object = header(ObjectType::Invitation).to_vec();
    object.extend(line.0);
    object.push(u8::try_from(facility.len()).unwrap_or(u8::MAX));
    object.extend(facility.as_bytes());
    let mut number = roles.0;
    while number >= 0x80 {
        object.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    object.push(number as u8);
    let anchor = evidence.anchor();
    let log = anchor.log();
    let mut out = vec![0; anchor.authentic().body().len() + 256];
    let element = Element::Keyed { suite: log.suite.number(), key: log.key, body: anchor.authentic().body() };
    let length = write_element(&element, &mut out)?;
    object.extend(out.iter().take(length));
    object.extend(evidence.path_to(&desk.log().id())?.bytes());
    let said = json!({"kind": "invitation", "facility": facility, "roles": crate::view::roles(roles), "parent": line.to_string(), "root": anchor.id().to_string()});
    Ok(Written { object, list: None, said })
}

/// The facilities that an enrolment reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScopePlan {
    /// Its own facility.
    Own,
    /// Facilities whose code begins with one of these; none: all.
    Prefixes(Vec<String>),
}

/// What an authority grants.
#[derive(Debug, Clone)]
pub struct EnrolPlan {
    /// Roles; those asked for where not given.
    pub roles: Option<Roles>,
    /// Scope.
    pub scope: ScopePlan,
    /// The first valid day.
    pub valid_from: Option<Date>,
    /// The last valid day.
    pub valid_until: Option<Date>,
    /// The log whose key this one replaces, as hex digits of its id.
    pub renews: Option<String>,
}

fn days(date: Option<Date>) -> Result<Option<Days>> {
    date.map(|d| Days::of(d).ok_or_else(|| Error::argument(format!("{d}: a validity begins on 2020-01-01 or later"))))
        .transpose()
}

/// Enrols who asks. Gives the bundle that the device accepts.
///
/// # Errors
/// A request to another authority; more than this authority holds itself.
pub fn enrol(desk: &mut Desk, request: &[u8], plan: &EnrolPlan) -> Result<Written> {
    let request = Request::parse(request)?;
    let line = desk.folder().line()?;
    if request.parent != line {
        let other = hex(&request.parent.log_id());
        return Err(Error::refused(format!(
            "the request is for another authority (line {other}): invite the device anew"
        )));
    }
    let library = desk.library()?;
    let evidence = Evidence::of(&library)?;
    let asked = request.authentic.raw_records().next().and_then(|r| Record::decode(r.bytes()).ok());
    let asked = match asked.map(|r| r.entry) {
        Some(Entry::Introduce(introduce)) => introduce.roles,
        _ => Roles::NONE,
    };
    let mut prefixes = match &plan.scope {
        ScopePlan::Own => Vec::new(),
        ScopePlan::Prefixes(list) => {
            list.iter().map(|p| FacilityCode::parse(p).map(Prefix)).collect::<std::result::Result<Vec<_>, _>>()?
        }
    };
    prefixes.sort_unstable_by(|a, b| by_encoding(a.0.as_str()).cmp(&by_encoding(b.0.as_str())));
    let mut buffer = [0; 512];
    let list = List::encode(&prefixes, &mut buffer)?;
    let first = match &plan.renews {
        None => None,
        Some(log) => Some(first_key(&evidence, evidence.log_named(log)?)?),
    };
    let enrol = Enrol {
        key: KeyOf { suite: request.log.suite.number(), key: request.log.key, format: FORMAT },
        facility: request.facility,
        roles: plan.roles.unwrap_or(asked),
        first: first.as_ref().map(|(suite, key)| KeyOf { suite: *suite, key, format: FORMAT }),
        scope: (plan.scope != ScopePlan::Own).then_some(list),
        valid_from: days(plan.valid_from)?,
        valid_until: days(plan.valid_until)?,
        extensions: None,
    };
    if !request.is_answered_by(&line, &enrol) {
        return Err(Error::invalid("the request's log isn't the one that this enrolment would enrol"));
    }
    let own = desk.log().id();
    if own != evidence.anchor().id()
        && !evidence.all_facts().iter().any(|f| f.at.log == own && matches!(f.kind, FactKind::NextRoot { .. }))
    {
        let held = evidence.judge(|evaluation| {
            let granted: Vec<_> = evidence
                .all_facts()
                .iter()
                .zip(evaluation.verdicts())
                .filter_map(|(fact, verdict)| match fact.kind {
                    FactKind::Enrol { child, grant, .. } if child == own && verdict.counts == Counts::Yes => {
                        Some(grant)
                    }
                    _ => None,
                })
                .collect();
            granted.iter().any(|grant| may_enrol(grant, &grant_of(&enrol)))
        })?;
        if !held {
            return Err(Error::refused(format!(
                "this authority may not give {} to {}: roles and scope must lie within its own, and the facility \
                 within its scope. Ask the authority above, or grant less (--roles, --scope)",
                crate::view::roles(enrol.roles),
                request.facility.as_str()
            )));
        }
    }
    let mut written = publish(desk, Entry::Enrol(enrol))?;
    if let Some(said) = written.said.as_object_mut() {
        let (child, line) = child_of(&line, &enrol).unwrap_or((Hash::ZERO, Hash::ZERO));
        said.insert("enrols".into(), child.to_string().into());
        said.insert("line".into(), line.to_string().into());
    }
    Ok(written)
}

/// Suite and key of the first log of the line that this log is of.
fn first_key(evidence: &Evidence<'_>, log: Hash) -> Result<(u8, Vec<u8>)> {
    let enrols = |wanted: Hash| {
        evidence.all_facts().iter().find_map(move |fact| match fact.kind {
            FactKind::Enrol { child, line, key, .. } if child == wanted => Some((line, key)),
            _ => None,
        })
    };
    let (line, _) = enrols(log).ok_or_else(|| Error::unknown("the log to renew isn't enrolled here"))?;
    let (_, first) = enrols(line).ok_or_else(|| Error::unknown("the first log of that line isn't enrolled here"))?;
    Ok((first.suite, first.key.to_vec()))
}

/// The part of a log that ends at a count, or the furthest one.
fn end_of<'e, 'a>(evidence: &'e Evidence<'a>, log: &Hash, count: Option<u32>) -> Option<&'e Part<'a>> {
    let parts = evidence.parts().iter().filter(|p| p.log.id == *log && count.is_none_or(|n| p.run.end() == n));
    parts.max_by_key(|p| p.run.end())
}

/// Where a log is to end: 0, or the count of a seal that is held.
fn cut_at(evidence: &Evidence<'_>, log: Hash, count: Option<u32>) -> Result<Cut> {
    if count == Some(0) {
        return Ok(Cut { log: log.log16(), count: 0, head: log });
    }
    let part = end_of(evidence, &log, count).ok_or_else(|| {
        let at = count.map_or_else(|| "any count".to_owned(), |n| format!("count {n}"));
        Error::refused(format!(
            "no seal of that log at {at} is held here: a log is cut where its issuer holds a seal, or at 0. \
             Take what the device handed over first (device accept FILE), or give --at 0"
        ))
    })?;
    Ok(Cut { log: log.log16(), count: part.run.end(), head: part.run.head() })
}

/// Cuts a log: at a seal held here, or at 0. The furthest seal held where no count is given.
///
/// # Errors
/// A log that isn't known, or isn't beneath this authority; no seal at that count.
pub fn revoke(desk: &mut Desk, log: &str, at: Option<u32>) -> Result<Written> {
    let library = desk.library()?;
    let evidence = Evidence::of(&library)?;
    let log = evidence.log_named(log)?;
    let cut = cut_at(&evidence, log, at)?;
    let mut written = publish(desk, Entry::Revoke(cut))?;
    let library = desk.library()?;
    let evidence = Evidence::of(&library)?;
    let foreign = evidence.judge(|evaluation| {
        let own = evidence
            .all_facts()
            .iter()
            .enumerate()
            .filter(|(_, f)| f.at.log == desk.log().id() && f.kind == FactKind::Cut(cut));
        own.max_by_key(|(_, f)| f.at.index).and_then(|(at, _)| evaluation.is_foreign_cut(at))
    })?;
    if let Some(said) = written.said.as_object_mut() {
        said.insert("of".into(), log.to_string().into());
        if foreign == Some(true) {
            said.insert("foreign".into(), true.into());
        }
    }
    if foreign == Some(true) {
        return Err(Error::refused(
            "that log isn't beneath this authority: only those above a log cut it. The entry stands and has no effect",
        ));
    }
    Ok(written)
}

/// Confirms that a prefix lies on a cut's chain, so that strangers need not hold the whole log.
///
/// # Errors
/// No seal at that count is held here.
pub fn confirm(desk: &mut Desk, log: &str, count: Option<u32>) -> Result<Written> {
    let library = desk.library()?;
    let evidence = Evidence::of(&library)?;
    let log = evidence.log_named(log)?;
    let prefix = cut_at(&evidence, log, count)?;
    publish(desk, Entry::Confirm(Confirm { prefix, extensions: None }))
}

/// Publishes all cuts in force issued by this line, with its list.
///
/// # Errors
/// Days out of range.
pub fn state(desk: &mut Desk, good_for_days: u16) -> Result<Written> {
    let library = desk.library()?;
    let evidence = Evidence::of(&library)?;
    let line = desk.folder().line()?;
    let of_line = |log: &Hash| {
        *log == desk.log().id()
            || *log == line
            || evidence
                .all_facts()
                .iter()
                .any(|f| matches!(f.kind, FactKind::Enrol { child, line: of, .. } if child == *log && of == line))
            || (line == evidence.anchor().id()
                && evidence.all_facts().iter().any(|f| f.at.log == *log && matches!(f.kind, FactKind::NextRoot { .. })))
    };
    let verdicts = evidence.judge(|e| e.verdicts().to_vec())?;
    let issued: Vec<(&Fact<'_>, Cut)> = evidence
        .all_facts()
        .iter()
        .zip(&verdicts)
        .filter_map(|(fact, verdict)| match fact.kind {
            FactKind::Cut(cut) if verdict.counts == Counts::Yes && of_line(&fact.at.log) => Some((fact, cut)),
            _ => None,
        })
        .collect();
    // Of one log's cuts on one log the latest holds.
    let in_force = issued.iter().filter(|(fact, cut)| {
        !issued
            .iter()
            .any(|(later, other)| later.at.log == fact.at.log && other.log == cut.log && later.at.index > fact.at.index)
    });
    let mut cuts: Vec<Cut> = in_force.map(|(_, cut)| *cut).collect();
    cuts.sort_by_key(state_entry);
    cuts.dedup();
    let entries = u32::try_from(cuts.len()).map_err(|_| Error::refused("more cuts than a State can list"))?;
    let root = state_root(&cuts);
    let mut written = publish(desk, Entry::State(State { good_for_days, entries, root, extensions: None }))?;
    let index = desk.log().tip().count() - 1;
    let mut out = vec![0; 64 + cuts.len() * medlot_core::trust::STATE_ENTRY_LEN];
    let length = StateList::write(desk.log().id().log16(), index, &cuts, &mut out)?;
    let mut list = header(ObjectType::StateList).to_vec();
    list.extend(out.iter().take(length));
    desk.folder().keep(&list)?;
    written.list = Some(list);
    Ok(written)
}

/// A recall.
#[derive(Debug, Clone)]
pub struct RecallPlan {
    /// 1 to 3.
    pub class: u8,
    /// The notice's number.
    pub notice: String,
    /// Product references, `scheme:value`.
    pub products: Vec<String>,
    /// Lot numbers; none: all lots.
    pub lots: Vec<String>,
    /// Since when.
    pub from: Option<Date>,
}

/// Recalls lots.
///
/// # Errors
/// A class, product or lot that can't be.
pub fn recall(desk: &mut Desk, plan: &RecallPlan) -> Result<Written> {
    let products = products_in_order(&plan.products)?;
    let mut lots: Vec<&str> = plan.lots.iter().map(String::as_str).collect();
    lots.sort_unstable_by_key(|l| by_encoding(l));
    let lots = lots.into_iter().map(|l| if l.is_empty() { Ok(None) } else { LotNumber::parse(l).map(Some) });
    let lots = lots.collect::<std::result::Result<Vec<_>, _>>()?;
    let (mut a, mut b) = ([0; 4096], [0; 4096]);
    let recall = Recall {
        class: plan.class,
        notice: &plan.notice,
        products: List::encode(&products, &mut a)?,
        lots: if lots.is_empty() { None } else { Some(List::encode(&lots, &mut b)?) },
        from: days(plan.from)?,
        extensions: None,
    };
    publish(desk, Entry::Recall(recall))
}

/// Ends a recall: the record that began it, of this log or another.
///
/// # Errors
/// A record that isn't here.
pub fn end_recall(desk: &mut Desk, log: Option<&str>, index: u32, notice: Option<&str>) -> Result<Written> {
    let library = desk.library()?;
    let evidence = Evidence::of(&library)?;
    let own = desk.log().id();
    let log = log.map_or(Ok(own), |log| evidence.log_named(log))?;
    let identity = evidence.parts().iter().filter(|p| p.log.id == log).find_map(|p| p.run.identity(index));
    let identity = identity.ok_or_else(|| Error::unknown(format!("record {index} of that log isn't here")))?;
    let recall = if log == own {
        Reference::Own(index)
    } else {
        Reference::Other { log: log.log_id(), index, identity: identity.log16() }
    };
    publish(desk, Entry::EndRecall(EndRecall { recall, notice, extensions: None }))
}

/// A facility's kind, parent, successor.
///
/// # Errors
/// A code that can't be.
pub fn facility(
    desk: &mut Desk,
    code: &str,
    kind: u16,
    parent: Option<&str>,
    successor: Option<&str>,
    from: Option<Date>,
) -> Result<Written> {
    let facility = Facility {
        code: FacilityCode::parse(code)?,
        kind,
        parent: parent.map(FacilityCode::parse).transpose()?,
        successor: successor.map(FacilityCode::parse).transpose()?,
        from: days(from)?,
        extensions: None,
    };
    publish(desk, Entry::Facility(facility))
}

/// Says that two references name one product.
///
/// # Errors
/// A product that can't be; twice the same.
pub fn same_product(desk: &mut Desk, a: &str, b: &str) -> Result<Written> {
    let (a, b) = (Product::parse(a)?, Product::parse(b)?);
    // The smaller encoding stands first; which that is, the record itself judges.
    publish(desk, Entry::SameProduct(SameProduct { a, b, extensions: None }))
        .or_else(|_| publish(desk, Entry::SameProduct(SameProduct { a: b, b: a, extensions: None })))
}

/// A regulator's word on a lot's expiry.
///
/// # Errors
/// A product, lot or expiry that can't be.
pub fn lot_fact(desk: &mut Desk, product: &str, lot: &str, expiry: &str, notice: &str) -> Result<Written> {
    let fact = LotFact {
        product: Product::parse(product)?,
        lot: LotNumber::parse(lot)?,
        expiry: Expiry::parse(expiry)?,
        notice,
        extensions: None,
    };
    publish(desk, Entry::LotFact(fact))
}

/// Retires the own device: its authority then cuts the log.
///
/// # Errors
/// A disk that is full.
pub fn close(desk: &mut Desk) -> Result<Written> {
    publish(desk, Entry::Close(medlot_core::record::Close { extensions: None }))
}
