//! Files written in one piece.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use tempfile::NamedTempFile;

use crate::disk::{Disk, Open, reason};
use crate::walk::folder;

/// Where files are written: the disk, or a test's idea of a bad day.
pub(super) trait Store: Open {
    /// Writes bytes beside a path, to be put there later. What is there already lends its
    /// permissions.
    fn stage(&self, path: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
        let like = match fs::metadata(path) {
            Ok(like) => Some(like),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let mut file = beside(path)?;
        file.write_all(bytes)?;
        if let Some(like) = like {
            resemble(file.as_file(), &like)?;
        }
        file.as_file().sync_all()?;
        Ok(file)
    }

    /// Puts a staged file in the place of the one at a path.
    fn replace(&self, staged: NamedTempFile, path: &Path) -> io::Result<()> {
        staged.persist(path)?;
        Ok(())
    }

    /// Puts a staged file where none is.
    fn add(&self, staged: NamedTempFile, path: &Path) -> io::Result<()> {
        staged.persist_noclobber(path)?;
        Ok(())
    }
}

impl Store for Disk {}

/// A new file in the folder of another. Its name is hidden, and that of no template.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".apim-ls-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // What any new file has; the system takes the person's mask off.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder(path))
}

fn resemble(file: &File, like: &Metadata) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, fchown};
        let own = file.metadata()?;
        if (own.uid(), own.gid()) != (like.uid(), like.gid()) {
            // Only some may give files away; whoever may not owns what they write.
            let _ = fchown(file, Some(like.uid()), Some(like.gid()));
        }
    }
    file.set_permissions(like.permissions())
}

/// Why a file is not to be written, if that is so. To put another file in its place, its folder's
/// permissions would be enough; but whoever locked it meant its text.
pub(super) fn locked(path: &Path) -> Option<String> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) => return Some(reason(&error)),
    };
    if metadata.permissions().readonly() {
        return Some("it is read-only".to_owned());
    }
    let error = OpenOptions::new().write(true).open(path).err()?;
    Some(unwritten(&error, "no permission to write it"))
}

/// Why something was not written. `forbidden` is said where there is no permission.
pub(super) fn unwritten(error: &io::Error, forbidden: &str) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => forbidden.to_owned(),
        io::ErrorKind::AlreadyExists => "there is such a file meanwhile".to_owned(),
        _ => reason(error),
    }
}
