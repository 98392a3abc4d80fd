//! Page tables, virtual IOMMUs and virtual devices.

use rustix::fd::AsFd;

use super::{Ioas, object};
use crate::calls::{CallError, FailedCall, Iommufd};
use crate::requests::{HwptAllocData, HwptInvalidateData, ViommuAllocData};
use crate::uapi::{
    iommu_hwpt_invalidate, iommufd_hwpt_alloc_flags, iommufd_hwpt_get_dirty_bitmap_flags,
    iommufd_hwpt_set_dirty_tracking_flags,
};

/// A page table of an IOMMU.
#[derive(Clone, Copy, Debug)]
pub struct Hwpt<F> {
    iommufd: Iommufd<F>,
    id: u32,
}

object!(Hwpt);

/// A virtual IOMMU.
#[derive(Clone, Copy, Debug)]
pub struct Viommu<F> {
    iommufd: Iommufd<F>,
    id: u32,
}

object!(Viommu);

/// A device as a virtual machine has it.
#[derive(Clone, Copy, Debug)]
pub struct Vdevice<F> {
    iommufd: Iommufd<F>,
    id: u32,
}

object!(Vdevice);

impl<F: AsFd> Hwpt<F> {
    /// Creates a page table for the IOMMU of a device. Its parent `pt_id` is an address
    /// space, or for a table that a guest fills in, a page table or a virtual IOMMU.
    pub fn alloc(
        iommufd: Iommufd<F>,
        flags: iommufd_hwpt_alloc_flags,
        dev_id: u32,
        pt_id: u32,
        data: HwptAllocData<'_>,
    ) -> Result<Self, CallError> {
        let id = iommufd.hwpt_alloc(flags, dev_id, pt_id, data)?.out_hwpt_id;
        Ok(Self { iommufd, id })
    }

    /// Creates a page table that the kernel fills in from an address space.
    pub fn of_ioas<G: AsFd>(
        iommufd: Iommufd<F>,
        flags: iommufd_hwpt_alloc_flags,
        dev_id: u32,
        ioas: &Ioas<G>,
    ) -> Result<Self, CallError> {
        Self::alloc(iommufd, flags, dev_id, ioas.id(), HwptAllocData::None)
    }

    /// Creates a page table that a guest fills in, below this one.
    pub fn nested(&self, dev_id: u32, data: HwptAllocData<'_>) -> Result<Self, CallError>
    where
        F: Clone,
    {
        let flags = iommufd_hwpt_alloc_flags(0);
        Self::alloc(self.iommufd.clone(), flags, dev_id, self.id, data)
    }

    /// Starts or stops the tracking of dirty pages.
    pub fn track_dirty(&self, enable: bool) -> Result<(), CallError> {
        let flags = match enable {
            true => iommufd_hwpt_set_dirty_tracking_flags::ENABLE,
            false => iommufd_hwpt_set_dirty_tracking_flags(0),
        };
        self.iommufd.hwpt_set_dirty_tracking(flags, self.id)
    }

    /// Sets a bit for every dirty page of a range. Without `NO_CLEAR` the pages are clean then.
    pub fn dirty_bitmap(
        &self,
        flags: iommufd_hwpt_get_dirty_bitmap_flags,
        iova: u64,
        length: u64,
        page_size: u64,
        bitmap: &mut [u64],
    ) -> Result<(), CallError> {
        self.iommufd.hwpt_get_dirty_bitmap(self.id, flags, iova, length, page_size, bitmap)
    }

    /// Invalidates caches of a table that a guest fills in.
    pub fn invalidate(
        &self,
        data: HwptInvalidateData<'_>,
    ) -> Result<iommu_hwpt_invalidate, FailedCall<iommu_hwpt_invalidate>> {
        self.iommufd.hwpt_invalidate(self.id, data)
    }
}

impl<F: AsFd> Viommu<F> {
    /// Creates the part of a device's IOMMU that one virtual machine gets. `parent` must have
    /// been created with `ALLOC_NEST_PARENT`.
    pub fn alloc<G: AsFd>(
        iommufd: Iommufd<F>,
        dev_id: u32,
        parent: &Hwpt<G>,
        data: ViommuAllocData<'_>,
    ) -> Result<Self, CallError> {
        let id = iommufd.viommu_alloc(dev_id, parent.id, data)?.out_viommu_id;
        Ok(Self { iommufd, id })
    }

    /// Gives a device the id that it has in the virtual machine.
    pub fn vdevice(&self, dev_id: u32, virt_id: u64) -> Result<Vdevice<F>, CallError>
    where
        F: Clone,
    {
        let id = self.iommufd.vdevice_alloc(self.id, dev_id, virt_id)?.out_vdevice_id;
        Ok(Vdevice { iommufd: self.iommufd.clone(), id })
    }

    /// Invalidates caches of the virtual machine.
    pub fn invalidate(
        &self,
        data: HwptInvalidateData<'_>,
    ) -> Result<iommu_hwpt_invalidate, FailedCall<iommu_hwpt_invalidate>> {
        self.iommufd.hwpt_invalidate(self.id, data)
    }
}
