//! From the bytes of a file to its text.

use std::borrow::Cow;
use std::fmt;

/// How much of a file is searched for a zero byte.
const SEARCHED: usize = 8_000;

/// Why bytes are no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotText {
    /// They are not UTF-8.
    NotUtf8 {
        /// The number of the line, from 1.
        line: usize,
        /// The first byte that is not.
        offset: usize,
    },
    /// A byte order mark announces UTF-16, and they are not.
    NotUtf16,
    /// There is a zero byte.
    Binary {
        /// Where it is.
        offset: usize,
    },
}

impl fmt::Display for NotText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8 { line, offset } => {
                write!(f, "line {line}: not valid UTF-8 at byte offset {offset}")
            }
            Self::NotUtf16 => f.write_str("not valid UTF-16, which its byte order mark announces"),
            Self::Binary { offset } => write!(f, "not a text file: a zero byte at offset {offset}"),
        }
    }
}

impl std::error::Error for NotText {}

/// The text of a file, as the Bicep compiler reads it: by its byte order mark, and in UTF-8 without
/// one. The mark is no part of it.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, NotText> {
    match bytes {
        [0xFF, 0xFE, rest @ ..] => decode_utf16(rest, u16::from_le_bytes).map(Cow::Owned),
        [0xFE, 0xFF, rest @ ..] => decode_utf16(rest, u16::from_be_bytes).map(Cow::Owned),
        _ => decode_utf8(bytes).map(Cow::Borrowed),
    }
}

fn decode_utf8(bytes: &[u8]) -> Result<&str, NotText> {
    // Git's test for a binary file. Its bytes may well be valid UTF-8.
    let mut start = bytes.iter().take(SEARCHED);
    if let Some(offset) = start.position(|&byte| byte == 0) {
        return Err(NotText::Binary { offset });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let offset = error.valid_up_to();
        let line = bytes[..offset].split(|&byte| byte == b'\n').count();
        NotText::NotUtf8 { line, offset }
    })?;
    Ok(text.strip_prefix('\u{FEFF}').unwrap_or(text))
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, NotText> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(NotText::NotUtf16);
    }
    char::decode_utf16(pairs.iter().map(|&pair| unit(pair)))
        .collect::<Result<String, _>>()
        .map_err(|_| NotText::NotUtf16)
}

/// A text as bytes, with the encoding and the byte order mark of other bytes.
#[must_use]
pub fn encode(text: &str, like: &[u8]) -> Vec<u8> {
    match like {
        [0xFF, 0xFE, ..] => encode_utf16(text, u16::to_le_bytes),
        [0xFE, 0xFF, ..] => encode_utf16(text, u16::to_be_bytes),
        [0xEF, 0xBB, 0xBF, ..] => format!("\u{FEFF}{text}").into_bytes(),
        _ => text.as_bytes().to_vec(),
    }
}

fn encode_utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    units.flat_map(bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::{NotText, decode, encode};

    #[test]
    fn texts_in_every_encoding_that_the_compiler_reads() {
        let text = "param é string // 🔑\r\n";
        let utf16 = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
            std::iter::once(0xFEFF)
                .chain(text.encode_utf16())
                .flat_map(unit)
                .collect()
        };
        for bytes in [
            text.as_bytes().to_vec(),
            format!("\u{FEFF}{text}").into_bytes(),
            utf16(u16::to_le_bytes),
            utf16(u16::to_be_bytes),
        ] {
            assert_eq!(decode(&bytes).as_deref(), Ok(text));
            assert_eq!(encode(text, &bytes), bytes);
        }
    }

    #[test]
    fn what_is_not_text_says_why() {
        for (bytes, expected) in [
            (
                b"param a\nparam \xE9".as_slice(),
                NotText::NotUtf8 {
                    line: 2,
                    offset: 14,
                },
            ),
            (b"\xFF\xFEp", NotText::NotUtf16),
            (b"\xFF\xFE\x00\xD8", NotText::NotUtf16),
            (b"abc\0", NotText::Binary { offset: 3 }),
        ] {
            assert_eq!(decode(bytes), Err(expected));
        }
    }
}
