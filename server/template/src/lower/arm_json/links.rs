//! What a deployment deploys: a template inside it or a [linked] one.
//!
//! [linked]: https://learn.microsoft.com/azure/azure-resource-manager/templates/linked-templates

use syntax::arm_expression::{self, Expression, Kind};

use super::calls::literal;
use super::json::Members;
use super::{Lowering, is_object};
use crate::model::{Link, LinkKind, ModuleSource};

impl<'t> Lowering<'t> {
    /// What a deployment with these properties deploys.
    pub(super) fn source(&self, properties: &Members<'t>, depth: u32) -> ModuleSource {
        if let Some(template) = properties.value("template") {
            return self.inline(template, self.is_inner_scope(properties), depth);
        }
        let link = properties.value("templateLink");
        let link = link.filter(|node| is_object(*node));
        link.and_then(|node| self.linked(&self.text.members(node)))
            .map_or(ModuleSource::Unknown, ModuleSource::Linked)
    }

    /// The file that a `templateLink` names; none if that is computed.
    fn linked(&self, link: &Members<'t>) -> Option<Link> {
        let known = ["relativePath", "uri", "id"];
        let (name, node) = known
            .into_iter()
            .find_map(|name| Some((name, link.value(name)?)))?;
        let (raw, range) = self.text.raw_string(node)?;
        let link = match arm_expression::parse(raw, range.start) {
            arm_expression::Value::Text(text) => Link {
                kind: match name {
                    "relativePath" => LinkKind::RelativePath,
                    "uri" => LinkKind::Uri,
                    _ => LinkKind::TemplateSpec,
                },
                text,
                range,
            },
            arm_expression::Value::Expression { expression, .. } if name == "uri" => {
                self.relative_to_deployment(&expression)?
            }
            _ => return None,
        };
        let is_meant = match link.kind {
            LinkKind::Uri => is_absolute(&link.text),
            LinkKind::TemplateSpec => true,
            _ => !is_absolute(&link.text) && !link.text.starts_with(['/', '\\']),
        };
        (is_meant && !link.text.is_empty()).then_some(link)
    }

    /// `uri(deployment().properties.templateLink.uri, 'path')`
    fn relative_to_deployment(&self, expression: &Expression) -> Option<Link> {
        let (function, arguments) = call(expression)?;
        let [base, path] = arguments else {
            return None;
        };
        // A nested deployment in inner scope has no link of its own.
        if !self.is_file || !function.eq_ignore_ascii_case("uri") || !is_own_uri(base) {
            return None;
        }
        let text = literal(path)?.into();
        // Without its quotes.
        let mut range = path.range;
        range.start += 1;
        range.end -= 1;
        Some(Link {
            kind: LinkKind::RelativeToDeployment,
            text,
            range,
        })
    }
}

/// Whether an expression is `deployment().properties.templateLink.uri`.
fn is_own_uri(expression: &Expression) -> bool {
    let mut object = expression;
    for expected in ["uri", "templateLink", "properties"] {
        let Kind::Member {
            object: inner,
            name,
        } = &object.kind
        else {
            return false;
        };
        if !name.text.eq_ignore_ascii_case(expected) {
            return false;
        }
        object = inner;
    }
    call(object).is_some_and(|(function, arguments)| {
        function.eq_ignore_ascii_case("deployment") && arguments.is_empty()
    })
}

fn call(expression: &Expression) -> Option<(&str, &[Expression])> {
    match &expression.kind {
        Kind::Call {
            namespace: None,
            function,
            arguments,
        } => Some((&function.text, arguments)),
        _ => None,
    }
}

fn is_absolute(uri: &str) -> bool {
    uri.contains("://")
}
