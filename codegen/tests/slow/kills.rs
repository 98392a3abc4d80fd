//! `generate` as its users run it, killed from outside, twice at once, and on a full disk.
//! Whatever is left, the next run ends with the whole tree.
//!
//! `.ci/long kills` runs the tests that are ignored here.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use capchain::lower::lower;
use capchain::output::OutputFile;
use capchain::sync::{Disk, OutputTree, RealDisk};
use support::faulty_disk::{Fault, at_each_operation, tree};
use support::groups::{Group, has};
use support::process::{finish, succeed};
use support::program::binary;
use support::random::Random;
use support::spec_folder::SpecFolder;
use support::{fixtures, groups};
use tempfile::TempDir;

const SECOND: &str = "\
- struct: demo_first
  doc: Is first.
  fields:
    a: u32, is a number
- struct: demo_second
  since: v1.5
  doc: Is second.
  fields:
    a: u32, is a number
";

/// The contents of a tree.
type Files = BTreeMap<PathBuf, Vec<u8>>;

/// A specification, two releases of which differ in the list of outputs, and a tree.
struct Target {
    spec: PathBuf,
    releases: [&'static str; 2],
    /// The trees of both releases.
    whole: [Files; 2],
    out: TempDir,
    /// How long one run takes.
    time: Duration,
    _folder: Option<SpecFolder>,
}

impl Target {
    /// The small specification of the tests.
    fn small() -> Self {
        let folder = SpecFolder::demo();
        folder.write_example(SECOND);
        Self::new(folder.path().to_owned(), ["v1.4", "v1.6"], Some(folder))
    }

    fn vfio() -> Self {
        Self::new(fixtures::root().join("spec/vfio"), ["v5.10", "v7.2"], None)
    }

    fn new(spec: PathBuf, releases: [&'static str; 2], folder: Option<SpecFolder>) -> Self {
        let out = tempfile::tempdir().expect("a folder");
        fs::write(out.path().join("mine.txt.new"), "mine").expect("a file");
        let mut target = Self {
            spec,
            releases,
            whole: Default::default(),
            out,
            time: Duration::ZERO,
            _folder: folder,
        };
        for index in [1, 0, 1, 0] {
            let start = Instant::now();
            succeed(&mut target.generate(index));
            target.time = start.elapsed();
            target.whole[index] = tree(target.out.path());
        }
        assert_ne!(target.whole[0].len(), target.whole[1].len());
        target
    }

    /// The command that writes a release.
    fn generate(&self, index: usize) -> Command {
        self.under(Command::new(binary()), index)
    }

    /// The same, as the last arguments of a command.
    fn under(&self, mut command: Command, index: usize) -> Command {
        command.arg("--spec").arg(&self.spec).arg("generate");
        command.arg("--out").arg(self.out.path()).arg("--at").arg(self.releases[index]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs to the end, after which the tree must be whole. Whether it was mixed before.
    fn complete(&self, index: usize, what: &str) -> bool {
        let mut left = tree(self.out.path());
        left.retain(|path, _| !path.starts_with(".capchain-staging"));
        let output = finish(&mut self.generate(index));
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "wedged by {what}: {error}");
        let completed = tree(self.out.path());
        assert!(completed == self.whole[index], "{what} left a mixed tree");
        !self.whole.contains(&left)
    }

    /// Kills a run after a time, and completes it. Whether the tree was mixed.
    fn kill_after(&self, index: usize, wait: Duration) -> bool {
        let mut child = self.generate(index).spawn().expect("a process");
        std::thread::sleep(wait);
        kill(&mut child);
        self.complete(index, &format!("a signal after {wait:?}"))
    }

    /// Kills a run a time after it started to write, and completes it.
    fn kill_while_it_writes(&self, index: usize, wait: Duration) -> bool {
        let mut child = self.generate(index).spawn().expect("a process");
        let staging = self.out.path().join(".capchain-staging");
        while !staging.exists() && child.try_wait().expect("a state").is_none() {
            std::thread::sleep(Duration::from_micros(200));
        }
        std::thread::sleep(wait);
        kill(&mut child);
        self.complete(index, &format!("a signal {wait:?} after the first write"))
    }

    /// Runs of both releases at once. The tree must be that of one of them.
    fn race(&self, runs: usize) {
        let children: Vec<_> =
            (0..runs).map(|run| self.generate(run % 2).spawn().expect("a process")).collect();
        for child in children {
            let output = child.wait_with_output().expect("an end");
            let error = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{error}");
            let waits = error.lines().all(|line| line.starts_with("note: another run"));
            assert!(waits, "{error}");
        }
        assert!(self.whole.contains(&tree(self.out.path())), "{runs} runs left a mixed tree");
    }
}

fn kill(child: &mut Child) {
    // A run that has ended cannot be killed.
    let _ = child.kill();
    child.wait().expect("an end");
}

/// Kills runs at random moments, half of them while they write.
fn random_kills(target: &Target, rounds: usize) {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut mixed = 0;
    for round in 0..rounds {
        let whole = usize::try_from(target.time.as_micros()).expect("a short time");
        let wait = Duration::from_micros(random.below(whole) as u64);
        mixed += usize::from(match round % 2 {
            0 => target.kill_after(round / 2 % 2, wait),
            _ => target.kill_while_it_writes(round / 2 % 2, wait / 20),
        });
    }
    println!("{rounds} random kills: 0 wedged, {mixed} left a mixed tree, all completed");
}

#[test]
fn a_run_that_is_killed_at_a_random_moment_is_completed() {
    random_kills(&Target::small(), 12);
}

#[test]
fn runs_at_the_same_time_leave_one_whole_tree() {
    let target = Target::small();
    for _ in 0..2 {
        target.race(4);
    }
}

/// A limit of the size of files: a signal ends the program, or a write fails.
#[cfg(unix)]
#[test]
fn a_run_that_must_not_write_large_files_changes_nothing() {
    let target = Target::small();
    for trap in ["", "trap '' XFSZ; "] {
        let mut shell = Command::new("sh");
        shell.args(["-c", &[trap, "ulimit -f 8; exec \"$@\""].concat(), "sh"]).arg(binary());
        let output = finish(&mut target.under(shell, 1));
        let error = String::from_utf8_lossy(&output.stderr);
        let mut left = tree(target.out.path());
        if trap.is_empty() {
            assert_eq!(output.status.code(), None, "{error}");
            left.retain(|path, _| !path.starts_with(".capchain-staging"));
        } else {
            assert_eq!(output.status.code(), Some(2), "{error}");
            assert!(error.contains("File too large"), "{error}");
        }
        assert!(left == target.whole[0], "{trap}: a file changed");
        target.complete(1, "a limit");
        target.complete(0, "no limit");
    }
}

#[test]
#[ignore = "several minutes; .ci/long kills"]
fn two_hundred_random_kills_and_thirty_races() {
    let target = Target::vfio();
    random_kills(&target, 200);
    for _ in 0..30 {
        target.race(2);
    }
    println!("30 pairs of runs at once: every tree is of one release");
}

/// The operations of a run that change files, as strace sees them: the name of the system
/// call, and how many of this name came before it.
#[cfg(target_os = "linux")]
fn changing_calls(target: &Target, index: usize) -> Vec<(String, usize)> {
    const CALLS: &str = "trace=mkdir,openat,write,rename,unlink,rmdir";
    let log = tempfile::NamedTempFile::new().expect("a file");
    let mut strace = Command::new("strace");
    strace.args(["-qq", "-e", CALLS, "-o"]).arg(log.path()).arg(binary());
    succeed(&mut target.under(strace, index));
    let mut counts = BTreeMap::<String, usize>::new();
    let mut found = Vec::new();
    for line in fs::read_to_string(log.path()).expect("a log").lines() {
        let Some((name, rest)) = line.split_once('(') else { continue };
        let count = counts.entry(name.to_owned()).or_default();
        *count += 1;
        let output = rest.starts_with("1,") || rest.starts_with("2,");
        let reads = name == "openat" && !rest.contains("O_CREAT");
        if !output && !reads {
            found.push((name.to_owned(), *count));
        }
    }
    found
}

/// Kills the program, or lets it fail, at each of its system calls that change files.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "several minutes; .ci/long kills"]
fn a_run_that_stops_at_any_system_call_is_completed() {
    if !has(Group::Tools, "strace") {
        return;
    }
    let target = Target::small();
    let calls = changing_calls(&target, 1);
    target.complete(0, "a whole run");
    assert!(calls.len() > 40, "{} calls", calls.len());
    let (mut points, mut mixed) = (0, 0);
    for (name, count) in &calls {
        for fault in ["signal=KILL", "error=ENOSPC", "error=EIO"] {
            let mut strace = Command::new("strace");
            let inject = format!("inject={name}:{fault}:when={count}");
            strace.args(["-qq", "-o", "/dev/null", "-e", &format!("trace={name}"), "-e", &inject]);
            let mut traced = target.under(
                {
                    strace.arg(binary());
                    strace
                },
                1,
            );
            let status = finish(&mut traced).status;
            // What only removes temporary files may fail.
            let harmless = ["unlink", "rmdir"].contains(&name.as_str()) && fault != "signal=KILL";
            assert!(!status.success() || harmless, "{inject}: the run did not stop");
            points += 1;
            mixed += usize::from(target.complete(1, &inject));
            target.complete(0, "a whole run");
        }
    }
    println!(
        "{points} points of {} system calls: 0 wedged, {mixed} mixed trees, all completed",
        calls.len()
    );
}

/// The outputs of `spec/vfio`.
fn update(
    disk: &dyn Disk,
    root: &Path,
    (outputs, folders): &(Vec<OutputFile>, Vec<String>),
) -> std::io::Result<()> {
    let tree = OutputTree::open_to_write(disk, root, folders.clone(), || ())?;
    let changes = tree.compare(outputs)?;
    tree.write(disk, &changes)
}

/// Every operation of the update from one release of `spec/vfio` to another.
#[test]
#[ignore = "several minutes; .ci/long kills"]
fn a_large_tree_is_completed_from_any_operation() {
    let spec = fixtures::spec();
    let [old, new] = ["v5.10", "v7.2"].map(|release| {
        let abi = lower(&spec, Some(release.parse().expect("a release")));
        (capchain::outputs(&abi), capchain::folders(&abi))
    });
    let folder = tempfile::tempdir().expect("a folder");
    update(&RealDisk, folder.path(), &new).expect("written");
    let whole = tree(folder.path());
    let mut mixed = 0;
    let points = at_each_operation(&[Fault::KilledInside, Fault::Full], |disk| {
        update(&RealDisk, folder.path(), &old).expect("written");
        let before = tree(folder.path());
        let result = update(disk, folder.path(), &new);
        if !disk.has_failed() {
            return result.expect("written");
        }
        let mut left = tree(folder.path());
        left.retain(|path, _| !path.starts_with(".capchain-staging"));
        mixed += usize::from(left != before && left != whole);
        update(&RealDisk, folder.path(), &new)
            .unwrap_or_else(|error| panic!("wedged by {disk}: {error}"));
        assert!(tree(folder.path()) == whole, "{disk}");
    });
    println!("{points} points of the large tree: 0 wedged, {mixed} mixed trees, all completed");
}

/// A file system of a few pages: every size up to one on which both trees fit.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "several minutes; .ci/long kills"]
fn a_full_disk_leaves_a_tree_that_the_next_run_completes() {
    let target = Target::small();
    let script = "mount -t tmpfs -o size=${1}k none \"$2\" && shift && cd \"$1\" && shift && \
        \"$1\" --spec \"$2\" generate --out . --at \"$3\" >/dev/null; code=$?; \
        ls -a .capchain-staging >&2; find . -type f | wc -l; exit $code";
    let mut full = 0;
    for size in (16..900).step_by(16) {
        let place = tempfile::tempdir().expect("a folder");
        let mut unshare = Command::new("unshare");
        unshare.args(["--map-root-user", "--mount", "sh", "-c", script, "sh"]);
        unshare.arg(size.to_string()).arg(place.path()).arg(binary()).arg(&target.spec);
        let output = finish(unshare.arg(target.releases[1]));
        let error = String::from_utf8_lossy(&output.stderr);
        if error.contains("unshare failed") || error.contains("permission denied") {
            groups::skip(Group::Tools, "unshare cannot mount a small file system");
            return;
        }
        let files: usize = String::from_utf8_lossy(&output.stdout).trim().parse().expect("a count");
        if output.status.success() {
            break;
        }
        full += 1;
        assert_eq!((output.status.code(), files), (Some(2), 0), "{size} kB: {error}");
        assert!(error.contains("No space left on device"), "{size} kB: {error}");
        assert!(
            error.contains("ls: ") && error.contains(".capchain-staging"),
            "{size} kB: {error}"
        );
    }
    println!("{full} sizes of a full disk: no file changed, nothing left");
    assert!(full > 5, "{full} sizes");
}
