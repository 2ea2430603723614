//! What comes out: yes, no or unknown, and why.

use core::fmt;

/// Whether a record counts, relative to the records held here. `No < Unknown < Yes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counts {
    /// It adds nothing, and no record that may still come changes that but one that lifts or replaces a cut
    /// or grants.
    No,
    /// What would decide isn't here. It adds nothing, and the stock says that it is incomplete.
    Unknown,
    /// It counts.
    Yes,
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $counts:ident, $slug:literal, $text:literal;)*) => {
        /// Why a record doesn't count. The numbers are stable (`spec/trust.md` section 4, 3000–3999).
        ///
        /// The order is that of `spec/trust.md`: where several reasons give the same verdict, the first is shown.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Reason { $($(#[$doc])* $name,)* }

        impl Reason {
            /// Every reason, in the order in which one is preferred.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// What a record with this reason counts.
            #[must_use]
            pub const fn counts(self) -> Counts {
                match self { $(Self::$name => Counts::$counts,)* }
            }
        }

        crate::codes::codes! { Reason { $(Self::$name => $code, $slug;)* } }

        impl fmt::Display for Reason {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$name => $text,)* })
            }
        }
    };
}

reasons! {
    /// The record can't be decoded, or stands at an index where its kind can't.
    Malformed = 3001, No, "malformed", "the record is malformed, or stands where its kind can't stand";
    /// The seal fails under the key of its log.
    BadSeal = 3002, No, "bad_seal", "the seal doesn't verify under the key of this log";
    /// A cut ends the log before this record.
    CutOff = 3009, No, "cut_off_device", "an authority ended this log before this record";
    /// A cut picked another branch.
    BranchCutOff = 3010, No, "branch_cut_off", "the log has two branches, and an authority ended it on the other one";
    /// No enrolment of the log counts.
    EnrolmentRefused = 3005, No, "enrolment_refused", "every enrolment of this log is refused, or it lies more than 6 levels below the root";
    /// No one enrolment grants it.
    RoleExceeded = 3006, No, "role_exceeded", "no one enrolment of this log grants this role, scope and facility";
    /// Suite, version or size that this build doesn't read.
    NotReadable = 3003, Unknown, "not_readable_here", "this build doesn't read this suite, version or size";
    /// A critical record before it isn't understood.
    NewerFormat = 3011, Unknown, "newer_format", "an entry before it needs a newer version to be understood: update";
    /// A cut can't be checked here.
    CutNotChecked = 3008, Unknown, "cut_not_checked", "a cut of this log can't be checked here: fetch the records up to the cut";
    /// Its right rests on an Enrol that is unknown.
    PathUnknown = 3007, Unknown, "path_unknown", "the enrolment that grants it is unknown here: fetch the authority's log";
    /// No enrolment is here.
    NotEnrolled = 3004, Unknown, "not_enrolled", "no enrolment of this log is here: fetch it from the authority";
}

/// Findings of trust: what is said of records that count all the same (`spec/trust.md` section 4).
pub const FINDINGS: &[(u16, &str)] = &[
    (3012, "foreign_cut"),
    (3013, "fork"),
    (3014, "authority_fork"),
    (3015, "outside_validity"),
    (3016, "clock_not_set"),
    (3017, "state_contradicts"),
    (3018, "clock"),
    (3019, "reported_beside_device"),
    (3020, "gap"),
];

/// The verdict on a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it counts.
    pub counts: Counts,
    /// Why not; `None` exactly where it counts.
    pub reason: Option<Reason>,
    /// Levels of its log below the root (0: a root's log), `None` where no path from the root leads to it.
    pub depth: Option<u8>,
}

impl Verdict {
    /// It counts.
    pub const YES: Self = Self { counts: Counts::Yes, reason: None, depth: None };

    pub(super) const fn of(reason: Reason) -> Self {
        Self { counts: reason.counts(), reason: Some(reason), depth: None }
    }

    pub(super) const fn at(self, depth: u8) -> Self {
        Self { depth: Some(depth), ..self }
    }

    /// The lesser of both; of two alike, that whose reason is preferred, whatever came first.
    pub(super) fn min(self, other: Self) -> Self {
        if (other.counts, other.reason) < (self.counts, self.reason) { other } else { self }
    }
}

impl Default for Verdict {
    /// Of a record that nothing leads to.
    fn default() -> Self {
        Self::of(Reason::NotEnrolled)
    }
}

/// The space handed in doesn't hold a place for every fact. Code 3901.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpaceTooSmall {
    /// Verdicts needed: as many as entries.
    pub verdicts: usize,
    /// Marks needed: as many as spans.
    pub marks: usize,
}

impl SpaceTooSmall {
    /// The stable number.
    pub const CODE: u16 = 3901;
}

impl fmt::Display for SpaceTooSmall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the space is too small: {} verdicts and {} marks are needed", self.verdicts, self.marks)
    }
}

impl core::error::Error for SpaceTooSmall {}
