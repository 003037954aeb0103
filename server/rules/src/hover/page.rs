//! The text of a hover.

use crate::RuleId;

/// What is to be said of a thing.
#[derive(Default)]
pub(super) struct Page {
    heading: String,
    facts: Vec<String>,
    commands: Vec<String>,
}

impl Page {
    /// A page about a thing: what it is called, and what it is.
    pub(super) fn new(name: &str, what: &str) -> Self {
        Self {
            heading: format!("**{name}** · {what}"),
            ..Self::default()
        }
    }

    /// Says something.
    pub(super) fn fact(&mut self, fact: impl Into<String>) {
        self.facts.push(fact.into());
    }

    /// Adds commands to run, each block once.
    pub(super) fn commands(&mut self, commands: Vec<String>) {
        for block in commands {
            if !self.commands.contains(&block) {
                self.commands.push(block);
            }
        }
    }

    /// Whether it says nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    /// The page in Markdown.
    pub(super) fn markdown(&self) -> String {
        let mut blocks = vec![self.heading.clone()];
        let facts: Vec<_> = self.facts.iter().map(|fact| format!("- {fact}")).collect();
        if !facts.is_empty() {
            blocks.push(facts.join("\n"));
        }
        if !self.commands.is_empty() {
            let commands = self.commands.join("\n");
            blocks.push("To repair what is deployed:".to_owned());
            blocks.push(format!("```sh\n{commands}\n```"));
        }
        blocks.join("\n\n") + "\n"
    }
}

/// A word of a template, as code.
pub(super) fn code(word: &str) -> String {
    let word = one_line(word);
    let word = word.trim();
    if word.contains('`') {
        format!("`` {word} ``")
    } else {
        format!("`{word}`")
    }
}

/// A text without line breaks, which would end a line of the page or of a command.
pub(super) fn one_line(text: &str) -> String {
    let is_break = |letter: char| letter.is_control() || "\u{2028}\u{2029}".contains(letter);
    text.replace(is_break, " ")
}

/// A phrase as the start of a line.
pub(super) fn capital(phrase: &str) -> String {
    let mut letters = phrase.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// The page of a rule, as a link.
pub(super) fn link(rule: RuleId) -> String {
    format!("[{rule}]({})", rule.documentation_url())
}

/// A number of things.
pub(super) fn counted(number: usize, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}

/// What a page says, without its marks.
pub(super) fn plain_text(markdown: &str) -> String {
    let mut lines = Vec::new();
    let mut is_command = false;
    for line in markdown.lines() {
        if line.starts_with("```") {
            is_command = !is_command;
        } else if is_command {
            lines.push(format!("    {line}"));
        } else {
            lines.push(unmarked(line));
        }
    }
    lines.join("\n") + "\n"
}

fn unmarked(line: &str) -> String {
    let mut line = line.replace("**", "").replace('`', "");
    if let Some(rest) = line.strip_prefix('*') {
        line = rest.trim_end_matches('*').to_owned();
    }
    // `[rule](address)`; what else is in brackets is no link.
    let mut text = String::new();
    let mut rest = line.as_str();
    while let Some(at) = rest.find("](http") {
        let (before, after) = rest.split_at(at);
        let Some((start, end)) = before.rfind('[').zip(after.find(')')) else {
            break;
        };
        text.push_str(&before[..start]);
        text.push_str(&before[start + 1..]);
        text.push_str(": ");
        text.push_str(&after[2..end]);
        rest = &after[end + 1..];
    }
    text + rest
}
