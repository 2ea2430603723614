//! Which logs there are: read from the authorities' records as they come, from the root downwards.
use crate::folder::LogHead;
use medlot_core::crypto::{Hash, Suite, commitment, log_identity, root_parent};
use medlot_core::record::{Authentic, Entry, FORMAT, LogKey, Record, Role, Roles};
use medlot_core::trust::{Anchor, child_of};
use std::collections::BTreeMap;

/// Most lines that a log may be of, and most keys under one id: more are passed over.
const MAX_ALIKE: usize = 4;

/// A log that an authority enrolled, or a root's.
#[derive(Debug, Clone)]
pub(super) struct KnownLog {
    pub(super) id: Hash,
    pub(super) head: LogHead,
    /// The lines that it is of.
    pub(super) lines: Vec<Hash>,
    /// Steps below the root.
    pub(super) depth: u8,
    /// Whether it has the role *enrol* or *regulate*.
    pub(super) authority: bool,
    enrols: bool,
    /// A next root's: nobody enrols it, so its first segment travels with its key.
    pub(super) next_root: bool,
}

impl KnownLog {
    pub(super) fn key(&self) -> LogKey<'_> {
        LogKey { id: self.id, suite: self.head.suite, key: &self.head.key }
    }
}

/// Every log known, by the first 16 bytes of its h₀.
#[derive(Debug, Clone)]
pub(super) struct Keyring {
    root: Hash,
    logs: BTreeMap<[u8; 16], KnownLog>,
    /// What the newest root known committed to.
    next: [u8; 32],
}

impl Keyring {
    /// Of a root: its own record 0 is the first that is learnt.
    pub(super) fn of_root(anchor: &Anchor<'_>) -> Self {
        let (log, id) = (anchor.log(), anchor.id());
        let parent = anchor.authentic().raw_records().next().map_or(id, |record| root_parent(record.bytes()));
        let head = LogHead { parent, suite: log.suite, key: log.key.to_vec(), facility: String::new() };
        let root = KnownLog { id, head, lines: vec![id], depth: 0, authority: true, enrols: true, next_root: false };
        Self { root: id, logs: BTreeMap::from([(id.log16(), root)]), next: [0; 32] }
    }

    pub(super) fn get(&self, log: &[u8; 16]) -> Option<&KnownLog> {
        self.logs.get(log)
    }
    /// Those with this short id, at most four.
    pub(super) fn with_id(&self, id: &[u8; 8]) -> impl Iterator<Item = &KnownLog> {
        let (mut from, mut to) = ([0; 16], [0xff; 16]);
        from.iter_mut().zip(id).for_each(|(to, byte)| *to = *byte);
        to.iter_mut().zip(id).for_each(|(to, byte)| *to = *byte);
        self.logs.range(from..=to).map(|(_, log)| log).take(MAX_ALIKE)
    }
    /// All, those that others rest on first.
    pub(super) fn in_order(&self) -> Vec<&KnownLog> {
        let mut all: Vec<&KnownLog> = self.logs.values().collect();
        all.sort_by_key(|log| (!log.authority, log.depth, log.id));
        all
    }
    /// A log that is known otherwise: by the head of its own file.
    pub(super) fn add_own(&mut self, head: &LogHead, id: Hash) {
        let own = KnownLog {
            id,
            head: head.clone(),
            lines: Vec::new(),
            depth: u8::MAX,
            authority: false,
            enrols: false,
            next_root: false,
        };
        self.logs.entry(id.log16()).or_insert(own);
    }

    /// Learns which logs a segment enrols. Gives those that are new, or of a further line: what is held of them is to be
    /// learnt then too.
    pub(super) fn learn(&mut self, authentic: &Authentic<'_>) -> Vec<Hash> {
        let mut news = Vec::new();
        let Some(by) = self.logs.get(&authentic.log().log16()).filter(|by| by.enrols).cloned() else { return news };
        for record in authentic.raw_records() {
            let Ok(read) = Record::decode(record.bytes()) else { continue };
            if !read.entry.is_fully_understood() {
                continue;
            }
            match read.entry {
                Entry::Root(root) if record.index() == 0 && by.id == self.root => self.next = root.commitment,
                Entry::Enrol(enrol) => {
                    let Some(suite) = Suite::of_number(enrol.key.suite).filter(|_| enrol.key.format == FORMAT) else {
                        continue;
                    };
                    let roles = enrol.roles;
                    let enrols = roles.intersects(Roles::of(&[Role::Enrol]));
                    for under in &by.lines {
                        let Some((child, line)) = child_of(under, &enrol) else { continue };
                        let head = LogHead {
                            parent: *under,
                            suite,
                            key: enrol.key.key.to_vec(),
                            facility: enrol.facility.as_str().to_owned(),
                        };
                        let (depth, authority) =
                            (by.depth.saturating_add(1), enrols || roles.intersects(Roles::of(&[Role::Regulate])));
                        let log =
                            KnownLog { id: child, head, lines: vec![line], depth, authority, enrols, next_root: false };
                        if self.add(log) {
                            news.push(child);
                        }
                    }
                }
                _ => {}
            }
        }
        news
    }

    /// Whether something new is known with it.
    fn add(&mut self, log: KnownLog) -> bool {
        let Some(known) = self.logs.get_mut(&log.id.log16()) else {
            self.logs.insert(log.id.log16(), log);
            return true;
        };
        if known.id != log.id {
            return false; // another log under the same 16 bytes: nobody can make one
        }
        let new_line = log.lines.iter().any(|line| !known.lines.contains(line)) && known.lines.len() < MAX_ALIKE;
        if new_line {
            known.lines.extend(log.lines);
        }
        let more = new_line || (log.enrols && !known.enrols);
        known.authority |= log.authority;
        known.enrols |= log.enrols;
        known.depth = known.depth.min(log.depth);
        more
    }

    /// Takes a next root's log: its key must be the one that the root before committed to. `None` where it isn't, or
    /// that root isn't here yet.
    pub(super) fn next_root(&mut self, suite: u8, key: &[u8], first: &[u8]) -> Option<Hash> {
        let id = log_identity(&self.root, suite, key, "")?;
        if self.logs.contains_key(&id.log16()) {
            return Some(id);
        }
        let Ok(Entry::NextRoot(root)) = Record::decode(first).map(|record| record.entry) else { return None };
        let opens = commitment(suite, key, &root.commitment)?;
        if self.next == [0; 32] || opens != self.next {
            return None;
        }
        self.next = root.commitment;
        let head =
            LogHead { parent: self.root, suite: Suite::of_number(suite)?, key: key.to_vec(), facility: String::new() };
        let line = self.root;
        let log = KnownLog { id, head, lines: vec![line], depth: 0, authority: true, enrols: true, next_root: true };
        self.logs.insert(id.log16(), log);
        Some(id)
    }
}
