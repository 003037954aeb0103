//! Deployments that were once found wrong and are right, or of which nobody knows.
//!
//! Each file of the folder `silent` is a workspace: `--- path` begins a file, and `@NAME` stands for
//! the module of that name.

use super::{
    ARM_GRANT, ARM_READ, ARM_SERVICE, ARM_VAULT, GRANT, KIND, READ, SERVICE, VAULT, silent,
};

#[test]
fn nothing_is_found() {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/specification/programs/silent"
    );
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    assert!(paths.len() > 20);
    for path in paths {
        println!("{}", path.display());
        let text = std::fs::read_to_string(&path).expect("it can be read");
        let files: Vec<_> = text
            .split("--- ")
            .skip(1)
            .filter_map(|file| file.split_once('\n'))
            .map(|(name, content)| (name, shared(content.trim()).unwrap_or(content)))
            .collect();
        silent(&files);
    }
}

/// The module that a name stands for.
fn shared(name: &str) -> Option<&'static str> {
    Some(match name {
        "@SERVICE" => SERVICE,
        "@VAULT" => VAULT,
        "@GRANT" => GRANT,
        "@READ" => READ,
        "@KIND" => KIND,
        "@ARM_SERVICE" => ARM_SERVICE,
        "@ARM_VAULT" => ARM_VAULT,
        "@ARM_GRANT" => ARM_GRANT,
        "@ARM_READ" => ARM_READ,
        _ => return None,
    })
}
