//! The walk of a handler over a chain of the device: the fate of every capability, and the
//! headers that lead around the hidden ones.

use super::link::{HeaderPart, LinkedChain};
use super::numbers;
use super::runs::Runs;
use super::{CapFate, FoundCap, HiddenBecause, Relinked, SeenCap, SeenChain, ViewProblem};
use crate::decode::HeaderValues;
use crate::ir::{ShownCap, ShownLength};
use crate::release::Release;
use crate::reply::FirstHidden;

/// The result of a walk.
pub(super) struct HandlerWalk<'c, 'a> {
    chain: &'c LinkedChain<'a>,
    caps: Vec<(SeenCap, Option<&'a ShownCap>)>,
    relinked: Vec<Relinked>,
    removed: bool,
    /// Why the walk ends before the end of the chain.
    pub(super) problem: Option<ViewProblem>,
}

/// The number that leads to a capability, and its header.
#[derive(Clone, Copy)]
struct Link {
    header: u64,
    number: HeaderPart,
}

/// Walks a chain, notes its capabilities in `runs` and changes the offsets that are kept.
pub(super) fn walk<'c, 'a>(
    chain: &'c LinkedChain<'a>,
    device: &[u8],
    runs: &mut Runs<'_>,
) -> HandlerWalk<'c, 'a> {
    let problem = chain.missing(device);
    let (caps, relinked) = (Vec::new(), Vec::new());
    let mut walk = HandlerWalk { chain, caps, relinked, removed: false, problem };
    let Some(start) = chain.start(device) else { return walk };
    let mut link = start.pointer.map(|number| Link { header: number.bits.at, number });
    let (mut at, within) = (start.first, chain.within(device));
    for _ in 0..chain.most(device) {
        if !within.contains(&at) {
            walk.problem.get_or_insert(chain.no_header(at));
            break;
        }
        let HeaderValues { id, next, .. } = chain.headers(device).read(at).unwrap_or_default();
        let shown = chain.shows(id).ok_or(HiddenBecause::NotShown);
        let shown = shown.and_then(|cap| match length(cap, device, at) {
            0 => Err(HiddenBecause::NoLength),
            length => Ok((cap, length)),
        });
        let name = chain.name(id);
        let own = Link { header: at, number: chain.next.of(at) };
        match shown {
            Ok((cap, length)) => {
                runs.note(at, length, id, within.start);
                walk.add(SeenCap { at, id, name, fate: CapFate::Shown }, Some(cap));
                link = Some(own);
            }
            Err(because) if link.is_none() && chain.shown.first_hidden == FirstHidden::Anchor => {
                runs.note(at, chain.size, id, within.start);
                runs.keep_next_only(at, chain.size, own.number.bits);
                walk.add(SeenCap { at, id, name, fate: CapFate::Anchor(because) }, None);
                link = Some(own);
            }
            Err(because) => {
                walk.add(SeenCap { at, id, name, fate: CapFate::Hidden(because) }, None);
                if let Some(link) = link {
                    walk.relink(link, runs, next);
                }
            }
        }
        match next {
            Some(next) => at = next,
            None => break,
        }
    }
    walk.remove(device, runs);
    walk
}

/// The bytes that a shown capability has for the handler.
fn length(cap: &ShownCap, device: &[u8], at: u64) -> u64 {
    match cap.length {
        ShownLength::Least(least) => least,
        ShownLength::In(field) => numbers::number(device, at, field).unwrap_or_default(),
    }
}

impl<'a> HandlerWalk<'_, 'a> {
    /// Notes a capability. The handler follows a loop until it has taken as many steps as the
    /// chain has places for headers; a capability that it has seen before is still one capability.
    fn add(&mut self, cap: SeenCap, shown: Option<&'a ShownCap>) {
        if self.caps.iter().any(|(seen, _)| seen.at == cap.at) {
            let chain = self.chain.chain_name().to_owned();
            self.problem.get_or_insert(ViewProblem::Cycle { chain, at: cap.at });
        } else {
            self.caps.push((cap, shown));
        }
    }

    /// Changes the offset of the next capability in a header.
    fn relink(&mut self, link: Link, runs: &mut Runs<'_>, next: Option<u64>) {
        let to = next.unwrap_or(self.chain.end);
        let from = runs.replace(link.number, to);
        match self.relinked.iter_mut().find(|one| one.at == link.header) {
            Some(one) => one.to = to,
            None => self.relinked.push(Relinked { at: link.header, from, to }),
        }
    }

    /// Clears the bits that say there is a chain, if it shows nothing.
    fn remove(&mut self, device: &[u8], runs: &mut Runs<'_>) {
        let shown = self.caps.iter().any(|(cap, _)| cap.fate == CapFate::Shown);
        let Some(none) = self.chain.shown.none.filter(|_| !shown && !self.caps.is_empty()) else {
            return;
        };
        self.removed = numbers::bits(device, 0, none).is_some_and(|bits| bits != 0);
        runs.clear(none);
    }

    /// Marks the bits of its capabilities that are kept.
    pub(super) fn keep(&self, runs: &mut Runs<'_>, release: Release) {
        let starts = self.caps.iter().filter_map(|(cap, shown)| match cap.fate {
            CapFate::Shown | CapFate::Anchor(_) => Some((cap, shown)),
            _ => None,
        });
        for (cap, shown) in starts {
            let Some(run) = runs.run_at(cap.at) else { continue };
            let own = shown.iter().flat_map(|shown| &shown.keeps);
            let keeps = self.chain.shown.keeps.iter().chain(own);
            for kept in keeps.filter(|kept| kept.releases.covers(release)) {
                runs.keep_bits(cap.at, run.clone(), kept, cap.name.as_deref());
            }
        }
    }

    /// The chain with the capabilities that a program finds in the bytes that it reads.
    pub(super) fn finish(self, seen: &[u8]) -> SeenChain {
        let found = self.found(seen);
        let headers = self.chain.headers(seen);
        let next_of = |at: u64| headers.read(at).and_then(|header| header.next);
        let leads_to = |at: u64| {
            let mut found = found.iter().map(|one| one.at);
            found.find(|header| next_of(*header) == Some(at))
        };
        let caps = self.caps.iter().map(|(cap, _)| {
            let mut cap = cap.clone();
            if let CapFate::Hidden(because) = cap.fate
                && let Some(header) = leads_to(cap.at)
            {
                cap.fate = CapFate::Reached(because, header);
            }
            cap
        });
        let kept = |one: &&Relinked| {
            next_of(one.at).unwrap_or(self.chain.end) == one.to
                || self.caps.iter().all(|(cap, _)| cap.at != one.at)
        };
        SeenChain {
            name: self.chain.chain_name().to_owned(),
            caps: caps.collect(),
            relinked: self.relinked.iter().filter(kept).copied().collect(),
            removed: self.removed,
            found,
        }
    }

    /// The capabilities that a program finds.
    fn found(&self, seen: &[u8]) -> Vec<FoundCap> {
        let mut found: Vec<FoundCap> = Vec::new();
        let within = self.chain.within(seen);
        let headers = self.chain.headers(seen);
        let mut next = self.chain.start(seen).map(|start| start.first);
        while let Some(at) = next.filter(|at| within.contains(at)) {
            if self.removed || headers.is_empty(at) || found.iter().any(|one| one.at == at) {
                break;
            }
            let header = headers.read(at).unwrap_or_default();
            found.push(FoundCap { at, id: header.id });
            next = header.next;
        }
        found
    }
}
