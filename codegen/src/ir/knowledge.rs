//! How much of an ABI is known that was read from headers.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Place;
use crate::layout::{PerModel, Span};

/// How much of an ABI is known. The default is an ABI that is specified completely.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    /// The headers that the ABI was read from, indexes into [`super::Abi::headers`]. Items
    /// of other headers are unknown. `None` if the ABI was not read from headers.
    pub headers: Option<Vec<usize>>,
    /// Facts that are guessed: items by name, fields as `struct.field`.
    pub guessed: BTreeSet<String>,
    /// The ioctls of the headers.
    pub ioctls: BTreeMap<String, DeclaredIoctl>,
    /// The types of the headers, by the names as which C knows them: `struct a`, or `a` if
    /// `typedef` gives the name.
    pub type_names: BTreeMap<String, TypeName>,
    /// Declarations of the headers that were not read, by name.
    pub unread: BTreeMap<String, UnreadItem>,
}

/// A name of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeName {
    /// The type that has the name: an integer, or the item of the ABI; of a pointer or an array,
    /// what is around the name follows.
    pub of: String,
    /// The place of the name.
    pub place: Place,
    /// The headers to which its file belongs, indexes into [`super::Abi::headers`].
    pub headers: Vec<usize>,
}

/// An ioctl that a header declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeclaredIoctl {
    /// Its whole number, as C computes it on x86_64, i386 and arm.
    pub numbers: PerModel<i128>,
    /// The place of its name.
    pub place: Place,
}

/// A declaration that was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadItem {
    /// Its text without comments and spaces, to compare it with that of another header.
    pub text: String,
    /// Why it was not read, in one sentence.
    pub reason: String,
    /// Where it starts.
    pub place: Place,
    /// The fields of a struct that is laid out, but not as any specification can describe.
    pub spans: FieldSpans,
}

/// Fields by name, each with its place on each model.
pub type FieldSpans = Vec<(String, PerModel<Span>)>;
