//! *current*: what a person at the counter is told (`spec/trust.md` section 4.1). It has a clock, and it never
//! reaches the ledger.

use super::chain::Span;
use super::evaluate::Evaluation;
use super::facts::{FactKind, Grant, Need, RecordId};
use super::verdict::{Counts, Reason, Verdict};
use crate::crypto::Hash;
use crate::record::{Role, Roles, State};
use crate::time::Timestamp;
use core::fmt;

const SECONDS_A_DAY: u32 = 86_400;

macro_rules! warnings {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $slug:literal, $text:literal;)*) => {
        /// Something that a person should know before going on, the gravest first.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Warning { $($(#[$doc])* $name,)* }

        impl Warning {
            /// Every one, the gravest first.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }

        crate::codes::codes! { Warning { $(Self::$name => $code, $slug;)* } }

        impl fmt::Display for Warning {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$name => $text,)* })
            }
        }
    };
}

warnings! {
    /// A cut ends its log.
    Revoked = 3101, "revoked", "the device was cut off by its authority: don't accept goods on its word alone";
    /// Every authority that enrolled it was cut off.
    ParentRevoked = 3102, "parent_revoked", "the authority that enrolled this device was cut off";
    /// Every enrolment is refused.
    NotEnrolled = 3103, "not_enrolled", "no valid enrolment of this device exists";
    /// Beyond its role, scope or facility.
    NotPermitted = 3104, "not_permitted", "the device may not write this kind of record";
    /// Its log has two branches.
    Forked = 3105, "forked", "the device has written two histories: report it to its authority";
    /// A log above has two branches.
    AuthorityForked = 3106, "authority_forked", "an authority above this device has written two histories: report it";
    /// What would decide isn't here.
    Unknown = 3107, "unknown", "what would decide isn't here: fetch the authorities' records";
    /// There is no usable clock.
    Clock = 3108, "clock", "the clock isn't set, or earlier than what is already known: set it";
    /// The latest State is missing or too old.
    Stale = 3109, "stale", "what is known of cut-off devices is too old: connect to the network";
    /// Its validity ended.
    Expired = 3110, "expired", "the device's enrolment has expired: its authority must renew it";
    /// Its validity hasn't begun.
    NotYetValid = 3111, "not_yet_valid", "the device's enrolment isn't valid yet";
    /// Meant for somebody else.
    Elsewhere = 3112, "elsewhere", "this is addressed to another facility";
}

/// A State that was relied on before: none earlier is relied on again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remembered {
    /// h₀ of its log.
    pub log: Hash,
    /// Its index there.
    pub index: u32,
}

/// What the person's device knows when it asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask<'q> {
    /// Now; `None` where the clock was never set.
    pub now: Option<Timestamp>,
    /// Most days that a State is relied on, besides what it says itself; `None`: only what it says.
    pub max_age_days: Option<u16>,
    /// Whether the batch is addressed to another facility than the one that asks.
    pub elsewhere: bool,
    /// The States relied on before.
    pub remembered: &'q [Remembered],
}

/// What a person is told about one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Current {
    warnings: u16,
    stale_since: Option<Timestamp>,
}

impl Current {
    fn add(&mut self, warning: Warning) {
        self.warnings |= 1 << warning as u16;
    }
    /// Every warning that applies, the gravest first.
    pub fn warnings(&self) -> impl Iterator<Item = Warning> + use<> {
        let set = self.warnings;
        Warning::ALL.iter().copied().filter(move |warning| set >> *warning as u16 & 1 == 1)
    }
    /// The gravest; `None`: nothing to be warned of.
    #[must_use]
    pub fn gravest(&self) -> Option<Warning> {
        self.warnings().next()
    }
    /// Since when what is known is too old, where a State is here at all.
    #[must_use]
    pub const fn stale_since(&self) -> Option<Timestamp> {
        self.stale_since
    }
}

impl<'f> Evaluation<'f, '_> {
    /// What a person is told about a record with this verdict.
    pub fn current(&self, record: &RecordId, need: &Need<'_>, verdict: &Verdict, ask: &Ask<'_>) -> Current {
        let mut current = Current::default();
        match verdict.reason {
            Some(Reason::CutOff | Reason::BranchCutOff) => current.add(Warning::Revoked),
            Some(Reason::EnrolmentRefused) => current.add(Warning::NotEnrolled),
            Some(Reason::RoleExceeded) => current.add(Warning::NotPermitted),
            Some(
                Reason::NotReadable
                | Reason::NotEnrolled
                | Reason::PathUnknown
                | Reason::CutNotChecked
                | Reason::NewerFormat,
            ) => current.add(Warning::Unknown),
            Some(Reason::Malformed | Reason::BadSeal) | None => {}
        }
        if ask.elsewhere {
            current.add(Warning::Elsewhere);
        }
        if self.depth_of_log(&record.log).is_some() {
            if self.is_cut(&record.log) {
                current.add(Warning::Revoked);
            }
            if self.is_orphaned(&record.log) {
                current.add(Warning::ParentRevoked);
            }
            if self.fork_of(&record.log).is_some_and(|fork| !fork.settled) {
                current.add(Warning::Forked);
            }
            if self.forks_above(&record.log).next().is_some() {
                current.add(Warning::AuthorityForked);
            }
            self.validity(record, need, ask, &mut current);
            self.states(record, ask, &mut current);
        }
        if ask.now.is_none() {
            current.add(Warning::Clock);
        }
        current
    }

    /// Whether a record written then lies outside the validity of every enrolment of its log that counts: finding 3015.
    #[must_use]
    pub fn is_outside_validity(&self, log: &Hash, recorded_at: Timestamp) -> bool {
        let day = recorded_at.as_secs() / SECONDS_A_DAY;
        let mut counting = self.grants_of(*log).filter(|(_, verdict)| verdict.counts == Counts::Yes).peekable();
        counting.peek().is_some()
            && counting.all(|(grant, _)| {
                grant.valid_until.is_some_and(|until| day > u32::from(until.get()))
                    || grant.valid_from.is_some_and(|from| day < u32::from(from.get()))
            })
    }

    /// Whether a reporter writes this log while the facility has a device of its own: finding 3019.
    #[must_use]
    pub fn is_reported_beside_device(&self, log: &Hash) -> bool {
        let holds = |grant: &Grant<'_>, role| grant.roles.contains(Roles::of(&[role]));
        let counting = |verdict: &Verdict| verdict.counts == Counts::Yes;
        let facility = self.grants_of(*log).find_map(|(grant, verdict)| {
            let reports = holds(&grant, Role::Report) && !holds(&grant, Role::Move) && counting(&verdict);
            reports.then_some(grant.facility)
        });
        facility.is_some_and(|facility| {
            self.facts_with_verdicts().any(|(fact, verdict)| match fact.kind {
                FactKind::Enrol { child, grant, .. } => {
                    child != *log
                        && grant.facility == facility
                        && holds(&grant, Role::Move)
                        && counting(&verdict)
                        && !self.is_cut(&child)
                }
                _ => false,
            })
        })
    }

    /// Whether no enrolment that counts stands in a log that goes on: every one is of an authority that was cut off.
    fn is_orphaned(&self, log: &Hash) -> bool {
        if self.is_root(log) {
            return false;
        }
        let mut counting = self.enrolments_of(*log).filter(|(_, verdict)| verdict.counts == Counts::Yes).peekable();
        // Each step goes one level up, so this ends at the root.
        counting.peek().is_some()
            && counting.all(|(at, _)| !self.is_root(&at.log) && (self.is_cut(&at.log) || self.is_orphaned(&at.log)))
    }

    fn validity(&self, record: &RecordId, need: &Need<'_>, ask: &Ask<'_>, current: &mut Current) {
        let Some(today) = ask.now.map(|now| now.as_secs() / SECONDS_A_DAY) else { return };
        let (mut valid, mut expired, mut early) = (false, false, false);
        for (grant, verdict) in self.grants_of(record.log) {
            if verdict.counts != Counts::Yes || !need.granted_by(&grant) {
                continue;
            }
            let ended = grant.valid_until.is_some_and(|until| today > u32::from(until.get()));
            let begins = grant.valid_from.is_some_and(|from| today < u32::from(from.get()));
            valid |= !ended && !begins;
            expired |= ended;
            early |= begins;
        }
        if !valid && expired {
            current.add(Warning::Expired);
        } else if !valid && early {
            current.add(Warning::NotYetValid);
        }
    }

    fn states(&self, record: &RecordId, ask: &Ask<'_>, current: &mut Current) {
        for line in self.lines_above(&record.log) {
            let Some((at, written, state)) = self.latest_state(&line) else {
                current.add(Warning::Stale);
                continue;
            };
            let list_here = self.list_length(&at) == state.entries;
            if self.is_contradiction(&at, list_here, ask.remembered) {
                current.add(Warning::Unknown);
            }
            if !list_here {
                current.add(Warning::Stale);
            }
            match (written, ask.now) {
                (Some(written), Some(now)) => {
                    if now < written {
                        current.add(Warning::Clock);
                    }
                    let days = u32::from(ask.max_age_days.map_or(state.good_for_days, |m| m.min(state.good_for_days)));
                    let until = written.as_secs().saturating_add(days.saturating_mul(SECONDS_A_DAY));
                    if now.as_secs() > until {
                        current.add(Warning::Stale);
                        let until = Timestamp::from_secs(until);
                        current.stale_since = Some(current.stale_since.map_or(until, |known| known.min(until)));
                    }
                }
                // A State without a time can't be young enough.
                (None, _) => current.add(Warning::Stale),
                (_, None) => {}
            }
        }
    }

    /// The States above a log that go back or contradict their own logs, its parent's first: findings 3017.
    pub fn contradictions(&self, log: &Hash, remembered: &[Remembered]) -> impl Iterator<Item = RecordId> {
        self.lines_above(log).filter_map(move |line| {
            let (at, _, state) = self.latest_state(&line)?;
            let list_here = self.list_length(&at) == state.entries;
            self.is_contradiction(&at, list_here, remembered).then_some(at)
        })
    }

    /// Whether a later State of its log was relied on before, or its list, where it is here, leaves out a cut.
    fn is_contradiction(&self, at: &RecordId, list_here: bool, remembered: &[Remembered]) -> bool {
        remembered.iter().any(|known| known.log == at.log && known.index > at.index)
            || list_here && self.contradicts(at)
    }

    /// The latest State of a line that counts: by the time that it names, then by its index.
    fn latest_state(&self, line: &Hash) -> Option<(RecordId, Option<Timestamp>, State<'f>)> {
        self.all_states()
            .filter_map(|(fact, verdict)| match fact.kind {
                FactKind::State { at, state }
                    if verdict.counts == Counts::Yes && self.is_of_line(&fact.at.log, line) =>
                {
                    Some((fact.at, at, state))
                }
                _ => None,
            })
            .max_by_key(|(at, written, _)| (*written, at.index, at.identity))
    }

    /// Entries of the State's list that are here.
    fn list_length(&self, state: &RecordId) -> u32 {
        let at_state = self.entries_at(&state.log, state.index).filter(|(f, _)| f.at == *state);
        let here = at_state.filter(|(f, _)| matches!(f.kind, FactKind::Cut(_)));
        u32::try_from(here.count()).unwrap_or(u32::MAX)
    }

    /// Whether a cut of the State's own log that was in force at its index isn't in its list.
    fn contradicts(&self, state: &RecordId) -> bool {
        let cuts = |upto: u32| {
            self.in_log(&state.log).filter_map(move |(fact, verdict)| match fact.kind {
                FactKind::Cut(cut) if fact.at.index < upto && verdict.counts == Counts::Yes => {
                    Some((fact.at.index, cut))
                }
                _ => None,
            })
        };
        let listed = |wanted: &crate::record::Cut| {
            self.entries_at(&state.log, state.index)
                .any(|(fact, _)| fact.at == *state && matches!(fact.kind, FactKind::Cut(cut) if cut == *wanted))
        };
        cuts(state.index).any(|(index, cut)| {
            let replaced = cuts(state.index).any(|(later, other)| later > index && other.log == cut.log);
            !replaced && !listed(&cut)
        })
    }

    /// The authorities' heads that a verdict on this log rests on: of each log above, the greatest sealed one held.
    pub fn rests_on(&self, log: &Hash) -> impl Iterator<Item = &'f Span<'f>> + '_ {
        let log = *log;
        // Of two that end alike both are: they may be branches.
        self.logs_held().filter(move |held| self.lines_above(&log).any(|line| self.is_of_line(held, &line))).flat_map(
            move |held| {
                let greatest = self.spans_of(&held).map(|span| span.end).max();
                self.spans_of(&held).filter(move |span| Some(span.end) == greatest)
            },
        )
    }
}
