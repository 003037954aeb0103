//! What every fix promises, whatever the template and the language.
//!
//! A [`Bench`] is a workspace, on disk or in memory. [`Bench::prove`] applies every fix of every finding
//! in it, each to the workspace as it was, and says which promise is broken:
//!
//! - the edits are in order, inside of the texts, and change no more than they have to ([`form`]);
//! - what parsed parses, and so does every file that comes to be;
//! - the finding is gone, and is not offered the same fix again;
//! - no finding is new, but what comes next where a cause hid it ([`next_step`]);
//! - the Bicep compiler and Azure Resource Manager would refuse nothing that they took before, as far as
//!   one can tell without them ([`compiler`]).
//!
//! It is a library for the tests of any crate, and for the harness over public repositories.

mod alike;
mod bench;
mod compiler;
mod damage;
mod form;
mod lack;
mod next_step;
mod outcome;
mod random;
mod reformat;

pub use alike::differences;
pub use bench::Bench;
pub use damage::damaged;
pub use outcome::{Broken, Proof, tell_totals};
/// Templates nest deeper in debug builds than the stack of a thread is high.
const STACK: usize = 64 << 20;

/// Does something where there is room for templates that nest deep, or name themselves.
///
/// # Panics
///
/// Where that panics, or the system has no thread for it.
pub fn with_room<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().stack_size(STACK);
        let worker = builder.spawn_scoped(scope, work);
        let joined = worker.expect("the system has a thread").join();
        joined.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// How many layouts of a text tests try: `PROOF_LAYOUTS`, else one.
#[must_use]
pub fn layouts() -> std::ops::Range<u64> {
    let wanted = std::env::var("PROOF_LAYOUTS").ok();
    0..wanted.and_then(|it| it.parse().ok()).unwrap_or(1)
}

pub use random::Random;
pub use reformat::reformatted;
