//! What the parts of a reference may look like.

use super::{InvalidReference, Result};

/// The longest name of a registry, and of a repository ([code]).
///
/// [code]: https://github.com/Azure/bicep/blob/main/src/Bicep.Core/Registry/Oci/OciArtifactReferenceFacts.cs
pub(super) const MAXIMUM_NAME: usize = 255;
/// The longest tag.
pub(super) const MAXIMUM_TAG: usize = 128;
/// The longest name of a resource group, template spec or version of one.
pub(super) const MAXIMUM_RESOURCE_NAME: usize = 90;

pub(super) fn check_alias(name: &str) -> Result<()> {
    let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !name.is_empty() && name.bytes().all(is_legal) {
        return Ok(());
    }
    Err(InvalidReference::AliasName(name.into()))
}

/// Checks a part of a repository: words of `a-z` and `0-9` with one of `.`, `_`, `-` in between.
pub(super) fn check_segment(segment: &str) -> Result<()> {
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    if segment.split(['.', '_', '-']).all(is_word) {
        return Ok(());
    }
    Err(InvalidReference::Segment(segment.into()))
}

pub(super) fn checked_tag(tag: &str) -> Result<Box<str>> {
    let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    if tag.starts_with(['.', '-']) || !tag.bytes().all(is_legal) {
        return Err(InvalidReference::Tag(tag.into()));
    }
    if tag.len() > MAXIMUM_TAG {
        return Err(InvalidReference::TooLong(tag.into()));
    }
    Ok(tag.into())
}

pub(super) fn is_digest(digest: &str) -> bool {
    digest.strip_prefix("sha256:").is_some_and(|hash| {
        hash.len() == 64
            && hash
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// Whether a text is a host, with or without a port.
pub(super) fn is_host(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, port)) => {
            let is_address = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
            if address.is_empty() || !address.bytes().all(is_address) {
                return false;
            }
            (None, port)
        }
        None => {
            let at = text.find(':').unwrap_or(text.len());
            (Some(&text[..at]), &text[at..])
        }
    };
    let is_label = |label: &str| {
        let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        !label.is_empty() && label.bytes().all(is_legal)
    };
    let is_port = match port.strip_prefix(':') {
        Some(number) => number.parse::<u16>().is_ok() && !number.starts_with('+'),
        None => port.is_empty(),
    };
    is_port && host.is_none_or(|host| host.split('.').all(is_label))
}

/// Whether a text is a GUID, with its hyphens or without any.
pub(super) fn is_guid(text: &str) -> bool {
    let groups: Vec<_> = text.split('-').map(str::len).collect();
    let is_shaped = matches!(groups[..], [8, 4, 4, 4, 12] | [32]);
    is_shaped
        && text
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// Checks the name of a resource group, a template spec or a version of one.
pub(super) fn check_resource_name(name: &str) -> Result<()> {
    if name.encode_utf16().count() > MAXIMUM_RESOURCE_NAME {
        return Err(InvalidReference::TooLong(name.into()));
    }
    let is_legal =
        |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.' | '(' | ')');
    if name.is_empty() || name.ends_with('.') || !name.chars().all(is_legal) {
        return Err(InvalidReference::ResourceName(name.into()));
    }
    Ok(())
}
