//! References to secrets in Key Vault in place of secrets.
//!
//! What the secret is called in the vault, and which vault it is where the file has not exactly one,
//! only a person knows: those parts are placeholders.

use access::facts;
use access::identity::{IdentityKind, ServiceIdentity, UserAssigned, service_identity};
use access::reads::service_of;
use syntax::TextRange;
use template::cases::Undecided;
use template::edit::{Key, New, Placement, merge};
use template::model::{ExpressionId, ExpressionKind, Member, ResourceId, Segment};
use template::program::At;
use template::{Evaluator, Template, identity_of_value};

use crate::context::Context;
use crate::{Applicability, Fix};

/// What stands for the name of a vault that nothing in sight tells.
const VAULT: &str = "<vault>";

/// A place that can have a reference instead of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `properties` of a named value.
    NamedValue,
    /// `properties` of a certificate.
    Certificate,
    /// An element of `hostnameConfigurations`.
    HostnameCertificate,
}

impl Form {
    /// The properties that a reference replaces, the first one first.
    const fn replaced(self) -> &'static [&'static str] {
        match self {
            Self::NamedValue => &["value"],
            Self::Certificate => &["data", "password"],
            Self::HostnameCertificate => &["encodedCertificate", "certificatePassword"],
        }
    }

    const fn reference(self) -> &'static str {
        match self {
            Self::NamedValue | Self::Certificate => "keyVault",
            Self::HostnameCertificate => "keyVaultId",
        }
    }
}

/// Puts a reference in place of a secret, whose property has the name at `property`. Only where all of
/// it is written in one object of the resource, and for one secret.
pub(crate) fn refer(
    context: &Context<'_>,
    id: At<ResourceId>,
    property: At<ExpressionId>,
    form: Form,
) -> Option<Fix> {
    let resource = context.resource(id);
    // Workspaces do not read from vaults.
    if property.instance != id.instance
        || facts::has_prefix(&resource.resource_type, facts::WORKSPACE_PREFIX)
    {
        return None;
    }
    let template = context.template(id.instance);
    let object = template.object_of(property.id)?;
    if !is_alone(template, id.id, object) {
        return None;
    }
    let mut written = form
        .replaced()
        .iter()
        .filter_map(|name| template.property(object, name));
    if let ExpressionKind::Conditional { .. } = template.kind(written.next()?.value) {
        return None;
    }
    let mut removed = form.replaced().to_vec();
    let mut added = Vec::new();
    if form == Form::NamedValue {
        let secret = template.property(object, "secret");
        match secret.map(|it| template.kind(it.value)) {
            Some(ExpressionKind::Bool(true)) => {}
            Some(ExpressionKind::Bool(false)) | None => {
                removed.push("secret");
                added.push((Key::from("secret"), New::Bool(true)));
            }
            Some(_) => return None,
        }
    }
    let unfinished = match template.property(object, form.reference()) {
        Some(own) if added.is_empty() && is_unfinished(template, own.value) => Some(own.value),
        Some(_) => return None,
        None => None,
    };
    let client_id = match unfinished {
        Some(_) => None,
        None => client_id(context, id)?,
    };
    let client_id = client_id.map(|identity| New::property(identity, "properties.clientId"));
    let vault = vault(context, id);
    let url = url(vault, name(template, id.id, object, form));
    let editor = context.editor(id.instance)?;
    let spoken_of = std::iter::once(&url).chain(&client_id).cloned().collect();
    let mut all = vec![editor.add_dependencies_of(id.id, &New::Array(spoken_of))?];
    let client_id = client_id.map(|client_id| (Key::from("identityClientId"), client_id));
    let reference = Key::from(form.reference());
    if form == Form::HostnameCertificate {
        added.push((reference, url));
        added.extend(client_id);
    } else {
        let identifier = (Key::from("secretIdentifier"), url);
        if let Some(unfinished) = unfinished {
            all.push(editor.insert_properties(unfinished, &[identifier], Placement::End)?);
        } else {
            let keys = std::iter::once(identifier).chain(client_id);
            added.push((reference, New::Object(keys.collect())));
        }
    }
    all.push(editor.exchange_properties(object, &removed, &added)?);
    let title = match vault {
        Some(vault) => format!(
            "Refer to a secret of `{}` instead",
            context.label(id.instance.at(vault))
        ),
        None => "Refer to a secret in Key Vault instead".to_owned(),
    };
    context.fix(id.instance, title, Applicability::Unsafe, merge(all))
}

/// Whether a reference says at most which identity reads.
fn is_unfinished(template: &Template, reference: ExpressionId) -> bool {
    let client_id = template.property(reference, "identityClientId");
    template.object(reference).is_some_and(|object| {
        object.is_complete && object.members.len() == usize::from(client_id.is_some())
    })
}

/// The URL of a secret of a vault, or of one that a person is to name.
fn url(vault: Option<ResourceId>, name: String) -> New {
    let name = New::Placeholder(name);
    New::Interpolation(match vault {
        Some(vault) => vec![
            New::property(vault, "properties.vaultUri"),
            New::string("secrets/"),
            name,
        ],
        None => vec![
            New::string("https://"),
            New::Placeholder(VAULT.to_owned()),
            New::VaultSuffix,
            New::string("/secrets/"),
            name,
        ],
    })
}

/// Whether an object is written in a resource, all of it, and for one thing only.
fn is_alone(template: &Template, id: ResourceId, object: ExpressionId) -> bool {
    let resource = template.resource(id);
    let range = template.range(object);
    let is_plain = template.object(object).is_some_and(|object| {
        let mut members = object.members.iter();
        object.is_complete && members.all(|it| matches!(it, Member::Property(_)))
    });
    is_plain
        && resource.repetition.is_none()
        && template.range(resource.body).contains_range(range)
        && !is_repeated(template, resource.body, range)
}

/// Whether a loop inside an expression is around a range.
fn is_repeated(template: &Template, within: ExpressionId, range: TextRange) -> bool {
    let mut pending = vec![within];
    while let Some(next) = pending.pop() {
        if template.range(next).contains_range(range) {
            let kind = template.kind(next);
            if matches!(kind, ExpressionKind::For { .. }) {
                return true;
            }
            pending.extend(kind.parts());
        }
    }
    false
}

/// The one vault that a template declares or refers to, where the resource can be made to wait for it.
fn vault(context: &Context<'_>, id: At<ResourceId>) -> Option<ResourceId> {
    let template = context.template(id.instance);
    let mut vaults = template
        .resources()
        .filter(|(_, resource)| resource.is_type(facts::VAULT_TYPE));
    let (vault, resource) = vaults.next().filter(|_| vaults.next().is_none())?;
    let is_there = resource.is_always_there();
    let dependencies = context.dependencies(id.instance);
    (is_there && !dependencies.reaches(vault, id.id)).then_some(vault)
}

/// What the secret may be called in the vault: as what takes it is.
fn name(template: &Template, id: ResourceId, object: ExpressionId, form: Form) -> String {
    let name = match form {
        Form::HostnameCertificate => template.property(object, "hostName").map(|it| it.value),
        Form::NamedValue | Form::Certificate => template.resource(id).name,
    };
    let name = name.and_then(|name| last_text(template, name));
    let name = name.and_then(|name| name.rsplit('/').next());
    let is_kept = |it: char| it.is_ascii_alphanumeric() || it == '-';
    match name {
        Some(name) if name.contains(is_kept) => name.replace(|it| !is_kept(it), "-"),
        _ => "<secret>".to_owned(),
    }
}

/// The text that a name ends with, where that has all of its last part.
fn last_text(template: &Template, name: ExpressionId) -> Option<&str> {
    let last = match template.kind(name) {
        ExpressionKind::String(text) => return Some(text),
        ExpressionKind::Interpolation(segments) => match segments.last() {
            Some(Segment::Text(text)) => text,
            _ => return None,
        },
        ExpressionKind::Call {
            function,
            arguments,
            ..
        } if &**function == "concat" => template.text(*arguments.last()?)?,
        _ => return None,
    };
    last.contains('/').then_some(last)
}

/// The user-assigned identity that the service reads with, if it has no system-assigned one; none
/// where that is so and no identity can be named.
#[expect(
    clippy::option_option,
    reason = "no identity to name is not one that cannot be named"
)]
fn client_id(context: &Context<'_>, id: At<ResourceId>) -> Option<Option<ResourceId>> {
    let answers = context.judge(|evaluator| reads_with(evaluator, id))?;
    let first = answers.first()?.value;
    let is_one = answers.iter().all(|answer| answer.value == first);
    match first {
        Reader::System => is_one.then_some(None),
        Reader::User(Some(identity)) if is_one && identity.instance == id.instance => {
            let is_there = context.resource(identity).is_always_there();
            let dependencies = context.dependencies(id.instance);
            let is_free = !dependencies.reaches(identity.id, id.id);
            (is_there && is_free).then_some(Some(identity.id))
        }
        Reader::User(_) => None,
    }
}

/// The identity that a service reads with.
#[derive(Clone, Copy, PartialEq)]
enum Reader {
    /// The system-assigned one, as far as is known.
    System,
    /// The user-assigned one, where it carries one only.
    User(Option<At<ResourceId>>),
}

fn reads_with(evaluator: &Evaluator<'_>, id: At<ResourceId>) -> Result<Reader, Undecided> {
    let Some(service) = service_of(evaluator, id)? else {
        return Ok(Reader::System);
    };
    let ServiceIdentity::Present(block) = service_identity(evaluator, service)? else {
        return Ok(Reader::System);
    };
    let (Some(IdentityKind::UserAssigned), UserAssigned::Dictionary(identities, _)) =
        (block.kind, block.user_assigned)
    else {
        return Ok(Reader::System);
    };
    Ok(Reader::User(match identities.entries.as_slice() {
        [only] => identity_of_value(&only.key).and_then(|it| it.declaration),
        _ => None,
    }))
}
