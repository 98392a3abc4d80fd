//! The handlers of ioctls: the rules by which they treat arguments and replies.

use super::Doc;
use crate::diagnostic::Place;
use crate::release::{Release, Since};
use crate::reply::{ArgszReply, ArgumentStart, Padding, TailRule, Unset, WhenTooSmall};

/// How one handler of the kernel treats the caller's buffer.
#[derive(Clone, Debug)]
pub struct Handler {
    /// Its short name.
    pub name: String,
    /// Its kernel file and function.
    pub source: String,
    /// The first release with these rules.
    pub since: Since,
    /// The first release without these rules.
    pub until: Option<Release>,
    /// Notes about it.
    pub doc: Doc,
    /// The bytes that argsz must cover.
    pub minsz: u64,
    /// How many bytes are copied in.
    pub reads: Copied,
    /// How many bytes of the fixed part are copied out.
    pub writes: Copied,
    /// The treatment of bytes after the struct.
    pub tail: TailCheck,
    /// The errors for arguments that are not accepted.
    pub errors: ArgumentErrors,
    /// Input fields by index that are not checked, although the tail is.
    pub unchecked: Vec<usize>,
    /// The errors with which the reply is copied out nevertheless.
    pub replies_on: RepliesOn,
    /// The content of output bytes that are not set.
    pub unset: Unset,
    /// Input fields by index, each with its limit.
    pub below: Vec<(usize, Limit)>,
    /// Input fields by index, each with a number that some devices refuse.
    pub may_refuse: Vec<(usize, RefusedNumber)>,
    /// The error for an id in the flags that the device does not have.
    pub absent: Option<String>,
    /// How the array after the fixed part is appended.
    pub array: Option<ReplyArray>,
    /// How the chain is appended.
    pub chain: Option<ReplyChain>,
    /// The name under which the builder offers these rules.
    pub profile: Option<String>,
    /// Its place in the specification.
    pub place: Place,
}

/// How much of the caller's buffer is copied, in or out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Copied {
    /// Up to the last of these ends that argsz covers; nothing if the list is empty. The end
    /// of an array without a fixed length is in the list twice.
    Ends(Vec<u64>),
    /// As much as fits argsz.
    Fitting,
    /// These fields by index, as far as argsz covers them, and nothing else.
    Only(Vec<usize>),
}

/// The treatment of bytes after the struct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TailCheck {
    /// They are not read.
    Ignored,
    /// From this offset on they must be zero. It is the size of the struct, unless the
    /// handler compares with another size.
    ZeroAfter(u64),
}

/// The errors with which the reply is copied out nevertheless.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RepliesOn {
    /// Every error.
    Any,
    /// These errors.
    Errors(Vec<String>),
}

/// The rules of a protocol, which those of a handler precede.
#[derive(Clone, Debug)]
pub struct ArgumentRules {
    /// The fields with which an argument starts.
    pub start: ArgumentStart,
    /// The treatment of bytes after the struct.
    pub tail: TailRule,
    /// The errors for arguments that are not accepted.
    pub errors: ArgumentErrors,
    /// The error for the number of an ioctl that does not exist.
    pub unknown_command: String,
}

/// The errors for arguments that are not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArgumentErrors {
    /// For an argument that ends before minsz.
    pub short: String,
    /// For a byte after the known struct that is not zero.
    pub tail: String,
    /// For a flag that does not exist.
    pub flag: String,
    /// For a number that an enum does not have.
    pub value: String,
    /// For a reserved field that is not zero.
    pub reserved: String,
}

/// The limit that an input field must be below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The constant.
    pub name: String,
    /// Its number.
    pub number: u64,
}

/// A number of an input field that fails with EINVAL on some devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedNumber {
    /// The constant.
    pub name: String,
    /// Its number.
    pub number: u64,
}

/// How a handler appends the array that ends its argument: all of it or nothing.
#[derive(Clone, Debug)]
pub struct ReplyArray {
    /// Index of the field.
    pub field: usize,
    /// The error that the call fails with if the array does not fit.
    pub error: String,
    /// The fields that are set in this case, by index; an empty list means all.
    pub sets: Option<Vec<usize>>,
}

/// How a handler appends its chain.
#[derive(Clone, Debug)]
pub struct ReplyChain {
    /// Offset of the first capability.
    pub offset: u64,
    /// The alignment of further capabilities.
    pub align: u64,
    /// The reply to a buffer that is too small.
    pub when_too_small: WhenTooSmall,
    /// The content of the bytes between capabilities.
    pub padding: Padding,
    /// When argsz is set to the need.
    pub argsz: ArgszReply,
    /// The number of bytes of the fixed part that are copied out with a chain: the
    /// most of these that argsz covers, if that is more than without a chain.
    pub writes: Vec<u64>,
    /// The capabilities that it can append, in order.
    pub capabilities: Vec<String>,
}
