//! Whether a value that leaves what can be seen tells somebody which identity or vault is meant.

use std::rc::Rc;

use template::Evaluator;
use template::value::{Evaluated, Identity, Lazy, Part, Piece, Symbol, Value, visit};

use crate::identity::Principal;
use crate::vault::VaultReference;

/// How deep a value is searched for a mention of an identity or vault.
const MAXIMUM_SEARCH_DEPTH: u32 = 16;

/// Looks for an identity or vault in values that leave the template.
pub(super) struct Search<'e, 't> {
    pub(super) evaluator: &'e Evaluator<'t>,
    /// The identity; none where only the vault is looked for.
    pub(super) principal: Option<&'e Principal>,
    pub(super) vault: &'e VaultReference,
}

impl Search<'_, '_> {
    pub(super) fn finds_either(&self, lazy: &Lazy) -> bool {
        self.finds_principal(lazy) || self.finds_vault(lazy)
    }

    /// Whether a value lets whoever has it grant the identity access: the principal's id, or the
    /// resource by its id or name.
    pub(super) fn finds_handle(&self, lazy: &Lazy) -> bool {
        let Some(principal) = self.principal else {
            return false;
        };
        let resource = principal.resource();
        self.any(lazy, 0, &|value| {
            let is_handle = match value {
                Value::Id(identity) => self.evaluator.same_resource(identity, resource).is_same(),
                Value::Resource(handle) => self
                    .evaluator
                    .same_resource(&handle.identity, resource)
                    .is_same(),
                value => value.as_property().is_some_and(|(identity, path)| {
                    let is_identity = path.first().is_some_and(|name| {
                        name.eq_ignore_ascii_case(principal.principal_id_path()[0])
                    });
                    let is_detail = path.len() > 1
                        && path
                            .last()
                            .is_some_and(|name| !name.eq_ignore_ascii_case("principalId"));
                    is_identity
                        && !is_detail
                        && self.evaluator.same_resource(identity, resource).is_same()
                }),
            };
            is_handle || self.is_name(value, resource.name())
        })
    }

    pub(super) fn finds_principal(&self, lazy: &Lazy) -> bool {
        let Some(principal) = self.principal else {
            return false;
        };
        let resource = principal.resource();
        self.any(lazy, 0, &|value| {
            mentioned(value)
                .iter()
                .any(|identity| self.evaluator.same_resource(identity, resource).is_same())
                || self.is_module_of(value)
                || self.may_tell_name(value, resource.name())
        })
    }

    pub(super) fn finds_vault(&self, lazy: &Lazy) -> bool {
        self.any(lazy, 0, &|value| {
            mentioned(value)
                .iter()
                .any(|identity| self.vault.is(self.evaluator, identity).is_same())
                || self.may_tell_name(value, self.vault.name())
        })
    }

    /// A resource can be found again by its name alone.
    fn is_name(&self, value: &Value, name: Option<&Value>) -> bool {
        name.is_some_and(|name| self.evaluator.same_name(value, name).is_same())
    }

    /// What cannot be seen into may find a resource by its name inside other text, or by a value that
    /// the name is made of.
    fn may_tell_name(&self, value: &Value, name: Option<&Value>) -> bool {
        let Some(name) = name else {
            return false;
        };
        if self.evaluator.same_name(value, name).is_same() {
            return true;
        }
        match (value, name) {
            (Value::Text(text), Value::Text(name)) if name.as_str().is_some() => {
                let name = name.as_str().unwrap_or_default().to_lowercase();
                let mut pieces = text.pieces().iter();
                pieces.any(|piece| match piece {
                    Piece::Literal(text) => text.to_lowercase().contains(&name),
                    Piece::Hole(_) => false,
                })
            }
            // A whole name stands in the text, as in a URL.
            (Value::Text(text), _) => {
                let name = match name {
                    Value::Text(name) => name.pieces().to_vec(),
                    name => vec![Piece::Hole(name.clone())],
                };
                self.contains(text.pieces(), &name)
            }
            (Value::Symbol(_), Value::Text(name)) => {
                name.pieces().iter().any(|piece| match piece {
                    Piece::Hole(hole) => self.evaluator.same_name(value, hole).is_same(),
                    Piece::Literal(_) => false,
                })
            }
            _ => false,
        }
    }

    /// Whether the pieces of a name, two at least, stand side by side in a text.
    fn contains(&self, text: &[Piece], name: &[Piece]) -> bool {
        let is_same = |(a, b): (&Piece, &Piece)| match (a, b) {
            (Piece::Literal(text), Piece::Literal(name)) => {
                text.to_lowercase().contains(&name.to_lowercase())
            }
            (Piece::Hole(a), Piece::Hole(b)) => self.evaluator.same_name(a, b).is_same(),
            _ => false,
        };
        name.iter().any(|piece| matches!(piece, Piece::Hole(_)))
            && text
                .windows(name.len())
                .any(|part| part.iter().zip(name).all(is_same))
    }

    /// Whether a value is a module that deploys the identity or the vault.
    fn is_module_of(&self, value: &Value) -> bool {
        let mut modules = Vec::new();
        visit(value, &mut |part| {
            if let Part::Symbol(Symbol::Output { module, .. }) = part {
                modules.push(*module);
            }
        });
        let program = self.evaluator.program;
        let holders = [
            self.principal.and_then(|it| it.resource().declaration),
            self.vault.declaration(),
        ];
        holders.into_iter().flatten().any(|holder| {
            let mut next = program.caller(holder.instance);
            while let Some(module) = next {
                if modules.contains(&module) {
                    return true;
                }
                next = program.caller(module.instance);
            }
            false
        })
    }

    fn any(&self, lazy: &Lazy, depth: u32, matches: &dyn Fn(&Value) -> bool) -> bool {
        if depth >= MAXIMUM_SEARCH_DEPTH {
            return true;
        }
        let Ok(evaluated) = self.evaluator.force(lazy) else {
            return true;
        };
        match &evaluated.value {
            Value::Array(array) => {
                array.is_open()
                    || array
                        .items
                        .iter()
                        .any(|item| self.any(item, depth + 1, matches))
            }
            Value::Object(object) => {
                object.is_open()
                    || object.entries.iter().any(|entry| {
                        matches(&entry.key) || self.any(&entry.value, depth + 1, matches)
                    })
            }
            value => {
                let mut found = matches(value);
                // An element of a list, or a function of one, may be any of what is in it.
                visit(value, &mut |part| {
                    if let Part::Collection(collection) = part
                        && !found
                    {
                        let lazy = Lazy::Evaluated(Evaluated {
                            value: collection.clone(),
                            origin: evaluated.origin,
                        });
                        found = self.any(&lazy, depth + 1, matches);
                    }
                });
                found
            }
        }
    }
}

/// The resources that a value speaks of.
fn mentioned(value: &Value) -> Vec<Rc<Identity>> {
    let mut found = Vec::new();
    visit(value, &mut |part| {
        if let Part::Resource(identity) = part {
            found.push(identity.clone());
        }
    });
    found
}
