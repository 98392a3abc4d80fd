//! A section of the specification: its title and comment, and each of its items
//! as a comment and declarations.

use super::comment::Comment;
use super::groups::CONTINUED;
use super::tabs::{WIDTH, end_column};
use super::view::{ItemView, SectionView};
use super::{groups, literal, structs};
use crate::emit::escape::in_c;
use crate::emit::wrap::{unbroken, wrap};
use crate::ir::{
    Abi, Arg, Capability, Chain, Group, GroupKind, Ioctl, Item, Macro, Meta, Section, StructId,
};

/// A section with all of its items.
pub(super) fn view(abi: &Abi, section: &Section) -> SectionView {
    SectionView {
        title: title(&section.title),
        comment: opening(Comment::of(&section.doc).block(0)),
        items: section.items.iter().flat_map(|item| items(abi, *item)).collect(),
    }
}

/// A section of a kernel header that declares no structs: the numbers of their fields are
/// in place of them.
pub(super) fn without_structs(abi: &Abi, section: &Section) -> SectionView {
    let mut view = view(abi, section);
    let items = section.items.iter().flat_map(|item| {
        let struct_ = match item {
            Item::Struct(id) => Some(*id),
            Item::Capability(index) => body_of(abi.capability(*index)),
            _ => None,
        };
        let fields = abi
            .groups
            .iter()
            .filter(move |one| one.field.is_some_and(|(owner, _)| struct_ == Some(owner)));
        let declared = items(abi, *item).into_iter().filter(|one| one.struct_.is_none());
        declared.chain(fields.map(|one| group(abi, one))).collect::<Vec<_>>()
    });
    view.items = items.collect();
    view
}

/// A title in the middle of a rule.
pub(super) fn title(text: &str) -> String {
    let text = unbroken(&in_c(text));
    let rule = WIDTH.saturating_sub("/*    */".len() + text.chars().count() + 8) / 2;
    let rule = "-".repeat(rule.max(3));
    format!("/* {rule} {text} {rule} */")
}

/// The declarations of an item; a capability with its own struct has two.
fn items(abi: &Abi, item: Item) -> Vec<ItemView> {
    match item {
        Item::Struct(id) => vec![struct_(abi, id)],
        Item::Group(id) => vec![group(abi, abi.group(id))],
        Item::Macro(index) => vec![macro_(abi, abi.macro_(index))],
        Item::Ioctl(index) => vec![ioctl(abi, abi.ioctl(index))],
        Item::Chain(id) => vec![chain(abi, abi.chain(id))],
        Item::Capability(index) => capability(abi, abi.capability(index)),
    }
}

/// A comment after an empty line.
pub(super) fn opening(comment: Vec<String>) -> Vec<String> {
    [String::new()].into_iter().chain(comment).collect()
}

/// The comment of an item, completed with its deprecation and first release.
fn complete(abi: &Abi, comment: Comment<'_>, meta: &Meta) -> Vec<String> {
    let comment = comment.deprecated(meta.deprecated.as_deref());
    opening(comment.since(&abi.releases, meta.since).above(0))
}

fn struct_(abi: &Abi, id: StructId) -> ItemView {
    let meta = &abi.struct_(id).meta;
    ItemView {
        opening: complete(abi, Comment::of(&meta.doc), meta),
        struct_: Some(structs::view(abi, id)),
        ..ItemView::default()
    }
}

fn group(abi: &Abi, group: &Group) -> ItemView {
    let comment = Comment::of(&group.meta.doc).reserved(&group.reserved);
    let opening = complete(abi, comment, &group.meta);
    let item = ItemView { opening, ..ItemView::default() };
    match group.kind {
        GroupKind::Enum | GroupKind::AnonymousEnum => {
            ItemView { enum_: Some(groups::enumeration(abi, group)), ..item }
        }
        _ => ItemView { defines: groups::set_apart(groups::defines(abi, group)), ..item },
    }
}

fn macro_(abi: &Abi, item: &Macro) -> ItemView {
    ItemView {
        opening: complete(abi, Comment::of(&item.meta.doc), &item.meta),
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

/// A macro with its body on the lines after its head. The body is broken at
/// spaces, unless it has a string.
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
    let mut comment = Comment::of(&ioctl.meta.doc)
        .label("File descriptor", &file(abi, ioctl))
        .label("Argument", &argument(abi, ioctl.arg));
    if let Some(returns) = &ioctl.returns {
        comment = comment.label("Return", &returns.join(" "));
    }
    ItemView {
        opening: complete(abi, comment, &ioctl.meta),
        defines: vec![groups::lone_define(&ioctl.name, ioctl_number(abi, ioctl))],
        ..ItemView::default()
    }
}

/// The number of an ioctl, as the kernel's header writes it.
pub(super) fn ioctl_number(abi: &Abi, ioctl: &Ioctl) -> String {
    match &abi.ioctl_numbers {
        Some(numbers) => {
            format!("_IO({}, {} + {})", numbers.type_name, numbers.base_name, ioctl.number)
        }
        None => literal::decimal(ioctl.number.into()),
    }
}

/// The kind of file descriptor of an ioctl, with its backends.
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
        Arg::Int => "an integer, by value".to_owned(),
        Arg::Fd => "__s32 *, a file descriptor".to_owned(),
        Arg::Text => "const char *".to_owned(),
        Arg::U32 => "__u32 *".to_owned(),
        Arg::Struct(id) => format!("struct {} *", abi.struct_(id).name),
    }
}

fn chain(abi: &Abi, chain: &Chain) -> ItemView {
    let mut comment = Comment::of(&chain.meta.doc).reserved(&chain.reserved);
    if let Some(host) = chain.host() {
        let (name, flag) = (&abi.struct_(host.struct_).name, &host.flag.0);
        comment = comment.label("Host", &format!("struct {name}, flag {flag}"));
    }
    ItemView { opening: complete(abi, comment, &chain.meta), ..ItemView::default() }
}

/// The struct that is declared together with a capability.
fn body_of(capability: &Capability) -> Option<StructId> {
    capability.struct_.filter(|_| capability.inline)
}

fn capability(abi: &Abi, capability: &Capability) -> Vec<ItemView> {
    let mut comment = Comment::of(&capability.meta.doc);
    if let (Some(id), false) = (capability.struct_, capability.inline) {
        comment = comment.label("Struct", &abi.struct_(id).name);
    }
    if capability.version > 1 {
        comment = comment.label("Newest version", &capability.version.to_string());
    }
    let define = groups::lone_define(&capability.name, capability.id.to_string());
    let mut views = vec![ItemView {
        opening: complete(abi, comment, &capability.meta),
        defines: vec![define],
        ..ItemView::default()
    }];
    if let Some(id) = body_of(capability) {
        views.push(ItemView {
            opening: vec![String::new()],
            struct_: Some(structs::view(abi, id)),
            ..ItemView::default()
        });
    }
    views
}
