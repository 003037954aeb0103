//! The fields of the grammar, by number: a look-up by name compares names, for every node anew.

use std::num::NonZeroU16;
use std::sync::OnceLock;

use tree_sitter::Node;

macro_rules! fields {
    ($($field:ident $name:literal,)*) => {
        /// A field of a node.
        #[derive(Clone, Copy, Debug)]
        pub(super) enum Field {
            $($field,)*
        }

        const NAMES: &[&str] = &[$($name,)*];
    };
}

fields! {
    Alias "alias",
    Alternative "alternative",
    Arguments "arguments",
    Body "body",
    Condition "condition",
    Consequence "consequence",
    Existing "existing",
    Function "function",
    Index "index",
    Item "item",
    Items "items",
    Iterable "iterable",
    Left "left",
    Name "name",
    Object "object",
    Operand "operand",
    Operator "operator",
    Parameters "parameters",
    Path "path",
    Property "property",
    Right "right",
    Source "source",
    Type "type",
    Value "value",
}

static NUMBERS: OnceLock<Vec<Option<NonZeroU16>>> = OnceLock::new();

/// Look-up of children by [`Field`].
pub(super) trait Fields<'t> {
    /// The first child in a field.
    fn field(&self, field: Field) -> Option<Node<'t>>;
}

impl<'t> Fields<'t> for Node<'t> {
    fn field(&self, field: Field) -> Option<Node<'t>> {
        let numbers = NUMBERS.get_or_init(|| {
            let language = self.language();
            NAMES
                .iter()
                .map(|name| language.field_id_for_name(name))
                .collect()
        });
        self.child_by_field_id(numbers[field as usize]?.get())
    }
}

#[cfg(test)]
mod tests {
    use super::NAMES;

    #[test]
    fn the_grammar_has_every_field() {
        let language: tree_sitter::Language = tree_sitter_bicep::LANGUAGE.into();
        for name in NAMES {
            assert!(language.field_id_for_name(name).is_some(), "{name}");
        }
    }
}
