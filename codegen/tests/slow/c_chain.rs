//! The functions of the C header that walk, request and write replies: the
//! programs in `c/` use them in a sample of the build modes, and compilers check every
//! function.

mod specs;

use std::path::Path;
use std::process::Command;

use capchain::ir::Abi;
use capchain::lower::lower;
use capchain::release::Release;
use support::build_modes::modes;
use support::compilers::{BITS, WARNINGS, Workdir, all_silent, in_every_standard, knows};
use support::fixtures;
use support::groups::has_compiler;
use support::process::succeed;
use support::sample::takes;

/// Programs that return 0 on success.
const PROGRAMS: [&str; 9] =
    ["walk", "errors", "agree", "read", "request", "builder", "calls", "chain_calls", "random"];

const INCLUDE: &str = "#include \"vfio_abi.h\"\n";

/// The real ABI as of a release, or of the newest.
fn vfio(release: Option<&str>) -> Abi {
    lower(&fixtures::spec(), release.map(|name| name.parse::<Release>().expect("a release")))
}

fn header(abi: &Abi) -> String {
    capchain::emit::c_header(abi).contents
}

/// A folder with the header of an ABI.
fn workdir(abi: &Abi) -> Workdir {
    Workdir::new(&header(abi))
}

/// A file of the repository.
fn file(path: &str) -> String {
    fixtures::root().join("codegen").join(path).display().to_string()
}

/// Every mode runs a third of the programs, and every program runs in a third of the modes;
/// with CAPCHAIN_WHOLE each program runs in each mode.
#[test]
fn every_program_and_every_mode_run() {
    let workdir = workdir(&vfio(None));
    let mut commands = Vec::new();
    for (row, mode) in modes(&workdir).enumerate() {
        let programs = PROGRAMS.iter().enumerate();
        for (_, program) in programs.filter(|(column, _)| takes(row + column, 3)) {
            let binary = format!("./{program}-{}", mode.name);
            let mut compile = workdir.command(mode.compiler);
            compile.args(["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-I."]);
            compile.args(["-I", &file("runtime/c"), "-I", &file("tests/c")]);
            compile.args(mode.arguments).arg(file(&format!("tests/c/{program}.c")));
            succeed(compile.args(["-o", &binary]));
            commands.push(mode.run(&workdir, &binary));
        }
    }
    all_silent(commands);
}

#[test]
#[ignore = "takes ten seconds; .ci/long analyzer runs it"]
fn the_analyzer_finds_nothing() {
    if !knows("gcc", &["-fanalyzer"]) {
        return;
    }
    let workdir = workdir(&vfio(None));
    let analyze = |source: &str| {
        let mut command = workdir.command("gcc");
        command.args(["-c", "-std=gnu11", "-fanalyzer", "-O1", "-Wall", "-Wextra", "-Werror"]);
        command.args(["-I.", "-I", &file("runtime/c"), "-I", &file("tests/c")]);
        command.args(["-o", "/dev/null", source]);
        command
    };
    // Every function of a header is an entry; those of a program are its own.
    let header = |abi: &str| {
        let include = file(&format!("../generated/{abi}-abi/include/{abi}_abi.h"));
        let source = workdir.write(&format!("{abi}.c"), &format!("#include \"{include}\"\n"));
        let mut command = analyze(&source.display().to_string());
        command.arg("-fkeep-inline-functions");
        command
    };
    let programs = PROGRAMS.map(|program| analyze(&file(&format!("tests/c/{program}.c"))));
    let headers = ["vfio", "pci", "iommufd"].map(header);
    all_silent(programs.into_iter().chain(headers).collect());
}

/// A file that uses every function of a header.
fn using_all(header: &str, include: &str) -> String {
    // `calls.c` uses the functions that need a libc.
    let header = header.split("WITH_IOCTL\n").next().unwrap_or_default();
    let starts = header.split("static inline ").skip(1);
    let names = starts.filter_map(|text| text.split('(').find_map(name_at_the_end));
    let uses = names.map(|name| format!("\t(void)&{name};\n")).collect::<String>();
    assert!(uses.lines().count() > 20, "few functions: {uses}");
    format!("{include}void use(void);\nvoid use(void)\n{{\n{uses}}}\n")
}

/// The name before a parameter list; none before that of an attribute.
fn name_at_the_end(text: &str) -> Option<&str> {
    let name = text.rsplit(|c: char| c.is_whitespace() || c == '*').next()?;
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (plain && !name.is_empty() && !name.starts_with("__")).then_some(name)
}

/// Commands that generate code for every function, so that the optimizer warns too: in C at
/// -O0 and -O3, in C++ at -O2 and -Os; with CAPCHAIN_WHOLE at all levels.
fn compiled(workdir: &Workdir, file: &Path) -> Vec<Command> {
    let compilers = [("gcc", "c", "-std=c99"), ("g++", "c++", "-std=c++11")];
    let mut commands = Vec::new();
    for (row, (compiler, language, standard)) in compilers.into_iter().enumerate() {
        let levels = ["-O0", "-O2", "-O3", "-Os"].into_iter().enumerate();
        let levels = levels.filter(|(column, _)| has_compiler(compiler) && takes(row + column, 2));
        for (_, level) in levels {
            let mut command = workdir.command(compiler);
            command.args(["-c", "-o", "/dev/null", "-fkeep-inline-functions", level]);
            command.args(["-x", language, standard]).args(WARNINGS).arg(file);
            commands.push(command);
        }
    }
    commands
}

#[test]
fn every_function_is_clean_in_every_standard() {
    let abi = vfio(None);
    let workdir = workdir(&abi);
    let file = workdir.write("use.c", &using_all(&header(&abi), INCLUDE));
    let mut commands = in_every_standard(&workdir, &file, BITS);
    commands.extend(compiled(&workdir, &file));
    all_silent(commands);
}

#[test]
fn every_release_has_what_its_chains_need() {
    let spec = fixtures::spec();
    let (mut workdirs, mut commands, mut last) = (Vec::new(), Vec::new(), String::new());
    for release in lower(&spec, None).releases {
        let abi = lower(&spec, Some(release));
        let text = header(&abi);
        let walks = !abi.chains.is_empty() || !abi.protocol.counted.is_empty();
        assert_eq!(text.contains("vfio_abi_walk"), walks, "{release}");
        let uses = using_all(&text, INCLUDE);
        // Releases with the same functions are compiled once.
        if uses == last {
            continue;
        }
        let workdir = Workdir::new(&text);
        let file = workdir.write("use.c", &uses);
        commands.extend(syntax_checks(&workdir, &file));
        workdirs.push(workdir);
        last = uses;
    }
    assert!(commands.len() > 20, "few releases");
    all_silent(commands);
}

/// One check in C and one in C++.
fn syntax_checks(workdir: &Workdir, file: &Path) -> Vec<Command> {
    let compilers = [("gcc", "c", "-std=c99"), ("g++", "c++", "-std=c++11")];
    let compilers = compilers.into_iter().filter(|(compiler, ..)| has_compiler(compiler));
    let commands = compilers.map(|(compiler, language, standard)| {
        let mut command = workdir.command(compiler);
        command.args(["-fsyntax-only", "-x", language, standard]).args(WARNINGS).arg(file);
        command
    });
    commands.collect()
}

#[test]
fn names_of_ours_never_meet() {
    let (mut workdirs, mut commands) = (Vec::new(), Vec::new());
    let hard = fixtures::open(&fixtures::root().join("codegen/tests/specs/hard_cases"));
    let hard = ["v1.4-rc2", "v1.4", "v1.9"]
        .map(|release| lower(&hard, Some(release.parse::<Release>().expect("a release"))));
    for abi in hard.into_iter().chain([specs::names()]) {
        let workdir = workdir(&abi);
        let file = workdir.write("use.c", &using_all(&header(&abi), INCLUDE));
        commands.extend(in_every_standard(&workdir, &file, &[&[]]));
        workdirs.push(workdir);
    }
    all_silent(commands);
}

#[test]
fn another_abi_is_walked_by_the_same_code() {
    let abi = specs::config_space();
    let workdir = workdir(&abi);
    let text = header(&abi);
    assert!(!text.contains("_reply_begin"), "there is no struct in front of these chains");
    let program = format!("{INCLUDE}{}", specs::CONFIG_SPACE_PROGRAM);
    assert_eq!(workdir.run(&program), "1@40 5@50 6@60 end\n1.2@100 11.1@148 end\n");
}

#[test]
fn what_is_written_by_hand_is_copied_as_it_stands() {
    let text = header(&vfio(None));
    // Nothing in this header uses them.
    let unused = ["vfio_abi__empty_walk(", "vfio_abi__covers(", "vfio_abi__tail_from("];
    let parts = "base names number error walk body reply request builder append";
    for name in parts.split(' ') {
        let path = file(&format!("runtime/c/{name}.h"));
        let part = std::fs::read_to_string(path).expect("a part of the runtime");
        let part = part.replace("capchain_", "vfio_abi_").replace("CAPCHAIN_", "VFIO_ABI_");
        for item in part.split_inclusive("\n}\n") {
            let is_unused = unused.iter().any(|name| item.contains(name));
            assert_eq!(text.contains(item.trim()), !is_unused, "{name}: {item}");
        }
    }
}
