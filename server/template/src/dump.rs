//! A template as text, for the tests of both lowerings: what the model holds, without places.
//!
//! An expression is written in the manner of Lisp: `(param x)`, `(get object name)`,
//! `(call concat 'a' 'b')`. A local is `$` and its number, counted from the first that is shown,
//! so that equal templates have equal dumps whatever their lowering did on the way.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::Template;
use crate::model::{
    Arguments, ExpressionId, ExpressionKind, Link, LocalId, Member, ModuleId, ModuleSource, Name,
    Object, ParameterFile, Parent, Reference, Repetition, ResourceId, Segment,
};

/// A parameter file with everything in it.
pub(crate) fn dump_parameters(file: &ParameterFile) -> String {
    let mut dump = Dump {
        template: &file.template,
        out: String::new(),
        indent: 0,
        locals: HashMap::new(),
    };
    let complete = if file.is_complete {
        ""
    } else {
        " (incomplete)"
    };
    dump.line(&format!("parameters{complete}"));
    if let Some(link) = &file.using {
        dump.line(&format!("using {}", linked(link)));
    }
    for link in &file.extends {
        dump.line(&format!("extends {}", linked(link)));
    }
    for assignment in &file.assignments {
        let value = dump.expression(assignment.value);
        dump.line(&format!("assignment {} = {value}", assignment.name.text));
    }
    dump.template();
    dump.out
}

/// A template with everything that it declares.
pub(crate) fn dump(template: &Template) -> String {
    let mut dump = Dump {
        template,
        out: String::new(),
        indent: 0,
        locals: HashMap::new(),
    };
    dump.template();
    dump.out
}

struct Dump<'t> {
    template: &'t Template,
    out: String,
    indent: usize,
    locals: HashMap<LocalId, usize>,
}

impl Dump<'_> {
    fn template(&mut self) {
        let template = self.template;
        self.line(&format!(
            "template {:?}{}",
            template.target_scope,
            if template.is_complete {
                ""
            } else {
                " (incomplete)"
            }
        ));
        for import in &template.imports {
            self.line(&format!("import {}", linked(&import.source)));
        }
        for parameter in &template.parameters {
            let mut text = format!("parameter {}: {:?}", parameter.name.text, parameter.kind);
            if parameter.is_secure {
                text.push_str(" secure");
            }
            if !parameter.allowed.is_empty() {
                let allowed = self.expressions(&parameter.allowed);
                write!(text, " allowed [{allowed}]").unwrap();
            }
            if let Some(default) = parameter.default {
                write!(text, " = {}", self.expression(default)).unwrap();
            }
            self.line(&text);
        }
        for variable in &template.variables {
            let value = self.expression(variable.value);
            let exported = exported(variable.is_exported);
            self.line(&format!(
                "{exported}variable {} = {value}",
                variable.name.text
            ));
        }
        for function in &template.functions {
            let parameters = self.list(&function.parameters);
            let body = self.expression(function.body);
            let exported = exported(function.is_exported);
            self.line(&format!(
                "{exported}function {}({parameters}) = {body}",
                function.name.text
            ));
        }
        for (id, _) in template.resources() {
            self.resource(id);
        }
        for index in 0..template.modules.len() {
            self.module(ModuleId(index as u32));
        }
        for output in &template.outputs {
            let value = self.expression(output.value);
            let secure = if output.may_be_secure { " secure" } else { "" };
            self.line(&format!("output {}{secure} = {value}", output.name.text));
        }
    }

    fn resource(&mut self, id: ResourceId) {
        let resource = self.template.resource(id);
        self.line(&format!(
            "resource {} {}{}",
            self.resource_name(id),
            if resource.resource_type.is_empty() {
                "?"
            } else {
                &resource.resource_type
            },
            if resource.is_existing {
                " existing"
            } else {
                ""
            }
        ));
        self.indent += 1;
        self.property("api version", resource.api_version);
        self.property("name", resource.name);
        match resource.parent {
            Some(Parent::Enclosing(parent)) => {
                let parent = self.resource_name(parent);
                self.line(&format!("within {parent}"));
            }
            Some(Parent::Property(parent)) => self.property("parent", Some(parent)),
            None => {}
        }
        self.property("scope", resource.scope);
        self.property("condition", resource.condition);
        self.repetition(resource.repetition);
        self.property("depends on", resource.depends_on);
        self.property("body", Some(resource.body));
        self.indent -= 1;
    }

    fn module(&mut self, id: ModuleId) {
        let module = self.template.module(id);
        self.line(&format!("module {}", self.module_name(id)));
        self.indent += 1;
        match module.arguments {
            Arguments::None => {}
            Arguments::Given(arguments) => self.property("arguments", Some(arguments)),
            Arguments::Unknown => self.line("arguments: ?"),
        }
        self.property("scope", module.scope);
        self.property("subscription", module.subscription);
        self.property("resource group", module.resource_group);
        self.property("location", module.location);
        self.property("condition", module.condition);
        self.repetition(module.repetition);
        self.property("body", Some(module.body));
        match &module.source {
            ModuleSource::Linked(link) => self.line(&format!("from {}", linked(link))),
            ModuleSource::Inline {
                template,
                is_inner_scope,
            } => {
                self.line(if *is_inner_scope {
                    "inner scope"
                } else {
                    "outer scope"
                });
                for line in dump(template).lines() {
                    self.line(line);
                }
            }
            ModuleSource::Unknown => self.line("from ?"),
        }
        self.indent -= 1;
    }

    fn property(&mut self, label: &str, value: Option<ExpressionId>) {
        if let Some(value) = value {
            let value = self.expression(value);
            self.line(&format!("{label}: {value}"));
        }
    }

    fn repetition(&mut self, repetition: Option<Repetition>) {
        if let Some(repetition) = repetition {
            let repetition = self.looped(repetition);
            self.line(&format!("for {repetition}"));
        }
    }

    fn looped(&mut self, repetition: Repetition) -> String {
        let iterable = self.expression(repetition.iterable);
        let item = self.local(repetition.item);
        let index = self.local(repetition.index);
        format!("{item} {index} in {iterable}")
    }

    fn line(&mut self, text: &str) {
        writeln!(self.out, "{:1$}{text}", "", self.indent * 2).unwrap();
    }

    fn local(&mut self, local: LocalId) -> String {
        let next = self.locals.len();
        format!("${}", self.locals.entry(local).or_insert(next))
    }

    fn list(&mut self, locals: &[LocalId]) -> String {
        let locals: Vec<_> = locals.iter().map(|local| self.local(*local)).collect();
        locals.join(" ")
    }

    fn resource_name(&self, id: ResourceId) -> String {
        symbol(self.template.resource(id).symbol.as_ref(), id.0)
    }

    fn module_name(&self, id: ModuleId) -> String {
        symbol(self.template.module(id).symbol.as_ref(), id.0)
    }

    fn expressions(&mut self, ids: &[ExpressionId]) -> String {
        let texts: Vec<_> = ids.iter().map(|id| self.expression(*id)).collect();
        texts.join(" ")
    }

    fn expression(&mut self, id: ExpressionId) -> String {
        let template = self.template;
        match template.kind(id) {
            ExpressionKind::Invalid => "<invalid>".to_owned(),
            ExpressionKind::Null => "null".to_owned(),
            ExpressionKind::Bool(value) => value.to_string(),
            ExpressionKind::Integer(value) => value.to_string(),
            ExpressionKind::String(text) => quoted(text),
            ExpressionKind::Interpolation(segments) => {
                let mut out = String::from("\"");
                for segment in segments {
                    match segment {
                        Segment::Text(text) => out.push_str(text),
                        Segment::Hole(hole) => {
                            write!(out, "${{{}}}", self.expression(*hole)).unwrap();
                        }
                    }
                }
                out + "\""
            }
            ExpressionKind::Array(items) => {
                let items: Vec<_> = items
                    .iter()
                    .map(|item| {
                        let spread = if item.is_spread { "..." } else { "" };
                        format!("{spread}{}", self.expression(item.value))
                    })
                    .collect();
                format!("[{}]", items.join(" "))
            }
            ExpressionKind::Object(object) => self.object(object),
            ExpressionKind::Reference(reference) => self.reference(reference),
            ExpressionKind::Call {
                function,
                arguments,
                ..
            } => {
                let arguments = self.expressions(arguments);
                format!("(call {function} {arguments})").replace(" )", ")")
            }
            ExpressionKind::UserCall {
                function,
                arguments,
            } => {
                let arguments = self.expressions(arguments);
                let function = &template.function(*function).name.text;
                format!("(user {function} {arguments})").replace(" )", ")")
            }
            ExpressionKind::ImportedCall {
                import,
                function,
                arguments,
            } => {
                let arguments = self.expressions(arguments);
                let file = &template.import(*import).source.text;
                format!("(imported {file} {function} {arguments})").replace(" )", ")")
            }
            ExpressionKind::MethodCall {
                object,
                function,
                arguments,
            } => {
                let object = self.expression(*object);
                let arguments = self.expressions(arguments);
                format!("(method {object} {function} {arguments})").replace(" )", ")")
            }
            ExpressionKind::Member {
                object,
                name,
                is_safe,
            } => {
                let object = self.expression(*object);
                format!(
                    "(get{} {object} {})",
                    if *is_safe { "?" } else { "" },
                    name.text
                )
            }
            ExpressionKind::Index {
                object,
                index,
                is_safe,
                is_from_end,
            } => format!(
                "(index{}{} {} {})",
                if *is_safe { "?" } else { "" },
                if *is_from_end { "^" } else { "" },
                self.expression(*object),
                self.expression(*index)
            ),
            ExpressionKind::Unary { operator, operand } => {
                format!("({operator:?} {})", self.expression(*operand))
            }
            ExpressionKind::Binary {
                operator,
                left,
                right,
            } => format!(
                "({operator:?} {} {})",
                self.expression(*left),
                self.expression(*right)
            ),
            ExpressionKind::Conditional {
                condition,
                consequence,
                alternative,
            } => {
                let parts = self.expressions(&[*condition, *consequence, *alternative]);
                format!("(if {parts})")
            }
            ExpressionKind::NonNull(operand) => format!("(! {})", self.expression(*operand)),
            ExpressionKind::Lambda { parameters, body } => {
                let parameters = self.list(parameters);
                format!("(lambda ({parameters}) {})", self.expression(*body))
            }
            ExpressionKind::For { repetition, body } => {
                let repetition = self.looped(*repetition);
                format!("(for {repetition} {})", self.expression(*body))
            }
        }
    }

    fn object(&mut self, object: &Object) -> String {
        let mut members: Vec<_> = object
            .members
            .iter()
            .map(|member| match member {
                Member::Property(property) => {
                    let key = match self.template.kind(property.key) {
                        ExpressionKind::String(key) => key.to_string(),
                        _ => self.expression(property.key),
                    };
                    format!("{key}: {}", self.expression(property.value))
                }
                Member::Spread(value) => format!("...{}", self.expression(*value)),
            })
            .collect();
        if !object.is_complete {
            members.push("<incomplete>".to_owned());
        }
        format!("{{{}}}", members.join(", "))
    }

    fn reference(&mut self, reference: &Reference) -> String {
        let template = self.template;
        let named = |kind: &str, name: &Name| format!("({kind} {})", name.text);
        match reference {
            Reference::Parameter(id) => named("param", &template.parameter(*id).name),
            Reference::Variable(id) => named("var", &template.variable(*id).name),
            Reference::Resource(id) => format!("(resource {})", self.resource_name(*id)),
            Reference::Module(id) => format!("(module {})", self.module_name(*id)),
            Reference::Local(local) => self.local(*local),
            Reference::Imported { import, name } => {
                format!("(imported {} {name})", template.import(*import).source.text)
            }
            Reference::Base(name) => format!("(base {name})"),
            Reference::Unresolved(name) => format!("(unresolved {name})"),
        }
    }
}

const fn exported(is_exported: bool) -> &'static str {
    if is_exported { "exported " } else { "" }
}

fn linked(link: &Link) -> String {
    format!("{:?} {}", link.kind, link.text)
}

fn symbol(symbol: Option<&Name>, number: u32) -> String {
    symbol.map_or_else(|| format!("#{number}"), |symbol| symbol.text.to_string())
}

fn quoted(text: &str) -> String {
    format!(
        "'{}'",
        text.escape_debug().to_string().replace("\\\"", "\"")
    )
}
