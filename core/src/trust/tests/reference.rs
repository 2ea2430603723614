//! The algorithm of `spec/trust.md` section 3 written down once more, naively and with an allocator, to be compared.

use super::*;
use std::collections::{BTreeMap, BTreeSet};

pub(super) struct Reference<'w> {
    world: &'w World,
    /// Each log's depth and lines.
    logs: BTreeMap<Hash, (usize, BTreeSet<Hash>)>,
    parent: BTreeMap<Hash, Hash>,
    /// The roots' logs, the oldest first.
    roots: Vec<Hash>,
    /// By identity and position: what each entry counts.
    counts: Vec<Option<Counts>>,
}

impl<'w> Reference<'w> {
    pub(super) fn of(world: &'w World) -> Self {
        let counts = vec![None; world.entries.len()];
        let mut this = Self { world, logs: BTreeMap::new(), parent: BTreeMap::new(), roots: Vec::new(), counts };
        this.link_roots();
        for root in this.roots.clone().into_iter().rev() {
            this.level(&[root], 0);
        }
        for depth in 0..=6 {
            if depth > 0 {
                let level: Vec<Hash> =
                    this.logs.iter().filter(|(_, (d, _))| *d == depth).map(|(log, _)| *log).collect();
                this.level(&level, depth);
            }
            if depth < 6 {
                this.enrol_children(depth);
            }
        }
        this
    }

    fn link_roots(&mut self) {
        let mut log = self.world.root;
        let mut carried = self.world.entries.iter().find_map(|e| match e.kind {
            FactKind::Root { commitment } if e.at.log == log && e.at.index == 0 => Some(commitment),
            _ => None,
        });
        loop {
            self.roots.push(log);
            self.logs.insert(log, (0, [self.world.root].into()));
            let next = self.world.entries.iter().find_map(|e| match e.kind {
                FactKind::NextRoot { cut, opens, commitment, key: NO_KEY }
                    if Some(opens) == carried
                        && opens != Hash([0; 32])
                        && cut.count > 0
                        && cut.is_on(&log)
                        && e.at.index == 0 =>
                {
                    Some((e.at.log, commitment))
                }
                _ => None,
            });
            let Some((next, commitment)) = next else { return };
            (log, carried) = (next, Some(commitment));
        }
    }

    fn enrol_children(&mut self, depth: usize) {
        for entry in &self.world.entries {
            let FactKind::Enrol { under, child, line, .. } = entry.kind else { continue };
            if self.logs.get(&entry.at.log).is_some_and(|(d, lines)| *d == depth && lines.contains(&under)) {
                self.logs.entry(child).or_insert((depth + 1, BTreeSet::new())).1.insert(line);
                self.parent.insert(child, under);
                self.parent.insert(line, under);
            }
        }
    }

    fn level(&mut self, logs: &[Hash], depth: usize) {
        for critical_only in [true, false] {
            for position in 0..self.world.entries.len() {
                let entry = self.world.entries[position];
                if !logs.contains(&entry.at.log) || (critical_only && entry.kind != FactKind::Critical) {
                    continue;
                }
                self.counts[position] = Some(self.judge(&entry, depth));
            }
        }
    }

    fn judge(&self, entry: &Fact<'_>, depth: usize) -> Counts {
        let first_of_root = entry.at.index == 0 && depth == 0;
        let need = match entry.kind {
            FactKind::Root { .. } if first_of_root && entry.at.log == self.world.root => None,
            FactKind::NextRoot { cut, .. } if first_of_root => {
                let here = self.roots.iter().position(|r| *r == entry.at.log).unwrap();
                if here == 0 || !cut.is_on(&self.roots[here - 1]) || cut.count == 0 {
                    return Counts::No;
                }
                None
            }
            FactKind::Root { .. } | FactKind::NextRoot { .. } => return Counts::No,
            FactKind::Enrol { under, .. } if !self.logs[&entry.at.log].1.contains(&under) => return Counts::Unknown,
            FactKind::Enrol { .. } if depth == 6 => return Counts::No,
            FactKind::Enrol { grant, .. } => Some(Need::grant(grant)),
            FactKind::Cut(_) | FactKind::State { .. } => Some(Need::role(Role::Enrol)),
            FactKind::Confirm(_) | FactKind::Critical => Some(Need::ANY),
            FactKind::Other(need) => Some(need),
        };
        self.counts(&entry.at, need.as_ref(), depth)
    }

    pub(super) fn counts_of(&self, record: &RecordId, need: &Need<'_>) -> Counts {
        match self.logs.get(&record.log) {
            Some((depth, _)) => self.counts(record, Some(need), *depth),
            None => self.outside(&record.log),
        }
    }

    /// What an entry counts.
    pub(super) fn entry(&self, position: usize) -> Counts {
        self.counts[position].unwrap_or_else(|| self.outside(&self.world.entries[position].at.log))
    }

    fn outside(&self, log: &Hash) -> Counts {
        let enrols = self.world.entries.iter().enumerate();
        let enrols = enrols.filter(|(_, e)| matches!(e.kind, FactKind::Enrol { child, .. } if child == *log));
        let all: Vec<Counts> = enrols.map(|(position, _)| self.entry(position)).collect();
        if !all.is_empty() && all.iter().all(|counts| *counts == Counts::No) { Counts::No } else { Counts::Unknown }
    }

    fn enrols(&self, log: &Hash) -> Vec<(Grant<'w>, Counts)> {
        let mut found = Vec::new();
        for (position, entry) in self.world.entries.iter().enumerate() {
            let FactKind::Enrol { under, child, grant, .. } = entry.kind else { continue };
            let placed = self.logs.get(&entry.at.log).is_some_and(|(d, lines)| *d < 6 && lines.contains(&under));
            if child == *log && placed {
                found.push((grant, self.counts[position].unwrap()));
            }
        }
        found
    }

    fn counts(&self, record: &RecordId, need: Option<&Need<'_>>, depth: usize) -> Counts {
        let mut a = Counts::Yes;
        if let Some(need) = need {
            if !need.may_stand(record.index) || (depth == 0 && record.index == 0) {
                return Counts::No;
            }
            if depth > 0 {
                let granting = self.enrols(&record.log).into_iter().filter(|(grant, _)| need.granted_by(grant));
                a = granting.map(|(_, counts)| counts).max().unwrap_or(Counts::No);
            }
        }
        for (cut, counts, issuer) in self.cuts(&record.log, depth) {
            let x = self.admit(record, &cut, &issuer, depth);
            a = a.min(if counts == Counts::Yes { x } else { x.max(Counts::Unknown) });
        }
        let strong = Roles::of(&[Role::Enrol, Role::Regulate]);
        let authority = depth == 0
            || self.enrols(&record.log).iter().any(|(g, counts)| *counts != Counts::No && g.roles.intersects(strong));
        let critical = self.world.entries.iter().zip(&self.counts).any(|(e, counts)| {
            e.kind == FactKind::Critical
                && e.at.log == record.log
                && e.at.index < record.index
                && counts.is_some_and(|counts| counts != Counts::No)
        });
        if authority && critical { a.min(Counts::Unknown) } else { a }
    }

    /// The lines above, the nearest first.
    fn above(&self, log: &Hash) -> Vec<Hash> {
        let mut all = Vec::new();
        let mut line = *log;
        while let Some(parent) = self.parent.get(&line) {
            all.push(*parent);
            line = *parent;
        }
        all
    }

    fn is_of(&self, log: &Hash, line: &Hash) -> bool {
        self.logs.get(log).is_some_and(|(_, lines)| lines.contains(line))
    }

    fn cuts(&self, log: &Hash, depth: usize) -> Vec<(Cut, Counts, Hash)> {
        let entries = || self.world.entries.iter().zip(&self.counts);
        if depth == 0 {
            let next = self.roots.iter().skip_while(|r| *r != log).nth(1);
            return entries()
                .filter_map(|(e, counts)| match e.kind {
                    FactKind::NextRoot { cut, .. } if Some(&e.at.log) == next && e.at.index == 0 && cut.is_on(log) => {
                        Some((cut, (*counts)?, e.at.log))
                    }
                    _ => None,
                })
                .filter(|(_, counts, _)| *counts != Counts::No)
                .collect();
        }
        let above = self.above(log);
        let issuers: BTreeSet<Hash> =
            self.logs.keys().copied().filter(|i| above.iter().any(|l| self.is_of(i, l))).collect();
        let mut held = Vec::new();
        for issuer in issuers {
            let of_issuer: Vec<(u32, Cut, Counts)> = entries()
                .filter_map(|(e, counts)| match e.kind {
                    FactKind::Cut(cut) if e.at.log == issuer && cut.is_on(log) => Some((e.at.index, cut, (*counts)?)),
                    _ => None,
                })
                .collect();
            let latest =
                of_issuer.iter().filter(|(_, _, counts)| *counts == Counts::Yes).map(|(index, ..)| *index).max();
            for (index, cut, counts) in of_issuer {
                let holds = match counts {
                    Counts::Yes => Some(index) == latest,
                    Counts::Unknown => latest.is_none_or(|latest| index > latest),
                    Counts::No => false,
                };
                if holds {
                    held.push((cut, counts, issuer));
                }
            }
        }
        held
    }

    fn admit(&self, record: &RecordId, cut: &Cut, issuer: &Hash, depth: usize) -> Counts {
        if record.index >= cut.count {
            return Counts::No;
        }
        match on_chain(self.world, record, cut.count, &cut.head) {
            Some(true) => Counts::Yes,
            Some(false) => Counts::No,
            None if self.confirmed(record, cut, issuer, depth) => Counts::Yes,
            None => Counts::Unknown,
        }
    }

    fn confirmed(&self, record: &RecordId, cut: &Cut, issuer: &Hash, depth: usize) -> bool {
        self.world.entries.iter().zip(&self.counts).any(|(e, counts)| {
            let FactKind::Confirm(prefix) = e.kind else { return false };
            let newer = |a: &Hash, b: &Hash| {
                let at = |log: &Hash| self.roots.iter().position(|r| r == log);
                at(a) > at(b)
            };
            let above = self.above(&record.log);
            let from = above.iter().position(|line| self.is_of(issuer, line));
            let speaks = if depth == 0 {
                newer(&e.at.log, &record.log)
            } else {
                above[from.unwrap()..].iter().any(|line| self.is_of(&e.at.log, line))
            };
            speaks
                && *counts == Some(Counts::Yes)
                && prefix.is_on(&record.log)
                && prefix.count <= cut.count
                && record.index < prefix.count
                && on_chain(self.world, record, prefix.count, &prefix.head) == Some(true)
        })
    }
}

/// Every value that the pieces show below the head, by the closure over what they hold.
pub(super) fn on_chain(world: &World, record: &RecordId, n: u32, head: &Hash) -> Option<bool> {
    let mut known = BTreeSet::from([(n, *head)]);
    loop {
        let before = known.len();
        for span in world.spans.iter().filter(|span| span.log == record.log) {
            let values: Vec<(u32, Hash)> = (span.start..=span.end).filter_map(|c| Some((c, *span.value(c)?))).collect();
            if let Some(top) = values.iter().rposition(|value| known.contains(value)) {
                known.extend(&values[..=top]);
            }
        }
        if known.len() == before {
            let at = known.iter().find(|(count, _)| *count == record.index + 1);
            return at.map(|(_, value)| *value == record.identity);
        }
    }
}
