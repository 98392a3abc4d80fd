//! Writes, from the resolved ABI, the facts about a chain for the proofs in
//! `codegen/proofs`: the names of its functions, and functions that use every
//! getter and every appender. A new capability needs no change of the proofs.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use capchain::ir::protocol::{ArrayPlan, ChainPlan, ElementPlan};
use capchain::ir::{Abi, CapabilityId, Role, Struct};
use capchain::names::{self, c_name};

use crate::c_program::c_type;

/// Writes a header for each chain to a folder, and the list of the proofs that
/// depend on the ABI: a profile and its chain per line, and the loops of appenders
/// with the size of an element.
pub fn write(folder: &Path, abi: &Abi) {
    let stem = names::c_stem(&abi.name);
    let (mut profiles, mut loops) = (String::new(), String::new());
    for plan in abi.protocol.chains.iter().filter(|plan| plan.host.is_some()) {
        let chain = &abi.chain(plan.chain).name;
        let known = |id: &CapabilityId| known(abi, &stem, chain, *id);
        let capabilities: Vec<_> = plan.capabilities.iter().map(known).collect();
        let text = header(abi, &stem, plan, &capabilities);
        fs::write(folder.join(format!("{chain}.h")), text).expect("a file");
        let capable = plan.profiles.iter().filter(|profile| {
            let (ioctl, handler) = profile.handler;
            abi.ioctl(ioctl).handlers[handler].chain.is_some()
        });
        for profile in capable {
            writeln!(profiles, "{} {chain}", profile.name).expect("text");
        }
        loops += &loops_of(&stem, chain, &capabilities);
    }
    fs::write(folder.join("profiles"), profiles).expect("a file");
    fs::write(folder.join("loops"), loops).expect("a file");
}

/// The loops over the elements of arrays, and the size of an element.
fn loops_of(stem: &str, chain: &str, capabilities: &[Known]) -> String {
    let arrays = capabilities.iter().filter_map(|one| Some((one, one.array.as_ref()?)));
    let own = arrays.clone().filter(|(_, array)| !array.members.is_empty());
    let own = own.map(|(one, array)| (format!("{}_append", one.view), array.each));
    let least = arrays.map(|(_, array)| array.each).min();
    let shared = least.map(|each| (c_name(stem, &["", "reply_elements"]), each));
    own.chain(shared).map(|(name, each)| format!("{chain} {name}.0 {each}\n")).collect()
}

/// A capability in the C header.
struct Known<'a> {
    id: u64,
    newest: u16,
    /// Its name within its chain, in C.
    short: String,
    /// The struct of its values, and the prefix of its functions.
    view: String,
    /// The members that are numbers, with the version that added each.
    numbers: Vec<(&'a str, u16)>,
    array: Option<Array<'a>>,
}

/// The array at the end of a capability.
struct Array<'a> {
    name: &'a str,
    /// The type of an element in C, and its size.
    type_: String,
    each: u64,
    /// The members of an element; none if it is a number.
    members: Vec<&'a str>,
    /// Whether the number of elements is a field.
    counted: bool,
}

fn known<'a>(abi: &'a Abi, stem: &str, chain: &str, id: CapabilityId) -> Known<'a> {
    let (capability, plan) = (abi.capability(id), &abi.protocol.capabilities[id.0]);
    let mut known = Known {
        id: plan.id,
        newest: plan.newest,
        short: capability.short.to_ascii_lowercase(),
        view: c_name(stem, &[chain, &capability.short]),
        numbers: Vec::new(),
        array: None,
    };
    if let Some(struct_) = plan.struct_.map(|id| abi.struct_(id)) {
        let numbers = plan.fields.iter();
        let numbers = numbers.map(|plan| (struct_.fields[plan.field].name.as_str(), plan.version));
        known.numbers = numbers.collect();
        known.array = plan.array.as_ref().map(|plan| array(abi, struct_, plan));
    }
    known
}

fn array<'a>(abi: &'a Abi, struct_: &'a Struct, plan: &ArrayPlan) -> Array<'a> {
    let (type_, members) = match &plan.element {
        ElementPlan::Struct(id, members) => {
            let element = abi.struct_(*id);
            let fields = members.iter().map(|member| &element.fields[member.field]);
            let fields = fields.filter(|field| field.role != Role::Reserved);
            let members = fields.map(|field| field.name.as_str()).collect();
            (format!("struct {}", element.name), members)
        }
        ElementPlan::Int(int) => (c_type(*int).to_owned(), Vec::new()),
    };
    Array {
        name: &struct_.fields[plan.field].name,
        type_,
        each: plan.stride.kernel(),
        members,
        counted: plan.count.is_some(),
    }
}

/// The header of a chain.
fn header(abi: &Abi, stem: &str, plan: &ChainPlan, capabilities: &[Known]) -> String {
    let chain = abi.chain(plan.chain);
    let (info, own) = (c_name(stem, &[&chain.name, "info"]), c_name(stem, &[&chain.name]));
    let internal = c_name(stem, &["", &chain.name, "info"]);
    let upper = |function: &str| function.to_uppercase();
    let mut text = format!("#define INFO\tstruct {info}\n");
    for function in ["parse", "fixed"] {
        writeln!(text, "#define INFO_{}\t{info}_{function}", upper(function)).expect("text");
    }
    for function in ["host", "read"] {
        writeln!(text, "#define INFO_{}\t{internal}_{function}", upper(function)).expect("text");
    }
    for function in ["caps", "next"] {
        writeln!(text, "#define CHAIN_{}\t{own}_{function}", upper(function)).expect("text");
    }
    let header = abi.protocol.headers[plan.header].size;
    let ids = capabilities.iter().map(|one| format!("id == {}", one.id));
    let ids = ids.collect::<Vec<_>>().join(" || ");
    let parts = |part: fn(&Known, usize) -> String| {
        capabilities.iter().enumerate().map(|(nth, one)| part(one, nth)).collect::<String>()
    };
    write!(
        text,
        "#define CHAIN_BOUND\t{bound}\n#define CHAIN_HEADER\t{header}\n\
         #define CHAIN_KINDS\t{kinds}\n\n\
         struct values {{\n{values}}};\n\n\
         static int is_known(__u32 id)\n{{\n\treturn {ids};\n}}\n\n\
         static int getters(const struct {stem}_cap *cap)\n{{\n\
         \tint result, any = 0;\n{getters}\treturn any;\n}}\n\n\
         static int versions(const struct values *values)\n{{\n\treturn 1{versions};\n}}\n\n\
         static int same(const struct {stem}_cap *a, const struct {stem}_cap *b)\n{{\n\
         \tif (a->id != b->id || a->version != b->version)\n\t\treturn 0;\n\
         {same}\treturn 0;\n}}\n\n\
         static void append(struct {stem}_reply_builder *to, const struct values *values, \
         __u32 kind)\n{{\n{append}}}\n\n\
         static int says(const struct {stem}_cap *cap, const struct values *values, \
         __u32 kind)\n{{\n{says}\treturn 0;\n}}\n",
        bound = plan.bound,
        kinds = capabilities.len(),
        values = parts(values),
        getters = parts(getter),
        versions = parts(version),
        same = parts(same),
        append = parts(append),
        says = parts(says),
    )
    .expect("text");
    text
}

fn values(one: &Known, _: usize) -> String {
    let short = &one.short;
    let array = one.array.as_ref().map_or(String::new(), |array| {
        let count = match array.counted {
            true => String::new(),
            false => format!("\t__u32 {short}_count;\n"),
        };
        format!("{count}\t{} {short}_array[BYTES / {} + 1];\n", array.type_, array.each)
    });
    format!("\tstruct {} {short};\n{array}", one.view)
}

/// Reads by a getter, and an element by its getter.
fn getter(one: &Known, _: usize) -> String {
    let view = &one.view;
    let array = one.array.as_ref().map_or(String::new(), |array| {
        let (type_, name) = (&array.type_, array.name);
        format!(
            "\t\tif (result > 0) {{\n\t\t\t{type_} each;\n\
             \t\t\t__u32 nth = nondet_u32();\n\n\
             \t\t\tPROVE({view}_{name}(&view, nth, &each) == (nth < view.{name}.count),\n\
             \t\t\t      \"elements are there as far as counted\");\n\t\t}}\n"
        )
    });
    format!(
        "\t{{\n\t\tstruct {view} view;\n\n\t\tresult = {view}_read(cap, &view);\n\
         \t\tany = result ? result : any;\n{array}\t}}\n"
    )
}

/// Compares the results of all getters on two capabilities.
fn same(one: &Known, _: usize) -> String {
    let (view, id) = (&one.view, one.id);
    let mut equal = String::from("1");
    for (name, version) in &one.numbers {
        equal += &format!(" &&\n\t\t       one.{name} == two.{name}");
        if *version > 1 {
            equal += &format!(" &&\n\t\t       one.has_{name} == two.has_{name}");
        }
    }
    if let Some(array) = &one.array {
        equal += &format!(" &&\n\t\t       same_array(&one.{0}, &two.{0})", array.name);
    }
    format!(
        "\tif (a->id == {id}) {{\n\t\tstruct {view} one, two;\n\n\
         \t\tif ({view}_read(a, &one) != 1 || {view}_read(b, &two) != 1)\n\
         \t\t\treturn 0;\n\t\treturn {equal};\n\t}}\n"
    )
}

/// A version has the bits that headers have for it.
fn version(one: &Known, _: usize) -> String {
    format!(" &&\n\t       values->{}.cap.version <= 0xffff", one.short)
}

fn append(one: &Known, nth: usize) -> String {
    let (view, short) = (&one.view, &one.short);
    let array = one.array.as_ref().map_or(String::new(), |array| match array.counted {
        true => format!(", values->{short}_array"),
        false => format!(", values->{short}_count, values->{short}_array"),
    });
    format!("\tif (kind == {nth})\n\t\t{view}_append(to, &values->{short}{array});\n")
}

/// Compares the result of a getter with the appended value.
fn says(one: &Known, nth: usize) -> String {
    let (view, short, newest) = (&one.view, &one.short, one.newest);
    let mut equal =
        format!("view.cap.version == (given->cap.version ? given->cap.version : {newest})");
    for (name, version) in &one.numbers {
        let has = if *version > 1 { format!("!view.has_{name} || ") } else { String::new() };
        equal += &format!(" &&\n\t\t       ({has}view.{name} == given->{name})");
    }
    let array = one.array.as_ref().map_or(String::new(), |array| {
        let (type_, name) = (&array.type_, array.name);
        let pick = |member: &str| format!("each{member} != values->{short}_array[nth]{member}");
        let members: Vec<_> = match array.members.is_empty() {
            true => vec![pick("")],
            false => array.members.iter().map(|name| pick(&[".", name].concat())).collect(),
        };
        format!(
            "\t\t{type_} each;\n\t\t__u32 nth = nondet_u32();\n\n\
             \t\tif ({view}_read(cap, &view) != 1)\n\t\t\treturn 0;\n\
             \t\tif ({view}_{name}(&view, nth, &each) && ({}))\n\t\t\treturn 0;\n",
            members.join(" || ")
        )
    });
    format!(
        "\tif (kind == {nth}) {{\n\t\tstruct {view} view;\n\
         \t\tconst struct {view} *given = &values->{short};\n{array}\n\
         \t\tif ({view}_read(cap, &view) != 1)\n\t\t\treturn 0;\n\t\treturn {equal};\n\t}}\n"
    )
}
