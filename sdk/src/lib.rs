//! medlot-sdk: the façade that scanner apps, pages and national systems program against.
pub use medlot_core;

pub mod error;
pub mod evidence;
pub mod folder;
pub mod scan;
pub mod today;
pub mod view;
