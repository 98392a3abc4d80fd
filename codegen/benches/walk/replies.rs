//! The replies that are walked.

use vfio_abi::uapi::{
    RegionInfoFlags, VFIO_REGION_INFO_CAP_MSIX_MAPPABLE, VFIO_REGION_INFO_CAP_SPARSE_MMAP,
    VFIO_REGION_INFO_CAP_TYPE, vfio_region_info,
};
use vfio_abi::views::{NewCap, REGION};

use crate::Result;

/// Two areas, each an offset and a size.
const AREAS: [u64; 4] = [0, 0x1000, 0x3000, 0x2000];

/// The type and the subtype.
const TYPE: [u32; 2] = [0x8000_8086, 1];

/// The bodies of capabilities.
pub(crate) struct Bodies {
    sparse: Vec<u8>,
    type_: Vec<u8>,
}

impl Bodies {
    /// The bodies in all replies.
    pub(crate) fn new() -> Self {
        let number = [2_u32, 0].into_iter().flat_map(u32::to_ne_bytes);
        let areas = AREAS.into_iter().flat_map(u64::to_ne_bytes);
        let type_ = TYPE.into_iter().flat_map(u32::to_ne_bytes);
        Self { sparse: number.chain(areas).collect(), type_: type_.collect() }
    }

    /// `count` capabilities: in turn sparse areas, a type, and one without a body.
    pub(crate) fn caps(&self, count: usize) -> Vec<NewCap<'_>> {
        let kinds = [
            (VFIO_REGION_INFO_CAP_SPARSE_MMAP, &self.sparse[..]),
            (VFIO_REGION_INFO_CAP_TYPE, &self.type_[..]),
            (VFIO_REGION_INFO_CAP_MSIX_MAPPABLE, &[]),
        ];
        let caps = kinds.iter().cycle().take(count);
        caps.map(|(id, body)| NewCap { id: *id as u16, version: 1, body }).collect()
    }
}

/// The fixed part of all replies.
pub(crate) fn fixed() -> vfio_region_info {
    let mut fixed = vfio_region_info::new();
    fixed.flags = RegionInfoFlags::MMAP;
    fixed.size = 0x8000;
    fixed
}

/// The full reply with `count` capabilities, as the kernel writes it.
pub(crate) fn region(count: usize) -> Result<Vec<u8>> {
    let mut reply = vec![0; 1 << 16];
    let argsz = u32::try_from(reply.len())?;
    reply[..4].copy_from_slice(&argsz.to_ne_bytes());
    let need = REGION.reply(&mut reply, &fixed(), &Bodies::new().caps(count))?;
    reply[..4].copy_from_slice(&need.to_ne_bytes());
    reply.truncate(need as usize);
    Ok(reply)
}

/// The same bytes, aligned for `u64`. The size of a reply is a multiple of 8.
pub(crate) fn aligned(bytes: &[u8]) -> Vec<u64> {
    bytes.chunks_exact(8).map(bytemuck::pod_read_unaligned).collect()
}
