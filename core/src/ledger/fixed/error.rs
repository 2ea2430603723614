//! What a table can't do.

/// What a table has room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Room {
    /// Balances, or lots.
    Balances = 0,
    /// Texts of products, lot numbers, stores and funds.
    Texts = 1,
    /// Logs of the facility: 8.
    Logs = 2,
    /// Stores, funds, monitor stages and buckets that occur together: 32.
    Places = 3,
    /// Lines on the way.
    Sent = 4,
    /// Reversals whose targets are still in the log: 64.
    Reversals = 5,
    /// Counts whose lines govern, by what their devices knew: 16; those whose rest is zero: 8.
    Counts = 6,
    /// Recalls by product, facts of lots and products that are one: 48; of 8 authorities.
    Rules = 7,
    /// Clocks that were set: 16.
    Clocks = 8,
    /// A log with several histories: this table holds one of them.
    Branches = 9,
    /// A count written down later than it took place: this table takes none.
    LateCounts = 10,
}

/// Why a record isn't in the table, or not all of what it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FixedError {
    /// The table is incomplete from here on: it has no room left of this kind.
    Full(Room),
    /// The record is another facility's.
    Facility,
    /// Records of a log come one after the other: this index is the next.
    Order(u32),
    /// The record at this index is needed and the source doesn't have it: the answers that hang on it stay unsettled.
    NotHere(u32),
    /// Bytes of a saved table: of another version, facility or capacity, or damaged.
    Image,
}

crate::codes::codes! { FixedError {
    Self::Full(_) => 2801, "table_full";
    Self::Facility => 2802, "table_facility";
    Self::Order(_) => 2803, "table_order";
    Self::NotHere(_) => 2804, "table_record_not_here";
    Self::Image => 2805, "table_image";
} }

impl core::fmt::Display for FixedError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Full(room) => write!(f, "the stock table has no room left: {room:?}"),
            Self::Facility => f.write_str("a record of another facility"),
            Self::Order(next) => write!(f, "records of a log come in order: {next} is the next"),
            Self::NotHere(index) => write!(f, "record {index} is needed and isn't here"),
            Self::Image => f.write_str("these bytes are no table of this facility and size"),
        }
    }
}

impl core::error::Error for FixedError {}
