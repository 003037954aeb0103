//! From the product's terms to those of the protocol, and back.

use ropey::Rope;
use rules::{Finding, Level};
use syntax::TextRange;
use syntax::position::{self, PositionEncoding, offset_at, position_at};
use tower_lsp::ls_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Location,
    NumberOrString, Position, Range, TextEdit, Uri,
};

use super::capabilities::Client;

/// Who reports a diagnostic.
pub(super) const SOURCE: &str = "apim-ls";

/// Converts between a text's byte offsets and the positions that a client speaks of.
#[derive(Clone, Copy)]
pub(super) struct Converter<'a> {
    text: &'a Rope,
    encoding: PositionEncoding,
}

impl<'a> Converter<'a> {
    pub(super) const fn new(text: &'a Rope, encoding: PositionEncoding) -> Self {
        Self { text, encoding }
    }

    /// The bytes that a client means. A range whose ends are the wrong way round is turned.
    pub(super) fn text_range(self, range: Range) -> TextRange {
        let (start, end) = (self.offset(range.start), self.offset(range.end));
        TextRange::new(start.min(end), start.max(end))
    }

    /// The range of some bytes, as the client sees it.
    pub(super) fn range(self, range: TextRange) -> Range {
        Range::new(self.position(range.start), self.position(range.end))
    }

    /// One change, as the client takes it.
    pub(super) fn text_edit(self, edit: &rules::Edit) -> TextEdit {
        TextEdit::new(self.range(edit.range), edit.new_text.clone())
    }

    /// A finding, as the client takes it.
    pub(super) fn diagnostic(self, finding: &Finding, uri: &Uri, client: Client) -> Diagnostic {
        let related = || {
            let places = finding.related.iter();
            places
                .map(|it| DiagnosticRelatedInformation {
                    location: Location::new(uri.clone(), self.range(it.range)),
                    message: it.message.clone(),
                })
                .collect()
        };
        let description = || {
            let href = finding.rule.documentation_url().parse().ok()?;
            Some(CodeDescription { href })
        };
        Diagnostic {
            range: self.range(finding.range),
            severity: Some(match finding.level {
                Level::Error => DiagnosticSeverity::ERROR,
                Level::Warning => DiagnosticSeverity::WARNING,
                Level::Info => DiagnosticSeverity::INFORMATION,
            }),
            code: Some(NumberOrString::String(finding.rule.to_string())),
            code_description: client.code_description.then(description).flatten(),
            source: Some(SOURCE.to_owned()),
            message: finding.message.clone(),
            related_information: (client.related_information && !finding.related.is_empty())
                .then(related),
            ..Diagnostic::default()
        }
    }

    fn offset(self, Position { line, character }: Position) -> u32 {
        offset_at(
            self.text,
            position::Position { line, character },
            self.encoding,
        )
    }

    fn position(self, offset: u32) -> Position {
        let position::Position { line, character } = position_at(self.text, offset, self.encoding);
        Position::new(line, character)
    }
}
