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
        let reader = ByteReader { abi: self.abi, target, bytes: head, companion: &[] };
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

    /// The memory that its argument has the address of: the addresses, each with a length. The
    /// memory of mappings, which devices access, is left out.
    pub fn memory(&self, target: &'static Target, argument: &[u8]) -> Vec<(u64, u64)> {
        let Some(subject) = self.subject() else { return Vec::new() };
        let decoded = super::decode(self.abi, subject, target, argument);
        let pointers = decoded.pointers().into_iter().filter(|one| !one.is_lasting());
        let sized = pointers.filter_map(|one| Some((one.address, one.length?.min(MOST_ARGUMENT))));
        sized.collect()
    }

    /// The kinds of files that serve it.
    fn servers(&self) -> Vec<Server> {
        servers(self.abi, self.ioctl.fd, &self.ioctl.backends)
    }
}

/// A kind of file: an ABI, a kind of descriptor, and a backend if the kind has some.
type Server = (String, usize, String);

/// The backends of a kind of descriptor, or all of them if none is named.
fn servers(abi: &Abi, kind: usize, named: &[String]) -> Vec<Server> {
    let all = abi.fds.get(kind).into_iter().flat_map(|kind| &kind.backends);
    let mut backends: Vec<_> = named.to_vec();
    if backends.is_empty() {
        backends.extend(all.map(|(name, _)| name.clone()));
    }
    if backends.is_empty() {
        backends.push(String::new());
    }
    backends.into_iter().map(|backend| (abi.name.clone(), kind, backend)).collect()
}

/// The calls of a program, in order: the kinds of its files become known by ioctls that
/// succeed and that only one kind has, and by the calls that return them.
#[derive(Debug)]
pub struct ProgramCalls<'a> {
    abis: &'a [Abi],
    /// The kinds that each file can have, by the name that the kernel gives it.
    servers: BTreeMap<String, BTreeSet<Server>>,
}

impl<'a> ProgramCalls<'a> {
    /// No calls so far.
    pub fn new(abis: &'a [Abi]) -> Self {
        Self { abis, servers: BTreeMap::new() }
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

    /// The ioctls that a call on a file can be: one, if the earlier calls of the file decide,
    /// or if the call succeeded and one struct is more plausible for its argument.
    pub fn identify(
        &mut self,
        target: &'static Target,
        request: u32,
        file: &str,
        answer: Option<&[u8]>,
    ) -> Vec<CallKind<'a>> {
        let mut found = self.with_number(target, request);
        let possible: BTreeSet<_> = found.iter().flat_map(CallKind::servers).collect();
        let known = self.servers.entry(file.to_owned()).or_insert_with(|| possible.clone());
        let fits = |call: &CallKind<'_>, servers: &BTreeSet<Server>| {
            call.servers().iter().any(|server| servers.contains(server))
        };
        if possible.intersection(known).next().is_some() {
            found.retain(|call| fits(call, known));
        }
        if let Some(bytes) = answer.filter(|_| found.len() > 1) {
            let weight = |call: &CallKind<'_>| {
                let dump = Dump::of_bytes(bytes.to_vec());
                let subject = call.subject()?;
                candidates(call.abi, &[subject], target, &dump).first().map(|best| best.weight)
            };
            let least = found.iter().filter_map(weight).min();
            found.retain(|call| weight(call) == least);
        }
        if answer.is_some() {
            let served: BTreeSet<_> = found.iter().flat_map(CallKind::servers).collect();
            let both: BTreeSet<_> = known.intersection(&served).cloned().collect();
            *known = if both.is_empty() { served } else { both };
        }
        found
    }

    /// Notes the file that a call returned.
    pub fn returned(&mut self, call: &CallKind<'_>, file: &str) {
        if let Some(NewFd::Kind(kind)) = call.ioctl.returns_fd {
            let kinds = servers(call.abi, kind, &[]).into_iter().collect();
            self.servers.insert(file.to_owned(), kinds);
        }
    }
}
