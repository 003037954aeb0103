//! Markdown for a terminal: the lines wrapped, the structure shown by indentation and styles.
//!
//! The structure shows without the styles too, which the stream takes out where nobody sees them.
//! Code is never wrapped: it is there to be copied.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use unicode_width::UnicodeWidthStr as _;

const HEADING: Style = AnsiColor::Green.on_default().bold();
const STRONG: Style = Style::new().bold();
const EMPHASIS: Style = Style::new().italic();
const CODE: Style = AnsiColor::Cyan.on_default();
const LINK: Style = AnsiColor::Blue.on_default().underline();

/// How far what is under a heading is indented.
const INDENT: &str = "  ";

/// Renders a text of Markdown in lines of at most `width` columns, as far as its words allow.
pub(super) fn render(markdown: &str, width: usize) -> String {
    let mut page = Page {
        width,
        ..Page::default()
    };
    for event in Parser::new(markdown) {
        page.add(event);
    }
    page.text
}

/// A page under construction.
#[derive(Default)]
struct Page {
    width: usize,
    text: String,
    /// The words of the paragraph at hand.
    words: Vec<Word>,
    /// The word at hand.
    word: Word,
    /// The lists and quotes around it.
    around: Vec<Around>,
    /// The styles of the words at hand.
    styles: Vec<Style>,
    /// Where the links around lead, and the text that they show so far.
    links: Vec<(String, String)>,
    is_heading: bool,
    is_code: bool,
    /// Whether what comes next follows the mark of its list item.
    is_first_of_item: bool,
}

/// A word, perhaps of several styles.
#[derive(Default)]
struct Word {
    text: String,
    width: usize,
}

/// A list item or quote around a paragraph.
struct Around {
    /// What its first line begins with, until that is written.
    first: Option<String>,
    /// What its other lines begin with.
    rest: String,
    /// The number of the next item of the list in it.
    number: Option<u64>,
}

impl Page {
    fn add(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.is_code => self.code(&text),
            Event::Text(text) => self.push(&text),
            Event::Code(text) => {
                self.styles.push(CODE);
                self.push(&format!("`{text}`"));
                self.styles.pop();
            }
            Event::SoftBreak => self.push(" "),
            Event::HardBreak => self.end_paragraph(),
            // The rest is of extensions, which are not asked for, or shows nothing.
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => self.begin_block(),
            Tag::Heading { .. } => {
                self.begin_block();
                self.is_heading = true;
                self.styles.push(HEADING);
            }
            Tag::BlockQuote(_) => {
                self.begin_block();
                self.is_first_of_item = true;
                self.enter(None, "| ");
            }
            Tag::CodeBlock(_) => {
                self.begin_block();
                self.is_code = true;
            }
            Tag::List(number) => {
                // The first line of an item may end where a list in it begins.
                self.end_paragraph();
                if self.around.is_empty() {
                    self.begin_block();
                }
                self.enter(None, "");
                if let Some(list) = self.around.last_mut() {
                    list.number = number;
                }
            }
            Tag::Item => {
                let number = self.around.last_mut().and_then(|list| list.number.as_mut());
                let mark = match number {
                    Some(number) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    None => "- ".to_owned(),
                };
                let rest = " ".repeat(mark.len());
                self.enter(Some(mark), &rest);
                self.is_first_of_item = true;
            }
            Tag::Emphasis => self.styles.push(EMPHASIS),
            Tag::Strong => self.styles.push(STRONG),
            Tag::Link { dest_url, .. } => {
                self.links.push((dest_url.into_string(), String::new()));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.end_paragraph(),
            TagEnd::Heading(_) => {
                self.end_paragraph();
                self.is_heading = false;
                self.styles.pop();
            }
            TagEnd::CodeBlock => self.is_code = false,
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item => {
                self.end_paragraph();
                self.around.pop();
                self.is_first_of_item = false;
            }
            TagEnd::Emphasis | TagEnd::Strong => {
                self.styles.pop();
            }
            TagEnd::Link => {
                if let Some((address, text)) = self.links.pop()
                    && address != text
                {
                    self.push(" <");
                    self.styles.push(LINK);
                    self.push(&address);
                    self.styles.pop();
                    self.push(">");
                }
            }
            _ => {}
        }
    }

    fn enter(&mut self, first: Option<String>, rest: &str) {
        self.around.push(Around {
            first,
            rest: rest.to_owned(),
            number: None,
        });
    }

    /// An empty line before a block, unless it is the first of the page or of its item.
    fn begin_block(&mut self) {
        if !self.text.is_empty() && !self.is_first_of_item {
            self.text.push_str(self.margin().trim_end());
            self.text.push('\n');
        }
        self.is_first_of_item = false;
    }

    /// What a line within a block begins with.
    fn margin(&self) -> String {
        let mut margin = String::from(if self.is_heading { "" } else { INDENT });
        margin.extend(self.around.iter().map(|around| &*around.rest));
        margin
    }

    /// What the first line of a block begins with: with the mark of the item, if it is its first.
    fn first_margin(&mut self) -> String {
        let mut margin = String::from(if self.is_heading { "" } else { INDENT });
        for around in &mut self.around {
            margin.push_str(&around.first.take().unwrap_or_else(|| around.rest.clone()));
        }
        margin
    }

    fn code(&mut self, text: &str) {
        let margin = self.margin() + INDENT;
        for line in text.lines() {
            if line.is_empty() {
                self.text.push('\n');
            } else {
                // Writing to a string cannot fail.
                let _ = writeln!(self.text, "{margin}{CODE}{line}{CODE:#}");
            }
        }
    }

    /// Adds text to the paragraph at hand.
    fn push(&mut self, text: &str) {
        if let Some((_, shown)) = self.links.last_mut() {
            shown.push_str(text);
        }
        let style = self
            .styles
            .iter()
            .fold(Style::new(), |all, style| together(all, *style));
        for (index, part) in text.split(char::is_whitespace).enumerate() {
            if index > 0 {
                self.end_word();
            }
            if !part.is_empty() {
                let _ = write!(self.word.text, "{style}{part}{style:#}");
                self.word.width += part.width();
            }
        }
    }

    fn end_word(&mut self) {
        let word = std::mem::take(&mut self.word);
        if word.width > 0 {
            self.words.push(word);
        }
    }

    /// Writes the paragraph at hand in lines.
    fn end_paragraph(&mut self) {
        self.end_word();
        let words = std::mem::take(&mut self.words);
        if words.is_empty() {
            return;
        }
        let first = self.first_margin();
        let rest = self.margin();
        let mut column = first.width();
        self.text.push_str(&first);
        for (index, word) in words.iter().enumerate() {
            if index > 0 {
                if column + 1 + word.width > self.width {
                    self.text.push('\n');
                    self.text.push_str(&rest);
                    column = rest.width();
                } else {
                    self.text.push(' ');
                    column += 1;
                }
            }
            self.text.push_str(&word.text);
            column += word.width;
        }
        self.text.push('\n');
    }
}

/// Two styles in one: the inner one's colour, the effects of both.
fn together(outer: Style, inner: Style) -> Style {
    let effects = outer.get_effects() | inner.get_effects();
    let colour = inner.get_fg_color().or(outer.get_fg_color());
    inner.effects(effects).fg_color(colour)
}

#[cfg(test)]
mod tests {
    use super::render;

    /// What is seen without the styles.
    fn plain(markdown: &str, width: usize) -> String {
        anstream::adapter::strip_str(&render(markdown, width)).to_string()
    }

    #[test]
    fn structure_shows_without_styles() {
        let page = "\
# Title

Some *words* in **two**
lines, and `code`.

## Part

- one with a [link](https://example.com/a)
- two that goes on and on and on until it ends
  1. a
  2. b

  again

> quoted, also over more than one line

```bicep
param a string

  var a_line_that_is_longer_than_the_page = 'is left alone'
```

<https://example.com/b>
";
        insta::assert_snapshot!(plain(page, 32), @"
        Title

          Some words in two lines, and
          `code`.

        Part

          - one with a link
            <https://example.com/a>
          - two that goes on and on and
            on until it ends
            1. a
            2. b

            again

          | quoted, also over more than
          | one line

            param a string

              var a_line_that_is_longer_than_the_page = 'is left alone'

          https://example.com/b
        ");
    }

    #[test]
    fn words_are_kept_whole() {
        insta::assert_snapshot!(plain("a (`b`), **c**d. e", 1), @"
        a
        (`b`),
        cd.
        e
        ");
        assert_eq!(plain("", 80), "");
    }

    #[test]
    fn every_style_ends() {
        insta::assert_debug_snapshot!(render("# A `b`\n\n**c *d***", 80), @r#""\u{1b}[1m\u{1b}[32mA\u{1b}[0m \u{1b}[1m\u{1b}[36m`b`\u{1b}[0m\n\n  \u{1b}[1mc\u{1b}[0m \u{1b}[1m\u{1b}[3md\u{1b}[0m\n""#);
    }

    #[test]
    fn no_page_loses_a_word() {
        let words = |text: &str| {
            let marks = |c: char| c.is_whitespace() || "`*#-<>[]()|".contains(c);
            let words = text.split(marks).filter(|word| !word.is_empty());
            words.map(str::to_owned).collect::<Vec<_>>()
        };
        for rule in rules::RULES {
            let page = rule.page();
            let source = page.lines().filter(|line| !line.starts_with("```"));
            let source = source.collect::<Vec<_>>().join("\n");
            assert_eq!(words(&plain(&page, 60)), words(&source), "{}", rule.id);
        }
    }
}
