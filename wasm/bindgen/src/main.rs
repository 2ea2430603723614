//! `medlot-bindgen MODULE FOLDER`: the JavaScript and the types of a module built for wasm32-unknown-unknown.
//!
//! One ES module for pages, workers and Node.js: what it reads its bytes from is for its caller to say.
use wasm_bindgen_cli_support::Bindgen;

fn main() -> anyhow::Result<()> {
    let mut args = std::env::args_os().skip(1);
    let (Some(module), Some(folder)) = (args.next(), args.next()) else {
        anyhow::bail!("usage: medlot-bindgen MODULE FOLDER")
    };
    let mut bindgen = Bindgen::new();
    // Names are for the list of what is big; wasm-opt takes them out.
    bindgen.input_path(module).web(true)?.typescript(true).keep_debug(true).out_name("medlot");
    bindgen.omit_default_module_path(false).generate(folder)
}
