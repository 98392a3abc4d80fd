//! Opens containers, groups and devices by their paths, on Linux.
#![cfg(all(feature = "ioctl", feature = "std", target_os = "linux"))]
#![allow(unsafe_code, reason = "a path determines the kind of a descriptor")]

extern crate std;

use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind, Result};
use std::path::Path;
use std::string::String;
use std::{format, fs};

use crate::calls::{Container, Device, Group};

fn open(path: &str) -> Result<File> {
    OpenOptions::new().read(true).write(true).open(path)
}

/// Opens an empty container, `/dev/vfio/vfio`.
pub fn container() -> Result<Container<File>> {
    let file = open("/dev/vfio/vfio")?;
    // SAFETY: the kernel has only containers, or an iommufd in compatibility mode, there.
    Ok(unsafe { Container::new(file) })
}

/// Opens an iommufd, `/dev/iommu`.
pub fn iommufd() -> Result<File> {
    open("/dev/iommu")
}

/// Opens an iommufd as an empty container.
pub fn iommufd_container() -> Result<Container<File>> {
    let file = iommufd()?;
    // SAFETY: an iommufd answers the ioctls of containers, in compatibility mode.
    Ok(unsafe { Container::new(file) })
}

/// Opens an IOMMU group, `/dev/vfio/N`, or `/dev/vfio/noiommu-N` if there is no such node.
pub fn group(number: u32) -> Result<Group<File>> {
    let file = match open(&format!("/dev/vfio/{number}")) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            open(&format!("/dev/vfio/noiommu-{number}"))?
        }
        other => other?,
    };
    // SAFETY: the kernel has only groups there.
    Ok(unsafe { Group::new(file) })
}

/// Opens a device by its own node, `/dev/vfio/devices/NAME`.
pub fn device(name: &str) -> Result<Device<File>> {
    if name.contains('/') || name.starts_with('.') {
        return Err(Error::new(ErrorKind::InvalidInput, "not the name of a device's node"));
    }
    let file = open(&format!("/dev/vfio/devices/{name}"))?;
    // SAFETY: the kernel has only devices there.
    Ok(unsafe { Device::new(file) })
}

/// The IOMMU group of a PCI device such as `0000:06:0d.0`.
pub fn group_of(address: &str) -> Result<u32> {
    let link = fs::read_link(format!("{}/iommu_group", pci(address)?))?;
    let number = link.file_name().and_then(|name| name.to_str()?.parse().ok());
    number.ok_or_else(|| Error::new(ErrorKind::InvalidData, "the IOMMU group has no number"))
}

/// The name of the node of a PCI device, `vfioN`, if it has one (since Linux 6.6).
pub fn node_of(address: &str) -> Result<String> {
    for entry in fs::read_dir(format!("{}/vfio-dev", pci(address)?))? {
        if let Ok(name) = entry?.file_name().into_string() {
            return Ok(name);
        }
    }
    Err(Error::new(ErrorKind::NotFound, "the device has no node of its own"))
}

/// The folder of a PCI device in sysfs.
fn pci(address: &str) -> Result<String> {
    let is_part = |c: char| c.is_ascii_hexdigit() || c == ':' || c == '.';
    if address.is_empty() || !address.chars().all(is_part) || address.starts_with('.') {
        return Err(Error::new(ErrorKind::InvalidInput, "not the address of a PCI device"));
    }
    let folder = format!("/sys/bus/pci/devices/{address}");
    match Path::new(&folder).exists() {
        true => Ok(folder),
        false => Err(Error::new(ErrorKind::NotFound, "no PCI device has this address")),
    }
}
