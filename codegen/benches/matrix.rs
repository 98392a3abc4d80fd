//! How long the matrix of all pairs of releases takes, and the verdicts over
//! the whole history; run with `cargo bench -p capchain --bench matrix`.

use std::path::Path;
use std::time::Instant;

use capchain::compat::{Side, compare};
use capchain::ir::Abi;
use capchain::lower::lower;
use capchain::spec::load::Origin;
use support::matrix::{Counts, all};

/// The number of timed runs; the fastest one counts.
const RUNS: u32 = 5;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/vfio");
    let spec = capchain::open(&Origin::Folder(folder), &[]).spec.expect("the specification loads");
    let releases = spec.releases().iter();
    let abis: Vec<Abi> = releases.map(|release| lower(&spec, Some(*release))).collect();
    let ((counts, mismatches), took) = fastest(|| all(&abis));
    let Counts { pairs, distinct, replies, readings, sets, argsz, bytes } = counts;
    println!("matrix of {} releases, {pairs} pairs: {took:.1} ms", abis.len());
    println!("  {distinct} readers and writers that differ, {sets} sets of capabilities");
    println!("  {argsz} values of argsz, {replies} replies, {readings} readings, {bytes} bytes");
    println!("  {} of the distinct pairs misread", mismatches.len());
    let side = |abi: &Abi| Side::specified(abi.release.to_string(), abi.clone());
    let sides: Vec<_> = abis.iter().map(side).collect();
    let (findings, took) =
        fastest(|| sides.windows(2).map(|pair| compare(&pair[0], &pair[1]).len()).sum::<usize>());
    println!("verdicts over {} steps: {took:.1} ms, {findings} findings", sides.len() - 1);
}

/// The result of some runs, and the time of the fastest in milliseconds.
fn fastest<T>(run: impl Fn() -> T) -> (T, f64) {
    let timed = || {
        let start = Instant::now();
        let result = run();
        (result, start.elapsed().as_secs_f64() * 1e3)
    };
    let mut best = timed();
    for _ in 1..RUNS {
        let next = timed();
        if next.1 < best.1 {
            best = next;
        }
    }
    best
}
