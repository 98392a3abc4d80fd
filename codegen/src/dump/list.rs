//! Lists of numbers in brackets: of C, Rust, Go, Python and JavaScript, of JSON, and
//! of `p` of gdb. A size next to the list must agree with it.

mod brackets;
mod elements;
mod groups;

use std::borrow::Cow;

use super::notation::Notation;
use super::{Dump, DumpForm, DumpReading, DumpResult, MOST_BYTES, concatenated, too_many};
use elements::ListElements;
use groups::Groups;

pub(super) const LIST: DumpForm = DumpForm {
    name: "list",
    tools: "lists of C, Rust, Go, Python, Java, JavaScript, Erlang, Elixir and JSON, `xxd -i`, `p/x` of gdb",
    example: "[40, 0, 0, 0, 15, 0, 0, 0]",
};

/// The text after the digits of the index of an element.
const INDEX_END: &str = "] = ";
/// The most characters of an index.
const MOST_INDEX: usize = 24;

/// Names of types of elements, by their size.
const TYPES: [(usize, &[&str]); 4] = [
    (
        1,
        &[
            "u8",
            "i8",
            "uint8",
            "int8",
            "uint8_t",
            "int8_t",
            "__u8",
            "__s8",
            "char",
            "byte",
            "bytes",
            "bytearray",
            "Buffer",
            "Uint8Array",
            "Int8Array",
            "B",
        ],
    ),
    (
        2,
        &[
            "u16",
            "i16",
            "uint16",
            "int16",
            "uint16_t",
            "int16_t",
            "__u16",
            "__le16",
            "short",
            "Uint16Array",
            "H",
        ],
    ),
    (
        4,
        &[
            "u32",
            "i32",
            "uint32",
            "int32",
            "uint32_t",
            "int32_t",
            "__u32",
            "__le32",
            "int",
            "Uint32Array",
            "Int32Array",
            "I",
        ],
    ),
    (
        8,
        &[
            "u64",
            "i64",
            "uint64",
            "int64",
            "uint64_t",
            "int64_t",
            "__u64",
            "__le64",
            "long",
            "BigUint64Array",
            "Q",
        ],
    ),
];

/// Whether the text has a list outside of its strings.
pub(super) fn is_list(text: &str) -> bool {
    Groups::of(&without_indexes(text)).list().is_some()
}

/// The size of the array in a text such as `char reply[40] = "..."`.
pub(super) fn size_of_array(text: &str) -> Option<usize> {
    Groups::of(text).size()
}

/// The text without the indexes of elements, `[0] = ` and so on. A part of a list starts
/// with another index.
fn without_indexes(text: &str) -> Cow<'_, str> {
    let mut parts = Vec::new();
    let (mut done, mut next) = (0, None);
    for (end, _) in text.match_indices(INDEX_END) {
        // More digits are no index.
        let from = end.saturating_sub(MOST_INDEX).max(done);
        let start = text.get(from..end).and_then(|text| text.rfind('[')).map(|at| from + at);
        let digits = start.and_then(|start| text.get(start + 1..end)).unwrap_or_default();
        let first = || {
            let before = text.get(..start?)?;
            // After a name, it is the size of an array.
            digits.parse().ok().filter(|_| !before.ends_with(char::is_alphanumeric))
        };
        let expected: usize = *next.get_or_insert_with(|| first().unwrap_or(0));
        let same = digits == expected.to_string() || digits == format!("{expected:#x}");
        let Some(start) = start.filter(|_| same) else { continue };
        let before = text.get(done..start).unwrap_or_default();
        parts.push(before);
        // Elements on lines of their own have no commas.
        parts.push(if before.trim_end().ends_with(['{', ',', '[']) { "" } else { ", " });
        (done, next) = (end + INDEX_END.len(), Some(expected.saturating_add(1)));
    }
    if parts.is_empty() {
        return Cow::Borrowed(text);
    }
    parts.push(text.get(done..).unwrap_or_default());
    Cow::Owned(parts.concat())
}

/// The bytes of the list; `None` if the text has none.
pub(super) fn read(text: &str, big_endian: bool) -> DumpResult {
    let text = without_indexes(text);
    let groups = Groups::of(&text);
    if groups.too_many {
        return Some(Err(too_many()));
    }
    let list = groups.list()?;
    Some(bytes(&groups, list, big_endian))
}

fn bytes(groups: &Groups<'_>, list: &ListElements<'_>, big_endian: bool) -> Result<Dump, String> {
    let count = list.numbers.len();
    let sizes = groups.lists.iter().rev().skip(1).map(ListElements::single);
    for size in sizes.chain(groups.lengths()) {
        let size = size.ok_or("there is more than one list; give the one to decode")?;
        if size != count && !list.cut {
            return Err(format!("the list has {count} elements, but its size is {size}"));
        }
    }
    let declared = list.suffix().or_else(|| groups.words().find_map(size_of_type));
    let sizes = match list.width().or(declared) {
        Some(size) => vec![size],
        None => vec![1, 4, 8, 2],
    };
    let mut readings = Vec::new();
    for (values, radix) in list.values(groups.plain || declared.is_none())? {
        for size in &sizes {
            // More bytes are not interpreted. The first size is the least.
            if values.len() * size > MOST_BYTES && !readings.is_empty() {
                continue;
            }
            let notation = Notation { radix: 10, size: *size, c: false };
            let orders = if *size == 1 { &[false][..] } else { &[!big_endian, big_endian] };
            for reversed in orders {
                let numbers = values.iter().map(|value| notation.sized(*value));
                let Some(bytes) = concatenated(numbers, *reversed) else { continue };
                let manner = Notation { radix, ..notation }.manner(*reversed);
                readings.push(DumpReading { bytes, manner });
            }
        }
    }
    match readings.is_empty() {
        true => Err("a number of the list is larger than its elements".to_owned()),
        false => Ok(Dump { form: LIST.name, readings, cut: list.cut, note: None }),
    }
}

fn size_of_type(word: &str) -> Option<usize> {
    TYPES.iter().find(|(_, names)| names.contains(&word)).map(|(size, _)| *size)
}
