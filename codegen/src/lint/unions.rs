//! Anonymous unions.

use super::subject::LintSubject;
use super::violation::Violation;
use crate::ir::Abi;

/// L23: something else in the message tells which member counts. That all of
/// them lie at the same offset everywhere, L5 sees to.
pub(super) fn arms_can_be_told_apart(abi: &Abi) -> Vec<Violation<'_>> {
    let mut findings = Vec::new();
    for struct_ in &abi.structs {
        for field in &struct_.fields {
            for (index, arm) in field.arms().iter().enumerate() {
                let subject = LintSubject::of_arm(abi, struct_, field, &arm.meta);
                let Some(when) = &arm.valid_if else {
                    let message = format!("nothing tells when the member `{}` counts", arm.name);
                    findings.push(
                        Violation::new(subject, message).label("a member of a union").help(
                            "name the flag, op or index with which it is valid in `valid_if`",
                        ),
                    );
                    continue;
                };
                let mut earlier = field.arms()[..index].iter();
                if let Some(twin) = earlier.find(|twin| twin.valid_if.as_ref() == Some(when)) {
                    let message =
                        format!("`{}` and `{}` both count under `{when}`", twin.name, arm.name);
                    findings.push(
                        Violation::new(subject, message)
                            .label("this member")
                            .and(twin.meta.place, "and this one")
                            .help("give each member of a union a flag, op or index of its own"),
                    );
                }
            }
        }
    }
    findings
}
