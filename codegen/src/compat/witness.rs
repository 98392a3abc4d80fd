//! What can be seen of a break: the bytes that one side makes, and what the
//! other takes them for.

mod layouts;
mod replies;

use serde::{Serialize, Serializer};

use super::Side;
use super::finding::Victim;
use super::pairs::Pairs;

pub(super) use layouts::{layout, stale};
pub(super) use replies::{answered, failed, short, taken_for};

/// What a program fills its buffer with before it asks, to see what is set.
const STALE: u8 = 0xaa;

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
    let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
    serializer.serialize_str(&digits.collect::<String>())
}

impl Witness {
    fn new(made_by: String, read_by: String, struct_: &str, bytes: Vec<u8>) -> Self {
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

    fn claim(mut self, claim: Claim) -> Self {
        self.claims.push(claim);
        self
    }
}

fn kernel(side: &Side) -> String {
    format!("a kernel of {}", side.name)
}

fn program(side: &Side) -> String {
    format!("a program built with {}", side.name)
}

/// A call that one side no longer takes.
pub(super) fn refused(
    pairs: &Pairs<'_>,
    struct_: &str,
    victim: Victim,
    argsz: u64,
    demanded: u64,
) -> Witness {
    let (asks, answers) = match victim {
        Victim::NewProgram => (pairs.new, pairs.old),
        Victim::OldProgram | Victim::Both => (pairs.old, pairs.new),
        Victim::New => (pairs.new, pairs.new),
    };
    let bytes = asked(argsz, argsz);
    let witness = Witness::new(program(asks), kernel(answers), struct_, bytes);
    witness.claim(Claim::Refused { argsz, demanded })
}

/// Who says something that the other takes for something else.
#[derive(Clone, Copy)]
pub(super) enum Maker {
    /// A program of the old side, to a kernel of the new one.
    Program,
    /// A kernel of the new side, to a program of the old one.
    Kernel,
}

/// A number that stands for something else on the other side.
pub(super) fn understood(
    pairs: &Pairs<'_>,
    maker: Maker,
    of: &str,
    number: impl Into<Option<i128>>,
    said: &str,
    understood: Option<&str>,
) -> Witness {
    let (made_by, read_by) = match maker {
        Maker::Program => (program(pairs.old), kernel(pairs.new)),
        Maker::Kernel => (kernel(pairs.new), program(pairs.old)),
    };
    let witness = Witness::new(made_by, read_by, of, Vec::new());
    let (said, understood) = (said.to_owned(), understood.map(str::to_owned));
    witness.claim(Claim::Understood { number: number.into(), said, understood })
}

/// A buffer in which only argsz is set, to what it says; the rest is stale.
fn asked(size: u64, argsz: u64) -> Vec<u8> {
    let mut bytes = vec![STALE; size as usize];
    bytes.iter_mut().zip(argsz.to_le_bytes()).take(4).for_each(|(byte, said)| *byte = said);
    bytes
}
