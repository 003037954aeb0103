//! Texts as they are while a person types, and worse.

use crate::random::Random;

/// What stands where it should not.
const PIECES: [&str; 16] = [
    "{", "}", "[", "]", "'", "\"", ",", ":", "\n", "\r\n", "/*", "//", "${", "(", ")", "ä",
];

/// A text that was cut off, or that parts were taken out of, put into or repeated in.
#[must_use]
pub fn damaged(text: &str, random: &mut Random) -> String {
    let mut result = text.to_owned();
    for _ in 0..=random.below(3) {
        let (start, end) = (place(&result, random), place(&result, random));
        let (start, end) = (start.min(end), start.max(end));
        match random.below(6) {
            0 => result.truncate(start),
            1 => result.insert_str(start, random.one(&PIECES)),
            2 => {
                let near = end.min(start + random.below(40));
                let near = (start..=near).rev().find(|at| result.is_char_boundary(*at));
                result.replace_range(start..near.unwrap_or(start), "");
            }
            3 => {
                let lines: Vec<_> = result.split_inclusive('\n').collect();
                let line = random.below(lines.len().max(1));
                let rest = lines.iter().enumerate().filter(|(index, _)| *index != line);
                result = rest.map(|(_, line)| *line).collect();
            }
            4 => {
                let mut lines: Vec<_> = result.split_inclusive('\n').collect();
                if !lines.is_empty() {
                    lines.insert(random.below(lines.len()), lines[random.below(lines.len())]);
                }
                result = lines.concat();
            }
            _ => {
                let piece = random.one(&PIECES);
                let next = result[start..].chars().next().map_or(0, char::len_utf8);
                result.replace_range(start..start + next, piece);
            }
        }
    }
    result
}

/// A place between two characters.
fn place(text: &str, random: &mut Random) -> usize {
    let at = random.below(text.len() + 1);
    (0..=at)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or_default()
}
