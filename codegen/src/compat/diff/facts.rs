//! The facts of every type of the IR: its keys, each with its value. A key that cannot break
//! anything is bound to `_` and listed in `keys`.

use std::borrow::Cow;

use super::Datum;
use crate::compat::matching::{Matching, Renames};
use crate::ir::{
    Abi, Arg, Bits, CapHeader, Capability, Chain, ChainStart, Copied, FdKind, Field, Group,
    GroupKind, Handler, Header, Host, Ioctl, IoctlNumbers, Limit, Literal, Macro, Member,
    ReplyArray, ReplyChain, Reserved, Struct, Type, UnionArm, Value,
};
use crate::layout::{Layout, Model};
use crate::output::{CodeFile, Language};
use crate::reply::{ArgszReply, Count, Direction, Padding, Unset, WhenTooSmall};

/// A key of the IR, such as `Field.direction`.
pub(in crate::compat) type Key = &'static str;

/// A key with its value.
pub(in crate::compat) struct Fact<'a>(pub(in crate::compat) Key, pub(in crate::compat) Datum<'a>);

/// One side, with the names that the new side has for its items.
#[derive(Clone, Copy)]
pub(super) struct Names<'m, 'a> {
    pub(super) abi: &'a Abi,
    pub(super) renames: &'m Renames<'a>,
}

fn text(text: &str) -> Datum<'_> {
    Datum::Text(Cow::Borrowed(text))
}

fn optional(value: Option<&str>) -> Datum<'_> {
    value.map_or(Datum::Unset, text)
}

fn list<'a>(texts: impl Iterator<Item = &'a str>) -> Datum<'a> {
    Datum::List(texts.map(Cow::Borrowed).collect())
}

impl<'a> Names<'_, 'a> {
    fn struct_(&self, name: &'a str) -> &'a str {
        Matching::renamed(&self.renames.structs, name)
    }

    fn constant(&self, name: &'a str) -> &'a str {
        Matching::renamed(&self.renames.constants, name)
    }

    fn group(&self, id: Option<crate::ir::GroupId>) -> Datum<'a> {
        let name = id.map(|id| self.abi.group(id).name.as_str());
        optional(name.map(|name| Matching::renamed(&self.renames.groups, name)))
    }

    fn member(&self, struct_: &'a Struct, field: usize) -> &'a str {
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

    fn bits(&self, struct_: &'a Struct, bits: Bits) -> Datum<'a> {
        let Bits { field, low, count } = bits;
        let span = struct_.spans(field)[Model::Lp64.index()];
        Datum::Text(Cow::Owned(format!(
            "bits {low}..{} of the {} bytes at {}",
            low + count,
            span.size,
            span.offset
        )))
    }

    pub(super) fn header(&self, header: &'a Header) -> [Fact<'a>; 2] {
        let Header { path, guards } = header;
        [
            Fact("Header.path", text(path)),
            Fact("Header.guards", list(guards.iter().map(String::as_str))),
        ]
    }

    pub(super) fn numbers(numbers: &'a IoctlNumbers) -> [Fact<'a>; 2] {
        let IoctlNumbers { type_name: _, type_value, base_name: _, base_value } = numbers;
        [
            Fact("IoctlNumbers.type_value", Datum::Number((*type_value).into())),
            Fact("IoctlNumbers.base_value", Datum::Number((*base_value).into())),
        ]
    }

    pub(super) fn fd(&self, fd: &'a FdKind) -> [Fact<'a>; 2] {
        let FdKind { name, doc: _, backends } = fd;
        [
            Fact("FdKind.name", text(name)),
            Fact("FdKind.backends", list(backends.iter().map(|(name, _)| name.as_str()))),
        ]
    }

    pub(super) fn cap_header(&self, header: &'a CapHeader) -> [Fact<'a>; 7] {
        let CapHeader { name: _, struct_, doc: _, id, version, next, from_reply, end, align } =
            header;
        let struct_ = self.abi.struct_(*struct_);
        let version = version.map_or(Datum::Unset, |bits| self.bits(struct_, bits));
        [
            Fact("CapHeader.struct_", text(self.struct_(&struct_.name))),
            Fact("CapHeader.id", self.bits(struct_, *id)),
            Fact("CapHeader.version", version),
            Fact("CapHeader.next", self.bits(struct_, *next)),
            Fact("CapHeader.from_reply", Datum::Flag(*from_reply)),
            Fact("CapHeader.end", Datum::Number((*end).into())),
            Fact("CapHeader.align", Datum::Number((*align).into())),
        ]
    }

    pub(super) fn struct_facts(&self, struct_: &'a Struct) -> [Fact<'a>; 5] {
        let Struct {
            name,
            meta: _,
            section: _,
            packed,
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
            Fact("Struct.name", text(name)),
            Fact("Struct.packed", Datum::Flag(*packed)),
            Fact("Layout.size", size),
            Fact("Layout.align", align),
            Fact("Struct.minsz", minsz),
        ]
    }

    pub(super) fn member_facts(&self, struct_: &'a Struct, member: &Member<'a>) -> [Fact<'a>; 9] {
        let Member { name, meta: _, type_, role, direction, valid_if, version, spans, union: _ } =
            *member;
        let (group, ids) = held(struct_, name);
        [
            Fact("Field.name", text(name)),
            Fact("Field.type_", Datum::Text(self.type_(struct_, type_))),
            Fact("Field.direction", optional(direction.map(direction_word))),
            Fact("Field.role", text(role_word(role))),
            Fact("Field.group", self.group(group)),
            Fact("Field.ids", self.group(ids)),
            Fact("Field.valid_if", optional(valid_if.map(|gate| self.constant(gate)))),
            Fact("Field.version", Datum::Number(version.into())),
            Fact("Layout.fields", Datum::Spans(spans)),
        ]
    }

    pub(super) fn group_facts(&self, group: &'a Group) -> [Fact<'a>; 4] {
        let Group { name, rust, meta: _, kind, int, values: _, reserved: _, field: _ } = group;
        [
            Fact("Group.name", text(name)),
            Fact("Group.rust", optional(rust.as_deref())),
            Fact("Group.kind", text(kind_word(*kind))),
            Fact("Group.int", text(int.name())),
        ]
    }

    pub(super) fn reserved(&self, reserved: &'a Reserved) -> (i128, &'a str) {
        let Reserved { value, name, doc: _ } = reserved;
        (*value, name)
    }

    pub(super) fn value(&self, group: &'a Group, value: &'a Value) -> [Fact<'a>; 8] {
        let Value { name, short, meta: _, literal, number, count, payload, gates } = value;
        let payload = payload.map(|id| self.struct_(&self.abi.struct_(id).name));
        // Short names are the constants of a type in Rust.
        let short = group.rust.as_ref().map(|_| short.as_str());
        [
            Fact("Value.name", text(name)),
            Fact("Value.short", optional(short)),
            Fact("Value.literal", literal_fact(literal)),
            Fact("Value.number", Datum::Number(*number)),
            Fact("Value.count", optional(count.map(count_word))),
            Fact("Value.payload", optional(payload)),
            Fact("Value.gates", list(gates.iter().map(|gate| self.constant(gate)))),
            Fact("Group.values", text(Matching::renamed(&self.renames.groups, &group.name))),
        ]
    }

    pub(super) fn capability(&self, chain: &'a Chain, capability: &'a Capability) -> [Fact<'a>; 6] {
        let Capability { name, short, meta: _, chain: _, id, version, struct_, inline: _ } =
            capability;
        let struct_ = struct_.map(|id| self.struct_(&self.abi.struct_(id).name));
        [
            Fact("Capability.name", text(name)),
            Fact("Capability.short", text(short)),
            Fact("Capability.chain", text(Matching::renamed(&self.renames.chains, &chain.name))),
            Fact("Capability.id", Datum::Number((*id).into())),
            Fact("Capability.version", Datum::Number((*version).into())),
            Fact("Capability.struct_", optional(struct_)),
        ]
    }

    pub(super) fn macro_(&self, item: &'a Macro) -> [Fact<'a>; 4] {
        let Macro { name, meta: _, args, c, rust } = item;
        [
            Fact("Macro.name", text(name)),
            Fact("Macro.args", list(args.iter().map(String::as_str))),
            Fact("Macro.c", text(c)),
            Fact("Macro.rust", text(rust)),
        ]
    }

    pub(super) fn ioctl(&self, ioctl: &'a Ioctl) -> [Fact<'a>; 6] {
        let Ioctl { name, meta: _, number, fd, backends, arg, returns, handlers: _ } = ioctl;
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
            Fact("Ioctl.name", text(name)),
            Fact("Ioctl.number", Datum::Number((*number).into())),
            Fact("Ioctl.fd", optional(fd.map(|fd| Matching::renamed(&self.renames.fds, fd)))),
            Fact("Ioctl.backends", list(backends.iter().map(String::as_str))),
            Fact("Ioctl.arg", arg),
            Fact("Ioctl.returns", Datum::Flag(returns.is_some())),
        ]
    }

    pub(super) fn handler(&self, ioctl: &'a Ioctl, handler: &'a Handler) -> [Fact<'a>; 15] {
        let Handler {
            name: _,
            source: _,
            since: _,
            until: _,
            doc: _,
            minsz,
            reads,
            writes,
            unset,
            below,
            array,
            chain,
            profile: _,
            place: _,
        } = handler;
        let struct_ = match ioctl.arg {
            Arg::Struct(id) => Some(self.abi.struct_(id)),
            _ => None,
        };
        let field = |index: usize| struct_.map_or("", |struct_| self.member(struct_, index));
        let below = below.iter().map(|(index, Limit { name: _, number })| {
            Cow::Owned(format!("{} below {number}", field(*index)))
        });
        let [array_field, error, sets] = match array {
            None => [Datum::Unset, Datum::Unset, Datum::Unset],
            Some(ReplyArray { field: at, error, sets }) => {
                let sets = sets.as_ref().map(|sets| list(sets.iter().map(|at| field(*at))));
                [text(field(*at)), text(error), sets.unwrap_or(Datum::Unset)]
            }
        };
        let [offset, align, when_too_small, padding, argsz, chain_writes, capabilities] =
            self.reply_chain(chain.as_ref());
        [
            Fact("Handler.minsz", Datum::Number((*minsz).into())),
            Fact("Handler.reads", copied(reads)),
            Fact("Handler.writes", copied(writes)),
            Fact("Handler.unset", text(unset_word(*unset))),
            Fact("Handler.below", Datum::List(below.collect())),
            Fact("ReplyArray.field", array_field),
            Fact("ReplyArray.error", error),
            Fact("ReplyArray.sets", sets),
            Fact("ReplyChain.offset", offset),
            Fact("ReplyChain.align", align),
            Fact("ReplyChain.when_too_small", when_too_small),
            Fact("ReplyChain.padding", padding),
            Fact("ReplyChain.argsz", argsz),
            Fact("ReplyChain.writes", chain_writes),
            Fact("ReplyChain.capabilities", capabilities),
        ]
    }

    fn reply_chain(&self, chain: Option<&'a ReplyChain>) -> [Datum<'a>; 7] {
        let Some(chain) = chain else { return [const { Datum::Unset }; 7] };
        let ReplyChain { offset, align, when_too_small, padding, argsz, writes, capabilities } =
            chain;
        [
            Datum::Number((*offset).into()),
            Datum::Number((*align).into()),
            text(when_too_small_word(*when_too_small)),
            text(padding_word(*padding)),
            text(argsz_word(*argsz)),
            numbers(writes),
            list(capabilities.iter().map(|name| self.constant(name))),
        ]
    }

    pub(super) fn chain(&self, chain: &'a Chain) -> [Fact<'a>; 6] {
        let Chain {
            name,
            meta: _,
            section: _,
            header,
            start,
            bound,
            prefix: _,
            reserved: _,
            capabilities: _,
        } = chain;
        let header = self.abi.cap_headers[*header].name.as_str();
        let (start, host) = match start {
            ChainStart::AtOffsetField { host, cap_offset } => {
                let field = self.member(self.abi.struct_(host.struct_), *cap_offset);
                (Cow::Owned(format!("at the offset in {field}")), Some(host))
            }
            ChainStart::After { host, offset } => {
                (Cow::Owned(format!("at {offset}, under a flag")), Some(host))
            }
            ChainStart::Fixed { offset } => (Cow::Owned(format!("at {offset}")), None),
            ChainStart::FieldAt { offset, int } => {
                (Cow::Owned(format!("at the offset in the {} at {offset}", int.name())), None)
            }
            ChainStart::Unknown => (Cow::Borrowed("unknown"), None),
        };
        let (host, flag) = self.host(host);
        [
            Fact("Chain.name", text(name)),
            Fact("Chain.header", text(Matching::renamed(&self.renames.cap_headers, header))),
            Fact("Chain.start", Datum::Text(start)),
            Fact("Host.struct_", host),
            Fact("Host.flag", flag),
            Fact("Chain.bound", Datum::Number((*bound).into())),
        ]
    }

    fn host(&self, host: Option<&'a Host>) -> (Datum<'a>, Datum<'a>) {
        let Some(Host { struct_, flags: _, flag: (name, _) }) = host else {
            return (Datum::Unset, Datum::Unset);
        };
        (text(self.struct_(&self.abi.struct_(*struct_).name)), text(self.constant(name)))
    }

    pub(super) fn code(&self, file: &'a CodeFile) -> (&'a str, [Fact<'a>; 2]) {
        let CodeFile { language, path, text: contents } = file;
        let language = match language {
            Language::Rust => "rust",
            Language::C => "c",
        };
        (path, [Fact("CodeFile.language", text(language)), Fact("CodeFile.text", text(contents))])
    }
}

fn layout_sizes<'a>(layouts: &[Layout; 3]) -> [Datum<'a>; 2] {
    let sizes = layouts.each_ref().map(|layout| {
        let Layout { size, align, fields: _, holes: _ } = layout;
        (*size, *align)
    });
    [Datum::Sizes(sizes.map(|(size, _)| size)), Datum::Sizes(sizes.map(|(_, align)| align))]
}

/// The groups of a member: the numbers that it holds, and the ids in some of its bits.
fn held(struct_: &Struct, name: &str) -> (Option<crate::ir::GroupId>, Option<crate::ir::GroupId>) {
    for field in &struct_.fields {
        let Field {
            name: own,
            meta: _,
            type_,
            direction: _,
            role: _,
            group,
            ids,
            valid_if: _,
            version: _,
        } = field;
        let Type::Union(arms) = type_ else {
            if own == name {
                return (*group, *ids);
            }
            continue;
        };
        for UnionArm { name: own, meta: _, type_: _, group, valid_if: _ } in arms {
            if own == name {
                return (*group, None);
            }
        }
    }
    (None, None)
}

fn numbers<'a>(numbers: &[u64]) -> Datum<'a> {
    Datum::List(numbers.iter().map(|number| Cow::Owned(number.to_string())).collect())
}

fn copied<'a>(copied: &Copied) -> Datum<'a> {
    match copied {
        Copied::Ends(ends) => numbers(ends),
        Copied::Fitting => text("fitting"),
    }
}

/// The parts of a literal that programs see, besides its number.
fn literal_fact(literal: &Literal) -> Datum<'_> {
    match literal {
        Literal::Text(string) => text(string),
        Literal::Bit { bit: _, signed: true } => text("a signed bit"),
        Literal::Decimal
        | Literal::Hex
        | Literal::Bit { bit: _, signed: false }
        | Literal::Or(_)
        | Literal::Next => Datum::Unset,
    }
}

fn role_word(role: crate::ir::Role) -> &'static str {
    use crate::ir::Role;
    match role {
        Role::Argsz => "argsz",
        Role::Flags => "flags",
        Role::CapOffset => "cap_offset",
        Role::Header => "header",
        // The count of an array is part of the array's type.
        Role::Count | Role::Data => "data",
        Role::Reserved => "reserved",
    }
}

fn direction_word(direction: Direction) -> &'static str {
    match direction {
        Direction::In => "in",
        Direction::Out => "out",
        Direction::InOut => "inout",
    }
}

fn kind_word(kind: GroupKind) -> &'static str {
    match kind {
        GroupKind::Constants => "constants",
        GroupKind::AnonymousEnum => "anonymous enum",
        GroupKind::Enum => "enum",
        GroupKind::IdSpace => "id space",
        GroupKind::Flags => "flags",
        GroupKind::FieldValues => "values of a field",
    }
}

fn count_word(count: Count) -> &'static str {
    match count {
        Count::Moves => "moves",
        Count::Frozen => "frozen",
    }
}

fn unset_word(unset: Unset) -> &'static str {
    match unset {
        Unset::Echo => "echo",
        Unset::Zero => "zero",
        Unset::Stack => "stack",
    }
}

fn when_too_small_word(when: WhenTooSmall) -> &'static str {
    match when {
        WhenTooSmall::OffsetZero => "offset_zero",
        WhenTooSmall::Partial => "partial",
        WhenTooSmall::FlagClear => "flag_clear",
    }
}

fn padding_word(padding: Padding) -> &'static str {
    match padding {
        Padding::Zero => "zero",
        Padding::Echo => "echo",
    }
}

fn argsz_word(argsz: ArgszReply) -> &'static str {
    match argsz {
        ArgszReply::WhenTooSmall => "when_too_small",
        ArgszReply::Always => "always",
    }
}
