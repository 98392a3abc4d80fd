//! Records that are read from file descriptors, in words.

use super::page::Page;
use crate::ir::Stream;

/// The records of a kind of file descriptor.
pub(super) fn text(page: &Page<'_>, stream: &Stream) -> String {
    let struct_ = |id| page.struct_as(&page.abi.struct_(id).name, id);
    let mut text = format!("Each record that is read is a {}", struct_(stream.record));
    let field = |at: usize| format!("`{}`", page.abi.struct_(stream.record).fields[at].name);
    let by = stream.type_by.as_ref().map(|by| match by.struct_ {
        Some(id) => format!("`{}` of {}", by.field, struct_(id)),
        None => format!("its `{}`", by.field),
    });
    match &by {
        Some(by) => text += &format!(", followed by data of which {by} determines the type."),
        None if stream.length.is_some() => text += ", followed by data.",
        None => text += ".",
    }
    if let Some(length) = &stream.length {
        let of = if length.total { "the struct and the data together" } else { "the data" };
        text += &format!(" {} is the length of {of} in bytes.", field(length.field));
    }
    if let Some(flag) = &stream.no_data {
        text += &format!(" A record with {} has no data.", page.name(&flag.name));
    }
    if let Some(flag) = &stream.last {
        text += &format!(
            " The kernel returns whole groups of records; {} marks the last one of a group.",
            page.name(&flag.name)
        );
    }
    if let Some(answer) = stream.answer {
        text += &format!(" A program writes a {} to answer.", struct_(answer));
    }
    text
}
