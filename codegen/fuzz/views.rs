//! The views against `decode`; the tests' own such comparison is in
//! `tests/slow/differential.rs`.

use std::sync::OnceLock;

use capchain::decode::{self, Subject};
use capchain::ir::{Abi, ChainId};
use capchain::layout::{Model, TARGETS, Target};
use capchain::lower::lower;
use capchain::spec::load::Origin;
use generated_abi::views::{CLayout, Wire};

use crate::text::{NAMES, Text, canonical};

/// The ABI of both.
pub(crate) fn abi() -> &'static Abi {
    static ABI: OnceLock<Abi> = OnceLock::new();
    ABI.get_or_init(|| {
        let opened = capchain::open(&Origin::Embedded(capchain::embedded::files("vfio")), &[]);
        lower(&opened.spec.expect("the specification"), None)
    })
}

/// The wire layout of a target.
pub(crate) fn wire(target: &Target) -> Wire {
    let layout = match target.model {
        Model::Lp64 => CLayout::Lp64,
        Model::Ilp32 => CLayout::Ilp32,
        Model::Ilp32Aligned => CLayout::Ilp32Aligned,
    };
    Wire { big_endian: target.big_endian, layout }
}

/// Any bytes as a reply with each chain; the first byte chooses the machine.
pub(crate) fn views(data: &[u8]) {
    let Some((target, bytes)) = data.split_first() else { return };
    let target = &TARGETS[usize::from(*target) % TARGETS.len()];
    let wire = wire(target);
    for (index, name) in NAMES.iter().enumerate() {
        let mut text = Text::new();
        assert!(canonical(&mut text, name, bytes, wire), "{name} is not known");
        let subject = match abi().chains[index].offset_host() {
            Some(host) => Subject::Struct(host.struct_),
            None => Subject::Chain(ChainId(index)),
        };
        let found = decode::decode(abi(), subject, target, bytes);
        assert_eq!(
            text,
            decode::conformance_text(&found),
            "{name} of {}: {bytes:02x?}",
            target.name
        );
    }
}
