//! What an ABI says of some headers, name by name, in a form to hold facts
//! against.

use std::collections::HashMap;

use crate::ir::{Abi, Group, GroupKind, Item, Literal, Macro, Meta, Struct, StructId, Value};
use crate::release::Release;

/// A named number or string of an ABI.
#[derive(Clone, Debug)]
pub struct Said<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its number; 0 of a string.
    pub number: i128,
    /// Its text, where it is a string.
    pub text: Option<&'a str>,
    /// The tag of its enum, empty where that has none; nothing of a macro.
    pub tag: Option<&'a str>,
    /// What every item has.
    pub meta: &'a Meta,
}

/// Everything that an ABI says of some headers.
#[derive(Debug, Default)]
pub struct SaidOf<'a> {
    /// Numbers and strings.
    pub constants: Vec<Said<'a>>,
    /// Structs.
    pub structs: Vec<&'a Struct>,
    /// Macros with parameters.
    pub macros: Vec<&'a Macro>,
    /// Where constants are, by name.
    index: HashMap<&'a str, usize>,
}

/// What an ABI says of these of its headers.
pub fn said<'a>(abi: &'a Abi, given: &[usize]) -> SaidOf<'a> {
    let mut said = SaidOf::default();
    let sections = abi.sections.iter().filter(|section| given.contains(&section.header));
    for item in sections.flat_map(|section| &section.items) {
        match item {
            Item::Struct(id) => said.struct_(abi, *id),
            Item::Group(id) => said.group(abi.group(*id)),
            Item::Macro(index) => said.macros.push(abi.macro_(*index)),
            Item::Ioctl(index) => said.ioctl(abi, *index),
            Item::Chain(_) => {}
            Item::Capability(index) => said.capability(abi, *index),
        }
    }
    let names = said.constants.iter().enumerate();
    said.index = names.map(|(index, constant)| (constant.name, index)).collect();
    said
}

impl<'a> SaidOf<'a> {
    fn struct_(&mut self, abi: &'a Abi, id: StructId) {
        self.structs.push(abi.struct_(id));
        abi.held_groups(id).for_each(|group| self.group(group));
    }

    fn group(&mut self, group: &'a Group) {
        let tag = match group.kind {
            GroupKind::Enum => Some(group.name.as_str()),
            GroupKind::AnonymousEnum => Some(""),
            _ => None,
        };
        self.constants.extend(group.values.iter().map(|value| Said { tag, ..constant(value) }));
    }

    fn ioctl(&mut self, abi: &'a Abi, index: crate::ir::IoctlId) {
        let ioctl = abi.ioctl(index);
        let Some(numbers) = &abi.ioctl_numbers else { return };
        let number = numbers.type_value << 8 | (numbers.base_value + ioctl.number);
        let (name, meta) = (ioctl.name.as_str(), &ioctl.meta);
        self.constants.push(Said { name, number: number.into(), text: None, tag: None, meta });
    }

    fn capability(&mut self, abi: &'a Abi, index: crate::ir::CapabilityId) {
        let capability = abi.capability(index);
        let (name, meta) = (capability.name.as_str(), &capability.meta);
        let number = capability.id.into();
        self.constants.push(Said { name, number, text: None, tag: None, meta });
        if let Some(id) = capability.struct_.filter(|_| capability.inline) {
            self.struct_(abi, id);
        }
    }

    /// The constant of this name.
    pub fn constant(&self, name: &str) -> Option<&Said<'a>> {
        self.index.get(name).map(|index| &self.constants[*index])
    }

    /// What every item has, of whatever is called so.
    pub fn meta(&self, name: &str) -> Option<&'a Meta> {
        let struct_ = || self.structs.iter().find(|one| one.name == name).map(|one| &one.meta);
        let macro_ = || self.macros.iter().find(|one| one.name == name).map(|one| &one.meta);
        self.constant(name).map(|one| one.meta).or_else(struct_).or_else(macro_)
    }

    /// What is called otherwise today and was called so: its name, and the
    /// release that gave it that.
    pub fn former(&self, name: &str) -> Option<(&'a str, Release)> {
        let structs = self.structs.iter().map(|one| (one.name.as_str(), &one.meta));
        let constants = self.constants.iter().map(|one| (one.name, one.meta));
        structs.chain(constants).find_map(|(now, meta)| {
            let mut former = meta.history.names.iter();
            former.find(|(then, _)| then == name).map(|(_, release)| (now, *release))
        })
    }
}

fn constant(value: &Value) -> Said<'_> {
    let text = match &value.literal {
        Literal::Text(text) => Some(text.as_str()),
        _ => None,
    };
    Said { name: &value.name, number: value.number, text, tag: None, meta: &value.meta }
}
