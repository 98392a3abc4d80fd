//! The cost of including the C header and its parts, compared with the kernel's own
//! header: `cargo bench -p capchain --bench header`.
//!
//! Each source has one `#include` and is compiled by gcc at -O2. The time is the
//! median user time of 21 compilations, all sources in turn. The instructions are
//! those of gcc, its compiler and its assembler, counted by callgrind.

#![allow(missing_docs, reason = "a benchmark has no users")]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The included headers; the first is the one that the others are compared with.
const HEADERS: [&str; 7] = [
    "<linux/vfio.h>",
    "<vfio_abi/types.h>",
    "<vfio_abi/compat.h>",
    "<vfio_abi/names.h>",
    "<vfio_abi/chains.h>",
    "<vfio_abi/calls.h>",
    "<vfio_abi.h>",
];

/// Compilations of each source.
const RUNS: usize = 21;

fn main() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated/vfio-abi/include");
    let include = include.canonicalize()?;
    let sources = sources(folder.path())?;
    let times = times(&include, &sources)?;
    let instructions = has_valgrind().then(|| counts(&include, &sources)).transpose()?;
    println!("{:22} {:>9} {:>6} {:>13} {:>6}", "", "user time", "", "instructions", "");
    for (index, header) in HEADERS.iter().enumerate() {
        let time = times[index];
        print!("{header:22} {time:6.1} ms {:6.2}", time / times[0]);
        if let Some(counts) = &instructions {
            let count = counts[index];
            print!(" {:11.1} M {:6.2}", count / 1e6, count / counts[0]);
        }
        println!();
    }
    Ok(())
}

/// A source for each header.
fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let write = |(index, header): (usize, &&str)| {
        let path = folder.join(format!("{index}.c"));
        fs::write(&path, format!("#include {header}\n"))?;
        Ok(path)
    };
    HEADERS.iter().enumerate().map(write).collect()
}

fn has_valgrind() -> bool {
    let mut command = Command::new("valgrind");
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// The arguments of gcc for a source.
fn arguments(include: &Path, source: &Path) -> Vec<String> {
    let (include, source) = (include.display(), source.display());
    ["-O2", "-c", &format!("-I{include}"), "-o", "/dev/null", &source.to_string()]
        .map(str::to_owned)
        .to_vec()
}

/// The median user time of each source, in milliseconds.
fn times(include: &Path, sources: &[PathBuf]) -> Result<Vec<f64>> {
    let mut times = vec![Vec::new(); sources.len()];
    for _ in 0..RUNS {
        for (source, times) in sources.iter().zip(&mut times) {
            times.push(user_time(include, source)?);
        }
    }
    let medians = times.into_iter().map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[RUNS / 2]
    });
    Ok(medians.collect())
}

/// The user time of one compilation; bash measures it in milliseconds.
fn user_time(include: &Path, source: &Path) -> Result<f64> {
    let mut command = Command::new("bash");
    command.args(["-c", "TIMEFORMAT=%3U; time gcc \"$@\"", "gcc"]);
    let output = command.args(arguments(include, source)).output()?;
    let text = String::from_utf8(output.stderr)?;
    if !output.status.success() {
        return Err(text.into());
    }
    Ok(text.trim().parse::<f64>()? * 1000.0)
}

/// The instructions of each source.
fn counts(include: &Path, sources: &[PathBuf]) -> Result<Vec<f64>> {
    sources.iter().map(|source| instructions(include, source)).collect()
}

fn instructions(include: &Path, source: &Path) -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let mut command = Command::new("valgrind");
    command.args(["--quiet", "--tool=callgrind", "--trace-children=yes"]);
    command.arg(format!("--callgrind-out-file={}/%p", folder.path().display())).arg("gcc");
    let output = command.args(arguments(include, source)).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let mut sum = 0.0;
    for profile in fs::read_dir(folder.path())? {
        let text = fs::read_to_string(profile?.path())?;
        let totals = text.lines().find_map(|line| line.strip_prefix("totals: "));
        sum += totals.map_or(Ok(0.0), |totals| totals.trim().parse::<f64>())?;
    }
    Ok(sum)
}
