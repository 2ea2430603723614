//! The library as other languages load it; to build it, this test is built.
#![allow(clippy::unwrap_used)]

/// Where cargo puts the library that it builds with a test.
fn library() -> std::path::PathBuf {
    let test = std::env::current_exe().unwrap();
    let name = std::env::consts::DLL_PREFIX.to_owned() + "medlot_ffi" + std::env::consts::DLL_SUFFIX;
    test.parent().unwrap().join(name)
}

#[test]
fn the_library_holds_what_bindings_ask_for_first() {
    let bytes = std::fs::read(library()).unwrap();
    let symbol = b"ffi_medlot_sdk_uniffi_contract_version";
    assert!(bytes.windows(symbol.len()).any(|found| found == symbol));
}
