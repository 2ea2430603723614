//! What goes in: records as trust sees them, and what an enrolment grants.

use super::Id;

/// Where a record stands. Two branches of a forked log may hold different records at one index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// h₀ of its log.
    pub log: Id,
    /// Its index, from 0.
    pub index: u32,
    /// Its identity, hᵢ₊₁ (`spec/wire-format.md` section 4).
    pub identity: Id,
}

/// One role (`spec/trust.md` section 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Role {
    /// Enrols, cuts, says which cuts are in force.
    Enrol = 0,
    /// Recalls, facts of lots, same products, facilities.
    Regulate = 1,
    /// Stock entries of its own facility.
    Move = 2,
    /// Manufactured and imported.
    Supply = 3,
    /// Attests as pharmacist in charge, witness, inspector.
    Attest = 4,
    /// Stock entries written for a facility by someone else.
    Report = 5,
}

/// Roles as bits; bits that this version doesn't name are kept and compared like the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roles(pub u16);

impl Roles {
    /// No role.
    pub const NONE: Self = Self(0);

    /// These roles.
    #[must_use]
    pub const fn of(roles: &[Role]) -> Self {
        let mut bits = 0;
        let mut rest = roles;
        while let [first, others @ ..] = rest {
            bits |= 1 << (*first as u8);
            rest = others;
        }
        Self(bits)
    }

    /// Whether every one of `other` is among these.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether at least one is in both.
    #[must_use]
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// The facilities that an enrolment reaches (`spec/trust.md` section 2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope<'a> {
    /// The log's own facility only.
    OwnFacility,
    /// Facilities whose code begins with one of these, bytewise. Empty: all.
    Prefixes(&'a [&'a str]),
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
}

impl Grant<'_> {
    /// Whether this facility lies within the scope.
    #[must_use]
    pub fn reaches(&self, facility: &str) -> bool {
        match self.scope {
            Scope::OwnFacility => facility == self.facility,
            Scope::Prefixes(all) => covers(all, facility),
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
                (Scope::Prefixes(mine), Scope::Prefixes([])) => mine.is_empty(),
                (Scope::Prefixes(mine), Scope::Prefixes(theirs)) => theirs.iter().all(|prefix| covers(mine, prefix)),
            }
    }
}

/// Whether `code` (a facility's or a prefix) begins with one of `prefixes`; none of them stands for all.
fn covers(prefixes: &[&str], code: &str) -> bool {
    prefixes.is_empty() || prefixes.iter().any(|prefix| code.as_bytes().starts_with(prefix.as_bytes()))
}

/// What an enrolment must grant so that a record counts (table of `spec/trust.md` section 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need<'a> {
    /// One of these roles is enough. `None`: any enrolment will do.
    any_of: Option<Roles>,
    facility: Option<&'a str>,
    grant: Option<Grant<'a>>,
    first: bool,
}

impl<'a> Need<'a> {
    /// Any enrolment: `Observed`, `ClockSet`, `Blind`, `Detail`, `Close`, `Confirm`, unknown informative kinds.
    pub const ANY: Self = Self { any_of: None, facility: None, grant: None, first: false };
    /// Entry 0 of every log but a root's.
    pub const INTRODUCE: Self = Self { first: true, ..Self::ANY };
    /// Movements (but manufactured and imported), reversals, refusals and counts.
    pub const STOCK: Self = Self::any_of(Roles::of(&[Role::Move, Role::Report]));
    /// `Attest` as receiver, of a loss reported, and in open capacities.
    pub const WITNESS: Self = Self::any_of(Roles::of(&[Role::Attest, Role::Move, Role::Report]));

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
        (index == 0) == self.first
    }
}

/// The end of a log, or a prefix of it: the first 16 bytes of h₀, a count, the value there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// log16 of the log cut.
    pub log: [u8; 16],
    /// The count n at which it ends.
    pub n: u32,
    /// hₙ; of n = 0, h₀ itself.
    pub head: Id,
}

impl Cut {
    /// Whether this is about that log.
    #[must_use]
    pub fn is_on(&self, log: &Id) -> bool {
        log.starts_with(&self.log)
    }
}

/// A record of an authority, as far as trust needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Where it stands.
    pub at: Record,
    /// What it says.
    pub kind: EntryKind<'a>,
}

/// What a record of an authority says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind<'a> {
    /// `Root`.
    Root {
        /// The commitment it carries: zeros where no next root will follow.
        commitment: Id,
    },
    /// `NextRoot`.
    NextRoot {
        /// The cut of the old root's log.
        cut: Cut,
        /// The commitment made of its own log's suite and key and of `commitment`; the root before must carry it.
        opens: Id,
        /// The commitment it carries.
        commitment: Id,
    },
    /// `Enrol`. Where its own log is of several lines, one such entry for each, with the same `at`.
    Enrol {
        /// The id of the line that the log holding it is of.
        under: Id,
        /// h₀ of the log that it enrols under that line.
        child: Id,
        /// The id of that log's line: `child`, or where *first* stands, h₀ of the line's first log.
        line: Id,
        /// What it gives.
        grant: Grant<'a>,
    },
    /// `Revoke`; also one entry of the list of a `State`, at that State's place.
    Cut(Cut),
    /// `Confirm`.
    Confirm(Cut),
    /// A critical record that isn't fully understood.
    Critical,
    /// Any other: a State, a recall … to be judged by what it needs.
    Other(Need<'a>),
}
