//! The `apim-ls` binary; everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    apim_ls::cli::main()
}
