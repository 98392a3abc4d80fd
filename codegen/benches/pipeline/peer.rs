//! The whole program compared with bindgen, each as a process.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::Result;
use crate::stages::{median, row, shown};

const RUNS: usize = 21;

/// What a process takes.
#[derive(Clone, Copy)]
struct Cost {
    wall: Duration,
    /// The time of all its threads, in user space and in the kernel.
    cpu: Duration,
}

/// Prints the time of bindgen for the generated header and for the kernel's, if
/// both and bindgen are available.
pub(crate) fn print(root: &Path, in_process: Duration) -> Result<()> {
    println!("Beside bindgen, as processes, medians of {RUNS} runs");
    let out = tempfile::tempdir()?;
    let spec = root.join("spec/vfio").display().to_string();
    let out = out.path().display().to_string();
    let program = env!("CARGO_BIN_EXE_capchain");
    let own = cost(&[program, "generate", "--spec", &spec, "--out", &out])?;
    row("capchain generate, all outputs", own.wall, &format!("{} of CPU", shown(own.cpu)));
    row("  of it in process", in_process, "");
    let ours = root.join("generated/vfio-abi/include/vfio_abi.h");
    let kernels = Path::new("/usr/include/linux/vfio.h");
    for (name, header) in [("vfio_abi.h", ours.as_path()), ("linux/vfio.h", kernels)] {
        for formatter in ["none", "prettyplease"] {
            bindgen(name, header, formatter, own)?;
        }
    }
    println!();
    Ok(())
}

fn bindgen(name: &str, header: &Path, formatter: &str, own: Cost) -> Result<()> {
    let what = format!("bindgen {name}, formatter {formatter}");
    let missing = |why: &str| println!("  {what:<46} {:>12}  {why}", "not measured");
    if !header.is_file() {
        missing("the header is not there");
        return Ok(());
    }
    if Command::new("bindgen").arg("--version").stdout(Stdio::null()).status().is_err() {
        missing("bindgen is not installed");
        return Ok(());
    }
    let cost = cost(&["bindgen", "--formatter", formatter, &header.display().to_string()])?;
    let verdict = if own.cpu < cost.cpu { "kept" } else { "MISSED" };
    let goal = format!("{} of CPU, goal: ours are fewer ({verdict})", shown(cost.cpu));
    row(&what, cost.wall, &goal);
    Ok(())
}

/// The cost of a command, which must succeed; bash measures it in milliseconds.
fn cost(command: &[&str]) -> Result<Cost> {
    let mut costs = Vec::new();
    for _ in 0..RUNS {
        let mut timed = Command::new("bash");
        timed.args(["-c", "TIMEFORMAT='%R %U %S'; time \"$@\" >/dev/null 2>&1", "time"]);
        let output = timed.args(command).output()?;
        if !output.status.success() {
            return Err(format!("{command:?} failed: {}", output.status).into());
        }
        let text = String::from_utf8(output.stderr)?;
        let seconds = text.split_whitespace().map(|number| Ok(number.parse::<f64>()?));
        let [wall, user, system] = seconds.collect::<Result<Vec<_>>>()?[..] else {
            return Err("bash printed no times".into());
        };
        costs.push([wall, user + system].map(Duration::from_secs_f64));
    }
    let [wall, cpu] = [0, 1].map(|kind| median(costs.iter().map(|cost| cost[kind])));
    Ok(Cost { wall, cpu })
}
