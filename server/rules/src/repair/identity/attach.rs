//! A user-assigned identity, attached to a service beside the identities that it has.

use access::facts;
use access::identity::{
    IdentityBlock, IdentityKind, ServiceIdentity, UserAssigned, service_identity,
};
use syntax::Language;
use template::edit::{Key, New, Placement, Target};
use template::model::{ExpressionId, ResourceId};
use template::program::{At, InstanceId};
use template::value::{Identity, Object};
use template::{Evaluator, identity_of_value};

use super::super::Repair;
use super::written::{IDENTITIES, IDENTITY, Written};
use super::{BOTH, USER, insert_identity, insert_kind, module, takes};
use crate::context::Context;

/// What a service says of its identity in a case.
#[derive(Clone, PartialEq)]
enum Said {
    /// Nothing that matters: it is not deployed, or carries the identity.
    Nothing,
    /// It has no `identity`.
    Absent,
    /// Its `identity` is null, which is written here.
    Null(At<ExpressionId>),
    /// It has one.
    Block {
        identity: At<ExpressionId>,
        kind: Kind,
        attached: Attached,
    },
}

/// What the type says.
#[derive(Clone, PartialEq)]
enum Kind {
    /// Nothing.
    Missing,
    /// Something else than that there are user-assigned identities.
    WithoutUser(At<ExpressionId>),
    WithUser,
}

/// The identities that are attached.
#[derive(Clone, Copy, PartialEq)]
enum Attached {
    Missing,
    Null(At<ExpressionId>),
    Some(At<ExpressionId>),
}

/// Attaches a user-assigned identity in every case in which the service does not carry it. None where
/// that cannot be done for sure, or nothing is to do.
pub(crate) fn attach_identity(
    repair: &mut Repair<'_, '_>,
    service: At<ResourceId>,
    identity: At<ResourceId>,
) -> Option<()> {
    let context = repair.context();
    if !context.resource(identity).is_always_there() {
        return None;
    }
    let said = all_said(context, service, Some(identity))?;
    if said.is_empty() {
        return None;
    }
    let deployed = context.beside(identity.instance, service)?;
    let dependencies = context.dependencies(identity.instance);
    if dependencies.may_reach(identity.id.into(), deployed) {
        return None;
    }
    if context.program.instance(service.instance).file.is_foreign {
        let module = module::of(context, service)?;
        return module::attach_identity(repair, service, module, identity);
    }
    if !takes(context, service, facts::USER_ASSIGNED_IDENTITIES_SINCE) {
        return None;
    }
    Attachment {
        written: Written::new(context),
        service,
        id: New::id(identity.id),
        instance: identity.instance,
    }
    .attach_to_all(repair, said)?;
    wait_for_identity(repair, service, identity)
}

/// Attaches a user-assigned identity that the same repair adds to the file of the service, in every case
/// in which that is deployed.
pub(crate) fn attach_new_identity(
    repair: &mut Repair<'_, '_>,
    service: At<ResourceId>,
    identity: &Target,
) -> Option<()> {
    let context = repair.context();
    if !takes(context, service, facts::USER_ASSIGNED_IDENTITIES_SINCE) {
        return None;
    }
    let said = all_said(context, service, None)?;
    Attachment {
        written: Written::new(context),
        service,
        id: New::id(identity.clone()),
        instance: service.instance,
    }
    .attach_to_all(repair, said)
}

/// Lets a service wait for an identity where nothing says so by itself: the id in a key makes Bicep
/// wait, ARM takes it for any string.
pub(crate) fn wait_for_identity(
    repair: &mut Repair<'_, '_>,
    service: At<ResourceId>,
    identity: At<ResourceId>,
) -> Option<()> {
    let context = repair.context();
    if context.template(identity.instance).language != Language::Json
        || context.resource(identity).is_existing
    {
        return Some(());
    }
    let deployed = context.beside(identity.instance, service)?;
    let editor = context.editor(identity.instance)?;
    let edits = editor.add_depends_on(deployed, &Target::Declared(identity.id))?;
    if !edits.is_empty() {
        repair.edit(identity.instance, Some(edits))?;
    }
    Some(())
}

struct Attachment<'c, 'a> {
    written: Written<'c, 'a>,
    service: At<ResourceId>,
    /// The id of the identity.
    id: New,
    /// Where the identity is.
    instance: InstanceId,
}

impl Attachment<'_, '_> {
    fn attach_to_all(mut self, repair: &mut Repair<'_, '_>, said: Vec<Said>) -> Option<()> {
        for said in said {
            self.attach(repair, said)?;
        }
        self.written.apply(repair)
    }

    /// The property of the dictionary.
    fn entry(&self) -> (Key, New) {
        (self.id.clone().into(), New::Object(Vec::new()))
    }

    fn dictionary(&self) -> New {
        New::Object(vec![self.entry()])
    }

    fn block(&self) -> New {
        New::object([
            ("type", New::string(USER)),
            ("userAssignedIdentities", self.dictionary()),
        ])
    }

    fn attach(&mut self, repair: &mut Repair<'_, '_>, said: Said) -> Option<()> {
        let context = repair.context();
        match said {
            Said::Nothing => {}
            Said::Absent if self.instance == self.service.instance => {
                let edits = insert_identity(context, self.service, &self.block())?;
                repair.edit(self.service.instance, Some(edits))?;
            }
            Said::Absent => return None,
            Said::Null(at) => {
                self.may_name(context, at)?;
                let block = self.block();
                self.written.replace_identity(at, block)?;
            }
            Said::Block {
                identity,
                kind,
                attached,
            } => {
                match kind {
                    Kind::WithUser => {}
                    Kind::WithoutUser(at) => {
                        let kind = with_user(context.template(at.instance).text(at.id)?)?;
                        self.written.replace_kind(at, kind)?;
                    }
                    Kind::Missing => insert_kind(repair, identity, USER)?,
                }
                self.add(repair, identity, attached)?;
            }
        }
        Some(())
    }

    /// Adds the identity to those of a block.
    fn add(
        &mut self,
        repair: &mut Repair<'_, '_>,
        block: At<ExpressionId>,
        attached: Attached,
    ) -> Option<()> {
        let context = repair.context();
        match attached {
            Attached::Missing => {
                self.may_name(context, block)?;
                self.written.is_of_services(block, IDENTITY)?;
                let edits = context.editor(block.instance)?.insert_property(
                    block.id,
                    "userAssignedIdentities",
                    &self.dictionary(),
                    Placement::After("type"),
                );
                repair.edit(block.instance, edits)?;
            }
            Attached::Null(at) => {
                self.may_name(context, at)?;
                let dictionary = self.dictionary();
                self.written.replace_null(at, IDENTITIES, dictionary)?;
            }
            Attached::Some(at) => {
                self.may_name(context, at)?;
                self.written.is_of_services(at, IDENTITIES)?;
                let (key, value) = self.entry();
                let edits = context.editor(at.instance)?.insert_property(
                    at.id,
                    key,
                    &value,
                    Placement::End,
                );
                repair.edit(at.instance, edits)?;
            }
        }
        Some(())
    }

    fn may_name(&self, context: &Context<'_>, at: At<ExpressionId>) -> Option<()> {
        may_name_of(context, at, self.instance).then_some(())
    }
}

/// Whether a place may speak of a resource: one of the same file, and no default of a parameter.
pub(crate) fn may_name(
    context: &Context<'_>,
    at: At<ExpressionId>,
    resource: At<ResourceId>,
) -> bool {
    may_name_of(context, at, resource.instance)
}

fn may_name_of(context: &Context<'_>, at: At<ExpressionId>, instance: InstanceId) -> bool {
    let template = context.template(at.instance);
    at.instance == instance && template.parameter_around(template.range(at.id)).is_none()
}

/// The type with user-assigned identities that keeps what another one has.
fn with_user(kind: &str) -> Option<&'static str> {
    match IdentityKind::parse(kind) {
        IdentityKind::None => Some(USER),
        IdentityKind::SystemAssigned => Some(BOTH),
        _ => None,
    }
}

/// What a service says in the cases in which it is deployed without the identity, each once; none is one
/// that is not there yet.
fn all_said(
    context: &Context<'_>,
    service: At<ResourceId>,
    identity: Option<At<ResourceId>>,
) -> Option<Vec<Said>> {
    let answers = context.judge(|evaluator| {
        if !evaluator.is_deployed(service)? {
            return Ok(Some(Said::Nothing));
        }
        let wanted = match identity {
            Some(identity) => Some(evaluator.identity(identity)?),
            None => None,
        };
        let said = service_identity(evaluator, service)?;
        Ok(said_without(evaluator, &said, wanted.as_deref()))
    })?;
    let mut all = Vec::new();
    for answer in answers {
        let said = answer.value?;
        if said != Said::Nothing && !all.contains(&said) {
            all.push(said);
        }
    }
    Some(all)
}

/// What is said in a case; none where that cannot be told.
fn said_without(
    evaluator: &Evaluator<'_>,
    said: &ServiceIdentity,
    wanted: Option<&Identity>,
) -> Option<Said> {
    let block = match said {
        ServiceIdentity::Unknown => return None,
        ServiceIdentity::Absent(None) => return Some(Said::Absent),
        ServiceIdentity::Absent(Some(origin)) => return Some(Said::Null(*origin)),
        ServiceIdentity::Present(block) => block,
    };
    let attached = match &block.user_assigned {
        UserAssigned::Unknown | UserAssigned::Other(_) => return None,
        UserAssigned::Absent(None) => Attached::Missing,
        UserAssigned::Absent(Some(origin)) => Attached::Null(*origin),
        UserAssigned::Dictionary(dictionary, _)
            if wanted.is_some_and(|wanted| may_have(evaluator, dictionary, wanted)) =>
        {
            return Some(Said::Nothing);
        }
        UserAssigned::Dictionary(dictionary, origin) => {
            let has_room = dictionary.entries.len() < facts::MAXIMUM_USER_ASSIGNED_IDENTITIES;
            Attached::Some(Some(*origin).filter(|_| has_room)?)
        }
    };
    Some(Said::Block {
        identity: block.origin,
        kind: kind(block)?,
        attached,
    })
}

fn may_have(evaluator: &Evaluator<'_>, dictionary: &Object, wanted: &Identity) -> bool {
    let mut keys = dictionary.entries.iter().map(|entry| &entry.key);
    dictionary.is_open()
        || keys.any(|key| {
            identity_of_value(key)
                .is_none_or(|key| evaluator.same_resource(&key, wanted).may_be_same())
        })
}

fn kind(block: &IdentityBlock) -> Option<Kind> {
    Some(match (block.kind.as_ref()?, block.kind_origin) {
        (IdentityKind::Missing, None) => Kind::Missing,
        (IdentityKind::UserAssigned | IdentityKind::Both { .. }, _) => Kind::WithUser,
        (IdentityKind::None | IdentityKind::SystemAssigned, Some(origin)) => {
            Kind::WithoutUser(origin)
        }
        _ => return None,
    })
}
