//! Writes the replies to calls with many sizes of the buffer, as lines of JSON: an
//! object for each ioctl with the place, then an array for each call with argsz, the
//! fill of the buffer, the return value, errno, the size of the buffer, and the bytes up
//! to the last one that differs from the fill.
#![allow(unsafe_code, reason = "ioctls with a size that a request does not have")]

use std::ffi::c_void;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::mem::offset_of;

use rustix::fd::AsFd;
use rustix::io::Errno;
use rustix::ioctl::{Ioctl, IoctlOutput, Opcode};
use vfio_abi::uapi::*;

/// Every byte after the buffer.
const GUARD: u8 = 0xa5;

/// The bytes after the buffer.
const MARGIN: usize = 16;

/// An ioctl that fills a struct, which starts with argsz.
pub struct Question {
    /// The kernel's name.
    pub ioctl: &'static str,
    number: u32,
    /// The size of the struct.
    pub size: usize,
    /// The end of the last field that argsz must cover.
    minsz: usize,
}

/// A question by the names of the ioctl, of its struct, and of the last field that argsz must
/// cover.
macro_rules! question {
    ($ioctl:ident, $struct:ident, $last:ident: $type:ty) => {
        Question {
            ioctl: stringify!($ioctl),
            number: $ioctl,
            size: size_of::<$struct>(),
            minsz: offset_of!($struct, $last) + size_of::<$type>(),
        }
    };
}

/// The status of a group.
pub const GROUP: Question = question!(VFIO_GROUP_GET_STATUS, vfio_group_status, flags: u32);
/// The properties of a type1 IOMMU.
pub const TYPE1: Question =
    question!(VFIO_IOMMU_GET_INFO, vfio_iommu_type1_info, iova_pgsizes: u64);
/// The description of a device.
pub const DEVICE: Question = question!(VFIO_DEVICE_GET_INFO, vfio_device_info, num_irqs: u32);
/// The description of a region.
pub const REGION: Question = question!(VFIO_DEVICE_GET_REGION_INFO, vfio_region_info, offset: u64);
/// The description of a block of interrupts.
pub const IRQS: Question = question!(VFIO_DEVICE_GET_IRQ_INFO, vfio_irq_info, count: u32);
/// The devices that a hot reset affects.
pub const HOT_RESET: Question =
    question!(VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, vfio_pci_hot_reset_info, count: u32);

/// The file of the captures.
pub struct Captures {
    file: File,
    kernel: String,
    path: &'static str,
}

impl Captures {
    /// Starts with an empty file. `path` is the way in which the devices are opened.
    pub fn create(file: &str, kernel: &str, path: &'static str) -> io::Result<Self> {
        Ok(Self { file: File::create(file)?, kernel: kernel.to_owned(), path })
    }

    /// Makes calls with the sizes at which the reply of a struct can change: `need` is the
    /// size of the full reply.
    pub fn sweep(
        &mut self,
        question: &Question,
        fd: impl AsFd,
        index: Option<u32>,
        need: usize,
        (phase, device): (&str, &str),
    ) -> io::Result<()> {
        let Question { ioctl, size, minsz, .. } = *question;
        let shown = index.map_or(-1, i64::from);
        let (kernel, path, device) = (&self.kernel, self.path, with_ids(device));
        let mut text = format!(
            "{{\"ioctl\":\"{ioctl}\",\"seen\":[{{\"kernel\":\"{kernel}\",\"path\":\"{path}\",\
             \"phase\":\"{phase}\",\"device\":\"{device}\",\"index\":{shown}}}]}}\n"
        );
        let sizes =
            [0, 4, minsz - 1, minsz, minsz + 4, size - 1, size, size + 8, need - 1, need, need + 8];
        let mut last = None;
        for argsz in sizes {
            if last.is_some_and(|last| argsz <= last) {
                continue;
            }
            last = Some(argsz);
            for fill in [GUARD, 0] {
                call(question, &fd, index, argsz, fill, &mut text);
            }
        }
        self.file.write_all(text.as_bytes())
    }
}

/// The line of a call with a buffer that is larger than argsz says.
fn call(
    question: &Question,
    fd: &impl AsFd,
    index: Option<u32>,
    argsz: usize,
    fill: u8,
    text: &mut String,
) {
    let mut buffer = vec![GUARD; argsz.max(question.size) + MARGIN];
    buffer[..question.size].fill(fill);
    buffer[..4].copy_from_slice(&(argsz as u32).to_ne_bytes());
    if let Some(index) = index {
        buffer[8..12].copy_from_slice(&index.to_ne_bytes());
    }
    let call = Call { number: question.number, buffer: &mut buffer };
    // SAFETY: the descriptor has the ioctl, which accesses at most argsz bytes, or those of
    // the fields that argsz must cover; the buffer is larger than both.
    let (value, errno) = match unsafe { rustix::ioctl::ioctl(fd, call) } {
        Ok(value) => (value, 0),
        Err(errno) => (-1, errno.raw_os_error()),
    };
    let unchanged = |at: usize| if at < argsz { fill } else { GUARD };
    let differs = |at: &usize| buffer[*at] != unchanged(*at);
    let end = (0..buffer.len()).rev().find(differs).map_or(0, |at| at + 1);
    let length = buffer.len();
    // Writing to a string cannot fail.
    let _ = write!(text, "[{argsz},\"{fill:02x}\",{value},{errno},{length},\"");
    for byte in &buffer[..end] {
        let _ = write!(text, "{byte:02x}");
    }
    text.push_str("\"]\n");
}

/// An ioctl with a buffer.
struct Call<'a> {
    number: u32,
    buffer: &'a mut [u8],
}

// SAFETY: the number and the buffer are passed on as they are; the caller of the ioctl
// guarantees that they belong together.
unsafe impl Ioctl for Call<'_> {
    type Output = IoctlOutput;

    const IS_MUTATING: bool = true;

    fn opcode(&self) -> Opcode {
        self.number as Opcode
    }

    fn as_ptr(&mut self) -> *mut c_void {
        self.buffer.as_mut_ptr().cast()
    }

    unsafe fn output_from_ptr(result: IoctlOutput, _: *mut c_void) -> Result<IoctlOutput, Errno> {
        Ok(result)
    }
}

/// A device with its vendor, its device id and its class, if it is a PCI device.
fn with_ids(device: &str) -> String {
    let id = |file: &str| {
        let text = fs::read_to_string(format!("/sys/bus/pci/devices/{device}/{file}")).ok()?;
        Some(text.trim().strip_prefix("0x")?.to_owned())
    };
    match (id("vendor"), id("device"), id("class")) {
        (Some(vendor), Some(id), Some(class)) => format!("{device} {vendor}:{id} {class}"),
        _ => device.to_owned(),
    }
}
