//! What modules are given, what they want, and what is read of them; of the modules that a file
//! deploys, and of the file for those that deploy it.

use std::path::Path;
use std::sync::Arc;

use syntax::Language;
use template::Template;
use template::files::{File, resolve};
use template::model::{
    Arguments, ExpressionKind, Link, LinkKind, Member, Module, ModuleSource, Reference,
};
use template::workspace::Workspace;

use super::{Problems, tell};

pub(super) fn problems(workspace: &Workspace, file: &File, found: &mut Problems) {
    if let Some(template) = file.template() {
        calls(workspace, &file.path, template, None, found);
    }
    let files = workspace.files();
    for member in workspace.members().filter(|member| *member != &*file.path) {
        // Only who names the file is of interest; what others say is in memory.
        let is_caller = |template: &Arc<Template>| {
            let mut links = template.deployed().into_iter();
            links.any(|link| target(member, link).is_some_and(|it| *it == *file.path))
        };
        if let Some(caller) = files.get(member)
            && let Some(template) = caller.template()
            && is_caller(template)
        {
            calls(workspace, member, template, Some(&file.path), found);
        }
    }
}

/// The path that a file means by a link to another one.
fn target(from: &Path, link: &Link) -> Option<std::path::PathBuf> {
    match link.kind {
        LinkKind::File | LinkKind::RelativePath => resolve(from, &link.text),
        _ => None,
    }
}

/// What is wrong with the calls in a template, of one file where it is given.
fn calls(
    workspace: &Workspace,
    path: &Path,
    template: &Template,
    of: Option<&Path>,
    found: &mut Problems,
) {
    for (id, module) in template.modules() {
        let ModuleSource::Linked(link) = &module.source else {
            continue;
        };
        let Some(callee) = target(path, link).filter(|it| of.is_none_or(|of| it == of)) else {
            continue;
        };
        let Some(callee) = workspace.files().get(&callee) else {
            tell(found, format!("BCP091: there is no {}", link.text));
            continue;
        };
        let Some(callee) = callee.template().filter(|it| it.is_complete) else {
            continue;
        };
        arguments(template, module, callee, &link.text, found);
        if template.language != Language::Bicep {
            continue;
        }
        for (_, expression) in template.expressions() {
            if let ExpressionKind::Member { object, name, .. } = &expression.kind
                && let ExpressionKind::Member {
                    object: module,
                    name: outputs,
                    ..
                } = template.kind(*object)
                && &*outputs.text == "outputs"
                && matches!(template.kind(*module), ExpressionKind::Reference(Reference::Module(it)) if *it == id)
                && callee.outputs.iter().all(|it| it.name.text != name.text)
            {
                tell(
                    found,
                    format!("BCP053: {} has no output `{}`", link.text, name.text),
                );
            }
        }
    }
}

/// What is wrong with the arguments of a call.
fn arguments(
    template: &Template,
    module: &Module,
    callee: &Template,
    link: &str,
    found: &mut Problems,
) {
    let mut given = Vec::new();
    match module.arguments {
        Arguments::Unknown => return,
        Arguments::None => {}
        Arguments::Given(arguments) => {
            let Some(object) = template.object(arguments).filter(|it| it.is_complete) else {
                return;
            };
            for member in &object.members {
                match member {
                    Member::Property(property) => match template.text(property.key) {
                        Some(name) => given.push(name),
                        None => return,
                    },
                    Member::Spread(_) => return,
                }
            }
        }
    }
    let is_same = |name: &str, given: &str| name.eq_ignore_ascii_case(given);
    for parameter in &callee.parameters {
        let name = &parameter.name.text;
        let is_needed = parameter.default.is_none() && !parameter.is_optional;
        if is_needed && !given.iter().any(|it| is_same(name, it)) {
            tell(found, format!("BCP035: {link} is not given `{name}`"));
        }
    }
    for name in given {
        if !callee
            .parameters
            .iter()
            .any(|it| is_same(&it.name.text, name))
        {
            tell(found, format!("BCP037: {link} has no parameter `{name}`"));
        }
    }
}
