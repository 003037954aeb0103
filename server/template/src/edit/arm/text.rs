//! Strings and calls as text of ARM JSON.

pub(super) fn call(function: &str, arguments: &[String]) -> String {
    format!("{function}({})", arguments.join(", "))
}

pub(super) fn bracketed(expression: &str) -> String {
    format!("\"[{expression}]\"")
}

/// A string of an expression.
pub(super) fn literal(text: &str) -> String {
    let mut out = String::from("'");
    escape(&text.replace('\'', "''"), &mut out);
    out.push('\'');
    out
}

/// A string of JSON that ARM does not take for an expression.
pub(super) fn string(text: &str) -> String {
    let mut out = String::from("\"");
    if text.starts_with("[[") || text.starts_with('[') && text.ends_with(']') {
        out.push('[');
    }
    escape(text, &mut out);
    out.push('"');
    out
}

fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => {
                out.extend(format!("\\u{:04x}", u32::from(control)).chars());
            }
            character => out.push(character),
        }
    }
}

/// An expression that may be written over several lines, on one.
pub(super) fn on_one_line(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    lines.join(" ")
}
