//! A whole space: the struct at its start, and every chain in it.

use super::plausible::doubts;
use super::{Content, DecodeError, Decoded, Subject, decode};
use crate::ir::{Abi, Chain, ChainId, StructId};
use crate::layout::{TARGETS, Target};

/// A space that was decoded.
#[derive(Clone, Debug)]
pub struct WholeSpace<'a> {
    /// The struct at its start, up to the first byte that a chain can have.
    pub start: Decoded<'a>,
    /// Its chains, in the order of the specification.
    pub chains: Vec<Decoded<'a>>,
}

impl<'a> WholeSpace<'a> {
    /// Reads the space that starts with a struct.
    pub fn read(abi: &'a Abi, struct_: StructId, target: &'static Target, bytes: &'a [u8]) -> Self {
        let chains = abi.chains.iter().enumerate();
        let inside: Vec<_> = chains.filter(|(_, chain)| starts_with(chain, struct_)).collect();
        let bound = inside.iter().map(|(_, chain)| chain.bound).min();
        let bound = bound.and_then(|bound| usize::try_from(bound).ok()).unwrap_or(bytes.len());
        let start = bytes.get(..bound).unwrap_or(bytes);
        let chain =
            |(id, _): (usize, &Chain)| decode(abi, Subject::Chain(ChainId(id)), target, bytes);
        Self {
            start: decode(abi, Subject::Struct(struct_), target, start),
            chains: inside.into_iter().map(chain).collect(),
        }
    }

    /// The first error, of the struct, a chain or a capability.
    pub fn problem(&self) -> Option<&DecodeError> {
        [&self.start].into_iter().chain(&self.chains).find_map(Decoded::problem)
    }

    /// The strongest reason against the values at its start, if they are unusual.
    fn doubtful_start(&self) -> Option<String> {
        let unknown_id = self.start.fields.iter().find_map(|field| match field.content {
            Content::Number(number) if number.ids.is_some() && number.id().is_none() => {
                Some(format!("{} is {}", field.name, number.text()))
            }
            _ => None,
        });
        doubts(&self.start).reason.or(unknown_id)
    }
}

/// The struct at the start of the spaces of an ABI, if it has some.
pub fn space_struct(abi: &Abi) -> Option<StructId> {
    abi.chains.iter().find_map(|chain| chain.space.as_ref()?.struct_)
}

/// Why bytes are hardly a space of an ABI: the strongest reason against the values at its
/// start, if they are unusual.
pub fn doubtful_start(abi: &Abi, bytes: &[u8]) -> Option<String> {
    WholeSpace::read(abi, space_struct(abi)?, &TARGETS[0], bytes).doubtful_start()
}

/// Whether bytes without a name can be a space of an ABI: nothing at its start is unusual, and
/// its chains have capabilities and no error.
pub fn looks_like_space(abi: &Abi, bytes: &[u8]) -> bool {
    let Some(struct_) = space_struct(abi) else { return false };
    let whole = WholeSpace::read(abi, struct_, &TARGETS[0], bytes);
    let has_caps = whole.chains.iter().any(|chain| !chain.caps.is_empty());
    has_caps && whole.problem().is_none() && whole.doubtful_start().is_none()
}

fn starts_with(chain: &Chain, struct_: StructId) -> bool {
    chain.space.as_ref().is_some_and(|space| space.struct_ == Some(struct_))
}
