//! Sizes, versions and pointers of new structs, and the duties of a kernel that serves a
//! new chain.

use std::collections::HashSet;

use super::{AbiChange, Asked};
use crate::ir::{Field, Role, Struct, StructRole, Type};
use crate::layout::Int;
use crate::review::codes::{
    CHAIN_DUTIES, POINTER_WITHOUT_LENGTH, SIZE_NOT_ALIGNED, VERSION_WITHOUT_RULE,
};
use crate::review::report::Effect;

/// What the size of a struct should be a multiple of.
const ALIGN: u64 = 8;

/// New arguments, payloads and capabilities with a size that is no multiple of 8.
pub(super) fn sizes(change: &AbiChange<'_>) -> Vec<Asked> {
    let odd = change.new_structs().filter(|one| {
        let flexible =
            one.fields.last().is_some_and(|last| matches!(last.type_, Type::Flexible(..)));
        let travels = one.role != StructRole::Plain || is_payload(change, one);
        travels && !flexible && one.layouts[0].size % ALIGN != 0
    });
    let asked = odd.map(|one| Asked {
        code: SIZE_NOT_ALIGNED,
        effect: Effect::Question,
        subject: one.name.clone(),
        message: format!("the size, {}, is no multiple of {ALIGN}", one.layouts[0].size),
        help: "end it with a reserved field, so that a u64 can be appended without a hole"
            .to_owned(),
    });
    asked.collect()
}

fn is_payload(change: &AbiChange<'_>, one: &Struct) -> bool {
    let mut values = change.new.groups.iter().flat_map(|group| &group.values);
    values.any(|value| {
        value.payload_struct().is_some_and(|id| change.new.struct_(id).name == one.name)
    })
}

/// New fields that are called a version.
pub(super) fn versions(change: &AbiChange<'_>) -> Vec<Asked> {
    let mut asked = Vec::new();
    for (one, field) in new_fields(change) {
        if matches!(field.name.trim_matches('_'), "version" | "ver") {
            asked.push(Asked {
                code: VERSION_WITHOUT_RULE,
                effect: Effect::Question,
                subject: format!("{}.{}", one.name, field.name),
                message: "no rule says what a program does with a version that it does not know"
                    .to_owned(),
                help: "state the rule in the header, or use flags and the size instead".to_owned(),
            });
        }
    }
    asked
}

/// New fields that look like pointers in structs that have no length.
pub(super) fn pointers(change: &AbiChange<'_>) -> Vec<Asked> {
    let mut asked = Vec::new();
    for (one, field) in new_fields(change) {
        let wide = matches!(field.type_, Type::Int(Int::U64 | Int::AlignedU64) | Type::Pointer(_));
        if wide && is_pointer(field) && !one.fields.iter().any(is_length) {
            asked.push(Asked {
                code: POINTER_WITHOUT_LENGTH,
                effect: Effect::Question,
                subject: format!("{}.{}", one.name, field.name),
                message: "looks like a pointer, and no field gives the length of the buffer"
                    .to_owned(),
                help: "let the caller pass the length, so that the kernel can write more one day"
                    .to_owned(),
            });
        }
    }
    asked
}

fn is_pointer(field: &Field) -> bool {
    let named = field.name.split('_').any(|word| {
        matches!(word, "ptr" | "uptr" | "userptr" | "buf" | "buffer" | "data" | "array" | "uaddr")
    });
    named && field.role == Role::Data
}

fn is_length(field: &Field) -> bool {
    let mut words = field.name.split('_');
    words.any(|word| {
        matches!(word, "len" | "length" | "size" | "bytes" | "count" | "nr" | "num" | "entries")
    })
}

/// Chains that only the new ABI has.
pub(super) fn chains(change: &AbiChange<'_>) -> Vec<Asked> {
    let known: HashSet<_> = change
        .old
        .chains
        .iter()
        .filter_map(|chain| {
            let host = chain.host()?;
            Some(change.old.struct_(host.struct_).name.as_str())
        })
        .collect();
    let mut asked = Vec::new();
    for chain in &change.new.chains {
        let Some(host) = chain.host() else { continue };
        let host_struct = change.new.struct_(host.struct_);
        if known.contains(host_struct.name.as_str()) {
            continue;
        }
        let offset = chain.cap_offset().map(|field| host_struct.fields[field].name.as_str());
        let offset = offset.unwrap_or("the offset");
        asked.push(Asked {
            code: CHAIN_DUTIES,
            effect: Effect::Note,
            subject: format!("{}.{offset}", host_struct.name),
            message: format!(
                "a new chain: a kernel has to start from a zeroed reply and to copy out as much of \
                 `{}` as argsz covers; if the chain does not fit, it sets argsz to the need and \
                 `{offset}` to 0",
                host_struct.name
            ),
            help: format!(
                "programs test `{}`, then `{offset}`, and ask again with a larger buffer",
                host.flag.0
            ),
        });
    }
    asked
}

/// The fields of new structs.
fn new_fields<'a>(change: &'a AbiChange<'_>) -> impl Iterator<Item = (&'a Struct, &'a Field)> {
    change.new_structs().flat_map(|one| one.fields.iter().map(move |field| (one, field)))
}
