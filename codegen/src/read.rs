//! Leaf: reads files and streams up to a limit. Everything that the program reads goes
//! through here, so neither an endless device nor a pipe that no program writes to can
//! stop it.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// The contents of a file that a user names: a regular file, a pipe or a device.
///
/// # Errors
///
/// The file cannot be read, is a folder, has more than `most` bytes, or is a pipe that
/// no program writes to.
pub fn file(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::Error::other("it is a folder"));
    }
    if metadata.is_file() {
        return whole(file, metadata.len(), most);
    }
    stream(waiting(file)?, most)
}

/// A file that a user names, to be read in pieces.
///
/// # Errors
///
/// The file cannot be opened, is a folder, or is a pipe that no program writes to.
pub fn pieces(path: &Path) -> io::Result<Box<dyn Read>> {
    let file = open(path)?;
    let metadata = file.metadata()?;
    match (metadata.is_dir(), metadata.is_file()) {
        (true, _) => Err(io::Error::other("it is a folder")),
        (_, true) => Ok(Box::new(file)),
        _ => Ok(Box::new(waiting(file)?)),
    }
}

/// The contents of a file that belongs to a folder, where a pipe or a device is a
/// mistake.
///
/// # Errors
///
/// The file cannot be read, is not a regular file, or has more than `most` bytes.
pub fn regular(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let file = open_regular(path)?;
    let size = file.metadata()?.len();
    whole(file, size, most)
}

/// The first bytes of a regular file, at most `most`.
///
/// # Errors
///
/// The file cannot be read or is not a regular file.
pub fn start(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_regular(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Everything that a reader has.
///
/// # Errors
///
/// The reader fails, or has more than `most` bytes.
pub fn stream(from: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > most {
        true => Err(io::Error::other(format!("it has more than {most} bytes"))),
        false => Ok(bytes),
    }
}

/// Whether two paths lead to one file.
pub fn is_same_file(one: &Path, other: &Path) -> bool {
    let found = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    found(one) == found(other)
}

fn whole(file: File, size: u64, most: u64) -> io::Result<Vec<u8>> {
    match size > most {
        true => Err(io::Error::other(format!("it has {size} bytes, more than {most}"))),
        false => stream(file, most),
    }
}

fn open_regular(path: &Path) -> io::Result<File> {
    let file = open(path)?;
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::Error::other("it is not a regular file")),
    }
}

/// Opens a file without waiting for the writer of a pipe.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits() as i32);
    }
    options.open(path)
}

/// A pipe or a device whose reads wait for data. A pipe must get a writer soon.
#[cfg(unix)]
fn waiting(mut file: File) -> io::Result<impl Read> {
    use std::os::unix::fs::FileTypeExt;
    use std::time::Duration;

    /// How long a named pipe may have no writer.
    const PATIENCE: Duration = Duration::from_secs(5);
    const STEP: Duration = Duration::from_millis(20);
    let mut first = [0; 4096];
    let mut length = 0;
    if file.metadata()?.file_type().is_fifo() {
        let mut waited = Duration::ZERO;
        loop {
            match file.read(&mut first) {
                Ok(0) if waited >= PATIENCE => {
                    return Err(io::Error::other("no program writes to this pipe"));
                }
                Ok(0) => std::thread::sleep(STEP),
                Ok(read) => {
                    length = read;
                    break;
                }
                // It has a writer, which has not written yet.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
            waited += STEP;
        }
    }
    rustix::fs::fcntl_setfl(&file, rustix::fs::OFlags::empty())?;
    Ok(io::Cursor::new(first).take(length as u64).chain(file))
}

#[cfg(not(unix))]
fn waiting(file: File) -> io::Result<impl Read> {
    Ok(file)
}
