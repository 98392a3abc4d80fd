//! What a walk of a region chain costs, beside the loop without checks that C
//! programs have and the collecting walk that Rust programs have:
//! `cargo bench -p capchain --bench walk`.
//!
//! Every way of walking reads the same replies and mixes the same fields in their
//! order, and must come to the same number. Instructions are counted by callgrind, inside of
//! the walk alone; they are the same on every run.

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

/// How many capabilities the chains have.
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

/// What is done with every number that a walk finds: cheap, and nothing that a
/// compiler can do for many numbers at once.
fn mix(sum: u64, number: u64) -> u64 {
    sum.rotate_left(5) ^ number
}

/// What this program does when the benchmark runs it again to look at one way:
/// walks the reply in a file again and again, and prints the sum and the time in
/// nanoseconds. `ways.c` does the same.
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
