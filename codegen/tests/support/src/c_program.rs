//! Writes a C program from the resolved ABI that prints the canonical text of
//! replies by the generated header. Knows no capability: members are called as
//! fields are.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use capchain::ir::protocol::{ArrayPlan, ChainPlan, ElementPlan};
use capchain::ir::{Abi, CapabilityId, Chain, Field, Role, Struct};
use capchain::layout::Int;
use capchain::names::{self, c_name};

use crate::c_values::{self, Label};

/// The main program, the same for every ABI.
const MAIN: &str = include_str!("../../programs/canonical.c");
/// The functions that print the conformance text in C.
pub const TEXT: &str = include_str!("../../programs/text.h");

/// A name with the numbers of elements.
const NAMED: &str = include_str!("../../programs/named.h");

/// What makes a program end at what it must not do, where the machine has it.
const SANITIZERS: &[&str] = &["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

/// Writes the program.
pub fn write(folder: &Path, abi: &Abi) {
    let stem = names::c_stem(&abi.name);
    let main = format!("#include \"{stem}.h\"\n{MAIN}");
    fs::write(folder.join("canonical.c"), main).expect("a file");
    fs::write(folder.join("text.h"), TEXT).expect("a file");
    fs::write(folder.join("chains.h"), source(abi, &stem)).expect("a file");
}

/// Writes the program and compiles it against the header in `folder`.
pub fn compile(folder: &Path, abi: &Abi) -> PathBuf {
    write(folder, abi);
    let sanitized = gcc(folder, SANITIZERS);
    if !sanitized.is_empty() {
        let errors = gcc(folder, &[]);
        assert!(errors.is_empty(), "{errors}");
    }
    folder.join("canonical")
}

/// What gcc says to the program.
fn gcc(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("gcc");
    command.current_dir(folder).args(["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror"]);
    command.args(arguments).args(["-Igenerated/include", "-I.", "canonical.c", "-o", "canonical"]);
    let output = command.output().expect("gcc is needed to test the C header");
    match output.status.success() {
        true => String::new(),
        false => String::from_utf8_lossy(&output.stderr).into_owned() + "gcc failed",
    }
}

/// The file `chains.h`: a function per chain, and the choice between them. The
/// functions of the including file print the values.
pub fn source(abi: &Abi, stem: &str) -> String {
    let mut text = NAMED.to_owned();
    text.extend(abi.protocol.chains.iter().map(|plan| function(abi, stem, plan)));
    text += "static const struct {\n\tconst char *name;\n\t\
             int (*tell)(const __u8 *bytes, size_t len);\n} chains[] = {\n";
    for Chain { name, .. } in &abi.chains {
        writeln!(text, "\t{{ {name:?}, of_{name} }},").expect("text");
    }
    text += "};\n";
    text + "static int canonical(const char *chain, const __u8 *bytes, size_t len)\n{\n\
           \tfor (size_t nth = 0; nth < sizeof(chains) / sizeof(*chains); nth++)\n\
           \t\tif (!strcmp(chain, chains[nth].name))\n\
           \t\t\treturn chains[nth].tell(bytes, len);\n\treturn 0;\n}\n"
}

fn function(abi: &Abi, stem: &str, plan: &ChainPlan) -> String {
    let name = &abi.chain(plan.chain).name;
    let arms: String = plan.capabilities.iter().map(|id| arm(abi, stem, name, *id)).collect();
    let next = c_name(stem, &[name, "next"]);
    let first = format!("{}_OUT_OF_BOUNDS", stem.to_uppercase());
    format!(
        "static int of_{name}(const __u8 *bytes, size_t len)\n{{\n\
         \tstruct {stem}_walk walk;\n\tstruct {stem}_cap cap;\n\tint found;\n{start}\
         \twhile ((found = {next}(&walk, &cap)) > 0) {{\n{arms}\
         \t\tif (!cap.known)\n\t\t\tcapability(cap.at, cap.id, cap.version, \"?\");\n\
         \t\tnumber(\"bytes\", cap.size);\n\t}}\n\
         \tif (found)\n\t\tdamage({first} - found, walk.error.at, walk.error.id, \
         walk.error.value);\n\treturn 1;\n}}\n",
        start = start(stem, name, plan),
    )
}

/// The lines that print the first line of the text, and start the walk.
fn start(stem: &str, chain: &str, plan: &ChainPlan) -> String {
    let caps = c_name(stem, &[chain, "caps"]);
    let Some(host) = &plan.host else {
        return format!("\tno_host();\n\twalk = {caps}(bytes, len);\n");
    };
    let (info, minsz) = (c_name(stem, &[chain, "info"]), host.minsz);
    format!(
        "\tstruct {info} info;\n\n\tif ({info}_parse(bytes, len, &info)) {{\n\
         \t\tno_reply(info.reply.len, {minsz});\n\t\treturn 1;\n\t}}\n\
         \treply(info.reply.argsz, info.reply.need);\n\twalk = {caps}(&info);\n"
    )
}

/// The lines of a known capability.
fn arm(abi: &Abi, stem: &str, chain: &str, id: CapabilityId) -> String {
    let (short, plan) = (&abi.capability(id).short, &abi.protocol.capabilities[id.0]);
    let (id, view) = (plan.id, c_name(stem, &[chain, short]));
    let mut lines = String::new();
    if let Some(struct_) = plan.struct_.map(|id| abi.struct_(id)) {
        let shown = struct_.fields.iter();
        let shown = shown.filter(|field| !matches!(field.role, Role::Header | Role::Reserved));
        lines.extend(shown.map(|field| own(abi, field)));
        lines.extend(plan.array.iter().map(|plan| array(abi, &view, struct_, plan)));
    }
    format!(
        "\t\tif (cap.known && cap.id == {id}) {{\n\t\t\tstruct {view} view;\n\n\
         \t\t\tif ({view}_read(&cap, &view) != 1)\n\t\t\t\texit(5);\n\
         \t\t\tcapability(cap.at, cap.id, view.cap.version, {short:?});\n{lines}\t\t}}\n"
    )
}

/// The lines of a field of a capability.
fn own(abi: &Abi, field: &Field) -> String {
    let lines = c_values::field(abi, field, &Label::new(&field.name), "view");
    match field.version {
        0 | 1 => lines,
        _ => format!("if (view.has_{}) {{\n{lines}}}\n", field.stored_name()),
    }
}

fn array(abi: &Abi, view: &str, struct_: &Struct, plan: &ArrayPlan) -> String {
    let name = &struct_.fields[plan.field].name;
    let (type_, lines) = match &plan.element {
        ElementPlan::Int(Int::U8) => {
            return format!("\t\t\thex({name:?}, view.{name}.bytes, view.{name}.count);\n");
        }
        ElementPlan::Int(int) => {
            let line = format!("\t\t\t\t{}element({name:?}, nth0, \"\", each);\n", sign(*int));
            (c_type(*int).to_owned(), line)
        }
        ElementPlan::Struct(id, _) => {
            let element = abi.struct_(*id);
            let label = Label::new(name).element("nth0");
            (format!("struct {}", element.name), c_values::fields(abi, element, &label, "each"))
        }
    };
    let get = c_element(view, name);
    format!(
        "\t\t\t{type_} each;\n\n\
         \t\t\tfor (__u32 nth0 = 0; {get}(&view, nth0, &each); nth0++) {{\n{lines}\t\t\t}}\n"
    )
}

/// The C type of an integer in a view.
pub(crate) fn c_type(int: Int) -> &'static str {
    match int {
        Int::AlignedU64 => names::c_int(Int::U64),
        int => names::c_int(int),
    }
}

/// The prefix of the functions that print signed numbers.
pub(crate) fn sign(int: Int) -> &'static str {
    if int.signed() { "signed_" } else { "" }
}

/// The function for an element of an array of a capability, whose view is given.
pub(crate) fn c_element(view: &str, array: &str) -> String {
    names::joined(view, names::c_element(view, array))
}
