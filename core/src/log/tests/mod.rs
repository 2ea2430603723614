//! Tests of the log on every medium.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod cuts;
mod device;
mod flash;
mod forms;
mod nor;
