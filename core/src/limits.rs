//! Every maximum of the model, in one place.
//!
//! Sources: `spec/wire-format.md`; GS1 General Specifications for lengths of AIs.

/// Bytes of a record.
pub const MAX_RECORD_BYTES: usize = 4_096;
/// Bytes of a record that travels as a row; longer ones travel raw.
pub const MAX_ROW_RECORD_BYTES: usize = 640;
/// Records of a segment.
pub const MAX_SEGMENT_RECORDS: usize = 1_024;
/// Bytes of a segment on the wire, and of its rebuilt records in sum.
pub const MAX_SEGMENT_BYTES: usize = 65_535;
/// Bytes of records that may stand unsealed: so that what is unsealed always fits one segment.
pub const MAX_UNSEALED_BYTES: usize = 32 * 1_024;
/// Items that a segment's window holds.
pub const MAX_WINDOW: usize = 128;
/// Elements of a bundle.
pub const MAX_BUNDLE_ELEMENTS: usize = 16;
/// Depth of a line below the root.
pub const MAX_DEPTH: usize = 6;
/// Bytes of a lot number (20 where it is GS1's AI 10).
pub const MAX_LOT_BYTES: usize = 50;
/// Characters of AI 10 and AI 21 (GenSpecs 3.4.1, 3.5.2).
pub const MAX_GS1_LOT: usize = 20;
/// Characters of a serial number.
pub const MAX_SERIAL: usize = 20;
/// Bytes of a code, document number, label or notice.
pub const MAX_CODE_BYTES: usize = 50;
/// Characters of a facility code.
pub const MAX_FACILITY: usize = 20;
/// Characters of a store code.
pub const MAX_STORE: usize = 12;
/// Bytes of a fund code.
pub const MAX_FUND: usize = 20;
/// Bytes of an operator's staff code.
pub const MAX_OPERATOR: usize = 12;
/// Bytes of a local reason.
pub const MAX_LOCAL_REASON: usize = 12;
/// Greatest quantity, in smallest dispensing units or parts.
pub const MAX_QUANTITY: u32 = 999_999_999;
/// Fewest and most parts of a unit.
pub const PARTS_PER_UNIT: core::ops::RangeInclusive<u16> = 2..=65_535;
/// Greatest open number (reasons, schemes, kinds, measures): two bytes of varint.
pub const MAX_OPEN: u16 = 16_383;
/// Greatest value of an amount, in the currency's smallest unit.
pub const MAX_AMOUNT: u64 = 1_000_000_000_000_000;

const _: () = assert!(MAX_ROW_RECORD_BYTES <= MAX_RECORD_BYTES && MAX_RECORD_BYTES <= MAX_SEGMENT_BYTES);
const _: () = assert!(MAX_UNSEALED_BYTES < MAX_SEGMENT_BYTES / 2 + 1_024);
const _: () = assert!(MAX_WINDOW <= 0x80, "a slot is a byte below 0x80");
const _: () = assert!(MAX_GS1_LOT <= MAX_LOT_BYTES);
const _: () = assert!(MAX_SEGMENT_BYTES <= u16::MAX as usize, "the window keeps 16-bit offsets");
