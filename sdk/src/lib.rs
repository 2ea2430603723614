//! medlot-sdk.
pub mod scan;
