//! What can be seen of a break: the bytes that one side makes, and what the
//! other takes them for.

mod layouts;
mod replies;
mod requests;

use super::evidence::{Witness, WitnessClaim};
use super::finding::Affected;
use super::matching::{Constant, Matching};
use super::side::Side;

pub(super) use layouts::{layout, next_element, stale};
pub(super) use replies::{answered, failed, short, taken_for};
pub(super) use requests::{refused_field, unreachable_field, zero_reply};

/// What a program fills its buffer with before it asks, to see what is set.
const STALE: u8 = 0xaa;

fn kernel(side: &Side) -> String {
    format!("a kernel of {}", side.name)
}

fn program(side: &Side) -> String {
    format!("a program built with {}", side.name)
}

/// A call that one side no longer takes.
pub(super) fn refused(
    matching: &Matching<'_>,
    struct_: &str,
    affected: Affected,
    argsz: u64,
    demanded: u64,
) -> Witness {
    let (asks, answers) = match affected {
        Affected::NewProgram => (matching.new, matching.old),
        Affected::OldProgram | Affected::Both => (matching.old, matching.new),
        Affected::New => (matching.new, matching.new),
    };
    let bytes = asked(argsz, argsz);
    let witness = Witness::new(program(asks), kernel(answers), struct_, bytes);
    witness.claim(WitnessClaim::Refused { argsz, demanded })
}

/// Who says something that the other takes for something else.
#[derive(Clone, Copy)]
pub(super) enum Maker {
    /// A program of the old side, to a kernel of the new one.
    Program,
    /// A kernel of the new side, to a program of the old one.
    Kernel,
}

/// The side that passes a number to the other.
pub(super) fn maker(constant: &Constant<'_>) -> Maker {
    if constant.from_kernel { Maker::Kernel } else { Maker::Program }
}

/// A number that stands for something else on the other side.
pub(super) fn understood(
    matching: &Matching<'_>,
    maker: Maker,
    of: &str,
    number: impl Into<Option<i128>>,
    said: &str,
    understood: Option<&str>,
) -> Witness {
    let (made_by, read_by) = match maker {
        Maker::Program => (program(matching.old), kernel(matching.new)),
        Maker::Kernel => (kernel(matching.new), program(matching.old)),
    };
    let witness = Witness::new(made_by, read_by, of, Vec::new());
    let (said, understood) = (said.to_owned(), understood.map(str::to_owned));
    witness.claim(WitnessClaim::Understood { number: number.into(), said, understood })
}

/// A buffer in which only argsz is set, to what it says; the rest is stale.
fn asked(size: u64, argsz: u64) -> Vec<u8> {
    let mut bytes = vec![STALE; size as usize];
    bytes.iter_mut().zip(argsz.to_le_bytes()).take(4).for_each(|(byte, said)| *byte = said);
    bytes
}
