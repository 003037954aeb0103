//! `identity-principal-unavailable`

use access::carried::{declarations_of, lacks};
use access::facts;
use access::identity::{IdentityKind, Principal, ServiceIdentity};
use template::cases::Undecided;
use template::edit::New;
use template::facts::SYSTEM_IDENTITY_TYPE;
use template::files::Place;
use template::model::{ExpressionId, ExpressionKind, ModuleId, ResourceId};
use template::program::{At, InstanceId};
use template::value::{Identity, Part, Symbol, visit};
use template::{Evaluator, RunTimeRead, Template, identity_of_value};

use crate::circumstances::{occurrences, rests_on_left_out};
use crate::context::Context;
use crate::repair::Repair;
use crate::repair::identity::{Lack, add_system_identity};
use crate::rules::Rule;
use crate::{Applicability, Extent, Finding, Fix, Level, Related, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("identity-principal-unavailable"),
    levels: "error",
    summary: "The system-assigned identity of an API Management service is read where there is none",
    fix: Some(
        "safe: add `'Full'`, or what to wait for; unsafe: add the system-assigned identity to those that are there",
    ),
    documentation: include_str!("identity_principal_unavailable.md"),
    is_about_absence: false,
    check,
};

/// The names of the properties that only an identity has, and its own.
const NAMES: [&str; 3] = ["principalId", "tenantId", "identity"];

/// What is evaluated to deploy something.
#[derive(Clone, Copy)]
enum Reader {
    Resource(At<ResourceId>),
    Module(At<ModuleId>),
    Output(InstanceId, usize),
}

/// A property that is not there when it is read.
#[derive(Clone, PartialEq)]
struct Unavailable {
    place: At<ExpressionId>,
    why: Why,
}

#[derive(Clone, PartialEq)]
enum Why {
    /// The service has no such identity.
    Lacking {
        service: At<ResourceId>,
        /// What the service has instead, where it is written.
        has: Option<At<ExpressionId>>,
        has_user: bool,
        property: String,
        /// How it says so, where that can be repaired.
        lack: Option<Lack>,
    },
    /// The identity is not among the `properties`.
    NotAmongProperties {
        service: Option<At<ResourceId>>,
        /// How the service says that it has none anyway, if it does.
        lack: Option<Lack>,
    },
    /// The service may not be there yet.
    TooEarly { service: At<ResourceId> },
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut known: Vec<Place> = Vec::new();
    for reader in readers(context) {
        let mut answers = context
            .judge(|evaluator| unavailable(context, evaluator, reader))
            .unwrap_or_default();
        for answer in &mut answers {
            if rests_on_left_out(context, answer) {
                answer.value.clear();
            }
        }
        for occurrence in occurrences(context, &answers) {
            let finding = finding(context, reader, &occurrence.what, &occurrence.when);
            // What a variable reads is read wherever the variable is used.
            if !known.contains(&finding.place) {
                known.push(finding.place.clone());
                findings.push(finding);
            }
        }
    }
}

fn readers(context: &Context<'_>) -> Vec<Reader> {
    let program = context.program;
    let resources = program.resources().map(|(id, _)| Reader::Resource(id));
    let modules = program.modules().map(|(id, _)| Reader::Module(id));
    let outputs = program.instances().flat_map(|instance| {
        let count = program.template(instance).outputs.len();
        (0..count).map(move |output| Reader::Output(instance, output))
    });
    resources.chain(modules).chain(outputs).collect()
}

fn unavailable(
    context: &Context<'_>,
    evaluator: &Evaluator<'_>,
    reader: Reader,
) -> Result<Vec<Unavailable>, Undecided> {
    let reads = match reader {
        Reader::Resource(id) => evaluator.read_by_resource(id, &NAMES)?,
        Reader::Module(id) => evaluator.read_by_module(id, &NAMES)?,
        Reader::Output(instance, output) => {
            let value = evaluator.program.template(instance).outputs[output].value;
            evaluator.read_by_output(instance, value, &NAMES)?
        }
    };
    let mut found = Vec::new();
    for read in reads {
        if !read.resource.is_type(facts::SERVICE_TYPE) {
            continue;
        }
        let is_at = |names: &[&str]| {
            read.path.len() >= names.len()
                && read
                    .path
                    .iter()
                    .zip(names)
                    .all(|(a, b)| a.eq_ignore_ascii_case(b))
        };
        let why = if is_at(&["properties", "identity"]) {
            Some(not_among_properties(evaluator, &read)?)
        } else if is_at(&["identity", "principalId"]) || is_at(&["identity", "tenantId"]) {
            match lacking(evaluator, &read)? {
                None => too_early(context, evaluator, reader, &read)?,
                why => why,
            }
        } else {
            None
        };
        found.extend(why.map(|why| Unavailable {
            place: read.place,
            why,
        }));
    }
    Ok(found)
}

/// Why a service has no system-assigned identity in the case, if it has none for sure.
fn lacking(evaluator: &Evaluator<'_>, read: &RunTimeRead) -> Result<Option<Why>, Undecided> {
    let declarations = declarations_of(evaluator, &read.resource)?;
    let principal = Principal::System(read.resource.clone());
    let Some((service, said)) = declarations.first() else {
        return Ok(None);
    };
    let is_lacking = declarations
        .iter()
        .all(|(_, said)| lacks(evaluator, said, &principal));
    if !is_lacking || is_asked_for(evaluator, &read.resource) {
        return Ok(None);
    }
    let lack = Lack::of(said);
    let (has, has_user) = match said {
        ServiceIdentity::Present(block) => (
            Some(block.kind_origin.unwrap_or(block.origin)),
            block.kind.as_ref().is_some_and(IdentityKind::has_user),
        ),
        ServiceIdentity::Absent(origin) => (*origin, false),
        ServiceIdentity::Unknown => (None, false),
    };
    Ok(Some(Why::Lacking {
        service: *service,
        has,
        has_user,
        lack,
        property: read
            .path
            .last()
            .map_or_else(String::new, ToString::to_string),
    }))
}

/// That the identity is not among the properties, and whether there is one at all.
fn not_among_properties(evaluator: &Evaluator<'_>, read: &RunTimeRead) -> Result<Why, Undecided> {
    let declarations = declarations_of(evaluator, &read.resource)?;
    let service = declarations.first().map(|(service, _)| *service);
    Ok(match lacking(evaluator, read)? {
        Some(Why::Lacking { service, lack, .. }) => Why::NotAmongProperties {
            service: Some(service),
            lack,
        },
        _ => Why::NotAmongProperties {
            service,
            lack: None,
        },
    })
}

/// The service whose identity a resource reads without waiting for the service, if it does so by the
/// identity's own id: nothing follows from that about what to wait for ([ARM]).
///
/// [ARM]: https://learn.microsoft.com/azure/azure-resource-manager/templates/resource-dependency
fn too_early(
    context: &Context<'_>,
    evaluator: &Evaluator<'_>,
    reader: Reader,
    read: &RunTimeRead,
) -> Result<Option<Why>, Undecided> {
    let Reader::Resource(id) = reader else {
        return Ok(None);
    };
    if !is_by_own_id(evaluator, read.place)? {
        return Ok(None);
    }
    let declarations = declarations_of(evaluator, &read.resource)?;
    let mut services = declarations.iter().map(|(service, _)| *service);
    let waits = |service| context.order.may_wait(id, service);
    if services.clone().any(waits) {
        return Ok(None);
    }
    Ok(services.next().map(|service| Why::TooEarly { service }))
}

/// What a property, or a property of a property, is taken out of.
fn base_of(template: &Template, property: ExpressionId) -> ExpressionId {
    let mut base = property;
    while let ExpressionKind::Member { object, .. } | ExpressionKind::Index { object, .. } =
        template.kind(base)
    {
        base = *object;
    }
    base
}

/// Whether a property is one of `reference()` of a system-assigned identity's own id.
fn is_by_own_id(evaluator: &Evaluator<'_>, place: At<ExpressionId>) -> Result<bool, Undecided> {
    let template = evaluator.program.template(place.instance);
    let base = base_of(template, place.id);
    let ExpressionKind::Call {
        function,
        arguments,
        ..
    } = template.kind(base)
    else {
        return Ok(false);
    };
    let Some(first) = arguments.first().filter(|_| &**function == "reference") else {
        return Ok(false);
    };
    let id = evaluator.evaluate(place.instance.at(*first))?.value;
    Ok(identity_of_value(&id).is_some_and(|id| id.is_type(SYSTEM_IDENTITY_TYPE)))
}

/// Whether the case rests on a question about the identity that the service turns out to have, as
/// `contains(service.identity, 'principalId')`.
fn is_asked_for(evaluator: &Evaluator<'_>, service: &Identity) -> bool {
    evaluator.case().assumed().any(|condition| {
        let mut is_asked = false;
        visit(condition, &mut |part| {
            if let Part::Symbol(Symbol::Property { identity, .. }) = part {
                is_asked |= evaluator.same_resource(identity, service).may_be_same();
            }
        });
        is_asked
    })
}

fn finding(context: &Context<'_>, reader: Reader, what: &Unavailable, when: &str) -> Finding {
    let (instance, subject) = match reader {
        Reader::Resource(id) => (id.instance, context.resource_place(id)),
        Reader::Module(id) => {
            let label = context.program.module(id).label;
            (id.instance, context.program.place(id.instance, label))
        }
        Reader::Output(instance, output) => {
            let name = &context.template(instance).outputs[output].name;
            (instance, context.program.place(instance, name.range))
        }
    };
    let mut related = Vec::new();
    let message = match &what.why {
        Why::Lacking {
            service,
            has,
            has_user,
            property,
            ..
        } => {
            let label = context.label(*service);
            related.push(match has {
                Some(origin) => Related {
                    place: context.place(*origin),
                    message: format!("this is the identity of `{label}`"),
                },
                None => Related {
                    place: context.resource_place(*service),
                    message: "it is declared without an identity".to_owned(),
                },
            });
            if *has_user {
                format!(
                    "`{label}` has only user-assigned identities{when}, and so no \
                     `identity.{property}`: read `properties.{property}` of the identity that is \
                     meant"
                )
            } else {
                format!(
                    "`{label}` has no identity{when}, and so no `identity.{property}`. \
                     The deployment will fail: \"The language expression property 'identity' \
                     doesn't exist\""
                )
            }
        }
        Why::NotAmongProperties { .. } => format!(
            "The identity of a service is not among its `properties`{when}: `reference()` gives all \
             of a service only with `'Full'` as its third argument. The deployment will fail: \
             \"The language expression property 'identity' doesn't exist\""
        ),
        Why::TooEarly { service } => {
            let label = context.label(*service);
            related.push(Related {
                place: context.resource_place(*service),
                message: "the identity comes to be here".to_owned(),
            });
            format!(
                "The identity of `{label}` is read without waiting for `{label}`{when}: an id in \
                 `reference()` implies no dependency, so add `dependsOn`. The first deployment will \
                 fail: \"Microsoft.ManagedIdentity/Identities Not found\""
            )
        }
    };
    related.extend(context.callers(instance));
    Finding {
        rule: RULE.id,
        level: Level::Error,
        place: context.place(what.place),
        subject,
        message,
        related,
        fixes: fix(context, reader, what).into_iter().collect(),
    }
}

fn fix(context: &Context<'_>, reader: Reader, what: &Unavailable) -> Option<Fix> {
    let mut repair = Repair::new(context);
    let (title, applicability) = match &what.why {
        Why::Lacking { service, lack, .. } => {
            add_system_identity(&mut repair, *service, &[(*lack)?])?;
            let service = context.label(*service);
            let title = format!("Add the system-assigned identity to `{service}`");
            (title, Applicability::Unsafe)
        }
        Why::NotAmongProperties { service, lack } => {
            ask_for_all(context, &mut repair, what.place, *service)?;
            match (service, lack) {
                (Some(service), Some(lack)) => {
                    add_system_identity(&mut repair, *service, &[*lack])?;
                    let service = context.label(*service);
                    let title =
                        format!("Add `'Full'`, and the system-assigned identity to `{service}`");
                    (title, Applicability::Unsafe)
                }
                _ => ("Add `'Full'`".to_owned(), Applicability::Safe),
            }
        }
        Why::TooEarly { service } => {
            let Reader::Resource(id) = reader else {
                return None;
            };
            let dependencies = context.dependencies(id.instance);
            let is_possible = id.instance == service.instance
                && id.id != service.id
                && !dependencies.reaches(service.id, id.id);
            let editor = context.editor(id.instance).filter(|_| is_possible)?;
            let edits = editor.add_depends_on(id.id, &service.id.into());
            repair.edit(id.instance, edits)?;
            let title = format!("Wait for `{}`", context.label(*service));
            (title, Applicability::Safe)
        }
    };
    repair.fix(title, applicability, Extent::Repair)
}

/// Lets `reference()` give all of a service, not only its properties.
fn ask_for_all(
    context: &Context<'_>,
    repair: &mut Repair<'_, '_>,
    place: At<ExpressionId>,
    service: Option<At<ResourceId>>,
) -> Option<()> {
    let template = context.template(place.instance);
    let call = base_of(template, place.id);
    let ExpressionKind::Call {
        function,
        arguments,
        ..
    } = template.kind(call)
    else {
        return None;
    };
    let mut added = Vec::new();
    match (&**function, arguments.len()) {
        ("reference", 2) => {}
        ("reference", 1) => {
            let service = service?;
            let version = context.resource(service).api_version?;
            let version = context.template(service.instance).text(version)?;
            added.push(New::string(version));
        }
        _ => return None,
    }
    added.push(New::string("Full"));
    let edits = context
        .editor(place.instance)?
        .append_arguments(call, &added);
    repair.edit(place.instance, edits)?;
    Some(())
}
