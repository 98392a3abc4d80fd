//! For each struct, enum and field, the macro that the kernel introduced together
//! with it, if the specification has one. The preprocessor sees only macros, so a
//! kernel header that defines the macro is assumed to declare the other item.

use std::collections::HashMap;

use crate::ir::{Abi, Arg, Entry, EntryKind, Member, Role, StructId, Type};
use crate::release::{Release, Since};

/// The macros that can detect declarations, by struct, section and kernel header.
pub(super) struct DetectingMacros<'a> {
    abi: &'a Abi,
    /// The first release of each kernel header.
    first: Vec<Option<Release>>,
    /// The first release of every macro that was always a macro, by name.
    macros: HashMap<&'a str, Since>,
    /// The macros of each struct: its ioctls, its ids, the values of its fields.
    own: HashMap<StructId, Vec<Entry<'a>>>,
    /// The structs that contain a struct.
    users: HashMap<StructId, Vec<StructId>>,
    /// The first macro that a release added to a section.
    of_section: HashMap<(usize, Since), &'a str>,
    /// The first macro that a release added to a kernel header.
    of_header: HashMap<(usize, Since), &'a str>,
}

impl<'a> DetectingMacros<'a> {
    /// Collects the macros of an ABI; `names` are all its names.
    pub(super) fn new(abi: &'a Abi, names: &[Entry<'a>]) -> Self {
        let mut first = vec![None; abi.headers.len()];
        for entry in names {
            let oldest = &mut first[abi.sections[entry.section].header];
            let since = entry.since().first();
            *oldest = Some(oldest.map_or(since, |oldest: Release| oldest.min(since)));
        }
        let mut detecting = Self {
            abi,
            first,
            macros: HashMap::new(),
            own: HashMap::new(),
            users: HashMap::new(),
            of_section: HashMap::new(),
            of_header: HashMap::new(),
        };
        let mut holder = None;
        for entry in names {
            if let EntryKind::Struct(id) = entry.kind {
                holder = Some(id);
                for inner in
                    abi.struct_(id).fields.iter().filter_map(|field| inner_struct(&field.type_))
                {
                    detecting.users.entry(inner).or_default().push(id);
                }
            }
            detecting.add(*entry, holder);
        }
        detecting.add_structs(names);
        detecting
    }

    /// Adds a macro; `holder` is the last struct before it.
    fn add(&mut self, entry: Entry<'a>, holder: Option<StructId>) {
        let about = match entry.kind {
            EntryKind::Ioctl(id) => match self.abi.ioctl(id).arg {
                Arg::Struct(id) => Some(id),
                _ => None,
            },
            EntryKind::Capability(capability) => capability.struct_,
            EntryKind::Constant(group, value) => value
                .payload_struct()
                .or(holder.filter(|holder| group.field.is_some_and(|(owner, _)| owner == *holder))),
            EntryKind::Macro(_) => None,
            _ => return,
        };
        let header = self.abi.sections[entry.section].header;
        self.macros.entry(entry.name).or_insert(entry.since());
        self.of_section.entry((entry.section, entry.since())).or_insert(entry.name);
        self.of_header.entry((header, entry.since())).or_insert(entry.name);
        if let Some(id) = about {
            self.own.entry(id).or_default().push(entry);
        }
    }

    /// Lets a macro of one struct detect the other structs that the same release
    /// added to the section.
    fn add_structs(&mut self, names: &[Entry<'a>]) {
        for entry in names {
            let EntryKind::Struct(id) = entry.kind else { continue };
            let since = entry.since();
            let own = self.own.get(&id).into_iter().flatten().find(|own| own.since() == since);
            if let Some(own) = own.map(|own| own.name) {
                self.of_section.entry((entry.section, since)).or_insert(own);
            }
        }
    }

    /// Whether a name is as old as the kernel header that declares it.
    pub(super) fn is_first(&self, entry: &Entry<'_>) -> bool {
        let header = self.abi.sections[entry.section].header;
        self.first[header].is_none_or(|first| entry.since().first() <= first)
    }

    /// The macro that detects a struct or an enum with a tag.
    pub(super) fn of_type(&self, entry: &Entry<'_>) -> Option<&'a str> {
        let since = entry.since();
        let direct = match entry.kind {
            EntryKind::Struct(id) => self.of_struct(id, since),
            _ => None,
        };
        direct.or_else(|| self.near(entry.section, since))
    }

    /// The macro of the same section that detects an enumerator.
    pub(super) fn of_enumerator(&self, entry: &Entry<'_>) -> Option<&'a str> {
        self.of_section.get(&(entry.section, entry.since())).copied()
    }

    /// The macro that detects a field that is newer than its struct, or its
    /// present name.
    pub(super) fn of_member(&self, owner: &Entry<'_>, member: &Member<'_>) -> Option<&'a str> {
        let since = member.meta.name_since();
        let gate = member.valid_if.or_else(|| self.flag_of_chain(owner, member));
        let gate = gate.and_then(|gate| self.macros.get_key_value(gate));
        let gate = gate.filter(|(_, came)| **came == since).map(|(name, _)| *name);
        gate.or_else(|| self.near(owner.section, since))
    }

    /// The flag that says that a field with the offset of a chain is valid.
    fn flag_of_chain(&self, owner: &Entry<'_>, member: &Member<'_>) -> Option<&'a str> {
        let EntryKind::Struct(id) = owner.kind else { return None };
        let host = self.abi.chain_of(id)?.offset_host()?;
        (member.role == Role::CapOffset).then_some(host.flag.0.as_str())
    }

    /// A macro of a struct, or of one of the same release that contains it.
    fn of_struct(&self, id: StructId, since: Since) -> Option<&'a str> {
        let mut own = self.own.get(&id).into_iter().flatten();
        let own = own.find(|entry| entry.since() == since).map(|entry| entry.name);
        own.or_else(|| self.flag_of_headers(id, since)).or_else(|| {
            let mut users = self.users.get(&id).into_iter().flatten();
            users.find_map(|user| {
                let same = self.abi.struct_(*user).meta.name_since() == since;
                same.then(|| self.of_struct(*user, since)).flatten()
            })
        })
    }

    /// The flag of a chain whose capabilities start with a struct.
    fn flag_of_headers(&self, id: StructId, since: Since) -> Option<&'a str> {
        let header = self.abi.cap_headers.iter().position(|header| header.struct_ == id)?;
        let chains = self.abi.chains.iter().filter(|chain| chain.header == header);
        let mut flags = chains.filter_map(|chain| Some(chain.offset_host()?.flag.0.as_str()));
        flags.find(|flag| self.macros.get(flag) == Some(&since))
    }

    /// A macro of the same release in the section or else in the kernel header.
    fn near(&self, section: usize, since: Since) -> Option<&'a str> {
        let header = self.abi.sections[section].header;
        let in_section = self.of_section.get(&(section, since));
        in_section.or_else(|| self.of_header.get(&(header, since))).copied()
    }
}

/// The struct that a type contains.
pub(super) fn inner_struct(type_: &Type) -> Option<StructId> {
    match type_ {
        Type::Struct(inner) => Some(*inner),
        Type::Array(element, ..) | Type::Flexible(element, _) => inner_struct(element),
        Type::Union(arms) => arms.iter().find_map(|arm| inner_struct(&arm.type_)),
        Type::Int(_) | Type::Pointer(_) => None,
    }
}
