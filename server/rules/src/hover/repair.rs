//! The commands of the Azure CLI that repair a live service ([reference]).
//!
//! [reference]: https://learn.microsoft.com/cli/azure/reference-index

use access::facts;
use access::vault::PermissionModel;
use template::Evaluator;
use template::cases::{Case, Undecided, judge_within};
use template::model::ResourceId;
use template::program::At;
use template::value::{Identity, Lazy, Scope, Value};

use super::reads::parameter;
use crate::context::Context;

/// The API version of services with which their identity is changed ([reference]).
///
/// [reference]: https://learn.microsoft.com/rest/api/apimanagement/api-management-service/update
const SERVICE_API_VERSION: &str = "2024-05-01";

const UNKNOWN_GROUP: &str = "<resource-group>";

/// Something to repair.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Repair {
    /// The service carries an identity: a user-assigned one, or else the system-assigned one.
    Carry {
        service: At<ResourceId>,
        user: Option<Thing>,
        /// Whether it has one of the other kind as well.
        is_both: bool,
    },
    /// An identity may read a vault: a user-assigned one, or the system-assigned one of a service.
    Grant {
        is_system: bool,
        to: Thing,
        vault: Thing,
        model: PermissionModel,
    },
    /// A vault lets trusted services through.
    Bypass(At<ResourceId>),
    /// The read is made with the system-assigned identity, which is up to the template.
    ReadAsSystem,
}

/// A resource, as far as it is known.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Thing {
    /// By its declaration.
    Declared(At<ResourceId>),
    /// By its name.
    Named(String),
    /// Not at all.
    Unknown,
}

impl Thing {
    pub(super) fn of(identity: &Identity) -> Self {
        match identity.declaration {
            Some(id) => Self::Declared(id),
            None => Self::named(identity.name()),
        }
    }

    pub(super) fn named(name: Option<&Value>) -> Self {
        match name.and_then(Value::as_str) {
            Some(name) => Self::Named(name.to_owned()),
            None => Self::Unknown,
        }
    }
}

/// The commands for repairs that are due in some cases, given by themselves and in words.
pub(super) fn commands(
    context: &Context<'_>,
    repairs: &[Repair],
    cases: &[Case],
    when: &str,
) -> Vec<String> {
    let names = Names { context, cases };
    let commands: Vec<_> = repairs
        .iter()
        .flat_map(|repair| match repair {
            Repair::Carry {
                service,
                user: None,
                is_both,
            } => vec![names.carry_system(*service, *is_both)],
            Repair::Carry {
                service,
                user: Some(user),
                is_both,
            } => vec![names.carry_user(*service, user, *is_both)],
            Repair::Grant {
                is_system,
                to,
                vault,
                model,
            } => names.grant(*is_system, to, vault, *model),
            Repair::Bypass(vault) => vec![format!(
                "az keyvault update --name {} --bypass AzureServices",
                names.name(&Thing::Declared(*vault), "vault")
            )],
            Repair::ReadAsSystem => {
                vec!["# then deploy the read without identityClientId".to_owned()]
            }
        })
        .collect();
    if commands.is_empty() || when.is_empty() {
        return commands;
    }
    vec![format!("#{when}\n{}", commands.join("\n"))]
}

/// The names that resources have in some cases.
struct Names<'c, 'p> {
    context: &'c Context<'p>,
    cases: &'c [Case],
}

impl Names<'_, '_> {
    /// Without `--enable-managed-identity`, the command takes every identity away ([code]).
    ///
    /// [code]: https://github.com/Azure/azure-cli/blob/dev/src/azure-cli/azure/cli/command_modules/apim/custom.py
    fn carry_system(&self, service: At<ResourceId>, is_both: bool) -> String {
        let kind = if is_both {
            "\"SystemAssigned, UserAssigned\""
        } else {
            "SystemAssigned"
        };
        format!(
            "az apim update {} --enable-managed-identity true --set identity.type={kind}",
            self.located(&Thing::Declared(service), "service")
        )
    }

    /// A patch adds to the identities that a service has; `az apim update` would replace them.
    fn carry_user(&self, service: At<ResourceId>, user: &Thing, is_both: bool) -> String {
        let kind = if is_both {
            "SystemAssigned, UserAssigned"
        } else {
            "UserAssigned"
        };
        let service = self.located(&Thing::Declared(service), "service");
        let user = self.located(user, "identity");
        format!(
            "serviceId=$(az apim show {service} --query id --output tsv)\n\
             identityId=$(az identity show {user} --query id --output tsv)\n\
             az rest --method patch --url \"$serviceId?api-version={SERVICE_API_VERSION}\" \
             --body \"{{\\\"identity\\\":{{\\\"type\\\":\\\"{kind}\\\",\
             \\\"userAssignedIdentities\\\":{{\\\"$identityId\\\":{{}}}}}}}}\""
        )
    }

    fn grant(
        &self,
        is_system: bool,
        to: &Thing,
        vault: &Thing,
        model: PermissionModel,
    ) -> Vec<String> {
        let principal = if is_system {
            let service = self.located(to, "service");
            format!("az apim show {service} --query identity.principalId")
        } else {
            let identity = self.located(to, "identity");
            format!("az identity show {identity} --query principalId")
        };
        let vault = self.name(vault, "vault");
        let role = format!(
            "az role assignment create --role \"{}\" --assignee-object-id \"$principalId\" \
             --assignee-principal-type ServicePrincipal \
             --scope \"$(az keyvault show --name {vault} --query id --output tsv)\"",
            facts::KEY_VAULT_SECRETS_USER.name
        );
        let policy = format!(
            "az keyvault set-policy --name {vault} --object-id \"$principalId\" \
             --secret-permissions get list"
        );
        let grant = match model {
            PermissionModel::Roles => role,
            PermissionModel::AccessPolicies => policy,
            PermissionModel::Unknown => format!(
                "# if the vault goes by roles\n{role}\n# if it goes by access policies\n{policy}"
            ),
        };
        vec![format!("principalId=$({principal} --output tsv)\n{grant}")]
    }

    /// The options that say which resource is meant.
    fn located(&self, thing: &Thing, noun: &str) -> String {
        let group = match thing {
            Thing::Declared(id) => self.group(*id),
            Thing::Named(_) | Thing::Unknown => UNKNOWN_GROUP.to_owned(),
        };
        format!("--name {} --resource-group {group}", self.name(thing, noun))
    }

    fn name(&self, thing: &Thing, noun: &str) -> String {
        match thing {
            Thing::Declared(id) => self.declared_name(*id),
            Thing::Named(name) => plain(name),
            Thing::Unknown => None,
        }
        .unwrap_or_else(|| format!("<{noun}-name>"))
    }

    fn declared_name(&self, id: At<ResourceId>) -> Option<String> {
        let resource = self.context.resource(id);
        let label = || plain(&format!("{}-name", self.context.label(id)));
        let placeholder = || label().map(|name| format!("<{name}>"));
        let Some(name) = resource.name.filter(|_| resource.repetition.is_none()) else {
            return placeholder();
        };
        let name = self.known(|evaluator| {
            let bindings = evaluator.bindings(id.instance)?;
            let value = evaluator.known(&Lazy::Expression(name, bindings))?.value;
            Ok(Some(value))
        });
        name.or_else(placeholder)
    }

    fn group(&self, id: At<ResourceId>) -> String {
        let group = self.known(|evaluator| {
            Ok(match &evaluator.identity(id)?.scope {
                Scope::ResourceGroup { group, .. } => Some(group.clone()),
                _ => None,
            })
        });
        group.unwrap_or_else(|| UNKNOWN_GROUP.to_owned())
    }

    /// The text that a value is in all of the cases, or a placeholder for the parameter that it is.
    fn known(
        &self,
        value: impl Fn(&Evaluator<'_>) -> Result<Option<Value>, Undecided>,
    ) -> Option<String> {
        let mut known = None;
        for case in self.cases {
            let mut text = |evaluator: &Evaluator<'_>| {
                Ok(value(evaluator)?.and_then(|value| self.written(&value)))
            };
            for answer in judge_within(self.context.program, case, &mut text)? {
                let text = answer.value?;
                if known.as_ref().is_some_and(|known| *known != text) {
                    return None;
                }
                known = Some(text);
            }
        }
        known
    }

    fn written(&self, value: &Value) -> Option<String> {
        if let Some(id) = parameter(value) {
            let name = &self.context.program.parameter(id).name.text;
            return plain(name).map(|name| format!("<{name}>"));
        }
        plain(value.as_str()?)
    }
}

/// A name that a shell takes as it is. Azure knows no other names of these resources.
fn plain(name: &str) -> Option<String> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    let is_name = !name.is_empty() && !name.starts_with('-') && name.chars().all(is_plain);
    is_name.then(|| name.to_owned())
}
