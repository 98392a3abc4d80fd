//! Emits the C header: one file that reads like a hand-written uapi header,
//! with the kernel's own names and types. `c/` turns the ABI into views of
//! finished strings, `templates/*.h.jinja` give them their shape.

mod assertions;
mod chains;
mod comment;
mod comment_layout;
mod detecting_macros;
mod feature_macros;
mod groups;
mod kernel_compat;
mod literal;
mod section;
mod structs;
mod tabs;
mod view;

use askama::Template;

use super::{OutputFile, banner, escape, wrap};
use crate::ir::{Abi, Header, Section};
use crate::names;
use comment::Comment;
use detecting_macros::DetectingMacros;
use kernel_compat::CompatContext;
use tabs::WIDTH;
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
    let entries = abi.declarations();
    let context =
        CompatContext { abi, detecting: DetectingMacros::new(abi, &entries), entries, prefix };
    let kernel_headers = kernel_headers(abi);
    let chains = chains::text(abi, stem, prefix);
    HeaderView {
        opening: opening(abi),
        guard: format!("{prefix}H"),
        stem: stem.to_owned(),
        ioctls: abi.ioctl_numbers.is_some(),
        kernel_headers: kernel_headers
            .filter_map(|header| kernel_compat::kernel_header(header, prefix))
            .collect(),
        runs: runs(&context),
        layouts: assertions::views(abi, prefix),
        models: assertions::differ(abi),
        have: feature_macros::names(&context),
        have_fields: feature_macros::fields(&context),
        stable: feature_macros::stable_names(&context),
        former: feature_macros::former_names(&context),
        casts: chains.is_empty(),
        chains,
        macro_prefix: prefix.to_owned(),
    }
}

/// Where the header comes from, and what it is.
fn opening(abi: &Abi) -> Vec<String> {
    let banner = Comment::default().fact(banner::line(abi)).block(0);
    let title = format!("{}, as of Linux {}", abi.title, abi.release.bare());
    let about = Comment::of(&abi.doc).titled(&title).block(0);
    [banner, section::opening(about)].concat()
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
fn runs(context: &CompatContext<'_>) -> Vec<RunView> {
    let sections: Vec<_> = populated(context.abi).collect();
    let runs = sections.chunk_by(|a, b| a.header == b.header).map(|run| RunView {
        beside: beside(context.abi, run[0].header, context.prefix),
        sections: run.iter().map(|file| section(context.abi, file)).collect(),
        added: kernel_compat::added(context, run[0].header),
    });
    runs.collect()
}

/// The macro that says that a kernel header was included first, if it can be told.
fn beside(abi: &Abi, header: usize, prefix: &str) -> Option<String> {
    let header = &abi.headers[header];
    (!header.guards.is_empty()).then(|| kernel_compat::beside(header, prefix))
}

fn section(abi: &Abi, section: &Section) -> SectionView {
    SectionView {
        title: title(&section.title),
        comment: section::opening(Comment::of(&section.doc).block(0)),
        items: section.items.iter().flat_map(|item| section::views(abi, *item)).collect(),
    }
}

/// A title in the middle of a rule.
fn title(text: &str) -> String {
    let text = wrap::wrap(&escape::in_c(text), usize::MAX).concat();
    let rule = WIDTH.saturating_sub("/*    */".len() + text.chars().count() + 8) / 2;
    let rule = "-".repeat(rule.max(3));
    format!("/* {rule} {text} {rule} */")
}
