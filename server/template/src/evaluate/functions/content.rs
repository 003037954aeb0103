//! Values from texts and files: `json()` and the `load...` functions of Bicep.
//!
//! None is what is not computed: a text that does not parse, or one that is too large. A number
//! that is not a whole one of 64 bits is an unknown value, never a rounded one.

mod json;
#[cfg(test)]
mod tests;
mod yaml;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::encode;
use crate::model::ExpressionId;
use crate::program::At;
use crate::value::{Entry, Evaluated, Lazy, Object, Reason, Rest, Value};

pub(super) use json::json;
pub(super) use yaml::yaml;

/// The largest file that is read. Bicep takes no more characters than this ([limits]).
///
/// [limits]: https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions-files
const MAXIMUM_SIZE: usize = 1 << 20;
/// How deep arrays and objects may nest.
const MAXIMUM_DEPTH: u32 = 64;
/// How many values a text may hold, those that aliases repeat included.
const MAXIMUM_NODES: u32 = 20_000;

/// What a function of texts gives; none if it is not one, or its arguments do not tell.
pub(super) fn apply(
    origin: At<ExpressionId>,
    function: &str,
    arguments: &[Value],
) -> Option<Value> {
    match (function, arguments) {
        ("json", [text]) => json(text.as_str()?, origin),
        ("base64tojson", [text]) => json(&encode::text_of_base64(text.as_str()?)?, origin),
        _ => None,
    }
}

/// What a `load...` function gives for a file with these bytes. The arguments are those of the
/// call, the path among them.
pub(super) fn load(
    function: &str,
    bytes: &[u8],
    arguments: &[Value],
    origin: At<ExpressionId>,
) -> Option<Value> {
    let text = |encoding: Option<&Value>| {
        let encoding = match encoding {
            None => "utf-8",
            Some(encoding) => encoding.as_str()?,
        };
        decode(bytes, encoding)
    };
    let part = |value: Value| match arguments.get(1) {
        None => Some(value),
        Some(path) => json_path(&value, path.as_str()?),
    };
    match function {
        "loadtextcontent" => Some(Value::string(&text(arguments.get(1))?)),
        "loadjsoncontent" => part(json(&text(arguments.get(2))?, origin)?),
        "loadyamlcontent" => part(yaml(&text(arguments.get(2))?, origin)?),
        "loadfileasbase64" => Some(Value::string(&base64(bytes)?)),
        _ => None,
    }
}

/// Bytes as text, in one of the encodings that Bicep takes. A byte order mark goes before the
/// encoding that is asked for, as everywhere in .NET.
pub(super) fn decode(bytes: &[u8], encoding: &str) -> Option<String> {
    if bytes.len() > MAXIMUM_SIZE {
        return None;
    }
    let (encoding, bytes) = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => ("utf-8", rest),
        // UTF-32, which nobody can ask for but the mark alone makes so.
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => return None,
        [0xFF, 0xFE, rest @ ..] => ("utf-16", rest),
        [0xFE, 0xFF, rest @ ..] => ("utf-16BE", rest),
        rest => (encoding, rest),
    };
    match encoding {
        "utf-8" => String::from_utf8(bytes.to_vec()).ok(),
        "us-ascii" if bytes.is_ascii() => String::from_utf8(bytes.to_vec()).ok(),
        "iso-8859-1" => Some(bytes.iter().copied().map(char::from).collect()),
        "utf-16" => utf16(bytes, u16::from_le_bytes),
        "utf-16BE" => utf16(bytes, u16::from_be_bytes),
        _ => None,
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks();
    if !rest.is_empty() {
        return None;
    }
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .collect::<Result<_, _>>()
        .ok()
}

/// Bytes in base64.
pub(super) fn base64(bytes: &[u8]) -> Option<String> {
    (bytes.len() <= MAXIMUM_SIZE).then(|| STANDARD.encode(bytes))
}

/// The part of a loaded value that a path names: `$.a.b[0]['c']`. Names are compared exactly, as
/// the compiler does. None for filters, wildcards and slices, and where there is no such part.
pub(super) fn json_path(value: &Value, path: &str) -> Option<Value> {
    let mut rest = path.strip_prefix('$').unwrap_or(path);
    let mut is_start = rest.len() == path.len();
    let mut value = value.clone();
    while !rest.is_empty() {
        let step;
        (step, rest) = match rest.strip_prefix('[') {
            Some(bracket) => match bracket.strip_prefix('\'') {
                Some(name) => {
                    let (name, rest) = name.split_once('\'')?;
                    (Step::name(name)?, rest.strip_prefix(']')?)
                }
                None => {
                    let (index, rest) = bracket.split_once(']')?;
                    let is_index = index.bytes().all(|byte| byte.is_ascii_digit());
                    (Step::Index(is_index.then(|| index.parse().ok())??), rest)
                }
            },
            None => {
                let name = match rest.strip_prefix('.') {
                    Some(name) => name,
                    None if is_start => rest,
                    None => return None,
                };
                let (name, rest) = name.split_at(name.find(['.', '[']).unwrap_or(name.len()));
                let is_plain = |char: char| char.is_alphanumeric() || matches!(char, '_' | '-');
                (
                    Step::name(name).filter(|_| name.chars().all(is_plain))?,
                    rest,
                )
            }
        };
        is_start = false;
        value = step.into(&value)?;
    }
    Some(value)
}

enum Step<'p> {
    Name(&'p str),
    Index(usize),
}

impl<'p> Step<'p> {
    fn name(name: &'p str) -> Option<Self> {
        (!name.is_empty() && !name.contains('\\')).then_some(Self::Name(name))
    }

    fn into(self, value: &Value) -> Option<Value> {
        let lazy = match (self, value) {
            (Self::Name(name), Value::Object(object)) => {
                let mut entries = object.entries.iter();
                &entries
                    .find(|entry| entry.key.as_str() == Some(name))?
                    .value
            }
            (Self::Index(index), Value::Array(array)) => array.items.get(index)?,
            _ => return None,
        };
        match lazy {
            Lazy::Evaluated(evaluated) => Some(evaluated.value.clone()),
            _ => None,
        }
    }
}

/// What a text holds, made into values.
struct Maker {
    origin: At<ExpressionId>,
    nodes: u32,
}

impl Maker {
    fn new(text: &str, origin: At<ExpressionId>) -> Option<Self> {
        (text.len() <= MAXIMUM_SIZE).then_some(Self { origin, nodes: 0 })
    }

    /// Counts values; none if they are too many.
    fn count(&mut self, nodes: u32) -> Option<()> {
        self.nodes = self.nodes.checked_add(nodes)?;
        (self.nodes <= MAXIMUM_NODES).then_some(())
    }

    fn lazy(&self, value: Value) -> Lazy {
        Lazy::Evaluated(Evaluated {
            value,
            origin: self.origin,
        })
    }

    /// An object of properties. Where names differ in case only, which one a look-up finds is not
    /// known, nor is anything of the object.
    fn object(&self, properties: Vec<(String, Value)>, repeated: Repeated) -> Option<Value> {
        let mut known = std::collections::BTreeMap::new();
        let mut entries: Vec<Entry> = Vec::with_capacity(properties.len());
        for (name, value) in properties {
            let at = *known.entry(name.to_lowercase()).or_insert(entries.len());
            let entry = Entry {
                key: Value::string(&name),
                key_expression: None,
                value: self.lazy(value),
            };
            match entries.get_mut(at) {
                None => entries.push(entry),
                Some(first) if first.key.as_str() != Some(&name) => {
                    return Some(Value::unknown(Reason::Unsupported));
                }
                Some(first) => match repeated {
                    Repeated::LastWins => *first = entry,
                    Repeated::Refused => return None,
                },
            }
        }
        Some(Value::Object(std::rc::Rc::new(Object {
            entries,
            rest: Rest::none(),
        })))
    }
}

/// What a property that is written twice means.
#[derive(Clone, Copy)]
enum Repeated {
    LastWins,
    Refused,
}
