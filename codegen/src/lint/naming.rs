//! Names that users derive from other names.

use super::subject::{self, LintSubject};
use super::violation::Violation;
use crate::ir::{Abi, Capability};

/// L22: names of a header start with the prefix of the ABI, the id of a capability
/// with that of its chain, and its struct is the id in lower case.
pub(super) fn keeps_to_the_scheme(abi: &Abi) -> Vec<Violation<'_>> {
    let mut findings = Vec::new();
    let entries = subject::all(abi).into_iter();
    for (entry, subject) in entries.filter(|(entry, _)| entry.is_declaration()) {
        let name = entry.name;
        let mut prefixes = [&abi.prefix].into_iter().chain(&abi.other_prefixes);
        if !prefixes.any(|prefix| starts_with(name, prefix)) {
            let message = format!("`{name}` does not start with the prefix of the ABI");
            let help = format!("call it {}_{name}, in the case of its kind", abi.prefix);
            findings
                .push(Violation::new(subject, message).label("exported by the header").help(help));
        }
    }
    findings.extend(capabilities(abi));
    findings
}

fn starts_with(name: &str, prefix: &str) -> bool {
    let head = name.split('_').next().unwrap_or(name);
    head == prefix || head == prefix.to_ascii_uppercase()
}

fn capabilities(abi: &Abi) -> Vec<Violation<'_>> {
    let mut findings = Vec::new();
    let own = |one: &&Capability| one.kind.is_none();
    for capability in abi.capabilities.iter().filter(own) {
        let prefix = &abi.chain(capability.chain).prefix;
        if !capability.name.starts_with(prefix.as_str()) {
            let message = format!("`{}` is not named like its chain", capability.name);
            findings.push(
                Violation::new(LintSubject::of(&capability.meta), message)
                    .label(format!("the others start with {prefix}"))
                    .help(format!(
                        "call it {prefix}...; programs that derive the name test for that"
                    )),
            );
        }
        // The kernel has no structs for bodies in a space.
        let of_reply = abi.chain(capability.chain).space.is_none();
        let struct_ = capability.struct_.filter(|_| of_reply).map(|id| abi.struct_(id));
        let expected = capability.name.to_ascii_lowercase();
        if let Some(struct_) = struct_.filter(|struct_| struct_.name != expected) {
            let message = format!("`{}` is not named like its id", struct_.name);
            findings.push(
                Violation::new(LintSubject::of_struct(abi, struct_), message)
                    .label(format!("the body of `{}`", capability.name))
                    .help(format!("call it {expected}")),
            );
        }
    }
    findings
}
