//! Emits the C header: one file that reads like a hand-written uapi header,
//! with the kernel's own names and types. `c/` turns the ABI into views of
//! finished strings, `templates/*.h.jinja` give them their shape.

mod beside;
mod chains;
mod columns;
mod comment;
mod companion;
mod have;
mod items;
mod layouts;
mod literal;
mod placement;
mod structs;
mod values;
mod view;

use askama::Template;

use super::{OutputFile, banner, named, prose};
use crate::ir::{Abi, Header, Section};
use crate::names;
use beside::Words;
use columns::WIDTH;
use comment::Comment;
use companion::Companions;
use view::{HeaderView, RunView, SectionView};

/// The header with the types and constants of the ABI.
pub(super) fn emit(abi: &Abi) -> OutputFile {
    let stem = names::c_stem(&abi.name);
    let contents = header(abi, &stem).render().expect("writing to a string cannot fail");
    let contents = contents.trim_end().to_owned() + "\n";
    OutputFile { path: format!("include/{stem}.h"), contents }
}

fn header(abi: &Abi, stem: &str) -> HeaderView {
    let macro_prefix = format!("{}_", stem.to_uppercase());
    let prefix = macro_prefix.as_str();
    let all = named::names(abi);
    let words = Words { abi, companions: Companions::new(abi, &all), all, prefix };
    let kernel_headers = kernel_headers(abi);
    let chains = chains::text(abi, stem, prefix);
    HeaderView {
        opening: opening(abi),
        guard: format!("{prefix}H"),
        stem: stem.to_owned(),
        ioctls: abi.ioctl_numbers.is_some(),
        kernel_headers: kernel_headers
            .filter_map(|header| beside::kernel_header(header, prefix))
            .collect(),
        runs: runs(&words),
        layouts: layouts::views(abi, prefix),
        models: layouts::differ(abi),
        have: have::names(&words),
        have_fields: have::fields(&words),
        stable: have::stable_names(&words),
        former: have::former_names(&words),
        casts: chains.is_empty(),
        chains,
        macro_prefix: prefix.to_owned(),
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

/// The subjects in order, those of one kernel header together.
fn runs(words: &Words<'_>) -> Vec<RunView> {
    let sections: Vec<_> = populated(words.abi).collect();
    let runs = sections.chunk_by(|a, b| a.header == b.header).map(|run| RunView {
        beside: beside(words.abi, run[0].header, words.prefix),
        sections: run.iter().map(|file| section(words.abi, file)).collect(),
        added: beside::added(words, run[0].header),
    });
    runs.collect()
}

/// The macro that says that a kernel header was included first, if it can be told.
fn beside(abi: &Abi, header: usize, prefix: &str) -> Option<String> {
    let header = &abi.headers[header];
    (!header.guards.is_empty()).then(|| beside::beside(header, prefix))
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
