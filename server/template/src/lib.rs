//! One model for Bicep and ARM JSON templates, and what it evaluates to.
