use insta::assert_snapshot;
use syntax::{Document, Language};

mod damage;
mod declarations;
mod expressions;
mod files;
mod resources;

use super::lower;
use crate::dump::dump;
use crate::model::ExpressionKind;

const SCHEMA: &str =
    "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";

fn document(sections: &str) -> Document {
    let text = format!("{{\"$schema\": \"{SCHEMA}\", {sections}}}");
    Document::new(Language::Json, &text)
}

/// The dump of a template with some sections.
fn lowered(sections: &str) -> String {
    dump(&lower(&document(sections)).template().unwrap())
}

#[test]
fn is_a_template_by_its_schema() {
    let scope = |json: &str| {
        let template = lower(&Document::new(Language::Json, json)).template();
        template.map(|template| format!("{:?}", template.target_scope))
    };
    let of_schema = |schema: &str| scope(&format!(r#"{{"$schema": "{schema}"}}"#));
    let found = [
        of_schema("https://x/deploymentTemplate.json#"),
        of_schema("https://x/2018-05-01/SUBSCRIPTIONdeploymenttemplate.json"),
        of_schema("https://x/managementGroupDeploymentTemplate.json#"),
        of_schema("https://x/tenantDeploymentTemplate.json#"),
        of_schema("https://x/deploymentParameters.json#"),
        of_schema("https://x/notdeploymentTemplate.json#"),
        scope("{}"),
        scope("[]"),
        scope(""),
        scope(r#"{"$schema": 1}"#),
        scope(
            r#"// comment
            {/* comment */ "$Schema": "a/deploymentTemplate.json#"}"#,
        ),
    ];
    assert_snapshot!(found.map(|scope| scope.unwrap_or("-".into())).join(" "), @r#"ResourceGroup Subscription ManagementGroup Tenant - - - - - - ResourceGroup"#);
}

#[test]
fn places() {
    let document = document(
        r#""resources": [{"type": "a/b", "name": "[concat('x', 'y').z]", "tags": {"k": "v"}}]"#,
    );
    let template = lower(&document).template().unwrap();
    let mut lines = vec![
        document
            .slice(template.resources[0].type_range)
            .into_owned(),
        document.slice(template.resources[0].label).into_owned(),
    ];
    for expression in &template.expressions {
        if !matches!(expression.kind, ExpressionKind::Object(_)) {
            lines.push(document.slice(expression.range).into_owned());
        }
    }
    assert_snapshot!(lines.join("\n"), @r#"
    a/b
    "[concat('x', 'y').z]"
    "type"
    "a/b"
    "name"
    'x'
    'y'
    concat('x', 'y')
    concat('x', 'y').z
    "tags"
    "k"
    "v"
    "#);
}
