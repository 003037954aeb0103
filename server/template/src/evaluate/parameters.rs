//! The values of parameters: from a caller, a parameter file, or their defaults.

use syntax::Language;

use super::Evaluator;
use super::ids::identity_of_value;
use super::members::Lookup;
use super::passages::Way;
use crate::cases::{Chosen, Undecided};
use crate::model::{Arguments, ExpressionId, ParameterId, ParameterKind};
use crate::program::{Assigned, At, Caller, InstanceId, Origin};
use crate::value::{Bindings, Entry, Evaluated, Handle, Lazy, Part, Reason, Symbol, Value, visit};

/// What a caller gives for a parameter.
enum Argument {
    /// A value.
    Given(Lazy),
    /// Nothing: the parameter has its default.
    Absent,
    /// It cannot be told.
    Unknown,
}

impl Evaluator<'_> {
    /// The value of a parameter.
    pub(super) fn parameter(
        &self,
        id: At<ParameterId>,
        origin: At<ExpressionId>,
    ) -> Result<Evaluated, Undecided> {
        // In outer scope it is the parameter of the template around it.
        if let Origin::Deployed(caller) = &self.program.instance(id.instance).origin
            && caller.is_outer_scope
        {
            return self.parameter(caller.module.instance.at(id.id), origin);
        }
        let evaluated = self.parameter_value(id, origin)?;
        self.note(Way::Parameter(id), &evaluated);
        Ok(evaluated)
    }

    /// The value of a parameter, whoever gives it.
    pub fn value_of_parameter(&self, id: At<ParameterId>) -> Result<Value, Undecided> {
        // Where it would be said to be written is not asked for.
        let origin = id.instance.at(ExpressionId(0));
        Ok(self.parameter(id, origin)?.value)
    }

    fn parameter_value(
        &self,
        id: At<ParameterId>,
        origin: At<ExpressionId>,
    ) -> Result<Evaluated, Undecided> {
        match self.chosen(id) {
            Some(Chosen::Bool(value)) => {
                return Ok(Evaluated {
                    value: Value::Bool(value),
                    origin,
                });
            }
            Some(Chosen::Expression(chosen)) => return self.evaluate(id.instance.at(chosen)),
            None => {}
        }
        let argument = match &self.program.instance(id.instance).origin {
            Origin::Deployed(caller) => {
                let key = (id, self.takes_defaults.get());
                if let Some(known) = self.parameters.borrow().get(&key) {
                    return Ok(known.clone());
                }
                let argument = self.argument(caller, id)?;
                let evaluated = self.with_argument(id, argument, origin)?;
                if self.is_near_the_surface() {
                    self.parameters.borrow_mut().insert(key, evaluated.clone());
                }
                return Ok(evaluated);
            }
            Origin::Root => self.assigned(id),
            Origin::Library => Argument::Unknown,
        };
        self.with_argument(id, argument, origin)
    }

    fn with_argument(
        &self,
        id: At<ParameterId>,
        mut argument: Argument,
        origin: At<ExpressionId>,
    ) -> Result<Evaluated, Undecided> {
        let default = self.program.parameter(id).default;
        // Who must not be left out is given. What is of a type from elsewhere may be left out.
        if default.is_none()
            && matches!(argument, Argument::Absent)
            && self.program.parameter(id).kind != ParameterKind::Other
        {
            argument = Argument::Unknown;
        }
        let given = match argument {
            Argument::Given(lazy) => self.force(&lazy)?,
            Argument::Absent => Evaluated {
                value: Value::Null,
                origin,
            },
            Argument::Unknown => {
                return match default {
                    Some(default) if self.takes_default(id) => {
                        self.defaults.borrow_mut().insert(id);
                        self.default(id, default, origin)
                    }
                    _ => Ok(Evaluated {
                        value: Value::symbol(Symbol::Parameter(id)),
                        origin,
                    }),
                };
            }
        };
        // A parameter that is given null has its default, as if it were not given.
        match (&given.value, default) {
            (Value::Null, Some(default)) => self.default(id, default, origin),
            _ => Ok(given),
        }
    }

    /// The default of a parameter. Where it is another one in every deployment, it is still the same
    /// wherever the parameter is named.
    fn default(
        &self,
        id: At<ParameterId>,
        default: ExpressionId,
        origin: At<ExpressionId>,
    ) -> Result<Evaluated, Undecided> {
        let evaluated = self.evaluate(id.instance.at(default))?;
        let mut is_volatile = false;
        visit(&evaluated.value, &mut |part| {
            is_volatile |= matches!(part, Part::Symbol(Symbol::Unknown(Reason::Volatile)));
        });
        if !is_volatile {
            return Ok(evaluated);
        }
        Ok(Evaluated {
            value: Value::symbol(Symbol::Parameter(id)),
            origin,
        })
    }

    /// Whether a parameter of the root has its default, for want of anything better.
    fn takes_default(&self, id: At<ParameterId>) -> bool {
        id.instance == InstanceId::ROOT
            && self.program.takes_defaults()
            && self.takes_defaults.get()
            && !self.is_open(id)
    }

    /// What the case's parameter file gives for a parameter of the root.
    fn assigned(&self, id: At<ParameterId>) -> Argument {
        match self.case.scenario() {
            Some(scenario) => match self.program.assignment(scenario, id) {
                Some(Assigned::Value(value)) => {
                    Argument::Given(Lazy::Expression(value.id, Bindings::none(value.instance)))
                }
                Some(Assigned::Unknown) => Argument::Unknown,
                None => Argument::Absent,
            },
            None if self.program.scenarios().len() > 0 && !self.program.is_assigned(id) => {
                Argument::Absent
            }
            None => Argument::Unknown,
        }
    }

    /// What the parameter files that one extends give for a parameter (`base.name`).
    pub(super) fn base(&self, instance: InstanceId, name: &str) -> Option<At<ExpressionId>> {
        let bases = &self.program.instance(instance).bases;
        bases.iter().find_map(|base| {
            let file = self.program.instance(*base).file.parameters()?;
            Some(base.at(file.assignment(name)?.value))
        })
    }

    fn argument(&self, caller: &Caller, of: At<ParameterId>) -> Result<Argument, Undecided> {
        let arguments = match self.program.module(caller.module).arguments {
            Arguments::Given(arguments) => arguments,
            Arguments::None => return Ok(Argument::Absent),
            Arguments::Unknown => return Ok(Argument::Unknown),
        };
        let bindings = self.caller_bindings(caller)?;
        let name = &*self.program.parameter(of).name.text;
        let given = match self.property_of(arguments, name, &bindings)? {
            Lookup::Found(entry) => entry.value,
            Lookup::Absent => return Ok(Argument::Absent),
            Lookup::Unknown => return Ok(Argument::Unknown),
        };
        if self.template(&bindings).language != Language::Json {
            return Ok(Argument::Given(given));
        }
        let wrapped = match &given {
            Lazy::Expression(wrapped, bindings) => self.property_of(*wrapped, "value", bindings)?,
            given => self.lookup(&self.force(given)?.value, "value"),
        };
        if let Lookup::Found(entry) = wrapped {
            return Ok(Argument::Given(entry.value));
        }
        let wrapped = self.force(&given)?;
        let secret = self.secret(&wrapped.value, bindings.instance())?;
        Ok(secret.map_or(Argument::Unknown, |value| {
            Argument::Given(Lazy::Evaluated(Evaluated {
                value,
                origin: wrapped.origin,
            }))
        }))
    }

    /// The secret that an argument refers to, as Bicep's `getSecret` gives it.
    fn secret(&self, argument: &Value, instance: InstanceId) -> Result<Option<Value>, Undecided> {
        let part = |path: &[&str]| match self.lookup_path(argument, path)? {
            Lookup::Found(entry) => Ok(Some(self.force(&entry.value)?.value)),
            Lookup::Absent | Lookup::Unknown => Ok(None),
        };
        let vault = part(&["reference", "keyVault", "id"])?;
        let Some(vault) = vault.as_ref().and_then(identity_of_value) else {
            return Ok(None);
        };
        let Some(name) = part(&["reference", "secretName"])? else {
            return Ok(None);
        };
        let identity = self.declared(&vault, instance)?;
        let version = part(&["reference", "secretVersion"])?;
        let arguments = [Value::Resource(Handle { identity }), name];
        Ok(Some(Value::symbol(Symbol::Call {
            function: "getsecret".into(),
            arguments: arguments.into_iter().chain(version).collect(),
        })))
    }

    /// A property of what an expression evaluates to; of an object that is written out, without
    /// evaluating the others.
    fn property_of(
        &self,
        object: ExpressionId,
        name: &str,
        bindings: &Bindings,
    ) -> Result<Lookup, Undecided> {
        let template = self.template(bindings);
        if !template.is_plain_object(object) {
            return Ok(self.lookup(&self.evaluate_in(object, bindings)?.value, name));
        }
        Ok(match template.property(object, name) {
            Some(property) => Lookup::Found(Entry {
                key: Value::string(name),
                key_expression: Some(bindings.at(property.key)),
                value: Lazy::Expression(property.value, bindings.clone()),
            }),
            None => Lookup::Absent,
        })
    }
}
