//! The users of a struct or a group of numbers: the ioctls, capabilities, ids and
//! fields that name it. Collected once for all pages.

use super::page::Page;
use super::phrases::list;
use crate::ir::{Abi, Arg, ChainId, Field, GroupId, Role, StructId, Type};

/// All uses, by the index of the used item.
#[derive(Debug)]
pub(super) struct CrossRefs {
    structs: Vec<StructUses>,
    /// The groups that a struct declares.
    declared: Vec<Vec<GroupId>>,
    /// Struct and field that hold the numbers of a group.
    groups: Vec<Vec<(StructId, String)>>,
}

/// The users of a struct.
#[derive(Clone, Debug, Default)]
struct StructUses {
    ioctls: Vec<String>,
    capabilities: Vec<String>,
    payloads: Vec<String>,
    parts: Vec<StructId>,
    chains: Vec<ChainId>,
    headed: Vec<ChainId>,
}

impl CrossRefs {
    /// Collects the uses of everything.
    pub(super) fn new(abi: &Abi) -> Self {
        let structs = vec![StructUses::default(); abi.structs.len()];
        let declared = vec![Vec::new(); abi.structs.len()];
        let mut uses = Self { structs, declared, groups: vec![Vec::new(); abi.groups.len()] };
        for (at, group) in abi.groups.iter().enumerate() {
            if let Some((id, _)) = group.field {
                uses.declared[id.0].push(GroupId(at));
            }
        }
        for ioctl in &abi.ioctls {
            if let Arg::Struct(id) = ioctl.arg {
                uses.structs[id.0].ioctls.push(ioctl.name.clone());
            }
        }
        for capability in &abi.capabilities {
            if let Some(id) = capability.struct_ {
                uses.structs[id.0].capabilities.push(capability.name.clone());
            }
        }
        for value in abi.groups.iter().flat_map(|group| &group.values) {
            if let Some(id) = value.payload_struct() {
                uses.structs[id.0].payloads.push(value.name.clone());
            }
        }
        for (at, chain) in abi.chains.iter().enumerate() {
            if let Some(host) = chain.host() {
                uses.structs[host.struct_.0].chains.push(ChainId(at));
            }
            let header = abi.cap_headers[chain.header].struct_;
            uses.structs[header.0].headed.push(ChainId(at));
        }
        for (at, struct_) in abi.structs.iter().enumerate() {
            struct_.fields.iter().for_each(|field| uses.add_field(abi, StructId(at), field));
        }
        uses
    }

    /// The sentences about the users of a struct.
    pub(super) fn of_struct(&self, page: &Page<'_>, id: StructId) -> Vec<String> {
        let uses = &self.structs[id.0];
        let parts: Vec<String> = uses.parts.iter().map(|part| page.struct_(*part)).collect();
        let chains = |ids: &[ChainId]| ids.iter().map(|id| page.chain(*id)).collect::<Vec<_>>();
        let notes = [
            ("Argument of", page.names(&uses.ioctls)),
            ("Body of", page.names(&uses.capabilities)),
            ("Payload of", page.names(&uses.payloads)),
            ("Part of", parts),
            ("Before the chain", chains(&uses.chains)),
            ("Header of every capability of", chains(&uses.headed)),
        ];
        let notes = notes.into_iter().filter(|(_, names)| !names.is_empty());
        notes.map(|(how, names)| format!("{how} {}.", list(&names))).collect()
    }

    /// The groups of numbers that a struct declares for its fields.
    pub(super) fn declared_in(&self, id: StructId) -> &[GroupId] {
        &self.declared[id.0]
    }

    /// The sentence about the fields that hold a group's numbers.
    pub(super) fn of_group(&self, page: &Page<'_>, id: GroupId) -> Option<String> {
        let holder = |(struct_, field): &(StructId, String)| {
            format!("`{field}` of {}", page.struct_(*struct_))
        };
        let holders: Vec<String> = self.groups[id.0].iter().map(holder).collect();
        (!holders.is_empty()).then(|| format!("Held by {}.", list(&holders)))
    }

    fn add_field(&mut self, abi: &Abi, around: StructId, field: &Field) {
        // The use of a header by its capabilities is not listed.
        if field.role != Role::Header {
            self.add_part(around, &field.type_);
        }
        self.add_holder(abi, around, (field.group, &field.name));
        for arm in field.arms() {
            self.add_holder(abi, around, (arm.group, &arm.name));
        }
    }

    /// Collects the fields that hold the numbers of a separate group.
    fn add_holder(&mut self, abi: &Abi, around: StructId, holder: (Option<GroupId>, &str)) {
        let (group, name) = holder;
        if let Some(group) = group.filter(|id| abi.group(*id).field.is_none()) {
            self.groups[group.0].push((around, name.to_owned()));
        }
    }

    /// Notes the structs that a type names.
    fn add_part(&mut self, around: StructId, type_: &Type) {
        match type_ {
            Type::Struct(id) => {
                let parts = &mut self.structs[id.0].parts;
                if parts.last() != Some(&around) {
                    parts.push(around);
                }
            }
            Type::Array(of, ..) | Type::Flexible(of, _) => self.add_part(around, of),
            Type::Union(arms) => arms.iter().for_each(|arm| self.add_part(around, &arm.type_)),
            Type::Int(_) | Type::Pointer(_) => {}
        }
    }
}
