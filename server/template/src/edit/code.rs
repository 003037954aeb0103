//! New code in its language, before it has a place: on one line, or on several.

use syntax::Language;

/// A value in the spelling of its language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Code {
    /// What is not broken into lines.
    Text(String),
    /// The same, with a comment behind it where it ends a line.
    Commented { text: String, comment: String },
    /// What is written elsewhere already, line by line.
    Lines(Vec<String>),
    /// An object: each entry begins with its key.
    Object(Vec<Entry>),
    /// An array.
    Array(Vec<Entry>),
}

/// An element of an object or array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The key with its colon and a space; empty in an array.
    pub(super) head: String,
    /// The value.
    pub(super) code: Code,
}

/// How code is broken into lines.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style<'s> {
    pub(super) language: Language,
    pub(super) newline: &'s str,
    /// One step of indentation.
    pub(super) unit: &'s str,
}

impl Entry {
    /// An element of an array.
    pub(super) const fn item(code: Code) -> Self {
        Self {
            head: String::new(),
            code,
        }
    }

    /// The element on one line.
    pub(super) fn inline(&self) -> String {
        format!("{}{}", self.head, self.code.inline())
    }

    /// The element over several lines, where something else follows it.
    pub(super) fn tall(&self, style: Style<'_>, indentation: &str) -> String {
        format!("{}{}", self.head, self.code.tall(style, indentation))
    }

    /// The element on lines of its own, without the indentation of the first; `separator` goes
    /// behind it, in front of its comment.
    pub(super) fn block(&self, style: Style<'_>, indentation: &str, separator: &str) -> String {
        let mut out = self.head.clone();
        self.code.write_block(&mut out, style, indentation);
        out.push_str(separator);
        if let Code::Commented { comment, .. } = &self.code {
            out.push_str(" // ");
            out.push_str(comment);
        }
        out
    }
}

impl Code {
    /// The value on one line.
    pub(super) fn inline(&self) -> String {
        match self {
            Self::Text(text) | Self::Commented { text, .. } => text.clone(),
            // A comment ends with its line.
            Self::Lines(lines) => lines.join("\n"),
            Self::Object(entries) if entries.is_empty() => "{}".to_owned(),
            Self::Object(entries) => format!("{{ {} }}", inline_list(entries)),
            Self::Array(entries) => format!("[{}]", inline_list(entries)),
        }
    }

    /// The value over several lines, if it has parts to break at.
    pub(super) fn tall(&self, style: Style<'_>, indentation: &str) -> String {
        let mut out = String::new();
        self.write_block(&mut out, style, indentation);
        out
    }

    fn write_block(&self, out: &mut String, style: Style<'_>, indentation: &str) {
        let (entries, open, close) = match self {
            Self::Object(entries) => (entries, '{', '}'),
            Self::Array(entries) => (entries, '[', ']'),
            Self::Text(text) | Self::Commented { text, .. } => {
                out.push_str(text);
                return;
            }
            Self::Lines(lines) => {
                for (index, line) in lines.iter().enumerate() {
                    if index > 0 {
                        out.push_str(style.newline);
                        out.push_str(if line.is_empty() { "" } else { indentation });
                    }
                    out.push_str(line);
                }
                return;
            }
        };
        out.push(open);
        if !entries.is_empty() {
            let inner = format!("{indentation}{}", style.unit);
            for (index, entry) in entries.iter().enumerate() {
                let is_last = index + 1 == entries.len();
                let separator = match style.language {
                    Language::Json if !is_last => ",",
                    _ => "",
                };
                out.push_str(style.newline);
                out.push_str(&inner);
                out.push_str(&entry.block(style, &inner, separator));
            }
            out.push_str(style.newline);
            out.push_str(indentation);
        }
        out.push(close);
    }
}

/// Elements one behind the other on one line.
pub(super) fn inline_list(entries: &[Entry]) -> String {
    let entries: Vec<_> = entries.iter().map(Entry::inline).collect();
    entries.join(", ")
}
