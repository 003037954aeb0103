//! Parameters, variables, functions and outputs.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use syntax::TextRange;
use tree_sitter::Node;

use super::json::{Member, Members};
use super::scope::{LoopKind, Names};
use super::{Lowering, is_array, is_object};
use crate::model::{
    ExpressionId, ExpressionKind, Function, FunctionId, Name, Output, Parameter, ParameterId,
    ParameterKind, Variable, VariableId,
};

/// How many definitions of types may lead to one another.
const MAXIMUM_ALIASES: u32 = 16;

/// How deep a type is looked into for parts that are secure.
const MAXIMUM_TYPE_DEPTH: u32 = 64;

/// The definitions of types by name, in lower case.
type Types<'t> = HashMap<String, Option<Node<'t>>>;

/// A variable that is not lowered yet.
struct UnreadVariable<'t> {
    name: Name,
    value: VariableValue<'t>,
    range: TextRange,
}

enum VariableValue<'t> {
    Plain(Option<Node<'t>>),
    Copy(Members<'t>),
}

/// A function that is not lowered yet.
struct UnreadFunction<'t> {
    name: Name,
    members: Members<'t>,
    range: TextRange,
}

impl<'t> Lowering<'t> {
    /// Lowers parameters, variables and functions. All names come first: each may use the others.
    pub(super) fn definitions(&mut self, members: &Members<'t>, depth: u32) {
        let exported = self.exported_variables(members);
        let parameters = self.section(members, "parameters");
        let parameters = parameters.map_or(Vec::new(), |section| section.list);
        let variables = self.unread_variables(members);
        let functions = self.unread_functions(members);
        let key = |name: &str| name.to_ascii_lowercase();
        let mut names = Names::default();
        for (index, parameter) in (0..).zip(&parameters) {
            let name = key(&parameter.name().text);
            names.parameters.insert(name, ParameterId(index));
        }
        for (index, variable) in (0..).zip(&variables) {
            let name = key(&variable.name.text);
            names.variables.insert(name, VariableId(index));
        }
        for (index, function) in (0..).zip(&functions) {
            let name = key(&function.name.text);
            names.functions.insert(name, FunctionId(index));
        }
        self.names = Rc::new(names);

        let types = self.section(members, "definitions");
        let types = types.map_or(Vec::new(), |section| section.list);
        let types: Types<'_> = types
            .iter()
            .map(|member| (key(&member.name().text), member.value))
            .collect();
        for parameter in &parameters {
            self.parameter_declaration(parameter, &types, depth + 2);
        }
        for variable in variables {
            let value = match variable.value {
                VariableValue::Plain(value) => self.readable(value, variable.range, depth + 2),
                VariableValue::Copy(copy) => {
                    self.copied(&copy, variable.range, LoopKind::Value, depth + 3)
                }
            };
            self.builder.template.variables.push(Variable {
                is_exported: exported
                    .iter()
                    .any(|name| name.eq_ignore_ascii_case(&variable.name.text)),
                name: variable.name,
                value,
                range: variable.range,
            });
        }
        for function in functions {
            self.function(function, depth + 4);
        }
    }

    fn parameter_declaration(&mut self, declaration: &Member<'t>, types: &Types<'t>, depth: u32) {
        let object = declaration.value.filter(|node| is_object(*node));
        self.require(object.is_some());
        let members = object.map(|node| self.text.members(node));
        let default = members
            .as_ref()
            .and_then(|members| members.get("defaultValue"));
        let default = default.map(|member| self.member_value(member, depth + 1));
        let mut parameter = Parameter {
            name: declaration.name(),
            kind: ParameterKind::Other,
            is_secure: false,
            may_have_secure_parts: false,
            allowed: Vec::new(),
            texts: Some(BTreeSet::new()),
            default,
            is_optional: false,
            range: declaration.range,
        };
        if let Some(members) = members {
            let may_be_secure =
                object.is_some_and(|node| self.may_be_secure(node, types, &mut BTreeSet::new(), 0));
            if self.parameter_type(members, types, &mut parameter, depth) {
                self.builder
                    .may_be_left_out(&mut parameter, declaration.range);
            }
            if parameter.kind == ParameterKind::Array {
                parameter.allowed.clear();
            }
            parameter.may_have_secure_parts = may_be_secure && !parameter.is_secure;
            let mut texts = BTreeSet::new();
            let is_open = object.is_none_or(|node| {
                self.add_texts(node, types, &mut BTreeSet::new(), 0, &mut texts)
            });
            parameter.texts = is_open.then_some(texts);
        }
        self.builder.template.parameters.push(parameter);
    }

    /// Whether a type, or a part of it, is secure, or may be for all that this file says. A definition
    /// that was `seen` is not followed again.
    fn may_be_secure(
        &self,
        node: Node<'t>,
        types: &Types<'t>,
        seen: &mut BTreeSet<usize>,
        depth: u32,
    ) -> bool {
        if depth > MAXIMUM_TYPE_DEPTH {
            return true;
        }
        if is_array(node) {
            let mut items = self.text.items(node).into_iter().flatten();
            return items.any(|item| self.may_be_secure(item, types, seen, depth + 1));
        }
        if !is_object(node) {
            return false;
        }
        let members = self.text.members(node);
        if self
            .type_name(&members)
            .is_some_and(|name| is_secure(&name))
        {
            return true;
        }
        if members.value("$ref").is_some() {
            return match self.definition(&members, types) {
                Some(definition) if !seen.insert(definition.id()) => false,
                Some(definition) => self.may_be_secure(definition, types, seen, depth + 1),
                None => true,
            };
        }
        let properties = members.value("properties").filter(|node| is_object(*node));
        let properties = properties.map_or(Vec::new(), |node| self.text.members(node).list);
        let properties = properties.iter().filter_map(|property| property.value);
        let others = [
            "additionalProperties",
            "items",
            "prefixItems",
            "discriminator",
        ];
        let others = others.iter().filter_map(|name| members.value(name));
        let mut parts = properties.chain(others);
        parts.any(|part| self.may_be_secure(part, types, seen, depth + 1))
    }

    /// Adds the texts that a type, or a part of it, is limited to; whether these are all that decides.
    fn add_texts(
        &self,
        node: Node<'t>,
        types: &Types<'t>,
        seen: &mut BTreeSet<usize>,
        depth: u32,
        texts: &mut BTreeSet<Box<str>>,
    ) -> bool {
        if depth > MAXIMUM_TYPE_DEPTH {
            return false;
        }
        if is_array(node) {
            let mut items = self.text.items(node).into_iter().flatten();
            return items.all(|item| self.add_texts(item, types, seen, depth + 1, texts));
        }
        if !is_object(node) {
            return true;
        }
        let members = self.text.members(node);
        let refusing = ["discriminator", "minLength", "maxLength"];
        if refusing.iter().any(|name| members.value(name).is_some()) {
            return false;
        }
        if let Some(allowed) = members.value("allowedValues").filter(|it| is_array(*it)) {
            for item in self.text.items(allowed).into_iter().flatten() {
                if let Some(text) = self.text.literal(item) {
                    texts.insert(text);
                }
            }
        }
        if members.value("$ref").is_some() {
            return match self.definition(&members, types) {
                Some(definition) if !seen.insert(definition.id()) => true,
                Some(definition) => self.add_texts(definition, types, seen, depth + 1, texts),
                None => false,
            };
        }
        let properties = members.value("properties").filter(|node| is_object(*node));
        let properties = properties.map_or(Vec::new(), |node| self.text.members(node).list);
        let properties = properties.iter().filter_map(|property| property.value);
        let others = ["additionalProperties", "items", "prefixItems"];
        let others = others.iter().filter_map(|name| members.value(name));
        let mut parts = properties.chain(others);
        parts.all(|part| self.add_texts(part, types, seen, depth + 1, texts))
    }

    fn type_name(&self, members: &Members<'t>) -> Option<String> {
        let name = self.text.literal(members.value("type")?)?;
        Some(name.to_ascii_lowercase())
    }

    /// Reads the type of a parameter, from the [definition] that it refers to where it does. Says
    /// whether the parameter may be left out.
    ///
    /// [definition]: https://learn.microsoft.com/azure/azure-resource-manager/templates/definitions
    fn parameter_type(
        &mut self,
        mut members: Members<'t>,
        types: &Types<'t>,
        parameter: &mut Parameter,
        depth: u32,
    ) -> bool {
        let mut is_nullable = false;
        for _ in 0..MAXIMUM_ALIASES {
            let nullable = members.value("nullable");
            is_nullable |= nullable.is_some_and(|node| node.kind() == "true");
            let allowed = members
                .value("allowedValues")
                .filter(|node| is_array(*node));
            if let Some(allowed) = allowed
                && parameter.allowed.is_empty()
            {
                parameter.allowed = self.allowed(allowed, depth + 1);
            }
            if let Some(name) = self.type_name(&members) {
                parameter.is_secure = is_secure(&name);
                parameter.kind = match name.as_str() {
                    "bool" => ParameterKind::Bool,
                    "int" => ParameterKind::Int,
                    "string" | "securestring" => ParameterKind::String,
                    "array" => ParameterKind::Array,
                    "object" | "secureobject" => ParameterKind::Object,
                    _ => ParameterKind::Other,
                };
                break;
            }
            let Some(definition) = self.definition(&members, types) else {
                break;
            };
            members = self.text.members(definition);
        }
        is_nullable
    }

    fn definition(&self, members: &Members<'t>, types: &Types<'t>) -> Option<Node<'t>> {
        let reference = self.text.string(members.value("$ref")?)?;
        let name = reference
            .strip_prefix("#/definitions/")?
            .to_ascii_lowercase();
        let definition = (*types.get(&name)?)?;
        is_object(definition).then_some(definition)
    }

    /// The values that a parameter is limited to; none if one of them could not be read.
    fn allowed(&mut self, array: Node<'t>, depth: u32) -> Vec<ExpressionId> {
        let items: Option<Vec<_>> = self.text.items(array).into_iter().collect();
        let items = items.unwrap_or_default();
        items
            .into_iter()
            .map(|item| self.value(item, depth))
            .collect()
    }

    fn unread_variables(&mut self, members: &Members<'t>) -> Vec<UnreadVariable<'t>> {
        let section = self.section(members, "variables");
        let mut variables = Vec::new();
        for member in section.map_or(Vec::new(), |section| section.list) {
            let Some(copies) = self.copies(&member) else {
                variables.push(UnreadVariable {
                    name: member.name(),
                    value: VariableValue::Plain(member.value),
                    range: member.range,
                });
                continue;
            };
            for (node, copy) in copies {
                let Some(name) = self.name_value(&copy) else {
                    self.require(false);
                    continue;
                };
                variables.push(UnreadVariable {
                    name,
                    value: VariableValue::Copy(copy),
                    range: node.into(),
                });
            }
        }
        variables
    }

    /// The names that the [Bicep compiler] lists of exported variables.
    ///
    /// [Bicep compiler]: https://github.com/Azure/bicep/blob/main/src/Bicep.Core/Semantics/ArmTemplateSemanticModel.cs
    fn exported_variables(&self, members: &Members<'t>) -> Vec<Cow<'t, str>> {
        let metadata = members.value("metadata").filter(|node| is_object(*node));
        let list = metadata.and_then(|node| {
            let metadata = self.text.members(node);
            metadata.value("__bicep_exported_variables!")
        });
        let list = list.filter(|node| is_array(*node));
        let items = list.map_or(Vec::new(), |node| self.text.items(node));
        items
            .into_iter()
            .flatten()
            .filter(|node| is_object(*node))
            .filter_map(|node| self.text.string(self.text.members(node).value("name")?))
            .collect()
    }

    /// The literal value of `name`, as a name.
    fn name_value(&self, members: &Members<'t>) -> Option<Name> {
        let node = members.value("name")?;
        let (_, range) = self.text.raw_string(node)?;
        let text = self.text.literal(node)?;
        Some(Name { text, range })
    }

    fn unread_functions(&mut self, members: &Members<'t>) -> Vec<UnreadFunction<'t>> {
        let mut functions = Vec::new();
        let Some(section) = members.get("functions") else {
            return functions;
        };
        let array = section.value.filter(|node| is_array(*node));
        self.require(array.is_some());
        for item in array.map_or(Vec::new(), |array| self.text.items(array)) {
            let item = item.filter(|node| is_object(*node));
            let item = item.map(|node| self.text.members(node));
            let namespace = item.as_ref().and_then(|item| item.value("namespace"));
            let namespace = namespace.and_then(|node| self.text.literal(node));
            let (Some(item), Some(namespace)) = (item, namespace) else {
                self.require(false);
                continue;
            };
            let section = self.section(&item, "members");
            for member in section.map_or(Vec::new(), |section| section.list) {
                let Some(object) = member.value.filter(|node| is_object(*node)) else {
                    self.require(false);
                    continue;
                };
                let name = member.name();
                functions.push(UnreadFunction {
                    name: Name {
                        text: format!("{namespace}.{}", name.text).into(),
                        range: name.range,
                    },
                    members: self.text.members(object),
                    range: member.range,
                });
            }
        }
        functions
    }

    fn function(&mut self, function: UnreadFunction<'t>, depth: u32) {
        let array = function.members.value("parameters");
        let array = array.filter(|node| is_array(*node));
        let mut parameters = Vec::new();
        let mut names = HashMap::new();
        for item in array.map_or(Vec::new(), |array| self.text.items(array)) {
            let local = self.builder.local();
            parameters.push(local);
            let object = item.filter(|node| is_object(*node));
            let name = object.and_then(|node| self.name_value(&self.text.members(node)));
            if let Some(name) = name {
                names.insert(name.text.to_ascii_lowercase(), local);
            }
        }
        self.scope.function_parameters = Some(names);
        let output = function.members.value("output");
        let output = output.filter(|node| is_object(*node));
        let value = output.and_then(|node| self.text.members(node).value("value"));
        let body = self.readable(value, function.range, depth + 2);
        self.scope.function_parameters = None;
        let metadata = function.members.value("metadata");
        let is_exported = metadata
            .filter(|node| is_object(*node))
            .and_then(|node| self.text.members(node).value("__bicep_export!"))
            .is_some_and(|node| node.kind() == "true");
        self.builder.template.functions.push(Function {
            name: function.name,
            parameters,
            body,
            is_exported,
        });
    }

    /// Lowers the outputs.
    pub(super) fn outputs(&mut self, members: &Members<'t>, depth: u32) {
        let section = self.section(members, "outputs");
        for output in section.map_or(Vec::new(), |section| section.list) {
            let object = output.value.filter(|node| is_object(*node));
            let members = object.map(|node| self.text.members(node));
            let copy = members.as_ref().and_then(|members| members.value("copy"));
            let value = match copy.filter(|node| is_object(*node)) {
                Some(node) => {
                    let copy = self.text.members(node);
                    self.copied(&copy, node.into(), LoopKind::Declaration, depth + 3)
                }
                None => {
                    let value = members.as_ref().and_then(|members| members.value("value"));
                    self.readable(value, output.range, depth + 3)
                }
            };
            let condition = members
                .as_ref()
                .and_then(|members| members.value("condition"));
            let value = match condition {
                Some(_) => {
                    let condition = self.readable(condition, output.range, depth + 3);
                    self.given_if(condition, value)
                }
                None => value,
            };
            // A definition is not followed.
            let may_be_secure = object.is_some_and(|node| {
                self.may_be_secure(node, &Types::new(), &mut BTreeSet::new(), 0)
            });
            self.builder.template.outputs.push(Output {
                name: output.name(),
                value,
                may_be_secure,
                range: output.range,
            });
        }
    }

    /// The value of an output that is only there under a condition.
    fn given_if(&mut self, condition: ExpressionId, value: ExpressionId) -> ExpressionId {
        let range = self.builder.template.range(value);
        let alternative = self
            .builder
            .add(ExpressionKind::Null, TextRange::empty(range.start));
        let kind = ExpressionKind::Conditional {
            condition,
            consequence: value,
            alternative,
        };
        self.builder.add(kind, range)
    }
}

/// Whether a type, in lower case, keeps its values out of logs and deployment history.
fn is_secure(name: &str) -> bool {
    matches!(name, "securestring" | "secureobject")
}
