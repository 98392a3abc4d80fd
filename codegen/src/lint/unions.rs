//! Anonymous unions.

use super::subject::LintSubject;
use super::violation::Violation;
use crate::ir::{Abi, Field, UnionArm};
use crate::reply::Direction;

/// L23: another field of the message selects the valid member of a union, unless one member
/// is an input and the other is an output: then the direction selects it. L5 checks that
/// all members have the same offset everywhere.
pub(super) fn arms_can_be_told_apart(abi: &Abi) -> Vec<Violation<'_>> {
    let mut findings = Vec::new();
    for struct_ in &abi.structs {
        for field in &struct_.fields {
            for (index, arm) in field.arms().iter().enumerate() {
                if is_alone_in_its_direction(field, arm) {
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

/// Whether all other members of the union go the opposite way.
fn is_alone_in_its_direction(field: &Field, arm: &UnionArm) -> bool {
    let opposite = match arm.direction {
        Some(Direction::In) => Direction::Out,
        Some(Direction::Out) => Direction::In,
        Some(Direction::InOut) | None => return false,
    };
    let mut others = field.arms().iter().filter(|other| other.name != arm.name);
    field.arms().len() > 1 && others.all(|other| other.direction == Some(opposite))
}
