//! Arrays and objects of which a part may be unknown.

use super::{Lazy, Value};
use crate::model::ExpressionId;
use crate::program::At;

/// An array.
#[derive(Clone, Debug)]
pub struct Array {
    /// The known elements in order.
    pub items: Vec<Lazy>,
    /// What further elements there may be, anywhere.
    pub rest: Rest,
}

/// An object.
#[derive(Clone, Debug, Default)]
pub struct Object {
    /// The known properties; a later one of the same name replaces an earlier one.
    pub entries: Vec<Entry>,
    /// What further properties there may be, which may replace known ones.
    pub rest: Rest,
}

impl Array {
    /// Whether it has no elements, for sure.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.items.is_empty() && !self.rest.is_open
    }

    /// Whether there may be further elements.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.rest.is_open
    }
}

impl Object {
    /// Whether it has no properties, for sure.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty() && !self.rest.is_open
    }

    /// Whether there may be further properties.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.rest.is_open
    }
}

/// How many values a [`Rest`] keeps in mind. Of more, it is not known where it comes from.
const MOST_SOURCES: usize = 16;

/// What an array or object may hold beside what is known of it.
#[derive(Clone, Debug, Default)]
pub struct Rest {
    is_open: bool,
    /// The values that decide what it is, as far as it is known where it comes from.
    of: Vec<Value>,
}

impl Rest {
    /// Nothing.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            is_open: false,
            of: Vec::new(),
        }
    }

    /// Nobody knows what.
    #[must_use]
    pub const fn anything() -> Self {
        Self {
            is_open: true,
            of: Vec::new(),
        }
    }

    /// What a value decides.
    #[must_use]
    pub fn of(value: Value) -> Self {
        Self {
            is_open: true,
            of: vec![value],
        }
    }

    /// Whether there may be anything.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.is_open
    }

    /// Adds another rest.
    pub fn add(&mut self, other: &Self) {
        self.is_open |= other.is_open;
        let room = MOST_SOURCES.saturating_sub(self.of.len());
        self.of.extend(other.of.iter().take(room).cloned());
    }

    /// The values that decide what it is.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.of
    }
}

/// A property of an [`Object`].
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name.
    pub key: Value,
    /// The expression that is the name, where it is written in the template.
    pub key_expression: Option<At<ExpressionId>>,
    /// Its value.
    pub value: Lazy,
}
