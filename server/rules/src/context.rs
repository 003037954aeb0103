//! What a rule sees.

use syntax::{Document, TextRange};
use template::Template;
use template::edit::Editor;
use template::model::{ExpressionId, ResourceId};

use crate::nested::Part;
use crate::{Applicability, Edit, Fix, Related};

/// What a rule sees of one template.
pub(crate) struct Context<'a> {
    /// The template.
    pub(crate) template: &'a Template,
    /// Edits in the language and style of the document.
    pub(crate) editor: Editor<'a>,
    /// What is around the template.
    pub(crate) part: Part<'a>,
    document: &'a Document,
}

impl<'a> Context<'a> {
    pub(crate) fn new(document: &'a Document, part: Part<'a>) -> Self {
        Self {
            template: part.template,
            editor: Editor::new(document, part.template),
            part,
            document,
        }
    }

    /// The text of a place.
    pub(crate) fn source(&self, range: TextRange) -> String {
        self.document.slice(range).into_owned()
    }

    /// The text of an expression, on one line and of bearable length.
    pub(crate) fn excerpt(&self, range: TextRange) -> String {
        const LONGEST: usize = 60;
        let source = self.source(range);
        let mut text = source.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.chars().count() > LONGEST {
            text = text.chars().take(LONGEST).collect();
            text.push('…');
        }
        text
    }

    /// What a resource is called in messages: its symbolic name, else its name as it is written, or
    /// its type where that is long.
    pub(crate) fn label(&self, resource: ResourceId) -> String {
        const LONGEST: usize = 40;
        let resource = self.template.resource(resource);
        if let Some(symbol) = &resource.symbol {
            return symbol.text.to_string();
        }
        let written = self.source(resource.label);
        let name = written
            .trim_matches('"')
            .trim_start_matches('[')
            .trim_end_matches(']');
        if name.chars().count() > LONGEST {
            return resource.resource_type.to_string();
        }
        name.to_owned()
    }

    /// The declaration of a resource as a related place, for a finding at an expression that is not
    /// written in it.
    pub(crate) fn declaration_elsewhere(
        &self,
        resource: ResourceId,
        expression: ExpressionId,
    ) -> Option<Related> {
        let declaration = self.template.resource(resource);
        (!declaration.range.contains_range(self.range(expression))).then(|| Related {
            range: declaration.label,
            message: format!("`{}` gets it", self.label(resource)),
        })
    }

    /// Whether an expression is one of the values that a parameter is limited to. Another one in
    /// its place would refuse the default, or what callers pass.
    pub(crate) fn is_allowed_value(&self, expression: ExpressionId) -> bool {
        let mut parameters = self.template.parameters.iter();
        parameters.any(|parameter| parameter.allowed.contains(&expression))
    }

    /// Where an expression is written.
    pub(crate) fn range(&self, expression: ExpressionId) -> TextRange {
        self.template.range(expression)
    }
}

/// A fix, if its edits are possible.
pub(crate) fn fix(
    title: impl Into<String>,
    applicability: Applicability,
    edits: Option<Vec<Edit>>,
) -> Option<Fix> {
    Some(Fix {
        title: title.into(),
        applicability,
        edits: edits.filter(|edits| !edits.is_empty())?,
    })
}
