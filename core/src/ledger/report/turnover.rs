//! What came and went: the sums of a period.

use super::group::{InGroup, OutGroup};
use super::value::Value;

/// Where a record stands in a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// Before the period.
    Opening,
    /// Came in.
    Came(InGroup),
    /// Went out.
    Went(OutGroup),
    /// What a count found.
    Counted,
}

/// What one record adds to a line of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    /// To which column.
    pub column: Column,
    /// What it adds to the stock: what goes out is below 0.
    pub change: i64,
    /// What it is worth.
    pub value: Value,
    /// Whether it is a loss: missing or stolen.
    pub lost: bool,
}

/// What came and went in a period, in whole units or in one measure of parts: the national form's line.
///
/// `opening + came − went + counted = closing`, always. No sum can overflow: a record moves less than 2³⁰, and a ledger holds
/// less than 2³² of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Turnover {
    /// Stood before.
    pub opening: i64,
    /// Came in.
    pub came: i64,
    /// Of it, in the order of [`InGroup::ALL`].
    pub came_by: [i64; InGroup::COUNT],
    /// Went out, as a positive number.
    pub went: i64,
    /// Of it, in the order of [`OutGroup::ALL`].
    pub went_by: [i64; OutGroup::COUNT],
    /// Of what went out: missing or stolen.
    pub lost: i64,
    /// What counts found, more or less: by what the records and the count before differ from what was counted.
    pub counted: i64,
    /// Stands afterwards.
    pub closing: i64,
    /// What came in was worth.
    pub value_came: Value,
    /// What went out was worth.
    pub value_went: Value,
}

impl Turnover {
    /// What came in for one group of reasons.
    #[must_use]
    pub fn came_for(&self, group: InGroup) -> i64 {
        self.came_by.get(group as usize).copied().unwrap_or(0)
    }

    /// What went out for one group of reasons.
    #[must_use]
    pub fn went_for(&self, group: OutGroup) -> i64 {
        self.went_by.get(group as usize).copied().unwrap_or(0)
    }

    /// Whether nothing stood and nothing happened.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds what one record did.
    pub(super) fn take(&mut self, posting: &Posting) {
        let Posting { column, change, value, lost } = *posting;
        self.closing += change;
        match column {
            Column::Opening => self.opening += change,
            Column::Counted => self.counted += change,
            Column::Came(group) => {
                self.came += change;
                self.value_came.add(value);
                if let Some(sum) = self.came_by.get_mut(group as usize) {
                    *sum += change;
                }
            }
            Column::Went(group) => {
                self.went -= change;
                self.value_went.add(value);
                self.lost -= if lost { change } else { 0 };
                if let Some(sum) = self.went_by.get_mut(group as usize) {
                    *sum -= change;
                }
            }
        }
    }

    /// Adds another lot's.
    pub(super) fn add(&mut self, other: &Self) {
        self.opening += other.opening;
        self.came += other.came;
        self.went += other.went;
        self.lost += other.lost;
        self.counted += other.counted;
        self.closing += other.closing;
        self.value_came.add(other.value_came);
        self.value_went.add(other.value_went);
        for (sum, more) in self.came_by.iter_mut().zip(other.came_by) {
            *sum += more;
        }
        for (sum, more) in self.went_by.iter_mut().zip(other.went_by) {
            *sum += more;
        }
    }
}
