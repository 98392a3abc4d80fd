//! Kinds of file descriptors, the base of ioctl numbers, and kernel headers.

use super::{Comparison, CompatRule, Judgement};
use crate::compat::codes::{ERROR_CHANGED, IOCTL_REMOVED, ITEM_ADDED, NAME_REMOVED};
use crate::compat::diff::{AbiDifference, IrKey, Of, key};
use crate::compat::finding::{Affected, Bump, Class, Finding, VersionImpact};
use crate::compat::witness::{self, Maker};
use crate::ir::{FdKind, Header};

pub(super) const RULE: CompatRule = CompatRule { keys: KEYS, judge };
const KEYS: &[IrKey] = &[
    key!(Abi.fds),
    key!(FdKind.name),
    key!(FdKind.backends),
    key!(FdKind.unknown_command),
    key!(Abi.ioctl_numbers),
    key!(IoctlNumbers.type_value),
    key!(IoctlNumbers.base_value),
    key!(Abi.headers),
    key!(Header.path),
    key!(Header.guards),
    key!(Section.header),
];

fn judge(comparison: &Comparison<'_, '_>) -> Vec<Judgement> {
    comparison.each(KEYS, |difference| match difference.of {
        Of::Fd(index) => {
            let pair = comparison.matching.fds[index];
            Some(match pair.both() {
                Some((old, new)) => fd(comparison, difference, old, new),
                None => Some(fd_listed(difference)),
            })
        }
        Of::Header(index) => {
            let pair = comparison.matching.headers[index];
            Some(match pair.both() {
                Some((old, new)) => header(difference, old, new),
                None => header_listed(difference),
            })
        }
        Of::Abi => match difference.key {
            key!(Section.header) => Some(Some(declared_elsewhere(difference))),
            _ => Some(Some(numbers(comparison, difference))),
        },
        _ => None,
    })
}

/// The ioctls of a kind that is gone have findings of their own; so have those of a new one.
fn fd_listed(difference: &AbiDifference<'_>) -> Finding {
    let subject = &difference.subject;
    match difference.is_removal() {
        true => {
            let message = "the kind of file descriptor is gone: Rust programs that name it no \
                longer compile";
            Finding::new(NAME_REMOVED, Class::Source, subject, message).in_crate_only()
        }
        false => {
            let message = "the kind of file descriptor is new";
            let finding = Finding::new(ITEM_ADDED, Class::Growth, subject, message);
            finding.gate("programs that do not open one do not see it")
        }
    }
}

fn fd(
    comparison: &Comparison<'_, '_>,
    difference: &AbiDifference<'_>,
    old: &FdKind,
    new: &FdKind,
) -> Option<Finding> {
    if difference.key == key!(FdKind.name) {
        let message = format!(
            "the specification calls the kind of file descriptor `{}`, `{}` before: no byte \
             changes, but the crate calls it otherwise",
            new.name, old.name
        );
        let versions = VersionImpact { crate_: Bump::Major, ..VersionImpact::NONE };
        let finding = Finding::new(NAME_REMOVED, Class::Note, &new.name, message);
        return Some(finding.versions(versions));
    }
    if difference.key == key!(FdKind.unknown_command) {
        let (was, is) = (&old.unknown_command, &new.unknown_command);
        let message = format!(
            "the number of an ioctl that does not exist is {is}, {was} before: programs probe \
             with it"
        );
        let said = format!("an unknown ioctl, known by {was}");
        let witness = witness::understood(
            comparison.matching,
            Maker::Program,
            &new.name,
            None,
            &said,
            Some(is.as_str()),
        );
        let finding = Finding::new(ERROR_CHANGED, Class::Wire, &new.name, message);
        return Some(finding.affects(Affected::OldProgram).witness(witness));
    }
    let names = |fd: &FdKind| fd.backends.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let (before, now) = (names(old), names(new));
    let lost: Vec<_> = before.iter().filter(|one| !now.contains(one)).cloned().collect();
    let came: Vec<_> = now.iter().filter(|one| !before.contains(one)).cloned().collect();
    if !lost.is_empty() {
        let lost = lost.join(", ");
        let message = format!("the backend {lost} is gone: its programs get an error");
        let witness = witness::understood(
            comparison.matching,
            Maker::Program,
            &new.name,
            None,
            &format!("a request for the backend {lost}"),
            None,
        );
        let finding = Finding::new(IOCTL_REMOVED, Class::Wire, &new.name, message);
        return Some(finding.affects(Affected::OldProgram).witness(witness));
    }
    let message = format!("the backend {} is new", came.join(", "));
    let finding = Finding::new(ITEM_ADDED, Class::Growth, &new.name, message);
    // Another order of the same backends is no difference for programs.
    (!came.is_empty()).then(|| finding.gate("programs that do not choose it do not see it"))
}

/// All ioctl numbers follow from the type and the base.
fn numbers(comparison: &Comparison<'_, '_>, difference: &AbiDifference<'_>) -> Finding {
    let (was, is) = difference.texts();
    let subject = &difference.subject;
    match (difference.key, difference.set_values()) {
        (key!(Abi.ioctl_numbers), (_, Some(_))) => {
            let message = "ioctls have numbers";
            Finding::new(ITEM_ADDED, Class::Growth, subject, message)
        }
        (key!(Abi.ioctl_numbers), (_, None)) => {
            let message = "ioctls have no numbers any more: programs no longer compile";
            Finding::new(NAME_REMOVED, Class::Source, subject, message)
        }
        _ => {
            let message =
                format!("all ioctl numbers change: they are built with {is}, with {was} before");
            let witness = witness::understood(
                comparison.matching,
                Maker::Program,
                "ioctls",
                None,
                &format!("an ioctl built with {was}"),
                None,
            );
            let finding = Finding::new(IOCTL_REMOVED, Class::Wire, subject, message);
            finding.affects(Affected::Both).witness(witness)
        }
    }
}

/// The declarations of a header have findings of their own.
fn header_listed(difference: &AbiDifference<'_>) -> Option<Finding> {
    let message = "the header is new";
    let finding = Finding::new(ITEM_ADDED, Class::Growth, &difference.subject, message);
    difference.is_addition().then(|| finding.off_the_wire())
}

fn header(difference: &AbiDifference<'_>, old: &Header, new: &Header) -> Option<Finding> {
    let finding = |class, message: String| {
        Finding::new(NAME_REMOVED, class, &new.path, message).in_header_only()
    };
    if difference.key == key!(Header.path) {
        let message =
            format!("the header was `{}`: programs that include it no longer compile", old.path);
        return Some(finding(Class::Source, message));
    }
    let lost: Vec<_> = old.guards.iter().filter(|one| !new.guards.contains(one)).collect();
    let message = match lost.first() {
        Some(guard) => {
            let message = format!(
                "the guard {guard} is gone: programs that include the kernel's own header too no \
                 longer compile"
            );
            return Some(finding(Class::Source, message));
        }
        None => format!("the guards are {}", new.guards.join(", ")),
    };
    Some(finding(Class::Note, message))
}

fn declared_elsewhere(difference: &AbiDifference<'_>) -> Finding {
    let (was, is) = difference.texts();
    let message = format!(
        "it is declared in {is}, in {was} before: programs that include only the latter no longer \
         compile"
    );
    Finding::new(NAME_REMOVED, Class::Source, &difference.subject, message).in_header_only()
}
