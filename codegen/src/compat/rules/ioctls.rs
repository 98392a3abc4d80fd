//! Ioctls: numbers, arguments and backends that changed, names that are gone.

use super::{Comparison, CompatRule, Judgement, ioctl_numbers};
use crate::compat::codes::{ERROR_CHANGED, FIELD_MOVED, IOCTL_REMOVED, ITEM_ADDED};
use crate::compat::diff::{IrKey, Of, key};
use crate::compat::finding::{Affected, Class, Finding, Party};
use crate::compat::matching::{Matched, Matching};
use crate::compat::witness::{self, Maker};
use crate::diagnostic::Code;
use crate::ir::{Abi, Arg, DeclaredIoctl, Ioctl, NewFd};
use crate::reply::INVALID;

pub(super) const RULE: CompatRule = CompatRule { keys: KEYS, judge };
const KEYS: &[IrKey] = &[
    key!(Abi.ioctls),
    key!(Ioctl.name),
    key!(Ioctl.number),
    key!(Ioctl.fd),
    key!(Ioctl.backends),
    key!(Ioctl.arg),
    key!(Ioctl.returns),
    key!(Ioctl.returns_fd),
    key!(Ioctl.lasting),
];

fn judge(comparison: &Comparison<'_, '_>) -> Vec<Judgement> {
    let mut judged = comparison.each(KEYS, |difference| {
        let Of::Ioctl(index) = difference.of else { return None };
        let matching = comparison.matching;
        let Matched { old, new } = matching.ioctls[index].ioctls;
        match (old, new) {
            (Some(old), None) => Some(Some(removed(matching, old))),
            (Some(old), Some(new)) => {
                Some(IoctlChange { matching, old, new }.verdict(difference.key))
            }
            (None, Some(new)) if ioctl_numbers::has(matching.old, &new.name) => Some(None),
            (None, Some(new)) => {
                Some(Some(reused(matching, new).unwrap_or_else(|| added(matching, new))))
            }
            (None, None) => None,
        }
    });
    let findings = ioctl_numbers::judge(comparison.matching);
    judged.push(Judgement { claims: Vec::new(), findings });
    judged
}

fn removed(matching: &Matching<'_>, old: &Ioctl) -> Finding {
    let message = match matching.new.knowledge.ioctls.get(&old.name) {
        Some(DeclaredIoctl { numbers: [number, ..], .. }) => format!(
            "the number of the ioctl in C is {number:#x} and no longer that of `_IO`: old \
             programs get ENOTTY"
        ),
        None => "the ioctl is gone: old programs get ENOTTY, and programs that name it no longer \
                 compile"
            .to_owned(),
    };
    let abis = matching.abis();
    let meant = abis.1.ioctls.iter().find(|new| is_same_number(abis, old, new));
    let meant = meant.map(|new| new.name.as_str());
    let number = i128::from(old.number);
    let witness = witness::understood(matching, Maker::Program, "ioctls", number, &old.name, meant);
    let finding = Finding::new(IOCTL_REMOVED, Class::Wire, &old.name, message)
        .affects(Affected::OldProgram)
        .witness(witness)
        .at(Party::Old, old.meta.place);
    finding.help("keep it, and specify since when it is deprecated")
}

fn added(matching: &Matching<'_>, new: &Ioctl) -> Finding {
    let finding = Finding::new(ITEM_ADDED, Class::Growth, &new.name, "the ioctl is new");
    let error = matching.abis().1.fds.get(new.fd).map_or("ENOTTY", |fd| &fd.unknown_command);
    let gate = match error {
        // The error of a bad argument, too.
        INVALID => {
            "old kernels refuse it with EINVAL, so a program cannot tell it from a bad argument"
                .to_owned()
        }
        error => format!("old kernels refuse it with {error}"),
    };
    finding.gate(gate).at(Party::New, new.meta.place)
}

/// A new ioctl with a number of the same kind of file descriptor.
fn reused(matching: &Matching<'_>, new: &Ioctl) -> Option<Finding> {
    let abis = matching.abis();
    let holder = abis.0.ioctls.iter().find(|old| is_same_number(abis, old, new))?;
    let stays = matching.ioctls.iter().any(|pair| {
        pair.ioctls
            .both()
            .is_some_and(|(old, now)| old.name == holder.name && is_same_number(abis, old, now))
    });
    let is = if stays { "is" } else { "was" };
    let message = format!("the number {} {is} that of `{}`", new.number, holder.name);
    let (number, taken_for) = (i128::from(holder.number), Some(new.name.as_str()));
    let witness =
        witness::understood(matching, Maker::Program, "ioctls", number, &holder.name, taken_for);
    let finding =
        Finding::new(IOCTL_REMOVED, Class::Ids, &new.name, message).affects(Affected::OldProgram);
    let finding = finding.witness(witness);
    let help = "take the next number that was never used";
    Some(finding.at(Party::New, new.meta.place).help(help))
}

/// Whether a descriptor can take one ioctl for the other: the number, the kind of file
/// descriptor and a backend are the same.
fn is_same_number((was, is): (&Abi, &Abi), old: &Ioctl, new: &Ioctl) -> bool {
    let (before, now) = (backends(was, old), backends(is, new));
    let shared = before.iter().any(|backend| now.contains(backend));
    let same_backend = shared || before.is_empty() || now.is_empty();
    old.number == new.number && fd(was, old) == fd(is, new) && same_backend
}

/// The backends that serve an ioctl: those that it lists, or all of its descriptor.
fn backends<'a>(abi: &'a Abi, ioctl: &'a Ioctl) -> Vec<&'a str> {
    match ioctl.backends.is_empty() {
        true => {
            let all = abi.fds.get(ioctl.fd).map(|fd| fd.backends.iter());
            all.into_iter().flatten().map(|(name, _)| name.as_str()).collect()
        }
        false => ioctl.backends.iter().map(String::as_str).collect(),
    }
}

fn fd<'a>(abi: &'a Abi, ioctl: &Ioctl) -> &'a str {
    abi.fds.get(ioctl.fd).map_or("", |fd| &fd.name)
}

/// An ioctl that both sides have.
struct IoctlChange<'m, 'a> {
    matching: &'m Matching<'a>,
    old: &'a Ioctl,
    new: &'a Ioctl,
}

impl IoctlChange<'_, '_> {
    fn verdict(&self, key: IrKey) -> Option<Finding> {
        let (old, new) = (self.old, self.new);
        let abis = self.matching.abis();
        let meant = abis.1.ioctls.iter().find(|one| is_same_number(abis, old, one));
        let meant = meant.map(|one| one.name.as_str());
        match key {
            key!(Ioctl.name) => {
                let message =
                    format!("the ioctl was called `{}`: programs no longer compile", old.name);
                Some(self.finding(IOCTL_REMOVED, Class::Source, message))
            }
            key!(Ioctl.number) => {
                let message = format!("the ioctl is number {}, {} before", new.number, old.number);
                Some(self.broken(IOCTL_REMOVED, message, meant))
            }
            key!(Ioctl.fd) => {
                let (is, was) = (fd(abis.1, new), fd(abis.0, old));
                let message = format!("the ioctl is one of a {is} descriptor, {was} before");
                Some(self.broken(IOCTL_REMOVED, message, meant))
            }
            key!(Ioctl.backends) => self.backends(),
            key!(Ioctl.arg) => {
                let (is, was) = (argument(abis.1, new), argument(abis.0, old));
                let message = format!("the ioctl takes {is}, {was} before");
                Some(self.broken(FIELD_MOVED, message, Some(&format!("{} with {is}", new.name))))
            }
            key!(Ioctl.lasting) => Some(self.lasting()),
            _ => Some(self.returns()),
        }
    }

    fn backends(&self) -> Option<Finding> {
        let abis = self.matching.abis();
        let (before, now) = (backends(abis.0, self.old), backends(abis.1, self.new));
        let lost: Vec<_> = before.iter().filter(|one| !now.contains(one)).copied().collect();
        let came: Vec<_> = now.iter().filter(|one| !before.contains(one)).copied().collect();
        if !lost.is_empty() {
            let lost = lost.join(", ");
            let message =
                format!("the backend {lost} no longer serves it: old programs get ENOTTY");
            let finding = self.broken(IOCTL_REMOVED, message, None);
            return Some(finding.affects(Affected::OldProgram));
        }
        let message = format!("the backend {} serves it too", came.join(", "));
        let finding = self.finding(ITEM_ADDED, Class::Growth, message);
        (!came.is_empty()).then(|| finding.gate("old kernels refuse it with ENOTTY"))
    }

    /// Memory that the kernel or a device accesses after the call.
    fn lasting(&self) -> Finding {
        match self.new.lasting {
            Some(_) => {
                let message = "memory is accessed after the call: its function in Rust is unsafe, \
                    and old programs no longer compile";
                self.finding(IOCTL_REMOVED, Class::Source, message.to_owned()).in_crate_only()
            }
            None => {
                let message = "no memory is accessed after the call any more".to_owned();
                self.finding(IOCTL_REMOVED, Class::Note, message)
            }
        }
    }

    /// Whether success can be another result than 0.
    fn returns(&self) -> Finding {
        let result = |abi: &Abi, ioctl: &Ioctl| match (ioctl.returns_fd, &ioctl.returns) {
            (Some(NewFd::Kind(kind)), _) => format!("a new {} descriptor", abi.fds[kind].name),
            (Some(NewFd::Other), _) => "a new file descriptor".to_owned(),
            (None, Some(_)) => "0 or more".to_owned(),
            (None, None) => "always 0".to_owned(),
        };
        let abis = self.matching.abis();
        let (is, was) = (result(abis.1, self.new), result(abis.0, self.old));
        let message = format!("the result of success is {is}, and was {was}");
        let said = format!("the result of {}", self.new.name);
        let witness =
            witness::understood(self.matching, Maker::Kernel, "ioctls", None, &said, None);
        let finding = self.finding(ERROR_CHANGED, Class::Wire, message);
        finding.affects(Affected::OldProgram).witness(witness)
    }

    fn broken(&self, code: Code, message: String, understood: Option<&str>) -> Finding {
        let number = i128::from(self.old.number);
        let name = &self.old.name;
        let witness =
            witness::understood(self.matching, Maker::Program, "ioctls", number, name, understood);
        self.finding(code, Class::Wire, message).affects(Affected::Both).witness(witness)
    }

    fn finding(&self, code: Code, class: Class, message: String) -> Finding {
        Finding::new(code, class, &self.new.name, message).at(Party::New, self.new.meta.place)
    }
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
