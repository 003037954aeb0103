//! Reading of files: from a path to a text, or to a reason that a person can act on.
//!
//! Invariants: no file can stop or exhaust the process (nothing but regular files is opened, and
//! at most [`SIZE_LIMIT`] bytes of one are read), and every text returned is what the author's
//! editor shows: without a byte order mark, whatever its encoding was.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// Largest file that is read, in bytes. Azure Resource Manager refuses templates above 4 MB; the
/// rest of the room is for comments and white space.
pub(crate) const SIZE_LIMIT: u64 = 10_000_000;

/// How much of the start of a file that is too large is looked at.
const HEAD: u64 = 64 * 1024;

/// Where files come from: the disk, or a test's idea of a bad day.
pub(crate) trait Files: Sync {
    /// Opens a file for reading.
    fn open(&self, path: &Path) -> io::Result<Box<dyn Read>>;
}

/// The real file system.
#[derive(Debug)]
pub(crate) struct Disk;

impl Files for Disk {
    fn open(&self, path: &Path) -> io::Result<Box<dyn Read>> {
        // Asked before opening: to open a named pipe is to wait for its writer.
        if !fs::metadata(path)?.is_file() {
            return Err(io::Error::other("not a regular file"));
        }
        Ok(Box::new(File::open(path)?))
    }
}

/// Why a file gave no text.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error("{}", reason(.0))]
    Io(#[from] io::Error),
    #[error("larger than {} MB, too large for a template", SIZE_LIMIT / 1_000_000)]
    TooLarge { head: Vec<u8> },
    #[error("line {line}: not valid UTF-8 at byte offset {offset}")]
    NotUtf8 {
        line: usize,
        offset: usize,
        bytes: Vec<u8>,
    },
    #[error("not valid UTF-16, which its byte order mark announces")]
    NotUtf16,
    #[error("not a text file: a zero byte at offset {offset}")]
    Binary { offset: usize },
}

/// What an error of the operating system means, in the same words on every system where that can be.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "no permission to read it".to_owned(),
        _ => {
            // What libraries wrap round the system's words repeats the path.
            let mut innermost: &dyn Error = error;
            while let Some(source) = innermost.source() {
                innermost = source;
            }
            let words = innermost.to_string();
            // "(os error 5)" helps nobody.
            words
                .split(" (os error")
                .next()
                .unwrap_or(&words)
                .to_owned()
        }
    }
}

/// Reads a whole file as text.
pub(crate) fn read_text(files: &dyn Files, path: &Path) -> Result<String, ReadError> {
    let mut bytes = Vec::new();
    // One byte more than allowed tells a file at the limit from one beyond it. The size that the
    // file system states is not asked: it may have changed, and some file systems state zero.
    files
        .open(path)?
        .take(SIZE_LIMIT + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > SIZE_LIMIT {
        bytes.truncate(HEAD as usize);
        bytes.shrink_to_fit();
        return Err(ReadError::TooLarge { head: bytes });
    }
    decode(bytes)
}

/// Decodes as the Bicep compiler does: by the byte order mark, and UTF-8 without one.
fn decode(bytes: Vec<u8>) -> Result<String, ReadError> {
    match bytes.as_slice() {
        [0xFF, 0xFE, rest @ ..] => decode_utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => decode_utf16(rest, u16::from_be_bytes),
        _ => decode_utf8(bytes),
    }
}

fn decode_utf8(bytes: Vec<u8>) -> Result<String, ReadError> {
    // Git's test for a binary file. Its bytes may well be valid UTF-8.
    if let Some(offset) = bytes.iter().take(8000).position(|&byte| byte == 0) {
        return Err(ReadError::Binary { offset });
    }
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let bytes = error.into_bytes();
        let line = bytes[..offset].split(|&byte| byte == b'\n').count();
        ReadError::NotUtf8 {
            line,
            offset,
            bytes,
        }
    })?;
    if text.starts_with('\u{FEFF}') {
        text.remove(0);
    }
    Ok(text)
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, ReadError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(ReadError::NotUtf16);
    }
    char::decode_utf16(pairs.iter().map(|&pair| unit(pair)))
        .collect::<Result<String, _>>()
        .map_err(|_| ReadError::NotUtf16)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Bytes(Vec<u8>);

    impl Files for Bytes {
        fn open(&self, _: &Path) -> io::Result<Box<dyn Read>> {
            Ok(Box::new(io::Cursor::new(self.0.clone())))
        }
    }

    fn read(bytes: &[u8]) -> Result<String, String> {
        read_text(&Bytes(bytes.to_vec()), Path::new("x")).map_err(|error| error.to_string())
    }

    #[test]
    fn texts_in_every_encoding_that_the_compiler_reads() {
        let text = "param é string // 🔑\r\n";
        let utf16 = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
            std::iter::once(0xFEFF)
                .chain(text.encode_utf16())
                .flat_map(unit)
                .collect()
        };
        for bytes in [
            text.as_bytes().to_vec(),
            format!("\u{FEFF}{text}").into_bytes(),
            utf16(u16::to_le_bytes),
            utf16(u16::to_be_bytes),
        ] {
            assert_eq!(read(&bytes).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_is_not_text_says_why() {
        let reasons: Vec<String> = [
            b"param a\nparam \xE9".as_slice(),
            b"\xFF\xFEp",
            b"\xFF\xFE\x00\xD8",
            b"abc\0",
            &vec![b' '; SIZE_LIMIT as usize + 1],
        ]
        .into_iter()
        .map(|bytes| read(bytes).expect_err("not a text"))
        .collect();
        insta::assert_snapshot!(reasons.join("\n"), @r#"
    line 2: not valid UTF-8 at byte offset 14
    not valid UTF-16, which its byte order mark announces
    not valid UTF-16, which its byte order mark announces
    not a text file: a zero byte at offset 3
    larger than 10 MB, too large for a template
    "#);
    }

    #[test]
    fn a_file_at_the_limit_is_read() {
        assert!(read(&vec![b' '; SIZE_LIMIT as usize]).is_ok());
    }
}
