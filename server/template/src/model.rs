//! The model that both languages lower to.
//!
//! A [`Template`] is one file (or one nested deployment inside it), names resolved, nothing
//! evaluated. Every piece keeps its place in the text, for reports and edits. What could not be
//! read is [`ExpressionKind::Invalid`], or makes the object or template around it incomplete, so
//! that nobody concludes from the absence of something that was there.

mod expression;
mod files;

use std::collections::BTreeSet;
use std::sync::Arc;

use syntax::{Language, TextRange};

pub use self::expression::{
    BinaryOperator, Expression, ExpressionKind, Item, Member, Object, Property, Reference, Segment,
    UnaryOperator,
};
pub use self::files::{Assignment, Import, Link, LinkKind, ParameterFile};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(crate) u32);

        impl $name {
            pub(crate) const fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id!(
    /// An [`Expression`] of a template.
    ExpressionId
);
id!(
    /// A [`Parameter`] of a template.
    ParameterId
);
id!(
    /// A [`Variable`] of a template.
    VariableId
);
id!(
    /// A [`Function`] of a template.
    FunctionId
);
id!(
    /// A [`Resource`] of a template.
    ResourceId
);
id!(
    /// A [`Module`] of a template.
    ModuleId
);
id!(
    /// An [`Import`] of a template.
    ImportId
);
/// A name that a loop, lambda or function binds; unique within its template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalId(pub(crate) u32);

/// A name as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name.
    pub text: Box<str>,
    /// Where it is written, without quotes.
    pub range: TextRange,
}

/// Where a template is deployed to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TargetScope {
    /// A resource group, the default of both languages.
    #[default]
    ResourceGroup,
    /// A subscription.
    Subscription,
    /// A management group.
    ManagementGroup,
    /// The tenant.
    Tenant,
    /// Written, but not one of the known scopes.
    Unknown,
}

/// One template.
#[derive(Clone, Debug)]
pub struct Template {
    /// The language it is written in.
    pub language: Language,
    /// Where it is deployed to.
    pub target_scope: TargetScope,
    /// Its parameters, in the order of the text, as all of the following.
    pub parameters: Vec<Parameter>,
    /// Its variables.
    pub variables: Vec<Variable>,
    /// Its own functions.
    pub functions: Vec<Function>,
    /// Its resources, nested ones behind their parent, `existing` ones included.
    pub resources: Vec<Resource>,
    /// The deployments it starts: Bicep modules, and nested or linked deployments in ARM JSON.
    pub modules: Vec<Module>,
    /// Its outputs.
    pub outputs: Vec<Output>,
    /// What it imports from other files (Bicep).
    pub imports: Vec<Import>,
    /// Whether every declaration could be read. Where it is false, the absence of a declaration
    /// means nothing.
    pub is_complete: bool,
    pub(crate) expressions: Vec<Expression>,
    /// By the names that are bound: the loop that a name is the item of, if it is one.
    pub(crate) locals: Vec<Option<Repetition>>,
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// Its type, as far as it decides anything.
    pub kind: ParameterKind,
    /// Whether its value is kept out of logs and deployment history.
    pub is_secure: bool,
    /// Whether, though that is not so, it may be so of a part of it: its type marks one, or is written
    /// in another file.
    pub may_have_secure_parts: bool,
    /// The values it is limited to (`@allowed`, a union of literals, `allowedValues`); empty where
    /// it is not limited or the limits could not be read, and for an array, which may have any of
    /// the values as elements.
    pub allowed: Vec<ExpressionId>,
    /// The texts that its type has instead of `string`, anywhere in it; none if the type may refuse
    /// a text for other reasons, or is written in another file.
    pub texts: Option<BTreeSet<Box<str>>>,
    /// Its default; null for a parameter that may be left out.
    pub default: Option<ExpressionId>,
    /// Whether it may be left out without having a default of its own (`string?`, `nullable`).
    pub is_optional: bool,
    /// The whole declaration.
    pub range: TextRange,
}

impl Parameter {
    /// Whether its type lets any text through.
    #[must_use]
    pub fn takes_all_texts(&self) -> bool {
        self.texts.as_ref().is_some_and(BTreeSet::is_empty)
    }

    /// Whether its type surely lets a text through.
    #[must_use]
    pub fn takes(&self, text: &str) -> bool {
        let texts = self.texts.as_ref();
        texts.is_some_and(|texts| texts.is_empty() || texts.contains(text))
    }
}

/// The type of a parameter, as far as it decides anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// `bool`
    Bool,
    /// `int`
    Int,
    /// `string`, secure or not, or a union of strings
    String,
    /// `array`, or a typed array or tuple
    Array,
    /// `object`, secure or not, or an object type
    Object,
    /// Anything else.
    Other,
}

/// A variable.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name.
    pub name: Name,
    /// Its value.
    pub value: ExpressionId,
    /// Whether other files may import it.
    pub is_exported: bool,
    /// The whole declaration.
    pub range: TextRange,
}

/// A function that the template itself defines.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name; in ARM JSON `namespace.name`.
    pub name: Name,
    /// Its parameters.
    pub parameters: Vec<LocalId>,
    /// Its body.
    pub body: ExpressionId,
    /// Whether other files may import it.
    pub is_exported: bool,
}

/// A resource, declared or `existing`.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its symbolic name, where the language or its version has one.
    pub symbol: Option<Name>,
    /// The place that stands for the resource where something of it is absent: its symbolic name,
    /// else its name's value, else its type.
    pub label: TextRange,
    /// The full type with the types of its ancestors, as written: `Microsoft.KeyVault/vaults/secrets`.
    /// Empty where it could not be read.
    pub resource_type: Box<str>,
    /// Where the type is written (in Bicep without the API version).
    pub type_range: TextRange,
    /// The API version; a plain string in Bicep, any expression in ARM JSON. None where an
    /// `existing` or nested resource inherits it or nothing is written.
    pub api_version: Option<ExpressionId>,
    /// Whether it is only referred to.
    pub is_existing: bool,
    /// The value of its `name`.
    pub name: Option<ExpressionId>,
    /// How it is tied to its parent, if it is.
    pub parent: Option<Parent>,
    /// The value of its `scope`.
    pub scope: Option<ExpressionId>,
    /// The condition of its deployment.
    pub condition: Option<ExpressionId>,
    /// The loop that deploys it.
    pub repetition: Option<Repetition>,
    /// Its body: an [`ExpressionKind::Object`], or invalid.
    pub body: ExpressionId,
    /// The value of its `dependsOn`.
    pub depends_on: Option<ExpressionId>,
    /// The whole declaration: in Bicep with its decorators, in ARM JSON its object.
    pub range: TextRange,
}

/// How a resource is tied to its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parent {
    /// It is written inside its parent; its name is relative to the parent's.
    Enclosing(ResourceId),
    /// The value of its `parent` property; its name is relative to the parent's.
    Property(ExpressionId),
}

/// A loop: `for item, index in iterable`, or `copy` (whose iterable is `range(0, count)`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repetition {
    /// The item.
    pub item: LocalId,
    /// The index, from 0.
    pub index: LocalId,
    /// What is iterated over.
    pub iterable: ExpressionId,
}

/// A deployment that the template starts.
#[derive(Clone, Debug)]
pub struct Module {
    /// Its symbolic name, where the language or its version has one.
    pub symbol: Option<Name>,
    /// The place that stands for the module: its symbolic name, else its name's value.
    pub label: TextRange,
    /// What it deploys.
    pub source: ModuleSource,
    /// The arguments for its parameters.
    pub arguments: Arguments,
    /// The value of its `scope`: in Bicep a scope, in ARM JSON the [identifier] of one.
    ///
    /// [identifier]: https://learn.microsoft.com/azure/azure-resource-manager/templates/deploy-to-tenant#deployment-scopes
    pub scope: Option<ExpressionId>,
    /// The subscription that it goes to, where that is another one (`subscriptionId`, ARM JSON).
    pub subscription: Option<ExpressionId>,
    /// The resource group that it goes to, where that is another one (`resourceGroup`, ARM JSON).
    pub resource_group: Option<ExpressionId>,
    /// Where the record of the deployment is kept (`location`, ARM JSON), which decides what
    /// `deployment().location` is.
    pub location: Option<ExpressionId>,
    /// The condition of its deployment.
    pub condition: Option<ExpressionId>,
    /// The loop that deploys it.
    pub repetition: Option<Repetition>,
    /// Its whole body.
    pub body: ExpressionId,
    /// The whole declaration.
    pub range: TextRange,
}

/// The arguments for the parameters of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arguments {
    /// None are given.
    None,
    /// An expression: an object, in ARM JSON of objects with a `value` or `reference`.
    Given(ExpressionId),
    /// Not known, as where they are in a file of their own (`parametersLink`).
    Unknown,
}

/// What a module deploys.
#[derive(Clone, Debug)]
pub enum ModuleSource {
    /// Another file.
    Linked(Link),
    /// A template written inside the deployment (ARM JSON).
    Inline {
        /// The template; in outer scope its parameters and variables are those of the template around it.
        template: Arc<Template>,
        /// Whether its expressions are evaluated in a scope of its own (`inner`).
        is_inner_scope: bool,
    },
    /// Not known.
    Unknown,
}

/// An output.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its name.
    pub name: Name,
    /// Its value.
    pub value: ExpressionId,
    /// Whether its value or a part of it is kept out of logs and deployment history, or may be for
    /// all that its file says.
    pub may_be_secure: bool,
    /// The whole declaration.
    pub range: TextRange,
}

impl Template {
    /// A template without anything in it.
    pub(crate) fn empty(language: Language) -> Self {
        Self {
            language,
            target_scope: TargetScope::default(),
            parameters: Vec::new(),
            variables: Vec::new(),
            functions: Vec::new(),
            resources: Vec::new(),
            modules: Vec::new(),
            outputs: Vec::new(),
            imports: Vec::new(),
            is_complete: true,
            expressions: Vec::new(),
            locals: Vec::new(),
        }
    }

    /// An expression.
    #[must_use]
    pub fn expression(&self, id: ExpressionId) -> &Expression {
        &self.expressions[id.index()]
    }

    /// The expressions with their ids, parts before what they are part of or behind it.
    pub fn expressions(&self) -> impl Iterator<Item = (ExpressionId, &Expression)> {
        (0..).map(ExpressionId).zip(&self.expressions)
    }

    /// What an expression is.
    #[must_use]
    pub fn kind(&self, id: ExpressionId) -> &ExpressionKind {
        &self.expression(id).kind
    }

    /// Where an expression is written.
    #[must_use]
    pub fn range(&self, id: ExpressionId) -> TextRange {
        self.expression(id).range
    }

    /// The expressions that are written around a byte, the innermost first.
    #[must_use]
    pub fn expressions_at(&self, offset: u32) -> Vec<ExpressionId> {
        let ids = (0..).map(ExpressionId).zip(&self.expressions);
        let around = ids.filter(|(_, expression)| expression.range.contains(offset));
        let mut around: Vec<_> = around
            .map(|(id, expression)| (expression.range.len(), id))
            .collect();
        // What an expression is made of comes before it.
        around.sort_unstable();
        around.into_iter().map(|(_, id)| id).collect()
    }

    /// A parameter.
    #[must_use]
    pub fn parameter(&self, id: ParameterId) -> &Parameter {
        &self.parameters[id.index()]
    }

    /// The parameters with their ids.
    pub fn parameters(&self) -> impl Iterator<Item = (ParameterId, &Parameter)> {
        (0..).map(ParameterId).zip(&self.parameters)
    }

    /// The parameter whose declaration a place is in.
    #[must_use]
    pub fn parameter_around(&self, range: TextRange) -> Option<ParameterId> {
        let mut parameters = self.parameters.iter();
        let position = parameters.position(|parameter| parameter.range.contains_range(range))?;
        Some(ParameterId(position as u32))
    }

    /// The variables with their ids.
    pub fn variables(&self) -> impl Iterator<Item = (VariableId, &Variable)> {
        (0..).map(VariableId).zip(&self.variables)
    }

    /// A variable.
    #[must_use]
    pub fn variable(&self, id: VariableId) -> &Variable {
        &self.variables[id.index()]
    }

    /// A function.
    #[must_use]
    pub fn function(&self, id: FunctionId) -> &Function {
        &self.functions[id.index()]
    }

    /// A resource.
    #[must_use]
    pub fn resource(&self, id: ResourceId) -> &Resource {
        &self.resources[id.index()]
    }

    /// A module.
    #[must_use]
    pub fn module(&self, id: ModuleId) -> &Module {
        &self.modules[id.index()]
    }

    /// An import.
    #[must_use]
    pub fn import(&self, id: ImportId) -> &Import {
        &self.imports[id.index()]
    }

    /// The loop that a name is the item of, if it is one.
    pub(crate) fn repetition_of(&self, item: LocalId) -> Option<Repetition> {
        self.locals.get(item.0 as usize).copied().flatten()
    }

    /// The resources with their ids.
    pub fn resources(&self) -> impl Iterator<Item = (ResourceId, &Resource)> {
        (0..).map(ResourceId).zip(&self.resources)
    }

    /// The modules with their ids.
    pub fn modules(&self) -> impl Iterator<Item = (ModuleId, &Module)> {
        (0..).map(ModuleId).zip(&self.modules)
    }

    /// The object that an expression is, if it is one as written.
    #[must_use]
    pub fn object(&self, id: ExpressionId) -> Option<&Object> {
        match self.kind(id) {
            ExpressionKind::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The text of an expression that is a string without holes, as written.
    #[must_use]
    pub fn text(&self, id: ExpressionId) -> Option<&str> {
        match self.kind(id) {
            ExpressionKind::String(text) => Some(text),
            _ => None,
        }
    }

    /// The property of an object expression as it is written, its name compared as Azure does,
    /// without regard to case. Neither follows names nor looks into spreads.
    #[must_use]
    pub fn property(&self, object: ExpressionId, name: &str) -> Option<&Property> {
        self.object(object)?
            .members
            .iter()
            .find_map(|member| match member {
                Member::Property(property) => match self.kind(property.key) {
                    ExpressionKind::String(key) if key.eq_ignore_ascii_case(name) => Some(property),
                    _ => None,
                },
                Member::Spread(_) => None,
            })
    }

    /// The object that has a property with an expression as its name.
    #[must_use]
    pub fn object_of(&self, name: ExpressionId) -> Option<ExpressionId> {
        let is_name =
            |member: &Member| matches!(member, Member::Property(property) if property.key == name);
        let range = self.range(name);
        let mut expressions = (0..).map(ExpressionId).zip(&self.expressions);
        let found = expressions.find(|(_, expression)| match &expression.kind {
            ExpressionKind::Object(object) => {
                expression.range.contains_range(range) && object.members.iter().any(is_name)
            }
            _ => false,
        });
        found.map(|(id, _)| id)
    }

    /// The name that an expression is written for: of the variable or property whose value it is, or
    /// of the parameter whose default it is.
    #[must_use]
    pub fn name_for(&self, id: ExpressionId) -> Option<&str> {
        let mut variables = self.variables.iter();
        if let Some(variable) = variables.find(|variable| variable.value == id) {
            return Some(&variable.name.text);
        }
        let mut parameters = self.parameters.iter();
        if let Some(parameter) = parameters.find(|parameter| parameter.default == Some(id)) {
            return Some(&parameter.name.text);
        }
        let objects = self.expressions.iter();
        let mut members = objects.flat_map(|expression| match &expression.kind {
            ExpressionKind::Object(object) => object.members.as_slice(),
            _ => &[],
        });
        members.find_map(|member| match member {
            Member::Property(property) if property.value == id => self.text(property.key),
            Member::Property(_) | Member::Spread(_) => None,
        })
    }

    /// Whether an expression is an object whose properties are all known by name as it is written.
    pub(crate) fn is_plain_object(&self, id: ExpressionId) -> bool {
        self.object(id).is_some_and(|object| {
            object.is_complete
                && object.members.iter().all(|member| match member {
                    Member::Property(property) => self.text(property.key).is_some(),
                    Member::Spread(_) => false,
                })
        })
    }
}

impl Resource {
    /// Whether the resource is of a type, compared as Azure does, without regard to case.
    #[must_use]
    pub fn is_type(&self, resource_type: &str) -> bool {
        self.resource_type.eq_ignore_ascii_case(resource_type)
    }

    /// Whether there is at most one of it, by itself and where its template goes to.
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        self.repetition.is_none() && self.scope.is_none() && self.parent.is_none()
    }

    /// Whether there is exactly one of it whenever its template is deployed.
    #[must_use]
    pub const fn is_always_there(&self) -> bool {
        self.repetition.is_none() && self.condition.is_none()
    }
}
