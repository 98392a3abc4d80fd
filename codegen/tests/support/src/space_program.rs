//! Writes programs from the resolved ABI that print the conformance text of chains in a
//! space, in Rust and in C. Each reads a space as bytes and through accessors. Getters and
//! members are called as fields are. A program in Python needs nothing of the ABI.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use capchain::ir::protocol::{
    ArrayPlan, CapPlan, ChainPlan, ElementPlan, FixedArray, IntField, PartPlan,
};
use capchain::ir::{Abi, CapabilityId, Role, Struct};
use capchain::layout::Int;
use capchain::lower::lower;
use capchain::names::{self, c_name};
use capchain::spec::load::Origin;

use crate::c_program::c_element;
use crate::process::succeed;
use crate::rustc;

const RUST: &str = include_str!("../../programs/spaces.rs");
const C: &str = include_str!("../../programs/spaces.c");
const RUST_TEXT: &str = include_str!("../../programs/space_text.rs");
const PYTHON: &str = include_str!("../../programs/canonical_space.py");
const C_TEXT: &str = include_str!("../../programs/space_text.c");

/// The chains of an ABI that are in a space.
pub fn chains(abi: &Abi) -> impl Iterator<Item = &ChainPlan> {
    abi.protocol.chains.iter().filter(|plan| plan.space.is_some())
}

/// Writes the crate of an ABI to a folder, and `chains.rs`, which reads all of its chains in
/// a space by the functions of the program that has it as a module.
pub fn write(folder: &Path, abi: &Abi) {
    rustc::write_crate(folder, abi);
    fs::write(folder.join("chains.rs"), rust_chains(abi)).expect("a file");
}

/// Writes what makes the conformance text in both languages, and the crate with its header.
/// In Rust, the crate has the name `external`.
pub fn write_texts(folder: &Path, abi: &Abi, external: &str) {
    rustc::write_crate(folder, abi);
    let stem = names::c_stem(&abi.name);
    let named = |text: &str| text.replace("generated_abi", external);
    for (name, text) in [
        ("chains.rs", named(&rust_chains(abi))),
        ("space_text.rs", named(RUST_TEXT)),
        ("chains.h", c_chains(abi, &stem)),
        ("space_text.c", C_TEXT.replace("STEM", &stem)),
    ] {
        fs::write(folder.join(name), text).expect("a file");
    }
}

/// The newest ABI of PCI, all of whose chains are in a space.
pub fn pci() -> Abi {
    let opened = capchain::open(&Origin::Embedded(capchain::embedded::files("pci")), &[]);
    lower(&opened.spec.expect("the specification"), None)
}

/// Compiles the program in Rust, of which the texts were written.
pub fn rust(folder: &Path) -> PathBuf {
    let name = "generated_abi";
    rustc::library(folder, name, &[]);
    rustc::program_with(folder, name, RUST, &[])
}

/// Compiles the program in C, of which the texts were written, with sanitizers.
pub fn c(folder: &Path) -> PathBuf {
    fs::write(folder.join("spaces.c"), C).expect("a file");
    let mut gcc = Command::new("gcc");
    gcc.current_dir(folder).args(["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror"]);
    gcc.args(["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]);
    succeed(gcc.args(["spaces.c", "space_text.c", "-o", "spaces"]));
    folder.join("spaces")
}

/// The program in Python and its arguments, the folder and the name of the package, which was
/// written with the crate.
pub fn python(folder: &Path, abi: &Abi) -> [PathBuf; 3] {
    let program = folder.join("spaces.py");
    fs::write(&program, PYTHON).expect("a file");
    [program, folder.join("generated/python"), names::c_stem(&abi.name).into()]
}

/// A capability with the names that both languages have for it.
struct Named<'a> {
    abi: &'a Abi,
    short: &'a str,
    plan: &'a CapPlan,
    struct_: Option<&'a Struct>,
}

fn named(abi: &Abi, id: CapabilityId) -> Named<'_> {
    let plan = &abi.protocol.capabilities[id.0];
    let (item, struct_) = (abi.capability(id), plan.struct_.map(|id| abi.struct_(id)));
    Named { abi, short: &item.short, plan, struct_ }
}

impl<'a> Named<'a> {
    /// Its integer fields with their names.
    fn fields(&self) -> impl Iterator<Item = (&'a str, &'a IntField)> {
        let (struct_, fields) = (self.struct_, &self.plan.fields);
        fields.iter().filter_map(move |plan| {
            let field = &struct_?.fields[plan.field];
            (field.role != Role::Reserved).then_some((field.name.as_str(), plan))
        })
    }

    /// Its arrays of fixed length with their names.
    fn fixed_arrays(&self) -> impl Iterator<Item = (&'a str, &'a FixedArray)> {
        let (struct_, arrays) = (self.struct_, &self.plan.fixed_arrays);
        let named = move |array: &'a FixedArray| {
            struct_.map(|one| (one.fields[array.first.field].name.as_str(), array))
        };
        arrays.iter().filter_map(named)
    }

    /// The member with the number of a field that has a type of its own in Rust.
    fn raw(&self, plan: &IntField) -> &'static str {
        self.struct_.map_or("", |struct_| raw_of(self.abi, struct_, plan))
    }

    /// Whether bits of another capability decide on a field.
    fn asks_companion(&self, field: usize) -> bool {
        self.plan.body.part(field).is_some_and(PartPlan::has_companion)
    }

    /// Its array with its name.
    fn array(&self) -> Option<(&'a str, &'a ArrayPlan)> {
        let array = self.plan.array.as_ref()?;
        Some((self.struct_?.fields[array.field].name.as_str(), array))
    }
}

fn raw_of(abi: &Abi, struct_: &Struct, plan: &IntField) -> &'static str {
    let group = struct_.fields[plan.field].group;
    let typed = group
        .map(|id| abi.group(id))
        .is_some_and(|group| group.rust.is_some() && group.int.size() == plan.int.size());
    if typed { ".0" } else { "" }
}

/// Whether an element can lack a field.
fn is_optional(array: &ArrayPlan, plan: &IntField) -> bool {
    let end = plan.offset.kernel() + plan.int.size();
    let short = array.each.is_some_and(|each| end > each.plus * each.unit);
    short || array.body.part(plan.field).is_some()
}

fn getter(field: &str) -> String {
    let getter = names::view_getter(field);
    if names::is_rust_identifier(&getter) { getter } else { format!("r#{getter}") }
}

fn rust_chains(abi: &Abi) -> String {
    let mut text = "use generated_abi::views::{self, Space};\n\nuse super::*;\n\n\
        pub fn canonical<S: Space + ?Sized>(text: &mut String, chain: &str, space: &S) {\n    \
        match chain {\n"
        .to_owned();
    let names: Vec<_> = chains(abi).map(|plan| &abi.chain(plan.chain).name).collect();
    for name in &names {
        writeln!(text, "        {name:?} => {name}(text, space),").expect("text");
    }
    text += "        _ => unexpected(),\n    }\n}\n";
    write!(text, "\npub const NAMES: [&str; {}] = {names:?};\n", names.len()).expect("text");
    for plan in chains(abi) {
        let name = &abi.chain(plan.chain).name;
        let type_ = names::rust_type(name);
        let arms = plan.capabilities.iter().map(|id| rust_arm(abi, &type_, *id));
        let arms = arms.collect::<String>();
        write!(
            text,
            "\nfn {name}<S: Space + ?Sized>(text: &mut String, space: &S) {{\n    \
             for found in views::{type_}Caps::of(space) {{\n        match found {{\n            \
             Err(error) => damage(text, error),\n{arms}            \
             Ok(views::{type_}Cap::Unknown(cap)) => {{\n                \
             head(text, cap, \"?\");\n                \
             number(text, \"bytes\", cap.size());\n            }}\n            \
             Ok(_) => unexpected(),\n        }}\n    }}\n}}\n"
        )
        .expect("text");
    }
    text
}

fn rust_arm(abi: &Abi, chain: &str, id: CapabilityId) -> String {
    let cap = named(abi, id);
    let variant = names::rust_type(cap.short);
    let own = rust_lines(&cap);
    if cap.plan.kinds.is_empty() {
        return format!(
            "            Ok(views::{chain}Cap::{variant}(view)) => {{\n{own}            }}\n"
        );
    }
    let enum_ = format!("views::{chain}{variant}Kind");
    let kinds = cap.plan.kinds.iter().map(|kind| {
        let kind = named(abi, kind.capability);
        let (variant, lines) = (names::rust_type(kind.short), rust_lines(&kind));
        format!("                Ok({enum_}::{variant}(view)) => {{\n{lines}                }}\n")
    });
    let kinds: String = kinds.collect();
    format!(
        "            Ok(views::{chain}Cap::{variant}(view)) => match view.kind() {{\n                \
         Err(error) => damage(text, error),\n{kinds}                \
         Ok(_) => {{\n{own}                }}\n            }},\n"
    )
}

fn rust_lines(cap: &Named<'_>) -> String {
    let getters = cap.struct_.map(|struct_| {
        let shown = struct_.fields.iter();
        let shown = shown.filter(|field| !matches!(field.role, Role::Header | Role::Reserved));
        shown.map(|field| names::view_getter(&field.name)).collect::<Vec<_>>()
    });
    let mut text = format!(
        "head(text, view.cap(), {:?});\nshows(&view, &{:?});\n",
        cap.short,
        getters.unwrap_or_default()
    );
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (name, plan) in cap.fields() {
        let (getter, raw) = (getter(name), cap.raw(plan));
        let line = match plan.version > 1 || cap.plan.body.part(plan.field).is_some() {
            true if cap.asks_companion(plan.field) => {
                present(name, &getter, &format!("number(text, {name:?}, it{raw})"))
            }
            false => format!("number(text, {name:?}, view.{getter}(){raw});\n"),
            true => format!(
                "if let Some(it) = view.{getter}() {{ number(text, {name:?}, it{raw}); }}\n"
            ),
        };
        lines.push((plan.field, line));
    }
    for (name, array) in cap.fixed_arrays() {
        let getter = getter(name);
        let print = if array.first.int == Int::U8 { "hex" } else { "elements" };
        let line = match cap.plan.body.part(array.first.field) {
            Some(_) if cap.asks_companion(array.first.field) => {
                present(name, &getter, &format!("{print}(text, {name:?}, it.into_iter())"))
            }
            None if array.first.version <= 1 => {
                format!("{print}(text, {name:?}, view.{getter}().into_iter());\n")
            }
            _ => format!(
                "if let Some(it) = view.{getter}() {{ {print}(text, {name:?}, it.into_iter()); }}\n"
            ),
        };
        lines.push((array.first.field, line));
    }
    lines.sort();
    text.extend(lines.into_iter().map(|(_, line)| line));
    if let Some((name, array)) = cap.array() {
        let call = getter(name);
        let line = match &array.element {
            ElementPlan::Int(Int::U8) => {
                let exists = cap.plan.body.part(array.field).is_none();
                assert!(exists, "an array of bytes that need not exist has no text");
                format!("hex(text, {name:?}, view.{call}());\n")
            }
            ElementPlan::Int(_) => format!("elements(text, {name:?}, view.{call}());\n"),
            ElementPlan::Struct(id, fields) => {
                let element = cap.abi.struct_(*id);
                let lines = fields.iter().map(|plan| {
                    let field = &element.fields[plan.field].name;
                    let label = format!("&format!(\"{name}[{{nth}}].{field}\")");
                    let raw = raw_of(cap.abi, element, plan);
                    match is_optional(array, plan) {
                        false => format!("number(text, {label}, item.{}(){raw});\n", getter(field)),
                        true => format!(
                            "if let Some(it) = item.{}() {{ number(text, {label}, it{raw}); }}\n",
                            getter(field)
                        ),
                    }
                });
                let lines: String = lines.collect();
                format!("for (nth, item) in view.{call}().enumerate() {{\n{lines}}}\n")
            }
        };
        text += &line;
    }
    text + "number(text, \"bytes\", view.cap().size());\n"
}

/// A field that exists by bits of another capability: what prints it, or that it is unknown.
fn present(name: &str, getter: &str, print: &str) -> String {
    format!(
        "match view.{getter}() {{\nviews::SpacePresence::Present(it) => {print},\n\
         views::SpacePresence::Unknown => unknown(text, {name:?}),\n\
         views::SpacePresence::Absent => {{}}\n}}\n"
    )
}

fn c_chains(abi: &Abi, stem: &str) -> String {
    let mut text = String::new();
    for plan in chains(abi) {
        let name = &abi.chain(plan.chain).name;
        let (caps, next) = (c_name(stem, &[name, "caps"]), c_name(stem, &[name, "next"]));
        let arms = plan.capabilities.iter().map(|id| c_arm(abi, stem, name, *id));
        let arms = arms.collect::<String>();
        let finds = plan.capabilities.iter().map(|id| c_finds(abi, stem, name, *id));
        let finds = finds.collect::<String>();
        write!(
            text,
            "static void of_{name}(const struct {stem}_space *space)\n{{\n\
             \tstruct {stem}_space_walk walk = {caps}(space);\n\tstruct {stem}_space_cap cap;\n\
             \tint found;\n\n\twhile ((found = {next}(&walk, &cap)) > 0) {{\n\
             \t\tif (cap.need) {{\n\t\t\tlimited(&cap);\n\t\t\tcontinue;\n\t\t}}\n{arms}\
             \t\thead(&cap, \"?\");\n\t\tnumber(\"bytes\", cap.size);\n\t}}\n\
             \tif (found)\n\t\tdamage(&walk, found);\n{finds}}}\n\n"
        )
        .expect("text");
    }
    let names = chains(abi).map(|plan| format!("\t{:?},\n", abi.chain(plan.chain).name));
    let names: String = names.collect();
    write!(text, "static const char *const names[] = {{\n{names}}};\n\n").expect("text");
    text += "static void canonical(const char *chain, const struct SPACE *space)\n{\n";
    for plan in chains(abi) {
        let name = &abi.chain(plan.chain).name;
        writeln!(text, "\tif (!strcmp(chain, {name:?}))\n\t\tof_{name}(space);").expect("text");
    }
    text + "}\n"
}

/// Tries the kinds of a capability, then the capability.
fn c_arm(abi: &Abi, stem: &str, chain: &str, id: CapabilityId) -> String {
    let cap = named(abi, id);
    let kinds = cap.plan.kinds.iter().map(|kind| named(abi, kind.capability));
    kinds.chain([named(abi, id)]).map(|cap| c_lines(stem, chain, &cap)).collect()
}

fn c_number(view: &str, member: &str, name: &str, has: bool) -> String {
    let has = match has {
        true => format!("\t\t\t\tif ({view}.has_{member})\n"),
        false => String::new(),
    };
    format!("{has}\t\t\t\tnumber({name:?}, {view}.{member});\n")
}

fn c_unknown(cap: &Named<'_>, field: usize, name: &str) -> String {
    match cap.asks_companion(field) {
        true => format!("\t\t\t\tif (view.unknown_{name})\n\t\t\t\t\tput(\"  {name}=?\\n\");\n"),
        false => String::new(),
    }
}

/// Checks that a search finds what a walk reads first.
fn c_finds(abi: &Abi, stem: &str, chain: &str, id: CapabilityId) -> String {
    let cap = named(abi, id);
    let kinds = cap.plan.kinds.iter().map(|kind| named(abi, kind.capability));
    let search = |cap: Named<'_>| {
        let view = c_name(stem, &[chain, cap.short]);
        let [caps, next] = ["caps", "next"].map(|word| c_name(stem, &[chain, word]));
        format!(
            "\t{{\n\t\tstruct {view} view, same;\n\t\tint read = 0;\n\n\
             \t\tmemset(&view, 0, sizeof(view));\n\t\twalk = {caps}(space);\n\
             \t\twhile (!read && (found = {next}(&walk, &cap)) > 0)\n\
             \t\t\tread = {view}_read(&cap, &view);\n\
             \t\tsame_search(read ? read : found, {view}_find(space, &same),\n\
             \t\t\t    &view.place, &same.place);\n\t}}\n"
        )
    };
    kinds.chain([cap]).map(search).collect()
}

fn c_lines(stem: &str, chain: &str, cap: &Named<'_>) -> String {
    let view = c_name(stem, &[chain, cap.short]);
    let mut lines = String::new();
    let mut own: Vec<(usize, String)> = Vec::new();
    for (name, plan) in cap.fields() {
        let has = plan.version > 1 || cap.plan.body.part(plan.field).is_some();
        let unknown = c_unknown(cap, plan.field, name);
        own.push((plan.field, c_number("view", name, name, has) + &unknown));
    }
    for (name, array) in cap.fixed_arrays() {
        let part = cap.plan.body.part(array.first.field);
        let has = match array.first.version > 1 || part.is_some() {
            true => format!("\t\t\t\tif (view.has_{name})\n"),
            false => String::new(),
        };
        let count = array.count;
        let line = match array.first.int {
            Int::U8 => format!(
                "{has}\t\t\t\t{{\n\t\t\t\tput(\"  {name}=\");\n\t\t\t\tfor (int nth = 0; nth < {count}; \
                 nth++)\n\t\t\t\t\tput(\"%02x\", view.{name}[nth]);\n\t\t\t\tput(\"\\n\");\n\t\t\t\t}}\n"
            ),
            _ => format!(
                "{has}\t\t\t\tfor (int nth = 0; nth < {count}; nth++)\n\t\t\t\t\tput(\"  \
                 {name}[%d]=%llu\\n\", nth, (unsigned long long)view.{name}[nth]);\n"
            ),
        };
        own.push((array.first.field, line + &c_unknown(cap, array.first.field, name)));
    }
    own.sort();
    lines.extend(own.into_iter().map(|(_, line)| line));
    if let Some((name, array)) = cap.array() {
        let hex = matches!(array.element, ElementPlan::Int(Int::U8));
        let (type_, print) = match &array.element {
            ElementPlan::Int(int) => (
                names::c_int(int.value()).to_owned(),
                match hex {
                    true => "put(\"%02x\", each)".to_owned(),
                    false => {
                        format!("put(\"  {name}[%u]=%llu\\n\", nth, (unsigned long long)each)")
                    }
                },
            ),
            ElementPlan::Struct(id, fields) => {
                let element = cap.abi.struct_(*id);
                let short = names::without_prefix(&cap.abi.prefix, &element.name);
                let lines = fields.iter().map(|plan| {
                    let field = &element.fields[plan.field].name;
                    let has = match is_optional(array, plan) {
                        true => format!("if (each.has_{field})\n\t\t\t\t\t"),
                        false => String::new(),
                    };
                    format!(
                        "{has}put(\"  {name}[%u].{field}=%llu\\n\", nth, \
                         (unsigned long long)each.{field});\n\t\t\t\t\t"
                    )
                });
                let lines: String = lines.collect();
                (format!("struct {}", c_name(stem, &[chain, short])), format!("{{ {lines} }}"))
            }
        };
        let (before, after) = match hex {
            true => (format!("put(\"  {name}=\");\n"), "put(\"\\n\");\n"),
            false => (String::new(), ""),
        };
        let get = c_element(&view, name);
        write!(
            lines,
            "\t\t\t\t{type_} each;\n\n\t\t\t\t{before}\t\t\t\tfor (__u32 nth = 0; \
             {get}(&view, nth, &each); nth++)\n\t\t\t\t\t{print};\n\t\t\t\t{after}"
        )
        .expect("text");
    }
    format!(
        "\t\t{{\n\t\t\tstruct {view} view;\n\n\
         \t\t\tfound = {view}_read(&cap, &view);\n\t\t\tif (found < 0) {{\n\
         \t\t\t\tlimited(&view.place);\n\
         \t\t\t\tcontinue;\n\t\t\t}}\n\t\t\tif (found) {{\n\
         \t\t\t\thead(&cap, {short:?});\n{lines}\t\t\t\tnumber(\"bytes\", cap.size);\n\
         \t\t\t\tcontinue;\n\t\t\t}}\n\t\t}}\n",
        short = cap.short,
    )
}
