//! `identity-missing`

use std::cell::OnceCell;
use std::collections::BTreeSet;

use access::grants::{may_be_deployed, may_get_identity};
use access::identity::{IdentityKind, ServiceIdentity, service_identity, services};
use access::reads::{is_reader, reads_of, service_of};
use access::uses::uses_of;
use template::Evaluator;
use template::cases::{Answer, Undecided};
use template::files::Place;
use template::model::{ExpressionId, ResourceId};
use template::program::{At, ScenarioId};

use crate::circumstances::{rests_on_left_out, when};
use crate::context::Context;
use crate::repair::Repair;
use crate::repair::identity::{Lack, add_system_identity, attach_fixes};
use crate::rules::Rule;
use crate::{Applicability, Extent, Finding, Fix, Level, Related, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("identity-missing"),
    levels: "warning; error where the deployment itself needs the identity",
    summary: "An API Management service has no managed identity",
    fix: Some(
        "safe: insert a system-assigned identity; unsafe: attach a user-assigned one that the file declares",
    ),
    documentation: include_str!("identity_missing.md"),
    is_about_absence: true,
    check,
};

/// What the template says of a service's identity in a case.
#[derive(Clone, Copy, PartialEq)]
enum State {
    NotDeployed,
    /// No `identity`, or one that is null, written as the expression.
    Absent(Option<At<ExpressionId>>),
    /// `type: 'None'`, its value written as the expression.
    None(Option<At<ExpressionId>>),
    Other,
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    // Most templates lack nothing, and what they use an identity for need not be known.
    let all_needs = OnceCell::new();
    for id in services(context.program) {
        let Some(answers) = context.judge(|evaluator| state(evaluator, id)) else {
            continue;
        };
        let is_missing = |state: &State| matches!(state, State::Absent(_) | State::None(_));
        let is_left_out = answers
            .iter()
            .any(|answer| rests_on_left_out(context, answer));
        // Every parameter file is a deployment of its own.
        let deployments: BTreeSet<_> = answers.iter().map(|it| it.case.scenario()).collect();
        let lacking: BTreeSet<_> = deployments
            .into_iter()
            .filter(|scenario| {
                let mut own = answers.iter().filter(|it| it.case.scenario() == *scenario);
                own.all(|it| is_missing(&it.value) || it.value == State::NotDeployed)
            })
            .collect();
        let lacks = |answer: &Answer<State>| {
            is_missing(&answer.value) && lacking.contains(&answer.case.scenario())
        };
        let Some(first) = answers
            .iter()
            .find(|answer| lacks(answer))
            .map(|answer| answer.value)
            .filter(|_| !is_left_out)
        else {
            continue;
        };
        let is_deployed_when = when(context, &answers, lacks);
        let mut finding = finding(
            context,
            id,
            first,
            &is_deployed_when,
            all_needs.get_or_init(|| needs(context)),
            &lacking,
        );
        let mut states: Vec<State> = Vec::new();
        for answer in answers.iter().filter(|answer| lacks(answer)) {
            if !states.contains(&answer.value) {
                states.push(answer.value);
            }
        }
        finding.fixes.extend(system_assigned(context, id, &states));
        // What has an identity in another case is not to get one more.
        if answers.iter().all(|answer| answer.value != State::Other) {
            finding.fixes.extend(attach_fixes(context, id));
        }
        findings.push(finding);
    }
}

fn state(evaluator: &Evaluator<'_>, id: At<ResourceId>) -> Result<State, Undecided> {
    if !evaluator.is_deployed(id)? {
        return Ok(State::NotDeployed);
    }
    let state = own_state(evaluator, id)?;
    if state == State::Other {
        return Ok(state);
    }
    // A service may be declared once to create it, and once more to change it.
    let identity = evaluator.identity(id)?;
    for other in services(evaluator.program) {
        if other.instance != id.instance
            && may_be_deployed(evaluator, other)
            && evaluator
                .same_resource(&*evaluator.identity(other)?, &identity)
                .may_be_same()
            && own_state(evaluator, other)? == State::Other
        {
            return Ok(State::Other);
        }
    }
    if may_get_identity(evaluator, id)? {
        return Ok(State::Other);
    }
    Ok(state)
}

/// What one declaration of a service says.
fn own_state(evaluator: &Evaluator<'_>, id: At<ResourceId>) -> Result<State, Undecided> {
    Ok(match service_identity(evaluator, id)? {
        ServiceIdentity::Absent(origin) => State::Absent(origin),
        ServiceIdentity::Present(block) if block.kind == Some(IdentityKind::None) => {
            State::None(block.kind_origin)
        }
        ServiceIdentity::Present(_) | ServiceIdentity::Unknown => State::Other,
    })
}

fn finding(
    context: &Context<'_>,
    id: At<ResourceId>,
    state: State,
    when: &str,
    needs: &[Need],
    lacking: &BTreeSet<Option<ScenarioId>>,
) -> Finding {
    let label = context.label(id);
    let place = match state {
        State::Absent(Some(origin)) if is_left_out(context, origin) => context.resource_place(id),
        State::Absent(Some(origin)) | State::None(Some(origin)) => context.place(origin),
        _ => context.resource_place(id),
    };
    let needs: Vec<&Need> = needs
        .iter()
        .filter(|need| need.service == id && need.is_with(lacking))
        .collect();
    let consequence = match needs.first() {
        Some(need) => format!("but {} needs one", need.what),
        None => {
            "so it can read no certificate or secret from Key Vault and has to keep credentials \
                 of its backends itself"
                .to_owned()
        }
    };
    let mut related: Vec<_> = needs
        .iter()
        .map(|need| Related {
            place: need.place.clone(),
            message: "needs an identity of the service".to_owned(),
        })
        .collect();
    if let State::Absent(Some(origin)) | State::None(Some(origin)) = state {
        related.extend(context.declaration_elsewhere(id, origin));
    }
    related.extend(context.callers(id.instance));
    Finding {
        rule: RULE.id,
        level: if needs.is_empty() {
            Level::Warning
        } else {
            Level::Error
        },
        place,
        subject: context.resource_place(id),
        message: format!("`{label}` has no managed identity{when}, {consequence}"),
        related,
        fixes: Vec::new(),
    }
}

/// What an identity of the service is used for.
struct Found {
    noun: &'static str,
    /// Where what is read is, in words with a leading space.
    place: &'static str,
    /// The name of the property that says so.
    property: At<ExpressionId>,
}

/// What a resource uses an identity of a declared service for, and which service's.
fn uses(
    evaluator: &Evaluator<'_>,
    user: At<ResourceId>,
) -> Result<Vec<(At<ResourceId>, Found)>, Undecided> {
    let mut found = Vec::new();
    if is_reader(evaluator.program, user) {
        for read in reads_of(evaluator, user)?.iter() {
            found.push(Found {
                noun: read.kind.noun(),
                place: " in Key Vault",
                property: read.property,
            });
        }
    }
    found.extend(uses_of(evaluator, user)?.map(|found| Found {
        noun: found.noun,
        place: "",
        property: found.property,
    }));
    if found.is_empty() {
        return Ok(Vec::new());
    }
    Ok(match service_of(evaluator, user)? {
        Some(service) => found.into_iter().map(|found| (service, found)).collect(),
        None => Vec::new(),
    })
}

/// Something in the deployment that needs an identity of the service.
struct Need {
    service: At<ResourceId>,
    what: String,
    place: Place,
    /// The parameter files with which it is needed; none for any.
    scenarios: BTreeSet<Option<ScenarioId>>,
}

impl Need {
    /// Whether it is needed with one of some parameter files.
    fn is_with(&self, scenarios: &BTreeSet<Option<ScenarioId>>) -> bool {
        self.scenarios.contains(&None)
            || scenarios.contains(&None)
            || !self.scenarios.is_disjoint(scenarios)
    }
}

fn needs(context: &Context<'_>) -> Vec<Need> {
    let mut needs: Vec<Need> = Vec::new();
    for (user, resource) in context.program.resources() {
        if resource.is_existing {
            continue;
        }
        let answers = context.judge(|evaluator| uses(evaluator, user));
        let answers = answers.into_iter().flatten();
        let found = answers.flat_map(|answer| {
            let scenario = answer.case.scenario();
            answer.value.into_iter().map(move |found| (scenario, found))
        });
        for (scenario, (service, found)) in found {
            let at = context.place(found.property);
            let known = needs
                .iter_mut()
                .find(|need| need.place == at && need.service == service);
            if let Some(known) = known {
                known.scenarios.insert(scenario);
            } else {
                let Found { noun, place, .. } = found;
                let what = if user == service {
                    format!("its {noun}{place}")
                } else {
                    format!("the {noun} `{}`{place}", context.label(user))
                };
                needs.push(Need {
                    service,
                    what,
                    place: at,
                    scenarios: BTreeSet::from([scenario]),
                });
            }
        }
    }
    needs
}

/// The fix that inserts a system-assigned identity, wherever the service says that it has none.
fn system_assigned(context: &Context<'_>, id: At<ResourceId>, states: &[State]) -> Option<Fix> {
    let lacks = states.iter().map(|state| match state {
        State::Absent(None) => Some(Lack::Absent),
        State::Absent(Some(origin)) => Some(Lack::Null(*origin)),
        State::None(Some(origin)) => Some(Lack::Kind(*origin)),
        State::None(None) | State::NotDeployed | State::Other => None,
    });
    let mut repair = Repair::new(context);
    add_system_identity(&mut repair, id, &lacks.collect::<Option<Vec<_>>>()?)?;
    repair.fix(
        "Insert a system-assigned identity",
        Applicability::Safe,
        Extent::Repair,
    )
}

/// Whether a null is that of a parameter that may be left out, and so written nowhere.
fn is_left_out(context: &Context<'_>, origin: At<ExpressionId>) -> bool {
    let mut parameters = context.template(origin.instance).parameters.iter();
    parameters.any(|parameter| parameter.is_optional && parameter.default == Some(origin.id))
}
