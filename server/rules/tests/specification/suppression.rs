//! What a file tells rules to be silent about: nothing else is silent, and nothing else reports it.

use rules::check_document;
use syntax::{Document, Language};

use crate::programs::{check, silent};
use crate::twins::{FLOW, is_about};

/// What is found, as `level rule @ line: text`, in a text where `RULE` stands for the rule that
/// finds something on line 3.
fn found(language: Language, text: &str) -> String {
    let document = Document::new(language, &text.replace("RULE", "identity-missing"));
    assert!(!document.has_error(), "{text}");
    let found = check_document(&document);
    let found = found.iter().filter(|it| is_about(FLOW, it)).map(|it| {
        let range = it.place.range;
        let line = document.text().byte_to_line(range.start as usize) + 1;
        let (level, text) = (it.level.name(), document.slice(range));
        format!("{level} {} @ {line}: {text}", it.rule)
    });
    found.collect::<Vec<_>>().join("; ")
}

#[track_caller]
fn check_all(cases: &[(Language, &str, &str)]) {
    for (language, text, expected) in cases {
        assert_eq!(found(*language, text), *expected, "{text}");
    }
}

/// A template of two services without an identity.
fn bicep([first, above, between, below]: [&str; 4]) -> String {
    format!(
        "{first}
{above}
resource one 'Microsoft.ApiManagement/service@2024-05-01' = {{ name: 'one', location: 'westeurope' }}
{between}
resource two 'Microsoft.ApiManagement/service@2024-05-01' = {{ name: 'two', location: 'westeurope' }}
{below}"
    )
}

/// The same in ARM JSON.
fn arm([first, above, between, below]: [&str; 4]) -> String {
    let service = |name: &str| {
        format!(
            r#""name": "{name}", "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "location": "westeurope" "#
        )
    };
    format!(
        r#"{{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", {first}
"contentVersion": "1.0.0.0", "resources": [ {{ {above}
{} }},
{{ {between}
{}
{below}
}} ] }}"#,
        service("one"),
        service("two")
    )
}

const ONE: &str = "warning identity-missing @ 3: one";
const TWO: &str = "warning identity-missing @ 5: two";
const BOTH: &str = "warning identity-missing @ 3: one; warning identity-missing @ 5: two";

/// Holds both languages to what is left when these lines are among the others.
#[track_caller]
fn left(lines: [&str; 4], expected: &str) {
    assert_eq!(found(Language::Bicep, &bicep(lines)), expected, "{lines:?}");
    let comments = lines.map(|line| match line {
        "" => String::new(),
        line => format!("\n// {line}"),
    });
    let text = arm(comments.each_ref().map(String::as_str));
    // The comments of ARM JSON have lines of their own.
    let places = |text: &str| {
        let findings = text.split("; ").map(|it| {
            let (head, name) = it.rsplit_once(": ").unwrap_or((it, ""));
            let rule = head.split(" @ ").next().unwrap_or(head);
            format!("{rule} {}", name.trim_matches('"'))
        });
        findings.collect::<Vec<_>>()
    };
    assert_eq!(
        places(&found(Language::Json, &text)),
        places(expected),
        "{text}"
    );
}

#[test]
fn the_next_line() {
    left(["", "", "", ""], BOTH);
    left(["", "#disable-next-line RULE", "", ""], TWO);
    left(["", "", "#disable-next-line RULE", ""], ONE);
    left(
        ["", "#disable-next-line RULE", "#disable-next-line RULE", ""],
        "",
    );
    // One line further is too far.
    left(["#disable-next-line RULE", "", "", ""], BOTH);
    left(
        [
            "#disable-next-line RULE",
            "#disable-next-line other",
            "",
            "",
        ],
        BOTH,
    );
    left(["", "", "", "#disable-next-line RULE"], BOTH);
}

#[test]
fn names() {
    left(
        ["", "#disable-next-line secret-uri-versioned", "", ""],
        BOTH,
    );
    left(
        [
            "",
            "#disable-next-line BCP037 RULE  no-unused-params",
            "",
            "",
        ],
        TWO,
    );
    left(["", "#disable-next-line RULES", "", ""], BOTH);
    left(["", "#disable-next-line Identity-Missing", "", ""], BOTH);
    left(["", "#disable-next-line", "", ""], BOTH);
    left(
        ["", "#disable-next-line RULE // it has its reasons", "", ""],
        TWO,
    );
}

#[test]
fn up_to_where_it_is_restored() {
    left(["#disable-diagnostics RULE", "", "", ""], "");
    left(["", "", "#disable-diagnostics RULE", ""], ONE);
    left(
        [
            "#disable-diagnostics RULE",
            "",
            "#restore-diagnostics RULE",
            "",
        ],
        TWO,
    );
    left(
        [
            "#disable-diagnostics RULE",
            "",
            "#restore-diagnostics other",
            "",
        ],
        "",
    );
    left(
        [
            "#disable-diagnostics RULE",
            "#restore-diagnostics RULE",
            "",
            "",
        ],
        BOTH,
    );
    left(
        [
            "#restore-diagnostics RULE",
            "#disable-next-line RULE",
            "",
            "",
        ],
        TWO,
    );
    left(
        [
            "#disable-diagnostics RULE",
            "#disable-next-line RULE",
            "#restore-diagnostics RULE",
            "",
        ],
        TWO,
    );
}

#[test]
fn what_azure_refuses_is_suppressed_too() {
    let text = "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: {
    #disable-next-line identity-invalid
    type: 'System'
  }
}
";
    let without = text.replace("    #disable-next-line identity-invalid\n", "");
    check_all(&[
        (
            Language::Bicep,
            &without,
            "error identity-invalid @ 5: 'System'",
        ),
        (Language::Bicep, text, ""),
    ]);
}

#[test]
fn a_comment_stands_above_the_line_that_is_reported() {
    let declared = "@description('x')
RESOURCE";
    let resource = "resource one 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'one'
  location: 'westeurope'
}";
    let below = declared.replace("RESOURCE", &format!("#disable-next-line RULE\n{resource}"));
    let above = format!(
        "#disable-next-line RULE\n{}",
        declared.replace("RESOURCE", resource)
    );
    check_all(&[
        (Language::Bicep, &below, ""),
        (Language::Bicep, &above, ONE),
    ]);
}

#[test]
fn metadata_of_arm_json() {
    let metadata = r#""metadata": { "apim-ls": { "disable": [ "other", "RULE" ] } },"#;
    let one = r#"warning identity-missing @ 3: "one""#;
    let both = r#"warning identity-missing @ 3: "one"; warning identity-missing @ 5: "two""#;
    let second = |text: &str| arm(["", "", text, ""]);
    check_all(&[
        // The template's is about the whole file, a resource's about the resource.
        (Language::Json, &arm([metadata, "", "", ""]), ""),
        (Language::Json, &second(metadata), one),
        (
            Language::Json,
            &second(&metadata.replace("apim-ls", "other")),
            both,
        ),
        (
            Language::Json,
            &second(&metadata.replace("metadata", "tags")),
            both,
        ),
        (
            Language::Json,
            &second(&metadata.replace("disable", "enable")),
            both,
        ),
        (
            Language::Json,
            &second(&metadata.replace("\"RULE\"", "1")),
            both,
        ),
    ]);
}

/// A module whose parameter decides whether there is an identity.
const MODULE: &str = "param name string = 'gateway'
@allowed(['SystemAssigned', 'None'])
param kind string = 'SystemAssigned'
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: name
  location: 'westeurope'
  identity: { type: kind }
}
";

fn root(kind: &str) -> String {
    format!(
        "module gateway 'service.bicep' = {{
  name: 'gateway'
  params: {{
    kind: {kind}
  }}
}}
"
    )
}

fn above(text: &str, line: &str, comment: &str) -> String {
    let (before, rest) = text.split_once(line).expect("the line is there");
    format!("{before}{comment}\n{line}{rest}")
}

#[test]
fn a_finding_is_suppressed_in_the_file_that_it_is_shown_in() {
    let root = root("'None'");
    let comment = "    #disable-next-line identity-missing";
    let in_root = above(&root, "    kind: ", comment);
    let finding = &["warning identity-missing @ main.bicep: 'None'"];
    check(&[("main.bicep", &root), ("service.bicep", MODULE)], finding);
    // What the module allows is known from the root, and does not come back one level lower.
    silent(&[("main.bicep", &in_root), ("service.bicep", MODULE)]);
    let all = format!("#disable-diagnostics identity-missing\n{MODULE}");
    check(&[("main.bicep", &root), ("service.bicep", &all)], finding);
    // Another root is another file.
    check(
        &[
            ("main.bicep", &in_root),
            ("other.bicep", &root),
            ("service.bicep", MODULE),
        ],
        &["warning identity-missing @ other.bicep: 'None'"],
    );
}

#[test]
fn a_module_is_silent_for_all_who_deploy_it() {
    let (a, b) = (root("'None'"), root("'SystemAssigned'"));
    let judged = |module: &str, expected: &[&str]| {
        check(
            &[("a.bicep", &a), ("b.bicep", &b), ("service.bicep", module)],
            expected,
        );
    };
    let module = MODULE.replace("  identity: { type: kind }\n", "");
    judged(&module, &["warning identity-missing @ service.bicep: apim"]);
    let comment = "#disable-next-line identity-missing";
    judged(&above(&module, "resource apim", comment), &[]);
}

#[test]
fn what_the_parameters_of_a_module_allow_is_suppressed() {
    let root = root("'SystemAssigned'");
    let judged = |module: &str, expected: &[&str]| {
        check(
            &[("main.bicep", &root), ("service.bicep", module)],
            expected,
        );
    };
    let module = MODULE.replace("'None'", "'System'");
    judged(
        &module,
        &["warning identity-invalid @ service.bicep: 'System'"],
    );
    let comment = "#disable-next-line identity-invalid";
    judged(&above(&module, "@allowed", comment), &[]);
    judged(
        &above(&module, "resource apim", comment),
        &["warning identity-invalid @ service.bicep: 'System'"],
    );
}

#[test]
fn a_parameter_file_has_comments_too() {
    let files = |comment: &str| {
        let parameters = format!("using 'service.bicep'\n{comment}\nparam kind = 'None'\n");
        [
            ("service.bicep".to_owned(), MODULE.to_owned()),
            ("service.bicepparam".to_owned(), parameters),
        ]
    };
    let judged = |comment: &str, expected: &[&str]| {
        let files = files(comment);
        let files: Vec<_> = files
            .iter()
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        check(&files, expected);
    };
    judged(
        "",
        &["warning identity-missing @ service.bicepparam: 'None'"],
    );
    judged("#disable-next-line identity-missing", &[]);
}

#[test]
fn a_module_of_somebody_else_is_shown_where_it_is_deployed() {
    let cached = "/home/.bicep/br/contoso.azurecr.io/service/1.0$/main.json";
    let module = arm([
        r#""metadata": { "apim-ls": { "disable": [ "identity-missing" ] } },"#,
        "",
        "",
        "",
    ]);
    let root = "module gateway 'br:contoso.azurecr.io/service:1.0' = {\n  name: 'gateway'\n}\n";
    // What the module says in its own text is about a place that nobody is shown.
    let finding = "warning identity-missing @ main.bicep: gateway";
    check(&[("main.bicep", root), (cached, &module)], &[finding]);
    let comment = "#disable-next-line identity-missing\n";
    silent(&[
        ("main.bicep", &format!("{comment}{root}")),
        (cached, &module),
    ]);
}
