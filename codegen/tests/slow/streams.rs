//! Readers of records: Rust, C and decode on random and damaged bytes, and on records that the
//! kernel writes for inotify and signalfd.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use capchain::decode::{self, Content, DecodedValue, Subject};
use capchain::ir::protocol::IntField;
use capchain::ir::{Abi, StreamPlan, Struct, StructId, Type};
use capchain::layout::TARGETS;
use capchain::lower::lower;
use capchain::names;
use support::fixtures;
use support::process::succeed;
use support::random::{Random, rounds};
use support::rustc;

fn abi(spec: &str) -> Abi {
    lower(&fixtures::open(&fixtures::root().join(spec)), None)
}

/// The statements that print the fields of a struct, in Rust and in C.
fn prints(abi: &Abi, struct_: &Struct, place: &str) -> [String; 2] {
    let (mut rust, mut c) = (String::new(), String::new());
    for field in &struct_.fields {
        let name = &field.name;
        let group = field.group.map(|id| abi.group(id)).filter(|group| group.rust.is_some());
        let typed = group.is_some_and(
            |group| matches!(field.type_, Type::Int(int) if int.size() == group.int.size()),
        );
        let inner = if typed { ".0" } else { "" };
        // Keywords are raw identifiers.
        let raw = if name == "type" { "r#" } else { "" };
        match &field.type_ {
            Type::Int(_) => {
                writeln!(rust, "print!(\" {name}={{}}\", {place}.{raw}{name}{inner} as u64);")
                    .expect("text");
                writeln!(c, "printf(\" {name}=%llu\", (unsigned long long){place}.{name});")
                    .expect("text");
            }
            Type::Array(_, length, _) => {
                writeln!(
                    rust,
                    "for one in {place}.{name} {{ print!(\" {name}={{}}\", one as u64); }}"
                )
                .expect("text");
                writeln!(
                    c,
                    "for (int i = 0; i < {length}; i++) \
                     printf(\" {name}=%llu\", (unsigned long long){place}.{name}[i]);"
                )
                .expect("text");
            }
            other => panic!("{other:?}"),
        }
    }
    [rust, c]
}

/// The name of the reader.
fn reader(abi: &Abi, plan: &StreamPlan) -> String {
    names::group_type(&abi.fds[plan.fd].name)
}

/// The arms that print typed data in Rust.
fn rust_data(abi: &Abi, plan: &StreamPlan) -> String {
    if plan.types.is_none() {
        return "data.iter().for_each(|byte| print!(\" {byte:02x}\"));".to_owned();
    }
    let name = reader(abi, plan);
    let mut text = "match data {\n".to_owned();
    for form in &plan.forms {
        let variant = names::group_type(&form.short);
        match form.struct_ {
            Some(id) => {
                let [rust, _] = prints(abi, abi.struct_(id), "data");
                writeln!(text, "streams::{name}Data::{variant}(data) => {{ {rust} }}")
            }
            None => writeln!(text, "streams::{name}Data::{variant} => {{}}"),
        }
        .expect("text");
    }
    if plan.length.is_some() {
        text += &format!(
            "streams::{name}Data::Other(_, data) => \
             data.iter().for_each(|byte| print!(\" {{byte:02x}}\")),\n"
        );
    }
    text + "_ => unreachable!(),\n}\n"
}

/// A program that prints the records of a file by the crate.
fn rust_program(abi: &Abi) -> String {
    let mut functions = String::new();
    let mut arms = String::new();
    for plan in &abi.protocol.streams {
        let kind = &abi.fds[plan.fd].name;
        let name = reader(abi, plan);
        let type_ = match plan.types.as_ref().filter(|_| plan.is_typed_outside()) {
            Some((group, _)) => {
                format!(", uapi::{}(type_)", abi.group(*group).rust.as_deref().expect("a type"))
            }
            None => String::new(),
        };
        let [fields, _] = prints(abi, abi.struct_(plan.record), "record");
        let data = rust_data(abi, plan);
        let take = match (plan.has_data(), plan.no_data.is_some()) {
            (false, _) => "let record = item;".to_owned(),
            (true, false) => "let (record, data) = item;".to_owned(),
            (true, true) => "let (record, data) = item;".to_owned(),
        };
        let data = match (plan.has_data(), plan.no_data.is_some()) {
            (false, _) => String::new(),
            (true, false) => format!("print!(\" :\"); {data}"),
            (true, true) => format!("print!(\" :\"); if let Some(data) = data {{ {data} }}"),
        };
        writeln!(
            functions,
            "fn {kind}(bytes: &[u8], type_: u32) {{
                let _ = type_;
                let mut reader = streams::{name}::new(bytes{type_});
                loop {{
                    let at = bytes.len() - reader.rest().len();
                    match reader.next() {{
                        None => break,
                        Some(Ok(item)) => {{
                            {take}
                            print!(\"record at={{at}} size={{}}\", bytes.len() - reader.rest().len() - at);
                            {fields}
                            {data}
                            println!();
                        }}
                        Some(Err(error)) => {{
                            let word = match error.cause {{
                                streams::RecordErrorCause::Cut {{ .. }} => \"record_cut\",
                                streams::RecordErrorCause::TooShort {{ .. }} => \"record_too_short\",
                                streams::RecordErrorCause::UnknownType {{ .. }} => \"record_type_unknown\",
                                _ => unreachable!(),
                            }};
                            println!(\"error {{word}} at={{}}\", error.offset);
                            assert!(reader.next().is_none());
                            break;
                        }}
                    }}
                }}
            }}"
        )
        .expect("text");
        writeln!(arms, "{kind:?} => {kind}(bytes, type_),").expect("text");
    }
    format!(
        "use generated_abi::{{streams, uapi}};
        {functions}
        #[allow(clippy::all, unreachable_patterns)]
        fn main() {{
            let all = std::fs::read(std::env::args().nth(1).unwrap()).unwrap();
            let mut rest = &all[..];
            while let Some((head, tail)) = rest.split_first_chunk::<24>() {{
                let word = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().unwrap());
                let kind = std::str::from_utf8(&head[8..]).unwrap().trim_end_matches('\\0');
                let (bytes, after) = tail.split_at(word(0) as usize);
                let type_ = word(4);
                match kind {{ {arms} _ => println!(\"none\") }}
                println!(\"end\");
                rest = after;
            }}
        }}"
    )
}

/// The same program by the header.
fn c_program(abi: &Abi) -> String {
    let stem = names::c_stem(&abi.name);
    let upper = stem.to_uppercase();
    let (mut functions, mut arms) = (String::new(), String::new());
    for plan in abi.protocol.streams.iter().filter(|plan| plan.size.is_uniform()) {
        let kind = &abi.fds[plan.fd].name;
        let struct_ = abi.struct_(plan.record);
        let [_, fields] = prints(abi, struct_, "record");
        let type_ = if plan.is_typed_outside() { ", type" } else { "" };
        let by = plan.types.as_ref().map(|(_, by)| match by {
            Some(by) => format!("record.{}", struct_.fields[by.field].name),
            None => "type".to_owned(),
        });
        let none = match &plan.no_data {
            Some((flags, flag)) => format!("record.{} & {flag}", struct_.fields[flags.field].name),
            None => "0".to_owned(),
        };
        let hex = "for (size_t i = 0; i < len; i++) \
                   printf(\" %02x\", ((const unsigned char *)data)[i]);";
        let mut data = hex.to_owned();
        if let Some((group, _)) = &plan.types {
            data = format!("switch ({}) {{\n", by.expect("a number"));
            for form in &plan.forms {
                let mut values = abi.group(*group).values.iter();
                let number = values.find(|one| one.name == form.name).expect("a value").number;
                let body = form.struct_.map_or(String::new(), |id| {
                    let [_, prints] = prints(abi, abi.struct_(id), "known");
                    let name = &abi.struct_(id).name;
                    format!(
                        "struct {name} known = {{ 0 }}; memcpy(&known, data, len < sizeof(known) ? \
                         len : sizeof(known)); {prints}"
                    )
                });
                writeln!(data, "case {number}: {{ {body} break; }}").expect("text");
            }
            writeln!(data, "default: {hex} break; }}").expect("text");
        }
        let (extra, data) = match plan.has_data() {
            true => (", &data, &len", format!("printf(\" :\"); if (!({none})) {{ {data} }}")),
            false => ("", String::new()),
        };
        writeln!(
            functions,
            "static void {kind}(const void *bytes, size_t size, unsigned type) {{
                struct {stem}_records records = {stem}_records_of(bytes, size);
                struct {} record;
                const void *data = NULL;
                {stem}_size len = 0;
                size_t at = 0;
                int result;
                (void)type; (void)data; (void)len;
                while ((result = {stem}_{kind}_next(&records{type_}, &record{extra})) > 0) {{
                    printf(\"record at=%zu size=%zu\", at, (size_t)records.at - at);
                    at = records.at;
                    {fields} {data}
                    printf(\"\\n\");
                }}
                if (result < 0) {{
                    printf(\"error %s at=%zu\\n\", result == {upper}_RECORD_CUT ? \"record_cut\" :
                        result == {upper}_RECORD_TOO_SHORT ? \"record_too_short\" :
                        \"record_type_unknown\", (size_t)records.at);
                    if ({stem}_{kind}_next(&records{type_}, &record{extra}))
                        abort();
                }}
            }}",
            struct_.name
        )
        .expect("text");
        writeln!(arms, "if (!strcmp(kind, {kind:?})) {kind}(bytes, head[0], head[1]); else")
            .expect("text");
    }
    format!(
        "#include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include \"{stem}.h\"
        {functions}
        int main(int argc, char **argv) {{
            FILE *file = fopen(argv[argc - 1], \"rb\");
            unsigned head[2];
            char kind[16];
            while (fread(head, 8, 1, file) == 1 && fread(kind, 16, 1, file) == 1) {{
                /* exactly as long as the records, so that a sanitizer sees every byte beyond */
                unsigned char *bytes = malloc(head[0] ? head[0] : 1);
                if (head[0] && fread(bytes, head[0], 1, file) != 1) abort();
                {arms} printf(\"none\\n\");
                printf(\"end\\n\");
                free(bytes);
            }}
            return 0;
        }}"
    )
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
fn decoded(abi: &Abi, plan: &StreamPlan, type_: u32, bytes: &[u8]) -> String {
    let told = plan.is_typed_outside().then_some(type_.into());
    let found = decode::decode(abi, Subject::Records(plan.fd, told), &TARGETS[0], bytes);
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
    text + "end\n"
}

/// An input: the kind, the type, and the bytes.
struct Case<'a> {
    plan: &'a StreamPlan,
    type_: u32,
    bytes: Vec<u8>,
}

/// Prints the cases with the three implementations, and compares the texts.
fn compare(abi: &Abi, programs: &[PathBuf; 2], folder: &Path, cases: &[Case<'_>]) -> usize {
    let mut input = Vec::new();
    for Case { plan, type_, bytes } in cases {
        let mut name = abi.fds[plan.fd].name.clone().into_bytes();
        name.resize(16, 0);
        input.extend(u32::try_from(bytes.len()).expect("a length").to_le_bytes());
        input.extend(type_.to_le_bytes());
        input.extend(name);
        input.extend(bytes);
    }
    let path = folder.join("cases");
    fs::write(&path, input).expect("a file");
    let [rust, c] = programs.each_ref().map(|program| succeed(Command::new(program).arg(&path)));
    let (mut rust, mut c) = (rust.split_inclusive("end\n"), c.split_inclusive("end\n"));
    let mut records = 0;
    for Case { plan, type_, bytes } in cases {
        let expected = decoded(abi, plan, *type_, bytes);
        let what = || format!("{} {type_} {bytes:?}", abi.fds[plan.fd].name);
        assert_eq!(rust.next(), Some(expected.as_str()), "Rust: {}", what());
        let found = c.next();
        match plan.size.is_uniform() {
            true => assert_eq!(found, Some(expected.as_str()), "C: {}", what()),
            false => assert_eq!(found, Some("none\nend\n")),
        }
        records += expected.lines().filter(|line| line.starts_with("record")).count();
    }
    assert_eq!((rust.next(), c.next()), (None, None));
    records
}

/// Compiles both programs.
fn programs(folder: &Path, abi: &Abi) -> [PathBuf; 2] {
    let rust = rustc::program(folder, abi, "generated_abi", &rust_program(abi));
    fs::write(folder.join("records.c"), c_program(abi)).expect("a file");
    let warnings =
        ["-std=gnu11", "-g", "-Wall", "-Wextra", "-Werror", "-Wno-misleading-indentation"];
    let sanitizers = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
    let mut gcc = Command::new("gcc");
    gcc.current_dir(folder).args(warnings).args(sanitizers);
    succeed(gcc.args(["-Igenerated/include", "records.c", "-o", "records"]));
    [rust, folder.join("records")]
}

/// Records that a kernel could have written: with types, flags and lengths that exist.
fn sample(abi: &Abi, plan: &StreamPlan, random: &mut Random, type_: u32) -> Vec<u8> {
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
                Some(_) => value.name == form.name,
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
        if let Some((field, flag)) = &plan.no_data {
            let is_empty = random.below(4) == 0;
            put(field, if is_empty { *flag } else { 0 });
            length = if is_empty { 0 } else { length };
        }
        all.extend(record);
        all.extend((0..length).map(|_| random.next() as u8));
    }
    all
}

#[test]
fn rust_c_and_decode_read_the_same_records() {
    let mut random = Random(17);
    for spec in ["codegen/tests/specs/records", "spec/iommufd"] {
        let (abi, folder) = (abi(spec), tempfile::tempdir().expect("a folder"));
        let programs = programs(folder.path(), &abi);
        for plan in &abi.protocol.streams {
            let mut cases = Vec::new();
            for round in 0..rounds(300) {
                let type_ = [1, 2, 7, 0, 9][round % 5];
                let whole = sample(&abi, plan, &mut random, type_);
                let case = |bytes| Case { plan, type_, bytes };
                let cut = random.below(whole.len() + 1);
                cases.push(case(whole[..cut].to_vec()));
                cases.push(case(random.damage(&[&whole[..], &[0; 4]].concat())));
                let any = random.below(90);
                cases.push(case((0..any).map(|_| random.next() as u8).collect()));
                cases.push(case(whole));
            }
            let records = compare(&abi, &programs, folder.path(), &cases);
            let kind = &abi.fds[plan.fd].name;
            println!("{kind}: {} inputs, {records} records", cases.len());
            assert!(records > rounds(300), "{kind}: {records}");
        }
    }
}

/// Records that the running kernel writes; the program reads them by the headers of the C
/// library.
const KERNEL: &str = include_str!("streams/kernel.c");

#[test]
#[cfg(target_os = "linux")]
fn records_of_inotify_and_signalfd_are_those_of_the_kernel() {
    let (abi, folder) =
        (abi("codegen/tests/specs/records"), tempfile::tempdir().expect("a folder"));
    let programs = programs(folder.path(), &abi);
    fs::write(folder.path().join("kernel.c"), KERNEL).expect("a file");
    let mut gcc = Command::new("gcc");
    gcc.current_dir(folder.path())
        .args(["-Wall", "-Wextra", "-Werror", "kernel.c", "-o", "kernel"]);
    succeed(&mut gcc);
    let text = succeed(Command::new("./kernel").current_dir(folder.path()));
    let mut expected = text.split_inclusive("end\n");
    for (kind, least) in [("notices", 8), ("signals", 2)] {
        let bytes = fs::read(folder.path().join(kind)).expect("records");
        let mut plans = abi.protocol.streams.iter();
        let plan = plans.find(|plan| abi.fds[plan.fd].name == kind).expect("a stream");
        let expected = expected.next().expect("records");
        assert_eq!(decoded(&abi, plan, 0, &bytes), expected);
        let records = compare(&abi, &programs, folder.path(), &[Case { plan, type_: 0, bytes }]);
        assert!(records >= least, "{kind}: {records}");
    }
}
