//! The content of headers, as data.

use std::collections::BTreeSet;

use crate::diagnostic::Place;
use crate::layout::{Int, Layout, PerModel};

/// Everything that some headers declare, each kind in the order of the text.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Named numbers and strings: macros and enumerators.
    pub constants: Vec<Constant>,
    /// Macros with parameters.
    pub macros: Vec<FunctionMacro>,
    /// Structs with known fields.
    pub structs: Vec<StructFact>,
    /// The include guards of the headers.
    pub guards: Vec<Guard>,
    /// Names whose declarations could not be parsed.
    pub unread: BTreeSet<String>,
}

/// An include guard.
#[derive(Clone, Debug)]
pub struct Guard {
    /// The file that it guards.
    pub file: usize,
    /// Its name.
    pub name: String,
}

/// A named number or string.
#[derive(Clone, Debug)]
pub struct Constant {
    /// Its name.
    pub name: String,
    /// Its number as C computes it; 0 of a string.
    pub number: i128,
    /// How it is written.
    pub spelt: Spelt,
    /// The tag of its enum, empty for an enum without a tag; `None` for a macro.
    pub tag: Option<String>,
    /// Which enum of the headers it is in, counted from the first.
    pub enum_index: Option<usize>,
    /// The struct inside which it is defined.
    pub within: Option<Within>,
    /// Its comment.
    pub doc: String,
    /// The place of its name.
    pub place: Place,
}

/// A place between the fields of a struct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Within {
    /// The struct.
    pub struct_: String,
    /// The field before it, if there is one; for a union, its last member.
    pub field: Option<String>,
}

/// How a constant is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spelt {
    /// In decimal.
    Decimal,
    /// In hexadecimal.
    Hex,
    /// `1 << n`, with C's type `int` where `signed`.
    Bit {
        /// The bit's number.
        bit: u32,
        /// Whether its C type is `int`.
        signed: bool,
    },
    /// An or of names.
    Or(Vec<String>),
    /// One more than the enumerator before it, or 0.
    Position,
    /// A string.
    Text(String),
    /// `_IO(type, number)`.
    Ioctl {
        /// The type.
        type_: i128,
        /// The number.
        number: i128,
    },
    /// Anything else that has a value.
    Computed,
}

/// A macro with parameters.
#[derive(Clone, Debug)]
pub struct FunctionMacro {
    /// Its name.
    pub name: String,
    /// Its parameters.
    pub args: Vec<String>,
    /// Its text, line by line.
    pub c: Vec<String>,
    /// Its comment.
    pub doc: String,
    /// The place of its name.
    pub place: Place,
}

/// A struct.
#[derive(Clone, Debug)]
pub struct StructFact {
    /// Its name.
    pub name: String,
    /// Whether fields follow each other without padding.
    pub packed: bool,
    /// Its fields.
    pub fields: Vec<FieldFact>,
    /// Its layout on each model.
    pub layouts: PerModel<Layout>,
    /// Its comment.
    pub doc: String,
    /// The place of its name.
    pub place: Place,
}

/// A field of a struct, or a member of an anonymous union.
#[derive(Clone, Debug)]
pub struct FieldFact {
    /// Its name; empty for an anonymous union.
    pub name: String,
    /// Its type.
    pub type_: TypeFact,
    /// Its comment.
    pub doc: String,
    /// The place of its name.
    pub place: Place,
}

/// The type of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeFact {
    /// An integer.
    Int(Int),
    /// A struct.
    Struct(String),
    /// A pointer to integers.
    Pointer(Int),
    /// An array of fixed length, and the constant that names the length.
    Array(Box<TypeFact>, u64, Option<String>),
    /// A flexible array, and the field that counts it according to the header.
    Flexible(Box<TypeFact>, Option<String>),
    /// An anonymous union, with the names and types of its members.
    Union(Vec<(String, TypeFact)>),
}

impl Facts {
    /// The constant of this name.
    pub fn constant(&self, name: &str) -> Option<&Constant> {
        self.constants.iter().find(|constant| constant.name == name)
    }

    /// The struct of this name.
    pub fn struct_(&self, name: &str) -> Option<&StructFact> {
        self.structs.iter().find(|one| one.name == name)
    }
}

impl TypeFact {
    /// The type as a specification writes it.
    pub fn text(&self) -> String {
        match self {
            Self::Int(int) => int.name().to_owned(),
            Self::Struct(name) => name.clone(),
            Self::Pointer(int) => [int.name(), "*"].concat(),
            Self::Array(element, length, _) => format!("{}[{length}]", element.text()),
            Self::Flexible(element, _) => [&element.text(), "[]"].concat(),
            Self::Union(arms) => {
                let arms = arms.iter().map(|(name, arm)| [&arm.text(), " ", name].concat());
                format!("union {{ {} }}", arms.collect::<Vec<_>>().join("; "))
            }
        }
    }

    /// The names of the members of an anonymous union.
    pub fn arms(&self) -> &[(String, TypeFact)] {
        match self {
            Self::Union(arms) => arms,
            _ => &[],
        }
    }
}
