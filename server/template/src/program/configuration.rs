//! What `bicepconfig.json` says of where modules are ([guide], [code]), and, under `analyzers.apim`,
//! of the levels of rules.
//!
//! The nearest file upward counts, alone but for the files that it `extends`. It is laid over what
//! is built in, property by property. Where anything in it is wrong, Bicep goes on with what is
//! built in; so do we, and [`Configuration::problem`] says what it was. Comments are allowed, and,
//! other than in Bicep, a comma behind the last element.
//!
//! [guide]: https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-config-modules
//! [code]: https://github.com/Azure/bicep/blob/main/src/Bicep.Core/Configuration/BicepConfigurationManager.cs

mod layer;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Component, Path, PathBuf};

use syntax::TextRange;

use self::layer::Layer;

/// The name of the file.
pub const FILE_NAME: &str = "bicepconfig.json";

/// Where a file says something of our rules: under these names, one inside the other.
const RULES: [&str; 3] = ["analyzers", "apim", "rules"];

/// The names, one inside the other, under which a file gives a rule its level.
#[must_use]
pub const fn path_of_level(rule: &str) -> [&str; 5] {
    let [analyzers, ours, rules] = RULES;
    [analyzers, ours, rules, rule, "level"]
}

/// How many files may extend one another ([code]).
///
/// [code]: https://github.com/Azure/bicep/blob/main/src/Bicep.Core/Configuration/BicepConfigurationManager.cs
const MAXIMUM_CHAIN: usize = 64;

/// What configuration says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// The files that it was looked for in, the nearest first, also one that another extends and
    /// that is not there. Empty where nothing is configured.
    pub files: Vec<PathBuf>,
    /// What is wrong with the files; everything is as built in then.
    pub problem: Option<Problem>,
    aliases: Aliases,
    analyzer: Analyzer,
}

/// The level that a rule is given, in the words of Bicep's own rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleLevel {
    /// It reports nothing.
    Off,
    /// `info`.
    Info,
    /// `warning`.
    Warning,
    /// `error`.
    Error,
}

impl RuleLevel {
    /// The level of a name, without regard to case, as Bicep reads it; none of a name that is not
    /// known.
    fn named(name: &str) -> Option<Self> {
        let levels = [
            ("off", Self::Off),
            ("info", Self::Info),
            ("warning", Self::Warning),
            ("error", Self::Error),
        ];
        let mut levels = levels.into_iter();
        levels.find_map(|(known, level)| known.eq_ignore_ascii_case(name).then_some(level))
    }
}

/// What a file says of `analyzers.apim`, and all files together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Analyzer {
    is_enabled: Option<bool>,
    levels: BTreeMap<String, RuleLevel>,
}

impl Analyzer {
    /// Lays what another file says over this.
    fn overlay(&mut self, over: Self) {
        self.is_enabled = over.is_enabled.or(self.is_enabled);
        self.levels.extend(over.levels);
    }
}

/// What is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file that has it.
    pub file: PathBuf,
    /// Where it is.
    pub range: TextRange,
    /// What it is.
    pub kind: ProblemKind,
}

/// What can be wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// The text is no JSON.
    NoJson,
    /// A value, named by its path, should be an object.
    NoObject(String),
    /// A value, named by its path, should be a string.
    NoString(String),
    /// `extends` is an absolute path.
    ExtendsAbsolute,
    /// The file that is extended cannot be read.
    ExtendsMissing(PathBuf),
    /// Files extend each other in a circle.
    ExtendsCycle(PathBuf),
    /// Too many files extend one another.
    ExtendsTooDeep,
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoJson => f.write_str("this is not valid JSON"),
            Self::NoObject(path) => write!(f, "`{path}` is not an object"),
            Self::NoString(path) => write!(f, "`{path}` is not a string"),
            Self::ExtendsAbsolute => f.write_str("`extends` needs a relative path"),
            Self::ExtendsMissing(path) => {
                write!(
                    f,
                    "`extends` names a file that is not there: {}",
                    path.display()
                )
            }
            Self::ExtendsCycle(path) => {
                write!(f, "`extends` leads back to {}", path.display())
            }
            Self::ExtendsTooDeep => f.write_str("too many files extend one another"),
        }
    }
}

/// What an alias of a registry stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegistryAlias {
    /// The registry; an alias without one is of no use.
    pub registry: Option<String>,
    /// What stands before the path of each module.
    pub module_path: Option<String>,
}

/// What an alias of template specs stands for; both parts are needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateSpecAlias {
    /// The subscription.
    pub subscription: Option<String>,
    /// The resource group.
    pub resource_group: Option<String>,
}

/// What a file may say, and all files together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Aliases {
    registries: BTreeMap<String, RegistryAlias>,
    template_specs: BTreeMap<String, TemplateSpecAlias>,
    folders: BTreeMap<String, String>,
    cache_root: Option<String>,
}

impl Aliases {
    /// What is built in ([code]).
    ///
    /// [code]: https://github.com/Azure/bicep/blob/main/src/Bicep.Core/Configuration/bicepconfig.json
    fn built_in() -> Self {
        let public = RegistryAlias {
            registry: Some("mcr.microsoft.com".to_owned()),
            module_path: Some("bicep".to_owned()),
        };
        Self {
            registries: BTreeMap::from([("public".to_owned(), public)]),
            ..Self::default()
        }
    }

    /// Lays what another file says over this.
    fn overlay(&mut self, over: Self) {
        for (name, alias) in over.registries {
            let known = self.registries.entry(name).or_default();
            known.registry = alias.registry.or(known.registry.take());
            known.module_path = alias.module_path.or(known.module_path.take());
        }
        for (name, alias) in over.template_specs {
            let known = self.template_specs.entry(name).or_default();
            known.subscription = alias.subscription.or(known.subscription.take());
            known.resource_group = alias.resource_group.or(known.resource_group.take());
        }
        self.folders.extend(over.folders);
        self.cache_root = over.cache_root.or(self.cache_root.take());
    }
}

impl Default for Configuration {
    fn default() -> Self {
        Self {
            files: Vec::new(),
            problem: None,
            aliases: Aliases::built_in(),
            analyzer: Analyzer::default(),
        }
    }
}

impl Configuration {
    /// The configuration of a file; `read` gives the text of a file, or none if there is none.
    #[must_use]
    pub fn of(file: &Path, read: &dyn Fn(&Path) -> Option<String>) -> Self {
        let nearest = file.ancestors().skip(1).find_map(|folder| {
            let path = folder.join(FILE_NAME);
            read(&path).map(|text| (path, text))
        });
        match nearest {
            Some((path, text)) => Self::read(&path, &text, read),
            None => Self::default(),
        }
    }

    /// The configuration that a `bicepconfig.json` with a text is; `read` gives the text of the
    /// files that it extends.
    #[must_use]
    pub fn read(file: &Path, text: &str, read: &dyn Fn(&Path) -> Option<String>) -> Self {
        let mut configuration = Self {
            files: vec![normal(file)],
            ..Self::default()
        };
        match configuration.chain(text, read) {
            Ok(layers) => {
                for layer in layers.into_iter().rev() {
                    configuration.aliases.overlay(layer.aliases);
                    configuration.analyzer.overlay(layer.analyzer);
                }
            }
            Err(problem) => configuration.problem = Some(problem),
        }
        configuration
    }

    /// What the file and those that it extends say, the nearest first.
    fn chain(
        &mut self,
        text: &str,
        read: &dyn Fn(&Path) -> Option<String>,
    ) -> Result<Vec<Layer>, Problem> {
        let mut layers = Vec::new();
        let mut file = self.files[0].clone();
        let mut text = text.to_owned();
        loop {
            let problem = |(range, kind)| Problem {
                file: file.clone(),
                range,
                kind,
            };
            let layer = Layer::read(&text).map_err(problem)?;
            let extends = layer.extends.clone();
            layers.push(layer);
            let Some((base, range)) = extends.filter(|(base, _)| !base.trim().is_empty()) else {
                return Ok(layers);
            };
            let problem = |kind| Err(problem((range, kind)));
            if is_absolute(&base) {
                return problem(ProblemKind::ExtendsAbsolute);
            }
            let next = normal(&file.parent().unwrap_or(Path::new("")).join(base));
            if self.files.contains(&next) {
                return problem(ProblemKind::ExtendsCycle(next));
            }
            if layers.len() >= MAXIMUM_CHAIN {
                return problem(ProblemKind::ExtendsTooDeep);
            }
            self.files.push(next.clone());
            match read(&next) {
                Some(read) => text = read,
                None => return problem(ProblemKind::ExtendsMissing(next)),
            }
            file = next;
        }
    }

    /// The level that a rule is given, by its name in exactly these letters; none where it has its
    /// own.
    #[must_use]
    pub fn rule_level(&self, rule: &str) -> Option<RuleLevel> {
        if self.analyzer.is_enabled == Some(false) {
            return Some(RuleLevel::Off);
        }
        self.analyzer.levels.get(rule).copied()
    }

    /// The alias of a registry, by its name in exactly these letters.
    #[must_use]
    pub fn registry_alias(&self, name: &str) -> Option<&RegistryAlias> {
        self.aliases.registries.get(name)
    }

    /// The alias of template specs, by its name in exactly these letters.
    #[must_use]
    pub fn template_spec_alias(&self, name: &str) -> Option<&TemplateSpecAlias> {
        self.aliases.template_specs.get(name)
    }

    /// The folder whose files stand for the modules of an alias (`moduleAliasesMock`, [code]).
    ///
    /// [code]: https://github.com/Azure/bicep/blob/main/src/Bicep.Core/Registry/Oci/OciArtifactMockedReference.cs
    #[must_use]
    pub fn alias_folder(&self, name: &str) -> Option<PathBuf> {
        let folder = self.aliases.folders.get(name)?;
        let beside = self.files.first()?.parent()?;
        Some(normal(&beside.join(folder)))
    }

    /// The folder that restored modules are kept in: what is configured, else `default`, which is
    /// `~/.bicep` for the Bicep CLI. A `~` at the start is `home`; nothing else is replaced
    /// ([code]). None where that gives no absolute path.
    ///
    /// [code]: https://github.com/Azure/bicep/blob/main/src/Bicep.Core/Configuration/RootConfiguration.cs
    #[must_use]
    pub fn cache_root(&self, home: Option<&Path>, default: Option<&Path>) -> Option<PathBuf> {
        let configured = self.aliases.cache_root.as_deref().unwrap_or_default();
        if configured.trim().is_empty() {
            return default.map(Path::to_owned);
        }
        if let Some(rest) = configured.strip_prefix('~')
            && (rest.is_empty() || rest.starts_with(['/', '\\']))
        {
            let inside = rest.split(['/', '\\']).filter(|part| !part.is_empty());
            return home.map(|home| inside.fold(home.to_owned(), |path, part| path.join(part)));
        }
        is_absolute(configured).then(|| PathBuf::from(configured))
    }
}

/// Whether a path is absolute on any system.
fn is_absolute(path: &str) -> bool {
    let mut bytes = path.bytes();
    match bytes.next() {
        Some(b'/' | b'\\') => true,
        Some(letter) => letter.is_ascii_alphabetic() && bytes.next() == Some(b':'),
        None => false,
    }
}

/// A path without `.` and, as far as there is something before it, without `..`.
pub(crate) fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => match normal.components().next_back() {
                Some(Component::Normal(_)) => {
                    normal.pop();
                }
                Some(Component::RootDir | Component::Prefix(_)) => {}
                _ => normal.push(component),
            },
            component => normal.push(component),
        }
    }
    normal
}
