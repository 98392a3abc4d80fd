//! The jobs for a pair of releases: replies of every profile of the writing
//! release, with every set of its capabilities.

use std::fmt::Write;

use capchain::ir::{Abi, Capability, Host};
use capchain::model::{Cap, HandlerModel, sample};
use support::profiles::{self, Named};

/// The largest argsz beyond the full reply.
const SLACK: u64 = 9;

/// How many elements arrays have.
pub(crate) const ELEMENTS: u64 = 2;

/// A reply to be written, for every argsz.
pub(crate) struct Job<'a> {
    /// The ABI of the release that writes.
    pub(crate) abi: &'a Abi,
    /// The rules.
    pub(crate) named: Named<'a>,
    /// Their place among all of the release.
    profile: usize,
    /// The capabilities, in their order.
    pub(crate) caps: Vec<(&'a Capability, Cap)>,
    /// The values of the fixed part, in the order of `profiles::fields`.
    pub(crate) values: [u64; 8],
    /// The size of the full reply.
    pub(crate) need: u64,
}

/// All jobs of a release.
pub(crate) fn all(abi: &Abi) -> Vec<Job<'_>> {
    let mut jobs = Vec::new();
    for (profile, Named { chain, .. }) in profiles::all(abi).iter().enumerate() {
        for set in 0..1_u32 << chain.capabilities.len() {
            let named = profiles::all(abi).swap_remove(profile);
            let caps = chain.capabilities.iter().enumerate();
            let caps = caps.filter(|(index, _)| set >> index & 1 == 1);
            let caps = caps.map(|(_, index)| abi.capability(*index));
            let caps: Vec<_> = caps.map(|cap| (cap, sample::cap(abi, cap, ELEMENTS))).collect();
            let model = HandlerModel::new(abi, named.ioctl, named.handler).expect("rules");
            let bodies: Vec<_> = caps.iter().map(|(_, cap)| cap.clone()).collect();
            let need = model.need(&bodies);
            let values = values(abi, &named);
            jobs.push(Job { abi, named, profile, caps, values, need });
        }
    }
    jobs
}

/// Marks of the fields; the flag that there is a chain is not the server's.
fn values(abi: &Abi, named: &Named<'_>) -> [u64; 8] {
    let mut values = [0; 8];
    for (nth, field, int) in profiles::fields(abi, named.chain) {
        let marks = (0..int.size()).map(|at| u64::from(sample::mark(&field.name, at)) << (8 * at));
        values[nth] = marks.fold(0, |number, byte| number | byte);
    }
    let host = named.chain.offset_host().expect("profiles have a host");
    let flags = &abi.struct_(host.struct_).fields[host.flags].name;
    let (nth, ..) = profiles::fields(abi, named.chain)
        .find(|(_, field, _)| field.name == *flags)
        .expect("flags are among the fields");
    values[nth] &= !host.flag.1;
    values
}

impl<'a> Job<'a> {
    /// The host struct, and the flag of the chain.
    pub(crate) fn host(&self) -> &'a Host {
        self.named.chain.offset_host().expect("profiles have a host")
    }

    /// The name of the host struct.
    pub(crate) fn struct_(&self) -> &'a str {
        &self.abi.struct_(self.host().struct_).name
    }

    /// The largest argsz.
    pub(crate) fn most(&self) -> u64 {
        self.need + SLACK
    }

    /// The line that the programs read.
    pub(crate) fn line(&self, writer: &str) -> String {
        let struct_ = self.abi.struct_(self.host().struct_);
        let argsz = struct_.argsz.expect("a host has argsz");
        let argsz = struct_.kernel_span(argsz).offset;
        let (chain, most) = (&self.named.chain.name, self.most());
        let mut line = format!("{writer} {} {} {chain} {argsz} {most}", self.profile, struct_.name);
        for value in self.values {
            write!(line, " {value}").expect("text");
        }
        write!(line, " {}", self.caps.len()).expect("text");
        for (_, Cap { id, version, body, .. }) in &self.caps {
            let hex: String = body.iter().map(|byte| format!("{byte:02x}")).collect();
            let hex = if hex.is_empty() { "-" } else { &hex };
            write!(line, " {id} {version} {hex}").expect("text");
        }
        line + "\n"
    }
}
