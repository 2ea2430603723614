//! The one walk over everything that is held: what counts goes to the ledger, what doesn't becomes a finding of trust, and
//! what is unknown here is noted with what to ask for.

use super::{Amounts, record_json, say};
use crate::error::Result;
use crate::evidence::{Evidence, Part};
use crate::lang::Lang;
use crate::movements::lines_of;
use crate::verify::ask_of;
use crate::view::short;
use medlot_core::crypto::Hash;
use medlot_core::ident::Party;
use medlot_core::ledger::{Ledger, Settled};
use medlot_core::movement::{Amount, Group, Movement};
use medlot_core::record::{AuthenticRecord, Detail, Entry, Kind, Record};
use medlot_core::time::Timestamp;
use medlot_core::trust::{Ask, Counts, Evaluation, FactKind, Judged, OwnLog, Reason, RecordId, Verified, Warning};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A finding of trust, as far as it is gathered: records of one log.
#[derive(Debug)]
pub(super) struct Trusted {
    /// The number and name of a reason or a finding.
    pub(super) code: u16,
    pub(super) name: &'static str,
    /// The facility of the log; `None` where it isn't known.
    pub(super) facility: Option<String>,
    pub(super) log: Hash,
    /// Facilities that its records say that they are for.
    pub(super) to: BTreeSet<String>,
    pub(super) records: BTreeSet<(u32, Hash)>,
    pub(super) detail: Map<String, Value>,
}

/// Something without which an answer isn't whole.
#[derive(Debug)]
pub(super) struct Missing {
    /// Whose answers; `None`: everybody's.
    pub(super) facility: Option<String>,
    code: u16,
    name: &'static str,
    /// The log whose records are unknown, or aren't here.
    log: String,
    records: u32,
    ask_for: Value,
}

impl Missing {
    pub(super) fn json(&self, lang: Lang) -> Value {
        json!({
            "code": self.code, "name": self.name, "message": say::missing(self.code, &self.log, self.records, lang),
            "log": self.log, "records": self.records, "ask_for": self.ask_for,
        })
    }
}

/// What the walk finds besides what the ledger takes.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) trust: Vec<Trusted>,
    pub(super) missing: Vec<Missing>,
    /// By facility and log: the greatest count held and the head there.
    pub(super) heads: BTreeMap<String, BTreeMap<Hash, (u32, Hash)>>,
    pub(super) amounts: Amounts,
    /// Facilities with a log of which only pieces are here.
    pub(super) in_pieces: BTreeSet<String>,
    /// What the own log writes next, where nothing has to be said of it but that it counts.
    pub(super) own: Option<OwnLog>,
    /// Nothing of it was judged by the time of the walk.
    pub(super) timeless: bool,
}

impl Gathered {
    /// The own log, where nothing is to be said of its next records: no fork of it, no clock in doubt, a device within its
    /// validity.
    fn plain(&self, evaluation: &mut Evaluation<'_, '_>, log: &Hash, now: Timestamp) -> Option<OwnLog> {
        let clock = self.trust.iter().any(|trusted| matches!(trusted.code, 3017 | 3018));
        let remarked = clock
            || evaluation.fork_of(log).is_some()
            || evaluation.is_outside_validity(log, now)
            || evaluation.is_reported_beside_device(log);
        if remarked { None } else { evaluation.own_log(log) }
    }

    /// Takes a further record of the own log.
    pub(super) fn follow(&mut self, record: &Verified<'_>) {
        let at = record.at();
        if let Entry::Detail(detail) = &record.record().entry {
            self.amounts.extend(amounts_of(detail, at));
        }
        let heads = self.heads.entry(record.facility().to_owned()).or_default();
        heads.insert(at.log, (at.index + 1, at.identity));
    }

    /// The value of a movement as its device wrote it, in the record or in a `Detail` beside it.
    pub(super) fn amount_of(&self, settled: Settled<'_>, at: &RecordId) -> Option<u64> {
        let beside = || self.amounts.get(&(at.log, at.index)).map(|amount| amount.value);
        match Record::decode(settled.record(at)?).ok()?.entry {
            Entry::Movement { movement, .. } => movement.amount.map(|amount| amount.value).or_else(beside),
            _ => None,
        }
    }
}

/// The amounts that a `Detail` says of the lines before it.
fn amounts_of<'d>(detail: &Detail<'d>, at: RecordId) -> impl Iterator<Item = ((Hash, u32), Amount)> + use<'d> {
    lines_of(detail, at.index).filter_map(move |(line, amount)| Some(((at.log, line), amount?)))
}

/// What is said of a log as a whole; asked once for each.
#[derive(Clone, Copy)]
struct OfLog {
    beside_device: bool,
}

/// Unknown records: their log, why, and whose answers lack them (`None`: everybody's).
type Lacks = (Hash, Reason, Option<String>);

struct Walk<'w> {
    ledger: &'w mut Ledger,
    own: Option<&'w str>,
    out: Gathered,
    found: BTreeMap<(u16, Hash), Trusted>,
    unknown: BTreeMap<Lacks, BTreeSet<(u32, Hash)>>,
    /// Logs whose records speak for others: recalls, lot facts.
    speaking: BTreeSet<Hash>,
    logs: BTreeMap<Hash, OfLog>,
    /// Counts that other devices noted, by the first half of a log's id.
    noted: BTreeMap<[u8; 16], u32>,
    /// The counterparty of the group that is being read.
    party: Option<String>,
    /// Of the log and day asked for last: whether they lie outside the log's validity, which is said in days.
    outside: Option<(Hash, u32, bool)>,
}

const fn speaks(entry: &Entry<'_>) -> bool {
    matches!(
        entry,
        Entry::Recall(_) | Entry::EndRecall(_) | Entry::SameProduct(_) | Entry::LotFact(_) | Entry::Facility(_)
    )
}

/// The day that validity is said in.
pub(super) const fn validity_day(at: Timestamp) -> u32 {
    at.as_secs() / 86_400
}

/// Whether a part holds a record that speaks for others.
fn holds_word(part: &Part<'_>) -> bool {
    let may = |record: &AuthenticRecord<'_>| record.bytes().get(4).is_some_and(|head| !Kind::of_head(*head).is_stock());
    let mut records = part.run.lasting().filter(may);
    records.any(|record| Record::decode(record.bytes()).is_ok_and(|record| speaks(&record.entry)))
}

impl Walk<'_> {
    fn is_own(&self, facility: Option<&str>) -> bool {
        facility.is_some() && facility == self.own
    }

    /// Says where the authorities that speak stand, and settles what they said.
    fn stand(&mut self, evaluation: &Evaluation<'_, '_>) {
        for log in &self.speaking {
            self.ledger.stand(&evaluation.standing(*log));
        }
        self.ledger.settled();
    }

    fn take(&mut self, evaluation: &Evaluation<'_, '_>, judged: &Judged<'_>) {
        let at = judged.at;
        if let Some(verified) = judged.verified() {
            self.ledger.apply(&verified);
        }
        let reason = judged.verdict.reason;
        if let Some(reason) = reason {
            self.found(reason.code(), reason.name(), judged.facility, at);
        }
        let Ok(said) = &judged.record else { return };
        if speaks(&said.entry) {
            self.speaking.insert(at.log);
        }
        match &said.entry {
            Entry::Movement { movement, .. } => self.party_of(movement),
            Entry::Detail(detail) => self.out.amounts.extend(amounts_of(detail, at)),
            Entry::Observed(seen) => {
                let most = self.noted.entry(seen.log).or_default();
                *most = seen.count.max(*most);
            }
            _ => {}
        }
        let sent = matches!(&said.entry, Entry::Movement { movement, .. } if movement.sent);
        let found = reason.filter(|_| sent).and_then(|reason| self.found.get_mut(&(reason.code(), at.log)));
        if let Some(found) = found {
            found.to.extend(self.party.clone());
        }
        match judged.verdict.counts {
            Counts::Yes => self.remarks(evaluation, said, at, judged.facility),
            Counts::Unknown => {
                if let Some(reason) = judged.verdict.reason {
                    self.unknown(reason, said, at, judged.facility);
                }
            }
            Counts::No => {}
        }
    }

    /// Keeps whom a group's lines are for while it is read.
    fn party_of(&mut self, movement: &Movement<'_>) {
        if !matches!(movement.group, Group::Line(_)) {
            self.party = None;
        }
        if let Some(Party::Facility(code)) = movement.counterparty {
            self.party = Some(code.as_str().to_owned());
        }
    }

    fn found(&mut self, code: u16, name: &'static str, facility: Option<&str>, at: RecordId) {
        let found = self.found.entry((code, at.log)).or_insert_with(|| Trusted {
            code,
            name,
            facility: facility.map(str::to_owned),
            log: at.log,
            to: BTreeSet::new(),
            records: BTreeSet::new(),
            detail: Map::new(),
        });
        found.records.insert((at.index, at.identity));
    }

    /// Whether a record lies outside its log's validity; records of a log and a day stand side by side.
    fn is_outside(&mut self, evaluation: &Evaluation<'_, '_>, log: Hash, at: Timestamp) -> bool {
        let day = validity_day(at);
        if let Some((_, _, outside)) = self.outside.filter(|(of, on, _)| (*of, *on) == (log, day)) {
            return outside;
        }
        let outside = evaluation.is_outside_validity(&log, at);
        self.outside = Some((log, day, outside));
        outside
    }

    /// What is said of a record that counts all the same.
    fn remarks(&mut self, evaluation: &Evaluation<'_, '_>, said: &Record<'_>, at: RecordId, facility: Option<&str>) {
        let outside = !said.clock_unset && self.is_outside(evaluation, at.log, said.recorded_at);
        let mut remark = |code| self.found(code, say::trust_finding(code).0, facility, at);
        if said.clock_unset {
            remark(3016);
        } else if outside {
            remark(3015);
        }
        if matches!(said.entry, Entry::Revoke(_) | Entry::State(_)) {
            let mut facts = evaluation.facts().iter().enumerate().filter(|(_, fact)| fact.at == at);
            if facts.any(|(position, _)| evaluation.is_foreign_cut(position) == Some(true)) {
                remark(3012);
            }
        }
        if matches!(said.entry, Entry::Movement { .. } | Entry::Reversal(_) | Entry::Refuse(_)) {
            let of = *self
                .logs
                .entry(at.log)
                .or_insert_with(|| OfLog { beside_device: evaluation.is_reported_beside_device(&at.log) });
            if of.beside_device {
                self.found(3019, say::trust_finding(3019).0, facility, at);
            }
        }
    }

    /// Whose answers lack a record that is unknown here: its facility's, that to which it was sent, or where nobody can
    /// tell, and for what authorities say, everybody's.
    fn unknown(&mut self, reason: Reason, said: &Record<'_>, at: RecordId, facility: Option<&str>) {
        let mut note = |whose: Option<String>| {
            self.unknown.entry((at.log, reason, whose)).or_default().insert((at.index, at.identity));
        };
        match facility {
            Some(facility) if !speaks(&said.entry) => {
                note(Some(facility.to_owned()));
                let sent = matches!(&said.entry, Entry::Movement { movement, .. } if movement.sent);
                if let Some(to) = self.party.clone().filter(|to| sent && to != facility) {
                    note(Some(to));
                }
            }
            _ => note(None),
        }
    }
}

/// Whose account it is.
#[derive(Clone, Copy)]
pub(super) struct Own<'o> {
    /// The facility; `None`: nobody's.
    pub(super) facility: Option<&'o str>,
    /// The log, where the account is to follow it.
    pub(super) log: Option<Hash>,
}

/// Walks over everything.
pub(super) fn gather(
    evidence: &Evidence<'_>,
    ledger: &mut Ledger,
    Own { facility: own, log }: Own<'_>,
    now: Option<Timestamp>,
) -> Result<Gathered> {
    evidence.judge(|evaluation| {
        let mut walk = Walk {
            ledger,
            own,
            out: Gathered::default(),
            found: BTreeMap::new(),
            unknown: BTreeMap::new(),
            speaking: BTreeSet::new(),
            logs: BTreeMap::new(),
            noted: BTreeMap::new(),
            party: None,
            outside: None,
        };
        let mut pieces: BTreeMap<Hash, Vec<(u32, u32)>> = BTreeMap::new();
        let mut heads: BTreeMap<Hash, (u32, Hash)> = BTreeMap::new();
        // Authorities first: what they say of products and facilities changes what everything before it comes to, which
        // would be worked out again.
        let (words, others): (Vec<_>, Vec<_>) = evidence.parts().iter().partition(|part| holds_word(part));
        let begins = words.len();
        for (at, part) in words.into_iter().chain(others).enumerate() {
            if at == begins {
                walk.stand(evaluation);
            }
            let (from, end) = (part.run.index(), part.run.end());
            pieces.entry(part.log.id).or_default().push((from, end));
            let head = (end, part.run.head());
            heads.entry(part.log.id).and_modify(|most| *most = head.max(*most)).or_insert(head);
            walk.party = None;
            part.judge(evaluation, |evaluation, _, judged| walk.take(evaluation, judged));
        }
        for tail in evidence.tails() {
            walk.party = None;
            for unsealed in tail.walk() {
                let judged = evaluation.judge_unsealed(tail.log, unsealed.index, unsealed.previous, unsealed.bytes);
                let Ok(judged) = judged else { break }; // a log never takes what can't be chained
                walk.take(evaluation, &judged);
                pieces.entry(tail.log).or_default().push((unsealed.index, unsealed.index + 1));
                let head = (unsealed.index + 1, unsealed.identity);
                heads.entry(tail.log).and_modify(|most| *most = head.max(*most)).or_insert(head);
            }
        }
        walk.stand(evaluation);
        walk.of_logs(evidence, evaluation, &pieces, &heads);
        let own_last = evidence.parts().iter().rfind(|part| walk.is_own(evaluation.facility_of(&part.log.id)));
        let last = own_last.and_then(Part::last);
        if let Some(at) = last {
            walk.states(evaluation, at, now);
        }
        let mut out = walk.ends(evidence);
        out.timeless = last.is_none();
        out.own = now.zip(log).and_then(|(now, log)| out.plain(evaluation, &log, now));
        out
    })
}

impl Walk<'_> {
    /// What is said of each log: forks, gaps, how far it is held.
    fn of_logs(
        &mut self,
        evidence: &Evidence<'_>,
        evaluation: &Evaluation<'_, '_>,
        pieces: &BTreeMap<Hash, Vec<(u32, u32)>>,
        heads: &BTreeMap<Hash, (u32, Hash)>,
    ) {
        for fact in evidence.all_facts() {
            // A device that is enrolled and never was heard of: count 0.
            let FactKind::Enrol { child, grant, .. } = fact.kind else { continue };
            if evaluation.facility_of(&child) == Some(grant.facility) {
                let of = self.out.heads.entry(grant.facility.to_owned()).or_default();
                of.insert(child, heads.get(&child).copied().unwrap_or((0, child)));
            }
        }
        let mut above: BTreeSet<Hash> = BTreeSet::new();
        for log in pieces.keys() {
            let facility = evaluation.facility_of(log);
            if let Some(fork) = evaluation.fork_of(log).filter(|fork| !fork.settled) {
                let records = self.trusted(3013, *log, facility);
                records.detail.insert("count".into(), fork.count.into());
            }
            let is_own = self.is_own(facility);
            if is_own {
                above.extend(evaluation.forks_above(log));
            }
            let noted = self.noted.get(&log.log16()).copied().unwrap_or(0);
            let holes = holes(pieces.get(log).map(Vec::as_slice).unwrap_or_default(), noted);
            let Some(facility) = facility.filter(|facility| !facility.is_empty() && !holes.is_empty()) else {
                continue;
            };
            self.out.in_pieces.insert(facility.to_owned());
            let count = holes.iter().map(|(from, end)| end - from).sum();
            self.out.missing.push(Missing {
                facility: Some(facility.to_owned()),
                code: 3020,
                name: say::trust_finding(3020).0,
                log: log.to_string(),
                records: count,
                ask_for: json!({"log": log.to_string(), "index": holes.first().map_or(0, |hole| hole.0)}),
            });
            if is_own {
                let gap = self.trusted(3020, *log, Some(facility));
                let ranges = holes.iter().map(|(from, end)| json!({"first": from, "last": end - 1}));
                gap.detail.insert("missing_records".into(), ranges.collect());
            }
        }
        for log in above {
            self.trusted(3014, log, evaluation.facility_of(&log));
        }
    }

    fn trusted(&mut self, code: u16, log: Hash, facility: Option<&str>) -> &mut Trusted {
        self.found.entry((code, log)).or_insert_with(|| Trusted {
            code,
            name: say::trust_finding(code).0,
            facility: facility.map(str::to_owned),
            log,
            to: BTreeSet::new(),
            records: BTreeSet::new(),
            detail: Map::new(),
        })
    }

    /// What the States above the own device say of themselves and of the clock.
    fn states(&mut self, evaluation: &Evaluation<'_, '_>, at: RecordId, now: Option<Timestamp>) {
        let ask = Ask { now, max_age_days: None, elsewhere: false, remembered: &[] };
        let current = evaluation.current(&at, &medlot_core::trust::Need::ANY, &medlot_core::trust::Verdict::YES, &ask);
        for state in evaluation.contradictions(&at.log, &[]) {
            self.found(3017, say::trust_finding(3017).0, evaluation.facility_of(&state.log), state);
        }
        if current.warnings().any(|warning| warning == Warning::Clock) {
            self.trusted(3018, at.log, evaluation.facility_of(&at.log));
        }
    }

    fn ends(mut self, evidence: &Evidence<'_>) -> Gathered {
        for ((log, reason, facility), records) in &self.unknown {
            self.out.missing.push(Missing {
                facility: facility.clone(),
                code: reason.code(),
                name: reason.name(),
                log: log.to_string(),
                records: u32::try_from(records.len()).unwrap_or(u32::MAX),
                ask_for: ask_of(*reason, log, evidence).unwrap_or_else(|| json!({"log": log.to_string()})),
            });
        }
        // Objects that wait for a key: whose records they hold, nobody can tell.
        for problem in evidence.problems().iter().filter(|problem| problem.error.is_unknown()) {
            if let Some(ask_for) = crate::verify::ask_for(&problem.error) {
                let log = ask_for.get("log").and_then(Value::as_str).unwrap_or_default().to_owned();
                let name = problem.error.name();
                self.out.missing.push(Missing {
                    facility: None,
                    code: problem.error.code(),
                    name,
                    log,
                    records: 0,
                    ask_for,
                });
            }
        }
        self.out.trust = self.found.into_values().collect();
        self.out
    }
}

/// The ranges below `end`, and below the furthest piece, that no piece holds.
fn holes(pieces: &[(u32, u32)], end: u32) -> Vec<(u32, u32)> {
    let mut pieces = pieces.to_vec();
    pieces.sort_unstable();
    let (mut at, mut holes) = (0, Vec::new());
    for (from, to) in pieces.into_iter().chain([(end, end)]) {
        if from > at {
            holes.push((at, from));
        }
        at = at.max(to);
    }
    holes
}

impl Trusted {
    /// Whether it is a facility's: of its devices, sent to it, or nobody can tell whose.
    pub(super) fn concerns(&self, facility: &str) -> bool {
        let of = self.facility.as_deref().unwrap_or_default();
        of.is_empty() || of == facility || self.to.contains(facility)
    }

    /// The first digits of its log.
    pub(super) fn device(&self) -> String {
        short(&self.log)
    }

    pub(super) fn records_json(&self) -> Value {
        let at = |(index, identity): &(u32, Hash)| RecordId { log: self.log, index: *index, identity: *identity };
        self.records.iter().map(|record| record_json(&at(record))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::holes;

    #[test]
    fn what_no_piece_holds_is_a_hole_up_to_what_somebody_noted() {
        assert_eq!(holes(&[(0, 5), (3, 9)], 0), []);
        assert_eq!(holes(&[(4, 5), (8, 9)], 12), [(0, 4), (5, 8), (9, 12)]);
        assert_eq!(holes(&[], 3), [(0, 3)]);
        assert_eq!(holes(&[], 0), []);
    }
}
