//! Every small counted reply, read by the header: `c/counted.c` defines the set, and judges
//! each reply by arithmetic.

use capchain::lower::lower;
use support::build_modes::modes;
use support::compilers::Workdir;
use support::fixtures;
use support::process::{code_and_text, succeed};

/// The bytes before the array, and those of an element.
const FIXED: u64 = 12;
const EACH: u64 = 8;

/// Counts of more elements than any buffer has.
const LARGE_COUNTS: u64 = 8;
const BACKGROUNDS: u64 = 3;

/// The most elements of a reply.
const MOST: u64 = 64;

/// The line that the program prints: the number of replies.
fn expected() -> String {
    let replies = BACKGROUNDS * (MOST + 1 + LARGE_COUNTS) * (FIXED + EACH * (MOST + 1) + 1);
    format!("{replies}\n")
}

fn compile(workdir: &Workdir, compiler: &str, arguments: &[&str]) {
    let folder = fixtures::root().join("codegen/tests/c");
    let mut command = workdir.command(compiler);
    command.args(["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-I.", "-I"]).arg(&folder);
    command.args(arguments).arg(format!("-DMOST={MOST}")).arg(folder.join("counted.c"));
    succeed(command.args(["-o", "./counted"]));
}

fn header() -> String {
    capchain::emit::c_header(&lower(&fixtures::spec(), None)).contents
}

#[test]
fn every_small_counted_reply_is_read() {
    let workdir = Workdir::new(&header());
    compile(&workdir, "gcc", &["-O1"]);
    assert_eq!(succeed(&mut workdir.command("./counted")), expected());
}

#[test]
#[ignore = "takes a minute; .ci/long exhaustive runs it"]
fn every_small_counted_reply_is_read_in_every_mode() {
    let workdir = Workdir::new(&header());
    for mode in modes(&workdir) {
        compile(&workdir, mode.compiler, mode.arguments);
        let printed = succeed(&mut mode.run(&workdir, "./counted"));
        assert_eq!(printed, expected(), "{}", mode.name);
    }
}

#[test]
fn a_wrong_header_is_found() {
    for (from, to) in [
        ("count <= (size - start) / each", "count < (size - start) / each"),
        ("count <= (size - start) / each", "count <= (size - start) / each + 1"),
        ("if (len < format->size)", "if (len + 1 < format->size)"),
        ("if (size > request->len)", "if (size >= request->len)"),
        ("(0xffffffff - format->size) / format->each", "0xffffffff / format->each"),
    ] {
        let header = header();
        assert_eq!(header.matches(from).count(), 1, "{from}");
        let workdir = Workdir::new(&header.replace(from, to));
        let sanitized = ["-g", "-O1", "-fsanitize=address", "-fno-sanitize-recover=all"];
        compile(&workdir, "gcc", &sanitized);
        let (code, text) = code_and_text(&mut workdir.command("./counted"));
        assert_ne!(code, Some(0), "{to} is not found: {text}");
    }
}
