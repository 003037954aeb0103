//! What expressions read of resources once those are deployed.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::{Evaluator, members};
use crate::cases::Undecided;
use crate::model::{
    Arguments, BinaryOperator, ExpressionId, ExpressionKind, ModuleId, Reference, ResourceId,
    Template,
};
use crate::program::{At, InstanceId};
use crate::value::{Bindings, Evaluated, Identity, Lazy, Value};

/// A property of a resource that is read where it has to be there.
#[derive(Clone, Debug)]
pub struct RunTimeRead {
    /// The resource.
    pub resource: Rc<Identity>,
    /// The property's path, from the root of the resource.
    pub path: Vec<Rc<str>>,
    /// Where it is read.
    pub place: At<ExpressionId>,
}

impl Evaluator<'_> {
    /// The properties with one of some names that the case reads of resources to deploy one. Nothing
    /// of an `existing` one.
    pub fn read_by_resource(
        &self,
        id: At<ResourceId>,
        names: &[&str],
    ) -> Result<Vec<RunTimeRead>, Undecided> {
        let mut walk = Walk::new(self, names);
        let body = self.program.resource(id).body;
        if walk.mentions(body, id.instance) {
            for (bindings, _) in self.deployed(id)? {
                walk.enter(body, &bindings)?;
            }
        }
        Ok(walk.found)
    }

    /// The same for what the case passes to a module.
    pub fn read_by_module(
        &self,
        id: At<ModuleId>,
        names: &[&str],
    ) -> Result<Vec<RunTimeRead>, Undecided> {
        let mut walk = Walk::new(self, names);
        let module = self.program.module(id);
        let Arguments::Given(arguments) = module.arguments else {
            return Ok(Vec::new());
        };
        if !walk.mentions(arguments, id.instance) || !self.is_instance_deployed(id.instance)? {
            return Ok(Vec::new());
        }
        for bindings in self.turns(module.repetition, self.bindings(id.instance)?)? {
            let is_called = match module.condition {
                Some(condition) => self.holds(condition, &bindings)?,
                None => true,
            };
            if is_called {
                walk.enter(arguments, &bindings)?;
            }
        }
        Ok(walk.found)
    }

    /// The same for an output of an instance.
    pub fn read_by_output(
        &self,
        instance: InstanceId,
        value: ExpressionId,
        names: &[&str],
    ) -> Result<Vec<RunTimeRead>, Undecided> {
        let mut walk = Walk::new(self, names);
        if walk.mentions(value, instance) && self.is_instance_deployed(instance)? {
            walk.enter(value, &self.bindings(instance)?)?;
        }
        Ok(walk.found)
    }
}

/// Follows what is evaluated for sure: one arm of each choice, and nothing that may never be run.
struct Walk<'e, 'p> {
    evaluator: &'e Evaluator<'p>,
    names: &'e [&'e str],
    found: Vec<RunTimeRead>,
    /// The variables on the way here and before.
    seen: BTreeSet<ExpressionId>,
}

impl<'e, 'p> Walk<'e, 'p> {
    const fn new(evaluator: &'e Evaluator<'p>, names: &'e [&'e str]) -> Self {
        Self {
            evaluator,
            names,
            found: Vec::new(),
            seen: BTreeSet::new(),
        }
    }

    fn template(&self, instance: InstanceId) -> &'p Template {
        self.evaluator.program.template(instance)
    }

    /// Whether an expression has a property with one of the names in it, through variables.
    fn mentions(&self, expression: ExpressionId, instance: InstanceId) -> bool {
        let template = self.template(instance);
        let mut seen = BTreeSet::new();
        let mut pending = vec![expression];
        while let Some(next) = pending.pop() {
            if self.is_wanted(template, next) {
                return true;
            }
            let kind = template.kind(next);
            if let ExpressionKind::Reference(Reference::Variable(id)) = kind
                && seen.insert(*id)
            {
                pending.push(template.variable(*id).value);
            }
            pending.extend(kind.parts());
        }
        false
    }

    /// Whether an expression is a property with one of the names.
    fn is_wanted(&self, template: &Template, expression: ExpressionId) -> bool {
        let name = match template.kind(expression) {
            ExpressionKind::Member { name, .. } => Some(&*name.text),
            ExpressionKind::Index { index, .. } => template.text(*index),
            _ => None,
        };
        name.is_some_and(|name| self.is_name(name))
    }

    fn is_name(&self, name: &str) -> bool {
        let mut names = self.names.iter();
        names.any(|wanted| wanted.eq_ignore_ascii_case(name))
    }

    fn enter(&mut self, expression: ExpressionId, bindings: &Bindings) -> Result<(), Undecided> {
        if !self.evaluator.descend() {
            return Ok(());
        }
        let result = self.expression(expression, bindings);
        self.evaluator.ascend();
        result
    }

    fn expression(
        &mut self,
        expression: ExpressionId,
        bindings: &Bindings,
    ) -> Result<(), Undecided> {
        let instance = bindings.instance();
        let template = self.template(instance);
        let kind = template.kind(expression);
        match kind {
            ExpressionKind::Member { .. } | ExpressionKind::Index { .. } => {
                self.property(expression, bindings)
            }
            ExpressionKind::Reference(Reference::Variable(id)) => {
                let value = template.variable(*id).value;
                if self.seen.insert(value) {
                    self.enter(value, &self.evaluator.bindings(instance)?)?;
                }
                Ok(())
            }
            ExpressionKind::Conditional {
                condition,
                consequence,
                alternative,
            } => {
                self.enter(*condition, bindings)?;
                let arms = [*consequence, *alternative];
                if !arms.iter().any(|arm| self.mentions(*arm, instance)) {
                    return Ok(());
                }
                let [consequence, alternative] = arms;
                let is_first = self.evaluator.arm(*condition, bindings)?;
                self.enter(if is_first { consequence } else { alternative }, bindings)
            }
            ExpressionKind::Binary {
                operator: operator @ (BinaryOperator::And | BinaryOperator::Or),
                left,
                right,
            } => {
                self.enter(*left, bindings)?;
                let known = self.evaluator.evaluate_in(*left, bindings)?.value;
                match known {
                    Value::Bool(known) if known == (*operator == BinaryOperator::And) => {
                        self.enter(*right, bindings)
                    }
                    _ => Ok(()),
                }
            }
            ExpressionKind::Binary {
                operator: BinaryOperator::Coalesce,
                left,
                right,
            } => {
                self.enter(*left, bindings)?;
                match self.evaluator.evaluate_in(*left, bindings)?.value {
                    Value::Null => self.enter(*right, bindings),
                    _ => Ok(()),
                }
            }
            // A name is no value, and a function may never be called.
            ExpressionKind::Call { function, .. } if &**function == "nameof" => Ok(()),
            ExpressionKind::Lambda { .. } => Ok(()),
            ExpressionKind::For { repetition, body } => {
                self.enter(repetition.iterable, bindings)?;
                if !self.mentions(*body, instance) {
                    return Ok(());
                }
                let list = self.evaluator.evaluate_in(repetition.iterable, bindings)?;
                match members::repeat(&list.value, *repetition, *body, bindings) {
                    Value::Array(items) if !items.is_open() => {
                        for item in &items.items {
                            if let Lazy::Expression(body, bindings) = item {
                                self.enter(*body, bindings)?;
                            }
                        }
                        Ok(())
                    }
                    _ => Ok(()),
                }
            }
            kind => {
                for part in kind.parts() {
                    self.enter(part, bindings)?;
                }
                Ok(())
            }
        }
    }

    /// `object.name`, `object[index]`
    fn property(&mut self, expression: ExpressionId, bindings: &Bindings) -> Result<(), Undecided> {
        let instance = bindings.instance();
        let template = self.template(instance);
        let (base, is_safe) = chain(template, expression);
        let is_variable = matches!(
            template.kind(base),
            ExpressionKind::Reference(Reference::Variable(_))
        );
        if self.is_wanted(template, expression) || is_variable && self.mentions(base, instance) {
            if !is_safe {
                let read = self.evaluator.evaluate_in(expression, bindings)?;
                self.add(&read, instance);
            }
            return Ok(());
        }
        for part in template.kind(expression).parts() {
            // Of what a name stands for, only the property may be looked at.
            if !matches!(template.kind(part), ExpressionKind::Reference(_)) {
                self.enter(part, bindings)?;
            }
        }
        Ok(())
    }

    /// Adds what is read, if it is one of the properties, and is written in the instance: what comes
    /// from another one is read there.
    fn add(&mut self, read: &Evaluated, instance: InstanceId) {
        let place = read.origin;
        let Some((resource, path)) = read.value.as_property() else {
            return;
        };
        if place.instance != instance
            || !path.iter().any(|name| self.is_name(name))
            || chain(self.template(instance), place.id).1
            || self.found.iter().any(|known| known.place == place)
        {
            return;
        }
        self.found.push(RunTimeRead {
            resource: resource.clone(),
            path: path.to_vec(),
            place,
        });
    }
}

/// What a chain of properties and elements begins with, and whether it is null where a part of it is
/// absent.
fn chain(template: &Template, expression: ExpressionId) -> (ExpressionId, bool) {
    let (mut next, mut is_any_safe) = (expression, false);
    while let ExpressionKind::Member {
        object, is_safe, ..
    }
    | ExpressionKind::Index {
        object, is_safe, ..
    } = template.kind(next)
    {
        is_any_safe |= is_safe;
        next = *object;
    }
    (next, is_any_safe)
}
