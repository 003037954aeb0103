//! One `bicepconfig.json`, read by itself.

use std::borrow::Cow;

use syntax::{Document, Language, TextRange, arm_expression};
use tree_sitter::Node;

use super::{Aliases, Analyzer, ProblemKind, RULES, RegistryAlias, RuleLevel, TemplateSpecAlias};

/// What one file says.
pub(super) struct Layer {
    pub(super) aliases: Aliases,
    pub(super) analyzer: Analyzer,
    /// The file that it extends, and where it says so.
    pub(super) extends: Option<(String, TextRange)>,
}

type Result<T> = std::result::Result<T, (TextRange, ProblemKind)>;

impl Layer {
    /// Reads a text. Names are compared with regard to case, and null is as good as nothing.
    pub(super) fn read(text: &str) -> Result<Self> {
        // Blanked, so that places in the text stay what they are.
        let text = match text.strip_prefix('\u{feff}') {
            Some(rest) => Cow::Owned(format!("   {rest}")),
            None => Cow::Borrowed(text),
        };
        let document = Document::new(Language::Json, &text);
        let source = Source(&text);
        let root = source.object(root(&document)?, "bicepconfig.json")?;
        let mut aliases = Aliases {
            cache_root: source.string_member(&root, "cacheRootDirectory", "")?,
            ..Aliases::default()
        };
        let module_aliases = source.object_member(&root, "moduleAliases", "")?;
        for (name, path, alias) in source.aliases(&module_aliases, "br", "moduleAliases")? {
            let alias = RegistryAlias {
                registry: source.string_member(&alias, "registry", &path)?,
                module_path: source.string_member(&alias, "modulePath", &path)?,
            };
            aliases.registries.insert(name, alias);
        }
        for (name, path, alias) in source.aliases(&module_aliases, "ts", "moduleAliases")? {
            let alias = TemplateSpecAlias {
                subscription: source.string_member(&alias, "subscription", &path)?,
                resource_group: source.string_member(&alias, "resourceGroup", &path)?,
            };
            aliases.template_specs.insert(name, alias);
        }
        let folders = source.object_member(&root, "moduleAliasesMock", "")?;
        for (name, path, alias) in source.aliases(&folders, "br", "moduleAliasesMock")? {
            if let Some(folder) = source.string_member(&alias, "mapToFilePath", &path)? {
                aliases.folders.insert(name, folder);
            }
        }
        let extends = member(&root, "extends");
        Ok(Self {
            aliases,
            analyzer: source.analyzer(&root),
            extends: source
                .string_member(&root, "extends", "")?
                .zip(extends.map(TextRange::from)),
        })
    }
}

/// The value that a text is.
fn root(document: &Document) -> Result<Node<'_>> {
    let root = document.root();
    if let Some(range) = first_error(root) {
        return Err((range, ProblemKind::NoJson));
    }
    let mut cursor = root.walk();
    let mut values = root
        .named_children(&mut cursor)
        .filter(|node| !node.is_extra());
    match (values.next(), values.next()) {
        (Some(value), None) => Ok(value),
        _ => Err((root.into(), ProblemKind::NoJson)),
    }
}

fn first_error(root: Node<'_>) -> Option<TextRange> {
    if !root.has_error() {
        return None;
    }
    let mut cursor = root.walk();
    loop {
        let node = cursor.node();
        if node.is_error() || node.is_missing() {
            return Some(node.into());
        }
        if node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return Some(root.into());
            }
        }
    }
}

/// The members of an object, in the order of the text.
type Members<'t> = Vec<(String, Node<'t>)>;

#[derive(Clone, Copy)]
struct Source<'s>(&'s str);

impl Source<'_> {
    fn object<'t>(self, node: Node<'t>, path: &str) -> Result<Members<'t>> {
        if node.kind() != "object" {
            return Err((node.into(), ProblemKind::NoObject(path.to_owned())));
        }
        let mut cursor = node.walk();
        Ok(node
            .named_children(&mut cursor)
            .filter_map(|pair| {
                let key = self.string(pair.child_by_field_name("key")?)?;
                Some((key, pair.child_by_field_name("value")?))
            })
            .collect())
    }

    fn string(self, node: Node<'_>) -> Option<String> {
        if node.kind() != "string" {
            return None;
        }
        let quoted = self.0.get(node.byte_range())?;
        let raw = quoted.strip_prefix('"')?.strip_suffix('"')?;
        arm_expression::unescape(raw).map(Into::into)
    }

    fn string_member(
        self,
        members: &Members<'_>,
        name: &str,
        around: &str,
    ) -> Result<Option<String>> {
        let Some(value) = member(members, name) else {
            return Ok(None);
        };
        match self.string(value) {
            Some(text) => Ok(Some(text)),
            None => Err((value.into(), ProblemKind::NoString(join(around, name)))),
        }
    }

    /// The members of an object in an object; none where there is no such object.
    fn object_member<'t>(
        self,
        members: &Members<'t>,
        name: &str,
        around: &str,
    ) -> Result<Members<'t>> {
        match member(members, name) {
            Some(value) => self.object(value, &join(around, name)),
            None => Ok(Vec::new()),
        }
    }

    /// What is said of our rules. Bicep reads its own part of `analyzers` without regard to what is
    /// wrong beside it; so what is no level here is none, and no problem of the file.
    fn analyzer(self, root: &Members<'_>) -> Analyzer {
        let members = |around, name| self.object_member(around, name, "").unwrap_or_default();
        let [analyzers, ours, rules] = RULES;
        let analyzers = members(root, analyzers);
        let ours = members(&analyzers, ours);
        let rules = members(&ours, rules);
        let levels = rules.into_iter().filter_map(|(rule, value)| {
            let members = self.object(value, &rule).ok()?;
            let level = self.string(member(&members, "level")?)?;
            Some((rule, RuleLevel::named(&level)?))
        });
        Analyzer {
            is_enabled: match member(&ours, "enabled").map(|value| value.kind()) {
                Some("true") => Some(true),
                Some("false") => Some(false),
                _ => None,
            },
            levels: levels.collect(),
        }
    }

    /// The aliases of one kind: their names, paths and members.
    fn aliases<'t>(
        self,
        members: &Members<'t>,
        kind: &str,
        around: &str,
    ) -> Result<Vec<(String, String, Members<'t>)>> {
        let path = join(around, kind);
        self.object_member(members, kind, around)?
            .into_iter()
            .filter(|(_, value)| value.kind() != "null")
            .map(|(name, value)| {
                let path = join(&path, &name);
                let members = self.object(value, &path)?;
                Ok((name, path, members))
            })
            .collect()
    }
}

/// The value of a member that is not null. Of several with one name the last counts.
fn member<'t>(members: &Members<'t>, name: &str) -> Option<Node<'t>> {
    let (_, value) = members.iter().rev().find(|(key, _)| key == name)?;
    (value.kind() != "null").then_some(*value)
}

fn join(around: &str, name: &str) -> String {
    if around.is_empty() {
        name.to_owned()
    } else {
        format!("{around}.{name}")
    }
}
