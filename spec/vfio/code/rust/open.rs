//! Opens containers, groups and devices by their paths, on Linux.
#![cfg(all(feature = "ioctl", feature = "std", any(target_os = "linux", target_os = "android")))]
#![allow(unsafe_code, reason = "a path determines the kind of a descriptor")]

extern crate std;

use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind, Result};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::string::String;
use std::{format, fs};

use crate::calls::{Container, Device, Group};

fn open(path: &str) -> Result<File> {
    OpenOptions::new().read(true).write(true).open(path)
}

/// Opens an empty container, `/dev/vfio/vfio`.
pub fn container() -> Result<Container<OwnedFd>> {
    let file = open("/dev/vfio/vfio")?;
    // SAFETY: the kernel has only containers, or an iommufd in compatibility mode, there.
    Ok(unsafe { Container::new(file.into()) })
}

/// Opens an iommufd, `/dev/iommu`.
pub fn iommufd() -> Result<File> {
    open("/dev/iommu")
}

/// Opens an iommufd as an empty container.
pub fn iommufd_container() -> Result<Container<OwnedFd>> {
    let file = iommufd()?;
    // SAFETY: an iommufd answers the ioctls of containers, in compatibility mode.
    Ok(unsafe { Container::new(file.into()) })
}

/// Opens an IOMMU group, `/dev/vfio/N`, or `/dev/vfio/noiommu-N` if there is no such node.
pub fn group(number: u32) -> Result<Group<OwnedFd>> {
    let file = match open(&format!("/dev/vfio/{number}")) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            open(&format!("/dev/vfio/noiommu-{number}"))?
        }
        other => other?,
    };
    // SAFETY: the kernel has only groups there.
    Ok(unsafe { Group::new(file.into()) })
}

/// Opens a device by its own node, `/dev/vfio/devices/NAME`.
pub fn device(name: &str) -> Result<Device<OwnedFd>> {
    if name.contains('/') || name.starts_with('.') {
        return Err(Error::new(ErrorKind::InvalidInput, "not the name of a device's node"));
    }
    let file = open(&format!("/dev/vfio/devices/{name}"))?;
    // SAFETY: the kernel has only devices there.
    Ok(unsafe { Device::new(file.into()) })
}

/// The IOMMU group of a PCI device such as `0000:06:0d.0`, or of a mediated device by its UUID.
pub fn group_of(name: &str) -> Result<u32> {
    let link = fs::read_link(format!("{}/iommu_group", folder(name)?))?;
    let number = link.file_name().and_then(|name| name.to_str()?.parse().ok());
    number.ok_or_else(|| Error::new(ErrorKind::InvalidData, "the IOMMU group has no number"))
}

/// The name of the node of such a device, `vfioN`, if it has one (since Linux 6.6).
pub fn node_of(name: &str) -> Result<String> {
    for entry in fs::read_dir(format!("{}/vfio-dev", folder(name)?))? {
        if let Ok(name) = entry?.file_name().into_string() {
            return Ok(name);
        }
    }
    Err(Error::new(ErrorKind::NotFound, "the device has no node of its own"))
}

/// The folder of a device in sysfs.
fn folder(name: &str) -> Result<String> {
    let is_part = |c: char| c.is_ascii_hexdigit() || [':', '.', '-'].contains(&c);
    if name.is_empty() || !name.chars().all(is_part) || name.starts_with('.') {
        return Err(Error::new(ErrorKind::InvalidInput, "neither a PCI address nor a UUID"));
    }
    let folders = ["pci", "mdev"].map(|bus| format!("/sys/bus/{bus}/devices/{name}"));
    let found = folders.into_iter().find(|folder| Path::new(folder).exists());
    found.ok_or_else(|| Error::new(ErrorKind::NotFound, "no PCI or mediated device has this name"))
}
