//! The protocol of an ABI: how the arguments of its ioctls start, and the errors for
//! arguments that a kernel does not accept.

use schemars::JsonSchema;
use serde::Deserialize;

use super::handlers::CopiedWord;
use super::types::ErrorName;
use super::wrappers::{List, Placed, ValueOrMap, WordOrNames};
use crate::reply::{ArgumentStart, TailRule};

/// The protocol of an ABI. The rules of a handler precede its own.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub struct ProtocolSpec {
    /// The fields with which an argument starts; by default `argsz_flags`.
    #[serde(default)]
    pub start: ArgumentStart,
    /// Bytes after the struct as the release knows it; by default `ignored`.
    #[serde(default)]
    pub tail: TailRule,
    /// The errors for arguments that are not accepted.
    #[serde(default)]
    pub errors: ErrorsSpec,
    /// The error for the number of an ioctl that does not exist; by default `ENOTTY`.
    pub unknown_command: Option<ErrorName>,
    /// How much of an argument is copied, if a handler does not say it.
    #[serde(default)]
    pub reply: CopiesSpec,
}

/// How much of an argument is copied, if a handler does not say it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub struct CopiesSpec {
    /// How much is copied in; by default `minsz`.
    pub reads: Option<CopiedWord>,
    /// How much of the fixed part is copied out; by default `nothing`.
    pub writes: Option<CopiedWord>,
}

/// The errors for arguments that are not accepted.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub struct ErrorsSpec {
    /// The error for an argument that ends before minsz; by default `EINVAL`.
    pub short: Option<ErrorName>,
    /// The error for a byte after the known struct that is not zero; by default `E2BIG`.
    pub tail: Option<ErrorName>,
    /// The error for a flag that does not exist; by default `EINVAL`.
    pub flag: Option<ErrorName>,
    /// The error for a number that an enum does not have; by default `EINVAL`.
    pub value: Option<ErrorName>,
    /// The error for a reserved field that is not zero; by default `EINVAL`.
    pub reserved: Option<ErrorName>,
}

impl ErrorsSpec {
    /// These errors, completed with others.
    pub(crate) fn or(&self, other: &Self) -> Self {
        let either = |own: &Option<ErrorName>, other: &Option<ErrorName>| {
            own.as_ref().or(other.as_ref()).cloned()
        };
        Self {
            short: either(&self.short, &other.short),
            tail: either(&self.tail, &other.tail),
            flag: either(&self.flag, &other.flag),
            value: either(&self.value, &other.value),
            reserved: either(&self.reserved, &other.reserved),
        }
    }
}

/// What a handler does with bytes after the struct: a word, or the field after which they
/// must be zero.
pub type TailSpec = ValueOrMap<Placed<TailRule>, ZeroAfterSpec>;

/// The field after which all bytes must be zero.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct ZeroAfterSpec {
    /// The last field that may differ from zero.
    pub zero_after: Placed<String>,
}

/// How much a handler copies out: as much as `reads` can say, or a list of fields and
/// nothing before them.
pub type WrittenSpec = ValueOrMap<super::CopiedSpec, OnlySpec>;

/// Fields that are copied out, and nothing else.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct OnlySpec {
    /// The fields.
    pub only: List<Placed<String>>,
}

/// The errors with which the reply is copied out nevertheless: `any`, or a list.
pub type RepliesOnSpec = WordOrNames<AnyError>;

/// Every error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnyError {
    /// Every error.
    Any,
}
