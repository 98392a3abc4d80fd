//! The reply that the pictures of `docs/chains.md` show.

use vfio_abi::uapi::{RegionInfoFlags, vfio_region_info};
use vfio_abi::views::{NewCap, REGION};

/// The bodies of the three capabilities.
pub fn bodies() -> [Vec<u8>; 3] {
    let words = |words: &[u32]| words.iter().flat_map(|word| word.to_ne_bytes()).collect();
    let areas = [0_u64, 0x1000, 0x3000, 0x2000].into_iter().flat_map(u64::to_ne_bytes);
    let count: Vec<u8> = words(&[2, 0]);
    [count.into_iter().chain(areas).collect(), words(&[0x8000_8086, 1]), Vec::new()]
}

/// A full reply with these capabilities: ids and bodies.
pub fn region(flags: RegionInfoFlags, caps: &[(u16, &[u8])]) -> Vec<u8> {
    let mut fixed = vfio_region_info::new();
    (fixed.flags, fixed.size, fixed.offset) = (flags, 0x8000, 0x200_0000_0000);
    let caps = caps.iter().map(|(id, body)| NewCap { id: *id, version: 1, body });
    let mut reply = vec![0; 4096];
    reply[..4].copy_from_slice(&4096_u32.to_ne_bytes());
    reply[8..12].copy_from_slice(&2_u32.to_ne_bytes());
    let need = REGION.reply(&mut reply, &fixed, &caps.collect::<Vec<_>>()).expect("a reply");
    reply[..4].copy_from_slice(&need.to_ne_bytes());
    reply.truncate(need as usize);
    reply
}

/// The reply.
pub fn reply() -> Vec<u8> {
    let [sparse, type_, _] = &bodies();
    region(RegionInfoFlags::MMAP, &[(1, sparse), (2, type_), (3, &[])])
}
