//! `role-principal-type-missing`

use access::facts;
use access::grants::{known_property, role_assignments};
use access::identity::{Principal, carried_identities};
use template::cases::Undecided;
use template::edit::{New, Placement, merge};
use template::model::{ExpressionId, ResourceId};
use template::program::At;
use template::value::Value;
use template::{Evaluator, Lookup};

use crate::circumstances::occurrences;
use crate::context::Context;
use crate::rules::Rule;
use crate::{Applicability, Finding, Level, Related, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("role-principal-type-missing"),
    levels: "warning",
    summary: "A role is assigned to a new identity without saying that it is a service principal",
    fix: Some("safe: insert `principalType`"),
    documentation: include_str!("role_principal_type_missing.md"),
    is_about_absence: false,
    check,
};

/// An assignment that is going to be refused now and then.
#[derive(Clone, Copy, PartialEq)]
struct Incomplete {
    /// The resource that is or has the identity.
    of: At<ResourceId>,
    lacks: Lack,
}

#[derive(Clone, Copy, PartialEq)]
enum Lack {
    /// `principalType` is absent.
    PrincipalType,
    /// The API version has no `principalType`.
    ApiVersion(At<ExpressionId>),
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for id in role_assignments(context.program) {
        let answers =
            context.judge(|evaluator| Ok(incomplete(evaluator, id)?.into_iter().collect()));
        for occurrence in occurrences(context, &answers.unwrap_or_default()) {
            findings.push(finding(context, id, occurrence.what, &occurrence.when));
        }
    }
}

fn incomplete(
    evaluator: &Evaluator<'_>,
    id: At<ResourceId>,
) -> Result<Option<Incomplete>, Undecided> {
    let resource = evaluator.program.resource(id);
    for (_, body) in evaluator.deployed(id)? {
        let Some(principal) = known_property(evaluator, &body, &["properties", "principalId"])?
        else {
            continue;
        };
        let Some(of) = created_identity(evaluator, &principal)? else {
            continue;
        };
        if let Some(version) = resource.api_version
            && let Some(text) = evaluator.evaluate(id.instance.at(version))?.value.as_str()
            && facts::api_version_date(text).is_some_and(|date| date < facts::PRINCIPAL_TYPE_SINCE)
        {
            return Ok(Some(Incomplete {
                of,
                lacks: Lack::ApiVersion(id.instance.at(version)),
            }));
        }
        let is_missing = match evaluator.lookup_path(&body, &["properties", "principalType"])? {
            Lookup::Absent => true,
            Lookup::Found(entry) => matches!(evaluator.known(&entry.value)?.value, Value::Null),
            Lookup::Unknown => false,
        };
        if is_missing {
            return Ok(Some(Incomplete {
                of,
                lacks: Lack::PrincipalType,
            }));
        }
    }
    Ok(None)
}

/// The resource whose identity a principal id is, if it belongs to API Management and the
/// deployment creates it.
fn created_identity(
    evaluator: &Evaluator<'_>,
    principal: &Value,
) -> Result<Option<At<ResourceId>>, Undecided> {
    for carried in carried_identities(evaluator)? {
        if !evaluator
            .same(principal, &carried.principal.principal_id())
            .is_same()
        {
            continue;
        }
        let created = match &carried.principal {
            Principal::System(_) => Some(carried.service)
                .filter(|service| !evaluator.program.resource(*service).is_existing),
            Principal::User(identity) => evaluator
                .created(identity)?
                .and_then(|identity| identity.declaration),
        };
        if created.is_some() {
            return Ok(created);
        }
    }
    Ok(None)
}

fn finding(context: &Context<'_>, id: At<ResourceId>, what: Incomplete, when: &str) -> Finding {
    let (label, of) = (context.label(id), context.label(what.of));
    let (place, problem) = match what.lacks {
        Lack::PrincipalType => (
            context.resource_place(id),
            "does not say `principalType`".to_owned(),
        ),
        Lack::ApiVersion(version) => (
            context.place(version),
            "uses an API version that has no `principalType`".to_owned(),
        ),
    };
    Finding {
        rule: RULE.id,
        level: Level::Warning,
        place,
        subject: context.resource_place(id),
        message: format!(
            "`{label}` assigns a role to the identity of `{of}`, which this deployment creates, and \
             {problem}{when}. Until the identity has been replicated, Azure may refuse it: \
             \"PrincipalNotFound: Principal … does not exist in the directory …\""
        ),
        related: [Related {
            place: context.resource_place(what.of),
            message: "the identity is created here".to_owned(),
        }]
        .into_iter()
        .chain(context.callers(id.instance))
        .collect(),
        fixes: repair(context, id, what.lacks).into_iter().collect(),
    }
}

fn repair(context: &Context<'_>, id: At<ResourceId>, lacks: Lack) -> Option<crate::Fix> {
    let template = context.template(id.instance);
    let editor = context.editor(id.instance)?;
    let body = template.resource(id.id).body;
    let properties = template.property(body, "properties")?.value;
    let insert = || {
        editor.insert_property(
            properties,
            "principalType",
            &New::string("ServicePrincipal"),
            Placement::After("principalId"),
        )
    };
    let (title, edits): (_, Option<Vec<_>>) = match lacks {
        Lack::PrincipalType => ("Add `principalType: 'ServicePrincipal'`", insert()),
        Lack::ApiVersion(version) => {
            let newest = New::string(facts::ROLE_ASSIGNMENT_API_VERSION);
            let mut all = vec![editor.replace(version.id, &newest)?];
            if template.property(properties, "principalType").is_none() {
                all.push(insert()?);
            }
            (
                "Use API version 2022-04-01 with `principalType: 'ServicePrincipal'`",
                merge(all),
            )
        }
    };
    context.fix(id.instance, title, Applicability::Safe, edits)
}
