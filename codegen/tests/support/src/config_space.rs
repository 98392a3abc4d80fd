//! Configuration spaces of PCI devices, which have two chains.

use std::fs;

use capchain::dump;

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
