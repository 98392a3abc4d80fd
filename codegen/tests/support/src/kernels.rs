//! Real kernel headers: those that CAPCHAIN_KERNEL_HEADERS names, as
//! `.ci/kernel-headers` prints it, and those of the distribution. Tests take a sample of them.

use std::fs;
use std::path::{Path, PathBuf};

use capchain::diagnostic::Sources;
use capchain::release::Release;

use crate::groups::{Group, skip};
use crate::sample::takes;

/// The headers of the ABI, relative to the folder of a kernel.
pub const HEADERS: [&str; 3] = ["linux/vfio.h", "linux/vfio_zdev.h", "linux/vfio_ccw.h"];

/// A folder with the headers of a kernel.
pub struct Kernel {
    /// The folder.
    pub folder: PathBuf,
    /// The release of the kernel.
    pub release: Release,
}

impl Kernel {
    /// The headers of the ABI in the folder.
    pub fn headers(&self) -> Vec<PathBuf> {
        let paths = HEADERS.iter().map(|header| self.folder.join(header));
        paths.filter(|path| path.exists()).collect()
    }

    /// The text of the headers.
    pub fn sources(&self) -> (Sources, Vec<usize>) {
        let mut sources = Sources::default();
        let mut files = Vec::new();
        for path in self.headers() {
            let text = fs::read_to_string(&path).expect("a header");
            files.push(sources.add(path.display().to_string(), text));
        }
        (sources, files)
    }
}

/// The kernels whose headers this machine has, in the order of their releases: the oldest, the
/// newest and every fourth of the others; with CAPCHAIN_WHOLE all of them.
pub fn kernels() -> Vec<Kernel> {
    let mut kernels = all();
    kernels.sort_by_key(|kernel| kernel.release);
    let last = kernels.len().saturating_sub(1);
    let numbered = kernels.into_iter().enumerate();
    numbered
        .filter(|(number, _)| *number == last || takes(*number, 4))
        .map(|(_, one)| one)
        .collect()
}

/// All kernels whose headers this machine has.
pub fn all() -> Vec<Kernel> {
    let listed = std::env::var("CAPCHAIN_KERNEL_HEADERS").unwrap_or_default();
    let mut folders: Vec<_> =
        listed.split(':').filter(|path| !path.is_empty()).map(PathBuf::from).collect();
    if folders.is_empty() {
        skip(Group::RealHeaders, "CAPCHAIN_KERNEL_HEADERS lists no folders");
    }
    folders.push(PathBuf::from("/usr/include"));
    let mut kernels = Vec::new();
    for folder in folders {
        match release(&folder) {
            Some(release) if folder.join(HEADERS[0]).exists() => {
                kernels.push(Kernel { folder, release });
            }
            _ => skip(Group::RealHeaders, &format!("{} has no vfio.h", folder.display())),
        }
    }
    kernels
}

/// The release that `linux/version.h` names.
fn release(folder: &Path) -> Option<Release> {
    let text = fs::read_to_string(folder.join("linux/version.h")).ok()?;
    let line = text.lines().find(|line| line.contains("LINUX_VERSION_CODE "))?;
    let code: u32 = line.split_whitespace().last()?.parse().ok()?;
    let number = |shift: u32| u16::try_from(code >> shift & 0xff).ok();
    Some(Release::new(number(16)?, number(8)?))
}
