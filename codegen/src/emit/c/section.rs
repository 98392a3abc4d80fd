//! Views of items: the comment of each, and the declarations below it.

use super::comment::Comment;
use super::groups::CONTINUED;
use super::tabs::{WIDTH, end_column};
use super::view::ItemView;
use super::{groups, literal, structs};
use crate::emit::wrap::wrap;
use crate::ir::{
    Abi, Arg, Capability, Chain, Group, GroupKind, Ioctl, Item, Macro, Meta, StructId,
};

/// What an item declares; a capability with its own struct declares two things.
pub(super) fn views(abi: &Abi, item: Item) -> Vec<ItemView> {
    match item {
        Item::Struct(id) => vec![struct_(abi, id)],
        Item::Group(id) => vec![group(abi.group(id))],
        Item::Macro(index) => vec![macro_(abi.macro_(index))],
        Item::Ioctl(index) => vec![ioctl(abi, abi.ioctl(index))],
        Item::Chain(id) => vec![chain(abi, abi.chain(id))],
        Item::Capability(index) => capability(abi, abi.capability(index)),
    }
}

/// A comment with the empty line above it.
pub(super) fn opening(comment: Vec<String>) -> Vec<String> {
    [String::new()].into_iter().chain(comment).collect()
}

/// What every item's comment says.
fn about(meta: &Meta) -> Comment {
    Comment::of(&meta.doc)
}

/// What every item's comment ends with.
fn ended(comment: Comment, meta: &Meta) -> Comment {
    comment.deprecated(meta.deprecated.as_ref()).since(meta.since)
}

fn struct_(abi: &Abi, id: StructId) -> ItemView {
    let meta = &abi.struct_(id).meta;
    ItemView {
        opening: opening(ended(about(meta), meta).above(0)),
        struct_: Some(structs::view(abi, id)),
        ..ItemView::default()
    }
}

fn group(group: &Group) -> ItemView {
    let comment = ended(about(&group.meta).reserved(&group.reserved), &group.meta);
    let item = ItemView { opening: opening(comment.above(0)), ..ItemView::default() };
    match group.kind {
        GroupKind::Enum | GroupKind::AnonymousEnum => {
            ItemView { enum_: Some(groups::enumeration(group)), ..item }
        }
        _ => ItemView { defines: groups::set_apart(groups::defines(group)), ..item },
    }
}

fn macro_(item: &Macro) -> ItemView {
    let comment = ended(about(&item.meta), &item.meta);
    ItemView {
        opening: opening(comment.above(0)),
        macro_: macro_lines(item),
        ..ItemView::default()
    }
}

/// The definition of a macro.
pub(super) fn macro_lines(item: &Macro) -> Vec<String> {
    let head = format!("#define {}({})", item.name, item.args.join(", "));
    let whole = format!("{head} {}", item.c);
    match end_column(&whole) <= WIDTH && !item.c.contains('\n') {
        true => vec![whole],
        false => continued(head, &item.c),
    }
}

/// A macro's body below its head, broken at its spaces, unless that could
/// break a string.
fn continued(head: String, body: &str) -> Vec<String> {
    let width = match body.contains('"') {
        true => usize::MAX,
        false => WIDTH - 8 - CONTINUED.len(),
    };
    let lines = body.lines().flat_map(|line| wrap(line.trim_end_matches('\\'), width));
    let mut lines: Vec<_> =
        [head].into_iter().chain(lines.map(|line| format!("\t{line}"))).collect();
    let last = lines.len() - 1;
    for line in &mut lines[..last] {
        line.push_str(CONTINUED);
    }
    lines
}

fn ioctl(abi: &Abi, ioctl: &Ioctl) -> ItemView {
    let mut comment = about(&ioctl.meta)
        .label("File descriptor", &file(abi, ioctl))
        .label("Argument", &argument(abi, ioctl.arg));
    if let Some(returns) = &ioctl.returns {
        comment = comment.label("Return", &returns.join(" "));
    }
    ItemView {
        opening: opening(ended(comment, &ioctl.meta).above(0)),
        defines: vec![groups::lone_define(&ioctl.name, ioctl_number(abi, ioctl))],
        ..ItemView::default()
    }
}

/// An ioctl's number, built as the kernel builds it.
pub(super) fn ioctl_number(abi: &Abi, ioctl: &Ioctl) -> String {
    match &abi.ioctl_numbers {
        Some(numbers) => {
            format!("_IO({}, {} + {})", numbers.type_name, numbers.base_name, ioctl.number)
        }
        None => literal::decimal(ioctl.number.into()),
    }
}

/// The kind of file descriptor that an ioctl is for.
fn file(abi: &Abi, ioctl: &Ioctl) -> String {
    let kind = &abi.fds[ioctl.fd].name;
    match ioctl.backends.is_empty() {
        true => kind.clone(),
        false => format!("{kind} ({})", ioctl.backends.join(", ")),
    }
}

fn argument(abi: &Abi, arg: Arg) -> String {
    match arg {
        Arg::None => "none".to_owned(),
        Arg::Int => "the number itself".to_owned(),
        Arg::Fd => "__s32 *, a file descriptor".to_owned(),
        Arg::Text => "const char *".to_owned(),
        Arg::U32 => "__u32 *".to_owned(),
        Arg::Struct(id) => format!("struct {} *", abi.struct_(id).name),
    }
}

fn chain(abi: &Abi, chain: &Chain) -> ItemView {
    let mut comment = about(&chain.meta).reserved(&chain.reserved);
    if let Some(host) = chain.host() {
        let (name, flag) = (&abi.struct_(host.struct_).name, &host.flag.0);
        comment = comment.label("Host", &format!("struct {name}, flag {flag}"));
    }
    ItemView { opening: opening(ended(comment, &chain.meta).above(0)), ..ItemView::default() }
}

fn capability(abi: &Abi, capability: &Capability) -> Vec<ItemView> {
    let mut comment = about(&capability.meta);
    if let (Some(id), false) = (capability.struct_, capability.inline) {
        comment = comment.label("Struct", &abi.struct_(id).name);
    }
    if capability.version > 1 {
        comment = comment.label("Newest version", &capability.version.to_string());
    }
    let define = groups::lone_define(&capability.name, capability.id.to_string());
    let mut views = vec![ItemView {
        opening: opening(ended(comment, &capability.meta).above(0)),
        defines: vec![define],
        ..ItemView::default()
    }];
    if let (Some(id), true) = (capability.struct_, capability.inline) {
        views.push(ItemView {
            opening: vec![String::new()],
            struct_: Some(structs::view(abi, id)),
            ..ItemView::default()
        });
    }
    views
}
