//! Writes, from the resolved ABI, functions that print the records of descriptors in Rust and
//! in C, the text that both print by `decode`, and records that a kernel could have written.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use capchain::decode::{self, Content, DecodedValue, Subject};
use capchain::ir::protocol::IntField;
use capchain::ir::{Abi, Group, StreamPlan, Struct, StructId, Type};
use capchain::layout::TARGETS;
use capchain::lower::lower;
use capchain::names;
use capchain::spec::load::Origin;

use crate::random::Random;
use crate::rustc;
use crate::template::filled;

const RUST: &str = include_str!("../../programs/record_text.rs");
const C: &str = include_str!("../../programs/record_text.c");

/// The function that prints the records of a kind in Rust.
const KIND_IN_RUST: &str = r"
fn @KIND@(text: &mut String, all: &[u8], @GIVEN@: u32) {
    let mut reader = streams::@READER@::new(all@TYPE@);
    loop {
        let at = all.len() - reader.rest().len();
        match reader.next() {
            None => return,
            Some(Ok(@ITEM@)) => {
                head(text, at, all.len() - reader.rest().len() - at);
                @FIELDS@ @DATA@
                text.push('\n');
            }
            Some(Err(error)) => {
                damage(text, &error);
                assert!(reader.next().is_none());
                return;
            }
        }
    }
}
";

/// The functions of all kinds in Rust, and the choice among them.
const KINDS_IN_RUST: &str = "\
use generated_abi::{streams, uapi};

use super::*;

pub fn read(text: &mut String, kind: &str, all: &[u8], type_: u32) {
    match kind {
@ARMS@        _ => unexpected(),
    }
}
@FUNCTIONS@";

/// The function that prints the records of a kind in C.
const KIND_IN_C: &str = r#"static void @KIND@(const void *bytes, size_t size, unsigned type)
{
	struct @STEM@_records records = @STEM@_records_of(bytes, size);
	struct @RECORD@ record;
	const void *data = NULL;
	@STEM@_size len = 0;
	size_t at = 0;
	int result;

	(void)type;
	(void)data;
	(void)len;
	while ((result = @STEM@_@KIND@_next(&records@TYPE@, &record@EXTRA@)) > 0) {
		put("record at=%zu size=%zu", at, (size_t)records.at - at);
		at = records.at;
		@FIELDS@ @DATA@
		put("\n");
	}
	if (result < 0) {
		put("error %s at=%zu\n", result == @UPPER@_RECORD_CUT ? "record_cut" :
			result == @UPPER@_RECORD_TOO_SHORT ? "record_too_short" :
			"record_type_unknown", (size_t)records.at);
		if (@STEM@_@KIND@_next(&records@TYPE@, &record@EXTRA@))
			abort();
	}
}

"#;

/// The functions of all kinds in C, and the choice among them.
const KINDS_IN_C: &str = r#"static const char *const kinds[] = {
@KINDS@};

@FUNCTIONS@static void read_kind(const char *kind, const void *bytes, size_t size, unsigned type)
{
@ARMS@	put("none\n");
}
"#;

/// Writes the crate of an ABI, and the functions `text` in Rust and `record_text` in C. In
/// Rust, the crate has the name `external`.
pub fn write_texts(folder: &Path, abi: &Abi, external: &str) {
    rustc::write_crate(folder, abi);
    let stem = names::c_stem(&abi.name);
    let named = |text: &str| text.replace("generated_abi", external);
    for (name, text) in [
        ("record_text.rs", named(RUST)),
        ("kinds.rs", named(&rust_kinds(abi))),
        ("record_text.c", C.replace("STEM", &stem)),
        ("kinds.h", c_kinds(abi, &stem)),
    ] {
        fs::write(folder.join(name), text).expect("a file");
    }
}

/// The newest ABI of iommufd, whose queues are read as records.
pub fn iommufd() -> Abi {
    let opened = capchain::open(&Origin::Embedded(capchain::embedded::files("iommufd")), &[]);
    lower(&opened.spec.expect("the specification"), None)
}

/// The name of the reader in Rust.
fn reader(abi: &Abi, plan: &StreamPlan) -> String {
    names::rust_type(&abi.fds[plan.fd].name)
}

/// The fields of a struct with the statements that print one number, or all of an array.
fn fields(
    struct_: &Struct,
    one: impl Fn(usize) -> String,
    each: impl Fn(usize, u64) -> String,
) -> String {
    let lines = struct_.fields.iter().enumerate().map(|(index, field)| match &field.type_ {
        Type::Int(_) => one(index),
        Type::Array(_, length, _) => each(index, *length),
        other => panic!("{other:?}"),
    });
    lines.collect()
}

/// The statements that print the fields of a struct in Rust.
fn rust_fields(abi: &Abi, struct_: &Struct, place: &str) -> String {
    let number = |index: usize| {
        let field = &struct_.fields[index];
        let name = &field.name;
        let group = field.group.map(|id| abi.group(id)).filter(|group| group.rust.is_some());
        let same =
            |group: &Group| matches!(field.type_, Type::Int(int) if int.size() == group.int.size());
        let inner = if group.is_some_and(same) { ".0" } else { "" };
        // Keywords are raw identifiers.
        let raw = if name == "type" { "r#" } else { "" };
        format!("number(text, {name:?}, {place}.{raw}{name}{inner} as u64);\n")
    };
    let numbers = |index: usize, _| {
        let name = &struct_.fields[index].name;
        format!("for one in {place}.{name} {{ number(text, {name:?}, one as u64); }}\n")
    };
    fields(struct_, number, numbers)
}

/// The statements that print the fields of a struct in C.
fn c_fields(struct_: &Struct, place: &str) -> String {
    let name = |index: usize| &struct_.fields[index].name;
    let number = |index| format!("number({0:?}, {place}.{0});\n", name(index));
    let numbers = |index, length| {
        let name = name(index);
        format!("for (int i = 0; i < {length}; i++) number({name:?}, {place}.{name}[i]);\n")
    };
    fields(struct_, number, numbers)
}

/// The statement that prints the data of a record in Rust.
fn rust_data(abi: &Abi, plan: &StreamPlan) -> String {
    if plan.types.is_none() {
        return "bytes(text, data);".to_owned();
    }
    let name = reader(abi, plan);
    let arms = plan.forms.iter().map(|form| {
        let variant = names::rust_type(&form.short);
        match form.struct_() {
            Some(id) => {
                let prints = rust_fields(abi, abi.struct_(id), "data");
                format!("streams::{name}Data::{variant}(data) => {{ {prints} }}\n")
            }
            None => format!("streams::{name}Data::{variant} => {{}}\n"),
        }
    });
    let arms: String = arms.collect();
    let other = match plan.length {
        Some(_) => format!("streams::{name}Data::Other(_, data) => bytes(text, data),\n"),
        None => String::new(),
    };
    format!("#[allow(unreachable_patterns)]\nmatch data {{\n{arms}{other}_ => unexpected(),\n}}")
}

/// The function `text` for each kind, and the list of kinds.
fn rust_kinds(abi: &Abi) -> String {
    let (mut functions, mut arms) = (String::new(), String::new());
    for plan in &abi.protocol.streams {
        let kind = &abi.fds[plan.fd].name;
        let name = reader(abi, plan);
        let (given, type_) = match plan.types.as_ref().filter(|_| plan.is_typed_outside()) {
            Some((group, _)) => {
                let numbers = abi.group(*group).rust.as_deref().expect("a type");
                ("type_", format!(", uapi::{numbers}(type_)"))
            }
            None => ("_type", String::new()),
        };
        let fields = rust_fields(abi, abi.struct_(plan.record), "record");
        let data = rust_data(abi, plan);
        let (item, data) = match (plan.has_data(), plan.no_data.is_some()) {
            (false, _) => ("record", String::new()),
            (true, false) => ("(record, data)", format!("text.push_str(\" :\"); {data}")),
            (true, true) => (
                "(record, data)",
                format!("text.push_str(\" :\"); if let Some(data) = data {{ {data} }}"),
            ),
        };
        functions += &filled(
            KIND_IN_RUST,
            &[
                ("KIND", kind),
                ("GIVEN", given),
                ("READER", &name),
                ("TYPE", &type_),
                ("ITEM", item),
                ("FIELDS", &fields),
                ("DATA", &data),
            ],
        );
        writeln!(arms, "        {kind:?} => {kind}(text, all, type_),").expect("text");
    }
    filled(KINDS_IN_RUST, &[("ARMS", &arms), ("FUNCTIONS", &functions)])
}

/// The same in C, for records with one layout.
fn c_kinds(abi: &Abi, stem: &str) -> String {
    let upper = stem.to_uppercase();
    let (mut functions, mut arms) = (String::new(), String::new());
    for plan in abi.protocol.streams.iter().filter(|plan| plan.size.is_uniform()) {
        let kind = &abi.fds[plan.fd].name;
        let struct_ = abi.struct_(plan.record);
        let fields = c_fields(struct_, "record");
        let type_ = if plan.is_typed_outside() { ", type" } else { "" };
        let (extra, data) = match plan.has_data() {
            true => (", &data, &len", c_data(abi, plan)),
            false => ("", String::new()),
        };
        functions += &filled(
            KIND_IN_C,
            &[
                ("KIND", kind),
                ("STEM", stem),
                ("UPPER", &upper),
                ("RECORD", &struct_.name),
                ("TYPE", type_),
                ("EXTRA", extra),
                ("FIELDS", &fields),
                ("DATA", &data),
            ],
        );
        writeln!(arms, "\tif (!strcmp(kind, {kind:?})) {{ {kind}(bytes, size, type); return; }}")
            .expect("text");
    }
    let kinds = abi.protocol.streams.iter().filter(|plan| plan.size.is_uniform());
    let kinds: String = kinds.map(|plan| format!("\t{:?},\n", abi.fds[plan.fd].name)).collect();
    filled(KINDS_IN_C, &[("KINDS", &kinds), ("FUNCTIONS", &functions), ("ARMS", &arms)])
}

/// The statements that print the data of a record in C.
fn c_data(abi: &Abi, plan: &StreamPlan) -> String {
    let struct_ = abi.struct_(plan.record);
    let member = |field: &IntField| format!("record.{}", struct_.fields[field.field].name);
    let none = plan.no_data.as_ref();
    let none =
        none.map_or("0".to_owned(), |flag| format!("{} & {}", member(&flag.field), flag.value));
    let mut data = "hex(data, len);".to_owned();
    if let Some((_, by)) = &plan.types {
        let by = by.as_ref().map_or("type".to_owned(), member);
        let arms = plan.forms.iter().map(|form| {
            let number = form.value(abi).number;
            let body = form.struct_().map_or(String::new(), |id| {
                let struct_ = abi.struct_(id);
                let (name, prints) = (&struct_.name, c_fields(struct_, "known"));
                format!(
                    "struct {name} known = {{ 0 }}; memcpy(&known, data, len < sizeof(known) ? \
                     len : sizeof(known)); {prints}"
                )
            });
            format!("case {number}: {{ {body} break; }}\n")
        });
        let arms: String = arms.collect();
        data = format!("switch ({by}) {{\n{arms}default: hex(data, len); break; }}");
    }
    format!("put(\" :\"); if (!({none})) {{ {data} }}")
}

/// The fields of a decoded struct, as the programs print them.
fn decoded_fields(values: &[DecodedValue<'_>], text: &mut String) {
    for value in values {
        let name = value.name;
        match &value.content {
            Content::Number(number) => {
                let bits = number.value as u64;
                write!(text, " {name}={bits}").expect("text");
            }
            Content::Bytes(bytes) => {
                bytes.iter().for_each(|byte| write!(text, " {name}={byte}").expect("text"));
            }
            Content::Array(array) => array.iter().for_each(|one| {
                let Content::Number(number) = one.content else { panic!("no number") };
                write!(text, " {name}={}", number.bits).expect("text");
            }),
            // A field that the bytes do not have is zero for a reader.
            Content::Absent => match value.type_ {
                Type::Array(_, length, _) => {
                    (0..*length).for_each(|_| write!(text, " {name}=0").expect("text"));
                }
                _ => write!(text, " {name}=0").expect("text"),
            },
            other => panic!("{other:?}"),
        }
    }
}

/// What decode finds, as the programs print it.
pub fn decoded(abi: &Abi, plan: &StreamPlan, type_: u32, bytes: &[u8]) -> String {
    let given = plan.is_typed_outside().then_some(type_.into());
    let found = decode::decode(abi, Subject::Records(plan.fd, given), &TARGETS[0], bytes);
    // Hostile bytes can be printed.
    decode::text(&found);
    decode::json(&found);
    let stream = abi.fds[plan.fd].stream.as_ref().expect("a stream");
    let mut text = String::new();
    for record in &found.records {
        write!(text, "record at={} size={}", record.at, record.data.end() - record.at)
            .expect("text");
        let fields = found.record_fields(record);
        decoded_fields(&fields, &mut text);
        if plan.has_data() {
            let (data, rest) = found.record_data(record);
            text += " :";
            decoded_fields(&data, &mut text);
            let flagged = stream.no_data.as_ref().is_some_and(|flag| {
                let Content::Number(number) = fields[flag.field].content else { return false };
                number.bits & flag.value != 0
            });
            if record.type_.is_none() && !flagged {
                let bytes = found.bytes(rest);
                bytes.iter().for_each(|byte| write!(text, " {byte:02x}").expect("text"));
            }
        }
        text += "\n";
    }
    if let Some(error) = &found.error {
        writeln!(text, "error {} at={}", error.kind.word(), error.at).expect("text");
    }
    text
}

/// Records that a kernel could have written: with types, flags and lengths that exist.
pub fn sample(abi: &Abi, plan: &StreamPlan, random: &mut Random, type_: u32) -> Vec<u8> {
    let size = usize::try_from(plan.size.kernel()).expect("a size");
    let size_of = |id: StructId| abi.struct_(id).layouts[0].size;
    let mut all = Vec::new();
    for _ in 0..random.below(5) {
        let mut record: Vec<u8> = (0..size).map(|_| random.next() as u8).collect();
        let mut put = |field: &IntField, number: u64| {
            let at = usize::try_from(field.offset.kernel()).expect("an offset");
            let width = usize::try_from(field.int.size()).expect("a width");
            record[at..at + width].copy_from_slice(&number.to_le_bytes()[..width]);
        };
        let mut length = 0;
        if let Some((group, by)) = &plan.types {
            let values = &abi.group(*group).values;
            let form = &plan.forms[random.below(plan.forms.len())];
            let mut named = values.iter().filter(|value| match by {
                Some(_) => value.name == form.value(abi).name,
                None => value.number == i128::from(type_),
            });
            let value = named.next();
            if let (Some(field), Some(value)) = (by, value) {
                put(field, value.number as u64);
            }
            length = value.and_then(|value| value.payload_struct()).map_or(0, size_of);
        }
        if let Some((field, total)) = &plan.length {
            length = (length + random.below(6) as u64).saturating_sub(random.below(3) as u64);
            put(field, if *total { length + plan.size.kernel() } else { length });
        }
        if let Some(flag) = &plan.no_data {
            let is_empty = random.below(4) == 0;
            put(&flag.field, if is_empty { flag.value } else { 0 });
            length = if is_empty { 0 } else { length };
        }
        all.extend(record);
        all.extend((0..length).map(|_| random.next() as u8));
    }
    all
}
