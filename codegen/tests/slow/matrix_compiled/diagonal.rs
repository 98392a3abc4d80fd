//! The releases of the diagonal: every release in which a chain, its host or its
//! capabilities change, paired with the next such release; and the oldest release
//! with a chain, paired with the newest.

use std::path::Path;

use capchain::ir::{Abi, Arg, Field, Role, StructId};
use capchain::layout::Span;
use capchain::lower::lower;
use capchain::spec::load::Origin;
use support::fixtures;

/// Releases that are alike in this, by the last of them.
pub(crate) struct Era {
    /// The release in names of files and functions: `v5_3`.
    pub(crate) name: String,
    /// What it is for a reader: `v4.20..v5.3`.
    pub(crate) title: String,
    /// The ABI of the last release.
    pub(crate) abi: Abi,
}

/// The eras of the real specification that have a chain, in order, then those of
/// the newest release with each overlay.
pub(crate) fn eras(overlays: &[&Path]) -> Vec<Era> {
    let spec = fixtures::spec();
    let mut eras: Vec<(String, Era)> = Vec::new();
    for release in spec.releases() {
        let abi = lower(&spec, Some(*release));
        if abi.chains.is_empty() {
            continue;
        }
        let (key, title) = (key(&abi), release.to_string());
        let name = title.replace(['.', '-'], "_");
        match eras.last_mut().filter(|(last, _)| *last == key) {
            Some((_, era)) => {
                let first = era.title.split("..").next().unwrap_or_default();
                let title = format!("{first}..{title}");
                *era = Era { name, title, abi };
            }
            None => eras.push((key, Era { name, title, abi })),
        }
    }
    let mut eras: Vec<_> = eras.into_iter().map(|(_, era)| era).collect();
    let overlays: Vec<_> = overlays.iter().map(|path| path.to_path_buf()).collect();
    let opened = capchain::open(&Origin::Folder(fixtures::root().join("spec/vfio")), &overlays);
    let problems = opened.problems.render(&opened.sources, false);
    let abi = lower(&opened.spec.unwrap_or_else(|| panic!("{problems}")), None);
    let title = format!("{} with overlays", abi.release);
    eras.push(Era { name: "overlaid".to_owned(), title, abi });
    eras
}

/// Each era with the next one, and the first with the last of the kernel's
/// own and with the very last; by their indexes.
pub(crate) fn pairs(eras: &[Era]) -> Vec<(usize, usize)> {
    let last = eras.len() - 1;
    let mut pairs: Vec<_> = (1..=last).map(|new| (new - 1, new)).collect();
    pairs.extend([(0, last - 1), (0, last)]);
    pairs
}

/// The structs that host a chain in some era.
pub(crate) fn hosts(eras: &[Era]) -> Vec<String> {
    let of = |era: &Era| {
        let hosts = era.abi.chains.iter().filter_map(|chain| chain.offset_host());
        hosts.map(|host| era.abi.struct_(host.struct_).name.clone()).collect::<Vec<_>>()
    };
    let mut names: Vec<_> = eras.iter().flat_map(of).collect();
    names.sort();
    names.dedup();
    names
}

/// All in which releases of one era are alike.
fn key(abi: &Abi) -> String {
    let fields = |id: StructId| {
        let struct_ = abi.struct_(id);
        let spans = struct_.kernel_layout().fields.iter();
        let one = |(field, span): (&Field, &Span)| {
            format!("{} {} {span:?} {:?}", field.name, abi.type_text(&field.type_), field.version)
        };
        struct_.fields.iter().zip(spans).map(one).collect::<Vec<_>>()
    };
    let chains = abi.chains.iter().map(|chain| {
        let caps = chain.capabilities.iter().map(|index| {
            let cap = abi.capability(*index);
            (&cap.name, cap.id, cap.version, cap.struct_.map(fields))
        });
        let host = chain.offset_host().map(|host| host.flag.1);
        (&chain.name, host, caps.collect::<Vec<_>>())
    });
    let chains: Vec<_> = chains.collect();
    // Arguments without a chain may host one later.
    let arguments = abi.ioctls.iter().filter_map(|ioctl| match ioctl.arg {
        Arg::Struct(id) if abi.struct_(id).fields.iter().any(is_chained) => Some(fields(id)),
        _ => None,
    });
    format!("{chains:?} {:?}", arguments.collect::<Vec<_>>())
}

/// Whether a field leads to a chain.
fn is_chained(field: &Field) -> bool {
    field.role == Role::CapOffset
}
