//! What `secret-in-template` offers: a secure parameter, or Key Vault where the property has it.

use access::secrets::InVault;
use template::model::{ParameterId, ResourceId};
use template::program::At;

use super::{How, Leak};
use crate::Fix;
use crate::context::Context;
use crate::repair::secure::{SecureWay, WrittenSecret};
use crate::repair::vault_reference::{Form, refer};

/// The fixes of a leak, and of those that are reported with it.
pub(super) fn fixes(
    context: &Context<'_>,
    id: At<ResourceId>,
    leak: &Leak,
    alike: &[(At<ResourceId>, &Leak)],
) -> Vec<Fix> {
    let form = leak.in_vault.and_then(|in_vault| match in_vault {
        InVault::HostnameCertificate => Some(Form::HostnameCertificate),
        InVault::Certificate => Some(Form::Certificate),
        // It takes an API version that few deploy with.
        InVault::CredentialProvider => None,
    });
    let reference = form
        .zip(leak.property)
        .and_then(|(form, property)| refer(context, id, property, form));
    secure(context, alike)
        .into_iter()
        .chain(reference)
        .collect()
}

fn secure(context: &Context<'_>, leaks: &[(At<ResourceId>, &Leak)]) -> Option<Fix> {
    let mut way = SecureWay::new(context);
    for (id, leak) in leaks {
        for parameter in &leak.through {
            way.secure(*parameter)?;
        }
        let (origin, text) = match &leak.how {
            How::Given(parameter) | How::PassedOn(parameter) => {
                way.secure(*parameter)?;
                continue;
            }
            How::Written { origin, secret } => (*origin, &*secret.text),
            How::Loaded(origin) => (*origin, ""),
        };
        let name = name(context, *id, leak, origin.instance == id.instance);
        way.take(&WrittenSecret {
            at: origin,
            text,
            name: &name,
            description: &format!("The {} of {}.", leak.noun, owner(context, *id)),
        })?;
    }
    way.fix()
}

/// The resource in a sentence: its name in the file, or what kind of thing it is.
fn owner(context: &Context<'_>, id: At<ResourceId>) -> String {
    let resource = context.resource(id);
    if let Some(symbol) = &resource.symbol {
        return symbol.text.to_string();
    }
    let mut words = String::from("the ");
    for letter in singular(&resource.resource_type).chars() {
        if letter.is_ascii_uppercase() {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

/// What a parameter for a secret is called: as the parameter that it is passed to, or after the
/// resource and its property.
fn name(context: &Context<'_>, id: At<ResourceId>, leak: &Leak, is_own: bool) -> String {
    let of_parameter = |id: &At<ParameterId>| context.program.parameter(*id).name.text.to_string();
    if let Some(first) = leak.through.first().filter(|_| !is_own) {
        return of_parameter(first);
    }
    let resource = context.resource(id);
    let owner = match &resource.symbol {
        Some(symbol) => symbol.text.to_string(),
        None => singular(&resource.resource_type),
    };
    let property = leak.property.and_then(|property| {
        let template = context.template(property.instance);
        template.text(property.id)
    });
    let property = match property {
        Some("data" | "parameter" | "value") | None => leak.noun,
        Some(property) => property,
    };
    let mut name = words(&owner).concat();
    let mut words = words(property);
    // `userPassword`, but not `clientSecretClientSecret`.
    if words.concat().eq_ignore_ascii_case(&name) {
        words.clear();
    }
    for word in words {
        let (first, rest) = word.split_at(1);
        name.push_str(&first.to_ascii_uppercase());
        name.push_str(rest);
    }
    let mut letters = name.chars();
    match letters.next() {
        Some(first) if first.is_ascii_alphabetic() => {
            first.to_ascii_lowercase().to_string() + letters.as_str()
        }
        _ => format!("secret{name}"),
    }
}

/// The last part of a type, of one thing: `users` is `user`.
fn singular(resource_type: &str) -> String {
    let last = resource_type.rsplit('/').next().unwrap_or_default();
    match last.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => last.strip_suffix('s').unwrap_or(last).to_owned(),
    }
}

/// The words of a name that are apart from each other.
fn words(name: &str) -> Vec<&str> {
    let words = name.split(|it: char| !it.is_ascii_alphanumeric());
    words.filter(|word| !word.is_empty()).collect()
}
