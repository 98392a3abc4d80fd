//! Lowers chains, the headers of their capabilities, and capabilities.

use super::structs::Declaration;
use super::{Lowering, groups, known, parts};
use crate::ir::{
    Bits, CapHeader, Capability, Chain, ChainId, Field, Host, Item, Meta, Role, StructId,
    StructRole, Type,
};
use crate::names;
use crate::spec::types::BitsExpr;
use crate::spec::{self, RelativeTo, SpecFile};

impl<'a> Lowering<'a> {
    pub(super) fn chain(
        &mut self,
        file: &'a SpecFile,
        section: usize,
        item: &'a spec::Chain,
    ) -> ChainId {
        let life = item.life(file.life());
        let id = ChainId(self.abi.chains.len());
        let header = item.header.value.as_str();
        let header = self.spec.abi.cap_headers.iter().position(|(name, _)| name.value == header);
        let first = item.first.as_ref().map(|first| {
            let type_ = first.type_.as_ref().and_then(|name| crate::spec::types::int(name));
            (known(u64::try_from(first.at.value.value).ok()), type_)
        });
        let chain = Chain {
            name: item.chain.value.clone(),
            meta: self.meta(parts!(item, &item.chain), life, &file.source),
            section,
            header: known(header),
            host: self.host(item),
            first,
            prefix: item.prefix.value.clone(),
            reserved: groups::reserved(&item.reserved),
            capabilities: Vec::new(),
        };
        self.abi.chains.push(chain);
        id
    }

    fn host(&self, item: &spec::Chain) -> Option<Host> {
        let struct_ = *self.structs.get(item.host.as_ref()?.as_str())?;
        let flag = &item.flag.as_ref()?.value;
        let fields = &self.abi.structs.get(struct_.0)?.fields;
        let with_role = |role| fields.iter().position(|field| field.role == role);
        Some(Host {
            struct_,
            flags: with_role(Role::Flags)?,
            flag: (flag.clone(), self.number(flag)),
            cap_offset: with_role(Role::CapOffset)?,
        })
    }

    pub(super) fn capability(
        &mut self,
        file: &'a SpecFile,
        section: usize,
        item: &'a spec::Capability,
    ) -> Item {
        let life = item.life(file.life());
        let meta = self.meta(parts!(item, &item.capability), life, &file.source);
        let chain = self.chain_of(file, item);
        let inline = !item.fields.is_empty();
        let struct_ = match (&item.struct_, inline) {
            (None, _) => None,
            (Some(name), false) => self.structs.get(name.as_str()).copied(),
            (Some(name), true) => {
                let header = self.header_field(chain, &meta);
                let meta = Meta {
                    former: Vec::new(),
                    renumbered: Vec::new(),
                    place: name.place,
                    ..meta.clone()
                };
                Some(self.declare(Declaration {
                    name,
                    meta,
                    life,
                    section,
                    packed: false,
                    minsz: None,
                    header: Some(header),
                    fields: &item.fields,
                }))
            }
        };
        let id = match item.before.value_at(self.release) {
            Some(spec::types::Amount::Number(number)) => number.value,
            _ => item.id.value.value,
        };
        let index = self.abi.capabilities.len();
        self.abi.capabilities.push(Capability {
            name: item.before.name_at(self.release, &item.capability).to_owned(),
            short: names::short(&item.capability, &self.chain_item(chain).prefix, ""),
            meta,
            chain,
            id: known(u64::try_from(id).ok()),
            version: 1,
            struct_,
            inline,
            emitted_by: item.emitted_by.iter().map(|path| path.value.clone()).collect(),
        });
        Item::Capability(index)
    }

    /// The chain that a capability names, or the one of its file.
    fn chain_of(&self, file: &'a SpecFile, item: &spec::Capability) -> ChainId {
        let own = || {
            self.alive(file).find_map(|item| match item {
                spec::Item::Chain(chain) => Some(&chain.chain),
                _ => None,
            })
        };
        let name = item.chain.as_ref().or_else(own);
        known(name.and_then(|name| self.chains.get(name.as_str()).copied()))
    }

    /// The chain's item in the specification, which may stand behind the
    /// capability.
    fn chain_item(&self, id: ChainId) -> &'a spec::Chain {
        let all = self.spec.files.iter().flat_map(|file| self.alive(file));
        let chains = all.filter_map(|item| match item {
            spec::Item::Chain(chain) => Some(chain),
            _ => None,
        });
        known(chains.into_iter().nth(id.0))
    }

    /// The header that opens every capability of a chain.
    fn header_field(&self, chain: ChainId, meta: &Meta) -> Field {
        let header = self.spec.abi.cap_headers.get(&self.chain_item(chain).header);
        let header = known(header);
        let struct_ = known(self.structs.get(header.struct_.as_str()).copied());
        let doc = vec!["the capability's id, version and the way to the next".to_owned()];
        Field {
            name: "header".to_owned(),
            meta: Meta {
                doc,
                allow: Vec::new(),
                deprecated: None,
                former: Vec::new(),
                renumbered: Vec::new(),
                ..meta.clone()
            },
            type_: Type::Struct(struct_),
            direction: None,
            role: Role::Header,
            group: None,
            when: None,
            version: 1,
        }
    }

    /// Fills in what refers to items behind it: headers of capabilities, the
    /// capabilities of each chain, hosts, and what each struct is.
    pub(super) fn finish(mut self) -> crate::ir::Abi {
        self.abi.cap_headers = self.cap_headers();
        self.hosts();
        self.capabilities_of_chains();
        self.struct_roles();
        self.abi
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
                end: known(u64::try_from(header.end.value.value).ok()),
                align: known(u64::try_from(header.align.value.value).ok()),
            })
        });
        alive.collect()
    }

    fn bits(&self, struct_: StructId, expr: &BitsExpr) -> Bits {
        let fields = &self.abi.struct_(struct_).fields;
        let field = known(fields.iter().position(|field| field.name == expr.field));
        let all = match fields[field].type_ {
            Type::Int(int) => u32::try_from(int.size() * 8).unwrap_or(64),
            _ => 64,
        };
        let (low, high) = expr.bits.unwrap_or((0, all));
        Bits { field, low, count: high - low }
    }

    /// A host may stand behind its chain.
    fn hosts(&mut self) {
        let hosts: Vec<_> =
            (0..self.abi.chains.len()).map(|id| self.host(self.chain_item(ChainId(id)))).collect();
        for (chain, host) in self.abi.chains.iter_mut().zip(hosts) {
            chain.host = host;
        }
    }

    fn capabilities_of_chains(&mut self) {
        let abi = &mut self.abi;
        for (index, capability) in abi.capabilities.iter_mut().enumerate() {
            abi.chains[capability.chain.0].capabilities.push(index);
            if let Some(id) = capability.struct_ {
                let fields = abi.structs[id.0].fields.iter();
                capability.version = fields.map(|field| field.version).max().unwrap_or(1);
            }
        }
        for chain in &mut abi.chains {
            let capabilities = &abi.capabilities;
            chain.capabilities.sort_by_key(|index| capabilities[*index].id);
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
                struct_.role = StructRole::Capability(index);
                if let Some(header) = struct_.fields.first_mut() {
                    header.role = Role::Header;
                }
            }
        }
    }
}
