//! [Parameter files].
//!
//! [Parameter files]: https://learn.microsoft.com/azure/azure-resource-manager/templates/parameter-files

use syntax::{TextRange, arm_expression};

use super::json::{Members, Text};
use super::{Lowering, is_object, schema};
use crate::model::{Assignment, ExpressionId, ExpressionKind, ParameterFile};

/// How the values begin that a tool fills in before Azure sees the file, such as the [variables of
/// an environment][azd] of the Azure Developer CLI.
///
/// [azd]: https://learn.microsoft.com/azure/developer/azure-developer-cli/manage-environment-variables
const PLACEHOLDERS: [&str; 3] = ["${", "#{", "{{"];

/// Whether these are the members of a parameter file: by its schema, or without one by its shape.
pub(super) fn is_parameter_file(text: Text<'_>, members: &Members<'_>) -> bool {
    if members.get("$schema").is_some() {
        return schema(text, members).is_some_and(|file| {
            [
                "deploymentParameters.json",
                "subscriptionDeploymentParameters.json",
                "managementGroupDeploymentParameters.json",
                "tenantDeploymentParameters.json",
            ]
            .iter()
            .any(|name| file.eq_ignore_ascii_case(name))
        });
    }
    let parameters = members.value("parameters").filter(|node| is_object(*node));
    let parameters = parameters.map(|node| text.members(node).list);
    let is_value = |node| {
        let value = text.members(node);
        value.get("value").is_some() || value.get("reference").is_some()
    };
    members
        .list
        .iter()
        .all(|member| member.is("parameters") || member.is("contentVersion"))
        && parameters.is_some_and(|list| {
            let mut values = list.iter().map(|member| member.value);
            !list.is_empty()
                && values.all(|value| value.is_some_and(|node| is_object(node) && is_value(node)))
        })
}

impl<'t> Lowering<'t> {
    /// Lowers a parameter file.
    pub(super) fn parameter_file(mut self, members: &Members<'t>) -> ParameterFile {
        self.is_plain = true;
        self.require(members.is_complete);
        let section = self.section(members, "parameters");
        let list = section.map_or(Vec::new(), |section| section.list);
        let mut assignments = Vec::with_capacity(list.len());
        for member in list {
            let object = member.value.filter(|node| is_object(*node));
            let value = object.map(|node| self.text.members(node));
            // A `reference` to a secret is not known, and neither is an `expression`, which has
            // inputs from outside.
            let value = value.and_then(|members| members.value("value"));
            assignments.push(Assignment {
                name: member.name(),
                value: self.readable(value, member.range, 3),
                range: member.range,
            });
        }
        ParameterFile {
            using: None,
            extends: Vec::new(),
            assignments,
            is_complete: self.builder.template.is_complete,
            template: self.builder.template.into(),
        }
    }

    /// A string that is never an expression.
    pub(super) fn plain(&mut self, raw: &str, range: TextRange) -> ExpressionId {
        let text = arm_expression::unescape(raw)
            .filter(|text| !PLACEHOLDERS.iter().any(|begin| text.contains(begin)));
        let kind = text.map_or(ExpressionKind::Invalid, ExpressionKind::String);
        self.builder.add(kind, range)
    }
}
