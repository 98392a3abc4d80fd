//! Classifies the items of a header by their neighbours, names and comments: the
//! guesses that additions to a specification contain.

use std::collections::HashMap;

use super::conventions::{self, Way};
use super::facts::{ConstantFact, Facts, Spelt, StructFact, TypeFact};
use crate::ir::{Abi, Group, GroupId, GroupKind, Role};
use crate::names::counts_others;

/// Headers together with an ABI that knows most of their declarations.
#[derive(Clone, Copy)]
pub struct Kinds<'k> {
    /// The content of the headers.
    pub facts: &'k Facts,
    /// The ABI.
    pub abi: &'k Abi,
}

impl<'k> Kinds<'k> {
    /// The kind of file descriptor that an ioctl names after the prefix of the ABI,
    /// or that of its neighbour, and its backends.
    pub fn served_by(&self, constant: &ConstantFact) -> Option<(usize, Vec<String>)> {
        let word = constant.name.split('_').nth(1).unwrap_or_default();
        let named = self.abi.fds.iter().position(|fd| fd.name.eq_ignore_ascii_case(word));
        let neighbour = || self.neighbour(constant).map(|index| self.abi.ioctls[index].fd);
        let fd = named.or_else(neighbour).or((!self.abi.fds.is_empty()).then_some(0))?;
        Some((fd, self.backends(fd, &constant.name)))
    }

    /// The backends that serve an ioctl by its name: those that it names, or those that
    /// no ioctl names.
    fn backends(&self, fd: usize, name: &str) -> Vec<String> {
        let all = &self.abi.fds[fd].backends;
        let names = |ioctl: &str, backend: &str| {
            ioctl.split('_').any(|word| word.eq_ignore_ascii_case(backend))
        };
        let own: Vec<_> = all.iter().filter(|(backend, _)| names(name, backend)).collect();
        let ioctls = || self.abi.ioctls.iter().filter(|ioctl| ioctl.fd == fd);
        let special = |backend: &str| ioctls().any(|ioctl| names(&ioctl.name, backend));
        let others: Vec<_> = all.iter().filter(|(backend, _)| !special(backend)).collect();
        let chosen = if own.is_empty() { others } else { own };
        match chosen.len() == all.len() {
            true => Vec::new(),
            false => chosen.into_iter().map(|(backend, _)| backend.clone()).collect(),
        }
    }

    /// The nearest known ioctl before one.
    pub fn neighbour(&self, constant: &ConstantFact) -> Option<usize> {
        let earlier = self.facts.constants.iter().rev().filter(|one| one.place < constant.place);
        let mut known = earlier
            .filter_map(|one| self.abi.ioctls.iter().position(|ioctl| ioctl.name == one.name));
        known.next()
    }

    /// The argument of an ioctl: the one that its comment or its name names, or the nearest
    /// struct with argsz that no other ioctl names, first before the ioctl, then after it.
    pub fn arg(&self, constant: &ConstantFact) -> String {
        if let Some(name) = self.struct_in_comment(constant) {
            return name;
        }
        let head = constant.doc.split(')').next().unwrap_or_default();
        let plain = [("__s32", "fd"), ("__u32", "u32"), ("char", "string")];
        let plain =
            plain.iter().find(|(type_, _)| head.starts_with("_IO") && head.ends_with(type_));
        if let Some((_, word)) = plain {
            return (*word).to_owned();
        }
        let none = || "none".to_owned();
        if head.starts_with("_IO(") {
            return none();
        }
        if let Some(one) = self.struct_in_name(constant) {
            return one.name.clone();
        }
        let structs = || self.facts.structs.iter();
        let before = structs().rev().find(|one| one.place < constant.place);
        let after = structs().find(|one| self.follows(one, constant));
        let free = |one: &&StructFact| {
            conventions::is_sized(self.abi, one) && !self.is_argument_of_another(one, constant)
        };
        let near = before.filter(free).or_else(|| after.filter(free));
        near.map_or_else(none, |one| one.name.clone())
    }

    /// The struct that the comment of an ioctl names.
    fn struct_in_comment(&self, constant: &ConstantFact) -> Option<String> {
        let known = |name: &&str| {
            self.facts.struct_(name).is_some()
                || self.abi.structs.iter().any(|one| one.name == **name)
        };
        let names = constant.doc.split("struct ").skip(1);
        let word = |one: char| !one.is_ascii_alphanumeric() && one != '_';
        let mut names = names.filter_map(|rest| rest.split(word).next());
        names.find(known).map(str::to_owned)
    }

    /// The struct that is called like an ioctl, or whose comment names it; otherwise the one
    /// with argsz that has the most words of its name, and no others. A new ioctl does not
    /// take a known struct because of its name.
    fn struct_in_name(&self, constant: &ConstantFact) -> Option<&'k StructFact> {
        let name = constant.name.to_ascii_lowercase();
        let is_new = !self.abi.ioctls.iter().any(|ioctl| ioctl.name == constant.name);
        let free = |one: &&StructFact| !(is_new && self.abi.find_struct(&one.name).is_some());
        if let Some(own) = self.struct_of(constant).filter(free) {
            return Some(own);
        }
        let words: Vec<_> = name.split('_').collect();
        let named = self.facts.structs.iter().filter(free).filter(|one| {
            conventions::is_sized(self.abi, one)
                && one.name.split('_').all(|word| words.contains(&word))
        });
        named.max_by_key(|one| one.name.len())
    }

    /// The struct that is called like an ioctl, or whose comment names it.
    fn struct_of(&self, ioctl: &ConstantFact) -> Option<&'k StructFact> {
        let call = format!("ioctl({})", ioctl.name);
        let own = |one: &&StructFact| {
            one.name.eq_ignore_ascii_case(&ioctl.name) || one.doc.contains(&call)
        };
        self.facts.structs.iter().find(own)
    }

    /// The role of a field. An argument can start with its size alone in an ABI whose others
    /// start with `argsz`.
    pub fn role(&self, fact: &StructFact, index: usize) -> Role {
        match conventions::role(self.abi, &fact.fields, index) {
            Role::Data if index == 0 && self.is_sized_argument(fact) => Role::Argsz,
            role => role,
        }
    }

    /// Whether a struct starts with its size alone, and is the argument of an ioctl by its
    /// name or its comment.
    pub fn is_sized_argument(&self, fact: &StructFact) -> bool {
        let ioctls = self.facts.constants.iter();
        let mut ioctls = ioctls.filter(|one| matches!(one.spelt, Spelt::Ioctl { .. }));
        conventions::starts_with_size(fact)
            && ioctls.any(|one| self.struct_of(one).is_some_and(|own| own.name == fact.name))
    }

    /// Whether a struct is the first declaration of its kind after an ioctl, before the next one.
    fn follows(&self, one: &StructFact, constant: &ConstantFact) -> bool {
        let mut ioctls = self.facts.constants.iter().filter(|other| {
            matches!(other.spelt, Spelt::Ioctl { .. })
                && other.place.file() == constant.place.file()
        });
        constant.place.file() == one.place.file()
            && constant.place < one.place
            && !ioctls.any(|other| constant.place < other.place && other.place < one.place)
    }

    /// Whether the comment or the name of another ioctl names a struct.
    fn is_argument_of_another(&self, one: &StructFact, constant: &ConstantFact) -> bool {
        let mut ioctls = self.facts.constants.iter().filter(|other| {
            matches!(other.spelt, Spelt::Ioctl { .. }) && other.name != constant.name
        });
        ioctls.any(|other| match self.struct_in_comment(other) {
            Some(name) => name == one.name,
            None => self.struct_in_name(other).is_some_and(|named| named.name == one.name),
        })
    }

    /// The directions of the structs that ioctls take, by name. If several ioctls take a
    /// struct, the first one decides.
    pub fn ioctl_ways(&self) -> HashMap<String, Way> {
        let ioctls = self.facts.constants.iter().rev();
        let ioctls = ioctls.filter(|one| matches!(one.spelt, Spelt::Ioctl { .. }));
        ioctls.map(|one| (self.arg(one), conventions::way(&one.name, &one.doc))).collect()
    }

    /// The direction of the payload of the number that is called like a struct.
    pub fn way_of_number(&self, struct_: &str) -> Option<Way> {
        let named = |one: &ConstantFact| {
            !matches!(one.spelt, Spelt::Encoded(_)) && one.name.eq_ignore_ascii_case(struct_)
        };
        self.facts.constants.iter().any(named).then_some(Way::Both)
    }

    /// The group of a constant: that of the field after which it is defined, that
    /// of its enum, or the one with the same prefix.
    pub fn group_of(&self, constant: &ConstantFact) -> Option<GroupId> {
        let ids = || (0..self.abi.groups.len()).map(GroupId);
        let has = |id: &GroupId, name: &str| {
            self.abi.group(*id).values.iter().any(|value| value.name == name)
        };
        if constant.enum_index.is_some() {
            let fellows = self.facts.constants.iter();
            let mut fellows = fellows.filter(|one| one.enum_index == constant.enum_index);
            let is_enum = |id: &GroupId| {
                matches!(self.abi.group(*id).kind, GroupKind::Enum | GroupKind::AnonymousEnum)
            };
            return fellows.find_map(|one| ids().find(|id| is_enum(id) && has(id, &one.name)));
        }
        if let Some(within) = &constant.within {
            let held = |id: &GroupId| {
                self.abi.group(*id).field.is_some_and(|(owner, field)| {
                    let owner = self.abi.struct_(owner);
                    let arms = owner.fields[field].arms().iter().map(|arm| arm.name.as_str());
                    let mut names = arms.chain([owner.fields[field].name.as_str()]);
                    owner.name == within.struct_
                        && names.any(|name| Some(name) == within.field.as_deref())
                })
            };
            return ids().find(held).or_else(|| self.flags_of(constant, &within.struct_));
        }
        let named = ids().filter_map(|id| {
            let group = self.abi.group(id);
            let prefix = group_prefix(group).filter(|prefix| constant.name.starts_with(prefix))?;
            (group.kind != GroupKind::Enum && group.kind != GroupKind::AnonymousEnum).then_some((
                (prefix.len(), group.kind == GroupKind::IdSpace, group.field.is_none()),
                id,
            ))
        });
        let named: Vec<_> = named.collect();
        let best = named.iter().map(|(rank, _)| *rank).max()?;
        // Among similar groups, that of the nearest number before it.
        let ids: Vec<_> =
            named.into_iter().filter(|(rank, _)| *rank == best).map(|(_, id)| id).collect();
        let earlier = self.facts.constants.iter().rev().filter(|one| one.place < constant.place);
        let nearest = earlier.into_iter().find_map(|one| ids.iter().find(|id| has(id, &one.name)));
        nearest.or(ids.first()).copied()
    }

    /// The flags of a struct, for a flag that is defined after another field and called
    /// like them.
    fn flags_of(&self, constant: &ConstantFact, struct_: &str) -> Option<GroupId> {
        let ids = (0..self.abi.groups.len()).map(GroupId);
        let mut flags = ids.filter(|id| {
            let group = self.abi.group(*id);
            let owner = group.field.map(|(owner, _)| self.abi.struct_(owner).name.as_str());
            group.kind == GroupKind::Flags && owner == Some(struct_)
        });
        let bit = matches!(constant.spelt, Spelt::Bit { .. });
        flags.find(|id| {
            let prefix = group_prefix(self.abi.group(*id));
            bit && prefix.is_some_and(|prefix| constant.name.starts_with(prefix))
        })
    }

    /// The struct of a capability that is called like its id.
    pub fn body_of(&self, constant: &ConstantFact) -> Option<&'k StructFact> {
        let fact = self.facts.struct_(&constant.name.to_ascii_lowercase())?;
        conventions::is_capability(self.abi, fact).then_some(fact)
    }

    /// Whether a constant is the length of some array.
    pub fn is_length(&self, name: &str) -> bool {
        let fields = self.facts.structs.iter().flat_map(|one| &one.fields);
        fields.into_iter().any(
            |field| matches!(&field.type_, TypeFact::Array(_, _, Some(length)) if length == name),
        )
    }

    /// Whether an enumerator counts the ones before it.
    pub fn counts(&self, constant: &ConstantFact) -> bool {
        let name = &constant.name;
        let last = self.facts.constants.iter().rev();
        let mut last = last.filter(|other| other.enum_index == constant.enum_index);
        counts_others(name) && last.next().is_some_and(|other| other.name == *name)
    }
}

/// The common prefix of the names of a group, which their short names drop.
fn group_prefix(group: &Group) -> Option<&str> {
    let value = group.values.first()?;
    let at = value.name.find(&value.short).filter(|at| *at > 0)?;
    // A single word, such as the prefix of the whole ABI, is not specific enough.
    value.name.get(..at).filter(|prefix| prefix.matches('_').count() > 1)
}
