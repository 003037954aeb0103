//! Which resource waits for which.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use syntax::{Language, TextRange};

use crate::cases::{Case, judge};
use crate::evaluate::{Evaluator, identity_of_value, is_name_of_one, is_one_of};
use crate::facts;
use crate::model::{
    ExpressionId, ExpressionKind, ModuleId, Parent, Reference, ResourceId, Template,
};
use crate::program::{At, InstanceId, Program};
use crate::value::{Identity, Scope, Value};

/// Something that is deployed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Deployed {
    /// A resource.
    Resource(ResourceId),
    /// A module.
    Module(ModuleId),
}

impl From<ResourceId> for Deployed {
    fn from(resource: ResourceId) -> Self {
        Self::Resource(resource)
    }
}

impl From<ModuleId> for Deployed {
    fn from(module: ModuleId) -> Self {
        Self::Module(module)
    }
}

impl Deployed {
    /// Where it is declared.
    #[must_use]
    pub fn range(self, template: &Template) -> TextRange {
        match self {
            Self::Resource(id) => template.resource(id).range,
            Self::Module(id) => template.module(id).range,
        }
    }

    /// The object that says what it is.
    #[must_use]
    pub fn body(self, template: &Template) -> ExpressionId {
        match self {
            Self::Resource(id) => template.resource(id).body,
            Self::Module(id) => template.module(id).body,
        }
    }

    /// What it says that it waits for.
    #[must_use]
    pub fn depends_on(self, template: &Template) -> Option<ExpressionId> {
        match self {
            Self::Resource(id) => template.resource(id).depends_on,
            Self::Module(id) => {
                let list = template.property(template.module(id).body, "dependsOn");
                list.map(|list| list.value)
            }
        }
    }
}

/// What the resources and modules of a template wait for: what they say in `dependsOn`, and what
/// their expressions imply ([Bicep], [ARM]).
///
/// [Bicep]: https://learn.microsoft.com/azure/azure-resource-manager/bicep/resource-dependencies
/// [ARM]: https://learn.microsoft.com/azure/azure-resource-manager/templates/resource-dependency
#[derive(Clone, Debug)]
pub struct Dependencies {
    resources: Vec<BTreeSet<Deployed>>,
    modules: Vec<BTreeSet<Deployed>>,
    /// What has a `dependsOn` that could not be read in whole.
    unclear: BTreeSet<Deployed>,
}

impl Dependencies {
    /// The dependencies inside an instance.
    #[must_use]
    pub fn of(program: &Program, instance: InstanceId) -> Self {
        let template = program.template(instance);
        let walk = Walk {
            template,
            instance,
            evaluator: Evaluator::new(program, Case::default()),
        };
        let mut unclear = BTreeSet::new();
        let resources = template
            .resources()
            .map(|(id, resource)| {
                let mut found = BTreeSet::new();
                walk.expression(resource.body, &mut found, &mut BTreeSet::new());
                for expression in [resource.condition, resource.repetition.map(|r| r.iterable)]
                    .into_iter()
                    .flatten()
                {
                    walk.expression(expression, &mut found, &mut BTreeSet::new());
                }
                if let Some(depends_on) = resource.depends_on
                    && !walk.explicit(depends_on, &mut found)
                {
                    unclear.insert(Deployed::Resource(id));
                }
                if let Some(Parent::Enclosing(parent)) = resource.parent {
                    found.insert(Deployed::Resource(parent));
                }
                found.remove(&Deployed::Resource(id));
                found
            })
            .collect();
        let modules = template
            .modules()
            .map(|(id, module)| {
                let mut found = BTreeSet::new();
                walk.expression(module.body, &mut found, &mut BTreeSet::new());
                if let Some(depends_on) = template.property(module.body, "dependsOn")
                    && !walk.explicit(depends_on.value, &mut found)
                {
                    unclear.insert(Deployed::Module(id));
                }
                found
            })
            .collect();
        Self {
            resources,
            modules,
            unclear,
        }
    }

    /// What a resource or module itself waits for.
    pub fn direct(&self, of: Deployed) -> impl Iterator<Item = Deployed> + '_ {
        let found = match of {
            Deployed::Resource(id) => self.resources.get(id.index()),
            Deployed::Module(id) => self.modules.get(id.index()),
        };
        found.into_iter().flatten().copied()
    }

    /// Whether something waits for something else, through however many others.
    #[must_use]
    pub fn reaches(&self, from: impl Into<Deployed>, to: impl Into<Deployed>) -> bool {
        self.waited_for(from.into()).contains(&to.into())
    }

    /// Whether something may wait for something else: it does, or waits for what could not be read.
    #[must_use]
    pub fn may_reach(&self, from: Deployed, to: Deployed) -> bool {
        let waited_for = self.waited_for(from);
        waited_for.contains(&to)
            || self.unclear.contains(&from)
            || !self.unclear.is_disjoint(&waited_for)
    }

    /// All that something waits for, through however many others.
    fn waited_for(&self, from: Deployed) -> BTreeSet<Deployed> {
        let mut seen = BTreeSet::new();
        let mut pending = vec![from];
        while let Some(next) = pending.pop() {
            pending.extend(self.direct(next).filter(|found| seen.insert(*found)));
        }
        seen
    }
}

/// Which resource of a program waits for which, across the templates of its modules: who waits for a
/// module waits for all that is in it.
pub struct Order<'p> {
    program: &'p Program,
    known: RefCell<HashMap<InstanceId, Rc<Dependencies>>>,
}

impl<'p> Order<'p> {
    /// The order of a program. What an instance's resources wait for is found when it is asked for.
    #[must_use]
    pub fn of(program: &'p Program) -> Self {
        Self {
            program,
            known: RefCell::default(),
        }
    }

    /// The dependencies inside an instance, found once however often they are asked for.
    #[must_use]
    pub fn dependencies(&self, instance: InstanceId) -> Rc<Dependencies> {
        let mut known = self.known.borrow_mut();
        let found = known
            .entry(instance)
            .or_insert_with(|| Rc::new(Dependencies::of(self.program, instance)));
        Rc::clone(found)
    }

    /// Whether a resource may wait for another one: it does, or it cannot be told.
    #[must_use]
    pub fn may_wait(&self, waiting: At<ResourceId>, other: At<ResourceId>) -> bool {
        let others = self.on_the_way(other);
        let common = self
            .on_the_way(waiting)
            .into_iter()
            .find_map(|(instance, own)| {
                let other = others.iter().find(|other| other.0 == instance)?;
                Some((instance, own, other.1))
            });
        match common {
            // The turns of one loop, which say nothing of each other.
            Some((_, own, other)) if own == other => true,
            Some((instance, own, other)) => self.dependencies(instance).may_reach(own, other),
            None => true,
        }
    }

    /// A resource and the modules that deploy it, each with the instance that it is in, innermost
    /// first.
    fn on_the_way(&self, to: At<ResourceId>) -> Vec<(InstanceId, Deployed)> {
        let mut way = vec![(to.instance, Deployed::Resource(to.id))];
        let mut next = self.program.caller(to.instance);
        while let Some(module) = next {
            way.push((module.instance, Deployed::Module(module.id)));
            next = self.program.caller(module.instance);
        }
        way
    }
}

struct Walk<'t> {
    template: &'t Template,
    instance: InstanceId,
    evaluator: Evaluator<'t>,
}

impl Walk<'_> {
    /// Finds what an expression speaks of, through variables.
    fn expression(
        &self,
        root: ExpressionId,
        found: &mut BTreeSet<Deployed>,
        seen: &mut BTreeSet<ExpressionId>,
    ) {
        let mut pending = vec![root];
        while let Some(expression) = pending.pop() {
            if !seen.insert(expression) {
                continue;
            }
            let kind = self.template.kind(expression);
            match kind {
                ExpressionKind::Reference(Reference::Variable(id)) => {
                    pending.push(self.template.variable(*id).value);
                }
                ExpressionKind::Reference(Reference::Resource(id)) => {
                    found.insert(Deployed::Resource(*id));
                }
                ExpressionKind::Reference(Reference::Module(id)) => {
                    found.insert(Deployed::Module(*id));
                }
                ExpressionKind::Call {
                    function,
                    arguments,
                    ..
                } if &**function == "reference" && self.template.language == Language::Json => {
                    self.by_name(arguments, found);
                }
                _ => {}
            }
            pending.extend(kind.parts());
        }
    }

    /// `reference()` of a resource's bare name, in the template that deploys it, waits for it.
    fn by_name(&self, arguments: &[ExpressionId], found: &mut BTreeSet<Deployed>) {
        let Some(first) = arguments.first() else {
            return;
        };
        let Ok(name) = self.evaluator.evaluate(self.instance.at(*first)) else {
            return;
        };
        for (id, resource) in self.template.resources() {
            if let Some(own) = resource.name
                && let Ok(own) = self.evaluator.evaluate(self.instance.at(own))
                && self.evaluator.same_name(&own.value, &name.value).is_same()
            {
                found.insert(Deployed::Resource(id));
            }
        }
    }

    /// Finds the resources that `dependsOn` names by symbol, id or bare name; whether all of it could
    /// be read.
    fn explicit(&self, depends_on: ExpressionId, found: &mut BTreeSet<Deployed>) -> bool {
        let items = match self.template.kind(depends_on) {
            ExpressionKind::Array(items) => items,
            ExpressionKind::Null => return true,
            _ => return false,
        };
        let mut is_clear = true;
        for item in items {
            is_clear &= !item.is_spread;
            // The symbol of a module, which is no value.
            if let ExpressionKind::Reference(Reference::Module(id)) = self.template.kind(item.value)
            {
                found.insert(Deployed::Module(*id));
                continue;
            }
            match self.evaluator.evaluate(self.instance.at(item.value)) {
                Ok(value) => match &value.value {
                    Value::Resources(id) => {
                        found.insert(Deployed::Resource(id.id));
                    }
                    value => {
                        let is_found = self.named(value, item.value, found);
                        is_clear &= is_found || !matches!(value, Value::Symbol(_));
                    }
                },
                Err(_) => {
                    self.named(&Value::Null, item.value, found);
                }
            }
        }
        is_clear
    }

    /// Finds everything that an id or bare name means; whether there is anything.
    fn named(
        &self,
        value: &Value,
        expression: ExpressionId,
        found: &mut BTreeSet<Deployed>,
    ) -> bool {
        let target = target(value);
        let resource_type = target.as_ref().map(|target| &*target.resource_type);
        let is_module =
            resource_type.is_none_or(|it| it.eq_ignore_ascii_case(facts::DEPLOYMENT_TYPE));
        for (id, _) in self.template.modules().filter(|_| is_module) {
            if self.is_meant(Deployed::Module(id), expression) {
                found.insert(Deployed::Module(id));
                return true;
            }
        }
        let mut is_found = false;
        for (id, resource) in self.template.resources() {
            // The type of an extension is written in two ways: identities have one only.
            let is_extension = resource
                .resource_type
                .to_ascii_lowercase()
                .contains("/providers/");
            let is_possible = is_extension || resource_type.is_none_or(|it| resource.is_type(it));
            if is_possible && self.is_meant(Deployed::Resource(id), expression) {
                found.insert(Deployed::Resource(id));
                is_found = true;
            }
        }
        is_found
    }

    /// Whether a text is the name of the loop of a body (`copy`, ARM JSON).
    fn is_copy(&self, body: ExpressionId, name: &Value) -> bool {
        let copy = self.template.property(body, "copy");
        let own = copy.and_then(|copy| self.template.property(copy.value, "name"));
        let own = own.and_then(|own| self.template.text(own.value));
        own.is_some_and(|own| {
            name.as_str()
                .is_some_and(|name| name.eq_ignore_ascii_case(own))
        })
    }

    /// Whether an id or bare name means something in any case.
    fn is_meant(&self, what: Deployed, expression: ExpressionId) -> bool {
        let in_case = |evaluator: &Evaluator<'_>| {
            let value = evaluator.evaluate(self.instance.at(expression))?.value;
            let target = target(&value);
            match what {
                Deployed::Module(id) => {
                    let name = match &target {
                        Some(target) => target
                            .name()
                            .filter(|_| target.is_type(facts::DEPLOYMENT_TYPE)),
                        None => Some(&value),
                    };
                    let module = self.instance.at(id);
                    let declared = self.template.module(id);
                    let index = declared.repetition.map(|it| self.instance.at(it.index));
                    match (name, index) {
                        (Some(_), _) if self.is_copy(declared.body, &value) => Ok(true),
                        (Some(name), _) if evaluator.item_named(module, name)?.is_some() => {
                            Ok(true)
                        }
                        (Some(name), Some(index)) => {
                            let own = evaluator.module_name(module, None)?;
                            Ok(own.is_some_and(|own| is_name_of_one(name, &own, index)))
                        }
                        (Some(_), None) | (None, _) => Ok(false),
                    }
                }
                Deployed::Resource(id) => {
                    let resource = self.template.resource(id);
                    let identity = evaluator.identity(self.instance.at(id))?;
                    let index = resource.repetition.map(|it| self.instance.at(it.index));
                    let declared = target.as_ref().and_then(|target| target.declaration);
                    Ok(match &target {
                        Some(_) if declared.is_some() => declared == Some(self.instance.at(id)),
                        Some(target) => match index {
                            Some(index) => {
                                let elements = evaluator.elements(self.instance.at(id))?;
                                is_one_of(target, &identity, index)
                                    || elements
                                        .iter()
                                        .any(|it| evaluator.same_resource(it, target).is_same())
                            }
                            None => evaluator.same_resource(&identity, target).is_same(),
                        },
                        None => {
                            let name = identity.name();
                            self.is_copy(resource.body, &value)
                                || name
                                    .is_some_and(|name| evaluator.same_name(name, &value).is_same())
                        }
                    })
                }
            }
        };
        match in_case(&self.evaluator) {
            Ok(is_meant) => is_meant,
            Err(_) => {
                let answers = judge(self.evaluator.program, in_case);
                answers.is_some_and(|answers| answers.iter().any(|answer| answer.value))
            }
        }
    }
}

/// The resource that an id means.
fn target(value: &Value) -> Option<Rc<Identity>> {
    identity_of_value(value).or_else(|| relative_id(value))
}

/// Reads `Microsoft.X/type/name`, an id without its scope.
fn relative_id(value: &Value) -> Option<Rc<Identity>> {
    let Value::Text(text) = value else {
        return None;
    };
    let segments = text.split('/');
    let (namespace, pairs) = segments.split_first()?;
    let mut resource_type = namespace
        .as_str()
        .filter(|text| text.contains('.'))?
        .to_owned();
    let mut names = Vec::new();
    for pair in pairs.chunks(2) {
        let [kind, name] = pair else {
            return None;
        };
        resource_type = format!("{resource_type}/{}", kind.as_str()?);
        names.push(name.clone());
    }
    Some(Rc::new(Identity {
        declaration: None,
        index: None,
        resource_type: resource_type.into(),
        names,
        scope: Scope::Deployment,
    }))
}

#[cfg(test)]
mod tests;
