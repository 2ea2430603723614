//! medlot-sdk: the façade that scanner apps, pages and national systems program against.
pub use medlot_core;

pub mod scan;
pub mod today;
