//! The grants that `vault-access-missing` inserts.

use std::rc::Rc;

use access::facts;
use access::vault::PermissionModel;
use syntax::TextEdit;
use template::dependencies::Dependencies;
use template::edit::{New, NewResource, Target, merge};
use template::model::{ExpressionKind, ResourceId};
use template::program::At;

use super::{Identity, Missing, Vault};
use crate::circumstances::Occurrence;
use crate::context::Context;
use crate::{Applicability, Fix};

/// The grants that let the identity read; both kinds where the vault's permission model is not known.
pub(super) fn fixes(context: &Context<'_>, group: &[Occurrence<Missing>]) -> Vec<Fix> {
    let Vault::Declared(vault, model) = group[0].what.vault else {
        return Vec::new();
    };
    let grant = Grant {
        context,
        service: group[0].what.service,
        identity: group[0].what.identity,
        vault,
    };
    if !grant.is_possible() {
        return Vec::new();
    }
    let mut readers: Vec<At<ResourceId>> = group.iter().map(|read| read.what.reader).collect();
    readers.sort_unstable();
    readers.dedup();
    let mut fixes = Vec::new();
    if model != PermissionModel::AccessPolicies {
        fixes.extend(grant.role_assignment(&readers));
    }
    if model != PermissionModel::Roles {
        fixes.extend(grant.access_policy(&readers));
    }
    fixes
}

struct Grant<'c, 'a> {
    context: &'c Context<'a>,
    service: At<ResourceId>,
    identity: Identity,
    vault: At<ResourceId>,
}

impl Grant<'_, '_> {
    /// The resource that has or is the identity.
    const fn holder(&self) -> At<ResourceId> {
        match self.identity {
            Identity::System => self.service,
            Identity::User(identity) => identity,
        }
    }

    /// A resource of a loop would need an index, one elsewhere a deployment of its own, and one of
    /// another file an output.
    fn is_possible(&self) -> bool {
        [self.holder(), self.vault].iter().all(|id| {
            let resource = self.context.resource(*id);
            id.instance == self.service.instance
                && resource.repetition.is_none()
                && resource.scope.is_none()
                && resource.parent.is_none()
        })
    }

    /// A property of the identity that its holder has at run time.
    fn property(&self, name: &str) -> New {
        let at = match self.identity {
            Identity::System => "identity",
            Identity::User(_) => "properties",
        };
        New::property(self.holder().id, &format!("{at}.{name}"))
    }

    fn role_assignment(&self, readers: &[At<ResourceId>]) -> Option<Fix> {
        let role = facts::KEY_VAULT_SECRETS_USER;
        let name = New::Guid(vec![
            New::id(self.vault.id),
            New::id(self.holder().id),
            New::string(role.id),
        ]);
        let definition = New::SubscriptionResourceId {
            resource_type: facts::ROLE_DEFINITION_TYPE.to_owned(),
            name: role.id.to_owned(),
            comment: Some(role.name.to_owned()),
        };
        let properties = New::object([
            ("roleDefinitionId", definition),
            ("principalId", self.property("principalId")),
            ("principalType", New::string("ServicePrincipal")),
        ]);
        let resource = NewResource {
            scope: Some(self.vault.id),
            condition_of: vec![self.vault.id, self.holder().id],
            properties: vec![("properties".into(), properties)],
            ..NewResource::new(
                &self.symbol("KeyVaultSecretsUser")?,
                facts::ROLE_ASSIGNMENT_TYPE,
                facts::ROLE_ASSIGNMENT_API_VERSION,
                name,
            )
        };
        let edits = self.insert(resource, readers)?;
        self.context.fix(
            self.service.instance,
            format!(
                "Assign the role {} on `{}` to the identity",
                role.name,
                self.context.label(self.vault)
            ),
            Applicability::Unsafe,
            Some(edits),
        )
    }

    fn access_policy(&self, readers: &[At<ResourceId>]) -> Option<Fix> {
        // A file declares a resource once, and policies are added to the vault already.
        if self.adds_policies_already() {
            return None;
        }
        let secrets = New::Array(vec![New::string("get"), New::string("list")]);
        let policy = New::object([
            ("tenantId", self.property("tenantId")),
            ("objectId", self.property("principalId")),
            ("permissions", New::object([("secrets", secrets)])),
        ]);
        let properties = New::object([("accessPolicies", New::Array(vec![policy]))]);
        let resource = NewResource {
            parent: Some(self.vault.id),
            condition_of: vec![self.vault.id, self.holder().id],
            properties: vec![("properties".into(), properties)],
            ..NewResource::new(
                &self.symbol("KeyVaultAccess")?,
                facts::ACCESS_POLICIES_TYPE,
                &self.vault_api_version(),
                New::string("add"),
            )
        };
        let edits = self.insert(resource, readers)?;
        self.context.fix(
            self.service.instance,
            format!(
                "Add an access policy for the identity to `{}`",
                self.context.label(self.vault)
            ),
            Applicability::Unsafe,
            Some(edits),
        )
    }

    fn adds_policies_already(&self) -> bool {
        let template = self.context.template(self.service.instance);
        let mut resources = template.resources.iter();
        resources.any(|resource| resource.is_type(facts::ACCESS_POLICIES_TYPE))
    }

    fn vault_api_version(&self) -> String {
        let template = self.context.template(self.vault.instance);
        let own = template
            .resource(self.vault.id)
            .api_version
            .and_then(|version| match template.kind(version) {
                ExpressionKind::String(text) => Some(text.to_string()),
                _ => None,
            });
        own.unwrap_or_else(|| facts::ACCESS_POLICIES_API_VERSION.to_owned())
    }

    fn symbol(&self, ending: &str) -> Option<String> {
        let holder = match &self.context.resource(self.holder()).symbol {
            Some(symbol) => symbol.text.to_string(),
            None => match self.identity {
                Identity::System => "apim".to_owned(),
                Identity::User(_) => "identity".to_owned(),
            },
        };
        let editor = self.context.editor(self.service.instance)?;
        Some(editor.unused_symbol(&format!("{holder}{ending}")))
    }

    /// The new resource, and the readers waiting for it, where that closes no cycle.
    fn insert(&self, resource: NewResource, readers: &[At<ResourceId>]) -> Option<Vec<TextEdit>> {
        let instance = self.service.instance;
        let editor = self.context.editor(instance)?;
        let after = self.vault.max(self.holder()).id;
        let resource = Rc::new(resource);
        let mut all = vec![editor.insert_resource(after, &resource)?];
        let dependencies = Dependencies::of(self.context.program, instance);
        let grant = Target::Created(resource);
        // Readers in other files wait for what they are given.
        for reader in readers.iter().filter(|reader| reader.instance == instance) {
            let closes_cycle = [self.vault, self.holder()]
                .iter()
                .any(|id| id == reader || dependencies.reaches(id.id, reader.id));
            if !closes_cycle {
                all.push(editor.add_depends_on(reader.id, &grant)?);
            }
        }
        merge(all)
    }
}
