//! Hostnames that are left out of the first run.

use template::edit::{New, NewParameter, NewType};
use template::model::{ModuleSource, ResourceId};
use template::program::At;

use super::written;
use crate::context::Context;
use crate::repair::Repair;
use crate::{Applicability, Extent, Fix};

/// Adds a parameter that leaves the hostnames out as long as it is false, which is its default.
pub(super) fn fix(context: &Context<'_>, service: At<ResourceId>) -> Option<Fix> {
    let instance = service.instance;
    if context.program.shares_names(instance) {
        return None;
    }
    let template = context.template(instance);
    let [_, list] = written::hostnames(context, service)?;
    let editor = context.editor(instance)?;
    let name = editor.unused_symbol("vaultAccessGranted");
    let description = "Whether API Management can read the certificates of its hostnames: false in \
                       the first run, true in all later ones.";
    let parameter = NewParameter {
        name: name.clone(),
        kind: NewType::Bool,
        // Where there is no habit, what a person has to know is said.
        description: (template.parameters.is_empty() || editor.describes_parameters())
            .then(|| description.to_owned()),
        default: Some(New::Bool(false)),
    };
    let variable = editor.unused_symbol("hostnames");
    let condition = New::Parameter(name.clone());
    let mut repair = Repair::new(context);
    repair.edit(instance, editor.add_parameter(&parameter))?;
    repair.edit(instance, editor.empty_unless(list, &condition, &variable))?;
    // A nested deployment is given it by the template around it.
    let mut outermost = instance;
    while let Some(module) = context.program.caller(outermost)
        && let ModuleSource::Inline { .. } = context.program.module(module).source
    {
        outermost = module.instance;
        if context.program.shares_names(outermost) {
            return None;
        }
        let editor = context.editor(outermost)?;
        repair.edit(outermost, editor.add_parameter(&parameter))?;
        let argument = New::Parameter(name.clone());
        repair.edit(outermost, editor.add_argument(module.id, &name, &argument))?;
    }
    let passed_on = match context.program.caller(outermost) {
        Some(_) => "; whoever deploys this file has to pass it on",
        None => "",
    };
    repair.fix(
        format!(
            "Add the hostnames in a second run: where the new parameter `{name}` is true, which it has \
             to stay{passed_on}"
        ),
        Applicability::Unsafe,
        Extent::Refactoring,
    )
}
