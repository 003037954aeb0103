//! The names that an expression can use.

use std::collections::HashMap;

use crate::model::{FunctionId, LocalId, ParameterId, Reference, VariableId};

/// The names that a template declares, in lower case. Of two that are the same the last wins, as
/// in Azure's own reader.
#[derive(Default)]
pub(super) struct Names {
    pub(super) parameters: HashMap<String, ParameterId>,
    pub(super) variables: HashMap<String, VariableId>,
    /// As `namespace.name`.
    pub(super) functions: HashMap<String, FunctionId>,
}

/// The symbolic names of resources and modules, in lower case.
#[derive(Default)]
pub(super) struct Symbols(HashMap<String, Reference>);

impl Symbols {
    pub(super) fn insert(&mut self, name: &str, reference: Reference) {
        self.0.insert(name.to_ascii_lowercase(), reference);
    }

    pub(super) fn get(&self, name: &str) -> Option<Reference> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(&name.to_ascii_lowercase()).cloned()
    }
}

/// The names bound around an expression, the innermost last.
#[derive(Clone, Default)]
pub(super) struct Scope {
    pub(super) loops: Vec<Loop>,
    pub(super) lambda_variables: Vec<(Box<str>, LocalId)>,
    /// Within a function of the template, its parameters in lower case: `parameters('x')` means them alone.
    pub(super) function_parameters: Option<HashMap<String, LocalId>>,
}

/// A `copy`.
#[derive(Clone)]
pub(super) struct Loop {
    /// Its name, if it has a literal one.
    pub(super) name: Option<Box<str>>,
    /// What `copyIndex` stands for.
    pub(super) index: LocalId,
    pub(super) kind: LoopKind,
}

/// What a `copy` repeats.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LoopKind {
    /// A resource or an output: `copyIndex()` without a name means it.
    Declaration,
    /// The value of a property or variable.
    Value,
}

impl Scope {
    /// The index that `copyIndex()` or `copyIndex('name')` stands for.
    pub(super) fn loop_index(&self, name: Option<&str>) -> Option<LocalId> {
        let mut loops = self.loops.iter().rev();
        let found = match name {
            Some(name) => loops.find(|candidate| {
                candidate
                    .name
                    .as_ref()
                    .is_some_and(|candidate| candidate.eq_ignore_ascii_case(name))
            }),
            None => loops
                .find(|candidate| candidate.kind == LoopKind::Declaration)
                .or(self.loops.last()),
        };
        Some(found?.index)
    }

    /// The innermost lambda variable of a name.
    pub(super) fn lambda_variable(&self, name: &str) -> Option<LocalId> {
        let mut variables = self.lambda_variables.iter().rev();
        let (_, local) = variables.find(|(variable, _)| variable.eq_ignore_ascii_case(name))?;
        Some(*local)
    }
}
