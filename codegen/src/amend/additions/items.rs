//! New structs, ioctls, enums and constants.

use super::{Finder, placed, text};
use crate::amend::pieces::ItemAt;
use crate::header::{ConstantFact, Spelt, StructFact, TypeFact, conventions};
use crate::ir::Role;
use crate::spec::text::Number;
use crate::spec::types::ArgExpr;
use crate::spec::wrappers::{LineOrMap, List, Map, OneOrMany, Placed};
use crate::spec::{self, ItemSpec};

impl<'f> Finder<'f> {
    /// A new struct, which can be the body of a capability.
    pub(super) fn new_struct(&mut self, fact: &'f StructFact, near: ItemAt) {
        let kinds = self.kinds;
        let id = self.facts.constants.iter().find(|one| {
            one.name.eq_ignore_ascii_case(&fact.name)
                && !self.base.known.has(&one.name)
                && kinds.body_of(one).is_some_and(|body| !self.is_separate(one, body))
        });
        if let Some((id, chain)) = id.and_then(|id| Some((id, self.chain_of(id)?))) {
            return self.capability(id, &chain, near);
        }
        let way = self.way_of(&fact.name).or_else(|| self.payload_way(fact));
        let fields = self.fields(fact, way, 0..fact.fields.len());
        let argsz = !fact.fields.is_empty() && kinds.role(fact, 0) == Role::Argsz;
        if argsz && !conventions::is_sized(self.base.abi, fact) {
            self.found.notes.push(format!(
                "`{}` starts with its size alone: `protocol: {{start: size}}` in abi.yaml lets \
                 arguments do so",
                fact.name
            ));
        }
        let fixed = |at: &usize| !matches!(fact.fields[*at].type_, TypeFact::Flexible(..));
        let last = (0..fact.fields.len()).rev().find(fixed).filter(|_| argsz);
        let minsz = last.map(|at| placed(super::fields::shown(&fact.fields[at]), fact.place));
        if let Some(minsz) = &minsz {
            let mark = "its last field, if all are of the first release";
            self.found.marks.add(&fact.name, "minsz", mark);
            let reason = format!("`{}` counts as its last field of the first release", minsz.value);
            self.guess(&fact.name, reason);
        }
        self.guess(&fact.name, "the roles and directions of its fields follow their names");
        let item = spec::StructSpec {
            struct_: placed(&fact.name, fact.place),
            doc: text::draft(text::described(&fact.doc), fact.place),
            packed: fact.packed,
            minsz,
            fields: Map(fields),
            since: self.since(fact.place),
            ..spec::StructSpec::default()
        };
        let uses = self.uses(fact);
        self.item(near, vec![fact.name.clone()], uses, ItemSpec::Struct(item));
    }

    /// The names that must be declared before a struct.
    pub(super) fn uses(&self, fact: &StructFact) -> Vec<String> {
        fn of(type_: &TypeFact, uses: &mut Vec<String>) {
            match type_ {
                TypeFact::Struct(name) => uses.push(name.clone()),
                TypeFact::Array(element, _, length) => {
                    uses.extend(length.clone());
                    of(element, uses);
                }
                TypeFact::Flexible(element, _) => of(element, uses),
                TypeFact::Union(arms) => arms.iter().for_each(|(_, arm)| of(arm, uses)),
                TypeFact::Int(_)
                | TypeFact::BigEndian(_)
                | TypeFact::Long(_)
                | TypeFact::Pointer(_) => {}
            }
        }
        let mut uses = Vec::new();
        fact.fields.iter().for_each(|field| of(&field.type_, &mut uses));
        uses
    }

    pub(super) fn ioctl(&mut self, constant: &'f ConstantFact, near: ItemAt) {
        let place = constant.place;
        let Some((fd, backends)) = self.kinds.served_by(constant) else {
            let why = "the specification has no kinds of file descriptors";
            return self.found.left.push((constant.name.clone(), why.to_owned()));
        };
        let fd = self.base.abi.fds[fd].name.clone();
        let base = self.base.abi.ioctl_numbers.as_ref();
        let base = base.map_or(0, |numbers| i128::from(numbers.base_value));
        let Spelt::Ioctl { number, .. } = constant.spelt else { return };
        let arg = self.kinds.arg(constant);
        let (arg, uses) = match arg.as_str() {
            "none" => (ArgExpr::None, None),
            "fd" => (ArgExpr::Fd, None),
            "u32" => (ArgExpr::U32, None),
            "string" => (ArgExpr::Text, None),
            name => (ArgExpr::Struct(name.to_owned()), Some(name.to_owned())),
        };
        let reason = format!("it counts as an ioctl of `{fd}` by its name or the ioctl before it");
        self.guess(&constant.name, reason);
        let marks = &mut self.found.marks;
        if self.base.abi.fds.len() > 1 {
            marks.add(&constant.name, "fd", "by its name or the ioctl before it");
        }
        let mark = match &uses {
            Some(_) => "by its comment, its name or its place",
            None => "no struct has its name, and no comment names one",
        };
        marks.add(&constant.name, "arg", mark);
        let reason = match &uses {
            Some(name) => format!("its argument counts as a `{name}`, by its comment or its place"),
            None => "its argument is named by its comment, or is none".to_owned(),
        };
        self.guess(&constant.name, reason);
        let item = spec::IoctlSpec {
            ioctl: placed(&constant.name, place),
            doc: text::draft(text::described(&constant.doc), place),
            number: Placed { value: Number { value: number - base, hex: false }, place },
            fd: placed(fd, place),
            backends: List(backends.into_iter().map(|backend| placed(backend, place)).collect()),
            arg: Placed { value: arg, place },
            since: self.since(place),
            ..spec::IoctlSpec::default()
        };
        let names = vec![constant.name.clone()];
        self.item(near, names, uses.into_iter().collect(), ItemSpec::Ioctl(item));
    }

    /// A new enum.
    pub(super) fn enumeration(&mut self, values: &[&'f ConstantFact], near: ItemAt) {
        let prefix = text::common_prefix(values.iter().map(|one| one.name.as_str()));
        let Some(first) = values.first() else { return };
        let tag = first.tag.clone().unwrap_or_default();
        let anonymous = tag.is_empty();
        let name = match anonymous {
            true => self.own_name(&prefix.trim_end_matches('_').to_ascii_lowercase()),
            false => tag,
        };
        if anonymous {
            self.found.marks.add(&name, "name", "its name");
        }
        let item = self.group(name.clone(), &prefix, values);
        let item = ItemSpec::Enum(spec::Values { anonymous, ..item });
        let mut names: Vec<_> = values.iter().map(|one| one.name.clone()).collect();
        names.push(name);
        self.item(near, names, Vec::new(), item);
    }

    /// New constants; sub-types of one type are an id space.
    pub(super) fn constants(&mut self, values: &[&'f ConstantFact], near: ItemAt) {
        let Some(first) = values.first() else { return };
        let space = super::subspaces::of(self.facts, self.base.abi, &first.name);
        let prefix = match &space {
            Some(space) => {
                let prefix = [space, "_"].concat();
                let all = values.iter().all(|one| one.name.starts_with(&prefix));
                if all {
                    prefix
                } else {
                    space.rsplit_once('_').map_or(String::new(), |(head, _)| [head, "_"].concat())
                }
            }
            None => text::common_prefix(values.iter().map(|one| one.name.as_str())),
        };
        let word = [&self.base.abi.prefix.to_ascii_lowercase(), "_"].concat();
        let wanted = space.as_deref().unwrap_or(&prefix).trim_end_matches('_').to_ascii_lowercase();
        let name = self.own_name(wanted.strip_prefix(&word).unwrap_or(&wanted));
        self.found.marks.add(&name, "name", "its name, and that these are one group");
        let item = self.group(name, &prefix, values);
        let names = values.iter().map(|one| one.name.clone()).collect();
        let item = match space {
            Some(_) => ItemSpec::IdSpace(item),
            None => ItemSpec::Constants(item),
        };
        self.item(near, names, Vec::new(), item);
    }

    /// A group of numbers.
    fn group(&mut self, name: String, prefix: &str, values: &[&'f ConstantFact]) -> spec::Values {
        let place = values.first().map_or_else(Default::default, |one| one.place);
        let wide =
            values.iter().any(|one| one.number > u32::MAX.into() || one.number < i32::MIN.into());
        let negative = values.iter().any(|one| one.number < i32::MIN.into());
        let type_ = wide.then(|| placed(if negative { "s64" } else { "u64" }, place));
        let list = values.iter().map(|one| self.listed(one)).collect();
        let tag = values.first().and_then(|one| one.tag.as_ref());
        let doc = tag.and_then(|tag| self.facts.enum_docs.get(tag)).map_or("", String::as_str);
        let prefix = (!prefix.is_empty()).then(|| placed(prefix, place)).into_iter().collect();
        spec::Values {
            name: placed(name, place),
            doc: text::draft(doc, place),
            prefix: OneOrMany(prefix),
            type_,
            values: Map(list),
            since: self.since(place),
            ..spec::Values::default()
        }
    }

    fn listed(
        &mut self,
        constant: &'f ConstantFact,
    ) -> (Placed<String>, LineOrMap<spec::ValueSpec>) {
        if let Spelt::Encoded(word) = &constant.spelt {
            self.found.notes.push(format!(
                "`{}` becomes a number: no specification describes an ioctl whose number has the \
                 size of the argument, as `{word}` makes it",
                constant.name
            ));
        }
        let value = self.value(constant, super::values::Among::Group);
        (placed(&constant.name, constant.place), LineOrMap(value))
    }
}
