//! Writes, from the resolved ABI, the facts about a chain for the proofs in
//! `codegen/proofs`: the names of its functions, and functions that use every
//! getter and every appender. A new capability needs no change of the proofs.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use capchain::ir::protocol::{ArrayPlan, BitField, ChainPlan, ElementPlan, HostPlan, IntField};
use capchain::ir::{Abi, CapabilityId, Role, Struct};
use capchain::layout::Int;
use capchain::names::{self, c_name};

use crate::c_program::{c_element, c_type};

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
    /// The members that are numbers.
    numbers: Vec<Number<'a>>,
    array: Option<Array<'a>>,
    /// Bytes that each version requires.
    required_size: Vec<u64>,
}

/// An integer of a capability, or of an element.
struct Number<'a> {
    name: &'a str,
    int: Int,
    offset: u64,
    /// The version that added it.
    version: u16,
}

impl Number<'_> {
    /// Its value in the bytes at a pointer, in C.
    fn read(&self, bytes: &str) -> String {
        format!("READ{}({bytes} + {})", 8 * self.int.size(), self.offset)
    }
}

/// The array at the end of a capability.
struct Array<'a> {
    name: &'a str,
    /// The type of an element in C, and its size.
    type_: String,
    each: u64,
    /// Offset of the first element.
    offset: u64,
    /// The members of an element; none if it is a number.
    members: Vec<Number<'a>>,
    /// The element, if it is a number.
    number: Option<Number<'a>>,
    /// The number of elements, if it is a field.
    count: Option<Number<'a>>,
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
        required_size: plan.required_size.iter().map(|size| size.kernel()).collect(),
    };
    if let Some(struct_) = plan.struct_.map(|id| abi.struct_(id)) {
        known.numbers = plan.fields.iter().map(|field| number(struct_, field)).collect();
        known.array = plan.array.as_ref().map(|plan| array(abi, struct_, plan));
    }
    known
}

fn array<'a>(abi: &'a Abi, struct_: &'a Struct, plan: &ArrayPlan) -> Array<'a> {
    let (type_, members, number_) = match &plan.element {
        ElementPlan::Struct(id, members) => {
            let element = abi.struct_(*id);
            let shown = |field: &usize| element.fields[*field].role != Role::Reserved;
            let members = members.iter().filter(|member| shown(&member.field));
            let members = members.map(|member| number(element, member)).collect();
            (format!("struct {}", element.name), members, None)
        }
        ElementPlan::Int(int) => {
            let number = Number { name: "", int: *int, offset: 0, version: 1 };
            (c_type(*int).to_owned(), Vec::new(), Some(number))
        }
    };
    Array {
        name: &struct_.fields[plan.field].name,
        type_,
        each: plan.stride.kernel(),
        offset: plan.offset.kernel(),
        members,
        number: number_,
        count: plan.count.as_ref().map(|count| number(struct_, count)),
    }
}

fn number<'a>(struct_: &'a Struct, field: &IntField) -> Number<'a> {
    Number {
        name: &struct_.fields[field.field].name,
        int: field.int,
        offset: field.offset.kernel(),
        version: field.version,
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
    let format = &abi.protocol.headers[plan.header];
    let header = format.size;
    let host = plan.host.as_ref().expect("a chain after a struct");
    text += &facts_of_reply(host);
    assert!(format.from_reply, "a proof for `next` relative to the header does not exist");
    let fields =
        [("ID", Some(format.id)), ("VERSION", format.version), ("LINK", Some(format.next))];
    for (name, bits) in fields {
        let value = bits.map_or("1".to_owned(), bits_at);
        writeln!(text, "#define CHAIN_{name}(header)\t{value}").expect("text");
    }
    writeln!(text, "#define CHAIN_END\t{}", format.end).expect("text");
    let ids = capabilities.iter().map(|one| format!("id == {}", one.id));
    let ids = ids.collect::<Vec<_>>().join(" || ");
    let parts = |part: fn(&Known, usize) -> String| {
        capabilities.iter().enumerate().map(|(nth, one)| part(one, nth)).collect::<String>()
    };
    write!(
        text,
        "#define CHAIN_BOUND\t{bound}\n#define CHAIN_HEADER\t{header}\n\
         #define CHAIN_KINDS\t{kinds}\n#define CHAIN_LARGEST\t{largest}\n\n\
         struct values {{\n{values}}};\n\n\
         static int is_known(__u32 id)\n{{\n\treturn {ids};\n}}\n\n\
         static int is_complete(const struct {stem}_cap *cap)\n{{\n{completes}\
         \treturn 0;\n}}\n\n\
         static int getters(const struct {stem}_cap *cap)\n{{\n\
         \tint result, any = 0;\n{getters}\treturn any;\n}}\n\n\
         static int versions(const struct values *values)\n{{\n\treturn 1{versions};\n}}\n\n\
         static int same(const struct {stem}_cap *a, const struct {stem}_cap *b)\n{{\n\
         \tif (a->id != b->id || a->version != b->version)\n\t\treturn 0;\n\
         {same}\treturn 0;\n}}\n\n\
         static void append(struct {stem}_reply_builder *to, const struct values *values, \
         __u32 kind)\n{{\n{append}}}\n\n\
         static int says(const struct {stem}_cap *cap, const struct values *values, \
         __u32 kind)\n{{\n{says}\treturn 0;\n}}\n\n\
         static void reached(const struct values *values, __u32 kind)\n{{\n{reached}}}\n",
        bound = plan.bound,
        kinds = capabilities.len(),
        largest = capabilities.iter().map(size).max().unwrap_or(header),
        values = parts(values),
        completes = parts(completes),
        getters = parts(getter),
        versions = parts(version),
        same = parts(same),
        append = parts(append),
        says = parts(says),
        reached = parts(reached),
    )
    .expect("text");
    text
}

/// The places of the protocol's own fields in a reply.
fn facts_of_reply(host: &HostPlan) -> String {
    let facts = [
        ("MINSZ", host.minsz),
        ("ARGSZ", host.argsz.1),
        ("FLAGS", host.flags),
        ("CAPS_FLAG", host.caps_flag.1),
        ("CAP_OFFSET", host.cap_offset),
    ];
    facts.iter().map(|(name, value)| format!("#define REPLY_{name}\t{value}\n")).collect()
}

/// The value of a bit field of a header, in C.
fn bits_at(bits: BitField) -> String {
    let BitField { offset, width, low, mask } = bits;
    let int = 8 * width;
    format!("((__u32)(READ{int}((header) + {offset}) >> {low} & {mask:#x}))")
}

fn values(one: &Known, _: usize) -> String {
    let short = &one.short;
    let array = one.array.as_ref().map_or(String::new(), |array| {
        let count = match array.count {
            Some(_) => String::new(),
            None => format!("\t__u32 {short}_count;\n"),
        };
        format!("{count}\t{} {short}_array[BYTES / {} + 1];\n", array.type_, array.each)
    });
    format!("\tstruct {} {short};\n{array}", one.view)
}

/// Reads by a getter, and an element by its getter; claims what they return.
fn getter(one: &Known, _: usize) -> String {
    let view = &one.view;
    let mut claims = String::new();
    for number in &one.numbers {
        let (name, version, value) = (number.name, number.version, number.read("cap->bytes"));
        if version > 1 {
            writeln!(
                claims,
                "\t\t\tCLAIM(view.has_{name} == (cap->version >= {version}), \"{name} exists \
                 since version {version}\");\n\t\t\tif (view.has_{name})"
            )
            .expect("text");
        }
        writeln!(claims, "\t\t\tCLAIM(view.{name} == {value}, \"{name} is read from its place\");")
            .expect("text");
    }
    let array = one.array.as_ref().map_or(String::new(), |array| element(view, array));
    let id = one.id;
    format!(
        "\t{{\n\t\tstruct {view} view;\n\n\t\tresult = {view}_read(cap, &view);\n\
         \t\tany = result ? result : any;\n\
         \t\tCLAIM((result == 1) == (cap->id == {id} && cap->version && is_complete(cap)), \
         \"a capability is read if it has all bytes of its version\");\n\
         \t\tif (result == 1) {{\n{claims}{array}\t\t}}\n\t}}\n"
    )
}

/// Whether a capability with this id is complete.
fn completes(one: &Known, _: usize) -> String {
    format!("\tif (cap->id == {})\n\t\treturn {};\n", one.id, complete(one))
}

/// Whether a capability has all bytes that its version requires, in C.
fn complete(one: &Known) -> String {
    let mut required = one.required_size[0].to_string();
    for (version, size) in (2..).zip(&one.required_size[1..]) {
        required = format!("(cap->version >= {version} ? {size} : {required})");
    }
    let array = one.array.as_ref().and_then(|array| Some((array, array.count.as_ref()?)));
    let array = array.map_or(String::new(), |(array, count)| {
        let (count, each, offset) = (count.read("cap->bytes"), array.each, array.offset);
        format!(" && (__u64){count} * {each} <= (__u64)cap->size - {offset}")
    });
    format!("cap->size >= {required}{array}")
}

/// Reads an element of any index; claims that it is the one in the capability.
fn element(view: &str, array: &Array) -> String {
    let (type_, name, each, offset) = (&array.type_, array.name, array.each, array.offset);
    let place = format!("cap->bytes + {offset} + (__u64)nth * {each}");
    let count = match &array.count {
        Some(count) => count.read("cap->bytes"),
        None => format!("(cap->size - {offset}) / {each}"),
    };
    let numbers = array.number.iter().map(|number| ("each".to_owned(), number));
    let members = array.members.iter().map(|number| (format!("each.{}", number.name), number));
    let same = numbers.chain(members).map(|(value, number)| {
        format!(
            "\t\t\t\tCLAIM({value} == {}, \"an element is read from its place\");\n",
            number.read(&place)
        )
    });
    let same: String = same.collect();
    let get = c_element(view, name);
    format!(
        "\t\t\t{type_} each;\n\t\t\t__u32 nth = nondet_u32();\n\
         \t\t\tint found = {get}(&view, nth, &each);\n\n\
         \t\t\tCLAIM(view.{name}.count == {count}, \"all elements are counted\");\n\
         \t\t\tCLAIM(found == (nth < view.{name}.count), \"each of them can be read\");\n\
         \t\t\tCLAIM(!vfio_abi_element(&view.{name}, nth) == !found, \"and no other has bytes\");\n\
         \t\t\tif (found) {{\n{same}\t\t\t}}\n"
    )
}

/// Compares the results of all getters on two capabilities.
fn same(one: &Known, _: usize) -> String {
    let (view, id) = (&one.view, one.id);
    let mut equal = String::from("1");
    for Number { name, version, .. } in &one.numbers {
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
    let array = one.array.as_ref().map_or(String::new(), |array| match array.count {
        Some(_) => format!(", values->{short}_array"),
        None => format!(", values->{short}_count, values->{short}_array"),
    });
    format!("\tif (kind == {nth})\n\t\t{view}_append(to, &values->{short}{array});\n")
}

/// The size of the newest version with one element.
fn size(one: &Known) -> u64 {
    let fixed = one.required_size.last().expect("a version");
    one.array.as_ref().map_or(*fixed, |array| array.offset + array.each)
}

/// Whether a reply fits that has the capability, with an element if it has an array.
fn reached(one: &Known, nth: usize) -> String {
    let short = &one.short;
    let element = match one.array.as_ref().map(|array| &array.count) {
        Some(Some(count)) => format!(" && values->{short}.{} > 0", count.name),
        Some(None) => format!(" && values->{short}_count > 0"),
        None => String::new(),
    };
    format!("\tREACH(kind == {nth}{element}, \"{short} fits\");\n")
}

/// Compares the result of a getter with the appended value.
fn says(one: &Known, nth: usize) -> String {
    let (view, short, newest) = (&one.view, &one.short, one.newest);
    let mut equal =
        format!("view.cap.version == (given->cap.version ? given->cap.version : {newest})");
    for Number { name, version, .. } in &one.numbers {
        let has = if *version > 1 { format!("!view.has_{name} || ") } else { String::new() };
        equal += &format!(" &&\n\t\t       ({has}view.{name} == given->{name})");
    }
    let array = one.array.as_ref().map_or(String::new(), |array| {
        let (type_, name) = (&array.type_, array.name);
        let pick = |member: &str| format!("each{member} != values->{short}_array[nth]{member}");
        let members: Vec<_> = match array.members.is_empty() {
            true => vec![pick("")],
            false => array.members.iter().map(|one| pick(&[".", one.name].concat())).collect(),
        };
        let get = c_element(view, name);
        format!(
            "\t\t{type_} each;\n\t\t__u32 nth = nondet_u32();\n\n\
             \t\tif ({view}_read(cap, &view) != 1)\n\t\t\treturn 0;\n\
             \t\tif ({get}(&view, nth, &each) && ({}))\n\t\t\treturn 0;\n",
            members.join(" || ")
        )
    });
    format!(
        "\tif (kind == {nth}) {{\n\t\tstruct {view} view;\n\
         \t\tconst struct {view} *given = &values->{short};\n{array}\n\
         \t\tif ({view}_read(cap, &view) != 1)\n\t\t\treturn 0;\n\t\treturn {equal};\n\t}}\n"
    )
}
