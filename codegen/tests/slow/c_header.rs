//! The C header, judged by compilers with every warning, for many targets, and by
//! the contents of real kernel headers.

pub(crate) mod declared;
mod questions;

use std::collections::BTreeSet;
use std::path::Path;

use capchain::release::Release;
use capchain::validate::ValidSpec;
use declared::{Declared, declared};
use support::compilers::{BITS, WARNINGS, Workdir, all_silent, in_every_standard, knows};
use support::groups::{Group, has_compiler, skip};
use support::process::finish;
use support::{facts, fixtures};

const INCLUDE: &str = "#include \"vfio_abi.h\"\n";

/// The header of a specification as of a release, or of the newest.
fn header(spec: &ValidSpec, release: Option<&str>) -> String {
    let release = release.map(|name| name.parse::<Release>().expect("a release"));
    capchain::emit::c_header(&capchain::lower::lower(spec, release)).contents
}

/// The header of VFIO as of the newest release.
fn newest() -> String {
    header(&fixtures::spec(), None)
}

/// The header of a specification for tests.
fn made_up(name: &str, release: Option<&str>) -> String {
    let folder = fixtures::root().join("codegen/tests/specs").join(name);
    header(&fixtures::open(&folder), release)
}

/// A target for clang: its triple, the direction bits of `_IO` there, and
/// whether it lays structs out as i386 does.
const TARGETS: &[(&str, u32, bool)] = &[
    ("aarch64-linux-gnu", 0, false),
    ("arm-linux-gnueabihf", 0, false),
    ("i686-linux-gnu", 0, true),
    ("powerpc-linux-gnu", 1 << 29, false),
    ("powerpc64-linux-gnu", 1 << 29, false),
    ("powerpc64le-linux-gnu", 1 << 29, false),
    ("riscv64-linux-gnu", 0, false),
    ("s390x-linux-gnu", 0, false),
];

#[test]
fn compiles_cleanly_in_every_standard() {
    let workdir = Workdir::new(&newest());
    let file =
        workdir.write("twice.c", &format!("{INCLUDE}{INCLUDE}int main(void) {{ return 0; }}\n"));
    all_silent(in_every_standard(&workdir, &file, BITS));
}

#[test]
fn is_right_on_every_target_that_clang_knows() {
    if !has_compiler("clang") {
        return;
    }
    let all = facts::all();
    let (_, facts) = all.iter().find(|(release, _)| release == "v7.3").expect("v7.3");
    let workdir = Workdir::new(&newest());
    let mut commands = Vec::new();
    for (triple, ioc_none, i386) in TARGETS {
        let include = format!("/usr/{triple}/include");
        if !Path::new(&include).join("linux/types.h").exists() {
            skip(Group::ForeignArch, &format!("{include} has no kernel headers for {triple}"));
            continue;
        }
        let assertions = INCLUDE.to_owned() + &questions::assertions(facts, *ioc_none, *i386);
        let proven = workdir.write(&format!("{triple}.c"), &assertions);
        let plain = workdir.write("plain.c", INCLUDE);
        for (language, standard, file) in
            [("c", "-std=c11", &proven), ("c++", "-std=c++11", &plain)]
        {
            let mut command = workdir.command("clang");
            command.args(["-fsyntax-only", "-nostdlibinc", "-x", language, standard]);
            command.arg(format!("--target={triple}")).args(["-isystem", &include]);
            command.args(WARNINGS).arg(file);
            commands.push(command);
        }
    }
    all_silent(commands);
}

#[test]
fn is_right_for_32_bit_programs_of_every_release() {
    let spec = fixtures::spec();
    let (mut workdirs, mut commands) = (Vec::new(), Vec::new());
    for (mode, i386) in [(BITS[1], true), (BITS[2], false)] {
        if !knows("gcc", mode) {
            continue;
        }
        for (release, facts) in facts::all() {
            let workdir = Workdir::new(&header(&spec, Some(&release)));
            let assertions = INCLUDE.to_owned() + &questions::assertions(&facts, 0, i386);
            let file = workdir.write("assertions.c", &assertions);
            let mut command = workdir.command("gcc");
            command.args(["-fsyntax-only", "-std=gnu11"]).args(mode).arg(file);
            commands.push(command);
            workdirs.push(workdir);
        }
    }
    all_silent(commands);
}

#[test]
fn says_of_every_release_what_its_headers_say() {
    let spec = fixtures::spec();
    for (release, facts) in facts::all() {
        let workdir = Workdir::new(&header(&spec, Some(&release)));
        let printed = workdir.run(&questions::program(&facts, INCLUDE));
        let printed: BTreeSet<_> = printed.lines().map(str::to_owned).collect();
        let expected = questions::answers(&facts);
        let wrong: Vec<_> = printed.symmetric_difference(&expected).collect();
        assert!(wrong.is_empty(), "{release}: printed or expected, not both: {wrong:#?}");

        let (declared, members) = (declared_by_kernel(&workdir), questions::members(&facts));
        let constants: BTreeSet<_> = declared.constants.keys().collect();
        assert_eq!(constants, facts.constants.keys().collect(), "{release}");
        assert_eq!(declared.functions, facts.function_macros.into_iter().collect(), "{release}");
        assert_eq!(declared.enumerators, facts.enums.keys().cloned().collect(), "{release}");
        assert_eq!(declared.structs, members, "{release}");
    }
}

/// The declarations of the header under the kernel's names.
fn declared_by_kernel(workdir: &Workdir) -> Declared {
    let ours = |name: &str| name.starts_with("VFIO_ABI_") || name.starts_with("vfio_abi_");
    let mut declared = declared(workdir, INCLUDE);
    declared.enumerators.retain(|name| !ours(name));
    declared.constants.retain(|name, _| !ours(name));
    declared.functions.retain(|name| !ours(name));
    declared.structs.retain(|name, _| !ours(name));
    declared
}

/// The headers of the distribution, if it has them, and their release.
fn distribution(workdir: &Workdir) -> Option<(String, Release)> {
    let names = ["linux/vfio.h", "linux/vfio_zdev.h", "linux/vfio_ccw.h"];
    let includes = names.map(|name| format!("#include <{name}>\n")).concat();
    let probe = workdir.write("distribution.c", &includes);
    if !finish(workdir.command("gcc").arg("-E").arg(probe)).status.success() {
        skip(Group::RealHeaders, "the distribution has no kernel headers of VFIO");
        return None;
    }
    let release = "#include <linux/version.h>\n#include <stdio.h>\nint main(void)\n{\n\
        printf(\"v%d.%d\", LINUX_VERSION_CODE >> 16, LINUX_VERSION_CODE >> 8 & 255);\n}\n";
    let release = workdir.run(release).parse().expect("a release");
    Some((includes, release))
}

/// The output of two programs about the names that two headers have in common; each
/// includes one of the headers.
fn common_values(workdir: &Workdir, includes: &str) -> (Vec<String>, Vec<String>) {
    let common = declared_by_kernel(workdir).common(&declared(workdir, includes));
    assert!(common.structs.len() > 10 && common.constants.len() > 50, "{common:?}");
    let lines = |includes: &str| {
        workdir.run(&common.program(includes)).lines().map(str::to_owned).collect()
    };
    (lines(INCLUDE), lines(includes))
}

#[test]
fn agrees_with_the_header_of_the_distribution() {
    let workdir = Workdir::new(&newest());
    let Some((includes, release)) = distribution(&workdir) else { return };
    if release < Release::new(5, 18) {
        skip(Group::RealHeaders, &format!("{release} is before the renames of v5.18"));
        return;
    }
    let (ours, theirs) = common_values(&workdir, &includes);
    let differ = ours.iter().zip(&theirs).filter(|(ours, theirs)| ours != theirs);
    // Structs have grown, and so have enums.
    let grows = |line: &str| {
        line.starts_with("sizeof ") || line.contains("_NUM_") || line.contains("_STATE_NR ")
    };
    let wrong: Vec<_> = differ.filter(|(ours, _)| !grows(ours)).collect();
    assert!(wrong.is_empty(), "ours and that of {release}: {wrong:#?}");
}

#[test]
fn agrees_wholly_with_the_header_of_the_distributions_release() {
    let probe = Workdir::new("");
    let Some((includes, release)) = distribution(&probe) else { return };
    if release > Release::new(7, 2) {
        skip(Group::RealHeaders, &format!("the specification does not describe {release}"));
        return;
    }
    let header = header(&fixtures::spec(), Some(&release.to_string()));
    let workdir = Workdir::new(&header);
    let (ours, theirs) = common_values(&workdir, &includes);
    assert_eq!(ours, theirs, "ours and that of {release}");
}

#[test]
fn texts_cannot_break_out() {
    let hostile = made_up("hostile", None);
    assert!(!hostile.contains("49"), "a template inside of a text was run");
    let workdir = Workdir::new(&hostile);
    let file = workdir.write("hostile.c", INCLUDE);
    all_silent(in_every_standard(&workdir, &file, &[&[], &["-trigraphs"]]));

    let declared = declared(&workdir, INCLUDE);
    let theirs = |name: &&str| !name.starts_with("HOSTILE_ABI_");
    let constants: Vec<_> = declared.constants.keys().map(String::as_str).filter(theirs).collect();
    let expected = [
        "EVIL_BASE",
        "EVIL_CAP_ONE",
        "EVIL_FLAG_CAPS",
        "EVIL_GET_INFO",
        "EVIL_LONE",
        "EVIL_TEXT",
        "EVIL_TYPE",
    ];
    assert_eq!(constants, expected);
    let enumerators: Vec<_> =
        declared.enumerators.iter().map(String::as_str).filter(theirs).collect();
    assert_eq!(enumerators, ["EVIL_STATE_OFF", "EVIL_STATE_ON"]);
    let text = "a \"quote\", a \\, a ??/, a %s, an é, {{ 7 * 7 }}";
    let main = "#include <stdio.h>\nint main(void) { return fputs(EVIL_TEXT, stdout) < 0; }\n";
    assert_eq!(workdir.run(&format!("{INCLUDE}{main}")), text);
}

#[test]
fn every_release_of_the_hard_cases_compiles() {
    for release in ["v1.0", "v1.4-rc2", "v1.4", "v1.9"] {
        let workdir = Workdir::new(&made_up("hard_cases", Some(release)));
        let file = workdir.write("hard.c", INCLUDE);
        all_silent(in_every_standard(&workdir, &file, &[&[]]));
    }
}

#[test]
fn lines_end_where_the_kernels_do() {
    let header = newest();
    assert!(header.ends_with("#endif /* VFIO_ABI_H */\n"), "the header has no end");
    assert!(!header.contains("\n\n\n"), "two empty lines");
    for line in header.lines() {
        assert_eq!(line, line.trim_end(), "white space at the end");
        let columns = line.chars().fold(0, |column, character| match character {
            '\t' => column / 8 * 8 + 8,
            _ => column + 1,
        });
        assert!(columns <= 80, "{columns} columns: {line}");
    }
}
