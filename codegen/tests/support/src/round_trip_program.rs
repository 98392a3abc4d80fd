//! Writes programs in Rust and C from the resolved ABI that read a reply, capability by
//! capability, and write it again by the builder.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use capchain::ir::protocol::{CapPlan, ChainPlan, ElementPlan, HostPlan, InputPlan};
use capchain::ir::{Abi, Struct};
use capchain::names::{self, c_name};

use crate::c_program::c_element;
use crate::full_replies::FullReply;
use crate::process::{succeed, succeed_with_input};
use crate::rustc;

/// The main programs: lines with a chain and bytes are read, and the bytes that are written are
/// printed. In C, the functions of the chains come before.
const RUST_MAIN: &str = include_str!("../../programs/round_trip.rs");
const C_MAIN: &str = include_str!("../../programs/round_trip.c");

/// What each program writes for each reply.
pub fn written(abi: &Abi, replies: &[FullReply]) -> [(&'static str, Vec<String>); 2] {
    let folder = tempfile::tempdir().expect("a folder");
    let lines = replies.iter().map(|reply| format!("{} {}\n", reply.chain, hex(&reply.bytes)));
    let input: String = lines.collect();
    let run = |program: &str| {
        let mut command = Command::new(folder.path().join(program));
        let text = succeed_with_input(&mut command, input.as_bytes());
        text.lines().map(str::to_owned).collect()
    };
    rust(folder.path(), abi);
    c(folder.path(), abi);
    [("Rust", run("main")), ("C", run("round_trip"))]
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The chains whose replies can be written.
pub fn chains(abi: &Abi) -> impl Iterator<Item = (&ChainPlan, &HostPlan)> {
    let chains = abi.protocol.chains.iter().filter(|chain| !chain.profiles.is_empty());
    chains.filter_map(|chain| Some((chain, chain.host.as_ref()?)))
}

fn rust(folder: &Path, abi: &Abi) {
    rustc::write_crate(folder, abi);
    rustc::library(folder, "generated_abi", &["--cfg", "feature=\"alloc\""]);
    let mut text = "//! Each chain.\n\nuse generated_abi::views;\n\n".to_owned();
    let mut arms = String::new();
    for (plan, host) in chains(abi) {
        let chain = &abi.chain(plan.chain).name;
        text += &rust_function(abi, plan, host);
        writeln!(arms, "        {chain:?} => {chain}(bytes),").expect("text");
    }
    writeln!(
        text,
        "pub(crate) fn written(chain: &str, bytes: &[u8]) -> Vec<u8> {{\n    match chain {{\n{arms}        \
         other => panic!(\"{{other}}\"),\n    }}\n}}\n"
    )
    .expect("text");
    fs::write(folder.join("chains.rs"), text).expect("a file");
    rustc::program_with(folder, "generated_abi", RUST_MAIN, &[]);
}

fn rust_function(abi: &Abi, plan: &ChainPlan, host: &HostPlan) -> String {
    let (chain, struct_) = (&abi.chain(plan.chain).name, abi.struct_(host.struct_));
    let view = names::reply_view(&abi.prefix, &struct_.name);
    let profile = names::screaming(&plan.profiles[0].name);
    let buffer = names::cap_buf(chain);
    let inputs: String = inputs(host)
        .map(|(at, end)| format!("    out[{at}..{end}].copy_from_slice(&bytes[{at}..{end}]);\n"))
        .collect();
    format!(
        "fn {chain}(bytes: &[u8]) -> Vec<u8> {{\n    \
         let view = views::{view}::parse(bytes).expect(\"a reply\");\n    \
         let fixed = view.to_struct();\n    \
         let caps = view.caps().map(|cap| cap.expect(\"a capability\"));\n    \
         let caps: Vec<_> = caps.map(views::{buffer}::from).collect();\n    \
         let mut out = vec![0; bytes.len()];\n{inputs}    \
         views::{profile}.reply(&mut out, &fixed, &caps).expect(\"a reply\");\n    out\n}}\n\n"
    )
}

/// The start and the end of what a server finds in the buffer.
fn inputs(host: &HostPlan) -> impl Iterator<Item = (u64, u64)> {
    let inputs = host.inputs.iter().map(|InputPlan { offset, size, .. }| (*offset, offset + size));
    std::iter::once((host.argsz.1, host.argsz.1 + 4)).chain(inputs)
}

fn c(folder: &Path, abi: &Abi) {
    let stem = names::c_stem(&abi.name);
    let mut text = format!("#include \"{stem}.h\"\n#include <stdlib.h>\n#include <string.h>\n");
    let mut arms = String::new();
    for (plan, host) in chains(abi) {
        let chain = &abi.chain(plan.chain).name;
        text += &c_function(abi, &stem, plan, host);
        writeln!(arms, "\tif (!strcmp(chain, {chain:?}))\n\t\t{chain}(bytes, len, out);")
            .expect("text");
    }
    writeln!(
        text,
        "static void written(const char *chain, const __u8 *bytes, size_t len,\n\t\t    \
         __u8 *out)\n{{\n{arms}}}\n{C_MAIN}"
    )
    .expect("text");
    fs::write(folder.join("round_trip.c"), text).expect("a file");
    let mut compile = Command::new("gcc");
    compile.current_dir(folder).args(["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror"]);
    succeed(compile.args(["-Igenerated/include", "-o", "round_trip", "round_trip.c"]));
}

fn c_function(abi: &Abi, stem: &str, plan: &ChainPlan, host: &HostPlan) -> String {
    let chain = &abi.chain(plan.chain).name;
    let info = c_name(stem, &[chain, "info"]);
    let [caps, next] = ["caps", "next"].map(|word| c_name(stem, &[chain, word]));
    let profile = c_name(stem, &["profile", &plan.profiles[0].name]);
    let arms = plan.capabilities.iter().map(|id| {
        let plan = &abi.protocol.capabilities[id.0];
        let struct_ = plan.struct_.map(|id| abi.struct_(id));
        c_arm(abi, &c_name(stem, &[chain, &abi.capability(*id).short]), plan, struct_)
    });
    let arms: String = arms.collect();
    let inputs: String = inputs(host)
        .map(|(at, end)| format!("\tmemcpy(out + {at}, bytes + {at}, {});\n", end - at))
        .collect();
    format!(
        "static void {chain}(const __u8 *bytes, size_t len, __u8 *out)\n{{\n\
         \tstruct {stem}_reply_builder to;\n\tstruct {stem}_walk walk;\n\
         \tstruct {stem}_cap cap;\n\tstruct {info} info;\n\n\
         \tif ({info}_parse(bytes, len, &info))\n\t\texit(2);\n{inputs}\
         \tif ({stem}_reply_begin(&to, &{profile}, out, len))\n\t\texit(3);\n\
         \twhile ({stem}_reply_pass(&to)) {{\n\t\t{info}_fixed(&to, &info);\n\
         \t\twalk = {caps}(&info);\n\t\twhile ({next}(&walk, &cap) > 0) {{\n{arms}\
         \t\t}}\n\t}}\n}}\n\n"
    )
}

/// Reads and appends a capability.
fn c_arm(abi: &Abi, view: &str, plan: &CapPlan, struct_: Option<&Struct>) -> String {
    let array = plan.array.as_ref().zip(struct_).map(|(array, struct_)| {
        let name = &struct_.fields[array.field].name;
        let type_ = match &array.element {
            ElementPlan::Int(int) => names::c_int(int.value()).to_owned(),
            ElementPlan::Struct(id, _) => format!("struct {}", abi.struct_(*id).name),
        };
        let get = c_element(view, name);
        let declared = format!("\t\t\t\t{type_} elements[64];\n\t\t\t\t__u32 nth;\n");
        let reads = format!(
            "\t\t\t\tfor (nth = 0; nth < view.{name}.count; nth++)\n\
             \t\t\t\t\t{get}(&view, nth, &elements[nth]);\n"
        );
        let count = if array.count.is_none() { ", nth" } else { "" };
        (declared, reads, format!("{count}, elements"))
    });
    let (declared, reads, arguments) = array.unwrap_or_default();
    format!(
        "\t\t\tif (cap.id == {}) {{\n\t\t\t\tstruct {view} view;\n{declared}\n\
         \t\t\t\tif ({view}_read(&cap, &view) != 1)\n\t\t\t\t\texit(4);\n{reads}\
         \t\t\t\t{view}_append(&to, &view{arguments});\n\t\t\t}}\n",
        plan.id
    )
}
