//! Numbers that must stay unique: ids of a chain, numbers of a space or an enum,
//! ioctls of a kind of file descriptor, bits of flags. If history broke the rule,
//! the later item has `allow` with the reason.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::spec::history::Validity;
use crate::spec::types::Amount;
use crate::spec::wrappers::{LineOrMap, Map, OneOrMany};
use crate::spec::{ItemSpec, ReservedSpec};
use crate::validate::Check;
use crate::validate::codes::{FLAG_BITS, ID_REUSED, NUMBER_REUSED};
use crate::validate::model::declarations::{NumberGroup, NumberGroupKind, bit};
use crate::validate::model::intervals::{first, first_uncovered, split_at_changes};
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
    reserved: bool,
    /// Whether it may be a second one.
    allowed: bool,
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

    /// Numbers that other trees use; several may definition the same one.
    fn reserve(
        &mut self,
        reserved: &'a Map<OneOrMany<LineOrMap<ReservedSpec>>>,
        validity: Validity,
    ) {
        for (name, _, number) in reserved.flat() {
            let time = (validity, number.value.place);
            let user = User { name, reserved: true, allowed: false };
            self.add(number.value.value.value, time, usize::MAX, user);
        }
    }

    fn report(&self, check: &mut Check<'_>, code: Code, what: &str) {
        let bears = |one: usize, other: usize| {
            let (one, other) = (&self.users[one], &self.users[other]);
            match one.reserved || other.reserved {
                true => one.name == other.name || one.allowed || other.allowed,
                false => other.allowed,
            }
        };
        let mut said = HashSet::new();
        for (one, other) in conflicts(&self.definitions, bears) {
            let swap = self.users[other].reserved;
            let (first, again) = if swap { (other, one) } else { (one, other) };
            let there = if self.users[first].reserved { "reserved here" } else { "first here" };
            let (first, again) = (&self.definitions[first], &self.definitions[again]);
            if !said.insert(again.place) {
                continue;
            }
            let message = format!("{what} {} is taken", again.key);
            let problem = Diagnostic::error(code, message).at(again.place, "again here");
            let help = format!("`allow: {{{}: reason}}` lets history stand as it was", code.0);
            check.problems.push(problem.and(first.place, there).help(help));
        }
    }
}

fn capabilities(check: &mut Check<'_>) {
    let index = check.index;
    let mut chains = HashMap::<&str, Uses<'_>>::new();
    for (owner, one) in index.capabilities.iter().enumerate() {
        let Some(chain) = one.chain else { continue };
        let uses = chains.entry(chain.as_str()).or_default();
        for era in split_at_changes(one.validity, &one.item.before) {
            let id = match one.item.before.value_at(first(era)) {
                Some(Amount::Number(number)) => number,
                _ => one.item.id.value,
            };
            let allowed = one.item.allow.covers(ID_REUSED.0, era);
            let name = one.item.before.name_at(first(era), &one.item.capability);
            let user = User { name, reserved: false, allowed };
            uses.add(id.value, (era, one.item.capability.place), owner, user);
        }
    }
    for chain in &index.chains {
        if let Some(uses) = chains.get_mut(chain.item.chain.as_str()) {
            uses.reserve(&chain.item.reserved, chain.validity);
        }
    }
    for chain in &index.chains {
        if let Some(uses) = chains.remove(chain.item.chain.as_str()) {
            uses.report(check, ID_REUSED, "the id");
        }
    }
}

/// Numbers of a space, an enum or a field. A count may equal a reserved number after them.
fn numbers(check: &mut Check<'_>, group: &NumberGroup<'_>, stretches: &[Stretch]) {
    let mut uses = Uses::default();
    for Stretch { value: at, validity, number } in stretches.iter().copied() {
        let (name, value) = &group.values[at];
        if value.count.is_none() {
            let called = value.before.name_at(first(validity), name);
            let allowed = value.allow.covers(NUMBER_REUSED.0, validity);
            let user = User { name: called, reserved: false, allowed };
            uses.add(number, (validity, name.place), at, user);
        }
    }
    group.reserved.into_iter().for_each(|reserved| uses.reserve(reserved, group.validity));
    uses.report(check, NUMBER_REUSED, "the number");
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
            let user = User { name: &ioctl.ioctl.value, reserved: false, allowed };
            uses.add(ioctl.number.value.value, (validity, ioctl.ioctl.place), owner, user);
        }
    }
    for key in order {
        if let Some(uses) = files.remove(&key) {
            let what = match key {
                (fd, "") => format!("on `{fd}` the number"),
                (fd, backend) => format!("on `{fd}` with `{backend}` the number"),
            };
            uses.report(check, NUMBER_REUSED, &what);
        }
    }
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
        let user = User { name, reserved: false, allowed };
        uses.add(bit, (validity, name.place), owner, user);
    }
    uses.report(check, FLAG_BITS, "the bit");
    for stretch in stretches {
        let (name, value) = &group.values[stretch.value];
        let mask = bit(value).is_none() && stretch.number >= 0;
        if !mask || value.allow.covers(FLAG_BITS.0, stretch.validity) {
            continue;
        }
        let validities = |bit: &i128| known.get(bit).map_or(&[][..], Vec::as_slice).iter().copied();
        let set = (0..64).filter(|bit| stretch.number >> bit & 1 == 1);
        let (flags, rest): (Vec<_>, Vec<_>) =
            set.partition(|bit| first_uncovered(stretch.validity, validities(bit)).is_none());
        if let (false, [bit, ..]) = (flags.is_empty(), rest.as_slice()) {
            let message = format!("the mask has bit {bit} beside those of flags");
            let problem =
                Diagnostic::error(FLAG_BITS, message).at(name.place, "no flag is called so");
            check.missing(problem.help("`of` makes a mask of the names of its flags"));
        }
    }
}
