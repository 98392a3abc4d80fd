//! Ways to compile and run a C program on this machine: with sanitizers, for 32
//! bits, and for machines of another byte order.

use std::process::Command;

use crate::compilers::Workdir;
use crate::groups::{Group, skip};
use crate::process::{finish, is_installed};

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

/// Whether a program can be compiled and run so.
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
