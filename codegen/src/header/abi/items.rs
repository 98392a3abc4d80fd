//! Macros, ioctls and capabilities.

use super::super::conventions;
use super::super::facts::{Constant, Spelt};
use super::Teller;
use crate::ir::{
    Arg, Capability, CapabilityId, Copied, Handler, Ioctl, IoctlId, Item, Macro, MacroId, StructId,
    StructRole,
};
use crate::names;

impl Teller<'_> {
    /// Known items as the headers declare them, followed by new ones.
    pub(super) fn items(&mut self) {
        self.retell_items();
        let facts = self.facts;
        let macros = facts.macros.iter().filter(|one| !self.is_known(&one.name));
        for found in macros.collect::<Vec<_>>() {
            self.guessed.insert(found.name.clone());
            let item = Item::Macro(MacroId(self.abi.macros.len()));
            let section = self.section_at(found.place);
            let meta = self.meta(&found.doc, found.place);
            let (name, args, c) = (found.name.clone(), found.args.clone(), found.c.join("\n"));
            self.abi.macros.push(Macro { name, meta, args, c, rust: String::new() });
            self.abi.sections[section].items.push(item);
        }
        let constants = facts.constants.iter().filter(|one| !self.is_known(&one.name));
        for constant in constants.collect::<Vec<_>>() {
            if matches!(constant.spelt, Spelt::Ioctl { .. }) {
                self.new_ioctl(constant);
            } else if self.kinds.chain_of(constant).is_some() {
                self.new_capability(constant);
            }
        }
    }

    /// Whether an item of the reference declares a name.
    pub(super) fn declares(&self, item: Item, name: &str) -> bool {
        let reference = self.reference;
        match item {
            Item::Struct(id) => reference.struct_(id).name == name,
            Item::Group(id) => reference.group(id).values.iter().any(|value| value.name == name),
            Item::Macro(index) => reference.macro_(index).name == name,
            Item::Ioctl(index) => reference.ioctl(index).name == name,
            Item::Chain(_) => false,
            Item::Capability(index) => reference.capability(index).name == name,
        }
    }

    fn retell_items(&mut self) {
        let mut macros = std::mem::take(&mut self.abi.macros);
        for item in &mut macros {
            let Some(found) = self.facts.macros.iter().find(|one| one.name == item.name) else {
                continue;
            };
            let black = |text: &str| text.split_whitespace().collect::<String>();
            if black(&item.c) != black(&found.c.concat()) || item.args != found.args {
                (item.c, item.args) = (found.c.join("\n"), found.args.clone());
            }
        }
        self.abi.macros = macros;
        let base = self.abi.ioctl_numbers.as_ref().map_or(0, |numbers| numbers.base_value);
        let mut ioctls = std::mem::take(&mut self.abi.ioctls);
        for item in &mut ioctls {
            if let Some(Spelt::Ioctl { number, .. }) =
                self.facts.constant(&item.name).map(|one| &one.spelt)
            {
                let number = u32::try_from(number - i128::from(base));
                item.number = number.unwrap_or(item.number);
            }
            if let Arg::Struct(id) = item.arg {
                self.follow(id, &mut item.handlers);
                let moved = self.ids.get(&self.reference.struct_(id).name);
                item.arg = moved.map_or(Arg::Int, |id| Arg::Struct(*id));
            }
        }
        self.abi.ioctls = ioctls;
        let mut capabilities = std::mem::take(&mut self.abi.capabilities);
        for item in &mut capabilities {
            if let Some(constant) = self.facts.constant(&item.name) {
                item.id = u64::try_from(constant.number).unwrap_or(item.id);
            }
            let body = item.struct_.map(|id| &self.reference.struct_(id).name);
            item.struct_ = body.and_then(|name| self.ids.get(name).copied());
        }
        self.abi.capabilities = capabilities;
    }

    /// The bytes of handlers are the ends of fields, and move with them.
    fn follow(&self, id: StructId, handlers: &mut [Handler]) {
        let before = self.reference.struct_(id);
        let Some(after) = self.ids.get(&before.name).map(|id| self.abi.struct_(*id)) else {
            return;
        };
        let moved = |end: u64| {
            let spans = before.fields.iter().zip(&before.layouts[0].fields);
            let field = spans.into_iter().find(|(_, span)| span.end() == end);
            let name = field.map(|(field, _)| &field.name);
            let at = after.fields.iter().position(|field| Some(&field.name) == name);
            at.map_or(end, |at| after.layouts[0].fields[at].end())
        };
        for handler in handlers {
            handler.minsz = moved(handler.minsz);
            for copied in [&mut handler.reads, &mut handler.writes] {
                if let Copied::Ends(ends) = copied {
                    ends.iter_mut().for_each(|end| *end = moved(*end));
                }
            }
        }
    }

    fn new_ioctl(&mut self, constant: &Constant) {
        let Some((fd, backends)) = self.kinds.served_by(constant) else { return };
        self.guessed.insert(constant.name.clone());
        let Spelt::Ioctl { number, .. } = constant.spelt else { return };
        let base = self.abi.ioctl_numbers.as_ref().map_or(0, |numbers| numbers.base_value);
        let number = u32::try_from(number - i128::from(base)).unwrap_or_default();
        let arg = match self.kinds.arg(constant).as_str() {
            "none" => Arg::None,
            "fd" => Arg::Fd,
            "u32" => Arg::U32,
            "string" => Arg::Text,
            name => self.ids.get(name).map_or(Arg::Int, |id| Arg::Struct(*id)),
        };
        let item = Item::Ioctl(IoctlId(self.abi.ioctls.len()));
        self.abi.ioctls.push(Ioctl {
            name: constant.name.clone(),
            meta: self.meta(&constant.doc, constant.place),
            number,
            fd,
            backends: backends.to_vec(),
            arg,
            returns: None,
            handlers: Vec::new(),
        });
        let section = self.section_at(constant.place);
        self.abi.sections[section].items.push(item);
    }

    fn new_capability(&mut self, constant: &Constant) {
        let chain = self.kinds.chain_of(constant).map(|chain| chain.name.clone());
        let chain = self.abi.chains.iter().position(|one| Some(&one.name) == chain.as_ref());
        let (Some(chain), Ok(id)) = (chain, u64::try_from(constant.number)) else { return };
        self.guessed.insert(constant.name.clone());
        let body = self.kinds.body_of(constant);
        let item = Item::Capability(CapabilityId(self.abi.capabilities.len()));
        self.abi.capabilities.push(Capability {
            name: constant.name.clone(),
            short: names::short(&constant.name, &self.abi.chains[chain].prefix, "").to_owned(),
            meta: self.meta(&constant.doc, constant.place),
            chain: crate::ir::ChainId(chain),
            id,
            version: 1,
            struct_: body.and_then(|body| self.ids.get(&body.name).copied()),
            inline: false,
        });
        let section = self.section_at(constant.place);
        self.abi.sections[section].items.push(item);
    }

    /// The role of each struct.
    pub(super) fn struct_roles(&mut self) {
        self.abi.structs.iter_mut().for_each(|one| one.role = StructRole::Plain);
        for ioctl in &self.abi.ioctls {
            if let Arg::Struct(id) = ioctl.arg {
                self.abi.structs[id.0].role = StructRole::Argument;
            }
        }
        for (index, capability) in self.abi.capabilities.iter().enumerate() {
            if let Some(id) = capability.struct_ {
                self.abi.structs[id.0].role = StructRole::Capability(CapabilityId(index));
            }
        }
    }

    /// Whether an item of the reference is gone.
    pub(super) fn is_gone(&self, name: &str, section: usize) -> bool {
        let there = self.facts.constant(name).is_some()
            || self.facts.macros.iter().any(|one| one.name == *name)
            || self.facts.unread.contains(name)
            || conventions::heads(self.reference, name);
        self.is_given(section) && !there
    }
}
