//! What goes in: records as trust sees them, and what an enrolment grants.

use crate::crypto::Hash;
use crate::record::{Cut, KeyOf, List, Prefix, Role, Roles, State};
use crate::time::{Days, Timestamp};

/// Where a record stands. Two branches of a forked log may hold different records at one index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordId {
    /// h₀ of its log.
    pub log: Hash,
    /// Its index, from 0.
    pub index: u32,
    /// Its identity, hᵢ₊₁ (`spec/wire-format.md` section 4).
    pub identity: Hash,
}

/// The facilities that an enrolment reaches (`spec/trust.md` section 2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope<'a> {
    /// The log's own facility only.
    OwnFacility,
    /// Facilities whose code begins with one of these, bytewise. Empty: all.
    Prefixes(List<'a, Prefix<'a>>),
}

/// What an `Enrol` gives the log that it enrols.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant<'a> {
    /// Roles.
    pub roles: Roles,
    /// Scope.
    pub scope: Scope<'a>,
    /// The facility code of the log enrolled.
    pub facility: &'a str,
    /// The first day on which its records are expected. A finding and a warning, never a verdict.
    pub valid_from: Option<Days>,
    /// The last.
    pub valid_until: Option<Days>,
}

impl Grant<'_> {
    /// Whether this facility lies within the scope.
    #[must_use]
    pub fn reaches(&self, facility: &str) -> bool {
        match self.scope {
            Scope::OwnFacility => facility == self.facility,
            Scope::Prefixes(all) => covers(&all, facility),
        }
    }

    /// Whether one who holds this may give `child`: a subset of the roles, a facility within the scope, and a
    /// scope contained in it. The role *enrol* itself is asked for by [`Need::grant`].
    #[must_use]
    pub fn contains(&self, child: &Grant<'_>) -> bool {
        self.roles.contains(child.roles)
            && self.reaches(child.facility)
            && match (self.scope, child.scope) {
                (_, Scope::OwnFacility) => true, // its one facility is within: asked just above
                (Scope::OwnFacility, Scope::Prefixes(_)) => false,
                // "all" is given from "all" only; any list from "all" too
                (Scope::Prefixes(mine), Scope::Prefixes(theirs)) if theirs.is_empty() => mine.is_empty(),
                (Scope::Prefixes(mine), Scope::Prefixes(theirs)) => {
                    theirs.iter().all(|prefix| covers(&mine, prefix.0.as_str()))
                }
            }
    }
}

/// Whether `code` (a facility's or a prefix) begins with one of `prefixes`; none of them stands for all.
fn covers(prefixes: &List<'_, Prefix<'_>>, code: &str) -> bool {
    prefixes.is_empty() || prefixes.iter().any(|prefix| code.as_bytes().starts_with(prefix.0.as_str().as_bytes()))
}

/// What an enrolment must grant so that a record counts (table of `spec/trust.md` section 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need<'a> {
    /// One of these roles is enough. `None`: any enrolment will do.
    any_of: Option<Roles>,
    facility: Option<&'a str>,
    grant: Option<Grant<'a>>,
    first: bool,
    never: bool,
}

impl<'a> Need<'a> {
    /// Any enrolment: `Observed`, `ClockSet`, `Blind`, `Detail`, `Close`, `Confirm`, unknown informative kinds.
    pub const ANY: Self = Self { any_of: None, facility: None, grant: None, first: false, never: false };
    /// Fact 0 of every log but a root's.
    pub const INTRODUCE: Self = Self { first: true, ..Self::ANY };
    /// Movements (but manufactured and imported), reversals, refusals and counts.
    pub const STOCK: Self = Self::any_of(Roles::of(&[Role::Move, Role::Report]));
    /// `Attest` as receiver, of a loss reported, and in open capacities.
    pub const WITNESS: Self = Self::any_of(Roles::of(&[Role::Attest, Role::Move, Role::Report]));

    /// What no enrolment grants: a root's first record anywhere else.
    pub const NEVER: Self = Self { never: true, ..Self::ANY };

    /// One of these roles.
    #[must_use]
    pub const fn any_of(roles: Roles) -> Self {
        Self { any_of: Some(roles), ..Self::ANY }
    }

    /// This role.
    #[must_use]
    pub const fn role(role: Role) -> Self {
        Self::any_of(Roles::of(&[role]))
    }

    /// The right to give this: what an `Enrol` needs.
    #[must_use]
    pub const fn grant(grant: Grant<'a>) -> Self {
        Self { grant: Some(grant), ..Self::role(Role::Enrol) }
    }

    /// The same, for a record that speaks of this facility: a `Facility` entry's code.
    #[must_use]
    pub const fn of_facility(self, code: &'a str) -> Self {
        Self { facility: Some(code), ..self }
    }

    /// Whether one enrolment alone is enough.
    pub(super) fn granted_by(&self, held: &Grant<'_>) -> bool {
        self.any_of.is_none_or(|roles| held.roles.intersects(roles))
            && self.facility.is_none_or(|code| held.reaches(code))
            && self.grant.is_none_or(|child| held.contains(&child))
    }

    /// Whether the record may stand at this index: an introduction at 0, nothing else there.
    pub(super) const fn may_stand(&self, index: u32) -> bool {
        !self.never && (index == 0) == self.first
    }
}

/// A record of an authority, as far as trust needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact<'a> {
    /// Where it stands.
    pub at: RecordId,
    /// What it says.
    pub kind: FactKind<'a>,
}

/// What a record of an authority says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactKind<'a> {
    /// `Root`.
    Root {
        /// The commitment it carries: zeros where no next root will follow.
        commitment: Hash,
    },
    /// `NextRoot`.
    NextRoot {
        /// The cut of the old root's log.
        cut: Cut,
        /// The commitment made of its own log's suite and key and of `commitment`; the root before must carry it.
        opens: Hash,
        /// The commitment it carries.
        commitment: Hash,
        /// Its log's key.
        key: KeyOf<'a>,
    },
    /// `Enrol`. Where its own log is of several lines, one such entry for each, with the same `at`.
    Enrol {
        /// The id of the line that the log holding it is of.
        under: Hash,
        /// h₀ of the log that it enrols under that line.
        child: Hash,
        /// The id of that log's line: `child`, or where *first* stands, h₀ of the line's first log.
        line: Hash,
        /// What it gives.
        grant: Grant<'a>,
        /// The key of the log enrolled: not read by the evaluation, but by who verifies that log's seals.
        key: KeyOf<'a>,
    },
    /// `State`.
    State {
        /// When it was written; `None` where the clock was never set.
        at: Option<Timestamp>,
        /// What it says.
        state: State<'a>,
    },
    /// `Revoke`; also one entry of the list of a `State`, at that State's place.
    Cut(Cut),
    /// `Confirm`.
    Confirm(Cut),
    /// A critical record that isn't fully understood.
    Critical,
    /// Any other: a recall … to be judged by what it needs.
    Other(Need<'a>),
}
