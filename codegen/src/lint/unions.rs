//! Anonymous unions.

use super::subject::LintSubject;
use super::violation::Violation;
use crate::ir::{Abi, UnionArm};
use crate::reply::Direction;

/// L23: another field of the message selects the valid member of a union. The direction
/// selects it between one input and one output. L5 checks that all members have the same
/// offset everywhere.
pub(super) fn arms_can_be_told_apart(abi: &Abi) -> Vec<Violation<'_>> {
    let mut findings = Vec::new();
    for struct_ in &abi.structs {
        for field in &struct_.fields {
            for (index, arm) in field.arms().iter().enumerate() {
                let rivals = field.arms().iter().filter(|other| share_a_direction(arm, other));
                if rivals.count() == 1 && field.arms().len() > 1 {
                    continue;
                }
                let subject = LintSubject::of_arm(abi, struct_, field, &arm.meta);
                let Some(when) = &arm.valid_if else {
                    let message = format!("the member `{}` has no `valid_if`", arm.name);
                    findings.push(
                        Violation::new(subject, message).label("a member of a union").help(
                            "name the flag, op or index under which it is valid in `valid_if`",
                        ),
                    );
                    continue;
                };
                let mut earlier = field.arms()[..index].iter();
                if let Some(twin) = earlier.find(|twin| twin.valid_if.as_ref() == Some(when)) {
                    let message =
                        format!("`{}` and `{}` are both valid under `{when}`", twin.name, arm.name);
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

/// Whether a message of one direction has both members.
fn share_a_direction(one: &UnionArm, other: &UnionArm) -> bool {
    let pair = (one.direction, other.direction);
    !matches!(
        pair,
        (Some(Direction::In), Some(Direction::Out)) | (Some(Direction::Out), Some(Direction::In))
    )
}
