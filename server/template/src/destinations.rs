//! Where a value that is written somewhere gets to: through variables, parameters and arguments, to the
//! resources that have it.
//!
//! Who changes a value changes all of them. What cannot be followed is [`Receiver::Other`], never left
//! out.

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};

use syntax::Language;

use crate::model::{
    Arguments, BinaryOperator, ExpressionId, ExpressionKind, Member, ModuleId, ModuleSource,
    ParameterId, Reference, ResourceId, Template, VariableId,
};
use crate::program::{At, Expansion, InstanceId, Origin, Program};

/// How many names a value is followed through.
const MOST_STEPS: usize = 1_000;

/// The name of an element of an array in a path.
const ELEMENT: &str = "[]";

/// One place that a value gets to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// What has it.
    pub receiver: Receiver,
    /// The names of the properties that lead to it there.
    pub path: Vec<String>,
    /// Whether the value is there as it is. Otherwise it decides or makes something else.
    pub is_value: bool,
    /// What stands for it there and for nothing else: the value itself, a name, or a property of one.
    pub place: At<ExpressionId>,
}

impl Destination {
    /// Whether these are the names of the properties that lead to it.
    #[must_use]
    pub fn is_at(&self, names: &[&str]) -> bool {
        is_path(self.path.iter(), names)
    }

    /// Whether it is what these names of properties lead to, or an element of that.
    #[must_use]
    pub fn is_within(&self, names: &[&str]) -> bool {
        is_path(self.path.iter().filter(|name| **name != ELEMENT), names)
    }
}

fn is_path<'n>(path: impl Iterator<Item = &'n String>, names: &[&str]) -> bool {
    path.map(|name| name.to_ascii_lowercase())
        .eq(names.iter().map(|name| name.to_ascii_lowercase()))
}

/// What has a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receiver {
    /// The body of a resource.
    Resource(At<ResourceId>),
    /// The arguments of a module that is not looked into; the path begins with the parameter's name.
    Module(At<ModuleId>),
    /// Anything else: a condition, an output, a function, another file that may import it.
    Other,
}

/// Everything that the value of an expression gets to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Destinations {
    /// The places.
    pub places: Vec<Destination>,
    /// The parameters that it is the value of on the way, as it is or as a part.
    pub parameters: Vec<At<ParameterId>>,
}

/// Where the value of an expression gets to. Modules that are `opaque` are not looked into.
#[must_use]
pub fn destinations(
    program: &Program,
    expression: At<ExpressionId>,
    opaque: &dyn Fn(At<ModuleId>) -> bool,
) -> Destinations {
    let mut search = Search {
        program,
        opaque,
        parents: HashMap::new(),
        pending: vec![Way {
            place: expression,
            now: expression.id,
            path: Vec::new(),
            is_value: true,
        }],
        known: BTreeSet::new(),
        found: Destinations::default(),
    };
    search.run();
    search.found
}

/// A value on its way from what is written to what has it.
#[derive(Clone)]
struct Way {
    /// What stands for it, as in [`Destination`].
    place: At<ExpressionId>,
    /// What it has become a part of.
    now: ExpressionId,
    /// The names that lead from there to the value.
    path: Vec<String>,
    is_value: bool,
}

impl Way {
    fn into(mut self, name: &str) -> Self {
        if self.is_value {
            self.path.insert(0, name.to_owned());
        }
        self
    }

    /// The value is no more than a part of what makes something else.
    fn used_up(mut self) -> Self {
        self.is_value = false;
        self.path.clear();
        self
    }

    /// What is left where a property is taken out; none where it is another one.
    fn out_of(mut self, name: &str) -> Option<Self> {
        match self.path.first() {
            Some(first) if first.eq_ignore_ascii_case(name) => {
                self.path.remove(0);
                Some(self)
            }
            Some(_) => None,
            None => Some(self.used_up()),
        }
    }
}

/// What a name stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    Parameter(ParameterId),
    Variable(VariableId),
}

struct Search<'p> {
    program: &'p Program,
    opaque: &'p dyn Fn(At<ModuleId>) -> bool,
    /// By instance: what each expression is a part of.
    parents: HashMap<InstanceId, Vec<Option<ExpressionId>>>,
    pending: Vec<Way>,
    known: BTreeSet<(At<ExpressionId>, Vec<String>, bool)>,
    found: Destinations,
}

impl Search<'_> {
    fn run(&mut self) {
        let mut steps = 0;
        while let Some(way) = self.pending.pop() {
            steps += 1;
            if steps > MOST_STEPS {
                self.reach(Receiver::Other, way);
                return;
            }
            if self
                .known
                .insert((way.place, way.path.clone(), way.is_value))
            {
                self.follow(way);
            }
        }
    }

    fn reach(&mut self, receiver: Receiver, way: Way) {
        self.found.places.push(Destination {
            receiver,
            path: way.path,
            is_value: way.is_value,
            place: way.place,
        });
    }

    /// Goes outwards through what the value is a part of.
    fn follow(&mut self, mut way: Way) {
        let instance = way.place.instance;
        let template = self.program.template(instance);
        loop {
            if is_nested_template(template, way.now) {
                return;
            }
            if let Some(module) = module_of_arguments(template, way.now) {
                return self.enter(instance.at(module), way);
            }
            let Some(parent) = self.parent(instance, way.now) else {
                return self.leave(way);
            };
            let Some(next) = step(template, parent, way) else {
                return;
            };
            way = next;
            way.now = parent;
            if is_access(template.kind(parent)) && way.is_value {
                way.place = instance.at(parent);
            }
        }
    }

    fn parent(&mut self, instance: InstanceId, expression: ExpressionId) -> Option<ExpressionId> {
        let template = self.program.template(instance);
        let parents = self.parents.entry(instance).or_insert_with(|| {
            let mut parents = vec![None; template.expressions.len()];
            for (id, expression) in template.expressions() {
                for part in expression.kind.parts() {
                    parents[part.index()] = Some(id);
                }
            }
            parents
        });
        parents.get(expression.index()).copied().flatten()
    }

    /// From the arguments of a module into what it deploys.
    fn enter(&mut self, module: At<ModuleId>, mut way: Way) {
        let is_closed = matches!(self.program.expansion(module), Expansion::Opaque);
        if is_closed || (self.opaque)(module) || way.path.is_empty() {
            let receiver = if way.is_value {
                Receiver::Module(module)
            } else {
                Receiver::Other
            };
            return self.reach(receiver, way);
        }
        let name = way.path.remove(0);
        if self.program.template(module.instance).language == Language::Json
            && (way.path.is_empty() || !way.path.remove(0).eq_ignore_ascii_case("value"))
        {
            return self.reach(Receiver::Other, way.used_up());
        }
        for instance in self.program.deployed_instances(module).collect::<Vec<_>>() {
            self.parameter(instance, &name, &way);
        }
    }

    /// Goes on wherever a parameter is named.
    fn parameter(&mut self, instance: InstanceId, name: &str, way: &Way) {
        let mut parameters = self.program.template(instance).parameters.iter();
        if let Some(position) =
            parameters.position(|parameter| parameter.name.text.eq_ignore_ascii_case(name))
        {
            let parameter = ParameterId(position as u32);
            self.named(instance, Named::Parameter(parameter), way);
        }
    }

    /// From the outermost expression to what it is the value of.
    fn leave(&mut self, way: Way) {
        let instance = way.place.instance;
        let template = self.program.template(instance);
        let mut resources = template.resources();
        if let Some((resource, _)) = resources.find(|(_, resource)| resource.body == way.now) {
            return self.reach(Receiver::Resource(instance.at(resource)), way);
        }
        let file = &self.program.instance(instance).file;
        if let Some(parameters) = file.parameters() {
            let mut assignments = parameters.assignments.iter();
            if let Some(assignment) = assignments.find(|assignment| assignment.value == way.now) {
                self.parameter(InstanceId::ROOT, &assignment.name.text, &way);
            }
        }
        let mut variables = template.variables.iter();
        if let Some(position) = variables.position(|variable| variable.value == way.now) {
            if template.variables[position].is_exported {
                self.reach(Receiver::Other, way.clone());
            }
            let variable = VariableId(position as u32);
            return self.named(instance, Named::Variable(variable), &way);
        }
        if file.parameters().is_some() {
            return;
        }
        let mut parameters = template.parameters.iter();
        if let Some(position) = parameters.position(|it| it.default == Some(way.now)) {
            let parameter = ParameterId(position as u32);
            return self.named(instance, Named::Parameter(parameter), &way);
        }
        self.reach(Receiver::Other, way);
    }

    /// Goes on wherever a name stands for the value.
    fn named(&mut self, instance: InstanceId, name: Named, way: &Way) {
        if let Named::Parameter(parameter) = name
            && way.is_value
        {
            self.found.parameters.push(instance.at(parameter));
        }
        for shares in self.sharing(instance) {
            let template = self.program.template(shares);
            for (id, expression) in template.expressions() {
                let is_meant = match &expression.kind {
                    ExpressionKind::Reference(Reference::Parameter(id)) => {
                        Named::Parameter(*id) == name
                    }
                    ExpressionKind::Reference(Reference::Variable(id)) => {
                        Named::Variable(*id) == name
                    }
                    _ => false,
                };
                if is_meant {
                    self.pending.push(Way {
                        place: shares.at(id),
                        now: id,
                        path: way.path.clone(),
                        is_value: way.is_value,
                    });
                }
            }
        }
    }

    /// The instances in which the names of one mean the same.
    fn sharing(&self, instance: InstanceId) -> Vec<InstanceId> {
        let mut sharing = vec![instance];
        // Callers come before what they deploy.
        for other in self.program.instances() {
            if let Origin::Deployed(caller) = &self.program.instance(other).origin
                && caller.is_outer_scope
                && sharing.contains(&caller.module.instance)
            {
                sharing.push(other);
            }
        }
        sharing
    }
}

fn module_of_arguments(template: &Template, expression: ExpressionId) -> Option<ModuleId> {
    let mut modules = template.modules();
    let found = modules.find(|(_, module)| module.arguments == Arguments::Given(expression));
    found.map(|(id, _)| id)
}

/// Whether an expression is the text of a nested deployment's template, whose names are looked at there.
fn is_nested_template(template: &Template, expression: ExpressionId) -> bool {
    template.modules.iter().any(|module| {
        let properties = template.property(module.body, "properties");
        properties
            .filter(|_| matches!(module.source, ModuleSource::Inline { .. }))
            .and_then(|properties| template.property(properties.value, "template"))
            .is_some_and(|nested| nested.value == expression)
    })
}

/// Whether an expression takes a property out of what it is made of.
const fn is_access(kind: &ExpressionKind) -> bool {
    matches!(
        kind,
        ExpressionKind::Member { .. } | ExpressionKind::Index { .. } | ExpressionKind::NonNull(_)
    )
}

/// What becomes of a value in the expression around it; none where that leaves it out.
fn step(template: &Template, parent: ExpressionId, way: Way) -> Option<Way> {
    let child = way.now;
    if !way.is_value {
        return Some(way);
    }
    Some(match template.kind(parent) {
        ExpressionKind::Object(object) => {
            let mut members = object.members.iter();
            let property = members.find_map(|member| match member {
                Member::Property(property) if property.value == child => Some(property),
                Member::Property(_) | Member::Spread(_) => None,
            });
            let is_spread = |member: &Member| matches!(member, Member::Spread(it) if *it == child);
            match property {
                Some(property) => match template.text(property.key) {
                    Some(key) => way.into(key),
                    None => way.used_up(),
                },
                None if object.members.iter().any(is_spread) => way,
                None => way.used_up(),
            }
        }
        ExpressionKind::Array(items) => {
            let is_spread = items
                .iter()
                .any(|item| item.value == child && item.is_spread);
            if is_spread { way } else { way.into(ELEMENT) }
        }
        ExpressionKind::Conditional { condition, .. } if *condition == child => way.used_up(),
        ExpressionKind::Conditional { .. }
        | ExpressionKind::NonNull(_)
        | ExpressionKind::Binary {
            operator: BinaryOperator::Coalesce,
            ..
        } => way,
        ExpressionKind::Call { function, .. } if &**function == "union" => way,
        ExpressionKind::Member { name, .. } => way.out_of(&name.text)?,
        ExpressionKind::Index { object, index, .. } if *object == child => {
            match template.text(*index) {
                Some(name) => way.out_of(name)?,
                None => way.used_up(),
            }
        }
        _ => way.used_up(),
    })
}
