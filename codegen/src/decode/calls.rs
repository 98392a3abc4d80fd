//! Ioctl calls of a running program: which ioctl a number is, how many bytes its argument
//! has, and what these are.

use std::collections::{BTreeMap, BTreeSet};

use super::bytes::ByteReader;
use super::{Subject, candidates};
use crate::dump::Dump;
use crate::ir::{Abi, Arg, Ioctl, NewFd};
use crate::layout::Target;

/// The most bytes of an argument that are read.
const MOST_ARGUMENT: u64 = 1 << 20;
/// The most bytes of a string.
const MOST_TEXT: u64 = 256;
/// Bytes that show the size of an argument: argsz comes first.
pub const HEAD: u64 = 64;

/// An ioctl of one of several ABIs.
#[derive(Clone, Copy, Debug)]
pub struct CallKind<'a> {
    /// Its ABI.
    pub abi: &'a Abi,
    /// The ioctl.
    pub ioctl: &'a Ioctl,
}

impl CallKind<'_> {
    /// How many bytes its argument has in memory, given the first ones.
    pub fn argument_size(&self, target: &'static Target, head: &[u8]) -> u64 {
        let id = match self.ioctl.arg {
            Arg::None | Arg::Int => return 0,
            Arg::Fd | Arg::U32 => return 4,
            Arg::Text => return MOST_TEXT,
            Arg::Struct(id) => id,
        };
        let struct_ = self.abi.struct_(id);
        let reader = ByteReader { abi: self.abi, target, bytes: head };
        let layout = reader.layout(struct_);
        let Some(argsz) = struct_.argsz else { return layout.size };
        let minsz = struct_.minsz.map_or(layout.size, |minsz| layout.fields[minsz].end());
        let argsz = reader.unsigned(reader.span(struct_, 0, argsz)).unwrap_or(0);
        argsz.clamp(minsz, MOST_ARGUMENT)
    }

    /// The struct of its argument.
    pub fn subject(&self) -> Option<Subject> {
        Subject::argument(self.ioctl)
    }

    /// The kind of file descriptor that it works on.
    fn kind(&self) -> FdKindName {
        (self.abi.name.clone(), self.ioctl.fd)
    }
}

/// An ABI and a kind of file descriptor.
type FdKindName = (String, usize);

/// The calls of a program, in order: the kinds of its files become known by the ioctls
/// that only one kind has, and by the calls that return them.
#[derive(Debug)]
pub struct ProgramCalls<'a> {
    abis: &'a [Abi],
    /// The kinds that each file can have, by the name that the kernel gives it.
    kinds: BTreeMap<String, BTreeSet<FdKindName>>,
}

impl<'a> ProgramCalls<'a> {
    /// No calls so far.
    pub fn new(abis: &'a [Abi]) -> Self {
        Self { abis, kinds: BTreeMap::new() }
    }

    /// The ioctls with this number, on any file.
    pub fn with_number(&self, target: &Target, request: u32) -> Vec<CallKind<'a>> {
        let of_abi = |abi: &'a Abi| {
            let space = abi.ioctl_numbers.as_ref();
            let number = move |ioctl: &&Ioctl| {
                space.is_some_and(|space| target.ioc_none | space.low_half(ioctl.number) == request)
            };
            abi.ioctls.iter().filter(number).map(move |ioctl| CallKind { abi, ioctl })
        };
        self.abis.iter().flat_map(of_abi).collect()
    }

    /// The ioctls that a call on a file can be, given the bytes of its argument: one, if the
    /// kind of the file is known or only one struct is plausible.
    pub fn identify(
        &mut self,
        target: &'static Target,
        request: u32,
        file: &str,
        argument: &[u8],
    ) -> Vec<CallKind<'a>> {
        let mut found = self.with_number(target, request);
        let possible: BTreeSet<_> = found.iter().map(CallKind::kind).collect();
        let known = self.kinds.entry(file.to_owned()).or_insert_with(|| possible.clone());
        let both: BTreeSet<_> = known.intersection(&possible).cloned().collect();
        if !both.is_empty() {
            found.retain(|call| both.contains(&call.kind()));
            *known = both;
        }
        if found.len() > 1 {
            let weight = |call: &CallKind<'_>| {
                let dump = Dump::of_bytes(argument.to_vec());
                let subject = call.subject()?;
                candidates(call.abi, &[subject], target, &dump).first().map(|best| best.weight)
            };
            let least = found.iter().filter_map(weight).min();
            found.retain(|call| weight(call) == least);
        }
        found
    }

    /// Notes the file that a call returned.
    pub fn returned(&mut self, call: &CallKind<'_>, file: &str) {
        if let Some(NewFd::Kind(kind)) = call.ioctl.returns_fd {
            let kinds = BTreeSet::from([(call.abi.name.clone(), kind)]);
            self.kinds.insert(file.to_owned(), kinds);
        }
    }
}
