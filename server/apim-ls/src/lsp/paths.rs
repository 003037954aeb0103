//! From the names that a client gives to documents to paths, and back.
//!
//! A document that is no file gets a path all the same, its whole URI. That is a relative path, and
//! no file is ever read by one of those.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use tower_lsp::ls_types::Uri;

/// The path of a document.
pub(super) fn path_of(uri: &Uri) -> PathBuf {
    if !is_file(uri) || !uri.path().as_str().starts_with('/') {
        return PathBuf::from(uri.as_str());
    }
    PathBuf::from(file_path(uri, cfg!(windows)))
}

/// The URI of a file; none if its path is none that a URI can say.
pub(super) fn uri_of(path: &Path) -> Option<Uri> {
    if !path.is_absolute() {
        return None;
    }
    file_uri(path.to_str()?, cfg!(windows)).parse().ok()
}

/// Whether a URI is that of a file.
pub(super) fn is_file(uri: &Uri) -> bool {
    uri.scheme().as_str().eq_ignore_ascii_case("file")
}

fn file_path(uri: &Uri, is_windows: bool) -> String {
    let path = uri.path().decode().to_string_lossy();
    if !is_windows {
        return path.into_owned();
    }
    let host = uri.authority().map_or("", |authority| authority.host());
    // Names of hosts have nothing to escape but the `$` of `wsl$`.
    let host = host.replace("%24", "$");
    let path = path.replace('/', "\\");
    if !host.is_empty() {
        return format!(r"\\{host}{path}");
    }
    match path.strip_prefix('\\') {
        Some(rest) if has_drive(rest) => rest.to_owned(),
        _ => path,
    }
}

fn has_drive(path: &str) -> bool {
    let bytes = path.as_bytes();
    bytes.len() > 1 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':'
}

fn file_uri(path: &str, is_windows: bool) -> String {
    let mut uri = "file://".to_owned();
    if !is_windows {
        encode(path, &mut uri);
        return uri;
    }
    // The form of a path without limits on its length, which is another spelling of it.
    let path = match path.strip_prefix(r"\\?\UNC\") {
        Some(rest) => format!(r"\\{rest}"),
        None => path.strip_prefix(r"\\?\").unwrap_or(path).to_owned(),
    };
    let path = path.replace('\\', "/");
    match path.strip_prefix("//") {
        // What comes first is the host, which has to stand where hosts stand.
        Some(shared) => encode(shared, &mut uri),
        None => {
            uri.push('/');
            encode(path.trim_start_matches('/'), &mut uri);
        }
    }
    uri
}

fn encode(path: &str, uri: &mut String) {
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(byte.into());
            }
            // Writing to a string cannot fail.
            _ => drop(write!(uri, "%{byte:02X}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From a URI to the path, and from there to the URI that this server writes.
    #[track_caller]
    fn check(uri: &str, path: &str, written: &str, is_windows: bool) {
        let parsed: Uri = uri.parse().unwrap();
        assert_eq!(file_path(&parsed, is_windows), path, "{uri}");
        assert_eq!(file_uri(path, is_windows), written);
        let parsed: Uri = written.parse().unwrap();
        assert_eq!(file_path(&parsed, is_windows), path, "{written}");
    }

    #[test]
    fn unix() {
        for (uri, path, written) in [
            ("file:///a/b.bicep", "/a/b.bicep", "file:///a/b.bicep"),
            ("file:///a%20b/c", "/a b/c", "file:///a%20b/c"),
            ("file:///%C3%A4/c", "/ä/c", "file:///%C3%A4/c"),
            ("file:///a%23b%3Fc%25", "/a#b?c%", "file:///a%23b%3Fc%25"),
            (
                "file:///a+b&c=[d]@e",
                "/a+b&c=[d]@e",
                "file:///a%2Bb%26c%3D%5Bd%5D%40e",
            ),
            ("file:///c%3A/a", "/c:/a", "file:///c%3A/a"),
            ("file://localhost/a", "/a", "file:///a"),
        ] {
            // Brackets have to be escaped in a path, though clients write them.
            let uri = uri.replace('[', "%5B").replace(']', "%5D");
            check(&uri, path, written, false);
        }
    }

    #[test]
    fn windows() {
        for (uri, path, written) in [
            (
                "file:///c%3A/a/b.bicep",
                r"c:\a\b.bicep",
                "file:///c%3A/a/b.bicep",
            ),
            (
                "file:///C:/a%20b/%C3%A4",
                r"C:\a b\ä",
                "file:///C%3A/a%20b/%C3%A4",
            ),
            ("file://wsl%24/x/y", r"\\wsl$\x\y", "file://wsl%24/x/y"),
            (
                "file://server/share/a",
                r"\\server\share\a",
                "file://server/share/a",
            ),
        ] {
            check(uri, path, written, true);
        }
        assert_eq!(file_uri(r"\\?\C:\a", true), "file:///C%3A/a");
        assert_eq!(file_uri(r"\\?\UNC\server\a", true), "file://server/a");
    }

    #[test]
    fn what_is_no_file_has_a_path_that_no_file_has() {
        for uri in [
            "untitled:Untitled-1",
            "untitled:/a/b.bicep",
            "git:/a?x",
            "file:a",
        ] {
            let path = path_of(&uri.parse().unwrap());
            assert!(!path.is_absolute(), "{uri}");
            assert_eq!(uri_of(&path), None);
        }
    }
}
