//! The work of a virtual machine monitor on a PCI device: memory for DMA, the mappable
//! parts of the BARs, an MSI-X interrupt as an eventfd, and a reset. The crate needs its
//! features `ioctl` and `std`.
//!
//!     vmm 0000:01:00.0

#![allow(
    unsafe_code,
    reason = "mappings of memory, for the program and for DMA"
)]

use std::error::Error;
use std::ffi::CString;
use std::os::fd::{AsFd, AsRawFd};
use std::ptr::null_mut;

use rustix::event::{EventfdFlags, eventfd};
use rustix::mm::{MapFlags, ProtFlags, mmap, mmap_anonymous};
use vfio_abi::calls::Device;
use vfio_abi::mappable::mappable;
use vfio_abi::open;
use vfio_abi::requests::IrqSetAction;
use vfio_abi::uapi::*;

const PAGE: u64 = 4096;
const MEMORY: usize = 1 << 20;

/// Prints whether a step has failed.
fn step<T, E>(name: &str, result: Result<T, E>) -> Result<T, E> {
    println!("{name}: {}", if result.is_err() { "failed" } else { "ok" });
    result
}

/// Maps the mappable parts of a region.
fn map_region(device: &Device<impl AsFd>, index: u32) -> Result<(), Box<dyn Error>> {
    let mut buffer = [0; 512];
    let region = device.get_region_info(&mut buffer, index)?;
    for part in mappable(&region, PAGE, None)? {
        let (size, offset) = (part.end - part.start, region.offset() + part.start);
        let access = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: the mapping is new, and nothing refers to it.
        let mapped = unsafe {
            mmap(
                null_mut(),
                size as usize,
                access,
                MapFlags::SHARED,
                device.as_fd(),
                offset,
            )
        };
        let result = if mapped.is_ok() { "mapped" } else { "failed" };
        println!("region {index}: {size:#x} bytes {result}");
    }
    Ok(())
}

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
    for bar in VFIO_PCI_BAR0_REGION_INDEX..=VFIO_PCI_BAR5_REGION_INDEX {
        map_region(&device, bar)?;
    }
    let event = eventfd(0, EventfdFlags::empty())?;
    let (msix, trigger) = (VFIO_PCI_MSIX_IRQ_INDEX, IrqSetAction::Trigger);
    step(
        "MSI-X",
        device.set_irqs_eventfd(trigger, msix, 0, &[event.as_raw_fd()]),
    )?;
    step("trigger", device.set_irqs_none(trigger, msix, 0, 1))?;
    println!(
        "the eventfd gives {} bytes",
        rustix::io::read(&event, &mut [0; 8])?
    );
    let low_power = VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY;
    step(
        "low power",
        device.feature_probe(low_power, DeviceFeatureFlags(0)),
    )
    .ok();
    let mut buffer = Vec::new();
    let devices = device.get_pci_hot_reset_info(&mut buffer)?.devices();
    println!("a hot reset affects {} devices", devices.len());
    step("reset", device.reset())?;
    Ok(())
}
