//! The device of vmm.rs and vmm_cdev.rs: they map the mappable parts of its BARs, receive
//! an MSI-X interrupt through an eventfd, ask for a feature and for the devices that a hot
//! reset affects, and reset the device.

use std::error::Error;
use std::os::fd::AsFd;
use std::ptr::null_mut;

use rustix::event::{EventfdFlags, eventfd};
use rustix::mm::{MapFlags, ProtFlags, mmap};
use vfio_abi::calls::Device;
use vfio_abi::mappable::mappable;
use vfio_abi::requests::IrqSetAction;
use vfio_abi::uapi::*;

const PAGE: u64 = 4096;

pub fn step<T, E>(name: &str, result: Result<T, E>) -> Result<T, E> {
    println!("{name}: {}", if result.is_err() { "failed" } else { "ok" });
    result
}

fn map_region(device: &Device<impl AsFd>, index: u32) -> Result<(), Box<dyn Error>> {
    let mut buffer = [0; 512];
    let region = device.get_region_info(&mut buffer, index)?;
    for part in mappable(&region, PAGE, None)? {
        let (size, offset) = (
            (part.end - part.start) as usize,
            region.offset() + part.start,
        );
        let access = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: the mapping is new, and nothing refers to it.
        let mapped = unsafe { mmap(null_mut(), size, access, MapFlags::SHARED, device, offset) };
        let result = if mapped.is_ok() { "mapped" } else { "failed" };
        println!("region {index}: {size:#x} bytes {result}");
    }
    Ok(())
}

pub fn use_device(device: &Device<impl AsFd>) -> Result<(), Box<dyn Error>> {
    for bar in VFIO_PCI_BAR0_REGION_INDEX..=VFIO_PCI_BAR5_REGION_INDEX {
        map_region(device, bar)?;
    }
    let event = eventfd(0, EventfdFlags::empty())?;
    let events = [Some(event.as_fd())];
    let (msix, trigger) = (VFIO_PCI_MSIX_IRQ_INDEX, IrqSetAction::Trigger);
    step("MSI-X", device.set_irqs_eventfd(trigger, msix, 0, &events))?;
    step("trigger", device.set_irqs_none(trigger, msix, 0, 1))?;
    let bytes = rustix::io::read(&event, &mut [0; 8])?;
    println!("the eventfd gives {bytes} bytes");
    let flags = DeviceFeatureFlags(0);
    let probed = device.feature_probe(VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY, flags);
    step("low power", probed).ok();
    let mut buffer = Vec::new();
    let devices = device.get_pci_hot_reset_info(&mut buffer)?.devices();
    println!("a hot reset affects {} devices", devices.len());
    step("reset", device.reset())?;
    Ok(())
}
