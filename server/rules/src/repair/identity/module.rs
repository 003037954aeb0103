//! The identity of a service that an Azure Verified Module deploys: what its caller gives for
//! `managedIdentities`.

use access::facts;
use template::cases::Undecided;
use template::edit::{New, Placement};
use template::model::{
    Arguments, ExpressionId, ExpressionKind, ModuleId, ModuleSource, ResourceId,
};
use template::program::At;
use template::value::Value;
use template::{Evaluator, Lookup};

use super::super::Repair;
use super::attach::may_name;
use super::written::{Written, give_argument};
use crate::context::Context;

/// Where the module takes identities.
const IDENTITIES: &[&str] = &[facts::MODULE_IDENTITIES];
/// Where it is asked for the system-assigned one.
const SYSTEM: &[&str] = &[facts::MODULE_IDENTITIES, facts::MODULE_SYSTEM_IDENTITY];

/// Where it takes the ids of user-assigned ones.
const USERS: &[&str] = &[facts::MODULE_IDENTITIES, facts::MODULE_USER_IDENTITIES];

/// What a caller gives for identities.
#[derive(Clone, Copy, PartialEq)]
enum Given {
    /// Nothing.
    Absent,
    /// Null, which is written here.
    Null(At<ExpressionId>),
    /// An object, which is written here.
    Object(At<ExpressionId>, System, Users),
}

/// What the object says of user-assigned identities.
#[derive(Clone, Copy, PartialEq)]
enum Users {
    Absent,
    /// Null, which is written here.
    Null(At<ExpressionId>),
    /// A list, which is written here.
    List(At<ExpressionId>),
    Unknown,
}

/// What the object says of the system-assigned identity.
#[derive(Clone, Copy, PartialEq)]
enum System {
    Wanted,
    Absent,
    /// False or null, which is written here.
    Unwanted(At<ExpressionId>),
    Unknown,
}

/// The module that a service is deployed by, where it takes identities in this way and the caller is
/// the user's.
pub(super) fn of(context: &Context<'_>, service: At<ResourceId>) -> Option<At<ModuleId>> {
    let module = context.program.caller(service.instance)?;
    let is_own = !context.program.instance(module.instance).file.is_foreign;
    (is_own && is_service_module(context, module)).then_some(module)
}

/// Whether a module is the Azure Verified Module of a service.
pub(super) fn is_service_module(context: &Context<'_>, module: At<ModuleId>) -> bool {
    let program = context.program;
    let ModuleSource::Linked(link) = &program.module(module).source else {
        return false;
    };
    link.text.contains(facts::SERVICE_MODULE)
        && program.deployed_instances(module).all(|instance| {
            let mut parameters = program.template(instance).parameters.iter();
            program.instance(instance).file.is_foreign
                && parameters.any(|parameter| &*parameter.name.text == facts::MODULE_IDENTITIES)
        })
}

/// Asks for the system-assigned identity in every case in which the caller does not.
pub(super) fn add_system_identity(
    repair: &mut Repair<'_, '_>,
    service: At<ResourceId>,
    module: At<ModuleId>,
) -> Option<()> {
    let context = repair.context();
    let mut written = Written::new(context);
    let wanted = || New::object([(facts::MODULE_SYSTEM_IDENTITY, New::Bool(true))]);
    for given in all_given(context, service, module)? {
        match given {
            Given::Absent => {
                let edits = give_argument(context, module, facts::MODULE_IDENTITIES, &wanted());
                repair.edit(module.instance, edits)?;
            }
            Given::Null(at) => written.replace_argument(at, IDENTITIES, wanted())?,
            Given::Object(_, System::Wanted, _) => {}
            Given::Object(_, System::Unknown, _) => return None,
            Given::Object(at, System::Absent, _) => {
                if !written.is_of_modules(at, IDENTITIES) {
                    return None;
                }
                let edits = context.editor(at.instance)?.insert_property(
                    at.id,
                    facts::MODULE_SYSTEM_IDENTITY,
                    &New::Bool(true),
                    Placement::First,
                );
                repair.edit(at.instance, edits)?;
            }
            Given::Object(_, System::Unwanted(at), _) => {
                written.replace_argument(at, SYSTEM, New::Bool(true))?;
            }
        }
    }
    written.apply(repair)
}

/// What the caller gives in the cases in which the service is deployed, each once.
fn all_given(
    context: &Context<'_>,
    service: At<ResourceId>,
    module: At<ModuleId>,
) -> Option<Vec<Given>> {
    let answers = context.judge(|evaluator| {
        Ok(if evaluator.is_deployed(service)? {
            Some(given(context, evaluator, module)?)
        } else {
            None
        })
    })?;
    let mut all = Vec::new();
    for given in answers.into_iter().filter_map(|answer| answer.value) {
        let given = given?;
        if !all.contains(&given) {
            all.push(given);
        }
    }
    Some(all)
}

/// What the caller gives in a case; none where that is not known.
fn given(
    context: &Context<'_>,
    evaluator: &Evaluator<'_>,
    module: At<ModuleId>,
) -> Result<Option<Given>, Undecided> {
    let arguments = match context.program.module(module).arguments {
        Arguments::None => return Ok(Some(Given::Absent)),
        Arguments::Unknown => return Ok(None),
        Arguments::Given(arguments) => arguments,
    };
    let bindings = evaluator.bindings(module.instance)?;
    let arguments = evaluator.evaluate_in(arguments, &bindings)?.value;
    let identities = match evaluator.lookup(&arguments, facts::MODULE_IDENTITIES) {
        Lookup::Found(entry) => evaluator.known(&entry.value)?,
        Lookup::Absent => return Ok(Some(Given::Absent)),
        Lookup::Unknown => return Ok(None),
    };
    Ok(match &identities.value {
        Value::Null => Some(Given::Null(identities.origin)),
        Value::Object(_) => Some(Given::Object(
            identities.origin,
            system(context, evaluator, &identities.value)?,
            users(evaluator, &identities.value)?,
        )),
        _ => None,
    })
}

fn system(
    context: &Context<'_>,
    evaluator: &Evaluator<'_>,
    identities: &Value,
) -> Result<System, Undecided> {
    let system = match evaluator.lookup(identities, facts::MODULE_SYSTEM_IDENTITY) {
        Lookup::Found(entry) => evaluator.known(&entry.value)?,
        Lookup::Absent => return Ok(System::Absent),
        Lookup::Unknown => return Ok(System::Unknown),
    };
    let template = context.template(system.origin.instance);
    // A parameter that is false in one case only is not to be replaced.
    let is_literal = matches!(
        template.kind(system.origin.id),
        ExpressionKind::Bool(_) | ExpressionKind::Null
    );
    Ok(match system.value {
        Value::Bool(true) => System::Wanted,
        Value::Bool(false) | Value::Null if is_literal => System::Unwanted(system.origin),
        _ => System::Unknown,
    })
}

fn users(evaluator: &Evaluator<'_>, identities: &Value) -> Result<Users, Undecided> {
    let users = match evaluator.lookup(identities, facts::MODULE_USER_IDENTITIES) {
        Lookup::Found(entry) => evaluator.known(&entry.value)?,
        Lookup::Absent => return Ok(Users::Absent),
        Lookup::Unknown => return Ok(Users::Unknown),
    };
    Ok(match users.value {
        Value::Null => Users::Null(users.origin),
        Value::Array(list) if list.items.len() < facts::MAXIMUM_USER_ASSIGNED_IDENTITIES => {
            Users::List(users.origin)
        }
        _ => Users::Unknown,
    })
}

/// Adds a user-assigned identity to those that the caller gives, in every case.
pub(super) fn attach_identity(
    repair: &mut Repair<'_, '_>,
    service: At<ResourceId>,
    module: At<ModuleId>,
    identity: At<ResourceId>,
) -> Option<()> {
    let context = repair.context();
    let mut written = Written::new(context);
    let list = || New::Array(vec![New::id(identity.id)]);
    let wanted = || New::object([(facts::MODULE_USER_IDENTITIES, list())]);
    for given in all_given(context, service, module)? {
        let place = match given {
            Given::Absent => None,
            Given::Null(at)
            | Given::Object(_, _, Users::Null(at) | Users::List(at))
            | Given::Object(at, _, _) => Some(at),
        };
        let may_name = match place {
            Some(at) => may_name(context, at, identity),
            None => module.instance == identity.instance,
        };
        if !may_name {
            return None;
        }
        match given {
            Given::Absent => {
                let edits = give_argument(context, module, facts::MODULE_IDENTITIES, &wanted());
                repair.edit(module.instance, edits)?;
            }
            Given::Null(at) => written.replace_argument(at, IDENTITIES, wanted())?,
            Given::Object(at, _, Users::Absent) => {
                if !written.is_of_modules(at, IDENTITIES) {
                    return None;
                }
                let edits = context.editor(at.instance)?.insert_property(
                    at.id,
                    facts::MODULE_USER_IDENTITIES,
                    &list(),
                    Placement::End,
                );
                repair.edit(at.instance, edits)?;
            }
            Given::Object(_, _, Users::Null(at)) => written.replace_argument(at, USERS, list())?,
            Given::Object(_, _, Users::List(at)) => {
                if !written.is_of_modules(at, USERS) {
                    return None;
                }
                let editor = context.editor(at.instance)?;
                let edits = editor.append_item(at.id, &New::id(identity.id));
                repair.edit(at.instance, edits)?;
            }
            Given::Object(_, _, Users::Unknown) => return None,
        }
    }
    written.apply(repair)
}
