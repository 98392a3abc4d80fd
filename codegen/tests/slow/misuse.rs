//! Programs that misuse the crates do not compile, and correct ones with the same calls do: the
//! numbers of files in place of borrowed descriptors, and results that no program uses.

use std::fs;
use std::path::Path;
use std::process::Command;

use support::fixtures;
use support::process::{code_and_text, succeed};

const MANIFEST: &str = r#"[package]
name = "user"
edition = "2024"

[dependencies]
iommufd-abi = { path = "ROOT/generated/iommufd-abi", features = ["std", "ioctl"] }
pci-abi = { path = "ROOT/generated/pci-abi" }
vfio-abi = { path = "ROOT/generated/vfio-abi", features = ["std", "ioctl"] }

[workspace]
"#;

const HEAD: &str = "\
#![allow(unused)]
#![deny(unused_must_use)]

use std::error::Error;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use iommufd_abi::calls::Iommufd;
use vfio_abi::calls::{Device, Migration};
use vfio_abi::requests::{BindIommufd, DeviceIoeventfdWidth, IrqSetAction};
use vfio_abi::uapi::*;

fn main() {}

fn calls(iommufd: &Iommufd<OwnedFd>, device: &Device<OwnedFd>) -> Result<(), Box<dyn Error>> {
    let fd = device.as_fd();
    let (trigger, width) = (IrqSetAction::Trigger, DeviceIoeventfdWidth::Ioeventfd32);
    BODY
    Ok(())
}
";

/// A correct statement, an incorrect one, and what rustc says of the latter.
const STATEMENTS: [(&str, &str, &str); 12] = [
    ("device.bind_iommufd(iommufd)?;", "device.bind_iommufd(3)?;", "AsFd"),
    (
        "device.bind_iommufd_with(fd, BindIommufd::new(-1))?;",
        "device.bind_iommufd_with(BindIommufd::new(3))?;",
        "E0061",
    ),
    ("device.pci_hot_reset(&[fd])?;", "device.pci_hot_reset(&[3])?;", "E0308"),
    (
        "device.set_irqs_eventfd(trigger, 0, 0, &[Some(fd), None])?;",
        "device.set_irqs_eventfd(trigger, 0, 0, &[3, -1])?;",
        "E0308",
    ),
    ("device.ioeventfd(width, 0, 0, None)?;", "device.ioeventfd(width, 0, 0, -1)?;", "E0308"),
    (
        "device.set_low_power_entry_with_wakeup(fd)?;",
        "device.set_low_power_entry_with_wakeup(3)?;",
        "AsFd",
    ),
    (
        "let (_, stream) = device.set_mig_device_state(vfio_device_mig_state::RUNNING)?; \
         let stream: Option<Migration<OwnedFd>> = stream;",
        "let (_, stream) = device.set_mig_device_state(vfio_device_mig_state::RUNNING)?; \
         let stream: Option<OwnedFd> = stream;",
        "E0308",
    ),
    (
        "let info = vfio_device_info::new().with(|info| info.num_irqs = 5);",
        "vfio_device_info::new().with(|info| info.num_irqs = 5);",
        "vfio_device_info::with` that must be used",
    ),
    (
        "let both = RegionInfoFlags::READ.union(RegionInfoFlags::WRITE);",
        "RegionInfoFlags::READ.union(RegionInfoFlags::WRITE);",
        "RegionInfoFlags::union` that must be used",
    ),
    (
        "let known = vfio_device_mig_state::from_bits(1);",
        "vfio_device_mig_state::from_bits(1);",
        "vfio_device_mig_state::from_bits` that must be used",
    ),
    (
        "let borrowed = device.borrowed();",
        "device.borrowed();",
        "Device::<F>::borrowed` that must be used",
    ),
    (
        "let status = pci_abi::uapi::CapAgpStatus::from_bits_retain(1);",
        "pci_abi::uapi::CapAgpStatus::from_bits_retain(1);",
        "CapAgpStatus::from_bits_retain` that must be used",
    ),
];

fn check(folder: &Path, statements: &str) -> (Option<i32>, String) {
    fs::write(folder.join("src/main.rs"), HEAD.replace("BODY", statements)).expect("a program");
    let root = fixtures::root().canonicalize().expect("the repository");
    let mut check = Command::new(env!("CARGO"));
    check
        .current_dir(folder)
        .env_remove("RUSTC_WORKSPACE_WRAPPER")
        .env("CARGO_TERM_COLOR", "never");
    check.args(["check", "--offline", "--target-dir"]).arg(root.join("target/misuse"));
    code_and_text(&mut check)
}

#[test]
fn programs_that_misuse_a_crate_do_not_compile() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let root = fixtures::root().canonicalize().expect("the repository");
    fs::create_dir(folder.join("src")).expect("a folder");
    fs::write(folder.join("Cargo.toml"), MANIFEST.replace("ROOT", &root.display().to_string()))
        .expect("a manifest");
    succeed(Command::new("cp").arg(root.join("Cargo.lock")).arg(folder));
    let correct: Vec<_> = STATEMENTS.iter().map(|(correct, ..)| *correct).collect();
    let (code, text) = check(folder, &correct.join("\n    "));
    assert_eq!(code, Some(0), "{text}");
    for (_, incorrect, reason) in STATEMENTS {
        let (code, text) = check(folder, incorrect);
        assert_ne!(code, Some(0), "compiles: {incorrect}");
        assert!(text.contains(reason), "{incorrect}: {text}");
    }
}
