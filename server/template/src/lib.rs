//! One model for Bicep and ARM JSON templates, and what it evaluates to.
//!
//! [`lower`] turns a syntax tree into a [`Template`] with names resolved; an [`Evaluator`] says what
//! its expressions are, as far as that can be told, in one [`Case`](cases::Case) at a time.
//!
//! Invariants: nothing here fails or panics on any input; what is not known is
//! [unknown](value::Value::unknown), never guessed; nothing here reads files.

pub mod cases;
pub mod dependencies;
mod describe;
pub mod destinations;
#[cfg(test)]
mod dump;
pub mod edit;
mod evaluate;
pub mod facts;
pub mod files;
mod lower;
pub mod model;
pub mod program;
pub mod value;
pub mod workspace;

pub use evaluate::{
    Evaluator, Given, Lookup, Passage, Property, RunTimeRead, Sameness, Way, identity_of_value,
};
pub use lower::{Content, lower};
pub use model::Template;
