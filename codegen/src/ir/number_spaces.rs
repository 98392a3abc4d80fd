//! Spaces of numbers that have one meaning each: who holds which number, and which
//! one is free. Numbers of flags are those of their bits, numbers of ioctls count from
//! the base.

use super::{Abi, Claim, ClaimedSpace, Group, GroupKind, Literal, Meta, Proposal, Reserved, Value};
use crate::numbering::{next_bit, next_free};

/// A space of numbers.
#[derive(Clone, Debug)]
pub struct NumberSpace<'a> {
    /// Its kind.
    pub kind: SpaceKind,
    /// The name of the chain, the group, the `struct.field` or the file descriptor.
    pub name: String,
    /// The numbers and who holds them, sorted by number.
    pub uses: Vec<NumberUse<'a>>,
    /// The next free number; `None` if the space is full.
    pub next_free: Option<i128>,
}

/// The kinds of number spaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SpaceKind {
    /// The ioctls of a kind of file descriptor, or of one of its backends.
    Ioctls,
    /// The ids of the capabilities of a chain.
    Capabilities,
    /// An id space.
    Ids,
    /// A C enum.
    Enum,
    /// The flags of a field, by bit.
    Flags,
    /// The numbers that a field holds.
    Values,
}

/// A number and who holds it.
#[derive(Clone, Copy, Debug)]
pub struct NumberUse<'a> {
    /// The number.
    pub number: i128,
    /// The name under which it is used.
    pub name: &'a str,
    /// Who uses it.
    pub holder: Holder<'a>,
}

/// Who holds a number.
#[derive(Clone, Copy, Debug)]
pub enum Holder<'a> {
    /// The ABI itself.
    Abi(&'a Meta),
    /// Another tree.
    Tree(&'a Reserved),
    /// A proposal.
    Proposal(&'a Proposal, &'a Claim),
}

impl SpaceKind {
    /// The word for the kind.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ioctls => "ioctls",
            Self::Capabilities => "capabilities",
            Self::Ids => "ids",
            Self::Enum => "enum",
            Self::Flags => "flags",
            Self::Values => "values",
        }
    }

    /// The lowest number of a new space. Capability id 0 means that there is none.
    fn first(self) -> i128 {
        i128::from(self == Self::Capabilities)
    }
}

impl<'a> NumberUse<'a> {
    /// The proposal, if it is one that none replaced.
    pub fn current_claim(&self) -> Option<(&'a Proposal, &'a Claim)> {
        match self.holder {
            Holder::Proposal(proposal, claim) if proposal.replaced_by.is_none() => {
                Some((proposal, claim))
            }
            _ => None,
        }
    }

    /// Whether it counts today: proposals that were replaced do not.
    fn counts(&self) -> bool {
        !matches!(self.holder, Holder::Proposal(..)) || self.current_claim().is_some()
    }
}

impl<'a> NumberSpace<'a> {
    /// A space without numbers.
    pub fn new(kind: SpaceKind, name: impl Into<String>) -> Self {
        Self { kind, name: name.into(), uses: Vec::new(), next_free: None }
    }

    /// The uses of each number that a proposal claims and that has another name, too.
    /// Proposals that were replaced are left out.
    pub fn contended(&self) -> Vec<Vec<NumberUse<'a>>> {
        let counting: Vec<_> = self.uses.iter().copied().filter(NumberUse::counts).collect();
        let same = counting.chunk_by(|one, next| one.number == next.number);
        let contended = same.filter(|uses| {
            uses.iter().any(|one| one.name != uses[0].name)
                && uses.iter().any(|one| one.current_claim().is_some())
        });
        contended.map(<[_]>::to_vec).collect()
    }

    /// Whether a claim is one of this space.
    fn has(&self, claim: &Claim) -> bool {
        match &claim.space {
            ClaimedSpace::Chain(name) => self.kind == SpaceKind::Capabilities && self.name == *name,
            ClaimedSpace::Numbers(name) => {
                let other = matches!(self.kind, SpaceKind::Ioctls | SpaceKind::Capabilities);
                !other && self.name == *name
            }
            ClaimedSpace::Ioctls(fd, backends) => {
                let names = ioctl_spaces(fd, backends.iter());
                self.kind == SpaceKind::Ioctls
                    && (names.contains(&self.name) || backends.is_empty() && self.is_of(fd))
            }
        }
    }

    /// Whether it has ioctls of a kind of file descriptor.
    fn is_of(&self, fd: &str) -> bool {
        self.name.strip_prefix(fd).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    }

    /// Sorts the uses and finds the next free number below `limit`.
    fn finish(mut self, counted: &[i128], limit: Option<i128>) -> Self {
        self.uses.sort_by_key(|one| one.number);
        let used = || self.uses.iter().filter(|one| one.counts()).map(|one| one.number);
        let is_enum = self.kind == SpaceKind::Enum;
        let bit = next_bit(counted.iter().copied(), used()).filter(|_| is_enum);
        let after = || next_free(self.kind.first(), counted.iter().copied(), used());
        let free = bit.unwrap_or_else(after);
        self.next_free = limit.is_none_or(|limit| free < limit).then_some(free);
        self
    }
}

/// The names of the spaces of an ioctl.
fn ioctl_spaces<'s>(fd: &str, backends: impl Iterator<Item = &'s String>) -> Vec<String> {
    let names: Vec<_> = backends.map(|backend| [fd, " ", backend].concat()).collect();
    if names.is_empty() { vec![fd.to_owned()] } else { names }
}

impl Abi {
    /// Every number space of the ABI, and those that only proposals have.
    pub fn number_spaces(&self) -> Vec<NumberSpace<'_>> {
        let mut spaces = self.ioctl_spaces();
        spaces.extend(self.chain_spaces());
        spaces.extend(self.groups.iter().filter_map(|group| self.group_space(group)));
        spaces.extend(self.proposed_spaces(&spaces));
        spaces
    }

    fn claims<'a>(&'a self, space: &NumberSpace<'a>) -> Vec<NumberUse<'a>> {
        let claims = self.proposals.iter().flat_map(|proposal| {
            let claims = proposal.claims.iter().filter(|claim| space.has(claim));
            claims.map(move |claim| NumberUse {
                number: claim.number,
                name: &claim.name,
                holder: Holder::Proposal(proposal, claim),
            })
        });
        claims.collect()
    }

    fn ioctl_spaces(&self) -> Vec<NumberSpace<'_>> {
        // One sequence for all file descriptors keeps numbers unambiguous.
        let claims = self.proposals.iter().filter(|one| one.replaced_by.is_none());
        let claims = claims.flat_map(|proposal| &proposal.claims);
        let claims = claims.filter(|claim| matches!(claim.space, ClaimedSpace::Ioctls(..)));
        let all = self.ioctls.iter().map(|ioctl| i128::from(ioctl.number));
        let all: Vec<_> = all.chain(claims.map(|claim| claim.number)).collect();
        let mut spaces = Vec::new();
        for (index, fd) in self.fds.iter().enumerate() {
            for name in ioctl_spaces(&fd.name, fd.backends.iter().map(|(name, _)| name)) {
                let backend = name.strip_prefix(&fd.name).unwrap_or_default().trim_start();
                let mut space = NumberSpace::new(SpaceKind::Ioctls, name.as_str());
                let served = |backends: &[String]| {
                    backends.is_empty() || backends.iter().any(|one| one == backend)
                };
                let ioctls = self.ioctls.iter().filter(|ioctl| ioctl.fd == index);
                for ioctl in ioctls.filter(|ioctl| served(&ioctl.backends)) {
                    let holder = Holder::Abi(&ioctl.meta);
                    space.uses.push(NumberUse {
                        number: ioctl.number.into(),
                        name: &ioctl.name,
                        holder,
                    });
                }
                space.uses.extend(self.claims(&space));
                spaces.push(space.finish(&all, None));
            }
        }
        spaces
    }

    fn chain_spaces(&self) -> impl Iterator<Item = NumberSpace<'_>> {
        self.chains.iter().map(|chain| {
            let mut space = NumberSpace::new(SpaceKind::Capabilities, &chain.name);
            space.uses.extend(self.capabilities_of(chain).map(|one| NumberUse {
                number: one.id.into(),
                name: &one.name,
                holder: Holder::Abi(&one.meta),
            }));
            let assigned: Vec<_> = space.uses.iter().map(|one| one.number).collect();
            space.uses.extend(chain.reserved.iter().map(of_tree));
            space.uses.extend(self.claims(&space));
            let id = &self.cap_headers[chain.header].id;
            space.finish(&assigned, 1_i128.checked_shl(id.count))
        })
    }

    /// The space of a group; plain constants are none.
    fn group_space<'a>(&'a self, group: &'a Group) -> Option<NumberSpace<'a>> {
        let kind = match group.kind {
            GroupKind::Constants => return None,
            _ if group.is_flags() => SpaceKind::Flags,
            GroupKind::AnonymousEnum | GroupKind::Enum => SpaceKind::Enum,
            GroupKind::IdSpace => SpaceKind::Ids,
            GroupKind::Flags => SpaceKind::Flags,
            GroupKind::FieldValues => SpaceKind::Values,
        };
        let mut space = NumberSpace::new(kind, &group.name);
        let mut assigned = Vec::new();
        for value in group.values.iter().filter(|value| value.count.is_none()) {
            let Some(number) = number(kind, value) else { continue };
            let holder = Holder::Abi(&value.meta);
            space.uses.push(NumberUse { number, name: &value.name, holder });
            // Single bits among ids stand apart from the sequence.
            if kind == SpaceKind::Flags || !matches!(value.literal, Literal::Bit { .. }) {
                assigned.push(number);
            }
        }
        space.uses.extend(group.reserved.iter().map(of_tree));
        space.uses.extend(self.claims(&space));
        let bits = group.int.size() * 8;
        let limit = match kind {
            SpaceKind::Flags => Some(i128::from(bits)),
            _ => 1_i128.checked_shl(u32::try_from(bits).unwrap_or(64)),
        };
        Some(space.finish(&assigned, limit))
    }

    /// The spaces that only proposals have.
    fn proposed_spaces<'a>(&'a self, known: &[NumberSpace<'a>]) -> Vec<NumberSpace<'a>> {
        let mut spaces = Vec::<NumberSpace<'_>>::new();
        for claim in self.proposals.iter().flat_map(|proposal| &proposal.claims) {
            // The numbers of a field of a proposed struct have no other users.
            let of_field =
                matches!(&claim.space, ClaimedSpace::Numbers(name) if name.contains('.'));
            if of_field || known.iter().chain(&spaces).any(|space| space.has(claim)) {
                continue;
            }
            let mut space = match &claim.space {
                ClaimedSpace::Chain(name) => NumberSpace::new(SpaceKind::Capabilities, name),
                ClaimedSpace::Numbers(name) => NumberSpace::new(SpaceKind::Ids, name),
                ClaimedSpace::Ioctls(fd, _) => NumberSpace::new(SpaceKind::Ioctls, fd),
            };
            space.uses = self.claims(&space);
            let claimed: Vec<_> = space.uses.iter().map(|one| one.number).collect();
            spaces.push(space.finish(&claimed, None));
        }
        spaces
    }
}

fn of_tree(reserved: &Reserved) -> NumberUse<'_> {
    NumberUse { number: reserved.value, name: &reserved.name, holder: Holder::Tree(reserved) }
}

/// The number of a value in its space; none of masks and strings.
fn number(kind: SpaceKind, value: &Value) -> Option<i128> {
    match (&value.literal, kind) {
        (Literal::Bit { bit, .. }, SpaceKind::Flags) => Some(i128::from(*bit)),
        (Literal::Text(_) | Literal::Or(_) | Literal::Alias(_), _) | (_, SpaceKind::Flags) => None,
        _ => Some(value.number),
    }
}
