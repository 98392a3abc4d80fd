//! Numbers that must stay unique: ids of a chain, numbers of a space or an enum,
//! ioctls of a kind of file descriptor, bits of flags. If history broke the rule,
//! the later item has `allow` with the reason.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::numbering::{next_bit, next_free};
use crate::spec::history::Validity;
use crate::spec::types::Amount;
use crate::spec::wrappers::{LineOrMap, Map, OneOrMany};
use crate::spec::{ItemSpec, ReservedSpec, SpaceSpec, Spec};
use crate::validate::Check;
use crate::validate::codes::{FLAG_BITS, ID_REUSED, NUMBER_REUSED};
use crate::validate::model::declarations::{NumberGroup, NumberGroupKind, bit};
use crate::validate::model::intervals::{first, split_at_changes};
use crate::validate::model::numbers::Stretch;
use crate::validate::model::uniqueness::{Definition, conflicts};

pub(super) fn check(check: &mut Check<'_>) {
    let index = check.index;
    capabilities(check);
    for (group, stretches) in index.groups.iter().zip(&index.stretches) {
        match group.kind {
            NumberGroupKind::Flags => flags(check, group, stretches),
            NumberGroupKind::Constants => {}
            NumberGroupKind::Enum | NumberGroupKind::IdSpace | NumberGroupKind::FieldValues => {
                numbers(check, group, stretches);
            }
        }
    }
    ioctls(check);
}

/// The user of a number.
struct User<'a> {
    name: &'a str,
    kind: UserKind<'a>,
    /// Whether the number may have a second user.
    allowed: bool,
    /// Whether the next free number comes after it.
    counted: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum UserKind<'a> {
    /// An item.
    Item,
    /// Another tree.
    Tree,
    /// A proposal of this name.
    Proposal(&'a str),
}

impl<'a> User<'a> {
    fn item(name: &'a str, allowed: bool) -> Self {
        Self { name, kind: UserKind::Item, allowed, counted: true }
    }

    fn other(name: &'a str, kind: UserKind<'a>) -> Self {
        Self { name, kind, allowed: false, counted: false }
    }
}

/// Numbers with their users.
#[derive(Default)]
struct Uses<'a> {
    definitions: Vec<Definition<i128>>,
    users: Vec<User<'a>>,
}

impl<'a> Uses<'a> {
    fn add(
        &mut self,
        number: i128,
        (validity, place): (Validity, Place),
        owner: usize,
        user: User<'a>,
    ) {
        self.definitions.push(Definition { key: number, validity, place, owner });
        self.users.push(user);
    }

    /// Numbers that other trees use; several trees may use the same one.
    fn reserve(
        &mut self,
        reserved: &'a Map<OneOrMany<LineOrMap<ReservedSpec>>>,
        validity: Validity,
    ) {
        for (name, _, number) in reserved.flat() {
            let time = (validity, number.value.place);
            let user = User::other(name, UserKind::Tree);
            self.add(number.value.value.value, time, usize::MAX, user);
        }
    }

    /// Numbers of a space that proposals claim.
    fn claim(&mut self, spec: &'a Spec, is_here: impl Fn(&SpaceSpec) -> bool) {
        let current = spec.proposals.iter().filter(|one| one.file.replaced_by.is_none());
        for proposal in current.filter(|one| !is_laid_over(spec, &one.file.name)) {
            for claim in proposal.claims.iter().filter(|claim| is_here(&claim.space)) {
                let user = User::other(&claim.name, UserKind::Proposal(&proposal.file.name));
                let time = (proposal.file.validity(), claim.name.place);
                self.add(claim.number, time, usize::MAX, user);
            }
        }
    }

    /// The next free number; `first` if there is none yet.
    fn next_free(&self, first: i128) -> i128 {
        let all = || self.definitions.iter().zip(&self.users);
        let counted = all().filter(|(_, user)| user.counted);
        let (counted, all) = (counted.map(|(one, _)| one.key), all().map(|(one, _)| one.key));
        next_free(first, counted, all)
    }

    /// The next bit, if the numbers are several single bits.
    fn next_bit(&self) -> Option<i128> {
        let all = || self.definitions.iter().zip(&self.users);
        let counted = all().filter(|(_, user)| user.counted).map(|(one, _)| one.key);
        next_bit(counted, all().map(|(one, _)| one.key))
    }

    /// Whether two users of a number do not disturb each other. What is released
    /// already can break a proposal, but not the reverse.
    fn agree(&self, spec: &Spec, one: usize, other: usize) -> bool {
        let users = [one, other].map(|index| &self.users[index]);
        let same = users[0].name == users[1].name;
        let item = users.iter().zip([one, other]).find(|(user, _)| user.kind == UserKind::Item);
        let claimed = users.iter().any(|user| matches!(user.kind, UserKind::Proposal(_)));
        match (item, users.iter().all(|user| user.kind == UserKind::Item)) {
            (_, true) => users[1].allowed,
            (None, _) => true,
            (Some((user, index)), _) => {
                let place = self.definitions[index].place;
                same || user.allowed || claimed && !is_of_overlay(spec, place)
            }
        }
    }

    fn report(&self, check: &mut Check<'_>, code: Code, what: &str, free: i128) {
        let spec = check.spec;
        let mut said = HashSet::new();
        for (one, other) in conflicts(&self.definitions, |one, other| self.agree(spec, one, other))
        {
            let swap = self.users[other].kind != UserKind::Item;
            let (first, again) = if swap { (other, one) } else { (one, other) };
            let kind = self.users[first].kind;
            let (first, again) = (&self.definitions[first], &self.definitions[again]);
            if !said.insert(again.place) {
                continue;
            }
            let key = again.key;
            let (problem, there) = match kind {
                UserKind::Proposal(name) => {
                    let message = format!("{what} {key} is claimed by the proposal `{name}`");
                    (Diagnostic::warning(code, message), "claimed here")
                }
                UserKind::Tree => {
                    (Diagnostic::error(code, format!("{what} {key} is taken")), "reserved here")
                }
                UserKind::Item => {
                    (Diagnostic::error(code, format!("{what} {key} is taken")), "first here")
                }
            };
            let problem = problem.at(again.place, "again here").and(first.place, there);
            let help = format!(
                "{free} is the next free one; `allow: {{{}: reason}}` accepts the one in history",
                code.0
            );
            check.problems.push(problem.help(help));
        }
    }
}

/// Whether an overlay is this proposal, or one that it has replaced.
fn is_laid_over(spec: &Spec, proposal: &str) -> bool {
    let successor = |name: &str| {
        let found = spec.proposals.iter().find(|one| one.file.name == name)?;
        found.file.replaced_by.as_ref().map(|name| name.as_str())
    };
    let overlays = spec.files.iter().filter(|file| file.overlay);
    overlays.into_iter().any(|file| {
        let line = std::iter::successors(Some(file.name.as_str()), |name| successor(name));
        // Proposals that replace each other in a circle end the search.
        line.take(spec.proposals.len() + 1).any(|name| name == proposal)
    })
}

/// Whether a place is in an overlay.
fn is_of_overlay(spec: &Spec, place: Place) -> bool {
    let overlays = spec.files.iter().filter(|file| file.overlay);
    overlays.map(|file| file.title.place.file()).any(|file| file == place.file())
}

fn capabilities(check: &mut Check<'_>) {
    let index = check.index;
    let mut chains = HashMap::<&str, Uses<'_>>::new();
    for (owner, one) in index.capabilities.iter().enumerate() {
        // A kind has an id of its own space.
        let Some(chain) = one.chain.filter(|_| one.item.below.is_none()) else { continue };
        let uses = chains.entry(chain.as_str()).or_default();
        for era in split_at_changes(one.validity, &one.item.before) {
            let id = match one.item.before.value_at(first(era)) {
                Some(Amount::Number(number)) => number,
                _ => one.item.id.value,
            };
            let allowed = one.item.allow.covers(ID_REUSED.0, era);
            let name = one.item.before.name_at(first(era), &one.item.capability);
            let user = User::item(name, allowed);
            uses.add(id.value, (era, one.item.capability.place), owner, user);
        }
    }
    for chain in &index.chains {
        if let Some(uses) = chains.get_mut(chain.item.chain.as_str()) {
            uses.reserve(&chain.item.reserved, chain.validity);
            let name = chain.item.chain.as_str();
            uses.claim(
                check.spec,
                |space| matches!(space, SpaceSpec::Chain(chain) if chain == name),
            );
        }
    }
    for chain in &index.chains {
        if let Some(uses) = chains.remove(chain.item.chain.as_str()) {
            uses.report(check, ID_REUSED, "the id", uses.next_free(1));
        }
    }
}

/// Numbers of a space, an enum or a field. A count may equal a reserved number after them.
fn numbers(check: &mut Check<'_>, group: &NumberGroup<'_>, stretches: &[Stretch]) {
    let mut uses = Uses::default();
    for Stretch { value: at, validity, number } in stretches.iter().copied() {
        let (name, value) = &group.values[at];
        if value.count.is_none() && value.alias.is_none() {
            let called = value.before.name_at(first(validity), name);
            let allowed = value.allow.covers(NUMBER_REUSED.0, validity);
            let user = User { counted: bit(value).is_none(), ..User::item(called, allowed) };
            uses.add(number, (validity, name.place), at, user);
        }
    }
    group.reserved.into_iter().for_each(|reserved| uses.reserve(reserved, group.validity));
    uses.claim(check.spec, |space| group.is(space));
    let bit = uses.next_bit().filter(|_| group.kind == NumberGroupKind::Enum);
    uses.report(check, NUMBER_REUSED, "the number", bit.unwrap_or_else(|| uses.next_free(0)));
}

fn ioctls(check: &mut Check<'_>) {
    let mut files = HashMap::<(&str, &str), Uses<'_>>::new();
    let mut order = Vec::new();
    let items = check.spec.files.iter().flat_map(|file| {
        let validity = file.validity();
        file.items.iter().map(move |item| (item, item.validity(validity)))
    });
    for (owner, (item, validity)) in items.enumerate() {
        let ItemSpec::Ioctl(ioctl) = item else { continue };
        let kind = check.spec.abi.fds.get(&ioctl.fd);
        let all = kind.into_iter().flat_map(|kind| kind.backends.iter());
        let mut backends: Vec<&str> = ioctl.backends.iter().map(|name| name.as_str()).collect();
        if backends.is_empty() {
            backends = all.map(|(name, _)| name.as_str()).chain([""]).collect();
        }
        for backend in backends {
            let key = (ioctl.fd.as_str(), backend);
            let uses = files.entry(key).or_insert_with(|| {
                order.push(key);
                Uses::default()
            });
            let allowed = ioctl.allow.covers(NUMBER_REUSED.0, validity);
            let user = User::item(&ioctl.ioctl.value, allowed);
            uses.add(ioctl.number.value.value, (validity, ioctl.ioctl.place), owner, user);
        }
    }
    // One sequence for all file descriptors keeps numbers unambiguous.
    let mut all = Uses::default();
    for (ioctl, validity) in check.spec.ioctls() {
        let user = User::item(&ioctl.ioctl.value, true);
        all.add(ioctl.number.value.value, (validity, ioctl.ioctl.place), 0, user);
    }
    all.claim(check.spec, |space| matches!(space, SpaceSpec::Ioctls(..)));
    let free = all.next_free(0);
    for key in order {
        if let Some(mut uses) = files.remove(&key) {
            uses.claim(check.spec, |space| is_served(space, key));
            let what = match key {
                (fd, "") => format!("on `{fd}` the number"),
                (fd, backend) => format!("on `{fd}` with `{backend}` the number"),
            };
            uses.report(check, NUMBER_REUSED, &what, free);
        }
    }
}

/// Whether claims of a space are about this kind of file descriptor and backend.
fn is_served(space: &SpaceSpec, (kind, backend): (&str, &str)) -> bool {
    let SpaceSpec::Ioctls(fd, backends) = space else { return false };
    fd == kind && (backends.is_empty() || backends.iter().any(|one| one == backend))
}

/// Flags are distinct single bits. A mask covers either flags only, or bits without flags.
fn flags(check: &mut Check<'_>, group: &NumberGroup<'_>, stretches: &[Stretch]) {
    let mut uses = Uses::default();
    let mut known = HashMap::<i128, Vec<Validity>>::new();
    for (owner, (name, value)) in group.values.iter().enumerate() {
        let Some(bit) = bit(value) else { continue };
        let validity = value.validity(group.validity);
        known.entry(bit).or_default().push(validity);
        let allowed = value.allow.covers(FLAG_BITS.0, validity);
        let user = User::item(name, allowed);
        uses.add(bit, (validity, name.place), owner, user);
    }
    uses.claim(check.spec, |space| group.is(space));
    uses.report(check, FLAG_BITS, "the bit", uses.next_free(0));
    for stretch in stretches {
        let (name, value) = &group.values[stretch.value];
        let mask = bit(value).is_none() && value.mask.is_none() && stretch.number >= 0;
        if !mask || value.allow.covers(FLAG_BITS.0, stretch.validity) {
            continue;
        }
        let validities = |bit: &i128| known.get(bit).map_or(&[][..], Vec::as_slice).iter().copied();
        let set = (0..64).filter(|bit| stretch.number >> bit & 1 == 1);
        let (flags, rest): (Vec<_>, Vec<_>) =
            set.partition(|bit| check.uncovered(stretch.validity, validities(bit)).is_none());
        if let (false, [bit, ..]) = (flags.is_empty(), rest.as_slice()) {
            let message = format!("the mask has flags, and bit {bit} without a flag");
            let problem =
                Diagnostic::error(FLAG_BITS, message).at(name.place, "no flag has this bit");
            check.missing(problem.help("list the flags of the mask in `of`"));
        }
    }
}
