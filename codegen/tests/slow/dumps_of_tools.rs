//! The commands of `codegen/tests/dumps/commands`, run by the tools of this machine: their
//! output gives the reply, as the committed output of other versions does.

use std::fs;
use std::process::{Command, Stdio};

use capchain::dump;
use support::dumps::{Extent, ToolDump, dumps, reply};
use support::fixtures;
use support::groups::{Group, skip};

/// The folder in which the commands run.
fn workshop() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let (at, reply) = (folder.path(), reply());
    let numbers = |numbers: Vec<String>| numbers.join(", ");
    let bytes = numbers(reply.iter().map(u8::to_string).collect());
    let words = reply.chunks_exact(4).map(|word| word.try_into().map(u32::from_ne_bytes));
    let words = numbers(words.map(|word| word.expect("four bytes").to_string()).collect());
    let data = format!(
        "unsigned char reply[{}] = {{{bytes}}};\nunsigned int words[] = {{{words}}};\n",
        reply.len()
    );
    fs::write(at.join("data.c"), data).expect("written");
    fs::write(at.join("program.c"), "int main(void) { return 0; }\n").expect("written");
    fs::write(at.join("reply.bin"), &reply).expect("written");
    fs::write(at.join("packet.pcap"), packet(&reply)).expect("written");
    for program in ["print.rs", "print.go"] {
        let from = fixtures::root().join("codegen/tests/programs/dumps").join(program);
        fs::copy(from, at.join(program)).expect("copied");
    }
    let gcc = ["-g", "-O0", "-o", "program", "program.c", "data.c"];
    let built = Command::new("gcc").args(gcc).current_dir(at).status().expect("gcc");
    assert!(built.success());
    folder
}

/// A capture of one packet, of a link type that users define.
fn packet(content: &[u8]) -> Vec<u8> {
    let len = u32::try_from(content.len()).expect("a short packet");
    let header = [0xa1b2_c3d4, 4 << 16 | 2, 0, 0, 65535, 147, 1, 0, len, len];
    let header = header.into_iter().flat_map(u32::to_le_bytes);
    header.chain(content.iter().copied()).collect()
}

const TOOLS: &[&str] = &[
    "base64",
    "erl",
    "gdb",
    "go",
    "hexdump",
    "hexyl",
    "iconv",
    "lldb",
    "node",
    "od",
    "openssl",
    "perl",
    "python3",
    "qemu-system-x86_64",
    "rustc",
    "strace",
    "tcpdump",
    "xxd",
];

fn tools_of(command: &str) -> impl Iterator<Item = &str> {
    command.split([' ', '|']).filter(|word| TOOLS.contains(word))
}

fn is_found(tool: &str) -> bool {
    let found = Command::new("sh").args(["-c", &format!("command -v {tool}")]).output();
    found.expect("a shell").status.success()
}

#[test]
#[ignore = "runs a hundred programs; .ci/long dumps"]
fn the_tools_of_this_machine_print_what_decode_reads() {
    let folder = workshop();
    let (reply, mut ran) = (reply(), 0);
    let others = ["print_hex_dump", "# "];
    let of_tools = |dump: &ToolDump| !others.iter().any(|mark| dump.command.starts_with(mark));
    for ToolDump { file, extent, command, .. } in dumps().into_iter().filter(of_tools) {
        let missing: Vec<_> = tools_of(&command).filter(|tool| !is_found(tool)).collect();
        if !missing.is_empty() {
            skip(Group::Tools, &format!("{file}: {} is not installed", missing.join(", ")));
            continue;
        }
        let mut shell = Command::new("sh");
        shell.args(["-c", &command]).current_dir(folder.path()).stdin(Stdio::null());
        let text = shell.output().expect("a shell").stdout;
        let shown = String::from_utf8_lossy(&text).into_owned();
        match (extent, dump::read(&text, false)) {
            (Extent::Whole, Ok(dump)) => {
                let same = dump.readings.iter().any(|reading| reading.bytes == reply);
                assert!(same, "{command}: {dump:?}\n{shown}");
            }
            (Extent::Cut, Ok(dump)) => {
                assert!(dump.cut && reply.starts_with(dump.bytes()), "{command}: {dump:?}");
            }
            (Extent::Refused, Err(_)) => {}
            (_, found) => panic!("{command}: {found:?}\n{shown}"),
        }
        ran += 1;
    }
    println!("{ran} commands");
    assert!(ran > 0, "no tool is installed");
}
