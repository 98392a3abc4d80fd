//! The tables that the outputs in Go and Python have.

/// The tables that hand-written code in Go and Python reads. Their names are that of an item
/// with a word after it.
#[derive(Clone, Copy, Debug)]
pub enum TableKind {
    /// A capability in a space.
    Cap,
    /// A chain.
    Chain,
    /// The format of a header.
    Format,
    /// The replies before a chain.
    Host,
    /// The layout of a struct.
    Layout,
    /// The names of the numbers of a type.
    Names,
}

impl TableKind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Cap => "cap",
            Self::Chain => "chain",
            Self::Format => "format",
            Self::Host => "host",
            Self::Layout => "layout",
            Self::Names => "names",
        }
    }
}
