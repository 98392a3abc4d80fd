//! Writes, from the resolved ABI, what the proofs in `codegen/proofs` need to
//! know of a chain: the names of its functions, and functions that use every
//! getter and every appender. So a new capability is proved without a change.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use capchain::ir::{Abi, Arg, Capability, Chain, Field, Role, Type};
use capchain::layout::{Int, Model};
use capchain::names::{self, c_name};

/// Leaves a header for each chain in a folder, and the list of the proofs that
/// depend on the ABI: a profile and its chain per line, and the loops of
/// appenders with the size of an element.
pub fn write(folder: &Path, abi: &Abi) {
    let stem = names::c_stem(&abi.name);
    let (mut profiles, mut loops) = (String::new(), String::new());
    for chain in abi.chains.iter().filter(|chain| chain.offset_host().is_some()) {
        let capabilities = capabilities(abi, &stem, chain);
        let text = header(abi, &stem, chain, &capabilities);
        fs::write(folder.join(format!("{}.h", chain.name)), text).expect("a file");
        for profile in profiles_of(abi, chain) {
            writeln!(profiles, "{profile} {}", chain.name).expect("text");
        }
        loops += &loops_of(&stem, &chain.name, &capabilities);
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

/// The names of the profiles that write a chain.
fn profiles_of<'a>(abi: &'a Abi, chain: &'a Chain) -> impl Iterator<Item = &'a str> {
    let host = chain.offset_host().map(|host| Arg::Struct(host.struct_));
    let ioctls = abi.ioctls.iter().filter(move |ioctl| Some(&ioctl.arg) == host.as_ref());
    let handlers = ioctls.flat_map(|ioctl| &ioctl.handlers);
    let handlers = handlers.filter(|handler| handler.chain.is_some());
    handlers.filter_map(|handler| handler.profile.as_deref())
}

/// A capability as the C header has it.
struct Known<'a> {
    capability: &'a Capability,
    /// What it is called within its chain, in C.
    short: String,
    /// The struct of its values, and what its functions start with.
    view: String,
    /// The members that are numbers, with the version that they came with.
    numbers: Vec<(&'a str, u16)>,
    array: Option<Array<'a>>,
}

/// The array behind a capability.
struct Array<'a> {
    name: &'a str,
    /// The type of an element in C, and its size.
    type_: String,
    each: u64,
    /// The members of an element; none where it is a number.
    members: Vec<&'a str>,
    /// Whether the number of elements is a field.
    counted: bool,
}

fn capabilities<'a>(abi: &'a Abi, stem: &str, chain: &'a Chain) -> Vec<Known<'a>> {
    let mut all: Vec<Known> = Vec::new();
    for capability in abi.capabilities_of(chain) {
        if all.iter().all(|one| one.capability.id != capability.id) {
            all.push(known(abi, stem, chain, capability));
        }
    }
    all
}

fn known<'a>(abi: &'a Abi, stem: &str, chain: &Chain, capability: &'a Capability) -> Known<'a> {
    let view = c_name(stem, &[&chain.name, &capability.short]);
    let fields = capability.struct_.map(|id| &abi.struct_(id).fields);
    let told = |field: &&Field| !matches!(field.role, Role::Header | Role::Reserved);
    let fields: Vec<_> = fields.into_iter().flatten().filter(told).collect();
    let is_number = |field: &&&Field| matches!(field.type_, Type::Int(_));
    let numbers = fields.iter().filter(is_number);
    let numbers = numbers.map(|field| (field.name.as_str(), field.version)).collect();
    let array = fields.iter().find_map(|field| array(abi, field));
    let short = capability.short.to_ascii_lowercase();
    Known { capability, short, view, numbers, array }
}

fn array<'a>(abi: &'a Abi, field: &'a Field) -> Option<Array<'a>> {
    let Type::Flexible(element, count) = &field.type_ else { return None };
    let counted = count.is_some();
    let name = field.name.as_str();
    Some(match &**element {
        Type::Struct(id) => {
            let struct_ = abi.struct_(*id);
            let members = struct_.fields.iter().filter(|field| field.role != Role::Reserved);
            let each = struct_.layouts[Model::Lp64.index()].size;
            let members = members.map(|field| field.name.as_str()).collect();
            Array { name, type_: format!("struct {}", struct_.name), each, members, counted }
        }
        Type::Int(int) => {
            let type_ = names::c_int(int_of(*int)).to_owned();
            Array { name, type_, each: int.size(), members: Vec::new(), counted }
        }
        _ => panic!("there is no function for the array `{name}`"),
    })
}

fn int_of(int: Int) -> Int {
    if int == Int::AlignedU64 { Int::U64 } else { int }
}

/// The header of a chain.
fn header(abi: &Abi, stem: &str, chain: &Chain, capabilities: &[Known]) -> String {
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
    let header = abi.struct_(abi.cap_headers[chain.header].struct_);
    let header = header.layouts[Model::Lp64.index()].size;
    let ids = capabilities.iter().map(|one| format!("id == {}", one.capability.id));
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
        bound = chain.bound,
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

/// Compares all that getters say of two capabilities.
fn same(one: &Known, _: usize) -> String {
    let (view, id) = (&one.view, one.capability.id);
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

/// Compares what a getter says with what was appended.
fn says(one: &Known, nth: usize) -> String {
    let (view, short, newest) = (&one.view, &one.short, one.capability.version);
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
