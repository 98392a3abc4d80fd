//! How often a request calls and allocates, with the generated server's side in
//! place of a kernel.

use std::cell::Cell;

use vfio_abi::views::{Buffer, BuildError, NewCap, REGION, RegionInfo, RequestError};

use crate::allocations::during;
use crate::replies::Bodies;
use crate::{Result, allocating, replies};

/// How many capabilities the reply has.
const CAPS: usize = 3;

/// What a request for the chain of three capabilities cost.
struct Request {
    title: &'static str,
    calls: u32,
    allocations: u64,
    /// What the numbers must be at most, where that is set.
    goal: Option<(u32, u64)>,
}

/// Prints a row for each buffer, and one for the way that casts.
pub(crate) fn print() -> Result<()> {
    println!("A request for the chain of {CAPS}, with a walk of the reply");
    println!("  {:<40} {:>5}  {:>11}", "", "calls", "allocations");
    let (mut slice, mut small, mut grown) = ([0; 512], vec![0; 32], vec![0; 512]);
    let requests = [
        views("generated Rust, 512 bytes on the stack", &mut slice[..], (1, 0))?,
        views("generated Rust, a Vec of 32 that grows", &mut small, (2, 1))?,
        views("generated Rust, the same Vec again", &mut small, (1, 0))?,
        views("generated Rust, a Vec of 512", &mut grown, (1, 0))?,
        casting("Rust, cast and collect")?,
    ];
    for Request { title, calls, allocations, goal } in requests {
        let remark = goal.map(|(most_calls, most_allocations)| {
            let kept = calls <= most_calls && allocations <= most_allocations;
            let verdict = if kept { "kept" } else { "MISSED" };
            format!("goal: {most_calls} and {most_allocations}, {verdict}")
        });
        println!("  {title:<40} {calls:>5}  {allocations:>11}  {}", remark.unwrap_or_default());
    }
    Ok(())
}

fn views<B: Buffer + ?Sized>(
    title: &'static str,
    buffer: &mut B,
    goal: (u32, u64),
) -> Result<Request> {
    let bodies = Bodies::new();
    let server = Server::new(&bodies);
    let (caps, allocations) = during(|| {
        let info = RegionInfo::request(buffer, 0, |bytes| server.answer(bytes))?;
        Ok::<_, RequestError<BuildError>>(info.caps().flatten().count())
    });
    expect(caps?)?;
    Ok(Request { title, calls: server.calls.get(), allocations, goal: Some(goal) })
}

fn casting(title: &'static str) -> Result<Request> {
    let bodies = Bodies::new();
    let server = Server::new(&bodies);
    let (caps, allocations) = during(|| allocating::request(|bytes| server.answer(bytes)));
    expect(caps?.len())?;
    Ok(Request { title, calls: server.calls.get(), allocations, goal: None })
}

/// A kernel that counts its calls.
struct Server<'a> {
    caps: Vec<NewCap<'a>>,
    calls: Cell<u32>,
}

impl<'a> Server<'a> {
    fn new(bodies: &'a Bodies) -> Self {
        Self { caps: bodies.caps(CAPS), calls: Cell::new(0) }
    }

    /// Answers as the kernel does, without allocating.
    fn answer(&self, bytes: &mut [u8]) -> std::result::Result<usize, BuildError> {
        self.calls.set(self.calls.get() + 1);
        REGION.reply(bytes, &replies::fixed(), &self.caps).map(|_| bytes.len())
    }
}

fn expect(caps: usize) -> Result<()> {
    if caps == CAPS { Ok(()) } else { Err(format!("{caps} capabilities, not {CAPS}").into()) }
}
