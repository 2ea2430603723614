#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
//! Worlds made of made-up records: every id is a hash of what it stands for, as the format's are.

mod chains;
mod properties;
mod reference;
mod roots;
mod scope;
mod table;

use super::*;
use crate::crypto::Hash;
use crate::ident::FacilityCode;
use crate::record::{Cut, KeyOf, List, Prefix, Role, Roles};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// A hash over parts.
fn id(parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(u32::try_from(part.len()).unwrap().to_le_bytes());
        hasher.update(part);
    }
    Hash(hasher.finalize().into())
}

/// Trust never reads a key: who did is who verified the seals.
const NO_KEY: KeyOf<'static> = KeyOf { suite: 0, key: &[], format: 1 };

fn child_of(line: &Hash, key: &str, facility: &str) -> Hash {
    id(&[b"log", &line.0, key.as_bytes(), facility.as_bytes()])
}

const EVERY_ROLE: Roles = Roles(0b11_1111);

const fn grant(roles: Roles, scope: Scope<'static>, facility: &'static str) -> Grant<'static> {
    Grant { roles, scope, facility, valid_from: None, valid_until: None }
}

/// A scope of these prefixes; none: all.
fn list(prefixes: &[&'static str]) -> Scope<'static> {
    let items: Vec<_> = prefixes.iter().map(|p| Prefix(FacilityCode::parse(p).unwrap())).collect();
    Scope::Prefixes(List::encode(&items, Box::leak(Box::new([0; 64]))).unwrap())
}

/// An authority over everything.
const AUTHORITY: Grant<'static> = grant(EVERY_ROLE, Scope::Prefixes(List::EMPTY), "A");
/// A device of a pharmacy.
const DEVICE: Grant<'static> = grant(Roles::of(&[Role::Move]), Scope::OwnFacility, "P-1");

/// Chains by (log, branch): the value at each count. Branch 0 is the first.
#[derive(Debug, Clone)]
struct World {
    root: Hash,
    chains: BTreeMap<(Hash, u8), Vec<Hash>>,
    entries: Vec<Fact<'static>>,
    spans: Vec<Span<'static>>,
}

impl World {
    /// A root whose entry 0 carries this commitment.
    fn committed(commitment: Hash) -> Self {
        let root = id(&[b"root", &commitment.0]);
        let mut world = Self { root, chains: BTreeMap::new(), entries: Vec::new(), spans: Vec::new() };
        world.chains.insert((root, 0), vec![root]);
        world.push(root, FactKind::Root { commitment });
        world
    }

    fn new() -> Self {
        Self::committed(Hash([0; 32]))
    }

    fn chain(&self, log: Hash, branch: u8) -> &Vec<Hash> {
        &self.chains[&(log, branch)]
    }

    /// A record that isn't an authority's.
    fn fill_on(&mut self, log: Hash, branch: u8) -> RecordId {
        let chain = self.chains.get_mut(&(log, branch)).unwrap();
        let index = u32::try_from(chain.len()).unwrap() - 1;
        let identity = id(&[b"record", &chain.last().unwrap().0, &[branch]]);
        chain.push(identity);
        RecordId { log, index, identity }
    }

    fn fill(&mut self, log: Hash) -> RecordId {
        self.fill_on(log, 0)
    }

    fn push_on(&mut self, log: Hash, branch: u8, kind: FactKind<'static>) -> RecordId {
        let at = self.fill_on(log, branch);
        self.entries.push(Fact { at, kind });
        at
    }

    fn push(&mut self, log: Hash, kind: FactKind<'static>) -> RecordId {
        self.push_on(log, 0, kind)
    }

    /// The log begins, with its introduction, where it doesn't exist yet.
    fn begin(&mut self, log: Hash) {
        if self.chains.insert((log, 0), vec![log]).is_none() {
            self.fill(log);
        }
    }

    /// `by`, of the line `under`, enrols a key as a line of its own.
    fn enrol_under(&mut self, by: Hash, under: Hash, key: &str, grant: Grant<'static>) -> Hash {
        let child = child_of(&under, key, grant.facility);
        self.begin_enrolled(by, FactKind::Enrol { under, child, line: child, grant, key: NO_KEY })
    }

    fn begin_enrolled(&mut self, by: Hash, kind: FactKind<'static>) -> Hash {
        let FactKind::Enrol { child, .. } = kind else { panic!("not an Enrol") };
        self.push(by, kind);
        if !self.chains.contains_key(&(child, 0)) {
            self.begin(child);
        }
        child
    }

    fn enrol(&mut self, by: Hash, key: &str, grant: Grant<'static>) -> Hash {
        self.enrol_under(by, by, key, grant)
    }

    /// A second branch that leaves the first one at this count.
    fn branch(&mut self, log: Hash, count: usize) {
        let values = self.chain(log, 0)[..=count].to_vec();
        self.chains.insert((log, 1), values);
    }

    fn cut(&self, log: Hash, branch: u8, n: u32) -> Cut {
        Cut { log: log.log16(), count: n, head: self.chain(log, branch)[n as usize] }
    }

    fn tip(&self, log: Hash) -> Cut {
        self.cut(log, 0, u32::try_from(self.chain(log, 0).len()).unwrap() - 1)
    }

    fn revoke(&mut self, by: Hash, cut: Cut) -> RecordId {
        self.push(by, FactKind::Cut(cut))
    }

    fn confirm(&mut self, by: Hash, prefix: Cut) -> RecordId {
        self.push(by, FactKind::Confirm(prefix))
    }

    fn span(&self, log: Hash, branch: u8, start: usize, end: usize, values: bool) -> Span<'static> {
        let chain = self.chain(log, branch);
        let interior: Option<&'static [Hash]> =
            (values && end > start).then(|| Box::leak(chain[start + 1..end].to_vec().into_boxed_slice()) as &[Hash]);
        Span {
            log,
            start: u32::try_from(start).unwrap(),
            start_hash: chain[start],
            end: u32::try_from(end).unwrap(),
            end_hash: chain[end],
            interior,
        }
    }

    /// Holds all of a branch.
    fn hold(&mut self, log: Hash, branch: u8) {
        let span = self.span(log, branch, 0, self.chain(log, branch).len() - 1, true);
        self.spans.push(span);
    }

    fn facts(&self) -> Facts<'_> {
        Facts { root: self.root, entries: &self.entries, spans: &self.spans }
    }

    fn with<T>(&self, ask: impl FnOnce(&mut Evaluation<'_, '_>) -> T) -> T {
        let mut verdicts = vec![Verdict::default(); self.entries.len()];
        let mut marks = vec![Mark::default(); self.spans.len()];
        let mut slots = vec![Slot::default(); self.entries.len()];
        ask(&mut evaluate(self.facts(), &mut verdicts, &mut marks, &mut slots).unwrap())
    }

    fn verdict(&self, record: RecordId, need: Need<'_>) -> Verdict {
        self.with(|trust| trust.counts_of(record, need))
    }

    /// The verdict on a record of a device.
    fn of(&self, record: RecordId) -> (Counts, Option<Reason>) {
        let verdict = self.verdict(record, Need::STOCK);
        (verdict.counts, verdict.reason)
    }

    /// The verdict on an entry.
    fn of_entry(&self, at: RecordId) -> (Counts, Option<Reason>) {
        let position = self.entries.iter().position(|entry| entry.at == at).unwrap();
        let verdict = self.with(|trust| trust.verdicts()[position]);
        (verdict.counts, verdict.reason)
    }

    fn records(&self) -> Vec<RecordId> {
        let mut all = Vec::new();
        for ((log, _), chain) in &self.chains {
            for (index, identity) in chain.iter().skip(1).enumerate() {
                all.push(RecordId { log: *log, index: u32::try_from(index).unwrap(), identity: *identity });
            }
        }
        all
    }
}

const YES: (Counts, Option<Reason>) = (Counts::Yes, None);

fn no(reason: Reason) -> (Counts, Option<Reason>) {
    assert_eq!(reason.counts(), Counts::No);
    (Counts::No, Some(reason))
}

fn unknown(reason: Reason) -> (Counts, Option<Reason>) {
    assert_eq!(reason.counts(), Counts::Unknown);
    (Counts::Unknown, Some(reason))
}
