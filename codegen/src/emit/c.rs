//! Emits the C header: one file that reads like a hand-written uapi header,
//! with the kernel's own names and types. `c/` turns the ABI into views of
//! finished strings, `templates/*.h.jinja` give them their shape.

mod chains;
mod columns;
mod comment;
mod items;
mod layouts;
mod literal;
mod placement;
mod structs;
mod values;
mod view;

use askama::Template;

use super::{OutputFile, banner, prose};
use crate::ir::{Abi, Header, Section};
use crate::names;
use columns::WIDTH;
use comment::Comment;
use view::{HeaderView, ReplacedView, SectionView};

/// The header with the types and constants of the ABI.
pub(super) fn emit(abi: &Abi) -> OutputFile {
    let stem = names::c_stem(&abi.prefix);
    let contents = header(abi, &stem).render().expect("writing to a string cannot fail");
    let contents = contents.trim_end().to_owned() + "\n";
    OutputFile { path: format!("generated/include/{stem}.h"), contents }
}

fn header(abi: &Abi, stem: &str) -> HeaderView {
    let macro_prefix = format!("{}_", stem.to_uppercase());
    HeaderView {
        opening: opening(abi),
        guard: format!("{macro_prefix}H"),
        stem: stem.to_owned(),
        ioctls: abi.ioctl_numbers.is_some(),
        replaced: kernel_headers(abi).filter_map(|header| replaced(header, stem)).collect(),
        sections: populated(abi).map(|file| section(abi, file)).collect(),
        layouts: layouts::views(abi, &macro_prefix),
        models: layouts::differ(abi),
        chains: chains::text(abi, stem, &macro_prefix),
        macro_prefix,
    }
}

/// Where the header comes from, and what it is.
fn opening(abi: &Abi) -> Vec<String> {
    let banner = banner::lines(abi, "codegen/src/emit/c.rs").into_iter();
    let banner = banner.fold(Comment::default(), Comment::fact).block(0);
    let about = Comment::of(&abi.doc).titled(&abi.title).block(0);
    [banner, items::opening(about)].concat()
}

/// The subjects of which the release has anything.
fn populated(abi: &Abi) -> impl Iterator<Item = &Section> {
    abi.sections.iter().filter(|section| !section.items.is_empty())
}

/// The kernel headers that the release has anything of.
fn kernel_headers(abi: &Abi) -> impl Iterator<Item = &Header> {
    let headers = abi.headers.iter().enumerate();
    let used = headers.filter(|(index, _)| populated(abi).any(|file| file.header == *index));
    used.map(|(_, header)| header)
}

/// A kernel header with the same declarations, if it has an include guard.
fn replaced(header: &Header, stem: &str) -> Option<ReplacedView> {
    let defined = header.guards.iter().map(|guard| format!("defined({guard})"));
    let included = defined.collect::<Vec<_>>().join(" || ");
    let refusal = format!("{stem}.h cannot follow <{}> yet; include it first", header.path);
    (!header.guards.is_empty()).then(|| ReplacedView {
        included,
        refusal: literal::string(&refusal),
        guards: header.guards.clone(),
    })
}

fn section(abi: &Abi, section: &Section) -> SectionView {
    SectionView {
        title: title(&section.title),
        comment: items::opening(Comment::of(&section.doc).block(0)),
        items: section.items.iter().flat_map(|item| items::views(abi, *item)).collect(),
    }
}

/// A title in the middle of a rule.
fn title(text: &str) -> String {
    let text = prose::wrap(&prose::in_c(text), usize::MAX).concat();
    let rule = WIDTH.saturating_sub("/*    */".len() + text.chars().count() + 8) / 2;
    let rule = "-".repeat(rule.max(3));
    format!("/* {rule} {text} {rule} */")
}
