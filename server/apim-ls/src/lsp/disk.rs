//! The disk, as this server reads it.

use std::path::Path;

use template::files::FileSystem;

use crate::disk::Disk;

/// The files of the disk by their absolute paths. A relative one stands for a document that is no
/// file, or comes from what such a document says, and what it leads to would depend on where an
/// editor happens to start its servers.
pub(super) struct Absolute;

impl FileSystem for Absolute {
    fn read(&self, path: &Path) -> Option<Vec<u8>> {
        path.is_absolute().then(|| Disk.read(path)).flatten()
    }

    fn is_same(&self, a: &Path, b: &Path) -> bool {
        Disk.is_same(a, b)
    }
}
