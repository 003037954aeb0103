//! Positions in every encoding, against a plain reading of the protocol.

use proptest::prelude::*;
use ropey::Rope;
use syntax::position::{Position, PositionEncoding, offset_at, position_at};

const ENCODINGS: [PositionEncoding; 3] = [
    PositionEncoding::Utf8,
    PositionEncoding::Utf16,
    PositionEncoding::Utf32,
];

fn units(text: &str, encoding: PositionEncoding) -> u32 {
    match encoding {
        PositionEncoding::Utf8 => text.len() as u32,
        PositionEncoding::Utf16 => text.encode_utf16().count() as u32,
        PositionEncoding::Utf32 => text.chars().count() as u32,
    }
}

/// The start and the end, before its line break, of each line.
fn lines(text: &str) -> Vec<(usize, usize)> {
    let mut lines = Vec::new();
    let mut start = 0;
    let mut rest = text.char_indices().peekable();
    while let Some((at, character)) = rest.next() {
        let after = match character {
            '\n' => at + 1,
            '\r' => match rest.next_if(|(_, next)| *next == '\n') {
                Some(_) => at + 2,
                None => at + 1,
            },
            _ => continue,
        };
        lines.push((start, at));
        start = after;
    }
    lines.push((start, text.len()));
    lines
}

proptest! {
    #[test]
    fn every_place_has_one_position(text in "(\r\n|\r|\n|[a ä€🦀\u{feff}\u{2028}\u{0b}]){0,40}") {
        let rope = Rope::from_str(&text);
        for encoding in ENCODINGS {
            for (number, (start, end)) in lines(&text).into_iter().enumerate() {
                for (at, _) in text[start..end].char_indices().chain([(end - start, ' ')]) {
                    let position = Position {
                        line: number as u32,
                        character: units(&text[start..start + at], encoding),
                    };
                    let offset = (start + at) as u32;
                    prop_assert_eq!(position_at(&rope, offset, encoding), position);
                    prop_assert_eq!(offset_at(&rope, position, encoding), offset);
                }
            }
        }
    }

    #[test]
    fn any_position_is_inside_the_text(
        text in "(\r\n|\r|\n|[a ä€🦀]){0,20}",
        line in 0u32..30,
        character in 0u32..60,
    ) {
        let rope = Rope::from_str(&text);
        for encoding in ENCODINGS {
            let offset = offset_at(&rope, Position { line, character }, encoding);
            prop_assert!(text.is_char_boundary(offset as usize));
            if let Some((_, end)) = lines(&text).get(line as usize) {
                prop_assert!(offset as usize <= *end);
            } else {
                prop_assert_eq!(offset as usize, text.len());
            }
        }
    }
}

#[test]
fn a_place_inside_a_character_is_its_start() {
    let rope = Rope::from_str("a🦀b");
    for offset in 1..5 {
        let position = position_at(&rope, offset, PositionEncoding::Utf16);
        assert_eq!(position.character, 1);
    }
    let inside = |character, encoding| offset_at(&rope, Position { line: 0, character }, encoding);
    assert_eq!(inside(2, PositionEncoding::Utf16), 1);
    assert_eq!(inside(3, PositionEncoding::Utf8), 1);
    assert_eq!(inside(3, PositionEncoding::Utf16), 5);
}
