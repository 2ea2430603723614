//! medlot-sdk: the façade that scanner apps, pages and national systems program against.
pub use medlot_core;

pub mod qr;
pub mod scan;
pub mod today;
