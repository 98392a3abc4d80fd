//! The bytes that show a break, and the claims about them. Data only; `witness` makes it.

use serde::{Serialize, Serializer};

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
    pub claims: Vec<WitnessClaim>,
    /// The struct as its maker declares it.
    #[serde(skip)]
    pub maker: Vec<WitnessPiece>,
    /// The struct as its reader declares it.
    #[serde(skip)]
    pub reader: Vec<WitnessPiece>,
}

/// A field of a struct, as far as a compiler has to know it to place it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessPiece {
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
pub enum WitnessClaim {
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
    /// The reader looks for a field that the writer did not set.
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
    pub(in crate::compat) fn new(
        made_by: String,
        read_by: String,
        struct_: &str,
        bytes: Vec<u8>,
    ) -> Self {
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

    pub(in crate::compat) fn claim(mut self, claim: WitnessClaim) -> Self {
        self.claims.push(claim);
        self
    }
}
