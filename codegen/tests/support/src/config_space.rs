//! Configuration spaces of PCI devices, which have two chains.

use std::fs;

use capchain::dump;
use capchain::ir::protocol::{BitField, CapPlan, KindPlan};

use crate::fixtures;

/// The dump of a virtio device, whose first 256 bytes have the standard chain.
pub fn virtio() -> Vec<u8> {
    let path = fixtures::root().join("codegen/tests/config_space/virtio_net.txt");
    let text = fs::read_to_string(path).expect("a configuration space");
    dump::read(text.as_bytes(), false).expect("a dump").bytes().to_vec()
}

/// A space of zeros with an extended chain of three capabilities.
pub fn extended() -> Vec<u8> {
    let mut space = vec![0; 4096];
    let words =
        [(0x100, 0x1501_0003_u32), (0x104, 0x1234), (0x150, 0x1402_0001), (0x140, 0x1_0018)];
    for (at, word) in words {
        space[at..at + 4].copy_from_slice(&word.to_le_bytes());
    }
    space
}

/// A space of zeros with one capability, whose bytes count up from 1 where nothing else
/// determines them. An extended one comes with the standard one that PCI Express has.
pub fn alone(extended: bool, plan: &CapPlan, kind: Option<&KindPlan>) -> Vec<u8> {
    let (start, size) = if extended { (0x100, 0x60) } else { (0x40, 0x40) };
    let mut space = vec![0; start + size];
    (space[0x06], space[0x34], space[0x40]) = (0x10, 0x40, 16);
    for (nth, byte) in (1..).zip(&mut space[start..]) {
        *byte = nth;
    }
    match extended {
        true => space[start..start + 4].copy_from_slice(&(plan.id as u32 | 1 << 16).to_le_bytes()),
        false => space[start..start + 2].copy_from_slice(&[plan.id as u8, 0]),
    }
    if let Some(length) = plan.length {
        put(&mut space[start..], length, size as u64);
    }
    for (bits, number) in kind.iter().flat_map(|kind| &kind.body) {
        put(&mut space[start..], *bits, *number);
    }
    for (bits, number) in kind.iter().flat_map(|kind| &kind.space) {
        put(&mut space, *bits, *number);
    }
    space
}

/// Sets the bits of a little-endian integer.
fn put(bytes: &mut [u8], bits: BitField, number: u64) {
    let (at, width) = (bits.offset as usize, bits.width as usize);
    let mut integer = [0; 8];
    integer[..width].copy_from_slice(&bytes[at..at + width]);
    let others = u64::from_le_bytes(integer) & !(bits.mask << bits.low);
    let integer = others | (number & bits.mask) << bits.low;
    bytes[at..at + width].copy_from_slice(&integer.to_le_bytes()[..width]);
}
