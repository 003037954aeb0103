//! What Azure accepts in JSON and the grammar does not: strings over several lines, which ARM
//! [allows] for long expressions, and a comma behind the last element.
//!
//! Left to error recovery, a string over several lines turns its brackets and quotes into syntax
//! and costs what surrounds it. So a text that does not parse is parsed once more through a view
//! in which those characters are blank. The view has the length of the text: all offsets stay.
//!
//! [allows]: https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax#multi-line-strings

/// The text with what the grammar does not know replaced by blanks; none if there is nothing to
/// replace.
///
/// While a person types, a string without its closing quote is far more common than one over
/// several lines. A string reaches over the end of its line only if behind its closing quote stands
/// what may follow a string; otherwise it ends with the line, as the grammar has it.
pub(crate) fn view(text: &str) -> Option<String> {
    let mut blanks = Vec::new();
    let bytes = text.as_bytes();
    let mut last_comma = None;
    let mut position = 0;
    while let Some(&byte) = bytes.get(position) {
        match byte {
            b'"' => {
                last_comma = None;
                position = string(bytes, position, &mut blanks);
                continue;
            }
            b'/' => {
                let end = comment(bytes, position);
                if end > position {
                    position = end;
                    continue;
                }
                last_comma = None;
            }
            b',' => last_comma = Some(position),
            b']' | b'}' => blanks.extend(last_comma.take()),
            _ if byte.is_ascii_whitespace() => {}
            _ => last_comma = None,
        }
        position += 1;
    }
    if blanks.is_empty() {
        return None;
    }
    let mut view = String::with_capacity(text.len());
    let mut copied = 0;
    // What is replaced is ASCII, so every cut is on a character boundary.
    for blank in blanks {
        view.push_str(&text[copied..blank]);
        view.push(' ');
        copied = blank + 1;
    }
    view.push_str(&text[copied..]);
    Some(view)
}

/// The end of the string that begins at `start`; adds the line breaks in it to `blanks`.
fn string(bytes: &[u8], start: usize, blanks: &mut Vec<usize>) -> usize {
    let mut position = start + 1;
    let mut first_line_break = None;
    while let Some(&byte) = bytes.get(position) {
        match byte {
            b'\\' => position += 1,
            b'"' => {
                position += 1;
                match first_line_break {
                    Some(line_break) if !may_end_string(bytes, position) => return line_break,
                    Some(line_break) => {
                        let inside = line_break..position;
                        blanks.extend(inside.filter(|&at| bytes[at] == b'\n'));
                        return position;
                    }
                    None => return position,
                }
            }
            b'\n' if first_line_break.is_none() => first_line_break = Some(position),
            _ => {}
        }
        position += 1;
    }
    first_line_break.unwrap_or(bytes.len())
}

/// Whether what stands at `position` may follow a string: the end of an element, a colon, or a
/// comment.
fn may_end_string(bytes: &[u8], position: usize) -> bool {
    let mut rest = bytes[position..].iter();
    match rest.find(|byte| !byte.is_ascii_whitespace()) {
        Some(byte) => matches!(byte, b',' | b':' | b'}' | b']' | b'/'),
        None => true,
    }
}

/// The end of a comment that begins at `start`; `start` itself if none does.
fn comment(bytes: &[u8], start: usize) -> usize {
    let rest = &bytes[start + 1..];
    match rest.first() {
        Some(b'/') => rest
            .iter()
            .position(|&byte| byte == b'\n')
            .map_or(bytes.len(), |length| start + 1 + length),
        Some(b'*') => rest[1..]
            .windows(2)
            .position(|pair| pair == b"*/")
            .map_or(bytes.len(), |length| start + 2 + length + 2),
        _ => start,
    }
}

#[cfg(test)]
mod tests {
    use super::view;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(view(text).as_deref().unwrap_or(text), expected);
    }

    #[test]
    fn joins_the_lines_of_a_string() {
        check(
            "{\"a\": \"[f(\n  'x'\r\n)]\", \"b\": 1}",
            "{\"a\": \"[f(   'x'\r )]\", \"b\": 1}",
        );
        check("[\"a\nb\"]", "[\"a b\"]");
        check("[\"a\\\"\nb\"\n]", "[\"a\\\" b\"\n]");
    }

    #[test]
    fn leaves_a_string_without_closing_quote() {
        check("{\"a\": \"b\n\"c\": 1}", "{\"a\": \"b\n\"c\": 1}");
        check("{\"a\": \"b\n", "{\"a\": \"b\n");
        check(
            "{\"a\": \"b\n\"c\": \"d\ne\"}",
            "{\"a\": \"b\n\"c\": \"d e\"}",
        );
    }

    #[test]
    fn drops_a_comma_behind_the_last_element() {
        check("[1, 2, ]", "[1, 2  ]");
        check("{\"a\": [1,], // ,\n}", "{\"a\": [1 ]  // ,\n}");
        check("[1,,]", "[1, ]");
        check("[\",]\", 1 /* ,] */]", "[\",]\", 1 /* ,] */]");
    }
}
