//! Every reader with every writer: a program built with one release asks a
//! kernel of another, with every argsz up to the full reply and beyond, about
//! devices with every set of capabilities. The kernel is the model of the reply
//! rules; the program keeps the hypotheses of the theorem: it sets argsz to the
//! size of its buffer on every call, tests the flag and then the offset, and
//! passes over ids that it does not know.
//!
//! Releases that agree in all of this are tried once.

mod reader;
mod writer;

use std::collections::HashMap;

use capchain::ir::{Abi, Arg, Ioctl};
use capchain::parallel;
use capchain::release::Release;
use reader::Reader;
use writer::{Reply, Writer};

/// The statistics of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Pairs of a program's release and a kernel's.
    pub pairs: u64,
    /// Pairs of a reader and a writer that differ from all others.
    pub distinct: u64,
    /// Replies that the kernels gave.
    pub replies: u64,
    /// Replies as programs read them, of distinct pairs.
    pub readings: u64,
    /// Sets of capabilities.
    pub sets: u64,
    /// Values of argsz.
    pub argsz: u64,
    /// Bytes that were compared.
    pub bytes: u64,
}

/// A value that was read differently from the written one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The releases whose programs read.
    pub readers: Vec<Release>,
    /// The releases whose kernels answered.
    pub writers: Vec<Release>,
    /// The ioctl.
    pub ioctl: String,
    /// The kernel's handler.
    pub handler: String,
    /// The capabilities that the device has.
    pub caps: Vec<String>,
    /// The request of the program.
    pub argsz: u64,
    /// The difference.
    pub what: String,
}

/// Tries all pairs of these ABIs. For a pair that reads a wrong value, the first
/// such value is reported.
pub fn all(abis: &[Abi]) -> (Counts, Vec<Mismatch>) {
    let mut counts = Counts { pairs: (abis.len() * abis.len()) as u64, ..Counts::default() };
    let mut mismatches = Vec::new();
    let ioctls = names(abis);
    let tried = parallel::map(&ioctls, |ioctl| of_ioctl(abis, ioctl));
    for (tally, found) in tried {
        counts.add(tally);
        mismatches.extend(found);
    }
    (counts, mismatches)
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.distinct += other.distinct;
        self.replies += other.replies;
        self.readings += other.readings;
        self.sets += other.sets;
        self.argsz += other.argsz;
        self.bytes += other.bytes;
    }
}

/// Every ioctl that takes a struct, in any of the ABIs.
fn names(abis: &[Abi]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for ioctl in abis.iter().flat_map(|abi| &abi.ioctls) {
        if matches!(ioctl.arg, Arg::Struct(_)) && !names.contains(&ioctl.name.as_str()) {
            names.push(&ioctl.name);
        }
    }
    names
}

/// Equal values of several releases, each with its releases.
struct Distinct<T> {
    list: Vec<(T, Vec<Release>)>,
    known: HashMap<String, usize>,
}

impl<T: std::fmt::Debug> Distinct<T> {
    fn new() -> Self {
        Self { list: Vec::new(), known: HashMap::new() }
    }

    fn add(&mut self, one: T, release: Release) {
        let at = *self.known.entry(format!("{one:?}")).or_insert(self.list.len());
        match self.list.get_mut(at) {
            Some((_, releases)) => releases.push(release),
            None => self.list.push((one, vec![release])),
        }
    }
}

fn of_ioctl(abis: &[Abi], name: &str) -> (Counts, Vec<Mismatch>) {
    let (mut readers, mut writers) = (Distinct::new(), Distinct::new());
    for abi in abis {
        let named = |ioctl: &&Ioctl| ioctl.name == name;
        let Some(ioctl) = abi.ioctls.iter().find(named) else { continue };
        if let Some(reader) = Reader::new(abi, ioctl) {
            readers.add(reader, abi.release);
        }
        for writer in Writer::all(abi, ioctl) {
            writers.add(writer, abi.release);
        }
    }
    let (mut counts, mut mismatches) = (Counts::default(), Vec::new());
    for (writer, kernels) in &writers.list {
        let replies = writer.replies();
        counts.replies += replies.len() as u64;
        counts.sets += writer.sets.len() as u64;
        counts.argsz += writer.most() + 1;
        for (reader, programs) in &readers.list {
            counts.distinct += 1;
            counts.readings += replies.len() as u64;
            let found = replies.iter().find_map(|reply| {
                let what = reader.check(reply, &mut counts.bytes)?;
                Some((reply, what))
            });
            mismatches.extend(found.map(|(reply, what): (&Reply<'_>, String)| Mismatch {
                readers: programs.clone(),
                writers: kernels.clone(),
                ioctl: name.to_owned(),
                handler: writer.handler.clone(),
                caps: reply.caps.iter().map(|cap| cap.name.clone()).collect(),
                argsz: reply.argsz,
                what,
            }));
        }
    }
    (counts, mismatches)
}
