//! From the product's terms to those of the protocol, and back.

use ropey::Rope;
use rules::{Finding, Level, Place};
use syntax::TextRange;
use syntax::position::{self, PositionEncoding, offset_at, position_at};
use tower_lsp::ls_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Location,
    NumberOrString, Position, Range,
};

use super::capabilities::Client;
use super::outcome::Outcome;

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

    /// The byte that a client means.
    pub(super) fn offset(self, Position { line, character }: Position) -> u32 {
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

/// A finding, as the client takes it; none if its file has no name that the client would know.
pub(super) fn diagnostic(
    finding: &Finding,
    outcome: &Outcome,
    client: Client,
) -> Option<Diagnostic> {
    let location = |place: &Place| {
        let seen = outcome.file(&place.file)?;
        let range = Converter::new(seen.document.text(), client.encoding).range(place.range);
        Some(Location::new(seen.uri.clone(), range))
    };
    let related = || {
        let places = finding.related.iter().filter_map(|related| {
            Some(DiagnosticRelatedInformation {
                location: location(&related.place)?,
                message: related.message.clone(),
            })
        });
        places.collect()
    };
    let description = || {
        let href = finding.rule.documentation_url().parse().ok()?;
        Some(CodeDescription { href })
    };
    Some(Diagnostic {
        range: location(&finding.place)?.range,
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
    })
}
