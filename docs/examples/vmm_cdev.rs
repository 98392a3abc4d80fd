//! The work of a virtual machine monitor on a PCI device with the device's own node and
//! an iommufd: memory for DMA, and the calls of vmm_device.rs. The crate needs its features
//! `ioctl` and `std`.
//!
//!     vmm_cdev 0000:01:00.0

#![allow(unsafe_code, reason = "mappings for DMA, and ioctls of iommufds")]

mod vmm_device;

use std::error::Error;
use std::os::fd::{AsFd, AsRawFd};
use std::ptr::null_mut;

use rustix::ioctl::{Opcode, Updater, ioctl, opcode};
use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous};
use vfio_abi::open;
use vmm_device::{step, use_device};

const MEMORY: usize = 1 << 20;
const IOAS_ALLOC: Opcode = opcode::none(b';', 0x81);
const IOAS_IOVA_RANGES: Opcode = opcode::none(b';', 0x84);
const IOAS_MAP: Opcode = opcode::none(b';', 0x85);
/// FIXED_IOVA, WRITEABLE and READABLE.
const FIXED: u32 = 7;

/// `struct iommu_ioas_alloc` of linux/iommufd.h.
#[repr(C)]
#[derive(Default)]
struct Alloc {
    size: u32,
    flags: u32,
    id: u32,
}

/// `struct iommu_ioas_iova_ranges`.
#[repr(C)]
#[derive(Default)]
struct Ranges {
    size: u32,
    id: u32,
    count: u32,
    reserved: u32,
    address: u64,
    alignment: u64,
}

/// `struct iommu_ioas_map`.
#[repr(C)]
#[derive(Default)]
struct Map {
    size: u32,
    flags: u32,
    id: u32,
    reserved: u32,
    address: u64,
    length: u64,
    iova: u64,
}

/// Calls an ioctl of an iommufd. Safety: `T` is its struct, whose addresses are valid.
unsafe fn call<const IOCTL: Opcode, T>(fd: impl AsFd, value: &mut T) -> rustix::io::Result<()> {
    // SAFETY: the caller guarantees it.
    unsafe { ioctl(fd, Updater::<IOCTL, T>::new(value)) }
}

fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).ok_or("usage: vmm_cdev ADDRESS")?;
    let (iommufd, device) = (open::iommufd()?, open::device(&open::node_of(&address)?)?);
    step("bind", device.bind_iommufd(iommufd.as_raw_fd()))?;
    let mut space = Alloc {
        size: size_of::<Alloc>() as u32,
        ..Alloc::default()
    };
    // SAFETY: the struct has no address.
    let allocated = unsafe { call::<IOAS_ALLOC, _>(&iommufd, &mut space) };
    step("address space", allocated)?;
    step("attach", device.attach_iommufd_pt(space.id))?;
    let (mut ranges, mut allowed) = (Ranges::default(), [[0_u64; 2]; 8]);
    (ranges.size, ranges.id) = (size_of::<Ranges>() as u32, space.id);
    (ranges.count, ranges.address) = (8, allowed.as_mut_ptr() as usize as u64);
    // SAFETY: the address is that of eight ranges.
    let answered = unsafe { call::<IOAS_IOVA_RANGES, _>(&iommufd, &mut ranges) };
    step("ranges", answered)?;
    let access = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: the mapping is new, and only the device uses it.
    let memory = unsafe { mmap_anonymous(null_mut(), MEMORY, access, MapFlags::PRIVATE) }?;
    let mut map = Map {
        size: size_of::<Map>() as u32,
        flags: FIXED,
        ..Map::default()
    };
    (map.id, map.address, map.length) = (space.id, memory as usize as u64, MEMORY as u64);
    // SAFETY: the memory lives as long as the program, which does not use it otherwise.
    let mapped = unsafe { call::<IOAS_MAP, _>(&iommufd, &mut map) };
    step("DMA", mapped)?;
    println!("the device reaches {} ranges", ranges.count);
    use_device(&device)
}
