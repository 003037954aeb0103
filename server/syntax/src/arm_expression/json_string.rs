//! The text of a JSON string, with the way back to where each part of it is written.

use std::borrow::Cow;

use crate::TextRange;

const REPLACEMENT: char = '\u{FFFD}';

/// A decoded JSON string.
pub(super) struct Decoded<'a> {
    text: Cow<'a, str>,
    /// Where the string's content begins in the document.
    start: u32,
    /// Behind each escape: the offset in the text, and that in the string as written. Between two
    /// of them both run in step.
    escapes: Vec<(u32, u32)>,
}

impl<'a> Decoded<'a> {
    /// Decodes what is written between the quotes of a JSON string; none if it is not valid.
    /// Raw line breaks and tabs are accepted, as Azure does.
    pub(super) fn new(raw: &'a str, start: u32) -> Option<Self> {
        if !raw.contains('\\') {
            return Some(Self {
                text: Cow::Borrowed(raw),
                start,
                escapes: Vec::new(),
            });
        }
        let mut text = String::with_capacity(raw.len());
        let mut escapes = Vec::new();
        let mut rest = raw;
        while let Some(backslash) = rest.find('\\') {
            text.push_str(&rest[..backslash]);
            let (character, length) = escape(&rest[backslash..])?;
            text.push(character);
            rest = &rest[backslash + length..];
            escapes.push((text.len() as u32, (raw.len() - rest.len()) as u32));
        }
        text.push_str(rest);
        Some(Self {
            text: Cow::Owned(text),
            start,
            escapes,
        })
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Where a part of the text is written.
    pub(super) fn range(&self, start: usize, end: usize) -> TextRange {
        TextRange::new(self.offset(start), self.offset(end))
    }

    fn offset(&self, offset: usize) -> u32 {
        let offset = offset as u32;
        let behind = self.escapes.partition_point(|&(text, _)| text <= offset);
        let (text, raw) = match behind.checked_sub(1) {
            Some(last) => self.escapes[last],
            None => (0, 0),
        };
        self.start + raw + (offset - text)
    }
}

/// The character that an escape at the start of `raw` stands for, and the escape's length. Half of
/// a surrogate pair stands for no character; Azure keeps it, a Rust string cannot.
fn escape(raw: &str) -> Option<(char, usize)> {
    let simple = |character| Some((character, 2));
    match raw.as_bytes().get(1)? {
        b'"' => simple('"'),
        b'\\' => simple('\\'),
        b'/' => simple('/'),
        b'b' => simple('\u{8}'),
        b'f' => simple('\u{c}'),
        b'n' => simple('\n'),
        b'r' => simple('\r'),
        b't' => simple('\t'),
        b'u' => {
            let first = code_unit(raw)?;
            if let Some(second) = raw.get(6..).and_then(code_unit)
                && let Some(Ok(character)) = char::decode_utf16([first, second]).next()
                && character.len_utf16() == 2
            {
                return Some((character, 12));
            }
            let character = char::from_u32(u32::from(first)).unwrap_or(REPLACEMENT);
            Some((character, 6))
        }
        _ => None,
    }
}

/// The code unit of a `\uXXXX` at the start of `raw`.
fn code_unit(raw: &str) -> Option<u16> {
    let digits = raw.strip_prefix("\\u")?.get(..4)?;
    // `from_str_radix` accepts a sign.
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u16::from_str_radix(digits, 16).ok()
}
