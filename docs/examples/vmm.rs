//! The work of a virtual machine monitor on a PCI device with a group and a container:
//! memory for DMA, and the calls of vmm_device.rs. The crate needs its features
//! `ioctl` and `std`.
//!
//!     vmm 0000:01:00.0

#![allow(unsafe_code, reason = "memory is mapped for the program and for DMA")]

mod vmm_device;

use std::error::Error;
use std::ffi::CString;
use std::ptr::null_mut;

use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous};
use vfio_abi::open;
use vfio_abi::uapi::*;
use vmm_device::{step, use_device};

const MEMORY: usize = 1 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).ok_or("usage: vmm ADDRESS")?;
    let (container, group) = (open::container()?, open::group(open::group_of(&address)?)?);
    step("group", group.set_container(&container))?;
    step("IOMMU", container.set_iommu(VFIO_TYPE1v2_IOMMU))?;
    let mut buffer = [0; 4096];
    step("IOMMU info", container.iommu_get_info(&mut buffer))?;
    let access = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: the mapping is new, and only the device uses it.
    let memory = unsafe { mmap_anonymous(null_mut(), MEMORY, access, MapFlags::PRIVATE) }?;
    let access = IommuType1DmaMapFlags::READ | IommuType1DmaMapFlags::WRITE;
    let start = memory as usize as u64;
    // SAFETY: the memory lives as long as the program, which does not use it otherwise.
    step("DMA", unsafe {
        container.iommu_map_dma(access, start, 0, MEMORY as u64)
    })?;
    let device = step("device", group.get_device_fd(&CString::new(address)?))?;
    use_device(&device)
}
