//! The content of headers, as data.

use std::collections::{BTreeMap, HashMap};

use crate::diagnostic::Place;
use crate::ir::{FieldSpans, UnreadItem};
use crate::layout::{Int, Layout, LiteralType, PerModel};

/// Everything that some headers declare, each kind in the order of the text.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Named numbers and strings: macros and enumerators.
    pub constants: Vec<ConstantFact>,
    /// Macros with parameters.
    pub macros: Vec<FunctionMacro>,
    /// Structs with known fields.
    pub structs: Vec<StructFact>,
    /// The names of types, as C knows them.
    pub type_names: Vec<TypeNameFact>,
    /// The comments of enums by their tags.
    pub enum_docs: BTreeMap<String, String>,
    /// The include guards of the headers.
    pub guards: Vec<Guard>,
    /// Declarations that were not read, by name.
    pub unread: BTreeMap<String, UnreadItem>,
    /// The numbers of the constants that are ioctls, on the targets of the models whose ioctls
    /// have the direction in the same bits.
    pub ioctl_numbers: BTreeMap<String, PerModel<i128>>,
    /// The texts of declarations by name, without comments and spaces.
    pub texts: HashMap<String, String>,
}

/// A name of a type: `struct a`, or `a` by `typedef`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeNameFact {
    /// The name.
    pub name: String,
    /// The type that has it, as [`crate::ir::TypeName`] says.
    pub of: String,
    /// Its place.
    pub place: Place,
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
pub struct ConstantFact {
    /// Its name.
    pub name: String,
    /// Its number as C computes it; 0 of a string.
    pub number: i128,
    /// How it is written.
    pub spelt: Spelt,
    /// The type that suffixes give to a macro, and the macros of the kernel's own headers.
    pub c_type: Option<LiteralType>,
    /// The tag of its enum, empty for an enum without a tag; `None` for a macro.
    pub tag: Option<String>,
    /// Which enum of the headers it is in, counted from the first.
    pub enum_index: Option<usize>,
    /// The struct inside which it is defined.
    pub within: Option<EnclosingField>,
    /// Its comment.
    pub doc: String,
    /// The place of its name.
    pub place: Place,
}

/// A place between the fields of a struct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnclosingField {
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
    /// An or of names, or one name.
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
    /// An ioctl with more in its number, such as `_IOWR(type, number, struct x)`: the macro.
    Encoded(String),
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
    /// Whether its name is given by `typedef` only, so that there is no `struct NAME`.
    pub untagged: bool,
    /// Whether fields follow each other without padding.
    pub packed: bool,
    /// Its fields.
    pub fields: Vec<FieldFact>,
    /// Its layout on each model.
    pub layouts: PerModel<Layout>,
    /// Its comment.
    pub doc: String,
    /// What its comment says about its members, those of unions too.
    pub member_docs: BTreeMap<String, String>,
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
    /// An integer that is big-endian on every target. No specification can describe it.
    BigEndian(Int),
    /// `long`, an integer as wide as a pointer, and whether it is signed. No
    /// specification can describe it.
    Long(bool),
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
    /// The declaration that contains a place.
    pub fn declaration_at(&self, place: Place) -> Option<&str> {
        let struct_ = self
            .structs
            .iter()
            .find(|one| one.place == place || one.fields.iter().any(|field| field.place == place));
        let constant = || self.constants.iter().find(|one| one.place == place);
        let macro_ = || self.macros.iter().find(|one| one.place == place);
        let name = struct_.map(|one| one.name.as_str());
        let name = name.or_else(|| constant().map(|one| one.name.as_str()));
        name.or_else(|| macro_().map(|one| one.name.as_str()))
    }

    /// Takes a declaration away that cannot be described, for a reason.
    pub fn forget(&mut self, name: &str, reason: String) {
        let struct_ = self.struct_(name);
        let place = struct_.map(|one| one.place);
        let place = place.or_else(|| self.constant(name).map(|one| one.place));
        let spans = struct_.map(StructFact::spans).unwrap_or_default();
        let text = self.texts.get(name).cloned().unwrap_or_default();
        let unread = UnreadItem { text, reason, place: place.unwrap_or_default(), spans };
        self.unread.insert(name.to_owned(), unread);
        self.structs.retain(|one| one.name != name);
        self.constants.retain(|one| one.name != name);
        self.macros.retain(|one| one.name != name);
    }

    /// Takes all declarations away, for a reason.
    pub fn forget_all(&mut self, reason: &str) {
        let structs = self.structs.iter().map(|one| &one.name);
        let constants = self.constants.iter().map(|one| &one.name);
        let macros = self.macros.iter().map(|one| &one.name);
        let names: Vec<_> = structs.chain(constants).chain(macros).cloned().collect();
        names.iter().for_each(|name| self.forget(name, reason.to_owned()));
    }

    /// Takes away the declarations of other files, except for the structs that the
    /// remaining ones use.
    pub fn keep_files(&mut self, files: &[usize]) {
        let own = |place: Place| files.contains(&place.file());
        self.constants.retain(|one| own(one.place));
        self.macros.retain(|one| own(one.place));
        self.unread.retain(|_, one| own(one.place));
        self.type_names.retain(|one| own(one.place));
        let mut used = std::collections::BTreeSet::new();
        for one in self.structs.iter().rev() {
            if own(one.place) || used.contains(&one.name) {
                for field in &one.fields {
                    field.type_.structs(&mut |name| {
                        used.insert(name.to_owned());
                    });
                }
            }
        }
        self.structs.retain(|one| own(one.place) || used.contains(&one.name));
    }

    /// The structs that no specification can describe, each with the reason: those with a
    /// `long` or a big-endian integer, and those that contain one of them.
    pub fn not_describable(&self) -> BTreeMap<String, String> {
        let mut found = BTreeMap::<String, String>::new();
        for one in &self.structs {
            let reason = one.fields.iter().find_map(|field| {
                let name = &field.name;
                if let Some(what) = field.type_.not_describable() {
                    return Some(format!("`{name}` is {what}"));
                }
                let mut inner = None;
                field.type_.structs(&mut |of| inner = inner.take().or(found.get(of).cloned()));
                inner
            });
            found.extend(reason.map(|reason| (one.name.clone(), reason)));
        }
        found
    }

    /// The constant of this name.
    pub fn constant(&self, name: &str) -> Option<&ConstantFact> {
        self.constants.iter().find(|constant| constant.name == name)
    }

    /// The struct of this name.
    pub fn struct_(&self, name: &str) -> Option<&StructFact> {
        self.structs.iter().find(|one| one.name == name)
    }
}

impl StructFact {
    /// Where the fields lie; nothing if a union is among them, whose members have sizes of
    /// their own.
    fn spans(&self) -> FieldSpans {
        if self.fields.iter().any(|field| !field.type_.arms().is_empty()) {
            return Vec::new();
        }
        let spans = |index: usize| self.layouts.each_ref().map(|layout| layout.fields[index]);
        let fields = self.fields.iter().enumerate();
        fields.map(|(index, field)| (field.name.clone(), spans(index))).collect()
    }
}

impl TypeFact {
    /// Calls a function with the name of every struct in the type.
    pub fn structs(&self, each: &mut impl FnMut(&str)) {
        match self {
            Self::Struct(name) => each(name),
            Self::Array(element, ..) | Self::Flexible(element, _) => element.structs(each),
            Self::Union(arms) => arms.iter().for_each(|(_, arm)| arm.structs(each)),
            Self::Int(_) | Self::BigEndian(_) | Self::Long(_) | Self::Pointer(_) => {}
        }
    }

    /// Makes an integer that is aligned to 8 a plain one, since `#pragma pack` takes its alignment away.
    pub(super) fn drop_alignment(&mut self) {
        match self {
            Self::Int(int) | Self::BigEndian(int) => {
                *int = match *int {
                    Int::AlignedU64 => Int::U64,
                    Int::AlignedLe64 => Int::Le64,
                    other => other,
                }
            }
            Self::Array(element, ..) | Self::Flexible(element, _) => element.drop_alignment(),
            Self::Union(arms) => arms.iter_mut().for_each(|(_, arm)| arm.drop_alignment()),
            Self::Long(_) | Self::Struct(_) | Self::Pointer(_) => {}
        }
    }

    /// Makes an unsigned integer of 64 bits one that is aligned to 8 everywhere.
    pub(super) fn align_to_8(&mut self) {
        if let Self::Int(int @ Int::U64) | Self::BigEndian(int @ Int::U64) = self {
            *int = Int::AlignedU64;
        }
    }

    /// What no specification can describe in the type, apart from structs.
    fn not_describable(&self) -> Option<&'static str> {
        match self {
            Self::Long(_) => Some("a long, which is narrower on 32 bit"),
            Self::BigEndian(_) => Some("big-endian, which no specification describes"),
            Self::Array(element, ..) | Self::Flexible(element, _) => element.not_describable(),
            Self::Union(arms) => arms.iter().find_map(|(_, arm)| arm.not_describable()),
            Self::Int(_) | Self::Struct(_) | Self::Pointer(_) => None,
        }
    }

    /// The type as a specification writes it.
    pub fn text(&self) -> String {
        match self {
            Self::Int(int) => int.name().to_owned(),
            Self::BigEndian(Int::AlignedU64) => "aligned_be64".to_owned(),
            Self::BigEndian(int) => int.name().replacen('u', "be", 1),
            Self::Long(true) => "long".to_owned(),
            Self::Long(false) => "unsigned long".to_owned(),
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
