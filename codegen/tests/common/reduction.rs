//! How the captures of this repository come from the full set: what answers
//! alike is kept once.

use std::path::Path;

use capchain::ir::{Abi, Role, StructId};
use serde::Deserialize;

use super::captures::{Group, Head, Row, Seen, bytes, texts};
use super::hosted_by;

/// A line of the full set.
#[derive(Deserialize)]
struct Line {
    ioctl: String,
    #[serde(flatten)]
    seen: Seen,
    argsz_in: u32,
    fill: String,
    ret: i32,
    errno: i32,
    out_hex: String,
}

/// Every group of the full set, whose files have a line for each call.
pub(crate) fn full(folder: &Path) -> Vec<Group> {
    let mut groups = Vec::<Group>::new();
    let mut index = std::collections::HashMap::new();
    for line in texts(folder).iter().flat_map(|text| text.lines()) {
        let line: Line = serde_json::from_str(line).expect("a line of the full set");
        let row = Row {
            argsz: line.argsz_in,
            fill: u8::from_str_radix(&line.fill, 16).expect("two digits"),
            ret: line.ret,
            errno: line.errno,
            out: bytes(&line.out_hex),
        };
        let head = Head { ioctl: line.ioctl, seen: vec![line.seen] };
        let key = serde_json::to_string(&head).expect("JSON");
        let at = *index.entry(key).or_insert_with(|| {
            groups.push(Group { head, rows: Vec::new() });
            groups.len() - 1
        });
        groups[at].rows.push(row);
    }
    groups
}

/// Groups that answer alike become one: of a chain's host, those that differ
/// only in what its fields say about the device; of any other struct, all of
/// one ioctl, of which the one with the longest reply stays.
pub(crate) fn reduced(abi: &Abi, full: Vec<Group>) -> Vec<Group> {
    let mut kept = Vec::<(Vec<Row>, Group)>::new();
    for mut group in full {
        let host = hosted_by(abi, &group.head.ioctl);
        let shape = host.map(|(_, id)| shape(abi, id, &group.rows)).unwrap_or_default();
        let same = |other: &Group| other.head.ioctl == group.head.ioctl;
        match kept.iter_mut().find(|(other, kept)| same(kept) && *other == shape) {
            None => kept.push((shape, group)),
            Some((_, kept)) if host.is_some() => kept.head.seen.append(&mut group.head.seen),
            Some((_, kept)) if group.rows.len() > kept.rows.len() => *kept = group,
            Some(_) => {}
        }
    }
    kept.into_iter().map(|(_, group)| group).collect()
}

/// The rows without what the fields of the struct say about the device.
fn shape(abi: &Abi, id: StructId, rows: &[Row]) -> Vec<Row> {
    let struct_ = abi.struct_(id);
    let told = struct_.fields.iter().zip(&struct_.layouts[0].fields);
    let told = told.filter(|(field, _)| matches!(field.role, Role::Data | Role::Flags));
    let told: Vec<_> = told.map(|(_, span)| span.offset as usize..span.end() as usize).collect();
    let mut rows = rows.to_vec();
    for row in &mut rows {
        for span in told.iter().filter(|_| row.ret >= 0) {
            if let Some(bytes) = row.out.get_mut(span.clone()) {
                bytes.fill(0);
            }
        }
    }
    rows
}
