//! What a comparison finds.

use serde::Serialize;

use super::witness::Witness;
use crate::diagnostic::{Code, Place};

/// The codes, in order.
pub(super) const CODES: [Code; 23] = [
    C1, C2, C3, C4, C5, C6, C7, C8, C9, C10, C11, C12, C13, C14, C15, C16, C17, C18, C19, C20, C21,
    C22, C23,
];
pub(super) const C1: Code = Code("C1"); // minsz changed
pub(super) const C2: Code = Code("C2"); // a field removed, moved or resized
pub(super) const C3: Code = Code("C3"); // a field inserted
pub(super) const C4: Code = Code("C4"); // an input without a gate
pub(super) const C5: Code = Code("C5"); // an output without a gate
pub(super) const C6: Code = Code("C6"); // a chain added
pub(super) const C7: Code = Code("C7"); // a field renamed
pub(super) const C8: Code = Code("C8"); // padding named
pub(super) const C9: Code = Code("C9"); // a reserved field used
pub(super) const C10: Code = Code("C10"); // a name with another number
pub(super) const C11: Code = Code("C11"); // a name removed
pub(super) const C12: Code = Code("C12"); // an id or number used twice
pub(super) const C13: Code = Code("C13"); // a capability's body changed
pub(super) const C14: Code = Code("C14"); // where capabilities lie
pub(super) const C15: Code = Code("C15"); // a capability added
pub(super) const C16: Code = Code("C16"); // what a short buffer sees
pub(super) const C17: Code = Code("C17"); // argsz can shrink
pub(super) const C18: Code = Code("C18"); // the need can change between calls
pub(super) const C19: Code = Code("C19"); // a payload resized
pub(super) const C20: Code = Code("C20"); // a count moved
pub(super) const C21: Code = Code("C21"); // some targets only
pub(super) const C22: Code = Code("C22"); // an ioctl removed or its number reused
pub(super) const C23: Code = Code("C23"); // an error became another

/// What a finding means for those who use the ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Programs and kernels of the two sides misunderstand each other.
    Wire,
    /// They do so in 32-bit programs only.
    Wire32,
    /// Programs no longer compile, or mean something else once they are compiled anew.
    Source,
    /// A number that belongs to one thing is given to another.
    Ids,
    /// New things that nobody notices who does not ask for them.
    Growth,
    /// A difference that the rules allow.
    Note,
}

impl Class {
    /// Whether it breaks something.
    pub fn breaks(self) -> bool {
        !matches!(self, Self::Growth | Self::Note)
    }

    /// What it is, in a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Wire => "wire break",
            Self::Wire32 => "wire break in 32-bit programs",
            Self::Source => "source break",
            Self::Ids => "id collision",
            Self::Growth => "growth",
            Self::Note => "note",
        }
    }
}

/// Who is harmed by a break of the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Victim {
    /// A program of the old side on a kernel of the new one.
    OldProgram,
    /// A program of the new side on a kernel of the old one.
    NewProgram,
    /// Both.
    Both,
    /// A program of the new side on a kernel of the new side.
    New,
}

impl Victim {
    /// Who that is, for a reader.
    pub fn words(self) -> &'static str {
        match self {
            Self::OldProgram => "an old program on the new kernel",
            Self::NewProgram => "a new program on the old kernel",
            Self::Both => "an old program on the new kernel, and a new one on the old kernel",
            Self::New => "a new program on the new kernel",
        }
    }
}

/// One of the two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The old one.
    Old,
    /// The new one.
    New,
}

/// The values of argsz from `from` up to, but not with, `to`: a program that
/// passes one of them and never retries loses the chain that it had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Window {
    /// The old need.
    pub from: u64,
    /// The new need.
    pub to: u64,
}

/// One difference.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// The rule that it is about.
    pub code: Code,
    /// What it means.
    pub class: Class,
    /// Who is harmed, of a break of the wire.
    pub victim: Option<Victim>,
    /// What it is about: the name of an item or `struct.field`.
    pub subject: String,
    /// What differs, in one sentence.
    pub message: String,
    /// What keeps growth from being noticed: argsz, a flag, a version.
    pub gate: Option<String>,
    /// Under which condition it holds, where nobody has told the reply rules.
    pub condition: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
    /// For which argsz a chain is lost.
    pub window: Option<Window>,
    /// What can be seen.
    pub witness: Option<Witness>,
    /// Where it is said, and on which side.
    #[serde(skip)]
    pub place: Option<(Party, Place)>,
}

impl Finding {
    /// A finding of this class.
    pub(super) fn new(
        code: Code,
        class: Class,
        subject: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        let (subject, message) = (subject.into(), message.into());
        Self {
            code,
            class,
            victim: None,
            subject,
            message,
            gate: None,
            condition: None,
            help: None,
            window: None,
            witness: None,
            place: None,
        }
    }

    pub(super) fn hurts(self, victim: Victim) -> Self {
        Self { victim: Some(victim), ..self }
    }

    pub(super) fn gate(self, gate: impl Into<String>) -> Self {
        Self { gate: Some(gate.into()), ..self }
    }

    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    pub(super) fn window(self, window: Option<Window>) -> Self {
        Self { window, ..self }
    }

    pub(super) fn witness(self, witness: impl Into<Option<Witness>>) -> Self {
        Self { witness: witness.into(), ..self }
    }

    pub(super) fn at(self, party: Party, place: Place) -> Self {
        Self { place: Some((party, place)), ..self }
    }
}
