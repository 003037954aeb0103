//! Whether a JSON text is one of Azure Resource Manager, told without parsing it.
//!
//! A folder is full of JSON that is none of our business. One pass over the bytes, with nothing
//! but a depth to remember, finds the outermost `$schema` and looks no further.

const SCHEMAS: [&str; 8] = [
    "deploymentTemplate.json",
    "subscriptionDeploymentTemplate.json",
    "managementGroupDeploymentTemplate.json",
    "tenantDeploymentTemplate.json",
    "deploymentParameters.json",
    "subscriptionDeploymentParameters.json",
    "managementGroupDeploymentParameters.json",
    "tenantDeploymentParameters.json",
];

/// Whether the `$schema` member of the outermost object names a template or a parameter file; or,
/// where there is none, whether the object has the members of a parameter file and no others.
/// Comments are skipped; what follows the `$schema` is not looked at, so the text may be cut off or
/// broken there.
pub(crate) fn is_arm(text: &[u8]) -> bool {
    let mut scanner = Scanner { rest: text };
    if scanner.token() != Some(Token::Open) {
        return false;
    }
    let mut depth = 1_usize;
    let mut has_parameters = false;
    let mut has_others = false;
    while let Some(token) = scanner.token() {
        match token {
            Token::Open => depth += 1,
            Token::Close => depth -= 1,
            // In a broken text a name may be a value, with no colon behind it: read on.
            Token::String(name) if depth == 1 && scanner.colon() => {
                if name.eq_ignore_ascii_case(b"$schema") {
                    return matches!(scanner.token(), Some(Token::String(value)) if is_known(value));
                } else if name.eq_ignore_ascii_case(b"parameters") {
                    has_parameters = true;
                } else {
                    has_others |= !name.eq_ignore_ascii_case(b"contentVersion");
                }
            }
            Token::String(_) | Token::Other => {}
        }
        if depth == 0 {
            return has_parameters && !has_others;
        }
    }
    false
}

fn is_known(schema: &[u8]) -> bool {
    let schema = schema.strip_suffix(b"#").unwrap_or(schema);
    let name = schema.rsplit(|&byte| byte == b'/').next().unwrap_or(schema);
    SCHEMAS
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
}

#[derive(Debug, PartialEq, Eq)]
enum Token<'a> {
    Open,
    Close,
    /// What stands between the quotes, escapes as written.
    String(&'a [u8]),
    Other,
}

struct Scanner<'a> {
    rest: &'a [u8],
}

impl<'a> Scanner<'a> {
    fn token(&mut self) -> Option<Token<'a>> {
        self.skip_trivia();
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(match first {
            b'{' | b'[' => Token::Open,
            b'}' | b']' => Token::Close,
            b'"' => Token::String(self.string()),
            _ => Token::Other,
        })
    }

    fn colon(&mut self) -> bool {
        self.skip_trivia();
        let Some(rest) = self.rest.strip_prefix(b":") else {
            return false;
        };
        self.rest = rest;
        true
    }

    fn string(&mut self) -> &'a [u8] {
        let text = self.rest;
        let mut end = 0;
        while let Some(&byte) = text.get(end) {
            match byte {
                b'"' => break,
                b'\\' => end += 2,
                _ => end += 1,
            }
        }
        let end = end.min(text.len());
        self.rest = text.get(end + 1..).unwrap_or_default();
        &text[..end]
    }

    fn skip_trivia(&mut self) {
        loop {
            self.rest = self.rest.trim_ascii_start();
            self.rest = if let Some(comment) = self.rest.strip_prefix(b"//") {
                after(comment, |text| text.starts_with(b"\n"), 1)
            } else if let Some(comment) = self.rest.strip_prefix(b"/*") {
                after(comment, |text| text.starts_with(b"*/"), 2)
            } else {
                return;
            };
        }
    }
}

/// The text behind the first place where `found` holds and the `length` bytes found there.
fn after(text: &[u8], found: impl Fn(&[u8]) -> bool, length: usize) -> &[u8] {
    (0..text.len())
        .find(|&at| found(&text[at..]))
        .map_or(&[], |at| &text[at + length..])
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUP: &str =
        "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";

    #[track_caller]
    fn check(text: &str, expected: bool) {
        assert_eq!(is_arm(text.as_bytes()), expected, "{text}");
    }

    #[test]
    fn files_of_every_scope_in_any_letter_case() {
        for name in SCHEMAS {
            for name in [name.to_owned(), name.to_lowercase(), name.to_uppercase()] {
                check(&format!(r#"{{"$schema":"https://x/y/{name}#"}}"#), true);
                check(&format!(r#"{{ "$SCHEMA" : "{name}" "#), true);
            }
        }
    }

    #[test]
    fn the_member_may_come_late_and_behind_comments() {
        let text = format!(
            r#"// "$schema": "other"
            {{ /* {{ */ "resources": [{{"a": "\"}}"}}], "note": "$schema", // x
               "$schema" /* : */ : "{GROUP}" }}"#
        );
        check(&text, true);
    }

    #[test]
    fn other_json_is_passed_over() {
        check("", false);
        check("{", false);
        check("{}", false);
        check("]", false);
        check(r#"{"a": ["#, false);
        check(r#"{"$schema""#, false);
        check(r#"{"$schema":"#, false);
        check(r#"{"$schema": "\"#, false);
        check(&format!(r#"[{{"$schema": "{GROUP}"}}]"#), false);
        check(&format!(r#"{{"$schema": ["{GROUP}"]}}"#), false);
        check(
            r#"{"$schema": "https://x/notADeploymentTemplate.json#"}"#,
            false,
        );
    }

    #[test]
    fn parameters_without_a_schema() {
        check(r#"{"parameters": {"a": {"value": 1}}}"#, true);
        check(r#"{"contentVersion": "1.0.0.0", "Parameters": {}} "#, true);
        check(r#"{"parameters": {}, "b": 1}"#, false);
        check(r#"{"contentVersion": "parameters"}"#, false);
        check(r#"{"a": {"parameters": {}}}"#, false);
        check(r#"{"parameters": {}"#, false);
    }

    #[test]
    fn a_template_inside_another_document_does_not_make_that_one_a_template() {
        check(
            &format!(r#"{{"properties": {{"template": {{"$schema": "{GROUP}"}}}}}}"#),
            false,
        );
        check(&format!(r#"{{}} {{"$schema": "{GROUP}"}}"#), false);
    }
}
