//! The whole program compared with bindgen, each as a process.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Result;
use crate::stages::{median, row, shown};

const RUNS: usize = 21;

/// Prints the time of bindgen for the generated header and for the kernel's, if
/// both and bindgen are available.
pub(crate) fn print(root: &Path, total: Duration) -> Result<()> {
    println!("Beside bindgen, as processes, median of {RUNS} runs");
    let out = tempfile::tempdir()?;
    let mut generate = Command::new(env!("CARGO_BIN_EXE_capchain"));
    generate.arg("generate").arg("--spec").arg(root.join("spec/vfio"));
    generate.arg("--out").arg(out.path());
    row("capchain generate, all outputs, from scratch", time(&mut generate)?, "");
    row("  of it in process", total, "");
    let ours = root.join("generated/vfio-abi/include/vfio_abi.h");
    let kernels = Path::new("/usr/include/linux/vfio.h");
    for (name, header) in [("vfio_abi.h", ours.as_path()), ("linux/vfio.h", kernels)] {
        for formatter in ["none", "prettyplease"] {
            bindgen(name, header, formatter, total)?;
        }
    }
    println!();
    Ok(())
}

fn bindgen(name: &str, header: &Path, formatter: &str, total: Duration) -> Result<()> {
    let what = format!("bindgen {name}, formatter {formatter}");
    let missing = |why: &str| println!("  {what:<44} {:>12}  {why}", "not measured");
    if !header.is_file() {
        missing("the header is not there");
        return Ok(());
    }
    if Command::new("bindgen").arg("--version").stdout(Stdio::null()).status().is_err() {
        missing("bindgen is not installed");
        return Ok(());
    }
    let mut command = Command::new("bindgen");
    command.arg("--formatter").arg(formatter).arg(header);
    let time = time(&mut command)?;
    let verdict = if total < time { "kept" } else { "MISSED" };
    row(&what, time, &format!("goal: our {} stay below ({verdict})", shown(total)));
    Ok(())
}

/// The time of a process, which must succeed.
fn time(command: &mut Command) -> Result<Duration> {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let start = Instant::now();
        let status = command.status()?;
        times.push(start.elapsed());
        if !status.success() {
            return Err(format!("{command:?} failed: {status}").into());
        }
    }
    Ok(median(times.into_iter()))
}
