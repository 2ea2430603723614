//! The evaluation, from the root downwards (`spec/trust.md` section 3).

use super::chain::Chains;
use super::index::Index;
use super::{Counts, Fact, FactKind, Fork, Grant, Mark, Need, Reason, RecordId, Slot, SpaceTooSmall, Span, Verdict};
use crate::crypto::Hash;
use crate::limits::MAX_DEPTH;
use crate::record::{Cut, Role, Roles};

/// What is held here: everything that a verdict depends on. The order within the slices doesn't matter, and
/// a fact that stands twice says nothing more.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The root id: h₀ of the first root log.
    pub root: Hash,
    /// The authorities' records, each under a verified seal, and the lists that match a State.
    pub entries: &'a [Fact<'a>],
    /// The pieces of chains held, of any log; needed of those that a cut or a Confirm names.
    pub spans: &'a [Span<'a>],
}

/// A log's place in the tree: the lines above it, its parent's first, the root's last.
#[derive(Debug, Clone, Copy)]
struct Place {
    depth: u8,
    above: [Hash; MAX_DEPTH],
}

impl Place {
    fn lines_above(&self) -> &[Hash] {
        self.above.get(..usize::from(self.depth)).unwrap_or(&[])
    }
}

/// A log that has a place, with what its records are held to.
#[derive(Debug, Clone, Copy)]
struct Spot<'s> {
    log: Hash,
    place: Place,
    /// Positions of its Enrols, of the cuts that name it, of entries in it that aren't understood.
    enrols: &'s [u32],
    cuts: &'s [u32],
    criticals: &'s [u32],
}

const DEEPEST: u8 = MAX_DEPTH as u8;

/// Works out which entries count: `verdicts[i]` is that of `facts.entries[i]`.
///
/// `marks` and `slots` are space to find things in. Entries and spans are put in order once; then the work grows with
/// their number, and of each log that is cut with the square of its own cuts and spans.
///
/// # Errors
///
/// [`SpaceTooSmall`] where `verdicts` or `slots` is shorter than the entries or `marks` shorter than the spans.
pub fn evaluate<'f, 's>(
    facts: Facts<'f>,
    verdicts: &'s mut [Verdict],
    marks: &'s mut [Mark],
    slots: &'s mut [Slot],
) -> Result<Evaluation<'f, 's>, SpaceTooSmall> {
    let too_small = SpaceTooSmall { verdicts: facts.entries.len(), marks: facts.spans.len() };
    let verdicts = verdicts.get_mut(..facts.entries.len()).ok_or(too_small)?;
    let index = Index::new(facts.entries, slots).ok_or(too_small)?;
    let chains = Chains::new(facts.spans, marks).ok_or(too_small)?;
    verdicts.fill(Verdict::default());
    let mut this = Evaluation { facts, index, verdicts, chains, known: None };
    this.judge_roots();
    for depth in 1..=DEEPEST {
        this.judge_level(|this, at| (this.depth_of(&at.log) == Some(depth)).then_some(depth));
    }
    this.judge_others();
    Ok(this)
}

/// The verdicts on the entries; it answers for any other record.
#[derive(Debug)]
pub struct Evaluation<'f, 's> {
    facts: Facts<'f>,
    index: Index<'f, 's>,
    verdicts: &'s mut [Verdict],
    chains: Chains<'f, 's>,
    /// The log asked for last, and its facility: the records of a segment are asked for one after the other.
    known: Option<(Spot<'s>, Option<&'f str>)>,
}

impl<'f, 's> Evaluation<'f, 's> {
    /// The verdicts, in the order of the entries.
    #[must_use]
    pub fn verdicts(&self) -> &[Verdict] {
        self.verdicts
    }

    /// The verdict on a record that is held under a verified seal and is well-formed, of any log.
    ///
    /// `need` is what its kind needs (table of `spec/trust.md` section 2.1).
    pub fn counts_of(&mut self, record: RecordId, need: Need<'_>) -> Verdict {
        self.look_up(&record.log);
        let Some((spot, _)) = self.known else { return self.outside(&record.log) };
        self.counts_at(&spot, &record, &need)
    }

    /// Finds the place of a log and its facility, where they aren't those known.
    fn look_up(&mut self, log: &Hash) {
        if self.known.as_ref().is_none_or(|(spot, _)| spot.log != *log) {
            self.known = self.spot(log).map(|spot| (spot, self.facility_of(log)));
        }
    }
    /// The facility of a log whose records are judged one after the other.
    pub(super) fn facility_known(&mut self, log: &Hash) -> Option<&'f str> {
        self.look_up(log);
        match &self.known {
            Some((_, facility)) => *facility,
            None => self.facility_of(log),
        }
    }

    fn counts_at(&mut self, spot: &Spot<'s>, record: &RecordId, need: &Need<'_>) -> Verdict {
        let verdict = self.granted(record, need, spot);
        let verdict = verdict.min(self.admitted(record, spot)).min(self.readable(record, spot));
        verdict.at(spot.place.depth)
    }

    /// The lowest fork of a log, where the pieces held show one. Every branch counts until a cut settles it.
    #[must_use]
    pub fn fork_of(&self, log: &Hash) -> Option<Fork> {
        let count = self.chains.lowest_fork(log)?;
        Some(Fork { count, settled: self.is_cut(log) })
    }

    /// The logs of lines above this one that are forked and not settled, by their ids: findings 3014.
    pub fn forks_above(&self, log: &Hash) -> impl Iterator<Item = Hash> {
        self.place_of(log).into_iter().flat_map(move |place| {
            let forked = |candidate: &Hash| self.fork_of(candidate).is_some_and(|fork| !fork.settled);
            let above = move |candidate: &Hash| place.lines_above().iter().any(|line| self.is_of(candidate, line));
            // Few logs are forked: that is asked first.
            self.chains.logs().filter(move |log| forked(log) && above(log))
        })
    }

    /// Whether a cut was issued by a log that isn't above its target: it has no effect, finding 3012. `None` where
    /// one of the two logs has no place here, or the entry at this position is no cut.
    #[must_use]
    pub fn is_foreign_cut(&self, position: usize) -> Option<bool> {
        let entry = self.facts.entries.get(position)?;
        let FactKind::Cut(cut) = entry.kind else { return None };
        let root = self.root_logs().map(|root| root.log).find(|log| cut.is_on(log));
        let enrolled = || self.placed(self.index.enrols_of_half(cut.log)).map(|(enrol, _)| enrol.child).next();
        let target = root.or_else(enrolled)?;
        let place = self.place_of(&target)?;
        self.depth_of(&entry.at.log)?;
        Some(!place.lines_above().iter().any(|line| self.is_of(&entry.at.log, line)))
    }

    /// What was evaluated, in the order of the verdicts.
    #[must_use]
    pub const fn facts(&self) -> &'f [Fact<'f>] {
        self.facts.entries
    }

    // ----- what other parts of trust ask

    /// Whether this is a root's log.
    pub(super) fn is_root(&self, log: &Hash) -> bool {
        self.is_root_log(log)
    }

    /// The root id.
    pub(super) const fn root(&self) -> Hash {
        self.facts.root
    }

    pub(super) fn depth_of_log(&self, log: &Hash) -> Option<u8> {
        self.depth_of(log)
    }

    pub(super) fn is_of_line(&self, log: &Hash, line: &Hash) -> bool {
        self.is_of(log, line)
    }

    /// Every entry with its verdict.
    pub(super) fn facts_with_verdicts(&self) -> impl Iterator<Item = (&'f Fact<'f>, Verdict)> + '_ {
        let entries: &'f [Fact<'f>] = self.facts.entries;
        entries.iter().zip(self.verdicts.iter().copied())
    }

    /// What stands in a log, by index; and what stands at one index of it.
    pub(super) fn in_log<'e>(&'e self, log: &Hash) -> impl Iterator<Item = (&'f Fact<'f>, Verdict)> + use<'e, 'f, 's> {
        self.entries(self.index.in_log(log))
    }
    pub(super) fn entries_at(&self, log: &Hash, index: u32) -> impl Iterator<Item = (&'f Fact<'f>, Verdict)> + '_ {
        self.entries(self.index.at(log, index))
    }
    /// Every State.
    pub(super) fn all_states(&self) -> impl Iterator<Item = (&'f Fact<'f>, Verdict)> + '_ {
        self.entries(self.index.states())
    }

    /// The pieces held of a log.
    pub(super) fn spans_of<'e>(&'e self, log: &Hash) -> impl Iterator<Item = &'f Span<'f>> + use<'e, 'f, 's> {
        self.chains.of(log).iter().filter_map(|at| self.chains.all().get(*at as usize))
    }
    /// Logs of which a piece is held, each once.
    pub(super) fn logs_held(&self) -> impl Iterator<Item = Hash> + '_ {
        self.chains.logs()
    }

    /// The verdict on a fact at this place; of several there (an Enrol under several lines) the best.
    pub(super) fn verdict_at(&self, at: &RecordId) -> Option<Verdict> {
        let all = self.entries_at(&at.log, at.index).filter(|(fact, _)| fact.at == *at).map(|(_, verdict)| verdict);
        all.max_by_key(|verdict| (verdict.counts, verdict.reason))
    }

    /// What the log is given, by each Enrol of it in the tree.
    pub(super) fn grants_of(&self, log: Hash) -> impl Iterator<Item = (Grant<'f>, Verdict)> + '_ {
        self.enrols_of(log).map(|(enrol, verdict)| (enrol.grant, verdict))
    }

    /// Where the Enrols of a log stand.
    pub(super) fn enrolments_of(&self, log: Hash) -> impl Iterator<Item = (RecordId, Verdict)> + '_ {
        let enrols = self.entries(self.index.enrols(&log)).filter(|(_, verdict)| verdict.depth.is_some());
        enrols.map(|(fact, verdict)| (fact.at, verdict))
    }

    /// The lines above a log, its parent's first.
    pub(super) fn lines_above(&self, log: &Hash) -> impl Iterator<Item = Hash> + use<'f> {
        let place = self.place_of(log).unwrap_or(Place { depth: 0, above: [Hash::ZERO; MAX_DEPTH] });
        (0..usize::from(place.depth)).filter_map(move |level| place.above.get(level).copied())
    }

    /// Whether a cut that counts is in force on this log.
    pub(super) fn is_cut(&self, log: &Hash) -> bool {
        self.spot(log).is_some_and(|spot| {
            spot.cuts.iter().any(|at| {
                let verdict = self.verdict(*at);
                let entry = self.index.get(*at).filter(|_| verdict.counts == Counts::Yes);
                entry.is_some_and(|entry| self.in_force(entry, verdict, &spot).is_some())
            })
        })
    }

    // ----- the tree

    fn verdict(&self, position: u32) -> Verdict {
        self.verdicts.get(position as usize).copied().unwrap_or_default()
    }

    /// Entries at these positions.
    fn entries<'e>(&'e self, positions: &'e [u32]) -> impl Iterator<Item = (&'f Fact<'f>, Verdict)> + use<'e, 'f, 's> {
        positions.iter().filter_map(|at| Some((self.index.get(*at)?, self.verdict(*at))))
    }

    /// Of Enrols at these positions those that stand in the tree: in a log that a path from the root leads to, under a
    /// line of it.
    fn placed<'e>(&'e self, positions: &'e [u32]) -> impl Iterator<Item = (Placed<'f>, Verdict)> + use<'e, 'f, 's> {
        self.entries(positions).filter_map(|(entry, verdict)| {
            let FactKind::Enrol { under, child, line, grant, .. } = entry.kind else { return None };
            let depth = verdict.depth.filter(|depth| *depth < DEEPEST)?;
            Some((Placed { under, child, line, grant, depth: depth + 1 }, verdict))
        })
    }

    /// The Enrols that enrol this log.
    fn enrols_of(&self, log: Hash) -> impl Iterator<Item = (Placed<'f>, Verdict)> + '_ {
        self.placed(self.index.enrols(&log))
    }

    fn root_logs(&self) -> impl Iterator<Item = RootLog> + '_ {
        linked(self.facts.root, self.facts.entries.len(), || {
            self.index.roots().iter().filter_map(|at| self.index.get(*at))
        })
    }

    fn root_position(&self, log: &Hash) -> Option<usize> {
        let says_so = |(fact, _): (&Fact<'_>, Verdict)| matches!(fact.kind, FactKind::NextRoot { .. });
        if *log != self.facts.root && !self.entries_at(log, 0).any(says_so) {
            return None;
        }
        self.root_logs().position(|root| root.log == *log)
    }

    fn is_root_log(&self, log: &Hash) -> bool {
        self.root_position(log).is_some()
    }

    fn depth_of(&self, log: &Hash) -> Option<u8> {
        if self.is_root_log(log) {
            return Some(0);
        }
        self.enrols_of(*log).map(|(enrol, _)| enrol.depth).min()
    }

    fn place_of(&self, log: &Hash) -> Option<Place> {
        let mut above = [Hash::ZERO; MAX_DEPTH];
        let depth = self.depth_of(log)?;
        if depth > 0 {
            let mut line =
                self.enrols_of(*log).find(|(enrol, _)| enrol.depth == depth).map(|(enrol, _)| enrol.under)?;
            for (level, slot) in (1..=depth).rev().zip(above.iter_mut()) {
                *slot = line;
                if level > 1 {
                    let mut parents = self.placed(self.index.of_line(&line));
                    line = parents.find(|(enrol, _)| enrol.depth == level - 1).map(|(enrol, _)| enrol.under)?;
                }
            }
        }
        Some(Place { depth, above })
    }

    fn spot(&self, log: &Hash) -> Option<Spot<'s>> {
        let place = self.place_of(log)?;
        // What ends a root's log are the next roots' first entries.
        let cuts = if place.depth == 0 { self.index.roots() } else { self.index.cuts(log) };
        let (enrols, criticals) = (self.index.enrols(log), self.index.criticals(log));
        Some(Spot { log: *log, place, enrols, cuts, criticals })
    }

    /// Whether the log is of that line.
    fn is_of(&self, log: &Hash, line: &Hash) -> bool {
        if *line == self.facts.root {
            self.is_root_log(log)
        } else {
            self.enrols_of(*log).any(|(enrol, _)| enrol.line == *line)
        }
    }

    // ----- the levels

    /// Newest first: what ends a root's log stands in newer ones.
    fn judge_roots(&mut self) {
        let newest = self.root_logs().count();
        for position in (0..newest).rev() {
            let Some(root) = self.root_logs().nth(position) else { continue };
            self.judge_level(move |_, at| (at.log == root.log).then_some(0));
        }
    }

    /// Judges the entries for which `depth` gives one. What critical records count comes first: the others rest on
    /// whether it is *no*, which the second time doesn't change.
    fn judge_level(&mut self, depth: impl Fn(&Self, &RecordId) -> Option<u8>) {
        for critical_only in [true, false] {
            let mut known: Option<(Hash, Option<u8>)> = None;
            for position in 0..self.facts.entries.len() {
                let Some(entry) = self.facts.entries.get(position) else { continue };
                if critical_only && entry.kind != FactKind::Critical {
                    continue;
                }
                // Records of one log stand together, and what its depth rests on is judged already.
                let place = match known {
                    Some((log, place)) if log == entry.at.log => place,
                    _ => depth(self, &entry.at),
                };
                known = Some((entry.at.log, place));
                let Some(depth) = place else { continue };
                let verdict = self.judge(entry, depth);
                if let Some(slot) = self.verdicts.get_mut(position) {
                    *slot = verdict;
                }
            }
        }
    }

    fn judge(&mut self, entry: &Fact<'f>, depth: u8) -> Verdict {
        let need = match entry.kind {
            FactKind::Root { .. } | FactKind::NextRoot { .. } => return self.judge_first_of_root(entry, depth),
            FactKind::Enrol { under, grant, .. } => {
                if !self.is_of(&entry.at.log, &under) {
                    return Verdict::default(); // no line of its log: it enrols nothing here
                }
                let verdict = self.counts_now(entry.at, Need::grant(grant));
                let deepest = if depth == DEEPEST { Verdict::of(Reason::EnrolmentRefused) } else { Verdict::YES };
                return verdict.min(deepest).at(depth);
            }
            FactKind::Cut(_) | FactKind::State { .. } => Need::role(Role::Enrol),
            FactKind::Confirm(_) | FactKind::Critical => Need::ANY,
            FactKind::Other(need) => need,
        };
        self.counts_now(entry.at, need)
    }

    /// The same as [`Self::counts_of`] while verdicts still change: nothing known of the log before is taken.
    fn counts_now(&mut self, record: RecordId, need: Need<'_>) -> Verdict {
        match self.spot(&record.log) {
            Some(spot) => self.counts_at(&spot, &record, &need),
            None => self.outside(&record.log),
        }
    }

    fn judge_first_of_root(&mut self, entry: &Fact<'f>, depth: u8) -> Verdict {
        let stands = entry.at.index == 0
            && depth == 0
            && match entry.kind {
                FactKind::Root { .. } => entry.at.log == self.facts.root,
                FactKind::NextRoot { .. } => {
                    let before = self.root_position(&entry.at.log).and_then(|position| position.checked_sub(1));
                    before.and_then(|old| self.root_logs().nth(old)).is_some_and(|old| opens(entry, &old))
                }
                _ => false,
            };
        let Some(spot) = self.spot(&entry.at.log).filter(|_| stands) else {
            return Verdict::of(Reason::Malformed).at(depth);
        };
        self.admitted(&entry.at, &spot).at(0)
    }

    /// Logs that no path leads to: refused where every Enrol of the log counts no. One may hang under another, so
    /// this goes on while something changes.
    fn judge_others(&mut self) {
        for _ in 0..self.facts.entries.len() {
            let mut changed = false;
            for position in 0..self.facts.entries.len() {
                let Some(entry) = self.facts.entries.get(position) else { continue };
                if self.place_of(&entry.at.log).is_some() {
                    continue;
                }
                let verdict = self.outside(&entry.at.log);
                if let Some(slot) = self.verdicts.get_mut(position) {
                    changed |= *slot != verdict;
                    *slot = verdict;
                }
            }
            if !changed {
                return;
            }
        }
    }

    fn outside(&self, log: &Hash) -> Verdict {
        let enrols = self.index.enrols(log);
        let refused = !enrols.is_empty() && enrols.iter().all(|at| self.verdict(*at).counts == Counts::No);
        Verdict::of(if refused { Reason::EnrolmentRefused } else { Reason::NotEnrolled })
    }

    // ----- one record

    fn granted(&self, record: &RecordId, need: &Need<'_>, spot: &Spot<'_>) -> Verdict {
        if !need.may_stand(record.index) || (spot.place.depth == 0 && record.index == 0) {
            return Verdict::of(Reason::Malformed);
        }
        if spot.place.depth == 0 {
            return Verdict::YES;
        }
        let best = |all: &mut dyn Iterator<Item = Verdict>| all.map(|verdict| verdict.counts).max();
        let granting = self.placed(spot.enrols).filter(|(enrol, _)| need.granted_by(&enrol.grant));
        match best(&mut granting.map(|(_, verdict)| verdict)) {
            Some(Counts::Yes) => Verdict::YES,
            Some(Counts::Unknown) => Verdict::of(Reason::PathUnknown),
            _ if best(&mut self.placed(spot.enrols).map(|(_, verdict)| verdict)) == Some(Counts::No) => {
                Verdict::of(Reason::EnrolmentRefused)
            }
            _ => Verdict::of(Reason::RoleExceeded),
        }
    }

    /// The cut that an entry makes on this log, where the log is held to it.
    fn in_force(&self, entry: &Fact<'_>, verdict: Verdict, spot: &Spot<'_>) -> Option<Cut> {
        let cut = self.cut_from_above(entry, spot).filter(|_| verdict.counts != Counts::No)?;
        // Of one log's cuts the latest that counts holds, and what is unknown after it. Nothing replaces a NextRoot's.
        let replaces = |other: &RecordId| {
            other.log == entry.at.log
                && (other.index > entry.at.index
                    || (other.index == entry.at.index && verdict.counts == Counts::Unknown))
        };
        let replaced = spot.place.depth > 0
            && self.entries(spot.cuts).any(|(other, by)| {
                by.counts == Counts::Yes && replaces(&other.at) && self.cut_from_above(other, spot).is_some()
            });
        (!replaced).then_some(cut)
    }

    /// The cut that an entry makes on this log, where it stands above it.
    fn cut_from_above(&self, entry: &Fact<'_>, spot: &Spot<'_>) -> Option<Cut> {
        match entry.kind {
            FactKind::NextRoot { cut, .. } if spot.place.depth == 0 && entry.at.index == 0 && cut.is_on(&spot.log) => {
                let before = self.root_position(&entry.at.log)?.checked_sub(1)?;
                self.root_logs().nth(before).filter(|old| old.log == spot.log && opens(entry, old)).map(|_| cut)
            }
            FactKind::Cut(cut) if cut.is_on(&spot.log) => {
                spot.place.lines_above().iter().any(|line| self.is_of(&entry.at.log, line)).then_some(cut)
            }
            _ => None,
        }
    }

    fn admitted(&mut self, record: &RecordId, spot: &Spot<'s>) -> Verdict {
        let mut verdict = Verdict::YES;
        for position in spot.cuts {
            let Some(entry) = self.index.get(*position) else { continue };
            let known = self.verdict(*position);
            let Some(cut) = self.in_force(entry, known, spot) else { continue };
            let admitted = self.admit(record, &entry.at.log, &cut, &spot.place);
            let held = if known.counts == Counts::Yes || admitted.counts == Counts::Yes {
                admitted
            } else {
                Verdict::of(Reason::CutNotChecked)
            };
            verdict = verdict.min(held);
        }
        verdict
    }

    fn admit(&mut self, record: &RecordId, issuer: &Hash, cut: &Cut, place: &Place) -> Verdict {
        if record.index >= cut.count {
            return Verdict::of(Reason::CutOff);
        }
        match self.chains.lies_on(record, cut.count, &cut.head) {
            Some(true) => Verdict::YES,
            Some(false) => Verdict::of(Reason::BranchCutOff),
            None if self.confirmed(record, issuer, cut, place) => Verdict::YES,
            None => Verdict::of(Reason::CutNotChecked),
        }
    }

    /// Whether a Confirm names a prefix of the cut's chain that the record lies in.
    fn confirmed(&mut self, record: &RecordId, issuer: &Hash, cut: &Cut, place: &Place) -> bool {
        for position in self.index.confirms(&record.log) {
            let Some(Fact { at, kind: FactKind::Confirm(prefix) }) = self.index.get(*position) else { continue };
            if self.verdict(*position).counts == Counts::Yes
                && prefix.count <= cut.count
                && record.index < prefix.count
                && self.may_confirm(&at.log, &record.log, issuer, place)
                && self.chains.lies_on(record, prefix.count, &prefix.head) == Some(true)
            {
                return true;
            }
        }
        false
    }

    /// Whether a Confirm in log `by` speaks for a cut of `issuer` on `log`: of the issuer's line, or of one above it.
    fn may_confirm(&self, by: &Hash, log: &Hash, issuer: &Hash, place: &Place) -> bool {
        if place.depth == 0 {
            // Of the same line all of them; only newer roots are final when this one is judged.
            return self.root_position(by) > self.root_position(log);
        }
        let lines = place.lines_above().iter();
        lines.skip_while(|line| !self.is_of(issuer, line)).any(|line| self.is_of(by, line))
    }

    /// Whether nothing that isn't understood stands before it in an authority's log.
    fn readable(&self, record: &RecordId, spot: &Spot<'_>) -> Verdict {
        let authority = Roles::of(&[Role::Enrol, Role::Regulate]);
        let is_authority = || {
            spot.place.depth == 0
                || self
                    .placed(spot.enrols)
                    .any(|(enrol, verdict)| verdict.counts != Counts::No && enrol.grant.roles.intersects(authority))
        };
        let before = self
            .entries(spot.criticals)
            .any(|(entry, verdict)| entry.at.index < record.index && verdict.counts != Counts::No);
        if before && is_authority() { Verdict::of(Reason::NewerFormat) } else { Verdict::YES }
    }
}

/// An Enrol with its place; `depth` is that of the log that it enrols.
struct Placed<'a> {
    under: Hash,
    child: Hash,
    line: Hash,
    grant: Grant<'a>,
    depth: u8,
}

pub(super) struct RootLog {
    pub(super) log: Hash,
    commitment: Hash,
}

/// The roots' logs in their order, each with the commitment of its entry 0.
pub(super) fn root_logs<'f>(root: Hash, entries: &'f [Fact<'f>]) -> impl Iterator<Item = RootLog> + 'f {
    linked(root, entries.len(), move || entries.iter())
}

/// The same, among these entries.
fn linked<'e, 'f: 'e, I: Iterator<Item = &'f Fact<'f>>>(
    root: Hash,
    most: usize,
    entries: impl Fn() -> I + 'e,
) -> impl Iterator<Item = RootLog> + 'e {
    let first = entries().find_map(|entry| match entry.kind {
        FactKind::Root { commitment } if entry.at.log == root && entry.at.index == 0 => Some(commitment),
        _ => None,
    });
    // Without its entry 0 the root's log is known all the same: its id is.
    let first = RootLog { log: root, commitment: first.unwrap_or(Hash::ZERO) };
    core::iter::successors(Some(first), move |old| {
        entries().find_map(|entry| match entry.kind {
            FactKind::NextRoot { commitment, .. } if opens(entry, old) => {
                Some(RootLog { log: entry.at.log, commitment })
            }
            _ => None,
        })
    })
    // A commitment is a hash over the one that it leads to, so roots can't stand in a circle; facts that say so
    // are wrong, and end here.
    .take(most.saturating_add(1))
}

/// Whether this entry 0 goes on from that root: it cuts that log, and its key is the one committed to.
fn opens(entry: &Fact<'_>, old: &RootLog) -> bool {
    matches!(entry.kind, FactKind::NextRoot { cut, opens, .. }
        if entry.at.index == 0 && cut.count >= 1 && cut.is_on(&old.log) && old.commitment != Hash::ZERO && opens == old.commitment)
}
