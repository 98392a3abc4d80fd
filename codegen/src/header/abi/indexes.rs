//! Updates indexes: removed items leave the lists, and chains, headers of
//! capabilities and sections refer to the remaining ones.

use super::Teller;
use crate::ir::{
    Abi, Bits, CapabilityId, Chain, ChainStart, Host, IoctlId, Item, MacroId, Role, StructId,
};

impl Teller<'_> {
    pub(super) fn finish(&mut self) {
        self.sections();
        self.drop_gone();
        self.headers();
        self.chains();
        self.struct_roles();
    }

    /// Items of the reference under their new indexes, and new structs.
    fn sections(&mut self) {
        let known = self.reference.structs.len();
        let mut sections = std::mem::take(&mut self.abi.sections);
        for (index, section) in sections.iter_mut().enumerate() {
            let own = self.reference.sections[index].items.len();
            let items = std::mem::take(&mut section.items);
            let moved = items.into_iter().enumerate().filter_map(|(at, item)| match item {
                _ if at >= own => Some(item),
                Item::Struct(id) => self.moved(id).map(Item::Struct),
                Item::Group(id) => self.groups.get(&id).copied().map(Item::Group),
                other => Some(other),
            });
            section.items = moved.collect();
        }
        let kept = self.reference.structs.iter().filter(|one| self.ids.contains_key(&one.name));
        debug_assert!(kept.clone().count() <= known);
        for index in kept.count()..self.abi.structs.len() {
            sections[self.abi.structs[index].section].items.push(Item::Struct(StructId(index)));
        }
        self.abi.sections = sections;
    }

    /// The index of a struct of the reference.
    fn moved(&self, id: StructId) -> Option<StructId> {
        self.ids.get(&self.reference.struct_(id).name).copied()
    }

    /// Takes macros, ioctls and capabilities away that the headers lack.
    fn drop_gone(&mut self) {
        let mut gone = [Vec::new(), Vec::new(), Vec::new()];
        for (index, section) in self.reference.sections.iter().enumerate() {
            for item in &section.items {
                match *item {
                    Item::Macro(at) if self.is_gone(&self.reference.macro_(at).name, index) => {
                        gone[0].push(at.0);
                    }
                    Item::Ioctl(at) if self.is_gone(&self.reference.ioctl(at).name, index) => {
                        gone[1].push(at.0);
                    }
                    Item::Capability(at)
                        if self.is_gone(&self.reference.capability(at).name, index) =>
                    {
                        gone[2].push(at.0);
                    }
                    _ => {}
                }
            }
        }
        let abi = &mut self.abi;
        let [macros, ioctls, capabilities] = &gone;
        without(&mut abi.macros, macros);
        without(&mut abi.ioctls, ioctls);
        without(&mut abi.capabilities, capabilities);
        let moved = |gone: &[usize], at: usize| {
            (!gone.contains(&at)).then(|| at - gone.iter().filter(|one| **one < at).count())
        };
        for section in &mut abi.sections {
            let items = section.items.iter().filter_map(|item| match *item {
                Item::Macro(id) => moved(macros, id.0).map(|at| Item::Macro(MacroId(at))),
                Item::Ioctl(id) => moved(ioctls, id.0).map(|at| Item::Ioctl(IoctlId(at))),
                Item::Capability(id) => {
                    moved(capabilities, id.0).map(|at| Item::Capability(CapabilityId(at)))
                }
                other => Some(other),
            });
            section.items = items.collect();
        }
    }

    /// The headers of capabilities, whose structs always exist.
    fn headers(&mut self) {
        let mut headers = std::mem::take(&mut self.abi.cap_headers);
        for header in &mut headers {
            let before = self.reference.struct_(header.struct_);
            header.struct_ = self.moved(header.struct_).unwrap_or(header.struct_);
            let after = self.abi.struct_(header.struct_);
            let moved = |bits: &mut Bits| {
                let name = &before.fields[bits.field].name;
                let at = after.fields.iter().position(|field| field.name == *name);
                bits.field = at.unwrap_or(0);
            };
            moved(&mut header.id);
            moved(&mut header.next);
            header.version.as_mut().into_iter().for_each(moved);
        }
        self.abi.cap_headers = headers;
    }

    fn chains(&mut self) {
        let mut chains = std::mem::take(&mut self.abi.chains);
        for (index, chain) in chains.iter_mut().enumerate() {
            let all = self.abi.capabilities.iter().enumerate();
            let own = all.filter(|(_, capability)| capability.chain.0 == index);
            chain.capabilities = own.map(|(at, _)| CapabilityId(at)).collect();
            chain.capabilities.sort_by_key(|at| self.abi.capability(*at).id);
            self.start(chain);
        }
        self.abi.chains = chains;
        let structs = &self.abi.structs;
        for capability in &mut self.abi.capabilities {
            let body = capability.struct_.map(|id| &structs[id.0].fields);
            let versions = body.into_iter().flatten().map(|field| field.version);
            capability.version = versions.max().unwrap_or(capability.version);
        }
    }

    /// The start of a chain, with the current indexes of its host.
    fn start(&self, chain: &mut Chain) {
        let start = std::mem::replace(&mut chain.start, ChainStart::Unknown);
        chain.start = match start {
            ChainStart::AtOffsetField { host, .. } => {
                let Some((host, cap_offset)) = self.offset_host(host) else { return };
                let struct_ = self.abi.struct_(host.struct_);
                let layout = &struct_.layouts[0];
                let minsz = struct_.minsz.map_or(layout.size, |minsz| layout.fields[minsz].end());
                chain.bound = minsz.max(layout.fields[cap_offset].end());
                ChainStart::AtOffsetField { host, cap_offset }
            }
            ChainStart::After { host, offset } => {
                let Some(host) = self.host(host) else { return };
                ChainStart::After { host, offset }
            }
            other => other,
        };
    }

    /// The host of a chain, if the headers have it.
    fn host(&self, host: Host) -> Option<Host> {
        let id = self.moved(host.struct_)?;
        let flags = self.with_role(id, Role::Flags)?;
        let flag = flag(&self.abi, &host.flag.0)?;
        Some(Host { struct_: id, flags, flag: (host.flag.0, flag) })
    }

    fn offset_host(&self, host: Host) -> Option<(Host, usize)> {
        let host = self.host(host)?;
        let cap_offset = self.with_role(host.struct_, Role::CapOffset)?;
        Some((host, cap_offset))
    }

    fn with_role(&self, id: StructId, role: Role) -> Option<usize> {
        self.abi.struct_(id).fields.iter().position(|field| field.role == role)
    }
}

/// The number of a flag.
fn flag(abi: &Abi, name: &str) -> Option<u64> {
    let mut values = abi.groups.iter().flat_map(|group| &group.values);
    let value = values.find(|value| value.name == name)?;
    u64::try_from(value.number).ok()
}

/// Takes elements away by their indexes.
fn without<T>(list: &mut Vec<T>, gone: &[usize]) {
    let mut index = 0;
    list.retain(|_| {
        index += 1;
        !gone.contains(&(index - 1))
    });
}
