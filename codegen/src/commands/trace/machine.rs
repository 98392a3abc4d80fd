//! The machines whose programs can be traced: a 64-bit kernel also runs 32-bit programs.

use capchain::layout::{TARGETS, Target};

/// A machine by the number of `linux/audit.h`, its number of `ioctl`, and its target.
const MACHINES: [(u32, u64, &str); 8] = [
    (0xc000_003e, 16, "x86_64"),
    (0x4000_0003, 54, "i686"),
    (0xc000_00b7, 29, "aarch64"),
    (0x4000_0028, 54, "arm"),
    (0x8000_0015, 54, "ppc64"),
    (0xc000_0015, 54, "ppc64le"),
    (0x8000_0016, 54, "s390x"),
    (0xc000_00f3, 29, "riscv64"),
];

/// The target of a system call, if that is `ioctl`.
pub(super) fn of_ioctl(machine: u32, call: u64) -> Option<&'static Target> {
    let (.., name) =
        MACHINES.iter().find(|(audit, number, _)| (*audit, *number) == (machine, call))?;
    TARGETS.iter().find(|target| target.name == *name)
}
