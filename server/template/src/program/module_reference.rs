//! What a module, import or `using` refers to ([guide]).
//!
//! Read as the Bicep CLI does ([dispatcher], [registry], [template spec], [path]), but for oddities
//! that it inherits from its parser of URIs: what has escapes, a query, a user or `..` in it, which
//! no registry has, is invalid here.
//!
//! [guide]: https://learn.microsoft.com/azure/azure-resource-manager/bicep/modules#path-to-module
//! [dispatcher]: https://github.com/Azure/bicep/blob/main/src/Bicep.Core/Registry/ModuleDispatcher.cs
//! [registry]: https://github.com/Azure/bicep/blob/main/src/Bicep.Core/Registry/Oci/OciArtifactAddressComponents.cs
//! [template spec]: https://github.com/Azure/bicep/blob/main/src/Bicep.Core/Modules/TemplateSpecModuleReference.cs
//! [path]: https://github.com/Azure/bicep/blob/main/src/Bicep.Core/SourceGraph/RelativePath.cs

mod check;
mod invalid;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use self::check::{
    MAXIMUM_NAME, MAXIMUM_TAG, check_alias, check_resource_name, check_segment, checked_tag,
    is_digest, is_guid, is_host,
};
pub use self::invalid::InvalidReference;
use super::configuration::Configuration;

/// The registry of the modules that Microsoft publishes, and where they are in it.
const PUBLIC_REGISTRY: &str = "mcr.microsoft.com";
const PUBLIC_PREFIX: &str = "bicep/";

/// The file of a module in the cache.
const MAIN_FILE: &str = "main.json";

/// What a module, import or `using` refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModuleReference {
    /// A path relative to the file that refers, with `/` between its parts.
    Local(Box<str>),
    /// A file that stands for a module of a registry, because `bicepconfig.json` says so.
    Mapped(PathBuf),
    /// A module in a registry.
    Registry(RegistryModule),
    /// A template spec.
    TemplateSpec(TemplateSpec),
    /// None of these, as it is written or configured.
    Invalid(InvalidReference),
}

/// A module in a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryModule {
    /// The registry's host, with its port if it has one; case means nothing.
    pub registry: Box<str>,
    /// The path of the module in it.
    pub repository: Box<str>,
    /// Which version of the module.
    pub version: Version,
}

/// A version of a module in a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Version {
    /// A tag; case means something.
    Tag(Box<str>),
    /// A digest, `sha256:…`.
    Digest(Box<str>),
}

/// A template spec; case means nothing in any part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateSpec {
    /// The id of its subscription.
    pub subscription: Box<str>,
    /// Its resource group.
    pub resource_group: Box<str>,
    /// Its name.
    pub name: Box<str>,
    /// Its version.
    pub version: Box<str>,
}

impl ModuleReference {
    /// Reads a reference.
    #[must_use]
    pub fn parse(text: &str, configuration: &Configuration) -> Self {
        parse(text, configuration).unwrap_or_else(Self::Invalid)
    }

    /// The file in the cache below `root` that the Bicep CLI restores the module to; none if the
    /// module is not kept in the cache.
    #[must_use]
    pub fn cached_file(&self, root: &Path) -> Option<PathBuf> {
        match self {
            Self::Registry(module) => Some(module.cached_file(root)),
            Self::TemplateSpec(spec) => Some(spec.cached_file(root)),
            Self::Local(_) | Self::Mapped(_) | Self::Invalid(_) => None,
        }
    }
}

impl RegistryModule {
    /// The file in the cache below `root`: `br/<registry>/<repository>/<version>/main.json`
    /// ([code]). Parts that hold what file names may not, or that only differ in case, are
    /// replaced.
    ///
    /// [code]: https://github.com/Azure/bicep/blob/main/src/Bicep.Core/SourceGraph/Artifacts/BicepRegistryArtifact.cs
    #[must_use]
    pub fn cached_file(&self, root: &Path) -> PathBuf {
        let version = match &self.version {
            Version::Tag(tag) => file_name_of_tag(tag),
            Version::Digest(digest) => digest.replace(':', "#"),
        };
        root.join("br")
            .join(self.registry.replace(':', "$").to_lowercase())
            .join(self.repository.replace('/', "$"))
            .join(version)
            .join(MAIN_FILE)
    }

    /// The path and tag of a module that Microsoft publishes: `avm/res/key-vault/vault`, `0.13.0`.
    #[must_use]
    pub fn public_module(&self) -> Option<(&str, &str)> {
        let Version::Tag(tag) = &self.version else {
            return None;
        };
        if !self.registry.eq_ignore_ascii_case(PUBLIC_REGISTRY) {
            return None;
        }
        Some((self.repository.strip_prefix(PUBLIC_PREFIX)?, tag))
    }
}

impl TemplateSpec {
    /// The file in the cache below `root`, in lower case:
    /// `ts/<subscription>/<resource group>/<name>/<version>/main.json` ([code]).
    ///
    /// [code]: https://github.com/Azure/bicep/blob/main/src/Bicep.Core/SourceGraph/Artifacts/TemplateSpecModuleArtifact.cs
    #[must_use]
    pub fn cached_file(&self, root: &Path) -> PathBuf {
        let mut path = root.join("ts");
        let parts = [
            &self.subscription,
            &self.resource_group,
            &self.name,
            &self.version,
        ];
        path.extend(parts.map(|part| part.to_lowercase()));
        path.join(MAIN_FILE)
    }
}

/// A tag as a file name: behind it, `$` and the places of its capitals as a number in base 16, so
/// that tags that only differ in case have different names ([code]).
///
/// [code]: https://github.com/Azure/bicep/blob/main/src/Bicep.Core/Registry/Oci/TagEncoder.cs
fn file_name_of_tag(tag: &str) -> String {
    let capitals = tag
        .bytes()
        .take(MAXIMUM_TAG)
        .enumerate()
        .filter(|(_, byte)| byte.is_ascii_uppercase())
        .fold(0u128, |places, (at, _)| places | 1 << at);
    if capitals == 0 {
        format!("{tag}$")
    } else {
        format!("{tag}${capitals:x}")
    }
}

type Result<T> = std::result::Result<T, InvalidReference>;

fn parse(text: &str, configuration: &Configuration) -> Result<ModuleReference> {
    let Some((scheme, rest)) = text.split_once(':') else {
        return local(text);
    };
    let (scheme, alias) = match scheme.split_once('/') {
        Some((scheme, alias)) => (scheme, Some(alias)),
        None => (scheme, None),
    };
    match scheme {
        "br" => registry(alias, rest, configuration),
        "ts" => template_spec(alias, rest, configuration).map(ModuleReference::TemplateSpec),
        _ => Err(InvalidReference::UnknownScheme(scheme.into())),
    }
}

fn local(path: &str) -> Result<ModuleReference> {
    let Some(last) = path.chars().next_back() else {
        return Err(InvalidReference::Empty);
    };
    if path.starts_with('/') {
        return Err(InvalidReference::Absolute);
    }
    // The two checks of Bicep in one: characters that no system allows, and controls.
    let forbidden = |letter: &char| {
        matches!(
            letter,
            '"' | '*' | ':' | '<' | '>' | '?' | '\\' | '|' | '\0'..='\x1f'
        )
    };
    if let Some(letter) = path.chars().find(forbidden) {
        return Err(InvalidReference::Character(letter));
    }
    if matches!(last, ' ' | '.') {
        return Err(InvalidReference::Character(last));
    }
    Ok(ModuleReference::Local(path.into()))
}

fn registry(
    alias: Option<&str>,
    rest: &str,
    configuration: &Configuration,
) -> Result<ModuleReference> {
    let Some(name) = alias else {
        return registry_module(rest).map(ModuleReference::Registry);
    };
    check_alias(name)?;
    if let Some(folder) = configuration.alias_folder(name) {
        return mapped(&folder, rest);
    }
    let alias = configuration
        .registry_alias(name)
        .ok_or_else(|| InvalidReference::UnknownAlias(name.into()))?;
    let registry = alias
        .registry
        .as_deref()
        .ok_or_else(|| InvalidReference::IncompleteAlias(name.into()))?;
    let full = match &alias.module_path {
        Some(path) => format!("{registry}/{path}/{rest}"),
        None => format!("{registry}/{rest}"),
    };
    registry_module(&full).map(ModuleReference::Registry)
}

fn mapped(folder: &Path, rest: &str) -> Result<ModuleReference> {
    let path = match rest.split_once('@') {
        Some((path, _)) => path,
        None => rest.rsplit_once(':').map_or(rest, |(path, _)| path),
    };
    if path.is_empty() {
        return Err(InvalidReference::Empty);
    }
    path.split('/').try_for_each(check_segment)?;
    Ok(ModuleReference::Mapped(
        folder.join(format!("{path}.bicep")),
    ))
}

/// A module by its full address: `host/path/to/module:tag`, `host/path/to/module@sha256:…`.
fn registry_module(address: &str) -> Result<RegistryModule> {
    let (registry, path) = address.split_once('/').ok_or(InvalidReference::Malformed)?;
    if registry.len() > MAXIMUM_NAME {
        return Err(InvalidReference::TooLong(registry.into()));
    }
    if !is_host(registry) {
        return Err(InvalidReference::Registry(registry.into()));
    }
    let last = path.rfind('/').map_or(0, |at| at + 1);
    let split = path[last..].find([':', '@']).map(|at| last + at);
    let repository = &path[..split.unwrap_or(path.len())];
    repository.split('/').try_for_each(check_segment)?;
    if repository.len() > MAXIMUM_NAME {
        return Err(InvalidReference::TooLong(repository.into()));
    }
    let version = split.map_or("", |at| &path[at..]);
    let version = match version.split_at_checked(1) {
        Some((_, "")) | None => return Err(InvalidReference::NoVersion),
        Some((":", tag)) => Version::Tag(checked_tag(tag)?),
        Some((_, digest)) if is_digest(digest) => Version::Digest(digest.into()),
        Some((_, digest)) => return Err(InvalidReference::Digest(digest.into())),
    };
    Ok(RegistryModule {
        registry: registry.into(),
        repository: repository.into(),
        version,
    })
}

fn template_spec(
    alias: Option<&str>,
    rest: &str,
    configuration: &Configuration,
) -> Result<TemplateSpec> {
    let full = match alias {
        None => rest.to_owned(),
        Some(name) => {
            check_alias(name)?;
            let alias = configuration
                .template_spec_alias(name)
                .ok_or_else(|| InvalidReference::UnknownAlias(name.into()))?;
            let (Some(subscription), Some(group)) = (&alias.subscription, &alias.resource_group)
            else {
                return Err(InvalidReference::IncompleteAlias(name.into()));
            };
            format!("{subscription}/{group}/{rest}")
        }
    };
    let parts: Vec<_> = full.split('/').collect();
    let [subscription, resource_group, spec] = parts[..] else {
        return Err(InvalidReference::Malformed);
    };
    let (name, version) = spec.split_once(':').ok_or(InvalidReference::NoVersion)?;
    if !is_guid(subscription) {
        return Err(InvalidReference::Subscription(subscription.into()));
    }
    for part in [resource_group, name, version] {
        check_resource_name(part)?;
    }
    Ok(TemplateSpec {
        subscription: subscription.into(),
        resource_group: resource_group.into(),
        name: name.into(),
        version: version.into(),
    })
}
