//! Rules about what is said to the rules themselves.

pub(crate) mod suppression_unused;
