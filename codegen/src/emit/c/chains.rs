//! The part of the header that walks and writes chains: what is written by
//! hand in `codegen/runtime/c`, under our names, and behind it what depends on
//! the ABI. An ABI without chains has nothing of it.

mod capability;
mod fields;
mod host;
mod profile;
mod taken;
mod view;

use askama::Template;

use super::comment::Comment;
use super::section;
use crate::ir::{Abi, Bits, CapHeader, Chain, ChainStart};
use crate::layout::{Model, Span};
use crate::names;
use taken::Taken;
use view::{BitsView, CapabilityView, ChainView, ChainsView, FormatView, StartView};

/// What is written by hand to walk chains, in the order in which it builds on
/// itself.
const WALK: [&str; 4] = [
    include_str!("../../../runtime/c/number.h"),
    include_str!("../../../runtime/c/error.h"),
    include_str!("../../../runtime/c/walk.h"),
    include_str!("../../../runtime/c/body.h"),
];

/// What comes behind that where chains stand in replies.
const REPLY: [&str; 4] = [
    include_str!("../../../runtime/c/reply.h"),
    include_str!("../../../runtime/c/request.h"),
    include_str!("../../../runtime/c/builder.h"),
    include_str!("../../../runtime/c/append.h"),
];

/// What our names start with there.
const STEM: &str = "capchain_";

/// What everything here is made with.
struct Emitter<'a> {
    abi: &'a Abi,
    /// What the names of our types and functions start with.
    stem: &'a str,
    /// What the names of our macros start with.
    macro_prefix: &'a str,
}

/// What reads and writes the chains of the ABI; nothing if it has none.
pub(super) fn text(abi: &Abi, stem: &str, macro_prefix: &str) -> String {
    let emitter = Emitter { abi, stem, macro_prefix };
    match abi.chains.is_empty() {
        true => String::new(),
        false => emitter.view().render().expect("writing to a string cannot fail"),
    }
}

impl Emitter<'_> {
    fn view(&self) -> ChainsView {
        let hosted = self.abi.chains.iter().any(|chain| chain.cap_offset().is_some());
        let parts = WALK.iter().chain(REPLY.iter().filter(|_| hosted));
        let runtime: Vec<_> = parts.map(|part| self.renamed(part)).collect();
        let mut taken = Taken::words(&runtime);
        let formats = self.abi.cap_headers.iter().map(|header| self.format(header, &mut taken));
        let formats: Vec<_> = formats.collect();
        let chains = self.abi.chains.iter().map(|chain| self.chain(chain, &formats, &mut taken));
        let chains: Vec<_> = chains.collect();
        let profiles = self.profiles(&chains, &mut taken);
        ChainsView {
            stem: self.stem.to_owned(),
            macro_prefix: self.macro_prefix.to_owned(),
            runtime,
            formats,
            chains,
            profiles,
        }
    }

    /// Text that is written by hand, under our names.
    fn renamed(&self, text: &str) -> String {
        let macros = STEM.to_ascii_uppercase();
        let stem = [self.stem, "_"].concat();
        text.trim_end().replace(STEM, &stem).replace(&macros, self.macro_prefix)
    }

    /// A name of ours that is not taken yet.
    fn name(&self, taken: &mut Taken, words: &[&str]) -> String {
        taken.take(names::c_name(self.stem, words))
    }

    fn format(&self, header: &CapHeader, taken: &mut Taken) -> FormatView {
        let struct_ = self.abi.struct_(header.struct_);
        let layout = &struct_.layouts[Model::Lp64.index()];
        let bits = |bits: Bits| bits_view(bits, layout.fields[bits.field]);
        FormatView {
            name: self.name(taken, &[&header.name, "format"]),
            struct_: struct_.name.clone(),
            header: layout.size,
            least: header.align.max(layout.size).max(1),
            id: bits(header.id),
            version: header.version.map_or(BitsView::default(), bits),
            next: bits(header.next),
            end: literal(header.end),
            from_reply: u32::from(header.from_reply),
        }
    }

    fn chain(&self, chain: &Chain, formats: &[FormatView], taken: &mut Taken) -> ChainView {
        let host = chain.offset_host().zip(chain.cap_offset()).map(|host| self.host(host, taken));
        let writes = host.is_some();
        let name = |taken: &mut Taken, word| self.name(taken, &[&chain.name, word]);
        ChainView {
            comment: self.comment(chain),
            caps: name(taken, "caps"),
            next: name(taken, "next"),
            find: name(taken, "find"),
            format: formats[chain.header].name.clone(),
            host,
            start: self.start(chain),
            tails: writes.then(|| name(taken, "tails")),
            capabilities: self.capabilities(chain, writes, taken),
        }
    }

    /// What starts the walk of a chain, and where it lies, behind an empty line.
    fn comment(&self, chain: &Chain) -> Vec<String> {
        let text = match chain.offset_host() {
            Some(host) => format!(
                "Starts a walk of the chain {} behind struct {}, or over nothing where the reply \
                 was short or has no chain.",
                chain.name,
                self.abi.struct_(host.struct_).name
            ),
            None => format!("Starts a walk of the chain {} in len bytes.", chain.name),
        };
        section::opening(Comment::of(&vec![text]).above(0))
    }

    /// Where a chain without a host starts.
    fn start(&self, chain: &Chain) -> Option<StartView> {
        let (at, type_) = match chain.start {
            ChainStart::Fixed { offset } | ChainStart::After { offset, .. } => (offset, None),
            ChainStart::FieldAt { offset, int } => (offset, Some(int)),
            ChainStart::AtOffsetField { .. } | ChainStart::Unknown => return None,
        };
        let end = self.abi.cap_headers[chain.header].end;
        let end = literal(end);
        Some(StartView { at, width: type_.map(|int| int.size()), end, bound: chain.bound })
    }

    /// The capabilities of a chain, each id once: where two share one, as in a
    /// release candidate, the first keeps it.
    fn capabilities(&self, chain: &Chain, writes: bool, taken: &mut Taken) -> Vec<CapabilityView> {
        let mut views = Vec::<CapabilityView>::new();
        for index in &chain.capabilities {
            let capability = self.abi.capability(*index);
            if views.iter().all(|other| other.id != capability.id) {
                views.push(self.capability(chain, capability, writes, taken));
            }
        }
        views
    }
}

fn bits_view(bits: Bits, number: Span) -> BitsView {
    let mask = match bits.count {
        64.. => u64::MAX,
        count => (1 << count) - 1,
    };
    BitsView { at: number.offset, width: number.size, low: bits.low, mask: literal(mask) }
}

/// A number of up to 64 bits.
fn literal(number: u64) -> String {
    match number {
        0..=9 => number.to_string(),
        10..=0xffff_ffff => format!("{number:#x}"),
        _ => format!("{number:#x}ULL"),
    }
}
