//! Texts that stand for a value which somebody else puts in.

/// How tools mark the places that they fill in before a deployment.
const TOKENS: [(&str, &str); 10] = [
    ("#{", "}"),
    ("#_", "_#"),
    ("$(", ")"),
    ("${", "}"),
    ("{{", "}}"),
    ("<", ">"),
    ("__", "__"),
    ("%", "%"),
    ("@@", "@@"),
    ("[[", "]]"),
];

/// How words begin that people put in for a value that is still to come.
const WORDS: [&str; 11] = [
    "changeme",
    "dummy",
    "example",
    "fixme",
    "insert",
    "placeholder",
    "replace",
    "sample",
    "todo",
    "xxx",
    "your",
];

/// The longest text that is taken for a placeholder because of a word in it.
const LONGEST: usize = 64;

/// Whether a text has a place that a tool fills in before the deployment: `#{x}#`, `$(x)`, `__x__`.
#[must_use]
pub fn has_token(text: &str) -> bool {
    TOKENS.iter().any(|(open, close)| {
        text.split_once(open)
            .and_then(|(_, rest)| rest.find(close))
            .is_some_and(|length| length > 0)
    })
}

/// Whether a text visibly stands for a value that somebody has yet to put in: `<key>`, `changeme`, `TODO`,
/// `your-key`.
#[must_use]
pub fn is_placeholder(text: &str) -> bool {
    let text = text.trim().to_ascii_lowercase();
    let is_marked = text.starts_with('<') && text.ends_with('>');
    let is_crossed_out = text.len() > 2 && text.bytes().all(|letter| b"x*.-".contains(&letter));
    // The reference of the resource types gives the type of each property in its place.
    if is_marked || is_crossed_out || text == "string" {
        return true;
    }
    let words: Vec<_> = text.split(|it: char| !it.is_alphanumeric()).collect();
    let is_word = |word: &str| WORDS.iter().any(|known| word.starts_with(known));
    text.len() <= LONGEST && (is_word(&words.concat()) || words.iter().any(|word| is_word(word)))
}

#[cfg(test)]
mod tests {
    use super::{has_token, is_placeholder};

    #[test]
    fn tokens_of_tools() {
        for text in [
            "#{vault}#",
            "https://$(vault).vault.azure.net/",
            "__SECRET__",
            "a-<name>-b",
            "{{key}}",
            "%KEY%",
        ] {
            assert!(has_token(text), "{text}");
        }
        for text in ["a_b", "__", "100%", "a < b", "#1", "$5", "https://a.b/c"] {
            assert!(!has_token(text), "{text}");
        }
    }

    #[test]
    fn placeholders_of_people() {
        for text in [
            "<your key>",
            "changeme",
            "CHANGE-ME!",
            "TODO: ask",
            "xxxx-xxxx",
            "***",
            "placeholder",
            "your-key-here",
            "key-todo",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in ["x", "", "Passw0rd", "a<b>", "exchangeme"] {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}
