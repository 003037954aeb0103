//! A fixture in, the edited text out.

mod arm;
mod bicep;
mod declare;
mod exchange;
mod generated;
mod layout;
mod redeclare;
mod secure;
mod suppression;
mod withdraw;

use std::rc::Rc;

use syntax::{Document, Language, TextEdit};

use super::{Editor, New, NewResource, Placement, Target, merge};
use crate::model::{ExpressionId, ResourceId, Template};

/// The text after an operation, or `(none)`. What the operation promises is checked on the way.
fn edited(
    language: Language,
    text: &str,
    operation: impl FnOnce(&Editor<'_>, &Template) -> Option<Vec<TextEdit>>,
) -> String {
    let document = Document::new(language, text);
    let template = crate::lower(&document)
        .template()
        .expect("the fixture is a template");
    let Some(edits) = operation(&Editor::new(&document, &template), &template) else {
        return "(none)".to_owned();
    };
    assert_eq!(merge(vec![edits.clone()]), Some(edits.clone()), "in order");
    let result = applied(text, &edits);
    let after = Document::new(language, &result);
    assert_eq!(
        document.root().has_error(),
        after.root().has_error(),
        "{result}"
    );
    result
}

fn applied(text: &str, edits: &[TextEdit]) -> String {
    let mut result = text.to_owned();
    for edit in edits.iter().rev() {
        result.replace_range(edit.range.as_usize(), &edit.new_text);
    }
    result
}

/// The only resource whose type ends so.
fn resource(template: &Template, suffix: &str) -> ResourceId {
    let mut found = template
        .resources()
        .filter(|(_, resource)| resource.resource_type.ends_with(suffix));
    let (id, _) = found.next().expect("the fixture has the resource");
    assert!(found.next().is_none(), "one resource of type {suffix}");
    id
}

/// The value at a path of property names.
fn value(template: &Template, mut object: ExpressionId, path: &str) -> ExpressionId {
    for name in path.split('.') {
        object = template
            .property(object, name)
            .expect("the fixture has the property")
            .value;
    }
    object
}

const SECRETS_USER: &str = "4633458b-17de-408a-b874-0445c86b69e6";

/// The role that lets a principal read the secrets of a vault.
fn role_assignment(
    editor: &Editor<'_>,
    vault: ResourceId,
    principal: impl Into<Target>,
    path: &str,
) -> NewResource {
    let principal = principal.into();
    let name = New::guid(vec![
        New::id(vault),
        New::id(principal.clone()),
        SECRETS_USER.into(),
    ]);
    let mut resource = NewResource::new(
        &editor.unused_symbol("secretsUser"),
        "Microsoft.Authorization/roleAssignments",
        "2022-04-01",
        name,
    );
    resource.scope = Some(vault.into());
    resource.condition_of = vec![vault.into(), principal.clone()];
    let role = New::SubscriptionResourceId {
        resource_type: "Microsoft.Authorization/roleDefinitions".to_owned(),
        name: SECRETS_USER.to_owned(),
        comment: Some("Key Vault Secrets User".to_owned()),
    };
    let properties = New::object([
        ("roleDefinitionId", role),
        ("principalId", New::property(principal, path)),
        ("principalType", "ServicePrincipal".into()),
    ]);
    resource.properties = vec![("properties".into(), properties)];
    resource
}

/// The access policy that lets a service read the secrets of a vault.
fn access_policy(vault: ResourceId, service: ResourceId) -> NewResource {
    let mut child = NewResource::new(
        "apimVaultAccess",
        "Microsoft.KeyVault/vaults/accessPolicies",
        "2023-07-01",
        "add".into(),
    );
    child.parent = Some(vault.into());
    let secrets = New::Array(vec!["get".into(), "list".into()]);
    let policy = New::object([
        ("tenantId", New::TenantId),
        ("objectId", New::property(service, "identity.principalId")),
        ("permissions", New::object([("secrets", secrets)])),
    ]);
    let policies = New::object([("accessPolicies", New::Array(vec![policy]))]);
    child.properties = vec![("properties".into(), policies)];
    child
}

/// Gives the service an identity of its own that reads the vault.
fn new_identity(editor: &Editor<'_>, template: &Template) -> Option<Vec<TextEdit>> {
    let vault = resource(template, "vaults");
    let service = resource(template, "service");
    let body = template.resource(service).body;
    let name = New::Copy(value(template, body, "name"));
    let mut identity = NewResource::new(
        &editor.unused_symbol("identity"),
        "Microsoft.ManagedIdentity/userAssignedIdentities",
        "2023-01-31",
        New::Interpolation(vec![name, "-identity".into()]),
    );
    let location = New::Copy(value(template, body, "location"));
    identity.properties = vec![("location".into(), location)];
    let identity = Rc::new(identity);
    let role = role_assignment(editor, vault, &identity, "properties.principalId");
    let role = Rc::new(role);
    let identities = New::Object(vec![(New::id(&identity).into(), New::Object(Vec::new()))]);
    let assigned = New::object([
        ("type", New::string("UserAssigned")),
        ("userAssignedIdentities", identities),
    ]);
    merge(vec![
        editor.insert_property(body, "identity", &assigned, Placement::Conventional)?,
        editor.add_depends_on(service, &(&role).into())?,
        editor.insert_resource(vault, &identity)?,
        editor.insert_resource(vault, &role)?,
    ])
}
