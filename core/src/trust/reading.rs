//! What trust reads in records: the facts of the authorities' logs, and what each record needs.

use super::SpaceTooSmall;
use super::facts::{Fact, FactKind, Grant, Need, RecordId, Scope};
use super::state::StateList;
use crate::crypto::{self, Hash};
use crate::movement::Direction;
use crate::movement::reasons::{
    CAPACITY_INSPECTOR, CAPACITY_PHARMACIST, CAPACITY_WITNESS, IN_IMPORTED, IN_MANUFACTURED,
};
#[cfg(feature = "alloc")]
use crate::record::Run;
use crate::record::{Authentic, AuthenticRecord, Enrol, Entry, FORMAT, KeyOf, Kind, LogKey, Record, Role, Roles};

/// A record of an authority's log, held under a verified seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held<'a> {
    /// Where it stands.
    pub at: RecordId,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// The key of its log: a `NextRoot` is held to the commitment to it.
    pub key: KeyOf<'a>,
}

impl<'a> Held<'a> {
    /// Fills space that isn't used yet.
    pub const EMPTY: Self = Self {
        at: RecordId { log: Hash::ZERO, index: 0, identity: Hash::ZERO },
        bytes: &[],
        key: KeyOf { suite: 0, key: &[], format: 1 },
    };

    /// The records of a verified segment that trust reads: those of the critical kinds. They travel raw.
    pub fn of(authentic: &Authentic<'a>, log: &LogKey<'a>) -> impl Iterator<Item = Self> + use<'a> {
        let log = *log;
        authentic.raw_records().filter_map(move |record| Self::of_record(&record, &log))
    }
    /// The same of a run, whose records were hashed before.
    #[cfg(feature = "alloc")]
    pub fn of_run(run: &Run<'a>, log: &LogKey<'a>) -> impl Iterator<Item = Self> {
        let log = *log;
        run.lasting().filter_map(move |record| Self::of_record(&record, &log))
    }
    /// Of a record of this log, where it is of a critical kind.
    pub(super) fn of_record(record: &AuthenticRecord<'a>, log: &LogKey<'a>) -> Option<Self> {
        let key = KeyOf { suite: log.suite.number(), key: log.key, format: FORMAT };
        let critical = Kind::of_head(*record.bytes().get(4)?).is_critical();
        let at = RecordId { log: record.log(), index: record.index(), identity: record.identity() };
        critical.then_some(Self { at, bytes: record.bytes(), key })
    }
}

/// Reads the facts in what is held. `lists` that match no State held say nothing.
///
/// An `Enrol` gives one fact for each line that its log is of, and those lines follow from other Enrols: so all that
/// is held is read together, whatever the order it came in. The work grows with the square of their number.
///
/// # Errors
/// [`SpaceTooSmall`] where `out` doesn't hold every fact.
pub fn read<'a>(
    root: Hash,
    held: &[Held<'a>],
    lists: &[StateList<'a>],
    out: &mut [Fact<'a>],
) -> Result<usize, SpaceTooSmall> {
    let mut facts = Facts { out, count: 0 };
    for item in held {
        let Ok(record) = Record::decode(item.bytes) else { continue };
        if !matches!(record.entry, Entry::Enrol(_)) || !record.entry.is_fully_understood() {
            facts.push(item.at, entry_fact(&record, item))?;
        }
        if let Entry::State(state) = record.entry {
            for list in lists.iter().filter(|list| list.is_of(&item.at, &state)) {
                for cut in list.cuts() {
                    facts.push(item.at, FactKind::Cut(cut))?;
                }
            }
        }
    }
    // A log's lines are known once the Enrols of it are: go on while something new comes.
    loop {
        let before = facts.count;
        for item in held {
            let Ok(record) = Record::decode(item.bytes) else { continue };
            let Entry::Enrol(enrol) = record.entry else { continue };
            if !record.entry.is_fully_understood() {
                continue;
            }
            if facts.is_of_root(root, &item.at.log) {
                facts.enrol(item.at, &enrol, root)?;
            }
            // A log may be of any number of lines; the one behind this place can't enrol itself, so the end stands.
            for place in 0..facts.count {
                if let Some(line) = facts.line_at(place, &item.at.log) {
                    facts.enrol(item.at, &enrol, line)?;
                }
            }
        }
        if facts.count == before {
            return Ok(facts.count);
        }
    }
}

struct Facts<'o, 'a> {
    out: &'o mut [Fact<'a>],
    count: usize,
}

impl<'a> Facts<'_, 'a> {
    fn push(&mut self, at: RecordId, kind: FactKind<'a>) -> Result<(), SpaceTooSmall> {
        let needed = self.count.saturating_add(1);
        let slot = self.out.get_mut(self.count).ok_or(SpaceTooSmall { verdicts: needed, marks: 0 })?;
        *slot = Fact { at, kind };
        self.count = needed;
        Ok(())
    }

    fn facts(&self) -> &[Fact<'a>] {
        self.out.get(..self.count).unwrap_or_default()
    }

    fn has(&self, at: &RecordId, line: &Hash) -> bool {
        let is =
            |fact: &&Fact<'_>| matches!(fact.kind, FactKind::Enrol { under, .. } if fact.at == *at && under == *line);
        self.facts().iter().any(|fact| is(&fact))
    }

    /// Whether the log is a root's, or says that it is the next one: whether it is linked is for the evaluation.
    fn is_of_root(&self, root: Hash, log: &Hash) -> bool {
        let says_so = |fact: &Fact<'_>| {
            fact.at.log == *log && fact.at.index == 0 && matches!(fact.kind, FactKind::NextRoot { .. })
        };
        *log == root || self.facts().iter().any(says_so)
    }

    /// The line of this log that the fact at this place gives it.
    fn line_at(&self, place: usize, log: &Hash) -> Option<Hash> {
        match self.facts().get(place)?.kind {
            FactKind::Enrol { child, line, .. } if child == *log => Some(line),
            _ => None,
        }
    }

    /// Reads an `Enrol` under a line of its log, once.
    fn enrol(&mut self, at: RecordId, enrol: &Enrol<'a>, under: Hash) -> Result<(), SpaceTooSmall> {
        match child_of(&under, enrol) {
            Some((child, line)) if !self.has(&at, &under) => {
                self.push(at, FactKind::Enrol { under, child, line, grant: grant_of(enrol), key: enrol.key })
            }
            _ => Ok(()),
        }
    }
}

/// The log and the line that an `Enrol` enrols under this line; `None` for a log of a format that this build doesn't
/// hash.
#[must_use]
pub fn child_of(under: &Hash, enrol: &Enrol<'_>) -> Option<(Hash, Hash)> {
    let log = |of: &KeyOf<'_>| {
        let facility = enrol.facility.as_str();
        (of.format == FORMAT).then(|| crypto::log_identity(under, of.suite, of.key, facility)).flatten()
    };
    let child = log(&enrol.key)?;
    match &enrol.first {
        None => Some((child, child)),
        Some(first) => Some((child, log(first)?)),
    }
}

/// What an `Enrol` gives.
#[must_use]
pub fn grant_of<'a>(enrol: &Enrol<'a>) -> Grant<'a> {
    Grant {
        roles: enrol.roles,
        scope: enrol.scope.map_or(Scope::OwnFacility, Scope::Prefixes),
        facility: enrol.facility.as_str(),
        valid_from: enrol.valid_from,
        valid_until: enrol.valid_until,
    }
}

/// What a record other than an `Enrol` that is understood says.
pub(super) fn entry_fact<'a>(record: &Record<'a>, held: &Held<'a>) -> FactKind<'a> {
    // What an introduction asks for with a newer build's words, its Enrol answers: nothing rests on it.
    if !record.entry.is_fully_understood() && !matches!(record.entry, Entry::Introduce(_)) {
        return FactKind::Critical;
    }
    match record.entry {
        Entry::Root(root) => FactKind::Root { commitment: Hash(root.commitment) },
        Entry::NextRoot(next) => {
            let opens = crypto::commitment(held.key.suite, held.key.key, &next.commitment).map_or(Hash::ZERO, Hash);
            FactKind::NextRoot { cut: next.cut, opens, commitment: Hash(next.commitment), key: held.key }
        }
        Entry::Revoke(cut) => FactKind::Cut(cut),
        Entry::Confirm(confirm) => FactKind::Confirm(confirm.prefix),
        Entry::State(state) => FactKind::State { at: (!record.clock_unset).then_some(record.recorded_at), state },
        _ => FactKind::Other(need_of(record)),
    }
}

/// What an enrolment must grant so that this record counts (`spec/trust.md` section 2.1).
#[must_use]
pub fn need_of<'a>(record: &Record<'a>) -> Need<'a> {
    const ATTEST: Need<'static> = Need::role(Role::Attest);
    let has_place = matches!(record.entry, Entry::Introduce(_) | Entry::Root(_) | Entry::NextRoot(_));
    if record.entry.kind().is_critical() && !record.entry.is_fully_understood() && !has_place {
        return Need::ANY;
    }
    match &record.entry {
        Entry::Movement { movement, .. } => match (movement.direction, movement.reason) {
            (Direction::In, IN_MANUFACTURED | IN_IMPORTED) => Need::role(Role::Supply),
            _ => Need::STOCK,
        },
        Entry::Reversal(_) | Entry::Refuse(_) | Entry::CountBegin(_) | Entry::CountLine(_) | Entry::CountEnd(_) => {
            Need::STOCK
        }
        Entry::Attest(attest) => match attest.capacity {
            CAPACITY_WITNESS | CAPACITY_PHARMACIST | CAPACITY_INSPECTOR => ATTEST,
            _ => Need::WITNESS,
        },
        Entry::Introduce(_) => Need::INTRODUCE,
        Entry::Root(_) | Entry::NextRoot(_) => Need::NEVER,
        Entry::Enrol(enrol) => Need::grant(grant_of(enrol)),
        Entry::Revoke(_) | Entry::State(_) => Need::role(Role::Enrol),
        Entry::Recall(_) | Entry::EndRecall(_) | Entry::SameProduct(_) | Entry::LotFact(_) => {
            Need::role(Role::Regulate)
        }
        Entry::Facility(facility) => Need::role(Role::Regulate).of_facility(facility.code.as_str()),
        _ => Need::ANY,
    }
}

/// Whether one who holds `parent` may give `child`: so that a request that would be refused everywhere isn't granted.
#[must_use]
pub fn may_enrol(parent: &Grant<'_>, child: &Grant<'_>) -> bool {
    parent.roles.contains(Roles::of(&[Role::Enrol])) && parent.contains(child)
}
