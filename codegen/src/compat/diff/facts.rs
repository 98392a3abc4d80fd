//! The facts of every type of the IR: its keys, each with its value. A key that cannot break
//! anything is bound to `_` and listed in `keys`.

use std::borrow::Cow;

use super::datum::{Datum, list, optional, text};
use super::words::{
    count_word, descriptor_word, direction_word, kind_word, literal_fact, longer_word, role_word,
    shorter_word,
};
use super::{IrKey, key};
use crate::compat::matching::{Matching, Renames};
use crate::ir::{
    Abi, Arg, Choice, FdKind, Field, Group, GroupId, Header, Ioctl, IoctlNumbers, Macro, Member,
    NewFd, Reserved, Struct, Type, Value,
};
use crate::layout::{Layout, LiteralType};
use crate::output::{CodeFile, CodeLanguage};

/// A key with its value.
pub(in crate::compat) struct Fact<'a>(pub(in crate::compat) IrKey, pub(in crate::compat) Datum<'a>);

/// One side, with the names that the new side has for its items.
#[derive(Clone, Copy)]
pub(super) struct SideNames<'m, 'a> {
    pub(super) abi: &'a Abi,
    pub(super) renames: &'m Renames<'a>,
}

impl<'a> SideNames<'_, 'a> {
    pub(super) fn struct_(&self, name: &'a str) -> &'a str {
        Matching::renamed(&self.renames.structs, name)
    }

    pub(super) fn constant(&self, name: &'a str) -> &'a str {
        Matching::renamed(&self.renames.constants, name)
    }

    fn group(&self, id: Option<GroupId>) -> Datum<'a> {
        let name = id.map(|id| self.abi.group(id).name.as_str());
        optional(name.map(|name| Matching::renamed(&self.renames.groups, name)))
    }

    pub(super) fn member(&self, struct_: &'a Struct, field: usize) -> &'a str {
        let name = struct_.fields[field].name.as_str();
        let key = (self.struct_(&struct_.name), name);
        self.renames.members.get(&key).copied().unwrap_or(name)
    }

    /// A type, with the names of the new side; the alignment of a `u64` is part of the layout.
    fn type_(&self, struct_: &'a Struct, type_: &'a Type) -> Cow<'a, str> {
        match type_ {
            Type::Int(int) => Cow::Borrowed(int.name()),
            Type::Struct(id) => Cow::Borrowed(self.struct_(&self.abi.struct_(*id).name)),
            Type::Pointer(int) => Cow::Owned([int.name(), "*"].concat()),
            Type::Array(element, length, _) => {
                Cow::Owned(format!("{}[{length}]", self.type_(struct_, element)))
            }
            Type::Flexible(element, count) => {
                let count = count.map_or("", |count| self.member(struct_, count));
                Cow::Owned(format!("{}[{count}]", self.type_(struct_, element)))
            }
            Type::Union(_) => Cow::Borrowed("union"),
        }
    }

    pub(super) fn header(&self, header: &'a Header) -> [Fact<'a>; 2] {
        let Header { path, guards, structs: _, complete: _ } = header;
        [
            Fact(key!(Header.path), text(path)),
            Fact(key!(Header.guards), list(guards.iter().map(String::as_str))),
        ]
    }

    pub(super) fn numbers(numbers: &'a IoctlNumbers) -> [Fact<'a>; 2] {
        let IoctlNumbers { type_name: _, type_value, base_name: _, base_value } = numbers;
        [
            Fact(key!(IoctlNumbers.type_value), Datum::Number((*type_value).into())),
            Fact(key!(IoctlNumbers.base_value), Datum::Number((*base_value).into())),
        ]
    }

    pub(super) fn fd(&self, fd: &'a FdKind) -> [Fact<'a>; 3] {
        let FdKind { name, doc: _, backends, unknown_command, stream: _ } = fd;
        [
            Fact(key!(FdKind.name), text(name)),
            Fact(key!(FdKind.backends), list(backends.iter().map(|(name, _)| name.as_str()))),
            Fact(key!(FdKind.unknown_command), text(unknown_command)),
        ]
    }

    pub(super) fn struct_facts(&self, struct_: &'a Struct) -> [Fact<'a>; 7] {
        let Struct {
            name,
            meta: _,
            section: _,
            packed,
            compact,
            length,
            fields: _,
            layouts,
            role: _,
            argsz: _,
            minsz,
        } = struct_;
        let [size, align] = layout_sizes(layouts);
        let minsz = minsz.map_or(Datum::Unset, |field| {
            Datum::Sizes(struct_.spans(field).map(|span| span.end()))
        });
        [
            Fact(key!(Struct.name), text(name)),
            Fact(key!(Struct.packed), Datum::Flag(*packed)),
            Fact(key!(Struct.compact), Datum::Flag(*compact)),
            Fact(key!(Struct.length), self.quantity(struct_, length.as_ref())),
            Fact(key!(Layout.size), size),
            Fact(key!(Layout.align), align),
            Fact(key!(Struct.minsz), minsz),
        ]
    }

    /// The facts of a member, and those of the memory that it has the address of.
    pub(super) fn member_facts(
        &self,
        struct_: &'a Struct,
        member: &Member<'a>,
    ) -> ([Fact<'a>; 13], [Fact<'a>; 9]) {
        let Member {
            name,
            meta: _,
            type_,
            role,
            direction,
            group,
            valid_if,
            version,
            spans,
            field,
            union: _,
        } = *member;
        // A member of a union shares with it what only fields have.
        let Field {
            name: _,
            meta: _,
            type_: _,
            direction: _,
            role: _,
            group: _,
            ids,
            indexes: _,
            payload,
            returns_fd,
            choices,
            valid_if: _,
            exists_if,
            count,
            version: _,
        } = field;
        let facts = [
            Fact(key!(Field.name), text(name)),
            Fact(key!(Field.type_), Datum::Text(self.type_(struct_, type_))),
            Fact(key!(Field.direction), optional(direction.map(direction_word))),
            Fact(key!(Field.role), text(role_word(role))),
            Fact(key!(Field.group), self.group(group)),
            Fact(key!(Field.ids), self.group(*ids)),
            Fact(key!(Field.returns_fd), self.new_fd(*returns_fd)),
            Fact(key!(Field.choices), choices_fact(choices)),
            Fact(key!(Field.valid_if), optional(valid_if.map(|gate| self.constant(gate)))),
            Fact(key!(Field.exists_if), self.presence(struct_, exists_if)),
            Fact(key!(Field.count), self.quantity(struct_, count.as_ref())),
            Fact(key!(Field.version), Datum::Number(version.into())),
            Fact(key!(Layout.fields), Datum::Spans(spans)),
        ];
        (facts, self.payload(payload.as_deref()))
    }

    pub(super) fn group_facts(&self, group: &'a Group) -> [Fact<'a>; 4] {
        let Group {
            name,
            rust,
            meta: _,
            kind,
            int,
            values: _,
            transitions: _,
            reserved: _,
            field: _,
        } = group;
        [
            Fact(key!(Group.name), text(name)),
            Fact(key!(Group.rust), optional(rust.as_deref())),
            Fact(key!(Group.kind), text(kind_word(*kind))),
            Fact(key!(Group.int), text(int.name())),
        ]
    }

    pub(super) fn reserved(&self, reserved: &'a Reserved) -> (i128, &'a str) {
        let Reserved { value, name, doc: _ } = reserved;
        (*value, name)
    }

    pub(super) fn value(&self, group: &'a Group, value: &'a Value) -> [Fact<'a>; 18] {
        let Value {
            name,
            short,
            meta: _,
            literal,
            number,
            c_type,
            count,
            payload,
            payload_fds,
            mask,
            in_place,
            counted_by,
            without_payload,
            shorter,
            longer,
            reads,
            returns_fd,
            gates,
            absent: _,
        } = value;
        let payload = match payload {
            Some(Type::Struct(id)) => text(self.struct_(&self.abi.struct_(*id).name)),
            Some(type_) => Datum::Text(self.abi.type_text(type_).into()),
            None => Datum::Unset,
        };
        // Short names are the constants of a type in Rust.
        let short = group.rust.as_ref().map(|_| short.as_str());
        [
            Fact(key!(Value.name), text(name)),
            Fact(key!(Value.short), optional(short)),
            Fact(key!(Value.literal), literal_fact(literal)),
            Fact(key!(Value.number), Datum::Number(*number)),
            Fact(key!(Value.c_type), optional(c_type.map(LiteralType::words))),
            Fact(key!(Value.count), optional(count.map(count_word))),
            Fact(key!(Value.payload), payload),
            Fact(key!(Value.payload_fds), optional(payload_fds.map(descriptor_word))),
            Fact(key!(Value.mask), optional(mask.as_deref().map(|mask| self.constant(mask)))),
            Fact(key!(Value.in_place), text(if *in_place { "in their place" } else { "shifted" })),
            Fact(key!(Value.counted_by), optional(counted_by.as_deref())),
            Fact(key!(Value.without_payload), Datum::Flag(*without_payload)),
            Fact(key!(Value.shorter), optional(shorter.map(|one| shorter_word(Some(one))))),
            Fact(key!(Value.longer), optional(longer.map(|one| longer_word(Some(one))))),
            Fact(key!(Value.reads), Datum::Flag(*reads)),
            Fact(key!(Value.returns_fd), self.new_fd(*returns_fd)),
            Fact(key!(Value.gates), list(gates.iter().map(|gate| self.constant(gate)))),
            Fact(key!(Group.values), text(Matching::renamed(&self.renames.groups, &group.name))),
        ]
    }

    pub(super) fn macro_(&self, item: &'a Macro) -> [Fact<'a>; 4] {
        let Macro { name, meta: _, args, c, rust } = item;
        [
            Fact(key!(Macro.name), text(name)),
            Fact(key!(Macro.args), list(args.iter().map(String::as_str))),
            Fact(key!(Macro.c), text(c)),
            Fact(key!(Macro.rust), text(rust)),
        ]
    }

    pub(super) fn ioctl(&self, ioctl: &'a Ioctl) -> [Fact<'a>; 8] {
        let Ioctl {
            name,
            meta: _,
            number,
            fd,
            backends,
            arg,
            returns,
            returns_fd,
            lasting,
            handlers: _,
        } = ioctl;
        let fd = self.abi.fds.get(*fd).map(|fd| fd.name.as_str());
        let arg = match arg {
            Arg::None => Datum::Unset,
            Arg::Int => text("number"),
            Arg::Fd => text("file descriptor"),
            Arg::U32 => text("u32"),
            Arg::Text => text("string"),
            Arg::Struct(id) => text(self.struct_(&self.abi.struct_(*id).name)),
        };
        [
            Fact(key!(Ioctl.name), text(name)),
            Fact(key!(Ioctl.number), Datum::Number((*number).into())),
            Fact(key!(Ioctl.fd), optional(fd.map(|fd| Matching::renamed(&self.renames.fds, fd)))),
            Fact(key!(Ioctl.backends), list(backends.iter().map(String::as_str))),
            Fact(key!(Ioctl.arg), arg),
            Fact(key!(Ioctl.returns), Datum::Flag(returns.is_some())),
            Fact(key!(Ioctl.returns_fd), self.new_fd(*returns_fd)),
            Fact(key!(Ioctl.lasting), Datum::Flag(lasting.is_some())),
        ]
    }

    fn new_fd(&self, new: Option<NewFd>) -> Datum<'a> {
        match new {
            Some(NewFd::Kind(index)) => {
                let kind = self.abi.fds.get(index).map(|fd| fd.name.as_str());
                optional(kind.map(|kind| Matching::renamed(&self.renames.fds, kind)))
            }
            Some(NewFd::Other) => text("another kind"),
            None => Datum::Unset,
        }
    }

    pub(super) fn code(&self, file: &'a CodeFile) -> (&'a str, [Fact<'a>; 2]) {
        let CodeFile { language, path, text: contents } = file;
        let language = match language {
            CodeLanguage::Rust => "rust",
            CodeLanguage::C => "c",
        };
        (
            path,
            [
                Fact(key!(CodeFile.language), text(language)),
                Fact(key!(CodeFile.text), text(contents)),
            ],
        )
    }
}

fn layout_sizes<'a>(layouts: &[Layout; 3]) -> [Datum<'a>; 2] {
    let sizes = layouts.each_ref().map(|layout| {
        let Layout { size, align, fields: _, holes: _ } = layout;
        (*size, *align)
    });
    [Datum::Sizes(sizes.map(|(size, _)| size)), Datum::Sizes(sizes.map(|(_, align)| align))]
}

fn choices_fact(choices: &[Choice]) -> Datum<'_> {
    let words = choices.iter().map(|Choice { name, flags }| format!("{name}: {}", flags.join(" ")));
    match choices.is_empty() {
        true => Datum::Unset,
        false => Datum::Text(words.collect::<Vec<_>>().join("; ").into()),
    }
}
