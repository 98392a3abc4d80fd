//! The declarations of an ABI that belong to some of its headers, to compare
//! with what these headers contain.

use std::collections::HashMap;

use crate::ir::{Abi, Entry, EntryKind, GroupKind, Literal, Macro, Meta, Struct, Value};
use crate::layout::LiteralType;
use crate::release::Release;

/// A named number or string of an ABI.
#[derive(Clone, Debug)]
pub struct DeclaredConstant<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its number; 0 of a string.
    pub number: i128,
    /// The type that its literal gives to a macro.
    pub c_type: Option<LiteralType>,
    /// The text of a string.
    pub text: Option<&'a str>,
    /// The tag of its enum, empty if the enum has none; `None` of a macro.
    pub tag: Option<&'a str>,
    /// Its documentation, releases and source.
    pub meta: &'a Meta,
}

/// The declarations of some headers.
#[derive(Debug, Default)]
pub struct Declarations<'a> {
    /// Numbers and strings.
    pub constants: Vec<DeclaredConstant<'a>>,
    /// Structs.
    pub structs: Vec<&'a Struct>,
    /// Function-like macros.
    pub macros: Vec<&'a Macro>,
    /// The index of each constant by its name.
    index: HashMap<&'a str, usize>,
}

impl<'a> Declarations<'a> {
    /// The declarations of these of the ABI's headers.
    pub fn of(abi: &'a Abi, headers: &[usize]) -> Self {
        let mut declarations = Self::default();
        let entries = abi.entries().into_iter();
        for entry in entries.filter(|entry| headers.contains(&abi.sections[entry.section].header)) {
            match entry.kind {
                EntryKind::Struct(_)
                    if !abi.headers[abi.sections[entry.section].header].structs => {}
                EntryKind::Struct(id) => declarations.structs.push(abi.struct_(id)),
                EntryKind::Macro(item) => declarations.macros.push(item),
                _ => declarations.constants.extend(constant(abi, &entry)),
            }
        }
        let names = declarations.constants.iter().enumerate();
        declarations.index = names.map(|(index, constant)| (constant.name, index)).collect();
        declarations
    }

    /// The constant of this name.
    pub fn constant(&self, name: &str) -> Option<&DeclaredConstant<'a>> {
        self.index.get(name).map(|index| &self.constants[*index])
    }

    /// The documentation, releases and source of a declaration.
    pub fn meta(&self, name: &str) -> Option<&'a Meta> {
        let other = || self.all().find_map(|(known, meta)| (known == name).then_some(meta));
        self.constant(name).map(|constant| constant.meta).or_else(other)
    }

    /// The present name of what was called `name` in earlier releases, and the
    /// release that renamed it.
    pub fn successor(&self, name: &str) -> Option<(&'a str, Release)> {
        self.all().find_map(|(now, meta)| {
            let mut former = meta.history.names.iter();
            former.find(|(then, _)| then == name).map(|(_, release)| (now, *release))
        })
    }

    fn all(&self) -> impl Iterator<Item = (&'a str, &'a Meta)> {
        let constants = self.constants.iter().map(|one| (one.name, one.meta));
        let structs = self.structs.iter().map(|one| (one.name.as_str(), &one.meta));
        let macros = self.macros.iter().map(|one| (one.name.as_str(), &one.meta));
        constants.chain(structs).chain(macros)
    }
}

/// The type that the literal of a value gives to its macro in C.
fn value_type(abi: &Abi, value: &Value) -> Option<LiteralType> {
    let of = |names: &[String]| {
        let values = abi.groups.iter().filter(|group| group.kind != GroupKind::Enum);
        let values = values.flat_map(|group| &group.values);
        let values = values.filter(|one| names.contains(&one.name));
        values.filter_map(|one| value_type(abi, one)).max()
    };
    match &value.literal {
        Literal::Or(names) => of(names),
        Literal::Bit { signed: true, .. } => None,
        Literal::Bit { bit, .. } => value.c_type.or(LiteralType::needed(Some(*bit), value.number)),
        _ => value.c_type.or(LiteralType::needed(None, value.number)),
    }
}

/// The number or string of an entry that is one.
fn constant<'a>(abi: &Abi, entry: &Entry<'a>) -> Option<DeclaredConstant<'a>> {
    let (number, text, tag) = match entry.kind {
        EntryKind::Constant(_, value) | EntryKind::Enumerator(_, value) => {
            let text = match &value.literal {
                Literal::Text(text) => Some(text.as_str()),
                _ => None,
            };
            let enumerator = matches!(entry.kind, EntryKind::Enumerator(..));
            (value.number, text, enumerator.then(|| entry.tag().unwrap_or_default()))
        }
        EntryKind::Capability(capability) => (capability.id.into(), None, None),
        EntryKind::Ioctl(id) => {
            let numbers = abi.ioctl_numbers.as_ref()?;
            let number = numbers.low_half(abi.ioctl(id).number);
            (number.into(), None, None)
        }
        _ => return None,
    };
    let c_type = match entry.kind {
        EntryKind::Constant(_, value) => value_type(abi, value),
        _ => None,
    };
    Some(DeclaredConstant { name: entry.name, number, c_type, text, tag, meta: entry.meta })
}
