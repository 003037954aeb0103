//! What a resource extends.

use syntax::{Language, TextEdit};

use super::{Editor, Key, New, Placement, Target, merge};
use crate::model::ResourceId;

impl Editor<'_> {
    /// Lets a resource extend another, and wait for that.
    #[must_use]
    pub fn set_scope(&self, resource: ResourceId, scope: &Target) -> Option<Vec<TextEdit>> {
        let declared = self.template.resource(resource);
        let is_json = self.source.language == Language::Json;
        // Azure's own role assignments in Bicep name the scope right behind the name.
        let (value, placement) = if is_json {
            (New::Id(scope.clone()), Placement::Conventional)
        } else {
            // One of many would need an index.
            self.bicep().value(&New::Id(scope.clone()))?;
            (New::Symbol(scope.clone()), Placement::After("name"))
        };
        let set = match declared.scope {
            Some(written) => self.replace(written, &value),
            None => self.insert_property(declared.body, "scope", &value, placement),
        };
        let wait = self.add_dependencies_of(resource, &value)?;
        if let Some(edits) = merge(vec![set?, wait.clone()]) {
            return Some(edits);
        }
        // An object on one line opens up once.
        let waits = New::Array(vec![New::Symbol(scope.clone())]);
        let both: [(Key, New); 2] = [("scope".into(), value), ("dependsOn".into(), waits)];
        let is_new = declared.scope.is_none() && declared.depends_on.is_none();
        is_new
            .then(|| self.insert_properties(declared.body, &both, Placement::After("name")))
            .flatten()
    }
}
