//! What is at a place.

use std::rc::Rc;

use access::facts::{self, Role};
use access::grants::{is_role_assignment, role_id};
use access::reading::Reading;
use access::reads::{is_reader, readers};
use access::vault::SecretReference;
use syntax::TextRange;
use template::cases::Undecided;
use template::model::{
    ExpressionId, ExpressionKind, Member, Property, Reference, Resource, ResourceId,
};
use template::program::{At, InstanceId};
use template::value::{Bindings, Identity, Lazy, Value};
use template::{Evaluator, Template, identity_of_value};

use crate::context::Context;

/// Something that there is something to say about.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Subject {
    /// An API Management service.
    Service(At<ResourceId>),
    /// A vault.
    Vault(At<ResourceId>),
    /// An identity.
    Identity(Holder),
    /// The roles that a value may mean, and the assignment that it stands in.
    Roles(Vec<&'static Role>, Option<At<ResourceId>>),
    /// What is read, by the names of the properties that point to it.
    Secrets(Vec<At<ExpressionId>>),
}

/// The resource that has or is an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holder {
    /// A service, with its system-assigned identity.
    System(At<ResourceId>),
    /// A user-assigned identity.
    User(At<ResourceId>),
}

/// A [`Subject`], and where it is written.
pub(super) struct Target {
    pub(super) subject: Subject,
    pub(super) range: TextRange,
}

/// What is at a byte of an instance's file.
pub(super) fn at(context: &Context<'_>, instance: InstanceId, offset: u32) -> Option<Target> {
    let finder = Finder {
        context,
        template: context.template(instance),
        instance,
        offset,
    };
    finder.declared().or_else(|| finder.written())
}

struct Finder<'c, 'p> {
    context: &'c Context<'p>,
    template: &'p Template,
    instance: InstanceId,
    offset: u32,
}

impl<'p> Finder<'_, 'p> {
    /// A resource by the name or type of its declaration.
    fn declared(&self) -> Option<Target> {
        self.template.resources().find_map(|(id, resource)| {
            let range = [resource.label, resource.type_range]
                .into_iter()
                .find(|range| range.contains(self.offset))?;
            let subject = self.resource(self.instance.at(id))?;
            Some(Target { subject, range })
        })
    }

    /// What an expression stands for, from the inside to the outside, up to the property that it is
    /// the value of.
    fn written(&self) -> Option<Target> {
        let mut object = None;
        for id in self.template.expressions_at(self.offset) {
            match self.template.kind(id) {
                ExpressionKind::Object(members) => {
                    object = Some(members);
                    break;
                }
                ExpressionKind::Array(_)
                | ExpressionKind::For { .. }
                | ExpressionKind::Lambda { .. } => return None,
                _ => {}
            }
            if let Some(subject) = self.expression(id) {
                let range = self.template.range(id);
                return Some(Target { subject, range });
            }
        }
        let property = object?.members.iter().find_map(|member| match member {
            Member::Property(property) if property.range.contains(self.offset) => Some(property),
            Member::Property(_) | Member::Spread(_) => None,
        })?;
        self.property(property)
    }

    fn expression(&self, id: ExpressionId) -> Option<Subject> {
        match self.template.kind(id) {
            ExpressionKind::Reference(Reference::Resource(id)) => {
                self.resource(self.instance.at(*id))
            }
            ExpressionKind::String(text) => match facts::role(text) {
                Some(role) => Some(self.roles(vec![role])),
                None => self.value(id).or_else(|| self.secret(id)),
            },
            ExpressionKind::Interpolation(_) => self.value(id).or_else(|| self.secret(id)),
            ExpressionKind::Reference(_)
            | ExpressionKind::Call { .. }
            | ExpressionKind::UserCall { .. }
            | ExpressionKind::ImportedCall { .. }
            | ExpressionKind::Member { .. }
            | ExpressionKind::Index { .. }
            | ExpressionKind::NonNull(_) => self.value(id),
            _ => None,
        }
    }

    fn property(&self, property: &Property) -> Option<Target> {
        let name = self.template.text(property.key)?;
        let is = |names: &[&str]| names.iter().any(|it| name.eq_ignore_ascii_case(it));
        let subject = if is(&[
            "roleDefinitionId",
            "identityClientId",
            "principalId",
            "objectId",
        ]) {
            self.value(property.value)
        } else {
            self.read(property)
        };
        let subject = subject.or_else(|| self.identity_block())?;
        let range = self.template.range(property.key);
        Some(Target { subject, range })
    }

    /// The innermost resource around the place.
    fn around(&self) -> Option<(At<ResourceId>, &'p Resource)> {
        let resources = self.template.resources();
        let around = resources.filter(|(_, resource)| resource.range.contains(self.offset));
        let innermost = around.min_by_key(|(_, resource)| resource.range.len());
        innermost.map(|(id, resource)| (self.instance.at(id), resource))
    }

    /// The service whose `identity` the place is in.
    fn identity_block(&self) -> Option<Subject> {
        let (id, resource) = self.around()?;
        if !resource.is_type(facts::SERVICE_TYPE) {
            return None;
        }
        let block = self.template.property(resource.body, "identity")?;
        let is_inside = block.range.contains(self.offset);
        is_inside.then_some(Subject::Service(id))
    }

    /// What a resource points to by a property.
    fn read(&self, property: &Property) -> Option<Subject> {
        let (id, _) = self.around()?;
        let name = self.instance.at(property.key);
        let is_read = is_reader(self.context.program, id)
            && self
                .readings(id, |reading| reading.read.property == name)
                .contains(&name);
        is_read.then(|| Subject::Secrets(vec![name]))
    }

    /// What points to a secret by the address that an expression is.
    fn secret(&self, id: ExpressionId) -> Option<Subject> {
        let is_address = |value: &Value| SecretReference::read(value).is_some();
        let is_any = self
            .values(id, |_, value| Ok(is_address(value).then_some(())))
            .is_some();
        if !is_any {
            return None;
        }
        let origin = self.instance.at(id);
        let program = self.context.program;
        let mut properties = Vec::new();
        for reader in readers(program) {
            properties.extend(self.readings(reader, |it| it.read.reference.origin == origin));
        }
        properties.dedup();
        (!properties.is_empty()).then_some(Subject::Secrets(properties))
    }

    /// The properties by which a resource reads, of those reads that are meant.
    fn readings(
        &self,
        reader: At<ResourceId>,
        is_meant: impl Fn(&Reading) -> bool,
    ) -> Vec<At<ExpressionId>> {
        let answers = self.context.judge(|evaluator| {
            let readings = Reading::all(evaluator, reader)?;
            let meant = readings.iter().filter(|reading| is_meant(reading));
            Ok(meant
                .map(|reading| reading.read.property)
                .collect::<Vec<_>>())
        });
        let answers = answers.unwrap_or_default().into_iter();
        let mut found: Vec<_> = answers.flat_map(|answer| answer.value).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// What an expression evaluates to, if that is a subject.
    fn value(&self, id: ExpressionId) -> Option<Subject> {
        let found = self.values(id, |evaluator, value| {
            if let Some(role) = role_of(value) {
                return Ok(Some(self.roles(vec![role])));
            }
            let Some(named) = named(value) else {
                return Ok(None);
            };
            let Some(id) = evaluator.declaration(named.resource(), self.instance)? else {
                return Ok(None);
            };
            Ok(match (self.subject(evaluator, id)?, named) {
                (Some(Subject::Service(id)), Named::Identity(_)) => {
                    Some(Subject::Identity(Holder::System(id)))
                }
                (subject, _) => subject,
            })
        })?;
        // Of several resources, one is told of; of several roles, all.
        found
            .into_iter()
            .reduce(|first, other| match (first, other) {
                (Subject::Roles(mut roles, assignment), Subject::Roles(more, _)) => {
                    roles.extend(more);
                    Subject::Roles(roles, assignment)
                }
                (first, _) => first,
            })
    }

    /// What is made of the values that an expression has in all cases, each once; none where that is
    /// nothing.
    fn values<T: PartialEq>(
        &self,
        id: ExpressionId,
        make: impl Fn(&Evaluator<'p>, &Value) -> Result<Option<T>, Undecided>,
    ) -> Option<Vec<T>> {
        let answers = self.context.judge(|evaluator| {
            let mut found = Vec::new();
            for bindings in self.bindings(evaluator)? {
                let value = evaluator.known(&Lazy::Expression(id, bindings))?.value;
                found.extend(make(evaluator, &value)?);
            }
            Ok(found)
        })?;
        let mut all = Vec::new();
        for it in answers.into_iter().flat_map(|answer| answer.value) {
            if !all.contains(&it) {
                all.push(it);
            }
        }
        (!all.is_empty()).then_some(all)
    }

    /// What the names at the place are bound to: those of the loop around it.
    fn bindings(&self, evaluator: &Evaluator<'p>) -> Result<Vec<Bindings>, Undecided> {
        match self.around() {
            Some((id, _)) => evaluator.iterations(id),
            None => Ok(vec![evaluator.bindings(self.instance)?]),
        }
    }

    fn resource(&self, id: At<ResourceId>) -> Option<Subject> {
        let resource = self.context.resource(id);
        if is_reader(self.context.program, id) && !resource.is_type(facts::SERVICE_TYPE) {
            let properties = self.readings(id, |_| true);
            return (!properties.is_empty()).then_some(Subject::Secrets(properties));
        }
        let answers = self
            .context
            .judge(|evaluator| self.subject(evaluator, id))?;
        answers.into_iter().find_map(|answer| answer.value)
    }

    /// The subject that a resource is; where one template refers to what another creates, that.
    fn subject(
        &self,
        evaluator: &Evaluator<'_>,
        id: At<ResourceId>,
    ) -> Result<Option<Subject>, Undecided> {
        let resource = self.context.resource(id);
        let subject: fn(At<ResourceId>) -> Subject = if resource.is_type(facts::SERVICE_TYPE) {
            Subject::Service
        } else if resource.is_type(facts::VAULT_TYPE) {
            Subject::Vault
        } else if resource.is_type(facts::USER_ASSIGNED_IDENTITY_TYPE) {
            |id| Subject::Identity(Holder::User(id))
        } else {
            return Ok(None);
        };
        if !resource.is_existing {
            return Ok(Some(subject(id)));
        }
        let created = evaluator.created(&evaluator.identity(id)?)?;
        let created = created.and_then(|created| created.declaration);
        Ok(Some(subject(created.unwrap_or(id))))
    }

    fn roles(&self, roles: Vec<&'static Role>) -> Subject {
        let assignment = self
            .around()
            .filter(|(_, resource)| is_role_assignment(resource))
            .map(|(id, _)| id);
        Subject::Roles(roles, assignment)
    }
}

/// The built-in role that a value names, by its GUID or its id.
fn role_of(value: &Value) -> Option<&'static Role> {
    match value.as_str().and_then(facts::role) {
        Some(role) => Some(role),
        None => facts::role(&role_id(value)?),
    }
}

/// A resource that a value names.
enum Named {
    /// By its id, or by an address of it.
    Resource(Rc<Identity>),
    /// By its identity.
    Identity(Rc<Identity>),
}

impl Named {
    const fn resource(&self) -> &Rc<Identity> {
        match self {
            Self::Resource(identity) | Self::Identity(identity) => identity,
        }
    }
}

fn named(value: &Value) -> Option<Named> {
    let Some((identity, path)) = value.as_property() else {
        return identity_of_value(value).map(Named::Resource);
    };
    let is = |names: &[&str]| value.is_property(names);
    if identity.is_type(facts::SERVICE_TYPE) {
        let is_identity = path.first()?.eq_ignore_ascii_case("identity");
        return is_identity.then(|| Named::Identity(identity.clone()));
    }
    if identity.is_type(facts::USER_ASSIGNED_IDENTITY_TYPE) {
        let is_identity = is(&["properties", "principalId"]) || is(&["properties", "clientId"]);
        return is_identity.then(|| Named::Identity(identity.clone()));
    }
    is(&["properties", "vaultUri"]).then(|| Named::Resource(identity.clone()))
}
