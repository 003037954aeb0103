//! Where files come from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use template::files::FileSystem;

/// The disk, and files in memory in front of it.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    memory: Arc<Mutex<BTreeMap<PathBuf, Vec<u8>>>>,
    is_memory_only: bool,
}

impl Disk {
    /// Files in memory, and no disk.
    #[must_use]
    pub fn memory() -> Self {
        Self {
            is_memory_only: true,
            ..Self::default()
        }
    }

    /// Puts a file in memory, unless there is one. Says whether there was none.
    pub fn put(&self, path: &Path, text: &str) -> bool {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = !memory.contains_key(path);
        if is_new {
            memory.insert(path.to_owned(), text.as_bytes().to_vec());
        }
        is_new
    }
}

impl FileSystem for Disk {
    fn read(&self, path: &Path) -> Option<Vec<u8>> {
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        match memory.get(path) {
            Some(bytes) => Some(bytes.clone()),
            None if self.is_memory_only => None,
            None => std::fs::read(path).ok(),
        }
    }
}
