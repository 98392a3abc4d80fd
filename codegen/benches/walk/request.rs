//! The number of calls and allocations of a request, and its time. The kernel is
//! replaced by a copy of the reply.

use std::cell::Cell;
use std::convert::Infallible;
use std::hint::black_box;
use std::time::Instant;

use vfio_abi::views::{Buffer, RegionInfo, RequestError};

use crate::allocations::during;
use crate::{Result, allocating, replies};

/// The number of capabilities in the reply.
const CAPS: usize = 3;

/// Requests of a timed run, and the number of runs; the median counts.
const TIMES: u32 = 100_000;
const RUNS: usize = 11;

/// Prints a row for each buffer, and one for the walk that casts.
pub(crate) fn print() -> Result<()> {
    println!("A request for the chain of {CAPS}, with a walk of the reply");
    println!("  {:<40} {:>5}  {:>11}  {:>9}", "", "calls", "allocations", "time");
    let kernel = Kernel::new()?;
    let mut slice = [0; 512];
    let stack = "generated Rust, 512 bytes on the stack";
    row(&kernel, stack, Some((1, 0)), || views(&kernel, &mut slice[..]))?;
    let fresh = "generated Rust, a new Vec of 32 that grows";
    row(&kernel, fresh, Some((2, 2)), || views(&kernel, &mut vec![0; 32]))?;
    let mut kept = vec![0; 32];
    views(&kernel, &mut kept)?;
    let again = "generated Rust, a Vec that has grown";
    row(&kernel, again, Some((1, 0)), || views(&kernel, &mut kept))?;
    row(&kernel, "Rust, cast and collect", None, || {
        allocating::request(|bytes| kernel.answer(bytes)).map(|caps| caps.len())
    })
}

/// Requests and walks; returns the number of capabilities.
fn views<B: Buffer + ?Sized>(
    kernel: &Kernel,
    buffer: &mut B,
) -> std::result::Result<usize, RequestError<Infallible>> {
    let info = RegionInfo::request(buffer, 0, |bytes| kernel.answer(bytes))?;
    Ok(info.caps().flatten().count())
}

/// Makes a request, and prints its calls and allocations with their limits.
fn row<E: std::error::Error + 'static>(
    kernel: &Kernel,
    title: &str,
    goal: Option<(u32, u64)>,
    mut request: impl FnMut() -> std::result::Result<usize, E>,
) -> Result<()> {
    kernel.calls.set(0);
    let (caps, allocations) = during(&mut request);
    if caps? != CAPS {
        return Err(format!("{title}: there are {CAPS} capabilities").into());
    }
    let calls = kernel.calls.get();
    let mut runs = [0.0; RUNS];
    for run in &mut runs {
        let start = Instant::now();
        for _ in 0..TIMES {
            black_box(request()?);
        }
        *run = start.elapsed().as_nanos() as f64 / f64::from(TIMES);
    }
    runs.sort_by(f64::total_cmp);
    let remark = goal.map_or(String::new(), |(most_calls, most_allocations)| {
        let kept = calls <= most_calls && allocations <= most_allocations;
        let verdict = if kept { "kept" } else { "MISSED" };
        format!("goal: {most_calls} and {most_allocations}, {verdict}")
    });
    let time = runs[RUNS / 2];
    println!("  {title:<40} {calls:>5}  {allocations:>11}  {time:>6.1} ns  {remark}");
    Ok(())
}

/// A kernel that counts its calls.
struct Kernel {
    reply: Vec<u8>,
    calls: Cell<u32>,
}

impl Kernel {
    fn new() -> Result<Self> {
        Ok(Self { reply: replies::region(CAPS)?, calls: Cell::new(0) })
    }

    /// Answers by the reply rules: if the buffer is too small, the flag is set and
    /// `cap_offset` is 0.
    fn answer(&self, bytes: &mut [u8]) -> std::result::Result<usize, Infallible> {
        self.calls.set(self.calls.get() + 1);
        let len = bytes.len();
        match bytes.get_mut(..self.reply.len()) {
            Some(place) => place.copy_from_slice(&self.reply),
            None => {
                bytes[..32].copy_from_slice(&self.reply[..32]);
                bytes[12..16].fill(0);
            }
        }
        Ok(len)
    }
}
