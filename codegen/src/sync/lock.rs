//! The lock of a folder. The system releases it when the process ends, so a killed run
//! leaves none.

use std::fs::File;
use std::io;
use std::path::Path;

/// A lock, which is released when it is dropped.
#[derive(Debug)]
pub struct FolderLock {
    /// The folder itself, so that no file has to be created and removed.
    _folder: File,
}

impl FolderLock {
    /// Locks a folder for one writer. Calls `wait` before it waits for another run.
    ///
    /// # Errors
    ///
    /// The folder cannot be opened.
    pub fn exclusive(folder: &Path, wait: impl FnOnce()) -> io::Result<Self> {
        Self::new(folder, true, wait)
    }

    /// Locks a folder for readers.
    ///
    /// # Errors
    ///
    /// The folder cannot be opened.
    pub fn shared(folder: &Path, wait: impl FnOnce()) -> io::Result<Self> {
        Self::new(folder, false, wait)
    }

    #[cfg(unix)]
    fn new(folder: &Path, exclusive: bool, wait: impl FnOnce()) -> io::Result<Self> {
        use rustix::fs::FlockOperation as Lock;

        let (now, later) = match exclusive {
            true => (Lock::NonBlockingLockExclusive, Lock::LockExclusive),
            false => (Lock::NonBlockingLockShared, Lock::LockShared),
        };
        let file = File::open(folder).map_err(|error| super::at(folder, error))?;
        // Some network file systems have no locks; one run at a time works there too.
        if rustix::fs::flock(&file, now) == Err(rustix::io::Errno::WOULDBLOCK) {
            wait();
            while rustix::fs::flock(&file, later) == Err(rustix::io::Errno::INTR) {}
        }
        Ok(Self { _folder: file })
    }

    #[cfg(not(unix))]
    fn new(folder: &Path, _exclusive: bool, _wait: impl FnOnce()) -> io::Result<Self> {
        let file = File::open(folder).map_err(|error| super::at(folder, error))?;
        Ok(Self { _folder: file })
    }
}
