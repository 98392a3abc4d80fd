//! Places in source files.

/// A stretch of a source file, counted in characters from its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    // Every value of a specification has a place, and files have at most some megabytes.
    file: u32,
    start: u32,
    end: u32,
}

impl Place {
    /// A stretch of a file, an index into [`Sources`](super::Sources).
    pub fn new(file: usize, start: usize, end: usize) -> Self {
        let [file, start, end] =
            [file, start, end].map(|one| u32::try_from(one).unwrap_or(u32::MAX));
        Self { file, start, end }
    }

    /// Index of the file in [`Sources`](super::Sources).
    pub fn file(self) -> usize {
        self.file as usize
    }

    /// The first character.
    pub fn start(self) -> usize {
        self.start as usize
    }

    /// The end, exclusive.
    pub fn end(self) -> usize {
        self.end as usize
    }
}
