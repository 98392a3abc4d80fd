//! Writes the replies to calls with many sizes of the buffer, as lines of JSON: an
//! object for each ioctl with the place, then an array for each call with argsz, the
//! fill of the buffer, the return value, errno, the size of the buffer, and the bytes up
//! to the last one that differs from the fill.
#![allow(unsafe_code, reason = "ioctls with a size that a request does not have")]

use std::ffi::c_void;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
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

/// The way in which devices are opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// Through a group in a container.
    Group,
    /// Through a group, with an iommufd as the container.
    Compat,
    /// By their own nodes.
    Cdev,
}

impl Path {
    /// The word for it in captures.
    fn word(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Compat => "compat",
            Self::Cdev => "cdev",
        }
    }
}

/// The captures so far.
pub struct Captures {
    /// The way in which the devices are opened.
    pub path: Path,
    kernel: String,
    text: String,
}

impl Captures {
    /// Starts without a line.
    pub fn new(kernel: &str) -> Self {
        Self { path: Path::Group, kernel: kernel.to_owned(), text: String::new() }
    }

    /// Replaces a file; after an error, the old one is unchanged. A file that is not a
    /// regular one, such as a pipe, is written to.
    pub fn save(&self, file: &str) -> io::Result<()> {
        let is_device = ["/dev/", "/proc/"].iter().any(|folder| file.starts_with(folder));
        let regular = match fs::metadata(file) {
            Ok(metadata) => metadata.is_file(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => true,
            Err(error) => return Err(error),
        };
        if is_device || !regular {
            return OpenOptions::new().write(true).open(file)?.write_all(self.text.as_bytes());
        }
        let target = fs::canonicalize(file).unwrap_or_else(|_| file.into());
        let mut new = target.clone().into_os_string();
        new.push(format!(".{}.new", std::process::id()));
        let mut opened = OpenOptions::new().write(true).create_new(true).open(&new)?;
        let written = opened.write_all(self.text.as_bytes());
        let replaced = written.and_then(|()| fs::rename(&new, target));
        if replaced.is_err() {
            // The first error is reported.
            let _ = fs::remove_file(&new);
        }
        replaced
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
    ) {
        let Question { ioctl, size, minsz, .. } = *question;
        let shown = index.map_or(-1, i64::from);
        let (kernel, path, device) = (&self.kernel, self.path.word(), with_ids(device));
        let mut text = format!(
            "{{\"ioctl\":\"{ioctl}\",\"seen\":[{{\"kernel\":\"{kernel}\",\"path\":\"{path}\",\
             \"phase\":\"{phase}\",\"device\":\"{device}\",\"index\":{shown}}}]}}\n"
        );
        for argsz in sizes(minsz, size, need) {
            for fill in [GUARD, 0] {
                call(question, &fd, index, argsz, fill, &mut text);
            }
        }
        self.text.push_str(&text);
    }
}

/// The sizes at which a reply can change, in ascending order.
fn sizes(minsz: usize, size: usize, need: usize) -> Vec<usize> {
    let mut sizes = vec![0, 4, minsz - 1, minsz, minsz + 4];
    sizes.extend([size - 1, size, size + 8, need - 1, need, need + 8]);
    sizes.sort_unstable();
    sizes.dedup();
    sizes
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_ascend_and_have_each_boundary() {
        assert_eq!(sizes(12, 12, 20), [0, 4, 11, 12, 16, 19, 20, 28]);
        assert_eq!(sizes(16, 24, 32), [0, 4, 15, 16, 20, 23, 24, 31, 32, 40]);
    }

    #[test]
    fn a_file_is_replaced_as_a_whole() {
        let folder = std::env::temp_dir().join(format!("vfio-probe-{}", std::process::id()));
        fs::create_dir(&folder).expect("a new folder");
        let (file, link) = (folder.join("file"), folder.join("link"));
        fs::write(&file, "old and long").expect("a file");
        std::os::unix::fs::symlink(&file, &link).expect("a link");
        let mut captures = Captures::new("6.1.0");
        captures.text = "new".to_owned();
        captures.save(link.to_str().expect("a path")).expect("a replaced file");
        assert_eq!(fs::read_to_string(&file).expect("a file"), "new");
        assert!(fs::symlink_metadata(&link).expect("a link").is_symlink());
        let absent = folder.join("absent/file");
        assert!(captures.save(absent.to_str().expect("a path")).is_err());
        let entries = fs::read_dir(&folder).expect("a folder").count();
        assert_eq!(entries, 2, "no other file is left");
        fs::remove_dir_all(&folder).expect("the folder");
    }

    #[test]
    fn a_file_that_cannot_be_replaced_is_unchanged() {
        let captures = Captures::new("6.1.0");
        assert!(captures.save("/proc/self/nothing").is_err());
        assert!(captures.save("/proc").is_err());
        assert!(captures.save("/dev/null").is_ok());
    }
}
