//! medlot-sdk: the façade that scanner apps, pages and national systems program against.
pub use medlot_core;

pub mod authority;
pub mod backup;
pub mod changes;
pub mod correct;
pub mod count;
pub mod desk;
pub mod error;
pub mod evidence;
pub mod fields;
pub mod folder;
pub mod movements;
pub mod qr;
pub mod scan;
pub mod stock;
pub mod today;
pub mod verify;
pub mod view;
