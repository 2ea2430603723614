//! `cargo xtask`: medlot's build steps.
fn main() {}
