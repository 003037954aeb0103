//! A user-assigned identity, which is there and has access before the service is.

use std::rc::Rc;

use access::facts::{self, versions};
use access::identity::{IdentityKind, Principal, ServiceIdentity, UserAssigned, service_identity};
use access::network::{Setting, firewall};
use access::vault::{PermissionModel, VaultReference, permission_model};
use syntax::{Language, TextEdit};
use template::cases::Undecided;
use template::dependencies::Deployed;
use template::edit::{Declaration, Editor, New, NewResource, Placement, Target};
use template::model::{ExpressionId, ExpressionKind, Member, ResourceId, Segment};
use template::program::At;
use template::{Evaluator, Template, identity_of_value};

use super::{TooEarly, written};
use crate::context::Context;
use crate::repair::Repair;
use crate::repair::grant::{Grantee, NewGrant, adds_policies};
use crate::repair::identity::{attach_new_identity, may_name};
use crate::repair::own::is_own;
use crate::{Applicability, Extent, Fix};

/// Lets the certificates be read with a user-assigned identity: one that the service carries already,
/// else a new one. None where the firewall of a vault is not known to be off, because such an identity
/// does not pass it.
pub(super) fn fix(
    context: &Context<'_>,
    service: At<ResourceId>,
    found: &[TooEarly],
) -> Option<Fix> {
    let earlier = Earlier {
        context,
        service,
        found,
        template: context.template(service.instance),
        editor: context.editor(service.instance)?,
    };
    earlier.fix()
}

struct Earlier<'c, 'a> {
    context: &'c Context<'a>,
    service: At<ResourceId>,
    found: &'c [TooEarly],
    template: &'a Template,
    editor: Rc<Editor<'a>>,
}

/// What is known of a vault, whatever the case.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    is_open: bool,
    model: PermissionModel,
    /// What lets the identity that is there read; none if it is not known that nothing else does.
    granted: Option<Vec<At<ResourceId>>>,
}

impl Earlier<'_, '_> {
    fn fix(&self) -> Option<Fix> {
        let instance = self.service.instance;
        let is_possible = self.template.resource(self.service.id).is_plain()
            && !self.context.program.shares_names(instance)
            && self.takes_identities();
        if !is_possible {
            return None;
        }
        let carried = self.carried()?;
        let identity = match carried {
            Some(id) => Target::Declared(id),
            None => Target::Created(self.new_identity()?),
        };
        let mut declarations: Vec<_> = match &identity {
            Target::Created(new) => vec![Declaration::Resource(Rc::clone(new))],
            _ => Vec::new(),
        };
        let mut waits = Vec::new();
        for vault in self.vaults()? {
            let known = self.known(vault, carried)?;
            let granted = known.granted.filter(|_| known.is_open)?;
            if granted.is_empty() {
                let grant = self.grant(vault, &identity, known.model)?;
                declarations.push(Declaration::Resource(Rc::clone(&grant)));
                waits.push(Target::Created(grant));
            } else {
                waits.push(self.first_granted(&granted)?);
            }
        }
        let after = self.after(carried)?;
        let mut repair = Repair::new(self.context);
        let new = self.editor.insert_declarations(after, &declarations);
        repair.edit(instance, new)?;
        if carried.is_none() {
            attach_new_identity(&mut repair, self.service, &identity)?;
        }
        for hostname in self.hostnames()? {
            repair.edit(instance, self.name(hostname, &identity))?;
        }
        let wait = self.editor.add_all_to_depends_on(self.service.id, &waits);
        repair.edit(instance, wait)?;
        let label = match &identity {
            Target::Created(new) if self.template.language == Language::Bicep => {
                format!("the new user-assigned identity `{}`", new.symbol)
            }
            Target::Declared(id) => {
                let label = self.context.label(instance.at(*id));
                format!("the user-assigned identity `{label}`")
            }
            _ => "a new user-assigned identity".to_owned(),
        };
        repair.fix(
            format!(
                "Read the certificates with {label}, which gets access first (no such identity passes \
                 the firewall of a vault)"
            ),
            Applicability::Unsafe,
            Extent::Refactoring,
        )
    }

    /// Whether the API version of the service has what it takes.
    fn takes_identities(&self) -> bool {
        let version = self.template.resource(self.service.id).api_version;
        let version = version.and_then(|version| self.template.text(version));
        let mut needed = versions::FEATURES.iter().filter(|feature| {
            feature.is_of(facts::SERVICE_TYPE)
                && matches!(
                    feature.path.last(),
                    Some(&("identityClientId" | "userAssignedIdentities"))
                )
        });
        version.is_none_or(|version| needed.all(|feature| feature.is_in(version)))
    }

    /// The vaults that are read, which the file declares; none if one is not there.
    fn vaults(&self) -> Option<Vec<ResourceId>> {
        let dependencies = self.context.dependencies(self.service.instance);
        let mut vaults = Vec::new();
        for found in self.found {
            let vault = found
                .vault
                .filter(|it| it.instance == self.service.instance)?
                .id;
            // The service comes to wait for what is granted on the vault.
            let closes_cycle = dependencies.may_reach(vault.into(), self.service.id.into());
            if !self.template.resource(vault).is_plain() || closes_cycle {
                return None;
            }
            if !vaults.contains(&vault) {
                vaults.push(vault);
            }
        }
        Some(vaults)
    }

    /// What is known of a vault, if it is the same in every case.
    fn known(&self, vault: ResourceId, carried: Option<ResourceId>) -> Option<Known> {
        let at = self.service.instance.at(vault);
        self.context.agreed(|evaluator| {
            Ok(Some(Known {
                is_open: firewall(evaluator, at)? == Setting::Off,
                model: permission_model(evaluator, at)?,
                granted: self.granted(evaluator, at, carried)?,
            }))
        })
    }

    fn granted(
        &self,
        evaluator: &Evaluator<'_>,
        vault: At<ResourceId>,
        carried: Option<ResourceId>,
    ) -> Result<Option<Vec<At<ResourceId>>>, Undecided> {
        let Some(carried) = carried else {
            return Ok(Some(Vec::new()));
        };
        let identity = evaluator.identity(self.service.instance.at(carried))?;
        let vault = VaultReference::Resource(evaluator.identity(vault)?);
        let access =
            access::grants::access(evaluator, self.service, &Principal::User(identity), &vault)?;
        let is_clear = !access.granted.is_empty() || access.is_missing();
        Ok(is_clear.then_some(access.granted))
    }

    /// A grant that is there, which the service can wait for.
    fn first_granted(&self, granted: &[At<ResourceId>]) -> Option<Target> {
        let instance = self.service.instance;
        let dependencies = self.context.dependencies(instance);
        let mut beside = granted
            .iter()
            .filter_map(|grant| self.context.beside(instance, *grant));
        let service = Deployed::Resource(self.service.id);
        let found = beside.find(|grant| !dependencies.may_reach(*grant, service));
        found.map(Target::from)
    }

    /// The identity that the service carries and the file declares, if there is one.
    #[expect(
        clippy::option_option,
        reason = "no identity is not one that cannot be told"
    )]
    fn carried(&self) -> Option<Option<ResourceId>> {
        let answers = self.context.judge(|evaluator| {
            let said = service_identity(evaluator, self.service)?;
            let ServiceIdentity::Present(block) = said else {
                return Ok(None);
            };
            let is_known = block.kind.as_ref().is_some_and(IdentityKind::has_system);
            Ok(match &block.user_assigned {
                UserAssigned::Absent(None) if is_known => Some(Vec::new()),
                UserAssigned::Dictionary(dictionary, _) if is_known && !dictionary.is_open() => {
                    let ids = dictionary.entries.iter();
                    let ids = ids.filter_map(|entry| identity_of_value(&entry.key)?.declaration);
                    Some(ids.collect())
                }
                _ => None,
            })
        })?;
        let mut answers = answers.into_iter().map(|answer| answer.value);
        let first = answers.next()??;
        let is_agreed = answers.all(|other| other.as_ref() == Some(&first));
        let mut declared = first.into_iter().filter(|it| {
            let resource = self.context.resource(*it);
            it.instance == self.service.instance
                && !resource.is_existing
                && resource.is_plain()
                && resource.is_type(facts::USER_ASSIGNED_IDENTITY_TYPE)
        });
        is_agreed.then(|| declared.next().map(|it| it.id))
    }

    /// A new identity beside the service, with a name made of the service's.
    fn new_identity(&self) -> Option<Rc<NewResource>> {
        let service = self.template.resource(self.service.id);
        let location = written::own_property(self.template, service.body, "location")?;
        let mut name = self.pieces(service.name?);
        name.push(New::string("-identity"));
        let symbol = match &service.symbol {
            Some(symbol) => format!("{}Identity", symbol.text),
            None => "apimIdentity".to_owned(),
        };
        let mut identity = NewResource::new(
            &self.editor.unused_symbol(&symbol),
            facts::USER_ASSIGNED_IDENTITY_TYPE,
            facts::NEW_USER_ASSIGNED_IDENTITY_API_VERSION,
            New::Interpolation(name),
        );
        identity.condition_of = vec![self.service.id.into()];
        identity.properties = vec![("location".into(), New::Copy(location))];
        Some(Rc::new(identity))
    }

    /// What a name is made of.
    fn pieces(&self, name: ExpressionId) -> Vec<New> {
        match self.template.kind(name) {
            ExpressionKind::Interpolation(segments) => {
                let pieces = segments.iter().map(|segment| match segment {
                    Segment::Text(text) => New::string(&**text),
                    Segment::Hole(hole) => New::Copy(*hole),
                });
                pieces.collect()
            }
            ExpressionKind::Call {
                function,
                arguments,
                ..
            } if &**function == "concat" => arguments.iter().map(|it| New::Copy(*it)).collect(),
            _ => vec![New::Copy(name)],
        }
    }

    fn grant(
        &self,
        vault: ResourceId,
        identity: &Target,
        model: PermissionModel,
    ) -> Option<Rc<NewResource>> {
        let grant = NewGrant {
            context: self.context,
            instance: self.service.instance,
            vault: vault.into(),
            grantee: Grantee::user(self.template, identity.clone()),
        };
        match model {
            PermissionModel::Roles => grant.role_assignment().map(Rc::new),
            PermissionModel::AccessPolicies if !adds_policies(self.template) => {
                grant.access_policy().map(Rc::new)
            }
            PermissionModel::AccessPolicies | PermissionModel::Unknown => None,
        }
    }

    /// Behind what the new declarations are put: the last vault, or the identity.
    fn after(&self, carried: Option<ResourceId>) -> Option<Deployed> {
        let end = |id: &ResourceId| self.template.resource(*id).range.end;
        let beside = self.vaults()?.into_iter().chain(carried);
        beside.max_by_key(end).map(Deployed::Resource)
    }

    /// The objects of the hostnames, where they are the service's alone.
    fn hostnames(&self) -> Option<Vec<ExpressionId>> {
        let mut objects = Vec::new();
        for found in self.found {
            let property = found.place.property;
            if property.instance != self.service.instance {
                return None;
            }
            let object = self.template.object_of(property.id)?;
            let is_open = self
                .template
                .object(object)?
                .members
                .iter()
                .any(|member| matches!(member, Member::Spread(_)));
            let has_client = self.template.property(object, "identityClientId").is_some();
            if is_open || has_client || !self.is_own(object) {
                return None;
            }
            if !objects.contains(&object) {
                objects.push(object);
            }
        }
        Some(objects)
    }

    /// Whether an expression stands in the service, or in a variable that is the service's hostnames and
    /// nothing else, and that may speak of resources.
    fn is_own(&self, expression: ExpressionId) -> bool {
        let service = self.template.resource(self.service.id).range;
        let range = self.template.range(expression);
        if service.contains_range(range) {
            return true;
        }
        let at = self.service.instance.at(expression);
        self.template.language == Language::Bicep
            && may_name(self.context, at, self.service)
            && is_own(self.context, self.service, &written::HOSTNAMES, at)
    }

    /// Names the identity that reads the certificate of a hostname.
    fn name(&self, hostname: ExpressionId, identity: &Target) -> Option<Vec<TextEdit>> {
        let client_id = New::property(identity.clone(), "properties.clientId");
        self.editor.insert_property(
            hostname,
            "identityClientId",
            &client_id,
            Placement::After("keyVaultId"),
        )
    }
}
