//! Lowers proposals.

use crate::ir::{Claim, ClaimedSpace, Proposal};
use crate::spec::{ClaimSpec, ProposalSpec, SpaceSpec, Spec};

/// Every proposal of a specification.
pub(super) fn proposals(spec: &Spec) -> Vec<Proposal> {
    spec.proposals.iter().map(proposal).collect()
}

fn proposal(one: &ProposalSpec) -> Proposal {
    Proposal {
        name: one.file.name.clone(),
        title: one.file.title.value.clone(),
        source: one.file.source.value.clone(),
        posted: one.file.posted.clone(),
        replaced_by: one.file.replaced_by.as_ref().map(|name| name.value.clone()),
        claims: one.claims.iter().map(claim).collect(),
    }
}

fn claim(one: &ClaimSpec) -> Claim {
    let space = match &one.space {
        SpaceSpec::Chain(name) => ClaimedSpace::Chain(name.clone()),
        SpaceSpec::Numbers(name) => ClaimedSpace::Numbers(name.clone()),
        SpaceSpec::Ioctls(fd, backends) => ClaimedSpace::Ioctls(fd.clone(), backends.clone()),
    };
    Claim {
        space,
        number: one.number,
        name: one.name.value.clone(),
        doc: one.doc.paragraphs.clone(),
        place: one.name.place,
    }
}
