//! Ioctls and the reply rules of their handlers.

use schemars::JsonSchema;
use serde::Serialize;

use super::items::{MetaJson, SinceJson};
use super::numbers::new_fd;
use crate::ir::{
    Abi, Arg, Copied, Handler, Ioctl, Limit, RefusedNumber, RepliesOn, ReplyArray, ReplyChain,
    Struct, TailCheck,
};
use crate::reply::{ArgszReply, Padding, Unset, WhenTooSmall};

/// An ioctl.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Ioctl")]
pub(in crate::emit) struct IoctlJson<'a> {
    /// The kernel's name.
    pub(in crate::emit) name: &'a str,
    #[serde(flatten)]
    pub(in crate::emit) meta: MetaJson<'a>,
    /// Its number, counted from the base.
    pub(in crate::emit) number: u32,
    /// Its request code. Alpha, MIPS, PowerPC and SPARC set bit 29 as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) code: Option<u32>,
    /// The kind of file descriptor.
    pub(in crate::emit) descriptor: &'a str,
    /// The backends that serve it; all of them if the list is empty.
    pub(in crate::emit) backends: &'a [String],
    /// Its argument.
    pub(in crate::emit) argument: ArgJson<'a>,
    /// Its result, if that can be more than 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) returns: Option<&'a [String]>,
    /// The kind of file descriptor that it returns; `other` for any other kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) returns_fd: Option<&'a str>,
    /// Until when memory is accessed after the call, if the argument does not show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) lasting: Option<&'a [String]>,
    /// How the kernel's handlers reply.
    pub(in crate::emit) handlers: Vec<HandlerJson<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Arg")]
#[serde(rename_all = "snake_case", tag = "kind")]
pub(in crate::emit) enum ArgJson<'a> {
    /// None; 0 is passed.
    None,
    /// A number.
    Int,
    /// A pointer to a file descriptor.
    Fd,
    /// A pointer to a `u32`.
    U32,
    /// A pointer to a string.
    String,
    /// A pointer to a struct.
    Struct {
        /// Its name.
        #[serde(rename = "struct")]
        struct_: &'a str,
    },
}

impl<'a> IoctlJson<'a> {
    pub(in crate::emit) fn of(abi: &'a Abi, ioctl: &'a Ioctl) -> Self {
        let struct_ = match ioctl.arg {
            Arg::Struct(id) => Some(abi.struct_(id)),
            _ => None,
        };
        Self {
            name: &ioctl.name,
            meta: MetaJson::of(&ioctl.meta),
            number: ioctl.number,
            code: abi.ioctl_numbers.as_ref().map(|numbers| numbers.low_half(ioctl.number)),
            descriptor: &abi.fds[ioctl.fd].name,
            backends: &ioctl.backends,
            argument: match ioctl.arg {
                Arg::None => ArgJson::None,
                Arg::Int => ArgJson::Int,
                Arg::Fd => ArgJson::Fd,
                Arg::U32 => ArgJson::U32,
                Arg::Text => ArgJson::String,
                Arg::Struct(id) => ArgJson::Struct { struct_: &abi.struct_(id).name },
            },
            returns: ioctl.returns.as_deref(),
            returns_fd: ioctl.returns_fd.map(|fd| new_fd(abi, fd)),
            lasting: ioctl.lasting.as_deref(),
            handlers: ioctl.handlers.iter().map(|one| HandlerJson::of(struct_, one)).collect(),
        }
    }
}

/// How a handler of the kernel treats the caller's buffer. Numbers of bytes are those of
/// a 64-bit kernel.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Handler")]
pub(in crate::emit) struct HandlerJson<'a> {
    /// Its short name.
    pub(in crate::emit) name: &'a str,
    /// Its kernel file and function.
    pub(in crate::emit) source: &'a str,
    /// The first release with these rules.
    pub(in crate::emit) since: SinceJson,
    /// The first release without these rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) until: Option<String>,
    /// Notes about it.
    pub(in crate::emit) doc: &'a [String],
    /// The bytes that argsz must cover.
    pub(in crate::emit) minsz: u64,
    /// The error for fewer bytes.
    pub(in crate::emit) short: &'a str,
    /// The checks of the argument; null if its tail is not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) checks: Option<ChecksJson<'a>>,
    /// The errors with which the reply is copied out nevertheless; `any` for all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::emit) replies_on: Vec<&'a str>,
    /// How many bytes are copied in.
    pub(in crate::emit) reads: CopiedJson<'a>,
    /// How many bytes of the fixed part are copied out.
    pub(in crate::emit) writes: CopiedJson<'a>,
    /// The content of output bytes that are not set.
    pub(in crate::emit) unset: Unset,
    /// Input fields that must be below a number.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::emit) below: Vec<FieldNumberJson<'a>>,
    /// Input fields with a number that some devices refuse with EINVAL.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::emit) may_refuse: Vec<FieldNumberJson<'a>>,
    /// The error for an id in the flags that the device does not have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) absent: Option<&'a str>,
    /// How the array after the fixed part is appended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) array: Option<ReplyArrayJson<'a>>,
    /// How the chain is appended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) chain: Option<ReplyChainJson<'a>>,
}

/// The checks of an argument, each with its error.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Checks")]
pub(in crate::emit) struct ChecksJson<'a> {
    /// The offset from which on all bytes must be zero.
    pub(in crate::emit) zero_after: u64,
    /// The error for another byte there.
    pub(in crate::emit) tail: &'a str,
    /// The error for a flag that does not exist.
    pub(in crate::emit) flag: &'a str,
    /// The error for a number that an enum does not have.
    pub(in crate::emit) value: &'a str,
    /// The error for a reserved field that is not zero.
    pub(in crate::emit) reserved: &'a str,
    /// Input fields that are not checked.
    pub(in crate::emit) unchecked: Vec<&'a str>,
}

/// How much of the caller's buffer is copied.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Copied")]
#[serde(rename_all = "snake_case", tag = "kind")]
pub(in crate::emit) enum CopiedJson<'a> {
    /// Up to the last of these ends that argsz covers; nothing if the list is empty.
    Ends {
        /// Numbers of bytes, ascending.
        ends: &'a [u64],
    },
    /// As much as argsz covers.
    Fitting,
    /// These fields as far as argsz covers them, and nothing else.
    Only {
        /// The fields.
        fields: Vec<&'a str>,
    },
}

impl<'a> CopiedJson<'a> {
    fn of(copied: &'a Copied, field: impl Fn(usize) -> &'a str) -> Self {
        match copied {
            Copied::Ends(ends) => Self::Ends { ends },
            Copied::Fitting => Self::Fitting,
            Copied::Only(fields) => {
                Self::Only { fields: fields.iter().map(|at| field(*at)).collect() }
            }
        }
    }
}

/// An input field and a number.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FieldNumber")]
pub(in crate::emit) struct FieldNumberJson<'a> {
    /// The field.
    pub(in crate::emit) field: &'a str,
    /// The constant for the number.
    pub(in crate::emit) constant: &'a str,
    /// The number.
    pub(in crate::emit) number: u64,
}

/// How a handler appends the array that ends its argument: all of it or nothing.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ReplyArray")]
pub(in crate::emit) struct ReplyArrayJson<'a> {
    /// The field.
    pub(in crate::emit) field: &'a str,
    /// The error that the call fails with if the array does not fit.
    pub(in crate::emit) error: &'a str,
    /// The fields that are set in this case; null for all.
    pub(in crate::emit) sets: Option<Vec<&'a str>>,
}

/// How a handler appends its chain.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ReplyChain")]
pub(in crate::emit) struct ReplyChainJson<'a> {
    /// The offset of the first capability.
    pub(in crate::emit) offset: u64,
    /// The alignment of further capabilities.
    pub(in crate::emit) align: u64,
    /// The reply to a buffer that is too small.
    pub(in crate::emit) when_too_small: WhenTooSmall,
    /// The content of the bytes between capabilities.
    pub(in crate::emit) padding: Padding,
    /// When argsz is set to the size of the full reply.
    pub(in crate::emit) argsz: ArgszReply,
    /// The numbers of bytes of the fixed part that are copied out with a chain.
    pub(in crate::emit) writes: &'a [u64],
    /// The capabilities that it can append, in order.
    pub(in crate::emit) capabilities: &'a [String],
}

impl<'a> HandlerJson<'a> {
    fn of(struct_: Option<&'a Struct>, handler: &'a Handler) -> Self {
        // Only a handler with a struct has rules about fields.
        let field =
            |index: usize| struct_.map_or("", |struct_| struct_.fields[index].name.as_str());
        let below = handler.below.iter().map(|(index, Limit { name, number })| FieldNumberJson {
            field: field(*index),
            constant: name,
            number: *number,
        });
        let refused = handler.may_refuse.iter();
        let refused = refused.map(|(index, RefusedNumber { name, number })| FieldNumberJson {
            field: field(*index),
            constant: name,
            number: *number,
        });
        let array = |array: &'a ReplyArray| ReplyArrayJson {
            field: field(array.field),
            error: &array.error,
            sets: array.sets.as_ref().map(|sets| sets.iter().map(|index| field(*index)).collect()),
        };
        Self {
            name: &handler.name,
            source: &handler.source,
            since: handler.since.into(),
            until: handler.until.map(|release| release.to_string()),
            doc: &handler.doc,
            minsz: handler.minsz,
            short: &handler.errors.short,
            checks: match handler.tail {
                TailCheck::Ignored => None,
                TailCheck::ZeroAfter(zero_after) => Some(ChecksJson {
                    zero_after,
                    tail: &handler.errors.tail,
                    flag: &handler.errors.flag,
                    value: &handler.errors.value,
                    reserved: &handler.errors.reserved,
                    unchecked: handler.unchecked.iter().map(|at| field(*at)).collect(),
                }),
            },
            replies_on: match &handler.replies_on {
                RepliesOn::Any => vec!["any"],
                RepliesOn::Errors(errors) => errors.iter().map(String::as_str).collect(),
            },
            reads: CopiedJson::of(&handler.reads, field),
            writes: CopiedJson::of(&handler.writes, field),
            unset: handler.unset,
            below: below.collect(),
            may_refuse: refused.collect(),
            absent: handler.absent.as_deref(),
            array: handler.array.as_ref().map(array),
            chain: handler.chain.as_ref().map(ReplyChainJson::of),
        }
    }
}

impl<'a> ReplyChainJson<'a> {
    fn of(chain: &'a ReplyChain) -> Self {
        Self {
            offset: chain.offset,
            align: chain.align,
            when_too_small: chain.when_too_small,
            padding: chain.padding,
            argsz: chain.argsz,
            writes: &chain.writes,
            capabilities: &chain.capabilities,
        }
    }
}
