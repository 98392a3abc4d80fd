//! The results of a comparison: findings, the sides that they affect, and
//! witnesses. Data only; the rules and `witness` fill it in.

use serde::{Serialize, Serializer};

use crate::diagnostic::{Code, Place};

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
pub enum Affected {
    /// A program of the old side on a kernel of the new one.
    OldProgram,
    /// A program of the new side on a kernel of the old one.
    NewProgram,
    /// Both.
    Both,
    /// A program of the new side on a kernel of the new side.
    New,
}

impl Affected {
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
    pub affected: Option<Affected>,
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
            affected: None,
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

    pub(super) fn affects(self, affected: Affected) -> Self {
        Self { affected: Some(affected), ..self }
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

/// Bytes, who made them, and what they are taken for.
#[derive(Clone, Debug, Serialize)]
pub struct Witness {
    /// Who made the bytes.
    pub made_by: String,
    /// Who reads them.
    pub read_by: String,
    /// The only target on which it is to be seen, if it is only one.
    pub target: Option<&'static str>,
    /// The struct that they hold, or the numbers that one of them is of.
    #[serde(rename = "struct")]
    pub struct_: String,
    /// The bytes.
    #[serde(serialize_with = "hex")]
    pub bytes: Vec<u8>,
    /// What it comes to.
    pub claims: Vec<Claim>,
    /// The struct as its maker declares it.
    #[serde(skip)]
    pub maker: Vec<Piece>,
    /// The struct as its reader declares it.
    #[serde(skip)]
    pub reader: Vec<Piece>,
}

/// A field of a struct, as far as a compiler has to know it to place it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// What its offset is a multiple of.
    pub align: u64,
    /// What its maker writes there.
    pub bytes: Vec<u8>,
}

/// A place in a struct: a field, and an offset in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Within {
    /// The field's name.
    pub piece: String,
    /// Where in it.
    pub at: u64,
}

/// One thing that is to be seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Claim {
    /// The reader looks for a field where something else lies.
    Misread {
        /// The field.
        field: String,
        /// Where the reader looks.
        offset: u64,
        /// The bytes that were meant.
        #[serde(serialize_with = "hex")]
        meant: Vec<u8>,
        /// The bytes that it finds.
        #[serde(serialize_with = "hex")]
        found: Vec<u8>,
        /// Where the reader looks, as its compiler sees it.
        #[serde(skip)]
        within: Within,
    },
    /// The reader looks for a field that nobody wrote.
    Unset {
        /// The field.
        field: String,
        /// Where the reader looks.
        offset: u64,
        /// Its own old bytes, which it takes for the field.
        #[serde(serialize_with = "hex")]
        found: Vec<u8>,
        /// Where the reader looks, as its compiler sees it.
        #[serde(skip)]
        within: Within,
    },
    /// The call fails with `EINVAL`.
    Refused {
        /// What the program passes.
        argsz: u64,
        /// What the kernel demands.
        demanded: u64,
    },
    /// A capability is taken for another.
    TakenFor {
        /// Where it lies.
        offset: u64,
        /// The id of both.
        id: u64,
        /// What it is.
        is: String,
        /// What the reader takes it for.
        taken_for: String,
    },
    /// The same question has another answer.
    Answered {
        /// What the program passes.
        argsz: u64,
        /// Where the replies differ first.
        offset: u64,
        /// What stood there before.
        #[serde(serialize_with = "hex")]
        before: Vec<u8>,
        /// What stands there now.
        #[serde(serialize_with = "hex")]
        now: Vec<u8>,
    },
    /// The same mistake has another error.
    Failed {
        /// What the program passes.
        argsz: u64,
        /// The error that it knew.
        before: String,
        /// The one that it gets.
        now: String,
    },
    /// A number is taken for another one's.
    Understood {
        /// The number that is passed, if it is one.
        number: Option<i128>,
        /// What it stands for on the side that passes it.
        said: String,
        /// What it stands for on the other side.
        understood: Option<String>,
    },
}

fn hex<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&crate::hex::digits(bytes))
}

impl Witness {
    pub(super) fn new(made_by: String, read_by: String, struct_: &str, bytes: Vec<u8>) -> Self {
        Self {
            made_by,
            read_by,
            target: None,
            struct_: struct_.to_owned(),
            bytes,
            claims: Vec::new(),
            maker: Vec::new(),
            reader: Vec::new(),
        }
    }

    pub(super) fn claim(mut self, claim: Claim) -> Self {
        self.claims.push(claim);
        self
    }
}
