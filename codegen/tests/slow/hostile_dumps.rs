//! The work of `decode` on hostile inputs, as docs/decode.md bounds it: instructions, which
//! valgrind counts, and memory, which the system limits.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use capchain::decode::log;
use capchain::dump::{self, labelled};
use support::groups::{Group, has};
use support::hostile_dumps::{HostileDump, KINDS};
use support::process;
use support::program::{binary, shell};
use support::sample::takes;

/// The size of the smaller input of which instructions are counted.
const SMALL: usize = 2 << 10;
/// How much larger the other input is.
const FACTOR: usize = 8;
/// Instructions that an input costs for each byte, optimized or not.
const MOST_PER_BYTE: f64 = 100_000.0;
/// How many times as many instructions the larger input costs: as many as it is larger, and a
/// quarter.
const MOST_GROWTH: f64 = FACTOR as f64 * 1.25;
/// A test that is not in `.ci/long` takes one kind in so many.
const EVERY: usize = 4;
/// Kilobytes of memory that the program may use.
const MOST_MEMORY: usize = 1 << 20;

/// Seconds after which the program does not end by itself.
const MOST_SECONDS: usize = 120;

/// The name of this test in another process.
const COUNTED: &str = "hostile_dumps::the_work_that_is_counted";
/// The variable that makes it work.
const SET: &str = "CAPCHAIN_COUNTED";

/// The function whose calls are counted.
const WORK: &str = "slow::hostile_dumps::measured_work";

/// The kinds of which instructions are counted.
fn kinds() -> impl Iterator<Item = &'static HostileDump> {
    KINDS.iter().enumerate().filter(|(number, _)| takes(*number, EVERY)).map(|(_, kind)| kind)
}

/// Everything that `decode` does with a text before it decodes bytes.
#[inline(never)]
fn measured_work(text: &str) {
    let _ = dump::read(text.as_bytes(), false);
    let _ = labelled::blocks(text.as_bytes());
    let _ = log::calls(text, |word, _| word == "vfio_region_info");
    let _ = log::dumps(text);
}

#[test]
fn the_work_that_is_counted() {
    if env::var_os(SET).is_none() {
        return;
    }
    for kind in kinds() {
        measured_work(&kind.text(SMALL));
        measured_work(&kind.text(SMALL * FACTOR));
    }
}

/// The instructions of each call of the work, in their order.
fn counts(folder: &Path) -> Vec<f64> {
    let out = folder.join("out");
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--quiet", "--tool=callgrind"]);
    valgrind.args([format!("--zero-before={WORK}"), format!("--dump-after={WORK}")]);
    valgrind.arg(format!("--callgrind-out-file={}", out.display()));
    valgrind.arg(env::current_exe().expect("this program")).args(["--exact", COUNTED]);
    valgrind.args(["--test-threads", "1"]);
    process::succeed(valgrind.env(SET, "1"));
    let total = |index: usize| {
        let text = fs::read_to_string(folder.join(format!("out.{}", index + 1))).ok()?;
        let total = text.lines().find_map(|line| line.strip_prefix("totals: "));
        total?.trim().parse().ok()
    };
    (0..kinds().count() * 2).filter_map(total).collect()
}

#[test]
fn the_work_grows_with_the_input_only() {
    if !has(Group::Tools, "valgrind") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let counts = counts(folder.path());
    assert_eq!(counts.len(), kinds().count() * 2);
    let mut faults = Vec::new();
    let mut most = (0.0, "");
    for (kind, counts) in kinds().zip(counts.chunks(2)) {
        let (per_byte, growth) = (counts[1] / (SMALL * FACTOR) as f64, counts[1] / counts[0]);
        println!("{per_byte:10.0} {growth:6.2}  {}", kind.name);
        if per_byte > MOST_PER_BYTE || growth > MOST_GROWTH {
            faults.push(format!("{}: {per_byte:.0} a byte, {growth:.2} times", kind.name));
        }
        most = if per_byte > most.0 { (per_byte, kind.name) } else { most };
    }
    println!("at most {:.0} instructions for a byte: {}", most.0, most.1);
    assert!(faults.is_empty(), "{faults:#?}");
}

/// Two megabytes of each kind: the program ends by itself, within its memory.
#[test]
#[ignore = "takes minutes; .ci/long runs it"]
fn two_megabytes_are_decoded_or_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let name = binary().display().to_string();
    let mut faults = Vec::new();
    for kind in KINDS {
        fs::write(folder.path().join("input"), kind.text(2_000_000)).expect("a file");
        for arguments in ["", "vfio_region_info", "--format json", "--abi pci pci_header"] {
            let found = shell(
                folder.path(),
                &format!(
                    "ulimit -v {MOST_MEMORY} -t {MOST_SECONDS}; {name} decode {arguments} < input | tail -c 100"
                ),
            );
            // The exit code of the program is lost: of an error, it prints one.
            if found.stderr.contains("panicked") || found.stderr.contains("memory allocation") {
                faults.push(format!("{} {arguments}: {}", kind.name, found.stderr));
            }
            if found.stdout.is_empty() && !found.stderr.contains("error: ") {
                faults.push(format!("{} {arguments}: nothing is printed", kind.name));
            }
        }
    }
    println!("{} kinds", KINDS.len());
    assert!(faults.is_empty(), "{faults:#?}");
}
