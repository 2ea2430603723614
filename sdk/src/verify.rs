//! What a stranger may believe of an object: verdict, warnings, records; and `inspect`, which explains any bytes.
use crate::account::trust_finding;
use crate::error::Result;
use crate::evidence::{Evidence, Part};
use crate::folder::hex;
use crate::view;
use medlot_core::crypto::Hash;
use medlot_core::ident::Party;
use medlot_core::movement::Direction;
use medlot_core::record::{Element, Elements, Entry, ForkProof, ObjectError, ObjectType, Record, Segment, read_header};
use medlot_core::time::Timestamp;
use medlot_core::trust::{
    Anchor, Ask, BundleError, Counts, Evaluation, Invitation, Reason, RecordId, Request, StateList, Warning, need_of,
};
use serde_json::{Map, Value, json};

/// What the person who asks knows.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// Now; `None` where no clock is set.
    pub now: Option<Timestamp>,
    /// Most days that a State is relied on.
    pub max_age_days: Option<u16>,
    /// The own facility: what is addressed to another is said.
    pub facility: Option<String>,
}

/// The answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The least that any of its records counts.
    pub counts: Counts,
    /// The gravest warning.
    pub gravest: Option<Warning>,
    /// Why the object itself is refused, where it is: what stands before that in it is judged all the same.
    pub refused: Option<BundleError>,
    /// Every warning, the gravest first.
    pub warnings: Vec<Warning>,
    /// Everything, with the keys of `spec/json/verify.schema.json`.
    pub json: Value,
}

impl Answer {
    /// The reasons in one line.
    #[must_use]
    pub fn why(&self) -> String {
        let reasons = self.json.get("reasons").and_then(Value::as_array).into_iter().flatten();
        let texts: Vec<&str> = reasons.filter_map(|r| r.get("message").and_then(Value::as_str)).collect();
        if texts.is_empty() { "every record counts".into() } else { texts.join("; ") }
    }
    /// The warning that should stop a person from taking goods, if any. With a bad network what is known of cut-off
    /// devices is often old: that is said, and stops nobody.
    #[must_use]
    pub fn stops(&self) -> Option<Warning> {
        let mild = [Warning::Unknown, Warning::Clock, Warning::Stale, Warning::Expired, Warning::NotYetValid];
        self.warnings.iter().copied().find(|warning| !mild.contains(warning))
    }
    /// The command's exit code: that of the verdict, or with `current` the graver of both.
    #[must_use]
    pub fn exit_code(&self, current: bool) -> u8 {
        let verdict = match self.counts {
            Counts::Yes => 0,
            Counts::No => 1,
            Counts::Unknown => 2,
        };
        let warned = match self.gravest.filter(|_| current) {
            None => 0,
            Some(Warning::Stale | Warning::Unknown | Warning::Clock) => 2,
            Some(_) => 1,
        };
        match (verdict, warned) {
            (1, _) | (_, 1) => 1,
            (a, b) => a.max(b),
        }
    }
}

fn reason(code: u16, name: &str, message: &str) -> Value {
    json!({"code": code, "name": name, "message": message})
}

/// Verifies a bundle with everything that is held besides. The object must be part of the evidence's library.
///
/// # Errors
/// The evaluation has no room. What is wrong with the object is said in the answer.
pub fn verify_with(evidence: &Evidence<'_>, object: &[u8], question: &Question) -> Result<Answer> {
    let mut out = Map::new();
    let mut reasons: Vec<Value> = Vec::new();
    let mut counts = Counts::Yes;
    let refused = match read_header(object) {
        Ok((ObjectType::Bundle, rest)) => Elements::new(rest).find_map(|e| e.err()).map(BundleError::Object),
        Ok((ObjectType::Root, _)) => Anchor::parse(object).err(),
        Ok(_) => Some(BundleError::NotA(ObjectType::Bundle)),
        Err(e) => Some(BundleError::Object(e)),
    };
    let problem = evidence.problem_of(object);
    let mut refused = refused.or(problem);
    if let Some(error) = refused {
        counts = if error.is_unknown() { Counts::Unknown } else { Counts::No };
        let mut why = reason(error.code(), error.name(), &error.to_string());
        if let (Some(ask), Some(why)) = (ask_for(&error), why.as_object_mut()) {
            why.insert("ask_for".into(), ask);
        }
        reasons.push(why);
    }
    let parts = parts_of(evidence, object);
    let (records, found) = evidence.judge(|evaluation| {
        let mut found = Found::default();
        let mut records = Vec::new();
        for part in &parts {
            // What the States above a log say is the same for each of its records.
            let mut contradictions = None;
            part.judge(evaluation, |evaluation, record, judged| {
                counts = counts.min(judged.verdict.counts);
                if let Some(why) = judged.verdict.reason {
                    let mut why_json = reason(why.code(), why.name(), &why.to_string());
                    if let (Some(ask), Some(json)) = (ask_of(why, &judged.at.log, evidence), why_json.as_object_mut()) {
                        json.insert("ask_for".into(), ask);
                    }
                    if !reasons.contains(&why_json) {
                        reasons.push(why_json);
                    }
                }
                if let Ok(said) = &judged.record {
                    let elsewhere = elsewhere(said, question.facility.as_deref());
                    let ask =
                        Ask { now: question.now, max_age_days: question.max_age_days, elsewhere, remembered: &[] };
                    let warned = evaluation.current(&judged.at, &need_of(said), &judged.verdict, &ask);
                    found.add(&warned.warnings().collect::<Vec<_>>(), warned.stale_since());
                    let states = contradictions
                        .get_or_insert_with(|| evaluation.contradictions(&judged.at.log, &[]).collect::<Vec<_>>());
                    for state in &*states {
                        found.finding(3017, &state.log, state.index);
                    }
                    found.findings_of(evaluation, said, judged.at);
                    if warned.warnings().any(|warning| warning == Warning::Clock) && !found.names(3018) {
                        found.finding(3018, &judged.at.log, judged.at.index);
                    }
                }
                records.push(view::record(judged, record.bytes()));
            });
            if let Some(fork) = evaluation.fork_of(&part.log.id) {
                let settled = "the log has two branches; a cut settles which one holds";
                let (name, text) = trust_finding(3013);
                found.say(3013, name, if fork.settled { settled } else { text }, &part.log.id, fork.count);
            }
            for span in evaluation.rests_on(&part.log.id) {
                let head = json!({"log": span.log.to_string(), "count": span.end, "head": span.end_hash.to_string()});
                if !found.as_of.contains(&head) {
                    found.as_of.push(head);
                }
            }
        }
        (records, found)
    })?;
    // An object without a record says nothing: it was cut off after its header.
    if records.is_empty() && reasons.is_empty() {
        counts = Counts::No;
        let error = BundleError::Object(ObjectError::Truncated);
        refused = Some(error);
        reasons.push(reason(error.code(), error.name(), &error.to_string()));
    }
    let gravest = found.warnings.iter().min().copied();
    for warning in &found.warnings {
        let mut json = reason(warning.code(), warning.name(), &warning.to_string());
        if let (Warning::Stale, Some(since), Some(json)) = (warning, found.stale_since, json.as_object_mut()) {
            json.insert("since".into(), since.to_string().into());
        }
        reasons.push(json);
    }
    let verdict = match counts {
        Counts::Yes => "valid",
        Counts::No => "invalid",
        Counts::Unknown => "unknown",
    };
    out.insert("verdict".into(), verdict.into());
    out.insert("current".into(), gravest.as_ref().map_or("yes", Warning::name).into());
    out.insert("reasons".into(), reasons.into());
    out.insert("findings".into(), found.findings.into());
    out.insert("as_of".into(), found.as_of.into());
    out.insert("root".into(), evidence.anchor().id().to_string().into());
    out.insert("records".into(), records.into());
    Ok(Answer { counts, gravest, refused, warnings: found.warnings, json: Value::Object(out) })
}

#[derive(Default)]
struct Found {
    warnings: Vec<Warning>,
    stale_since: Option<Timestamp>,
    findings: Vec<Value>,
    as_of: Vec<Value>,
}

impl Found {
    fn add(&mut self, warnings: &[Warning], stale_since: Option<Timestamp>) {
        for warning in warnings {
            if !self.warnings.contains(warning) {
                self.warnings.push(*warning);
            }
        }
        self.warnings.sort();
        self.stale_since = match (self.stale_since, stale_since) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
    fn findings_of(&mut self, evaluation: &Evaluation<'_, '_>, said: &Record<'_>, at: RecordId) {
        let foreign = evaluation.facts().iter().enumerate().filter(|(_, fact)| fact.at == at);
        if foreign.into_iter().any(|(position, _)| evaluation.is_foreign_cut(position) == Some(true)) {
            self.finding(3012, &at.log, at.index);
        }
        for above in evaluation.forks_above(&at.log) {
            let count = evaluation.fork_of(&above).map_or(0, |fork| fork.count);
            self.finding(3014, &above, count);
        }
        let is_stock = matches!(said.entry, Entry::Movement { .. } | Entry::Reversal(_) | Entry::Refuse(_));
        if is_stock && evaluation.is_reported_beside_device(&at.log) {
            self.finding(3019, &at.log, at.index);
        }
        if said.clock_unset {
            self.finding(3016, &at.log, at.index);
        } else if evaluation.is_outside_validity(&at.log, said.recorded_at) {
            self.finding(3015, &at.log, at.index);
        }
    }
    fn names(&self, code: u16) -> bool {
        self.findings.iter().any(|finding| finding["code"] == code)
    }
    fn finding(&mut self, code: u16, log: &Hash, index: u32) {
        let (name, text) = trust_finding(code);
        self.say(code, name, text, log, index);
    }
    fn say(&mut self, code: u16, name: &str, message: &str, log: &Hash, index: u32) {
        let finding = json!({
            "code": code, "name": name, "message": message, "records": [{"log": log.to_string(), "index": index}],
        });
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }
}

/// Whether a record says that it goes to another facility than this one.
fn elsewhere(record: &Record<'_>, own: Option<&str>) -> bool {
    let Some(own) = own.filter(|own| !own.is_empty()) else { return false };
    match record.entry {
        Entry::Movement { movement, .. } if movement.sent && movement.direction == Direction::Out => {
            matches!(movement.counterparty, Some(Party::Facility(to)) if to.as_str() != own)
        }
        _ => false,
    }
}

pub(crate) fn ask_for(error: &BundleError) -> Option<Value> {
    match error {
        BundleError::UnknownLog(_, id) => Some(json!({"log": hex(id)})),
        BundleError::Omitted(_, id, index) => Some(json!({"log": hex(id), "index": index})),
        _ => None,
    }
}

/// What to ask for where a record is unknown here.
pub(crate) fn ask_of(why: Reason, log: &Hash, evidence: &Evidence<'_>) -> Option<Value> {
    match why {
        Reason::CutNotChecked => Some(json!({"log": log.to_string()})),
        Reason::NotEnrolled | Reason::PathUnknown => {
            let above = evidence.all_facts().iter().find_map(|fact| match fact.kind {
                medlot_core::trust::FactKind::Enrol { child, .. } if child == *log => Some(fact.at.log),
                _ => None,
            });
            Some(json!({"log": above.unwrap_or(*log).to_string()}))
        }
        _ => None,
    }
}

/// The verified segments that an object holds.
fn parts_of<'e, 'a>(evidence: &'e Evidence<'a>, object: &[u8]) -> Vec<&'e Part<'a>> {
    let Ok((kind, rest)) = read_header(object) else { return Vec::new() };
    if !matches!(kind, ObjectType::Bundle | ObjectType::Root) {
        return Vec::new();
    }
    let mut parts = Vec::new();
    for element in Elements::new(rest).flatten() {
        let (Element::OwnId { body, .. } | Element::Under { body } | Element::Keyed { body, .. }) = element else {
            continue;
        };
        parts.extend(evidence.parts_with(body));
    }
    parts
}

/// Explains any medlot bytes, trusted or not: what they claim.
///
/// # Errors
/// Bytes that aren't medlot's.
pub fn inspect(object: &[u8]) -> Result<Value> {
    let (kind, rest) = read_header(object)?;
    let mut out = Map::new();
    out.insert("format".into(), medlot_core::record::FORMAT.into());
    out.insert("object".into(), object_name(kind).into());
    out.insert("bytes".into(), object.len().into());
    out.insert("verified".into(), false.into());
    let elements_of = |rest: &[u8]| -> Value {
        Elements::new(rest).map(|e| e.map_or_else(|e| json!({"error": e.to_string()}), |e| element(&e))).collect()
    };
    match kind {
        ObjectType::Root | ObjectType::Bundle => {
            out.insert("elements".into(), elements_of(rest));
            if let (ObjectType::Root, Ok(anchor)) = (kind, Anchor::parse(object)) {
                out.insert("root".into(), anchor.id().to_string().into());
            }
        }
        ObjectType::Invitation => {
            let invitation = Invitation::parse(object)?;
            out.insert("parent".into(), invitation.parent.to_string().into());
            out.insert("facility".into(), invitation.facility.into());
            out.insert("roles".into(), view::roles(invitation.roles));
            out.insert("root".into(), invitation.anchor.id().to_string().into());
            out.insert("elements".into(), elements_of(invitation.path));
        }
        ObjectType::Request => {
            let request = Request::parse(object)?;
            out.insert("parent".into(), request.parent.to_string().into());
            out.insert("facility".into(), request.facility.as_str().into());
            out.insert("log".into(), request.log.id.to_string().into());
            let first = request.authentic.raw_records().next();
            let said = first.and_then(|r| Record::decode(r.bytes()).ok()).map(|r| view::content(&r));
            out.insert("record".into(), said.unwrap_or(Value::Null));
        }
        ObjectType::ForkProof => {
            let proof = ForkProof::parse(rest)?;
            out.insert("log".into(), hex(&proof.log).into());
            out.insert("count".into(), proof.count.into());
        }
        ObjectType::StateList => {
            let list = StateList::parse(rest)?;
            out.insert("log".into(), hex(&list.log).into());
            out.insert("index".into(), list.index.into());
            let cuts = list.cuts().map(|c| json!({"log": hex(&c.log), "count": c.count, "head": c.head.to_string()}));
            out.insert("entries".into(), cuts.collect());
        }
        ObjectType::QrPart => {
            out.insert("part".into(), hex(rest).into());
        }
        ObjectType::Frames => {
            out.insert("bytes".into(), rest.len().into());
        }
    }
    Ok(Value::Object(out))
}

const fn object_name(kind: ObjectType) -> &'static str {
    match kind {
        ObjectType::Root => "root",
        ObjectType::Invitation => "invitation",
        ObjectType::Request => "request",
        ObjectType::Bundle => "bundle",
        ObjectType::QrPart => "qr_part",
        ObjectType::ForkProof => "fork_proof",
        ObjectType::StateList => "state_list",
        ObjectType::Frames => "frames",
    }
}

fn element(element: &Element<'_>) -> Value {
    let (form, front, suite, body) = match element {
        Element::OwnId { log, suite, body } => ("own_id", Some(json!({"log": hex(log)})), Some(*suite), *body),
        Element::Under { body } => ("under", None, None, *body),
        Element::Keyed { suite, key, body } => ("keyed", Some(json!({"key": hex(key)})), Some(*suite), *body),
        Element::Mark { log, index } => return json!({"form": "mark", "log": hex(log), "index": index}),
    };
    let mut out = json!({"form": form, "bytes": body.len()});
    let Some(map) = out.as_object_mut() else { return out };
    if let Some(Value::Object(front)) = front {
        map.extend(front);
    }
    if let Some(suite) = suite {
        map.insert("suite".into(), suite.into());
    }
    // Every suite that this format names has signatures of one length.
    match Segment::parse(body, medlot_core::crypto::SIGNATURE_LEN) {
        Ok(segment) => {
            map.insert("index".into(), segment.index().into());
            map.insert("count".into(), segment.count().into());
            map.insert("records".into(), claimed(&segment));
        }
        Err(e) => {
            map.insert("error".into(), e.to_string().into());
        }
    }
    out
}

/// What the rows claim, without a seal having been checked.
fn claimed(segment: &Segment<'_>) -> Value {
    let mut records = Vec::new();
    let each = segment.claimed(|bytes| {
        records.push(match Record::decode(bytes) {
            Ok(record) => view::content(&record),
            Err(e) => json!({"kind": "malformed", "error": e.to_string(), "bytes": hex(bytes)}),
        });
    });
    if let Err(e) = each {
        records.push(json!({"error": e.to_string()}));
    }
    records.into()
}
