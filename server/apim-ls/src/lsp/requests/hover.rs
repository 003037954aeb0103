//! `textDocument/hover`

use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{Hover, HoverContents, HoverParams, MarkupContent, MarkupKind};

use crate::lsp::convert::Converter;
use crate::lsp::desk::Asked;
use crate::lsp::paths::path_of;
use crate::lsp::session::Session;

/// Answers with what is known of the thing at a position.
pub(in crate::lsp) async fn handle(
    session: &Session,
    params: HoverParams,
) -> Result<Option<Hover>> {
    let at = params.text_document_position_params;
    let path = path_of(&at.text_document.uri);
    let Some(document) = session.desk.document(&path) else {
        return Ok(None);
    };
    let client = session.client();
    let converter = Converter::new(document.snapshot.text(), client.encoding);
    let offset = converter.offset(at.position);
    let asked = |reply| Asked::Hover(offset, reply);
    // The analysis goes before its questions only where the session ends.
    let answer = session.desk.ask(path, document.clone(), asked).await;
    let Ok(Ok(hover)) = answer else {
        return Err(Error::internal_error());
    };
    Ok(hover.map(|hover| Hover {
        range: Some(converter.range(hover.range)),
        contents: HoverContents::Markup(if client.markdown {
            MarkupContent {
                kind: MarkupKind::Markdown,
                value: hover.markdown,
            }
        } else {
            MarkupContent {
                kind: MarkupKind::PlainText,
                value: hover.plain_text(),
            }
        }),
    }))
}
