//! Names and ids of resources as expressions of ARM.

use std::borrow::Cow;

use super::super::copy::is_repeated;
use super::super::marks::marked;
use super::super::new::{New, NewResource, Target};
use super::Writer;
use super::text::{call, literal};
use crate::facts;
use crate::model::{
    ExpressionId, ExpressionKind, ModuleId, Parent, ResourceId, Segment, TargetScope,
};

/// A piece of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Expression(String),
}

/// A segment of a name: pieces one behind the other.
type NameSegment = Vec<Piece>;

impl Writer<'_> {
    /// The pieces of a string, neighbouring texts as one; never none.
    pub(super) fn pieces(&self, items: &[New]) -> Option<Vec<Piece>> {
        let mut pieces: Vec<Piece> = Vec::new();
        for item in items {
            // A name is made of pieces itself.
            if let New::Name(Target::Declared(resource)) = item {
                for piece in self.names(*resource)?.pop()? {
                    match (piece, pieces.last_mut()) {
                        (Piece::Text(text), Some(Piece::Text(before))) => before.push_str(&text),
                        (piece, _) => pieces.push(piece),
                    }
                }
                continue;
            }
            let text = match item {
                New::String(text) => Some(Cow::Borrowed(text.as_str())),
                New::Placeholder(text) => Some(marked(text).into()),
                New::Copy(expression) => match self.template.kind(*expression) {
                    ExpressionKind::String(text) => Some(Cow::Borrowed(&**text)),
                    _ => None,
                },
                _ => None,
            };
            if text.as_ref().is_some_and(|text| text.is_empty()) {
                continue;
            }
            match (text, pieces.last_mut()) {
                (Some(text), Some(Piece::Text(before))) => before.push_str(&text),
                (Some(text), _) => pieces.push(Piece::Text(text.into_owned())),
                (None, _) => pieces.push(Piece::Expression(self.expression(item)?)),
            }
        }
        if pieces.is_empty() {
            pieces.push(Piece::Text(String::new()));
        }
        Some(pieces)
    }

    /// The id of a resource.
    pub(super) fn id(&self, target: &Target) -> Option<String> {
        match target {
            Target::Declared(resource) => {
                let declared = self.template.resource(*resource);
                if is_repeated(self.template, *resource) {
                    return None;
                }
                let names = self.names(*resource)?;
                self.id_of(&declared.resource_type, &names, self.extended(*resource)?)
            }
            Target::Module(module) => {
                let name = self.module_name(*module)?;
                let names = [vec![Piece::Expression(name)]];
                self.id_of(facts::DEPLOYMENT_TYPE, &names, Vec::new())
            }
            Target::Created(resource) => {
                let names = self.names_of_new(resource)?;
                let scope = match &resource.scope {
                    Some(scope) => vec![self.id(scope)?],
                    None => Vec::new(),
                };
                self.id_of(&resource.resource_type, &names, scope)
            }
            Target::CreatedModule(module) => {
                let mut arguments = Vec::new();
                if let Some(scope) = &module.scope {
                    for part in scope.subscription.iter().chain([&scope.resource_group]) {
                        arguments.push(self.expression(part)?);
                    }
                }
                arguments.push(literal(facts::DEPLOYMENT_TYPE));
                arguments.push(self.expression(&module.deployment_name())?);
                Some(call("resourceId", &arguments))
            }
        }
    }

    /// An id; `arguments` begins with the id of what is extended, if something is.
    fn id_of(
        &self,
        resource_type: &str,
        names: &[NameSegment],
        mut arguments: Vec<String>,
    ) -> Option<String> {
        let function = match self.template.target_scope {
            _ if !arguments.is_empty() => "extensionResourceId",
            TargetScope::ResourceGroup => "resourceId",
            TargetScope::Subscription => "subscriptionResourceId",
            TargetScope::Tenant => "tenantResourceId",
            TargetScope::ManagementGroup | TargetScope::Unknown => return None,
        };
        arguments.push(literal(resource_type));
        arguments.extend(names.iter().map(|name| joined(name)));
        Some(call(function, &arguments))
    }

    /// The id of what a resource extends, where it extends something; none if that is not given by
    /// its id.
    fn extended(&self, resource: ResourceId) -> Option<Vec<String>> {
        let Some(scope) = self.template.resource(resource).scope else {
            return Some(Vec::new());
        };
        match self.template.kind(scope) {
            ExpressionKind::Call { function, .. } if function.ends_with("resourceid") => {
                Some(vec![self.copy(scope)?])
            }
            _ => None,
        }
    }

    pub(super) fn module_name(&self, module: ModuleId) -> Option<String> {
        let module = self.template.module(module);
        if module.repetition.is_some() {
            return None;
        }
        self.copy(self.template.property(module.body, "name")?.value)
    }

    /// The names of a resource and of those that it belongs to: one for each part of its type.
    pub(super) fn names(&self, resource: ResourceId) -> Option<Vec<NameSegment>> {
        let declared = self.template.resource(resource);
        let mut names = match declared.parent {
            Some(Parent::Enclosing(parent)) => self.names(parent)?,
            Some(Parent::Property(_)) => return None,
            None => Vec::new(),
        };
        names.extend(self.segments(declared.name?)?);
        let parts = declared.resource_type.matches('/').count();
        (parts > 0 && names.len() == parts).then_some(names)
    }

    pub(super) fn names_of_new(&self, resource: &NewResource) -> Option<Vec<NameSegment>> {
        let mut names = match &resource.parent {
            Some(Target::Declared(parent)) if is_repeated(self.template, *parent) => return None,
            Some(Target::Declared(parent)) => self.names(*parent)?,
            Some(Target::Created(parent)) => self.names_of_new(parent)?,
            Some(Target::Module(_) | Target::CreatedModule(_)) => return None,
            None => Vec::new(),
        };
        names.push(match &resource.name {
            New::String(text) => vec![Piece::Text(text.clone())],
            New::Interpolation(pieces) => self.pieces(pieces)?,
            name => vec![Piece::Expression(self.expression(name)?)],
        });
        Some(names)
    }

    /// A name, cut at its slashes.
    fn segments(&self, name: ExpressionId) -> Option<Vec<NameSegment>> {
        let piece = |expression: ExpressionId| {
            Some(match self.template.kind(expression) {
                ExpressionKind::String(text) => Piece::Text(text.to_string()),
                _ => Piece::Expression(self.copy(expression)?),
            })
        };
        let pieces: Option<Vec<_>> = match self.template.kind(name) {
            ExpressionKind::Interpolation(segments) => segments
                .iter()
                .map(|segment| match segment {
                    Segment::Hole(hole) => piece(*hole),
                    Segment::Text(text) => Some(Piece::Text(text.to_string())),
                })
                .collect(),
            ExpressionKind::Call {
                function,
                arguments,
                ..
            } if &**function == "concat" => arguments.iter().copied().map(piece).collect(),
            _ => piece(name).map(|piece| vec![piece]),
        };
        let mut names = vec![Vec::new()];
        for piece in pieces? {
            let Piece::Text(text) = piece else {
                names.last_mut()?.push(piece);
                continue;
            };
            for (index, part) in text.split('/').enumerate() {
                if index > 0 {
                    names.push(Vec::new());
                }
                if !part.is_empty() {
                    names.last_mut()?.push(Piece::Text(part.to_owned()));
                }
            }
        }
        names.iter().all(|name| !name.is_empty()).then_some(names)
    }
}

/// Pieces put together by `format`.
pub(super) fn formatted(pieces: &[Piece]) -> String {
    let mut arguments = Vec::new();
    let pattern = pieces.iter().map(|piece| match piece {
        Piece::Text(text) => text.replace('{', "{{").replace('}', "}}"),
        Piece::Expression(text) => {
            arguments.push(text.clone());
            format!("{{{}}}", arguments.len() - 1)
        }
    });
    let pattern = literal(&pattern.collect::<String>());
    arguments.insert(0, pattern);
    call("format", &arguments)
}

/// Pieces put together by `concat`.
pub(super) fn joined(name: &[Piece]) -> String {
    let texts: Vec<_> = name
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => literal(text),
            Piece::Expression(text) => text.clone(),
        })
        .collect();
    match texts.as_slice() {
        [text] => text.clone(),
        texts => call("concat", texts),
    }
}
