//! Writes the Kotlin, Python and Swift sources of a built library: `medlot-bindgen LIBRARY FOLDER`.
use std::process::ExitCode;
use uniffi_bindgen::bindings::{GenerateOptions, TargetLanguage, generate};

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (Some(library), Some(folder), None) = (args.next(), args.next(), args.next()) else {
        eprintln!("usage: medlot-bindgen LIBRARY FOLDER");
        return ExitCode::from(3);
    };
    for (name, language) in
        [("kotlin", TargetLanguage::Kotlin), ("python", TargetLanguage::Python), ("swift", TargetLanguage::Swift)]
    {
        let options = GenerateOptions {
            languages: vec![language],
            source: library.as_str().into(),
            out_dir: format!("{folder}/{name}").into(),
            config_override: Some(concat!(env!("CARGO_MANIFEST_DIR"), "/../uniffi.toml").into()),
            ..GenerateOptions::default()
        };
        if let Err(error) = generate(options) {
            eprintln!("medlot-bindgen: {name} of {library}: {error:#}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
