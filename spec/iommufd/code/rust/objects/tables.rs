//! Page tables, virtual IOMMUs and virtual devices.

use rustix::fd::AsFd;

use super::{Ioas, object};
use crate::calls::{CallError, FailedCall, Iommufd};
use crate::requests::{HwptAlloc, HwptAllocData, HwptInvalidateData, ViommuAllocData};
use crate::uapi::{
    iommu_hw_queue_type, iommu_hwpt_invalidate, iommufd_hwpt_alloc_flags,
    iommufd_hwpt_get_dirty_bitmap_flags, iommufd_hwpt_set_dirty_tracking_flags,
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

/// A queue of commands or events in the memory of a virtual machine, from which the hardware
/// reads or to which it writes.
#[derive(Clone, Copy, Debug)]
pub struct HwQueue<F> {
    iommufd: Iommufd<F>,
    id: u32,
}

object!(HwQueue);

/// What a page table can have besides its parent.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct HwptOptions {
    /// The flags, without that of `fault_id`.
    pub flags: iommufd_hwpt_alloc_flags,
    /// The id of the queue for page faults, an [`EventQueue`](super::EventQueue).
    pub fault_id: Option<u32>,
}

impl HwptOptions {
    /// The options with these flags.
    #[must_use]
    pub const fn new(flags: iommufd_hwpt_alloc_flags) -> Self {
        Self { flags, fault_id: None }
    }

    /// The same with a queue for page faults.
    #[must_use]
    pub const fn with_faults(self, fault_id: u32) -> Self {
        Self { fault_id: Some(fault_id), ..self }
    }
}

impl From<iommufd_hwpt_alloc_flags> for HwptOptions {
    fn from(flags: iommufd_hwpt_alloc_flags) -> Self {
        Self::new(flags)
    }
}

impl<F: AsFd> Hwpt<F> {
    /// Creates a page table for the IOMMU of a device. Its parent `pt_id` is an address
    /// space, or for a table that a guest fills in, a page table or a virtual IOMMU. The
    /// options are flags, or [`HwptOptions`].
    pub fn alloc(
        iommufd: Iommufd<F>,
        options: impl Into<HwptOptions>,
        dev_id: u32,
        pt_id: u32,
        data: HwptAllocData<'_>,
    ) -> Result<Self, CallError> {
        let HwptOptions { flags, fault_id } = options.into();
        let mut request = HwptAlloc::new(flags, dev_id, pt_id, data);
        request.fault_id = fault_id;
        let id = iommufd.hwpt_alloc_with(request)?.out_hwpt_id;
        Ok(Self { iommufd, id })
    }

    /// Creates a page table that the kernel fills in from an address space.
    pub fn of_ioas<G: AsFd>(
        iommufd: Iommufd<F>,
        options: impl Into<HwptOptions>,
        dev_id: u32,
        ioas: &Ioas<G>,
    ) -> Result<Self, CallError> {
        Self::alloc(iommufd, options, dev_id, ioas.id(), HwptAllocData::None)
    }

    /// Creates a page table that a guest fills in, below this one.
    pub fn nested(
        &self,
        options: impl Into<HwptOptions>,
        dev_id: u32,
        data: HwptAllocData<'_>,
    ) -> Result<Self, CallError>
    where
        F: Clone,
    {
        Self::alloc(self.iommufd.clone(), options, dev_id, self.id, data)
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

    /// Creates a page table that a guest fills in, below this virtual IOMMU.
    pub fn nested(
        &self,
        options: impl Into<HwptOptions>,
        dev_id: u32,
        data: HwptAllocData<'_>,
    ) -> Result<Hwpt<F>, CallError>
    where
        F: Clone,
    {
        Hwpt::alloc(self.iommufd.clone(), options, dev_id, self.id, data)
    }

    /// Gives the hardware a queue in the memory of the virtual machine. `index` is the number of
    /// the queue among those of its type, `address` its place in the parent page table.
    pub fn hw_queue(
        &self,
        type_: iommu_hw_queue_type,
        index: u32,
        address: u64,
        length: u64,
    ) -> Result<HwQueue<F>, CallError>
    where
        F: Clone,
    {
        let queue = self.iommufd.hw_queue_alloc(self.id, type_, index, address, length)?;
        Ok(HwQueue { iommufd: self.iommufd.clone(), id: queue.out_hw_queue_id })
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
