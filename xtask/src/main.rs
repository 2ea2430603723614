//! `cargo xtask`: medlot's build steps.
mod gs1_table;

fn main() -> Result<(), String> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.first().map(String::as_str) {
        Some("gs1-table") => gs1_table::run(args.iter().any(|a| a == "--check")),
        _ => Err("usage: cargo xtask gs1-table [--check]".into()),
    }
}
