//! Modes in which C programs are compiled and run: with sanitizers, for 32 bits,
//! and for big-endian processors.

use std::process::Command;

use crate::compilers::Workdir;
use crate::groups::{Group, skip};
use crate::process::{finish, is_installed};

/// One mode.
pub struct Mode {
    /// The name of the mode.
    pub name: &'static str,
    /// The compiler.
    pub compiler: &'static str,
    /// The arguments of the compiler.
    pub arguments: &'static [&'static str],
    /// Emulators for the program, by preference; none if this machine runs it.
    runners: &'static [&'static str],
}

impl Mode {
    /// The group of tests that needs this mode.
    fn group(&self) -> Group {
        match self.arguments {
            _ if !self.runners.is_empty() => Group::ForeignArch,
            arguments if arguments.contains(&"-m32") => Group::Bits32,
            _ if self.compiler == "clang" => Group::Clang,
            _ => Group::CompilerFeatures,
        }
    }

    /// The command that runs a program that was built in this mode.
    pub fn run(&self, workdir: &Workdir, binary: &str) -> Command {
        let Some(first) = self.runners.first() else { return workdir.command(binary) };
        let runner = self.runners.iter().find(|runner| is_installed(runner)).unwrap_or(first);
        let mut command = workdir.command(runner);
        command.arg(binary);
        command
    }
}

/// Sanitizers that end the program at the first error.
const SANITIZED: &[&str] =
    &["-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

/// Arguments for 32 bits; the headers for 64 bits are the fallback, as in
/// [`crate::compilers::BITS`].
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

/// A mode for another processor. clang compiles for all of them; Debian cannot install
/// gcc for other processors together with gcc for 32 bits.
const fn foreign(
    name: &'static str,
    arguments: &'static [&'static str],
    runners: &'static [&'static str],
) -> Mode {
    Mode { name, compiler: "clang", arguments, runners }
}

/// The modes that work on this machine; the first one must.
pub fn modes(workdir: &Workdir) -> impl Iterator<Item = &'static Mode> {
    workdir.write(
        "probe.c",
        "#include <stdlib.h>\n#include <linux/types.h>\nint main(void) { return 0; }\n",
    );
    MODES.iter().enumerate().filter_map(|(index, mode)| {
        let works = works(workdir, mode);
        assert!(works || index > 0, "gcc is needed to test the C header");
        if !works {
            skip(mode.group(), &format!("programs of mode {} do not run", mode.name));
        }
        works.then_some(mode)
    })
}

/// Whether a program can be compiled and run in a mode.
fn works(workdir: &Workdir, mode: &Mode) -> bool {
    let runs = mode.runners.is_empty() || mode.runners.iter().any(|runner| is_installed(runner));
    if !runs || !is_installed(mode.compiler) {
        return false;
    }
    let binary = format!("./probe-{}", mode.name);
    let mut compile = workdir.command(mode.compiler);
    compile.args(mode.arguments).args(["probe.c", "-o", &binary]);
    finish(&mut compile).status.success()
        && finish(&mut mode.run(workdir, &binary)).status.success()
}
