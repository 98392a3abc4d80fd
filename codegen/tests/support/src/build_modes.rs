//! Ways to compile and run a C program on this machine: with sanitizers, for 32
//! bits, and for machines of another byte order.

use std::process::Command;

use crate::compilers::{Bench, outcome, skipped};

/// One way.
pub struct Mode {
    /// A word for it.
    pub name: &'static str,
    /// The compiler.
    pub compiler: &'static str,
    /// What it is told.
    pub arguments: &'static [&'static str],
    /// What runs the program, where this machine itself cannot: the first that is there.
    runners: &'static [&'static str],
}

impl Mode {
    /// The command that runs a program that was built so.
    pub fn run(&self, bench: &Bench, binary: &str) -> Command {
        let Some(first) = self.runners.first() else { return bench.command(binary) };
        let runner = self.runners.iter().find(|runner| there(runner)).unwrap_or(first);
        let mut command = bench.command(runner);
        command.arg(binary);
        command
    }
}

/// Sanitizers that end the program at what they find.
const SANITIZED: &[&str] =
    &["-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

/// 32 bits. The headers of the kernel are those of the machine's own bits where
/// compilers for other machines keep gcc-multilib away, which links to them.
const M32: &[&str] = &["-O2", "-m32", "-idirafter", "/usr/include/x86_64-linux-gnu"];
const M32_SANITIZED: &[&str] = &[
    "-m32",
    "-idirafter",
    "/usr/include/x86_64-linux-gnu",
    "-g",
    "-O1",
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover=all",
];

const MODES: &[Mode] = &[
    native("gcc", "gcc", &["-O2"]),
    native("gcc-0", "gcc", &["-O0"]),
    native("gcc-32", "gcc", M32),
    native("gcc-32-sanitized", "gcc", M32_SANITIZED),
    native("gcc-sanitized", "gcc", SANITIZED),
    native("clang", "clang", &["-O2"]),
    native("clang-sanitized", "clang", SANITIZED),
    foreign(
        "s390x",
        &["--target=s390x-linux-gnu", "-O2", "-static"],
        &["qemu-s390x", "qemu-s390x-static"],
    ),
    foreign(
        "arm",
        &["--target=arm-linux-gnueabihf", "-O2", "-static"],
        &["qemu-arm", "qemu-arm-static"],
    ),
];

const fn native(
    name: &'static str,
    compiler: &'static str,
    arguments: &'static [&'static str],
) -> Mode {
    Mode { name, compiler, arguments, runners: &[] }
}

/// clang knows every machine; gcc for another one and for 32 bits exclude each other on Debian.
const fn foreign(
    name: &'static str,
    arguments: &'static [&'static str],
    runners: &'static [&'static str],
) -> Mode {
    Mode { name, compiler: "clang", arguments, runners }
}

/// The ways that work here; the plain one must.
pub fn modes(bench: &Bench) -> impl Iterator<Item = &'static Mode> {
    bench.write(
        "probe.c",
        "#include <stdlib.h>\n#include <linux/types.h>\nint main(void) { return 0; }\n",
    );
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
    let runs = mode.runners.is_empty() || mode.runners.iter().any(|runner| there(runner));
    if !runs || !there(mode.compiler) {
        return false;
    }
    let binary = format!("./probe-{}", mode.name);
    let mut compile = bench.command(mode.compiler);
    compile.args(mode.arguments).args(["probe.c", "-o", &binary]);
    outcome(&mut compile).status.success()
        && outcome(&mut mode.run(bench, &binary)).status.success()
}

/// Whether the machine has a program.
fn there(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok()
}
