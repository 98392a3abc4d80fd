//! Ioctls and macros: numbers and arguments that changed, names that went.

use super::codes::{FIELD_MOVED, IOCTL_REMOVED, NAME_REMOVED, VALUE_CHANGED};
use super::matching::{Matching, same_item};
use super::report::{Affected, Class, Finding, Party};
use super::witness::{self, Maker};
use crate::ir::{Abi, Arg, Ioctl};

pub(super) fn compare(matching: &Matching<'_>) -> Vec<Finding> {
    let abis = matching.abis();
    let mut findings = Vec::new();
    for old in &abis.0.ioctls {
        match matching.ioctl(old) {
            None => findings.push(removed(&old.name, old)),
            Some(new) => findings.extend(changed(matching, old, new)),
        }
    }
    for new in &abis.1.ioctls {
        findings.extend(reused(matching, new));
    }
    findings.extend(macros(abis));
    findings
}

fn removed(name: &str, old: &Ioctl) -> Finding {
    let message = "the ioctl is gone: programs no longer compile, and old ones get ENOTTY";
    let finding =
        Finding::new(IOCTL_REMOVED, Class::Source, name, message).at(Party::Old, old.meta.place);
    finding.help("keep it, and say since when it is deprecated")
}

fn changed(matching: &Matching<'_>, old: &Ioctl, new: &Ioctl) -> Vec<Finding> {
    let abis = matching.abis();
    let mut findings = Vec::new();
    let finding = |code, class, message| {
        Finding::new(code, class, &new.name, message).at(Party::New, new.meta.place)
    };
    let mut broken = |code, message: String, understood: Option<&str>| {
        let number = i128::from(old.number);
        let witness =
            witness::understood(matching, Maker::Program, "ioctls", number, &old.name, understood);
        findings.push(finding(code, Class::Wire, message).affects(Affected::Both).witness(witness));
    };
    let meant = |one: &&Ioctl| one.number == old.number && fd(abis.1, one) == fd(abis.0, old);
    let meant = abis.1.ioctls.iter().find(meant).map(|one| one.name.as_str());
    if old.number != new.number {
        let message = format!("the ioctl is number {}, {} before", new.number, old.number);
        broken(IOCTL_REMOVED, message, meant);
    }
    if fd(abis.0, old) != fd(abis.1, new) {
        let (is, was) = (fd(abis.1, new), fd(abis.0, old));
        broken(
            IOCTL_REMOVED,
            format!("the ioctl is one of a {is} descriptor, {was} before"),
            meant,
        );
    }
    if !same_argument(matching, old, new) {
        let (is, was) = (argument(abis.1, new), argument(abis.0, old));
        let message = format!("the ioctl takes {is}, {was} before");
        broken(FIELD_MOVED, message, Some(&format!("{} with {is}", new.name)));
    }
    if old.name != new.name {
        let message = format!("the ioctl was called `{}`: programs no longer compile", old.name);
        findings.push(finding(IOCTL_REMOVED, Class::Source, message));
    }
    findings
}

fn argument<'a>(abi: &'a Abi, ioctl: &Ioctl) -> &'a str {
    match ioctl.arg {
        Arg::None => "no argument",
        Arg::Int => "a number",
        Arg::Fd => "a file descriptor",
        Arg::U32 => "a u32",
        Arg::Text => "a string",
        Arg::Struct(id) => &abi.struct_(id).name,
    }
}

fn same_argument(matching: &Matching<'_>, old: &Ioctl, new: &Ioctl) -> bool {
    let abis = matching.abis();
    match (old.arg, new.arg) {
        (Arg::Struct(old), Arg::Struct(new)) => {
            matching.struct_(abis.0.struct_(old)).is_some_and(|(id, _)| id == new)
        }
        (old, new) => old == new,
    }
}

fn fd<'a>(abi: &'a Abi, ioctl: &Ioctl) -> &'a str {
    abi.fds.get(ioctl.fd).map_or("", |fd| &fd.name)
}

/// A new ioctl with the number of one that went.
fn reused(matching: &Matching<'_>, new: &Ioctl) -> Option<Finding> {
    let abis = matching.abis();
    let is = |old: &Ioctl| same_item((&old.name, &old.meta), (&new.name, &new.meta));
    if abis.0.ioctls.iter().any(is) {
        return None;
    }
    let meets = |old: &&Ioctl| {
        let shared = old.backends.iter().any(|backend| new.backends.contains(backend));
        let same_kind = shared || old.backends.is_empty() || new.backends.is_empty();
        old.number == new.number && fd(abis.0, old) == fd(abis.1, new) && same_kind
    };
    let old = abis.0.ioctls.iter().find(meets)?;
    // Two that serve different file descriptors of one kind may share a number for good.
    let stays = abis.1.ioctls.iter().any(|one| one.name == old.name && one.number == old.number);
    if stays {
        return None;
    }
    let message = format!("the number {} was that of `{}`", new.number, old.name);
    let (number, taken_for) = (i128::from(old.number), Some(new.name.as_str()));
    let witness =
        witness::understood(matching, Maker::Program, "ioctls", number, &old.name, taken_for);
    let finding =
        Finding::new(IOCTL_REMOVED, Class::Ids, &new.name, message).affects(Affected::OldProgram);
    let finding = finding.witness(witness);
    Some(finding.at(Party::New, new.meta.place).help("take the next number that nobody had"))
}

/// Function-like macros that went or are written otherwise.
fn macros(abis: (&Abi, &Abi)) -> Vec<Finding> {
    let mut findings = Vec::new();
    for old in &abis.0.macros {
        let Some(new) = abis.1.macros.iter().find(|new| new.name == old.name) else {
            let message = "the macro is gone: programs that use it no longer compile";
            let finding = Finding::new(NAME_REMOVED, Class::Source, &old.name, message);
            findings.push(finding.at(Party::Old, old.meta.place));
            continue;
        };
        if new.args != old.args {
            let message = "the macro takes other arguments: programs no longer compile";
            let finding = Finding::new(NAME_REMOVED, Class::Source, &new.name, message);
            findings.push(finding.at(Party::New, new.meta.place));
        } else if new.c != old.c {
            let message = "the macro is written otherwise than before";
            let finding = Finding::new(VALUE_CHANGED, Class::Note, &new.name, message);
            findings.push(finding.at(Party::New, new.meta.place));
        }
    }
    findings
}
