//! The fields that a handler demands to be zero, and those at which it does not look.

use super::handlers::present;
use super::subject::LintSubject;
use super::violation::Violation;
use crate::ir::{Abi, Member, Role, TailCheck};

/// L30: every input lies before the bytes that must be zero.
pub(super) fn inputs_can_be_used(abi: &Abi) -> Vec<Violation<'_>> {
    let mut findings = Vec::new();
    for (ioctl, struct_, handler) in present(abi) {
        let TailCheck::ZeroAfter(end) = handler.tail else { continue };
        let members = abi.members_from(struct_, end);
        findings.extend(members.filter(Member::is_input).map(|member| {
            let (name, field) = (&handler.name, member.name);
            let message = format!("`{name}` refuses every request that uses `{field}`");
            Violation::new(LintSubject::of_handler(ioctl, handler), message)
                .label(format!("bytes from {end} on must be zero"))
                .and(member.meta.place, "the field comes after that")
                .help("compare the tail with the size of the struct")
        }));
    }
    findings
}

/// L31: a handler checks reserved fields, so that a later kernel can use them.
pub(super) fn reserved_fields_are_checked(abi: &Abi) -> Vec<Violation<'_>> {
    let unchecked = present(abi).flat_map(|(ioctl, struct_, handler)| {
        let fields = handler.unchecked.iter().map(|at| &struct_.fields[*at]);
        fields.map(move |field| (ioctl, struct_, handler, field))
    });
    let reserved = unchecked.filter(|(.., field)| field.role == Role::Reserved);
    reserved
        .map(|(ioctl, struct_, handler, field)| {
            let message = format!("nothing checks the reserved field `{}`", field.name);
            Violation::new(LintSubject::of_field(abi, struct_, field), message)
                .label(format!("the handler `{}` of `{}` ignores it", handler.name, ioctl.name))
                .help("refuse a value other than zero: a later use would meet anything")
        })
        .collect()
}
