//! The cost of a walk over a region chain, compared with the unchecked loop of C
//! programs and the allocating walk of Rust programs: `cargo bench -p capchain
//! --bench walk`.
//!
//! Every way of walking reads the same replies and mixes the same fields in the
//! same order, and must give the same number. Callgrind counts the instructions of
//! the walk only; they are the same in every run.

#![allow(missing_docs, reason = "a benchmark has no users")]

mod allocating;
mod allocations;
mod build;
mod count;
mod replies;
mod request;
mod table;
mod views;

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use vfio_abi::views::RegionInfo;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The numbers of capabilities in the chains.
const CHAINS: [usize; 4] = [1, 3, 16, 64];

fn main() -> Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [way, reply, times] if way != "--bench" => repeat(way, Path::new(reply), times.parse()?),
        _ => {
            table::print()?;
            request::print()
        }
    }
}

/// The operation on every number of a walk: cheap, and impossible to vectorise.
fn mix(sum: u64, number: u64) -> u64 {
    sum.rotate_left(5) ^ number
}

/// The mode in which the benchmark runs this program again to measure one way: it
/// walks the reply in a file many times, and prints the sum and the time in
/// nanoseconds. `ways.c` has the same mode.
fn repeat(way: &str, reply: &Path, times: u32) -> Result<()> {
    let words = replies::aligned(&std::fs::read(reply)?);
    let reply: &[u8] = bytemuck::cast_slice(&words);
    RegionInfo::parse(reply)?;
    let walk = match way {
        "views" => views::measured_views,
        "allocating" => allocating::measured_allocating,
        _ => return Err("there is no such way".into()),
    };
    let (mut sum, start) = (0_u64, Instant::now());
    for _ in 0..times {
        sum = walk(std::hint::black_box(reply));
    }
    println!("{sum} {}", start.elapsed().as_nanos());
    Ok(())
}
