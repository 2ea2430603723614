//! What medlot's tests share: the bodies of fuzz targets, figures, and the world of the vectors.
extern crate alloc;

pub mod agree;
pub mod bench_catalogue;
pub mod bench_facade;
pub mod bench_ledger;
pub mod bench_log;
pub mod bench_reports;
pub mod chip;
pub mod country;
pub mod figures;
pub mod flash_vectors;
pub mod fuzz_bodies;
pub mod images;
pub mod ledger_vectors;
pub mod log_bodies;
pub mod log_said;
pub mod log_vectors;
pub mod measures;
pub mod peers;
pub mod record_vectors;
pub mod shapes;
pub mod sizes;
#[cfg(feature = "peers")]
pub mod sqlite;
pub mod sync_json;
pub mod sync_peers;
pub mod sync_vectors;
pub mod trust_vectors;
pub mod world;

/// The examples of the README are compiled and run as they stand.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
