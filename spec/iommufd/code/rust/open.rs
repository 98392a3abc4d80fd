//! Opens an iommufd by its path, on Linux.
#![cfg(all(feature = "ioctl", feature = "std", any(target_os = "linux", target_os = "android")))]
#![allow(unsafe_code, reason = "a path determines the kind of a descriptor")]

extern crate std;

use std::fs::OpenOptions;
use std::io::Result;
use std::os::fd::OwnedFd;

use crate::calls::Iommufd;

/// Opens an iommufd without objects, `/dev/iommu`.
pub fn iommufd() -> Result<Iommufd<OwnedFd>> {
    let file = OpenOptions::new().read(true).write(true).open("/dev/iommu")?;
    // SAFETY: the kernel has only iommufds there.
    Ok(unsafe { Iommufd::new(file.into()) })
}
