//! The walk of Rust programs that cast the bytes of the kernel: it checks nothing
//! and copies the capabilities to the heap. Written for this benchmark in the style
//! of rust-vmm's vfio-ioctls.
#![allow(unsafe_code, reason = "casting without a check is what is measured")]

use vfio_abi::uapi::{
    VFIO_REGION_INFO_CAP_MSIX_MAPPABLE, VFIO_REGION_INFO_CAP_SPARSE_MMAP,
    VFIO_REGION_INFO_CAP_TYPE, vfio_info_cap_header, vfio_region_info,
    vfio_region_info_cap_sparse_mmap, vfio_region_info_cap_type, vfio_region_sparse_mmap_area,
};

use crate::mix;

/// A part of a region that can be mapped.
pub(crate) struct Area {
    offset: u64,
    size: u64,
}

/// A capability on the heap.
pub(crate) enum Cap {
    Sparse(Vec<Area>),
    Type { type_: u32, subtype: u32 },
    MsixMappable,
}

/// Mixes the fields of the capabilities.
#[inline(never)]
pub(crate) fn measured_allocating(reply: &[u8]) -> u64 {
    // SAFETY: the caller has a complete reply of the benchmark, aligned to 8.
    let caps = unsafe { collect(reply.as_ptr()) };
    caps.iter().fold(0, |sum, cap| match cap {
        Cap::Sparse(areas) => {
            areas.iter().fold(sum, |sum, area| mix(mix(sum, area.offset), area.size))
        }
        Cap::Type { type_, subtype } => mix(mix(sum, (*type_).into()), (*subtype).into()),
        Cap::MsixMappable => mix(sum, 1),
    })
}

/// Calls twice: for the size with the fixed part only, and for the full reply.
pub(crate) fn request<T, E>(
    mut call: impl FnMut(&mut [u8]) -> Result<T, E>,
) -> Result<Vec<Cap>, E> {
    let mut info = vfio_region_info::new();
    call(bytemuck::bytes_of_mut(&mut info))?;
    let count = (info.argsz as usize).div_ceil(size_of::<vfio_region_info>());
    let mut whole = vec![vfio_region_info::new(); count];
    whole[0].argsz = info.argsz;
    call(bytemuck::cast_slice_mut(&mut whole))?;
    // SAFETY: this walk assumes that the call wrote a complete and valid reply.
    Ok(unsafe { collect(whole.as_ptr().cast()) })
}

/// Follows the chain of a reply and copies the capabilities.
///
/// # Safety
///
/// A complete and valid reply must start at `reply`, aligned to 8.
pub(crate) unsafe fn collect(reply: *const u8) -> Vec<Cap> {
    let mut caps = Vec::new();
    // SAFETY: by the contract; `next` of a valid reply leads to a header.
    unsafe {
        let mut next = (*reply.cast::<vfio_region_info>()).cap_offset;
        while next != 0 {
            let cap = reply.add(next as usize);
            let header = &*cap.cast::<vfio_info_cap_header>();
            match u32::from(header.id) {
                VFIO_REGION_INFO_CAP_SPARSE_MMAP => {
                    let count = (*cap.cast::<vfio_region_info_cap_sparse_mmap>()).nr_areas;
                    let behind = size_of::<vfio_region_info_cap_sparse_mmap>();
                    let areas = cap.add(behind).cast::<vfio_region_sparse_mmap_area>();
                    let areas = std::slice::from_raw_parts(areas, count as usize).iter();
                    let owned = areas.map(|area| Area { offset: area.offset, size: area.size });
                    caps.push(Cap::Sparse(owned.collect()));
                }
                VFIO_REGION_INFO_CAP_TYPE => {
                    let cap = &*cap.cast::<vfio_region_info_cap_type>();
                    caps.push(Cap::Type { type_: cap.r#type, subtype: cap.subtype });
                }
                VFIO_REGION_INFO_CAP_MSIX_MAPPABLE => caps.push(Cap::MsixMappable),
                _ => {}
            }
            next = header.next;
        }
    }
    caps
}
