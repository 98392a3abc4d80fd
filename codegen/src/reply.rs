//! The vocabulary of the reply rules, shared by the specification and the
//! resolved ABI: what a handler does to a buffer. Data only.

use schemars::JsonSchema;
use serde::Deserialize;

/// How the enumerator that counts the others behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// It grows with the enum and is not part of the ABI.
    Moves,
    /// Its value is fixed for good.
    Frozen,
}

/// What output bytes hold that the handler does not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unset {
    /// What the caller had there.
    Echo,
    /// Zero.
    Zero,
    /// Whatever was on the kernel's stack.
    Stack,
}

/// What a buffer sees that is too small for the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhenTooSmall {
    /// The flag set and a `cap_offset` of 0.
    OffsetZero,
    /// The flag set and a `cap_offset` of 0, behind it those capabilities that fit.
    Partial,
    /// The flag clear.
    FlagClear,
}

/// What stands between capabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Padding {
    /// Zero.
    #[default]
    Zero,
    /// What the caller had there.
    Echo,
}

/// When a reply's argsz is set to the size of the full reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ArgszReply {
    /// When the buffer is too small for it.
    #[default]
    #[serde(rename = "when_short")]
    WhenTooSmall,
    /// Always, so that it can shrink.
    Always,
}

/// Which way a field travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the caller to the kernel.
    In,
    /// From the kernel to the caller.
    Out,
    /// Both.
    InOut,
}
