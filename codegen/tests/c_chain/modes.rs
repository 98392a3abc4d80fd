//! Ways to compile and run a C program on this machine: with sanitizers, for 32
//! bits, and for machines of another byte order.

use std::process::Command;

use crate::bench::{Bench, outcome, skipped};

/// One way.
pub(crate) struct Mode {
    /// A word for it.
    pub(crate) name: &'static str,
    /// The compiler.
    pub(crate) compiler: &'static str,
    /// What it is told.
    pub(crate) arguments: &'static [&'static str],
    /// What runs the program, where this machine itself cannot.
    pub(crate) runner: Option<&'static str>,
}

/// Sanitizers that end the program at what they find.
const SANITIZED: &[&str] =
    &["-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

const MODES: &[Mode] = &[
    native("gcc", "gcc", &["-O2"]),
    native("gcc-0", "gcc", &["-O0"]),
    native("gcc-32", "gcc", &["-O2", "-m32"]),
    native("gcc-sanitized", "gcc", SANITIZED),
    native("clang", "clang", &["-O2"]),
    native("clang-sanitized", "clang", SANITIZED),
    foreign("s390x", "s390x-linux-gnu-gcc", "qemu-s390x"),
    foreign("ppc", "powerpc-linux-gnu-gcc", "qemu-ppc"),
    foreign("arm", "arm-linux-gnueabihf-gcc", "qemu-arm"),
    foreign("aarch64", "aarch64-linux-gnu-gcc", "qemu-aarch64"),
];

const fn native(
    name: &'static str,
    compiler: &'static str,
    arguments: &'static [&'static str],
) -> Mode {
    Mode { name, compiler, arguments, runner: None }
}

const fn foreign(name: &'static str, compiler: &'static str, runner: &'static str) -> Mode {
    Mode { name, compiler, arguments: &["-O2", "-static"], runner: Some(runner) }
}

/// The ways that work here; the plain one must.
pub(crate) fn modes(bench: &Bench) -> impl Iterator<Item = &'static Mode> {
    bench.write("probe.c", "#include <stdlib.h>\nint main(void) { return 0; }\n");
    MODES.iter().enumerate().filter_map(|(index, mode)| {
        let works = works(bench, mode);
        assert!(works || index > 0, "gcc is needed to test the C header");
        if !works {
            skipped(&format!("{} cannot be built and run here", mode.name));
        }
        works.then_some(mode)
    })
}

/// Whether a program can be compiled and run so.
fn works(bench: &Bench, mode: &Mode) -> bool {
    let there = |program: &str| Command::new(program).arg("--version").output().is_ok();
    if !there(mode.compiler) || !mode.runner.is_none_or(there) {
        return false;
    }
    let binary = format!("./probe-{}", mode.name);
    let mut compile = bench.command(mode.compiler);
    compile.args(mode.arguments).args(["probe.c", "-o", &binary]);
    let mut run = bench.command(mode.runner.unwrap_or(&binary));
    run.args(mode.runner.map(|_| &binary));
    outcome(&mut compile).status.success() && outcome(&mut run).status.success()
}
