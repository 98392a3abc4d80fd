//! Writes, from the resolved ABI, the facts about records for `codegen/proofs/stream.c`: the
//! names of their functions, and the length of the data of a record as its bytes describe it.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use capchain::ir::protocol::IntField;
use capchain::ir::{Abi, StreamPlan};
use capchain::names;

/// Writes a header for each kind of descriptor to a folder. Returns a line for each: its name,
/// the ABI, and the steps that a loop has at most.
pub fn write(folder: &Path, abi: &Abi) -> String {
    let mut list = String::new();
    let known = |size: u64| [2, 4].contains(&size) || size % 8 == 0;
    for plan in abi.protocol.streams.iter().filter(|plan| plan.size.is_uniform()) {
        let kind = &abi.fds[plan.fd].name;
        assert!(known(plan.size.kernel()), "`byte_of` of the proof has no such size");
        fs::write(folder.join(format!("{kind}.h")), header(abi, plan)).expect("a file");
        writeln!(list, "{kind} {} {}", abi.name, plan.size.kernel() + 1).expect("text");
    }
    list
}

fn header(abi: &Abi, plan: &StreamPlan) -> String {
    let (stem, kind) = (names::c_stem(&abi.name), &abi.fds[plan.fd].name);
    let upper = stem.to_uppercase();
    let type_ = if plan.is_typed_outside() { "type, " } else { "" };
    let data = if plan.has_data() { ", data, len" } else { "" };
    format!(
        "#include \"{stem}.h\"

#define RECORDS\tstruct {stem}_records
#define RECORDS_OF\t{stem}_records_of
#define SIZE\t{stem}_size
#define RECORD\tstruct {record}
#define RECORD_SIZE\t{size}
#define HAS_DATA\t{has_data}
#define CUT\t{upper}_RECORD_CUT
#define NEXT(records, type, record, data, len)\t{stem}_{kind}_next(records, {type_}record{data})

/* The length of the data of a record, or why it is not known. */
static int data_length(const __u8 *at, __u32 type, __u64 *length)
{{
\t*length = 0;
{length}\treturn 0;
}}
",
        record = abi.struct_(plan.record).name,
        size = plan.size.kernel(),
        has_data = u8::from(plan.has_data()),
        length = length(abi, plan, &upper),
    )
}

/// A field of a record, from its bytes.
fn number(field: &IntField) -> String {
    format!("number_of(at, {}, {})", field.offset.kernel(), field.int.size())
}

fn length(abi: &Abi, plan: &StreamPlan, upper: &str) -> String {
    let mut text = String::new();
    if let Some(flag) = &plan.no_data {
        let (flags, flag) = (number(&flag.field), flag.value);
        writeln!(text, "\tif ({flags} & {flag})\n\t\treturn 0;").expect("text");
    }
    match (&plan.length, &plan.types) {
        (Some((field, false)), _) => {
            writeln!(text, "\t*length = {};", number(field)).expect("text");
        }
        (Some((field, true)), _) => {
            let size = plan.size.kernel();
            writeln!(
                text,
                "\tif ({0} < {size})\n\t\treturn {upper}_RECORD_TOO_SHORT;\n\
                 \t*length = {0} - {size};",
                number(field)
            )
            .expect("text");
        }
        (None, Some((_, by))) => {
            let by = by.as_ref().map_or_else(|| "type".to_owned(), number);
            for form in &plan.forms {
                let value = form.value(abi).number;
                let size = form.struct_().map_or(0, |id| abi.struct_(id).layouts[0].size);
                writeln!(
                    text,
                    "\tif ({by} == {value}) {{\n\t\t*length = {size};\n\
                     \t\treturn 0;\n\t}}"
                )
                .expect("text");
            }
            writeln!(text, "\treturn {upper}_RECORD_UNKNOWN_TYPE;").expect("text");
        }
        (None, None) => {}
    }
    text
}
