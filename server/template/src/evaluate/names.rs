//! What names stand for.

use super::Evaluator;
use crate::cases::Undecided;
use crate::model::{ExpressionId, FunctionId, ImportId, Reference, ResourceId, VariableId};
use crate::program::{At, InstanceId};
use crate::value::{Bindings, Evaluated, Handle, Lazy, Reason, Symbol, Value};

impl Evaluator<'_> {
    pub(super) fn reference(
        &self,
        reference: &Reference,
        origin: At<ExpressionId>,
        bindings: &Bindings,
    ) -> Result<Evaluated, Undecided> {
        let instance = bindings.instance();
        let value = match reference {
            Reference::Parameter(id) => return self.parameter(instance.at(*id), origin),
            Reference::Variable(id) => return self.variable(instance.at(*id)),
            Reference::Resource(id) => self.resource_reference(instance.at(*id))?,
            Reference::Module(id) => Value::symbol(Symbol::Output {
                module: instance.at(*id),
                item: None,
                path: Vec::new(),
            }),
            Reference::Local(id) => match bindings.get(*id) {
                Some(value) => return self.force(value),
                // The item of a loop over a list that is not known is an element of that list, as
                // ARM JSON writes it.
                None => match self.template(bindings).repetition_of(*id) {
                    Some(repetition) => {
                        let list = self.evaluate_in(repetition.iterable, bindings)?;
                        let index = Value::symbol(Symbol::Local(instance.at(repetition.index)));
                        return self.element(&list.value, &index, false, false, origin);
                    }
                    None => Value::symbol(Symbol::Local(instance.at(*id))),
                },
            },
            Reference::Imported { import, name } => {
                match self.imported_variable(instance, *import, name) {
                    Some(variable) => return self.variable(variable),
                    None => Value::unknown(Reason::Unresolved),
                }
            }
            Reference::Base(name) => match self.base(instance, name) {
                Some(value) => return self.evaluate(value),
                None => Value::unknown(Reason::Unresolved),
            },
            Reference::Unresolved(_) => Value::unknown(Reason::Unresolved),
        };
        Ok(Evaluated { value, origin })
    }

    pub(super) fn variable(&self, id: At<VariableId>) -> Result<Evaluated, Undecided> {
        let key = (id, self.takes_defaults.get());
        if let Some(known) = self.variables.borrow().get(&key) {
            return Ok(known.clone());
        }
        let value = self.program.template(id.instance).variable(id.id).value;
        let evaluated = self.evaluate(id.instance.at(value))?;
        if self.is_near_the_surface() {
            self.variables.borrow_mut().insert(key, evaluated.clone());
        }
        Ok(evaluated)
    }

    pub(super) fn user_call(
        &self,
        id: At<FunctionId>,
        arguments: &[ExpressionId],
        bindings: &Bindings,
    ) -> Result<Evaluated, Undecided> {
        let function = self.program.template(id.instance).function(id.id);
        let mut inner = Bindings::none(id.instance);
        for (parameter, argument) in function.parameters.iter().zip(arguments) {
            inner = inner.with(*parameter, Lazy::Expression(*argument, bindings.clone()));
        }
        self.evaluate_in(function.body, &inner)
    }

    fn imported_variable(
        &self,
        instance: InstanceId,
        import: ImportId,
        name: &str,
    ) -> Option<At<VariableId>> {
        let file = self.program.imported(instance, import)?;
        let variable = self.program.template(file).exported_variable(name)?;
        Some(file.at(variable))
    }

    pub(super) fn imported_function(
        &self,
        instance: InstanceId,
        import: ImportId,
        name: &str,
    ) -> Option<At<FunctionId>> {
        let file = self.program.imported(instance, import)?;
        let function = self.program.template(file).exported_function(name)?;
        Some(file.at(function))
    }

    pub(super) fn resource_reference(&self, id: At<ResourceId>) -> Result<Value, Undecided> {
        if self.program.resource(id).repetition.is_some() {
            return Ok(Value::Resources(id));
        }
        Ok(Value::Resource(Handle {
            identity: self.identity(id)?,
        }))
    }
}
