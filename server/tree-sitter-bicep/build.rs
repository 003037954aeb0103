//! Compiles the generated parser and its scanner.

use std::path::Path;

const SCANNER_FUNCTIONS: [&str; 5] = ["create", "destroy", "scan", "serialize", "deserialize"];

fn main() {
    let sources = Path::new("src");
    let mut build = cc::Build::new();
    build
        .std("c11")
        .include(sources)
        // The generated code leaves parameters unused.
        .flag_if_supported("-Wno-unused-parameter")
        // Hot in every test, and never stepped through.
        .opt_level(3);

    // Editors look the parser up by its own name, but the published `tree-sitter-bicep` exports that
    // name too, and the harness compares both in one program.
    let language = "tree_sitter_bicep";
    build.define(language, format!("apim_ls_{language}").as_str());
    for function in SCANNER_FUNCTIONS {
        let symbol = format!("{language}_external_scanner_{function}");
        build.define(&symbol, format!("apim_ls_{symbol}").as_str());
    }

    for file in ["parser.c", "scanner.c"] {
        let path = sources.join(file);
        println!("cargo::rerun-if-changed={}", path.display());
        build.file(path);
    }
    build.compile("apim_ls_tree_sitter_bicep");
}
