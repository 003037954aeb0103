//! Deployments inside of a template.

use std::rc::Rc;
use std::sync::Arc;

use tree_sitter::Node;

use super::super::builder::MAXIMUM_DEPTH;
use super::resources::{Common, Listed};
use super::{Lowering, MAXIMUM_NESTING, is_object, target_scope};
use crate::model::{Arguments, Module, ModuleSource, TargetScope, Template};

impl<'t> Lowering<'t> {
    pub(super) fn module(&mut self, listed: &Listed<'t>, common: Common) -> Module {
        let arguments = self
            .property_of(common.body, "properties")
            .and_then(|properties| self.property_of(properties, "parameters"));
        let properties = listed.members.value("properties");
        let properties = properties.filter(|node| is_object(*node));
        let properties = properties.map(|properties| self.text.members(properties));
        let source = properties
            .as_ref()
            .map_or(ModuleSource::Unknown, |properties| {
                self.source(properties, listed.depth + 3)
            });
        // What `parametersLink` names has them, and Azure refuses both in one deployment.
        let has_none = properties.is_some_and(|properties| {
            properties.is_complete && properties.get("parametersLink").is_none()
        });
        let arguments = match arguments {
            Some(arguments) => Arguments::Given(arguments),
            None if has_none => Arguments::None,
            None => Arguments::Unknown,
        };
        Module {
            symbol: listed.symbol.clone(),
            label: common.label,
            source,
            arguments,
            scope: self.property_of(common.body, "scope"),
            subscription: self.property_of(common.body, "subscriptionId"),
            resource_group: self.property_of(common.body, "resourceGroup"),
            location: self.property_of(common.body, "location"),
            condition: common.condition,
            repetition: common.repetition,
            body: common.body,
            range: listed.range,
        }
    }

    pub(super) fn inline(
        &self,
        template: Node<'t>,
        is_inner_scope: bool,
        depth: u32,
    ) -> ModuleSource {
        if !is_object(template) || self.nesting >= MAXIMUM_NESTING || depth > MAXIMUM_DEPTH {
            return ModuleSource::Unknown;
        }
        let copied = self.definitions.as_ref().filter(|_| !is_inner_scope);
        let copied = copied.map_or(0, |template| template.expressions.len());
        let Some(copies_left) = self.copies_left.get().checked_sub(copied) else {
            return ModuleSource::Unknown;
        };
        self.copies_left.set(copies_left);
        let members = self.text.members(template);
        let scope = target_scope(self.text, &members).unwrap_or(TargetScope::Unknown);
        let mut nested = Self::new(self.text);
        nested.nesting = self.nesting + 1;
        nested.is_file = self.is_file && !is_inner_scope;
        nested.copies_left = Rc::clone(&self.copies_left);
        if is_inner_scope {
            nested.template(&members, scope, depth);
        } else {
            if let Some(definitions) = &self.definitions {
                nested.builder.template = Template::clone(definitions);
            }
            // Its expressions may use the loops around it, which therefore keep their identity.
            nested
                .builder
                .template
                .locals
                .clone_from(&self.builder.template.locals);
            nested.names = Rc::clone(&self.names);
            nested.scope = self.scope.clone();
            nested.definitions.clone_from(&self.definitions);
            nested.deployment(&members, scope, depth);
        }
        nested.require(self.builder.template.is_complete);
        ModuleSource::Inline {
            template: Arc::new(nested.builder.template),
            is_inner_scope,
        }
    }
}
