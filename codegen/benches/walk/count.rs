//! The cost of a way: counted instructions and measured time.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::Result;
use crate::build::Way;

/// Walks of a run under callgrind.
const COUNTED: u32 = 1000;

/// Walks of a timed run, for a chain with one capability.
const TIMED: usize = 1_000_000;

/// Timed runs; the median counts.
const RUNS: usize = 11;

/// The cost of one walk.
pub(crate) struct Cost {
    /// Instructions; none without valgrind.
    pub(crate) instructions: Option<f64>,
    /// Nanoseconds.
    pub(crate) time: f64,
    /// The result of one walk.
    pub(crate) sum: u64,
}

/// Measures a way on a reply in a file with `count` capabilities.
pub(crate) fn cost(way: &Way, reply: &Path, count: usize, folder: &Path) -> Result<Cost> {
    let times = TIMED / count;
    let mut runs = Vec::new();
    let mut sum = 0;
    for _ in 0..RUNS {
        let (found, time) = run(Command::new(&way.program), way, reply, times)?;
        sum = found;
        runs.push(time as f64 / times as f64);
    }
    runs.sort_by(f64::total_cmp);
    Ok(Cost { instructions: counted(way, reply, folder)?, time: runs[RUNS / 2], sum })
}

/// The instructions of one walk only.
fn counted(way: &Way, reply: &Path, folder: &Path) -> Result<Option<f64>> {
    if Command::new("valgrind").arg("--version").stdout(Stdio::null()).status().is_err() {
        return Ok(None);
    }
    let out = folder.join("callgrind.out");
    let mut command = Command::new("valgrind");
    command.args(["--quiet", "--tool=callgrind"]);
    command.arg(format!("--toggle-collect=*measured_{}*", way.name));
    command.arg(format!("--callgrind-out-file={}", out.display())).arg(&way.program);
    run(command, way, reply, COUNTED as usize)?;
    let text = std::fs::read_to_string(out)?;
    let totals = text.lines().find_map(|line| line.strip_prefix("totals: "));
    let totals: f64 = totals.ok_or("callgrind told no total")?.trim().parse()?;
    match totals > 0.0 {
        true => Ok(Some(totals / f64::from(COUNTED))),
        false => Err("callgrind did not see the walk".into()),
    }
}

/// The result of one walk, and the time of all walks in nanoseconds.
fn run(mut command: Command, way: &Way, reply: &Path, times: usize) -> Result<(u64, u64)> {
    let output = command.arg(way.name).arg(reply).arg(times.to_string()).output()?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let text = String::from_utf8(output.stdout)?;
    let (sum, time) = text.trim().split_once(' ').ok_or("a way printed something else")?;
    Ok((sum.parse()?, time.parse()?))
}
