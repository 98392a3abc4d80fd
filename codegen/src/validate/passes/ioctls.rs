//! Ioctls: the number fits, the kind of file descriptor exists, and the argument is
//! declared before the ioctl.

use super::type_refs::declared;
use crate::diagnostic::{Diagnostic, Place};
use crate::release::{Release, Since};
use crate::spec::history::Validity;
use crate::spec::wrappers::{Map, Placed};
use crate::spec::{IoctlSpec, ItemSpec};
use crate::validate::Check;
use crate::validate::codes::{KEY_CONFLICT, OUT_OF_RANGE};
use crate::validate::model::refs::{NUMBER, Reference, STRUCT};
use crate::validate::model::symbols::{Symbol, SymbolKind};

/// The largest number that the 8 bits of an ioctl's number can hold.
const MOST: i128 = 255;

pub(super) fn check(check: &mut Check<'_>) {
    let base = numbers(check);
    let mut unbuilt = check.spec.abi.ioctls.is_none();
    for file in &check.spec.files {
        for item in file.items.iter() {
            let ItemSpec::Ioctl(ioctl) = item else { continue };
            if std::mem::take(&mut unbuilt) {
                let message = "abi.yaml has no `ioctls`, which defines how ioctl numbers are built";
                let problem = Diagnostic::error(KEY_CONFLICT, message);
                check.problems.push(problem.at(ioctl.ioctl.place, "needed here"));
            }
            number(check, ioctl, base);
            descriptor(check, ioctl);
            argument(check, ioctl, item.validity(file.validity()));
        }
    }
}

/// Checks the constants from which ioctl numbers are built; returns the base.
fn numbers(check: &mut Check<'_>) -> i128 {
    let Some(numbers) = &check.spec.abi.ioctls else { return 0 };
    let since = check.releases.first().copied().unwrap_or(Release::new(0, 0));
    let needed = Validity { since: Since::Known(since), until: None };
    let mut base = 0;
    for name in [&numbers.type_, &numbers.base] {
        if check.resolve(Reference { name, place: name.place, needed: Some(needed) }, NUMBER) {
            base = byte(check, name);
        }
    }
    base
}

/// The largest number that a constant ever had, if 8 bits hold them all.
fn byte(check: &mut Check<'_>, name: &Placed<String>) -> i128 {
    let numbers = check.index.numbers_of(name).map(|stretch| stretch.number);
    let numbers: Vec<_> = numbers.collect();
    if numbers.is_empty() || numbers.iter().any(|number| !(0..=MOST).contains(number)) {
        let message = format!("`{}` is not a number from 0 to {MOST}", name.value);
        let problem = Diagnostic::error(OUT_OF_RANGE, message);
        check.problems.push(problem.at(name.place, "ioctls are built from it"));
        return 0;
    }
    numbers.into_iter().fold(0, i128::max)
}

fn number(check: &mut Check<'_>, ioctl: &IoctlSpec, base: i128) {
    let number = ioctl.number.value.value;
    if !(0..=MOST - base).contains(&number) {
        let message = format!(
            "{number} does not fit: with a base of {base}, numbers go up to {}",
            MOST - base
        );
        check.refuse(OUT_OF_RANGE, ioctl.number.place, message);
    }
}

fn descriptor(check: &mut Check<'_>, ioctl: &IoctlSpec) {
    new_fd(check, ioctl.returns_fd.as_ref());
    let fds = &check.spec.abi.fds;
    let Some(kind) = fds.get(&ioctl.fd) else {
        unknown(check, &ioctl.fd, ("kind of file descriptor", ""), fds);
        return;
    };
    for backend in ioctl.backends.iter() {
        if kind.backends.get(backend).is_none() {
            let of = format!(" of `{}`", ioctl.fd.value);
            unknown(check, backend, ("backend", &of), &kind.backends);
        }
    }
}

fn unknown<T>(check: &mut Check<'_>, name: &Placed<String>, what: (&str, &str), known: &Map<T>) {
    let reference = Reference { name, place: name.place, needed: None };
    let known = || known.iter().map(|(name, _)| name.as_str()).collect();
    check.unknown(reference, what, |_| known());
}

fn argument(check: &mut Check<'_>, ioctl: &IoctlSpec, validity: Validity) {
    let place = ioctl.arg.place;
    let Some(name) = ioctl.arg.struct_name() else {
        if let Some((handler, _)) = ioctl.handlers.first() {
            let message = "`handlers` need an argument that is a struct";
            let problem = Diagnostic::error(KEY_CONFLICT, message).at(handler.place, "");
            check.problems.push(problem.and(place, "the argument"));
        }
        return;
    };
    let order = order(check, &ioctl.ioctl.value, ioctl.ioctl.place);
    let reference = Reference { name, place, needed: Some(validity) };
    declared(check, order, reference, STRUCT);
}

/// The place of an ioctl in the order of declarations.
fn order(check: &Check<'_>, name: &str, place: Place) -> usize {
    let here = |target: &&Symbol| target.kind == SymbolKind::Ioctl && target.place == place;
    let mut targets = check.index.targets(name).iter();
    targets.find(here).map_or(usize::MAX, |target| target.order)
}

/// The kind of a new file descriptor exists, or is `other`.
pub(super) fn new_fd(check: &mut Check<'_>, kind: Option<&Placed<String>>) {
    let fds = &check.spec.abi.fds;
    if let Some(kind) = kind.filter(|kind| kind.value != "other" && fds.get(kind).is_none()) {
        unknown(check, kind, ("kind of file descriptor", ""), fds);
    }
}
