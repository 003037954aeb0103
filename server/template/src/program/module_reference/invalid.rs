//! Why a reference is invalid.

use std::fmt;

/// Why a reference is invalid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidReference {
    /// Nothing is written, or no path behind the alias.
    Empty,
    /// A path is absolute.
    Absolute,
    /// A path has a character that it must not have, or not at its end.
    Character(char),
    /// What stands before the colon is neither `br` nor `ts`, in these letters.
    UnknownScheme(Box<str>),
    /// An alias has a name that no alias may have.
    AliasName(Box<str>),
    /// An alias is not configured.
    UnknownAlias(Box<str>),
    /// An alias is configured without its registry, subscription or resource group.
    IncompleteAlias(Box<str>),
    /// It does not have the parts of a reference.
    Malformed,
    /// A registry, or part of a name, is too long.
    TooLong(Box<str>),
    /// A registry is no host.
    Registry(Box<str>),
    /// A part of a module's path is not one.
    Segment(Box<str>),
    /// There is no version behind it.
    NoVersion,
    /// A tag is not one.
    Tag(Box<str>),
    /// A digest is not one.
    Digest(Box<str>),
    /// A subscription is no GUID.
    Subscription(Box<str>),
    /// The name of a resource group, template spec or version is not one.
    ResourceName(Box<str>),
}

impl fmt::Display for InvalidReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the path is empty"),
            Self::Absolute => f.write_str("the path is not relative"),
            Self::Character('\\') => f.write_str("paths are written with `/`, not with `\\`"),
            Self::Character(letter) => write!(f, "the path has a {letter:?} in the wrong place"),
            Self::UnknownScheme(scheme) => write!(f, "`{scheme}` is neither `br` nor `ts`"),
            Self::AliasName(name) => write!(f, "no alias may be called `{name}`"),
            Self::UnknownAlias(name) => write!(f, "the alias `{name}` is not configured"),
            Self::IncompleteAlias(name) => {
                write!(f, "the alias `{name}` is configured without what it needs")
            }
            Self::Malformed => f.write_str("parts of the reference are missing, or too many"),
            Self::TooLong(name) => write!(f, "`{name}` is too long"),
            Self::Registry(registry) => write!(f, "`{registry}` is not the host of a registry"),
            Self::Segment(segment) => {
                write!(f, "`{segment}` cannot be part of the path of a module")
            }
            Self::NoVersion => f.write_str("the version is missing"),
            Self::Tag(tag) => write!(f, "`{tag}` is not a tag"),
            Self::Digest(digest) => write!(f, "`{digest}` is not a digest"),
            Self::Subscription(subscription) => {
                write!(f, "`{subscription}` is not the id of a subscription")
            }
            Self::ResourceName(name) => write!(
                f,
                "`{name}` is not the name of a resource group, a template spec or a version"
            ),
        }
    }
}
