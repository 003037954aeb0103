//! The files of the disk: from a path to bytes, or to a reason that a person can act on.
//!
//! Invariant: no file can stop or exhaust the process. Nothing but regular files is opened, and at
//! most [`SIZE_LIMIT`] bytes of one are read.

use std::env;
use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use template::files::FileSystem;

/// Largest file that is read, in bytes. Azure Resource Manager refuses templates above 4 MB; the
/// rest of the room is for comments and white space.
pub(crate) const SIZE_LIMIT: u64 = 10_000_000;

/// How much of the start of a file that is too large is looked at.
const HEAD: u64 = 64 * 1024;

/// Where files are opened: the disk, or a test's idea of a bad day.
pub(crate) trait Open: Send + Sync {
    /// Opens a file for reading.
    fn open(&self, path: &Path) -> io::Result<Box<dyn Read>>;
}

/// The real file system.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Disk;

impl Open for Disk {
    fn open(&self, path: &Path) -> io::Result<Box<dyn Read>> {
        // Asked before opening: to open a named pipe is to wait for its writer.
        if !fs::metadata(path)?.is_file() {
            return Err(io::Error::other("not a regular file"));
        }
        Ok(Box::new(File::open(path)?))
    }
}

impl FileSystem for Disk {
    fn read(&self, path: &Path) -> Option<Vec<u8>> {
        Opened(self).read(path)
    }

    fn is_same(&self, a: &Path, b: &Path) -> bool {
        Opened(self).is_same(a, b)
    }
}

/// What something opens, as the files of a workspace.
#[derive(Clone, Copy)]
pub(crate) struct Opened<'a>(pub &'a dyn Open);

impl FileSystem for Opened<'_> {
    fn read(&self, path: &Path) -> Option<Vec<u8>> {
        read(self.0, path).ok()
    }

    fn is_same(&self, a: &Path, b: &Path) -> bool {
        match (fs::canonicalize(a), fs::canonicalize(b)) {
            (Ok(a), Ok(b)) => a == b,
            _ => false,
        }
    }
}

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    /// The system says so.
    #[error("{}", reason(.0))]
    Io(#[from] io::Error),
    /// It is larger than [`SIZE_LIMIT`].
    #[error("larger than {} MB, too large for a template", SIZE_LIMIT / 1_000_000)]
    TooLarge {
        /// Its first bytes.
        head: Vec<u8>,
    },
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

/// Reads a whole file.
pub(crate) fn read(disk: &dyn Open, path: &Path) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    // One byte more than allowed tells a file at the limit from one beyond it. The size that the
    // file system states is not asked: it may have changed, and some file systems state zero.
    disk.open(path)?
        .take(SIZE_LIMIT + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > SIZE_LIMIT {
        bytes.truncate(HEAD as usize);
        bytes.shrink_to_fit();
        return Err(ReadError::TooLarge { head: bytes });
    }
    Ok(bytes)
}

/// The person's home folder, where the Bicep CLI keeps the modules of registries.
pub(crate) fn home() -> Option<PathBuf> {
    env::home_dir().filter(|home| home.is_absolute())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Blanks(u64);

    impl Open for Blanks {
        fn open(&self, _: &Path) -> io::Result<Box<dyn Read>> {
            Ok(Box::new(io::repeat(b' ').take(self.0)))
        }
    }

    #[test]
    fn a_file_is_read_up_to_the_limit() {
        let read = |size| read(&Blanks(size), Path::new("x"));
        assert_eq!(read(SIZE_LIMIT).unwrap().len() as u64, SIZE_LIMIT);
        let error = read(SIZE_LIMIT + 1).unwrap_err();
        assert!(matches!(&error, ReadError::TooLarge { head } if head.len() as u64 == HEAD));
        assert_eq!(
            error.to_string(),
            "larger than 10 MB, too large for a template"
        );
    }

    #[test]
    fn a_folder_is_no_file() {
        let folder = tempfile::TempDir::new().unwrap();
        let error = read(&Disk, folder.path()).unwrap_err();
        assert_eq!(error.to_string(), "not a regular file");
    }
}
