//! Grants to write: a role assignment or an access policy that lets an identity read the secrets of a
//! vault.

use access::facts::versions::KEY_VAULT;
use access::facts::{self, Role};
use template::Template;
use template::edit::{New, NewResource, Target};
use template::model::ResourceId;
use template::program::InstanceId;

use crate::context::Context;

/// The identity that gets access, as new code speaks of it.
#[derive(Clone, Debug)]
pub(crate) struct Grantee {
    /// What a symbolic name for its grant begins with.
    pub(crate) name: String,
    /// What tells it from others before the deployment: an id, in the name of a role assignment.
    pub(crate) seed: New,
    /// Its principal id.
    pub(crate) principal_id: New,
    /// Its tenant.
    pub(crate) tenant_id: New,
    /// What it does not exist without, if the template has that.
    pub(crate) condition_of: Option<Target>,
}

impl Grantee {
    /// The system-assigned identity of a service.
    pub(crate) fn system(template: &Template, service: ResourceId) -> Self {
        Self::of(template, service.into(), "apim", "identity")
    }

    /// A user-assigned identity.
    pub(crate) fn user(template: &Template, identity: impl Into<Target>) -> Self {
        Self::of(template, identity.into(), "identity", "properties")
    }

    /// A policy of a vault.
    pub(crate) fn access_policy(&self) -> New {
        let secrets = New::Array(vec![New::string("get"), New::string("list")]);
        New::object([
            ("tenantId", self.tenant_id.clone()),
            ("objectId", self.principal_id.clone()),
            ("permissions", New::object([("secrets", secrets)])),
        ])
    }

    fn of(template: &Template, holder: Target, otherwise: &str, at: &str) -> Self {
        Self {
            name: symbol(template, &holder).unwrap_or(otherwise).to_owned(),
            seed: New::id(holder.clone()),
            principal_id: New::property(holder.clone(), &format!("{at}.principalId")),
            tenant_id: New::property(holder.clone(), &format!("{at}.tenantId")),
            condition_of: Some(holder),
        }
    }
}

/// A grant on a vault.
pub(crate) struct NewGrant<'c, 'a> {
    pub(crate) context: &'c Context<'a>,
    /// The file that gets it.
    pub(crate) instance: InstanceId,
    pub(crate) vault: Target,
    pub(crate) grantee: Grantee,
}

impl NewGrant<'_, '_> {
    /// A role assignment, for a vault that goes by roles.
    pub(crate) fn role_assignment(&self) -> Option<NewResource> {
        self.assignment(&facts::KEY_VAULT_SECRETS_USER)
    }

    /// An assignment of a role, which need not be one on vaults.
    pub(crate) fn assignment(&self, role: &Role) -> Option<NewResource> {
        // Everything here is of Azure.
        let ending: String = role
            .name
            .split(' ')
            .filter(|word| *word != "Azure")
            .collect();
        let name = New::guid(vec![
            New::id(self.vault.clone()),
            self.grantee.seed.clone(),
            New::string(role.id),
        ]);
        let properties = assigned(role_definition(role), self.grantee.principal_id.clone());
        Some(NewResource {
            scope: Some(self.vault.clone()),
            condition_of: self.condition_of(),
            properties: vec![("properties".into(), properties)],
            ..NewResource::new(
                &self.symbol(&ending)?,
                facts::ROLE_ASSIGNMENT_TYPE,
                facts::ROLE_ASSIGNMENT_API_VERSION,
                name,
            )
        })
    }

    /// A child that adds an access policy, for a vault that goes by those.
    pub(crate) fn access_policy(&self) -> Option<NewResource> {
        let policy = self.grantee.access_policy();
        let properties = New::object([("accessPolicies", New::Array(vec![policy]))]);
        Some(NewResource {
            parent: Some(self.vault.clone()),
            condition_of: self.condition_of(),
            properties: vec![("properties".into(), properties)],
            ..NewResource::new(
                &self.symbol("KeyVaultAccess")?,
                facts::ACCESS_POLICIES_TYPE,
                &self.vault_api_version(),
                New::string("add"),
            )
        })
    }

    fn condition_of(&self) -> Vec<Target> {
        let mut targets = vec![self.vault.clone()];
        targets.extend(self.grantee.condition_of.clone());
        targets
    }

    fn vault_api_version(&self) -> String {
        let template = self.context.template(self.instance);
        let own = match &self.vault {
            Target::Declared(vault) => {
                let version = template.resource(*vault).api_version;
                version.and_then(|version| template.text(version))
            }
            Target::Created(vault) => Some(vault.api_version.as_str()),
            Target::Module(_) | Target::CreatedModule(_) => None,
        };
        own.unwrap_or(KEY_VAULT.newest).to_owned()
    }

    fn symbol(&self, ending: &str) -> Option<String> {
        let editor = self.context.editor(self.instance)?;
        Some(editor.unused_symbol(&format!("{}{ending}", self.grantee.name)))
    }
}

/// The id of a role's definition.
pub(crate) fn role_definition(role: &Role) -> New {
    New::SubscriptionResourceId {
        resource_type: facts::ROLE_DEFINITION_TYPE.to_owned(),
        name: role.id.to_owned(),
        comment: Some(role.name.to_owned()),
    }
}

/// The `properties` of the assignment of a role to a managed identity.
pub(crate) fn assigned(role_definition: New, principal_id: New) -> New {
    New::object([
        ("roleDefinitionId", role_definition),
        ("principalId", principal_id),
        ("principalType", New::string("ServicePrincipal")),
    ])
}

/// Whether a template has a resource that adds access policies. A file declares it once: all of them
/// have the same name.
pub(crate) fn adds_policies(template: &Template) -> bool {
    let mut resources = template.resources.iter();
    resources.any(|resource| resource.is_type(facts::ACCESS_POLICIES_TYPE))
}

fn symbol<'s>(template: &'s Template, target: &'s Target) -> Option<&'s str> {
    let declared = match target {
        Target::Declared(id) => &template.resource(*id).symbol,
        Target::Module(id) => &template.module(*id).symbol,
        Target::Created(new) => return Some(&new.symbol),
        Target::CreatedModule(new) => return Some(&new.symbol),
    };
    declared.as_ref().map(|symbol| &*symbol.text)
}
