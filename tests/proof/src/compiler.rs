//! What the Bicep compiler and Azure Resource Manager would refuse of a file, as far as one can tell
//! without them.
//!
//! It need not be all, nor always right: only what is there after a fix and was not before counts.

mod modules;
mod names;
mod order;
mod start;
mod tree;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use template::Template;
use template::files::{File, FileContent};
use template::model::{ExpressionId, ExpressionKind};
use template::program::Program;
use template::workspace::Workspace;

/// What is wrong, and how often.
pub(crate) type Problems = BTreeMap<String, usize>;

/// What is wrong with a file, and with what it and others pass each other.
pub(crate) fn problems(workspace: &Workspace, path: &Path) -> Problems {
    let mut found = Problems::new();
    let Some(file) = workspace.files().get(path) else {
        return found;
    };
    if matches!(file.content, FileContent::Other) {
        return found;
    }
    tree::problems(&file.document, &mut found);
    if let Some(program) = Program::alone(path, Arc::clone(&file.document)) {
        for instance in program.instances() {
            let template = program.template(instance);
            names::problems(template, &file.document, &mut found);
            start::problems(template, &mut found);
            order::problems(&program, instance, &mut found);
        }
    }
    modules::problems(workspace, &file, &mut found);
    found
}

/// What a fix declares and does not use. What it leaves unused is another matter: others may give it.
pub(crate) fn unused(before: Option<&File>, after: &File) -> Vec<String> {
    let declared = |file: &File| {
        file.template()
            .map(|it| names::declared(it))
            .unwrap_or_default()
    };
    let before = before.map(declared).unwrap_or_default();
    let after = declared(after).into_iter();
    after
        .filter(|(name, is_used)| !is_used && !before.contains_key(name))
        .map(|(name, _)| format!("`{name}` is declared and not used"))
        .collect()
}

fn tell(found: &mut Problems, problem: String) {
    *found.entry(problem).or_default() += 1;
}

/// An expression, all that it is made of, and what the variables in it stand for.
fn through_variables(template: &Template, root: ExpressionId) -> Vec<ExpressionId> {
    use template::model::Reference;
    let mut found = Vec::new();
    let mut pending = vec![root];
    while let Some(next) = pending.pop() {
        if found.contains(&next) {
            continue;
        }
        found.push(next);
        let kind = template.kind(next);
        if let ExpressionKind::Reference(Reference::Variable(id)) = kind {
            pending.push(template.variable(*id).value);
        }
        pending.extend(kind.parts());
    }
    found
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::Bench;

    /// What is wrong with the first of some files.
    fn of(files: &[(&str, &str)]) -> Vec<String> {
        let named = |name: &str| PathBuf::from(format!("/w/{name}"));
        let bench = Bench::in_memory(files.iter().map(|(name, text)| (named(name), *text)));
        let found = problems(bench.workspace(), &named(files[0].0));
        found.into_keys().collect()
    }

    fn bicep(text: &str) -> Vec<String> {
        of(&[("main.bicep", text)])
    }

    const VAULT: &str = "resource kv 'Microsoft.KeyVault/vaults@2023-07-01' = {\n  name: 'kv'\n}\n";

    #[test]
    fn what_the_bicep_compiler_refuses() {
        let none: Vec<String> = Vec::new();
        assert_eq!(bicep(VAULT), none);
        assert_eq!(
            bicep(&format!("param kv string\n{VAULT}")),
            ["BCP028: `kv` is declared 2 times"]
        );
        assert_eq!(
            bicep("param guid string\nvar x = guid(guid)\n"),
            [
                "BCP265: `guid` is no function any more",
                "an expression cannot be read"
            ]
        );
        assert_eq!(bicep("var x = y\n"), ["BCP057: nothing declares `y`"]);
        assert_eq!(
            bicep("var x = { a: 1, 'A': 2 }\n"),
            ["BCP025: the property `a` is there 2 times"]
        );
        let again = VAULT.replace("resource kv", "resource other");
        assert_eq!(
            bicep(&format!("{VAULT}{again}")),
            ["BCP121: microsoft.keyvault/vaults 'kv' is there 2 times"]
        );
        let role = |name: &str, more: &str| {
            bicep(&format!(
                "{VAULT}resource role 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{\n  \
                 name: {name}\n  {more}\n}}\n"
            ))
        };
        assert_eq!(role("guid(kv.id)", "scope: kv"), none);
        assert_eq!(
            role("guid(kv.properties.vaultUri)", "scope: kv"),
            ["BCP120: `role` rests on what is not known at the start"]
        );
        assert_eq!(
            role("'x'", "scope: resourceGroup('other')"),
            ["BCP139: `role` goes to where the file does not go"]
        );
        assert_eq!(
            role("'x'", "dependsOn: [role]"),
            ["BCP080: `role` waits for itself"]
        );
        let waits = |symbol: &str, on: &str| {
            VAULT
                .replace("resource kv", &format!("resource {symbol}"))
                .replace("'kv'", &format!("{on}.name"))
        };
        assert_eq!(
            bicep(&format!("{}{}", waits("a", "b"), waits("b", "a"))),
            [
                "BCP080: `a` waits for itself",
                "BCP080: `b` waits for itself"
            ]
        );
        assert_eq!(
            bicep("@allowed(['a'])\nparam x string = 'b'\n"),
            ["the default of `x` is not among its allowed values"]
        );
    }

    #[test]
    fn what_the_resource_manager_refuses() {
        let arm = |members: &str| {
            let schema =
                "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";
            let resource =
                "\"type\": \"Microsoft.KeyVault/vaults\", \"apiVersion\": \"2023-07-01\"";
            let text = format!(
                "{{\"$schema\": \"{schema}\", \"contentVersion\": \"1.0.0.0\", \
                 \"resources\": [{{{resource}, {members}}}]}}"
            );
            of(&[("main.json", &text)])
        };
        assert_eq!(arm("\"name\": \"kv\""), Vec::<String>::new());
        assert_eq!(
            arm("\"name\": \"[parameters('x')]\""),
            ["BCP057: nothing declares `x`"]
        );
        assert_eq!(
            arm("\"name\": \"kv\", \"dependsOn\": [\"[resourceId('A.B/c', 'x')]\", \"other\"]"),
            [
                "`dependsOn` names A.B/c, which nothing is",
                "`dependsOn` names other, which nothing is"
            ]
        );
        assert_eq!(
            arm("\"name\": \"kv\", \"Name\": \"kv\""),
            ["BCP025: the property `name` is there 2 times"]
        );
    }

    #[test]
    fn what_modules_and_their_callers_pass_each_other() {
        let module = "param a string\nparam b string = a\noutput c string = b\n";
        let call = |params: &str, more: &str| {
            let main = format!("module m 'm.bicep' = {{\n  params: {{ {params} }}\n}}\n{more}");
            let found = of(&[("main.bicep", &main), ("m.bicep", module)]);
            // Who changes the module is told the same of its caller.
            assert_eq!(found, of(&[("m.bicep", module), ("main.bicep", &main)]));
            found
        };
        assert_eq!(
            call("a: 'x'", "var y = m.outputs.c\n"),
            Vec::<String>::new()
        );
        assert_eq!(call("", ""), ["BCP035: m.bicep is not given `a`"]);
        assert_eq!(
            call("a: 'x', d: 'x'", ""),
            ["BCP037: m.bicep has no parameter `d`"]
        );
        assert_eq!(
            call("a: 'x'", "var y = m.outputs.d\n"),
            ["BCP053: m.bicep has no output `d`"]
        );
    }

    #[test]
    fn what_is_declared_is_used() {
        let file = |text: &str| {
            let bench = Bench::of_text(syntax::Language::Bicep, text);
            bench
                .workspace()
                .files()
                .get(Path::new("/w/main.bicep"))
                .unwrap()
        };
        let before = file("param old string\n");
        let after = file("param old string\nparam new string\nvar used = 1\noutput x int = used\n");
        let told = ["`new` is declared and not used"];
        assert_eq!(unused(Some(&before), &after), told);
    }
}
