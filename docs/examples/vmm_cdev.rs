//! The work of a virtual machine monitor on a PCI device with the device's own node and
//! an iommufd: memory for DMA, the description of the IOMMU, another address space and back,
//! and the calls of vmm_device.rs. Both crates need their features `ioctl` and `std`.
//!
//!     vmm_cdev 0000:01:00.0

#![allow(unsafe_code, reason = "mappings for DMA")]

mod vmm_device;

use std::error::Error;
use std::ptr::null_mut;

use iommufd_abi::calls::CallError;
use iommufd_abi::objects::{Ioas, Mapping};
use iommufd_abi::requests::GetHwInfoData;
use iommufd_abi::uapi::iommu_iova_range;
use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous};
use vfio_abi::open;
use vmm_device::{step, use_device};

const MEMORY: usize = 1 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).ok_or("usage: vmm_cdev ADDRESS")?;
    let (iommufd, device) = (
        iommufd_abi::open::iommufd()?,
        open::device(&open::node_of(&address)?)?,
    );
    let bound = step("bind", device.bind_iommufd(&iommufd))?;
    let space = step("address space", Ioas::alloc(iommufd.borrowed()))?;
    step("attach", device.attach_iommufd_pt(space.id()))?;
    let mut allowed = [iommu_iova_range::new(); 8];
    let ranges = step("ranges", space.iova_ranges(&mut allowed)).map_err(CallError::from)?;
    let access = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: the mapping is new, and only the device uses it.
    let memory = unsafe { mmap_anonymous(null_mut(), MEMORY, access, MapFlags::PRIVATE) }?;
    // SAFETY: the memory lives as long as the program, which does not use it otherwise.
    let mapped = unsafe { space.map(memory.cast(), MEMORY as u64, Mapping::at(0)) };
    step("DMA", mapped)?;
    println!("the device reaches {} ranges", ranges.num_iovas);
    let mut room = [0; 64];
    let info = step("hardware", iommufd.get_hw_info(bound.out_devid, &mut room))?;
    if let GetHwInfoData::IntelVtd(unit) = GetHwInfoData::read(&info, &room) {
        println!("VT-d {:#x} {:#x}", unit.cap_reg, unit.ecap_reg);
    }
    // Without another call, `other` would be destroyed when it is dropped.
    let other = step("another", Ioas::alloc(iommufd.borrowed()))?.owned();
    step("replace", device.attach_iommufd_pt(other.id()))?;
    step("back", device.attach_iommufd_pt(space.id()))?;
    step("destroy", other.destroy()).map_err(CallError::from)?;
    use_device(&device)?;
    step("detach", device.detach_iommufd_pt())?;
    Ok(())
}
