//! Changes of files, as the client takes them.

use std::collections::HashMap;
use std::fmt::Write as _;

use ropey::Rope;
use rules::Fix;
use serde_json::{Value, json};
use similar::{ChangeTag, TextDiff};
use syntax::TextRange;
use tower_lsp::ls_types::{TextEdit, Uri};

use super::capabilities::Client;
use super::convert::Converter;
use super::outcome::{Outcome, Seen};
use super::paths::uri_of;

/// A change of files, all of it or nothing.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Change {
    edited: Vec<Edited>,
    /// The names and texts of files that are added.
    created: Vec<(Uri, String)>,
}

/// The edits of one file.
#[derive(Clone, Debug, PartialEq)]
struct Edited {
    uri: Uri,
    version: Option<i32>,
    text: Rope,
    /// In the order of the text; they do not overlap.
    edits: Vec<Edit>,
}

/// A replacement of some bytes.
#[derive(Clone, Debug, PartialEq)]
struct Edit {
    range: TextRange,
    new_text: String,
    /// The parts of the new text that a person is to write over.
    placeholders: Vec<TextRange>,
}

impl Change {
    /// What a fix changes; none if one of its files has no name that the client would know.
    pub(super) fn of_fix(fix: &Fix, outcome: &Outcome) -> Option<Self> {
        let mut edited = Vec::new();
        for edits in fix.edits.chunk_by(|a, b| a.file == b.file) {
            let seen = outcome.file(&edits[0].file)?;
            let edits = edits.iter().map(|edit| Edit {
                range: edit.range,
                new_text: edit.new_text.clone(),
                placeholders: edit.placeholders.clone(),
            });
            edited.push(Edited::of(seen, edits.collect()));
        }
        let created = fix.creates.iter();
        let created = created.map(|file| Some((uri_of(&file.path)?, file.text.clone())));
        Some(Self {
            edited,
            created: created.collect::<Option<_>>()?,
        })
    }

    /// Edits of one file.
    pub(super) fn of_file(seen: &Seen, edits: Vec<syntax::TextEdit>) -> Self {
        let edits = edits.into_iter().map(|edit| Edit {
            range: edit.range,
            new_text: edit.new_text,
            placeholders: Vec::new(),
        });
        Self {
            edited: vec![Edited::of(seen, edits.collect())],
            created: Vec::new(),
        }
    }

    /// What makes another text of a file, line by line.
    pub(super) fn of_text(seen: &Seen, text: &str) -> Self {
        let before = seen.document.text().to_string();
        let mut edits: Vec<syntax::TextEdit> = Vec::new();
        let mut at = 0;
        for change in TextDiff::from_lines(before.as_str(), text).iter_all_changes() {
            let line = change.value();
            let length = match change.tag() {
                ChangeTag::Insert => 0,
                ChangeTag::Delete | ChangeTag::Equal => line.len() as u32,
            };
            if change.tag() != ChangeTag::Equal {
                let new_text = if length == 0 { line } else { "" };
                match edits.last_mut() {
                    Some(last) if last.range.end == at => {
                        last.range.end += length;
                        last.new_text.push_str(new_text);
                    }
                    _ => {
                        let range = TextRange::new(at, at + length);
                        edits.push(syntax::TextEdit::replace(range, new_text));
                    }
                }
            }
            at += length;
        }
        Self::of_file(seen, edits)
    }

    /// A new file.
    pub(super) fn of_new_file(uri: Uri, text: String) -> Self {
        Self {
            edited: Vec::new(),
            created: vec![(uri, text)],
        }
    }

    /// Why a client cannot make the change, if so.
    pub(super) fn obstacle(&self, client: Client) -> Option<String> {
        let (uri, _) = self.created.first().filter(|_| !client.creates_files)?;
        let path = uri.path().decode().to_string_lossy();
        let name = path.rsplit('/').next().unwrap_or_default();
        Some(format!(
            "this editor adds no files for a language server, and `{name}` would have to be added"
        ))
    }

    /// The change as a `WorkspaceEdit`. Stops for a person to write at are in the document that is
    /// asked about only: no other is in front of that person.
    pub(super) fn workspace_edit(&self, client: Client, asked: &Uri) -> Value {
        if !client.versioned_edits && self.created.is_empty() {
            let files = self.edited.iter();
            let changes: HashMap<_, _> = files
                .map(|file| (file.uri.clone(), file.text_edits(client)))
                .collect();
            return json!({ "changes": changes });
        }
        // First what may fail: then nothing has been edited.
        let created = self.created.iter().flat_map(|(uri, text)| {
            let start = json!({ "line": 0, "character": 0 });
            let edit = json!({ "range": { "start": start, "end": start }, "newText": text });
            let options = json!({ "overwrite": false, "ignoreIfExists": false });
            [
                json!({ "kind": "create", "uri": uri, "options": options }),
                json!({ "textDocument": { "uri": uri, "version": null }, "edits": [edit] }),
            ]
        });
        let edited = self.edited.iter().map(|file| {
            let edits = if client.snippet_edits && file.uri == *asked && file.has_placeholders() {
                json!(file.snippet_edits(client))
            } else {
                json!(file.text_edits(client))
            };
            let document = json!({ "uri": file.uri, "version": file.version });
            json!({ "textDocument": document, "edits": edits })
        });
        json!({ "documentChanges": created.chain(edited).collect::<Vec<_>>() })
    }
}

impl Edited {
    fn of(seen: &Seen, edits: Vec<Edit>) -> Self {
        Self {
            uri: seen.uri.clone(),
            version: seen.version(),
            text: seen.document.text().clone(),
            edits,
        }
    }

    fn has_placeholders(&self) -> bool {
        self.edits.iter().any(|edit| !edit.placeholders.is_empty())
    }

    fn text_edits(&self, client: Client) -> Vec<TextEdit> {
        let converter = Converter::new(&self.text, client.encoding);
        let edits = self.edits.iter();
        let edits = edits.map(|it| TextEdit::new(converter.range(it.range), it.new_text.clone()));
        edits.collect()
    }

    fn snippet_edits(&self, client: Client) -> Vec<Value> {
        let converter = Converter::new(&self.text, client.encoding);
        let mut stop = 0;
        let edits = self.whole_lines().into_iter().map(|edit| {
            let range = converter.range(edit.range);
            if edit.placeholders.is_empty() {
                return json!(TextEdit::new(range, edit.new_text));
            }
            let snippet = json!({ "kind": "snippet", "value": edit.snippet(&mut stop) });
            json!({ "range": range, "snippet": snippet })
        });
        edits.collect()
    }

    /// The same edits, those of several lines from the start of a line on.
    ///
    /// VS Code indents the lines of a snippet, and of all that comes with one, by what the line begins
    /// with in front of the edit. These lines are indented already; in front of an edit at the start
    /// of a line is nothing.
    fn whole_lines(&self) -> Vec<Edit> {
        let mut widened: Vec<Edit> = Vec::new();
        for edit in &self.edits {
            let mut start = edit.range.start;
            if edit.new_text.contains('\n') {
                let line = self.text.byte_to_line(start as usize);
                start = self.text.line_to_byte(line) as u32;
            }
            match widened.last_mut() {
                Some(last) if start < last.range.end => last.append(edit, &self.text),
                _ => {
                    let mut wide = Edit {
                        range: TextRange::empty(start),
                        new_text: String::new(),
                        placeholders: Vec::new(),
                    };
                    wide.append(edit, &self.text);
                    widened.push(wide);
                }
            }
        }
        widened
    }
}

impl Edit {
    /// Takes in another edit behind this one, and the text between them.
    fn append(&mut self, other: &Self, text: &Rope) {
        let between = self.range.end as usize..other.range.start as usize;
        self.new_text.extend(text.byte_slice(between).chunks());
        let shift = self.new_text.len() as u32;
        let placeholders = other.placeholders.iter();
        let placeholders = placeholders.map(|it| TextRange::new(it.start + shift, it.end + shift));
        self.placeholders.extend(placeholders);
        self.new_text.push_str(&other.new_text);
        self.range.end = other.range.end;
    }

    /// The new text as a snippet, its stops numbered from behind `stop` on.
    fn snippet(&self, stop: &mut u32) -> String {
        let mut snippet = String::new();
        let mut at = 0;
        for placeholder in &self.placeholders {
            let range = placeholder.as_usize();
            escape(&self.new_text[at..range.start], &mut snippet);
            *stop += 1;
            // Writing to a string cannot fail.
            let _ = write!(snippet, "${{{stop}:");
            escape(&self.new_text[range.clone()], &mut snippet);
            snippet.push('}');
            at = range.end;
        }
        escape(&self.new_text[at..], &mut snippet);
        snippet
    }
}

fn escape(text: &str, snippet: &mut String) {
    for character in text.chars() {
        if matches!(character, '$' | '}' | '\\') {
            snippet.push('\\');
        }
        snippet.push(character);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use syntax::position::PositionEncoding;
    use syntax::{Document, Language};

    use super::*;

    const URI: &str = "file:///a.bicep";

    fn seen(text: &str) -> Seen {
        Seen {
            uri: URI.parse().unwrap(),
            document: Arc::new(Document::new(Language::Bicep, text)),
            open: None,
        }
    }

    /// The edits of a change, as `line:character-line:character text`.
    fn shown(change: &Change) -> Vec<String> {
        let client = Client {
            encoding: PositionEncoding::Utf8,
            versioned_edits: true,
            snippet_edits: true,
            ..Client::default()
        };
        let edit = change.workspace_edit(client, &URI.parse().unwrap());
        let edits = edit["documentChanges"][0]["edits"].as_array().unwrap();
        let place = |it: &Value| format!("{}:{}", it["line"], it["character"]);
        let shown = edits.iter().map(|edit| {
            let (start, end) = (place(&edit["range"]["start"]), place(&edit["range"]["end"]));
            let text = edit["newText"]
                .as_str()
                .or(edit["snippet"]["value"].as_str());
            format!("{start}-{end} {}", text.unwrap())
        });
        shown.collect()
    }

    #[test]
    fn another_text_changes_the_lines_that_differ() {
        for (before, after, expected) in [
            ("a\nb\nc\n", "a\nb\nc\n", &[][..]),
            ("a\nb\nc\n", "a\nx\nc\n", &["1:0-2:0 x\n"]),
            ("a\r\nb\r\n", "a\r\nx\r\nb\r\n", &["1:0-1:0 x\r\n"]),
            ("a\nb\nc", "c", &["0:0-2:0 "]),
            ("a", "a\nb", &["0:0-0:1 a\nb"]),
            ("", "a", &["0:0-0:0 a"]),
        ] {
            let change = Change::of_text(&seen(before), after);
            assert_eq!(shown(&change), expected, "{before:?}");
        }
    }

    fn edit(range: (u32, u32), text: &str, placeholders: &[(u32, u32)]) -> Edit {
        let placeholders = placeholders.iter();
        Edit {
            range: TextRange::new(range.0, range.1),
            new_text: text.to_owned(),
            placeholders: placeholders.map(|it| TextRange::new(it.0, it.1)).collect(),
        }
    }

    #[test]
    fn stops_are_numbered_through_all_edits() {
        let check = |text: &str, edits: Vec<Edit>, expected: &[&str]| {
            let change = Change {
                edited: vec![Edited::of(&seen(text), edits)],
                created: Vec::new(),
            };
            assert_eq!(shown(&change), expected, "{text:?}");
        };
        check(
            "a b\nc\n",
            vec![
                edit((0, 1), "x", &[(0, 1)]),
                edit((2, 2), "$", &[]),
                edit((4, 5), "{y}z", &[(1, 2), (3, 4)]),
            ],
            &["0:0-0:1 ${1:x}", "0:2-0:2 $", "1:0-1:1 {${2:y}\\}${3:z}"],
        );
        // Two edits of one line that are several lines each: one edit from the start of the line on.
        check(
            "  a b\n",
            vec![
                edit((2, 3), "x\n  y", &[(4, 5)]),
                edit((5, 5), "\n  z", &[(3, 4)]),
            ],
            &["0:0-0:5   x\n  ${1:y} b\n  ${2:z}"],
        );
        // An edit that ends on the line where one of several lines begins.
        check(
            "a\n  b c\n",
            vec![edit((0, 5), "x", &[(0, 1)]), edit((7, 7), "\n  y", &[])],
            &["0:0-1:5 ${1:x} c\n  y"],
        );
    }
}
