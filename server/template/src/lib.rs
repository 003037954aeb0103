//! One model for Bicep and ARM JSON templates, and what it evaluates to.

#[cfg(test)]
mod dump;
mod lower;
pub mod model;

pub use lower::lower;
pub use model::Template;
