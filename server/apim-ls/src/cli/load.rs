//! From a file to its place in the workspace, or to the reason why it has none.

use std::sync::Arc;

use syntax::{Document, Language};
use template::files::{FileContent, Files, NotText, decode};

use super::discovery::Target;
use super::report::Severity;
use super::{crash, syntax_errors};
use crate::disk::{self, Open, ReadError};
use crate::sniff::is_arm;

/// What became of a file.
pub(crate) enum Loaded {
    /// It is none of our business.
    Skipped,
    /// It is in sight now; where it could not be understood whole, that is said.
    Taken(Option<String>),
    /// It gave no text.
    Unread(String, Severity),
}

/// Loads a file. A panic costs this file alone.
pub(crate) fn load(target: &Target, disk: &dyn Open, files: &Files) -> Loaded {
    crash::catch(|| read(target, disk, files))
        .unwrap_or_else(|message| Loaded::Unread(internal(&message), Severity::Error))
}

/// What a person is told of a panic.
pub(crate) fn internal(message: &str) -> String {
    format!("internal error, please report it: {message}")
}

fn read(target: &Target, disk: &dyn Open, files: &Files) -> Loaded {
    let language = Language::of_path(&target.path);
    let bytes = match disk::read(disk, &target.path) {
        Ok(bytes) => bytes,
        Err(error) => {
            let may_be_ours = match &error {
                ReadError::TooLarge { head } => language != Some(Language::Json) || is_arm(head),
                ReadError::Io(_) => true,
            };
            return unread(target, may_be_ours, error.to_string());
        }
    };
    let text = match decode(&bytes) {
        Ok(text) => text,
        Err(error) => {
            let may_be_ours =
                language != Some(Language::Json) || error == NotText::NotUtf16 || is_arm(&bytes);
            return unread(target, may_be_ours, error.to_string());
        }
    };
    let is_arm = || is_arm(text.as_bytes());
    let language = match language {
        Some(Language::Json) | None if is_arm() => Language::Json,
        Some(Language::Json) => return other_json(target),
        None => {
            return Loaded::Unread(
                "neither Bicep by its name nor an ARM template by its $schema".to_owned(),
                Severity::Warning,
            );
        }
        Some(language) => language,
    };
    let document = Arc::new(Document::new(language, &text));
    let not_whole = syntax_errors::describe(&document);
    drop(text);
    drop(bytes);
    let file = files.set(&target.absolute, document);
    match file.content {
        FileContent::Other if not_whole.is_none() => other_json(target),
        _ => Loaded::Taken(not_whole),
    }
}

fn other_json(target: &Target) -> Loaded {
    if target.named {
        let reason =
            "neither an ARM template nor a parameter file: it has no $schema that names one";
        Loaded::Unread(reason.to_owned(), Severity::Warning)
    } else {
        Loaded::Skipped
    }
}

/// A file that cannot be read matters if it may be one of ours.
fn unread(target: &Target, may_be_ours: bool, reason: String) -> Loaded {
    match target.named {
        true => Loaded::Unread(reason, Severity::Error),
        false if may_be_ours => Loaded::Unread(reason, Severity::Warning),
        false => Loaded::Skipped,
    }
}
