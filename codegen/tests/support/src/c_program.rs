//! Writes a C program from the resolved ABI that prints the canonical text of
//! replies by the generated header. Knows no capability: members are called as
//! fields are.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use capchain::ir::{Abi, Capability, Chain, Field, Role, StructId, Type};
use capchain::layout::{Int, Model};
use capchain::names::{self, c_name};

/// The main program, the same for every ABI.
const MAIN: &str = include_str!("../../programs/canonical.c");
/// The functions that print the conformance text in C.
pub const TEXT: &str = include_str!("../../programs/text.h");

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

/// The file `chains.h`: a function per chain, and the choice between them. What
/// is found is told by functions of the file that includes it.
pub fn source(abi: &Abi, stem: &str) -> String {
    let mut text: String = abi.chains.iter().map(|chain| function(abi, stem, chain)).collect();
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

fn function(abi: &Abi, stem: &str, chain: &Chain) -> String {
    let (name, mut ids, mut arms) = (&chain.name, Vec::new(), String::new());
    for index in &chain.capabilities {
        let capability = abi.capability(*index);
        if !ids.contains(&capability.id) {
            ids.push(capability.id);
            arms += &arm(abi, stem, chain, capability);
        }
    }
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
        start = start(abi, stem, chain),
    )
}

/// The lines that print the first line of the text, and start the walk.
fn start(abi: &Abi, stem: &str, chain: &Chain) -> String {
    let caps = c_name(stem, &[&chain.name, "caps"]);
    let Some(host) = chain.offset_host() else {
        return format!("\tno_host();\n\twalk = {caps}(bytes, len);\n");
    };
    let struct_ = abi.struct_(host.struct_);
    let layout = &struct_.layouts[Model::Lp64.index()];
    let minsz = struct_.minsz.map_or(layout.size, |minsz| layout.fields[minsz].end());
    let info = c_name(stem, &[&chain.name, "info"]);
    format!(
        "\tstruct {info} info;\n\n\tif ({info}_parse(&info, bytes, len)) {{\n\
         \t\tno_reply(info.reply.len, {minsz});\n\t\treturn 1;\n\t}}\n\
         \treply(info.reply.argsz, info.reply.need);\n\twalk = {caps}(&info);\n"
    )
}

/// The lines of a known capability.
fn arm(abi: &Abi, stem: &str, chain: &Chain, capability: &Capability) -> String {
    let view = c_name(stem, &[&chain.name, &capability.short]);
    let (id, short) = (capability.id, &capability.short);
    let fields = capability.struct_.map(|id| &abi.struct_(id).fields);
    let fields = fields.into_iter().flatten().filter(|field| is_told(field));
    let lines: String = fields.map(|field| field_lines(abi, &view, field)).collect();
    format!(
        "\t\tif (cap.known && cap.id == {id}) {{\n\t\t\tstruct {view} view;\n\n\
         \t\t\tif ({view}_read(&cap, &view) != 1)\n\t\t\t\texit(5);\n\
         \t\t\tcapability(cap.at, cap.id, view.cap.version, {short:?});\n{lines}\t\t}}\n"
    )
}

fn is_told(field: &Field) -> bool {
    !matches!(field.role, Role::Header | Role::Reserved)
}

fn field_lines(abi: &Abi, view: &str, field: &Field) -> String {
    let name = &field.name;
    match &field.type_ {
        Type::Int(int) => {
            let when = match field.version {
                0 | 1 => String::new(),
                _ => format!("\t\t\tif (view.has_{name})\n\t"),
            };
            format!("{when}\t\t\t{}number({name:?}, view.{name});\n", sign(*int))
        }
        Type::Flexible(element, _) => match **element {
            Type::Int(Int::U8) => {
                format!("\t\t\thex({name:?}, view.{name}.bytes, view.{name}.count);\n")
            }
            Type::Struct(id) => element_lines(abi, view, name, id),
            _ => panic!("there is no function for the array `{name}`"),
        },
        _ => panic!("there is no member for `{name}`"),
    }
}

fn element_lines(abi: &Abi, view: &str, array: &str, id: StructId) -> String {
    let struct_ = abi.struct_(id);
    let mut lines = format!(
        "\t\t\tstruct {} each;\n\n\
         \t\t\tfor (__u32 nth = 0; {view}_{array}(&view, nth, &each); nth++) {{\n",
        struct_.name
    );
    for field in struct_.fields.iter().filter(|field| is_told(field)) {
        let Type::Int(int) = field.type_ else { panic!("elements have no `{}`", field.name) };
        let (name, sign) = (&field.name, sign(int));
        writeln!(lines, "\t\t\t\t{sign}element({array:?}, nth, {name:?}, each.{name});")
            .expect("text");
    }
    lines + "\t\t\t}\n"
}

/// What the printing functions of signed numbers start with.
fn sign(int: Int) -> &'static str {
    if int.signed() { "signed_" } else { "" }
}
