//! Emits the C header, which reads like a hand-written uapi header and uses the
//! kernel's own names and types. The whole is one self-contained file; its parts
//! are files of their own too. `c/` turns the ABI into views of finished
//! strings, and `templates/*.h.jinja` print them.
//!
//! A part has the same include guard in the whole and in its own file, so that
//! both can be included in any order and nothing is declared twice.

mod aggregates;
mod args;
mod assertions;
mod calls;
mod chains;
mod comment;
mod comment_layout;
mod compat_context;
mod detecting_macros;
mod emitter;
pub(super) mod examples;
mod feature_macros;
mod groups;
mod kernel_compat;
mod literal;
mod part_text;
mod runtime;
mod section;
mod spaces;
mod statements;
mod streams;
mod structs;
mod tables;
mod tabs;
mod unique_names;
mod unused;
mod value_names;
mod view;

use std::collections::HashSet;
use std::sync::OnceLock;

use askama::Template;

use super::{OutputFile, banner, render};
use crate::ir::{Abi, Header, Section, StructId};
use crate::layout::Int;
use crate::names;
use calls::CallsView;
use chains::ChainsView;
use comment::Comment;
use compat_context::{CompatContext, after_macro};
use emitter::Emitter;
use part_text::{NameStarts, PartText};
use spaces::SpacesView;
use view::{CompatView, HeaderView, KernelHeaderText, PartFileView, PartView, RunView, TypesView};

/// The folder of the header, below that of the crate.
const FOLDER: &str = "include/";

/// A part of the header.
struct Part {
    /// The name of its file, without the ending.
    name: &'static str,
    title: &'static str,
    about: &'static str,
    /// The parts that it needs.
    needs: &'static [&'static str],
    body: fn(&HeaderEmitter<'_>) -> String,
    /// Whether an ABI has the part.
    present: fn(&Abi) -> bool,
}

/// The parts, in the order in which the whole header has them.
const PARTS: [Part; 7] = [
    Part {
        name: "types",
        title: "types",
        about: "Structs, constants and ioctl numbers under the kernel's names, and assertions of \
                their layout.",
        needs: &[],
        body: |emitter| emitter.types(),
        present: |_| true,
    },
    Part {
        name: "compat",
        title: "compatibility",
        about: "Declarations that an older kernel header lacks, feature tests, and stable names \
                for values that differ between releases.",
        needs: &["types"],
        body: |emitter| emitter.compat(),
        present: |_| true,
    },
    Part {
        name: "names",
        title: "names for logs",
        about: "Functions that name flags and numbers.",
        needs: &["types", "compat"],
        body: |emitter| {
            let CompatContext { abi, prefix, .. } = &emitter.context;
            value_names::text(abi, &emitter.stem, prefix)
        },
        present: value_names::present,
    },
    Part {
        name: "chains",
        title: "replies and chains",
        about: "Bounded functions that request, read and build replies and their chains of \
                capabilities.",
        needs: &["types", "compat"],
        body: |emitter| emitter.chains().text(),
        present: |abi| abi.chains.iter().any(|chain| chain.space.is_none()),
    },
    Part {
        name: "spaces",
        title: "chains of a space",
        about: "Bounded functions that read chains of capabilities in a block of little-endian \
                bytes, in memory or in a device.",
        needs: &["types", "compat"],
        body: |emitter| render::text(emitter.spaces()),
        present: spaces::present,
    },
    Part {
        name: "calls",
        title: "requests and calls",
        about: "Functions that write the arguments of ioctls with their payloads and, if the \
                program defines {prefix}WITH_IOCTL, functions that call them.",
        needs: &["types", "compat", "chains"],
        body: |emitter| render::text(emitter.calls()),
        present: |abi| !abi.ioctls.is_empty(),
    },
    Part {
        name: "streams",
        title: "records",
        about: "Bounded functions that read the records of file descriptors.",
        needs: &["types", "compat"],
        body: |emitter| streams::text(emitter, &emitter.before("streams")),
        present: streams::present,
    },
];

/// The whole header, then its parts.
pub(super) fn emit(emitter: &HeaderEmitter<'_>) -> Vec<OutputFile> {
    let abi = emitter.context.abi;
    let views = emitter.parts();
    let files = parts(abi).zip(&views).map(|(part, view)| emitter.part_file(part, view));
    [emitter.whole(&views)].into_iter().chain(files).collect()
}

/// The whole header.
pub(super) fn header(emitter: &HeaderEmitter<'_>) -> OutputFile {
    emitter.whole(&emitter.parts())
}

/// The declarations of a kernel header, an index into [`Abi::headers`], as plain C; nothing
/// if the release does not have it.
pub(super) fn kernel_header(abi: &Abi, header: usize) -> String {
    let sections = || populated(abi).filter(|section| section.header == header);
    if sections().next().is_none() {
        return String::new();
    }
    let view = match abi.headers[header].structs {
        true => section::view,
        false => section::without_structs,
    };
    render::text(&KernelHeaderText {
        guards: abi.headers[header].guards.clone(),
        sections: sections().map(|section| view(abi, section)).collect(),
    })
}

fn parts(abi: &Abi) -> impl DoubleEndedIterator<Item = &'static Part> {
    PARTS.iter().filter(|part| (part.present)(abi))
}

fn part_path(stem: &str, name: &str) -> String {
    format!("{stem}/{name}.h")
}

/// The header while it is emitted. The functions that it declares are also in examples of
/// the reference, so both share what is known of them.
pub(super) struct HeaderEmitter<'a> {
    /// The ABI with the kernel headers of its names.
    context: CompatContext<'a>,
    /// The start of the header's own types and functions: `vfio_abi`.
    stem: String,
    starts: NameStarts,
    /// The runtime with which the types start.
    base: PartText,
    /// The structs that are not declared after a kernel header which may lack them.
    undetected: Vec<StructId>,
    chains: OnceLock<ChainsView<'a>>,
    spaces: OnceLock<SpacesView>,
    calls: OnceLock<CallsView>,
    /// The parts, as far as they are known.
    bodies: [OnceLock<PartText>; PARTS.len()],
}

impl<'a> HeaderEmitter<'a> {
    pub(super) fn new(abi: &'a Abi) -> Self {
        let stem = names::c_stem(&abi.name);
        let context = CompatContext::new(abi);
        let starts = NameStarts::new(&stem, &context.prefix);
        let base = runtime::renamed(runtime::BASE, &stem, &context.prefix);
        Self {
            base: PartText::new(base, &starts),
            starts,
            undetected: context.undetected_structs(),
            context,
            stem,
            chains: OnceLock::new(),
            spaces: OnceLock::new(),
            calls: OnceLock::new(),
            bodies: Default::default(),
        }
    }

    fn emitter(&self) -> Emitter<'_, 'a> {
        let Self { context, stem, starts, undetected, .. } = self;
        Emitter { abi: context.abi, stem, macro_prefix: &context.prefix, starts, undetected }
    }

    /// The chains that are in no space.
    fn chains(&self) -> &ChainsView<'a> {
        self.chains.get_or_init(|| self.emitter().chains(&self.before("chains")))
    }

    /// The chains in a space.
    fn spaces(&self) -> &SpacesView {
        self.spaces.get_or_init(|| spaces::view(&self.emitter(), &self.before("spaces")))
    }

    /// The requests and calls.
    fn calls(&self) -> &CallsView {
        self.calls.get_or_init(|| self.emitter().calls(&self.before("calls"), self.chains()))
    }

    /// The parts before one with functions that have functions or types of the generator:
    /// it does not declare their names again. Parts with functions need `compat`.
    fn before(&self, name: &str) -> Vec<&PartText> {
        // The ABI need not have the part of this name.
        let earlier = PARTS.iter().take_while(|part| part.name != name);
        let earlier = earlier.filter(|part| part.needs.contains(&"compat"));
        let earlier = earlier.filter(|part| (part.present)(self.context.abi));
        [&self.base].into_iter().chain(earlier.map(|part| self.body(part))).collect()
    }

    fn body(&self, part: &Part) -> &PartText {
        let place = PARTS.iter().position(|one| one.name == part.name);
        let place = place.expect("every part is one of the table");
        self.bodies[place]
            .get_or_init(|| PartText::new((part.body)(self).trim().to_owned(), &self.starts))
    }

    fn whole(&self, views: &[PartView]) -> OutputFile {
        let abi = self.context.abi;
        let title = format!("{}, as of Linux {}", abi.title, abi.release.bare());
        let about = Comment::of(&abi.doc).titled(&title);
        let names = parts(abi).map(|part| part_path(&self.stem, part.name));
        let view = HeaderView {
            opening: self.opening(about.paragraph(format!(
                "This file is self-contained. Its parts are also files of their own, which can \
                 be included before and after it: {}.",
                names.collect::<Vec<_>>().join(", ")
            ))),
            guard: format!("{}H", self.context.prefix),
            parts: views,
        };
        file(format!("{}.h", self.stem), &view)
    }

    /// The parts that the ABI has.
    fn parts(&self) -> Vec<PartView> {
        // The reference waits for the last ones, which need those before.
        let mut bodies: Vec<_> =
            parts(self.context.abi).rev().map(|part| self.body(part)).collect();
        bodies.reverse();
        let bodies = unused::without_unused(&bodies, &self.starts);
        parts(self.context.abi).zip(bodies).map(|(part, body)| self.part(part, body)).collect()
    }

    fn part(&self, part: &Part, body: String) -> PartView {
        PartView {
            guard: format!("{}{}_H", self.context.prefix, part.name.to_uppercase()),
            includes: parts(self.context.abi)
                .filter(|other| part.needs.contains(&other.name))
                .map(|other| format!("{}.h", other.name))
                .collect(),
            body,
        }
    }

    fn part_file(&self, part: &Part, view: &PartView) -> OutputFile {
        let title = format!("{}: {}", self.context.abi.title, part.title);
        let about = part.about.replace("{prefix}", &self.context.prefix);
        let about = Comment::default().paragraph(about).titled(&title);
        let view = PartFileView { opening: self.opening(about), part: view };
        file(part_path(&self.stem, part.name), &view)
    }

    /// The banner and the description of the file.
    fn opening(&self, about: Comment<'_>) -> Vec<String> {
        let banner = Comment::default().fact(banner::line(self.context.abi)).block(0);
        [banner, section::opening(about.block(0))].concat()
    }

    fn types(&self) -> String {
        let CompatContext { abi, prefix, .. } = &self.context;
        let headers = kernel_headers(abi);
        render::text(&TypesView {
            macro_prefix: prefix.clone(),
            stem: self.stem.clone(),
            base: self.base.text.clone(),
            ioctls: abi.ioctl_numbers.is_some(),
            aligned: [(Int::AlignedU64, Int::U64), (Int::AlignedLe64, Int::Le64)]
                .into_iter()
                .filter(|(int, _)| structs::have(abi, *int))
                .map(|(int, plain)| (names::c_int(int), names::c_int(plain)))
                .collect(),
            kernel_headers: headers
                .filter_map(|header| kernel_compat::kernel_header(header, prefix))
                .collect(),
            runs: self.runs(),
            assertions: assertions::views(abi, prefix),
            models: assertions::differ(abi),
        })
    }

    /// The sections in order, grouped by kernel header.
    fn runs(&self) -> Vec<RunView> {
        let CompatContext { abi, prefix, .. } = &self.context;
        let sections: Vec<_> = populated(abi).collect();
        let mut headers = HashSet::new();
        let runs = sections.chunk_by(|a, b| a.header == b.header).map(|run| {
            let header = run[0].header;
            let first = headers.insert(header);
            let needed = first.then(|| kernel_compat::needed(&self.context, header));
            RunView {
                after: after_macro(&abi.headers[header], prefix),
                sections: run.iter().map(|section| section::view(abi, section)).collect(),
                needed: needed.unwrap_or_default(),
            }
        });
        runs.collect()
    }

    fn compat(&self) -> String {
        let context = &self.context;
        let headers = 0..context.abi.headers.len();
        render::text(&CompatView {
            macro_prefix: context.prefix.clone(),
            backfills: headers
                .filter_map(|header| kernel_compat::backfill(context, header))
                .collect(),
            features: feature_macros::names(context),
            field_features: feature_macros::fields(context),
            stable: feature_macros::stable_names(context),
            former: feature_macros::former_names(context),
        })
    }
}

/// The sections of which the release has an item.
fn populated(abi: &Abi) -> impl Iterator<Item = &Section> {
    abi.sections.iter().filter(|section| !section.items.is_empty())
}

/// The kernel headers of which the release has an item.
fn kernel_headers(abi: &Abi) -> impl Iterator<Item = &Header> {
    let headers = abi.headers.iter().enumerate();
    let used = headers.filter(|(index, _)| populated(abi).any(|file| file.header == *index));
    used.map(|(_, header)| header)
}

fn file(name: String, template: &impl Template) -> OutputFile {
    OutputFile { path: FOLDER.to_owned() + &name, contents: render::file(template) }
}
