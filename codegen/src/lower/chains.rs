//! Lowers chains, the headers of their capabilities, and capabilities.

use super::structs::StructSource;
use super::{Lowering, groups, parts, resolved};
use crate::ir::{
    Bits, CapHeader, Capability, CapabilityId, Chain, ChainId, ChainStart, Field, Host, Item,
    KindOf, Meta, RareHistory, Role, Space, StructId, StructRole, Type,
};
use crate::spec::text::Number;
use crate::spec::types::BitsExpr;
use crate::spec::{self, RelativeTo, SpecFile};

impl<'a> Lowering<'a> {
    pub(super) fn chain(
        &mut self,
        file: &'a SpecFile,
        section: usize,
        item: &'a spec::ChainSpec,
    ) -> ChainId {
        let validity = item.validity(file.validity());
        let id = ChainId(self.abi.chains.len());
        // The list has only the headers whose struct exists in the release.
        let headers = self.spec.abi.cap_headers.iter();
        let mut headers =
            headers.filter(|(_, one)| self.structs.contains_key(one.struct_.as_str()));
        let header = headers.position(|(name, _)| name.value == item.header.value);
        let chain = Chain {
            name: item.chain.value.clone(),
            meta: self.meta(parts!(item, &item.chain), validity, &file.source),
            section,
            header: resolved(header),
            start: ChainStart::Unknown,
            bound: 0,
            space: None,
            prefix: item.prefix.value.clone(),
            reserved: groups::reserved(&item.reserved),
            capabilities: Vec::new(),
        };
        self.abi.chains.push(chain);
        id
    }

    /// The start of a chain, and the smallest offset of a capability.
    fn start(&self, item: &spec::ChainSpec) -> (ChainStart, u64) {
        let Some(first) = &item.first else {
            let host = resolved(self.host(item));
            let cap_offset = resolved(self.with_role(host.struct_, Role::CapOffset));
            let struct_ = self.abi.struct_(host.struct_);
            let layout = struct_.kernel_layout();
            let minsz = struct_.minsz.map_or(layout.size, |minsz| layout.fields[minsz].end());
            let bound = minsz.max(layout.fields[cap_offset].end());
            return (ChainStart::AtOffsetField { host, cap_offset }, bound);
        };
        let offset = first.offset.map_or(0, |offset| unsigned(offset.value));
        let int = first.type_.as_ref().and_then(|name| crate::spec::types::int(name));
        let within = item.within.as_ref().map(|within| unsigned(within.start));
        let bound = first.bound.map(|bound| unsigned(bound.value));
        let bound = within.or(bound).unwrap_or(offset);
        if let Some((by, struct_)) = first.by.as_ref().zip(self.space_struct(item)) {
            let offsets = first.offsets.iter().filter(|(name, _)| {
                // A constant that the release does not have cannot be the value.
                self.numbers.contains_key(name.as_str())
            });
            let offsets = offsets.map(|(name, offset)| {
                (self.spelt(name), self.number(name), unsigned(offset.value))
            });
            let start = ChainStart::Chosen {
                by: self.bits(struct_, by),
                offsets: offsets.collect(),
                int: resolved(int),
            };
            return (start, bound);
        }
        let start = match (self.host(item), int) {
            (Some(host), _) => ChainStart::After { host, offset },
            (None, Some(int)) => ChainStart::FieldAt { offset, int },
            (None, None) => ChainStart::Fixed { offset },
        };
        (start, bound)
    }

    /// The struct at the start of the space of a chain.
    pub(super) fn space_struct(&self, item: &spec::ChainSpec) -> Option<StructId> {
        self.structs.get(item.space.as_ref()?.as_str()).copied()
    }

    /// The space of a chain.
    fn space(&self, chain: ChainId) -> Option<Space> {
        let item = self.chain_item(chain);
        let end = unsigned(item.within.as_ref()?.end);
        let struct_ = self.space_struct(item);
        let flag = struct_.zip(item.flag.as_ref()).map(|(struct_, flag)| {
            let fields = &self.abi.struct_(struct_).fields;
            let named = |group: crate::ir::GroupId| {
                let values = &self.abi.group(group).values;
                values.iter().any(|value| value.name == self.spelt(flag))
            };
            let field = fields.iter().position(|field| field.group.is_some_and(named));
            (resolved(field), self.spelt(flag), self.number(flag))
        });
        let named = |name: &&str| self.abi.capabilities.iter().position(|one| one.name == **name);
        let requires = item.requires.iter().map(|name| self.spelt(name));
        let requires: Vec<_> = requires.collect();
        let requires = requires.iter().filter_map(|name| named(&name.as_str()));
        let requires = requires.map(CapabilityId).collect();
        Some(Space { end, struct_, flag, requires, companion: self.companion(chain) })
    }

    /// The length and the kind of each capability; its struct may come after it.
    fn bodies(&mut self) {
        let items: Vec<_> = self.capability_items.clone();
        for (index, item) in items.into_iter().enumerate() {
            let Some(struct_) = self.abi.capabilities[index].struct_ else { continue };
            let length = item.length.as_ref().map(|bits| self.bits(struct_, bits));
            let kind = self.kind(index, item, struct_);
            let capability = &mut self.abi.capabilities[index];
            (capability.length, capability.kind) = (length, kind);
        }
        self.changing_bodies();
    }

    fn kind(&self, own: usize, item: &spec::CapabilitySpec, struct_: StructId) -> Option<KindOf> {
        let parent = self.spelt(item.below.as_ref()?);
        let parent = self.abi.capabilities.iter().position(|one| one.name == parent);
        let chain = self.abi.capabilities[own].chain;
        let space = self.space_struct(self.chain_item(chain));
        let (mut body, mut start) = (Vec::new(), Vec::new());
        for (place, value) in item.conditions.iter() {
            let value = unsigned(value.value);
            match place.field.split_once('.') {
                None => body.push((self.bits(struct_, place), value)),
                Some((_, field)) => {
                    let place = BitsExpr { field: field.to_owned(), ..place.value.clone() };
                    start.push((self.bits(resolved(space), &place), value));
                }
            }
        }
        let id = self.bits(struct_, item.id_in.as_ref()?);
        Some(KindOf { parent: CapabilityId(resolved(parent)), id, body, space: start })
    }

    /// The struct before the chain.
    fn host(&self, item: &spec::ChainSpec) -> Option<Host> {
        let struct_ = *self.structs.get(item.host.as_ref()?.as_str())?;
        let flag = &item.flag.as_ref()?.value;
        let flags = self.with_role(struct_, Role::Flags)?;
        Some(Host { struct_, flags, flag: (self.spelt(flag), self.number(flag)) })
    }

    fn with_role(&self, struct_: StructId, role: Role) -> Option<usize> {
        self.abi.structs.get(struct_.0)?.fields.iter().position(|field| field.role == role)
    }

    pub(super) fn capability(
        &mut self,
        file: &'a SpecFile,
        section: usize,
        item: &'a spec::CapabilitySpec,
    ) -> Item {
        let validity = item.validity(file.validity());
        let meta = self.meta(parts!(item, &item.capability), validity, &file.source);
        let chain = self.chain_of(file, item);
        let inline = !item.fields.is_empty();
        let struct_ = match (&item.struct_, inline) {
            (None, _) => None,
            (Some(name), false) => self.structs.get(name.as_str()).copied(),
            (Some(name), true) => {
                let header = self.header_field(chain, &meta);
                let meta =
                    Meta { history: RareHistory::default(), place: name.place, ..meta.clone() };
                Some(self.declare(StructSource {
                    name,
                    meta,
                    validity,
                    section,
                    packed: item.packed,
                    compact: item.compact,
                    length: None,
                    minsz: None,
                    spelt: name,
                    header: Some(header),
                    fields: &item.fields,
                }))
            }
        };
        let id = match item.before.value_at(self.release) {
            Some(spec::types::Amount::Number(number)) => number.value,
            _ => item.id.value.value,
        };
        let own = CapabilityId(self.abi.capabilities.len());
        let spelt = item.before.name_at(self.release, &item.capability);
        self.names.insert(&item.capability, spelt);
        self.capability_items.push(item);
        self.abi.capabilities.push(Capability {
            name: spelt.to_owned(),
            short: item.name_in_chain(&self.chain_item(chain).prefix).to_owned(),
            meta,
            chain,
            id: resolved(u64::try_from(id).ok()),
            version: 1,
            struct_,
            length: None,
            kind: None,
            inline,
        });
        Item::Capability(own)
    }

    /// The chain that a capability names, or the one of its file.
    fn chain_of(&self, file: &'a SpecFile, item: &spec::CapabilitySpec) -> ChainId {
        let own = || {
            self.alive(file).find_map(|item| match item {
                spec::ItemSpec::Chain(chain) => Some(&chain.chain),
                _ => None,
            })
        };
        let name = item.chain.as_ref().or_else(own);
        resolved(name.and_then(|name| self.chains.get(name.as_str()).copied()))
    }

    /// The chain's item in the specification, which may come after the capability.
    pub(super) fn chain_item(&self, id: ChainId) -> &'a spec::ChainSpec {
        self.chain_items[id.0]
    }

    /// The header of every capability of a chain.
    fn header_field(&self, chain: ChainId, meta: &Meta) -> Field {
        let header = self.spec.abi.cap_headers.get(&self.chain_item(chain).header);
        let header = resolved(header);
        let struct_ = resolved(self.structs.get(header.struct_.as_str()).copied());
        let doc = match header.version {
            Some(_) => "the capability's id and version, and the offset of the next capability",
            None => "the capability's id, and the offset of the next capability",
        };
        let doc = [doc.to_owned()].into();
        Field {
            name: "header".to_owned(),
            meta: Meta {
                doc,
                allow: Vec::new(),
                deprecated: None,
                history: RareHistory::default(),
                ..meta.clone()
            },
            type_: Type::Struct(struct_),
            direction: None,
            role: Role::Header,
            group: None,
            ids: None,
            payload: None,
            returns_fd: None,
            choices: Vec::new(),
            indexes: Vec::new(),
            valid_if: None,
            exists_if: Vec::new(),
            count: None,
            version: 1,
        }
    }

    /// Fills in references to later items: headers of capabilities, the
    /// capabilities of each chain, hosts, and the role of each struct.
    pub(super) fn finish(mut self) -> crate::ir::Abi {
        self.abi.cap_headers = self.cap_headers();
        self.bodies();
        self.starts();
        self.capabilities_of_chains();
        self.struct_roles();
        self.spell_references();
        self.streams();
        self.abi.protocol = super::plans::plan(&self.abi);
        self.abi
    }

    /// Names that fields, values and handlers refer to, in their form in the release.
    fn spell_references(&mut self) {
        let mut abi = std::mem::take(&mut self.abi.structs);
        for field in abi.iter_mut().flat_map(|struct_| &mut struct_.fields) {
            if let Type::Union(arms) = &mut field.type_ {
                arms.iter_mut().for_each(|arm| self.spell(arm.valid_if.as_mut()));
            }
            self.spell(field.valid_if.as_mut());
        }
        self.abi.structs = abi;
        let mut groups = std::mem::take(&mut self.abi.groups);
        for value in groups.iter_mut().flat_map(|group| &mut group.values) {
            self.spell(&mut value.gates);
        }
        self.abi.groups = groups;
        let mut ioctls = std::mem::take(&mut self.abi.ioctls);
        for handler in ioctls.iter_mut().flat_map(|ioctl| &mut ioctl.handlers) {
            if let Some(chain) = &mut handler.chain {
                self.spell(&mut chain.capabilities);
            }
        }
        self.abi.ioctls = ioctls;
    }

    fn spell<'b>(&self, names: impl IntoIterator<Item = &'b mut String>) {
        for name in names {
            *name = self.spelt(name);
        }
    }

    fn cap_headers(&self) -> Vec<CapHeader> {
        let headers = self.spec.abi.cap_headers.iter();
        let alive = headers.filter_map(|(name, header)| {
            let struct_ = *self.structs.get(header.struct_.as_str())?;
            Some(CapHeader {
                name: name.value.clone(),
                struct_,
                doc: header.doc.paragraphs.clone(),
                id: self.bits(struct_, &header.id),
                version: header.version.as_ref().map(|bits| self.bits(struct_, bits)),
                next: self.bits(struct_, &header.next),
                from_reply: header.relative_to == RelativeTo::Reply,
                mask: header.mask.map_or(u64::MAX, |mask| unsigned(mask.value)),
                empty: self.empty(struct_, header),
                end: resolved(u64::try_from(header.end.value.value).ok()),
                align: resolved(u64::try_from(header.align.value.value).ok()),
            })
        });
        alive.collect()
    }

    /// The headers that mean that there is no capability.
    fn empty(&self, struct_: StructId, header: &spec::CapHeaderSpec) -> Vec<(Bits, Vec<u64>)> {
        let empty = header.empty.iter().map(|(place, values)| {
            let values = values.iter().map(|value| unsigned(value.value));
            (self.bits(struct_, place), values.collect())
        });
        empty.collect()
    }

    pub(super) fn bits(&self, struct_: StructId, expr: &BitsExpr) -> Bits {
        let fields = &self.abi.struct_(struct_).fields;
        let field = resolved(fields.iter().position(|field| field.name == expr.field));
        let all = match fields[field].type_ {
            Type::Int(int) => u32::try_from(int.size() * 8).unwrap_or(64),
            _ => 64,
        };
        let (low, high) = expr.bits.unwrap_or((0, all));
        Bits { field, low, count: high - low }
    }

    /// Fills in where chains start; a host may be declared after its chain.
    fn starts(&mut self) {
        for index in 0..self.abi.chains.len() {
            let (start, bound) = self.start(self.chain_item(ChainId(index)));
            let space = self.space(ChainId(index));
            let chain = &mut self.abi.chains[index];
            (chain.start, chain.bound, chain.space) = (start, bound, space);
        }
    }

    fn capabilities_of_chains(&mut self) {
        let abi = &mut self.abi;
        for (index, capability) in abi.capabilities.iter_mut().enumerate() {
            if capability.kind.is_none() {
                abi.chains[capability.chain.0].capabilities.push(CapabilityId(index));
            }
            if let Some(id) = capability.struct_ {
                let fields = abi.structs[id.0].fields.iter();
                capability.version = fields.map(|field| field.version).max().unwrap_or(1);
            }
        }
        for chain in &mut abi.chains {
            let capabilities = &abi.capabilities;
            chain.capabilities.sort_by_key(|own| capabilities[own.0].id);
        }
    }

    fn struct_roles(&mut self) {
        for ioctl in &self.abi.ioctls {
            if let crate::ir::Arg::Struct(id) = ioctl.arg {
                self.abi.structs[id.0].role = StructRole::Argument;
            }
        }
        for (index, capability) in self.abi.capabilities.iter().enumerate() {
            if let Some(id) = capability.struct_ {
                let struct_ = &mut self.abi.structs[id.0];
                struct_.role = StructRole::Capability(CapabilityId(index));
                if let Some(header) = struct_.fields.first_mut() {
                    header.role = Role::Header;
                }
            }
        }
    }
}

/// A number that cannot be negative.
pub(super) fn unsigned(number: Number) -> u64 {
    resolved(u64::try_from(number.value).ok())
}
