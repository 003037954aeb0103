//! What a rule sees.

use std::sync::Arc;

use syntax::{TextEdit, TextRange};
use template::Template;
use template::edit::Editor;
use template::files::Place;
use template::model::{ExpressionId, Resource, ResourceId};
use template::program::{At, InstanceId, Program};

use crate::{Applicability, Edit, Fix, Related};

/// What stands at a module on the way to a finding.
pub(crate) const DEPLOYED_HERE: &str = "it is deployed here";

/// What a rule sees of one program.
pub(crate) struct Context<'a> {
    /// The program.
    pub(crate) program: &'a Program,
}

impl<'a> Context<'a> {
    /// The template of an instance.
    pub(crate) fn template(&self, instance: InstanceId) -> &'a Template {
        self.program.template(instance)
    }

    /// A resource.
    pub(crate) fn resource(&self, at: At<ResourceId>) -> &'a Resource {
        self.program.resource(at)
    }

    /// Edits in the language and style of the file of an instance; none of a file that is not the
    /// user's to edit.
    pub(crate) fn editor(&self, instance: InstanceId) -> Option<Editor<'a>> {
        let instance = self.program.instance(instance);
        (!instance.file.is_foreign)
            .then(|| Editor::new(&instance.file.document, &instance.template))
    }

    /// The text of a place in the file of an instance.
    pub(crate) fn source(&self, instance: InstanceId, range: TextRange) -> String {
        let file = &self.program.instance(instance).file;
        file.document.slice(range).into_owned()
    }

    /// The text of an expression, on one line and of bearable length.
    pub(crate) fn excerpt(&self, expression: At<ExpressionId>) -> String {
        const LONGEST: usize = 60;
        let source = self.source(expression.instance, self.program.range(expression));
        let mut text = source.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.chars().count() > LONGEST {
            text = text.chars().take(LONGEST).collect();
            text.push('…');
        }
        text
    }

    /// What a resource is called in messages: its symbolic name, else its name as it is written, or
    /// its type where that is long. What is inside a module that is not the user's is called as the
    /// module is.
    pub(crate) fn label(&self, at: At<ResourceId>) -> String {
        let resource = self.resource(at);
        let instance = self.program.instance(at.instance);
        if instance.file.is_foreign
            && let Some(caller) = self.program.shown_at(at.instance)
        {
            let module = self.program.module(caller);
            return self.written_label(
                caller.instance,
                module.symbol.as_ref().map(|symbol| &*symbol.text),
                module.label,
                "module",
            );
        }
        self.written_label(
            at.instance,
            resource.symbol.as_ref().map(|symbol| &*symbol.text),
            resource.label,
            &resource.resource_type,
        )
    }

    fn written_label(
        &self,
        instance: InstanceId,
        symbol: Option<&str>,
        label: TextRange,
        otherwise: &str,
    ) -> String {
        const LONGEST: usize = 40;
        if let Some(symbol) = symbol {
            return symbol.to_owned();
        }
        let written = self.source(instance, label);
        let name = written
            .trim_matches('"')
            .trim_start_matches('[')
            .trim_end_matches(']');
        if name.chars().count() > LONGEST {
            return otherwise.to_owned();
        }
        name.to_owned()
    }

    /// The declaration of a resource as a related place, for a finding at an expression that is not
    /// written in it.
    pub(crate) fn declaration_elsewhere(
        &self,
        at: At<ResourceId>,
        expression: At<ExpressionId>,
    ) -> Option<Related> {
        let resource = self.resource(at);
        let is_inside = at.instance == expression.instance
            && resource
                .range
                .contains_range(self.program.range(expression));
        (!is_inside).then(|| Related {
            place: self.resource_place(at),
            message: format!("`{}` gets it", self.label(at)),
        })
    }

    /// Whether an expression is one of the values that a parameter is limited to. Another one in
    /// its place would refuse the default, or what callers pass.
    pub(crate) fn is_allowed_value(&self, expression: At<ExpressionId>) -> bool {
        let mut parameters = self.template(expression.instance).parameters.iter();
        parameters.any(|parameter| parameter.allowed.contains(&expression.id))
    }

    /// The modules on the way to an instance, the nearest first, as related places.
    pub(crate) fn callers(&self, instance: InstanceId) -> Vec<Related> {
        let first = self.program.shown_at(instance);
        let mut next = first.map_or(instance, |module| module.instance);
        let mut callers = Vec::new();
        while let Some(module) = self.program.caller(next) {
            callers.push(Related {
                place: self
                    .program
                    .place(module.instance, self.program.module(module).label),
                message: DEPLOYED_HERE.to_owned(),
            });
            next = module.instance;
        }
        callers
    }

    /// Where an expression is written.
    pub(crate) fn place(&self, expression: At<ExpressionId>) -> Place {
        let range = self.program.range(expression);
        self.program.place(expression.instance, range)
    }

    /// The place that stands for a resource.
    pub(crate) fn resource_place(&self, at: At<ResourceId>) -> Place {
        self.program.place(at.instance, self.resource(at).label)
    }

    /// A fix in the file of an instance, if its edits are possible.
    pub(crate) fn fix(
        &self,
        instance: InstanceId,
        title: impl Into<String>,
        applicability: Applicability,
        edits: Option<Vec<TextEdit>>,
    ) -> Option<Fix> {
        let file = &self.program.instance(instance).file;
        let edits = edits.filter(|edits| !edits.is_empty() && !file.is_foreign)?;
        let edits = edits.into_iter().map(|edit| Edit {
            file: Arc::clone(&file.path),
            range: edit.range,
            new_text: edit.new_text,
        });
        Some(Fix {
            title: title.into(),
            applicability,
            edits: edits.collect(),
        })
    }
}
