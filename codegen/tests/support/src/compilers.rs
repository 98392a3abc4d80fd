//! The compilers of this machine, and folders to run them in.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;

use crate::groups::{self, Group, has_compiler};
use crate::process::{finish, succeed};
use crate::sample::whole;

/// The warnings that the header must not cause.
pub const WARNINGS: &[&str] = &[
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Wconversion",
    "-Wshadow",
    "-Wundef",
    "-Wcast-qual",
    "-Werror",
];

const C: &[&str] = &["-std=c99", "-std=c11", "-std=c17", "-std=c2x"];
const CPP: &[&str] = &["-std=c++11", "-std=c++14", "-std=c++17", "-std=c++20", "-std=c++2b"];

/// A warning about a 0 that is a null pointer.
const NULL_WARNING: &str = "-Wzero-as-null-pointer-constant";

/// Compilers, the standards of their language, and warnings of single compilers.
const COMPILERS: &[(&str, &[&str], &[&str])] = &[
    ("gcc", C, &["-Wcast-align=strict"]),
    ("g++", CPP, &["-Wcast-align=strict", "-Wold-style-cast", NULL_WARNING]),
    ("clang", C, &["-Wcast-align"]),
    ("clang++", CPP, &["-Wcast-align", "-Wold-style-cast", NULL_WARNING]),
];

/// The modes of this machine's processor. gcc-multilib links to the kernel's headers;
/// it excludes compilers for other machines, so the headers for 64 bits are the
/// fallback.
pub const BITS: &[&[&str]] = &[
    &[],
    &["-m32", "-idirafter", "/usr/include/x86_64-linux-gnu"],
    &["-mx32", "-idirafter", "/usr/include/x86_64-linux-gnu"],
];

/// A temporary folder with the header under test.
pub struct Workdir {
    folder: TempDir,
}

impl Workdir {
    /// A new folder that holds the header alone.
    pub fn new(header: &str) -> Self {
        let workdir = Self { folder: tempfile::tempdir().expect("a folder") };
        workdir.write("vfio_abi.h", header);
        workdir
    }

    /// The path of the folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file and returns its path.
    pub fn write(&self, name: &str, contents: &str) -> PathBuf {
        let path = self.folder().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder below ours");
        std::fs::write(&path, contents).expect("the folder can be written to");
        path
    }

    /// A command that runs in the folder.
    pub fn command(&self, compiler: &str) -> Command {
        let mut command = Command::new(compiler);
        command.current_dir(self.folder()).env("LC_ALL", "C");
        command
    }

    /// Compiles `source` with gcc, runs it, and returns its output.
    pub fn run(&self, source: &str) -> String {
        let program = self.folder().join("program");
        self.write("program.c", source);
        let mut compile = self.command("gcc");
        succeed(compile.args(["-std=gnu11", "-Wall", "-Werror", "program.c", "-o"]).arg(&program));
        succeed(&mut self.command(&program.to_string_lossy()))
    }

    /// The output of gcc's preprocessor for `source`.
    pub fn preprocess(&self, source: &str, arguments: &[&str]) -> String {
        self.write("preprocess.c", source);
        succeed(self.command("gcc").args(["-std=gnu11", "-E"]).args(arguments).arg("preprocess.c"))
    }
}

/// Runs commands that must succeed and print no warning, one per processor at a
/// time.
pub fn all_silent(commands: Vec<Command>) {
    let commands: Vec<_> = commands.into_iter().map(Mutex::new).collect();
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(command) = commands.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut command = command.lock().expect("no command panics");
            let output = finish(&mut command);
            if !output.status.success() || !output.stderr.is_empty() {
                let errors = String::from_utf8_lossy(&output.stderr).into_owned();
                failures.lock().expect("no command panics").push(format!("{command:?}\n{errors}"));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let failures = failures.into_inner().expect("no command panics");
    let count = failures.len();
    assert!(count == 0, "{count} of {} failed:\n{}", commands.len(), failures.join("\n"));
}

/// Whether a compiler understands these arguments and finds the kernel's types;
/// reports a skipped test otherwise.
pub fn knows(compiler: &str, arguments: &[&str]) -> bool {
    let language = if compiler.ends_with("++") { "c++" } else { "c" };
    let group = match arguments.contains(&"-m32") {
        true => Group::Bits32,
        false => Group::CompilerFeatures,
    };
    let mut command = Command::new(compiler);
    command.args(arguments).args(["-fsyntax-only", "-include", "linux/types.h", "-x", language]);
    let description = format!("{compiler} with {}", arguments.join(" "));
    groups::works(group, command.arg("/dev/null"), &description)
}

/// Commands that compile a file with every compiler, in each standard and each mode that it
/// supports. The modes after the first one take the oldest and the newest standard; with
/// CAPCHAIN_WHOLE they take all.
pub fn in_every_standard(workdir: &Workdir, file: &Path, modes: &[&[&str]]) -> Vec<Command> {
    let mut commands = Vec::new();
    for (compiler, standards, warnings) in COMPILERS.iter().filter(|(name, ..)| has_compiler(name))
    {
        let language = if compiler.ends_with("++") { "c++" } else { "c" };
        let standards = standards.iter().filter(|standard| knows(compiler, &[standard]));
        let standards: Vec<_> = standards.collect();
        let modes = modes.iter().enumerate().filter(|(_, mode)| knows(compiler, mode));
        for (number, mode) in modes {
            let ends = [standards.first(), standards.last()];
            for standard in &standards {
                if number > 0 && !whole() && !ends.contains(&Some(standard)) {
                    continue;
                }
                let mut command = workdir.command(compiler);
                command.args(["-fsyntax-only", "-x", language, standard]).args(*mode);
                command.args(WARNINGS).args(*warnings).arg(file);
                commands.push(command);
            }
        }
    }
    commands
}
