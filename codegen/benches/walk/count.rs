//! What a way costs: instructions, counted, and time, measured.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::Result;
use crate::build::Way;

/// Walks of a run under callgrind.
const COUNTED: u32 = 1000;

/// Walks of a run that is timed, of a chain with one capability.
const TIMED: usize = 1_000_000;

/// Runs that are timed, of which the median counts.
const RUNS: usize = 11;

/// What one walk costs.
pub(crate) struct Cost {
    /// Instructions; none where there is no valgrind.
    pub(crate) instructions: Option<f64>,
    /// Nanoseconds.
    pub(crate) time: f64,
    /// What one walk came to.
    pub(crate) sum: u64,
}

/// Looks at a way on a reply in a file, which has `count` capabilities.
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

/// The instructions of one walk, and of nothing around it.
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

/// What one walk came to, and the time of all in nanoseconds.
fn run(mut command: Command, way: &Way, reply: &Path, times: usize) -> Result<(u64, u64)> {
    let output = command.arg(way.name).arg(reply).arg(times.to_string()).output()?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let text = String::from_utf8(output.stdout)?;
    let (sum, time) = text.trim().split_once(' ').ok_or("a way printed something else")?;
    Ok((sum.parse()?, time.parse()?))
}
