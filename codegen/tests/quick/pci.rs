//! The specification of configuration space: offsets that the kernel names are those of the
//! fields, and every id of the kernel has a capability.

use capchain::ir::{Abi, GroupKind};
use capchain::layout::Model;
use capchain::lower::lower;
use support::fixtures;

/// The bytes of the header before those that depend on its type.
const COMMON_HEADER: u64 = 16;

fn abi() -> Abi {
    lower(&fixtures::open(&fixtures::root().join("spec/pci")), None)
}

#[test]
fn offsets_are_those_of_the_fields() {
    let abi = abi();
    let mut compared = 0;
    for group in abi.groups.iter().filter(|group| group.kind == GroupKind::Constants) {
        let Some(name) = group.name.strip_suffix("_offsets") else { continue };
        let struct_ = abi.structs.iter().find(|one| one.name == name);
        let Some(struct_) = struct_ else { continue };
        let start = if name.starts_with("pci_header_") { COMMON_HEADER } else { 0 };
        for value in &group.values {
            let doc = value.meta.doc.concat();
            let field = doc.split('`').nth(1).unwrap_or_else(|| panic!("{}: {doc}", value.name));
            let index = struct_.fields.iter().position(|one| one.name == field);
            let index = index.unwrap_or_else(|| panic!("{name} has no field {field}"));
            let offset = start + struct_.spans(index)[Model::Lp64.index()].offset;
            assert_eq!(value.number, offset.into(), "{}", value.name);
            compared += 1;
        }
    }
    assert!(compared > 150, "{compared} offsets");
}

#[test]
fn every_id_is_a_capability() {
    let abi = abi();
    for (chain, count, last) in [("standard", 20, 0x14), ("extended", 40, 0x31)] {
        let chain = abi.chain(abi.find_chain(chain).expect("a chain"));
        let own = abi.capabilities_of(chain).filter(|one| one.kind.is_none());
        let ids: Vec<_> = own.map(|one| one.id).collect();
        assert_eq!((ids.len(), ids.iter().max()), (count, Some(&last)), "{}", chain.name);
    }
}
