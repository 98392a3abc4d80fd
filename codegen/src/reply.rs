//! The words of the reply rules, shared by the specification and the resolved
//! ABI: how a handler treats a buffer.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The error of the kernel for an invalid argument, where no rule states another.
pub const INVALID: &str = "EINVAL";

/// The behaviour of a number that counts others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// It grows with them and is not part of the ABI.
    Moves,
    /// Its value never changes again.
    Frozen,
}

/// The fields with which the argument of an ioctl starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ArgumentStart {
    /// Its size and its flags.
    #[default]
    ArgszFlags,
    /// Its size.
    Size,
}

/// The treatment of bytes that argsz covers after the struct as a kernel knows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TailRule {
    /// The kernel does not read them.
    #[default]
    Ignored,
    /// The call fails if one of them is not zero.
    Zero,
}

/// The content of output bytes that the handler does not set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unset {
    /// The caller's bytes.
    #[default]
    Echo,
    /// Zero.
    Zero,
    /// Bytes of the kernel's stack.
    Stack,
}

/// The reply to a buffer that is too small for the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhenTooSmall {
    /// The flag set and a `cap_offset` of 0.
    OffsetZero,
    /// The flag set and a `cap_offset` of 0, and the capabilities that fit.
    Partial,
    /// The flag clear.
    FlagClear,
    /// The flag set and the `cap_offset` of the full reply, although nothing follows.
    OffsetSet,
}

/// The bytes between capabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Padding {
    /// Zero.
    #[default]
    Zero,
    /// The caller's bytes.
    Echo,
}

/// When a reply's argsz is set to the size of the full reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ArgszReply {
    /// When the buffer is too small for it.
    #[default]
    WhenTooSmall,
    /// Always, so that it can shrink.
    Always,
}

/// The direction of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From the caller to the kernel.
    In,
    /// From the kernel to the caller.
    Out,
    /// Both.
    InOut,
}

impl Direction {
    /// Whether the kernel writes it.
    pub fn is_written(self) -> bool {
        self != Self::In
    }
}

/// The effect of memory that is shorter than the kernel's form of the data in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhenShorter {
    /// EINVAL.
    Refused,
    /// The kernel reads zeros in place of the missing bytes.
    ZeroFilled,
    /// The kernel writes the first bytes only.
    Cut,
}

/// The effect of memory that is longer than the kernel's form of the data in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhenLonger {
    /// EINVAL, whatever the other bytes are.
    Refused,
    /// E2BIG, unless the other bytes are zero.
    Zero,
    /// The kernel writes zeros to the other bytes.
    Zeroed,
    /// The kernel leaves the other bytes as they are.
    Kept,
}

/// The length of memory, or the number of its elements, that a call returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReturnedLength {
    /// That of the kernel's data, which can be more than the memory.
    Full,
    /// That of the part that the kernel has written.
    Written,
    /// The number of elements that the kernel has finished.
    Done,
}

/// The content of bits that a handler of a region does not read from the device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum KeptValue {
    /// A copy of the device's bits.
    #[default]
    Device,
    /// Zeros.
    Zero,
    /// Ones.
    One,
    /// A value that only the host knows.
    Host,
}

/// The treatment of a hidden capability that is the first of its chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FirstHidden {
    /// The offset before the chain leads to the next capability.
    Unlinked,
    /// Its header stays, with an offset of the next capability and zeros.
    Anchor,
}
