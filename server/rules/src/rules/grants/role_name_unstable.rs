//! `role-name-unstable`

mod run_time;
mod seed;

use access::facts;
use access::grants::{
    Grant, Held, Permission, Target, grants_of, held, is_role_assignment, role_assignments,
};
use access::placeholders::has_token;
use syntax::Language;
use template::cases::Undecided;
use template::edit::New;
use template::model::{ExpressionId, ResourceId};
use template::program::At;
use template::value::{Lazy, Piece, Value};
use template::{Evaluator, Sameness};

use self::run_time::at_run_time;
use self::seed::{Ingredient, Seed};
use super::Holder;
use crate::circumstances::{Occurrence, occurrences};
use crate::context::Context;
use crate::rules::Rule;
use crate::{Applicability, Finding, Fix, Level, Related, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("role-name-unstable"),
    levels: "error; warning where only another deployment fails",
    summary: "The name of a role assignment for API Management is not one of its own for good",
    fix: Some(
        "safe, unsafe where the assignment may be deployed already: a GUID of scope, identity and role",
    ),
    documentation: include_str!("role_name_unstable.md"),
    is_about_absence: false,
    check,
};

/// A name that does not last.
#[derive(Clone, PartialEq)]
struct Unstable {
    holder: Holder,
    name: At<ExpressionId>,
    why: Why,
    /// What a name of its own is made of: the scope and the role.
    scope: Option<At<ResourceId>>,
    role: Option<&'static str>,
}

/// Why it does not last.
#[derive(Clone, PartialEq)]
enum Why {
    /// It is made of what is known only while the deployment runs.
    RunTime,
    /// It is no GUID.
    NoGuid,
    /// Another assignment has it too: which one, and whether that is to somebody else.
    Shared(At<ResourceId>, bool),
    /// It is another one each time.
    Random,
    /// It is written out.
    Literal,
    /// It is made of other things than the identity.
    Seed,
}

impl Why {
    const fn level(&self) -> Level {
        match self {
            Self::RunTime | Self::NoGuid | Self::Shared(..) => Level::Error,
            Self::Random | Self::Literal | Self::Seed => Level::Warning,
        }
    }

    /// Whether the assignment may be there under this name, and be deployed again and again. Azure then
    /// refuses it under another one: `RoleAssignmentExists` ([errors]).
    ///
    /// [errors]: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
    const fn works_so_far(&self) -> bool {
        matches!(self, Self::Literal | Self::Seed)
    }
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for id in role_assignments(context.program) {
        let answers = context.judge(|evaluator| {
            let held = held(evaluator, id)?;
            let mut found = Vec::new();
            for one in &held {
                let unstable = match unstable(evaluator, id, one)? {
                    Some(unstable) => Some(unstable),
                    None => shared(evaluator, id, one)?,
                };
                // One name, however many assignments a loop makes with it.
                let is_known = |it: &Unstable| {
                    let mut known = found.iter();
                    known.any(|known: &Unstable| known.name == it.name && known.why == it.why)
                };
                let new = unstable.filter(|it| !is_known(it));
                found.extend(new);
            }
            Ok(found)
        });
        for occurrence in occurrences(context, &answers.unwrap_or_default()) {
            findings.push(finding(context, id, &occurrence));
        }
    }
}

/// What is wrong with the name of an assignment by itself.
fn unstable(
    evaluator: &Evaluator<'_>,
    id: At<ResourceId>,
    held: &Held,
) -> Result<Option<Unstable>, Undecided> {
    let Some(written) = evaluator.program.resource(id).name else {
        return Ok(None);
    };
    if let Some(part) = at_run_time(evaluator.program.template(id.instance), written) {
        let name = id.instance.at(part);
        return Ok(Some(of(evaluator, held, name, Why::RunTime)));
    }
    let lazy = Lazy::Expression(written, held.grant.bindings.clone());
    let name = evaluator.known(&lazy)?;
    let seed = Seed::of(evaluator, written, held)?;
    let is_computed = seed.has(Ingredient::Guid);
    let is_guid = is_guid(&name.value);
    let why = if !is_computed && is_guid.is_some() {
        if is_guid == Some(true) {
            Why::Literal
        } else {
            Why::NoGuid
        }
    } else if seed.has(Ingredient::Random) {
        Why::Random
    } else if !is_computed || seed.has(Ingredient::Unknown) || seed.has(Ingredient::Identity) {
        return Ok(None);
    } else {
        Why::Seed
    };
    Ok(Some(of(evaluator, held, name.origin, why)))
}

/// Whether a name that is written out is a GUID; none where that cannot be told. In the older spelling
/// it is the last of several.
fn is_guid(name: &Value) -> Option<bool> {
    let Value::Text(text) = name else {
        return None;
    };
    let segments = text.split('/');
    let Value::Text(last) = segments.last()? else {
        return None;
    };
    if let Some(text) = last.as_str() {
        return (!text.is_empty() && !has_token(text)).then(|| facts::is_guid(text));
    }
    let mut pieces = last.pieces().iter();
    let has_other_letters = pieces.any(|piece| match piece {
        Piece::Literal(text) => {
            !has_token(text)
                && !text
                    .bytes()
                    .all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
        }
        Piece::Hole(_) => false,
    });
    has_other_letters.then_some(false)
}

/// Another assignment of the same name, on something else or to somebody else.
fn shared(
    evaluator: &Evaluator<'_>,
    id: At<ResourceId>,
    own: &Held,
) -> Result<Option<Unstable>, Undecided> {
    let Some(name) = name_of(evaluator, &own.grant)? else {
        return Ok(None);
    };
    for (other, resource) in evaluator.program.resources() {
        let is_candidate = !resource.is_existing && is_role_assignment(resource);
        if !is_candidate || !may_have_name(evaluator, other, &name)? {
            continue;
        }
        // Of two, the later one is reported, unless that one is not for API Management.
        if other > id && !held(evaluator, other)?.is_empty() {
            continue;
        }
        for grant in grants_of(evaluator, other)? {
            let Some(others) = name_of(evaluator, &grant)? else {
                continue;
            };
            let is_other = other != id || grant.turn != own.grant.turn;
            if !is_other || !evaluator.same_name(&name, &others).is_same() {
                continue;
            }
            let is_to_other = is_to_other(evaluator, &own.grant, &grant);
            if is_to_other || is_on_other(evaluator, &own.grant.target, &grant.target) {
                let written = evaluator.program.resource(id).name;
                return Ok(written.map(|written| {
                    let why = Why::Shared(other, is_to_other);
                    of(evaluator, own, id.instance.at(written), why)
                }));
            }
        }
    }
    Ok(None)
}

/// Whether an assignment may have a name, as far as can be told outside of its loop.
fn may_have_name(
    evaluator: &Evaluator<'_>,
    id: At<ResourceId>,
    name: &Value,
) -> Result<bool, Undecided> {
    let resource = evaluator.program.resource(id);
    let Some(written) = resource.name else {
        return Ok(false);
    };
    let own = evaluator.evaluate(id.instance.at(written))?.value;
    let may_be_same = evaluator.same_name(&own, name).may_be_same();
    Ok(may_be_same && (resource.repetition.is_some() || evaluator.is_deployed(id)?))
}

fn name_of(evaluator: &Evaluator<'_>, grant: &Grant) -> Result<Option<Value>, Undecided> {
    match evaluator.program.resource(grant.at).name {
        Some(name) => Ok(Some(evaluator.evaluate_in(name, &grant.bindings)?.value)),
        None => Ok(None),
    }
}

fn is_to_other(evaluator: &Evaluator<'_>, a: &Grant, b: &Grant) -> bool {
    match (&a.principal, &b.principal) {
        (Some(a), Some(b)) => {
            evaluator.same(&a.evaluated.value, &b.evaluated.value) == Sameness::Different
        }
        _ => false,
    }
}

fn is_on_other(evaluator: &Evaluator<'_>, a: &Target, b: &Target) -> bool {
    match (a, b) {
        (Target::Resource(a), Target::Resource(b)) => {
            evaluator.same_resource(a, b) == Sameness::Different
        }
        (Target::Wide(a), Target::Wide(b)) => evaluator.same_scope(a, b) == Sameness::Different,
        (Target::Wide(_), Target::Resource(_)) | (Target::Resource(_), Target::Wide(_)) => true,
        (Target::Unknown, _) | (_, Target::Unknown) => false,
    }
}

fn of(evaluator: &Evaluator<'_>, held: &Held, name: At<ExpressionId>, why: Why) -> Unstable {
    Unstable {
        holder: Holder::of(evaluator, &held.by),
        name,
        why,
        scope: match &held.grant.target {
            Target::Resource(of) => of.declaration.filter(|_| of.index.is_none()),
            Target::Wide(_) | Target::Unknown => None,
        },
        role: match held.grant.permission {
            Permission::Role { role, .. } => role.map(|role| role.id),
            Permission::Policy { .. } => None,
        },
    }
}

fn finding(
    context: &Context<'_>,
    id: At<ResourceId>,
    Occurrence { what, when }: &Occurrence<Unstable>,
) -> Finding {
    let (label, holder) = (context.label(id), what.holder.words(context));
    let name = format!("The name of `{label}`, a role for {holder},");
    let message = match &what.why {
        Why::RunTime => {
            let refused = match context.template(id.instance).language {
                Language::Bicep => {
                    ". Bicep refuses it: \"BCP120: This expression is being used in an assignment to the \
                     \"name\" property of the \"Microsoft.Authorization/roleAssignments\" type, which \
                     requires a value that can be calculated at the start of the deployment.\""
                }
                _ => "",
            };
            format!(
                "{name} is made of `{}`{when}, which is only known while the deployment runs{refused}",
                context.excerpt(what.name)
            )
        }
        Why::NoGuid => format!(
            "{name} is no GUID{when}. Azure refuses it: \"InvalidRoleAssignmentId: The role assignment ID \
             '…' is not valid. The role assignment ID must be a GUID.\""
        ),
        Why::Shared(other, is_to_other) => {
            let other = if *other == id {
                "another assignment of its loop".to_owned()
            } else {
                format!("`{}`", context.label(*other))
            };
            let differs = if *is_to_other {
                "to another principal"
            } else {
                "on another scope"
            };
            format!(
                "{name} is also that of {other}{when}, {differs}, but names are unique in the tenant. \
                 Azure refuses it: \"RoleAssignmentUpdateNotPermitted: Tenant ID, application ID, \
                 principal ID, and scope are not allowed to be updated.\""
            )
        }
        Why::Random => format!(
            "{name} is another one in every deployment{when}, so that the next one is refused: \
             \"RoleAssignmentExists: The role assignment already exists.\""
        ),
        Why::Literal => format!("{name} is a fixed GUID{when}, {IF_NEW}"),
        Why::Seed => format!("{name} is not made of that identity{when}, {IF_NEW}"),
    };
    let mut related = Vec::new();
    if let Why::Shared(other, _) = what.why
        && other != id
    {
        related.push(Related {
            place: context.resource_place(other),
            message: "this one has the same name".to_owned(),
        });
        related.extend(context.callers(other.instance));
    }
    related.extend(what.holder.related(context));
    related.extend(context.declaration_elsewhere(id, what.name));
    related.extend(context.callers(id.instance));
    Finding {
        rule: RULE.id,
        level: what.why.level(),
        place: context.place(what.name),
        subject: context.resource_place(id),
        message,
        related,
        fixes: repair(context, id, what).into_iter().collect(),
    }
}

const IF_NEW: &str = "so that a new identity in its place is refused: \
     \"RoleAssignmentUpdateNotPermitted: Tenant ID, application ID, principal ID, and scope are not \
     allowed to be updated.\"";

/// A name made of scope, identity and role, where all of them are of the assignment's own file.
fn repair(context: &Context<'_>, id: At<ResourceId>, what: &Unstable) -> Option<Fix> {
    let (scope, role) = (what.scope?, what.role?);
    let holder = what.holder.declaration()?;
    let resource = context.resource(id);
    let is_plain = resource.repetition.is_none()
        && resource.is_type(facts::ROLE_ASSIGNMENT_TYPE)
        && [scope, holder]
            .iter()
            .all(|of| of.instance == id.instance && context.resource(*of).repetition.is_none());
    let name = resource.name.filter(|_| is_plain)?;
    let parts = vec![New::id(scope.id), New::id(holder.id), New::string(role)];
    let edits = context
        .editor(id.instance)?
        .replace(name, &New::guid(parts));
    let (applicability, condition) = if what.why.works_so_far() {
        (
            Applicability::Unsafe,
            "; delete the assignment first where it is deployed already",
        )
    } else {
        (Applicability::Safe, "")
    };
    context.fix(
        id.instance,
        format!("Make the name of the scope, the identity and the role{condition}"),
        applicability,
        edits,
    )
}
