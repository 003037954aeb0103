//! YAML, as far as every reader of it agrees.
//!
//! What the versions and schemas of YAML read differently (`yes`, `0o7`, `1:30`, dates, merged
//! maps) is unknown.

use std::collections::BTreeMap;
use std::rc::Rc;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use super::{MAXIMUM_DEPTH, Maker, Repeated};
use crate::model::ExpressionId;
use crate::program::At;
use crate::value::{Array, Reason, Rest, Value};

/// The value of the first document of a YAML text.
pub(in super::super) fn yaml(text: &str, origin: At<ExpressionId>) -> Option<Value> {
    let mut reader = Reader {
        maker: Maker::new(text, origin)?,
        open: Vec::new(),
        anchors: BTreeMap::new(),
        first: None,
    };
    // What follows the first document is read too: the text is either all YAML or none.
    for event in Parser::new_from_str(text) {
        reader.event(event.ok()?.0)?;
    }
    reader.first
}

struct Reader {
    maker: Maker,
    /// The collections around the place at hand, innermost last.
    open: Vec<Collection>,
    anchors: BTreeMap<usize, Node>,
    first: Option<Value>,
}

/// A value, and how much an alias repeats.
#[derive(Clone)]
struct Node {
    value: Value,
    nodes: u32,
    height: u32,
}

/// An array or object that has not ended; in an object, names and values take turns.
struct Collection {
    anchor: usize,
    kind: Kind,
    items: Vec<Value>,
    nodes: u32,
    height: u32,
}

#[derive(Clone, Copy)]
enum Kind {
    Sequence,
    Mapping,
    /// With a type of its own.
    Unknown,
}

impl Reader {
    fn event(&mut self, event: Event<'_>) -> Option<()> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.maker.count(1)?;
                let value = scalar(&text, style, tag.as_deref());
                self.add(
                    anchor,
                    Node {
                        value,
                        nodes: 1,
                        height: 0,
                    },
                )
            }
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor)?.clone();
                self.maker.count(node.nodes)?;
                self.add(0, node)
            }
            Event::SequenceStart(anchor, tag) => {
                self.start(anchor, Kind::Sequence, tag.as_deref(), "seq")
            }
            Event::MappingStart(anchor, tag) => {
                self.start(anchor, Kind::Mapping, tag.as_deref(), "map")
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let ended = self.open.pop()?;
                let node = Node {
                    nodes: ended.nodes + 1,
                    height: ended.height + 1,
                    value: match ended.kind {
                        Kind::Sequence => Value::Array(Rc::new(Array {
                            items: ended
                                .items
                                .into_iter()
                                .map(|item| self.maker.lazy(item))
                                .collect(),
                            rest: Rest::none(),
                        })),
                        Kind::Mapping => self.object(ended.items)?,
                        Kind::Unknown => Value::unknown(Reason::Unsupported),
                    },
                };
                self.add(ended.anchor, node)
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Some(()),
        }
    }

    fn start(&mut self, anchor: usize, kind: Kind, tag: Option<&Tag>, own: &str) -> Option<()> {
        self.maker.count(1)?;
        self.open.push(Collection {
            anchor,
            kind: if tag.is_none_or(|tag| is_core(tag, own)) {
                kind
            } else {
                Kind::Unknown
            },
            items: Vec::new(),
            nodes: 0,
            height: 0,
        });
        (self.open.len() <= MAXIMUM_DEPTH as usize).then_some(())
    }

    fn add(&mut self, anchor: usize, node: Node) -> Option<()> {
        if self.open.len() + node.height as usize > MAXIMUM_DEPTH as usize {
            return None;
        }
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut() {
            Some(around) => {
                around.nodes += node.nodes;
                around.height = around.height.max(node.height);
                around.items.push(node.value);
            }
            None => {
                self.first.get_or_insert(node.value);
            }
        }
        Some(())
    }

    fn object(&self, items: Vec<Value>) -> Option<Value> {
        let mut properties = Vec::with_capacity(items.len() / 2);
        let mut items = items.into_iter();
        while let (Some(name), Some(value)) = (items.next(), items.next()) {
            let name = match &name {
                Value::Integer(number) => number.to_string(),
                name => match name.as_str() {
                    // Other entries flow in here.
                    None | Some("<<") => return Some(Value::unknown(Reason::Unsupported)),
                    Some(name) => name.to_owned(),
                },
            };
            properties.push((name, value));
        }
        self.maker.object(properties, Repeated::Refused)
    }
}

fn is_core(tag: &Tag, name: &str) -> bool {
    tag.is_yaml_core_schema() && tag.suffix == name
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    match tag {
        Some(tag) if is_core(tag, "str") => Value::string(text),
        Some(_) => Value::unknown(Reason::Unsupported),
        None if style == ScalarStyle::Plain => plain(text),
        None => Value::string(text),
    }
}

/// A scalar without quotes.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" => return Value::Null,
        "true" => return Value::Bool(true),
        "false" => return Value::Bool(false),
        _ => {}
    }
    if is_whole_number(text)
        && let Ok(number) = text.parse()
    {
        return Value::Integer(number);
    }
    if is_word(text) || is_numeric(text) || is_date(text) {
        return Value::unknown(Reason::Unsupported);
    }
    Value::string(text)
}

fn is_whole_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits == "0" && text == "0"
        || !digits.starts_with('0')
            && !digits.is_empty()
            && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// What is a boolean or null in some versions only, or in some case of letters.
fn is_word(text: &str) -> bool {
    const WORDS: [&str; 11] = [
        "null", "true", "false", "yes", "no", "on", "off", "y", "n", "=", "<<",
    ];
    // As a name, `<<` is looked for.
    text != "<<" && WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// What some version may take for a number.
fn is_numeric(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let lower = unsigned.to_ascii_lowercase();
    if matches!(lower.as_str(), ".inf" | ".nan" | "inf" | "nan" | "infinity") {
        return true;
    }
    if ["0x", "0o", "0b"]
        .iter()
        .any(|start| lower.starts_with(start))
    {
        return true;
    }
    let mantissa = match lower.split_once('e') {
        Some((mantissa, exponent)) => {
            let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return false;
            }
            mantissa
        }
        None => &lower,
    };
    // No number has two points: addresses and versions do.
    mantissa.contains(|char: char| char.is_ascii_digit())
        && mantissa
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'_' | b':' | b','))
        && mantissa.matches('.').count() < 2
}

/// What some version may take for a date: `2024-01-31`.
fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let is_number = |part: Option<&str>| {
        part.is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    text.split('-').next().is_some_and(|year| year.len() == 4)
        && is_number(parts.next())
        && is_number(parts.next())
        && parts
            .next()
            .is_some_and(|day| day.starts_with(|char: char| char.is_ascii_digit()))
}
