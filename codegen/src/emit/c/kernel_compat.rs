//! What the header adds to a kernel header of an older release that was
//! included first. That one has a struct if it has the macro that came with
//! the struct; missing enumerators become macros.

use super::detecting_macros::DetectingMacros;
use super::groups::{fitted, lone_define};
use super::view::{
    AddedView, AdditionsView, DefineView, EnumView, EnumeratorView, KernelHeaderView, LackView,
    LackingView,
};
use super::{feature_macros, groups, literal, structs};
use crate::ir::{Abi, Entry, EntryKind, Group, Header};
use crate::names;

/// What can be said of the names of an ABI.
pub(super) struct CompatContext<'a> {
    /// The ABI.
    pub(super) abi: &'a Abi,
    /// Its names.
    pub(super) entries: Vec<Entry<'a>>,
    /// The macros that came with its structs, enums and fields.
    pub(super) detecting: DetectingMacros<'a>,
    /// What the names of our macros start with.
    pub(super) prefix: &'a str,
}

impl<'a> CompatContext<'a> {
    /// The names that one kernel header declares.
    pub(super) fn of_header(&self, header: usize) -> impl Iterator<Item = &Entry<'a>> {
        self.entries.iter().filter(move |entry| self.abi.sections[entry.section].header == header)
    }
}

/// A kernel header, if it has an include guard to tell it by.
pub(super) fn kernel_header(header: &Header, prefix: &str) -> Option<KernelHeaderView> {
    let defined = header.guards.iter().map(|guard| format!("defined({guard})"));
    (!header.guards.is_empty()).then(|| KernelHeaderView {
        path: header.path.clone(),
        included: defined.collect::<Vec<_>>().join(" || "),
        beside: beside(header, prefix),
        guards: header.guards.clone(),
    })
}

/// The macro that says that a kernel header was included first.
pub(super) fn beside(header: &Header, prefix: &str) -> String {
    let file = header.path.rsplit('/').next().unwrap_or(&header.path);
    format!("{prefix}BESIDE_{}", names::screaming(file))
}

/// What is added to a kernel header that was included first.
pub(super) fn added(context: &CompatContext<'_>, header: usize) -> AddedView {
    let late = context.of_header(header).filter(|entry| !context.detecting.is_first(entry));
    let late: Vec<_> = late.collect();
    let lacks: Vec<_> = late.iter().filter_map(|entry| lack(context, entry)).collect();
    let lacks = lacks.chunk_by(|a, b| a.0 == b.0).map(|lacks| LackView {
        companion: lacks[0].0.to_owned(),
        types: lacks.iter().map(|(_, lack)| lack.clone()).collect(),
    });
    AddedView {
        title: super::title(&format!("Beside an older <{}>", context.abi.headers[header].path)),
        fields: feature_macros::fields_beside(context, header),
        lacks: lacks.collect(),
        releases: by_release(context, &late),
    }
}

/// What the preprocessor cannot see, and its companion.
fn lack<'a>(context: &CompatContext<'a>, entry: &Entry<'_>) -> Option<(&'a str, LackingView)> {
    let lacking = match entry.kind {
        EntryKind::Struct(id) => {
            LackingView { struct_: Some(structs::bare(context.abi, id)), ..LackingView::default() }
        }
        EntryKind::Enum(group) => LackingView {
            enum_: Some(tagged(context.abi, group, context.prefix)),
            ..LackingView::default()
        },
        EntryKind::Enumerator(_, value) if value.count.is_none() => {
            let define = fitted(lone_define(entry.name, feature_macros::number(context, entry)?));
            let lacking = LackingView { define: Some(define), ..LackingView::default() };
            return Some((context.detecting.of_enumerator(entry)?, lacking));
        }
        _ => return None,
    };
    Some((context.detecting.of(entry)?, lacking))
}

/// What the preprocessor can tell of, release by release, and enumerators that
/// nothing tells of.
fn by_release(context: &CompatContext<'_>, late: &[&Entry<'_>]) -> Vec<AdditionsView> {
    let came = |entry: &&Entry<'_>| entry.since().first();
    let mut sorted = late.to_vec();
    sorted.sort_by_key(came);
    let releases = sorted.chunk_by(|a, b| came(a) == came(b));
    let views = releases.map(|entry| AdditionsView {
        title: format!("/* Linux {} */", came(&entry[0]).bare()),
        defines: entry.iter().filter_map(|entry| define(context, entry)).collect(),
        macros: entry.iter().filter_map(|entry| macro_(entry)).collect(),
    });
    views.filter(|view| !view.defines.is_empty() || !view.macros.is_empty()).collect()
}

/// An enum under its tag. Its enumerators have names of ours, since those of
/// the kernel may be macros of the header that was included first.
fn tagged(abi: &Abi, group: &Group, prefix: &str) -> EnumView {
    let enumerators = group.values.iter().map(|value| EnumeratorView {
        above: Vec::new(),
        name: stable(abi, &value.name, prefix),
        value: format!(" = {}", literal::decimal(value.number)),
        beside: String::new(),
    });
    EnumView { tag: format!(" {}", group.name), enumerators: enumerators.collect() }
}

/// The name that means one number beside every kernel header.
pub(super) fn stable(abi: &Abi, name: &str, prefix: &str) -> String {
    let rest = names::without_prefix(&abi.prefix.to_ascii_uppercase(), name);
    format!("{prefix}{rest}")
}

/// A constant by itself. What counts others means what its own enum has.
fn define(context: &CompatContext<'_>, entry: &Entry<'_>) -> Option<DefineView> {
    match entry.kind {
        EntryKind::Constant(_, value) => Some(groups::bare_define(value)),
        EntryKind::Enumerator(_, value) if value.count.is_none() => {
            let told = context.detecting.of_enumerator(entry).is_some();
            let number = feature_macros::number(context, entry).filter(|_| !told)?;
            Some(lone_define(entry.name, number))
        }
        EntryKind::Ioctl(ioctl) => {
            Some(lone_define(entry.name, super::section::ioctl_number(context.abi, ioctl)))
        }
        EntryKind::Capability(capability) => {
            Some(lone_define(entry.name, capability.id.to_string()))
        }
        _ => None,
    }
}

/// The name and the lines of a function-like macro.
fn macro_(entry: &Entry<'_>) -> Option<(String, Vec<String>)> {
    match entry.kind {
        EntryKind::Macro(item) => Some((item.name.clone(), super::section::macro_lines(item))),
        _ => None,
    }
}
