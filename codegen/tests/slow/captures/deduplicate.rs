//! Reduces the full set of captures to those of this repository: sweeps with the
//! same answers are kept once.

use capchain::ir::{Abi, Role, StructId};
use support::captures::{Head, Row, Seen};

use super::{Sweep, hosted_by};

/// Sweeps with the same answers are merged: for the host of a chain, those that
/// differ only in fields about the device; for any other struct, all sweeps of one
/// ioctl, of which the longest is kept. Sweeps in which no call works are merged if
/// they differ in nothing but their place, for every struct.
pub(crate) fn reduced(abi: &Abi, full: Vec<Sweep>) -> Vec<(Head, Sweep)> {
    let mut kept = Vec::<(Vec<Row>, Head, Sweep)>::new();
    for sweep in full {
        let (ioctl, place) = (sweep[0].ioctl.clone(), Seen::of(&sweep[0]));
        let host = hosted_by(abi, &ioctl);
        let refused = sweep.iter().all(|row| row.ret < 0);
        let shape = match host {
            Some((_, id)) => shape(abi, id, &sweep),
            None if refused => without_places(&sweep),
            None => Vec::new(),
        };
        let alike = kept.iter_mut().find(|(other, head, _)| head.ioctl == ioctl && *other == shape);
        let head = Head { ioctl, seen: vec![place] };
        match alike {
            None => kept.push((shape, head, sweep)),
            Some((_, kept, _)) if host.is_some() || refused => kept.seen.extend(head.seen),
            Some((_, kept, rows)) if sweep.len() > rows.len() => (*kept, *rows) = (head, sweep),
            Some(_) => {}
        }
    }
    kept.into_iter().map(|(_, head, sweep)| (head, sweep)).collect()
}

/// The rows without the fields about the device and without their source.
fn shape(abi: &Abi, id: StructId, sweep: &Sweep) -> Vec<Row> {
    let struct_ = abi.struct_(id);
    let told = struct_.fields.iter().zip(&struct_.layouts[0].fields);
    let told = told.filter(|(field, _)| matches!(field.role, Role::Data | Role::Flags));
    let told: Vec<_> = told.map(|(_, span)| span.offset as usize..span.end() as usize).collect();
    let mut rows = without_places(sweep);
    for row in rows.iter_mut().filter(|row| row.ret >= 0) {
        told.iter().for_each(|span| row.blank(span.clone()));
    }
    rows
}

/// The rows without their source.
fn without_places(sweep: &Sweep) -> Vec<Row> {
    let mut rows = sweep.clone();
    for row in &mut rows {
        row.index = 0;
        for place in [&mut row.kernel, &mut row.path, &mut row.phase, &mut row.device] {
            place.clear();
        }
    }
    rows
}
