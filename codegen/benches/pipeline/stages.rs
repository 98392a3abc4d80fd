//! Times each stage of the pipeline on one specification.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use capchain::diagnostic::Diagnostics;
use capchain::emit::{self, FAMILIES, Family};
use capchain::ir::Abi;
use capchain::lower::lower;
use capchain::spec::Spec;
use capchain::spec::load::{Origin, load};
use capchain::validate::{ValidSpec, validate};

use crate::Result;

/// The families in the goal.
const IN_GOAL: [&str; 2] = ["C header", "reference"];

/// These in parallel, as `generate` emits them.
const AT_ONCE: &str = "C header and reference at once";

/// All families in parallel.
const ALL_AT_ONCE: &str = "every output at once";

/// The stages before the families.
const BEFORE: [&str; 3] = ["load", "validate", "lower"];

/// The largest allowed sum of load, validate, lower and the families in the goal.
const GOAL: Duration = Duration::from_millis(10);

/// Medians over many runs: of each stage, of the sum with a goal, and of the whole pipeline.
pub(crate) struct Medians {
    pub(crate) stages: Vec<(&'static str, Duration)>,
    pub(crate) sum: Duration,
    pub(crate) total: Duration,
}

/// Prints the stages of a specification, and returns the time of all of them.
pub(crate) fn print(folder: &Path) -> Result<Duration> {
    const RUNS: usize = 101;
    let medians = measure(folder, RUNS)?;
    println!("The whole of spec/vfio, median of {RUNS} runs");
    for (name, time) in &medians.stages {
        row(name, *time, "");
    }
    let verdict = if medians.sum < GOAL { "kept" } else { "MISSED" };
    let goal = format!("goal: under {} ({verdict})", shown(GOAL));
    row("load to lower, C header and reference at once", medians.sum, &goal);
    row("load to lower, every output at once", medians.total, "");
    let (releases, time) = every_release(folder)?;
    row(&format!("every output of all {releases} releases"), time, "once");
    println!();
    Ok(medians.total)
}

/// Runs the pipeline `runs` times, after a tenth as many to warm up.
pub(crate) fn measure(folder: &Path, runs: usize) -> Result<Medians> {
    for _ in 0..runs.div_ceil(10) {
        run(folder)?;
    }
    let runs: Vec<_> = (0..runs).map(|_| run(folder)).collect::<Result<_>>()?;
    let stages = (0..runs[0].len()).map(|stage| {
        let times = runs.iter().map(|run| run[stage].1);
        (runs[0][stage].0, median(times))
    });
    let sum_with = |run: &Run, emitting: &str| {
        let counted = run.iter().filter(|(name, _)| BEFORE.contains(name) || *name == emitting);
        counted.map(|(_, time)| *time).sum::<Duration>()
    };
    Ok(Medians {
        stages: stages.collect(),
        sum: median(runs.iter().map(|run| sum_with(run, AT_ONCE))),
        total: median(runs.iter().map(|run| sum_with(run, ALL_AT_ONCE))),
    })
}

/// One run: the time of each stage.
type Run = Vec<(&'static str, Duration)>;

fn run(folder: &Path) -> Result<Run> {
    let mut times = Run::new();
    let origin = Origin::Folder(folder.to_owned());
    let loaded = timed(&mut times, "load", || load(&origin, &[], None));
    let spec: Spec = loaded.spec.ok_or("the specification does not load")?;
    let mut problems: Diagnostics = loaded.problems;
    let valid: Option<ValidSpec> =
        timed(&mut times, "validate", || validate(spec, false, &mut problems));
    let valid = valid.ok_or_else(|| problems.render(&loaded.sources, false))?;
    let abi: Abi = timed(&mut times, "lower", || lower(&valid, None));
    for family in FAMILIES {
        black_box(timed(&mut times, family.name, || family.emit(&abi)));
    }
    let in_goal = |family: &Family| IN_GOAL.contains(&family.name);
    black_box(timed(&mut times, AT_ONCE, || emit::some(&abi, in_goal)));
    black_box(timed(&mut times, ALL_AT_ONCE, || emit::all(&abi)));
    Ok(times)
}

/// The number of releases, and the time to emit all outputs of each.
fn every_release(folder: &Path) -> Result<(usize, Duration)> {
    let opened = capchain::open(&Origin::Folder(folder.to_owned()), &[]);
    let spec = opened.spec.ok_or("the specification does not load")?;
    let start = Instant::now();
    for release in spec.releases() {
        black_box(emit::all(&lower(&spec, Some(*release))));
    }
    Ok((spec.releases().len(), start.elapsed()))
}

fn timed<T>(times: &mut Run, name: &'static str, stage: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let made = stage();
    times.push((name, start.elapsed()));
    made
}

/// The median of some times.
pub(crate) fn median(times: impl Iterator<Item = Duration>) -> Duration {
    let mut times: Vec<_> = times.collect();
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Prints a name, its time and a remark.
pub(crate) fn row(name: &str, time: Duration, remark: &str) {
    println!("  {name:<46} {:>12}  {remark}", shown(time));
}

/// A time in milliseconds.
pub(crate) fn shown(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}
