//! When a document is analysed, and what of it is published.
//!
//! At most one analysis of a document is on its way. It looks at the newest text when it starts,
//! and again when it is done: if the text has changed meanwhile, the result is dropped and the
//! newest text is next. So a burst of changes costs one analysis more, no timer delays a single
//! one, and nothing older is ever published after something newer.
//!
//! Diagnostics are published for every version that is analysed, even if they are the same as
//! before: clients that match diagnostics by version would take the old ones for stale.

use std::sync::Arc;

use tower_lsp::ls_types::{Diagnostic, MessageType, PublishDiagnosticsParams};

use super::convert::Converter;
use super::document::{OpenDocument, Snapshot};
use super::guard::Panicked;
use super::session::Session;

/// Sees to it that the newest version of a document is analysed and published.
pub(super) fn schedule(session: &Arc<Session>, document: Arc<OpenDocument>) {
    {
        let mut state = document.lock();
        if state.analysing || state.closed {
            return;
        }
        state.analysing = true;
    }
    let session = session.clone();
    tokio::spawn(async move {
        let permit = session.permits.clone().acquire_owned().await;
        tokio::task::spawn_blocking(move || {
            publish_newest(&session, &document);
            drop(permit);
        });
    });
}

/// Publishes that a document has no diagnostics; nothing about it will be published after.
pub(super) fn close(session: &Session, document: &OpenDocument) {
    let mut state = document.lock();
    state.closed = true;
    let params = PublishDiagnosticsParams::new(document.uri().clone(), Vec::new(), None);
    session.outbox.publish(params);
}

fn publish_newest(session: &Session, document: &OpenDocument) {
    loop {
        let snapshot = document.snapshot();
        let diagnostics = diagnose(session, document, &snapshot);
        let mut state = document.lock();
        if !state.closed && !Arc::ptr_eq(&state.snapshot, &snapshot) {
            continue;
        }
        state.analysing = false;
        if state.closed {
            return;
        }
        match diagnostics {
            Ok(diagnostics) => session.outbox.publish(PublishDiagnosticsParams::new(
                document.uri().clone(),
                diagnostics,
                Some(snapshot.version()),
            )),
            // What was published before stays: it is the best that is known.
            Err(panicked) => {
                drop(state);
                report_panic(session, document, &panicked);
                return;
            }
        }
        drop(state);
        snapshot.forget_earlier();
        return;
    }
}

fn diagnose(
    session: &Session,
    document: &OpenDocument,
    snapshot: &Snapshot,
) -> Result<Vec<Diagnostic>, Panicked> {
    let findings = snapshot.findings(session.analyse)?;
    let client = session.client();
    let converter = Converter::new(snapshot.text(), client.encoding);
    let findings = findings.iter();
    Ok(findings
        .map(|it| converter.diagnostic(it, document.uri(), client))
        .collect())
}

/// Tells that an analysis failed by a bug.
pub(super) fn report_panic(session: &Session, document: &OpenDocument, panicked: &Panicked) {
    let uri = document.uri().as_str();
    let message = format!("the analysis of {uri} failed by a bug: {}", panicked.0);
    session.outbox.report(MessageType::ERROR, &message);
}
