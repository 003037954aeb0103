//! Where things are deployed to.

use std::rc::Rc;

use super::Evaluator;
use super::ids::identity_of_value;
use crate::cases::Undecided;
use crate::facts;
use crate::model::{ExpressionId, ExpressionKind, Module, TargetScope};
use crate::program::{Caller, InstanceId, Origin};
use crate::value::{Bindings, Identity, Reason, Scope, Symbol, Value};

impl Evaluator<'_> {
    /// Where an instance is deployed to.
    pub fn deployment_scope(&self, instance: InstanceId) -> Result<Scope, Undecided> {
        let Origin::Deployed(caller) = &self.program.instance(instance).origin else {
            return Ok(Scope::Deployment);
        };
        if let Some(known) = self.scopes.borrow().get(&instance) {
            return Ok(known.clone());
        }
        if !self.descend() {
            return Ok(Scope::Elsewhere(Value::unknown(Reason::TooComplex)));
        }
        let scope = self.module_scope(self.program.module(caller.module), caller);
        self.ascend();
        let scope = scope?;
        self.scopes.borrow_mut().insert(instance, scope.clone());
        Ok(scope)
    }

    pub(super) fn module_scope(
        &self,
        module: &Module,
        caller: &Caller,
    ) -> Result<Scope, Undecided> {
        if module.subscription.is_some() || module.resource_group.is_some() {
            let bindings = self.caller_bindings(caller)?;
            let value = |expression: Option<ExpressionId>| match expression {
                Some(expression) => Ok(Some(self.evaluate_in(expression, &bindings)?.value)),
                None => Ok(None),
            };
            let around = self.deployment_scope(caller.module.instance)?;
            let subscription = value(module.subscription)?.and_then(|id| subscription(&id));
            let subscription = subscription.or_else(|| subscription_of(&around));
            return Ok(match value(module.resource_group)? {
                Some(group) => Scope::ResourceGroup {
                    subscription,
                    group,
                },
                None => Scope::Subscription(subscription),
            });
        }
        let Some(scope) = module.scope else {
            return self.deployment_scope(caller.module.instance);
        };
        self.scope(scope, &self.caller_bindings(caller)?)
    }

    /// The scope that functions speak of: in [outer scope], that of the template around.
    ///
    /// [outer scope]: https://learn.microsoft.com/azure/azure-resource-manager/templates/scope-functions#function-resolution-in-scopes
    fn scope_of_functions(&self, instance: InstanceId) -> Result<Scope, Undecided> {
        let mut speaker = instance;
        while let Origin::Deployed(caller) = &self.program.instance(speaker).origin
            && caller.is_outer_scope
        {
            speaker = caller.module.instance;
        }
        self.deployment_scope(speaker)
    }

    /// A scope that is named as it is within an instance, as the whole program names it.
    pub(super) fn localized(&self, scope: Scope, instance: InstanceId) -> Result<Scope, Undecided> {
        let around = self.scope_of_functions(instance)?;
        Ok(match scope {
            Scope::Deployment => around,
            scope if matches!(around, Scope::Deployment) && self.is_target(&scope) => around,
            Scope::Elsewhere(value)
                if value.is_call_without_arguments("managementgroup")
                    && matches!(around, Scope::Elsewhere(_)) =>
            {
                around
            }
            Scope::ResourceGroup {
                subscription: None,
                group,
            } => Scope::ResourceGroup {
                subscription: subscription_of(&around),
                group,
            },
            Scope::Subscription(None) => Scope::Subscription(subscription_of(&around)),
            scope => scope,
        })
    }

    /// Whether a scope is the one that the root is deployed to.
    fn is_target(&self, scope: &Scope) -> bool {
        match (scope, self.program.template(InstanceId::ROOT).target_scope) {
            (Scope::Subscription(None), TargetScope::Subscription) => true,
            (Scope::Elsewhere(value), TargetScope::ManagementGroup) => {
                value.is_call_without_arguments("managementgroup")
            }
            (Scope::Elsewhere(value), TargetScope::Tenant) => {
                value.is_call_without_arguments("tenant")
            }
            _ => false,
        }
    }

    /// What `resourceGroup()` and `subscription()` stand for in an instance.
    pub(super) fn surroundings(
        &self,
        function: &str,
        instance: InstanceId,
    ) -> Result<Vec<Value>, Undecided> {
        let around = self.scope_of_functions(instance)?;
        Ok(match (function, around) {
            (
                "resourcegroup",
                Scope::ResourceGroup {
                    subscription,
                    group,
                },
            ) => subscription.into_iter().chain([group]).collect(),
            ("managementgroup", Scope::Elsewhere(around)) => around.arguments_of("managementgroup"),
            ("subscription", around) => subscription_of(&around).into_iter().collect(),
            _ => Vec::new(),
        })
    }

    pub(super) fn scope(
        &self,
        expression: ExpressionId,
        bindings: &Bindings,
    ) -> Result<Scope, Undecided> {
        if let Some(scope) = self.written_scope(expression, bindings)? {
            return self.localized(scope, bindings.instance());
        }
        let value = self.evaluate_in(expression, bindings)?.value;
        // ARM JSON writes the tenant as the root of all ids.
        if value.as_str() == Some("/") {
            return Ok(Scope::tenant());
        }
        if let Value::Text(text) = &value
            && let [provider, kind, name] = text.split('/').as_slice()
            && let (Some(provider), Some(kind)) = (provider.as_str(), kind.as_str())
            && format!("{provider}/{kind}").eq_ignore_ascii_case(facts::MANAGEMENT_GROUP_TYPE)
        {
            return Ok(Scope::of_call("managementgroup", vec![name.clone()]));
        }
        Ok(
            match scope_of_call(&value).or_else(|| scope_of_id(&value)) {
                Some(scope) => self.localized(scope, bindings.instance())?,
                None => match identity_of_value(&value) {
                    Some(identity) => scope_of(identity),
                    None => Scope::Elsewhere(value),
                },
            },
        )
    }

    /// The scope that is written as `resourceGroup(...)` or `subscription(...)`: each of its arguments
    /// may be unknown.
    fn written_scope(
        &self,
        expression: ExpressionId,
        bindings: &Bindings,
    ) -> Result<Option<Scope>, Undecided> {
        let template = self.program.template(bindings.instance());
        let ExpressionKind::Call {
            function,
            arguments,
            ..
        } = template.kind(expression)
        else {
            return Ok(None);
        };
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(self.evaluate_in(*argument, bindings)?.value);
        }
        Ok(match (&**function, values.as_slice()) {
            ("resourcegroup", [group]) => Some(Scope::ResourceGroup {
                subscription: None,
                group: group.clone(),
            }),
            ("resourcegroup", [id, group]) => Some(Scope::ResourceGroup {
                subscription: subscription(id),
                group: group.clone(),
            }),
            ("subscription", [id]) => Some(Scope::Subscription(subscription(id))),
            _ => None,
        })
    }
}

/// The scope that a resource is: a resource group, or what extensions are of.
pub(super) fn scope_of(identity: Rc<Identity>) -> Scope {
    match identity.name() {
        Some(name) if identity.is_type(facts::RESOURCE_GROUP_TYPE) => Scope::ResourceGroup {
            subscription: subscription_of(&identity.scope),
            group: name.clone(),
        },
        _ => Scope::Extension(identity),
    }
}

pub(super) fn subscription_of(scope: &Scope) -> Option<Value> {
    match scope {
        Scope::ResourceGroup { subscription, .. } | Scope::Subscription(subscription) => {
            subscription.clone()
        }
        Scope::Deployment | Scope::Elsewhere(_) | Scope::Extension(_) => None,
    }
}

/// The subscription with an id, none for that of the deployment.
pub(super) fn subscription(id: &Value) -> Option<Value> {
    let Value::Symbol(symbol) = id else {
        return Some(id.clone());
    };
    let is_own = match symbol.as_member() {
        Some((
            Symbol::Call {
                function,
                arguments,
            },
            name,
        )) => {
            &**function == "subscription"
                && arguments.is_empty()
                && name.eq_ignore_ascii_case("subscriptionId")
        }
        _ => false,
    };
    (!is_own).then(|| id.clone())
}

impl Scope {
    /// The tenant.
    pub(super) fn tenant() -> Self {
        Self::of_call("tenant", Vec::new())
    }

    /// A scope that only the function that gives it names.
    pub(super) fn of_call(function: &str, arguments: Vec<Value>) -> Self {
        Self::Elsewhere(Value::symbol(Symbol::Call {
            function: function.into(),
            arguments,
        }))
    }
}

/// The scope whose `id` a value is.
pub(super) fn scope_of_id(value: &Value) -> Option<Scope> {
    let Value::Symbol(symbol) = value else {
        return None;
    };
    match &**symbol {
        Symbol::Member { object, name } if name.eq_ignore_ascii_case("id") => scope_of_call(object),
        _ => None,
    }
}

/// The scope that `resourceGroup(...)`, `subscription(...)` and their like are.
pub(super) fn scope_of_call(value: &Value) -> Option<Scope> {
    let Value::Symbol(symbol) = value else {
        return None;
    };
    let Symbol::Call {
        function,
        arguments,
    } = &**symbol
    else {
        return None;
    };
    Some(match (&**function, arguments.as_slice()) {
        ("resourcegroup", []) => Scope::Deployment,
        ("resourcegroup", [group]) => Scope::ResourceGroup {
            subscription: None,
            group: group.clone(),
        },
        ("resourcegroup", [id, group]) => Scope::ResourceGroup {
            subscription: subscription(id),
            group: group.clone(),
        },
        ("subscription", []) => Scope::Subscription(None),
        ("subscription", [id]) => Scope::Subscription(subscription(id)),
        ("tenant" | "managementgroup", _) => Scope::Elsewhere(value.clone()),
        _ => return None,
    })
}
