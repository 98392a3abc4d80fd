//! Address spaces.

use rustix::fd::AsFd;

use super::object;
use crate::calls::{CallError, FailedCall, Iommufd};
use crate::uapi::{
    IOMMU_IOAS_MAP_FIXED_IOVA, iommu_ioas_iova_ranges, iommu_iova_range, iommufd_ioas_map_flags,
};

/// An address space for DMA.
#[derive(Clone, Copy, Debug)]
pub struct Ioas<F> {
    iommufd: Iommufd<F>,
    id: u32,
}

object!(Ioas);

/// The place and the access of a mapping.
#[derive(Clone, Copy, Debug)]
pub struct Mapping {
    /// The access: `READABLE`, `WRITEABLE` or both.
    pub access: iommufd_ioas_map_flags,
    /// The IOVA; none for one that the kernel chooses.
    pub iova: Option<u64>,
}

impl Mapping {
    /// A mapping that devices read and write, at an IOVA that the kernel chooses.
    pub const ANYWHERE: Self = Self {
        access: iommufd_ioas_map_flags(
            iommufd_ioas_map_flags::READABLE.0 | iommufd_ioas_map_flags::WRITEABLE.0,
        ),
        iova: None,
    };

    /// A mapping that devices read and write, at an IOVA.
    #[must_use]
    pub const fn at(iova: u64) -> Self {
        Self { iova: Some(iova), ..Self::ANYWHERE }
    }

    /// The flags and the IOVA of a request.
    fn request(self) -> (iommufd_ioas_map_flags, u64) {
        let fixed = if self.iova.is_some() { IOMMU_IOAS_MAP_FIXED_IOVA } else { 0 };
        (iommufd_ioas_map_flags(self.access.0 | fixed), self.iova.unwrap_or(0))
    }
}

impl<F: AsFd> Ioas<F> {
    /// Creates an address space without mappings.
    pub fn alloc(iommufd: Iommufd<F>) -> Result<Self, CallError> {
        let id = iommufd.ioas_alloc()?.out_ioas_id;
        Ok(Self { iommufd, id })
    }

    /// Maps memory of the calling program; returns its IOVA. The pointer is mutable, as devices
    /// write to the memory unless the access of the mapping is only `READABLE`.
    ///
    /// # Safety
    ///
    /// Devices that are attached access the memory until it is unmapped: until then it
    /// stays valid, and nothing relies on its contents.
    pub unsafe fn map(
        &self,
        memory: *mut u8,
        length: u64,
        mapping: Mapping,
    ) -> Result<u64, CallError> {
        let (flags, iova) = mapping.request();
        let address = memory as usize as u64;
        // SAFETY: as the caller guarantees.
        let reply = unsafe { self.iommufd.ioas_map(flags, self.id, address, length, iova) }?;
        Ok(reply.iova)
    }

    /// Maps memory of a file, such as a memfd; returns its IOVA.
    ///
    /// # Safety
    ///
    /// Devices that are attached access the pages of the file until they are unmapped: until
    /// then nothing relies on their contents.
    pub unsafe fn map_file(
        &self,
        file: impl AsFd,
        start: u64,
        length: u64,
        mapping: Mapping,
    ) -> Result<u64, CallError> {
        let (flags, iova) = mapping.request();
        // SAFETY: as the caller guarantees.
        let reply =
            unsafe { self.iommufd.ioas_map_file(flags, self.id, file, start, length, iova) }?;
        Ok(reply.iova)
    }

    /// Maps memory that another address space of the same iommufd has mapped; returns its IOVA.
    ///
    /// # Safety
    ///
    /// As for [`map`](Self::map), until this mapping is removed.
    pub unsafe fn copy_from<G: AsFd>(
        &self,
        source: &Ioas<G>,
        source_iova: u64,
        length: u64,
        mapping: Mapping,
    ) -> Result<u64, CallError> {
        let (flags, iova) = mapping.request();
        // SAFETY: as the caller guarantees.
        let reply = unsafe {
            self.iommufd.ioas_copy(flags, self.id, source.id, length, iova, source_iova)
        }?;
        Ok(reply.dst_iova)
    }

    /// Removes all mappings in a range; returns the number of bytes that were mapped.
    pub fn unmap(&self, iova: u64, length: u64) -> Result<u64, CallError> {
        Ok(self.iommufd.ioas_unmap(self.id, iova, length)?.length)
    }

    /// Removes all mappings; returns the number of bytes that were mapped.
    pub fn unmap_all(&self) -> Result<u64, CallError> {
        self.unmap(0, u64::MAX)
    }

    /// Reads the ranges in which memory can be mapped, as many as there is room for. If there
    /// are more, the error has a reply with their number.
    pub fn iova_ranges(
        &self,
        ranges: &mut [iommu_iova_range],
    ) -> Result<iommu_ioas_iova_ranges, FailedCall<iommu_ioas_iova_ranges>> {
        self.iommufd.ioas_iova_ranges(self.id, ranges)
    }

    /// Demands that ranges stay usable, in place of those that were demanded before.
    pub fn allow_iovas(&self, ranges: &[iommu_iova_range]) -> Result<(), CallError> {
        self.iommufd.ioas_allow_iovas(self.id, ranges)
    }
}
