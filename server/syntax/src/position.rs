//! Conversion between byte offsets and the line/character positions of editors.
//!
//! A line ends with `\n`, `\r\n` or `\r`, as the [Language Server Protocol] says. A character
//! counts code units of the negotiated encoding.
//!
//! [Language Server Protocol]: https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#textDocuments

use ropey::{Rope, RopeSlice};

/// The unit in which an editor counts the characters of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PositionEncoding {
    /// Bytes of UTF-8.
    Utf8,
    /// Code units of UTF-16: the protocol's default, and the unit of reports.
    #[default]
    Utf16,
    /// Unicode scalar values.
    Utf32,
}

/// A place in a text as editors name it; both numbers start at 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Number of line ends before the place.
    pub line: u32,
    /// Code units between the start of the line and the place.
    pub character: u32,
}

/// The position of a byte offset. An offset beyond the text, or inside a character, moves to the
/// end of the text, or the start of that character.
#[must_use]
pub fn position_at(text: &Rope, offset: u32, encoding: PositionEncoding) -> Position {
    let offset = (offset as usize).min(text.len_bytes());
    let character = text.byte_to_char(offset);
    let line = text.char_to_line(character);
    let line_start = text.line_to_char(line);
    let units = match encoding {
        PositionEncoding::Utf8 => text.char_to_byte(character) - text.char_to_byte(line_start),
        PositionEncoding::Utf16 => {
            text.char_to_utf16_cu(character) - text.char_to_utf16_cu(line_start)
        }
        PositionEncoding::Utf32 => character - line_start,
    };
    Position {
        line: line as u32,
        character: units as u32,
    }
}

/// The byte offset of a position. As the protocol asks, a character beyond the line's end means
/// the line's end (before its line break), and a line beyond the last means the text's end. A
/// position inside a character moves to its start.
#[must_use]
pub fn offset_at(text: &Rope, position: Position, encoding: PositionEncoding) -> u32 {
    let line = position.line as usize;
    if line >= text.len_lines() {
        return text.len_bytes() as u32;
    }
    let start = text.line_to_byte(line);
    let content = without_line_break(text.line(line));
    let units = position.character as usize;
    let within = match encoding {
        PositionEncoding::Utf8 => {
            let bytes = units.min(content.len_bytes());
            content.char_to_byte(content.byte_to_char(bytes))
        }
        PositionEncoding::Utf16 => {
            let units = units.min(content.len_utf16_cu());
            content.char_to_byte(content.utf16_cu_to_char(units))
        }
        PositionEncoding::Utf32 => content.char_to_byte(units.min(content.len_chars())),
    };
    (start + within) as u32
}

fn without_line_break(line: RopeSlice<'_>) -> RopeSlice<'_> {
    let mut end = line.len_chars();
    if end > 0 && line.char(end - 1) == '\n' {
        end -= 1;
    }
    if end > 0 && line.char(end - 1) == '\r' {
        end -= 1;
    }
    line.slice(..end)
}
