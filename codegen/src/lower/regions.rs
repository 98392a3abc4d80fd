//! Lowers regions. Handlers of all releases are kept.

use super::{Lowering, resolved};
use crate::ir::{
    BitsAre, BitsAt, Doc, KeptBits, Region, RegionHandler, ReleaseSpan, ShownCap, ShownChain,
    ShownLength,
};
use crate::spec::history::Validity;
use crate::spec::regions::{
    BitsAtSpec, KeptBitsSpec, RegionHandlerSpec, ShownCapSpec, ShownChainSpec, WrittenBits,
};
use crate::spec::text::{DocText, Number};
use crate::spec::wrappers::Placed;
use crate::spec::{RegionSpec, SpecFile};

impl<'a> Lowering<'a> {
    /// The regions of a file whose constants the release has.
    pub(super) fn regions(&mut self, file: &'a SpecFile) {
        for (name, item) in file.regions.iter() {
            if self.numbers.contains_key(name.as_str()) {
                let around = file.validity();
                let handlers = item.handlers.iter();
                let handlers = handlers.map(|(name, one)| handler(name, one, around)).collect();
                self.abi.regions.push(region((self.spelt(name), &file.name), name, item, handlers));
            }
        }
    }
}

fn region(
    (name, section): (String, &str),
    written: &Placed<String>,
    item: &RegionSpec,
    handlers: Vec<RegionHandler>,
) -> Region {
    Region {
        name,
        doc: item.doc.paragraphs.clone(),
        section: section.to_owned(),
        space: item.space.value.clone(),
        handlers,
        place: written.place,
    }
}

fn handler(name: &Placed<String>, item: &RegionHandlerSpec, around: Validity) -> RegionHandler {
    let own = item.validity(around);
    RegionHandler {
        name: name.value.clone(),
        source: item.source.value.clone(),
        doc: doc(item.doc.as_ref()),
        releases: span(own),
        keeps: item.keeps.iter().map(|one| kept(one, own)).collect(),
        chains: item.chains.iter().map(|(name, chain)| shown_chain(name, chain, own)).collect(),
    }
}

fn shown_chain(name: &Placed<String>, item: &ShownChainSpec, own: Validity) -> ShownChain {
    ShownChain {
        chain: name.value.clone(),
        keeps: item.keeps.iter().map(|one| kept(one, own)).collect(),
        first_hidden: item.first_hidden,
        none: item.none.as_ref().map(|bits| bits_at(bits.written())),
        shows: item.shows.iter().map(|(name, cap)| shown_cap(name, cap, own)).collect(),
    }
}

fn shown_cap(name: &Placed<String>, item: &ShownCapSpec, around: Validity) -> ShownCap {
    let own = item.validity(around);
    let field = item.length_in.as_ref().map(|bits| ShownLength::In(length_in(bits)));
    let least = item.length.map_or(0, |length| unsigned(&length));
    ShownCap {
        name: name.value.clone(),
        length: field.unwrap_or(ShownLength::Least(least)),
        keeps: item.keeps.iter().map(|one| kept(one, own)).collect(),
        releases: span(own),
    }
}

fn length_in(bits: &BitsAtSpec) -> BitsAt {
    bits_at(bits.written())
}

fn kept(item: &KeptBitsSpec, around: Validity) -> KeptBits {
    let when = item.when.as_ref().map(|when| BitsAre {
        bits: bits_at(when.written()),
        number: when.is.as_ref().map(unsigned),
    });
    KeptBits {
        bits: bits_at(item.written()),
        value: item.reads,
        when,
        releases: span(item.validity(around)),
        doc: doc(Some(&item.doc)),
    }
}

fn bits_at((at, size, bits): WrittenBits<'_>) -> BitsAt {
    let size = size.map_or(1, unsigned);
    let all = u64::MAX >> (64 - 8 * size.clamp(1, 8));
    BitsAt { at: unsigned(at), size, mask: bits.map_or(all, unsigned) }
}

fn unsigned(number: &Placed<Number>) -> u64 {
    resolved(u64::try_from(number.value.value).ok())
}

fn span(validity: Validity) -> ReleaseSpan {
    ReleaseSpan { since: validity.since, until: validity.until }
}

fn doc(doc: Option<&Placed<DocText>>) -> Doc {
    doc.map(|doc| doc.paragraphs.clone()).unwrap_or_default()
}
