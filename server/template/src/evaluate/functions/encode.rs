//! Functions that write a text in another way: base64, URIs and hashes.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;

use crate::value::Value;

/// What a function that encodes or decodes gives; none if it is not one, or its arguments do not
/// tell.
pub(super) fn apply(function: &str, arguments: &[Value]) -> Option<Value> {
    let known = |text: String| Some(Value::string(&text));
    match (function, arguments) {
        ("base64", [text]) => known(STANDARD.encode(text.as_str()?)),
        ("base64tostring", [text]) => known(text_of_base64(text.as_str()?)?),
        // The documentation has `utf8`, the engine gives `utf-8` ([test]).
        //
        // [test]: https://github.com/Azure/bicep/blob/main/src/Bicep.Core.UnitTests/TypeSystem/FunctionResolverTests.cs
        ("datauri", [text]) => known(format!(
            "data:text/plain;charset=utf-8;base64,{}",
            STANDARD.encode(text.as_str()?)
        )),
        ("datauritostring", [uri]) => known(text_of_data_uri(uri.as_str()?)?),
        ("uricomponent", [text]) => known(escaped(text.as_str()?)?),
        ("uricomponenttostring", [text]) => known(unescaped(text.as_str()?)?),
        ("uri", [base, relative]) => known(joined(base.as_str()?, relative.as_str()?)?),
        ("guid", [_, ..]) => {
            let texts: Option<Vec<&str>> = arguments.iter().map(Value::as_str).collect();
            known(guid(&texts?))
        }
        _ => None,
    }
}

/// The text that base64 stands for, if it is UTF-8.
pub(super) fn text_of_base64(base64: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(base64).ok()?).ok()
}

fn text_of_data_uri(uri: &str) -> Option<String> {
    let (head, base64) = uri.strip_prefix("data:")?.split_once(',')?;
    let text = text_of_base64(base64)?;
    let mut parts = head.strip_suffix(";base64")?.split(';').skip(1);
    let charset = parts.find_map(|part| part.strip_prefix("charset="));
    match charset {
        Some(charset) => ["utf-8", "utf8"]
            .iter()
            .any(|known| charset.eq_ignore_ascii_case(known)),
        None => text.is_ascii(),
    }
    .then_some(text)
}

/// A UUID of version 5 of the arguments joined with hyphens ([algorithm]); the namespace is that of
/// Azure, in which the examples of the compiler's tests come out.
///
/// [algorithm]: https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions-string#guid
fn guid(texts: &[&str]) -> String {
    const NAMESPACE: Uuid = Uuid::from_u128(0x11fb_06fb_712d_4ddd_98c7_e71b_bd58_8830);
    Uuid::new_v5(&NAMESPACE, texts.join("-").as_bytes()).to_string()
}

/// Whether a byte stands for itself in a URI.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~')
}

fn escaped(text: &str) -> Option<String> {
    let mut result = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            byte if is_unreserved(byte) => result.push(byte.into()),
            // Versions of .NET differ in these.
            b'!' | b'*' | b'\'' | b'(' | b')' => return None,
            byte => write!(result, "%{byte:02X}").ok()?,
        }
    }
    Some(result)
}

fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        bytes.push((digit()? * 16 + digit()?) as u8);
    }
    String::from_utf8(bytes).ok()
}

/// A reference resolved against a base, where nothing in them is escaped, shortened or put in
/// another case on the way.
fn joined(base: &str, relative: &str) -> Option<String> {
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| base.starts_with(scheme))?;
    let authority = &base[..base[scheme.len()..]
        .find('/')
        .map_or(base.len(), |slash| scheme.len() + slash)];
    let host = &authority[scheme.len()..];
    let is_host =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
    let path = &base[authority.len()..];
    let (target, query) = relative.split_at(relative.find('?').unwrap_or(relative.len()));
    let is_path = |path: &str| {
        path.bytes().all(|byte| is_unreserved(byte) || byte == b'/')
            && !path.contains("//")
            && path.split('/').all(|part| part != "." && part != "..")
    };
    let is_plain = !host.is_empty()
        && host.bytes().all(is_host)
        && is_path(path)
        && is_path(target)
        && query.bytes().all(|byte| is_unreserved(byte) || b"?=&".contains(&byte))
        // Nothing but a query keeps the last segment of the base.
        && (!target.is_empty() || query.is_empty() && (path.is_empty() || path.ends_with('/')));
    is_plain.then(|| {
        if target.starts_with('/') {
            return format!("{authority}{relative}");
        }
        let folder = &path[..path.rfind('/').map_or(0, |slash| slash + 1)];
        let folder = if folder.is_empty() { "/" } else { folder };
        format!("{authority}{folder}{relative}")
    })
}
