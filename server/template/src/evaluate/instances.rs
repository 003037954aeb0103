//! From one instance to another: what is bound, outputs, and whether it is deployed.

use syntax::Language;

use super::Evaluator;
use super::functions::{deployment, module_symbol};
use super::passages::Way;
use crate::cases::Undecided;
use crate::model::{ModuleId, Parent, Repetition, ResourceId};
use crate::program::{At, Caller, Expansion, InstanceId, Origin};
use crate::value::{Bindings, Evaluated, Lazy, Reason, Scope, Symbol, Text, Value};

/// Which one of a loop.
type Item = Option<u32>;

impl Evaluator<'_> {
    /// What is bound around the declarations of an instance: the names of the loops around it, where
    /// it shares them with its caller.
    pub fn bindings(&self, instance: InstanceId) -> Result<Bindings, Undecided> {
        match &self.program.instance(instance).origin {
            Origin::Deployed(caller) if caller.is_outer_scope => {
                Ok(self.caller_bindings(caller)?.moved_to(instance))
            }
            Origin::Deployed(_) | Origin::Root | Origin::Library => Ok(Bindings::none(instance)),
        }
    }

    /// What is bound around the module that deploys an instance.
    pub(super) fn caller_bindings(&self, caller: &Caller) -> Result<Bindings, Undecided> {
        let around = self.bindings(caller.module.instance)?;
        match (self.program.module(caller.module).repetition, caller.item) {
            (Some(repetition), Some(item)) => {
                self.bound_at(repetition, &Value::Integer(item.into()), &around)
            }
            _ => Ok(around),
        }
    }

    /// What is bound inside the body of a loop at one index.
    pub(super) fn bound_at(
        &self,
        repetition: Repetition,
        index: &Value,
        around: &Bindings,
    ) -> Result<Bindings, Undecided> {
        let origin = around.at(repetition.iterable);
        let iterable = self.evaluate_in(repetition.iterable, around)?;
        let item = self.element(&iterable.value, index, false, false, origin)?;
        let index = Evaluated {
            value: index.clone(),
            origin,
        };
        Ok(around
            .with(repetition.item, Lazy::Evaluated(item))
            .with(repetition.index, Lazy::Evaluated(index)))
    }

    /// The value of an output of a module; none where the module cannot be seen into, or the output
    /// is one of many.
    pub(super) fn output(
        &self,
        module: At<ModuleId>,
        item: Option<u32>,
        name: &str,
    ) -> Result<Option<Evaluated>, Undecided> {
        let instance = match (self.program.expansion(module), item) {
            (Expansion::One(instance), None) => *instance,
            (Expansion::Items(instances), Some(item)) => match instances.get(item as usize) {
                Some(instance) => *instance,
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        let template = self.program.template(instance);
        let output = template
            .outputs
            .iter()
            .position(|output| output.name.text.eq_ignore_ascii_case(name));
        match output {
            Some(output) => self.output_value(instance, output).map(Some),
            None if template.is_complete => Ok(Some(Evaluated {
                value: Value::unknown(Reason::Invalid),
                origin: module.instance.at(self.program.module(module).body),
            })),
            None => Ok(None),
        }
    }

    fn output_value(&self, instance: InstanceId, output: usize) -> Result<Evaluated, Undecided> {
        let key = (instance.at(output), self.takes_defaults.get());
        if let Some(known) = self.outputs.borrow().get(&key) {
            return Ok(known.clone());
        }
        let value = self.program.template(instance).outputs[output].value;
        let evaluated = self.evaluate(instance.at(value))?;
        self.note(Way::Output(instance.at(output)), &evaluated);
        if self.is_near_the_surface() {
            self.outputs.borrow_mut().insert(key, evaluated.clone());
        }
        Ok(evaluated)
    }

    /// The name of a module's deployment; none if it is not known how it is written.
    pub fn module_name(
        &self,
        module: At<ModuleId>,
        item: Option<u32>,
    ) -> Result<Option<Value>, Undecided> {
        self.module_name_at(
            module,
            item.map(|item| Value::Integer(item.into())).as_ref(),
        )
    }

    /// The same for the one at an index of the module's loop.
    pub(super) fn module_name_at(
        &self,
        module: At<ModuleId>,
        index: Option<&Value>,
    ) -> Result<Option<Value>, Undecided> {
        let template = self.program.template(module.instance);
        let declaration = self.program.module(module);
        let Some(name) = template.property(declaration.body, "name") else {
            return Ok(self.default_name(module, index));
        };
        let around = self.bindings(module.instance)?;
        let bindings = match (declaration.repetition, index) {
            (Some(repetition), Some(index)) => self.bound_at(repetition, index, &around)?,
            _ => around,
        };
        Ok(Some(self.evaluate_in(name.value, &bindings)?.value))
    }

    /// The name that the Bicep compiler gives a module without one ([code]).
    ///
    /// [code]: https://github.com/Azure/bicep/blob/main/src/Bicep.Core/Emit/TemplateWriter.cs
    fn default_name(&self, module: At<ModuleId>, index: Option<&Value>) -> Option<Value> {
        let template = self.program.template(module.instance);
        let declaration = self.program.module(module);
        let symbol = declaration.symbol.as_ref()?;
        if template.language == Language::Json || !template.object(declaration.body)?.is_complete {
            return None;
        }
        let mut name = Text::from(&*symbol.text);
        name.push_str("-");
        if let Some(repetition) = declaration.repetition {
            name.push(match index {
                Some(index) => index.clone(),
                None => Value::symbol(Symbol::Local(module.instance.at(repetition.index))),
            });
            name.push_str("-");
        }
        name.push(Value::symbol(Symbol::Call {
            function: "uniquestring".into(),
            arguments: vec![
                Value::string(&symbol.text),
                Value::symbol(Symbol::Member {
                    object: deployment(module.instance),
                    name: "name".into(),
                }),
            ],
        }));
        Some(name.into_value())
    }

    /// The module of an instance's template whose deployment has a name; of several in different
    /// groups, the one that goes to a scope.
    pub(crate) fn deployment_named(
        &self,
        name: &Value,
        scope: Option<&Scope>,
        instance: InstanceId,
    ) -> Result<Option<Value>, Undecided> {
        let mut found = Vec::new();
        for (id, _) in self.program.template(instance).modules() {
            let module = instance.at(id);
            if let Some(item) = self.item_named(module, name)? {
                found.push((module, item));
            }
        }
        if found.len() > 1
            && let Some(scope) = scope
        {
            let mut there = Vec::new();
            for (module, item) in found {
                let caller = Caller {
                    module,
                    item,
                    is_outer_scope: false,
                };
                let own = self.module_scope(self.program.module(module), &caller)?;
                if self.same_scope(&own, scope).is_same() {
                    there.push((module, item));
                }
            }
            found = there;
        }
        Ok(match found.as_slice() {
            [(module, item)] => Some(module_symbol(*module, *item)),
            // Of two, it may be either.
            _ => None,
        })
    }

    /// A deployment of a module that has a name: which one of its loop, where it is one of several.
    pub(crate) fn item_named(
        &self,
        module: At<ModuleId>,
        name: &Value,
    ) -> Result<Option<Item>, Undecided> {
        let items: Vec<Item> = match self.program.expansion(module) {
            Expansion::Items(items) => (0..items.len() as u32).map(Some).collect(),
            Expansion::One(_) | Expansion::Each | Expansion::Opaque => vec![None],
        };
        for item in items {
            if let Some(own) = self.module_name(module, item)?
                && self.same_name(&own, name).is_same()
            {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }

    /// Whether the case deploys an instance: every condition on the way to it holds.
    pub fn is_instance_deployed(&self, instance: InstanceId) -> Result<bool, Undecided> {
        let Origin::Deployed(caller) = &self.program.instance(instance).origin else {
            return Ok(true);
        };
        let key = (instance, self.takes_defaults.get());
        if let Some(known) = self.deployed_instances.borrow().get(&key) {
            return Ok(*known);
        }
        let is_deployed =
            self.is_instance_deployed(caller.module.instance)? && self.condition_holds(caller)?;
        if self.is_near_the_surface() {
            let mut known = self.deployed_instances.borrow_mut();
            known.insert(key, is_deployed);
        }
        Ok(is_deployed)
    }

    /// Whether the case deploys a module, for all that conditions say.
    pub fn is_called(&self, module: At<ModuleId>) -> Result<bool, Undecided> {
        let caller = Caller {
            module,
            item: None,
            is_outer_scope: false,
        };
        Ok(self.condition_holds(&caller)? && self.is_instance_deployed(module.instance)?)
    }

    fn condition_holds(&self, caller: &Caller) -> Result<bool, Undecided> {
        let module = self.program.module(caller.module);
        let bindings = self.caller_bindings(caller)?;
        if let Some(repetition) = module.repetition
            && self.is_empty_loop(repetition, &bindings)?
        {
            return Ok(false);
        }
        match module.condition {
            Some(condition) => self.holds(condition, &bindings),
            None => Ok(true),
        }
    }

    /// Whether the list of a loop has no items in the case.
    fn is_empty_loop(&self, repetition: Repetition, around: &Bindings) -> Result<bool, Undecided> {
        let list = Lazy::Expression(repetition.iterable, around.clone());
        Ok(match self.known(&list)?.value {
            Value::Array(list) => list.items.is_empty() && !list.is_open(),
            _ => false,
        })
    }

    /// Whether the case deploys a resource, for all that conditions say.
    pub fn is_deployed(&self, id: At<ResourceId>) -> Result<bool, Undecided> {
        let bindings = self.bindings(id.instance)?;
        if let Some(repetition) = self.program.resource(id).repetition
            && self.is_empty_loop(repetition, &bindings)?
        {
            return Ok(false);
        }
        Ok(self.is_chosen(id, &bindings)? && self.is_instance_deployed(id.instance)?)
    }

    /// Whether a resource is deployed where its template is. In Bicep a resource inside another one
    /// [shares its condition][code]; in ARM JSON it does not.
    ///
    /// [code]: https://github.com/Azure/bicep/blob/main/src/Bicep.Core/Intermediate/ExpressionBuilder.cs
    pub fn is_chosen(&self, id: At<ResourceId>, bindings: &Bindings) -> Result<bool, Undecided> {
        let template = self.program.template(id.instance);
        let mut chain = vec![template.resource(id.id)];
        while template.language != Language::Json
            && let Some(Parent::Enclosing(parent)) = chain[chain.len() - 1].parent
        {
            chain.push(template.resource(parent));
        }
        for condition in chain.iter().rev().filter_map(|it| it.condition) {
            if !self.holds(condition, bindings)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
